"""``mcpx replay --update``: the answers that differ become those of the session file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcpx.errors import ExitStatus, worst
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.analyses.divergence.masks import Mask
    from mcpx.commands.playing import Play
    from mcpx.operations.replaying.options import Replayed
    from mcpx.sessions.redaction import Redaction
    from mcpx.sessions.updating import Answer

_MOST_TOLD = 5
# Of all answers that are held until they are written.
LARGEST = 256 * 1024 * 1024


def accepted(play: Play, mask: Mask) -> ExitStatus:
    """Replay a session, tell what differs, and accept all of it; the status of it all.

    Nothing is written, with status 1, when something differs that an answer alone cannot mend, or
    when something went wrong.
    """
    from mcpx.commands.playing import told
    from mcpx.operations.accepting import Accepting, NotAcceptedError
    from mcpx.sessions.updating import identity, update

    was = identity(play.reading)
    accepting = Accepting()
    answers: dict[int, Answer] = {}
    named: list[str] = []
    refused: list[str] = []
    size = 0

    def hear(one: Replayed, differs: bool) -> None:
        nonlocal size
        accepting.see(one.divergences)
        if not differs:
            return
        about = f"{one.interaction.method} {one.interaction.name}".strip() or "connection"
        about = f"#{one.interaction.number} {about}"
        try:
            answer = accepting.answer(one)
            size += len(answer.text)
            if size > LARGEST:
                raise NotAcceptedError(f"the answers are larger than {LARGEST} bytes together")
        except NotAcceptedError as error:
            refused.append(f"{about}: {error}")
        else:
            answers[one.interaction.number] = answer
            named.append(about)

    _, statuses = told(play, mask, also=hear)
    terminal = play.run.terminal
    if refused:
        for line in refused[:_MOST_TOLD]:
            terminal.say(f"cannot be accepted: {line}")
        terminal.say(f"{play.session} stays as it is; record it anew: mcpx record")
        return worst([*statuses, ExitStatus.FINDINGS])
    if statuses:
        terminal.say(f"{play.session} stays as it is")
    elif answers:
        update(play.reading, answers, _redaction(play), was)
        more = f" and {len(named) - _MOST_TOLD} more" if len(named) > _MOST_TOLD else ""
        which = ", ".join(named[:_MOST_TOLD]) + more
        terminal.note(f"accepted {counted(len(answers), 'answer')} in {play.session}: {which}")
    else:
        terminal.note("nothing to accept")
    return worst(statuses)


def _redaction(play: Play) -> Redaction:
    """What is secret in the answers; nothing where nothing was masked in the recording."""
    from mcpx.commands.recorded import given_secrets
    from mcpx.sessions.redaction import Redaction
    from mcpx.settings import environment

    if not (play.reading.header.redaction or play.secrets):
        return Redaction.none()
    ours = environment()
    given = given_secrets(play.run.connecting, ours)
    return Redaction.of(ours, play.spec, {**given, **play.secrets})
