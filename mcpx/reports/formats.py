"""The formats of a result and who renders them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
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
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"

    @property
    def for_programs(self) -> bool:
        """Whether errors should be readable by programs too."""
        return self in (Format.JSON, Format.NDJSON)


OF_LISTINGS = (Format.TABLE, Format.JSON, Format.NDJSON, Format.MARKDOWN)
OF_NOTES = (Format.MARKDOWN, Format.JSON, Format.NDJSON)
OF_CI = (Format.GITHUB, Format.SARIF, Format.JUNIT)
OF_FINDINGS = tuple(Format)

SUFFIXES = {".json": Format.JSON, ".ndjson": Format.NDJSON, ".jsonl": Format.NDJSON}
SUFFIXES |= {".md": Format.MARKDOWN, ".sarif": Format.SARIF, ".xml": Format.JUNIT}


def render(document: Document, form: Format, terminal: Terminal, to_file: bool = False) -> str:
    """The document as text in a format; tables for a terminal only when they go to one.

    The forms for CIs are of findings alone.
    """
    if form is Format.JSON:
        from mcpx.reports.json_text import render_json

        return render_json(document)
    if form is Format.NDJSON:
        from mcpx.reports.json_text import render_ndjson

        return render_ndjson(document)
    if form is Format.MARKDOWN:
        from mcpx.reports.markdown import render_markdown

        return render_markdown(document)
    if form in OF_CI:
        return _for_ci(document, form)
    if terminal.is_terminal and not to_file:
        from mcpx.reports.table import render_for_people

        return render_for_people(document, terminal)
    from mcpx.reports.table import render_tab_separated

    return render_tab_separated(document)


def _for_ci(document: Document, form: Format) -> str:
    from mcpx.reports.document import Changes, Findings
    from mcpx.reports.replayed import Replay
    from mcpx.sources.paths import repository

    if isinstance(document, Changes):
        from mcpx.reports.changes import as_findings

        document = as_findings(document)
    found = repository(str(Path.cwd()))
    top = None if found is None else Path(found)
    if isinstance(document, Replay):
        if form is Format.JUNIT:
            from mcpx.reports.replay_junit import render

            return render(document, top)
        from mcpx.reports.replay_data import as_findings as of_replay

        document = of_replay(document)
    if not isinstance(document, Findings):
        raise TypeError(f"{form} is a form of findings")
    if form is Format.GITHUB:
        from mcpx.reports.github import render_github

        return render_github(document, top)
    if form is Format.SARIF:
        from mcpx.reports.sarif import render_sarif

        return render_sarif(document, top)
    from mcpx.reports.junit import render_junit

    return render_junit(document, top)
