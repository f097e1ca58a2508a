"""The interactions that have not ended in the recording, and which request goes on with which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.envelopes import asked
from mcpx.operations.replaying.courses import Course
from mcpx.sessions.legs import Legs


class OpenCourses:
    """Known by the number of their last request's event, over all connections."""

    def __init__(self) -> None:
        self._by_leg: dict[int, Course] = {}
        self._legs = Legs()

    def __iter__(self) -> Iterator[Course]:
        return iter(list(self._by_leg.values()))

    def of(self, connection: int) -> list[Course]:
        """Those of a connection."""
        return [one for one in self if one.interaction.connection == connection]

    def add(self, course: Course) -> None:
        """One that has begun."""
        self._by_leg[course.leg] = course

    def remove(self, course: Course) -> None:
        """One that has ended."""
        self._by_leg.pop(course.leg, None)

    def asks(self, course: Course, result: Mapping[str, Any]) -> None:
        """The last request of one was answered with questions (``input_required``)."""
        about = course.interaction
        course.end, course.value = End.INPUT_REQUIRED, result
        course.asks(result)
        self._legs.asked(course.leg, course.place, about.method, about.params, result)

    def gone_on_with(self, about: Interaction) -> Course | None:
        """The one that a request goes on with, of which it is the last from now on.

        None where it begins another: also when it carries another state than it was given.
        """
        leg = self._legs.of(about.method, about.params)
        if leg.follows:
            course = self._by_leg.get(leg.follows)
            if course is not None and not course.goes_on_with(about.params):
                return None
        else:
            mine = self.of(about.connection)
            course = next((one for one in mine if _asks_again(one, about)), None)
        if course is not None:
            self.remove(course)
            course.leg, course.place, course.waits = about.number, leg.place, True
            self.add(course)
        return course


def _asks_again(course: Course, about: Interaction) -> bool:
    """Whether a request is one that was refused until pages have been opened, once more."""
    before = course.interaction
    return (
        course.end is End.ERROR
        and not course.waits
        and before.method == about.method
        and asked(before.params) == asked(about.params)
    )
