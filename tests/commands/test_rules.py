from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.analyses.rules import RULES, every_rule
from mcpx.operations.judging import judgement
from tests.conftest import Run
from tests.shipped.test_json_schemas import check


def test_every_rule_is_listed_in_order(run: Run) -> None:
    done = run("rules")
    assert (done.status, done.err) == (0, "")
    known = every_rule()
    assert done.rows == [
        [name, known[name].severity.value, known[name].title] for name in sorted(known)
    ]


def test_rules_that_begin_alike_are_listed(run: Run) -> None:
    listed = [row[0] for row in run("rules", "wire-", "name-clash", "uri-").rows]
    assert listed == sorted(
        name for name in every_rule() if name.startswith(("wire-", "uri-")) or name == "name-clash"
    )
    assert len(listed) > 5
    changes = {row[0] for row in run("rules", "input-").rows}
    assert "input-property-became-required" in changes
    done = run("rules", "wire-", "zzz-")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(
        "error: no rule begins with 'zzz-'\nhint: rules begin with annotation-"
    )


def test_the_rules_that_are_named_are_explained_once_each(run: Run) -> None:
    done = run("rules", "wire-id", "name-clash", "wire-id")
    assert (done.status, done.err) == (0, "")
    assert [row[1] for row in done.rows if row[0] == "rule"] == ["wire-id", "name-clash"]
    told = [row[2] for row in done.rows if row[1] == "name-clash"]
    rule = RULES["name-clash"]
    assert {rule.explanation, rule.example.replace("\n", "\\n"), rule.mend} <= set(told)


def test_a_page_on_a_terminal(run: Run) -> None:
    done = run("rules", "uri-invalid", tty=True)
    assert done.status == 0
    assert '\n  {"name": "plan", "uri": "notes://my plan"}\n' in done.out


@pytest.mark.parametrize("words", [(), ("name-clash", "uri-clash")], ids=["all", "named"])
def test_programs_get_all_that_is_known_of_each(run: Run, words: tuple[str, ...]) -> None:
    whole = run("rules", *words, "--json").json
    assert check(whole) == "rules"
    assert [one["id"] for one in whole["rules"]] == [*(words or sorted(every_rule()))]
    lines = run("rules", *words, "-f", "ndjson").lines
    assert {check(line) for line in lines} == {"rules.rule"}
    head = {"format": "mcpx.rules.rule", "version": 1}
    assert lines == [{**head, **one} for one in whole["rules"]]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        pytest.param("name-clahs", "did you mean 'name-clash'?", id="near"),
        pytest.param("zzz", "mcpx rules lists them", id="far"),
    ],
)
def test_an_unknown_rule_is_wrong_use(run: Run, typed: str, hint: str) -> None:
    done = run("rules", "name-clash", typed)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: there is no rule '{typed}'\nhint: {hint}\n"


def test_what_is_said_to_silence_a_rule_is_understood(run: Run, project: Path) -> None:
    (rule,) = run("rules", "name-near", "--json").json["rules"]
    (project / "mcpx.toml").write_text(rule["silence"])
    judged = judgement()
    assert judged.severities == {"name-near": None}
    assert judged.ignored == {"0123456789abcdef": "why"}
