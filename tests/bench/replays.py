"""Recordings of real servers, each made once and replayed again and again: nothing may differ.

    python tests/bench/replays.py [--servers FOLDER]... [--sdk FOLDER] [--keep FOLDER] [--times N]
                                  [--imports FOLDER] [--only PATTERN] [--record | --cross]

The demo servers are always there. ``--servers`` are folders below which npm packages
(``node_modules``) and Python environments (``bin``) are installed, ``--sdk`` is the folder
``examples`` of a checkout of the Python SDK, ``--imports`` one of files that other recorders made.
What is not there is left out, and said. The recordings stay in the folder of ``--keep``, and what
is there already is not recorded again. With ``--cross`` each is replayed in the other era, as far
as its server speaks it. The status is 1 when a replay tells of any difference.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from replayed import Case, cases
from replayed_steps import Step

MCPX = str(Path(sys.executable).parent / "mcpx")
MODES = {"legacy": "legacy", "modern": "2026-07-28", "auto": "auto"}
SECONDS = 120
SAME_DATE = "1767323045 +0000"

# Runs a client of the SDK, which is a story of its examples or source, against a URL or a command.
CLIENT = r"""
import importlib, inspect, os, sys
import anyio
from mcp import StdioServerParameters
client, mode, *words = sys.argv[1:]
if "\n" in client:
    exec(client)
else:
    main = importlib.import_module(f"stories.{client}.client").main
def target():
    if words[0].startswith("http"):
        return words[0]
    return StdioServerParameters(command=words[0], args=words[1:], env=dict(os.environ))
async def run():
    many = "targets" in inspect.signature(main).parameters
    await main(target if many else target(), mode=mode)
anyio.run(run)
"""


class LeftOutError(Exception):
    """A case that cannot be had here, and why."""


@dataclass
class Here:
    """Where servers are installed, and where recordings are kept."""

    servers: Sequence[Path]
    sdk: Path | None
    imports: Path | None
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, case: Case, port: int, files: Path) -> list[str]:
        """The command line of a case. Raises LeftOutError for what is not installed."""
        first, *rest = case.command
        kind, _, name = first.partition(":")
        words = {"npm": self._npm, "bin": self._bin, "sdk": self._sdk}
        found = words[kind](name) if kind in words else [first]
        return [
            word.replace("{port}", str(port)).replace("{folder}", str(files))
            for word in (*found, *rest)
        ]

    def _npm(self, package: str) -> list[str]:
        for folder in self.servers:
            for found in sorted(folder.glob(f"*/node_modules/{package}/package.json"))[::-1]:
                programs = json.loads(found.read_text())["bin"]
                program = programs if isinstance(programs, str) else min(programs.values())
                return ["node", str(found.parent / program)]
        raise LeftOutError(f"{package} is not installed")

    def _bin(self, program: str) -> list[str]:
        for folder in self.servers:
            for found in sorted(folder.glob(f"*/bin/{program}"))[::-1]:
                return [str(found)]
        raise LeftOutError(f"{program} is not installed")

    def _sdk(self, path: str) -> list[str]:
        if self.sdk is None:
            raise LeftOutError("no --sdk")
        return [sys.executable, str(self.sdk / path)]


@dataclass
class Row:
    """What came of a case."""

    name: str
    wrong: str = ""
    times: int = 0
    interactions: int = 0
    told: Counter[str] = field(default_factory=Counter)
    quiet: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def prepared(case: Case, folder: Path) -> Path:
    """The folder that a server works in, as it is before every start."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in case.files.items():
        if name == ".git":
            continue
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    if ".git" in case.files:
        for words in (
            ("init", "-q", "-b", "main"),
            ("config", "user.name", "Ann"),
            ("config", "user.email", "ann@example.com"),
            ("add", "."),
            ("commit", "-q", "-m", "first"),
        ):
            subprocess.run(["git", *words], cwd=folder, check=True)
        (folder / "a.txt").write_text("one\ntwo\nfour\n")
    return folder


def variables(case: Case, here: Here) -> list[str]:
    """The options that give a server its variables."""
    folder = str(here.folder / "work" / case.name)
    given = (
        f"{name}={value.replace('{folder}', folder)}" for name, value in case.variables.items()
    )
    return [word for one in given for word in ("--env", one)]


@contextmanager
def site(case: Case, here: Here) -> Iterator[list[str]]:
    """A case's server, freshly started: how mcpx names it as a target.

    That is a URL, or for stdio ``--`` and the command line.
    """
    files = prepared(case, here.folder / "work" / case.name)
    port = _free_port()
    command = here.command(case, port, files)
    if not case.path:
        yield ["--", *command]
        return
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=files,
        env={**here.environment, "PORT": str(port)},
    ) as process:
        try:
            _await_port(port, process)
            yield [f"http://127.0.0.1:{port}{case.path}"]
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise LeftOutError(f"nothing listens at port {port}: {process.args!r}")


