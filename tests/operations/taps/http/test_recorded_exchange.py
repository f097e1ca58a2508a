"""What a recording says of an exchange, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.operations.taps.http.connections import Connections
from mcpx.operations.taps.http.heads import Headers, Places
from mcpx.operations.taps.http.recorded_exchange import ProxyRecording, RecordedExchange
from mcpx.sessions.events import Raw
from mcpx.wire import Finish
from tests.operations.taps.tapping import Tapped, recorder

PLACES = Places("http://127.0.0.1:1/mcp", "http://127.0.0.1:2")
JSON = (b"Content-Type", b"application/json")
STREAM = (b"Content-Type", b"text/event-stream")
CALL = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}'


class Notebook:
    """A recording of exchanges without a network."""

    def __init__(self, folder: Path) -> None:
        self.tapped = Tapped("", recorder(folder))
        opened = self.tapped.recorder.opened
        self.recording = ProxyRecording(
            self.tapped.recorder, Connections(lambda at: opened(at=at)), 1 << 20
        )

    def record(
        self, method: str, path: str, *headers: tuple[bytes, bytes], mcp: bool = True
    ) -> RecordedExchange:
        found = RecordedExchange(self.recording, method, path, list(headers), mcp, None)
        found.passed_on()
        return found

    @property
    def shown(self) -> list[str]:
        return self.tapped.shown()


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path)


def test_a_request_is_written_once_its_body_tells_whose_it_is(notebook: Notebook) -> None:
    recorded = notebook.record("POST", "/mcp", JSON)
    recorded.asks(CALL[:9])
    assert notebook.shown == []
    recorded.asks(CALL[9:])
    recorded.has_asked()
    assert notebook.shown == ["opened", "POST /mcp", "c2s tools/call"]
    recorded.answered(200, [JSON], PLACES)
    recorded.answers(b"{}")
    assert notebook.shown[3:] == ["200"]
    recorded.finished(Finish.END)
    recorded.finished(Finish.TAP)
    assert notebook.shown[3:] == ["200", "s2c answer", "fin eof"]


def test_a_request_that_names_its_session_is_written_at_once(notebook: Notebook) -> None:
    notebook.record("POST", "/mcp", JSON, (b"Mcp-Session-Id", b"s-1"))
    assert notebook.shown == ["opened", "POST /mcp"]


def test_times_are_those_of_passing_on(notebook: Notebook) -> None:
    recorded = notebook.record("GET", "/mcp")
    recorded.has_asked()
    recorded.answered(200, [STREAM], PLACES)
    times = [event.time for event in notebook.tapped.events]
    assert times == sorted(times)
    assert times[0] == times[1] < times[2]


def test_times_do_not_go_back_when_exchanges_overlap(notebook: Notebook) -> None:
    first = notebook.record("POST", "/mcp", JSON)
    second = notebook.record("POST", "/mcp", JSON)
    for recorded, number in ((second, b"7"), (first, b"8")):
        recorded.asks(CALL.replace(b"1", number))
        recorded.has_asked()
        recorded.finished(Finish.END)
    times = [event.time for event in notebook.tapped.events]
    assert times == sorted(times)


def test_an_array_is_one_message(notebook: Notebook) -> None:
    recorded = notebook.record("POST", "/mcp", JSON)
    recorded.asks(b"[" + CALL + b"," + CALL + b"]")
    recorded.has_asked()
    assert notebook.shown == ["opened", "POST /mcp", "c2s cut or array"]


def test_a_session_that_an_answer_names_is_that_of_what_follows(notebook: Notebook) -> None:
    session = (b"mcp-session-id", b"s-1")
    first = notebook.record("POST", "/mcp", JSON)
    first.asks(CALL.replace(b"tools/call", b"initialize"))
    first.has_asked()
    first.answered(200, [JSON, session], PLACES)
    notebook.record("POST", "/mcp", JSON, session)
    assert [event.connection for event in notebook.tapped.events][-1] == 1
    assert "s-1" not in notebook.tapped.recorder.path.with_name("s.jsonl.part").read_text()


def test_an_endpoint_makes_a_connection_and_is_told_to_nobody(notebook: Notebook) -> None:
    stream = notebook.record("GET", "/sse")
    stream.has_asked()
    stream.answered(200, [STREAM], PLACES)
    stream.answers(b"event: endpoint\ndata: /messages?session=s-1\n\n")
    post = notebook.record("POST", "/messages?session=s-1", JSON, mcp=False)
    post.asks(CALL)
    post.has_asked()
    assert {event.connection for event in notebook.tapped.events} == {1}
    assert notebook.shown[2:4] == ["200", "sse endpoint"]
    assert notebook.shown[-1] == "c2s tools/call"


@pytest.mark.parametrize(
    ("headers", "body", "kept"),
    [
        pytest.param([JSON], b'{"token": "t"}', (b"", 14), id="elsewhere"),
        pytest.param([(b"Content-Type", b"text/plain")], b"abc", (b"", 3), id="text elsewhere"),
    ],
)
def test_bodies_that_are_no_mcp_are_counted(
    headers: Headers, body: bytes, kept: tuple[bytes, int], notebook: Notebook
) -> None:
    recorded = notebook.record("POST", "/token", *headers, mcp=False)
    recorded.asks(body)
    recorded.has_asked()
    (raw,) = notebook.tapped.of(Raw)
    assert (raw.data, raw.cut) == kept


def test_half_a_body_is_raw(notebook: Notebook) -> None:
    recorded = notebook.record("POST", "/mcp", JSON)
    recorded.asks(CALL[:9])
    recorded.has_asked(whole=False)
    recorded.finished(Finish.CLIENT)
    assert notebook.shown == ["opened", "POST /mcp", "raw", "fin aborted"]
