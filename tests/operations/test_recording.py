"""What ``--record`` writes is what was on the wire, on each of them and in both eras."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx.client.connection import Connection
from mcpx.client.taps import together
from mcpx.errors import ConfigError, McpxError, ServerError, UsageError
from mcpx.operations.recording import Recordings
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sessions.events import (
    EraKnown,
    Event,
    Exited,
    Finished,
    Http,
    Message,
    Mode,
    Opened,
    Raw,
    Stderr,
    Streamed,
)
from mcpx.sessions.reading import read_session
from mcpx.wire import Direction, Finish
from tests.client.heard import Heard, HeardTap
from tests.client.loops import in_a_loop
from tests.client.sites import Site, in_turn, responds, site, spec_of, streams
from tests.client.test_every_wire import WIRES, reached
from tests.client.test_taps import ANSWERS, LINE, asked, program, talk, tapped

WAYS = {"sent": Direction.TO_SERVER, "received": Direction.TO_CLIENT}


class Both(Heard):
    """Keeps what a tap is told, and records it."""

    def __init__(self, path: Path, spec: ServerSpec, given: dict[str, str] | None = None) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.recordings = Recordings(str(path), [spec], {}, given or {}, self.notes.append)
        both = together(super().tapping, self.recordings.tapping)
        assert both is not None
        self.tapping = both  # type: ignore[assignment]


@contextlib.contextmanager
def recording(folder: Path, spec: ServerSpec, **given: str) -> Iterator[tuple[Both, Path]]:
    """A run that is recorded; the file is there once the block is left."""
    path = folder / "s.jsonl"
    both = Both(path, spec, {key.replace("_", ":", 1): value for key, value in given.items()})
    yield both, path
    assert both.recordings.close() == []
    assert both.notes == []


def kept(path: Path, kind: type[Event] = Event) -> list[Any]:
    """The events of a recording, all or of one kind."""
    reading = iter(read_session(str(path)))
    events = list(reading)
    assert reading.complete
    assert reading.warnings == ()
    return [one for one in events if isinstance(one, kind)]


def of_connection(events: list[Event], number: int) -> list[tuple[Any, ...]]:
    """Messages and raw bytes of a connection, as a tap is told of them."""
    found: list[tuple[Any, ...]] = []
    for one in events:
        if one.connection == number and isinstance(one, Message):
            found.append((one.direction, one.exchange, one.text.encode(), one.stream))
        elif one.connection == number and isinstance(one, Raw):
            found.append((one.direction, one.exchange, one.data, None))
    return found


def told(tap: HeardTap) -> list[tuple[Any, ...]]:
    """The same of what a tap was told."""
    found: list[tuple[Any, ...]] = []
    for kind, *rest in tap.told:
        if kind in ("sent", "received"):
            raw, exchange, event = rest
            found.append((WAYS[kind], exchange, raw.strip(), event))
        elif kind == "unread":
            found.append((Direction.TO_CLIENT, rest[1], rest[0], None))
    return found


@pytest.mark.parametrize("wire", WIRES)
def test_all_that_was_told_is_kept(tmp_path: Path, wire: str) -> None:
    async def scene(spec: ServerSpec, both: Both) -> None:
        async with tapped(spec, both, WIRES[wire][1], listening=True) as connection:
            await talk(connection)

    with reached(wire) as spec, recording(tmp_path, spec) as (both, path):
        asyncio.run(asyncio.wait_for(scene(spec, both), 30))
    events = kept(path)
    (tap,) = both.taps
    found = of_connection(events, 1)
    assert [one[:3] for one in found] == [one[:3] for one in told(tap)]
    for (*_, stream), (*_, event) in zip(found, told(tap), strict=True):
        assert (stream is None) == (event is None)
        if event is not None:
            assert (stream.id, stream.event) == (event.id, event.kind or None)
    assert isinstance(events[0], Opened)
    assert events[0].pid == tap.pid
    (era,) = [one for one in events if isinstance(one, EraKnown)]
    assert era.era is WIRES[wire][1]
    heads = [one for one in events if isinstance(one, Http)]
    assert [one.method for one in heads if one.method] == [
        method for _, method, *_ in tap.of("requested")
    ]
    assert [one.status for one in heads if one.status] == [
        status for _, status, _ in tap.of("answered")
    ]
    ends = [(one.exchange, one.why) for one in events if isinstance(one, Finished)]
    assert ends == [(number, end) for number, end, _ in tap.of("finished")]
    header = read_session(str(path)).header
    assert (header.mode, header.target["transport"]) == (Mode.CLIENT, spec.transport.value)


@pytest.mark.parametrize("old", [False, True], ids=["http", "sse"])
@in_a_loop
async def test_session_ids_are_only_told_apart(tmp_path: Path, old: bool) -> None:
    with site(old=old) as served, recording(tmp_path, spec_of(served)) as (both, path):
        async with tapped(spec_of(served), both, Era.LEGACY) as connection:
            await connection.request("tools/list")
        sessions = {
            one.headers.get("mcp-session-id") or one.query.get("session") for one in served.requests
        } - {None}
    text = path.read_text()
    assert len(sessions) == 1
    assert not any(one in text for one in sessions if one)
    assert "/messages?session=" in text if old else '"mcp-session-id":"<s1>"' in text


@in_a_loop
async def test_priming_and_comments_are_kept(tmp_path: Path) -> None:
    play = {"tools/list": streams(b": hello\n\n", b"id: 7\nretry: 1500\n\n", LINE, None)}
    with site(play) as served, recording(tmp_path, spec_of(served)) as (both, path):
        await asked(spec_of(served), both)
    (comment, priming) = [one.stream for one in kept(path, Streamed)]
    assert (comment.id, comment.retry, comment.empty) == (None, None, True)
    assert (priming.id, priming.retry, priming.empty) == ("7", 1500, True)


@in_a_loop
async def test_each_attempt_and_each_connection_is_kept(tmp_path: Path) -> None:
    play = {"initialize": responds(503), "tools/list": in_turn(responds(503), None)}
    play["initialize"] = in_turn(responds(503), None)
    with site(play) as served, recording(tmp_path, spec_of(served)) as (both, path):
        assert await asked(spec_of(served), both) is None
    assert [one.connection for one in kept(path, Opened)] == [1, 2]
    statuses = [(one.connection, one.status) for one in kept(path, Http) if one.status]
    assert [one for one in statuses if one[1] == 503] == [(1, 503), (2, 503)]
    texts = [one.text for one in kept(path, Message) if '"tools/list"' in one.text]
    assert len(texts) == 2


@pytest.mark.parametrize(
    ("code", "last"),
    [
        pytest.param("        print('no', file=sys.stderr); os._exit(3)", (3, "itself"), id="dies"),
        pytest.param("        time.sleep(60)", (-15, "client"), id="hangs"),
    ],
)
@in_a_loop
async def test_how_a_server_ended_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, last: tuple[int, str]
) -> None:
    monkeypatch.setattr("mcpx.client.stdio.LEAVE_AFTER_END_OF_INPUT", 0.1)
    spec = program(ANSWERS + code)
    with recording(tmp_path, spec) as (both, path):
        assert await asked(spec, both, deadline=1.0) is not None
    (exited,) = kept(path, Exited)
    assert (exited.code, exited.by.value) == last
    assert [one.text for one in kept(path, Stderr)] == (["no"] if last[0] == 3 else [])


@in_a_loop
async def test_who_gives_up_is_kept(tmp_path: Path) -> None:
    play = {"tools/list": lambda _site, exchange: exchange.rest(5)}
    with site(play) as served, recording(tmp_path, spec_of(served)) as (both, path):
        async with tapped(spec_of(served), both, Era.MODERN) as connection:
            with pytest.raises(ServerError):
                async with connection.in_time(0.2) as errand:
                    await errand.request("tools/list")
    assert kept(path, Finished)[-1].why is Finish.CLIENT


@in_a_loop
async def test_a_subscription_is_kept_until_it_is_left(tmp_path: Path) -> None:
    notes = [
        {"jsonrpc": "2.0", "method": f"notifications/{name}", "params": {}}
        for name in ("subscriptions/acknowledged", "tools/list_changed")
    ]

    def listen(_site: Site, exchange: Any) -> None:
        exchange.stream()
        for note in notes:
            exchange.event(note)
        exchange.rest(5)

    heard: list[str] = []
    with (
        site({"subscriptions/listen": listen}) as served,
        recording(tmp_path, spec_of(served)) as (both, path),
    ):
        more = {"notified": lambda method, _params: heard.append(method)}
        async with tapped(spec_of(served), both, Era.MODERN, **more) as connection:
            listening = asyncio.ensure_future(connection.request("subscriptions/listen"))
            while len(heard) < 2:
                await asyncio.sleep(0.01)
            listening.cancel()
            await asyncio.wait([listening])
    *_, first, second = kept(path, Message)
    assert [json.loads(one.text) for one in (first, second)] == notes
    assert first.exchange == second.exchange == kept(path, Finished)[-1].exchange
    assert kept(path, Finished)[-1].why is Finish.CLIENT


@in_a_loop
async def test_planted_secrets_are_not_kept(tmp_path: Path) -> None:
    canary = "c4n4ry-0123456789-abcdef"
    echoed = {"name": "echo", "arguments": {"text": f"it is {canary}-h, {canary}-q, {canary}-x"}}

    async def scene(connection: Connection) -> None:
        await connection.request("tools/call", echoed)

    with site() as served:
        spec = spec_of(served, headers={"X-Api-Key": f"{canary}-h"})
        spec = ServerSpec(
            spec.name,
            spec.transport,
            url=f"{spec.url}?token={canary}-q",
            headers=spec.headers,
        )
        with recording(tmp_path, spec, env_TOKEN=f"{canary}-x") as (both, path):
            async with tapped(spec, both, Era.MODERN) as connection:
                await scene(connection)
    text = path.read_text()
    assert canary not in text
    masked = {one.source for message in kept(path, Message) for one in message.masked}
    assert "env:TOKEN" in masked
    assert len(masked) == 3


def specs(count: int) -> list[ServerSpec]:
    return [ServerSpec(f"s{number}", command="x") for number in range(count)]


def made(path: Path | str, count: int = 1) -> Recordings:
    return Recordings(str(path), specs(count), {}, {}, lambda _text: None)


@pytest.mark.parametrize(
    ("path", "count", "error", "message"),
    [
        pytest.param("", 1, UsageError, "--record: needs the name of a file", id="no name"),
        pytest.param("s.jsonl", 0, UsageError, "--record: no server is asked", id="no server"),
        pytest.param("s.jsonl", 2, UsageError, "a session file tells of one server", id="two"),
        pytest.param("none/s.jsonl", 1, ConfigError, "cannot write none/s.jsonl: no such", id="no"),
        pytest.param("file/", 1, ConfigError, "cannot write in file: ", id="file as a folder"),
    ],
)
def test_what_cannot_be_recorded_is_told_before(
    project: Path, path: str, count: int, error: type[McpxError], message: str
) -> None:
    (project / "file").write_text("")
    with pytest.raises(error) as caught:
        made(path, count)
    assert message in str(caught.value)
    assert not (project / "s.jsonl.part").exists()


def test_several_servers_have_a_file_each(tmp_path: Path) -> None:
    heard: list[str] = []
    recordings = Recordings(f"{tmp_path}/new/", specs(2), {}, {}, heard.append)
    for spec in specs(2):
        recordings.tapping(spec, Transport.STDIO, 1).stderr(spec.name.encode())
    assert recordings.close() == []
    found = sorted((tmp_path / "new").iterdir())
    assert [one.name.partition("-")[0] for one in found] == ["s0", "s1"]
    assert [kept(one, Stderr)[0].text for one in found] == ["s0", "s1"]
    assert heard == [f"s{number}: recorded in {one}" for number, one in enumerate(found)]


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("mine")
    heard: list[str] = []
    recordings = Recordings(str(path), specs(1), {}, {}, heard.append)
    recordings.tapping(specs(1)[0], Transport.STDIO, 1)
    assert recordings.close() == []
    assert path.read_text() == "mine"
    assert heard == [f"s0: recorded in {tmp_path / 's-2.jsonl'}"]


def test_nothing_is_left_where_no_connection_opened(tmp_path: Path) -> None:
    assert made(tmp_path / "s.jsonl").close() == []
    assert list(tmp_path.glob("s.jsonl*")) == []


def test_a_recording_that_fails_is_told_at_the_end(tmp_path: Path) -> None:
    recordings = made(tmp_path / "s.jsonl")
    tap = recordings.tapping(specs(1)[0], Transport.STDIO, 1)
    (tmp_path / "s.jsonl.part").unlink()
    tap.stderr(b"x")
    (failure,) = recordings.close()
    assert failure.startswith("s0: the recording is not whole: ")
    assert "s.jsonl.part" in failure


@pytest.mark.parametrize(
    ("spec", "target"),
    [
        pytest.param(
            ServerSpec("s", command="run", args=("--token", "abcdef123456"), env={"B": "1"}),
            {"transport": "stdio", "command": ["run", "--token", "***"], "env": ["B"]},
            id="stdio",
        ),
        pytest.param(
            ServerSpec("s", Transport.HTTP, url="https://u:p@h/mcp?key=1", headers={"A": "b"}),
            {"transport": "http", "url": "https://***@h/mcp?key=***"},
            id="http",
        ),
    ],
)
def test_the_target_is_masked(
    project: Path, tmp_path: Path, spec: ServerSpec, target: dict[str, Any]
) -> None:
    recordings = Recordings(str(tmp_path / "s.jsonl"), [spec], {}, {}, lambda _text: None)
    recordings.tapping(spec, spec.transport, None)
    assert recordings.close() == []
    here = {"cwd": str(project)} if spec.command else {}
    assert read_session(str(tmp_path / "s.jsonl")).header.target == {**target, **here}
