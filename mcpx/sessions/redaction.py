"""Secrets out of what is recorded: known values wherever they stand, others by name and shape."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mcpx.servers import ServerSpec
from mcpx.sessions.events import MARKER, Masked, Message
from mcpx.sessions.json_strings import (
    Path,
    StringToken,
    places,
    pointer,
    quoted,
    spliced,
    string_tokens,
    unquoted,
)
from mcpx.sessions.known_values import ENCODED, KnownValues, of_option, values_of
from mcpx.sessions.secret_shapes import may_hold, names_secret, shapes_in
from mcpx.sessions.sieve import Sieve

POLICY = "default/1"

# Start, end, and the source, or a rule that is not numbered yet.
_Found = tuple[int, int, str]

# What the names in it are of somebody's own choice, so that a name may say that a secret follows.
_OWN = (
    *(("params", "arguments"), ("params", "inputResponses"), ("params", "data")),
    *(("params", "_meta"), ("result", "_meta"), ("result", "structuredContent")),
    *(("result", "content"), ("error", "data")),
)
# Schemas, and what describes them, are the same for everybody.
_SCHEMAS = frozenset({"inputSchema", "outputSchema", "annotations", "requestedSchema"})
# What the protocol carries through unread: replay recognises it, so it stays as it is.
_CARRIED = frozenset({"cursor", "nextCursor", "requestState", "progressToken", "taskId"})
_PROTOCOL = "io.modelcontextprotocol/"
# So many secrets are told apart in one file; of those that follow each gets a number of its own.
_MOST_NUMBERED = 100_000
_MOST_SESSIONS = 32

_KEPT_HEADERS = frozenset(
    {
        *("content-type", "last-event-id", "retry-after", "www-authenticate"),
        *("x-accel-buffering", "traceparent"),
    }
)
_SESSION_HEADER = "mcp-session-id"
_SESSION = re.compile(r"<s\d+>")
_QUERY = re.compile(r"(?P<sign>[?&])(?P<name>[^=&#]{1,200})=(?P<value>[^&#]*)")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without secrets, and where markers stand in it; of JSON text by JSON Pointers."""

    text: str
    masked: tuple[Masked, ...] = ()


