"""A replay as a command does it: what would be sent, what is told of it, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mcpx.commands.replayed import Telling
from mcpx.errors import ConfigError, ExitStatus, RefusedError, worst
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.analyses.divergence.bindings import Binding
    from mcpx.analyses.divergence.masks import IgnoreRules, Mask
    from mcpx.analyses.finding import Severity
    from mcpx.client.terms import Terms
    from mcpx.commands.run import Run
    from mcpx.operations.replaying.options import Options, Replayed, Summary
    from mcpx.operations.replaying.variables import Giving
    from mcpx.servers import ServerSpec
    from mcpx.sessions.reading import Reading
    from mcpx.trust import Gate

# Of what was bound, and of tools, that are named.
_MOST_NAMED = 4
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Play:
    """What is replayed on whom, and how.

    ``named``: the server is not the recorded one, but was named. ``record`` is where the replay
    itself is recorded.
    """

    run: Run
    reading: Reading
    spec: ServerSpec
    gate: Gate
    options: Options
    ignored: IgnoreRules
    bindings: Sequence[Binding] = ()
    latency: bool = False
    record: str | None = None
    named: bool = True

    @property
    def session(self) -> str:
        """The name of the session file."""
        return self.reading.name

    @property
    def secrets(self) -> dict[str, str]:
        """What is put back into what is sent, by its sources: it is secret wherever it stands."""
        return {f"env:{name}": value for name, value in self.options.restore.items()}

    def go(self, mask: Mask, told: Callable[[Replayed], None]) -> Summary:
        """Replay it once; ``told`` hears of each interaction as it ends. Raises as ``replayed``."""
        from mcpx.analyses.divergence.comparison import Comparing
        from mcpx.analyses.divergence.sides import End
        from mcpx.commands.recorded import recorded
        from mcpx.json_rpc import HANDSHAKES
        from mcpx.operations.comparing import SchemaJudge
        from mcpx.operations.replaying.replay import replayed
        from mcpx.schemas.workers import Worker
        from mcpx.sessions.known_values import values_of
        from mcpx.settings import environment

        run, settings = self.run, self.run.settings()
        run.terminal.mask.learn(self.spec)
        run.terminal.mask.add(self.options.restore.values())
        # What comes from our variables is put back into requests, and may come back.
        run.terminal.mask.add(values_of(environment(), self.spec))
        with (
            recorded(run, self.record, [self.spec], self.secrets) as tapping,
            run.terminal.progress() as progress,
            Worker() as worker,
        ):
            progress(f"{self.spec.name}: connecting")
            judge = SchemaJudge(worker)
            comparing = Comparing(self.ignored, mask, self.latency, judge.check, judge)
            count = 0

            def hear(one: Replayed) -> None:
                nonlocal count
                is_sent = one.live.end is not End.NOT_SENT
                if is_sent and one.interaction.method not in ("", *HANDSHAKES):
                    count += 1
                    progress(f"{self.spec.name}: {counted(count, 'interaction')} replayed")
                told(one)

            def terms() -> Terms:
                from mcpx.client.terms import Terms
                from mcpx.retry import Retries

                retries = Retries(told=run.repeated)
                return Terms.of(settings, tapping=tapping, retries=retries)

            return replayed(
                self.reading,
                self.spec,
                settings,
                run.terminal.mask,
                self.gate,
                comparing,
                self.options,
                hear,
                terms=terms,
                bindings=self.bindings,
                tick=progress.again,
            )


def played(play: Play, mask: Mask, fails_from: Severity | None) -> ExitStatus:
    """Replay a session and tell what differs; the status of it all."""
    from mcpx.commands.advised import Advice

    advice = Advice(play)
    telling, statuses = told(play, mask, fails_from, advice.hear)
    for line in (*advice.rules(), *advice.hints(telling, bool(statuses))):
        play.run.terminal.note(line)
    return worst([*statuses, telling.status])


def told(
    play: Play,
    mask: Mask,
    fails_from: Severity | None = None,
    also: Callable[[Replayed, bool], None] | None = None,
) -> tuple[Telling, list[ExitStatus]]:
    """Replay a session, tell what differs and what there is to say of the whole.

    ``also`` hears of each interaction too, and whether it differs. The statuses are those of what
    went wrong apart from that. Raises ConfigError for a session without anything to replay.
    """
    from mcpx.operations.judging import judgement

    telling = Telling(play.run, play.session, judgement(), fails_from, play.latency)

    def hear(one: Replayed) -> None:
        found = telling(one.interaction, one.recorded, one.live, one.divergences)
        if also is not None:
            also(one, found.differs)

    summary = play.go(mask, hear)
    if not telling.count:
        raise ConfigError(f"{play.session}: there is nothing in it to replay")
    telling.deliver(play.spec.name, summary.bound)
    return telling, list(_remarks(play, telling, summary))


def _remarks(play: Play, telling: Telling, summary: Summary) -> Iterator[ExitStatus]:
    """Say what there is to say of the whole; the statuses that follow from it."""
    from mcpx.reports.replay_lines import summed_up
    from mcpx.reports.session_words import cut

    terminal = play.run.terminal
    where = f"{play.session} on {play.spec.name}" if play.named else play.session
    said = f"{where}: {summed_up(telling.tally, telling.hidden)}"
    if ignored := sum(one["count"] for one in telling.ignored):
        said += f"; {ignored} ignored"
    terminal.note(said)
    if summary.bound:
        pairs = [
            f"{cut(old, _LONGEST)} → {cut(new, _LONGEST)}" for old, new in summary.bound.items()
        ]
        terminal.note(f"bound: {_few(pairs)}")
    if summary.skipped:
        terminal.note(f"not called, since they may write: {_few(summary.skipped)}")
    for remark in summary.remarks:
        terminal.note(remark)
    if not summary.complete:
        terminal.note("the recording is not whole: what it lacks is not compared")
    if summary.missing:
        names = [one.partition(":")[2] for one in summary.missing]
        terminal.say(f"not sent, without the values of {_few(names)}: set these variables")
        yield ExitStatus.USAGE
    if summary.broken is not None:
        terminal.complain(summary.broken, play.spec.name)
        yield summary.broken.status


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return ", ".join(words[:_MOST_NAMED]) + more


def planned(play: Play, giving: Giving) -> ExitStatus:
    """Show what would be started and sent, in order, and what of ours would go into it."""
    from mcpx.operations.replaying import variables
    from mcpx.reports.session_words import asked, given
    from mcpx.sessions.round_trips import round_trips
    from mcpx.settings import environment
    from mcpx.wire import Direction

    sent = [
        (trip.number, f"{asked(trip)}  {given(trip)}".rstrip())
        for trip in round_trips(play.reading)
        if trip.direction is Direction.TO_SERVER and trip.request is not None
    ]
    steps = [f"#{number} {said}" for number, said in sorted(sent)]
    restored = list(variables.planned(variables.taken(play.reading), giving, environment()))
    request = {"session": play.session, "restores": restored, "sends": steps}
    if not restored:
        del request["restores"]
    if not (play.options.allow_writes or play.options.skip_writes):
        play.run.terminal.note("a tool that may write is called with --allow-writes only")
    if play.named:
        return play.run.plan([play.spec], play.gate, request)
    return _of_recorded(play, request)


def _of_recorded(play: Play, request: Mapping[str, Any]) -> ExitStatus:
    """The plan for the server that the session file names, which is shown whole."""
    from mcpx.operations.replaying.recorded_target import check, shown
    from mcpx.reports.plans import planned as plan

    for line in shown(play.spec):
        play.run.terminal.note(line)
    play.run.deliver(plan([play.spec], play.gate, request))
    try:
        check(play.spec, play.gate)
    except RefusedError as error:
        play.run.terminal.note(f"{error.message}; {error.hint}")
    return ExitStatus.OK
