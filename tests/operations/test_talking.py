from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx import interrupts
from mcpx.client import processes
from mcpx.client.connection import Connection
from mcpx.client.terms import Terms
from mcpx.errors import Fault, RefusedError, ServerError, UsageError
from mcpx.masking import Mask
from mcpx.operations.talking import talked
from mcpx.servers import Origin, Place, ServerSpec
from mcpx.settings import Settings
from mcpx.trust import Gate
from tests.client.children import GOOD
from tests.client.sites import site, spec_of

PID = "import os, sys; open({path!r}, 'a').write(f'{{os.getpid()}}\\n'); "


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    assert list(processes._running) == []


@pytest.fixture
def starts(tmp_path: Path) -> Callable[[], int]:
    return lambda: len((tmp_path / "pids").read_text().split()) if started(tmp_path) else 0


def started(folder: Path) -> bool:
    return (folder / "pids").exists()


def server(folder: Path, **more: Any) -> ServerSpec:
    """A good server that writes down that it was started."""
    note = PID.format(path=str(folder / "pids"))
    script = f"{note}sys.argv[:] = {[GOOD[1]]!r}; import runpy; sys.path.insert(0, "
    script += f"{str(Path(GOOD[1]).parent)!r}); runpy.run_path({GOOD[1]!r}, run_name='__main__')"
    return ServerSpec("one", command=sys.executable, args=("-c", script), **more)


async def echoed(connection: Connection) -> Any:
    call = {"name": "echo", "arguments": {"text": "hi"}}
    return (await connection.request("tools/call", call))["content"][0]["text"]


def talk(
    spec: ServerSpec,
    ask: Callable[[Connection], Any] = echoed,
    terms: Callable[[], Terms] = Terms,
    trusts: bool = False,
    mask: Mask | None = None,
) -> Any:
    return talked(spec, Settings(), mask or Mask(), Gate(trusts), terms, ask)


def test_a_talk_comes_to_what_was_said(tmp_path: Path, starts: Callable[[], int]) -> None:
    with talk(server(tmp_path)) as said:
        assert said == "hi"
        (pid,) = processes._running
        os.kill(pid, 0)  # the result is shown before the server is ended
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert starts() == 1


def test_a_talk_over_http() -> None:
    with site() as served:
        with talk(spec_of(served), terms=lambda: Terms(listening=True)) as said:
            assert said == "hi"
        assert served.count("POST", "tools/call") == 1


def test_what_is_not_allowed_is_not_started(tmp_path: Path) -> None:
    place = Place("cursor", "project", str(tmp_path / ".mcp.json"), "one")
    spec = server(tmp_path, origin=Origin.PROJECT, place=place)
    with pytest.raises(RefusedError, match="not approved; not started"), talk(spec):
        raise AssertionError
    assert not started(tmp_path)
    with talk(spec, trusts=True) as said:
        assert said == "hi"


def test_what_cannot_be_started_is_told() -> None:
    with pytest.raises(ServerError) as failed, talk(ServerSpec("one", command="no-such-program")):
        raise AssertionError
    assert failed.value.fault is Fault.SPAWN


def test_terms_that_are_wrong_leave_no_process(tmp_path: Path) -> None:
    def wrong() -> Terms:
        raise UsageError("no")

    with pytest.raises(UsageError), talk(server(tmp_path), terms=wrong):
        raise AssertionError


@pytest.mark.parametrize("error", [UsageError("no"), ServerError(Fault.LOST, "gone"), KeyError()])
def test_an_error_of_the_talk_is_told(error: Exception) -> None:
    async def fails(_connection: Connection) -> None:
        raise error

    with site() as served:
        with pytest.raises(type(error)) as failed, talk(spec_of(served), fails):
            raise AssertionError
        assert failed.value is error
        assert served.count("POST", "server/discover") == 1


def test_an_error_while_the_result_is_shown_ends_the_server_too(tmp_path: Path) -> None:
    with pytest.raises(KeyError), talk(server(tmp_path)):
        raise KeyError


def test_its_secrets_are_known_from_the_start() -> None:
    mask = Mask()
    with site() as served, talk(spec_of(served, headers={"X-Api-Key": "k-123456"}), mask=mask):
        assert mask("it said k-123456") == "it said ***"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_is_an_interruption(name: str, tmp_path: Path) -> None:
    async def waits(_connection: Connection) -> None:
        asyncio.get_running_loop().call_later(0.02, os.kill, os.getpid(), getattr(signal, name))
        await asyncio.sleep(30)

    with (
        interrupts.listening(),
        pytest.raises(KeyboardInterrupt),
        talk(server(tmp_path), waits),
    ):
        raise AssertionError


def test_after_a_signal_that_was_lost_nothing_is_started(
    tmp_path: Path, starts: Callable[[], int]
) -> None:
    with interrupts.listening():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt), talk(server(tmp_path)):
            raise AssertionError
    assert starts() == 0
