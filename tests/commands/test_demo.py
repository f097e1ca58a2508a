from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mcpx.demo import SERVERS
from mcpx.errors import ExitStatus
from mcpx.operations import walkthrough
from mcpx.operations.walkthrough import STEPS, Step
from tests.conftest import Run


def test_the_walk_ends_well_and_soon(home: Path, project: Path) -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "mcpx", "demo"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 60
    places = [done.stdout.index(f"$ {step.shown}\n") for step in STEPS]
    assert places == sorted(places)
    for number, step in enumerate(STEPS, 1):
        assert f"# {number} of {len(STEPS)}. {step.why}\n" in done.stdout
    assert "Traceback" not in done.stderr
    for name in SERVERS:
        assert f"demo:{name}\t" in done.stdout
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert [path.name for path in project.iterdir()] == [".git"]


def test_programs_get_the_list_of_servers(run: Run) -> None:
    data = run("demo", "--json").json
    assert {one["name"]: one["description"] for one in data["servers"]} == SERVERS


def test_no_code_of_the_current_folder_runs_in_a_bundled_server(run: Run, project: Path) -> None:
    for module in ("mcp", "json", "mcpx"):
        (project / f"{module}.py").write_text(f"open('{module}.ran', 'w').close()\n")
    assert run("inspect", "demo:tickets", "--json").status == 0
    assert list(project.glob("*.ran")) == []


def test_a_step_that_ends_otherwise_is_a_bug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walkthrough, "STEPS", (Step("Why?", ("nonsense",), ExitStatus.OK),))
    done = run("demo")
    assert done.status == ExitStatus.BUG
    assert "error: 'mcpx nonsense' ended with status 2, not 0\n" in done.err


@pytest.mark.parametrize("form", ["ndjson", "markdown"])
def test_a_walk_has_no_other_form(run: Run, form: str) -> None:
    done = run("demo", "-f", form)
    assert done.status == 2
    assert f"'{form}' is not one of 'table', 'json'" in done.err
