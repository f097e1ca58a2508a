from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.replaying.advance import Advance


def test_the_total_that_was_named_last_and_whether_there_were_words() -> None:
    advance = Advance()
    assert (advance.total, advance.worded) == (None, False)
    advance.told({"progress": 1, "total": 4, "message": "first"})
    advance.told({"progress": 2.5})
    assert advance == Advance([1.0, 2.5], total=4.0, worded=True)


@pytest.mark.parametrize("value", [True, "1", None, [1], pytest.param(10**400, id="too large")])
def test_what_is_no_number_is_none(value: Any) -> None:
    advance = Advance()
    advance.told({"progress": value, "total": 4})
    assert advance == Advance()
    advance.told({"progress": 1, "total": value})
    assert advance == Advance([1.0])


def test_of_much_the_last_is_kept() -> None:
    advance = Advance()
    for number in range(2_500):
        advance.told({"progress": number})
    assert (len(advance.values), advance.values[-1]) == (1_000, 2499.0)
