"""What a command does over several parts and over time."""
