"""Documents and their renderings, one file per format."""
