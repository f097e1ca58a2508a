"""Mentions: what a server's texts say of the tools of other servers."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from mcpx.analyses.finding import Severity
from mcpx.analyses.passages import Part, Passage
from mcpx.analyses.text_patterns import Sign, quoted
from mcpx.catalogue.model import Catalogue

_PROSE = Part.PROSE
# Of tools that one text mentions, so many are told, those it gives orders about first.
_MOST_TOLD = 20
# How far around a mention its sentence is looked for.
_REACH = 300


class Names:
    """The tools of all servers, by name; there is nothing to find while one is alone."""

    def __init__(self, members: Sequence[tuple[str, Catalogue]]) -> None:
        # Name without what hosts and people vary in it -> name -> servers.
        self._tools: dict[str, dict[str, set[str]]] = {}
        # As bytes, in which texts are searched several times as fast.
        compound: set[bytes] = set()
        qualified: set[bytes] = set()
        for server, catalogue in members if len(members) > 1 else ():
            for tool in catalogue.tools:
                name = tool.key
                bare = _bare(name)
                self._tools.setdefault(bare, {}).setdefault(name, set()).add(server)
                if _COMPOUND.fullmatch(name):
                    compound.add(bare.encode())
                if "." in name and bare.isascii() and bare.isalnum():
                    qualified.add(bare.encode())
        self._compound, self._qualified = frozenset(compound), frozenset(qualified)

    def signs(self, server: str, found: Sequence[Passage]) -> Iterator[Sign]:
        """Mentions of tools of others in the texts of one item, which are as a model reads them."""
        if not self._tools:
            return
        prose = [one for one in found if one.part is _PROSE]
        # One look at all, because most mention none.
        if not self._perhaps("\n".join([one.text for one in prose])):
            return
        own = {_bare(one.text) for one in found if one.part is not _PROSE}
        for one in prose:
            if self._perhaps(one.text):
                yield from self._of(server, one, own)

    def _perhaps(self, text: str) -> bool:
        """Whether a text may mention a tool; if not, it does not."""
        plain = text.encode("ascii", "replace")
        if b"__" in plain:
            plain = plain.replace(b"__", b" ")
        if not self._compound.isdisjoint(plain.translate(_TO_WORDS, b"-_").split()):
            return True
        dotted = self._qualified and _DOTTED.search(plain)
        if dotted and not self._qualified.isdisjoint(plain.translate(_TO_PATHS, b"-_.").split()):
            return True
        if b" tool" in plain or b" function" in plain:
            return any(_bare(_called(said)) in self._tools for said in _NAMED.findall(text))
        return False

    def _of(self, server: str, one: Passage, own: set[str]) -> Iterator[Sign]:
        text = one.text
        meant = [
            (name, at, servers)
            for name, at in self._mentioned(text)
            if (servers := self._servers(name)) and server not in servers
        ]
        if not meant:
            return
        ends = [match.end() for match in _END.finditer(text)]
        orders = [match.start() for match in _ORDER.finditer(text)]
        uses = [match.start() for match in _USE.finditer(text)]
        told: dict[str, Sign] = {}
        for name, at, servers in meant:
            known = told.get(_bare(name))
            if known is not None and known.severity is None:
                continue
            place = bisect_right(ends, at)
            first = max(ends[place - 1] if place else 0, at - _REACH)
            last = min(ends[place] if place < len(ends) else len(text), at + _REACH)
            ordered = _any_within(orders, first, last)
            # What is called like a value or a parameter of its own is one, unless used as a tool.
            if _bare(name) in own and not (ordered and _any_within(uses, first, last)):
                continue
            if known is None or ordered:
                what = "gives orders about" if ordered else "mentions"
                words = f"{what} {quoted(name)} of {min(servers)}"
                severity = None if ordered else Severity.INFO
                told[_bare(name)] = Sign("text-shadowing", one.path, words, severity)
        some = sorted(told.values(), key=lambda sign: (sign.severity is not None, sign.words))
        yield from some[:_MOST_TOLD]

    def _mentioned(self, text: str) -> Iterator[tuple[str, int]]:
        """Words by which a tool may be meant, where it is plain that one is, and their places."""
        for match in _WORD.finditer(text):
            word = match[0]
            if "." in word and _bare(word).encode() in self._qualified:
                yield word, match.start()
                continue
            # As hosts name tools: mail__send_email, mcp__mail__send_email.
            for part in word.rpartition("__")[2].split("."):
                bare = _bare(part)
                if bare.encode() not in self._compound or not _COMPOUND.fullmatch(part):
                    continue
                # With hyphens, many are words of the language: text-to-speech.
                if "-" not in part or part in self._tools[bare]:
                    yield part, match.start()
        for match in _NAMED.finditer(text):
            yield _called(match[0]), match.start()

    def _servers(self, name: str) -> set[str]:
        """The servers with a tool of this name, else with one that differs in case and signs."""
        by_name = self._tools.get(_bare(name), {})
        return by_name.get(name) or set().union(*by_name.values())


def _bare(name: str) -> str:
    return name.lower().translate(_TO_BARE)


def _called(said: str) -> str:
    """What a tool is called in words such as ``'add' tool``."""
    return said.rpartition(" ")[0].strip("`'\"")


def _any_within(places: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(places, first)
    return at < len(places) and places[at] < last


_COMPOUND = re.compile(
    r"[A-Za-z0-9]++(?:_[A-Za-z0-9]++)++|(?:[A-Za-z0-9]++-){2,8}[A-Za-z0-9]++"
    r"|[a-z][a-z0-9]*+[A-Z][A-Za-z0-9]*+"
)
_WORD = re.compile(r"[A-Za-z0-9]++(?:[._-]{1,2}[A-Za-z0-9]++)*+")
_NAMED = re.compile(
    r"(?:[`'\"][\w-]{2,64}[`'\"]|(?<![\w-])[A-Za-z0-9]{2,30}-[A-Za-z0-9]{2,30}) (?:tool|function)\b"
)
_SIGNS = b"`'\"()[]{}<>,:;!?*/=|\\"
_UPPER, _LOWER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
_TO_BARE = str.maketrans("", "", "-_.")
_TO_PATHS = bytes.maketrans(_SIGNS + _UPPER, b" " * len(_SIGNS) + _LOWER)
_TO_WORDS = bytes.maketrans(_SIGNS + b"." + _UPPER, b" " * (len(_SIGNS) + 1) + _LOWER)
_DOTTED = re.compile(rb"\.(?<=[A-Za-z0-9]\.)[A-Za-z]")
_END = re.compile(r"[.!] |\n\n")
_ORDER = re.compile(
    r"\b(?:must|should|always|never|before|after|when(?:ever)?|instead|ignore|do not|don't|replace"
    r"|override|rather|first|change|redirect|if)\b",
    re.IGNORECASE,
)
_USE = re.compile(r"\b(?:tool|function|call(?:s|ed|ing)?|invok(?:e|es|ed|ing))\b", re.IGNORECASE)
