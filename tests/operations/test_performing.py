from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from mcpx.client.connection import connect
from mcpx.client.terms import Terms
from mcpx.errors import ExitStatus
from mcpx.operations.calls import Manner
from mcpx.operations.performing import Done, Outcome, perform
from mcpx.operations.scripts import parsed
from mcpx.servers import Era, ServerSpec
from tests.client.children import BAD
from tests.client.sites import Site, answers, responds, seen, site, spec_of
from tests.servers.good_http import Served


def performed(spec: ServerSpec, *lines: str, era: Era = Era.MODERN) -> tuple[list[Done], list[str]]:
    """What came of a script, in its order, and the places in the order that was told."""
    told: list[str] = []

    async def scene() -> list[Done]:
        manner = Manner(10, "one", lambda _text: None)
        async with connect(spec, Terms(era=era)) as connection:
            script = parsed("\n".join(lines), "s")
            return await perform(
                connection, script, manner, lambda done: told.append(done.step.place)
            )

    return asyncio.run(asyncio.wait_for(scene(), 30)), told


def asked(served: Served) -> list[str]:
    return [one for one in seen(served) if one not in ("server/discover", "DELETE", "GET")]


def test_everything_is_asked_in_its_order() -> None:
    with site() as served:
        done, told = performed(
            spec_of(served),
            '{"list":"tools"}',
            '{"tool":"add","args":{"a":1,"b":2}}',
            '{"read":"memo://one"}',
            '{"prompt":"greet","args":{"name":"Ada"}}',
            '{"tool":"echo","args":{"text":"x"}}',
            '{"wait":0}',
            '{"method":"tools/call","params":{"name":"fail","arguments":{}}}',
        )
    assert asked(served) == [
        "tools/list",
        "tools/list",  # for the calls, once
        "tools/call",
        "resources/read",
        "prompts/get",
        "tools/call",
        "tools/call",
    ]
    assert [one.outcome for one in done] == [Outcome.ANSWERED] * 5 + [Outcome.TOOL_ERROR]
    assert told == ["1", "2", "3", "4", "5", "7"]
    assert [tool["name"] for tool in done[0].result["tools"]][:2] == ["echo", "add"]
    assert done[1].result["structuredContent"] == {"sum": 3}
    assert [one.status for one in done][-2:] == [ExitStatus.OK, ExitStatus.FINDINGS]


def test_the_steps_of_a_line_are_under_way_at_the_same_time() -> None:
    waiting: list[float] = []

    def slow(site: Site, exchange: Any) -> None:
        waiting.append(time.monotonic())
        while len(waiting) < 3 and time.monotonic() - waiting[0] < 5:
            time.sleep(0.01)
        site.honest(exchange)

    with site({"tools/call": slow}) as served:
        call = '{"tool":"echo","args":{"text":"x"}}'
        done, told = performed(spec_of(served), f'{{"together":[{call},{call},{call}]}}')
    assert [one.outcome for one in done] == [Outcome.ANSWERED] * 3
    assert sorted(told) == ["1.1", "1.2", "1.3"]
    assert len(waiting) == 3
    assert max(waiting) - min(waiting) < 4


@pytest.mark.parametrize("era", list(Era))
def test_who_leaves_goes_on(era: Era) -> None:
    gone: list[bool] = []

    def never(_site: Site, exchange: Any) -> None:
        exchange.stream()
        gone.append(exchange.rest(5))

    with site({"tools/call": never}) as served:
        done, _ = performed(
            spec_of(served),
            '{"tool":"echo","leave":0.05}',
            '{"list":"prompts"}',
            era=era,
        )
        cancelled = "notifications/cancelled" in seen(served)
    assert [one.outcome for one in done] == [Outcome.LEFT, Outcome.ANSWERED]
    assert [one.status for one in done] == [ExitStatus.OK, ExitStatus.OK]
    assert cancelled is (era is Era.LEGACY)
    assert gone == [True]


def test_what_fails_does_not_end_the_script() -> None:
    with site({"resources/read": responds(400)}) as served:
        done, _ = performed(
            spec_of(served),
            '{"method":"no/such"}',
            '{"read":"memo://one"}',
            '{"tool":"nobody_lists_this"}',
            '{"list":"tools"}',
        )
    assert [one.outcome for one in done] == [*[Outcome.FAILED] * 3, Outcome.ANSWERED]
    assert [one.error is not None and one.error.server for one in done[:3]] == ["one"] * 3
    assert done[0].status is ExitStatus.UNREACHABLE


def test_tools_are_called_where_none_can_be_listed() -> None:
    plays = {"tools/list": responds(400), "tools/call": answers({"content": []})}
    with site(plays) as served:
        (done,), _ = performed(spec_of(served), '{"tool":"echo"}')
    assert done.outcome is Outcome.FAILED or done.result == {"content": []}
    assert asked(served) == ["tools/list", "tools/call"]


def test_a_notification_is_sent_and_not_waited_for() -> None:
    with site() as served:
        (done, _), _ = performed(
            spec_of(served),
            '{"method":"notifications/roots/list_changed"}',
            '{"list":"tools"}',
        )
        sent = [one.message for one in served.requests if "roots" in one.rpc]
    assert done.outcome is Outcome.SENT
    assert sent == [{"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}]


def test_own_metadata_goes_along() -> None:
    with site() as served:
        performed(
            spec_of(served),
            '{"method":"resources/read","params":{"uri":"memo://a","_meta":{"progressToken":"p"}}}',
        )
        (sent,) = [one.message for one in served.requests if one.rpc == "resources/read"]
    assert sent["params"]["_meta"]["progressToken"] == "p"


def test_nothing_is_done_with_a_server_that_has_gone() -> None:
    words = ("half-line-and-die", "--on", "tools/call")
    spec = ServerSpec("one", command=BAD[0], args=(*BAD[1:], *words))
    done, told = performed(spec, '{"tool":"echo"}', '{"list":"tools"}', era=Era.LEGACY)
    assert [one.outcome for one in done] == [Outcome.FAILED]
    assert told == ["1"]


def test_who_does_not_want_to_hear_more_ends_it() -> None:
    def told(_done: Done) -> None:
        raise KeyError("left")

    async def scene(spec: ServerSpec, told: Callable[[Done], None]) -> None:
        async with connect(spec, Terms()) as connection:
            manner = Manner(10, "one", lambda _text: None)
            script = parsed('{"together":[{"wait":60},{"list":"tools"}]}\n{"wait":60}', "s")
            await perform(connection, script, manner, told)

    with site() as served, pytest.raises(KeyError):
        asyncio.run(asyncio.wait_for(scene(spec_of(served), told), 20))
