"""Values that are known to be secret, each with its source, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from urllib.parse import unquote, unquote_plus

from mcpx.escapes import forms
from mcpx.masking import is_secret_name, mask_text, secrets_of
from mcpx.servers import ServerSpec
from mcpx.sessions.secret_shapes import is_placeholder, may_hold, names_secret, shapes_in
from mcpx.value_search import CUT, ValueSearch

# Where a value was not found as it is but encoded, or together with others.
ENCODED = "encoded"
_RUN = re.compile("[A-Za-z0-9]+")
_FEWEST_IN_RUN = 3
_AUTHOR = re.compile("author(?!i[sz])", re.IGNORECASE)
# Numbers and places are no secrets, even when a variable is called SSH_AUTH_SOCK.
_NUMBER_OR_PLACE = re.compile(r"[0-9.:]+|(?:[~.]{0,2}[/\\]|[A-Za-z]:[\\/])[\w.@ \\/-]*|[\w.-]+:\d+")
# Words are secrets only of what is called so, not of AUTH_METHOD or COOKIE_DOMAIN.
_WORD = re.compile("[A-Za-z]{1,12}")
_SAYS_SECRET = re.compile(
    r"(?:token|secret|passw(?:or)?d|passwd|passphrase|pwd|key|pass|pat|credential)s?$",
    re.IGNORECASE,
)
# Of what was not declared to be secret, less could be anything, as an ordinal or a choice.
_FEWEST_SENT = 6
_FEWEST_DIGITS = 8
# Names of cookies by which somebody is recognised.
_OF_SOMEBODY = re.compile("sess|sid|auth|tok|jwt|[cx]srf|login|user|remember", re.IGNORECASE)
_CHOICE = re.compile("[A-Za-z]?[a-z]{0,11}")
# Several cookies of one header; a date has a comma too.
_COOKIES = re.compile(r",\s*(?=[\w!#$%&'*+.^`|~-]+=)")


def values_of(environment: Mapping[str, str], spec: ServerSpec | None) -> dict[str, str]:
    """The secrets of an environment and of a definition: value -> source.

    ``env:NAME`` stands for the whole of a variable, so that it can be put back;
    ``option:NAME`` for a header, and ``rule:NAME`` for a part of something else.
    """
    found: dict[str, str] = {}
    declared = dict(spec.env) if spec else {}
    for name, value in declared.items():
        for one in secrets_of(ServerSpec(name="", env={name: value})):
            found.setdefault(one, f"env:{name}" if one == value else f"rule:in-{name}")
    for name, value in environment.items():
        if name not in declared:
            for one in _of_variable(name, value):
                found.setdefault(one, f"env:{name}" if one == value else f"rule:in-{name}")
    if spec:
        for name, value in spec.headers.items():
            for one in of_option(name, value):
                found.setdefault(one, f"option:{name.lower()}")
        for one in secrets_of(spec):
            found.setdefault(one, "rule:definition")
    return found


def of_option(name: str, value: str) -> set[str]:
    """What is secret in the value of a header: all of it, its credentials, what these hold."""
    return secrets_of(ServerSpec(name="", headers={name: value}, secrets=(value,)))


def _of_variable(name: str, value: str) -> Iterator[str]:
    """The secrets in a variable that was not declared for a server: it may be for anybody."""
    secret = is_secret_name(_AUTHOR.sub("", name)) and not (
        _NUMBER_OR_PLACE.fullmatch(value)
        or (_WORD.fullmatch(value) and not _SAYS_SECRET.search(name))
    )
    if secret or mask_text(value) != value:
        for one in secrets_of(ServerSpec(name="", env={name: value})):
            if one != value or secret or mask_text(value) != value:
                yield one


def values_of_head(path: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The secrets in the head of an HTTP request, or of its answer: value -> source.

    Each may come back where it has neither its name nor a shape. ``path`` has its query; the names
    of ``headers`` are in small letters. Numbers, places and plain words are none.
    """
    found = dict.fromkeys(_of_query(path), "rule:query")
    for name, value in headers.items():
        if name in ("cookie", "set-cookie"):
            found |= dict.fromkeys(_of_cookies(name, value), "rule:cookie")
    # Credentials last, for what is learnt last is kept longest.
    for name, value in headers.items():
        if name not in ("cookie", "set-cookie") and not name.endswith("-authenticate"):
            found |= dict.fromkeys(_of_header(name, value), "rule:header")
    return found


