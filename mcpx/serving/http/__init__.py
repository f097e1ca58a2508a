"""HTTP/1.1 on this machine: a request in, JSON, a stream or a status out."""
