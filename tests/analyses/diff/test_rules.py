from __future__ import annotations

import re
from collections import Counter

from mcpx.analyses.diff.rules import CHANGES

BY_ID = {rule.id: rule for rule in CHANGES}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def test_no_rule_is_there_twice() -> None:
    assert [one for one, number in Counter(rule.id for rule in CHANGES).items() if number > 1] == []


def test_every_rule_has_its_mirror_or_a_reason_why_it_has_none() -> None:
    assert [rule.id for rule in CHANGES if bool(rule.mirror) is bool(rule.alone)] == []
    back = {rule.id: rule.mirror for rule in CHANGES if rule.mirror}
    # Several ways there may have one way back, which then has a way there of its own.
    assert {one: other for one, other in back.items() if other not in back} == {}


def test_every_rule_is_explained() -> None:
    for rule in CHANGES:
        assert _ID.fullmatch(rule.id), rule.id
        assert rule.title and not rule.title.endswith("."), rule.id
        assert rule.explanation.endswith((".", ")")), rule.id
        assert rule.mend.endswith((".", ")")), rule.id
        assert "old: " in rule.example and "new: " in rule.example, rule.id


def test_what_is_cosmetic_breaks_nobody() -> None:
    cosmetic = [rule for rule in CHANGES if rule.cosmetic]
    assert cosmetic
    assert [one.id for one in cosmetic if one.severity.value != "info" or one.trust] == []
