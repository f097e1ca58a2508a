"""One entry of a host's file, read by the host's dialect: what it starts or reaches, what is wrong.

No message of this module quotes a value of the entry: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from mcpx.servers import ServerSpec, Transport
from mcpx.sources.hosts import Dialect, Host, HostFile

NOT_MCP = "not-mcp"


class Switch(StrEnum):
    """Whether something is on: a server in a host, an approval."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Needs:
    """What an entry takes from outside its file.

    ``variables`` are passed to the process from the caller's environment; ``headers`` maps header
    names to the variable that holds the value (``Authorization`` gets ``Bearer`` before it);
    ``env_file`` names a file of variables; ``asked`` names what the host keeps elsewhere or asks
    a person for.
    """

    variables: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    env_file: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a host reads it.

    ``enabled`` is what the entry itself says, ``switch`` the key that says so. ``wrong`` are
    faults of form; ``issues`` what else a person should know; ``ignored`` why the host ignores
    the entry. ``partial``: it names nothing to start or reach, and only changes an entry of the
    same name in another file. ``usable`` is false when it names nothing and is not that either;
    ``note`` says what it is instead when it is no MCP server.
    """

    spec: ServerSpec
    enabled: Switch = Switch.YES
    switch: str = ""
    needs: Needs = Needs()
    wrong: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    ignored: str = ""
    partial: bool = False
    usable: bool = True
    note: str = ""


class _Fields:
    """The fields of a raw entry, each taken with a check of its type; faults are collected."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.wrong: list[str] = []

    def text(self, key: str) -> str:
        value = self.raw.get(key) if key else None
        if value is None or isinstance(value, str):
            return value or ""
        self.wrong.append(f"'{key}' is not text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong.append(f"'{key}' is not a list")
            return ()
        kept = [_scalar(item) for item in value]
        if any(not isinstance(item, str) for item in value):
            self.wrong.append(f"'{key}' holds something that is not text")
        return tuple(item for item in kept if item is not None)

    def mapping(self, path: str) -> dict[str, str]:
        value: Any = self.raw
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None:
            return {}
        if isinstance(value, list):
            return self._header_lines(path, value)
        if not isinstance(value, Mapping):
            self.wrong.append(f"'{path}' is not an object")
            return {}
        kept = {str(name): _scalar(item) for name, item in value.items()}
        if any(_scalar(item) is None and item is not None for item in value.values()):
            self.wrong.append(f"'{path}' holds something that is not text")
        return {name: item for name, item in kept.items() if item is not None}

    def _header_lines(self, path: str, lines: list[Any]) -> dict[str, str]:
        """Poolside writes headers as a list of ``Name: value``."""
        pairs = [line.partition(":") for line in lines if isinstance(line, str)]
        if len(pairs) < len(lines) or not all(colon for _, colon, _ in pairs):
            self.wrong.append(f"'{path}' is not an object")
        return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _scalar(value: object) -> str | None:
    """Text for text, numbers, booleans and dates; None for what is not set or not a scalar."""
    if value is None or isinstance(value, list | dict):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return str(value)
    except ValueError:  # a number of thousands of digits, written in base 16
        return None


def read_entry(host: Host, file: HostFile, dialect: Dialect, name: str, raw: Any) -> Entry:
    """One entry as the host reads it in that file."""
    if not isinstance(raw, Mapping):
        return Entry(ServerSpec(name), wrong=("the entry is not an object",), usable=False)
    fields = _Fields(_unwrapped(raw, dialect))
    command, args, env = _command(fields, dialect)
    urls = [(key, url) for key in dialect.urls if (url := fields.text(key))]
    url_key, url = urls[0] if urls else ("", "")
    kind, type_key = _type(fields, dialect)
    enabled, switch = _switch(fields, dialect)

    transport = _transport(dialect, kind, command, url_key, url)
    issues: list[str] = []
    ignored = ""
    if type_key and kind == "":
        transport = Transport.UNKNOWN
        if dialect.untyped == "skipped":
            ignored = "unknown-type: the host skips this entry"
        else:
            issues.append("unknown-type: none of the types documented for the host")
    else:
        ignored = _untyped(dialect, bool(type_key), bool(command), bool(url))
    if command and url and not type_key:
        issues.append(
            "both a command and a URL: "
            + ("the URL wins" if dialect.url_first else "the command wins")
        )
    if NOT_MCP in (kind, transport):
        return Entry(ServerSpec(name), usable=False, note="an extension that is not an MCP server")

    headers = _headers(fields, dialect)
    spec = ServerSpec(
        name=name,
        transport=Transport(transport),
        command=command,
        args=args,
        env=env,
        cwd=fields.text(dialect.cwd) or None,
        url=url,
        headers=headers,
    )
    needs = _needs(fields, dialect)
    issues += _other_issues(host, file, dialect, name, raw, spec)
    wrong = list(fields.wrong)
    partial, usable = False, bool(command or url)
    if not usable:
        spec, partial, usable = _nothing_to_start(dialect, spec, raw, fields)
        if partial:
            issues.append("changes an entry of the same name in another file")
    elif transport in (Transport.HTTP, Transport.SSE, Transport.WS) and not url:
        wrong.append("the type asks for a URL, and there is none")
    elif transport is Transport.STDIO and not command:
        wrong.append("the type asks for a command, and there is none")
    return Entry(
        spec, enabled, switch, needs, tuple(wrong), tuple(issues), ignored, partial, usable
    )


def _unwrapped(raw: Mapping[str, Any], dialect: Dialect) -> Mapping[str, Any]:
    for wrapper in dialect.wrappers:
        if isinstance(inner := raw.get(wrapper), Mapping):
            return {**raw, **inner}
    return raw


def _command(fields: _Fields, dialect: Dialect) -> tuple[str, tuple[str, ...], Mapping[str, str]]:
    env = fields.mapping(dialect.env)
    value = fields.raw.get(dialect.command)
    if isinstance(value, list):
        words = fields.texts(dialect.command)
        if not dialect.arrays:
            fields.wrong.append(f"'{dialect.command}' is not text")
        return (words[0] if words else ""), (*words[1:], *fields.texts("args")), env
    if isinstance(value, Mapping) and dialect.extensions:
        # Zed until 2025: the command is an object of its own.
        inner = _Fields(value)
        command, args = inner.text("path"), inner.texts("args")
        env = {**env, **inner.mapping("env")}
        fields.wrong += inner.wrong
        return command, args, env
    return fields.text(dialect.command), fields.texts("args"), env


def _type(fields: _Fields, dialect: Dialect) -> tuple[str, str]:
    """The transport that the type key names ("" when unknown), and the key ("" when absent)."""
    for key in dialect.type_keys:
        value = fields.raw.get(key)
        if value is None or isinstance(value, Mapping):
            continue
        kind = dialect.types.get(value, "") if isinstance(value, str) else ""
        return kind, key
    return "", ""


def _transport(
    dialect: Dialect, kind: str, command: str, url_key: str, url: str
) -> Transport | str:
    if kind:
        return kind if kind == NOT_MCP else Transport(kind)
    if url and (not command or dialect.url_first):
        if dialect.scheme and url.startswith(("ws://", "wss://")):
            return Transport.WS
        return Transport(dialect.urls[url_key])
    return Transport.STDIO


def _untyped(dialect: Dialect, typed: bool, command: bool, url: bool) -> str:
    """Why the host ignores an entry for the lack of a type, or for having a URL at all."""
    only_url = url and not command
    if dialect.untyped == "ignored" and only_url:
        return "remote-server: the host ignores it, it starts commands only"
    if typed:
        return ""
    if dialect.untyped == "skipped" and only_url:
        return "url-without-type: the host skips it"
    if (dialect.untyped == "refused" and only_url) or (
        dialect.untyped == "required" and (command or url)
    ):
        return "type-missing: the host refuses it"
    return ""


def _switch(fields: _Fields, dialect: Dialect) -> tuple[Switch, str]:
    if dialect.switch is None:
        return Switch.YES, ""
    key, off = dialect.switch
    value = fields.raw.get(key)
    if value is None:
        return Switch.YES, ""
    if not isinstance(value, bool):
        fields.wrong.append(f"'{key}' is not true or false")
        return Switch.UNKNOWN, key
    return (Switch.NO if value is off else Switch.YES), key


def _headers(fields: _Fields, dialect: Dialect) -> dict[str, str]:
    headers: dict[str, str] = {}
    for path in reversed(dialect.headers):
        headers |= fields.mapping(path)
    if dialect.bearer and (token := fields.text(dialect.bearer)):
        headers.setdefault("Authorization", f"Bearer {token}")
    return headers


def _needs(fields: _Fields, dialect: Dialect) -> Needs:
    headers = fields.mapping(dialect.header_variables) if dialect.header_variables else {}
    if variable := fields.text(dialect.bearer_variable):
        headers["Authorization"] = variable
    return Needs(
        variables=tuple(_passed_variables(fields, dialect.variables)),
        headers=headers,
        env_file=fields.text(dialect.env_file),
        asked=tuple(
            f"keyring:{name}" for name in (fields.texts(dialect.keyring) if dialect.keyring else ())
        ),
    )


def _passed_variables(fields: _Fields, key: str) -> Iterator[str]:
    """Codex: names, or objects with a name; those of source ``remote`` are not taken from here."""
    value = fields.raw.get(key) if key else None
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item
        elif (
            isinstance(item, Mapping)
            and isinstance(name := item.get("name"), str)
            and item.get("source") != "remote"
        ):
            yield name
        elif not isinstance(item, Mapping):
            fields.wrong.append(f"'{key}' holds something that is not a name")


def _nothing_to_start(
    dialect: Dialect, spec: ServerSpec, raw: Mapping[str, Any], fields: _Fields
) -> tuple[ServerSpec, bool, bool]:
    """An entry without command and URL: spec, whether it is partial, whether it is usable."""
    if dialect.extensions:
        return replace(spec, transport=Transport.EXTENSION), False, True
    toggle = dialect.toggles and dialect.switch is not None and dialect.switch[0] in raw
    if toggle and dialect.command not in raw and not fields.wrong:
        return replace(spec, transport=Transport.UNKNOWN), True, True
    return replace(spec, transport=Transport.UNKNOWN), False, False


_CODEX_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_RESERVED = frozenset({"workspace", "claude-in-chrome", "Claude Preview"})


def _other_issues(
    host: Host,
    file: HostFile,
    dialect: Dialect,
    name: str,
    raw: Mapping[str, Any],
    spec: ServerSpec,
) -> Iterator[str]:
    """Rules of single hosts. Sources: Claude Code 2.1.330; Codex 0.169; rulesync 17.0.0."""
    for key in dialect.refused:
        if key in raw:
            yield f"the host refuses '{key}'"
    if host.id == "codex" and not set(name) <= _CODEX_NAME:
        yield "the host accepts only letters, digits, '_' and '-' in a name"
    if host.id == "claude-code" and name in _RESERVED:
        yield "the host keeps this name for itself"
    if file.id.startswith("managed-settings") and (
        spec.command or not spec.url.startswith("https://")
    ):
        yield "the host accepts only https servers in this file"
    for key in ("headersHelper", "http_headers_helper"):
        if raw.get(key):
            yield f"'{key}' is a command that prints headers; it is not run"
