"""The catalogue file: what servers offered, as JSON that stays the same while they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.errors import ConfigError
from mcpx.json_spans import shallow
from mcpx.json_text import JsonTextError, TooDeepError, parse_json
from mcpx.schemas.walk import size
from mcpx.servers import Era

FORMAT = "mcpx.catalogue"
VERSION = 1

# The member of a list's result that holds the items.
_WIRE = {
    Kind.TOOL: "tools",
    Kind.PROMPT: "prompts",
    Kind.RESOURCE: "resources",
    Kind.TEMPLATE: "resourceTemplates",
}
_FILE = {kind: kind.plural for kind in Kind}
_SERVER_INFO = "io.modelcontextprotocol/serverInfo"
_HINT = "write one with 'mcpx inspect SERVER -f json -o FILE'"


def to_dict(catalogue: Catalogue) -> dict[str, Any]:
    """One server's entry in the file; items sorted by name or URI, each as the server sent it."""
    return {
        "server": catalogue.server,
        "target": dict(catalogue.target),
        "era": catalogue.era.value if catalogue.era else None,
        "version": catalogue.version,
        "supported": list(catalogue.supported),
        "offered": list(catalogue.offered),
        "server_info": dict(catalogue.server_info),
        "capabilities": dict(catalogue.capabilities),
        "instructions": catalogue.instructions,
        **{
            member: [item.raw for item in sorted(catalogue.items(kind), key=lambda item: item.key)]
            for kind, member in _FILE.items()
        },
        "problems": [_problem_to_dict(problem) for problem in catalogue.problems],
    }


def _problem_to_dict(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "message": problem.message,
        "kind": problem.kind.value if problem.kind else None,
        "key": problem.key,
        "path": problem.path,
        "rejected_by": list(problem.rejected_by),
    }


