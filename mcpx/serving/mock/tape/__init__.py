"""What is on a tape: the requests of a recording, each with all that its server said."""
