"""Comparing two JSON values place by place; no I/O."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mcpx.analyses.diff.values import same
from mcpx.analyses.divergence.alignment import Run, equal_ends, reordered, steps
from mcpx.analyses.divergence.blobs import as_texts, described, is_reference, stands_for
from mcpx.analyses.divergence.clocks import near_number
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.minted import alike
from mcpx.analyses.divergence.texts import Agreement, Texts
from mcpx.catalogue.canonical import canonical_text
from mcpx.json_text import JsonTextError, Repeating, parse_json
from mcpx.schemas.walk import escape

# Of one interaction: differences that are told, and volatile ones.
MOST = 500
# Levels that are told apart; what is deeper is the same or not.
_DEEPEST = 100
# Texts in texts in texts.
_DEEPEST_TEXT = 3
_LONGEST_TEXT = 8_000_000
# Items of two lists whose order is looked at; in longer ones each is compared by its place.
_MOST_ITEMS = 10_000
# Members that hold base64. Source: specification 2026-07-28, schema (ImageContent, AudioContent,
# BlobResourceContents).
_BLOBS = ("/data", "/blob")
_IN_A_BLOCK = re.compile(r"/contents?/\d+/(?:resource/)?(?:data|blob)|/messages/\d+/content/data")
# Members that hold what is made of content, or chosen: it differs where that does.
_OF_CONTENT = re.compile(
    r"(?i:/oid|sha-?(?:1|256|384|512)?|md5|digest|checksum|hash|etag|commit|revision|serial"
    r"|fingerprint|colou?r)s?(?:/\d+)?\Z",
    re.ASCII,
)
# Lists of blocks, to which one may be added without a change of the others.
_BLOCKS = ("/content", "/contents")
# A list whose order is what it says. Source: specification 2026-07-28, server/prompts.
_CONVERSATION = "/messages"
_TYPES = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
_NAMED = {
    Agreement.OTHERWISE_NAMED: "names another one than it named before",
    Agreement.DIFFERENT: "is another text",
}


class Values:
    """What differs between two values: ``found``, at most ``MOST``, and as many volatile ones.

    ``hides`` says of a place that what stands there does not count; it is still told, but items
    of lists go together whatever they have there.
    """

    def __init__(self, texts: Texts, hides: Callable[[str], bool] | None = None) -> None:
        self.found: list[Divergence] = []
        self._texts = texts
        self._hides = hides
        self._volatile = 0
        self._told = 0

    def compare(self, recorded: Any, live: Any, pointer: str = "") -> None:
        """Compare what stands at a place."""
        self._compare(recorded, live, pointer, 0, 0)

    def tell(self, kind: Kind, pointer: str, message: str, recorded: Any, live: Any) -> None:
        """One more difference; those beyond the most are told as one."""
        if kind is Kind.VOLATILE:
            self._volatile += 1
            if self._volatile > MOST:
                return
        else:
            self._told += 1
            if self._told == MOST + 1:
                self.found.append(Divergence(Kind.CHANGED, "more differs than is told"))
            if self._told > MOST:
                return
        self.found.append(Divergence(kind, message, pointer, recorded, live))

    def _compare(self, recorded: Any, live: Any, pointer: str, depth: int, within: int) -> None:
        """``depth`` counts levels, ``within`` the texts that this is in."""
        if recorded is live or self._told > MOST:
            return
        if isinstance(recorded, str) and isinstance(live, str):
            if recorded == live:
                self._texts.renaming.keep(recorded)
            else:
                self._strings(recorded, live, pointer, depth, within)
        elif depth > _DEEPEST:
            if not same(recorded, live):
                self.tell(Kind.CHANGED, pointer, "differs somewhere below", recorded, live)
        elif isinstance(recorded, dict) and isinstance(live, dict):
            self._objects(recorded, live, pointer, depth, within)
        elif isinstance(recorded, list) and isinstance(live, list):
            self._lists(recorded, live, pointer, depth, within)
        elif _is_number(recorded) and _is_number(live):
            if recorded != live:
                self._numbers(recorded, live, pointer)
        elif type(recorded) is not type(live):
            if not stands_for(recorded, live):
                message = f"is {_type(live)}, not {_type(recorded)}"
                self.tell(Kind.CHANGED, pointer, message, recorded, live)
        elif recorded != live:
            self.tell(Kind.CHANGED, pointer, "is another value", recorded, live)

    def _strings(self, recorded: str, live: str, pointer: str, depth: int, within: int) -> None:
        if within < _DEEPEST_TEXT and (pair := _as_json(recorded, live)) is not None:
            self._compare(*pair, pointer, depth + 1, within + 1)
            return
        if pointer.endswith(_BLOBS) and (blobs := described(recorded, live)) is not None:
            if blobs[0] == blobs[1]:
                return
            if within < _DEEPEST_TEXT and (texts := as_texts(recorded, live)) is not None:
                self._compare(*texts, pointer, depth + 1, within + 1)
            else:
                self.tell(Kind.CHANGED, pointer, "holds other bytes", *blobs)
            return
        if not within and _IN_A_BLOCK.fullmatch(pointer):
            self.tell(Kind.CHANGED, pointer, "holds other bytes", recorded, live)
            return
        if _OF_CONTENT.search(pointer) and alike(recorded, live):
            self.tell(Kind.CHANGED, pointer, "is another value", recorded, live)
            return
        agreement = self._texts.agree(recorded, live)
        if agreement is Agreement.VOLATILE:
            self.tell(Kind.VOLATILE, pointer, self._texts.what(recorded, live), recorded, live)
        elif agreement is not Agreement.SAME:
            why = self._texts.why(recorded, live) if agreement is Agreement.DIFFERENT else ""
            self.tell(Kind.CHANGED, pointer, why or _NAMED[agreement], recorded, live)

    def _numbers(self, recorded: float, live: float, pointer: str) -> None:
        if _countable(recorded, live) and self._texts.clocks.both_count(recorded, live):
            self.tell(Kind.VOLATILE, pointer, "is the time of the session", recorded, live)
        else:
            why = ""
            if _countable(recorded, live):
                why = self._texts.clocks.why_not_count(recorded, live)
            self.tell(Kind.CHANGED, pointer, why or "is another number", recorded, live)

    def _objects(
        self, recorded: dict[str, Any], live: dict[str, Any], pointer: str, depth: int, within: int
    ) -> None:
        if isinstance(recorded, Repeating) or isinstance(live, Repeating):
            if recorded != live:
                message = "differs, and gives a key more than once"
                self.tell(Kind.CHANGED, pointer, message, recorded, live)
            return
        if is_reference(recorded) and is_reference(live):
            if not same(recorded, live):
                self.tell(Kind.CHANGED, pointer, "holds other bytes", recorded, live)
            return
        gone = [key for key in recorded if key not in live]
        come = [key for key in live if key not in recorded]
        renamed = self._keys(gone, come) if gone and come else {}
        taken = set(renamed.values())
        for key, one in recorded.items():
            place = f"{pointer}/{escape(key)}"
            if key in live:
                self._compare(one, live[key], place, depth + 1, within)
            elif key in renamed:
                other = renamed[key]
                message = "is called otherwise, by a time or a name of the session"
                self.tell(Kind.VOLATILE, place, message, key, other)
                self._compare(one, live[other], place, depth + 1, within)
            else:
                self.tell(Kind.CHANGED, place, "is missing", one, ABSENT)
        for key in come:
            if key not in taken:
                self.tell(Kind.ADDED, f"{pointer}/{escape(key)}", "is new", ABSENT, live[key])

    def _keys(self, gone: Sequence[str], come: Sequence[str]) -> dict[str, str]:
        """Keys that are one but for times and minted names; those that come first go together."""
        waiting: dict[str, list[str]] = defaultdict(list)
        for key in reversed(come):
            waiting[self._texts.shape(key, True)].append(key)
        found = {}
        for key in gone:
            others = waiting.get(self._texts.shape(key, False))
            if others and self._texts.agree(key, others[-1]) is Agreement.VOLATILE:
                found[key] = others.pop()
        return found

    def _lists(
        self, recorded: list[Any], live: list[Any], pointer: str, depth: int, within: int
    ) -> None:
        head, tail = equal_ends(recorded, live)
        self._texts.renaming.keep([*recorded[:head], *recorded[len(recorded) - tail :]])
        some = range(head, len(recorded) - tail)
        others = range(head, len(live) - tail)
        if len(some) == len(others) == 1 or max(len(some), len(others)) > _MOST_ITEMS:
            together: list[Run] = [(some, others)]
        else:
            was = [self._shape(recorded[at], f"{pointer}/{at}", False) for at in some]
            now = [self._shape(live[at], f"{pointer}/{at}", True) for at in others]
            if was != now and Counter(was) == Counter(now):
                kind = Kind.CHANGED if _has_order(recorded, pointer) else Kind.ORDER
                self.tell(kind, pointer, "is in another order", recorded, live)
                together = list(reordered(some, others, was, now))
            else:
                together = list(steps(some, others, was, now))
        for places, there in together:
            for place, other in zip(places, there, strict=False):
                self._compare(recorded[place], live[other], f"{pointer}/{place}", depth + 1, within)
            pairs = min(len(places), len(there))
            self._gone(recorded, places[pairs:], pointer)
            self._come(live, there[pairs:], pointer)

    def _gone(self, recorded: list[Any], places: Iterable[int], pointer: str) -> None:
        for place in places:
            self.tell(Kind.CHANGED, f"{pointer}/{place}", "is missing", recorded[place], ABSENT)

    def _come(self, live: list[Any], places: Iterable[int], pointer: str) -> None:
        # A block beside the others takes nothing from them; one more item of a list is its length.
        kind = Kind.ADDED if pointer in _BLOCKS else Kind.CHANGED
        for place in places:
            self.tell(kind, f"{pointer}/{place}", "is new", ABSENT, live[place])

    def _shape(self, value: Any, pointer: str, is_live: bool) -> str:
        """A text that two values have in common when they differ in volatile things alone."""
        try:
            return canonical_text(self._signed(value, pointer, is_live, _DEEPEST))
        except ValueError:  # no number that JSON has
            return repr(value)

    def _signed(self, value: Any, pointer: str, is_live: bool, deepest: int) -> Any:
        if self._hides is not None and self._hides(pointer):
            return "\0h"
        if isinstance(value, str):
            return self._texts.shape(value, is_live)
        if _is_number(value):
            clocks = self._texts.clocks
            clock = clocks.live if is_live else clocks.recorded
            near = _countable(value, value) and near_number(value, clock)
            return "\0t" if near else value
        if not deepest:
            return value
        if isinstance(value, dict):
            return {
                self._texts.shape(key, is_live): self._signed(
                    one, f"{pointer}/{escape(key)}", is_live, deepest - 1
                )
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [
                self._signed(one, f"{pointer}/{at}", is_live, deepest - 1)
                for at, one in enumerate(value)
            ]
        return value


# Makes what compares two values of the answers at hand.
Comparer = Callable[[], Values]


def _has_order(items: list[Any], pointer: str) -> bool:
    """Whether the order of a list says something: a conversation, a pair of numbers."""
    return pointer == _CONVERSATION or all(map(_is_number, items))


def _as_json(recorded: str, live: str) -> tuple[Any, Any] | None:
    """Two texts as JSON, where both are an object or a list."""
    if max(len(recorded), len(live)) > _LONGEST_TEXT:
        return None
    for text in (recorded, live):
        if text.lstrip()[:1] not in ("{", "["):
            return None
    try:
        return parse_json(recorded), parse_json(live)
    except JsonTextError:
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _countable(*values: float) -> bool:
    """Whether these can be counts since 1970; Python has integers that no float holds."""
    return all(1e9 <= one < 1e19 for one in values)


def _type(value: Any) -> str:
    return "a number" if _is_number(value) else _TYPES.get(type(value), "another value")
