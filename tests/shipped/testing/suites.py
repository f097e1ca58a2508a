"""Suites of other people: files of tests that run in a pytest of their own, with the plugin."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import GOOD_SERVER

# As strict as pytest can be.
CONFIGURATION = """
[pytest]
addopts = --strict-markers --strict-config -p no:cacheprovider -q -rA
xfail_strict = true
filterwarnings = error
"""
# A client of the legacy era, in few lines: what is under test in the suites.
CLIENT = '''
import json
import subprocess


def called(command, *calls):
    """The results of calls of the tool "add", or their errors."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server:

        def ask(number, method, params):
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            server.stdin.write(json.dumps(message) + "\\n")
            server.stdin.flush()
            while True:
                answer = json.loads(server.stdout.readline())
                if answer.get("id") == number:
                    return answer.get("result") or answer["error"]

        info = {"name": "client", "version": "1"}
        terms = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
        ask(0, "initialize", terms)
        server.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\\n')
        return [
            ask(number, "tools/call", {"name": "add", "arguments": {"a": a, "b": b}})
            for number, (a, b) in enumerate(calls, 1)
        ]


def sums(command, *calls):
    return [result["content"][0]["text"] for result in called(command, *calls)]
'''
SERVER = [*GOOD_SERVER, "--era", "legacy"]
HEAD = f"""
import asyncio
import pytest
from client import called, sums

SERVER = {SERVER!r}
"""


@dataclass(frozen=True)
class Outcome:
    """What a run of a suite came to; ``tests`` are lines such as ``PASSED test_a``."""

    status: int
    tests: set[str]
    out: str


def write_suite(folder: Path, tests: str, configuration: str = CONFIGURATION) -> Path:
    """Write a suite; returns the folder that its file of tests is in."""
    (folder / "tests").mkdir(parents=True, exist_ok=True)
    (folder / "pytest.ini").write_text(configuration)
    (folder / "tests" / "client.py").write_text(CLIENT)
    (folder / "tests" / "test_it.py").write_text(HEAD + tests)
    return folder / "tests"


def command_of(folder: Path, *words: str) -> list[str]:
    """The command line that runs a suite."""
    base = f"--basetemp={folder / 'base'}"
    plugins = ("-p", "no:hypothesispytest", "-p", "no:timeout")
    return [sys.executable, "-m", "pytest", base, *plugins, *words]


def run_suite(folder: Path, *words: str) -> Outcome:
    """Run a suite in a process of its own."""
    # In a CI pytest says everything once more in its summary.
    env = {name: one for name, one in os.environ.items() if name not in ("CI", "BUILD_NUMBER")}
    done = subprocess.run(
        command_of(folder, *words),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
        env=env,
    )
    tests = re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\S+)", done.stdout, re.MULTILINE)
    return Outcome(done.returncode, {" ".join(one) for one in tests}, done.stdout)
