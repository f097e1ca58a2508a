"""A fake server that plays a recording: the answers of its tape, to whoever asks the same."""
