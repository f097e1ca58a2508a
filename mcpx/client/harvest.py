"""A connection's catalogue, page by page and item by item, with what was wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mcpx.catalogue.model import Catalogue, Item, Kind, Problem, describe_target
from mcpx.client import faults
from mcpx.client.connection import Connection, Errand
from mcpx.client.peer import Oddities, RpcError
from mcpx.codes import METHOD_NOT_FOUND

# kind -> (the capability that announces it, the method, the member of the result).
LISTS = {
    Kind.TOOL: ("tools", "tools/list", "tools"),
    Kind.PROMPT: ("prompts", "prompts/list", "prompts"),
    Kind.RESOURCE: ("resources", "resources/list", "resources"),
    Kind.TEMPLATE: ("resources", "resources/templates/list", "resourceTemplates"),
}

_LONGEST_MESSAGE = 300


async def harvest(connection: Connection, offered: tuple[str, ...]) -> Catalogue:
    """Everything that a server lists, all kinds side by side.

    A bad item, a bad page or an error answer to one list is a problem in the catalogue and costs
    nothing else. Raises ServerError when the server goes away, is too slow, sends too much, or
    answers every list with an error.
    """
    opening = connection.opening
    announced = opening.capabilities
    # A server that announces nothing at all is asked for its tools all the same.
    kinds = [kind for kind, (name, _, _) in LISTS.items() if name in announced] or [Kind.TOOL]
    async with connection.in_time() as errand:
        with connection.peer.keeping():
            lists = await _together([_List(errand, kind) for kind in kinds])
    failed = [one.refused for one in lists if one.refused is not None]
    if failed and len(failed) == len(lists):
        raise faults.answered_with_error(connection.spec, failed[0].method, failed[0].error)
    problems = [Problem(rule, text) for rule, text in opening.oddities]
    for one in lists:
        problems += one.problems
    problems += _of_wire(connection.peer.oddities)
    found = {one.kind.plural: tuple(one.items) for one in lists}
    return Catalogue(
        server=connection.spec.name,
        target=describe_target(replace(connection.spec, transport=connection.transport)),
        era=opening.era,
        version=opening.version,
        supported=opening.supported,
        offered=offered,
        server_info=opening.server,
        capabilities=announced,
        instructions=opening.instructions,
        problems=tuple(problems),
        **found,
    )


async def _together(lists: list[_List]) -> list[_List]:
    tasks = [asyncio.ensure_future(one.gather()) for one in lists]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return lists


async def listed(errand: Errand, kind: Kind) -> list[Item]:
    """The items of one kind. Raises ServerError, RpcError when the list is refused."""
    one = _List(errand, kind)
    with errand.connection.peer.keeping():
        await one.gather()
    if one.refused is not None:
        raise one.refused
    return one.items


class _List:
    """One listing: pages until the server says that there are no more."""

    def __init__(self, errand: Errand, kind: Kind) -> None:
        self.kind = kind
        self.items: list[Item] = []
        self.problems: list[Problem] = []
        self.refused: RpcError | None = None
        self._errand = errand
        self._connection = errand.connection

    async def gather(self) -> None:
        """Fill ``items`` and ``problems``. Raises ServerError."""
        _, method, member = LISTS[self.kind]
        limits = self._connection.limits
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(limits.pages):
            try:
                page = await self._errand.request(
                    method, {} if cursor is None else {"cursor": cursor}
                )
            except RpcError as error:
                self._refuse(error, method)
                return
            if not isinstance(page, dict):
                raise faults.invalid_answer(
                    self._connection.spec, method, "its result is not an object"
                )
            self._take(page, member)
            if len(self.items) > limits.items:
                what = f"more than {limits.items} {self.kind.plural}"
                raise faults.over_limit(self._connection.spec, "items", what)
            # "" is a cursor too (specification 2026-07-28, server/utilities/pagination).
            cursor = page.get("nextCursor")
            if cursor is None:
                return
            if not isinstance(cursor, str):
                self._note("list-cursor-invalid", "its nextCursor is not a string")
                return
            if cursor in seen:
                self._note("list-cursor-repeated", "the same nextCursor came twice; stopped there")
                return
            seen.add(cursor)
        raise faults.over_limit(
            self._connection.spec, "pages", f"more than {limits.pages} pages for {method}"
        )

    def _take(self, page: Mapping[str, Any], member: str) -> None:
        result_type = page.get("resultType", "complete")
        if result_type != "complete":
            shown = faults.own_words(self._connection.spec, str(result_type), faults.MOST_SHOWN)
            self._note("list-result-type", f"its resultType is '{shown}', not 'complete'")
        listed = page.get(member)
        if not isinstance(listed, list):
            what = "is null" if listed is None and member in page else "is missing"
            if listed is not None:
                what = "is not an array"
            self._note("list-malformed", f"the member '{member}' {what}")
            return
        for position, raw in enumerate(listed):
            if isinstance(raw, dict):
                self.items.append(Item(self.kind, raw))
            else:
                path = f"/{member}/{position}"
                self._note("item-malformed", f"{self.kind} {position} is not an object", path)

    def _refuse(self, error: RpcError, method: str) -> None:
        # Templates are announced by the same capability as resources, and often not served.
        if self.kind is Kind.TEMPLATE and error.code == METHOD_NOT_FOUND:
            return
        self.refused = error
        message = error.error.get("message") if isinstance(error.error, dict) else error.error
        shown = faults.own_words(self._connection.spec, str(message), _LONGEST_MESSAGE)
        self._note("list-failed", f"{method} was answered with error {error.code}: {shown}")

    def _note(self, rule: str, text: str, path: str = "") -> None:
        self.problems.append(Problem(rule, text, self.kind, path=path))


def _of_wire(oddities: Oddities) -> list[Problem]:
    problems = [Problem(rule, text) for rule, text in oddities.kinds.items()]
    if oddities.noise:
        lines = "line" if oddities.noise == 1 else "lines"
        text = f"printed {oddities.noise} {lines} on stdout that are no messages, the first: "
        problems.append(Problem("wire-noise", text + oddities.first_noise))
    return problems
