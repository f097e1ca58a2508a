"""The walk for newcomers: a small project in a temporary folder, and what to try in it."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mcpx.errors import ExitStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the walk: why it is shown, its words, and the status it ends with."""

    why: str
    words: tuple[str, ...]
    status: ExitStatus = ExitStatus.OK

    @property
    def shown(self) -> str:
        """The command as it is typed."""
        return " ".join(("mcpx", *self.words))


STEPS: tuple[Step, ...] = (
    Step(
        "Which MCP servers are configured here? (In a small project made for this walk: two "
        "servers in .mcp.json, one more in .cursor/mcp.json.)",
        ("discover",),
    ),
    Step(
        "What does a server offer, and what does it cost? demo:NAME is a bundled server.",
        ("inspect", "demo:tickets"),
    ),
    Step(
        "One tool in full.",
        ("inspect", "demo:shop", "--tool", "add_item"),
    ),
    Step(
        "Call a tool. Every block of the result is shown; pictures and sounds are saved.",
        ("call", "demo:gallery", "exhibit", "colour=red", "--save", "pictures"),
    ),
    Step(
        "Arguments are checked before anything is sent (status 2).",
        ("call", "demo:gallery", "exhibit", "color=red"),
        ExitStatus.USAGE,
    ),
    Step(
        "Which names clash, and in which host? The status is 1: something was found.",
        ("conflicts", "demo:tickets", "demo:notes", "--host", "claude-code,claude-desktop"),
        ExitStatus.FINDINGS,
    ),
    Step(
        "A project's own servers are not started before somebody allowed it (status 4).",
        ("inspect", "tickets"),
        ExitStatus.REFUSED,
    ),
    Step(
        "So look at the exact command and allow it.",
        ("trust", "allow", "tickets", "--yes"),
    ),
    Step(
        "A catalogue as a file: it stands in a server's place everywhere, also in CI.",
        ("inspect", "tickets", "-o", "tickets.json"),
    ),
    Step(
        "From the file nothing has to be started.",
        ("conflicts", "tickets.json", "demo:notes", "--format", "markdown", "--exit-zero"),
    ),
)


@contextlib.contextmanager
def playground() -> Iterator[Path]:
    """A folder with a home and a project in it that name the demo servers; gone afterwards.

    ``project`` and ``home`` are its members.
    """
    with tempfile.TemporaryDirectory(prefix="mcpx-demo-") as name:
        folder = Path(name).resolve()
        project = folder / "project"
        _configure(project / ".mcp.json", "tickets", "notes")
        _configure(project / ".cursor" / "mcp.json", "shop")
        (folder / "home").mkdir()
        yield folder


def _configure(path: Path, *names: str) -> None:
    servers = {
        name: {"command": sys.executable, "args": ["-P", "-m", "mcpx.demo", name]} for name in names
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": servers}, indent=2), encoding="utf-8")
