"""JSON and newline-delimited JSON: versioned, sorted, ASCII only."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from mcpx.analyses.finding import Severity
from mcpx.json_text import disarmed
from mcpx.reports.document import Changelog, Changes, Document, Findings
from mcpx.reports.replayed import Replay

# Nesting that was read can be written: the writer needs more frames than the reader did.
_DEEP = 20_000


def dumps(value: Any, **options: Any) -> str:
    """JSON text of a value that may be nested as deeply as a server's message can be.

    No CI takes any of it for a command.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEP))
    try:
        if "indent" not in options:
            return disarmed(json.dumps(value, **options))
        # Piece by piece: a list of all of them would take several times what the text does.
        text = io.StringIO()
        for piece in json.JSONEncoder(**options).iterencode(value):
            text.write(piece)
        return disarmed(text.getvalue())
    finally:
        sys.setrecursionlimit(before)


def render_json(document: Document) -> str:
    """One object, indented."""
    return dumps(data_of(document), indent=2, sort_keys=True) + "\n"


def render_ndjson(document: Document) -> str:
    """One line for each record."""
    return "".join(line(record) for record in _records(document))


def line(record: Mapping[str, Any]) -> str:
    """One record as a line."""
    return dumps(record, sort_keys=True, separators=(",", ":")) + "\n"


def data_of(document: Document) -> Mapping[str, Any]:
    """The object that stands for a document."""
    if isinstance(document, Findings):
        return {
            "format": f"mcpx.{document.name}",
            "version": 1,
            **document.examined,
            "summary": {severity.value: document.count(severity) for severity in Severity},
            "findings": [finding.to_dict() for finding in document.findings],
        }
    if isinstance(document, Changes):
        from mcpx.reports.changes import data

        return data(document)
    if isinstance(document, Changelog):
        from mcpx.reports.changelog import data as data_of_releases

        return data_of_releases(document)
    if isinstance(document, Replay):
        from mcpx.reports.replay_data import data as data_of_replay

        return data_of_replay(document)
    return document.data


def _records(document: Document) -> Iterable[Mapping[str, Any]]:
    if isinstance(document, Findings):
        head = {"format": f"mcpx.{document.name}.finding", "version": 1}
        found = [{**head, **finding.to_dict()} for finding in document.findings]
        left = {"format": f"mcpx.{document.name}.ignored", "version": 1}
        return found + [{**left, **one} for one in document.examined.get("ignored", ())]
    if isinstance(document, Changes):
        from mcpx.reports.changes import records

        return records(document)
    if isinstance(document, Changelog):
        from mcpx.reports.changelog import records as records_of_releases

        return records_of_releases(document)
    if isinstance(document, Replay):
        from mcpx.reports.replay_data import records as records_of_replay

        return records_of_replay(document)
    return [document.data] if document.records is None else document.records
