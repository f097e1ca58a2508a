from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable

import pytest

from mcpx.reports.document import Listing
from mcpx.reports.formats import Format, render
from mcpx.reports.session_timeline import Gathering, Layout, Tally, record
from mcpx.sessions.events import Event, Note
from mcpx.sessions.items import Item
from mcpx.sessions.reading import read_session
from mcpx.sessions.round_trips import timeline
from mcpx.terminal import Terminal
from tests.conftest import ROOT
from tests.reports.samples import HOSTILE
from tests.sessions.tapes import HEADER, call, came, done, http, sent, tape
from tests.shipped.test_json_schemas import check

SAMPLE = ROOT / "tests" / "data" / "session-notes.jsonl"


def items() -> list[Item]:
    return list(timeline(read_session(str(SAMPLE))))


def gathered(layout: Layout, found: Iterable[Item]) -> Listing:
    gathering = Gathering(layout, 100)
    for item in found:
        gathering.add(item)
    return gathering.listing(HEADER, True, ["line 3: 'x' of 'msg' is not known"])


@pytest.mark.parametrize(
    ("layout", "form", "folder", "name"),
    [
        pytest.param(Layout.TABLE, Format.TABLE, "people", "session", id="people"),
        pytest.param(Layout.TABLE, Format.TABLE, "table", "session", id="pipe"),
        pytest.param(Layout.TABLE, Format.MARKDOWN, "markdown", "session", id="markdown"),
        pytest.param(Layout.DATA, Format.JSON, "json", "session", id="json"),
        pytest.param(Layout.DATA, Format.NDJSON, "ndjson", "session", id="ndjson"),
        pytest.param(Layout.MESSAGES, Format.TABLE, "people", "session-messages", id="messages"),
        pytest.param(Layout.SEQUENCE, Format.TABLE, "people", "session-sequence", id="sequence"),
    ],
)
def test_a_session_is_rendered_as_before(
    layout: Layout,
    form: Format,
    folder: str,
    name: str,
    people: Terminal,
    pipe: Terminal,
    golden: Callable[[str, str, str], None],
) -> None:
    terminal = people if folder == "people" else pipe
    golden(folder, f"{name}.txt", render(gathered(layout, items()), form, terminal))


def test_its_data_fits_the_schema() -> None:
    listing = gathered(Layout.DATA, items())
    assert check(json.loads(json.dumps(listing.data))) == "session.show"
    assert listing.records is not None
    assert {check(json.loads(json.dumps(one))) for one in listing.records} == {"session.show.item"}
    assert [record(item) for item in sorted(items(), key=lambda one: one.number)] == list(
        listing.records
    )


def hostile() -> list[Event]:
    name = {"name": HOSTILE, "arguments": {HOSTILE: HOSTILE}}
    return tape(
        sent("tools/call", HOSTILE, params=name),
        came(id=HOSTILE, error={"code": -1, "message": HOSTILE}),
        came(HOSTILE, params={"a": HOSTILE}),
        sent(HOSTILE, 7),
        done(7, {"isError": True, "content": [{"text": HOSTILE}]}),
        sent("initialize", 8, params={"clientInfo": {"name": HOSTILE}, "protocolVersion": HOSTILE}),
        http(3, HOSTILE, HOSTILE),
        Note(number=0, time=-1.0, text=HOSTILE),
    )


@pytest.mark.parametrize("layout", [Layout.TABLE, Layout.MESSAGES, Layout.SEQUENCE])
@pytest.mark.parametrize("to", ["people", "pipe"])
def test_foreign_text_fools_nobody(
    layout: Layout, to: str, people: Terminal, pipe: Terminal
) -> None:
    listing = gathered(layout, timeline(hostile()))
    text = render(listing, Format.TABLE, people if to == "people" else pipe)
    for line in text.split("\n"):
        assert not line.strip().startswith("::")
    odd = ("Cc", "Cf", "Cs", "Zl", "Zp")
    assert not [one for one in text if one not in "\n\t" and unicodedata.category(one) in odd]


def test_items_are_shown_in_the_order_in_which_they_began() -> None:
    found = gathered(Layout.DATA, timeline(tape(call(1), call(2), done(2), done(1))))
    assert [one["number"] for one in found.data["items"][:2]] == [1, 2]


def test_a_connection_is_told_where_there_are_several(pipe: Terminal) -> None:
    from mcpx.sessions.events import Opened

    opened = [Opened(number=0, time=-1.0, connection=number) for number in (1, 2)]
    alone = gathered(Layout.TABLE, timeline(tape(opened[0], call(1), done(1))))
    assert "opened" not in render(alone, Format.TABLE, pipe)
    both = gathered(Layout.TABLE, timeline(tape(*opened, call(1), done(1))))
    assert render(both, Format.TABLE, pipe).count("connection opened") == 2


def test_notes_on_the_whole_recording_stand_beside_it() -> None:
    note = Note(number=0, time=0.0, text="recorded by another")
    gathering = Gathering(Layout.TABLE, 80)
    for item in timeline(tape(note, call(1), done(1), note)):
        gathering.add(item)
    assert gathering.remarks == ["recorded by another"]
    (part,) = gathering.listing(HEADER, True).parts
    assert [row[3] for row in part.rows] == ["→ tools/call add", "note"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        pytest.param([call(1), done(1)], "1 request; 300 ms", id="one"),
        pytest.param(
            [call(1), came("ping", 1), done(1), call(2), came(id=3, result={})],
            "3 requests (2 unanswered); 600 ms",
            id="inside-too-but-no-answers-alone",
        ),
        pytest.param(
            [call(1), call(1, connection=2)],
            "2 requests (2 unanswered); 2 connections; 300 ms",
            id="connections",
        ),
    ],
)
def test_a_session_is_summed_up(events: list[Event], words: str) -> None:
    tally = Tally()
    for item in timeline(tape(*events)):
        tally.add(item)
    assert tally.words() == words


def test_the_sample_is_summed_up() -> None:
    tally = Tally()
    for item in items():
        tally.add(item)
    assert tally.words() == (
        "8 requests (1 with isError, 1 with an error, 1 unanswered); legacy era, 2025-11-25; 6.25 s"
    )
