from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from mcpx.analyses.diff.rules import CHANGES
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.errors import UsageError
from mcpx.operations import comparing
from mcpx.operations.comparing import (
    Relisting,
    SchemaJudge,
    Server,
    changes,
    check_context,
    in_one_order,
    missing_lists,
    together,
)
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from mcpx.schemas.workers import UnansweredError
from tests.analyses.diff.here import Here, judge
from tests.client.sites import Site, answers, connected, in_turn, site
from tests.servers.http_wire import Exchange

INTEGER = {"type": "integer"}


def tools(*names: str) -> tuple[Item, ...]:
    return tuple(Item(Kind.TOOL, {"name": name}) for name in names)


def server(name: str = "a", **members: Any) -> Server:
    return Server(name, Catalogue(name, **members))


def named(*names: str) -> list[Server]:
    return [server(name) for name in names]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        pytest.param("a", "b", "a-b", id="one-and-one"),
        pytest.param("a", "a", "a-a", id="of-one-name"),
        pytest.param("b", "a b c", "b-b", id="one-of-many"),
        pytest.param("a b c", "b", "b-b", id="many-and-one"),
        pytest.param("a b", "b c", "a- b-b -c", id="many"),
        pytest.param("a a", "a b", "a-a a- -b", id="twice-before"),
        pytest.param("a b", "b b a", "a-a b-b -b", id="twice-after"),
        pytest.param("a a", "a a", "a-a a-a", id="twice"),
        pytest.param("", "a", "-a", id="none-before"),
        pytest.param("a", "", "a-", id="none-after"),
        pytest.param("", "", "", id="none"),
    ],
)
def test_servers_that_go_together(old: str, new: str, pairs: str) -> None:
    found = together(named(*old.split()), named(*new.split()))
    assert " ".join(f"{a.name if a else ''}-{b.name if b else ''}" for a, b in found) == pairs


def test_no_server_is_compared_twice() -> None:
    old, new = named("a", "a", "b"), named("b", "a", "a")
    (first, second, third) = together(old, new)
    assert first == (old[0], new[1]) and first[1] is new[1]
    assert second[1] is new[2]
    assert third == (old[2], new[0])


def test_the_second_of_one_run_goes_by_the_first_name() -> None:
    ((_, new),) = together(named("files"), named("files-2"))
    assert new is not None
    assert (new.name, new.catalogue.server) == ("files", "files-2")


@pytest.mark.parametrize(
    ("many", "said"),
    [
        ("b c", "a: there is no server of this name on the other side"),
        ("a b a", "a: there are 2 servers of this name on the other side"),
    ],
)
def test_one_that_has_no_like_is_refused(many: str, said: str) -> None:
    for sides in ((named("a"), named(*many.split())), (named(*many.split()), named("a"))):
        with pytest.raises(UsageError) as caught:
            together(*sides)
        assert caught.value.message == said
        assert caught.value.hint


@pytest.mark.parametrize(
    ("args", "said", "version"),
    [
        (["-y", "@scope/pkg@1.2.3", "more@1.0"], "9", "1.2.3"),
        (["pkg==2025.1.1"], "9", "2025.1.1"),
        (["pkg@latest"], "9", "9"),
        (["me@example.com"], "9", "9"),
        ([7, "pkg@1.0.0-rc.1"], "9", "1.0.0-rc.1"),
        ("pkg@1", "9", "9"),
        (None, "1.0", "1.0"),
        (None, 7, ""),
    ],
)
def test_the_version_is_that_of_the_package(args: Any, said: Any, version: str) -> None:
    assert server(target={"args": args}, server_info={"version": said}).version == version


URL = {"transport": "http", "url": "https://a.example"}


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        pytest.param({}, {}, "", id="nothing-known"),
        pytest.param({"target": URL}, {"target": URL}, "", id="alike"),
        pytest.param({"target": URL, "offered": ("roots",)}, {}, "", id="one-not-known"),
        pytest.param(
            {"target": URL, "offered": ("roots", "sampling")},
            {"target": URL},
            "client capabilities: roots, sampling and none",
            id="offered",
        ),
        pytest.param(
            {"target": URL},
            {"target": {**URL, "headers": ["X-Api-Key", "Accept"]}},
            "authorization: none and x-api-key",
            id="signed-in",
        ),
        pytest.param(
            {"target": {"command": "run"}},
            {"target": {**URL, "headers": ["Cookie"]}},
            "",
            id="started-and-reached",
        ),
        pytest.param({"target": {**URL, "headers": 7}}, {"target": URL}, "", id="odd"),
        pytest.param({"target": {**URL, "headers": [7]}}, {"target": URL}, "", id="odder"),
    ],
)
def test_what_was_taken_in_another_way(old: Any, new: Any, differs: str) -> None:
    if not differs:
        check_context(server(**old), server(**new))
        return
    with pytest.raises(UsageError, match=f"^a: taken with other {differs}$") as caught:
        check_context(server(**old), server(**new))
    assert "--any-context" in caught.value.hint


