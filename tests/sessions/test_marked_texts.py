from __future__ import annotations

import re
import time

import pytest

from mcpx.sessions.marked_texts import MARKED, fits

M = "‹env:T›"


@pytest.mark.parametrize(
    ("recorded", "live", "least", "same"),
    [
        pytest.param("a", "a", 0, True, id="equal"),
        pytest.param("a", "ab", 0, False, id="without-a-marker"),
        pytest.param("", "", 1, True, id="empty"),
        pytest.param(M, "anything\nat all", 1, True, id="all-of-it"),
        pytest.param(M, "", 0, True, id="of-no-length"),
        pytest.param(M, "", 1, False, id="too-short"),
        pytest.param(f"Bearer {M}!", "Bearer x!", 1, True, id="within"),
        pytest.param(f"Bearer {M}!", "Basic x!", 0, False, id="another-beginning"),
        pytest.param(f"Bearer {M}!", "Bearer x", 0, False, id="another-end"),
        pytest.param(f"aa{M}aa", "aaa", 0, False, id="beginning-and-end-share-nothing"),
        pytest.param(f"aa{M}aa", "aaaa", 0, True, id="nothing-between"),
        pytest.param(f"{M},{M}", "a,b,c", 1, True, id="a-piece-that-comes-twice"),
        pytest.param(f"{M},{M}", ",b", 1, False, id="only-one-of-two"),
        pytest.param(f"{M},{M}", ",,b", 1, True, id="the-second-piece-counts"),
        pytest.param(f"{M}b{M}bc", "abbc", 0, True, id="as-early-as-it-can"),
        pytest.param(f"{M}b{M}bc", "abc", 0, False, id="an-end-that-is-used-up"),
        pytest.param("‹no end", "‹no end", 0, True, id="no-marker"),
        pytest.param("a.b", "axb", 0, False, id="no-pattern"),
    ],
)
def test_a_text_fits_where_markers_stand_for_what_it_has(
    recorded: str, live: str, least: int, same: bool
) -> None:
    assert fits(recorded, live, least) is same
    pattern = (".*" if not least else ".+").join(map(re.escape, MARKED.split(recorded)))
    assert same is (re.fullmatch(pattern, live, re.DOTALL) is not None)


def test_no_text_takes_long() -> None:
    began = time.process_time()
    assert not fits(f"{M}a" * 50 + "b", "a" * 100_000)
    assert time.process_time() - began < 1
