from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest

from mcpx.value_search import ValueSearch

SECRET = 'p@ss"w\\ord_$1'


def found(values: list[str], text: str) -> list[str]:
    return sorted({text[start:end] for start, end in ValueSearch(values).spans(text)})


@pytest.mark.parametrize(
    ("values", "text", "pieces"),
    [
        pytest.param(["secret-1"], "a secret-1 b", ["secret-1"], id="as-it-is"),
        pytest.param(["secret-1"], "nothing", [], id="absent"),
        pytest.param(["secret", "secret-1"], "secret-1", ["secret-1"], id="longest"),
        pytest.param(["abcdef", "defghi"], "xabcdefghix", ["abcdefghi"], id="overlapping"),
        pytest.param(["abc-def"], "abc-defabc-def", ["abc-def"], id="side-by-side"),
        pytest.param(["ab\ncdef"], "ab\n    cdef", ["ab\n    cdef"], id="indented"),
        pytest.param(["pin1"], "pin1 _pin1_ pin12 spin1", ["pin1"], id="short-is-a-word"),
        pytest.param(["pin1"], "a\\npin1", ["pin1"], id="short-after-an-escape"),
        pytest.param(["secret-1"], "x secre…", ["secre"], id="cut"),
        pytest.param(["secret-1"], "x sec…", [], id="cut-too-short-to-tell"),
        pytest.param(["secret-1"], "secret … x", [], id="not-cut-there"),
        pytest.param(["secret-1"], "sec%72et%2d1", ["sec%72et%2d1"], id="escaped"),
        pytest.param(['se"cret-1'], 'se\\"cre\\u2026', ['se\\"cre'], id="escaped-and-cut"),
    ],
)
def test_values_are_found(values: list[str], text: str, pieces: list[str]) -> None:
    assert found(values, text) == pieces


def test_a_text_may_hold_any_number_of_values() -> None:
    values = [f"{first}{second}-secret-{number}" for first, second, number in THOUSAND]
    text = " ".join(values)
    assert found(values, text) == sorted(values)


THOUSAND = list(itertools.product("abcdefghij", "klmnopqrst", range(10)))


def seconds(work: Callable[[], object]) -> float:
    best = 60.0
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.parametrize(
    ("secret", "piece"),
    [
        pytest.param('a\\"b-secret', "\\", id="backslashes"),
        pytest.param('a\\"b-secret', "a\\", id="begun-again-and-again"),
        pytest.param("x\\\\share-pw1", "\\\\", id="share"),
        pytest.param("_abc_secret_1", "_", id="underscores"),
        pytest.param("$ecret-value-1", "\\$", id="escaped-signs"),
        pytest.param("-----BEGIN K-----\r\nabcdef", "-", id="dashes"),
        pytest.param("-----BEGIN K-----\r\nabcdef", "\n", id="lines"),
        pytest.param("\n\n  abcdef-1", " \n", id="space-first"),
        pytest.param(SECRET, "%25", id="per-cent"),
        pytest.param(SECRET, "&amp;", id="ampersands"),
        pytest.param(SECRET, "amp;", id="ampersand-names"),
        pytest.param(SECRET, "\\u005c", id="numbers"),
        pytest.param(SECRET, "…", id="cuts"),
        pytest.param("ab" * 30 + "c", "ab", id="nearly-the-secret"),
        pytest.param("ab" * 30 + "c", "abababab…", id="nearly-the-secret-cut"),
        pytest.param("a" * 30, "a", id="the-secret-everywhere"),
    ],
)
def test_no_text_makes_the_search_slow(secret: str, piece: str) -> None:
    search = ValueSearch([secret])
    for beginning in ("", secret[:2]):
        texts = [beginning + piece * (size // len(piece)) for size in (100_000, 200_000)]
        short, long = (seconds(lambda text=text: list(search.spans(text))) for text in texts)
        assert long < 0.5 + 3 * short
        assert long < 2