def document(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The content of a catalogue file with these servers' entries."""
    return {"format": FORMAT, "version": VERSION, "servers": list(entries)}


def read(text: str, source: str, server: str = "") -> tuple[Catalogue, ...]:
    """The catalogues in a file's text; ``source`` names the file in errors.

    Also reads what says nothing of its server, which is then called ``server`` (or ``source``):
    the result of a list, a JSON-RPC answer with one, an array of tools, an object that holds
    ``initialize`` and lists. Unknown members are skipped, items that are no objects become
    problems. Where something is nested too deeply to be parsed, all else is read: what is deeper
    than ``DEEPEST`` is left out, and a problem of its item. Raises ConfigError that names the file
    and the place.
    """
    text = text.removeprefix("\ufeff")
    try:
        document = parse_json(text)
    except TooDeepError as error:
        upper = _upper_part(text, source, error)
        return tuple(map(_left_out, _catalogues(upper, source, server)))
    except JsonTextError as error:
        raise ConfigError(f"{source}: {error}", hint=_HINT) from error
    return _catalogues(document, source, server)


# Levels of a file of which something is nested too deeply to be parsed.
DEEPEST = 250
# Of what is left of it, an item is the second to the sixth level.
_CUT = DEEPEST - 6
_MOST_VALUES = 1_000_000


def _upper_part(text: str, source: str, error: TooDeepError) -> Any:
    try:
        return parse_json(shallow(text, DEEPEST))
    except JsonTextError:
        raise ConfigError(f"{source}: {error}", hint=_HINT) from error


def _left_out(catalogue: Catalogue) -> Catalogue:
    """The catalogue with a problem for each item that is no longer whole."""
    what = f"holds something nested more than {_CUT} levels deep, which was not read"
    cut = [
        Problem("schema-too-deep", what, kind, item.key)
        for kind in Kind
        for item in catalogue.items(kind)
        if size(item.raw, _CUT, _MOST_VALUES)[0] > _CUT
    ]
    return replace(catalogue, problems=(*catalogue.problems, *cut))


def _catalogues(document: Any, source: str, server: str) -> tuple[Catalogue, ...]:
    if isinstance(document, dict) and "format" in document:
        return tuple(_servers(document, source))
    if isinstance(document, dict) and (
        "jsonrpc" in document or isinstance(document.get("result"), dict)
    ):
        if "error" in document:
            _refuse(source, "holds an error answer, not a list", "/error")
        document = document.get("result")
    if isinstance(document, list):
        document = {"tools": document}
    if not isinstance(document, dict) or not any(name in document for name in _WIRE.values()):
        _refuse(source, "no catalogue, and no list of tools, prompts or resources")
    return (_of_results(document, server or source),)


def _refuse(source: str, what: str, place: str = "") -> NoReturn:
    raise ConfigError(f"{source}: {f'{place}: ' if place else ''}{what}", hint=_HINT)


def _servers(document: Mapping[str, Any], source: str) -> Iterator[Catalogue]:
    if document["format"] != FORMAT:
        _refuse(source, f"is {str(document['format'])[:40]!r}, not '{FORMAT}'", "/format")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        _refuse(source, "is not a version number", "/version")
    if version > VERSION:
        newer = f"{source}: written by a newer mcpx (version {version}, this one reads {VERSION})"
        raise ConfigError(newer, hint="update mcpx, or write the file again with this one")
    servers = document.get("servers")
    if not isinstance(servers, list):
        _refuse(source, "is not an array of servers", "/servers")
    for place, entry in enumerate(servers):
        if not isinstance(entry, dict):
            _refuse(source, "is not an object", f"/servers/{place}")
        if not isinstance(entry.get("server"), str):
            _refuse(source, "is not the name of a server", f"/servers/{place}/server")
        yield _of_entry(entry)


def _of_entry(entry: Mapping[str, Any]) -> Catalogue:
    known = [one for one in _list(entry, "problems") if isinstance(one, dict)]
    items, odd = _items(entry, _FILE)
    problems = dict.fromkeys([*map(_problem, known), *odd])
    return Catalogue(
        server=entry["server"],
        target=_mapping(entry, "target"),
        era=_era(entry.get("era")),
        version=_text(entry, "version"),
        supported=tuple(one for one in _list(entry, "supported") if isinstance(one, str)),
        offered=tuple(one for one in _list(entry, "offered") if isinstance(one, str)),
        server_info=_mapping(entry, "server_info"),
        capabilities=_mapping(entry, "capabilities"),
        instructions=_text(entry, "instructions") or None,
        problems=tuple(problems),
        **items,
    )


def _problem(entry: Mapping[str, Any]) -> Problem:
    kind = entry.get("kind")
    return Problem(
        rule=_text(entry, "rule"),
        message=_text(entry, "message"),
        kind=next((one for one in Kind if one.value == kind), None),
        key=_text(entry, "key"),
        path=_text(entry, "path"),
        rejected_by=tuple(one for one in _list(entry, "rejected_by") if isinstance(one, str)),
    )


def _of_results(document: Mapping[str, Any], server: str) -> Catalogue:
    opening = _mapping(document, "initialize")
    items, odd = _items(document, _WIRE)
    return Catalogue(
        server=server,
        # Only the modern era has a resultType. Source: specification 2026-07-28, basic, "Results".
        era=Era.MODERN if "resultType" in document else Era.LEGACY if opening else None,
        version=_text(opening, "protocolVersion"),
        server_info=_mapping(opening, "serverInfo")
        or _mapping(_mapping(document, "_meta"), _SERVER_INFO),
        capabilities=_mapping(opening, "capabilities"),
        instructions=_text(opening, "instructions") or None,
        problems=tuple(odd),
        **items,
    )


def _items(
    document: Mapping[str, Any], members: Mapping[Kind, str]
) -> tuple[dict[str, Any], list[Problem]]:
    found: dict[str, Any] = {}
    odd: list[Problem] = []
    for kind, member in members.items():
        listed = document.get(member)
        if listed is not None and not isinstance(listed, list):
            odd.append(Problem("list-malformed", f"the member '{member}' is not an array", kind))
        items = []
        for place, raw in enumerate(_list(document, member)):
            if isinstance(raw, dict):
                items.append(Item(kind, raw))
            else:
                what = f"{kind} {place} is not an object"
                odd.append(Problem("item-malformed", what, kind, path=f"/{member}/{place}"))
        found[kind.plural] = tuple(items)
    return found, odd


def _era(value: Any) -> Era | None:
    return next((one for one in Era if one.value == value), None)


def _text(entry: Mapping[str, Any], member: str) -> str:
    value = entry.get(member)
    return value if isinstance(value, str) else ""


def _list(entry: Mapping[str, Any], member: str) -> list[Any]:
    value = entry.get(member)
    return value if isinstance(value, list) else []


def _mapping(entry: Mapping[str, Any], member: str) -> dict[str, Any]:
    value = entry.get(member)
    return value if isinstance(value, dict) else {}
