"""A recorded session against a live server: what was sent is sent, what comes is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mcpx import interrupts
from mcpx.masking import Mask
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.operations.replaying.recorded_target import check
from mcpx.operations.work import Work, ticking
from mcpx.servers import ServerSpec
from mcpx.sessions.reading import Reading
from mcpx.settings import Settings

if TYPE_CHECKING:
    from mcpx.analyses.divergence.bindings import Binding
    from mcpx.analyses.divergence.comparison import Comparing
    from mcpx.client.processes import Process
    from mcpx.client.terms import Terms
    from mcpx.operations.replaying.recorded_session import RecordedSession
    from mcpx.trust import Gate


def replayed(
    reading: Reading,
    spec: ServerSpec,
    settings: Settings,
    mask: Mask,
    gate: Gate,
    comparing: Comparing,
    options: Options,
    told: Callable[[Replayed], None],
    *,
    terms: Callable[[], Terms] | None = None,
    bindings: Sequence[Binding] = (),
    tick: Callable[[], None] = lambda: None,
) -> Summary:
    """Replay a session against the server of ``spec``, which is started, and ended afterwards.

    ``told`` hears of each interaction as soon as both sides have ended. ``terms`` (default: those
    of the settings) say how to connect; their era and who answers are the replay's own. ``gate``
    lets the server through before anything is started. Raises RefusedError (status 4) when the
    recording calls tools that may write and nobody allowed it, and ConfigError for a recording
    that cannot be read. A server that cannot be reached, or that goes away, is ``broken`` in the
    summary; the rest is told all the same.
    """
    mask.learn(spec)
    mask.add(options.restore.values())
    check(spec, gate)
    from mcpx.client import processes

    try:
        candidate = processes.start_ahead(spec, settings.inherit_env)
        if candidate.error is not None:
            raise candidate.error
        import asyncio

        from mcpx.client.terms import Terms
        from mcpx.operations.replaying.recorded_session import recorded_session

        recorded = recorded_session(reading, options.binds)
        given = terms() if terms is not None else Terms.of(settings)
        found: list[Summary] = []

        async def walk() -> None:
            found.append(
                await replay(
                    reading,
                    recorded,
                    spec,
                    given,
                    comparing,
                    options,
                    told,
                    bindings=bindings,
                    process=candidate.process,
                )
            )

        with asyncio.Runner() as runner:
            interrupts.check()
            Work(runner).run(lambda: ticking(tick, walk()))
        return found[0]
    finally:
        processes.kill_all()


async def replay(
    reading: Reading,
    recorded: RecordedSession,
    spec: ServerSpec,
    terms: Terms,
    comparing: Comparing,
    options: Options,
    told: Callable[[Replayed], None],
    *,
    bindings: Sequence[Binding] = (),
    process: Process | None = None,
) -> Summary:
    """What ``replayed`` does, within a running loop; ``process`` is the server, started ahead."""
    from mcpx.analyses.divergence.bindings import Bound
    from mcpx.analyses.divergence.comparison import Comparison
    from mcpx.analyses.divergence.renaming import Renaming
    from mcpx.operations.replaying.restored import Restoring
    from mcpx.operations.replaying.walk import Walk
    from mcpx.operations.replaying.writes import may_write, refused

    skipped: dict[str, str] = {}
    if recorded.tools and not options.allow_writes:
        # One process at a time: a server may hold on to what there is one of.
        skipped = await may_write(spec, terms, recorded.tools, process, recorded.only_read)
        process = None
        if skipped and not options.skip_writes:
            raise refused(skipped)
    renaming = Renaming(recorded.handles, _places(reading, spec))
    walk = Walk(
        reading,
        recorded,
        spec,
        terms,
        Comparison(comparing, renaming, Bound(bindings)),
        options,
        told,
        Restoring(options.restore, reading.blob),
        frozenset(skipped),
        process,
    )
    return await walk.go()


def _places(reading: Reading, spec: ServerSpec) -> dict[str, str]:
    """What is called otherwise where the live server runs: its folder, its address."""
    target = reading.header.target
    folder, url = target.get("cwd"), target.get("url")
    found: dict[str, str] = {}
    # Without one of its own it runs in ours, unless it is started for the recorded one by name.
    if isinstance(folder, str) and not spec.url:
        named = any(folder in text for text in (spec.command, *spec.args, *spec.env.values()))
        found[folder] = spec.cwd or (folder if named else str(Path.cwd()))
    if isinstance(url, str) and spec.url:
        found[urlsplit(url).netloc] = urlsplit(spec.url).netloc
    return found
