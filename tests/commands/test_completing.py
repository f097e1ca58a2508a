from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mcpx.commands import completing
from mcpx.commands.changed import LEVELS
from mcpx.errors import ConfigError


@pytest.fixture(autouse=True)
def _configured(home: Path, project: Path, configure: Callable[..., Path]) -> None:
    configure(home / ".cursor" / "mcp.json", github={"command": "a"})
    configure(project / ".mcp.json", ours={"command": "b"})


@pytest.mark.parametrize(
    ("complete", "begun", "offered"),
    [
        pytest.param(completing.targets, "git", ["github"], id="configured"),
        pytest.param(completing.targets, "cursor/", ["cursor/github"], id="of-a-host"),
        pytest.param(
            completing.targets, "demo:weather", ["demo:weather-1", "demo:weather-2"], id="demo"
        ),
        pytest.param(completing.targets, "zzz", [], id="nothing"),
        pytest.param(completing.projects_servers, "", ["ours"], id="of-the-project"),
        pytest.param(completing.hosts, "claude-d", ["claude-desktop"], id="hosts"),
        pytest.param(
            completing.schemas,
            "conf",
            ["config", "conflicts", "conflicts.finding", "conflicts.ignored"],
            id="schemas",
        ),
        pytest.param(completing.rules, "wire-i", ["wire-id"], id="rules"),
        pytest.param(completing.shells, "", ["bash", "fish", "powershell", "zsh"], id="shells"),
        pytest.param(completing.export_formats, "h", ["har"], id="exports"),
        pytest.param(completing.import_formats, "mcps", ["mcpsnoop"], id="imports"),
        pytest.param(completing.eras, "", ["auto", "legacy", "modern"], id="eras"),
        pytest.param(completing.colours, "a", ["always", "auto"], id="colours"),
        pytest.param(completing.severities, "n", ["never"], id="severities"),
        pytest.param(completing.levels, "", sorted(LEVELS), id="levels"),
    ],
)
def test_names_that_begin_like_it_are_offered(
    complete: Callable[[str], list[str]], begun: str, offered: list[str]
) -> None:
    assert complete(begun) == offered


@pytest.mark.parametrize("error", [ConfigError("damaged"), PermissionError()], ids=str)
def test_whatever_goes_wrong_nothing_is_offered(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> Iterable[str]:
        raise error

    monkeypatch.setattr("mcpx.sources.discovery.discover", fail)
    assert completing.targets("") == []


def test_what_a_shell_would_evaluate_is_not_offered(
    project: Path, configure: Callable[..., Path]
) -> None:
    names = ["$(id)", "\\$(id)", "`id`", "a;b", "a b", "a'b", "a\nb", "~", "*", "fine-name.2"]
    configure(project / ".mcp.json", **{name: {"command": "a"} for name in names})
    assert completing.projects_servers("") == ["fine-name.2"]
