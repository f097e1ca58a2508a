"""What is not as it was pinned: a diff as a lock sees it, and what a diff does not look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.lock_meaning import as_meant, by_turn, plain_item
from mcpx.analyses.diff.lock_rules import LOCK_RULES
from mcpx.analyses.diff.values import called, member, pointer, quoted, same
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.locked import LockedItem, LockedServer
from mcpx.catalogue.model import Kind
from mcpx.json_text import Repeating

_RULES = {rule.id: rule for rule in LOCK_RULES}
# Fails with the protocol version that it goes with.
_WITH_VERSION = "task-support-field-dropped-with-protocol"
_MOST_PLACES = 3
_LONGEST = 40
_LEAD = 12


def lock_changes(old: LockedServer, new: LockedServer, told: Sequence[Change]) -> Iterator[Change]:
    """All that differs between what is pinned (``old``) and what is served.

    ``told`` is what a diff of the two tells, the new one ``as_meant`` by the old. As a lock sees
    it, what breaks callers, is new, or is read by a model or a person is an error, and anything
    else a warning. What differs and is not told is told last, then what means the same.
    """
    meant = as_meant(old, new)
    found = [*_untold_of_server(old, meant, told), *_untold_of_items(old, meant, told)]
    doubted = {change.subject for change in found}
    for change in told:
        # That it means the same is not enough where more than that differs.
        if not (change.rule.cosmetic and change.subject in doubted):
            yield _as_pinned(change)
    yield from _launch(old, new)
    yield from _taken(old, new)
    yield from found
    yield from _respelt(new, meant)


def missing(server: str, typed: str) -> Change:
    """The change that a server is checked which nobody has pinned."""
    subject = Subject("server", "", server)
    message = f"{server} is not in the lock"
    return Change(_RULES["lock-missing-server"], subject, message, "", ABSENT, typed)


def untold(server: str) -> Change:
    """The change that something differs, and nobody can say what."""
    subject = Subject("server", "", server)
    return Change(_RULES["lock-digest-differs"], subject, "it is not what was pinned")


def passes(changes: Sequence[Change]) -> bool:
    """Whether a lock lets the changes pass: all of them are cosmetic."""
    return all(change.rule.cosmetic for change in changes)


def is_as_pinned(old: LockedServer, new: LockedServer) -> bool:
    """Whether nothing at all differs, beside how the server was named."""
    return _print(old) == _print(new)


def _print(server: LockedServer) -> tuple[Any, ...]:
    return (
        canonical_text([dict(server.target), sorted(server.offered), sorted(server.supported)]),
        canonical_text([server.era, server.version, server.server_info, server.capabilities]),
        server.instructions,
        [(kind, [(one.key, one.digest) for one in server.items(kind)]) for kind in Kind],
    )


def _as_pinned(change: Change) -> Change:
    rule = change.rule
    if rule.cosmetic:
        return change
    least = Severity.ERROR if rule.trust or rule.adds else Severity.WARNING
    return change if change.severity.at_least(least) else replace(change, given=least)


def _launch(old: LockedServer, new: LockedServer) -> Iterator[Change]:
    """What differs in how the server is started or reached, member by member."""
    rule, subject = _RULES["lock-launch-changed"], Subject("server", "", new.server)
    for name in sorted({*old.target, *new.target}):
        before, after = member(old.target, name), member(new.target, name)
        if same(before, after):
            continue
        path: tuple[str | int, ...] = ("target", name)
        what, one, other = name, before, after
        if isinstance(before, list) and isinstance(after, list):
            place = _first_other(before, after)
            one, other = (_at(some, place) for some in (before, after))
            what = f"{_WORDS.get(name, name)} {place + 1}"
            path = (*path, place)
        message = f"launch: {what} is {_instead(one, other)}"
        yield Change(rule, subject, message, pointer(*path), before, after)


_WORDS = {"args": "argument", "env": "variable", "headers": "header"}


def _first_other(before: Sequence[Any], after: Sequence[Any]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next(
        (at for at, (one, other) in pairs if not same(one, other)), min(len(before), len(after))
    )


def _at(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else ABSENT


def _taken(old: LockedServer, new: LockedServer) -> Iterator[Change]:
    subject = Subject("server", "", new.server)
    if old.era is not new.era:
        was, now = ("none" if one is None else one.value for one in (old.era, new.era))
        message = f"asked in era {now}, and pinned in era {was}"
        yield Change(_RULES["lock-era-changed"], subject, message, "/era", was, now)
    before, after = sorted(old.offered), sorted(new.offered)
    if before != after:
        message = f"client capabilities: {listed(after) or 'none'} instead of "
        message += _short(listed(before)) or "none"
        rule = _RULES["lock-context-changed"]
        yield Change(rule, subject, message, "/offered", before, after)


def _short(text: str) -> str:
    return quoted(text, 60)[1:-1]


def _untold_of_server(
    old: LockedServer, new: LockedServer, told: Sequence[Change]
) -> Iterator[Change]:
    """What differs in the server itself where nothing that is told of it can be meant."""
    subject = Subject("server", "", new.server)
    mine = [one for one in told if one.subject.kind == "server"]
    for name, before, after in (
        ("version", old.version, new.version),
        ("supported", sorted(old.supported), sorted(new.supported)),
        ("server_info", old.server_info, new.server_info),
        ("capabilities", old.capabilities, new.capabilities),
        ("instructions", old.instructions, new.instructions),
    ):
        if canonical_text(before) != canonical_text(after):
            about = [one for one in mine if _within(f"/{name}", one.pointer)]
            yield from _untold(subject, {name: before}, {name: after}, about)


def _untold_of_items(
    old: LockedServer, new: LockedServer, told: Sequence[Change]
) -> Iterator[Change]:
    for kind in Kind:
        mine = [one for one in told if one.subject.kind == kind.value]
        was, now = (Counter(one.key for one in some.items(kind)) for some in (old, new))
        if was != now and passes(mine):
            others = sorted({key for key in {*was, *now} if was[key] != now[key]})
            what = f"the list of {kind.plural} is another: {_short(listed(others))}"
            subject = Subject(kind.value, others[0], new.server)
            yield Change(_RULES["lock-digest-differs"], subject, what, "", [*was], [*now])
        for key, pinned, served in _pairs(kind, old, new):
            about = [one for one in mine if one.subject.key == key]
            sides = plain_item(pinned.item), plain_item(served.item)
            yield from _untold(Subject(kind.value, key, new.server), *sides, about)


def _pairs(
    kind: Kind, old: LockedServer, new: LockedServer
) -> Iterator[tuple[str, LockedItem, LockedItem]]:
    """Items of one key on both sides that differ."""
    before = dict(by_turn(old.items(kind)))
    for place, item in by_turn(new.items(kind)):
        pinned = before.get(place)
        if pinned is not None and pinned.digest != item.digest:
            yield item.key, pinned, item


def _untold(
    subject: Subject, old: Mapping[str, Any], new: Mapping[str, Any], about: Sequence[Change]
) -> Iterator[Change]:
    """The first place in which two values differ, unless a change tells more than a spelling."""
    if not passes(about):
        return
    covered = [one.pointer for one in about if one.rule.id == _WITH_VERSION]
    for place, before, after in _differences(old, new):
        if not any(_within(one, place) or _within(place, one) for one in covered):
            message = f"{_short(place) or 'it'} differs: {_instead(before, after)}"
            yield Change(_RULES["lock-digest-differs"], subject, message, place, before, after)
            return


def _respelt(served: LockedServer, meant: LockedServer) -> Iterator[Change]:
    """Each thing that is written in another way than was pinned, and means the same."""
    subject = Subject("server", "", served.server)
    texts: list[tuple[Subject, Any, Any]] = [
        (subject, {name: getattr(meant, name)}, {name: getattr(served, name)})
        for name in ("server_info", "capabilities", "instructions")
    ]
    texts += [
        (Subject(kind.value, key, served.server), pinned.item.raw, item.item.raw)
        for kind in Kind
        for key, pinned, item in _pairs(kind, meant, served)
    ]
    for subject, before, after in texts:
        places = list(_differences(before, after))
        if places:
            names = [_short(place) for place, _, _ in places[:_MOST_PLACES]]
            more = len(places) - len(names)
            told = listed([*names, f"{more} more"] if more else names)
            message = f"written in another way, means the same: {told}"
            yield Change(_RULES["lock-respelt"], subject, message, *places[0])


def _within(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")


def _instead(before: Any, after: Any) -> str:
    """``X instead of Y``, so that one can be told from the other."""
    one, other = called(before), called(after)
    if isinstance(before, str) and isinstance(after, str) and before != after:
        if normalize("NFKC", one) != normalize("NFKC", other) and (one + other).isprintable():
            return f"{other} instead of {one}"
        return _other_text(before, after)
    return f"another {_KINDS[type(after)]}" if one == other else f"{other} instead of {one}"


_KINDS: Mapping[type, str] = {dict: "object", list: "list", int: "number", float: "number"}


def _other_text(before: str, after: str) -> str:
    """Where two texts begin to differ, what cannot be seen or told apart by code point."""
    pairs = enumerate(zip(before, after, strict=False))
    shorter = min(len(before), len(after))
    place = next((at for at, (one, other) in pairs if one != other), shorter)
    one, other = (text[max(place - _LEAD, 0) :][:_LONGEST] for text in (before, after))
    looks = [normalize("NFKC", quoted(text)) for text in (one, other)]
    if place and looks[0] != looks[1] and (one + other).isprintable():
        return f"from character {place + 1} on {quoted(other)} instead of {quoted(one)}"
    points = [
        f"U+{ord(text[place]):04X}" if place < len(text) else "its end" for text in (before, after)
    ]
    return f"character {place + 1} is {points[1]} instead of {points[0]}"


def _differences(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The innermost places where two values differ: (JSON Pointer, before, after)."""
    waiting: list[tuple[str, Any, Any]] = [("", old, new)]
    while waiting:
        place, before, after = waiting.pop()
        if _is_object(before, after):
            keys = sorted({*_keys(before), *_keys(after)}, reverse=True)
            waiting += [
                (f"{place}{pointer(key)}", member(before, key), member(after, key)) for key in keys
            ]
            if keys or before is not ABSENT is not after:
                continue
        if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            pairs = [*enumerate(zip(before, after, strict=True))]
            waiting += [(f"{place}/{at}", *both) for at, both in reversed(pairs)]
            continue
        if before is ABSENT or after is ABSENT or canonical_text(before) != canonical_text(after):
            yield place, before, after


def _is_object(before: Any, after: Any) -> bool:
    """Whether there is an object on one side or both, and nothing else."""
    there = [one for one in (before, after) if one is not ABSENT]
    return bool(there) and all(
        isinstance(one, dict) and not isinstance(one, Repeating) for one in there
    )


def _keys(value: Any) -> Sequence[str]:
    return list(value) if isinstance(value, dict) else ()
