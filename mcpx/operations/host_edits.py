"""Words put before the command of one entry of a host's file, and taken away again; no I/O.

Only the spans of command and arguments change. The old command moves into the list of arguments as
it is written, the old arguments stay where they are, so that taking the words away gives back the
same text: comments, quotes, spaces and line ends.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mcpx.sources.dialects import read_entry
from mcpx.sources.effective import Layer
from mcpx.sources.hosts import Dialect
from mcpx.sources.parsing import InvalidError
from mcpx.sources.readers import document_of
from mcpx.sources.spans import Layout, Member, Node, Shape, node_at

_ARGUMENTS = "args"
_OWN_KEY = {"json": '"args": ', "toml": "args = ", "yaml": "args: "}
_NEXT_DASH = re.compile(r"^[ ]*(-)(?=[ \t\r\n])", re.MULTILINE)
_COMMA = re.compile(r"\s*,")
_BOM = b"\xef\xbb\xbf"

# A part of a text, from an offset to another, and what takes its place.
_Edit = tuple[int, int, str]


class UneditableError(Exception):
    """An entry is written in a way that cannot be changed in place; the text says in which."""


@dataclass(frozen=True, slots=True, eq=False)
class EntryText:
    """One entry in its file: the file's bytes, the entry as its host reads it, the keys to it."""

    data: bytes
    layer: Layer
    keys: tuple[str, ...]

    @property
    def form(self) -> str:
        """The format that the file is parsed as."""
        return "json" if self.layer.file.format == "jsonc" else self.layer.file.format


def read_again(entry: EntryText, data: bytes) -> EntryText:
    """The same entry in other bytes of its file. Raises UneditableError, InvalidError."""
    layer = entry.layer
    raw = _at(document_of(data, entry.form).value, entry.keys)
    if isinstance(raw, Mapping) and "platform_overrides" in raw:
        raise UneditableError("it differs by platform")
    read = read_entry(layer.host, layer.file, layer.dialect, layer.entry.spec.name, raw)
    spec = replace(read.spec, origin=layer.entry.spec.origin, place=layer.entry.spec.place)
    return replace(entry, data=data, layer=replace(layer, raw=raw, entry=replace(read, spec=spec)))


def words_of(layer: Layer) -> tuple[str, ...]:
    """The command line of an entry, also where it is written as one text."""
    spec = layer.entry.spec
    if layer.dialect.splits and not spec.args:
        try:
            return tuple(shlex.split(spec.command))
        except ValueError:  # an open quotation mark: the host will say so
            return (spec.command,)
    return (spec.command, *spec.args)


def put_before(entry: EntryText, words: Sequence[str]) -> bytes:
    """The file with words before the entry's command: a program that starts it.

    Raises UneditableError and InvalidError.
    """
    wanted = (*words, *words_of(entry.layer))
    return _changed(entry, wanted, lambda parts: _putting(parts, words))


