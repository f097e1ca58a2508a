"""Whether two texts say the same but for times and for names that were minted anew; no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mcpx.analyses.divergence.clocks import Clocks, near_number, near_text
from mcpx.analyses.divergence.day_names import name_both_days
from mcpx.analyses.divergence.minted import UUID, alike, looks_minted, prefix
from mcpx.analyses.divergence.moments import TIME
from mcpx.analyses.divergence.renaming import Renaming

# A word may not run into a date that it is joined to: log-2026-11-23T10:00:00.
_TOKENS = re.compile(
    rf"(?P<time>(?<![0-9A-Za-z]){TIME})|(?:(?!\d{{4}}-\d\d-\d\d)[0-9A-Za-z_-])+|\d"
)
_PARTS = re.compile(rf"{UUID}|[0-9A-Za-z]+")
_EPOCH = re.compile(r"\d{10}|\d{13}|\d{16}|\d{19}")
# Fewer characters are no name that was minted.
_SHORTEST = 8
# Around what differs, so that no date is cut that stands there.
_AROUND = 100
_IN_ALL = "differs in times, names or places of the session"
# Of what differs: longer texts are different as soon as they are not equal.
_LONGEST = 1_000_000


class Agreement(StrEnum):
    """How two texts go together."""

    SAME = "same"
    VOLATILE = "volatile"  # but for times of the two sessions, and names minted in them
    OTHERWISE_NAMED = "otherwise-named"  # but for a name that stands for another one elsewhere
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Texts:
    """Compares texts of one answer; ``renaming`` learns from those that agree."""

    clocks: Clocks
    renaming: Renaming

    def agree(self, recorded: str, live: str) -> Agreement:
        """How the two go together."""
        if recorded == live:
            return Agreement.SAME
        recorded = self.renaming.placed(recorded)
        if recorded == live:
            return Agreement.VOLATILE
        if recorded in self.renaming.handles:
            # Later requests need it, whatever its looks.
            settled = self._settled([(recorded, live)])
            if not looks_minted(live):
                return Agreement.DIFFERENT
            if settled is not Agreement.VOLATILE:
                return settled
        if alike(recorded, live):
            return self._settled(_named(recorded, live))
        recorded, live = _window(recorded, live)
        if max(len(recorded), len(live)) > _LONGEST:
            return Agreement.DIFFERENT
        pairs = self._paired(recorded, live)
        return Agreement.DIFFERENT if pairs is None else self._settled(pairs)

    def why(self, recorded: str, live: str) -> str:
        """Why two texts are different, where it is for a time alone; else empty."""
        reasons: list[str] = []
        pair = _window(self.renaming.placed(recorded), live)
        if max(map(len, pair)) <= _LONGEST:
            self._paired(*pair, reasons)
        return reasons[0] if reasons else ""

    def what(self, recorded: str, live: str) -> str:
        """What two texts that are volatile differ in: a time, a name, or a place."""
        placed = self.renaming.placed(recorded)
        if placed != recorded:
            return "is at the place of the session" if placed == live else _IN_ALL
        found = {
            one["time"] is not None or bool(_EPOCH.fullmatch(one[0]))
            for one, other in zip(_TOKENS.finditer(recorded), _TOKENS.finditer(live), strict=False)
            if one[0] != other[0]
        }
        if len(found) != 1:
            return _IN_ALL
        return "is the time of the session" if found == {True} else "is named anew"

    def shape(self, text: str, is_live: bool) -> str:
        """The text with the same sign for each time and each name that is not yet known.

        What has one shape on both sides may be the same thing.
        """
        clock = self.clocks.live if is_live else self.clocks.recorded
        if len(text) > _LONGEST:
            return text
        if not is_live:
            text = self.renaming.placed(text)

        def word_sign(word: str) -> str:
            if _EPOCH.fullmatch(word) and near_number(float(word), clock):
                return "\0t"
            if is_live and self.renaming.is_live(word):
                return word
            if not is_live and self.renaming.knows(word):
                return self.renaming.live_of(word)
            if looks_minted(word):
                return f"{prefix(word)}\0n"
            if len(word) <= _SHORTEST or _PARTS.fullmatch(word):
                return word
            return _PARTS.sub(lambda part: word_sign(part[0]), word)

        def sign(found: re.Match[str]) -> str:
            if found["time"] is not None:
                return "\0t" if near_text(found[0], clock) else found[0]
            return word_sign(found[0])

        return _TOKENS.sub(sign, text)

    def _settled(self, pairs: list[tuple[str, str]]) -> Agreement:
        """Learns the names that go together, unless one of them goes with another."""
        among: dict[str, str] = {}
        back: dict[str, str] = {}
        for recorded, live in pairs:
            fits = self.renaming.may_pair(recorded, live)
            if (
                not fits
                or among.setdefault(recorded, live) != live
                or back.setdefault(live, recorded) != recorded
            ):
                return Agreement.OTHERWISE_NAMED
        for recorded, live in pairs:
            self.renaming.pair(recorded, live)
        return Agreement.VOLATILE

    def _paired(
        self, recorded: str, live: str, reasons: list[str] | None = None
    ) -> list[tuple[str, str]] | None:
        """The names that would have to go together; None where the texts are different.

        With ``reasons`` it goes on beyond times that differ, and gives why; it gives no reason
        where something else differs.
        """
        wrong: list[str] = []
        pairs: list[tuple[str, str]] = []
        at = there = 0
        others = _TOKENS.finditer(live)
        for one in _TOKENS.finditer(recorded):
            other = next(others, None)
            if other is None or recorded[at : one.start()] != live[there : other.start()]:
                return None
            at, there = one.end(), other.end()
            if one[0] == other[0]:
                continue
            if _is_colour(recorded, one):
                return None
            if (one["time"] is None) != (other["time"] is None):
                return None
            if one["time"] is not None:
                if why := self.clocks.why_not(one[0], other[0]):
                    if reasons is None:
                        return None
                    wrong.append(why)
            elif not self._words(one[0], other[0], pairs):
                return None
        if next(others, None) is not None or recorded[at:] != live[there:]:
            return None
        if reasons is not None:
            reasons += wrong
        return pairs

    def _words(self, recorded: str, live: str, pairs: list[tuple[str, str]]) -> bool:
        """Whether two words that differ may be one; adds the names in them to ``pairs``."""
        if recorded in self.renaming.handles or alike(recorded, live):
            pairs += _named(recorded, live)
            return True
        if _EPOCH.fullmatch(recorded) and _EPOCH.fullmatch(live):
            return self.clocks.both_count(float(recorded), float(live))
        if name_both_days(recorded, live, (self.clocks.recorded, self.clocks.live)):
            return True
        if _PARTS.sub("", recorded) != _PARTS.sub("", live):
            return False
        some, others = _PARTS.findall(recorded), _PARTS.findall(live)
        return len(some) == len(others) > 1 and all(
            one == other or self._words(one, other, pairs)
            for one, other in zip(some, others, strict=True)
        )


def _is_colour(text: str, found: re.Match[str]) -> bool:
    """Whether a word is a colour with its opacity, as in CSS: ``#1e90ffcc``."""
    return found.end() - found.start() == 8 and text[: found.start()].endswith("#")


def _named(recorded: str, live: str) -> list[tuple[str, str]]:
    """Two names that are for one thing, and the names within them: the UUID of ``note-UUID``."""
    parts = zip(_PARTS.findall(recorded), _PARTS.findall(live), strict=False)
    within = [(one, other) for one, other in parts if one != other and alike(one, other)]
    return [*dict.fromkeys([(recorded, live), *within])]


def _window(recorded: str, live: str) -> tuple[str, str]:
    """What is left of two texts without most of what they begin and end with alike."""
    if min(len(recorded), len(live)) <= _AROUND * 4:
        return recorded, live
    start = max(0, _common(recorded, live) - _AROUND)
    some, others = recorded[start:], live[start:]
    end = max(0, _common(some[::-1], others[::-1]) - _AROUND)
    return some[: len(some) - end], others[: len(others) - end]


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
