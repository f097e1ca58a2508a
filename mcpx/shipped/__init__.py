"""What is handed to other programs: completion scripts, man pages, JSON Schemas."""
