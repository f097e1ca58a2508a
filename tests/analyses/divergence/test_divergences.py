from __future__ import annotations

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind


def test_what_is_absent_is_no_value() -> None:
    one = Divergence(Kind.ADDED, "is new", "/a", ABSENT, None)
    assert one.recorded is not one.live
    assert repr(ABSENT) == "absent"
