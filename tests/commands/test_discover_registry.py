from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.servers.fake_registry import FakeRegistry, record
from tests.servers.http_wire import Exchange
from tests.shipped.test_json_schemas import check

NPM = {"registryType": "npm", "identifier": "pkg", "version": "1.0.0"}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRegistry]:
    records = [
        record("com.acme/ledger", "1.0.0", latest=False),
        record("com.acme/ledger", "1.1.0", packages=[NPM]),
        record("io.github.dana/maps", status="deprecated", message="use com.acme/ledger"),
        record("zz.bad/gone", status="deleted", updated="2026-06-01T00:00:00Z"),
    ]
    with FakeRegistry(records) as found:
        monkeypatch.setenv("MCPX_REGISTRY_URL", found.url)
        yield found


def test_a_search_lists_servers_and_says_what_comes_next(run: Run, fake: FakeRegistry) -> None:
    done = run("discover", "--registry", "")
    assert done.status == 0
    assert done.rows == [
        ["server", "com.acme/ledger", "1.1.0", "npm", "active", "About com.acme/ledger"],
        [
            *("server", "io.github.dana/maps", "1.0.0", ""),
            *("deprecated: use com.acme/ledger", "About io.github.dana/maps"),
        ],
    ]
    host = fake.url.removeprefix("http://")
    expected = f"2 servers, 0 problems at {host}; next: mcpx inspect registry:com.acme/ledger\n"
    assert done.err == expected
    assert (
        run("discover", "--registry", "nothing-like-it").err == f"0 servers, 0 problems at {host}\n"
    )


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_programs_get_what_fits_the_schemas(run: Run, fake: FakeRegistry, form: str) -> None:
    fake.records.append({"server": {"name": "odd"}, "_meta": fake.records[0]["_meta"]})
    fake.records[-1]["_meta"] = record("a/b")["_meta"]
    fake.records[-1]["server"]["version"] = "1"
    done = run("discover", "--registry", "d", "-f", form)
    names = [check(one) for one in (done.lines if form == "ndjson" else [done.json])]
    assert names == (
        ["registry.server"] * 2 + ["registry.problem"] if form == "ndjson" else ["registry"]
    )
    assert "1 problem at" in done.err


