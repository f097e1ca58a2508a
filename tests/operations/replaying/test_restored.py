from __future__ import annotations

import base64
from typing import Any

import pytest

from mcpx.operations.replaying.restored import Restoring
from mcpx.sessions.events import Masked
from tests.sessions.tapes import call

KEY = (Masked("/params/arguments/key", "env:KEY"), Masked("/params/arguments/key", "rule:b#1"))


def nothing(digest: str) -> bytes:
    raise AssertionError(digest)


@pytest.mark.parametrize(
    ("text", "environment", "expected", "missing"),
    [
        pytest.param("‹env:KEY›", {"KEY": 'a"b'}, 'a"b', (), id="known"),
        pytest.param("‹env:KEY›", {}, "‹env:KEY›", ("env:KEY",), id="not set"),
        pytest.param("‹env:KEY›", {"KEY": ""}, "‹env:KEY›", ("env:KEY",), id="empty"),
        pytest.param("‹rule:b#1›", {}, "‹rule:b#1›", ("rule:b#1",), id="of no variable"),
    ],
)
def test_secrets_of_variables_are_put_back(
    text: str, environment: dict[str, str], expected: str, missing: tuple[str, ...]
) -> None:
    masked = tuple(one for one in KEY if one.source in text)
    restoring = Restoring(environment, nothing)
    params = f'{{"params":{{"arguments":{{"key":"{text}"}}}}}}'
    event, left = restoring.whole(call(1, text=params, masked=masked))
    assert event.value()["params"]["arguments"]["key"] == expected
    assert (left, restoring.missing) == (missing, missing)


def test_blobs_are_put_back() -> None:
    digest = "sha256:" + "0" * 64
    reference: dict[str, Any] = {"data": {"$blob": digest, "len": 3, "enc": "base64"}}
    event = call(1, arguments=reference, blobs=("/params/arguments/data",))
    whole, _ = Restoring({}, lambda _digest: b"abc").whole(event)
    assert whole.value()["params"]["arguments"] == {"data": base64.b64encode(b"abc").decode()}


def test_what_lacks_nothing_stays_itself() -> None:
    event = call(1)
    assert Restoring({}, nothing).whole(event) == (event, ())
