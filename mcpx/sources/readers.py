"""Configuration files read with care: what they hold, where an entry stands, what a host rejects.

No message of this module quotes a file: its lines may hold secrets.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcpx.json_spans import members
from mcpx.sources.json_spans import value_at
from mcpx.sources.parsing import TOO_DEEP, InvalidError, Places
from mcpx.toml_text import parse_toml

LARGEST_JSON = 20 * 1024 * 1024
# The readers of TOML and YAML are a hundred times slower than that of JSON.
LARGEST_OTHER = 2 * 1024 * 1024
# Beyond this a second pass for line numbers would be felt.
LARGEST_WITH_LINES = 1024 * 1024
_JUST_WRITTEN = 2.0
_PAUSE = 0.05


class UnreadableError(Exception):
    """A file could not be read; the text says why, without its path."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content. ``lenient_line``: the line a reader of plain JSON would stop at, if any.

    ``text`` is without byte order mark; in JSON, comments and trailing commas are blanked.
    """

    value: Any
    size: int
    text: str = ""
    format: str = "json"
    lenient_line: int | None = None

    def places(self, key: tuple[str, ...]) -> Places:
        """Where the entries below a path of keys stand; empty where that cannot be told cheaply."""
        if len(self.text) > LARGEST_WITH_LINES:
            return Places()
        if self.format == "yaml":
            from mcpx.sources.yaml_reader import yaml_places

            return yaml_places(self.text, key)
        if self.format == "toml":
            return Places(lines=_toml_lines(self.text, key))
        return _json_places(self.text, key)


def read_document(path: str, format: str) -> Document:
    """The content of a file of a format: ``json`` (comments and trailing commas too), toml, yaml.

    A blank file holds an empty object. A file that was changed a moment ago and cannot be parsed
    is read once more: its writer may have been half-way. Raises FileNotFoundError,
    UnreadableError and InvalidError.
    """
    try:
        return _read_once(path, format)
    except InvalidError:
        if abs(time.time() - Path(path).stat().st_mtime) > _JUST_WRITTEN:
            raise
    time.sleep(_PAUSE)
    return _read_once(path, format)


def _read_once(path: str, form: str) -> Document:
    return document_of(read_bytes(path, LARGEST_JSON if form == "json" else LARGEST_OTHER), form)


def document_of(data: bytes, form: str) -> Document:
    """The content of a file that holds these bytes. Raises InvalidError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("not UTF-8 text") from error
    if not text.strip():
        return Document({}, len(data), format=form)
    if form == "toml":
        return Document(_parse_toml(text), len(data), text, form)
    if form == "yaml":
        from mcpx.sources.yaml_reader import parse_yaml

        return Document(parse_yaml(text), len(data), text, form)
    return _parse_json(text, len(data))


def read_bytes(path: str, largest: int) -> bytes:
    """The bytes of a regular file, at most ``largest`` of them.

    Raises FileNotFoundError and UnreadableError.
    """
    try:
        # Looked at before it is opened: opening a device or a pipe may do something.
        _require_regular(Path(path).stat())
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            _require_regular(os.fstat(descriptor))
            data = file.read(largest + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(path) from error
    except OSError as error:
        raise UnreadableError(error.strerror or "input/output error") from error
    except ValueError as error:
        raise UnreadableError("no file can have that name") from error
    if len(data) > largest:
        raise UnreadableError(f"larger than {largest // (1024 * 1024)} MiB")
    return data


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file")


def _parse_json(text: str, size: int) -> Document:
    try:
        return Document(_load_json(text), size, text)
    except json.JSONDecodeError as error:
        strict_line = error.lineno
    plain = plain_json(text)
    try:
        return Document(_load_json(plain), size, plain, lenient_line=strict_line)
    except json.JSONDecodeError as error:
        raise InvalidError(f"not valid JSON: column {error.colno}", error.lineno) from error


def _load_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise InvalidError(TOO_DEEP) from error
    except ValueError as error:
        raise InvalidError("a number is too long") from error


# An unfinished string or comment reaches to the end: no position is looked at twice.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_COMMENTS = re.compile(rf"{_STRING}|//[^\r\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING_COMMAS = re.compile(rf"{_STRING}|,(?=\s*+[\]}}])", re.DOTALL)
_VISIBLE = re.compile(r"[^\r\n]")


def plain_json(text: str) -> str:
    """JSON with comments and trailing commas, those blanked in place: lines and columns stay."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found.startswith('"') else _VISIBLE.sub(" ", found)

    return _TRAILING_COMMAS.sub(blank, _COMMENTS.sub(blank, text))


def _json_places(text: str, key: tuple[str, ...]) -> Places:
    """Walks plain, valid JSON along a path of keys; values beside the path are skipped whole."""
    position = value_at(text, key)
    if position is None:
        return Places()
    line, counted = 1, 0
    lines: dict[str, int] = {}
    repeated: list[str] = []
    for name, at, *_ in members(text, position)[0]:
        line, counted = line + text.count("\n", counted, at), at
        if name in lines:
            repeated.append(name)
        lines[name] = line
    return Places(lines, tuple(repeated))


_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)\Z")


def _parse_toml(text: str) -> Any:
    try:
        return parse_toml(text)
    except RecursionError as error:
        raise InvalidError(TOO_DEEP) from error
    except ValueError as error:
        place = _POSITION.search(str(error))
        if place is None:
            raise InvalidError("not valid TOML") from error
        raise InvalidError(f"not valid TOML: column {place[2]}", int(place[1])) from error


_TOML_NAME = r"""(?:"([^"\\\n]*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))"""


def _toml_lines(text: str, key: tuple[str, ...]) -> dict[str, int]:
    """The lines of table headers ``[key.NAME]``; of ``[[key]]`` by their index."""
    lines: dict[str, int] = {}
    head = r"[ \t]*\.[ \t]*".join(re.escape(step) for step in key)
    header = re.compile(
        rf"^[ \t]*(?:\[\[[ \t]*{head}[ \t]*\]\]|\[[ \t]*{head}[ \t]*\.[ \t]*{_TOML_NAME})", re.M
    )
    index, line, counted = 0, 1, 0
    for match in header.finditer(text):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        name = next((group for group in match.groups() if group is not None), None)
        if name is None:
            name, index = str(index), index + 1
        lines.setdefault(name, line)
    return lines
