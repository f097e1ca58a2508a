from __future__ import annotations

from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import Interaction
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.unsent import Unsent
from mcpx.servers import NOTHING


def test_who_needs_what_was_not_sent() -> None:
    renaming = Renaming(["cart_1a2b3c4d", "cart_5e6f7a8b"])
    renaming.pair("cart_5e6f7a8b", "cart_live")
    unsent = Unsent(renaming)
    course = Course(Interaction(4, 1, "tools/call"), 0.0, modern=False, pool=AnswerPool())
    unsent.left_out(course, '{"id": "cart_1a2b3c4d", "old": "cart_5e6f7a8b"}')
    needed = [
        unsent.needed({"arguments": one})
        for one in ({"at": "/carts/cart_1a2b3c4d"}, {"id": "cart_5e6f7a8b"}, {"id": "cart_x"})
    ]
    assert needed == [4, 0, 0]
    assert unsent.needed(NOTHING) == 0
    renaming.pair("cart_1a2b3c4d", "cart_new")
    assert unsent.needed({"id": "cart_1a2b3c4d"}) == 0
