"""Which calls that were really made a new version of their server does not take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.analyses.diff.call_rules import CALL_RULES
from mcpx.analyses.diff.changes import Basis, Change, Witness
from mcpx.analyses.diff.values import quoted
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue import templates
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.catalogue.uri_automata import UndecidedError
from mcpx.schemas.validation import Outcome, Verdict, Violation

_RULES = {rule.id: rule for rule in CALL_RULES}
# Of one tool or prompt: calls that are told one by one.
_MOST_TOLD = 20
# Of what is wrong with one call.
_MOST_NAMED = 3

# Whether a value fits a schema.
Check = Callable[[Any, Any], Verdict]


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """What clients asked for: a tool with its arguments, a prompt with its, or a resource's URI.

    ``times`` is how often; ``hidden`` are the JSON Pointers into the arguments where the recording
    has a marker in the place of a secret.
    """

    kind: Kind
    key: str
    arguments: Mapping[str, Any]
    times: int = 1
    hidden: frozenset[str] = frozenset()


def call_changes(
    server: str, calls: Iterable[RecordedCall], old: Catalogue, new: Catalogue, check: Check
) -> Iterator[Change]:
    """The calls that fitted ``old`` and do not fit ``new``, and those that fitted neither.

    What neither offers is not told: the calls were made to another server. A call that names no
    tool of ``old`` and one of ``new`` breaks nowhere.
    """
    told: dict[tuple[str, Kind, str], int] = {}
    for call in calls:
        change = _of_call(server, call, old, new, check)
        if change is None:
            continue
        about = (change.rule.id, call.kind, call.key)
        told[about] = told.get(about, 0) + 1
        if told[about] <= _MOST_TOLD:
            yield change
    for (rule, kind, key), count in told.items():
        if count > _MOST_TOLD:
            message = f"{count - _MOST_TOLD} more such calls"
            yield Change(_RULES[rule], Subject(kind, key, server), message, basis=Basis.WITNESS)


def offers(catalogue: Catalogue, call: RecordedCall) -> bool:
    """Whether a catalogue has what a call is about."""
    return _found(catalogue, call) is not None


def _of_call(
    server: str, call: RecordedCall, old: Catalogue, new: Catalogue, check: Check
) -> Change | None:
    subject = Subject(call.kind, call.key, server)
    before, after = _found(old, call), _found(new, call)
    if before is None:
        return None
    said = f"recorded {_times(call.times)}"
    if after is None:
        message = f"{said}: there is no {call.kind} of this name any more"
        if call.kind is Kind.RESOURCE:
            message = f"{said}: neither listed any more nor of a template"
            # A server may read more than it lists.
            return Change(_RULES["call-gone"], subject, message, given=Severity.WARNING)
        return Change(
            _RULES["call-gone"],
            subject,
            message,
            basis=Basis.WITNESS,
            witness=Witness(call.arguments) if call.kind is Kind.TOOL else None,
        )
    verdict = _fits(call, after, check)
    if verdict.outcome is Outcome.VALID:
        return None
    if verdict.outcome is Outcome.UNCHECKED:
        return _undecided(subject, said, verdict.reason)
    certain = [one for one in verdict.violations if one.path not in call.hidden]
    if not certain and not verdict.more:
        first = verdict.violations[0]
        return _undecided(subject, said, f"{first.place or 'it'} is not in the recording")
    if _fits(call, before, check).outcome is Outcome.INVALID:
        message = f"{said}, with arguments that fit neither version: {_told(certain)}"
        return Change(_RULES["call-refused-before"], subject, message)
    message = f"{said}: {_told(certain)}"
    first = certain[0] if certain else verdict.violations[0]
    witness = Witness(call.arguments, first.path, first.place, first.rule, first.message)
    return Change(
        _RULES["call-refused"],
        subject,
        message,
        basis=Basis.WITNESS,
        witness=witness if call.kind is Kind.TOOL else None,
    )


def _undecided(subject: Subject, said: str, reason: str) -> Change:
    message = f"{said}: whether it still fits is not known"
    return Change(_RULES["call-undecided"], subject, message, basis=Basis.UNKNOWN, reason=reason)


def _told(violations: list[Violation]) -> str:
    """What is wrong, in words: the first few, and how many more."""
    said = [
        f"{quoted(one.place)[1:-1] if one.place else 'it'} {one.message}"
        for one in violations[:_MOST_NAMED]
    ]
    more = len(violations) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more else [])]) or "it does not fit"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _found(catalogue: Catalogue, call: RecordedCall) -> Item | None:
    """What the call is about, in a catalogue; for a resource also the template it is of."""
    for item in catalogue.items(call.kind):
        if item.key == call.key:
            return item
    if call.kind is not Kind.RESOURCE:
        return None
    return next((one for one in catalogue.items(Kind.TEMPLATE) if _is_of(call.key, one)), None)


def _is_of(uri: str, template: Item) -> bool:
    try:
        return templates.parse(template.key).matches(uri)
    except (templates.TemplateError, UndecidedError):
        return False


def _fits(call: RecordedCall, item: Item, check: Check) -> Verdict:
    if call.kind is Kind.TOOL:
        return check(item.raw.get("inputSchema", {}), call.arguments)
    if call.kind is Kind.PROMPT:
        missing = [name for name in _required(item) if name not in call.arguments]
        if missing:
            return Verdict(Outcome.INVALID, tuple(map(_missing, missing)))
    return Verdict(Outcome.VALID)


def _required(prompt: Item) -> Iterator[str]:
    """The arguments that a prompt has to be given."""
    arguments = prompt.raw.get("arguments")
    for one in arguments if isinstance(arguments, list) else ():
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and one.get("required") is True:
            yield name


def _missing(name: str) -> Violation:
    return Violation(f"/{name}", name, name, "required", "is missing")
