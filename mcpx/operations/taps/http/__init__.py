"""The tap over HTTP: a proxy on this machine that stands between clients and their server."""
