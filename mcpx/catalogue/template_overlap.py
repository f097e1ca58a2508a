"""Whether templates of different servers can make one URI, and which resources they also make."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from mcpx.catalogue.templates import Template, automaton, spelled
from mcpx.catalogue.uri_automata import (
    MOST_STATES,
    Allowance,
    Automaton,
    UndecidedError,
    shortest,
)

# How many states all comparisons of one call may visit together: some seconds.
MOST_STATES_TOGETHER = 3_000_000
# What a comparison costs beside the states it visits, in states.
_COMPARISON = 3


@dataclass(frozen=True, slots=True)
class Overlap:
    """A shortest URI that two templates make.

    ``certain`` when servers match it to both; otherwise a value has to be empty or left out, which
    RFC 6570 allows and many servers do not match.
    """

    witness: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two templates that overlap, and the places where they stand in what was compared."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    overlap: Overlap


def overlap(first: Template, second: Template) -> Overlap | None:
    """How two templates can make the same URI, None when they cannot.

    Values are taken as ``Template.matches`` takes them. Raises UndecidedError for templates that
    are too long or have too many variables.
    """
    return _overlap(_Form(first), _Form(second), Allowance())


def overlapping(templates: Sequence[tuple[str, Template]]) -> Iterator[Crossing]:
    """The pairs of templates of different servers that overlap, of (server, template) each.

    Templates that differ in nothing but the names of their variables stand together and are not
    compared with each other. Raises UndecidedError after the last pair when not all could be
    compared.
    """
    alike: dict[str, list[int]] = {}
    for place, (_, template) in enumerate(templates):
        alike.setdefault(template.renamed(), []).append(place)
    forms = sorted(
        (_Form(templates[places[0]][1], tuple(places)) for places in alike.values()),
        key=lambda form: (form.prefix, form.places),
    )
    servers = [{templates[place][0] for place in form.places} for form in forms]
    answers = _Answers(MOST_STATES_TOGETHER)
    for number, first in enumerate(forms):
        for other in range(number + 1, len(forms)):
            second = forms[other]
            if not second.prefix.startswith(first.prefix):
                break
            if len(servers[number]) == 1 and servers[number] == servers[other]:
                continue
            found = answers.ask(partial(_overlap, first, second))
            if found:
                yield Crossing(first.places, second.places, found)
    answers.end()


def matching(
    templates: Sequence[tuple[str, Template]], uris: Sequence[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """Which templates match which URIs of other servers, of (server, template or URI) each.

    Yields the places of both in what was given. Raises UndecidedError after the last pair when
    not all could be compared.
    """
    texts = [spelled(uri) for _, uri in uris]
    order = sorted((text.lower(), place) for place, text in enumerate(texts))
    answers = _Answers(MOST_STATES_TOGETHER)
    for number, (server, template) in enumerate(templates if uris else ()):
        form = _Form(template)
        for start in range(bisect.bisect_left(order, (form.prefix, -1)), len(order)):
            text, place = order[start]
            if not text.startswith(form.prefix):
                break
            if uris[place][0] != server and answers.ask(partial(form.accepts, texts[place])):
                yield number, place
    answers.end()


_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class _Answers:
    """Answers to many questions, as long as all together do not take too long."""

    left: int
    undecided: bool = False

    def ask(self, question: Callable[[Allowance], _Answer]) -> _Answer | None:
        """One answer; none when it alone takes too long. Raises UndecidedError at the limit."""
        if self.left <= 0:
            raise UndecidedError(_UNFINISHED)
        given = min(MOST_STATES, self.left)
        allowance = Allowance(given)
        try:
            return question(allowance)
        except UndecidedError:
            self.undecided = True
            return None
        finally:
            self.left -= _COMPARISON + given - max(allowance.left, 0)

    def end(self) -> None:
        """Raises UndecidedError when a question was left open."""
        if self.undecided:
            raise UndecidedError(_UNFINISHED)


_UNFINISHED = "not every template was compared: there are too many, or they are too long"


@dataclass(slots=True)
class _Form:
    """A template, the places where it stands, and its automata once they were needed."""

    template: Template
    places: tuple[int, ...] = ()
    built: dict[bool, Automaton | None] = field(default_factory=dict)
    prefix: str = ""

    def __post_init__(self) -> None:
        # In lower case, as its beginning may mean the same in either.
        self.prefix = spelled(self.template.prefix).lower()

    def automaton(self, allowance: Allowance, *, empty: bool) -> Automaton:
        if empty not in self.built:
            # What fails stays so.
            self.built[empty] = None
            self.built[empty] = made = automaton(self.template, empty=empty)
            allowance.take(len(made.steps))
        found = self.built[empty]
        if found is None:
            raise UndecidedError
        return found

    def accepts(self, text: str, allowance: Allowance) -> bool:
        return self.automaton(allowance, empty=False).accepts(text, allowance)


def _overlap(first: _Form, second: _Form, allowance: Allowance) -> Overlap | None:
    # What overlaps without empty values does so with them too; mostly nothing does.
    possible = shortest(
        first.automaton(allowance, empty=True), second.automaton(allowance, empty=True), allowance
    )
    if possible is None:
        return None
    certain = shortest(
        first.automaton(allowance, empty=False), second.automaton(allowance, empty=False), allowance
    )
    return Overlap(possible, certain=False) if certain is None else Overlap(certain, certain=True)
