"""Where clients are met: standard input and output, and HTTP of both kinds."""