def _of_query(path: str) -> Iterator[str]:
    for pair in re.split("[&;]", path.partition("?")[2]):
        name, _, value = pair.partition("=")
        if value and names_secret(unquote(name), value):
            yield from _telling(name, (value, unquote(value), unquote_plus(value)))


def _of_cookies(name: str, header: str) -> Iterator[str]:
    for line in _COOKIES.split(header):
        # What follows a cookie that is set says for whom it is.
        for pair in line.split(";")[: 1 if name == "set-cookie" else None]:
            cookie, _, value = pair.strip().partition("=")
            value = value.strip().strip('"')
            somebody = _OF_SOMEBODY.search(cookie) or names_secret(cookie, value)
            if somebody or not (_CHOICE.fullmatch(value) or _NUMBER_OR_PLACE.fullmatch(value)):
                yield from _telling("token", (value, unquote(value)))


def _of_header(name: str, value: str) -> Iterator[str]:
    if names_secret(name, value):
        whole = secrets_of(ServerSpec(name="", headers={name: value}))
        yield from _telling("token" if name.endswith("authorization") else name, whole)
    if may_hold(value):
        parts = (value[start:end] for start, end, _ in shapes_in(value))
        yield from _telling(name, parts)


def _telling(name: str, values: Iterable[str]) -> Iterator[str]:
    """Those of the values that cannot be mistaken for anything else."""
    for value in values:
        least = _FEWEST_DIGITS if value.isdecimal() else _FEWEST_SENT
        is_filled_in = any(map(str.isdigit, value)) or not is_placeholder(value)
        if len(value.strip()) < least or not is_filled_in:
            continue
        if _SAYS_SECRET.search(name) or not _says_nothing(value):
            yield value


def _says_nothing(value: str) -> bool:
    """Whether a value is a number, a place or a word."""
    return bool(_NUMBER_OR_PLACE.fullmatch(value) or _WORD.fullmatch(value))


class KnownValues:
    """Some secrets; looking for them is quick in a text that holds none."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources: dict[str, str] = {}
        self._search: ValueSearch | None = None
        self._cores_of: dict[str, tuple[str, ...]] = {}
        self._cores: tuple[str, ...] = ()
        # Whether there is one that nothing can be told of at a glance.
        self._has_odd = False
        # Whether a value may be in a text of digits alone.
        self.of_digits = False
        self.change(sources)

    def change(self, more: Mapping[str, str], no_more: Iterable[str] = ()) -> None:
        """Look for these values too (value -> source; its first holds), and no more for others."""
        self._sources = {**more, **self._sources}
        for value in no_more:
            del self._sources[value]
        self._cores_of = {
            value: self._cores_of.get(value) or _cores(value) for value in self._sources
        }
        self._cores = tuple(dict.fromkeys(chain.from_iterable(self._cores_of.values())))
        self._has_odd = not all(self._cores_of.values())
        self.of_digits = self._has_odd or any(map(str.isdigit, self._cores))
        self._search = None

    def __bool__(self) -> bool:
        return bool(self._sources)

    def __contains__(self, value: str) -> bool:
        return value in self._sources

    def source(self, value: str) -> str | None:
        """Where a value came from; None for one that is not known."""
        return self._sources.get(value)

    def may_hold(self, text: str) -> bool:
        """Whether a value could be in the text as it is or encoded as a whole; quick."""
        return self._has_odd or any(map(text.__contains__, self._cores))

    def may_be_encoded(self, text: str) -> bool:
        """Whether a value could be in the text with some of its letters escaped, or cut; quick."""
        if not self._sources:
            return False
        if "%" in text or "&#" in text:
            return True
        if "\\" in text and ("\\u" in text or "\\x" in text or "\\U" in text):
            return True
        return not text.isascii() and CUT in text

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where the values stand: start, end, and the source of the value, or ``ENCODED``."""
        if not self._sources:
            return
        if self._search is None:
            # This takes far longer than to look at most texts, and few need it.
            self._search = ValueSearch(self._sources)
        for start, end in self._search.spans(text):
            yield start, end, self._sources.get(text[start:end], ENCODED)


def _cores(value: str) -> tuple[str, ...]:
    """What of each form of a value has to be in a text that holds it; nothing: not known."""
    cores: list[str] = []
    for form in sorted(set(forms(value)), key=len):
        # A form with a core of another in it says nothing more than that one does.
        if not any(core in form for core in cores):
            core = max(_RUN.findall(form), key=len, default="")
            if len(core) < _FEWEST_IN_RUN:
                return ()
            cores.append(core)
    return tuple(cores)
