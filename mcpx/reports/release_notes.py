"""Changes as release notes have them: sections, and in each a line for what belongs together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.finding import Severity, listed
from mcpx.catalogue.model import Kind
from mcpx.reports.markdown import code, escaped
from mcpx.terminal import counted


class Section(StrEnum):
    """The sections of a release, in their order."""

    BREAKING = "Breaking"
    CHANGED = "Changed"
    ADDED = "Added"
    REMOVED = "Removed"
    TEXTS = "Texts"


# What the heading says already, and what is the same thing in another form.
_UNTOLD = re.compile(
    r"server-version-.*|server-major-not-bumped|.*-whitespace-changed|schema-dialect-changed"
    r"|.*-priority-changed|.*-last-modified-changed|.*-size-changed"
)
_TEXTS = re.compile(
    r"text-.*-gained|instructions-.*|server-(?:name|title|description)-.*"
    r"|.*-(?:description|title|examples|audience|icon-origin|name)-(?:added|changed|removed)"
    r"|(?:input|output)-annotation-changed|.*-title-taken"
)
_REMOVED = re.compile(
    r"tool-removed-deprecated|(?:input|output)-.*property-removed(?:-ignored)?"
    r"|(?:capability-.*|extension|prompt-argument|resource-template-variable)-removed"
)
_THINGS = r"(tool|prompt|resource|resource-template)"
_CAME = re.compile(rf"{_THINGS}-added")
_WENT = re.compile(rf"{_THINGS}-removed(?:-deprecated)?")
_RENAMED = re.compile(rf"{_THINGS}-(?:renamed|name-case-changed|uri-changed)")
_MAY_BE = re.compile(rf"{_THINGS}-possibly-renamed")

# So many things are told one by one; so many names stand in a line; so many changes of a thing.
_FEW = 8
_NAMES = 10
_MOST_MILD = 6
# Things of which each has a change of one kind are told together from so many on.
_MANY = 3
_LONGEST = 120
_LONGEST_SHOWN = 1000
_ALIKE = {
    "tool-title-added": "have a title now",
    "tool-title-changed": "have another title",
    "tool-title-removed": "have no title any more",
    "tool-description-added": "have a description now",
    "tool-description-changed": "are described in other words",
    "tool-description-removed": "have no description any more",
    "prompt-title-changed": "have another title",
    "prompt-description-changed": "are described in other words",
    "resource-title-changed": "have another title",
    "resource-description-changed": "are described in other words",
    "resource-template-title-changed": "have another title",
    "resource-template-description-changed": "are described in other words",
    "input-property-description-changed": "describe parameters in other words",
    "output-property-description-changed": "describe their output in other words",
    "input-property-title-changed": "have other titles of parameters",
    "output-property-title-changed": "have other titles of what they answer",
    "input-examples-changed": "have other examples of parameters",
    "input-annotation-changed": "have other notes on parameters",
}
_NOUNS = {Kind.TEMPLATE: "resource template"}
_PLACE = re.compile(r"(parameter|field|argument) '?([^\s:']+)'?: (.*)", re.DOTALL)
_INPUT = re.compile(r"the (?:input|output)(:) (.*)", re.DOTALL)
# What follows on the name of the thing without anything between.
_VERB = re.compile(
    r"(?:is|are|may|must|has|have|had|seems|needs?|no longer|says|takes|calls itself|declares|lists"
    r"|answered|speaks|breaks|can|comes)\b"
)
# A quoted text may be in quotes of its own.
_QUOTED = re.compile(r"(?<!\w)'('?[^']+'?)'(?!\w)")
_DECLARES = re.compile(r"((?:no longer )?declares) (\S+)")


def sections(changes: Iterable[Change]) -> dict[Section, list[str]]:
    """The lines of each section that has any, as Markdown without the marks of a list.

    A line that begins with two blanks belongs to the one before it.
    """
    told: dict[Section, list[Change]] = {}
    may_be: dict[tuple[str, str], str] = {}
    for change in changes:
        if _MAY_BE.fullmatch(change.rule.id):
            may_be[change.subject.kind, change.subject.key] = str(change.after)
        elif (section := _section_of(change)) is not None:
            told.setdefault(section, []).append(change)
    return {one: list(_lines(one, told[one], may_be)) for one in Section if one in told}


def _section_of(change: Change) -> Section | None:
    rule = change.rule
    if rule.cosmetic or _UNTOLD.fullmatch(rule.id):
        return None
    if change.severity is Severity.ERROR:
        return Section.BREAKING
    if rule.adds and rule.id.endswith(("-added", "-added-optional", "-added-query")):
        return Section.ADDED
    if _WENT.fullmatch(rule.id) or _REMOVED.fullmatch(rule.id):
        return Section.REMOVED
    return Section.TEXTS if _TEXTS.fullmatch(rule.id) else Section.CHANGED


def _lines(
    section: Section, changes: Sequence[Change], may_be: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    rest: list[Change] = []
    whole: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if any(one.fullmatch(change.rule.id) for one in (_CAME, _WENT, _RENAMED)):
            whole.setdefault((change.rule.id, change.subject.kind), []).append(change)
        else:
            rest.append(change)
    for some in whole.values():
        yield from _things(some, may_be)
    together, single = _alike(rest, section)
    yield from map(_together, together)
    single.sort(key=lambda one: (one.subject.kind == "server", one.subject))
    for subject, found in groupby(single, lambda one: one.subject):
        few = list(found)
        yield from _of_server(few) if subject.kind == "server" else _of_one(few)


def _things(changes: Sequence[Change], may_be: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Tools, prompts or resources that came, went or have another name."""
    first = changes[0]
    noun, rule = _noun(first), _rule(first)
    if _RENAMED.fullmatch(first.rule.id):
        pairs = [f"{code(str(one.before))} is {code(str(one.after))}" for one in changes]
        if len(changes) < _MANY:
            yield from (f"{noun} {one} now {rule}" for one in pairs)
        else:
            yield f"{counted(len(pairs), noun)} have other names: {', '.join(pairs)} {rule}"
        return
    came = _CAME.fullmatch(first.rule.id) is not None
    single: list[Change] = []
    for one in changes:
        keys = one.after if came else one.before
        if isinstance(keys, list) and keys:
            like = f"{counted(len(keys), noun)} like {code(str(keys[0]))}"
            yield f"{like} {rule}" if came else f"{like} are gone {rule}"
        else:
            single.append(one)
    many = counted(len(single), noun)
    if came and len(single) <= _FEW:
        for one in single:
            about = _about(one.after)
            yield f"{noun} {code(one.subject.key)}{f': {about}' if about else ''} {rule}"
    elif came:
        yield f"{many}: {_several([code(one.subject.key) for one in single])} {rule}"
    else:
        names = [code(one.subject.key) + _now(one, may_be) for one in single]
        if len(names) < _MANY:
            yield from (f"{noun} {one} is gone {rule}" for one in names)
        else:
            yield f"{many} are gone: {_several(names)} {rule}"


