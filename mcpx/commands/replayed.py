"""What ``mcpx replay`` tells: each interaction as it ends, judged; then what it all comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.finding import Severity
from mcpx.errors import ExitStatus
from mcpx.reports.formats import Format
from mcpx.reports.replay_repeats import Repeats
from mcpx.reports.replayed import MOST, Diverged, Played, Replay, Tally
from mcpx.terminal import ReaderLeftError

if TYPE_CHECKING:
    from mcpx.analyses.divergence.divergences import Divergence
    from mcpx.analyses.divergence.sides import Interaction, Side
    from mcpx.commands.run import Run
    from mcpx.operations.judging import Judgement


# What may differ each time, and can be left out by a rule.
_EXAMPLES = (Kind.CHANGED, Kind.ADDED, Kind.ORDER, Kind.ERROR_TEXT)


class Telling:
    """Hears of every interaction that was replayed.

    What is read as it comes is written as it comes and forgotten; of what is delivered whole so
    much is kept as is told of it. From ``fails_from`` on a divergence changes the status. With
    ``times`` it is told how long each took, which is different each time.
    """

    def __init__(
        self,
        run: Run,
        session: str,
        judgement: Judgement,
        fails_from: Severity | None = None,
        times: bool = False,
    ) -> None:
        self.tally = Tally()
        self.count = 0  # of all that was heard of
        self.eras: tuple[set[str], set[str]] = set(), set()
        # The first that differs in its values, as an example of what can be ignored.
        self.example: tuple[Played, Diverged] | None = None
        self._run = run
        self._session = session
        self._judgement = judgement
        self._fails_from = fails_from
        self._times = times
        self._repeats = Repeats()
        self._ignored: Counter[tuple[str, str]] = Counter()
        self._kept: list[Played] = []
        self._streams = run.output in (None, "-") and run.form in (Format.TABLE, Format.NDJSON)

    def __call__(
        self,
        interaction: Interaction,
        recorded: Side,
        live: Side,
        divergences: Sequence[Divergence],
    ) -> Played:
        """Judge an interaction and tell it, or keep it until all of it is delivered."""
        played = self._played(interaction, recorded, live, divergences)
        self.tally.add(played)
        self.count += 1
        for side, eras in zip((recorded, live), self.eras, strict=True):
            eras.add("modern" if side.modern else "legacy")
        if self.example is None and played.differs:
            self.example = next(
                (
                    (played, one)
                    for one in played.diverged
                    if one.kind in _EXAMPLES and one.pointer and one.severity is not Severity.INFO
                ),
                None,
            )
        if self._streams:
            self._write(played)
        elif played.counts or played.diverged:
            self._kept.append(played)
        return played

    def _played(
        self,
        interaction: Interaction,
        recorded: Side,
        live: Side,
        divergences: Sequence[Divergence],
    ) -> Played:
        from mcpx.analyses.divergence.sides import End
        from mcpx.reports.replay_findings import finding_of
        from mcpx.reports.session_words import given_with

        told: list[Diverged] = []
        more = 0
        for one in divergences:
            found, ignored = self._judgement.of([finding_of(interaction, one, self._session)])
            for each in ignored:
                self._ignored[each.rule, each.by] += each.count
            if found and len(told) < MOST:
                told.append(Diverged.of(one, found[0]))
            else:
                more += len(found)
        return Played(
            number=interaction.number,
            connection=interaction.connection,
            method=interaction.method,
            name=interaction.name,
            given=given_with(interaction.method, interaction.params),
            line=interaction.line,
            took=live.seconds if self._times else None,
            took_before=recorded.seconds if self._times else None,
            why_not=live.reason if live.end is End.NOT_SENT else "",
            diverged=told,
            more=more,
        )

    def _write(self, played: Played) -> None:
        terminal = self._run.terminal
        if self._run.form is Format.NDJSON:
            from mcpx.reports.json_text import line
            from mcpx.reports.replay_data import record

            text = line(record(played)) if played.counts or played.diverged else ""
        else:
            text = self._lines(played)
        if text:
            terminal.write(text)
        if terminal.reader_left:
            raise ReaderLeftError(self.status)

    def _lines(self, played: Played) -> str:
        """What is shown of an interaction, with how often the one before it repeated itself."""
        from mcpx.reports.replay_lines import in_a_pipe, of_interaction

        terminal = self._run.terminal
        if terminal.is_terminal:
            text = of_interaction(played, terminal)
        else:
            text = in_a_pipe(played, bool(terminal.verbose))
        if terminal.verbose or not played.differs:
            return text
        return "" if self._repeats.again(played) else self._repeated(played) + text

    def _repeated(self, following: Played | None = None) -> str:
        from mcpx.reports.replay_lines import again

        run = self._repeats.next(following)
        return again(run, self._run.terminal) if run is not None else ""

    @property
    def status(self) -> ExitStatus:
        """FINDINGS where something is as bad as ``fails_from``."""
        least = self._fails_from
        if least is not None and any(one.at_least(least) for one in self.tally.severities):
            return ExitStatus.FINDINGS
        return ExitStatus.OK

    @property
    def hidden(self) -> str:
        """How to see what is only of information, where that was not told."""
        quiet = self._run.form is Format.TABLE and not self._run.terminal.verbose
        return " (-v shows it)" if quiet else ""

    @property
    def ignored(self) -> list[dict[str, Any]]:
        """Which findings the user's files keep from being told."""
        return [
            {"rule": rule, "by": by, "count": count}
            for (rule, by), count in sorted(self._ignored.items())
        ]

    def deliver(self, server: str, bound: Mapping[str, str]) -> None:
        """Deliver what was not written as it came."""
        if self._streams:
            if text := self._repeated():
                self._run.terminal.write(text)
            return
        recorded, live = (sorted(eras) for eras in self.eras)
        document = Replay(
            self._session,
            server,
            self._kept,
            self.tally,
            (recorded, live),
            bound,
            self.ignored,
        )
        self._run.deliver(document)
