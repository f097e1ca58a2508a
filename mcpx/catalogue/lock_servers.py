"""The table ``servers`` of the lock file: what is pinned of each server, written and read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NoReturn

from mcpx.catalogue.canonical import readable_text
from mcpx.catalogue.digests import (
    capabilities_digest,
    instructions_digest,
    item_digest,
    seen_digest,
)
from mcpx.catalogue.locked import LockedItem, LockedServer, is_text_or_list
from mcpx.catalogue.model import KEY, Item, Kind
from mcpx.errors import ConfigError
from mcpx.json_text import JsonTextError, parse_json
from mcpx.servers import Era
from mcpx.toml_text import LONG_KEY, parse_toml

_OF_SERVER = (
    "typed",
    "target",
    "era",
    "version",
    "supported",
    "offered",
    "server_info",
    "capabilities",
    "capabilities_digest",
    "instructions",
    "instructions_digest",
    *(kind.plural for kind in Kind),
)
# What cannot be seen in a review, or changes how what is beside it looks: controls, blanks other
# than the space, marks of direction, joiners, selectors, tags, characters for private use.
# Source: Unicode 16, categories Cc, Cf, Co, Cs, Zl, Zp, Zs, and Default_Ignorable_Code_Point.
_HIDDEN = re.compile(
    "[\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680"
    "\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


# Of the times that a server lists one and the same thing.
_MOST_TIMES = 100_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A server's table that is not as it was written: as it stands, and what is wrong with it.

    ``server`` has nothing but the name and the target as it was typed, if that can be read.
    """

    table: Mapping[str, Any]
    server: LockedServer
    error: ConfigError

    @property
    def text(self) -> str:
        """The table as TOML that says the same."""
        import tomli_w

        document = {"servers": {self.server.server: self.table}}
        return tomli_w.dumps(document, multiline_strings=True)


def server_text(server: LockedServer) -> str:
    """The tables of one server as TOML, sorted; what cannot be seen is escaped in texts of servers.

    Definitions are JSON over several lines, so that a changed parameter is a changed line. Raises
    ConfigError for what a TOML file cannot hold.
    """
    text = "\n".join([_head(server), *_tables(server)])
    try:
        text.encode("utf-8")
        parse_toml(text)
    except UnicodeEncodeError as error:
        raise _not_held(server, "half a surrogate pair") from error
    except ValueError as error:
        raise _not_held(server, str(error)) from error
    return text


def _not_held(server: LockedServer, what: str) -> ConfigError:
    shown = _visible(server.server)
    return ConfigError(f"server '{shown}' cannot be pinned: its definition or version holds {what}")


def _head(server: LockedServer) -> str:
    plain = {
        "typed": server.typed or None,
        "era": server.era.value if server.era else None,
        "version": server.version,
        "supported": list(server.supported),
        "offered": list(server.offered),
        "capabilities_digest": capabilities_digest(server.capabilities),
    }
    texts: dict[str, Any] = {"server_info": server.server_info, "capabilities": server.capabilities}
    if server.instructions is not None:
        plain["instructions_digest"] = instructions_digest(server.instructions)
        texts["instructions"] = server.instructions.split("\n")
    members = {name: value for name, value in plain.items() if value is not None}
    return _table((server.server,), {**members, "target": server.target, **server.rest}, texts)


def _tables(server: LockedServer) -> Iterator[str]:
    for kind in Kind:
        for _, same in groupby(server.items(kind), lambda one: (one.key, one.digest)):
            one, *again = same
            members = {
                KEY[kind]: _visible(one.key),
                "digest": one.digest,
                "seen": one.seen,
                **({"times": len(again) + 1} if again else {}),
                **one.rest,
            }
            text = _table((server.server, kind.plural), members, {"definition": one.item.raw})
            header, _, body = text.partition("\n")
            yield f"[{header}]\n{body}"


