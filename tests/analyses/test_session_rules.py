from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.analyses.session_rules import SESSIONS
from mcpx.sessions.checking import check
from mcpx.sessions.lines import header_line
from mcpx.sessions.reading import read_session
from tests.analyses.examples import examples_of
from tests.sessions.tapes import HEADER

ERA = '{"k":"era","n":1,"t":0.5,"c":1,"era":"%s","version":"2025-11-25"}\n'
# One step that makes an example honest: what stands there, and what stands there instead.
STEPS = {
    "session-incomplete": ('"resu', '"result":{}}}\n{"k":"end","n":4,"t":2.0,"events":3}'),
    "session-dropped": ('"dropped":3', '"dropped":0'),
    "session-cut": ('"cut":48000000', '"m":{"method":"saw"}'),
    "session-unanswered": (
        '{"k":"end","n":3,"t":9.1,"events":2,"dropped":0}',
        '{"k":"msg","n":3,"t":1.2,"c":1,"d":"s2c","m":{"id":3,"result":{}}}',
    ),
    "session-unasked": ('"id":3,"result":{}', '"method":"saw"'),
    "session-answered-twice": (
        '\n{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":3,"result":{}}}',
        "",
    ),
    "session-id-reused": (
        '{"id":1,"method":"ping"}}\n{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":1,',
        '{"id":2,"method":"ping"}}\n{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":2,',
    ),
    "session-no-message": (
        '"k":"raw","n":2,"t":1.2,"c":1,"d":"s2c","s":"Connected.","why":"not-json"',
        '"k":"err","n":2,"t":1.2,"c":1,"s":"Connected."',
    ),
    "session-server-ended": ('"itself"', '"stdin-eof"'),
    "session-needs-variable": ('"d":"c2s"', '"d":"s2c"'),
    "session-masked-request": ('"d":"c2s"', '"d":"s2c"'),
    "session-blob": (
        '"bl":["/params/data"],\n"m":{"method":"saw","params":{"data":{"$blob":"sha256:9f86d081",'
        '"len":3}}}',
        '\n"m":{"method":"saw"}',
    ),
    "session-time": ('"t":1.9', '"t":2.6'),
    "session-era-unknown": (
        '{"k":"msg","n":1,"t":1.0,"c":1,"d":"c2s","m":{"id":7,"method":"ping"}}\n'
        '{"k":"msg","n":2,"t":1.1,"c":1,"d":"s2c","m":{"id":7,"result":{}}}',
        '{"k":"open","n":1,"t":1.0,"c":1}',
    ),
    "session-early-request": ('"method":"tools/list"', '"method":"ping"'),
    "session-skipped": ('"checkpoint"', '"note","s":"all is well"'),
}


def fired(example: str, folder: Path) -> list[str]:
    """The rules that lines of a session fire; what is said of others is put around them."""
    lines = example.replace('\n"m"', '"m"')
    text = lines if '"n":1,' in lines else ERA % "legacy" + lines
    count = text.count("\n") + 2
    torn, ends = text.endswith('"resu'), '"k":"end"' in text
    end = "" if torn or ends else f'\n{{"k":"end","n":{count},"t":9.9,"events":{count - 1}}}'
    path = folder / "s.jsonl"
    path.write_bytes(header_line(HEADER) + (text + end + "\n" * (not torn)).encode())
    return [finding.rule.id for finding in check(read_session(str(path)))]


@examples_of(SESSIONS, STEPS)
def test_an_example_fires_its_rule_alone(example: str, fires: list[str], tmp_path: Path) -> None:
    assert fired(example, tmp_path) == fires


def test_every_rule_is_of_the_area_of_sessions() -> None:
    assert all(rule.id.startswith("session-") for rule in SESSIONS)
    assert sorted(STEPS) == sorted(rule.id for rule in SESSIONS)


@pytest.mark.parametrize("rule", SESSIONS, ids=lambda rule: rule.id)
def test_an_example_is_lines_of_a_session_file(rule: object) -> None:
    example = rule.example  # type: ignore[attr-defined]
    assert all(line.startswith(('{"k":"', '"m":')) for line in example.splitlines())
