"""What can be asked of a server: call a tool, read a resource, fill in a prompt, end a word."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mcpx.catalogue.model import Item, Kind
from mcpx.client.connection import Connection, Errand
from mcpx.client.faults import answered_with_error, own_words
from mcpx.client.harvest import listed
from mcpx.client.line import Progressed
from mcpx.client.peer import RpcError
from mcpx.client.rounds import Request, completed
from mcpx.codes import METHOD_NOT_FOUND, URL_ELICITATION
from mcpx.errors import Fault, ServerError, UsageError
from mcpx.masking import mask_arguments
from mcpx.operations.visits import refused_for
from mcpx.schemas.arguments import check_text, parse_arguments, unknown_parameters, wrong_arguments
from mcpx.schemas.mirrored import InvalidAnnotationError
from mcpx.schemas.validation import Outcome, Verdict, shown, violations
from mcpx.servers import Era, Origin, Transport

# Of an argument that a hint repeats.
_LONGEST_HINT = 80


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments as they were typed: words such as ``key=value``, and one whole object.

    ``checked``: they are sent only when they fit the schema.
    """

    words: Sequence[str] = ()
    whole: Mapping[str, Any] | None = None
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a request: the raw result, the era and revision, and how often it was sent.

    Of a task, the request that began it counts, not those that looked at it.

    ``checked`` is what is known of a tool's structured content; ``claims`` whether the tool has an
    output schema at all.
    """

    raw: Any
    era: Era
    revision: str
    attempts: int
    claims: bool = False
    checked: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How to ask: ``seconds`` for the answer, ``target`` as a shell takes it, for hints.

    ``told`` hears what a person should know meanwhile, ``progressed`` what the server reports of
    its progress; ``log_level`` is what it is asked to tell of its log, None for what it tells by
    itself.
    """

    seconds: float
    target: str
    told: Callable[[str], None]
    log_level: str | None = None
    progressed: Progressed | None = None


async def call(connection: Connection, name: str, arguments: Arguments, manner: Manner) -> Result:
    """Call a tool whose arguments fit its schema.

    Raises UsageError for a tool that is not there and for arguments that do not fit: nothing has
    been sent then. Raises ServerError.
    """
    async with connection.in_time() as errand:
        tool = await _tool(errand, name, manner)
    given = _arguments(arguments, tool.input_schema)
    if arguments.checked:
        await _check(name, tool.input_schema, given, manner)
    return await call_listed(connection, tool, given, manner)


async def call_listed(
    connection: Connection, tool: Item, given: Mapping[str, Any], manner: Manner
) -> Result:
    """Call a tool as it was listed, and see how its result fits its output schema.

    Raises ServerError, and RefusedError for a question that nobody answers.
    """
    result = await asked(connection, tool, given, manner)
    checked, raw = None, result.raw
    claims = isinstance(tool.raw.get("outputSchema"), dict)
    if claims and isinstance(raw, dict) and "structuredContent" in raw:
        checked = await asyncio.to_thread(
            violations, tool.raw["outputSchema"], raw["structuredContent"]
        )
    return replace(result, claims=claims, checked=checked)


async def asked(
    connection: Connection, tool: Item, given: Mapping[str, Any], manner: Manner
) -> Result:
    """Call a tool as it was listed. Raises ServerError, RefusedError."""
    return await _answered(connection, _request(connection, tool, given), tool, manner)


async def requested(
    connection: Connection, method: str, params: Mapping[str, Any], manner: Manner
) -> Result:
    """Ask for whatever a method stands for. Raises ServerError, RefusedError."""
    return await _completed(connection, Request(method, params), manner)


def _arguments(arguments: Arguments, schema: Any) -> dict[str, Any]:
    """The arguments in the types of the schema; unchecked ones that have none of them as text."""
    try:
        return parse_arguments(arguments.words, arguments.whole, schema)
    except UsageError:
        if arguments.checked:
            raise
        return parse_arguments(arguments.words, arguments.whole, None)