def _table(path: tuple[str, ...], members: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    """A table at ``servers.PATH``: its members, the texts as JSON, and its tables."""
    import tomli_w

    document: Mapping[str, Any] = members
    for name in reversed(("servers", *path)):
        document = {name: document}
    own, gap, inner = tomli_w.dumps(document).partition("\n\n")
    lines = [own.removesuffix("\n"), *(f"{name} = '''\n{_json(texts[name])}'''" for name in texts)]
    return "\n".join(lines) + "\n" + (f"\n{inner}" if gap else "")


def _json(value: Any) -> str:
    """JSON text that may stand between three apostrophes, and shows all that is in it."""
    text = _visible(readable_text(value)).replace("'''", "''\\u0027")
    # The parser would take it for a key, and refuse it.
    return LONG_KEY.sub(lambda found: found[0].replace(".", "\\u002e"), text) + "\n"


def _visible(text: str) -> str:
    return _HIDDEN.sub(_escaped, text)


def _escaped(hidden: re.Match[str]) -> str:
    units = hidden[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def read_servers(table: Any, source: str) -> Iterator[LockedServer | Broken]:
    """The pinned servers in the table ``servers``; ``source`` names the file in errors.

    What is not as it was written is broken, and so is a definition that does not have its digest.
    Raises ConfigError where there are no tables at all.
    """
    if not isinstance(table, dict):
        _refuse(source, "servers", "is not a table")
    for name, one in table.items():
        if not isinstance(one, dict):
            _refuse(source, f"servers.{_visible(name)}", "is not a table")
        try:
            yield _Entry(name, one, source).server()
        except ConfigError as error:
            typed = one.get("typed")
            named = LockedServer(name, typed if isinstance(typed, str) else "")
            told = ConfigError(error.message, hint=_hint(name, source))
            told.__cause__ = error
            yield Broken(one, named, told)


def _hint(name: str, source: str) -> str:
    option = "" if source == "mcpx.lock" or ":" in source else f" --lock {shlex.quote(source)}"
    again = f"mcpx lock --update {shlex.quote(_visible(name))}{option}"
    return f"it was edited by hand or merged badly: restore the file, or pin it anew: {again}"


def _refuse(source: str, place: str, what: str) -> NoReturn:
    raise ConfigError(f"{source}: {place} {what}")


class _Entry:
    """The table of one server, being read."""

    def __init__(self, name: str, table: dict[str, Any], source: str) -> None:
        self._name = name
        self._place = f"servers.{_visible(name)}"
        self._source = source
        self._table = table

    def server(self) -> LockedServer:
        era = self._table.get("era")
        if era is not None and era not in tuple(Era):
            self._refuse("era", "is neither 'legacy' nor 'modern'")
        target = self._table.get("target", {})
        if not isinstance(target, dict):
            self._refuse("target", "is not a table")
        if not all(map(is_text_or_list, target.values())):
            self._refuse("target", "holds more than texts and arrays of texts")
        capabilities = self._object("capabilities")
        self._check("capabilities_digest", capabilities_digest(capabilities), "its capabilities")
        instructions = self._instructions()
        if instructions is not None:
            digest = instructions_digest(instructions)
            self._check("instructions_digest", digest, "its instructions")
        items: dict[str, Any] = {kind.plural: tuple(self._items(kind)) for kind in Kind}
        return LockedServer(
            server=self._name,
            typed=self._text(self._table, "typed", self._place),
            target=target,
            era=None if era is None else Era(era),
            version=self._text(self._table, "version", self._place),
            supported=self._words("supported"),
            offered=self._words("offered"),
            server_info=self._object("server_info"),
            capabilities=capabilities,
            instructions=instructions,
            rest={name: one for name, one in self._table.items() if name not in _OF_SERVER},
            **items,
        )

    def _items(self, kind: Kind) -> Iterator[LockedItem]:
        tables = self._table.get(kind.plural, [])
        if not isinstance(tables, list):
            self._refuse(kind.plural, "is not an array of tables")
        seen: set[tuple[str, str]] = set()
        for number, table in enumerate(tables, 1):
            place = f"{self._place}.{kind.plural} {number}"
            if not isinstance(table, dict):
                _refuse(self._source, place, "is not a table")
            found = self._item(kind, table, place)
            if (found.key, found.digest) in seen:
                _refuse(self._source, f"{place}, {kind} '{found.key[:60]}',", "stands twice")
            seen.add((found.key, found.digest))
            times = table.get("times", 1)
            if type(times) is not int or not 1 <= times <= _MOST_TIMES:
                _refuse(self._source, f"{place} times", "is not a number of times")
            yield from [found] * times

    def _item(self, kind: Kind, table: dict[str, Any], place: str) -> LockedItem:
        key = self._text(table, KEY[kind], place)
        if key:
            place = f"{self._place}: {kind} '{key[:60]}':"
        raw = self._json(self._text(table, "definition", place), f"{place} definition")
        if not isinstance(raw, dict):
            _refuse(self._source, f"{place} definition", "is not an object")
        item = Item(kind, raw)
        known = (KEY[kind], "digest", "seen", "times", "definition")
        found = LockedItem(
            item,
            item_digest(item),
            seen_digest(item),
            {name: one for name, one in table.items() if name not in known},
        )
        written = (key, table.get("digest"), table.get("seen"))
        if written != (_visible(item.key), found.digest, found.seen):
            names = f"its {KEY[kind]}, digest and definition"
            _refuse(self._source, place, f"{names} do not belong together")
        return found

    def _instructions(self) -> str | None:
        if "instructions" not in self._table:
            return None
        text = self._text(self._table, "instructions", self._place)
        lines = self._json(text, f"{self._place}.instructions")
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            self._refuse("instructions", "is not an array of lines")
        return "\n".join(lines)

    def _object(self, name: str) -> dict[str, Any]:
        if name not in self._table:
            return {}
        text = self._text(self._table, name, self._place)
        value = self._json(text, f"{self._place}.{name}")
        if not isinstance(value, dict):
            self._refuse(name, "is not an object")
        return value

    def _json(self, text: str, place: str) -> Any:
        try:
            return parse_json(text)
        except JsonTextError as error:
            raise ConfigError(f"{self._source}: {place} is {error}") from error

    def _text(self, table: Mapping[str, Any], name: str, place: str) -> str:
        value = table.get(name, "")
        if not isinstance(value, str):
            _refuse(self._source, f"{place} {name}", "is not a text")
        return value

    def _words(self, name: str) -> tuple[str, ...]:
        value = self._table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(name, "is not an array of texts")
        return tuple(value)

    def _check(self, name: str, digest: str, of: str) -> None:
        if self._table.get(name) != digest:
            self._refuse(name, f"is not the digest of {of}")

    def _refuse(self, name: str, what: str) -> NoReturn:
        _refuse(self._source, f"{self._place}.{name}", what)
