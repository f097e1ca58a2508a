"""Secrets out of what is recorded: known values wherever they stand, others by name and shape."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mcpx.masking import is_secret_name
from mcpx.servers import ServerSpec
from mcpx.sessions.events import MARKER, Masked
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
from mcpx.sessions.known_values import (
    ENCODED,
    KnownValues,
    of_option,
    values_of,
    values_of_head,
)
from mcpx.sessions.secret_shapes import may_hold, names_secret, shapes_in
from mcpx.sessions.sieve import Sieve
from mcpx.wire import SESSION_HEADER

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
# Methods of the protocol: they stay whatever somebody chose for a password.
_METHOD = re.compile(
    r"initialize|ping|(?:notifications|tools|resources|prompts|completion|logging|sampling"
    r"|elicitation|roots|tasks|server|subscriptions)(?:/[A-Za-z_]{1,24}){1,3}"
)
_PROTOCOL = "io.modelcontextprotocol/"
# Members that hold the name of a value, and the value.
_NAME_NAMES = ("name", "key", "header", "variable")
_VALUE_NAMES = ("value", "values")
# What is in the names of lists of pairs.
_OF_LISTS = ("header", "env", "cookie")
_LONGEST_NAME = 200
# So many secrets are told apart in one file; of those that follow each gets a number of its own.
_MOST_NUMBERED = 100_000
# So many of those that came over HTTP are looked for: those that came last.
_MOST_LEARNT = 64

_KEPT_HEADERS = frozenset(
    {
        *("content-type", "last-event-id", "retry-after", "www-authenticate"),
        *("x-accel-buffering", "traceparent"),
    }
)
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
        # What came over HTTP, the latest last.
        self._learnt: dict[str, None] = {}
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

    def is_harmless(self, messages: str) -> bool:
        """Whether nothing is masked in any of some messages; quick, and errs only by saying no."""
        return not self.policy or not any(self._sieve.look(messages))

    def message(self, text: str) -> Redacted:
        """A message, which is valid JSON; only strings of it are replaced, each in its place.

        Numbers stay whatever they are called: a marker would be of another type.
        """
        if not self.policy:
            return Redacted(text)
        known, shaped = self._sieve.look(text)
        if not known and not shaped:
            return Redacted(text)
        pieces: list[tuple[int, int, str]] = []
        masked: list[Masked] = []
        renamed: dict[Path, str] = {}
        names = _names_beside(text) if shaped else {}
        for token in string_tokens(text):
            found = self._in_token(text, token, known, names)
            if not found:
                continue
            raw = text[token.start : token.end]
            value = unquoted(raw)
            sources = [self._numbered(source, value[start:end]) for start, end, source in found]
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

    def _in_token(
        self, text: str, token: StringToken, known: bool, names: Mapping[Path, str]
    ) -> list[_Found]:
        """What is secret in one string of a message, in order and apart."""
        path = token.path[1:] if token.path and isinstance(token.path[0], int) else token.path
        value = unquoted(text[token.start : token.end])
        if path == ("method",) and _METHOD.fullmatch(value):
            return []
        found = list(self._values.spans(value)) if known else []
        if path in (("method",), ("jsonrpc",)):
            return _apart(found)
        if token.is_name:
            found += self._shapes(value)
        elif not _is_carried(path):
            own = _begins_own(path)
            if value and own and _named(path[own:], value, names.get(token.path)):
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
            if name == SESSION_HEADER:
                kept[name] = self.session(value)
            elif name in _KEPT_HEADERS:
                kept[name] = self.text(value).text
            elif name.startswith("mcp-"):
                kept[name] = self._own_header(name, value)
        return kept

    def _own_header(self, name: str, value: str) -> str:
        if self.policy and value and names_secret(name, value):
            source = self._values.source(value) or "rule:name"
            return MARKER.format(self._numbered(source, value))
        return self.text(value).text

    def session(self, value: str) -> str:
        """What stands for a session id: ``<s1>``; the id is a secret from now on."""
        if _SESSION.fullmatch(value):
            return value
        digest = self._digest(value)
        if digest not in self._sessions:
            self._sessions[digest] = len(self._sessions) + 1
        if len(value) >= 8:
            self._learn({value: "rule:session"})
        return f"<s{self._sessions[digest]}>"

    def learn(self, path: str, headers: Mapping[str, str]) -> None:
        """Take note of the secrets in the head of an HTTP request or answer: they may come back.

        Credentials, cookies, and what stands under the name of a secret; as ``rule:header``,
        ``rule:cookie`` and ``rule:query``. To be told of before anything that may repeat them.
        """
        if self.policy:
            named = {name.lower(): value for name, value in headers.items()}
            unkept = {
                name: value
                for name, value in named.items()
                if name not in _KEPT_HEADERS and name != SESSION_HEADER
            }
            query = _QUERY.sub(
                lambda one: one["sign"] if _is_session(one["name"]) else one[0], path
            )
            self._learn(values_of_head(query, unkept))

    def _learn(self, values: Mapping[str, str]) -> None:
        new: dict[str, str] = {}
        for value, source in values.items():
            if value in self._learnt:
                del self._learnt[value]
            elif value in self._values:
                continue
            else:
                new[value] = source
            self._learnt[value] = None
        if new:
            old = list(self._learnt)[:-_MOST_LEARNT]
            for value in old:
                del self._learnt[value]
            self._values.change(new, old)
            self._sieve.forget()

    def path(self, path: str) -> str:
        """The path of a request with the values of its query masked, session ids numbered."""

        def masked(match: re.Match[str]) -> str:
            name, value = match["name"], match["value"]
            if value and _is_session(name):
                value = self.session(value)
            elif value and self.policy:
                source = self._values.source(value) or "rule:query"
                value = MARKER.format(self._numbered(source, value))
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


def _is_session(parameter: str) -> bool:
    """Whether a parameter of a URL is the id of a session."""
    return parameter.lower().replace("_", "").replace("-", "") == "sessionid"


def _is_carried(path: Path) -> bool:
    """Whether a string is carried through unread: a cursor, a state."""
    if len(path) == 2:
        return path[0] in ("params", "result") and path[1] in _CARRIED
    return len(path) == 3 and path[1:] == ("_meta", "progressToken")


def _begins_own(path: Path) -> int:
    """From where on the names of a path are of somebody's own choice; 0: nowhere."""
    return 2 if path[:2] in _OWN and len(path) > 2 else 0


