"""Whether a text needs a closer look for secrets, told by its words: most are seen again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mcpx.sessions.known_values import KnownValues
from mcpx.sessions.secret_shapes import may_hold, may_hold_url

# All but letters, digits and what joins them in names and tokens is white space.
_WORDS = bytes(
    octet if octet < 128 and (chr(octet).isalnum() or chr(octet) in "_-") else 32
    for octet in range(256)
)
_BETWEEN = re.compile("[^A-Za-z0-9_-]")
# Characters of a text that are taken apart at a time, so that large ones take little memory.
_AT_ONCE = 1 << 16
_MOST_WORDS = 20_000
_LONGEST_WORD = 64


class Suspicion(NamedTuple):
    """What a closer look may find: known values, and what has the shape of a secret."""

    known: bool
    shaped: bool


_NOTHING = Suspicion(known=False, shaped=False)


class Sieve:
    """Lets through what holds no secret; it remembers words that are part of none.

    It errs only by asking for a closer look. The text may be that of a JSON message, with its
    quotes and escapes.
    """

    def __init__(self, known: KnownValues) -> None:
        self._known = known
        self._harmless: set[bytes] = set()

    def look(self, text: str) -> Suspicion:
        """What a closer look may find in a text."""
        known = shaped = False
        for part in (text,) if len(text) <= _AT_ONCE else _parts(text):
            found = self._words(part)
            known, shaped = known or found.known, shaped or found.shaped
        if "\\u" in text:
            # Letters may be written as numbers.
            return Suspicion(bool(self._known), True)
        return Suspicion(
            known or self._known.may_be_encoded(text),
            shaped or ("://" in text and may_hold_url(text)),
        )

    def _words(self, text: str) -> Suspicion:
        """What the words of a text tell."""
        words = set(text.encode("utf-8", "surrogatepass").translate(_WORDS).split())
        new = words - self._harmless
        if new and not self._known.of_digits:
            # Nearly every message has an id of its own.
            new = {word for word in new if not word.isdigit()}
        if not new:
            return _NOTHING
        joined = b'"%b"' % b'"'.join(new)
        read = joined.decode()
        found = Suspicion(self._known.may_hold(read), may_hold(read))
        if found == _NOTHING:
            self._remember(new)
        return found

    def _remember(self, words: set[bytes]) -> None:
        if len(self._harmless) > _MOST_WORDS:
            self._harmless.clear()
        self._harmless.update(word for word in words if len(word) <= _LONGEST_WORD)

    def forget(self) -> None:
        """To be told when there are more values to be known."""
        self._harmless.clear()


def _parts(text: str) -> Iterator[str]:
    """A text in parts, none of which ends within a word."""
    at = 0
    while at < len(text):
        between = _BETWEEN.search(text, at + _AT_ONCE)
        end = between.start() if between else len(text)
        yield text[at:end]
        at = end
