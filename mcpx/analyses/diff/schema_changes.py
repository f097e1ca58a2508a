"""Changes of a tool's schemas: every edit by name, and by the engine whether it breaks a caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from mcpx.analyses.diff.changes import Basis, Change, Witness
from mcpx.analyses.diff.schema_edits import Direction, Edit, applied, schema_edits
from mcpx.analyses.diff.schema_nodes import is_note
from mcpx.analyses.diff.schema_rules import RULE_BY_ID
from mcpx.analyses.finding import Severity, Subject
from mcpx.schemas.compatibility import Compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading

# Edits of one schema that are judged each by itself; of more, only all together.
_MOST_ALONE = 60
_MEMBER = {Direction.INPUT: "inputSchema", Direction.OUTPUT: "outputSchema"}
_UNEXPLAINED = {Direction.INPUT: "input-narrowed", Direction.OUTPUT: "output-widened"}
_UNDECIDED = {
    Direction.INPUT: "input-compatibility-unknown",
    Direction.OUTPUT: "output-compatibility-unknown",
}
# What no validator sees: the call goes through, and what is not there does nothing.
_UNSEEN = frozenset(("input-property-removed-ignored", "output-optional-property-removed"))
# Models cope with more than they were told of; only clients that check every answer do not.
_COPED_WITH = frozenset(
    (
        "output-additional-freed",
        "output-enum-value-added",
        "output-opened",
        "output-property-added-to-closed",
        "output-required-property-added-to-closed",
    )
)
_COMPENSATED = "what it would break by itself is not refused with the other changes"
_ONLY_STRICT = "only clients that refuse members they do not know are affected"


class Judge(Protocol):
    """Who answers questions about schemas."""

    def compare(self, old: Any, new: Any, reading: Reading) -> Compatibility:
        """Whether ``new`` accepts all that ``old`` accepts, as ``reading`` says."""

    def fits(self, schema: Any, value: Any) -> bool | None:
        """Whether a value is valid; None where that could not be found out."""


class _Schemas:
    """Two schemas of one tool, and what can be asked about them."""

    def __init__(
        self, old: Any, new: Any, direction: Direction, judge: Judge, strict: bool
    ) -> None:
        self.old, self.new, self.direction = old, new, direction
        self._judge, self._strict = judge, strict

    def with_(self, new: Any) -> Compatibility:
        """Whether callers of the old schema get along with another.

        Callers send input, so the other has to accept what they sent; they receive output, so
        what it lets a server say has to be what the old one let it say.
        """
        if self.direction is Direction.OUTPUT:
            return self._judge.compare(new, self.old, Reading.STRICT)
        old = _of_objects(self.old)
        if self._strict:
            return self._judge.compare(old, new, Reading.STRICT)
        return self._judge.compare(_without_others(old), new, Reading.DECLARED)

    def beside(self, base: Any) -> Compatibility:
        """Whether callers of ``base``, which is near to the old schema, get along with the new."""
        return _Schemas(base, self.new, self.direction, self._judge, self._strict).with_(self.new)

    def tolerated(self, new: Any) -> bool:
        """Whether outputs are as the old schema wants them, but for members it does not know."""
        if self.direction is Direction.INPUT or self._strict:
            return False
        return self._judge.compare(new, self.old, Reading.OPEN).answer is Answer.YES

    def compensated(self, value: Any) -> bool:
        """Whether what one edit breaks, by this value, is not broken by all of them together."""
        fits = self._judge.fits(self.new, value)
        return fits is (self.direction is Direction.INPUT)


def _of_objects(schema: Any) -> Any:
    """An input schema as it is meant where it says no type: arguments always are an object."""
    if schema is True:
        return {"type": "object"}
    if isinstance(schema, dict) and "type" not in schema and "$ref" not in schema:
        return {"type": "object", **schema}
    return schema


def _without_others(schema: Any) -> Any:
    """An input schema that declares no parameter at all: callers then send none."""
    if not isinstance(schema, dict):
        return schema
    speaks = any(name not in _BARE and not is_note(name) for name in schema)
    if speaks or schema.get("properties") or schema.get("required"):
        return schema
    return {**schema, "additionalProperties": False}


_BARE = ("type", "properties", "required", "$schema")


def says_nothing(schema: Any) -> bool:
    """Whether a schema accepts everything and declares nothing, as some servers send by mistake."""
    if not isinstance(schema, dict):
        return schema is True
    return all(is_note(name) or name in _EMPTY for name in schema if name != "$schema") and all(
        schema[name] in ({}, [], True) for name in _EMPTY if name in schema
    )


_EMPTY = ("properties", "required", "additionalProperties")


def schema_changes(
    subject: Subject,
    old: Any,
    new: Any,
    direction: Direction,
    judge: Judge,
    strict: bool = False,
) -> Iterator[Change]:
    """What changed from one schema of a tool to the next, both JSON Schemas.

    An edit that by its rule may break callers is breaking where a value shows it, information
    where it is proved harmless, and a warning where neither is. ``strict``: callers send all that
    the old schema accepts, not only what it declares.
    """
    edits = list(schema_edits(old, new, direction))
    if not edits:
        return
    schemas = _Schemas(old, new, direction, judge, strict)
    whole = schemas.with_(new)
    judged = [edit for edit in edits if _is_judged(edit)]
    alone = set(map(id, judged[:_MOST_ALONE]))
    told: list[tuple[Edit, Change]] = []
    for edit in edits:
        change = _unjudged(subject, edit, direction)
        if whole.answer is Answer.YES:
            if (edit.asked and edit.rule.id not in _UNSEEN) or edit.rule.id == _DIALECT:
                change = replace(change, given=Severity.INFO, basis=Basis.PROOF)
        elif len(edits) == 1 and edit.asked:
            change = _refused(change, edit, whole, schemas, new)
        elif id(edit) in alone:
            change = _judged(change, edit, schemas)
        elif _is_judged(edit):
            change = _one_of_many(change)
        told.append((edit, change))
        yield change
    if whole.answer is not Answer.YES:
        yield from _unexplained(subject, whole, schemas, told)


_DIALECT = "schema-dialect-changed"


def _unexplained(
    subject: Subject,
    whole: Compatibility,
    schemas: _Schemas,
    told: Sequence[tuple[Edit, Change]],
) -> Iterator[Change]:
    """What is known of all edits together, and no edit by itself tells."""
    if any(change.severity is Severity.ERROR for _, change in told):
        return
    if whole.answer is Answer.NO:
        # What callers cope with is told already: is there more?
        base = schemas.old
        for edit, change in told:
            if change.basis is Basis.WITNESS or _is_harmless(edit):
                base = applied(base, edit) if edit.members else base
        whole = schemas.beside(base)
    if whole.answer is Answer.NO or (
        whole.answer is Answer.UNKNOWN and not _is_told(change for _, change in told)
    ):
        yield _whole(subject, whole, schemas)


def _is_told(changes: Iterable[Change]) -> bool:
    """Whether it is told already what is not known, or known that there is nothing to tell."""
    rules = set()
    for change in changes:
        rules.add(change.rule.id)
        if change.basis is Basis.UNKNOWN:
            return True
    return "schema-too-complex" in rules or rules == {"schema-refactored"}


def _is_judged(edit: Edit) -> bool:
    return edit.asked and edit.rule.id not in _UNSEEN


def _is_harmless(edit: Edit) -> bool:
    """Whether nobody need ask: nothing sees it, or it is a bound that no caller comes near."""
    is_guess = edit.confidence is not None
    return edit.rule.id in _UNSEEN or (
        not edit.asked and not is_guess and edit.given is Severity.INFO
    )


def _unjudged(subject: Subject, edit: Edit, direction: Direction) -> Change:
    return Change(
        edit.rule,
        subject,
        edit.message,
        f"/{_MEMBER[direction]}{edit.pointer}",
        edit.before,
        edit.after,
        # A guess stands beside the edits that it is made of, which say what breaks.
        given=Severity.INFO if edit.confidence is not None else edit.given,
        confidence=edit.confidence,
    )


def _one_of_many(change: Change) -> Change:
    """The change where too many others stand beside it for each to be judged."""
    if change.severity is Severity.INFO:
        return change
    reason = f"of more than {_MOST_ALONE} changes of a schema, not each is judged by itself"
    return replace(change, given=Severity.WARNING, basis=Basis.UNKNOWN, reason=reason)


def _judged(change: Change, edit: Edit, schemas: _Schemas) -> Change:
    """The change with the severity that it has by itself."""
    hybrid = applied(schemas.old, edit)
    alone = schemas.with_(hybrid)
    if alone.answer is Answer.YES:
        return replace(change, given=Severity.INFO, basis=Basis.PROOF)
    if alone.answer is Answer.NO and schemas.compensated(alone.witness):
        return replace(change, given=Severity.INFO, reason=_COMPENSATED)
    return _refused(change, edit, alone, schemas, hybrid)


def _refused(
    change: Change, edit: Edit, found: Compatibility, schemas: _Schemas, hybrid: Any
) -> Change:
    """The change where it is not known to be harmless; ``hybrid`` is what was judged."""
    if found.answer is Answer.UNKNOWN:
        if change.severity is Severity.INFO:
            return change
        mild, reason = Severity.WARNING, found.reason
        return replace(change, given=mild, basis=Basis.UNKNOWN, reason=reason)
    if edit.rule.id in _UNSEEN:
        return change
    severity, reason = Severity.ERROR, ""
    if edit.rule.id in _COPED_WITH:
        severity = Severity.WARNING
    elif schemas.tolerated(hybrid):
        severity, reason = Severity.WARNING, _ONLY_STRICT
    witness = _witness(found)
    return replace(change, given=severity, basis=Basis.WITNESS, witness=witness, reason=reason)


def _whole(subject: Subject, whole: Compatibility, schemas: _Schemas) -> Change:
    """What no edit by itself explains."""
    member = _MEMBER[schemas.direction]
    known = whole.answer is Answer.NO
    rule = RULE_BY_ID[(_UNEXPLAINED if known else _UNDECIDED)[schemas.direction]]
    if not known:
        message = f"{member}: whether callers are affected is not known"
        change = Change(rule, subject, message, f"/{member}")
        return replace(change, basis=Basis.UNKNOWN, reason=whole.reason)
    message = f"{member}: the changes together break callers"
    change = Change(rule, subject, message, f"/{member}")
    change = replace(change, basis=Basis.WITNESS, witness=_witness(whole))
    if schemas.tolerated(schemas.new):
        return replace(change, given=Severity.WARNING, reason=_ONLY_STRICT)
    return change


def _witness(found: Compatibility) -> Witness:
    if not found.violations:
        return Witness(found.witness)
    first = found.violations[0]
    return Witness(found.witness, first.path, first.place, first.rule, first.message)
