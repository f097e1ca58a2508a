"""What a server says in its own words, logs and notifications of extensions, and how it changed.

No I/O.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Told
from mcpx.analyses.divergence.texts import Texts
from mcpx.catalogue.canonical import canonical_text

LOG = "notifications/message"
_DIGITS = re.compile(r"\b\w*\d\w*")
# Of what is said; the rest of a log does not count, that of others by its digest.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said: of a log its level, its logger and its words but for numbers.

    Of another notification ``about`` is all that it has with it.
    """

    method: str
    about: str
    logger: str = ""
    level: str = ""

    @property
    def value(self) -> dict[str, str]:
        """It as JSON, without what is empty."""
        said = {"method": self.method, "level": self.level, "logger": self.logger}
        said["about"] = self.about.replace("\0n", "…").replace("\0t", "…")
        return {name: one for name, one in said.items() if one}


def uttered(told: Told, texts: Texts, is_live: bool) -> Utterance:
    """What a notification says, with one sign for times and for names that may be others live."""
    params = told.params
    if told.method != LOG:
        rest = {name: one for name, one in params.items() if name != "_meta"}
        about = texts.shape(_text(rest), is_live) if rest else ""
        if len(about) > _LONGEST:
            digest = hashlib.sha256(about.encode(errors="surrogatepass")).hexdigest()
            about = f"{about[:_LONGEST]}… (sha256:{digest})"
        return Utterance(told.method, about)
    said = params.get("data")
    text = said if isinstance(said, str) else _text(said)
    about = _DIGITS.sub("#", texts.shape(text[:_LONGEST], is_live).replace("\0", "0"))
    logger, level = (params.get(name) for name in ("logger", "level"))
    return Utterance(told.method, about, _name(logger), _name(level))


def reworded(
    recorded: Collection[Utterance],
    live: Collection[Utterance],
    where: Callable[[Utterance], str],
    excused: Callable[[Utterance], bool],
) -> Iterator[Divergence]:
    """What is not said any more and what is new, as one where it is the same but for a part.

    So it is where the level or the logger of the same words differs, or where one is gone and one
    came of the same method and logger. ``where`` says during which interaction one came,
    ``excused`` which of the recording are not missed.
    """
    come = dict.fromkeys(one for one in live if one not in recorded)
    like = _Like(come)
    sides: dict[tuple[str, str], tuple[list[Utterance], list[Utterance]]]
    sides = defaultdict(lambda: ([], []))
    for was in recorded:
        if was in live:
            continue
        now = like.taken(was)
        if now is None:
            sides[was.method, was.logger][0].append(was)
            continue
        words = "comes of another logger"
        if was.level != now.level:
            words = f"has the level '{now.level[:20]}', not '{was.level[:20]}'"
        yield _told(Kind.CHANGED, words + where(was), was, now)
    for one in come:
        sides[one.method, one.logger][1].append(one)
    for gone, new in sides.values():
        if len(gone) == len(new) == 1:
            yield _told(Kind.CHANGED, f"says something else{where(gone[0])}", gone[0], new[0])
            continue
        for one in gone:
            if not excused(one):
                yield _told(Kind.MISSING, f"does not come any more{where(one)}", one, None)
        for one in new:
            yield _told(Kind.EXTRA, f"is not in the recording{where(one)}", None, one)


class _Like:
    """Finds logs of the same words that differ in their level alone, or in their logger."""

    def __init__(self, come: dict[Utterance, None]) -> None:
        self._come = come
        self._waiting: dict[Utterance, list[Utterance]] = defaultdict(list)
        for one in reversed(come):
            for part in _parts(one):
                self._waiting[part].append(one)

    def taken(self, was: Utterance) -> Utterance | None:
        """The first that is still there; it is taken out of those that came."""
        for part in _parts(was):
            waiting = self._waiting.get(part, [])
            while waiting:
                now = waiting.pop()
                if now in self._come:
                    del self._come[now]
                    return now
        return None


def _parts(one: Utterance) -> tuple[Utterance, ...]:
    """A log without its level, and without its logger."""
    if one.method != LOG:
        return ()
    return replace(one, level="\0any"), replace(one, logger="\0any")


def _told(kind: Kind, words: str, was: Utterance | None, now: Utterance | None) -> Divergence:
    one = was or now
    assert one is not None
    first, second = (ABSENT if side is None else side.value for side in (was, now))
    severity = "warning" if one.method == LOG else ""
    return Divergence(kind, f"{one.method[:60]} {words}", "", first, second, severity=severity)


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


def _text(value: object) -> str:
    try:
        return canonical_text(value)
    except ValueError:
        return repr(value)
