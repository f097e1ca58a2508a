"""The default form: tables for a terminal, tab-separated lines for a pipe."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence

from mcpx.reports.document import (
    Cell,
    Changelog,
    Changes,
    Column,
    Document,
    Findings,
    Listing,
    Part,
    Prose,
    Table,
    Text,
)
from mcpx.reports.replayed import Replay
from mcpx.terminal import Ink, Terminal, safe, safe_block

# Stands for a tab where nobody writes it: the space of Ogham.
_TAB = "\u1680"


def render_tab_separated(document: Document) -> str:
    """Every row whole on a line of its own, without a heading; a text as it is, with one.

    Where a document has several tables, the first field is the name of the row's table.
    """
    if isinstance(document, Replay):
        from mcpx.reports.replay_lines import in_a_pipe

        return "".join(map(in_a_pipe, document.played))
    return "".join("\t".join(fields) + "\n" for fields in _tab_rows(document))


def _tab_rows(document: Listing | Findings | Changes | Changelog) -> Iterator[list[str]]:
    if isinstance(document, Findings):
        for finding in document.findings:
            subjects = ",".join(sorted({subject.key for subject in finding.subjects}))
            yield [
                finding.severity.value,
                finding.rule.id,
                safe(subjects),
                safe(",".join(finding.servers)),
                safe(",".join(finding.hosts)),
                safe(finding.message),
            ]
        return
    if isinstance(document, Changes):
        from mcpx.reports.changes import rows

        yield from rows(document)
        return
    if isinstance(document, Changelog):
        raise TypeError("notes are Markdown")
    named = len(document.parts) > 1
    for part in document.parts:
        if isinstance(part, Text):
            if part.heading:
                yield [safe(part.heading)]
            yield [_verbatim(part.text)]
            continue
        if isinstance(part, Prose):
            yield [part.name, *([safe(part.of)] if part.of else []), safe(part.text)]
            continue
        for row in part.rows:
            yield ([part.name] if named else []) + [_plain(cell) for cell in row]


def _verbatim(text: str) -> str:
    """Foreign text line by line, without its last line end; its tabs stay."""
    if _TAB not in text:
        text = text.replace("\t", _TAB)
    return safe_block(text).replace(_TAB, "\t").removesuffix("\n")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return safe(str(cell))


def render_for_people(document: Document, terminal: Terminal) -> str:
    """Aligned tables under their headings, as wide as the terminal."""
    if isinstance(document, Findings):
        from mcpx.reports.grouped import render_grouped

        return render_grouped(document, terminal)
    if isinstance(document, Changes):
        from mcpx.reports.changes import render_for_people as render_changes

        return render_changes(document, terminal)
    if isinstance(document, Changelog):
        raise TypeError("notes are Markdown")
    if isinstance(document, Replay):
        from mcpx.reports.replay_lines import of_interaction

        return "".join(of_interaction(one, terminal) for one in document.played)
    text = ""
    follows_text = False
    for part, shown in _parts(document, terminal):
        # Texts are one result: nothing stands between them.
        joined = follows_text and isinstance(part, Text) and not part.heading
        text += shown if joined or not text else f"\n{shown}"
        follows_text = isinstance(part, Text)
    return text


def _parts(document: Listing, terminal: Terminal) -> Iterator[tuple[Part, str]]:
    for part in document.parts:
        if isinstance(part, Table) and not part.rows:
            continue
        text = terminal.paint(safe(part.heading), Ink.STRONG) + "\n" if part.heading else ""
        if isinstance(part, Text):
            shown = _verbatim(part.text)
            text += (terminal.paint(shown, Ink.FAINT) if part.ours else shown) + "\n"
        elif isinstance(part, Prose):
            lines = safe_block(part.text).strip().splitlines()
            if part.ours:
                lines = textwrap.wrap(safe(part.text), max(terminal.width - 2, 20))
            text += "".join(f"  {one}\n" for one in lines)
        elif part.upright and len(part.rows) == 1:
            text += _labelled(part, terminal)
        else:
            text += _aligned(part, terminal)
        yield part, text


# Between two columns.
_GAP = 2


def _aligned(table: Table, terminal: Terminal) -> str:
    from rich.table import Table as Grid
    from rich.text import Text as Cell

    grid = Grid(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    places = [
        place
        for place, column in enumerate(table.columns)
        if not column.minor
        and not (column.unless_same and len({row[place] for row in table.rows}) < 2)
    ]
    columns = [table.columns[place] for place in places]
    # Masked before it wraps: a secret over two lines would not be recognised.
    rows = [[terminal.mask(_plain(row[place])) for place in places] for row in table.rows]
    widths = _cropped(columns, rows, terminal.width)
    for column, width in zip(columns, widths, strict=True):
        # Letting the long columns wrap keeps the short ones, which are copied, whole.
        grid.add_column(
            column.title,
            justify="right" if column.right else "left",
            overflow="ellipsis" if column.crops else "fold",
            no_wrap=not column.wraps,
            min_width=12 if column.wraps else None,
            width=width,
        )
    for row in rows:
        grid.add_row(*(Cell(text) for text in row))
    console = terminal.console()
    console.print(grid)
    return _captured(console.file)


def _cropped(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> list[int | None]:
    """How wide the columns are that are cut short, so that all fit; None for as wide as needed."""
    from rich.cells import cell_len

    if not any(column.crops for column in columns):
        return [None] * len(columns)
    needed = [
        max(map(cell_len, (column.title, *(row[place] for row in rows))))
        for place, column in enumerate(columns)
    ]
    too_much = sum(needed) + _GAP * (len(columns) - 1) - width
    spare = [
        max(most - column.crops, 0) if column.crops else 0
        for most, column in zip(needed, columns, strict=True)
    ]
    share = min(max(too_much, 0) / max(sum(spare), 1), 1)
    return [
        most - math.ceil(left * share) if left else None
        for most, left in zip(needed, spare, strict=True)
    ]


def _labelled(table: Table, terminal: Terminal) -> str:
    widest = max(len(column.title) for column in table.columns)
    return "".join(
        terminal.paint(column.title.lower().ljust(widest), Ink.FAINT) + f"  {_plain(cell)}\n"
        for column, cell in zip(table.columns, table.rows[0], strict=True)
        if cell not in (None, "")
    )


def _captured(file: object) -> str:
    text: str = file.getvalue()  # type: ignore[attr-defined]
    return "".join(one.rstrip() + "\n" for one in text.splitlines())
