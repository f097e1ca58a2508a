"""What stands between a client and its server, passes everything on and records it."""
