"""What a tool says that it does: the class of its verb, the thing, and one or many of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mcpx.analyses.wording import singular, stem


class Number(StrEnum):
    """Whether a tool speaks of one thing or of many."""

    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Action:
    """What a tool says that it does: ``get_user_tasks`` reads many tasks.

    ``verb`` is a class of verbs, or the word itself when no class has it; ``thing`` is the stem of
    what the verb acts on, with the word before it when alone it says little (``order status``);
    ``kinds`` are the stems of what else the name says of the thing: here ``user``.
    """

    verb: str
    number: Number
    thing: str
    kinds: frozenset[str]


def action(name: Sequence[str], sentence: Sequence[str], own: Collection[str] = ()) -> Action:
    """What a tool does, by the words of its name and of its description's first sentence.

    ``own`` are stems of words of the server's own name: they are no things unless nothing else is.
    """
    at = verb_place(name)
    verb = _verb(name, sentence, at)
    # A list that is read is many things; one that is made or removed is a thing.
    no_things = _NO_THINGS if verb == "read" else _NO_THINGS - _LISTS
    rest = name if at is None else [*name[:at], *name[at + 1 :]]
    said = sentence[1:] if sentence and verb_class(sentence[0]) else ()
    everything = _things(rest, no_things)
    things = (
        [word for word in everything if stem(word) not in own]
        or _things(said, no_things)
        or everything
        or list(rest)
    )
    if len(things) == 1 and stem(things[0]) in _ASPECTS:
        things = everything or things
    place = _head(things)
    thing = stem(things[place]) if things else ""
    if thing in _ASPECTS and place:
        thing = f"{stem(things[place - 1])} {thing}"
    many = not _MANY.isdisjoint(name) or (bool(things) and singular(things[place]) != things[place])
    number = Number.MANY if many else Number.ONE
    kinds = frozenset(map(stem, things)).difference(thing.split())
    return Action(verb, number, thing, kinds)


def verb_place(name: Sequence[str]) -> int | None:
    """Where the verb of a name stands: first, as a word that is only a verb, last, anywhere."""
    known = [place for place, word in enumerate(name) if word in _VERBS]
    if not known or known[0] == 0:
        return known[0] if known else None
    plain = [place for place in known if name[place] not in NOUN_LIKE]
    return plain[0] if plain else known[-1] if known[-1] == len(name) - 1 else known[0]


def _verb(name: Sequence[str], sentence: Sequence[str], at: int | None) -> str:
    if at is not None:
        # To add to or remove from something is not to make or to destroy.
        verb, turn = _PARTLY.get(name[at], ("", ""))
        return verb if turn in name[at + 1 :] else _VERBS[name[at]]
    said = verb_class(sentence[0]) if sentence else None
    return said or (stem(name[0]) if name else "")


def verb_class(word: str) -> str | None:
    """The class of verbs that a word belongs to: ``fetches`` reads."""
    return _VERBS.get(word) or _VERBS.get(singular(word)) or _VERBS.get(word.removesuffix("es"))


def _things(phrase: Sequence[str], no_things: Collection[str]) -> list[str]:
    """The words of a phrase that name things, before it turns to how, whereby or what for."""
    turn = next((place for place, word in enumerate(phrase) if place and word in _TURNS), None)
    return [word for word in phrase[:turn] if word not in no_things and not word.isdigit()]


def _head(things: Sequence[str]) -> int:
    """Where the thing itself stands: a plural ends its phrase in English, else the last word."""
    for place, word in enumerate(things):
        if singular(word) != word:
            return place
    last = len(things) - 1
    # As in "tasks completed".
    return last - 1 if last > 0 and things[last].endswith("ed") else max(last, 0)


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs that ask for the same thing, by the class that stands for them.
_CLASSES = {
    "read": "get list read show fetch retrieve view describe display enumerate",
    "search": "search find query lookup discover",
    "create": "create add new insert make register generate build",
    "update": "update edit modify change set patch configure",
    "delete": "delete remove destroy erase clear drop purge",
    "execute": "execute exec run invoke eval trigger",
    "check": "check validate verify test",
    "complete": "complete finish close",
    "send": "send post publish",
    "write": "write save store",
    "calculate": "calculate compute estimate",
    "analyse": "analyze analyse inspect assess",
    "convert": "convert transform",
    "extract": "extract scrape crawl parse",
    "start": "start launch begin",
    "stop": "stop cancel terminate abort kill",
    "move": "move transfer",
    "copy": "copy clone duplicate",
    "upload": "upload import",
    "download": "download export",
}
_VERBS = {verb: name for name, verbs in _CLASSES.items() for verb in verbs.split()}
_PARTLY = {"add": ("attach", "to"), "remove": ("detach", "from")}
# As often nouns: ``delete_post`` deletes, ``user_list`` reads.
NOUN_LIKE = _table(
    "list show view display search query lookup new set post store test check change patch run"
    " trigger estimate start transfer copy clone drop import export build register complete close"
    " download upload make move transform"
)
# What follows says how, whereby or what for.
_TURNS = _table("by for from in on with of to via as using within into at per and or")
# Words that say nothing of which tool is meant.
EMPTY = _TURNS | _table(
    "a an the this that these those its their your it is are be been was which who can will not no"
    " if when how what also you use used such based tool mcp api server id ids uuid key"
    " all any each every given specific specified particular single multiple one more various"
    " provided new existing batch bulk"
)
# Words that name no thing of their own: the details of a video are about one video.
DETAILS = _table("detail details info information data content contents list lists")
# What a thing is like, never the thing.
_QUALITIES = _table(
    "current latest recent active available top popular trending random custom default simple"
    " advanced historical live daily hourly weekly monthly"
)
_NO_THINGS = EMPTY | DETAILS | _QUALITIES
# Sides of a thing that every thing has: an order's status is no other than with its order.
_ASPECTS = frozenset(
    map(
        stem,
        _table(
            "status history summary count statistic report type state name value url list"
            " setting option config result version metadata"
        ),
    )
)
_LISTS = _table("list lists")
_MANY = _LISTS | _table("all every multiple batch bulk")
