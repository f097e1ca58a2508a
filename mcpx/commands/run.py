"""The run that every command gets: its terminal, settings and servers, and its registration."""

from __future__ import annotations

import contextlib
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mcpx import settings
from mcpx.commands import options
from mcpx.commands.invocation import Invocation
from mcpx.errors import ExitStatus, McpxError, RefusedError, ServerError, UsageError, worst
from mcpx.reports.formats import OF_LISTINGS, SUFFIXES, Format, render
from mcpx.settings import Settings
from mcpx.terminal import Progress, ReaderLeftError, Terminal, safe

if TYPE_CHECKING:
    from mcpx.client.fleet import Then
    from mcpx.client.taps import Tapping
    from mcpx.operations.snapshots import Snapshot, Watching
    from mcpx.reports.document import Document
    from mcpx.servers import ServerSpec
    from mcpx.sources.additions import Additions
    from mcpx.sources.definitions import Discovery
    from mcpx.sources.published import Resolved
    from mcpx.sources.targets import Target
    from mcpx.trust import Gate


@dataclass(frozen=True, slots=True)
class Connecting:
    """What the command line says of the servers to connect to."""

    capabilities: str | None = None
    era: str | None = None
    timeout: float | None = None
    concurrency: int | None = None
    env: list[str] | None = None
    env_file: list[str] | None = None
    header: list[str] | None = None
    bearer_env: str | None = None
    set_values: list[str] | None = None
    refresh: bool = False
    cwd: str | None = None
    root: list[str] | None = None
    inherit_env: bool | None = None
    limit: list[str] | None = None
    trust_project: bool = False
    dry_run: bool = False
    answer: str | None = None
    elicit: str | None = None
    log_level: str | None = None


