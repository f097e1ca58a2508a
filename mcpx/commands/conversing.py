"""What call, read, prompt and complete share: one server asked one thing, its result delivered."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mcpx.commands.run import Run
from mcpx.errors import ConfigError, ExitStatus, McpxError, UsageError
from mcpx.files import check_writable, read_standard_input, read_text
from mcpx.json_text import JsonTextError, parse_json

if TYPE_CHECKING:
    from mcpx.catalogue.blocks import Block
    from mcpx.catalogue.model import Problem
    from mcpx.client.connection import Connection
    from mcpx.client.line import Progressed
    from mcpx.client.peer import Notified
    from mcpx.client.terms import Terms
    from mcpx.operations.answer_file import AnswerFile
    from mcpx.operations.answering import Answers
    from mcpx.operations.calls import Manner, Result
    from mcpx.reports.document import Listing
    from mcpx.reports.results import Exchange
    from mcpx.servers import ServerSpec
    from mcpx.terminal import Progress
    from mcpx.trust import Gate

LONGEST_ARGUMENTS = 64 * 1024 * 1024
# Messages of a server's log that are shown.
MOST_OF_A_LOG = 200
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

_EXAMPLE = """for example --args '{"a": 1}'"""

T = TypeVar("T")
Ask = Callable[["Connection", "Manner"], Awaitable["Result"]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, and what it asked meanwhile."""

    spec: ServerSpec
    result: Result
    answers: Answers


@contextlib.contextmanager
def conversation(
    run: Run,
    spec: ServerSpec,
    target: str,
    gate: Gate,
    ask: Ask,
    folder: Path | None = None,
    record: str | None = None,
) -> Iterator[Reply]:
    """What ``ask`` comes to; ``target`` names the server in hints, as a shell takes it.

    ``folder`` is where binary blocks will be saved, ``record`` where the session is recorded.
    Where one of them or the result cannot be written nothing is asked.
    """
    _check_places(run, folder)
    with talking(run, spec, target, gate, ask, record) as (result, answers):
        yield Reply(spec, result, answers)


@contextlib.contextmanager
def talking(
    run: Run,
    spec: ServerSpec,
    target: str,
    gate: Gate,
    ask: Callable[[Connection, Manner], Awaitable[T]],
    record: str | None = None,
) -> Iterator[tuple[T, Answers]]:
    """What ``ask`` comes to, and what the server asked meanwhile; parameters as above.

    Progress and log messages are shown as they come. The server ends when the block is left.
    """
    given, settings = run.connecting, run.settings()
    if given.log_level is not None and given.log_level not in LEVELS:
        raise UsageError(f"--log-level {given.log_level}: must be one of {', '.join(LEVELS)}")
    from mcpx.commands.recorded import recorded
    from mcpx.operations.talking import talked

    answering: list[Answers] = []
    if given.elicit is not None or given.answer is not None or given.root:
        answering.append(_answers(run, spec))  # what is wrong with them starts nothing
    with recorded(run, record, [spec]) as tapping, run.terminal.progress() as progress:
        progress(f"{spec.name}: connecting")

        def terms() -> Terms:
            from mcpx.client.terms import Terms
            from mcpx.retry import Retries

            if not answering:
                answering.append(_answers(run, spec))
            return Terms.of(
                settings,
                answering=answering[0],
                tapping=tapping,
                notified=_log_shown(run, spec),
                listening=True,
                tasks=True,
                retries=Retries(told=run.repeated),
            )

        async def talk(connection: Connection) -> T:
            from mcpx.operations.calls import Manner

            manner = Manner(
                settings.call_deadline(),
                target,
                run.terminal.note,
                given.log_level,
                _progress_shown(run, spec, progress),
            )
            return await ask(connection, manner)

        mask = run.terminal.mask
        try:
            with talked(spec, settings, mask, gate, terms, talk, progress.again) as result:
                for one in answering[0].unused:
                    run.terminal.note(one)
                yield result, answering[0]
        except McpxError as error:
            error.server = error.server or spec.name
            run.refine(error)
            raise


def _check_places(run: Run, folder: Path | None) -> None:
    """Raises ConfigError when what is asked for could not be kept."""
    if run.output not in (None, "-"):
        check_writable(Path(run.output or ""))
    if folder is not None and folder.exists() and not folder.is_dir():
        raise ConfigError(f"--save {folder}: is no folder", hint="nothing was done")


