from __future__ import annotations

import gc
import io
import ipaddress
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mcpx.__main__ import main

ROOT = Path(__file__).resolve().parents[1]
# Read once: the tests themselves run without any MCPX_ variable.
REWRITES = bool(os.environ.get("MCPX_WRITE"))
GOOD_SERVER = (sys.executable, str(ROOT / "tests" / "servers" / "good_stdio.py"))

# Hundreds of processes are started: each would compile again what the one before has compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# ``pytest --hypothesis-profile thorough`` looks for longer. A busy machine is slow, not wrong.
_SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("usual", max_examples=40, **_SLOW)
settings.register_profile("thorough", max_examples=1000, **_SLOW)
settings.load_profile("usual")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives to the end: it is not searched for garbage again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


class FakeTerminal(io.StringIO):
    """A stream that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Result:
    """What one command line came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tests that ask for none, one after the other."""
    return tmp_path_factory.mktemp("shared")


def _furnish(folder: Path) -> None:
    (folder / "home").mkdir(exist_ok=True)
    # Where looking upwards for a project ends.
    (folder / "project" / ".git").mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty home and project for each test, and nothing of the user's environment."""
    own = "tmp_path" in request.fixturenames
    folder: Path = request.getfixturevalue("tmp_path" if own else "_shared")
    _furnish(folder)
    for name in list(os.environ):
        ours = name.startswith(("MCPX_", "_MCPX_", "XDG_")) or name.endswith("_CONFIG_DIR")
        if ours or name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CODEX_HOME"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("USERPROFILE", str(folder / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(folder / "project")
    yield
    if not own and [*os.listdir(folder / "home"), *os.listdir(folder / "project")] != [".git"]:
        os.chdir(folder)
        for left in (folder / "home", folder / "project"):
            shutil.rmtree(left)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process, as a user would, in folders of the test's own.

    ``tty`` makes all three streams terminals, ``stdin`` is what can be read.
    """

    def run_one(*argv: object, stdin: str | bytes | None = None, tty: bool = False) -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin or b""
        source = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
        source.isatty = lambda: tty
        out, err = (FakeTerminal(), FakeTerminal()) if tty else (io.StringIO(), io.StringIO())
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", source)
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            status = main([str(word) for word in argv])
        return Result(int(status), out.getvalue(), err.getvalue())

    return run_one


@pytest.fixture
def configure() -> Callable[..., Path]:
    """Writes a host's file of servers: ``configure(path, name={...})``."""

    def write(path: Path, /, **servers: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"mcpServers": servers}, indent=2), encoding="utf-8")
        path.chmod(0o600)
        return path

    return write


@pytest.fixture
def good_server() -> dict[str, Any]:
    """The entry of a server that does everything right."""
    return {"command": GOOD_SERVER[0], "args": [GOOD_SERVER[1]]}


@pytest.fixture
def catalogue_file(project: Path) -> Callable[..., Path]:
    """Writes a catalogue file of one server with the members given."""

    def write(name: str, **members: object) -> Path:
        path = project / f"{name}.json"
        entry = {"server": name, **members}
        document = {"format": "mcpx.catalogue", "version": 1, "servers": [entry]}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def unchanged() -> Callable[[Path, str], None]:
    """Compares a text with a file of the repository; ``MCPX_WRITE=1`` writes the file anew."""

    def compare(path: Path, text: str) -> None:
        if REWRITES:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, "MCPX_WRITE=1 pytest writes it anew"

    return compare


@pytest.fixture
def golden(unchanged: Callable[[Path, str], None]) -> Callable[[str, str, str], None]:
    """Compares a rendering with ``tests/golden/FORMAT/NAME``."""

    def compare(form: str, name: str, text: str) -> None:
        unchanged(ROOT / "tests" / "golden" / form / name, text)

    return compare
