"""A fake server that plays a recording: the answers of its tape, to whoever asks the same.

- ``tape``: what was recorded, so that it is found again. ``matching`` tells what is the same and
  what comes nearest; ``spooling`` and ``recorded`` make takes of a session, ``takes`` says what
  they are.
- ``playing``: one client's conversation. ``player`` takes what it sends, ``choosing`` finds the
  take, ``performance`` plays it step by step, ``turns`` say when, ``restamping`` and ``wording``
  put it anew, ``openings`` and ``eras`` know handshakes and eras, ``misses`` what was not found.
- ``transports``: how clients come, on ``stdio``, over ``http`` and ``old_http``.
- ``staging`` stands between the two: the recorded time (``timing``) and what goes wrong on purpose
  (``faults``, read by ``fault_file``). ``report`` is what tests read.
"""
