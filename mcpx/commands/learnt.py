"""Masks of a replay: the one that is used, and ``--learn``, which finds out what belongs in one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcpx.errors import ConfigError, ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.analyses.divergence.divergences import Divergence
    from mcpx.analyses.divergence.masks import Mask
    from mcpx.analyses.divergence.sides import Interaction, Side
    from mcpx.commands.playing import Play
    from mcpx.operations.replaying.options import Replayed

LARGEST = 4 * 1024 * 1024
# Of the answers of the first run, and roughly of any value beside its characters.
MOST_HELD = 64 * 1024 * 1024
_OVERHEAD = 60
_SUFFIX = ".mask.json"
_MOST_TOLD = 5


def mask_of(play: Play, given: str | None) -> Mask:
    """The mask of a file: the one given, else the one beside the session, if there is one.

    Raises ConfigError for what is no mask.
    """
    from mcpx.analyses.divergence.masks import Mask
    from mcpx.files import read_text
    from mcpx.json_text import JsonTextError, parse_json

    path = given or str(_beside(play.session))
    if given is None and not Path(path).exists():
        return Mask()
    try:
        mask = Mask.of(parse_json(read_text(path, LARGEST)))
    except JsonTextError as error:
        raise ConfigError(f"{path}: {error}") from error
    except ValueError as error:
        raise ConfigError(
            f"{path}: {error}", hint="mcpx schema replay-mask describes it"
        ) from error
    if given is None:
        play.run.terminal.note(f"what may differ is in {path}")
    return mask


def _beside(session: str) -> Path:
    """Where the mask of a session file stands."""
    path = Path(session)
    return path.with_name(path.stem + _SUFFIX)


def learnt(play: Play) -> ExitStatus:
    """Replay a session twice and keep what differs by itself in a mask beside it.

    The answers of the first run are held in memory, as far as they are not too large together.
    What no mask may hide, such as another outcome or other items of a list, means that the server
    was not the same both times: nothing is written, with status 1. Another order, or way to carry
    an answer, is only said. Raises ConfigError for answers that are too large.
    """
    from mcpx.analyses.divergence.comparison import Comparing, Comparison
    from mcpx.analyses.divergence.masks import Learning, Mask
    from mcpx.files import check_writable, write_whole
    from mcpx.reports.json_text import dumps
    from mcpx.terminal import counted

    if not Path(play.session).is_file():
        raise UsageError(f"--learn: {play.session} is no file, so that no mask can stand beside it")
    path = _beside(play.session)
    check_writable(path)
    first: dict[tuple[int, int], Side] = {}
    learning = Learning()
    comparison = Comparison(Comparing(play.ignored))

    held = 0

    def keep(one: Replayed) -> None:
        nonlocal held
        held += size_of(one.live.value)
        if held > MOST_HELD:
            raise ConfigError(
                f"--learn: the answers are larger than {MOST_HELD} bytes together; nothing learnt",
                hint="--ignore METHOD[NAME] /pointer keeps out what differs each time",
            )
        first[one.interaction.connection, one.interaction.number] = one.live

    def see(one: Replayed) -> None:
        place = one.interaction.connection, one.interaction.number
        if (before := first.pop(place, None)) is not None:
            found = comparison.compare(one.interaction, before, one.live)
            learning.see(one.interaction, found, before.value)

    for hear in (keep, see):
        summary = play.go(Mask(), hear)
        if summary.broken is not None:
            raise summary.broken
    terminal = play.run.terminal
    other, passing = _parted(learning.refused)
    for interaction, divergence in (other or passing)[:_MOST_TOLD]:
        what = f"#{interaction.number} {interaction.method} {interaction.name}".rstrip()
        terminal.say(f"{what}: {divergence.pointer or divergence.kind}: {divergence.message}")
    if other:
        terminal.say("the server was not the same in both runs: nothing was learnt")
        return ExitStatus.FINDINGS
    if passing:
        terminal.say("no mask keeps that out")
    document = learning.mask.to_dict()
    if not document["places"] and not path.exists():
        terminal.note("nothing differs by itself: no mask is needed")
        return ExitStatus.OK
    write_whole(path, dumps(document, indent=2) + "\n")
    places = counted(len(document["places"]), "place")
    terminal.note(f"wrote {path}: {places}; replay uses it from now on")
    return ExitStatus.OK


def _parted(
    refused: Sequence[tuple[Interaction, Divergence]],
) -> tuple[list[tuple[Interaction, Divergence]], list[tuple[Interaction, Divergence]]]:
    """What tells of another server, and what differs between two runs by chance."""
    from mcpx.analyses.divergence.divergences import Kind

    chance = (Kind.ORDER, Kind.TRANSPORT, Kind.LATENCY)
    other = [one for one in refused if one[1].kind not in chance]
    return other, [one for one in refused if one[1].kind in chance]


def size_of(value: Any) -> int:
    """Roughly how many bytes a JSON value takes in memory."""
    total, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        total += _OVERHEAD
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, dict):
            waiting += one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return total
