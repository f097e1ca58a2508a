"""What ``mcpx session show`` does: a session shown whole, or as it is being recorded."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from mcpx.commands.run import Run
from mcpx.reports.formats import Format, render
from mcpx.reports.session_records import Records, record
from mcpx.reports.session_timeline import Gathering, Layout, Tally
from mcpx.sessions.filtering import Wanted
from mcpx.sessions.items import Item
from mcpx.sessions.round_trips import timeline
from mcpx.terminal import Terminal, counted


def show(run: Run, file: str, wanted: Wanted, sequence: bool = False) -> None:
    """Deliver what is wanted of a session file, and say what it all comes to.

    Raises ConfigError when the file cannot be read.
    """
    from mcpx.sessions.reading import read_session

    reading = read_session(file)
    events = iter(reading)
    counting = _Counting(wanted)
    with ExitStack() as after:
        taking: Gathering | Records
        if run.form in (Format.JSON, Format.NDJSON):
            taking = after.enter_context(closing(Records(lines=run.form is Format.NDJSON)))
        else:
            taking = Gathering(_layout(run, sequence), run.terminal.width, wanted.errors)
        with run.terminal.progress() as progress:
            for item in timeline(events):
                if counting.wants(item):
                    taking.add(item)
                del item  # as large as its messages; not kept while the next are read
                if not counting.all.items % 1_000:
                    progress(f"{counting.all.items} items read")
        if isinstance(taking, Gathering):
            run.deliver(taking.listing())
            for remark in taking.remarks:
                run.terminal.note(remark)
        else:
            _deliver(run, taking.pieces(reading.header, events.complete, events.warnings))
    for warning in events.warnings:
        run.terminal.note(warning)
    counting.tell(run.terminal)
    if not events.complete:
        run.terminal.note("the recording has no end: it was cut off, or is still being written")
        if file.endswith(".part"):
            run.terminal.note(f"mcpx session show {shlex.quote(file)} --follow goes on with it")


class _Counting:
    """Counts what there is, and what of it is wanted."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.all, self._shown = Tally(), Tally()

    def wants(self, item: Item) -> bool:
        """Count an item; whether it is wanted."""
        self.all.add(item)
        if is_wanted := self._wanted(item):
            self._shown.add(item)
        return is_wanted

    def tell(self, terminal: Terminal) -> None:
        """Say what it all comes to, and why nothing is shown."""
        if self._wanted == Wanted():
            terminal.note(self.all.words())
            return
        if not self._shown.items:
            terminal.note(self._why_nothing())
        terminal.note(self.all.words(self._shown))

    def _why_nothing(self) -> str:
        connection, method = self._wanted.connection, self._wanted.method
        if connection is not None and not self.all.has_connection(connection):
            have = counted(self.all.connections, "connection")
            return f"there is no connection {connection}; the session has {have}"
        of = "" if connection is None else f" of connection {connection}"
        if method:
            wrong = " and went wrong" if self._wanted.errors else ""
            return f"no message{of} matches '{method}'{wrong}"
        return f"nothing{of} went wrong" if self._wanted.errors else f"nothing{of} is to be shown"


def _layout(run: Run, sequence: bool) -> Layout:
    if sequence:
        return Layout.SEQUENCE
    return Layout.MESSAGES if run.terminal.verbose else Layout.TABLE


def _deliver(run: Run, pieces: Iterator[str]) -> None:
    if run.output in (None, "-"):
        for piece in pieces:
            run.terminal.write(piece)
            if run.terminal.reader_left:
                return
        return
    from mcpx.files import whole_file

    with whole_file(Path(str(run.output))) as target:
        for piece in pieces:
            target.write(run.terminal.mask(piece).encode())
    run.terminal.note(f"wrote {run.output}")


def follow(run: Run, file: str, wanted: Wanted) -> None:
    """Write what is wanted of a session as it comes, until its recording has ended.

    Raises ConfigError, ReaderLeftError, and KeyboardInterrupt when the person has seen enough.
    """
    from mcpx.sessions.following import Following
    from mcpx.terminal import ReaderLeftError

    counting = _Counting(wanted)
    for item in timeline(Following(file)):
        if counting.wants(item):
            run.terminal.write(_as_it_comes(run, item))
        if run.terminal.reader_left:
            raise ReaderLeftError
    counting.tell(run.terminal)


def _as_it_comes(run: Run, item: Item) -> str:
    """An item by itself, for people, for a pipe or as a line of ndjson."""
    if run.form is Format.NDJSON:
        from mcpx.reports.json_text import line

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
