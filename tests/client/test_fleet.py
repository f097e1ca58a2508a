from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from mcpx.client import fleet as fleets
from mcpx.client import processes
from mcpx.client.fleet import Fleet, Outcome
from mcpx.client.processes import Candidate, start_ahead
from mcpx.client.terms import Terms
from mcpx.errors import ConfigError, Fault
from mcpx.servers import ServerSpec
from tests.client.children import BAD, GOOD
from tests.client.loops import in_a_loop


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    left = list(processes._running)
    processes.kill_all()
    assert left == []


def good(name: str, delay: float = 0.0) -> ServerSpec:
    args = (GOOD[1], "--era", "modern", "--name", name, "--delay", str(delay))
    return ServerSpec(name, command=GOOD[0], args=args)


def bad(name: str, *arguments: str) -> ServerSpec:
    return ServerSpec(name, command=BAD[0], args=(BAD[1], *arguments))


class Told:
    """The outcomes in the order in which they came."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def __call__(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    @property
    def names(self) -> list[str]:
        return [outcome.spec.name for outcome in self.outcomes]


@in_a_loop
async def test_one_that_fails_hurts_no_other_and_the_order_stays() -> None:
    specs = [
        good("slow", 0.8),
        bad("silent", "never-answers-list", "--era", "modern"),
        bad("dead", "dies-on-list", "--era", "modern"),
        bad("flood", "endless-line", "--era", "modern"),
        good("quick"),
    ]
    candidates = [start_ahead(spec, False) for spec in specs]
    candidates.insert(2, Candidate(ServerSpec("refused"), error=ConfigError("no")))
    candidates.append(Candidate(ServerSpec("absent", command="no-such-program")))
    told = Told()
    fleet = Fleet(candidates, Terms(deadline=4.0), 10, told)
    found = await fleet.outcomes()
    await fleet.finish()
    assert [outcome.spec.name for outcome in found] == [
        *("slow", "silent", "refused", "dead", "flood", "quick", "absent")
    ]
    assert [outcome.error and outcome.error.fault for outcome in found] == [
        *(None, Fault.TIMEOUT, Fault.CONFIG, Fault.EXITED, Fault.LIMIT, None, Fault.SPAWN)
    ]
    for outcome in (found[0], found[5]):
        assert outcome.catalogue is not None
        assert outcome.catalogue.server == outcome.spec.name
        assert len(outcome.catalogue.tools) == 3
    assert found[1].catalogue is None
    assert 0.7 < found[0].seconds < 3.5 < found[1].seconds
    assert sorted(told.names) == sorted(outcome.spec.name for outcome in found)
    assert told.names[-1] == "silent"


@in_a_loop
async def test_no_more_than_wanted_are_asked_at_once() -> None:
    most: list[int] = []
    asking = Told()

    def told(outcome: Outcome) -> None:
        most.append(len(processes._running))
        asking(outcome)

    candidates = [Candidate(good(str(number), 0.1)) for number in range(5)]
    fleet = Fleet(candidates, Terms(), 2, told)
    found = await fleet.outcomes()
    await fleet.finish()
    assert [outcome.error for outcome in found] == [None] * 5
    assert max(most) == 2


@in_a_loop
async def test_results_are_there_before_the_servers_have_ended() -> None:
    spec = bad("stubborn", "ignores-eof-and-sigterm", "--era", "modern")
    fleet = Fleet([Candidate(spec)], Terms(), 1, Told())
    (found,) = await fleet.outcomes()
    ready = time.monotonic()
    assert found.catalogue is not None
    assert len(processes._running) == 1
    await fleet.finish()
    assert time.monotonic() - ready > 1.5


@in_a_loop
async def test_abandoning_ends_every_server() -> None:
    specs = [bad(str(number), "never-answers-list", "--era", "modern") for number in range(3)]
    fleet = Fleet([start_ahead(spec, False) for spec in specs], Terms(), 3, Told())
    asking = asyncio.ensure_future(fleet.outcomes())
    await asyncio.sleep(0.5)
    assert len(processes._running) == 3
    await fleet.abandon()
    assert len(processes._running) == 0
    with pytest.raises(asyncio.CancelledError):
        await asking


@in_a_loop
async def test_a_bug_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    harvest = fleets.harvest

    async def buggy(connection: object, offered: tuple[str, ...]) -> object:
        if connection.spec.name == "two":
            raise ZeroDivisionError("a bug")
        return await harvest(connection, offered)

    monkeypatch.setattr(fleets, "harvest", buggy)
    silent = bad("one", "never-answers-list", "--era", "modern")
    fleet = Fleet([Candidate(silent), Candidate(good("two"))], Terms(), 2, Told())
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await fleet.outcomes()
    await fleet.abandon()


@in_a_loop
async def test_a_listener_that_fails_ends_the_run() -> None:
    def told(_outcome: Outcome) -> None:
        raise BrokenPipeError

    fleet = Fleet([Candidate(good("one"))], Terms(), 1, told)
    with pytest.raises(BrokenPipeError):
        await fleet.outcomes()
    await fleet.abandon()


@in_a_loop
async def test_no_server_is_no_work() -> None:
    fleet = Fleet([], Terms(), 1, Told())
    assert await fleet.outcomes() == []
    await fleet.finish()
