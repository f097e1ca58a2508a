"""URI templates (RFC 6570): whether one parses, what it says apart from names, what it matches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mcpx.catalogue.uri_automata import ANY, Allowance, Automaton, Building, Characters, characters
from mcpx.catalogue.uris import needed_escapes

_SEGMENT = ANY & ~characters("/?#")
_QUERY = ANY & ~characters("#")


class _Operator(NamedTuple):
    """How an expression expands. Source: RFC 6570, appendix A."""

    begin: str
    separator: str
    values: Characters
    # Whether the names of the variables appear in the URI.
    named: bool


_OPERATORS = {
    "": _Operator("", ",", _SEGMENT, named=False),
    "+": _Operator("", ",", ANY, named=False),
    "#": _Operator("#", ",", ANY, named=False),
    ".": _Operator(".", ".", _SEGMENT, named=False),
    "/": _Operator("/", "/", _SEGMENT, named=False),
    ";": _Operator(";", ";", _SEGMENT, named=True),
    "?": _Operator("?", "&", _QUERY, named=True),
    "&": _Operator("&", "&", _QUERY, named=True),
}
_RESERVED = "=,!@|"
_VARIABLE = re.compile(r"((?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+)(\*|:[1-9][0-9]{0,3})?")
_NOT_LITERAL = re.compile(r"[\x00-\x20\"'<>\\^`|]|%(?![0-9A-Fa-f]{2})")


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
            named = _OPERATORS[part.operator].named
            inner = [
                (name if named else str(numbers.setdefault(name, len(numbers)))) + modifier
                for name, modifier in part.variables
            ]
            text += "{" + part.operator + ",".join(inner) + "}"
        return text

    def matches(self, uri: str) -> bool:
        """Whether a server would take the URI for one of this template, no value being empty.

        A value reaches up to the next ``/``, ``?`` or ``#``, unless its operator lets it hold
        these; a query and a fragment at the end may be left out, and a query may hold any
        parameters. Case of scheme and host and needless escapes make no difference. A variable
        that stands twice may have two values. Raises UndecidedError.
        """
        return _latest(self).accepts(spelled(uri), Allowance())


def spelled(uri: str) -> str:
    """The URI without needless escapes, and with those that it should have had.

    These are the ones of characters that are not ASCII, and of a ``%`` that begins no escape.
    """
    return needed_escapes(_UNESCAPED.sub(_encoded, uri))


_UNESCAPED = re.compile(r"[^\x00-\x7f]+|%(?![0-9A-Fa-f]{2})")


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in found[0].encode("utf-8", "surrogatepass"))


def automaton(template: Template, *, empty: bool = False) -> Automaton:
    """What ``matches`` accepts; with ``empty`` also all else that RFC 6570 lets a template make.

    That is where values are empty or left out. Raises UndecidedError for a template that is too
    long.
    """
    building = Building()
    # Query and fragment at the end may be left out.
    end = len(template.parts)
    while end and _is_optional(template.parts[end - 1]):
        end -= 1
    for number, part in enumerate(_caseless(template.parts)):
        if isinstance(part, Expression):
            start = len(building.steps)
            _build(building, part, empty)
            if empty or number >= end:
                building.skip(start, len(building.steps))
        else:
            building.literal(*part)
    return building.built()


# One template is asked for many URIs in a row.
_latest = lru_cache(maxsize=1)(automaton)


def _is_optional(part: str | Expression) -> bool:
    return isinstance(part, Expression) and part.operator in tuple("?&#")


def _build(building: Building, expression: Expression, empty: bool) -> None:
    operator = _OPERATORS[expression.operator]
    building.literal(operator.begin)
    # Servers take the parameters of a query in any order, and others too.
    parameters = operator.values == _QUERY
    ends: list[int] = []
    before = len(building.steps)
    for number, variable in enumerate([("", "")] if parameters else expression.variables):
        if number:
            ends.append(len(building.steps))
            building.literal(operator.separator)
            if empty:
                building.skip(before, len(building.steps))
        before = len(building.steps)
        _value(building, operator, variable, empty)
    if empty:
        for state in ends:
            building.skip(state, len(building.steps))


def _value(building: Building, operator: _Operator, variable: tuple[str, str], empty: bool) -> None:
    name, modifier = variable
    if name and operator.named and modifier != "*":
        building.literal(spelled(name))
        start = len(building.steps)
        building.literal("=")
    else:
        # The names in an exploded list or map are part of its value here.
        start = len(building.steps)
    if modifier.startswith(":"):
        building.counted(operator.values, int(modifier[1:]))
    else:
        building.repeated(operator.values)
    if empty:
        building.skip(start, len(building.steps))
    if modifier == "*" and not operator.values & characters(operator.separator):
        building.again(operator.separator, start)


_CASELESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)(?://(?:[^/?#]*@)?([^/?#]*))?")


def _caseless(parts: tuple[str | Expression, ...]) -> Iterator[tuple[str, str] | Expression]:
    """The parts, each literal spelled() twice: scheme and host in lower and in upper case."""
    literals = [part if isinstance(part, Expression) else spelled(part) for part in parts]
    shape = "".join(_stand_in(part) if isinstance(part, Expression) else part for part in literals)
    found = _CASELESS.match(shape)
    place = 0
    for part in literals:
        if isinstance(part, Expression):
            yield part
            place += 1
            continue
        lower = upper = part
        for start, end in (found.span(1), found.span(2)) if found else ():
            first, last = max(start - place, 0), max(end - place, 0)
            lower = lower[:first] + lower[first:last].lower() + lower[last:]
            upper = upper[:first] + upper[first:last].upper() + upper[last:]
        yield lower, upper
        place += len(part)


def _stand_in(expression: Expression) -> str:
    """A character that ends the host where the expression may, else one that no literal has."""
    within = _OPERATORS[expression.operator].values == _SEGMENT and expression.operator != "/"
    return "{" if within else "/"


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