class Redaction:
    """The secrets of one recording; equal ones get equal markers. Not for several threads.

    ``values`` are secrets with their sources: value -> ``env:NAME``, ``option:NAME`` or
    ``rule:NAME``. ``policy`` goes into the header of the file; without one nothing is masked.
    """

    def __init__(self, values: Mapping[str, str] | None = None, policy: str = POLICY) -> None:
        self.policy = policy
        self._values = KnownValues(values or {})
        self._sieve = Sieve(self._values)
        self._numbers: dict[bytes, int] = {}
        self._counts: dict[str, int] = {}
        self._sessions: dict[bytes, int] = {}
        # So that no digest that is kept in memory can be looked up in a table.
        self._key = os.urandom(16)

    @classmethod
    def of(
        cls,
        environment: Mapping[str, str],
        spec: ServerSpec | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Redaction:
        """What is secret for a server that is started or reached from an environment.

        ``extra`` are further values by their sources, as ``option:authorization``: what is sent
        to the server in addition.
        """
        values = values_of(environment, spec)
        for source, value in (extra or {}).items():
            kind, _, name = source.partition(":")
            if kind == "env":
                values[value] = source  # which says more than the header that it went into
            for one in of_option(name, value):
                values.setdefault(one, source)
        return cls(values)

    @classmethod
    def none(cls) -> Redaction:
        """Nothing is masked but session ids and the headers that are never kept."""
        return cls(policy="")

    def message(self, text: str) -> Redacted:
        """A message, which is valid JSON; only strings of it are replaced, each in its place."""
        if not self.policy:
            return Redacted(text)
        known, shaped = self._sieve.look(text)
        if not known and not shaped:
            return Redacted(text)
        pieces: list[tuple[int, int, str]] = []
        masked: list[Masked] = []
        renamed: dict[Path, str] = {}
        for token in string_tokens(text):
            found = self._in_token(text, token, known)
            if not found:
                continue
            raw = text[token.start : token.end]
            sources = [
                self._numbered(source, unquoted(raw)[start:end]) for start, end, source in found
            ]
            spans = list(places(raw, ((start, end) for start, end, _ in found)))
            new = spliced(
                raw,
                (
                    (start, end, quoted(MARKER.format(source))[1:-1])
                    for (start, end), source in zip(spans, sources, strict=True)
                ),
            )
            pieces.append((token.start, token.end, new))
            if token.is_name:
                renamed[token.path] = unquoted(new)
            place = pointer(_renamed(token.path, renamed))
            masked += (Masked(place, source) for source in dict.fromkeys(sources))
        if not pieces:
            return Redacted(text)
        return Redacted(spliced(text, pieces), tuple(masked))

    def _in_token(self, text: str, token: StringToken, known: bool) -> list[_Found]:
        """What is secret in one string of a message, in order and apart."""
        path = token.path[1:] if token.path and isinstance(token.path[0], int) else token.path
        if path in (("method",), ("jsonrpc",)):
            return []
        value = unquoted(text[token.start : token.end])
        found = list(self._values.spans(value)) if known else []
        if token.is_name:
            found += self._shapes(value)
        elif not _is_carried(path):
            own = _begins_own(path)
            if value and own and _named(path[own:], value):
                # By its name the whole of it; what is known of it says more.
                whole = next((one for one in found if one[1] - one[0] == len(value)), None)
                found = [whole or (0, len(value), "rule:name")]
            elif own or not _SCHEMAS.intersection(path):
                found += self._shapes(value)
        return _apart(found)

    def _shapes(self, value: str) -> Iterator[_Found]:
        if may_hold(value):
            for start, end, rule in shapes_in(value):
                yield start, end, f"rule:{rule}"

    def may_know(self, text: str) -> bool:
        """Whether a known value could be in a text of letters and digits, such as base64; quick."""
        return bool(self.policy) and self._values.may_hold(text)

    def text(self, text: str) -> Redacted:
        """A text that is no JSON: a line of stderr, a body. Its pointers are empty."""
        if not self.policy:
            return Redacted(text)
        known, shaped = self._sieve.look(text)
        if not known and not shaped:
            return Redacted(text)
        found = list(self._values.spans(text)) if known else []
        found = _apart([*found, *self._shapes(text)])
        if not found:
            return Redacted(text)
        numbered = [
            (start, end, self._numbered(source, text[start:end])) for start, end, source in found
        ]
        new = spliced(
            text, ((start, end, MARKER.format(source)) for start, end, source in numbered)
        )
        sources = dict.fromkeys(source for _, _, source in numbered)
        return Redacted(new, tuple(Masked("", source) for source in sources))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that are kept, by their names in small letters; of a session id its number.

        Kept are those that MCP defines and few others; of ``Authorization`` and cookies there is
        never anything.
        """
        kept: dict[str, str] = {}
        for given, value in headers.items():
            name = given.lower()
            if name == _SESSION_HEADER:
                kept[name] = self.session(value)
            elif name in _KEPT_HEADERS:
                kept[name] = self.text(value).text
            elif name.startswith("mcp-"):
                kept[name] = self._own_header(name, value)
        return kept

    def _own_header(self, name: str, value: str) -> str:
        if self.policy and value and names_secret(name, value):
            return MARKER.format(self._numbered("rule:name", value))
        return self.text(value).text

    def session(self, value: str) -> str:
        """What stands for a session id: ``<s1>``; the id is a secret from now on."""
        if _SESSION.fullmatch(value):
            return value
        digest = self._digest(value)
        if digest not in self._sessions:
            self._sessions[digest] = len(self._sessions) + 1
            if len(self._sessions) <= _MOST_SESSIONS and len(value) >= 8:
                self._values.add({value: "rule:session"})
                self._sieve.forget()
        return f"<s{self._sessions[digest]}>"

    def path(self, path: str) -> str:
        """The path of a request with the values of its query masked, session ids numbered."""

        def masked(match: re.Match[str]) -> str:
            name, value = match["name"], match["value"]
            if value and name.lower().replace("_", "").replace("-", "") == "sessionid":
                value = self.session(value)
            elif value and self.policy:
                value = MARKER.format(self._numbered("rule:query", value))
            return f"{match['sign']}{name}={value}"

        place, question, query = path.partition("?")
        return self.text(place).text + _QUERY.sub(masked, question + query)

    def _numbered(self, source: str, secret: str) -> str:
        """A rule with the number of this secret; the same for the same secret."""
        if source == ENCODED:
            source = f"rule:{ENCODED}"
        if not source.startswith("rule:"):
            return source
        digest = self._digest(source + "\0" + secret)
        number = self._numbers.get(digest)
        if number is None:
            number = self._counts[source] = self._counts.get(source, 0) + 1
            if len(self._numbers) < _MOST_NUMBERED:
                self._numbers[digest] = number
        return f"{source}#{number}"

    def _digest(self, text: str) -> bytes:
        octets = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(octets, key=self._key, digest_size=16).digest()


def _is_carried(path: Path) -> bool:
    """Whether a string is carried through unread: a cursor, a state."""
    if len(path) == 2:
        return path[0] in ("params", "result") and path[1] in _CARRIED
    return len(path) == 3 and path[1:] == ("_meta", "progressToken")


def _begins_own(path: Path) -> int:
    """From where on the names of a path are of somebody's own choice; 0: nowhere."""
    return 2 if path[:2] in _OWN and len(path) > 2 else 0


def _named(path: Path, value: str) -> bool:
    """Whether a name on the path to a string says that it is a secret: its own, or a list's."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return bool(name) and not name.startswith(_PROTOCOL) and names_secret(name, value)


def _apart(found: list[_Found]) -> list[_Found]:
    """Spans in order and without overlaps: what begins first, and of these the longest, holds."""
    kept: list[_Found] = []
    end = 0
    for one in sorted(found, key=lambda one: (one[0], -one[1], one[2] == ENCODED)):
        if one[0] >= end:
            kept.append(one)
            end = one[1]
        elif one[1] > end:
            # What lies beyond the end of another is masked together with it.
            kept[-1] = (kept[-1][0], one[1], ENCODED)
            end = one[1]
    return kept


def _renamed(path: Path, renamed: Mapping[Path, str]) -> Path:
    """A path as it is in the text that is written: names in it may be markers."""
    if not renamed:
        return path
    return tuple(
        renamed.get(path[: depth + 1], part) if isinstance(part, str) else part
        for depth, part in enumerate(path)
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """A message's text with the values of variables put back, and the sources that are missing."""

    text: str
    missing: tuple[str, ...] = ()


def put_back(message: Message, value_of: Callable[[str], str | None]) -> Restored:
    """A message as it was, as far as its secrets came from variables.

    ``value_of`` gives the value for a source such as ``env:GITHUB_TOKEN``, or None.
    """
    sources: dict[str, list[str]] = {}
    for one in message.masked:
        sources.setdefault(one.pointer, []).append(one.source)
    if not sources:
        return Restored(message.text)
    pieces: list[tuple[int, int, str]] = []
    missing: dict[str, None] = {}
    for token in string_tokens(message.text):
        raw = new = message.text[token.start : token.end]
        for source in sources.get(pointer(token.path), ()):
            value = value_of(source)
            if value is None:
                missing[source] = None
            else:
                new = new.replace(quoted(MARKER.format(source))[1:-1], quoted(value)[1:-1])
        if new != raw:
            pieces.append((token.start, token.end, new))
    return Restored(spliced(message.text, pieces), tuple(missing))
