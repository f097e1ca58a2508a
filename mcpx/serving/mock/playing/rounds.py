"""Questions of one era as those of the other: requests of a server, and rounds; no I/O.

Source: specification 2026-07-28, basic/patterns/mrtr; 2025-11-25, client/elicitation, "URL
Elicitation Required Error".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.client.codes import URL_ELICITATION
from mcpx.json_spans import members as spans
from mcpx.serving.mock.playing.restamping import part, written

_ELICITATION = "elicitation/create"


def request_of(text: str) -> str:
    """What a server asks with a request, as a round holds it."""
    params = part(text, ("params",))
    more = f',"params":{params}' if params else ""
    return f'{{"method":{part(text, ("method",))}{more}}}'


def pages_of(text: str) -> list[str]:
    """What a legacy error asks to be opened first, as a round holds it; nothing for others."""
    pages = part(text, ("error", "data", "elicitations"))
    if pages is None or part(text, ("error", "code")) != str(URL_ELICITATION):
        return []
    return [
        f'{{"method":{written(_ELICITATION)},"params":{pages[one.start : one.end]}}}'
        for one in spans(pages)[0]
    ]


def round_of(id: str, requests: Mapping[str, str], state: str) -> str:
    """The answer that asks; ``id`` is the JSON of that of the request."""
    asked = ",".join(f"{written(key)}:{request}" for key, request in requests.items())
    return (
        f'{{"jsonrpc":"2.0","id":{id},"result":{{"resultType":"input_required",'
        f'"inputRequests":{{{asked}}},"requestState":{written(state)}}}}}'
    )


def requests_of(text: str) -> dict[str, str]:
    """What an answer asks in a round, by its keys."""
    asked = part(text, ("result", "inputRequests")) or "{}"
    return {one.name: asked[one.start : one.end] for one in spans(asked)[0]}


def question_of(request: str, id: Any) -> str:
    """What a round holds, as a request of a server."""
    found = {name: part(request, (name,)) for name in ("method", "params")}
    more = "".join(f',"{name}":{value}' for name, value in found.items() if value is not None)
    return f'{{"jsonrpc":"2.0","id":{written(id)}{more}}}'
