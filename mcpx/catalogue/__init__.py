"""What a server offers, as frozen views over the raw JSON, and the files that hold it."""