def _now(change: Change, may_be: Mapping[tuple[str, str], str]) -> str:
    name = may_be.get((change.subject.kind, change.subject.key))
    return f" (which may be {code(name)} now)" if name else ""


def _about(raw: Any) -> str:
    """The first sentence of what an item says of itself."""
    text = raw.get("description") if isinstance(raw, dict) else None
    if not isinstance(text, str):
        return ""
    line = re.sub(r"\s+", " ", text[: _LONGEST * 8]).strip()
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0].removesuffix(".")
    if len(sentence) > _LONGEST:
        sentence = sentence[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return _plain(sentence)


def _alike(changes: Sequence[Change], section: Section) -> tuple[list[list[Change]], list[Change]]:
    """Changes that several things have in common, word for word or in kind, and all the others."""
    groups: list[list[Change]] = []
    left = list(changes)
    keys = [(_same_words, 2)]
    if section is not Section.BREAKING:
        keys.append((_same_kind, _MANY))
    for key, least in keys:
        found: dict[tuple[str, ...], list[Change]] = {}
        for change in left:
            if change.subject.kind != "server" and change.witness is None:
                found.setdefault(key(change), []).append(change)
        many = [one for one in found.values() if len({each.subject for each in one}) >= least]
        groups += many
        told = {id(change) for some in many for change in some}
        left = [change for change in left if id(change) not in told]
    return groups, left


def _same_words(change: Change) -> tuple[str, ...]:
    return change.rule.id, change.subject.kind, change.message


def _same_kind(change: Change) -> tuple[str, ...]:
    return change.rule.id, change.subject.kind


def _together(changes: Sequence[Change]) -> str:
    first = changes[0]
    keys = list(dict.fromkeys(one.subject.key for one in changes))
    many = counted(len(keys), _noun(first))
    said = _said(first.message)
    if len({one.message for one in changes}) > 1:
        title = first.rule.title
        begin = _ALIKE.get(first.rule.id) or f": {_plain(title[:1].lower() + title[1:])}"
        begin = f"{many}{begin}" if begin.startswith(":") else f"{many} {begin}"
    elif len(keys) < _MANY:
        plural = "" if first.subject.kind == Kind.TOOL else f"{_noun(first)}s "
        both = f"{plural}{listed([code(key) for key in keys])}"
        begin = f"each of {both} {said}" if _VERB.match(first.message) else f"{both}: {said}"
        return f"{begin} {_rule(first)}"
    else:
        begin = f"each of {many} {said}" if _VERB.match(first.message) else f"{many}: {said}"
    return f"{begin}: {_several([code(key) for key in keys])} {_rule(first)}"


def _of_server(changes: Sequence[Change]) -> Iterator[str]:
    """What changed of the server as a whole; what it declares in one line for each rule."""
    declared: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        if found := _DECLARES.fullmatch(change.message):
            declared.setdefault((found[1], change.rule.id), []).append(code(found[2]))
        else:
            joint = " " if _VERB.match(change.message) else "'s "
            yield f"the server{joint}{_said(change.message)} {_rule(change)}"
    for (verb, rule), names in declared.items():
        yield f"the server {verb} {listed(names)} {code(rule)}"


def _of_one(changes: Sequence[Change]) -> Iterator[str]:
    """What changed of one thing: in its line, or in lines under it."""
    first = changes[0]
    name = code(first.subject.key)
    if first.subject.kind != Kind.TOOL:
        name = f"{_noun(first)} {name}"
    if len(changes) == 1:
        joint = " " if _VERB.match(first.message) else ": "
        yield f"{name}{joint}{_said(first.message)} {_rule(first)}"
        yield from (f"  {one}" for one in _shown(first))
        return
    yield name
    ordered = sorted(changes, key=lambda one: (one.severity.rank, one.pointer, one.rule.id))
    for place, change in enumerate(ordered):
        if place >= _MOST_MILD and change.severity is not Severity.ERROR:
            yield f"  and {counted(len(ordered) - place, 'more change')}"
            return
        yield f"  {_said(change.message)} {_rule(change)}"
        yield from (f"    {one}" for one in _shown(change))


def _shown(change: Change) -> Iterator[str]:
    """What shows that callers break: something to try."""
    witness = change.witness
    if witness is None:
        return
    value = code(json.dumps(witness.value, ensure_ascii=False)[:_LONGEST_SHOWN])
    if change.pointer.startswith("/outputSchema"):
        yield f"{value} may come now"
    else:
        why = f": {_plain(witness.told)}" if witness.told else ""
        yield f"{value} worked before{why}"


def _said(message: str) -> str:
    """A message, with what it is about and what it quotes as code: "parameter `limit` is new"."""
    if found := _PLACE.fullmatch(message):
        joint = " " if _VERB.match(found[3]) else ": "
        return f"{found[1]} {code(found[2])}{joint}{_with_code(found[3])}"
    found = _INPUT.fullmatch(message)
    if found and _VERB.match(found[2]):
        message = message[: found.start(1)] + message[found.end(1) :]
    return _with_code(message)


def _with_code(text: str) -> str:
    pieces = _QUOTED.split(text)
    return "".join(code(one) if place % 2 else _plain(one) for place, one in enumerate(pieces))


def _plain(text: str) -> str:
    """Foreign text in a sentence: within a word an underscore means nothing to Markdown."""
    return re.sub(r"(?<=[0-9A-Za-z])\\_(?=[0-9A-Za-z])", "_", escaped(text))


def _rule(change: Change) -> str:
    return code(change.rule.id)


def _noun(change: Change) -> str:
    return _NOUNS.get(Kind(change.subject.kind), change.subject.kind)


def _several(names: Sequence[str]) -> str:
    if len(names) <= _NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: _NAMES - 2])} and {len(names) - _NAMES + 2} more"
