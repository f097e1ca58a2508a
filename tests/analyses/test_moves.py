from __future__ import annotations

from collections import Counter

from mcpx.analyses.moves import ENOUGH, MOVES
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.analyses.word_kinds import signs_of


def test_every_move_is_of_a_rule_and_told_by_one_title() -> None:
    rules = {rule.id for rule in TEXT_RULES}
    assert {one.rule for one in MOVES} <= rules
    assert [
        title for title, number in Counter(one.title for one in MOVES).items() if number > 1
    ] == []


def test_every_way_is_of_kinds_of_words_that_there_are() -> None:
    kinds = signs_of()
    for move in MOVES:
        assert 0 < move.weight <= ENOUGH
        for way in move.ways:
            for step in way.split():
                if step == "START" or step[0].isdigit():
                    continue
                assert all(kind in kinds for kind in step.lstrip("!").split("/")), (move.title, way)
