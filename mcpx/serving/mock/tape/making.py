"""Takes made of what a session holds; no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from mcpx.codes import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION
from mcpx.json_rpc import members
from mcpx.servers import Era
from mcpx.serving.mock.tape.opaque import markers
from mcpx.serving.mock.tape.stamps import is_stamped, lacking
from mcpx.serving.mock.tape.takes import (
    Loose,
    Part,
    Step,
    Take,
    asked_of,
    is_said,
    key_of,
    step_said,
    steps_asked,
)
from mcpx.sessions.items import Notification, Outcome, RoundTrip
from mcpx.wire import SESSION_HEADER, Direction, Finish

# Errors of the modern era for how a request was put, and ends of an exchange without an answer.
_INVALID = (HEADER_MISMATCH, UNSUPPORTED_VERSION)
_BROKEN = (Finish.END, Finish.SERVER, Finish.UNREACHABLE, Finish.REFUSED)
_OWN_HEADERS = ("content-type", SESSION_HEADER)


def take_of(
    trip: RoundTrip,
    more: Iterable[RoundTrip | Notification],
    eras: Collection[Era],
    body: str,
    framed: Iterable[Step] = (),
) -> Take:
    """The take of a client's request; ``more`` belongs to it too, and what it was ``framed`` by.

    ``eras`` are those that its connection was found to speak, ``body`` what came over HTTP in the
    place of a message.
    """
    request = trip.request
    if request is None:
        raise AssertionError("a take without a request")
    params, http = request.params(), trip.http
    stamped = is_stamped(params)
    modern = stamped or (Era.LEGACY not in eras and Era.MODERN in eras)
    cancelled = trip.cancelled
    by_client = cancelled is not None and cancelled.event.direction is Direction.TO_SERVER
    said = [*trip.said, *trip.inside, *more]
    answered = dict(http.answered) if http else {}
    return Take(
        number=trip.number,
        line=trip.line,
        connection=trip.connection,
        era=Era.MODERN if modern else Era.LEGACY,
        method=trip.method,
        name=trip.name,
        id=trip.id,
        key=key_of(params),
        asked=asked_of(params),
        stamped=stamped,
        has_blanks=bool(markers(request.event)),
        steps=_steps(trip, said, framed),
        outcome=trip.outcome,
        ended=trip.answer.number if trip.answer else 0,
        follows=trip.follows,
        state=params.get("requestState"),
        responses=params.get("inputResponses"),
        gave=_state(trip),
        cancelled=cancelled.number if cancelled and by_client else 0,
        status=trip.status,
        kind=answered.get("content-type", "").partition(";")[0].strip().lower(),
        headers={name: one for name, one in answered.items() if name not in _OWN_HEADERS},
        body=body,
        broken=http.why if http is not None and http.why in _BROKEN else None,
        invalid=modern
        and (trip.code in _INVALID or (trip.code == INVALID_PARAMS and bool(lacking(params)))),
    )


def loose_of(item: RoundTrip | Notification, heard: float) -> Iterator[Loose]:
    """What was said outside of all requests; ``heard`` is when the client had last said anything.

    None where a server answered what nobody had asked.
    """
    if isinstance(item, Notification):
        steps = [step_said(item)]
    else:
        steps = [*steps_asked(item)[:1], *(step_said(one) for one in item.said if is_said(one))]
    for step in steps:
        yield Loose(replace(step, after=max(step.after - heard, 0.0)), item.connection)


def _state(trip: RoundTrip) -> Any:
    """The state that an answer gives out while it asks for input."""
    if trip.answer is None or trip.outcome is not Outcome.INPUT_REQUIRED:
        return None
    return members(trip.answer.members().get("result")).get("requestState")


def _steps(
    trip: RoundTrip, said: Iterable[RoundTrip | Notification], framed: Iterable[Step]
) -> tuple[Step, ...]:
    """All steps in their order, up to the answer, with the time that each of them took."""
    steps = [
        one for one in framed if one.part is not Part.EXITED or trip.outcome is Outcome.UNANSWERED
    ]
    for item in said:
        if isinstance(item, RoundTrip):
            steps += steps_asked(item)
        # What a server says of its own question is that it wants no answer any more.
        about = item.said if isinstance(item, RoundTrip) else (item,)
        steps += [step_said(one) for one in about if is_said(one)]
    answer = trip.answer
    # One that was too large to be kept has no text.
    if answer is not None and not answer.event.cut:
        # Of one event, as of a batch, the answer comes last.
        steps = [one for one in steps if one.number <= answer.number]
        steps.append(Step(Part.ANSWERED, answer.number, answer, answer.event.time))
    steps.sort(key=lambda one: (one.number, one.part is Part.ANSWERED))
    times = [trip.time, *(one.after for one in steps)]
    return tuple(
        replace(step, after=max(now - before, 0.0))
        for step, (before, now) in zip(steps, pairwise(times), strict=True)
    )
