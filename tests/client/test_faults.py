"""Every way in which a server on stdio can misbehave, through the real command.

The rows are those of a catalogue of faults that was made with another client; each is played by a
mode of ``tests/servers/bad_stdio.py``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcpx.errors import Fault
from tests.client.children import BAD, RAW, Played, play

MOST_MEGABYTES = 500
AT_ONCE = 4
# Start-up, the server's own time to leave, and a busy machine.
SLACK = 8.0

ROWS = (
    "server never answers",
    "never answers tools/list",
    "trickle, half line",
    "server closes stdout",
    "server closes stdin",
    "server stops reading",
    "dies at start, exit 0, mid-call, SIGKILL, half line",
    "banner and log lines on stdout",
    "not JSON-RPC instead of the answer",
    "invalid UTF-8",
    "20 MB and 100 MB line",
    "endless line",
    "stderr flood",
    "100,000 notifications, endless",
    "progress for ever",
    "server requests",
    "endless, same, empty cursor",
    "duplicate id",
    "unsupported protocol version",
    "initialize lacks members, tools null",
    "one tool without inputSchema",
    "unknown content type, outputSchema violated, no resultType",
    "ref cycle in outputSchema",
    "remote $ref",
    "ReDoS pattern, allOf bomb",
    "MRTR for ever",
    "5 MB schema, 10,000 tools",
    "ANSI, bidi, odd names",
    "ignores EOF and SIGTERM, grandchildren in the group",
    "leaves on EOF, its child stays",
    "setsid child",
)
OPENING = "how it wants to be opened"
STARTING = "why it does not start"
SECRETS = "tells its secrets"


@dataclass(frozen=True)
class Case:
    """A mode of the server and what mcpx is to make of it.

    It works, with so many tools and problems of these rules, when ``fault`` is None; otherwise the
    message holds ``words`` and the hint ``hint``.
    """

    mode: str
    row: str
    fault: Fault | None = None
    words: str = ""
    hint: str = ""
    tools: int = 3
    rules: frozenset[str] = frozenset()
    options: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    timeout: float = 20.0

    @property
    def name(self) -> str:
        variant = " ".join((self.mode, *self.server, *self.options))
        return f"{variant} ({self.row})"


def works(mode: str, row: str, *rules: str, **more: object) -> Case:
    return Case(mode, row, rules=frozenset(rules), **more)


def fails(mode: str, row: str, fault: Fault, words: str, **more: object) -> Case:
    return Case(mode, row, fault, words, **more)


NEVER, NO_LIST, SLOW, NO_STDOUT, NO_STDIN, NOT_READING, DIES, NOISE, *_ROWS = ROWS
NO_MESSAGE, UTF8, LONG, ENDLESS, STDERR, FLOOD, PROGRESS, REQUESTS, *_ROWS = _ROWS
CURSOR, TWICE, VERSION, MEMBERS, NO_SCHEMA, RESULTS, CYCLE, REMOTE, *_ROWS = _ROWS
BOMBS, MRTR, LARGE, ODD, STUBBORN, CHILD, SETSID = _ROWS

CASES = (
    fails(
        "never-answers",
        NEVER,
        Fault.TIMEOUT,
        "no answer to initialize and 1 more request within 3 s",
        hint="--timeout",
        timeout=3,
    ),
    fails("never-answers-list", NO_LIST, Fault.TIMEOUT, "tools/list within 3 s", timeout=3),
    fails(
        "never-answers-list",
        NO_LIST,
        Fault.TIMEOUT,
        "prompts/list within 3 s",
        server=("--on", "prompts/list", "--era", "modern"),
        timeout=3,
    ),
    fails(
        "never-answers-list",
        NO_LIST,
        Fault.TIMEOUT,
        "no answer to initialize within 3 s",
        server=("--on", "initialize"),
        timeout=3,
    ),
    fails("trickle", SLOW, Fault.TIMEOUT, "no answer to tools/list", timeout=3),
    fails("half-line", SLOW, Fault.TIMEOUT, "no answer to tools/list", timeout=3),
    works("slow-start", SLOW, server=("--seconds", "2.5")),
    fails(
        "closes-stdout",
        NO_STDOUT,
        Fault.LOST,
        "closed its output before answering tools/list",
        hint="run it yourself",
    ),
    fails(
        "closes-all-but-lives",
        NO_STDOUT,
        Fault.LOST,
        "closed its output before answering server/disc",
    ),
    fails("closes-stdin", NO_STDIN, Fault.TIMEOUT, "no answer to tools/list", timeout=3),
    fails("stops-reading", NOT_READING, Fault.TIMEOUT, "no answer to", timeout=3),
    fails("dies-at-start", DIES, Fault.EXITED, "exited with status 3 before answering initialize"),
    fails(
        "exits-0-at-start", DIES, Fault.EXITED, "exited with status 0 before answering initialize"
    ),
    fails("dies-on-list", DIES, Fault.EXITED, "exited with status 4 before answering tools/list"),
    fails(
        "sigkill-self-on-list",
        DIES,
        Fault.EXITED,
        "was killed by SIGKILL before answering tools/list",
    ),
    fails(
        "half-line-and-die", DIES, Fault.EXITED, "exited with status 6 before answering tools/list"
    ),
    fails(
        "answers-and-exits",
        DIES,
        Fault.EXITED,
        "exited with status 0 before answering prompts/list",
    ),
    fails(
        "child-holds-stdout", DIES, Fault.EXITED, "exited with status 5 before answering tools/list"
    ),
    works("banner-lines", NOISE, "wire-noise"),
    works("log-lines", NOISE, "wire-noise"),
    fails(
        "non-json",
        NO_MESSAGE,
        Fault.PROTOCOL,
        "answered tools/list with text that is no message: Internal Server Error",
        timeout=12,
    ),
    fails("nan", NO_MESSAGE, Fault.PROTOCOL, "not JSON: NaN is not a JSON value"),
    fails("huge-int", NO_MESSAGE, Fault.PROTOCOL, "not JSON: Exceeds the limit (4300 digits)"),
    works("jsonrpc-1.0", NO_MESSAGE, "wire-version"),
    works("no-jsonrpc", NO_MESSAGE, "wire-version"),
    works("batch-array", NO_MESSAGE, "wire-batch"),
    fails("result-is-array", NO_MESSAGE, Fault.INVALID_RESPONSE, "its result is not an object"),
    fails("id-null", NO_MESSAGE, Fault.PROTOCOL, "a request that was not sent (None)"),
    fails("wrong-id", NO_MESSAGE, Fault.PROTOCOL, "a request that was not sent (987654321)"),
    works("string-id", NO_MESSAGE, "wire-id"),
    fails("deep-json", NO_MESSAGE, Fault.PROTOCOL, "JSON nested too deeply"),
    works("lone-surrogate", NO_MESSAGE, tools=4),
    fails(
        "array-bomb", NO_MESSAGE, Fault.LIMIT, "the limit 'values' allows", hint="--limit values="
    ),
    fails("error-on-everything", NO_MESSAGE, Fault.PROTOCOL, "error -32603: Internal error"),
    fails("invalid-utf8", UTF8, Fault.PROTOCOL, "invalid UTF-8 at byte"),
    works("line-20mb", LONG, tools=4),
    fails("line-20mb", LONG, Fault.LIMIT, "of more than 1048576 bytes", options=("line=1M",)),
    fails(
        "line-100mb", LONG, Fault.LIMIT, "a line of more than 67108864 bytes", hint="--limit line="
    ),
    fails("endless-line", ENDLESS, Fault.LIMIT, "a line of more than 67108864 bytes"),
    works("stderr-flood", STDERR),
    works("stderr-flood-endless", STDERR),
    works("notifications-100k", FLOOD),
    fails("notifications-endless", FLOOD, Fault.TIMEOUT, "no answer to tools/list", timeout=3),
    fails(
        "notifications-endless",
        FLOOD,
        Fault.LIMIT,
        "sent 2001 notifications",
        hint="--limit notifications=",
        options=("notifications=2000",),
    ),
    fails("progress-forever", PROGRESS, Fault.TIMEOUT, "no answer to tools/list", timeout=3),
    works("server-requests", REQUESTS),
    works("ping", REQUESTS),
    fails("endless-cursor", CURSOR, Fault.LIMIT, "more than 1000 pages", hint="--limit pages="),
    fails(
        "endless-cursor",
        CURSOR,
        Fault.LIMIT,
        "lists of more than 4000 bytes together",
        hint="--limit line=",
        options=("line=4000",),
    ),
    fails(
        "endless-cursor",
        CURSOR,
        Fault.LIMIT,
        "values together, more than the limit 'values' allows",
        hint="--limit values=",
        options=("values=100",),
    ),
    fails(
        "endless-cursor",
        CURSOR,
        Fault.LIMIT,
        "more than 20 prompts",
        options=("items=20",),
        server=("--on", "prompts/list"),
    ),
    works("same-cursor", CURSOR, "list-cursor-repeated", "name-duplicate", tools=6),
    works("empty-cursor", CURSOR),
    works("duplicate-response", TWICE),
    works("duplicate-tools", TWICE, "name-duplicate", tools=5),
    fails(
        "unsupported-version", VERSION, Fault.VERSION, "speaks MCP '1999-01-01'", hint="2025-11-25"
    ),
    fails(
        "unsupported-version",
        VERSION,
        Fault.VERSION,
        "speaks MCP 1999-01-01, which mcpx does not",
        server=("--era", "modern"),
    ),
    fails("version-error-modern", VERSION, Fault.VERSION, "speaks MCP 2027-12-31"),
    works("initialize-lacks-members", MEMBERS, "opening-incomplete"),
    works("initialize-lacks-members", MEMBERS, "opening-incomplete", server=("--era", "modern")),
    works("tools-null", MEMBERS, "list-malformed", tools=0),
    works("tool-without-schema", NO_SCHEMA, "schema-missing", tools=4),
    works("tool-not-object", NO_SCHEMA, "item-malformed"),
    works("unknown-content", RESULTS),
    works("output-schema-violated", RESULTS, tools=4),
    works("modern-missing-resulttype", RESULTS, "opening-incomplete"),
    works("modern-unknown-resulttype", RESULTS, "list-result-type"),
    works("ref-cycle", CYCLE, "schema-ref-cycle", tools=4),
    works("remote-ref", REMOTE, "schema-external-ref", tools=5),
    works("redos", BOMBS, tools=4),
    works("all-of-bomb", BOMBS, tools=4),
    works("bad-schema", BOMBS, "schema-invalid", tools=4),
    works("deep-schema", BOMBS, "schema-too-deep", tools=4),
    works("input-required-forever", MRTR),
    works("five-mb-schema", LARGE, "schema-too-large", tools=4),
    works("ten-thousand-tools", LARGE, tools=10_003),
    works("ansi-everywhere", ODD, "name-invalid", tools=4),
    works("tool-names-odd", ODD, "name-invalid", "name-missing", tools=14),
    works("ignores-eof-and-sigterm", STUBBORN),
    works("answers-then-exits-on-eof-slowly", STUBBORN),
    works("child-stays", CHILD),
    works("setsid-child", SETSID),
    works("dies-on-probe", OPENING),
    works("silent-on-probe", OPENING),
    works("silent-on-probe-slow-start", OPENING, server=("--seconds", "2.5")),
    fails(
        "old-sdk",
        STARTING,
        Fault.EXITED,
        "it was written for mcp 1.x, and a newer mcp is installed beside it",
        hint="pip install 'mcp<2'",
    ),
    fails(
        "missing-env",
        STARTING,
        Fault.EXITED,
        "it needs the environment variable WEATHER_API_KEY",
        hint="--env WEATHER_API_KEY=",
    ),
    fails("leaks-secret", SECRETS, Fault.EXITED, "exited with status 1 before answering"),
)


@pytest.fixture(scope="module")
def playing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Case, Future[Played]]]:
    """The runs of all cases that are asked for, side by side."""
    wanted = {
        item.callspec.params["case"]: None
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.module is request.module
        and "case" in item.fixturenames
    }
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {case: pool.submit(_play, case, tmp_path_factory.mktemp("case")) for case in wanted}
        pool.shutdown(cancel_futures=True)


def _play(case: Case, folder: Path) -> Played:
    pids = folder / "pids"
    options = [word for limit in case.options for word in ("--limit", limit)]
    timeout = ("--timeout", str(case.timeout))
    server = (*BAD, case.mode, *case.server, "--pid-file", str(pids))
    return play(["inspect", "--json", *timeout, *options, "--", *server], folder, pids)


@pytest.fixture
def played(playing: dict[Case, Future[Played]], case: Case) -> Played:
    return playing[case].result()


each = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


@each
def test_a_server_is_understood_or_its_fault_is_named(case: Case, played: Played) -> None:
    if case.fault is None:
        assert (played.status, played.err) == (0, "")
        assert len(played.server["tools"]) == case.tools
        assert {problem["rule"] for problem in played.server["problems"]} == case.rules
        return
    assert played.status == 3
    document = json.loads(played.out)
    assert document["servers"] == []
    assert [one["class"] for one in document["failures"]] == [case.fault]
    error = played.error
    assert sorted(error.keys() - {"code", "data", "status"}) == [
        *("class", "hint", "message", "server")
    ]
    assert (error["server"], error["class"]) == ("bad_stdio", case.fault)
    assert error["message"].startswith("bad_stdio: ")
    assert case.words in error["message"]
    assert error["hint"]
    assert case.hint in error["hint"]


@each
def test_it_costs_neither_much_time_nor_memory(case: Case, played: Played) -> None:
    assert played.peak < MOST_MEGABYTES
    fast = case.fault is not Fault.TIMEOUT
    assert played.seconds < (20 if fast else case.timeout + SLACK)


@each
def test_nothing_raw_and_no_traceback_is_printed(case: Case, played: Played) -> None:
    assert "Traceback" not in played.err
    # A server's own traceback may be among what it said last.
    assert "Traceback" not in played.out or case.mode == "old-sdk"
    assert RAW.findall(played.out) == []
    assert RAW.findall(played.err) == []


@each
def test_no_process_is_left(case: Case, played: Played) -> None:
    assert played.left == ()


def test_every_mode_of_the_server_is_in_the_table() -> None:
    listed = subprocess.run([*BAD, "--list"], capture_output=True, text=True, check=True).stdout
    assert {case.mode for case in CASES} == {line.split()[0] for line in listed.splitlines()}


def test_every_row_of_the_catalogue_of_faults_is_in_the_table() -> None:
    assert {case.row for case in CASES} == {*ROWS, OPENING, STARTING, SECRETS}


def test_no_case_is_in_the_table_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("form", ["table", "markdown", "ndjson"])
@pytest.mark.parametrize("mode", ["ansi-everywhere", "tool-names-odd", "stderr-flood"])
def test_escapes_reach_no_terminal_in_any_format(mode: str, form: str, tmp_path: Path) -> None:
    seen = play(["inspect", "-vv", "--format", form, "--", *BAD, mode], tmp_path)
    assert seen.status == 0
    assert RAW.findall(seen.out + seen.err) == []
    assert not [line for line in (seen.out + seen.err).splitlines() if line.startswith("::")]


def test_escapes_on_stderr_are_shown_harmless(tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(_DIES_WITH_ESCAPES)
    seen = play(["inspect", "--", BAD[0], str(server)], tmp_path)
    assert seen.status == 3
    assert "  stderr: \\x1b[31mred\\x1b[0m \\u202e\\x9b2J" in seen.err.splitlines()
    assert RAW.findall(seen.err) == []


_DIES_WITH_ESCAPES = """
import sys
sys.stderr.buffer.write("\\x1b[31mred\\x1b[0m \\u202e\\x9b2J\\n::error::pwned\\n".encode())
sys.exit(1)
"""
