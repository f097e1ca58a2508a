from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import Fault, ServerError, UsageError
from mcpx.retry import Retries
from mcpx.sources.fetch import Fetcher
from mcpx.sources.registry import Found, Query, Registry, api_root, since
from mcpx.sources.registry_cache import FRESH, WHOLE, Cache
from tests.servers.fake_registry import FakeRegistry, record
from tests.servers.http_wire import Exchange

HOUR = FRESH + 1


class Clock:
    """Seconds since 1970, as far as the cache knows."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetch() -> Iterator[Fetcher]:
    retries = Retries(uniform=lambda *_: 0.0)
    with Fetcher(retries=retries, sleep=lambda _seconds: None, deadline=5) as found:
        yield found


@pytest.fixture
def ask(fetch: Fetcher, clock: Clock, tmp_path: Path) -> Callable[..., Registry]:
    """A registry as one run of mcpx asks it; the cache is shared by all runs."""
    cache = Cache(tmp_path / "cache", clock)

    def make(fake: FakeRegistry, path: str = "", **options: Any) -> Registry:
        return Registry(fake.url + path, fetch, cache, **options)

    return make


Ask = Callable[..., Registry]


def names(found: Found) -> list[str]:
    return [f"{one.name}@{one.version}" for one in found.entries]


def many(number: int) -> list[Any]:
    return [record(f"io.acme/server-{n:04}") for n in range(number)]


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    records = [
        record("com.acme/ledger", "1.0.0", latest=False, updated="2026-03-01T00:00:00Z"),
        record("com.acme/ledger", "1.1.0"),
        record("io.github.dana/maps", "0.4.2"),
        record("zz.bad/gone", status="deleted", message="policy", updated="2026-06-01T00:00:00Z"),
    ]
    with FakeRegistry(records) as found:
        yield found


def test_a_search_finds_the_latest_versions(fake: FakeRegistry, ask: Ask) -> None:
    found = ask(fake).search(Query("LEDGER"))
    assert names(found) == ["com.acme/ledger@1.1.0"]
    assert (found.complete, found.notes, found.problems) == (True, (), ())
    assert fake.asked == ["/v0.1/servers?search=LEDGER&version=latest&limit=100"]


def test_changes_since_a_time_include_what_was_deleted(fake: FakeRegistry, ask: Ask) -> None:
    found = ask(fake).search(Query(updated_since=since("2026-05-15")))
    assert names(found) == ["zz.bad/gone@1.0.0"]
    assert found.entries[0].status_message == "policy"
    assert "updated_since=2026-05-15T00%3A00%3A00Z" in fake.asked[0]


@pytest.mark.parametrize("number", [0, 99, 100, 101, 200])
def test_all_pages_are_read(ask: Ask, number: int) -> None:
    with FakeRegistry(many(number)) as fake:
        found = ask(fake).search(Query())
    assert (len(found.entries), found.complete, found.notes) == (number, True, ())
    assert len(fake.asked) == number // 100 + 1  # also the empty page after a full one


def test_a_huge_listing_ends_at_the_number_wanted(ask: Ask) -> None:
    with FakeRegistry(many(450)) as fake:
        found = ask(fake).search(Query(most=150))
        assert len(found.entries) == 150
        assert found.notes == ("these are 150; the registry may have more: --max N reads further",)
        assert (len(fake.asked), found.complete) == (2, False)
        assert len(ask(fake).search(Query(most=120)).entries) == 120
        assert len(fake.asked) == 2
        assert len(ask(fake).search(Query(most=450)).entries) == 450


Play = Callable[[Exchange], None]


def page(*servers: Any, cursor: str = "", key: str = "nextCursor") -> Play:
    metadata = {key: cursor} if cursor else {}
    return lambda exchange: exchange.answer({"servers": list(servers), "metadata": metadata})


A, B, C = record("a/a"), record("b/b"), record("c/c")


@pytest.mark.parametrize(
    ("pages", "found", "notes"),
    [
        pytest.param([page(A, cursor="1"), page(B)], "a/a b/b", 0, id="two"),
        pytest.param([page(A, cursor="1"), page()], "a/a", 0, id="empty-after-full"),
        pytest.param([page(cursor="1"), page(A)], "", 0, id="empty-with-cursor"),
        pytest.param(
            [page(A, cursor="1"), page(B, cursor="1"), page(C)], "a/a b/b", 1, id="same-cursor"
        ),
        pytest.param([page(A, cursor="1"), page(A, cursor="2"), page(C)], "a/a", 1, id="same-page"),
        pytest.param(
            [page(A, cursor="1", key="next_cursor"), page(B)], "a/a b/b", 0, id="older-spelling"
        ),
    ],
)
def test_paging_ends_whatever_the_registry_does(
    ask: Ask, pages: list[Play], found: str, notes: int
) -> None:
    with FakeRegistry([], *pages) as fake:
        fake.always = None
        result = ask(fake).search(Query())
    assert [one.name for one in result.entries] == found.split()
    assert ("the registry repeats its pages; there may be more servers" in result.notes) == notes
    assert result.complete is (notes == 0)


def test_a_registry_without_end_is_left_after_a_while(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcpx.sources.registry._FEWEST_PAGES", 10)
    numbers = iter(range(10_000))

    def endless(exchange: Exchange) -> None:
        number = next(numbers)
        exchange.answer({"servers": [{"odd": 1}], "metadata": {"nextCursor": str(number)}})

    with FakeRegistry([]) as fake:
        fake.always = endless
        found = ask(fake).search(Query("x"))
    assert (len(fake.asked), found.complete, len(found.problems)) == (10, False, 10)


def test_a_registry_that_cannot_search_is_searched_here(ask: Ask) -> None:
    ledgers = [record("b/ledger", "1.0.0"), record("b/ledger", "1.2.0"), record("a/ledger")]
    for one in ledgers:
        one["_meta"] = {"com.sub/own": {"x": 1}}
    with FakeRegistry([], page(A, *ledgers, B, 3, {"server": {"name": "a\x1b/b"}})) as fake:
        found = ask(fake).search(Query("ledger"))
    assert names(found) == ["a/ledger@1.0.0", "b/ledger@1.2.0"]
    assert [one.message for one in found.problems] == [
        "it is not an object",
        "it has no valid name",
    ]


@pytest.mark.parametrize(
    ("base", "root"),
    [
        ("https://r.example", "https://r.example/v0.1"),
        ("https://r.example/", "https://r.example/v0.1"),
        ("https://r.example/api", "https://r.example/api/v0.1"),
        ("https://r.example/v0", "https://r.example/v0"),
        ("https://r.example/api/v1/servers", "https://r.example/api/v1"),
        ("http://127.0.0.1:8/x", "http://127.0.0.1:8/x/v0.1"),
    ],
)
def test_the_base_url_may_have_a_path_and_a_version(base: str, root: str) -> None:
    assert api_root(base) == root


@pytest.mark.parametrize(
    "base",
    ["http://r.example", "https://u:c4nary@r.example", "https://r.example?x=c4nary", "r.example"],
)
def test_what_is_no_url_of_a_registry_is_wrong_use(base: str) -> None:
    with pytest.raises(UsageError) as caught:
        api_root(base)
    assert "c4nary" not in str(caught.value)


def test_a_registry_under_a_path_is_asked_there(fake: FakeRegistry, ask: Ask) -> None:
    assert names(ask(fake, "/api").search(Query("maps"))) == ["io.github.dana/maps@0.4.2"]
    assert fake.asked[0].startswith("/api/v0.1/servers?")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2026-11-01", "2026-11-01T00:00:00Z"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
        ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
    ],
)
def test_times_are_sent_as_the_registry_wants_them(text: str, sent: str) -> None:
    assert since(text) == sent


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "0001-01-01T00:00:00+05:00"])
def test_what_is_no_time_is_wrong_use(text: str) -> None:
    with pytest.raises(UsageError, match="expected a date or time"):
        since(text)


def test_one_version_or_the_latest(fake: FakeRegistry, ask: Ask) -> None:
    registry = ask(fake)
    assert registry.one("com.acme/ledger", "1.0.0").version == "1.0.0"
    assert registry.one("com.acme/ledger").version == "1.1.0"
    assert fake.asked == [
        "/v0.1/servers/com.acme%2Fledger/versions/1.0.0",
        "/v0.1/servers/com.acme%2Fledger/versions/latest",
    ]


def test_all_versions_also_the_deleted_ones(fake: FakeRegistry, ask: Ask) -> None:
    registry = ask(fake)
    assert {one.version for one in registry.versions("com.acme/ledger")} == {"1.0.0", "1.1.0"}
    assert [one.status for one in registry.versions("zz.bad/gone")] == ["deleted"]
    assert registry.versions("no/body") == []


@pytest.mark.parametrize(
    ("name", "version", "message", "hint"),
    [
        ("com.acme/ledger", "9", "com.acme/ledger has no version 9", "there are 1"),
        ("no/body", "", "has no server 'no/body'", "mcpx discover --registry body"),
        ("zz.bad/gone", "", "zz.bad/gone 1.0.0 was deleted from", "moderation"),
        ("zz.bad/gone", "1.0.0", "1.0.0 was deleted from 127.0.0.1", "does not start it"),
        ("ledger", "", "a name in a registry is NAMESPACE/NAME", "mcpx discover --registry ledger"),
        ("a/b;id", "", "a name in a registry is", "mcpx discover --registry 'b;id'"),
    ],
)
def test_what_a_registry_does_not_have_is_said_with_what_it_has(
    fake: FakeRegistry, ask: Ask, name: str, version: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ask(fake).one(name, version)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_an_entry_that_is_called_deleted_is_not_used(fake: FakeRegistry, ask: Ask) -> None:
    gone = record("com.acme/ledger", status="deleted", message="token=c4nary-value")
    fake.faults.append(lambda exchange: exchange.answer(gone))
    with pytest.raises(UsageError, match=r"was deleted from .*: token=\*\*\*"):
        ask(fake).one("com.acme/ledger")


@pytest.mark.parametrize(
    ("plays", "words"),
    [
        pytest.param([500], "HTTP 500", id="version"),
        pytest.param([404, 500], "HTTP 500", id="versions"),
        pytest.param([404, {"odd": 1}], "no list 'servers'", id="odd-versions"),
    ],
)
def test_a_failure_about_one_server_is_told(
    fake: FakeRegistry, ask: Ask, plays: list[Any], words: str
) -> None:
    fake.faults = [
        refusing(one) if isinstance(one, int) else lambda exchange, one=one: exchange.answer(one)
        for one in plays
    ]
    with pytest.raises(ServerError, match=words):
        ask(fake).one("com.acme/ledger")


def test_a_listing_of_too_many_bytes_is_left(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcpx.sources.registry._MOST_RECEIVED", 1000)
    with FakeRegistry(many(250)) as fake:
        found = ask(fake).search(Query())
    assert (len(found.entries), found.complete, len(fake.asked)) == (100, False, 1)
    assert found.notes[0] == "stopped after 0 MiB; search for less"


@pytest.mark.parametrize(
    "answer",
    [{}, [], record("other/name"), record("com.acme/ledger", "7"), {"server": {"name": "a/b"}}],
)
def test_an_answer_about_something_else_is_not_believed(
    fake: FakeRegistry, ask: Ask, answer: Any
) -> None:
    fake.faults.append(lambda exchange: exchange.answer(answer))
    with pytest.raises(ServerError, match="not what a registry answers") as caught:
        ask(fake).one("com.acme/ledger", "1.0.0")
    assert caught.value.fault is Fault.INVALID_RESPONSE


def refusing(status: int, detail: str = "validation failed", **headers: str) -> Play:
    named = tuple((name.replace("_", "-"), one) for name, one in headers.items())
    return lambda exchange: exchange.answer({"detail": detail}, status, named)


@pytest.mark.parametrize(
    ("faults", "asked"),
    [
        pytest.param([refusing(503)], 2, id="503-then-fine"),
        pytest.param([refusing(429, Retry_After="1")], 2, id="429-then-fine"),
        pytest.param([lambda exchange: exchange.cut()], 2, id="cut-then-fine"),
    ],
)
def test_what_passes_is_waited_for(
    fake: FakeRegistry, ask: Ask, faults: list[Play], asked: int
) -> None:
    fake.faults = faults
    assert len(ask(fake).search(Query()).entries) == 2
    assert len(fake.asked) == asked


@pytest.mark.parametrize(
    ("play", "fault", "words"),
    [
        pytest.param(refusing(422), Fault.HTTP, "HTTP 422: validation failed", id="422"),
        pytest.param(refusing(500, "broken"), Fault.HTTP, "HTTP 500: broken", id="500"),
        pytest.param(
            lambda exchange: exchange.respond(
                308, headers=(("Location", "https://elsewhere.example/"),)
            ),
            Fault.HTTP,
            "it sends elsewhere, to https://elsewhere.example/",
            id="redirect-to-another-host",
        ),
        pytest.param(
            lambda exchange: exchange.respond(200, b"<html>", "text/html"),
            Fault.INVALID_RESPONSE,
            "answered with text/html",
            id="page",
        ),
        pytest.param(
            lambda exchange: exchange.answer({"servers": 3}),
            Fault.INVALID_RESPONSE,
            "it has no list 'servers'",
            id="no-listing",
        ),
    ],
)
def test_a_failure_is_told_and_not_kept(
    fake: FakeRegistry, ask: Ask, play: Play, fault: Fault, words: str
) -> None:
    fake.faults = [play]
    with pytest.raises(ServerError) as caught:
        ask(fake).search(Query())
    assert caught.value.fault is fault
    assert words in caught.value.message
    assert len(ask(fake).search(Query()).entries) == 2


def test_for_an_hour_nothing_is_asked_again(fake: FakeRegistry, ask: Ask, clock: Clock) -> None:
    for _ in range(2):
        assert len(ask(fake).search(Query()).entries) == 2
        assert ask(fake).one("com.acme/ledger").version == "1.1.0"
        clock.now += FRESH / 2 - 1
    assert len(fake.asked) == 2
    assert len(ask(fake, refresh=True).search(Query()).entries) == 2
    assert len(fake.asked) == 3


def test_after_an_hour_only_changes_are_asked_for(
    fake: FakeRegistry, ask: Ask, clock: Clock
) -> None:
    ask(fake).search(Query())
    clock.now += HOUR
    fake.records[1]["_meta"].clear()
    fake.records[1] = record("com.acme/ledger", "1.1.0", latest=False)
    changed = "2026-05-02T00:00:00Z"
    fake.records += [
        record("com.acme/ledger", "1.2.0", updated=changed),
        record("new/one", updated=changed),
    ]
    fake.records.pop(3)
    found = ask(fake).search(Query())
    assert names(found) == ["com.acme/ledger@1.2.0", "io.github.dana/maps@0.4.2", "new/one@1.0.0"]
    assert len(fake.asked) == 2
    assert "updated_since=2026-05-01T10%3A00%3A00Z" in fake.asked[1]
    clock.now += FRESH / 2
    assert names(ask(fake).search(Query())) == names(found)
    assert len(fake.asked) == 2


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        pytest.param(lambda fake: None, 3, id="something-was-deleted"),
        pytest.param(
            lambda fake: fake.faults.append(refusing(400, "unknown parameter")), 3, id="not-offered"
        ),
        pytest.param(
            lambda fake: fake.faults.append(page(A, {"odd": 1})), 3, id="odd-entries-in-the-changes"
        ),
    ],
)
def test_when_changes_do_not_say_all_everything_is_asked_for(
    fake: FakeRegistry, ask: Ask, clock: Clock, change: Callable[[FakeRegistry], None], asked: int
) -> None:
    ask(fake).search(Query())
    clock.now += HOUR
    change(fake)
    assert len(ask(fake).search(Query()).entries) == 2
    assert len(fake.asked) == asked


def test_once_a_day_everything_is_asked_for(fake: FakeRegistry, ask: Ask, clock: Clock) -> None:
    fake.records.pop()
    began = clock.now
    while clock.now - began < WHOLE + HOUR:
        ask(fake).search(Query())
        clock.now += 6 * HOUR
    assert ["updated_since" in one for one in fake.asked] == [False, True, True, True, False]


@pytest.mark.parametrize(
    "play",
    [
        pytest.param(lambda exchange: exchange.cut(), id="cut"),
        pytest.param(refusing(500), id="500"),
        pytest.param(refusing(429, Retry_After="3600"), id="429"),
        pytest.param(lambda exchange: exchange.respond(200, b"<html>"), id="page"),
    ],
)
def test_an_old_answer_is_better_than_none_and_said_to_be_old(
    fake: FakeRegistry, ask: Ask, clock: Clock, play: Play
) -> None:
    first = ask(fake).search(Query())
    entry = ask(fake).one("com.acme/ledger")
    clock.now += 3 * HOUR
    fake.always = play
    found = ask(fake).search(Query())
    assert found.entries == first.entries
    assert found.notes[0].endswith("; shown is what it said 3 hours ago")
    registry = ask(fake)
    assert registry.one("com.acme/ledger") == entry
    assert len(registry.notes) == 1
    with pytest.raises(ServerError):
        ask(fake, refresh=True).search(Query())


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_what_a_registry_refuses_is_not_covered_up(
    fake: FakeRegistry, ask: Ask, clock: Clock, status: int
) -> None:
    ask(fake).search(Query())
    clock.now += WHOLE + HOUR
    fake.always = refusing(status)
    with pytest.raises(ServerError) as caught:
        ask(fake).search(Query())
    assert caught.value.evidence.status == status


def test_a_broken_cache_costs_nothing(fake: FakeRegistry, ask: Ask, tmp_path: Path) -> None:
    ask(fake).search(Query())
    (path,) = (tmp_path / "cache").glob("*.json")
    document = json.loads(path.read_text())
    for value in ("x", None, [3, {"server": 4}], {"a": 1}):
        path.write_text(json.dumps({**document, "value": value}))
        found = ask(fake).search(Query())
        assert isinstance(found, Found)
    path.write_text("{")
    assert len(ask(fake).search(Query()).entries) == 2


def test_all_pages_together_hold_only_so_many_values(
    ask: Ask, fetch: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeRegistry(many(250)) as fake:
        # A page of a hundred holds some 1,100.
        monkeypatch.setattr("mcpx.sources.registry.MOST_VALUES", 2500)
        found = ask(fake).search(Query("server", most=300))
    assert (len(found.entries), found.complete) == (200, False)
    assert found.notes[0] == "stopped: its pages hold too much; search for less"
    assert 2000 < fetch.values < 2500
