"""What changed in one prompt and in its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.members import member_changes, other_change, text_changes
from mcpx.analyses.diff.pairing import equal_first
from mcpx.analyses.diff.prompt_rules import PROMPT_CHANGES, PROMPT_MEMBERS
from mcpx.analyses.diff.values import member, pointer, quoted
from mcpx.analyses.finding import Severity, Subject
from mcpx.analyses.spelling import canonical_name
from mcpx.analyses.wording import words
from mcpx.catalogue.model import Item, Kind

_RULES = {rule.id: rule for rule in PROMPT_CHANGES}
_OTHER = _RULES["prompt-argument-member-changed"]
_SURE = 0.75
# So many arguments that went and came are compared with each other.
_MOST = 20
_LONGEST = 300

# An argument and its place in the list.
_Argument = tuple[int, Mapping[str, Any]]
_Arguments = Mapping[str, Sequence[_Argument]]


def prompt_changes(server: str, old: Item, new: Item) -> Iterator[Change]:
    """Changes of a prompt that is in both catalogues, under one name or another."""
    subject = Subject(Kind.PROMPT, new.key, server)
    yield from member_changes(subject, old, new, PROMPT_MEMBERS, ("name", "arguments"))
    before, after = member(old.raw, "arguments"), member(new.raw, "arguments")
    was, now = _arguments(before), _arguments(after)
    if not was and not now:
        other = PROMPT_MEMBERS.other
        yield from other_change(subject, ("arguments",), before, after, other)
        return
    renamed = dict(_renamed(was, now))
    for name, had in was.items():
        if name in now:
            pairs, gone, come = equal_first(had, now[name], lambda one: one[1])
            for (_, argument), (at, changed) in pairs:
                yield from _argument_changes(subject, at, argument, changed)
            yield from (_gone(subject, name, one, "one of several arguments") for one in gone)
            yield from (_come(subject, name, one, "one more argument") for one in come)
        elif name in renamed:
            yield from _renaming(subject, name, renamed[name], was, now)
        else:
            yield _gone(subject, name, had[0])
    taken = {new for new, _ in renamed.values()}
    for name, has in now.items():
        if name not in was and name not in taken:
            yield _come(subject, name, max(has, key=lambda one: _required(one[1])))
    order = [name for name in was if name in now]
    if order != [name for name in now if name in was]:
        rule, message = _RULES["prompt-argument-reordered"], "arguments stand in another order"
        yield Change(rule, subject, message, "/arguments", [*was], [*now])


def _arguments(value: Any) -> _Arguments:
    """The arguments of each name."""
    found: dict[str, list[_Argument]] = {}
    for place, argument in enumerate(value if isinstance(value, list) else ()):
        name = member(argument, "name")
        if isinstance(name, str):
            found.setdefault(name, []).append((place, argument))
    return found


def _gone(subject: Subject, name: str, one: _Argument, noun: str = "argument") -> Change:
    message = f"{noun} {quoted(name)} is gone"
    place = pointer("arguments", one[0])
    return Change(_RULES["prompt-argument-removed"], subject, message, place, one[1], ABSENT)


def _come(subject: Subject, name: str, one: _Argument, noun: str = "argument") -> Change:
    needed = _required(one[1])
    rule = _RULES[f"prompt-argument-added-{'required' if needed else 'optional'}"]
    message = f"{'needs' if needed else 'takes'} {noun} {quoted(name)}"
    return Change(rule, subject, message, pointer("arguments", one[0]), ABSENT, one[1])


def _required(argument: Mapping[str, Any]) -> bool:
    return argument.get("required") is True


def _argument_changes(
    subject: Subject, place: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    path = ("arguments", place)
    name = quoted(str(new.get("name", "")))
    was, now = _required(old), _required(new)
    before, after = member(old, "required"), member(new, "required")
    if was is not now:
        rule = _RULES[f"prompt-argument-became-{'required' if now else 'optional'}"]
        message = f"argument {name} is {'required' if now else 'optional'} now"
        yield Change(rule, subject, message, pointer(*path, "required"), before, after)
    else:
        yield from other_change(subject, (*path, "required"), before, after, _OTHER)
    for key in ("title", "description"):
        rule = _RULES[f"prompt-argument-{key}-changed"]
        texts, ways = (member(old, key), member(new, key)), (rule, rule, rule)
        said = f"argument {name}: {key}"
        yield from text_changes(subject, (*path, key), *texts, ways, None, _OTHER, said)
    for key in sorted({*old, *new} - {"name", "required", "title", "description"}):
        yield from other_change(subject, (*path, key), member(old, key), member(new, key), _OTHER)


def _renaming(
    subject: Subject, name: str, to: tuple[str, float], was: _Arguments, now: _Arguments
) -> Iterator[Change]:
    new, confidence = to
    (_, before), (place, after) = was[name][0], now[new][0]
    needed = _required(before) or _required(after)
    yield Change(
        _RULES["prompt-argument-renamed"],
        subject,
        f"argument {quoted(name)} is {quoted(new)} now",
        pointer("arguments", place, "name"),
        name,
        new,
        given=None if needed else Severity.WARNING,
        confidence=confidence,
    )
    yield from _argument_changes(subject, place, before, after)


def _renamed(was: _Arguments, now: _Arguments) -> Iterator[tuple[str, tuple[str, float]]]:
    """Old name, new name and confidence of each argument that is likely to be the same one."""
    gone = [name for name in was if name not in now][:_MOST]
    come = [name for name in now if name not in was][:_MOST]
    scores = sorted(
        ((_score(was[one][0][1], now[other][0][1]), one, other) for one in gone for other in come),
        key=lambda found: (-found[0], found[1:]),
    )
    taken: set[str] = set()
    for score, one, other in scores:
        if score < _SURE:
            break
        rivals = [
            found
            for found, first, second in scores
            if (first == one) is not (second == other) and found >= score
        ]
        if not rivals and one not in taken and other not in taken:
            taken |= {one, other}
            yield one, (other, round(score, 2))


def _score(old: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    """1 for the same name spelt otherwise; else by description, words of the name, and need."""
    one, other = (str(argument.get("name"))[:_LONGEST] for argument in (old, new))
    if canonical_name(one) == canonical_name(other):
        return 1.0
    said, says = (argument.get("description") for argument in (old, new))
    alike = 0.0
    if isinstance(said, str) and isinstance(says, str) and said and says:
        alike = SequenceMatcher(
            None, words(said[:_LONGEST]), words(says[:_LONGEST]), autojunk=False
        ).ratio()
    names = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return 0.6 * alike + 0.3 * names + 0.1 * (_required(old) is _required(new))