@dataclass(slots=True)
class Run:
    """One run of a command: its terminal, what it connects with, how its result is delivered."""

    terminal: Terminal
    form: Format
    output: str | None
    command: tuple[str, ...] = ()
    connecting: Connecting = Connecting()
    unrecorded: bool = False  # a recording that was asked for is not whole

    def deliver(self, document: Document) -> None:
        """Render the result and write it where it belongs."""
        to_file = self.output not in (None, "-")
        self.terminal.deliver(render(document, self.form, self.terminal, to_file), self.output)

    def settings(self) -> Settings:
        """The settings, with what the command line gave."""
        given = self.connecting
        return settings.load(
            era=given.era,
            timeout=given.timeout,
            concurrency=given.concurrency,
            inherit_env=given.inherit_env,
            limits=given.limit,
            trust="project" if given.trust_project else None,
        )

    def gate(self) -> Gate:
        """Who may be started in this run."""
        from mcpx.trust import Gate

        return Gate(self.settings().trust == "project")

    def targets(self, words: list[str] | None, gate: Gate) -> list[Target]:
        """What the command line names. Raises UsageError when that is nothing."""
        from mcpx.sources.targets import resolve

        if not words and not self.command:
            raise UsageError(
                "which server?",
                hint="mcpx discover lists the configured ones; demo:tickets is always there",
            )
        return resolve(words or [], self.command, self.additions(), gate, tell=self._published)

    def named(self, word: str, gate: Gate, look: Callable[[], Discovery]) -> Target:
        """What one word names, whatever else is on the command line.

        ``look`` finds the configured servers. Raises as ``targets`` does.
        """
        from mcpx.sources.targets import resolve

        return resolve([word], (), self.additions(), gate, look, self._published)[0]

    def target(
        self, words: list[str] | None, what: str, gate: Gate
    ) -> tuple[ServerSpec, str, list[str]]:
        """The one server that the command line names, how to name it again, the words after it.

        How to name it is for hints, as a shell takes it, and without secrets; ``what`` is what has
        to follow, for the message. Raises UsageError.
        """
        from mcpx.servers import ServerSpec
        from mcpx.sources.targets import resolve

        given = list(words or [])
        named = [] if self.command else given[:1]
        rest = given[len(named) :]
        if not named and not self.command:
            hint = f"mcpx discover lists the configured ones; then comes {what}"
            raise UsageError("which server?", hint=hint)
        target = resolve(named, self.command, self.additions(), gate, tell=self._published)[0]
        if not isinstance(target, ServerSpec):
            raise UsageError(
                f"{target.path}: a catalogue cannot be asked to do anything",
                hint="name the server that it was taken from",
            )
        from mcpx.commands.retyping import retyped

        return target, retyped(named[0] if named else "", self.command, self.connecting), rest

    def call_again(self, word: str) -> str:
        """How to name a server of this run on another command line; empty for a file.

        ``word`` is its target, or ``--`` for the command after it.
        """
        from mcpx.commands.retyping import retyped
        from mcpx.sources.targets import is_of_file

        if word == "--":
            return retyped("", self.command, self.connecting)
        return "" if is_of_file(word) else retyped(word, (), self.connecting)

    def additions(self) -> Additions:
        """What the command line adds to servers. Raises UsageError."""
        from mcpx.sources.additions import (
            Additions,
            parse_environment,
            parse_headers,
            parse_values,
        )

        given, found = self.connecting, self.settings()
        return Additions(
            parse_environment(given.env or [], given.env_file or []),
            given.cwd,
            parse_headers(given.header or [], given.bearer_env),
            parse_values(given.set_values or []),
            found.registry_url,
            given.refresh,
            found.connect_deadline(),
        )

    def _published(self, found: Resolved) -> None:
        """Say what the entry of a registry turned out to be, whole, before it is started."""
        self.terminal.mask.learn(found.spec)
        self.terminal.mask.add(found.secrets)
        if found.word.startswith("registry:"):
            from mcpx.reports.definitions import shown_command

            self.terminal.say(f"{found.word} is: {shown_command(found.spec)}")
        for note in found.notes:
            self.terminal.say(note)

    def plan(
        self, targets: Sequence[Target], gate: Gate, request: Mapping[str, Any] | None = None
    ) -> ExitStatus:
        """Show what would be started and sent, for ``--dry-run``, and say what would be refused."""
        from mcpx.reports.plans import planned
        from mcpx.servers import ServerSpec

        servers = [target for target in targets if isinstance(target, ServerSpec)]
        for server in servers:
            self.terminal.mask.learn(server)
        self.deliver(planned(targets, gate, request))
        for server in servers:
            try:
                gate.check(server)
            except RefusedError as error:
                self.terminal.note(f"{error.message}; {error.hint}")
        return ExitStatus.OK

    @contextlib.contextmanager
    def snapshots(
        self,
        targets: Sequence[Target],
        gate: Gate,
        streamed: bool = False,
        then: Then | None = None,
        record: str | None = None,
    ) -> Iterator[list[Snapshot]]:
        """The snapshots of the targets, in their order, while the servers are already ending.

        ``streamed``: each is written as a line as soon as it is there. ``then`` is what else is
        done with each server that has said what it offers. ``record`` is the file or folder in
        which all of it is recorded.
        """
        from mcpx.client.questions import Nobody
        from mcpx.commands.recorded import recorded
        from mcpx.operations.snapshots import offered_capabilities, snapshots
        from mcpx.servers import ServerSpec

        answering = Nobody(offered_capabilities(self.connecting.capabilities), self._roots())
        specs = [target for target in targets if isinstance(target, ServerSpec)]
        with recorded(self, record, specs) as tapping, self.terminal.progress() as progress:
            watching = self._watching(progress, tapping, streamed)
            mask = self.terminal.mask
            with snapshots(
                targets, self.settings(), mask, watching, gate, answering, then
            ) as taken:
                yield taken

    def _roots(self) -> list[dict[str, str]]:
        """What ``--root`` gave, as it goes over the wire. Raises UsageError."""
        if not self.connecting.root:
            return []
        from mcpx.operations.roots import root

        return [root(one, "", self.terminal.note) for one in self.connecting.root]

    def refine(self, error: McpxError) -> None:
        """Where a token was refused, name the option that gave it."""
        if not isinstance(error, ServerError) or error.evidence.status != 401:
            return
        given, why = self.connecting, "it may have expired, or be for something else"
        if given.bearer_env is not None:
            error.hint = f"put another token in {given.bearer_env} (--bearer-env): {why}"
        elif any(one.lower().startswith("authorization") for one in given.header or ()):
            error.hint = f"give another token in --header 'Authorization: …': {why}"

    def repeated(self, error: McpxError, attempt: int, wait: float) -> None:
        """Say that something is tried again."""
        self.terminal.note(f"{error.message}; attempt {attempt} in {wait:.1f} s")

    def _watching(
        self, progress: Progress, tapping: Tapping | None, streamed: bool = False
    ) -> Watching:
        """Who is told while servers are asked: the progress line, ndjson, those who tap."""
        from mcpx.operations.snapshots import Watching

        failures: dict[str, McpxError] = {}
        known: list[ExitStatus] = []

        def told(snapshot: Snapshot) -> None:
            if snapshot.error is not None:
                self.refine(snapshot.error)
                failures[snapshot.server] = snapshot.error
                known.append(snapshot.error.status)
            elif snapshot.catalogue is not None and snapshot.catalogue.incomplete:
                known.append(ExitStatus.UNREACHABLE)
            what = "failed" if snapshot.error else "answered"
            self.terminal.detail(safe(f"{snapshot.server} {what} after {snapshot.seconds:.2f} s"))
            if not streamed:
                return
            from mcpx.reports.inspection import failure_record, record
            from mcpx.reports.json_text import line

            if snapshot.catalogue is not None:
                self.terminal.write(line(record(snapshot.catalogue)))
            elif snapshot.error is not None:
                self.terminal.write(line(failure_record(snapshot.server, snapshot.error)))
            if self.terminal.reader_left:
                for server, error in failures.items():
                    self.terminal.complain(error, server)
                raise ReaderLeftError(worst(known))

        needed = ["mcpx.reports.inspection", "mcpx.reports.table"]
        if self.terminal.is_terminal:
            needed.append("rich.table")
        return Watching(progress, told, tapping, tuple(needed), self.repeated, progress.again)

    def tapping(self) -> Tapping | None:
        """Who sees every message on the wire: the terminal with ``-vv``, else nobody."""
        if self.terminal.verbose < 2:
            return None
        from mcpx.commands.shown_messages import shown_on

        return shown_on(self.terminal)


