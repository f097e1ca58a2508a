from __future__ import annotations

import pytest

from mcpx.json_text import JsonTextError
from mcpx.sessions.events import Message
from mcpx.wire import Direction


def message(text: str, cut: int = 0) -> Message:
    return Message(number=1, time=0, direction=Direction.TO_SERVER, text=text, cut=cut)


def test_a_message_has_a_value() -> None:
    assert message('{"id":5.0}').value() == {"id": 5.0}
    assert message("", cut=9).value() is None


def test_a_number_beyond_what_can_be_read_is_kept_but_has_no_value() -> None:
    with pytest.raises(JsonTextError, match="beyond the numbers"):
        message("[1e400]").value()
