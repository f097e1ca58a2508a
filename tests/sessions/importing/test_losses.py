from __future__ import annotations

import pytest

from mcpx.sessions.events import Message
from mcpx.sessions.importing.losses import replaced_fields
from mcpx.wire import Direction


def message(text: str) -> Message:
    return Message(number=0, time=0, direction=Direction.TO_SERVER, text=text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param('{"progressToken": "REDACTED"}', "progressToken", id="a token"),
        pytest.param('{"maxTokens":"[REDACTED]"}', "maxTokens", id="in brackets"),
        pytest.param('{"cursor":"[REDACTED:ab12]"}', "cursor", id="with a digest"),
        pytest.param('{"requestState":"***"}', "requestState", id="stars"),
        pytest.param('{"progressToken":7}', "", id="as it was"),
        pytest.param('{"password":"REDACTED"}', "", id="a secret"),
    ],
)
def test_fields_of_the_protocol_that_were_taken_for_secrets(text: str, name: str) -> None:
    notes = list(replaced_fields([message(text), message(text)]))
    if name:
        assert notes == [
            f"the recorder replaced '{name}' as if it were a secret, in 2 of the messages"
        ]
    else:
        assert notes == []
