"""Where both sides of an interaction meet: the live one is awaited, then they are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.errors import McpxError
from mcpx.json_rpc import DISCOVER, HANDSHAKES, members
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import INITIALIZED
from mcpx.operations.replaying.markers import unmarked
from mcpx.operations.replaying.options import Replayed
from mcpx.operations.replaying.talk import Talk

# Seconds until it is taken that nobody can tell which interaction a question belongs to.
UNCLEAR = 0.5
# What the recording has an answer of, so that a live one is due.
_ANSWERED = (End.RESULT, End.ERROR, End.HTTP_ERROR, End.INPUT_REQUIRED)


class Meeting:
    """Compares what has ended on both sides, and tells it.

    ``interactions`` counts what was told, ``sent`` what the live server got of it; ``broken`` is
    the first failure of a live connection.
    """

    def __init__(
        self,
        comparison: Comparison,
        seconds: float,
        began: float,
        told: Callable[[Replayed], None],
    ) -> None:
        """``seconds`` is the patience for an answer, ``began`` the wall clock of the recording."""
        self.interactions = self.sent = 0
        self.broken: McpxError | None = None
        self._comparison = comparison
        self._seconds = seconds
        self._began = began
        self._told = told

    def note(self, failure: McpxError | None) -> None:
        """Keep the first failure."""
        self.broken = self.broken or failure

    def patience(self, course: Course) -> float:
        """Seconds that a live answer may still take."""
        took = max((course.ended or course.time) - course.time, 0.0)
        spent = course.carried.age if course.carried is not None else 0.0
        return max(self._seconds + took - spent, 0.0)

    async def of(self, talk: Talk, course: Course) -> None:
        """Await the live side of an interaction that has ended in the recording; compare and tell.

        Nothing is kept of it then.
        """
        carried = course.carried
        if carried is not None:
            await self._until_over(talk, course, carried)
            if course.end is End.RESULT:
                if course.interaction.method in HANDSHAKES:
                    talk.live.check_opened(carried)
                else:
                    await talk.live.check_spoken(carried, course.value, self._seconds)
            self.note(carried.failure)
        if course.end is End.CANCELLED:
            # How far it came before is a matter of time, and so is whether an answer crossed it.
            course.advance.values.clear()
            course.value = None
        if carried is None:
            end = End.NOT_SENT if course.why_not else End.LISTENING
            live = Side(end=end, reason=course.why_not, modern=talk.live.modern)
        else:
            self.sent += 1
            live = self._learnt(talk, course, carried.side())
        self.tell(course.interaction, course.side(self._began), live)
        # The two hold each other, and what they hold may be large.
        course.value = course.carried = None

    def of_connection(self, talk: Talk) -> None:
        """Compare and tell what came unasked on a connection, and how it ended."""
        self.tell(talk.first, *talk.sides(self._began))

    def tell(self, interaction: Interaction, recorded: Side, live: Side) -> None:
        """Compare two sides and tell them."""
        divergences = self._comparison.compare(interaction, recorded, live)
        self.interactions += 1
        self._told(Replayed(interaction, recorded, live, divergences))

    async def _until_over(self, talk: Talk, course: Course, carried: Carried) -> None:
        if course.end not in _ANSWERED:
            carried.leave(End.UNANSWERED if course.end is End.NOT_RECORDED else course.end)
            return
        while not await carried.until_over(min(UNCLEAR, self.patience(course))):
            talk.pool.give_up_unclear()
            if not self.patience(course):
                flood = talk.live.flood
                but = f", but {flood} notifications" if flood else ""
                carried.leave(End.FAILED, f"no answer within {self._seconds:g} s{but}")

    def _learnt(self, talk: Talk, course: Course, live: Side) -> Side:
        """The live side; what later requests need of it is kept."""
        recorded, result = members(course.value), members(live.value)
        if "nextCursor" in recorded and "nextCursor" in result:
            self._comparison.renaming.opaque(recorded["nextCursor"], result["nextCursor"])
        if course.interaction.method == "tools/list":
            talk.live.learn_schemas(result.get("tools"))
        elif course.interaction.method in HANDSHAKES and live.end is End.RESULT:
            talk.live.agreed(result)
            if course.interaction.method == DISCOVER and "protocolVersion" in result:
                # A modern recording has no word that ends the handshake of the legacy era.
                talk.live.notify(INITIALIZED, None)
        if course.end is End.CANCELLED and live.end is not End.FAILED:
            return replace(live, end=End.CANCELLED, value=None, progress=())
        if course.masked and live.end is course.end:
            within = "/error" if live.end is End.ERROR else "/result"
            return replace(live, value=unmarked(course.value, live.value, course.masked, within))
        return live
