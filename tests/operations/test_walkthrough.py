from __future__ import annotations

import json

from mcpx.cli import COMMANDS
from mcpx.errors import ExitStatus
from mcpx.operations.walkthrough import STEPS, playground
from mcpx.settings import walk_environment


def test_the_playground_is_a_project_and_a_home_and_then_gone() -> None:
    with playground() as folder:
        ours = json.loads((folder / "project" / ".mcp.json").read_text())
        theirs = json.loads((folder / "project" / ".cursor" / "mcp.json").read_text())
        assert list(ours["mcpServers"]) == ["tickets", "notes"]
        assert list(theirs["mcpServers"]) == ["shop"]
        assert theirs["mcpServers"]["shop"]["args"] == ["-P", "-m", "mcpx.demo", "shop"]
        assert list((folder / "home").iterdir()) == []
        assert walk_environment(folder / "home")["HOME"] == str(folder / "home")
    assert not folder.exists()


def test_the_walk_shows_the_commands_that_matter() -> None:
    shown = {step.words[0] for step in STEPS}
    assert shown == {"discover", "inspect", "call", "conflicts", "trust"}
    assert shown <= set(COMMANDS)
    assert STEPS[0].shown == "mcpx discover"
    assert {step.status for step in STEPS} == {
        ExitStatus.OK,
        ExitStatus.FINDINGS,
        ExitStatus.USAGE,
        ExitStatus.REFUSED,
    }
    assert all(step.why.endswith((".", ")", "?")) for step in STEPS)
