from __future__ import annotations

import itertools

import pytest

from mcpx.errors import (
    ConfigError,
    Evidence,
    Fault,
    McpxError,
    RefusedError,
    ServerError,
    UsageError,
)
from mcpx.retry import (
    ATTEMPTS,
    BASE,
    CAP,
    LONGEST_WAIT,
    READS,
    Budget,
    Happened,
    Retries,
    happened,
)


def failed(
    fault: Fault, status: int | None = None, retry_after: float | None = None
) -> ServerError:
    evidence = Evidence(status=status, retry_after=retry_after)
    return ServerError(fault, "weather: failed", evidence=evidence)


LOST = failed(Fault.LOST)
REFUSED = failed(Fault.CONNECT)


@pytest.mark.parametrize(
    ("error", "became"),
    [
        *((failed(Fault.HTTP, status), Happened.UNKNOWN) for status in (502, 503, 504)),
        *(
            (failed(Fault.HTTP, status), Happened.ANSWERED)
            for status in (400, 404, 405, 409, 422, 500, 501, None)
        ),
        (failed(Fault.THROTTLED, 429), Happened.REFUSED),
        (REFUSED, Happened.NOT_SENT),
        (LOST, Happened.UNKNOWN),
        *(
            (failed(fault), Happened.ANSWERED)
            for fault in Fault
            if fault not in (Fault.HTTP, Fault.THROTTLED, Fault.CONNECT, Fault.LOST)
        ),
        (UsageError("x"), Happened.ANSWERED),
        (ConfigError("x"), Happened.ANSWERED),
        (RefusedError("x"), Happened.ANSWERED),
    ],
    ids=lambda value: value.value if isinstance(value, Happened) else str(value.fault),
)
def test_what_became_of_a_request(error: McpxError, became: Happened) -> None:
    assert happened(error) is became


@pytest.mark.parametrize(
    ("error", "harmless", "again"),
    [
        (REFUSED, False, True),
        (REFUSED, True, True),
        (failed(Fault.THROTTLED, 429), False, True),
        (LOST, False, False),
        (LOST, True, True),
        (failed(Fault.HTTP, 503), False, False),
        (failed(Fault.HTTP, 503), True, True),
        (failed(Fault.HTTP, 500), True, False),
        (failed(Fault.AUTH, 401), True, False),
        (failed(Fault.TLS), True, False),
        (failed(Fault.TIMEOUT), True, False),
        (failed(Fault.TOOL_ERROR), True, False),
        (failed(Fault.SESSION_LOST, 404), True, False),
        (UsageError("x"), True, False),
    ],
)
def test_what_may_have_run_is_repeated_only_when_harmless(
    error: McpxError, harmless: bool, again: bool
) -> None:
    assert (Retries().wait(error, 1, harmless, 30) is not None) is again


def test_there_are_three_attempts_in_all() -> None:
    retries = Retries()
    waited = [retries.wait(LOST, attempt, True, 30) is not None for attempt in (1, 2, 3, 4)]
    assert (ATTEMPTS, waited) == (3, [True, True, False, False])


def test_each_wait_may_be_twice_as_long_and_begins_at_none() -> None:
    asked: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    retries = Retries(attempts=20, budget=Budget(100, 100), uniform=uniform)
    waits = [retries.wait(LOST, attempt, True, 1000) for attempt in range(1, 12)]
    assert waits[:4] == [2 * BASE, 4 * BASE, 8 * BASE, 16 * BASE]
    assert waits[-1] == CAP
    assert {low for low, _ in asked} == {0.0}


@pytest.mark.parametrize("asked", [0.0, 1.0, 59.0, 60.0])
def test_what_the_server_asks_for_wins(asked: float) -> None:
    assert Retries().wait(failed(Fault.THROTTLED, 429, asked), 1, False, 1000) == asked


@pytest.mark.parametrize(
    ("asked", "left"),
    [(LONGEST_WAIT + 1, 1000.0), (86_400.0, 1e6), (float("inf"), float("inf")), (5.0, 4.0)],
)
def test_longer_than_that_is_not_waited(asked: float, left: float) -> None:
    retries = Retries()
    assert retries.wait(failed(Fault.THROTTLED, 429, asked), 1, True, left) is None
    assert retries.budget.tokens == 10


def test_nothing_is_waited_for_beyond_the_deadline() -> None:
    retries = Retries(uniform=lambda _low, high: high)
    assert retries.wait(LOST, 1, True, 0.3) is None
    assert retries.wait(LOST, 1, True, 0.4) == 0.4
    assert retries.wait(LOST, 1, True, -1) is None


def test_each_repetition_is_told_before_it_is_waited_for() -> None:
    told: list[tuple[McpxError, int, float]] = []
    retries = Retries(told=lambda *what: told.append(what), uniform=lambda _low, high: high)
    retries.wait(LOST, 1, True, 30)
    retries.wait(LOST, 2, True, 30)
    retries.wait(LOST, 3, True, 30)
    retries.wait(LOST, 1, False, 30)
    assert told == [(LOST, 2, 2 * BASE), (LOST, 3, 4 * BASE)]


def test_many_servers_share_one_budget() -> None:
    budget = Budget()
    servers = [Retries(budget=budget) for _ in range(20)]
    granted = sum(one.wait(LOST, 1, True, 30) is not None for one in servers)
    assert granted == 10
    for _ in range(9):
        budget.earn()
    assert servers[0].wait(LOST, 1, True, 30) is None
    budget.earn()
    budget.earn()
    assert servers[0].wait(LOST, 1, True, 30) is not None


def test_a_budget_is_never_more_than_full() -> None:
    budget = Budget()
    for _ in range(100):
        budget.earn()
    assert budget.tokens == 10
    assert list(itertools.takewhile(bool, (budget.spend() for _ in range(20)))) == [True] * 10


def test_calls_are_no_reads() -> None:
    assert {"tools/list", "server/discover", "initialize", "resources/read"} <= READS
    assert not {"tools/call", "tasks/update", "notifications/cancelled"} & READS
