from __future__ import annotations

from dataclasses import replace

from mcpx.analyses.finding import Effect, Finding, Location, Outcome, Severity, Subject
from mcpx.analyses.rules import RULES
from mcpx.reports.document import Findings
from mcpx.reports.grouped import render_grouped
from mcpx.terminal import Terminal

CLASH = RULES["name-clash"]


def clash(name: str, *effects: tuple[str, Effect], hint: str = "") -> Finding:
    outcomes = tuple(Outcome(host, effect) for host, effect in effects)
    subjects = (Subject("tool", name, "a"),)
    return Finding(CLASH, f"tool '{name}' clashes", subjects, outcomes=outcomes, hint=hint)


def shown(people: Terminal, *findings: Finding) -> list[str]:
    return render_grouped(Findings("conflicts", findings), people).splitlines()


ZED = ("zed", Effect.RENAMED)
LAST = ("langchain", Effect.LAST_WINS)


def test_what_happens_to_several_alike_is_said_once(people: Terminal) -> None:
    lines = shown(people, clash("x", LAST, ZED, hint="safe: a_x"), clash("y", LAST, ZED))
    assert lines == [
        "error [name-clash] Servers offer tools of the same name",
        "  tool 'x' clashes",
        "      safe: a_x",
        "  tool 'y' clashes",
        "    langchain: the last one wins, without a word",
        "    zed: kept apart, by names that change with the servers",
        "  mend: Rename one, switch one off, or let mcpx conflicts --fix choose names, which a"
        " gateway",
        "      serves.",
    ]


def test_of_many_alike_the_first_are_shown_and_the_rest_counted(people: Terminal) -> None:
    lines = shown(people, *(clash(f"t{n:02}", LAST) for n in range(13)))
    assert [line for line in lines if "clashes" in line][-1] == "  tool 't09' clashes"
    assert "  and 3 more like these; --format json has all" in lines


def test_one_rule_has_a_part_for_each_severity_worst_first(people: Terminal) -> None:
    lines = shown(people, clash("mild", ZED), clash("bad", LAST))
    heads = [line for line in lines if "[name-clash]" in line]
    assert [head.split()[0] for head in heads] == ["error", "warning"]
    given = replace(clash("given", LAST), given=Severity.INFO)
    assert shown(people, given)[0].startswith("info [name-clash]")


def test_hosts_that_keep_apart_are_counted_beside_others(people: Terminal) -> None:
    apart = [(f"h{n}", Effect.APART) for n in range(4)]
    assert "    4 others: kept apart" in shown(people, clash("x", LAST, *apart))
    assert "    h0, h1, h2, h3: kept apart" in shown(people, clash("x", *apart))
    assert "    h0, h1: kept apart" in shown(people, clash("x", LAST, *apart[:2]))


def test_a_place_and_hosts_without_outcomes_are_shown(people: Terminal) -> None:
    plain = Finding(RULES["uri-clash"], "twice", (), ("zed",), Location("x.json", 3))
    lines = shown(people, plain, replace(plain, location=Location("y.json")))
    assert lines[1:4] == ["  twice (x.json:3)", "  twice (y.json)", "    in: zed"]


def test_foreign_text_never_starts_a_line_as_a_command(people: Terminal) -> None:
    hostile = Finding(CLASH, "word " * 30 + "::error::x \x1b[31m" + " tail" * 20)
    for line in shown(people, hostile):
        assert not line.strip().startswith("::")
        assert "\x1b[31m::" not in line


def test_a_hint_that_all_have_is_said_once(people: Terminal) -> None:
    lines = shown(people, *(clash(name, ZED, hint="refused by all") for name in "xyz"))
    assert [line.strip() for line in lines].count("refused by all") == 1
