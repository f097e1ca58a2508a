"""How the driver of the conformance suite judges; the suite itself is not needed for it."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shlex
import sys
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parent
OWN = {"id": "own", "status": "SUCCESS", "description": "does it"}
FORM = {"id": "wire-schema-valid", "status": "SUCCESS", "description": "is well formed"}


@pytest.fixture(scope="module")
def driver() -> ModuleType:
    """The script ``run`` as a module."""
    loader = importlib.machinery.SourceFileLoader("conformance_run", str(FOLDER / "run"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # Not in the table of modules the dataclasses would not find their annotations.
    sys.modules[loader.name] = module
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = written
    return module


@pytest.mark.parametrize(
    ("checks", "status", "said", "complaints"),
    [
        pytest.param([OWN, FORM], 0, "", [], id="passed"),
        pytest.param([], 0, "", ["no check of its own passed"], id="nothing-checked"),
        pytest.param([FORM], 0, "", ["no check of its own passed"], id="only-well-formed"),
        pytest.param(
            [{**OWN, "status": "SKIPPED"}], 0, "", ["no check of its own passed"], id="all-skipped"
        ),
        pytest.param(
            [OWN, {**OWN, "status": "FAILURE", "errorMessage": "does not"}],
            1,
            "",
            ["failure: own: does not", "the suite ended with status 1"],
            id="one-failed",
        ),
        pytest.param(
            [OWN, {**OWN, "status": "WARNING"}], 0, "", ["warning: own: does it"], id="one-warned"
        ),
        # For some scenarios the suite does not mind.
        pytest.param(
            [OWN],
            0,
            "Starting\nClient exited with code 3\n",
            ["the command exited with code 3"],
            id="command-failed",
        ),
        pytest.param(
            [OWN],
            1,
            "Client timed out after 30000ms\n",
            ["the command timed out after 30000ms", "the suite ended with status 1"],
            id="command-hung",
        ),
    ],
)
def test_a_scenario_passes_only_if_all_is_well(
    driver: ModuleType,
    checks: list[dict[str, str]],
    status: int,
    said: str,
    complaints: list[str],
) -> None:
    done = CompletedProcess([], status, "", said)
    assert list(driver.complaints(done, checks)) == complaints


def test_no_command_hides_its_status(driver: ModuleType) -> None:
    assert all("true" not in line and ";;" not in line for line in driver.COMMANDS.values())
    assert [line for line in driver.COMMANDS.values() if "mcpx " not in line] == [
        shlex.quote(str(FOLDER / "calls"))
    ]
