"""Calling the tools of a server that only read, one after the other, to see how they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mcpx.analyses.results import Answer
from mcpx.analyses.safe_calls import Chosen, Reason, Skipped, choices
from mcpx.catalogue.model import Catalogue
from mcpx.errors import Fault, McpxError, RefusedError, ServerError, UsageError
from mcpx.schemas.validation import Outcome

if TYPE_CHECKING:
    from mcpx.client.connection import Connection
    from mcpx.operations.calls import Result

# Of what a server says of its error.
_LONGEST = 200


@dataclass(slots=True)
class Tried:
    """What came of the tools of one server that have an output schema.

    ``called`` counts the calls that were sent, ``remarks`` tell of those that gave no answer to
    judge, ``errors`` of those that the server did not end in the way that the protocol says.
    """

    called: int = 0
    answers: list[Answer] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    errors: list[McpxError] = field(default_factory=list)


async def tried(
    connection: Connection, catalogue: Catalogue, seconds: float, progress: Callable[[str], None]
) -> Tried:
    """Call what ``choices`` allows, with arguments that fit, for at most ``seconds`` each.

    A call that takes longer, or ends the connection, is the last. ``progress`` hears of each.
    Raises nothing that a server could cause.
    """
    found = Tried()
    over = False
    for choice in choices(catalogue.tools):
        if isinstance(choice, Skipped):
            found.skipped.append(choice)
        elif over:
            found.skipped.append(Skipped(choice.tool.key, Reason.SERVER_FAILED))
        elif not await _fits(choice):
            found.skipped.append(Skipped(choice.tool.key, Reason.NO_FIT))
        else:
            progress(f"{catalogue.server}: calling {choice.tool.key}")
            over = not await _try(connection, choice, seconds, found)
    return found


async def _fits(choice: Chosen) -> bool:
    import asyncio

    from mcpx.schemas.validation import violations

    schema = choice.tool.input_schema
    verdict = await asyncio.to_thread(violations, schema, dict(choice.arguments))
    return verdict.outcome is Outcome.VALID


async def _try(connection: Connection, choice: Chosen, seconds: float, found: Tried) -> bool:
    """Call a tool and note what came of it; whether the server can be asked on."""
    from mcpx.operations.calls import Manner, call_listed

    tool, spec = choice.tool, connection.spec
    said = f"{spec.name}: tool '{tool.key}'"
    manner = Manner(seconds, spec.name, lambda _text: None)
    found.called += 1
    try:
        result = await call_listed(connection, tool, choice.arguments, manner)
    except (RefusedError, UsageError) as error:
        found.remarks.append(f"{said} was not judged: {error.message}")
    except ServerError as error:
        if error.fault is Fault.PROTOCOL and error.evidence.code is not None:
            found.remarks.append(f"{said} was not judged: {error.message}")
        else:
            error.message = f"{error.message} (in the call of '{tool.key}')"
            found.errors.append(error)
            return error.fault is not Fault.TIMEOUT and not connection.peer.failed
    else:
        _judge(connection, tool.key, result, said, found)
    return not connection.peer.failed


def _judge(connection: Connection, tool: str, result: Result, said: str, found: Tried) -> None:
    if result.raw.get("isError") is True:
        found.remarks.append(f"{said} answers with an error{_words(connection, result)}")
        return
    verdict = result.checked
    if verdict is not None and verdict.outcome is Outcome.UNCHECKED:
        found.remarks.append(f"{said}: its answer was not checked: {verdict.reason}")
        return
    found.answers.append(Answer(tool, verdict))


def _words(connection: Connection, result: Result) -> str:
    """What an error says of itself, on one line."""
    from mcpx.catalogue.blocks import Form, blocks_of_call
    from mcpx.client.faults import own_words

    texts = (one.text for one in blocks_of_call(result.raw) if one.form is Form.TEXT)
    text = " ".join(next(texts, "").split())
    return f": {own_words(connection.spec, text, _LONGEST)}" if text else ""
