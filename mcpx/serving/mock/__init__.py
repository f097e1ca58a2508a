"""A fake server that plays a recording to whoever asks the same.

The words are those of a tape recorder: a recording is a *tape*, and on it a *take* is a request
with all that its server said until it was over, *step* by step. Each client has a *player*, which
plays takes to it; a *playback* is one request that is being played, and an *out* is what comes out.

- ``tape``: takes, and how they are found again. ``spooling``, ``framing``, ``opaque`` and
  ``making`` make them of a session, ``matching`` tells what asks the same and what comes nearest.
- ``playing``: one client's conversation. ``asked`` is what it sends, ``choosing`` finds the take,
  ``playback`` plays it, ``schedule`` says when, ``restamping`` and ``wording`` put it anew;
  ``questions`` are the server's own, ``dialogue`` those of one request, ``rounds`` those of the
  modern era; ``unasked`` and ``subscriptions`` hold what belongs to no request; ``openings`` and
  ``eras`` know handshakes and eras, ``misses`` what was not found.
- ``transports``: how clients come, on ``stdio``, over ``http`` and ``old_http``.
- ``delivery`` stands between the two: the recorded time (``timing``) and what goes wrong on purpose
  (``faults``, read by ``fault_file``). ``report`` is what tests read.
"""
