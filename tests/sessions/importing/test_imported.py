"""Every recording of others that we have, and what happens to files that nobody wrote so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcpx.errors import ConfigError
from mcpx.sessions.events import EraKnown, Http, Message, Opened, Streamed
from mcpx.sessions.importing import FORMATS, Imported, imported
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.round_trips import round_trips
from mcpx.sessions.writing import write_session
from tests.sessions.importing.samples import LIST, LISTED, OTHERS, lines, of, said

DATA = Path(__file__).resolve().parents[3] / "../shared/data/sessions"
FILES = sorted(path for path in DATA.glob("*/*") if path.is_file())
# A parameter that says that there is nothing, where there are no recordings.
EVERY = [pytest.param(path, id=path.name) for path in FILES] or [
    pytest.param(DATA, marks=pytest.mark.skip(reason="no recordings here: ../shared/data/sessions"))
]
# Of each format, for what takes many files.
SMALL = {
    path.name: path.read_bytes()
    for path in FILES
    if path.stat().st_size < 6_000 and not path.name.startswith("sdk-refund")
}


@pytest.fixture(scope="module")
def found() -> dict[str, Imported]:
    return {path.name: imported(path.read_bytes(), path.name) for path in FILES}


def counted(path: Path) -> Counter[str]:
    """How many messages went each way, counted over the file itself."""
    return Counter("c2s" if to_server else "s2c" for to_server, _ in raw_messages(path))


def raw_messages(path: Path) -> Iterator[tuple[bool, Any]]:
    if path.name.endswith(".jsonl"):
        for line in path.read_text().splitlines():
            value = json.loads(line)
            for one in value.get("chunks", [value]):
                if (message := one.get("frame") or one.get("msg")) is not None:
                    yield value["dir"] in ("c2s", "client->server"), message
        return
    value = json.loads(path.read_text())
    if path.name.endswith(".har"):
        yield from archived(value["log"]["entries"])
        return
    if "messages" in value:
        for one in value["messages"]:
            yield one["sender"] == "client", one["payload"]
        return
    session = value.get("session", {})
    if session:
        yield True, session["initialize_request"]
        yield False, session["initialize_response"]
    for one in session.get("interactions") or value["interactions"]:
        for name in ("request", "response"):
            if one[name] is not None:
                yield name == "request", one[name]


def archived(entries: list[Any]) -> Iterator[tuple[bool, Any]]:
    for entry in entries:
        if data := entry["request"].get("postData"):
            yield True, json.loads(data["text"])
        text = entry["response"]["content"]["text"]
        if text.startswith("{"):
            yield False, json.loads(text)
        for line in text.splitlines():
            if line.startswith("data: {"):
                yield False, json.loads(line[6:])


@pytest.mark.parametrize("path", EVERY)
def test_every_message_goes_the_way_it_went(path: Path, found: dict[str, Imported]) -> None:
    one = found[path.name]
    assert Counter(way for way, _ in said(one)) == counted(path)
    in_file = Counter(json.dumps(message, sort_keys=True) for _, message in raw_messages(path))
    assert Counter(json.dumps(value, sort_keys=True) for _, value in said(one)) == in_file


@pytest.mark.parametrize("path", EVERY)
def test_what_is_written_is_read_again(
    path: Path, found: dict[str, Imported], tmp_path: Path
) -> None:
    one = found[path.name]
    target = tmp_path / "s.jsonl"
    assert write_session(target, one.header, one.events, Redaction.none()) == len(one.events)
    reading = read_session(str(target))
    events = iter(reading)
    assert list(events) == list(one.events)
    assert events.complete
    assert events.warnings == ()
    assert reading.header == one.header


@pytest.mark.parametrize("path", EVERY)
def test_events_are_in_order(path: Path, found: dict[str, Imported]) -> None:
    events = found[path.name].events
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    times = [event.time for event in events]
    assert times == sorted(times)
    opened = [event.connection for event in events if isinstance(event, Opened)]
    assert opened == list(range(1, len(opened) + 1))


# Where two clients were merged, what hung, what was refused, what was cancelled.
@pytest.mark.parametrize(
    ("name", "connections", "unanswered"),
    [
        ("sdk-http-dual_era.cassette.jsonl", 2, 0),
        ("mitm-http-ev-legacy.har", 1, 1),
        ("devhelm-http-sdkev-auto.cassette.json", 1, 2),
        ("sdk-http-subscriptions.cassette.jsonl", 1, 1),
        ("sdk-http-refund_desk.cassette.jsonl", 1, 0),
        ("ivermin-http-ev-legacy.cassette.jsonl", 1, 0),
        ("sdk-parallel_calls-legacy.cassette.jsonl", 1, 0),
    ],
)
@pytest.mark.skipif(not FILES, reason="no recordings here: ../shared/data/sessions")
def test_connections_and_requests_without_an_answer(
    found: dict[str, Imported], name: str, connections: int, unanswered: int
) -> None:
    events = found[name].events
    assert sum(isinstance(event, Opened) for event in events) == connections
    trips = list(round_trips(events))
    assert sum(trip.answer is None for trip in trips) == unanswered
    assert all(trip.request is not None for trip in trips)


@pytest.mark.skipif(not FILES, reason="no recordings here: ../shared/data/sessions")
def test_values_of_some_recordings(found: dict[str, Imported]) -> None:
    http = found["mitm-http-ev-auto.har"].events
    heads = [event for event in http if isinstance(event, Http)]
    assert (heads[0].method, heads[0].path) == ("POST", "/mcp")
    assert heads[0].headers["mcp-method"] == "server/discover"
    assert heads[1].status == 400
    priming = next(event for event in http if isinstance(event, Streamed))
    assert priming.stream.id == "1b84cd35-f30e-4bec-b692-cc380b85d19b"
    eras = [(event.connection, event.era.value, event.version) for event in http_eras(found)]
    assert eras == [(1, "modern", "2026-07-28"), (2, "legacy", "2025-11-25")]
    mrtr = found["sdk-http-mrtr.cassette.jsonl"].events
    assert [event.status for event in mrtr if isinstance(event, Http) and event.status] == [
        200, 200, 200, 200, 400, 200,
    ]  # fmt: skip
    tools = next(
        event
        for event in found["sdk-tools-auto.cassette.jsonl"].events
        if isinstance(event, Message) and event.value().get("id") == 3 and event.direction == "s2c"
    )
    # The text is the server's, the value the recorder's.
    assert '"result\\": 5.0' in tools.text
    assert '"structuredContent":{"op":"add","result":5}' in tools.text


def http_eras(found: dict[str, Imported]) -> list[EraKnown]:
    events = found["sdk-http-dual_era.cassette.jsonl"].events
    return [event for event in events if isinstance(event, EraKnown)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "x: it is empty", id="empty"),
        pytest.param(b" \n\n", "x: it is empty", id="white space"),
        pytest.param(b"hello\n", "x: its format is not known; it starts with no JSON", id="text"),
        pytest.param(b"{}", "x: its format is not known; it starts with an empty", id="object"),
        pytest.param(
            b'{"a":1,"b":2}\n', "not known; it starts with an object with 'a', 'b'", id="a"
        ),
        pytest.param(b'{"a":', "x, line 1: not JSON: Expecting value", id="cut off"),
        pytest.param(b"\xff\xfe{\x00}\x00", "x, line 1: it is UTF-16", id="UTF-16"),
        pytest.param(b'{"k":"header","format":"mcpx-session/1"}', "session of mcpx", id="ours"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_the_formats(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        imported(data, "x")
    assert reason in refused.value.message
    assert refused.value.hint == "say which it is with --from FORMAT: " + ", ".join(
        one.id for one in FORMATS
    )


@pytest.mark.parametrize("format", OTHERS)
def test_formats_are_told_by_what_files_hold(format: str) -> None:
    assert of(lines(*OTHERS[format])).header.source == format


@pytest.mark.parametrize("format", [one.id for one in FORMATS])
@pytest.mark.parametrize("data", [b"{}", b"[]", b"[{}]", b"5", b'{"a":1}\n{"b":2}\n', b"hello"])
def test_a_file_of_another_format_is_refused(format: str, data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^file"):
        of(data, format)


def test_a_format_that_is_told_is_not_guessed() -> None:
    line = {"ts": 1795356610.5, "dir": "client->server", "msg": LIST}
    assert of(lines(line)).header.source == "mcp-rec"
    assert of(lines(line), "json-rpc").header.source == "json-rpc"
    with pytest.raises(ConfigError, match="there is no format 'tape'"):
        of(lines(line), "tape")


def test_an_import_of_the_same_file_is_the_same() -> None:
    data = lines(LIST, LISTED)
    assert of(data) == of(data)
    assert of(data).header.id != of(data + b"\n").header.id


@pytest.mark.skipif(not FILES, reason="no recordings here: ../shared/data/sessions")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_change_of_a_file_makes_it_crash(data: st.DataObject) -> None:
    raw = bytearray(SMALL[data.draw(st.sampled_from(sorted(SMALL)))])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.sampled_from([0, 1, 3, 40, 100_000])))
        raw[start:end] = data.draw(PIECES)
    check(bytes(raw), data.draw(FORMAT))


PIECES = st.sampled_from(
    [
        *(b"", b"\x00", b"\xff", b"{", b"[[", b'"', b"\n", b"null", b"-1", b"1e999", b"NaN", b"{}"),
        *(b'"\\ud800"', b"true", b'""', b"[]", b"9" * 5000, b"[" * 5000, b'{"id":[1],"method":{}}'),
    ]
)
FORMAT = st.sampled_from([None, None, None, *(one.id for one in FORMATS)])
VALUES = st.sampled_from(
    [
        *(None, True, 0, 1, 2, -1, 1e300, 10**30, "", "c2s", "client", "send", "http", "1.0.0"),
        *("frame", "header", "2026-11-22T14:10:10Z", LIST, LISTED, [], {}, "\ud800", "base64"),
        *([None], [[]], [LIST], {"text": "data: 1\n\n"}, {"id": {}}, "{", "event: a", "get", "cut"),
    ]
)


def holds(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value: what holds it, and its name or number there."""
    found: list[tuple[Any, Any]] = []
    names = value.keys() if isinstance(value, dict) else range(len(value))
    for name in list(names):
        found.append((value, name))
        if isinstance(value[name], dict | list):
            found += holds(value[name])
    return found


# What the small files hold, line by line, and what files of other formats hold.
PARSED = {
    name: [json.loads(one) for one in (data.splitlines() if name.endswith("l") else [data])]
    for name, data in SMALL.items()
} | OTHERS


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 1_000),
    st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=4),
    FORMAT,
)
def test_no_value_in_any_place_makes_it_crash(
    file: int, changes: list[tuple[int, Any]], format: str | None
) -> None:
    files = list(PARSED.values())
    values = deepcopy(files[file % len(files)])
    for place, value in changes:
        places = holds(values)
        holder, name = places[place % len(places)]
        holder[name] = deepcopy(value)
    check(lines(*map(json.dumps, values)), format)


def check(data: bytes, format: str | None) -> None:
    try:
        found = imported(data, "x", format)
    except ConfigError as error:
        assert error.message.startswith("x")
        return
    assert found.events
    for event in found.events:
        assert event.time >= 0
        assert not isinstance(event, Message) or event.cut or isinstance(event.text, str)
