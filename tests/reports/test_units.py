from __future__ import annotations

import pytest

from mcpx.reports.units import bytes_shown, seconds_shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_500, "100 kB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**12, "5000 GB"),
    ],
)
def test_bytes_are_shown_in_units(number: int, shown: str) -> None:
    assert bytes_shown(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 ms"),
        (0.0004, "0.4 ms"),
        (0.00996, "10 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (9.996, "10.0 s"),
        (59.994, "60.0 s"),
        (185, "3 min 5 s"),
    ],
)
def test_times_are_shown_in_units(seconds: float, shown: str) -> None:
    assert seconds_shown(seconds) == shown
