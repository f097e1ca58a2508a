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


def accepted(play: Play, mask: Mask) -> ExitStatus:
    """Replay a session, tell what differs, and accept all of it; the status of it all.

    Nothing is written, with status 1, when something differs that an answer alone cannot mend, or
    when something went wrong.
    """
    from mcpx.commands.playing import told
    from mcpx.operations.accepting import Accepting, NotAcceptedError
    from mcpx.sessions.updating import update

    accepting = Accepting()
    answers: dict[int, Answer] = {}
    refused: list[str] = []

    def hear(one: Replayed, differs: bool) -> None:
        accepting.see(one.divergences)
        if not differs:
            return
        try:
            answers[one.interaction.number] = accepting.answer(one)
        except NotAcceptedError as error:
            about = f"{one.interaction.method} {one.interaction.name}".strip() or "connection"
            refused.append(f"#{one.interaction.number} {about}: {error}")

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
        update(play.reading, answers, _redaction(play))
        terminal.note(f"accepted {counted(len(answers), 'answer')} in {play.session}")
    else:
        terminal.note("nothing to accept")
    return worst(statuses)


def _redaction(play: Play) -> Redaction:
    """What is secret in the answers; nothing where the recording masks nothing."""
    from mcpx.commands.recorded import given_secrets
    from mcpx.sessions.redaction import Redaction
    from mcpx.settings import environment

    if not play.reading.header.redaction:
        return Redaction.none()
    ours = environment()
    return Redaction.of(ours, play.spec, given_secrets(play.run.connecting, ours))
