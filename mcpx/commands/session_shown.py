"""What ``mcpx session show`` does: a session shown whole, or as it is being recorded."""

from __future__ import annotations

import shlex

from mcpx.commands.run import Run
from mcpx.reports.formats import Format, render
from mcpx.reports.session_timeline import Gathering, Layout, Tally
from mcpx.sessions.filtering import Wanted
from mcpx.sessions.items import Item
from mcpx.sessions.round_trips import timeline


def show(run: Run, file: str, wanted: Wanted, sequence: bool = False) -> None:
    """Deliver what is wanted of a session file, and say what it all comes to.

    Raises ConfigError when the file cannot be read.
    """
    from mcpx.sessions.reading import read_session

    reading = read_session(file)
    events = iter(reading)
    gathering, tally = Gathering(_layout(run, sequence), run.terminal.width), Tally()
    with run.terminal.progress() as progress:
        for item in timeline(events):
            tally.add(item)
            if wanted(item):
                gathering.add(item)
            del item  # as large as its messages; not kept while the next are read
            if not tally.items % 1_000:
                progress(f"{tally.items} items read")
    run.deliver(gathering.listing(reading.header, events.complete, events.warnings))
    for remark in (*gathering.remarks, *events.warnings):
        run.terminal.note(remark)
    run.terminal.note(tally.words())
    if not events.complete:
        run.terminal.note("the recording has no end: it was cut off, or is still being written")
        if file.endswith(".part"):
            run.terminal.note(f"mcpx session show {shlex.quote(file)} --follow goes on with it")


def _layout(run: Run, sequence: bool) -> Layout:
    if run.form in (Format.JSON, Format.NDJSON):
        return Layout.DATA
    if sequence:
        return Layout.SEQUENCE
    return Layout.MESSAGES if run.terminal.verbose else Layout.TABLE


def follow(run: Run, file: str, wanted: Wanted) -> None:
    """Write what is wanted of a session as it comes, until its recording has ended.

    Raises ConfigError, ReaderLeftError, and KeyboardInterrupt when the person has seen enough.
    """
    from mcpx.sessions.following import Following
    from mcpx.terminal import ReaderLeftError

    tally = Tally()
    for item in timeline(Following(file)):
        tally.add(item)
        if wanted(item):
            run.terminal.write(_as_it_comes(run, item))
        if run.terminal.reader_left:
            raise ReaderLeftError
    run.terminal.note(tally.words())


def _as_it_comes(run: Run, item: Item) -> str:
    """An item by itself, for people, for a pipe or as a line of ndjson."""
    if run.form is Format.NDJSON:
        from mcpx.reports.json_text import line
        from mcpx.reports.session_timeline import record

        return line(record(item))
    from mcpx.reports.document import Listing
    from mcpx.reports.session_messages import messages
    from mcpx.reports.session_rows import row_line, rows_of, table
    from mcpx.reports.table import render_tab_separated

    if run.terminal.verbose:
        return render(Listing({}, [text for _, text in messages(item)]), Format.TABLE, run.terminal)
    rows = [row for row in rows_of(item) if not row.opens or row.connection > 1]
    if not run.terminal.is_terminal:
        return render_tab_separated(Listing({}, [table(rows)]))
    return "".join(row_line(row, run.terminal.width) + "\n" for row in rows)
