"""The files of one scan, each read once however many hosts name it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from mcpx.sources.definitions import Kind
from mcpx.sources.hosts import Host, HostFile
from mcpx.sources.journal import Journal
from mcpx.sources.parsing import InvalidError
from mcpx.sources.readers import Document, UnreadableError, read_document


class Documents:
    """Documents by resolved path; a failure is a problem of every host that reads the file."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._documents: dict[tuple[str, str], Document | None] = {}
        self._failures: dict[str, tuple[Kind, str, int | None]] = {}
        self._resolved: dict[str, str] = {}

    def read(self, host: Host, file: HostFile, path: str) -> Document | None:
        """The document at a path; None, and a problem, when it cannot be had."""
        resolved = self.resolve(path)
        form = "json" if file.format == "jsonc" else file.format
        if (resolved, form) not in self._documents:
            self._documents[resolved, form] = self._read(resolved, form)
        document = self._documents[resolved, form]
        if document is None and resolved in self._failures:
            kind, reason, line = self._failures[resolved]
            self._journal.problem(path, host, kind, reason, line=line)
        return document

    def _read(self, resolved: str, form: str) -> Document | None:
        try:
            document = read_document(resolved, form)
        except FileNotFoundError:
            self._failures[resolved] = (Kind.UNREADABLE, "the link leads nowhere", None)
        except UnreadableError as error:
            self._failures[resolved] = (Kind.UNREADABLE, f"cannot be read: {error}", None)
        except InvalidError as error:
            self._failures[resolved] = (Kind.INVALID, str(error), error.line)
        else:
            if isinstance(document.value, Mapping) or document.value is None:
                return document
            self._failures[resolved] = (Kind.INVALID, "the document is not an object", 1)
        return None

    def resolve(self, path: str) -> str:
        """The path without symbolic links. Raises ValueError for a name no file can have."""
        if path not in self._resolved:
            self._resolved[path] = os.path.realpath(path)
        return self._resolved[path]
