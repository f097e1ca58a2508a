"""Values that are known to be secret, each with its source, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mcpx.escapes import forms
from mcpx.masking import is_secret_name, mask_text, secrets_of
from mcpx.servers import ServerSpec
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


class KnownValues:
    """Some secrets; looking for them is quick in a text that holds none."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources: dict[str, str] = {}
        self._search: ValueSearch | None = None
        self._cores: tuple[str, ...] | None = ()
        # Whether a value may be in a text of digits alone.
        self.of_digits = False
        self.add(sources)

    def add(self, sources: Mapping[str, str]) -> None:
        """Look for these values too: value -> source; the first source of a value holds."""
        self._sources = {**sources, **self._sources}
        if self._sources:
            self._search = ValueSearch(self._sources)
            self._cores = _cores(self._sources)
            self.of_digits = self._cores is None or any(map(str.isdigit, self._cores))

    def __bool__(self) -> bool:
        return bool(self._sources)

    def may_hold(self, text: str) -> bool:
        """Whether a value could be in the text as it is or encoded as a whole; quick."""
        if self._cores is None:
            return True
        return any(map(text.__contains__, self._cores))

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
        if self._search is not None:
            for start, end in self._search.spans(text):
                yield start, end, self._sources.get(text[start:end], ENCODED)


def _cores(values: Mapping[str, str]) -> tuple[str, ...] | None:
    """What of each form of each value has to be in a text that holds it; None: not known."""
    cores: list[str] = []
    for form in sorted({form for value in values for form in forms(value)}, key=len):
        # A form with a core of another in it says nothing more than that one does.
        if not any(core in form for core in cores):
            core = max(_RUN.findall(form), key=len, default="")
            if len(core) < _FEWEST_IN_RUN:
                return None
            cores.append(core)
    return tuple(cores)