def test_the_order_of_a_sorted_list_is_not_known() -> None:
    old, new = in_one_order(Catalogue("a", tools=tools("a", "b", "c")), Catalogue("a"))
    assert old.tools == tools("a", "b", "c")
    old, new = in_one_order(
        Catalogue("a", tools=tools("a", "b", "c")), Catalogue("a", tools=tools("c", "b", "a"))
    )
    assert old.tools == new.tools == tools("a", "b", "c")
    moved = (tools("b", "a", "c"), tools("c", "a", "b"))
    kept = in_one_order(*(Catalogue("a", tools=one) for one in moved))
    assert tuple(one.tools for one in kept) == moved


def test_a_list_that_is_missing_is_named() -> None:
    failed, odd = (Problem(rule, rule, Kind.TOOL) for rule in ("list-failed", "wire-noise"))
    broken = Problem("list-malformed", "the member 'tools' is null", Kind.TOOL)
    assert missing_lists(server(problems=(odd,))) == []
    assert missing_lists(server(problems=(odd, failed, broken))) == [failed, broken]


def rules(found: Sequence[Any]) -> list[str]:
    return [one.rule.id for one in found]


def test_what_changed_of_a_server() -> None:
    old = server(tools=tools("a", "b"))
    assert rules(changes(old, None, judge())) == ["server-removed"]
    assert rules(changes(None, old, judge())) == ["server-added"]
    assert changes(None, None, judge()) == changes(old, old, judge()) == []
    (gone,) = changes(old, server("z", tools=tools("a")), judge())
    assert (gone.rule.id, gone.subject.server) == ("tool-removed", "z")
    restless = Server("a", old.catalogue, frozenset({("tool", "b", "")}))
    assert rules(changes(restless, server(tools=tools("a")), judge())) == ["catalogue-unstable"]
    assert set(rules(changes(old, server(), judge()))) <= {rule.id for rule in CHANGES}


def test_the_same_question_is_asked_once() -> None:
    here = Here()
    told: list[str] = []
    one = SchemaJudge(here, told.append)
    for _ in range(3):
        assert one.compare({"type": "integer"}, {}, Reading.STRICT).answer is Answer.YES
    assert here.asked == 1
    assert one.compare({}, INTEGER, Reading.STRICT).answer is Answer.NO
    assert told == [f"{number} about schemas answered" for number in ("0 questions", "1 question")]
    deep: Any = 1
    for _ in range(3_000):
        deep = [deep]
    assert one.compare({"default": deep}, {}, Reading.STRICT).answer is Answer.UNKNOWN


def test_whether_a_value_fits() -> None:
    one = judge()
    assert (one.fits(INTEGER, 1), one.fits(INTEGER, "a")) == (True, False)
    assert one.fits({"type": "x"}, 1) is None

    class Silent(Here):
        def ask(self, *_: object) -> Any:
            raise UnansweredError("that took longer than 2 s")

    assert SchemaJudge(Silent()).fits(INTEGER, 1) is None


def listing(*texts: str) -> list[Any]:
    return [
        answers({"tools": [{"name": "now", "description": one}], "resultType": "complete"})
        for one in texts
    ]


def refuses(_site: Site, exchange: Exchange) -> None:
    error = {"code": -32603, "message": "not today"}
    exchange.answer({"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error})


@pytest.mark.parametrize(
    ("plays", "expected"),
    [
        pytest.param(
            listing("It is 12:00.", "It is 12:01."), {("tool", "now", "description")}, id="changes"
        ),
        pytest.param(listing("It is 12:00.", "It is 12:00."), set(), id="stays"),
        pytest.param([*listing("It is 12:00."), refuses], set(), id="refuses"),
    ],
)
def test_a_server_is_listed_a_second_time(plays: list[Any], expected: set[Any]) -> None:
    from mcpx.client.harvest import harvest

    async def ask() -> frozenset[tuple[str, str]]:
        relisting = Relisting()
        with site({"tools/list": in_turn(*plays)}) as served:
            async with connected(served) as connection:
                catalogue = await harvest(connection, ())
                await relisting(connection, catalogue)
        return relisting.of("one")

    assert asyncio.run(ask()) == expected
    assert Relisting().of("one") == frozenset()


def test_all_judgements_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_MOST_SECONDS", 0.0)
    here = Here()
    one = SchemaJudge(here)
    assert one.compare({}, INTEGER, Reading.STRICT).answer is Answer.NO
    later = one.compare({}, {"type": "string"}, Reading.STRICT)
    assert (later.answer, later.reason) == (
        Answer.UNKNOWN,
        "judging schemas took longer than 0 s in all",
    )
    assert one.fits(INTEGER, 1) is None
    assert one.compare({}, INTEGER, Reading.STRICT).answer is Answer.NO  # known by then
    assert here.asked == 1
