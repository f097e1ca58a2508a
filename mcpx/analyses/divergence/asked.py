"""Comparing what a server asked its client meanwhile; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.diff.values import same
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Question, Side
from mcpx.analyses.divergence.values import Comparer
from mcpx.envelopes import asked

# Beyond these, questions are not paired by what they ask.
_MOST = 100
# Names of a question, not part of it. Source: specification 2025-11-25, client/elicitation.
_IDS = ("elicitationId", "task")
# What SDKs say of a whole form in one era alone; no answer depends on it.
_WORDING = ("title", "description", "$schema")


def questions(recorded: Side, live: Side, comparer: Comparer) -> Iterator[Divergence]:
    """What differs in the questions: other ones, or in other words; and those nobody answered.

    Those that ask the same go together first, then those of one method in their order. Pointers
    begin with ``/questions/N``, by the recording.
    """
    if not recorded.questions and not live.questions:
        return
    across = recorded.modern is not live.modern
    pairs, gone, come = _paired(recorded.questions, live.questions, across)
    for place, other in pairs:
        values = comparer()
        was, now = recorded.questions[place], live.questions[other]
        values.compare(_wanted(was, across), _wanted(now, across), f"/questions/{place}/params")
        yield from (_changed(one) for one in values.found)
        if now.answer is None and was.answer is not None:
            yield _unanswered(now)
    for place in gone:
        one = recorded.questions[place]
        message = f"does not ask {_name(one)} any more"
        yield Divergence(Kind.MISSING, message, f"/questions/{place}", _value(one), ABSENT)
    for place in come:
        one = live.questions[place]
        if one.answer is None:
            yield _unanswered(one)
        else:
            message = f"asks {_name(one)}, which is not in the recording"
            yield Divergence(Kind.EXTRA, message, f"/questions/{place}", ABSENT, _value(one))


def _changed(found: Divergence) -> Divergence:
    """A question that says more is another one: an answer was not made for it."""
    return replace(found, kind=Kind.CHANGED) if found.kind is Kind.ADDED else found


def _unanswered(question: Question) -> Divergence:
    often = f" {question.times} times" if question.times > 1 else ""
    message = f"asks {_name(question)}{often}, and the recording has no answer to that"
    return Divergence(Kind.UNANSWERED, message, "", ABSENT, _value(question))


def _paired(
    recorded: Sequence[Question], live: Sequence[Question], across: bool
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Places that go together, and those left on each side."""
    left = list(range(len(live)))
    pairs: dict[int, int] = {}
    for equal in (True, False):
        for place, one in enumerate(recorded):
            if place in pairs or (equal and place >= _MOST):
                continue
            other = next((at for at in left[:_MOST] if _fits(one, live[at], across, equal)), None)
            if other is not None:
                pairs[place] = other
                left.remove(other)
    gone = [place for place in range(len(recorded)) if place not in pairs]
    return sorted(pairs.items()), gone, left


def _fits(one: Question, other: Question, across: bool, equal: bool) -> bool:
    if one.method != other.method:
        return False
    return not equal or same(_wanted(one, across), _wanted(other, across))


def _wanted(question: Question, across: bool) -> dict[str, Any]:
    """What is asked, without its own names, and what one era alone writes."""
    params = asked(question.params)
    for name in _IDS:
        params.pop(name, None)
    if across:
        if params.get("mode") == "form":
            del params["mode"]
        schema = params.get("requestedSchema")
        if isinstance(schema, dict):
            params["requestedSchema"] = {
                name: one for name, one in schema.items() if name not in _WORDING
            }
    return params


def _name(question: Question) -> str:
    return question.method[:60]


def _value(question: Question) -> Mapping[str, Any]:
    return {"method": question.method, "params": dict(question.params)}
