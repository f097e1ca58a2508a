"""The formats of a result and who renders them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mcpx.terminal import Terminal

if TYPE_CHECKING:
    from mcpx.reports.document import Document


class Format(StrEnum):
    """What ``--format`` accepts."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    MARKDOWN = "markdown"

    @property
    def for_programs(self) -> bool:
        """Whether errors should be readable by programs too."""
        return self in (Format.JSON, Format.NDJSON)


SUFFIXES = {".json": Format.JSON, ".ndjson": Format.NDJSON, ".jsonl": Format.NDJSON}
SUFFIXES[".md"] = Format.MARKDOWN


def render(document: Document, form: Format, terminal: Terminal, to_file: bool = False) -> str:
    """The document as text in a format; tables for a terminal only when they go to one."""
    if form is Format.JSON:
        from mcpx.reports.json_text import render_json

        return render_json(document)
    if form is Format.NDJSON:
        from mcpx.reports.json_text import render_ndjson

        return render_ndjson(document)
    if form is Format.MARKDOWN:
        from mcpx.reports.markdown import render_markdown

        return render_markdown(document)
    if terminal.is_terminal and not to_file:
        from mcpx.reports.table import render_for_people

        return render_for_people(document, terminal)
    from mcpx.reports.table import render_tab_separated

    return render_tab_separated(document)