async def _check(name: str, schema: Any, given: Mapping[str, Any], manner: Manner) -> None:
    verdict = await asyncio.to_thread(violations, {} if schema is None else schema, given)
    if verdict.outcome is Outcome.INVALID:
        raise wrong_arguments(name, verdict, manner.target, schema, given)
    if verdict.outcome is Outcome.UNCHECKED:
        manner.told(f"tool {name}: the arguments were not checked: {verdict.reason}")
    for unknown, meant in unknown_parameters(schema, given):
        suggestion = f"; did you mean {meant}?" if meant else ""
        manner.told(f"tool {name} has no parameter {unknown}; sent all the same{suggestion}")


async def read(connection: Connection, uri: str, manner: Manner) -> Result:
    """Read a resource. Raises ServerError."""
    return await _completed(connection, Request("resources/read", {"uri": uri}), manner)


async def prompt(connection: Connection, name: str, words: Sequence[str], manner: Manner) -> Result:
    """Fill in a prompt, whose arguments are texts. Raises UsageError, ServerError."""
    given = pairs(words)
    async with connection.in_time() as errand:
        prompts = await items(errand, Kind.PROMPT)
    found = _named(name, prompts, Kind.PROMPT, manner)
    if found is not None:
        _check_prompt(found, given, manner)
    request = Request("prompts/get", {"name": name, "arguments": given})
    return await _completed(connection, request, manner)


async def complete(
    connection: Connection,
    reference: str,
    argument: str,
    beginning: str,
    known: Mapping[str, str],
    manner: Manner,
) -> Result:
    """Ask how a word could end: an argument of a prompt, or a variable of a URI template.

    ``known`` are arguments that have been decided already. Raises ServerError.
    """
    kind = {"type": "ref/prompt", "name": reference}
    if "://" in reference or "{" in reference:
        kind = {"type": "ref/resource", "uri": reference}
    params: dict[str, Any] = {"ref": kind, "argument": {"name": argument, "value": beginning}}
    if known:
        params["context"] = {"arguments": dict(known)}
    request = Request("completion/complete", params)
    try:
        return await _completed(connection, request, manner, raising=True)
    except RpcError as error:
        failure = _failure(connection, error)
        if error.code == METHOD_NOT_FOUND:
            failure.hint = "it completes nothing: its capabilities have no 'completions'"
        raise failure from error


