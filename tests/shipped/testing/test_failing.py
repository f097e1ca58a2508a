from __future__ import annotations

import pytest

from mcpx.shipped.testing.failing import fail


@pytest.mark.parametrize(
    ("lines", "hint", "said"),
    [
        pytest.param([], "", "mcpx: no", id="message"),
        pytest.param(["a", "b"], "do it", "mcpx: no\n  a\n  b\nhint: do it", id="all"),
        pytest.param([], "do it\nor that", "mcpx: no\nhint: do it\nhint: or that", id="hints"),
        pytest.param(
            ["a\x1b[2J\n::error::"], "", "mcpx: no\n  a\\x1b[2J\\n::error::", id="hostile"
        ),
    ],
)
def test_a_test_fails_with_what_there_is_to_say(lines: list[str], hint: str, said: str) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        fail("no", lines, hint)
    assert str(failed.value) == said
    assert failed.value.pytrace is False


def test_an_error_that_is_told_is_not_shown_as_well() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        try:
            raise ValueError("no")
        except ValueError:
            fail("no")
    assert failed.value.__suppress_context__


def test_a_long_list_is_cut() -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        fail("no", map(str, range(25)))
    assert str(failed.value).splitlines()[-2:] == ["  19", "  ... and 5 more"]
