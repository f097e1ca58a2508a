"""``mcpx record TARGET --script``: mcpx makes the calls of a script, and records all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcpx.errors import ExitStatus, UsageError, worst
from mcpx.reports.formats import Format

if TYPE_CHECKING:
    from mcpx.client.connection import Connection
    from mcpx.commands.run import Run
    from mcpx.operations.calls import Manner
    from mcpx.operations.performing import Done
    from mcpx.operations.scripts import Step


def scripted(run: Run, words: list[str] | None, script: str, output: str) -> ExitStatus:
    """Record what the calls of a script come to on one server; the status of it all.

    For a command registered with ``connects=Connects.TO_ONE``, so that ``--answer``, ``--elicit``
    and what connecting takes are there. ``words`` name the server (``run.command`` where it
    stands after ``--``), ``script`` is a file or ``-``, ``output`` the session file or folder.
    Results are told on stderr in short; with ``--format ndjson`` as lines on stdout, where the
    command offers that format. ``--dry-run`` is heeded. Raises UsageError, ConfigError (a bad
    script with its line, before anything is started), ServerError, RefusedError.
    """
    from mcpx.commands.conversing import talking
    from mcpx.operations.scripts import read

    steps = read(script)
    gate = run.gate()
    spec, typed, rest = run.target(words, "--script FILE", gate)
    if rest:
        raise UsageError(f"record takes one server, not '{rest[0]}' too")
    if run.connecting.dry_run:
        said = [step.said for line in steps for step in line]
        return run.plan([spec], gate, {"script": script, "steps": said})

    def told(done: Done) -> None:
        if run.form is Format.NDJSON:
            from mcpx.reports.json_text import line

            run.terminal.write(line(_record(done)))
        else:
            run.terminal.note(_sentence(done))

    async def ask(connection: Connection, manner: Manner) -> list[Done]:
        from mcpx.operations.performing import perform

        return await perform(connection, steps, manner, told)

    with talking(run, spec, typed, gate, ask, output) as (found, _answers):
        if len(found) < sum(bool(step.method) for line in steps for step in line):
            run.terminal.say(f"{spec.name}: the rest of the script was not done")
    return worst(done.status for done in found)


def _sentence(done: Done) -> str:
    why = f": {done.error.message}" if done.error is not None else ""
    outcome = done.outcome.value.replace("_", " ")
    said = f"{done.step.method} {_name(done.step)}".rstrip()
    return f"{done.step.place}: {said}: {outcome} after {done.seconds:.2f} s{why}"


def _name(step: Step) -> str:
    """What a step is about, also where it stands in the parameters of a method."""
    given = (step.name, step.params.get("name"), step.params.get("uri"))
    return next((one for one in given if isinstance(one, str) and one), "")


def _record(done: Done) -> dict[str, Any]:
    record: dict[str, Any] = {
        "format": "mcpx.record.step",
        "version": 1,
        "place": done.step.place,
        "method": done.step.method,
        "name": _name(done.step) or None,
        "outcome": done.outcome.value,
        "seconds": done.seconds,
    }
    if done.error is not None:
        return {**record, "error": done.error.described()}
    return record if done.result is None else {**record, "result": done.result}
