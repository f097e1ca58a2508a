"""What a server says in its own words, logs and notifications of extensions, and how it changed.

No I/O.
"""

from __future__ import annotations

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
# Of what is said.
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
        about = texts.shape(_text(rest)[:_LONGEST], is_live) if rest else ""
        return Utterance(told.method, about)
    said = params.get("data")
    text = said if isinstance(said, str) else _text(said)
    about = _DIGITS.sub("#", texts.shape(text[:_LONGEST], is_live).replace("\0", "0"))
    logger, level = (params.get(name) for name in ("logger", "level"))
    return Utterance(told.method, about, _name(logger), _name(level))


def reworded(
    recorded: Collection[Utterance], live: Collection[Utterance], where: Callable[[Utterance], str]
) -> Iterator[Divergence]:
    """What is not said any more and what is new, as one where it is the same but for a part.

    So it is where the level or the logger of the same words differs, or where one is gone and one
    came of the same method and logger. ``where`` says during which interaction one was recorded.
    """
    gone = [one for one in recorded if one not in live]
    come = dict.fromkeys(one for one in live if one not in recorded)
    left = []
    for was in gone:
        now = next((one for one in come if _is(was, one)), None)
        if now is None:
            left.append(was)
            continue
        del come[now]
        if was.level != now.level:
            words = f"has the level '{now.level[:20]}', not '{was.level[:20]}'"
        else:
            words = "comes of another logger"
        yield _told(Kind.CHANGED, words + where(was), was, now)
    counts: dict[tuple[str, str], tuple[list[Utterance], list[Utterance]]]
    counts = defaultdict(lambda: ([], []))
    for side, those in enumerate((left, come)):
        for one in those:
            counts[one.method, one.logger][side].append(one)
    for was_said, now_said in counts.values():
        if len(was_said) == len(now_said) == 1:
            was, now = was_said[0], now_said[0]
            yield _told(Kind.CHANGED, f"says something else{where(was)}", was, now)
            continue
        for one in was_said:
            yield _told(Kind.MISSING, f"does not come any more{where(one)}", one, None)
        for one in now_said:
            yield _told(Kind.EXTRA, f"is not in the recording{where(one)}", None, one)


def _is(was: Utterance, now: Utterance) -> bool:
    """Whether two are the same but for the level, or but for the logger."""
    return was.method == now.method == LOG and (
        replace(was, level=now.level) == now or replace(was, logger=now.logger) == now
    )


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
