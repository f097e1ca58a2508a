"""What changed between two catalogues, and whether callers of the old one still get through."""
