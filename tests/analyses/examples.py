"""Examples of rules, as ``mcpx rules`` shows them, and what is one step from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from mcpx.analyses.finding import Rule

# For each rule what stands in its example, once, and what mends it in that place.
Steps = Mapping[str, tuple[str, str]]


def mended(rule: Rule, steps: Steps) -> str:
    """The example, but for the one step; every rule must have one."""
    assert rule.id in steps, f"{rule.id} has no example that nearly fires it"
    before, after = steps[rule.id]
    assert rule.example.count(before) == 1, rule.id
    return rule.example.replace(before, after)


def examples_of(rules: Iterable[Rule], steps: Steps) -> Any:
    """Give a test each ``example`` with the ``fires`` that it should: its rule, or none."""
    return pytest.mark.parametrize(
        ("example", "fires"),
        [
            case
            for rule in rules
            for case in (
                pytest.param(rule.example, [rule.id], id=rule.id),
                pytest.param(mended(rule, steps), [], id=f"nearly {rule.id}"),
            )
        ],
    )
