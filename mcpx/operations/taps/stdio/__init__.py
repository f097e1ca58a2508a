"""The tap on stdio: a process that stands between a client and the server that it starts."""
