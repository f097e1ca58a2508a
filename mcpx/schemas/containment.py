"""Whether one JSON Schema accepts all that another accepts: proved, refuted by a value, or unknown.

The engine runs in the worker (``mcpx.schemas.worker``), for no schema is trusted to be cheap.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mcpx.schemas.agreement import Agreement
from mcpx.schemas.declared import UndeclaredError, declared
from mcpx.schemas.dialects import gathered, modern, spelled
from mcpx.schemas.instances import instances, neighbours
from mcpx.schemas.partings import at_partings
from mcpx.schemas.patterns import matches_all
from mcpx.schemas.readings import Reading, opened
from mcpx.schemas.rewriting import rewritten
from mcpx.schemas.validity import invalidities
from mcpx.schemas.walk import resolved, subschemas

if TYPE_CHECKING:
    from jsonschema_rs import Validator

# Keywords that say nothing of which values are accepted. Formats are notes in 2020-12 (validation,
# 7.2.1), and so is what a text encodes (8.2).
_NOTES = frozenset(
    (
        "$comment", "contentEncoding", "contentMediaType", "contentSchema", "default", "deprecated",
        "description", "examples", "format", "readOnly", "title", "writeOnly",
    )
)  # fmt: skip
# Beyond this many combinations of alternatives, a proof is not tried: it may take minutes.
_MOST_COMBINATIONS = 5_000
_MOST_CONDITIONS = 10
# Of the search for a value, in seconds: of all of it, of the part spent on where the schemas
# differ, and of making the value found smaller.
_SEARCH_SECONDS = 2.0
_AIMED = 0.6
_SHRINK_SECONDS = 0.3
# Values for where the schemas differ, those made from all of them, then those near to some of the
# values that are accepted.
_MOST_AIMED = 4_000
_MOST_MADE = 3_000
_MOST_NEAR = 1_200
_SEEDS = 4
_VALUE = "the value"
# A text as short as this needs not be shorter.
_READABLE = 8


class Answer(StrEnum):
    """Whether one schema accepts all that another does."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question: ``witness`` is the value in a list, where the answer is no."""

    answer: Answer
    witness: list[Any] | None = None
    reason: str = ""


def compared(old: Any, new: Any, reading: Reading) -> Found:
    """Whether ``new`` accepts all that ``old`` accepts, read as ``reading`` says.

    A witness is valid by the old schema and invalid by the new one.
    """
    for which, schema in (("old", old), ("new", new)):
        fault = next(iter(invalidities(schema)), None)
        if fault is not None:
            place = f" at {fault.pointer:.200}" if fault.pointer else ""
            return Found(Answer.UNKNOWN, reason=f"the {which} schema{place}: {fault.message}")
        if _mixes_dialects(schema):
            reason = f"the {which} schema: holds a schema of another dialect"
            return Found(Answer.UNKNOWN, reason=reason)
    if not _is_unicode([old, new]):
        return Found(Answer.UNKNOWN, reason="it holds text that is not Unicode")
    if _accepts_same(old, new):
        return Found(Answer.YES)
    accepted = _without_notes(gathered(modern(old, generous=True)))
    accepting = _without_notes(gathered(modern(new)))
    unread = ""
    if reading is Reading.DECLARED:
        try:
            accepted = declared(accepted)
        except UndeclaredError as error:
            unread = f"the old schema: which members it declares is not known: {error}"
    elif reading is Reading.OPEN:
        accepting = opened(accepting)
    try:
        search = _Search(old, new, accepted, accepting, reading)
        proved, reason = _proof(accepted, accepting)
        if proved:
            return Found(Answer.YES)
        if unread:
            return Found(Answer.UNKNOWN, reason=unread)
        witness = search.witness()
    except ValueError as error:
        return Found(Answer.UNKNOWN, reason=_first_line(error))
    if witness is None:
        reason = reason or "no proof was found, and no value that shows the contrary"
        return Found(Answer.UNKNOWN, reason=reason)
    return Found(Answer.NO, witness)


