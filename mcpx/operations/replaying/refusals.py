"""How a live server refuses what it is asked over HTTP, and the opening of a connection; no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcpx import web_faults
from mcpx.client import faults, negotiation
from mcpx.codes import METHOD_NOT_FOUND
from mcpx.errors import Evidence, Fault, McpxError, ServerError
from mcpx.servers import Era, ServerSpec

if TYPE_CHECKING:
    from mcpx.client.peer import RpcError


def in_words(error: McpxError, seen: Evidence) -> str:
    """A refusal by its HTTP status: what it is, when to ask again, and what would help.

    ``HTTP 503 Service Unavailable, Retry-After 3``.
    """
    status = seen.status or 0
    words = web_faults.refusal(status, {}).phrase
    if seen.retry_after is not None:
        words += f", Retry-After {seen.retry_after:g}"
    helps = status in (401, 403) or 300 <= status < 400
    return f"{words} ({error.hint})" if helps and error.hint else words


def of_opening(spec: ServerSpec, error: RpcError | McpxError | None, era: Era) -> McpxError | None:
    """Why nothing can be compared with a server that answered the opening in this era with that.

    None where only its answer is another one than the recorded: the modern era asks for no opening.
    """
    if error is None or isinstance(error, McpxError):
        return error
    refusal = negotiation.refused(spec, error, era)
    if refusal.fault is not Fault.VERSION and error.code == METHOD_NOT_FOUND:
        refusal = faults.wrong_era(spec, "", era)
    if refusal.hint == faults.ANOTHER_ERA:
        other = Era.LEGACY if era is Era.MODERN else Era.MODERN
        return ServerError(
            refusal.fault, refusal.message, f"replay it in the other era: --era {other}"
        )
    return refusal if era is Era.LEGACY or refusal.fault is Fault.VERSION else None
