from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

import pytest

from mcpx.reports.document import Listing, Table
from mcpx.reports.formats import Format, render
from mcpx.reports.session_timeline import Gathering, Layout, Tally
from mcpx.sessions.events import Event, Exited, Note
from mcpx.sessions.items import Item
from mcpx.sessions.reading import read_session
from mcpx.sessions.round_trips import timeline
from mcpx.terminal import Terminal
from mcpx.wire import Ending
from tests.conftest import ROOT
from tests.reports.samples import HOSTILE
from tests.sessions.tapes import call, came, done, http, sent, tape

SAMPLE = ROOT / "tests" / "data" / "session-notes.jsonl"


def items() -> list[Item]:
    return list(timeline(read_session(str(SAMPLE))))


def gathered(layout: Layout, found: Iterable[Item]) -> Listing:
    gathering = Gathering(layout, 100)
    for item in found:
        gathering.add(item)
    return gathering.listing()


@pytest.mark.parametrize(
    ("layout", "form", "folder", "name"),
    [
        pytest.param(Layout.TABLE, Format.TABLE, "people", "session", id="people"),
        pytest.param(Layout.TABLE, Format.TABLE, "table", "session", id="pipe"),
        pytest.param(Layout.TABLE, Format.MARKDOWN, "markdown", "session", id="markdown"),
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
    (part,) = gathered(Layout.TABLE, timeline(tape(call(1), call(2), done(2), done(1)))).parts
    assert isinstance(part, Table)
    assert [row[0] for row in part.rows] == [1, 2]


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
    (part,) = gathering.listing().parts
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


def test_of_what_is_shown_the_outcomes_are_summed_up() -> None:
    tally, shown = Tally(), Tally()
    found = list(timeline(tape(call(1), done(1), call(2))))
    for item in found:
        tally.add(item)
    shown.add(found[1])
    assert tally.words(shown) == "1 of 2 requests (1 unanswered); 400 ms"
    assert tally.words(Tally()) == "0 of 2 requests; 400 ms"


def test_where_only_errors_are_shown_the_reason_has_the_room(people: Terminal) -> None:
    reason = "the ledger is closed until Monday at nine"
    answer = done(1, {"isError": True, "content": [{"text": reason}]})
    gathering = Gathering(Layout.TABLE, 80, errors=True)
    arguments = {"account": "a-very-long-name-of-an-account", "amount": 12345}
    exited = Exited(number=0, time=-1.0, connection=1, code=-9, by=Ending.ITSELF)
    for item in timeline(tape(call(1, arguments=arguments), answer, exited)):
        gathering.add(item)
    text = render(gathering.listing(), Format.TABLE, people)
    assert f"isError: {reason}\n" in text
    assert "signal 9, by itself" in text
    assert max(map(len, text.splitlines())) <= 80
