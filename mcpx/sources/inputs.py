"""The inputs of a ``server.json`` answered: by the person, by defaults, and what is still missing.

Source: schema 2025-12-11, Input, KeyValueInput and Argument. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mcpx.errors import UsageError
from mcpx.masking import mask_text
from mcpx.sources.additions import Additions
from mcpx.sources.server_json import flag, inner, member, text

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_LONGEST_ABOUT = 120


class Way(Enum):
    """The option by which an input is given, with a place for its name."""

    SET = "--set {}=…"
    ENV = "--env {}=…"
    HEADER = "--header '{}: …'"


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that has to be given: its name, how, and what is said of it."""

    name: str
    how: str
    about: str = ""


class Answers:
    """Answers inputs one after the other and keeps what it meets.

    ``missing`` are required inputs without a value, ``secrets`` values that must not be shown,
    ``names`` all that ``--set`` can give here, ``values`` what each name came to.
    """

    def __init__(self, given: Additions) -> None:
        self._given = given
        self.missing: dict[str, Missing] = {}
        self.secrets: list[str] = []
        self.names: dict[str, None] = {}
        self.values: dict[str, str] = {}

    def all(self, raw: Mapping[str, Any], name: str, way: Way = Way.SET) -> list[str]:
        """The values of an input: none when it is left out, several when it is repeated.

        What is missing stands as ``<name>``. Raises UsageError for a value that is not allowed.
        """
        found = self._found(raw, name, way)
        if flag(raw, "isSecret"):
            self.secrets += [one for one in found if one not in ("", _gap(name))]
        if found:
            self.values[name] = found[0]
        return found

    def _found(self, raw: Mapping[str, Any], name: str, way: Way) -> list[str]:
        given = self._person_gave(name, way)
        fixed = text(raw, "value")
        if fixed and (way is Way.SET or not given):
            return self._filled(fixed, inner(raw, "variables"), flag(raw, "isRequired"))
        if way is Way.SET:
            self.names[name] = None
        if given:
            if len(given) > 1 and not flag(raw, "isRepeated"):
                raise UsageError(f"--set {name}: given {len(given)} times, but it is one value")
            for one in given:
                _check(one, raw, name, way)
            return list(given)
        if default := text(raw, "default"):
            return [default]
        if not flag(raw, "isRequired"):
            return []
        self.missing.setdefault(name, Missing(name, way.value.format(name), _about(raw)))
        return [_gap(name)]

    def _person_gave(self, name: str, way: Way) -> Sequence[str]:
        if way is Way.ENV:
            return (self._given.env[name],) if name in self._given.env else ()
        if way is Way.HEADER:
            return [
                value for key, value in self._given.headers.items() if key.lower() == name.lower()
            ]
        return self._given.values.get(name, ())

    def _filled(self, template: str, variables: Mapping[str, Any], required: bool) -> list[str]:
        """The template with its variables; left out when an optional one has no value."""
        filled = self.filled(template, variables, required)
        return [] if filled is None else [filled]

    def filled(
        self, template: str, variables: Mapping[str, Any], required: bool = True
    ) -> str | None:
        """The template with the variables that are declared; others stay as they are.

        None when one has no value and neither it nor the input is required.
        """
        empty = False

        def value(match: re.Match[str]) -> str:
            nonlocal empty
            raw = variables.get(match[1])
            if not isinstance(raw, dict):
                return match[0]
            found = self.all({**raw, "isRequired": required or flag(raw, "isRequired")}, match[1])
            empty = empty or not found
            return found[0] if found else ""

        filled = _VARIABLE.sub(value, template)
        return None if empty else filled


def _gap(name: str) -> str:
    return f"<{name}>"


def _check(value: str, raw: Mapping[str, Any], name: str, way: Way) -> None:
    """Raises UsageError for a value that the input does not allow; secrets are not repeated."""
    option = way.value.format(name).rstrip("'…").rstrip("=: ")
    shown = "that" if flag(raw, "isSecret") else repr(value)
    choices = member(raw, "choices")
    known = [str(one) for one in choices] if isinstance(choices, list) else []
    if known and value not in known:
        raise UsageError(f"{option}: {shown} is not possible", hint="one of " + ", ".join(known))
    form = text(raw, "format")
    if form == "boolean" and value not in ("true", "false"):
        raise UsageError(f"{option}: expected true or false, not {shown}")
    if form == "number" and not re.fullmatch(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", value):
        raise UsageError(f"{option}: expected a number, not {shown}")


def _about(raw: Mapping[str, Any]) -> str:
    """What is said of an input, in a line; its default is never part of it."""
    said = mask_text(" ".join(text(raw, "description")[:1000].split()))
    if len(said) > _LONGEST_ABOUT:
        said = said[:_LONGEST_ABOUT] + "…"
    notes = []
    choices = member(raw, "choices")
    if isinstance(choices, list) and choices:
        notes.append("one of " + ", ".join(str(one)[:40] for one in choices[:12]))
    if text(raw, "format") in ("number", "boolean", "filepath"):
        notes.append(text(raw, "format"))
    if flag(raw, "isSecret"):
        notes.append("secret")
    return " ".join((said, f"({'; '.join(notes)})" if notes else "")).strip()
