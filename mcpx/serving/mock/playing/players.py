"""All clients of one mock, and what is said of them at the end; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from mcpx.json_rpc import HANDSHAKES
from mcpx.servers import Era
from mcpx.serving.mock.playing.misses import Miss
from mcpx.serving.mock.playing.openings import Openings
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.player import Player
from mcpx.serving.mock.tape.schemas import schemas
from mcpx.serving.mock.tape.takes import Take
from mcpx.serving.mock.tape.tape import Tape


class Players:
    """Those of one tape.

    A stdio process has one; over HTTP each legacy session, and all modern requests together.

    ``misses`` are what no client found on the tape, of which ``told`` is told as it happens.
    ``strange`` is told the era of the first client that is not spoken to.
    """

    def __init__(
        self,
        tape: Tape,
        options: Options,
        told: Callable[[Miss], None] | None = None,
        strange: Callable[[Era], None] | None = None,
    ) -> None:
        self.misses: list[Miss] = []
        self._tape = tape
        self._options = options
        self._told = told
        self._strange = strange
        self._openings = Openings(tape, options.both)
        self._count = 0
        self._played: Counter[int] = Counter()
        self._handshakes = 0

    def new(self) -> Player:
        """One for one more client."""
        self._count += 1
        session = f"mock-session-{self._count}" if self._hands_out else ""
        return Player(
            self._tape,
            self._options,
            self._openings,
            session,
            self._miss,
            self._met_strange,
            self._home,
            self._played,
        )

    def unused(self) -> list[Take]:
        """The recorded requests that nobody made, in their order.

        Handshakes are no such, nor what we refuse ourselves for how it is put.
        """
        return [
            one
            for one in self._tape.takes
            if one.is_known
            and not one.invalid
            and one.method not in (*HANDSHAKES, "ping")
            and not self._played[one.number]
        ]

    @cached_property
    def schemas(self) -> Mapping[str, Any]:
        """What the tools take, by their names."""
        return schemas(self._tape)

    @property
    def _hands_out(self) -> bool:
        """Whether sessions are handed out, as they were or as it takes to tell clients apart."""
        tape = self._tape
        over_http = any(take.status for take in tape.takes)
        return not self._options.one_stream and (tape.has_sessions or not over_http)

    def _miss(self, miss: Miss) -> None:
        self.misses.append(miss)
        if self._told is not None:
            self._told(miss)

    def _met_strange(self, era: Era) -> None:
        told, self._strange = self._strange, None
        if told is not None:
            told(era)

    def _home(self) -> int:
        """The connection of the recording that one more client goes by; 0 for all."""
        connections = self._tape.connections
        if len(connections) < 2:
            return 0
        self._handshakes += 1
        return connections[(self._handshakes - 1) % len(connections)]
