"""Package managers that know one made-up package, for PATH: no registry is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_SERVER = """
import sys
sys.path.insert(0, {here!r})
from honest import Era, Server
VERSIONS = {versions!r}
word = [one for one in sys.argv[1:] if "@" in one][0]
version = word.rpartition("@")[2]
if version not in VERSIONS:
    sys.exit("there is no " + version)
server = Server(Era.BOTH, "made-up")
server.tools = VERSIONS[version]
server.serve()
"""
_TELLS = """
import sys
sys.stdout.write({out!r})
sys.stderr.write({err!r})
sys.exit({status})
"""


def program(folder: Path, name: str, text: str) -> None:
    """An executable of this name, in Python."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    path.chmod(0o755)


def tells(folder: Path, name: str, out: str, err: str = "", status: int = 0) -> None:
    """A program that says this, whatever it is asked."""
    program(folder, name, _TELLS.format(out=out, err=err, status=status))


def runs(folder: Path, name: str, versions: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """A package runner for PACKAGE@VERSION with these tools; others do not start."""
    program(folder, name, _SERVER.format(here=str(HERE), versions=dict(versions)))


def npm(folder: Path, *versions: str, dates: Mapping[str, str] | None = None) -> None:
    """An npm that tells these versions."""
    tells(folder, "npm", json.dumps({"versions": list(versions), "time": dict(dates or {})}))