def take_away(entry: EntryText, count: int) -> bytes:
    """The file without the first words of the entry's command; the next one is the command again.

    Raises UneditableError and InvalidError.
    """
    words = words_of(entry.layer)
    return _changed(entry, words[count:], lambda parts: _taking(parts, words, count))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where in a text an entry has its command and its arguments.

    ``line``: the command is one text with its arguments in it.
    """

    text: str
    form: str
    command: Member
    arguments: Node | None
    line: bool


def _changed(
    entry: EntryText, wanted: tuple[str, ...], edits: Callable[[_Parts], Iterator[_Edit]]
) -> bytes:
    """The file after the edits, which must do what is wanted and nothing else."""
    document = document_of(entry.data, entry.form)
    text = entry.data.decode("utf-8-sig")
    node = node_at(document.text, entry.form, entry.keys)
    parts = _parts(entry, text, node)
    for start, end, new in sorted(edits(parts), reverse=True):
        text = text[:start] + new + text[end:]
    try:
        data = (_BOM if entry.data.startswith(_BOM) else b"") + text.encode()
    except UnicodeEncodeError as error:
        raise UneditableError("a word that is not UTF-8 cannot stand in it") from error
    try:
        _check(entry, document.value, data, wanted)
    except InvalidError as error:
        raise UneditableError("its command is written in a form that cannot be moved") from error
    return data


def _check(entry: EntryText, before: Any, data: bytes, wanted: tuple[str, ...]) -> None:
    """Raises UneditableError unless the entry starts what is wanted and all else is as before."""
    dialect = entry.layer.dialect
    after = document_of(data, entry.form).value
    now = read_again(entry, data)
    same = _rest(before, entry.keys, dialect) == _rest(after, entry.keys, dialect)
    specs = [replace(one.layer.entry.spec, command="", args=()) for one in (entry, now)]
    if not (same and specs[0] == specs[1] and words_of(now.layer) == wanted):
        raise UneditableError("other parts of the file are built on its command or arguments")


def _rest(value: Any, keys: tuple[str, ...], dialect: Dialect) -> Any:
    """A document without the command and the arguments of one entry."""
    if keys and isinstance(value, Mapping):
        return {
            name: _rest(inner, keys[1:], dialect) if str(name) == keys[0] else inner
            for name, inner in value.items()
        }
    if keys and isinstance(value, list):
        return [
            _rest(inner, keys[1:], dialect) if str(index) == keys[0] else inner
            for index, inner in enumerate(value)
        ]
    if not isinstance(value, Mapping):
        return value
    hidden = (dialect.command, _ARGUMENTS)
    return {
        name: _rest(inner, (), dialect) if name in dialect.wrappers else inner
        for name, inner in value.items()
        if name not in hidden
    }


def _at(value: Any, keys: tuple[str, ...]) -> Any:
    """What stands under a path of keys and indices. Raises UneditableError for nothing."""
    for key in keys:
        pairs = enumerate(value) if isinstance(value, list) else dict(value or {}).items()
        found = [inner for name, inner in pairs if str(name) == key]
        if not found:
            raise UneditableError("it is not where it was found")
        value = found[-1]
    return value


def _parts(entry: EntryText, text: str, node: Node | None) -> _Parts:
    if node is None or node.shape is not Shape.MAP:
        raise UneditableError("it is put together from several places")
    dialect = entry.layer.dialect
    members = dict(node.members)
    for wrapper in reversed(dialect.wrappers):
        if wrapper in node.members:
            members.update(node.members[wrapper].value.members)
    command = members.get(dialect.command)
    if command is not None and command.value.shape is Shape.MAP and dialect.extensions:
        members = dict(command.value.members)
        command = members.get("path")
    if command is None:
        raise UneditableError("its command stands in another place")
    arguments = members[_ARGUMENTS].value if _ARGUMENTS in members else None
    if arguments is None and entry.layer.entry.spec.args and command.value.shape is Shape.SCALAR:
        raise UneditableError("its arguments stand in another place")
    line = dialect.splits and not entry.layer.entry.spec.args
    return _Parts(text, entry.form, command, arguments, line)


def _putting(parts: _Parts, words: Sequence[str]) -> Iterator[_Edit]:
    command = parts.command.value
    if command.shape is Shape.LIST:
        yield _in_front(parts.text, command, [_quoted(word) for word in words])
        return
    if parts.line:
        yield command.start + 1, command.start + 1, _as_line(words)
        return
    written = parts.text[command.start : command.end]
    moved = [*map(_quoted, words[1:]), written]
    if parts.arguments is None:
        new = _quoted(words[0]) + _new_member(parts) + f"[ {', '.join(moved)} ]"
        yield command.start, command.end, new
        return
    if parts.arguments.shape is not Shape.LIST:
        raise UneditableError(f"'{_ARGUMENTS}' is not a list")
    yield command.start, command.end, _quoted(words[0])
    yield _in_front(parts.text, parts.arguments, moved)


def _taking(parts: _Parts, words: Sequence[str], count: int) -> Iterator[_Edit]:
    text, command, arguments = parts.text, parts.command.value, parts.arguments
    if command.shape is Shape.LIST:
        yield _without_front(text, command, count)
    elif parts.line:
        first = command.start + 1
        ours = _as_line(words[:count])
        if text.startswith(ours, first):
            yield first, first + len(ours), ""
        else:
            yield command.start, command.end, _quoted(shlex.join(words[count:]))
    elif arguments is not None:
        moved = arguments.items[count - 1]
        yield command.start, command.end, text[moved.start : moved.end]
        if len(arguments.items) == count and _is_ours(parts, arguments):
            yield command.end, arguments.end, ""
        else:
            yield _without_front(text, arguments, count)
    else:
        raise AssertionError  # words that are taken away stood in one of them


def _is_ours(parts: _Parts, arguments: Node) -> bool:
    """Whether the list was written where there was none: only ours have a space in front."""
    between = parts.text[parts.command.value.end : arguments.start]
    spaced = arguments.items[0].start == arguments.start + 2
    return between == _new_member(parts) and spaced


def _quoted(word: str) -> str:
    """A text as all three formats write it."""
    return json.dumps(word, ensure_ascii=False)


def _as_line(words: Sequence[str]) -> str:
    """Words as they stand at the beginning of a line, in a JSON string."""
    return _quoted(shlex.join(words) + " ")[1:-1]


def _new_member(parts: _Parts) -> str:
    """What stands between the command and a new list of arguments: written as the command is."""
    text, command = parts.text, parts.command
    line_start = text.rfind("\n", 0, command.start) + 1
    before = text[line_start : command.start]
    line_end = "\r\n" if "\r\n" in text else "\n"
    key = text[command.last : command.value.start]
    name = re.fullmatch(r"""(["']?)[\w-]+(\1[ \t]*[:=][ \t]*)""", key)
    key = f"{name[1]}{_ARGUMENTS}{name[2]}" if name else _OWN_KEY[parts.form]
    key = text[command.start : command.last] + key
    if command.layout is Layout.INDENTED:
        return f"{line_end}{' ' * len(before)}{key}"
    if before.strip():
        return f"{line_end if command.layout is Layout.LINES else ', '}{key}"
    comma = "," if command.layout is Layout.SIGNS else ""
    return f"{comma}{line_end}{before}{key}"


def _in_front(text: str, node: Node, elements: Sequence[str]) -> _Edit:
    """Elements put at the beginning of a list, before whatever stands there."""
    if node.block:
        line_start = text.rfind("\n", 0, node.start) + 1
        before = text[line_start : node.start]
        if before.strip() or text[node.start] != "-":
            raise UneditableError("its arguments have an anchor or a tag")
        line_end = "\r\n" if text[:line_start].endswith("\r\n") else "\n"
        lines = "".join(f"- {element}{line_end}{before}" for element in elements)
        return node.start, node.start, lines
    if text[node.start] != "[":
        raise UneditableError("its arguments have an anchor or a tag")
    new = ", ".join(elements)
    if node.items:
        new += "," if text[node.start + 1] in "\r\n" else ", "
    return node.start + 1, node.start + 1, new


def _without_front(text: str, node: Node, count: int) -> _Edit:
    """The reverse of ``_in_front``."""
    end = node.items[count - 1].end
    if node.block:
        dash = _NEXT_DASH.search(text, end)
        if len(node.items) == count or dash is None:
            return node.start, end, "[]"
        return node.start, dash.start(1), ""
    if len(node.items) > count and (comma := _COMMA.match(text, end)):
        end = comma.end() + text.startswith(" ", comma.end())
    return node.start + 1, end, ""
