"""Questions of one era as those of the other: requests of a server, and rounds; no I/O.

Source: specification 2026-07-28, basic/patterns/mrtr; 2025-11-25, client/elicitation, "URL
Elicitation Required Error".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from mcpx.codes import URL_ELICITATION
from mcpx.json_spans import members as spans
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.restamping import part, written
from mcpx.serving.mock.tape.takes import BARE, Part, Step, Take

_ELICITATION = "elicitation/create"


class Interview:
    """The questions of a recorded round, put to a client of the legacy era one by one."""

    def __init__(self, text: str, questions: Questions) -> None:
        """``text`` is the recorded answer that asks."""
        self._requests = requests_of(text)
        self._questions = questions
        # By the keys of the round.
        self._ids: dict[str, Any] = {}

    def asks(self) -> Iterator[str]:
        """The requests, one after the other."""
        for key, request in self._requests.items():
            self._ids[key] = self._questions.new()
            yield question_of(request, self._ids[key])

    @property
    def is_over(self) -> bool:
        """Whether the client has answered all of them."""
        return all(map(self._questions.answer, self._ids.values()))

    def answered(self, take: Take) -> dict[str, Any]:
        """The parameters with which a modern client would ask once more."""
        given = {key: self._questions.answer(id) or {} for key, id in self._ids.items()}
        responses = {key: one["result"] for key, one in given.items() if "result" in one}
        state = {} if take.gave is None else {"requestState": take.gave}
        return {**take.asked, "inputResponses": responses, **state}


def asked_together(steps: Sequence[Step], at: int) -> list[Step]:
    """The steps that make one round, from a place on."""
    return list(takewhile(lambda step: step.part in (Part.ASKED, *BARE), steps[at:]))


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
