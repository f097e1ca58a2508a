"""Recordings made to happen once more, against a live server."""
