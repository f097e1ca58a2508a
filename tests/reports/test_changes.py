from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.diff.changes import Basis, Bump, Change, Witness
from mcpx.analyses.finding import Location, Severity, Subject
from mcpx.reports.changes import as_findings, bump, ordered, shows, summary, verdict
from mcpx.reports.document import Changes, Compared, Side
from mcpx.reports.formats import Format, render
from mcpx.terminal import Terminal
from tests.reports import samples
from tests.shipped.test_json_schemas import check

BEFORE = Side("a.json", "1.2.0")


def change(key: str = "find", **members: Any) -> Change:
    given = {"rule": samples.LOWER, "message": "lower", **members}
    return Change(subject=Subject("tool", key, "notes"), **given)


def one(*changes: Change, **members: Any) -> Compared:
    return Compared("notes", BEFORE, Side("b.json", "1.3.0"), changes, **members)


BREAKS, READS, TELLS = change(), change(rule=samples.READ), change(rule=samples.MORE)


@pytest.mark.parametrize("form", ["sarif", "junit", "github"])
@pytest.mark.parametrize("name", ["changes", "hostile-changes", "nothing-changed"])
def test_each_form_for_a_ci_is_as_before(
    form: str, name: str, pipe: Terminal, golden: Callable[[str, str, str], None]
) -> None:
    golden(form, f"{name}.txt", render(samples.DOCUMENTS[name], Format(form), pipe))


@pytest.mark.parametrize("name", ["changes", "hostile-changes", "nothing-changed"])
def test_data_and_lines_fit_their_schemas(name: str, pipe: Terminal) -> None:
    document = samples.DOCUMENTS[name]
    assert check(json.loads(render(document, Format.JSON, pipe))) == "diff"
    lines = render(document, Format.NDJSON, pipe).splitlines()
    assert {check(json.loads(line)) for line in lines} <= {"diff.change"}
    assert isinstance(document, Changes)
    assert len(lines) == len(document.all)


@pytest.mark.parametrize(
    ("changes", "words", "asked", "said"),
    [
        ([], "no changes", Bump.NONE, "no changes"),
        ([TELLS], "1 info", Bump.MINOR, "1 info; asks for a minor version: 1.2.0 -> 1.3.0"),
        (
            [READS, READS],
            "2 warnings",
            Bump.MINOR,
            "2 warnings; asks for a minor version: 1.2.0 -> 1.3.0",
        ),
        (
            [TELLS, READS, BREAKS],
            "1 breaking, 1 warning, 1 info",
            Bump.MAJOR,
            "1 breaking, 1 warning, 1 info; asks for a major version: 1.2.0 -> 2.0.0",
        ),
    ],
)
def test_changes_in_a_line(changes: list[Change], words: str, asked: Bump, said: str) -> None:
    assert summary(changes) == words
    assert bump(changes) is asked
    assert verdict(one(*changes)) == said


def test_a_version_that_is_none_has_no_next_one() -> None:
    odd = replace(one(BREAKS), old=Side("a", "2025.11.25"))
    assert verdict(odd) == "1 breaking; asks for a major version"


CALL = "demo:notes --env 'A B'"
LIMIT = Witness({"limit": 50})


@pytest.mark.parametrize(
    ("members", "call", "shown"),
    [
        pytest.param({}, CALL, "", id="nothing-to-show"),
        pytest.param({"witness": LIMIT}, "", 'worked before: {"limit": 50}', id="a-file"),
        pytest.param(
            {"witness": LIMIT},
            CALL,
            "worked before: mcpx call demo:notes --env 'A B' find --args '{\"limit\": 50}'",
            id="a-server",
        ),
        pytest.param(
            {"witness": Witness(None), "pointer": "/outputSchema/type"},
            CALL,
            "may come now: null",
            id="output",
        ),
        pytest.param(
            {"witness": LIMIT, "key": "--env-file=/etc/passwd"},
            CALL,
            'worked before: {"limit": 50}',
            id="an-option-for-a-name",
        ),
        pytest.param(
            {"witness": LIMIT, "key": "x" * 200},
            CALL,
            'worked before: {"limit": 50}',
            id="a-long-name",
        ),
        pytest.param(
            {"witness": Witness("x" * 5_000)},
            CALL,
            f'worked before: "{"x" * 159}…',
            id="a-long-value",
        ),
        pytest.param(
            {"witness": Witness("$(id)'`id`"), "key": "a;b"},
            "TARGET",
            "worked before: mcpx call TARGET 'a;b' --args '\"$(id)'\"'\"'`id`\"'",
            id="what-a-shell-would-run",
        ),
    ],
)
def test_what_shows_that_callers_break(members: Any, call: str, shown: str) -> None:
    line = shows(change(**members), one(call=call))
    assert line == shown
    if line.startswith("worked before: mcpx"):
        words = shlex.split(line)
        assert json.loads(words[-1]) == members["witness"].value
        assert words[-3] == members.get("key", "find")


def test_what_is_worst_comes_first_thing_by_thing() -> None:
    changes = [
        change("b", rule=samples.MORE),
        change("a", rule=samples.READ, pointer="/z"),
        change("a", rule=samples.READ, pointer="/a"),
        change("c"),
        change("c", rule=samples.MORE, pointer="/a"),
    ]
    assert [(each.subject.key, each.pointer) for each in ordered(one(*changes))] == [
        ("c", ""),
        ("c", "/a"),
        ("a", "/a"),
        ("a", "/z"),
        ("b", ""),
    ]


def test_many_alike_are_told_together(people: Terminal) -> None:
    changes = [change(f"t{number}", rule=samples.MORE) for number in range(7)]
    text = render(Changes("diff", [one(*changes)]), Format.TABLE, people)
    assert text.splitlines()[1:] == [
        "  info 7 tools: lower [tool-more]",
        "    t0, t1, t2, t3 and 3 more",
    ]


def test_of_much_information_not_all_is_told_to_people(people: Terminal) -> None:
    changes = [change(rule=samples.MORE, pointer=f"/{number}") for number in range(9)]
    text = render(Changes("diff", [one(*changes)]), Format.TABLE, people)
    assert text.count("[tool-more]") == 6
    assert text.splitlines()[-1] == "    and 3 more of information; --format json has all"


def test_findings_have_the_file_and_what_shows_them() -> None:
    found = as_findings(Changes("diff", [one(change(witness=LIMIT, reason="so"), path="b.json")]))
    (finding,) = found.findings
    assert finding.location == Location("b.json")
    assert finding.hint == 'worked before: {"limit": 50}; so'
    assert finding.severity is Severity.ERROR
    assert found.examined["servers"] == ["notes"]


def test_changes_are_counted_by_what_they_rest_on(pipe: Terminal) -> None:
    unsure = change(given=Severity.WARNING, basis=Basis.UNKNOWN)
    document = Changes("diff", [one(BREAKS, unsure), one(READS, TELLS)])
    data = json.loads(render(document, Format.JSON, pipe))
    assert data["summary"] == {"breaking": 1, "warning": 2, "info": 1, "unknown": 1, "trust": 1}
    assert [each["bump"] for each in data["servers"]] == ["major", "minor"]
