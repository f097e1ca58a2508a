from __future__ import annotations

from mcpx.operations.replaying.roots import CHANGED, Roots
from mcpx.sessions.items import Piece
from tests.sessions.tapes import sent


def test_the_first_answer_after_each_change_is_kept() -> None:
    roots = Roots()
    for id in ("a", "b", "c"):
        roots.asked(id)
    pieces = [Piece(sent(id=id, result={})) for id in ("x", "a", "b", "c")]
    for piece in pieces[:3]:
        roots.said(piece, piece.members())
    roots.said(pieces[0], {"method": CHANGED})
    roots.said(pieces[3], pieces[3].members())
    roots.said(pieces[1], pieces[1].members())
    assert roots.answers == {0: pieces[1], 1: pieces[3]}
