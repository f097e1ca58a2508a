from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import Basis, Change, ChangeRule
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.model import Catalogue
from mcpx.commands.changed import LEVELS, Threshold, compared, heeded, status_of
from mcpx.errors import ExitStatus, UsageError
from mcpx.operations.comparing import Server
from mcpx.operations.judging import Judgement
from mcpx.reports.document import Changes, Side
from mcpx.servers import Era

GONE = ChangeRule("tool-gone", "Gone", Severity.ERROR, "Calls fail.", alone="a sample")
TEXT = ChangeRule("text-changed", "Text", Severity.WARNING, "It is read.", trust=True, alone="-")
MORE = ChangeRule("tool-more", "More", Severity.INFO, "It is new.", trust=True, alone="-")


def change(rule: ChangeRule = GONE, **members: Any) -> Change:
    return Change(rule, Subject("tool", "find", "notes"), "it changed", **members)


BREAKS, READS, TELLS = change(), change(TEXT), change(MORE)
UNSURE = change(given=Severity.WARNING, basis=Basis.UNKNOWN)


@pytest.mark.parametrize(
    ("level", "reached"),
    [
        ("breaking", [BREAKS]),
        ("unknown", [BREAKS, UNSURE]),
        ("warning", [BREAKS, UNSURE, READS]),
        ("info", [BREAKS, UNSURE, READS, TELLS]),
        ("never", []),
    ],
)
def test_from_which_change_on_it_fails(level: str, reached: list[Change]) -> None:
    threshold = Threshold.of(level)
    found = [one for one in (BREAKS, UNSURE, READS, TELLS) if threshold.reached([one])]
    assert found == reached
    assert Threshold.of(level, exit_zero=True).reached(reached) is False
    assert threshold.reached([]) is False


def test_texts_may_count_by_themselves() -> None:
    text = Threshold.of("never", text=True)
    assert [text.reached([one]) for one in (BREAKS, UNSURE, READS, TELLS)] == [
        False,
        False,
        True,
        True,
    ]
    assert Threshold.of("breaking", True, exit_zero=True).reached([BREAKS, READS]) is False


@pytest.mark.parametrize("level", ["error", "Breaking", ""])
def test_another_level_is_wrong_use(level: str) -> None:
    with pytest.raises(UsageError, match="--fail-on: must be breaking, unknown, warning"):
        Threshold.of(level)
    assert level not in LEVELS


def test_what_the_user_says_counts() -> None:
    assert heeded([BREAKS, READS], Judgement()) == ([BREAKS, READS], 0)
    users = Judgement(severities={"tool-gone": Severity.INFO, "text-changed": None})
    told, ignored = heeded([BREAKS, READS, TELLS], users)
    assert [(one.rule.id, one.severity) for one in told] == [
        ("tool-gone", Severity.INFO),
        ("tool-more", Severity.INFO),
    ]
    assert ignored == 1
    assert told[1] is TELLS
    by_name = Judgement(ignored={BREAKS.fingerprint: "on purpose"})
    assert heeded([BREAKS, READS], by_name) == ([READS], 1)


def test_each_side_is_named_with_its_version_and_era() -> None:
    old = Server("a", Catalogue("a", server_info={"version": "1.0"}, era=Era.LEGACY))
    new = Server("b", Catalogue("b", target={"args": ["p@2.0.0"]}))
    one = compared(old, new, ("x.json", "npm:p"), [BREAKS], "npm:p", "x.json")
    assert (one.server, one.call, one.path) == ("b", "npm:p", "x.json")
    assert (one.old, one.new) == (Side("x.json", "1.0", "legacy"), Side("npm:p", "2.0.0", ""))
    gone = compared(old, None, ("x.json", "y.json"), [])
    assert (gone.server, gone.new) == ("a", Side(""))


@pytest.mark.parametrize(
    ("changes", "statuses"),
    [([BREAKS], [ExitStatus.FINDINGS]), ([READS], []), ([], [])],
    ids=["breaking", "warning", "none"],
)
def test_the_status_follows(changes: list[Change], statuses: list[ExitStatus]) -> None:
    document = Changes("diff", [compared(None, None, ("", ""), changes)])
    assert status_of(document, Threshold.of("breaking")) == statuses