def refusal(schema: Any, value: Any, reading: Reading) -> Any:
    """What the library's validator says first of a value that a schema, so read, refuses."""
    read = opened(schema) if reading is Reading.OPEN else schema
    return next(iter(_validator(read).iter_errors(value)), None)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _is_unicode(value: Any) -> bool:
    """Whether it can be written; JSON text can escape half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _mixes_dialects(schema: Any) -> bool:
    own = schema.get("$schema") if isinstance(schema, dict) else None
    return any(one.get("$schema", own) != own for _, one in subschemas(schema))


def _accepts_same(old: Any, new: Any) -> bool:
    """Whether both are one schema but for their notes."""
    try:
        return json.dumps(_without_notes(old), sort_keys=True) == json.dumps(
            _without_notes(new), sort_keys=True
        )
    except ValueError:
        return False


def _without_notes(schema: Any) -> Any:
    """The schema without what says nothing of values, unless a reference leads into that."""
    references = [one["$ref"] for _, one in subschemas(schema) if isinstance(one.get("$ref"), str)]
    parts = {unquote(part) for reference in references for part in reference.split("/")}
    notes = _NOTES - parts

    def noteless(one: dict[str, Any]) -> dict[str, Any]:
        found = {name: value for name, value in one.items() if name not in notes}
        pattern = found.get("pattern")
        if isinstance(pattern, str) and matches_all(pattern):
            del found["pattern"]
        return found

    return rewritten(schema, noteless)


def _proof(old: Any, new: Any) -> tuple[bool, str]:
    """Whether the engine proves it, and what stopped it where something did."""
    import jsonschema_rs
    from jsonschema_rs.canonical import Containment

    for schema in (old, new):
        if why := _unprovable(schema):
            return False, why
    try:
        accepted = jsonschema_rs.canonicalize(_named_root(old), validate_formats=False)
        accepting = jsonschema_rs.canonicalize(_named_root(new), validate_formats=False)
        # Its "no" is not taken: a value has to show it.
        return accepting.covers(accepted) == Containment.YES, ""
    except (ValueError, TypeError) as error:
        return False, f"the proof gave up: {_first_line(error)}"


def _unprovable(schema: Any) -> str:
    """Why no proof is tried: what it would cost, or what the engine does not know."""
    conditions = combinations = 0
    dynamic = several = False
    for pointer, one in subschemas(schema):
        dynamic |= "$dynamicRef" in one
        several |= bool(pointer) and "$id" in one
        if "$recursiveRef" in one or (dynamic and several):
            return "what it refers to depends on where it is come from"
        conditions += "if" in one
        sizes = [len(one[word]) for word in ("anyOf", "oneOf") if isinstance(one.get(word), list)]
        parts = one.get("allOf")
        for part in parts if isinstance(parts, list) else []:
            inner = resolved(part, schema)
            if isinstance(inner, dict):
                conditions += "if" in inner
                ways = (inner.get(word) for word in ("anyOf", "oneOf"))
                sizes += [len(one) for one in ways if isinstance(one, list)]
        combinations = max(combinations, math.prod(size for size in sizes if size))
    if combinations > _MOST_COMBINATIONS:
        return f"its alternatives combine in {combinations:.0e} ways"
    if conditions > _MOST_CONDITIONS:
        return f"it has {conditions} conditions"
    return ""


_ROOT = "root of the schema"


def _named_root(schema: Any) -> Any:
    """The schema, itself under a name where it refers to itself: the engine takes no bare ``#``."""
    if not any(one.get("$ref") == "#" for _, one in subschemas(schema)):
        return schema
    reference = "#/$defs/" + _ROOT.replace(" ", "%20")

    def renamed(one: dict[str, Any]) -> dict[str, Any]:
        led = one.get("$ref")
        if not isinstance(led, str) or not (led == "#" or led.startswith("#/")):
            return one
        if led.startswith(("#/$defs/", "#/definitions/")):
            return one
        return {**one, "$ref": reference + led[1:]}

    inner = rewritten(schema, renamed)
    inside = {name: inner.pop(name) for name in ("$defs", "definitions") if name in inner}
    named = {**inside.pop("$defs", {}), _ROOT: inner}
    return {**inside, "$defs": named, "$ref": reference}


