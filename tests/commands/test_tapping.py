from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mcpx.commands import tapping
from mcpx.operations.taps.stdio import tap
from tests.operations.taps.tapped import ECHO

WATCHES = """
import json, sys
from mcpx.__main__ import main
status = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump([status, sorted({name.partition(".")[0] for name in sys.modules})], file)
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """What taps are asked for."""
    found: list[tuple[list[str], str]] = []

    def taken(command: list[str], output: str, _told: object) -> int:
        found.append((list(command), output))
        return 7

    monkeypatch.setattr(tap, "tap", taken)
    return found


@pytest.mark.parametrize(
    ("words", "command", "output"),
    [
        pytest.param("record -o s.jsonl -- a", "a", "s.jsonl", id="file"),
        pytest.param("record -o missing/s.jsonl -- a", "a", "missing/s.jsonl", id="no-folder-yet"),
        pytest.param("record --output logs/ -- a b -- c", "a b -- c", "logs/", id="folder"),
        pytest.param("record -o s -- npx -o t --help", "npx -o t --help", "s", id="own-options"),
    ],
)
def test_a_plain_tap_is_recognised(
    asked: list[tuple[list[str], str]], words: str, command: str, output: str
) -> None:
    assert tapping.tapped(words.split()) == 7
    assert asked == [(command.split(), output)]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="nothing"),
        pytest.param(["call", "-o", "s", "--", "a"], id="another-command"),
        pytest.param(["record", "-o", "s", "--"], id="no-command"),
        pytest.param(["record", "-o", "s", "--", ""], id="an-empty-command"),
        pytest.param(["record", "--", "a"], id="no-destination"),
        pytest.param(["record", "-o", "-", "--", "a"], id="standard-output"),
        pytest.param(["record", "-o", "", "--", "a"], id="an-empty-destination"),
        pytest.param(["record", "-q", "-o", "s", "--", "a"], id="another-option"),
        pytest.param(["record", "-os", "--", "a"], id="another-spelling"),
        pytest.param(["record", "-o", "s", "demo:shop", "--", "a"], id="a-target"),
        pytest.param(["record", "--help"], id="help"),
    ],
)
def test_anything_else_is_left_to_the_parser(
    asked: list[tuple[list[str], str]], words: list[str]
) -> None:
    assert tapping.tapped(words) is None
    assert asked == []


def test_a_tap_imports_neither_the_parser_nor_what_it_does_not_need(tmp_path: Path) -> None:
    report = tmp_path / "imported.json"
    words = ["record", "-o", str(tmp_path / "s.jsonl"), "--", *ECHO]
    subprocess.run([sys.executable, "-c", WATCHES, str(report), *words], input=b"[1]\n", check=True)
    status, names = json.loads(report.read_text())
    assert status == 0
    heavy = {"typer", "click", "rich", "asyncio", "subprocess", "mcp", "pydantic", "anyio"}
    assert heavy & set(names) == set()
    assert {"httpx", "platformdirs", "yaml", "jsonschema_rs", "h11"} & set(names) == set()