def test_the_registry_can_be_another_and_is_asked_for_changes(
    run: Run, fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MCPX_REGISTRY_URL")
    words = ("--registry-url", fake.url, "--updated-since", "2026-05-15", "--max", "5")
    done = run("discover", "--registry", "", *words)
    assert [row[1] for row in done.rows] == ["zz.bad/gone"]
    assert "updated_since=2026-05-15" in fake.asked[0]


def test_the_answer_is_kept_in_private_until_it_is_refreshed(
    run: Run, fake: FakeRegistry, home: Path
) -> None:
    for options, asked in (([], 1), ([], 1), (["--refresh"], 2)):
        assert len(run("discover", "--registry", "led", *options).rows) == 1
        assert len(fake.asked) == asked
    (kept,) = home.rglob("registry/*.json")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_target_takes_the_same_options(run: Run, fake: FakeRegistry) -> None:
    def silent(exchange: Exchange) -> None:
        exchange.rest(1)

    for options, asked in (([], 1), ([], 1), (["--refresh"], 2)):
        assert run("inspect", "registry:com.acme/ledger", "--dry-run", *options).status == 0
        assert len(fake.asked) == asked
    fake.always = silent
    words = ("--refresh", "--timeout", "0.2")
    done = run("call", "registry:com.acme/other", "x", *words)
    assert done.status == 3
    assert "no full answer within 0.2 s" in done.err


def test_an_old_answer_is_used_when_nobody_answers_and_that_is_said(
    run: Run, fake: FakeRegistry, home: Path
) -> None:
    run("discover", "--registry", "led")
    (kept,) = home.rglob("registry/*.json")
    document = json.loads(kept.read_text())
    for name in ("asked", "whole"):
        document[name] -= 7300
    kept.write_text(json.dumps(document))
    fake.always = lambda exchange: exchange.answer({"detail": "broken"}, 500)
    done = run("discover", "--registry", "led", "--quiet")
    assert (done.status, len(done.rows)) == (0, 1)
    assert done.err.endswith("HTTP 500: broken; shown is what it said 2 hours ago\n")


def test_a_failure_ends_with_three(run: Run, fake: FakeRegistry) -> None:
    fake.always = lambda exchange: exchange.answer({"detail": "validation failed"}, 422)
    done = run("discover", "--registry", "led")
    assert (done.status, done.out) == (3, "")
    assert "/v0.1/servers: HTTP 422: validation failed\n" in done.err
    error = json.loads(run("discover", "--registry", "led", "--json").err)["error"]
    assert error["class"] == "http"


def test_a_repetition_is_said(run: Run, fake: FakeRegistry) -> None:
    fake.faults = [lambda exchange: exchange.answer({}, 429, (("Retry-After", "0"),))]
    done = run("discover", "--registry", "led")
    assert len(done.rows) == 1
    assert re.match(r"http://127.0.0.1:\d+/v0.1/servers: HTTP 429; attempt 2 in 0.0 s\n", done.err)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--registry", "x", "--domain", "h"], "--registry and --domain cannot both be"),
        (["--registry", "x", "--host", "cursor"], "--registry and --host cannot both be"),
        (["--registry", "x", "--hosts"], "--registry and --hosts cannot both be"),
        (["--domain", "h", "--scope", "user"], "--domain and --scope cannot both be"),
        (["--domain", "h", "--max", "3"], "--max goes with --registry"),
        (["--updated-since", "2026-01-01"], "--updated-since goes with --registry"),
        (["--registry-url", "https://h"], "--registry-url goes with --registry"),
        (["--refresh"], "--refresh goes with --registry"),
        (["--registry", "x", "--max", "0"], "--max 0: must be at least 1"),
        (["--registry", "x", "--updated-since", "soon"], "--updated-since soon: expected a date"),
        (["--registry", "x", "--registry-url", "h"], "--registry-url: must be a URL that starts"),
        (
            ["--registry", "x", "--registry-url", "http://h.example"],
            "http://h.example: plain http is only used on this machine",
        ),
    ],
)
def test_what_does_not_go_together_is_wrong_use(run: Run, options: list[str], message: str) -> None:
    done = run("discover", *options)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")


def test_nothing_is_asked_without_being_asked_for(run: Run, fake: FakeRegistry) -> None:
    assert run("discover").status == 0
    assert fake.asked == []


def test_a_projects_file_cannot_choose_the_registry(run: Run, project: Path) -> None:
    (project / "mcpx.toml").write_text('registry_url = "https://evil.example"')
    done = run("discover", "--registry", "x")
    assert done.status == 2
    assert "'registry_url' cannot be set by a project's file" in done.err


EVIL = "::error::\x1b[2J\n::x"


@pytest.mark.parametrize("tty", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("form", ["table", "json", "ndjson", "markdown"])
def test_hostile_words_stay_where_they_are(
    run: Run, fake: FakeRegistry, form: str, tty: bool
) -> None:
    def play(exchange: Exchange) -> None:
        good: Any = record("a/good", "1.0.0", title=EVIL, description=EVIL, status=EVIL)
        bad: Any = record(EVIL, EVIL, description=EVIL)
        exchange.answer({"servers": [good, bad], "metadata": {"nextCursor": "", EVIL: EVIL}})

    fake.always = play
    done = run("discover", "--registry", "", "-f", form, "--color", "never", tty=tty)
    assert done.status == 0
    assert "a/good" in done.out
    shown = done.out + done.err.replace("\x1b[2K", "")
    assert "\x1b" not in shown
    assert not any(line.startswith("::") for line in shown.splitlines())
