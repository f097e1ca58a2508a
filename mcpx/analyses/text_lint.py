"""Text lint: what in the texts of catalogues is not for the person who uses them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from mcpx.analyses.finding import Finding, Severity, Subject
from mcpx.analyses.folding import FEWEST_APART, as_read, in_words, set_apart, together
from mcpx.analyses.mentions import Names
from mcpx.analyses.moves import ENOUGH, INSTRUCTION, PREFERENCE, SECRECY
from mcpx.analyses.odd_characters import imitates, is_plain, odd_characters
from mcpx.analyses.passages import Part, Passage, item_passages, server_passages
from mcpx.analyses.phrases import Phrase, phrases, split
from mcpx.analyses.suspicious_parameters import asks_for
from mcpx.analyses.text_patterns import LONG, LONGEST_SHOWN, Sign, pattern_signs, quoted
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.catalogue.model import Catalogue, Kind

_RULES = {rule.id: rule for rule in TEXT_RULES}
# Looked up once: the members of an enum are slow to reach.
_PARAMETER = Part.PARAMETER


def text_findings(members: Sequence[tuple[str, Catalogue]]) -> Iterator[Finding]:
    """What is wrong with the texts of servers that meet, by their keys; rules: ``TEXT_RULES``.

    One finding for each rule and item; its subject is the item, or the server (with no key) for
    its names and instructions. It is another one, with another fingerprint, as soon as a text that
    brought it about is.
    """
    named = Names(members)
    for server, catalogue in members:
        for kind, key, found in _texts(catalogue):
            read = _as_read(found)
            signs: dict[str, list[Sign]] = {}
            for sign in chain(_signs(found, read), named.signs(server, read)):
                signs.setdefault(sign.rule, []).append(sign)
            for rule, some in signs.items():
                yield _finding(Subject(kind, key, server), rule, some, found)


def _texts(catalogue: Catalogue) -> Iterator[tuple[str, str, list[Passage]]]:
    yield "server", "", server_passages(catalogue)
    for kind in Kind:
        for item in catalogue.items(kind):
            yield kind.value, item.key, item_passages(item)


def _finding(
    subject: Subject, rule: str, signs: Sequence[Sign], found: Sequence[Passage]
) -> Finding:
    severities = [one.severity or _RULES[rule].severity for one in signs]
    worst = min(severities, key=lambda one: one.rank)
    first = signs[severities.index(worst)]
    about = f"{subject.kind} {quoted(subject.key)}, " if subject.key else ""
    where = f"{subject.server}: {about}{first.path or 'in more than one text'}"
    more = f", and {len(signs) - 1} more" if len(signs) > 1 else ""
    given = None if worst is _RULES[rule].severity else worst
    said = Subject("text", _digest({one.path for one in signs}, found), subject.server)
    return Finding(
        _RULES[rule],
        f"{where}: {first.words}{more}",
        (subject,),
        given=given,
        identity=(subject, said),
    )


def _digest(paths: set[str], found: Sequence[Passage]) -> str:
    """What changes as soon as one of the texts at these places does; no place is all of them."""
    digest = hashlib.sha256()
    for one in found:
        if "" in paths or one.path in paths:
            digest.update(f"{one.path}\0{one.text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


def text_signs(found: Sequence[Passage]) -> Iterator[Sign]:
    """What is wrong with the texts of one item, whatever else there is."""
    yield from _signs(found, _as_read(found))


def _as_read(found: Sequence[Passage]) -> Sequence[Passage]:
    """The texts as a model reads them; of most items the very same."""
    whole = " ".join([one.text for one in found])
    if whole.isascii() and as_read(whole) is whole:
        return found
    return [
        one if (text := as_read(one.text)) is one.text else one._replace(text=text) for one in found
    ]


def _signs(found: Sequence[Passage], read: Sequence[Passage]) -> Iterator[Sign]:
    """Of texts as they are written, and the same as a model reads them."""
    whole = "\n\n".join([one.text for one in read])
    if not is_plain(whole if found is read else "\n\n".join([one.text for one in found])):
        for one in found:
            yield from _odd(one)
    for one in found:
        if one.part is _PARAMETER and (how := asks_for(one.text)) is not None:
            told = f"asks for {quoted(one.text)}"
            severity = None if how is Severity.WARNING else how
            yield Sign("text-suspicious-parameter", one.path, told, severity)
    low = whole.lower()
    words = split(low)
    if list(map(len, words)).count(1) >= FEWEST_APART + words.count("."):
        whole = together(whole)
        words = split(whole.lower())
        for one in read:
            if letters := set_apart(one.text):
                told = f"holds letters that stand apart: {quoted(letters)}"
                yield Sign(INSTRUCTION, one.path, told)
    long = [word for word in {*words} if len(word) >= LONG]
    if names := [in_words(word) for word in long if word.count("_") >= _FEWEST_SIGNS]:
        named = "\n\n".join([whole, *sorted(names)])
        yield from _orders(read, named, split(named.lower()))
    else:
        yield from _orders(read, whole, words)
    yield from pattern_signs(read, whole, low, long)


# Of a name that may be a sentence: the signs between its words.
_FEWEST_SIGNS = 3


def _odd(one: Passage) -> Iterator[Sign]:
    if one.text.isascii() and is_plain(one.text):
        return
    for rule, told in odd_characters(one.text):
        yield Sign(rule, one.path, f"holds {told}")
    if one.part in (Part.NAME, Part.PARAMETER) and not one.text.isascii():
        severity = None if imitates(one.text) else Severity.INFO
        told = "mixes letters that look alike" if severity is None else "is not ASCII"
        yield Sign("text-lookalike-name", one.path, f"{_escaped(one.text)} {told}", severity)


def _orders(found: Sequence[Passage], whole: str, words: Sequence[str]) -> Iterator[Sign]:
    """Moves that come to enough together; each with its words."""
    made = list(phrases(whole, words))
    if not made:
        return
    weighty = [one for one in made if one.move.rule != PREFERENCE]
    if sum(one.move.weight for one in weighty) < ENOUGH:
        weighty = [one for one in made if one.move.rule == PREFERENCE]
    # Beside orders, a wish says nothing more.
    for phrase in weighty:
        path, around = _place(found, phrase.words)
        severity = _severity(phrase, around) if phrase.move.rule == SECRECY else None
        told = f"{phrase.move.title}: {quoted(phrase.words)}"
        yield Sign(phrase.move.rule, path, told, severity)


def _place(found: Sequence[Passage], words: str) -> tuple[str, str]:
    """Where these words stand, and what is around them; nowhere when beyond one text."""
    for one in found:
        for text in (one.text, together(one.text), in_words(one.text.lower())):
            squeezed = " ".join(text.split())
            at = squeezed.find(words)
            if at >= 0:
                return one.path, squeezed[max(at - _AROUND, 0) : at + len(words) + _AROUND]
    return "", words


_AROUND = 60


def _severity(phrase: Phrase, around: str) -> Severity | None:
    """How bad it is that something is kept from the user; None: as the rule says.

    Honest texts keep credentials from being shown, name a choice not to notify anybody, speak of
    people who have not been told, and say what a result leaves out.
    """
    if _CHOICE.search(around) or _OF_PEOPLE.search(phrase.words) or _LEFT_OUT.search(around):
        return Severity.INFO
    return Severity.WARNING if _CREDENTIALS.search(around) else None


_CREDENTIALS = re.compile(
    r"\b(?:(?:api|private|secret|access|encryption|signing)[ _-]?keys?|credentials?|passwords?"
    r"|tokens?|passphrases?|secrets)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"\b(?:none|no|false|never|silent|off|0)[`'\"]?\s{0,2}(?:=|:|->|means)\s{0,2}"
    r"(?:do(?:es)?|will)[ ]not\b",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(
    r"\b(?:users|people|members|customers|recipients|those)[ ](?:who|that)\b", re.IGNORECASE
)
_LEFT_OUT = re.compile(
    r"\b(?:fields?|columns?|rows?|items?|records?|entries|values|results)[ ](?:are|is)[ ]not[ ]"
    r"(?:shown|displayed|visible|returned)\b.{0,60}\bunless\b",
    re.IGNORECASE,
)


def _escaped(name: str) -> str:
    return ascii(name if len(name) <= LONGEST_SHOWN else f"{name[: LONGEST_SHOWN - 3]}...")
