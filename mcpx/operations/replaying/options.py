"""How a session is replayed, and what a replay tells of itself; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.sides import Interaction, Side
from mcpx.errors import McpxError
from mcpx.servers import NOTHING, Era


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to replay.

    ``era``: speak this one, whichever was recorded (None: the recorded one). ``seconds`` is the
    patience for an answer, beyond what it took when it was recorded. ``sequential``: one request at
    a time. ``pace``: wait as long between requests as was recorded (1), half as long (2), not at
    all (0). ``allow_writes``: call tools that may change something; ``skip_writes``: leave them
    out. ``binds``: find the handles that requests take from earlier results (``--bind auto``).
    ``restore`` has the values, by their variables, that are put back where their markers stand.
    """

    era: Era | None = None
    seconds: float = 120.0
    sequential: bool = False
    pace: float = 0.0
    allow_writes: bool = False
    skip_writes: bool = False
    binds: bool = True
    restore: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)


@dataclass(frozen=True, slots=True)
class Replayed:
    """An interaction that has ended on both sides, with what differs."""

    interaction: Interaction
    recorded: Side
    live: Side
    divergences: Sequence[Divergence]


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is to say of a replay as a whole.

    ``interactions`` counts those that were told, ``sent`` those of them that the live server got.
    ``skipped`` is what was not asked for since it may write, ``missing`` the sources of
    secrets (``env:NAME``) without which calls were not sent. ``bound`` are the handles that were
    put into requests, recorded to live. ``broken`` is the first failure of a live connection.
    ``complete``: the recording has its end. ``seconds`` is how long it took.
    """

    interactions: int = 0
    sent: int = 0
    skipped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    bound: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    broken: McpxError | None = None
    complete: bool = True
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