class _Search:
    """The search for a value that the old schema accepts and the new one does not."""

    def __init__(self, old: Any, new: Any, accepted: Any, accepting: Any, reading: Reading) -> None:
        """``accepted`` and ``accepting`` are what is asked about, of ``old`` and ``new``."""
        # With their notes: formats, defaults and examples are what people would send.
        self._pools = (gathered(modern(old)), gathered(modern(new)))
        self._valid_by = [_validator(old), _validator(accepted)]
        self._formats = _validator(old, formats=True)
        # By every way to read it: what only some validators refuse shows nothing.
        generous = gathered(modern(new, generous=True))
        self._invalid_by = [_validator(new), _validator(accepting), _validator(generous)]
        if reading is Reading.OPEN:
            self._invalid_by.append(_validator(opened(generous)))
        self._agreement = Agreement(old, new)
        self._seen: set[str] = set()
        self._ends = math.inf

    def witness(self) -> list[Any] | None:
        """The smallest value found, in a list; None where there is none."""
        begun = time.monotonic()
        accepted, accepting = self._pools
        valid: list[Any] = []
        self._ends = begun + _AIMED * _SEARCH_SECONDS
        found = self._first(islice(at_partings(accepted, accepting), _MOST_AIMED), valid)
        self._ends = begun + _SEARCH_SECONDS
        if found is None:
            made = chain(instances(accepted, accepting), instances(accepting, accepted))
            found = self._first(islice(made, _MOST_MADE), valid)
        if found is None:
            by_size = sorted(valid, key=lambda one: len(json.dumps(one)))
            seeds = [*by_size[-_SEEDS:], *by_size[:_SEEDS]]
            near = (neighbours(one, accepted, accepting) for one in seeds)
            found = self._first(chain.from_iterable(islice(one, _MOST_NEAR) for one in near), [])
        return found

    def _first(self, values: Iterator[Any], valid: list[Any]) -> list[Any] | None:
        """The first that shows it, one in the formats of the old schema if there is one.

        ``valid`` gets those that the old schema accepts.
        """
        meant = None
        for value in values:
            if time.monotonic() > self._ends:
                break
            text = json.dumps(value, sort_keys=True)
            if text in self._seen:
                continue
            self._seen.add(text)
            if not all(self._is_valid(one, value) for one in self._valid_by):
                continue
            if not all(self._refuses(one, value) for one in self._invalid_by):
                valid.append(value)
            elif not self._agreement.on(value):
                continue
            elif self._is_valid(self._formats, value):
                return [self._smaller(value, True)]
            else:
                meant = [value] if meant is None else meant
        return None if meant is None else [self._smaller(meant[0], False)]

    def _is_witness(self, value: Any) -> bool:
        return (
            all(self._is_valid(one, value) for one in self._valid_by)
            and all(self._refuses(one, value) for one in self._invalid_by)
            and self._agreement.on(value)
        )

    @staticmethod
    def _is_valid(validator: Validator, value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:  # text that is not Unicode
            return False

    @staticmethod
    def _refuses(validator: Validator, value: Any) -> bool:
        try:
            return not validator.is_valid(value)
        except ValueError:
            return False

    def _smaller(self, value: Any, in_format: bool) -> Any:
        """The value, made smaller as long as it shows the same."""
        ends = time.monotonic() + _SHRINK_SECONDS
        smaller = True
        while smaller and time.monotonic() < ends:
            smaller = False
            for one in _reductions(value):
                if time.monotonic() > ends:
                    break
                if self._is_witness(one) and not (
                    in_format and not self._is_valid(self._formats, one)
                ):
                    value, smaller = one, True
                    break
        return value


def _validator(schema: Any, formats: bool = False) -> Validator:
    import jsonschema_rs

    validator: Validator = jsonschema_rs.validator_for(
        spelled(schema), offline=True, validate_formats=formats, mask=_VALUE
    )
    return validator


def _reductions(value: Any) -> Iterator[Any]:
    """Values a step smaller."""
    if isinstance(value, dict):
        for name in value:
            yield {key: one for key, one in value.items() if key != name}
        for name, inner in value.items():
            yield from ({**value, name: one} for one in _reductions(inner))
    elif isinstance(value, list):
        if len(value) > _READABLE:
            yield value[: len(value) // 2]
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
        for place, inner in enumerate(value):
            yield from ([*value[:place], one, *value[place + 1 :]] for one in _reductions(inner))
    elif isinstance(value, str) and len(value) > _READABLE:
        yield value[: len(value) // 2]
        yield value[:-1]
        yield value[1:]
