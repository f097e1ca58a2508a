"""What a server may ask of its client, and who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, Protocol

from mcpx.codes import METHOD_NOT_FOUND, REJECTED

# The id of the request that the question which is answered belongs to; 0 where nobody can tell.
WITHIN: ContextVar[int] = ContextVar("within", default=0)


class Question(StrEnum):
    """The methods that a server may ask its client, in either era."""

    ELICITATION = "elicitation/create"
    SAMPLING = "sampling/createMessage"
    ROOTS = "roots/list"


class UnansweredError(Exception):
    """A question that gets an error for its answer; ``code`` is that of JSON-RPC.

    ``hint`` is what the person could do about it.
    """

    def __init__(self, code: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class Answering(Protocol):
    """Who answers a server's questions."""

    @property
    def offered(self) -> Mapping[str, Any]:
        """What is declared to the server, by capability."""

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The result for a question, as it goes over the wire. Raises UnansweredError."""


class Nobody:
    """Answers for nobody: tells the roots that there are, and declines every question."""

    def __init__(
        self, names: tuple[str, ...] = (), roots: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """``names`` are the capabilities to declare; roots are one as soon as there are any."""
        self._roots = [dict(one) for one in roots]
        offered = (*names, *(("roots",) if roots and "roots" not in names else ()))
        self.offered: Mapping[str, Any] = {name: {} for name in offered}

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """What a client without a person says."""
        if method == Question.ROOTS and "roots" in self.offered:
            return {"roots": self._roots}
        if method == Question.ELICITATION and "elicitation" in self.offered:
            return {"action": "decline"}
        if method == Question.SAMPLING and "sampling" in self.offered:
            raise UnansweredError(REJECTED, "declined: nobody is here to answer")
        raise UnansweredError(METHOD_NOT_FOUND, f"not supported: {method:.100}")
