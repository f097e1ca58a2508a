"""Taking snapshots: from targets to catalogues, servers started first and ended last."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from mcpx import interrupts
from mcpx.catalogue.model import Catalogue
from mcpx.errors import McpxError, UsageError
from mcpx.files import read_standard_input, read_text
from mcpx.masking import Mask
from mcpx.operations.work import Work, ticking
from mcpx.servers import ServerSpec, numbered
from mcpx.settings import Settings
from mcpx.sources.revisions import SCHEME
from mcpx.sources.targets import STDIN, FileTarget, Target

if TYPE_CHECKING:
    from mcpx.client.fleet import Then
    from mcpx.client.processes import Candidate
    from mcpx.client.questions import Answering
    from mcpx.client.taps import Tapping
    from mcpx.trust import Gate

LONGEST_CATALOGUE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What came of one target: its catalogue or an error, and the seconds that it took.

    ``path`` is the file that it was read from, if any; ``named`` is what the server is called
    there, ``place`` says which of the targets it is.
    """

    server: str
    catalogue: Catalogue | None = None
    error: McpxError | None = None
    seconds: float = 0.0
    path: str = ""
    named: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Watching:
    """Who is told while the work goes on: progress, each snapshot as it comes, every message.

    ``repeated`` hears of what is tried again (``mcpx.retry.Retries.told``). ``needed_later`` are
    modules to import while the servers think; ``tick`` is called now and then.
    """

    progress: Callable[[str], None]
    told: Callable[[Snapshot], None] = lambda _snapshot: None
    tapping: Tapping | None = None
    needed_later: tuple[str, ...] = ()
    repeated: Callable[[McpxError, int, float], None] = lambda _error, _attempt, _wait: None
    tick: Callable[[], None] = lambda: None


def offered_capabilities(text: str | None) -> tuple[str, ...]:
    """``roots,sampling``, ``all`` or ``none`` as names. Raises UsageError for another one."""
    names = ("roots", "sampling", "elicitation")
    wanted = [word.strip() for word in (text or "none").split(",") if word.strip()]
    if "all" in wanted:
        return names
    for word in wanted:
        if word != "none" and word not in names:
            raise UsageError(
                f"--capabilities: there is no '{word}'", hint="roots, sampling, elicitation, all"
            )
    return tuple(name for name in names if name in wanted)


@contextlib.contextmanager
def snapshots(
    targets: Sequence[Target],
    settings: Settings,
    mask: Mask,
    watching: Watching,
    gate: Gate,
    answering: Answering | None = None,
    then: Then | None = None,
) -> Iterator[list[Snapshot]]:
    """The snapshots of all targets, in their order, while the servers are already ending.

    Files are read, servers started (after ``gate`` has let them through), asked side by side and
    ended when the block is left, however it is left. ``answering`` answers what they ask, ``then``
    is what else is done with each server that has said what it offers.
    Raises ConfigError for a bad file.
    """
    specs = [target for target in targets if isinstance(target, ServerSpec)]
    for spec in specs:
        mask.learn(spec)
    from mcpx.client import processes

    candidates: list[processes.Candidate] = []
    try:
        checked = _checked(specs, gate)
        for spec, refusal in checked:
            # Those whose turn comes first are started before anything else is imported.
            ahead = refusal is None and len(candidates) < settings.concurrency
            candidates.append(
                processes.start_ahead(spec, settings.inherit_env)
                if ahead
                else processes.Candidate(spec, error=refusal)
            )
        # Each once, standard input above all.
        in_files = {one.path: one for one in targets if isinstance(one, FileTarget)}
        from_files = {path: read_catalogues(target) for path, target in in_files.items()}
        with _asked(candidates, settings, watching, answering, then) as asked:
            yield list(_in_order(targets, from_files, asked))
    finally:
        processes.kill_all()


def _checked(specs: Sequence[ServerSpec], gate: Gate) -> list[tuple[ServerSpec, McpxError | None]]:
    """Each definition with the refusal that it meets, if any."""
    found: list[tuple[ServerSpec, McpxError | None]] = []
    for spec in specs:
        try:
            gate.check(spec)
            found.append((spec, None))
        except McpxError as error:
            found.append((spec, error))
    return found