_SHARED: dict[str, tuple[Any, Any]] = {
    "output": (options.OutputOption, None),
    "quiet": (options.QuietOption, False),
    "verbose": (options.VerboseOption, 0),
    "color": (options.ColorOption, None),
}
_CONNECTING: dict[str, tuple[Any, Any]] = {
    "era": (options.EraOption, None),
    "timeout": (options.TimeoutOption, None),
    "header": (options.HeaderOption, None),
    "bearer_env": (options.BearerOption, None),
    "env": (options.EnvOption, None),
    "env_file": (options.EnvFileOption, None),
    "set_values": (options.SetOption, None),
    "refresh": (options.RefreshOption, False),
    "cwd": (options.CwdOption, None),
    "inherit_env": (options.InheritOption, None),
    "root": (options.RootOption, None),
    "limit": (options.LimitOption, None),
    "trust_project": (options.TrustProjectOption, False),
    "dry_run": (options.DryRunOption, False),
}
# For commands that ask many servers what they offer, and for those that ask one to do something.
_MANY: dict[str, tuple[Any, Any]] = {
    "capabilities": (options.CapabilitiesOption, None),
    "concurrency": (options.ConcurrencyOption, None),
}
_ONE: dict[str, tuple[Any, Any]] = {
    "answer": (options.AnswerOption, None),
    "elicit": (options.ElicitOption, None),
    "log_level": (options.LogLevelOption, None),
}


class Connects(Enum):
    """What a command has to do with servers."""

    NOT = "not at all"
    TO_MANY = "asks any number what they offer"
    TO_ONE = "asks one to do something"
    TO_REPLAY = "asks one what a recording asked"