def _answers(run: Run, spec: ServerSpec) -> Answers:
    from mcpx.operations.answering import Answers, Elicit
    from mcpx.operations.asking import Person

    given = run.connecting
    if given.elicit is not None and given.elicit not in tuple(Elicit):
        raise UsageError(f"--elicit {given.elicit}: must be {' or '.join(Elicit)}")
    return Answers(
        spec.name,
        roots=given.root or (),
        answers=_answer_file(given.answer) if given.answer is not None else None,
        elicit=given.elicit,
        person=Person(run.terminal) if run.terminal.can_ask() else None,
        tell=run.terminal.say,
        warn=run.terminal.say,
    )


def _answer_file(path: str) -> AnswerFile:
    from mcpx.operations import answer_file

    if path != "-":
        return answer_file.read(path)
    name = "--answer -"
    return answer_file.parsed(read_standard_input(name, answer_file.LARGEST), name)


def _progress_shown(run: Run, spec: ServerSpec, progress: Progress) -> Progressed:
    """Shows how far a server has come."""

    def show(params: Mapping[str, Any]) -> None:
        from mcpx.client.faults import own_words

        done, total = params.get("progress"), params.get("total")
        share = f"{done}" if total is None else f"{done} of {total}"
        message = params.get("message")
        said = f": {message}" if isinstance(message, str) and message else ""
        text = own_words(spec, f"{spec.name}: {share}{said}", 400)
        progress(text)
        run.terminal.detail(text)

    return show


def _log_shown(run: Run, spec: ServerSpec) -> Notified:
    """Shows of a server's log so much as can be read."""
    told = 0

    def hear(method: str, params: Mapping[str, Any]) -> None:
        from mcpx.client.faults import own_words

        if method == "notifications/message":
            nonlocal told
            told += 1
            if told > MOST_OF_A_LOG and not run.terminal.verbose:
                if told == MOST_OF_A_LOG + 1:
                    run.terminal.note(f"{spec.name}: more of its log is shown with -v only")
                return
            data = params.get("data")
            said = data if isinstance(data, str) else json.dumps(data)
            level = params.get("level", "log")
            run.terminal.note(own_words(spec, f"{spec.name}: [{level}] {said}", 2_000))

    return hear


def whole_arguments(text: str | None) -> Mapping[str, Any] | None:
    """The object that ``--args`` gives: as JSON, in ``@FILE``, or with ``-`` on standard input.

    Raises UsageError, and ConfigError for a file.
    """
    if text is None:
        return None
    where = "--args"
    if text == "-":
        where = "--args -"
        text = read_standard_input(where, LONGEST_ARGUMENTS)
    elif text.startswith("@"):
        where = text[1:]
        if not where:
            raise UsageError("--args @: which file?", hint="for example --args @query.json")
        text = read_text(where, LONGEST_ARGUMENTS)
    try:
        value = parse_json(text)
    except JsonTextError as error:
        at = f" at line {error.line}" if error.line else ""
        raise UsageError(f"{where}: not JSON{at}", hint=_EXAMPLE) from error
    if not isinstance(value, dict):
        raise UsageError(f"{where}: not a JSON object", hint=_EXAMPLE)
    return value


# A result of which nothing can be read, by the place of what is wrong in it.
_UNREADABLE = ("", "/content", "/contents", "/messages", "/completion")


def understood(document: Listing) -> ExitStatus:
    """The status for a result that could be read, or not."""
    rules = ("result-malformed", "block-malformed")
    unreadable = any(
        one["rule"] in rules and one["path"] in _UNREADABLE for one in document.data["problems"]
    )
    return ExitStatus.UNREACHABLE if unreadable else ExitStatus.OK


def deliver(
    run: Run,
    reply: Reply,
    show: Callable[[Exchange], Listing],
    blocks: Sequence[Block] = (),
    folder: Path | None = None,
    stem: str = "",
    problems: Sequence[Problem] = (),
) -> Listing:
    """Show a result, its binary blocks saved first; what is wrong with it goes to stderr.

    Raises ConfigError, after the result has been shown, when a file could not be written.
    """
    from mcpx.reports.results import Exchange, remarks

    result = reply.result
    exchange = Exchange(
        reply.spec.name,
        result.era,
        result.revision,
        result.attempts,
        [(one.method, one.outcome.value) for one in reply.answers.asked],
        problems=problems,
    )
    failure: ConfigError | None = None
    if folder is not None:
        from mcpx.operations.saving import save

        saving = save(blocks, folder, stem, mask=run.terminal.mask)
        failure = saving.failure
        exchange = replace(
            exchange, saved=saving.files, problems=[*exchange.problems, *saving.problems]
        )
    document = show(exchange)
    run.deliver(document)
    for remark in remarks(document):
        run.terminal.note(remark)
    if failure is not None:
        raise failure
    return document