def pairs(words: Sequence[str]) -> dict[str, str]:
    """``KEY=VALUE`` words as a mapping of texts. Raises UsageError."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(f"argument {shown(word)} is not KEY=VALUE")
        if name.endswith(":"):
            raise _not_json(name.removesuffix(":"), value)
        if name in found:
            raise UsageError(f"argument {name} is given twice")
        check_text(name, value)
        found[name] = value
    return found


def _not_json(name: str, value: str) -> UsageError:
    """The error for ``KEY:=JSON``, which is how tools are given other values than texts."""
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(value)
        value = found if isinstance(found, str) else value
    (instead,) = mask_arguments([f"{name}={value}"])
    return UsageError(
        f"argument {shown(name)} cannot be JSON: what is given here is text, not KEY:=JSON",
        hint=shlex.quote(instead) if len(instead) <= _LONGEST_HINT else f"{name}=TEXT",
    )


async def _tool(errand: Errand, name: str, manner: Manner) -> Item:
    connection = errand.connection
    tools = await items(errand, Kind.TOOL)
    more = "" if connection.peer.answering.offered else _MORE
    found = _named(name, tools, Kind.TOOL, manner, more)
    if found is None:
        raise UsageError(f"{connection.spec.name} lists no tools", hint=more)
    return found


_MORE = "some servers list more for clients that answer questions: --elicit, --answer, --root"


def _named(
    name: str, items: Sequence[Item], kind: Kind, manner: Manner, more: str = ""
) -> Item | None:
    """The item of this name; None when nothing is listed at all.

    ``more`` is a second hint. Raises UsageError.
    """
    found = [one for one in items if one.key == name]
    if found or not items:
        return found[0] if found else None
    names = sorted({one.key for one in items})
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if not near:
        lowered = name.lower()
        near = [one for one in names if lowered in one.lower() or one.lower() in lowered][:3]
    hint = f"mcpx inspect {manner.target} lists them"
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif more:
        hint = f"{hint}; {more}"
    raise UsageError(f"there is no {kind} '{name}'; nothing was called", hint=hint)


async def items(errand: Errand, kind: Kind) -> list[Item]:
    """What a server lists of a kind. Raises ServerError."""
    try:
        return await listed(errand, kind)
    except RpcError as error:
        raise _failure(errand.connection, error) from error


def _request(connection: Connection, tool: Item, given: Mapping[str, Any]) -> Request:
    as_task = connection.conversation.calls_as_task(connection.opening, tool.raw)
    # A hint counts only where the server is one that the user has chosen (DESIGN, section 3).
    hints = tool.annotations
    hinted = hints.get("readOnlyHint") is True or hints.get("idempotentHint") is True
    harmless = hinted and connection.spec.origin is not Origin.PROJECT
    params = {"name": tool.key, "arguments": dict(given)}
    return Request("tools/call", params, tool.input_schema, harmless, as_task)


async def _answered(connection: Connection, request: Request, tool: Item, manner: Manner) -> Result:
    """The result of a call; a server whose schema has changed meanwhile is asked for it anew."""
    outdated = connection.conversation.is_outdated
    try:
        try:
            return await _completed(connection, request, manner, raising=True)
        except RpcError as error:
            if not outdated(error) or connection.spec.transport is Transport.STDIO:
                raise
            async with connection.in_time() as errand:
                again = await _tool(errand, tool.key, manner)
            if again.input_schema == tool.input_schema:
                raise
            fresh = replace(request, schema=again.input_schema)
            return await _completed(connection, fresh, manner, raising=True)
    except RpcError as error:
        raise _failure(connection, error) from error
    except InvalidAnnotationError as error:
        reason = own_words(connection.spec, str(error))
        raise ServerError(
            Fault.INVALID_RESPONSE,
            f"tool {tool.key} must not be called over HTTP: {reason}",
            hint="its server has to mend the definition",
        ) from error


async def _completed(
    connection: Connection, request: Request, manner: Manner, raising: bool = False
) -> Result:
    async with connection.in_time(manner.seconds, manner.progressed) as errand:
        try:
            meta = {"progressToken": errand.token, **await _log_meta(errand, manner)}
            if isinstance(own := request.params.get("_meta"), dict):
                meta |= own
            whole = replace(request, params={**request.params, "_meta": meta})
            raw = await completed(errand, whole, manner.told)
            opening, attempts = connection.opening, errand.attempts[request.method]
            return Result(raw, opening.era, opening.version, attempts)
        except RpcError as error:
            if raising:
                raise
            raise _failure(connection, error) from error


def _failure(connection: Connection, error: RpcError) -> ServerError:
    """The error for an error answer; where it wants pages to be opened first, with these."""
    failure = answered_with_error(connection.spec, error.method, error.error, error.status)
    if error.code == URL_ELICITATION and (pages := list(refused_for(error.data))):
        failure.hint = "; ".join(page.how_to_go_on() for page in pages)
        failure.details = tuple(text for page in pages for text in page.warnings())
    return failure


async def _log_meta(errand: Errand, manner: Manner) -> dict[str, Any]:
    """How much of its log the server is to tell: asked for here, or what each request says."""
    conversation = errand.connection.conversation
    if "logging" not in errand.connection.opening.capabilities:
        return {}
    if conversation.log_method and manner.log_level is not None:
        await errand.request(conversation.log_method, {"level": manner.log_level})
    return conversation.log_meta(manner.log_level)


def _check_prompt(found: Item, given: Mapping[str, str], manner: Manner) -> None:
    listed = found.raw.get("arguments")
    known = {
        one["name"]: one.get("required") is True
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    }
    missing = [name for name, required in known.items() if required and name not in given]
    if missing:
        raise UsageError(
            f"prompt {found.key}: missing {', '.join(missing)}",
            hint=f"give each as {missing[0]}=VALUE",
        )
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            suggestion = f"; did you mean {near[0]}?" if near else ""
            text = f"prompt {found.key} has no argument {name}; sent all the same{suggestion}"
            manner.told(text)