def _named(path: Path, value: str, beside: str | None) -> bool:
    """Whether a name says that a string is a secret: that of its member, or of its list.

    Of a member that is called "value" it is the name that stands beside it, or that of the whole.
    """
    if beside and names_secret(beside, value):
        return True
    names = (part for part in reversed(path) if isinstance(part, str))
    name = next(names, "")
    if name.lower() in _VALUE_NAMES:
        name = next(names, "")
    return bool(name) and not name.startswith(_PROTOCOL) and names_secret(name, value)


def _names_beside(text: str) -> dict[Path, str]:
    """The names of values that stand beside them, by the paths of the values.

    ``{"name": "Authorization", "value": "..."}`` and ``["Authorization", "..."]``: so environments,
    headers and cookies are written as lists.
    """
    small = text.lower()
    pairs = '"value' in small
    if not pairs and not any(map(small.__contains__, _OF_LISTS)):
        return {}
    found: dict[Path, str] = {}
    for token in string_tokens(text):
        *outer, last = token.path or ("",)
        if token.is_name:
            continue
        if isinstance(last, str):
            if pairs and last.lower() in _NAME_NAMES:
                name = unquoted(text[token.start : token.end])
                if _may_name(name):
                    found |= {(*outer, one): name for one in _spellings(last)}
        elif last % 2 == 0 and _is_list_of_names(outer, last):
            name = unquoted(text[token.start : token.end])
            if _may_name(name):
                found[(*outer, last + 1)] = name
    return found


def _may_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and is_secret_name(name)


def _spellings(name: str) -> tuple[str, ...]:
    """How the member beside one that is called "name" or "Name" is called."""
    return ("Value", "Values") if name[0].isupper() else ("value", "values")


def _is_list_of_names(outer: list[str | int], last: int) -> bool:
    """Whether names and values alternate in a list: a pair of a list of headers, or raw ones."""
    if not outer:
        return False
    name = outer[-1]
    if isinstance(name, str):
        return name.lower().replace("_", "") == "rawheaders"
    of = outer[-2] if len(outer) > 1 else ""
    return last == 0 and isinstance(of, str) and any(map(of.lower().__contains__, _OF_LISTS))


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
