"""What a request over HTTP says, or why it is not heard; no I/O."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from mcpx import admission
from mcpx.codes import INVALID_REQUEST, PARSE_ERROR
from mcpx.json_text import JsonTextError, parse_json
from mcpx.serving.http.answers import JSON, Answer
from mcpx.serving.http.exchanges import Request
from mcpx.serving.mock.playing.asked import is_message


class UnheardError(Exception):
    """A request that no player gets: ``status`` and an error of JSON-RPC are its answer.

    ``code`` is that of the error, usually the status; ``id`` that of the message, None where it is
    not known; ``data`` goes with the error.
    """

    def __init__(
        self, status: int, words: str, code: int = 0, id: Any = None, data: Any = None
    ) -> None:
        super().__init__(words)
        error = {"code": code or int(status), "message": f"mcpx: {words}"}
        error |= {} if data is None else {"data": data}
        self._status = status
        self._said = {"jsonrpc": "2.0", "id": id, "error": error}

    def tell(self, answer: Answer) -> None:
        """Answer so. Raises LeftError."""
        answer.whole(self._status, json.dumps(self._said).encode())


def target_of(request: Request) -> tuple[str, str]:
    """The path that a request asks for, and its query.

    Raises UnheardError for a request that does not come from this machine, or goes to another.
    """
    if refused := admission.refusal(request.headers):
        raise UnheardError(HTTPStatus.FORBIDDEN, refused)
    target = admission.path_of(request.target).decode("latin-1")
    if not target:
        raise UnheardError(HTTPStatus.FORBIDDEN, "this is no proxy for other hosts")
    path, _, query = target.partition("?")
    return path, query


def message_of(request: Request) -> Any:
    """The message that is posted, or a list, which may hold some. Raises UnheardError."""
    kind = request.values.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        words = f"Content-Type is not {JSON}"
        raise UnheardError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, INVALID_REQUEST)
    try:
        value = parse_json(request.body.decode("utf-8"))
    except (JsonTextError, UnicodeDecodeError) as error:
        words = "the body is not JSON"
        raise UnheardError(HTTPStatus.BAD_REQUEST, words, PARSE_ERROR) from error
    if not (value if isinstance(value, list) else is_message(value)):
        words = "the body is no message of JSON-RPC 2.0"
        raise UnheardError(HTTPStatus.BAD_REQUEST, words, INVALID_REQUEST)
    return value
