"""How a tape is played: what answers a request, when, and in which words; no I/O."""
