"""URI templates (RFC 6570): whether one parses, what it says apart from names, what it matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# operator -> what its expansion begins with, whether values may hold any character, whether the
# names of its variables appear in the URI. Source: RFC 6570, appendix A.
_OPERATORS = {
    "": ("", False, False),
    "+": ("", True, False),
    "#": ("#", True, False),
    ".": (".", False, False),
    "/": ("/", False, False),
    ";": (";", False, True),
    "?": ("?", True, True),
    "&": ("&", True, True),
}
_RESERVED = "=,!@|"
_VARIABLE = re.compile(r"((?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+)(\*|:[1-9][0-9]{0,3})?")
_NOT_LITERAL = re.compile(r"[\x00-\x20\"'<>\\^`|]")


class TemplateError(ValueError):
    """A text that is not a URI template; its text says why and where."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between braces: the operator and (name, modifier) of each variable."""

    operator: str
    variables: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A URI template as literals and expressions, in their order."""

    parts: tuple[str | Expression, ...]

    @property
    def prefix(self) -> str:
        """The text that every expansion begins with."""
        first = self.parts[0] if self.parts else ""
        return first if isinstance(first, str) else ""

    def renamed(self) -> str:
        """The template with numbers for names, where the names do not show in the URI."""
        numbers: dict[str, int] = {}
        text = ""
        for part in self.parts:
            if isinstance(part, str):
                text += part
                continue
            named = _OPERATORS[part.operator][2]
            inner = [
                (name if named else str(numbers.setdefault(name, len(numbers)))) + modifier
                for name, modifier in part.variables
            ]
            text += "{" + part.operator + ",".join(inner) + "}"
        return text

    def matches(self, uri: str) -> bool:
        """Whether the URI could come of this template with values that are not empty.

        A value reaches up to the next ``/``, ``?`` or ``#``, unless its operator lets it hold any
        character; query and fragment may be left out. Takes time proportional to the length of
        both, whatever they hold.
        """
        steps, skips = _steps(self.parts)
        states = _with_skips({0}, skips)
        for character in uri:
            after = set()
            for state in states:
                if state == len(steps):
                    continue
                accepted, repeats = steps[state]
                if (
                    (character not in "/?#")
                    if accepted == _SEGMENT
                    else accepted in (_ANY, character)
                ):
                    after.add(state + 1)
                    if repeats:
                        after.add(state)
            states = _with_skips(after, skips)
            if not states:
                return False
        return len(steps) in states


_SEGMENT = "segment"
_ANY = "any"
_Steps = list[tuple[str, bool]]


def _steps(parts: tuple[str | Expression, ...]) -> tuple[_Steps, dict[int, int]]:
    """One step for each character or value, and which steps may be skipped to where."""
    steps: _Steps = []
    skips: dict[int, int] = {}
    for part in parts:
        if isinstance(part, str):
            steps.extend((character, False) for character in part)
            continue
        begin, anything, named = _OPERATORS[part.operator]
        start = len(steps)
        many = len(part.variables) > 1 or part.variables[0][1] == "*"
        # A list of values is one value here: the commas in it may be part of a value too.
        anything = anything or (many and part.operator == "/")
        steps.extend((character, False) for character in begin)
        steps.append((_ANY if anything else _SEGMENT, True))
        if named or part.operator == "#":
            skips[start] = len(steps)
    return steps, skips


def _with_skips(states: set[int], skips: dict[int, int]) -> set[int]:
    for state in sorted(states & skips.keys()) if skips else ():
        while state in skips:
            state = skips[state]
            states.add(state)
    return states


def parse(text: str) -> Template:
    """The template that a text says. Raises TemplateError."""
    return Template(tuple(_parts(text)))


def _parts(text: str) -> Iterator[str | Expression]:
    place = 0
    while place < len(text):
        opening = text.find("{", place)
        literal = text[place:] if opening < 0 else text[place:opening]
        if "}" in literal:
            raise TemplateError(
                f"a '}}' without '{{' at character {place + literal.index('}') + 1}"
            )
        wrong = _NOT_LITERAL.search(literal)
        if wrong:
            raise TemplateError(f"{wrong[0]!a} at character {place + wrong.start() + 1}")
        if literal:
            yield literal
        if opening < 0:
            return
        closing = text.find("}", opening)
        if closing < 0:
            raise TemplateError(f"a '{{' without '}}' at character {opening + 1}")
        yield _expression(text[opening + 1 : closing], opening + 1)
        place = closing + 1


def _expression(text: str, place: int) -> Expression:
    operator = text[:1] if text[:1] in _OPERATORS else ""
    if text[:1] and text[0] in _RESERVED:
        raise TemplateError(f"the operator '{text[0]}' at character {place + 1} has no meaning yet")
    variables = []
    for one in text[len(operator) :].split(","):
        found = _VARIABLE.fullmatch(one)
        if found is None or found[1][0] == "." or found[1][-1] == "." or ".." in found[1]:
            raise TemplateError(f"{one[:40]!a} at character {place} is no variable name")
        variables.append((found[1], found[2] or ""))
    return Expression(operator, tuple(variables))
