from __future__ import annotations

import pytest

from mcpx.errors import (
    ConfigError,
    Evidence,
    ExitStatus,
    Fault,
    McpxError,
    RefusedError,
    ServerError,
    UsageError,
    worst,
)

S = ExitStatus


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        pytest.param([], S.OK, id="nothing"),
        pytest.param([S.OK, S.OK], S.OK, id="all-well"),
        pytest.param([S.FINDINGS, S.UNREACHABLE], S.UNREACHABLE, id="unreachable-hides-findings"),
        pytest.param([S.UNREACHABLE, S.REFUSED], S.REFUSED, id="refused-before-unreachable"),
        pytest.param([S.REFUSED, S.USAGE], S.USAGE, id="usage-before-refused"),
        pytest.param([S.USAGE, S.BUG], S.BUG, id="bug-before-usage"),
        pytest.param([S.BUG, S.INTERRUPTED, S.OK], S.INTERRUPTED, id="interrupted-first"),
    ],
)
def test_the_worst_status_wins(statuses: list[ExitStatus], expected: ExitStatus) -> None:
    assert worst(statuses) is expected


def test_statuses_are_the_documented_numbers() -> None:
    assert [status.value for status in ExitStatus] == [0, 1, 2, 3, 4, 70, 130]


@pytest.mark.parametrize(
    ("error", "fault", "status"),
    [
        pytest.param(McpxError("x"), "bug", 70, id="base"),
        pytest.param(UsageError("x"), "usage", 2, id="usage"),
        pytest.param(ConfigError("x"), "config", 2, id="config"),
        pytest.param(RefusedError("x"), "refused", 4, id="refused"),
        pytest.param(ServerError(Fault.TIMEOUT, "x"), "timeout", 3, id="server"),
    ],
)
def test_each_error_has_its_class_and_status(error: McpxError, fault: str, status: int) -> None:
    assert (error.fault.value, error.status.value) == (fault, status)
    assert str(error) == "x"


def test_a_server_error_keeps_its_evidence() -> None:
    seen = Evidence(exit_code=7, stderr=("boom",))
    error = ServerError(Fault.EXITED, "it ended", "look", iter(["one", "two"]), seen)
    assert error.evidence == seen
    assert (error.hint, error.details) == ("look", ("one", "two"))
    assert ServerError(Fault.LOST, "x").evidence == Evidence()


def test_programs_read_what_a_server_sent_where_it_sent_something() -> None:
    plain = {"class": "lost", "message": "it went", "hint": "", "server": "one"}
    assert ServerError(Fault.LOST, "it went").described("one") == plain
    seen = Evidence(code=0, data={"a": 1}, status=400)
    error = ServerError(Fault.LOST, "it went", evidence=seen)
    error.server = "one"
    assert error.described() == {**plain, "code": 0, "data": {"a": 1}, "status": 400}
    assert McpxError("x").described()["server"] is None