@contextlib.contextmanager
def _asked(
    candidates: Sequence[Candidate],
    settings: Settings,
    watching: Watching,
    answering: Answering | None,
    then: Then | None,
) -> Iterator[Mapping[str, Snapshot]]:
    if not candidates:
        yield {}
        return
    import asyncio

    from mcpx.client.fleet import Fleet, Outcome
    from mcpx.client.questions import Nobody
    from mcpx.client.terms import Terms
    from mcpx.retry import Retries

    terms = Terms.of(
        settings,
        answering=answering or Nobody(),
        tapping=watching.tapping,
        retries=Retries(told=watching.repeated),
    )
    done: dict[str, Snapshot] = {}

    def tell(outcome: Outcome) -> None:
        catalogue = _judged(outcome.catalogue)
        snapshot = Snapshot(outcome.spec.name, catalogue, outcome.error, outcome.seconds)
        done[snapshot.server] = snapshot
        watching.told(snapshot)
        watching.progress(f"{len(done)} of {len(candidates)} servers: {snapshot.server}")

    watching.progress(f"0 of {len(candidates)} servers")
    fleet = Fleet(candidates, terms, settings.concurrency, tell, then)

    async def ask() -> None:
        imports = asyncio.ensure_future(_import(watching.needed_later))
        try:
            await fleet.outcomes()
            await imports
        finally:
            imports.cancel()
            await asyncio.gather(imports, return_exceptions=True)

    with asyncio.Runner() as runner:
        work = Work(runner)
        try:
            interrupts.check()
            work.run(lambda: ticking(watching.tick, ask()))
        except BaseException:
            work.cancel()
            work.run(fleet.abandon)
            work.settle()
            raise
        try:
            yield done
        finally:
            work.run(fleet.finish)


async def _import(modules: Sequence[str]) -> None:
    """Import what the result will need, one by one, once the servers have been asked."""
    import asyncio
    import importlib

    await asyncio.sleep(0.005)
    for module in ("mcpx.catalogue.problems", "jsonschema_rs", *modules):
        importlib.import_module(module)
        await asyncio.sleep(0)


def _judged(catalogue: Catalogue | None) -> Catalogue | None:
    """The catalogue with what is wrong with its items beside what was wrong on the wire."""
    if catalogue is None:
        return None
    from mcpx.catalogue.problems import problems

    return replace(catalogue, problems=(*catalogue.problems, *problems(catalogue)))


def _in_order(
    targets: Sequence[Target],
    from_files: Mapping[str, Sequence[Catalogue]],
    asked: Mapping[str, Snapshot],
) -> Iterator[Snapshot]:
    """The snapshots as the targets were named; servers of the same name in files are numbered."""
    taken = {target.name for target in targets if isinstance(target, ServerSpec)}
    for place, target in enumerate(targets):
        if isinstance(target, ServerSpec):
            yield replace(asked[target.name], place=place)
            continue
        for catalogue in from_files[target.path]:
            name = numbered(catalogue.server, taken)
            taken.add(name)
            path = "" if target.path == STDIN else target.path
            again = replace(catalogue, server=name)
            yield Snapshot(name, again, path=path, named=catalogue.server, place=place)


def read_catalogues(target: FileTarget) -> list[Catalogue]:
    """The catalogues in a file or on standard input. Raises ConfigError and UsageError."""
    from mcpx.catalogue import files

    path = target.path
    name = PurePath(path.rpartition(":")[2] if path.startswith(SCHEME) else path).name
    if path == STDIN:
        name, text = "stdin", read_standard_input(STDIN, LONGEST_CATALOGUE)
    elif path.startswith(SCHEME):
        from mcpx.sources.revisions import read_revision

        text = read_revision(path, LONGEST_CATALOGUE)
    else:
        text = read_text(path, LONGEST_CATALOGUE)
    if name.endswith(".lock"):
        from mcpx.catalogue.lock import read_whole
        from mcpx.catalogue.locked import catalogue_of

        found = tuple(
            catalogue_of(one) for _, one in sorted(read_whole(text, path).servers.items())
        )
    else:
        found = files.read(text, name.removesuffix(".json"))
    return [judged for one in found if (judged := _judged(one)) is not None]
