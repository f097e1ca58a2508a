from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mcpx.client.questions import Nobody, UnansweredError
from mcpx.codes import METHOD_NOT_FOUND, REJECTED

ROOTS = ({"uri": "file:///a", "name": "a"},)


@pytest.mark.parametrize(
    ("nobody", "offered"),
    [
        pytest.param(Nobody(), {}, id="nothing"),
        pytest.param(Nobody(("sampling", "roots")), {"sampling": {}, "roots": {}}, id="names"),
        pytest.param(Nobody(roots=ROOTS), {"roots": {}}, id="roots"),
        pytest.param(Nobody(("roots",), ROOTS), {"roots": {}}, id="roots twice"),
    ],
)
def test_what_is_offered(nobody: Nobody, offered: dict[str, Any]) -> None:
    assert nobody.offered == offered


@pytest.mark.parametrize(
    ("nobody", "method", "result"),
    [
        pytest.param(Nobody(roots=ROOTS), "roots/list", {"roots": [*ROOTS]}, id="roots"),
        pytest.param(Nobody(("roots",)), "roots/list", {"roots": []}, id="no roots"),
        pytest.param(
            Nobody(("elicitation",)), "elicitation/create", {"action": "decline"}, id="elicitation"
        ),
    ],
)
def test_what_is_answered(nobody: Nobody, method: str, result: dict[str, Any]) -> None:
    assert asyncio.run(nobody.answer(method, {})) == result


@pytest.mark.parametrize(
    ("nobody", "method", "code", "words"),
    [
        pytest.param(
            Nobody(("sampling",)),
            "sampling/createMessage",
            REJECTED,
            "declined: nobody is here to answer",
            id="sampling",
        ),
        pytest.param(
            Nobody(), "roots/list", METHOD_NOT_FOUND, "not supported: roots/list", id="not offered"
        ),
        pytest.param(
            Nobody(("roots", "sampling")),
            "elicitation/create",
            METHOD_NOT_FOUND,
            "not supported: elicitation/create",
            id="others offered",
        ),
        pytest.param(
            Nobody(("elicitation",)),
            "x" * 500,
            METHOD_NOT_FOUND,
            "not supported: " + "x" * 100,
            id="unknown",
        ),
    ],
)
def test_what_is_refused(nobody: Nobody, method: str, code: int, words: str) -> None:
    with pytest.raises(UnansweredError) as failed:
        asyncio.run(nobody.answer(method, {}))
    assert (failed.value.code, str(failed.value)) == (code, words)


def test_what_is_told_cannot_be_changed_from_outside() -> None:
    mine = {"uri": "file:///a"}
    nobody = Nobody(roots=[mine])
    mine["uri"] = "file:///b"
    assert asyncio.run(nobody.answer("roots/list", {})) == {"roots": [{"uri": "file:///a"}]}
