"""What a JSON Schema says and accepts."""