def recorded(case: Case, here: Here) -> Path:
    """The recording of a case, made now unless it is there."""
    file = here.folder / f"{case.name}.jsonl"
    if file.exists():
        return file
    for left in here.folder.glob(f"{case.name}.jsonl*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    if case.source:
        _imported(case, here, file)
        return file
    with site(case, here) as target:
        if case.client:
            _by_client(case, here, target, file)
        else:
            _by_script(case, here, target, file)
    return file


def _imported(case: Case, here: Here, file: Path) -> None:
    if here.imports is None:
        raise LeftOutError("no --imports")
    text = (here.imports / case.source).read_text()
    if case.folder:
        text = text.replace(case.folder, str(here.folder / "work" / case.name))
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / case.source
        source.write_text(text)
        _run([MCPX, "session", "import", str(source), "-o", str(file)], here, Path(name))


def _by_script(case: Case, here: Here, target: list[str], file: Path) -> None:
    files = here.folder / "work" / case.name
    options = ["-o", str(file), "--script", "-", "--era", case.era, "--inherit-env", "-q"]
    options += variables(case, here)
    if case.answers is not None:
        answers = here.folder / f"{case.name}.answers.json"
        answers.write_text(json.dumps(case.answers))
        options += ["--answer", str(answers)]
    script = "".join(f"{json.dumps(_filled(step, files))}\n" for step in case.steps)
    done = _run([MCPX, "record", *options, *case.recording, *target], here, files, script)
    if not file.exists():
        raise LeftOutError(f"not recorded: {done.stderr.strip()}")


def _filled(step: Step, files: Path) -> Step:
    text = json.dumps(step).replace("{folder}", str(files))
    filled: Step = json.loads(text)
    return filled


def _by_client(case: Case, here: Here, target: list[str], file: Path) -> None:
    files = here.folder / "work" / case.name
    client = [sys.executable, "-c", CLIENT, case.client, MODES[case.era]]
    if not case.path:
        done = _run([*client, MCPX, "record", "-o", str(file), *target], here, files)
    else:
        port = _free_port()
        tap = [MCPX, "record", "-o", str(file), "--http", target[0], "--listen", str(port)]
        with subprocess.Popen(tap, stdout=-3, stderr=-3, env=here.environment) as proxy:
            _await_port(port, proxy)
            done = _run([*client, f"http://127.0.0.1:{port}{case.path}"], here, files)
            proxy.terminate()
    if done.returncode or not file.exists():
        raise LeftOutError(f"not recorded: {done.stderr.strip()[-300:]}")


def _run(
    words: Sequence[str], here: Here, folder: Path, given: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        input=given,
        capture_output=True,
        text=True,
        cwd=folder,
        env=here.environment,
        timeout=SECONDS,
        check=False,
    )


def replayed(case: Case, here: Here, file: Path, row: Row) -> None:
    """Replay a recording once against its server, started anew, and count what it tells."""
    with site(case, here) as target:
        against = ["--against", target[0]] if case.path else target
        options = [*case.options, *variables(case, here)]
        words = [MCPX, "replay", str(file), "--inherit-env", *options, "--json", *against]
        started = time.perf_counter()
        done = _run(words, here, here.folder / "work" / case.name)
        row.seconds += time.perf_counter() - started
    row.times += 1
    if done.returncode not in (0, 1):
        row.told[f"status {done.returncode}: {done.stderr.strip()[:200]}"] += 1
        return
    _count(json.loads(done.stdout), row)


def _count(document: Mapping[str, Any], row: Row) -> None:
    row.interactions = document["summary"]["interactions"]
    for one in document["interactions"]:
        for found in one["divergences"]:
            if found["severity"] == "info":
                row.quiet[found["kind"]] += 1
                continue
            where = " ".join(filter(None, (found["kind"], one["method"], one["name"])))
            row.told[f"{where} {found['pointer']}: {found['message']}"] += 1
        if one["not_sent"]:
            row.quiet["not-sent"] += 1


def main() -> int:
    """Record, replay and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--servers", type=Path, action="append", default=[])
    arguments.add_argument("--sdk", type=Path)
    arguments.add_argument("--imports", type=Path)
    arguments.add_argument("--keep", type=Path)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--only", default="*")
    arguments.add_argument("--record", action="store_true", help="record only")
    arguments.add_argument("--cross", action="store_true", help="replay in the other era")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (given.keep or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        sdk = given.sdk and given.sdk.resolve()
        paths = [str(sdk)] if sdk else []
        dates = {f"GIT_{who}_DATE": SAME_DATE for who in ("AUTHOR", "COMMITTER")}
        environment = {**os.environ, **dates, "PYTHONPATH": os.pathsep.join(paths)}
        servers = [one.resolve() for one in given.servers]
        here = Here(servers, sdk, given.imports, folder, environment)
        chosen: Iterable[Case | None] = (c for c in cases() if fnmatch(c.name, given.only))
        if given.cross:
            chosen = map(_crossed, filter(None, chosen))
        times = 0 if given.record else given.times
        rows = [_row(case, here, times) for case in chosen if case is not None]
    print(
        f"{sum(not row.wrong for row in rows)} recordings, {sum(bool(r.told) for r in rows)} differ"
    )
    return int(any(row.told for row in rows))


def _crossed(case: Case) -> Case | None:
    """The case in the other era; None where its server has none."""
    if case.only_era:
        return None
    other = "modern" if case.era == "legacy" else "legacy"
    return replace(case, options=(*case.options, "--era", other))


def _row(case: Case, here: Here, times: int) -> Row:
    row = Row(case.name)
    try:
        file = recorded(case, here)
        for _ in range(times):
            replayed(case, here, file, row)
    except (LeftOutError, subprocess.TimeoutExpired) as error:
        row.wrong = str(error)
    told = sum(row.told.values())
    quiet = ", ".join(f"{number} {kind}" for kind, number in sorted(row.quiet.items()))
    print(
        f"{row.name:<36} {row.times:3} x {row.interactions:3}   {row.seconds:6.1f} s  "
        f"{row.wrong or told or 'equal'}{quiet and f'   ({quiet})'}",
        flush=True,
    )
    for text, number in row.told.most_common():
        print(f"    {number:3} x {text}")
    return row


if __name__ == "__main__":
    sys.exit(main())
