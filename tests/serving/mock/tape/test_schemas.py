from __future__ import annotations

from mcpx.serving.mock.tape.schemas import schemas
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.recordings import legacy, modern, stamped
from tests.sessions.tapes import came, done, sent

OLD, NEW = ({"name": "add", "inputSchema": {"type": "object", "title": one}} for one in "ab")


def test_the_last_that_modern_clients_were_told_counts() -> None:
    tape = Tape.of(
        modern(
            stamped("tools/list", 1),
            done(1, {"tools": [OLD, {"name": 5}, "none"]}),
            stamped("tools/list", 2),
            done(2, {"tools": [NEW]}),
            stamped("tools/list", 3),
            came(id=3, error={"code": 1, "message": "no"}),
        )
    )
    assert schemas(tape) == {"add": NEW["inputSchema"]}


def test_legacy_clients_repeat_nothing_in_headers() -> None:
    assert schemas(Tape.of(legacy(sent("tools/list", 1), done(1, {"tools": [NEW]})))) == {}
