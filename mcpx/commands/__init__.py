"""The commands: one thin file each, options in, one call below, a document out."""