_OPTIONS = {
    Connects.NOT: {},
    Connects.TO_MANY: {**_MANY, **_CONNECTING},
    Connects.TO_ONE: {**_ONE, **_CONNECTING},
    # Roots are recorded, as all that a client answers.
    Connects.TO_REPLAY: {name: one for name, one in _CONNECTING.items() if name != "root"},
}


def command(
    app: typer.Typer,
    name: str | None = None,
    formats: Sequence[Format] = OF_LISTINGS,
    connects: Connects = Connects.NOT,
    output: Any = options.OutputOption,
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a command: ``function(run, ...)`` gets the shared options as its ``run``.

    A command that ``connects`` has the options for that too, and takes a command line after --.
    One without ``formats`` has no choice of them. ``output`` is its own kind of --output, whose
    suffix chooses no format.
    """
    connecting = _OPTIONS[connects]
    shared = {**_formatting(formats), **_SHARED, "output": (output, None)}

    def register(function: Callable[..., int]) -> Callable[..., int]:
        hints = typing.get_type_hints(function, include_extras=True)
        own = list(inspect.signature(function).parameters.values())[1:]

        def wrapped(context: typer.Context, **given: Any) -> int:
            suffixes = SUFFIXES if output is options.OutputOption else {}
            run = _begin(context.obj, formats, suffixes, **{key: given.pop(key) for key in shared})
            run.connecting = Connecting(**{key: given.pop(key) for key in connecting})
            if run.command and connects is Connects.NOT:
                raise UsageError(f"{context.command_path} takes no command after --")
            status = function(run, **given)
            return worst([ExitStatus(status), ExitStatus.USAGE]) if run.unrecorded else status

        parameter, kind = inspect.Parameter, inspect.Parameter.KEYWORD_ONLY
        extra = [
            parameter(key, kind, default=default, annotation=annotation)
            for key, (annotation, default) in (*connecting.items(), *shared.items())
        ]
        context = parameter("context", parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        own = [one.replace(kind=kind, annotation=hints[one.name]) for one in own]
        signature = inspect.Signature([context, *own, *extra])
        wrapped.__signature__ = signature  # type: ignore[attr-defined]
        wrapped.__annotations__ = {
            one.name: one.annotation for one in signature.parameters.values()
        }
        wrapped.__name__ = function.__name__
        wrapped.__doc__ = _help(function)
        app.command(name)(wrapped)
        return function

    return register


def _formatting(formats: Sequence[Format]) -> dict[str, tuple[Any, Any]]:
    """The options that choose one of the formats."""
    if not formats:
        return {}
    form = {"form": (options.format_option(formats), None)}
    return {**form, "as_json": (options.JsonOption, False)} if Format.JSON in formats else form


def _help(function: Callable[..., int]) -> str:
    """The docstring, its indented paragraphs marked as to be kept line by line."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    return "\n\n".join(f"\b\n{one}" if one.startswith("  ") else one for one in paragraphs)


def _begin(
    invocation: Invocation,
    formats: Sequence[Format],
    suffixes: Mapping[str, Format],
    output: str | None,
    quiet: bool,
    verbose: int,
    color: str | None,
    form: str | None = None,
    as_json: bool = False,
) -> Run:
    terminal = invocation.terminal
    found = settings.load(color=color)
    terminal.adjust(quiet, verbose, found.color)
    if as_json and form not in (None, Format.JSON):
        raise UsageError(f"--json and --format {form} cannot both be")
    if output == "":
        raise UsageError("--output: needs the name of a file")
    chosen = Format.JSON if as_json else None if form is None else Format(form)
    by_suffix = suffixes.get(Path(output).suffix) if chosen is None and output else None
    chosen = chosen or (by_suffix if formats else None)
    if chosen is None:
        chosen = Format(found.format)
        if chosen not in formats:
            chosen = formats[0] if formats else Format.TABLE
    if formats and chosen not in formats:
        known = ", ".join(formats)
        raise UsageError(f"--format {chosen}: this command offers {known}")
    terminal.errors_as_json = chosen.for_programs and by_suffix is None
    return Run(terminal, chosen, output, invocation.command)
