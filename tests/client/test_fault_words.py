"""What an error says: known causes from what servers print, hints, masks and excerpts."""

from __future__ import annotations

import time

import pytest

from mcpx.client import faults
from mcpx.errors import ExitStatus, Fault
from mcpx.servers import Era, ServerSpec, Transport

SECRET = "canary-0123456789-canary"
SPEC = ServerSpec("one", command="server", args=("--api-key", SECRET), env={"TOKEN": SECRET})
OLD = "it was written for mcp 1.x, and a newer mcp is installed beside it"
OLD_SDK = "ModuleNotFoundError: No module named 'mcp.server.fastmcp'"


@pytest.mark.parametrize(
    ("stderr", "reason", "hint"),
    [
        pytest.param(OLD_SDK, OLD, "{old_sdk}", id="fastmcp is gone"),
        pytest.param(
            "ImportError: cannot import name 'McpError' from 'mcp.shared.exceptions' (/a/b.py)",
            OLD,
            "{old_sdk}",
            id="a name is gone",
        ),
        pytest.param(
            "AttributeError: 'Server' object has no attribute 'list_tools'",
            OLD,
            "{old_sdk}",
            id="a decorator is gone",
        ),
        pytest.param(
            "TypeError: Server.__init__() got an unexpected keyword argument 'host'",
            OLD,
            "{old_sdk}",
            id="an argument is gone",
        ),
        pytest.param(
            "pydantic.errors.PydanticUserError: A non-annotated attribute was detected",
            "it does not work with the pydantic that is installed beside it",
            "try an older pydantic: pip install 'pydantic<2.12'",
            id="pydantic",
        ),
        pytest.param(
            "Traceback (most recent call last):\nModuleNotFoundError: No module named 'numpy.core'",
            "the Python module numpy.core is not installed beside it",
            "install it where the server runs",
            id="a Python module",
        ),
        pytest.param(
            "Error: Cannot find module '@scope/pkg'\nRequire stack:\n- /srv/index.js",
            "the Node module @scope/pkg is not installed",
            "npm install in the server's folder",
            id="a Node module",
        ),
        pytest.param(
            "ReferenceError: File is not defined\n    at Object.<anonymous>",
            "it needs a newer Node",
            "node --version; most npm servers of 2026 need Node 22 or newer",
            id="a newer Node",
        ),
        pytest.param(
            "npm error code E404\nnpm error 404 Not Found - GET https://example.org/x",
            "the registry has no such package",
            "check the package's name and version",
            id="no such npm package",
        ),
        pytest.param(
            "npm error code ENOTFOUND",
            "its package could not be downloaded",
            "check the network, pass your variables on with --inherit-env, or install it first",
            id="npm without network",
        ),
        pytest.param(
            "  × No solution found when resolving tool dependencies:",
            "its Python package could not be resolved",
            "check the package's name and version",
            id="uvx resolves nothing",
        ),
        pytest.param(
            "An executable named `srv` is not provided by package `srv-mcp`.",
            "the package has no command named srv",
            "uvx --from PACKAGE COMMAND",
            id="uvx finds no command",
        ),
        pytest.param(
            "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
            "Docker is not running",
            "start Docker",
            id="Docker",
        ),
        pytest.param(
            "Error: listen EADDRINUSE: address already in use :::3000",
            "the port it wants is taken",
            "",
            id="a port",
        ),
        pytest.param(
            "KeyError: 'NOTION_TOKEN'",
            "it needs the environment variable NOTION_TOKEN",
            "give it: --env NOTION_TOKEN=…",
            id="KeyError",
        ),
        pytest.param(
            "Error: GITHUB_PERSONAL_ACCESS_TOKEN not set",
            "it needs the environment variable GITHUB_PERSONAL_ACCESS_TOKEN",
            "give it: --env GITHUB_PERSONAL_ACCESS_TOKEN=…",
            id="not set",
        ),
        pytest.param(
            "Missing required environment variable: BRAVE_API_KEY",
            "it needs the environment variable BRAVE_API_KEY",
            "give it: --env BRAVE_API_KEY=…",
            id="missing before the name",
        ),
        pytest.param(
            "warming up\nUsage: server [options] <directory>",
            "it was started with the wrong arguments",
            "its own words are above",
            id="usage",
        ),
    ],
)
def test_a_known_cause_is_told(stderr: str, reason: str, hint: str) -> None:
    assert faults.known_cause(stderr.splitlines()) == (reason, hint)


@pytest.mark.parametrize(
    "stderr",
    [
        pytest.param("", id="silence"),
        pytest.param("Segmentation fault (core dumped)", id="unknown"),
        pytest.param("see the usage: page", id="usage inside a line"),
        pytest.param("the field user_name is required", id="no variable"),
        pytest.param("it was an Error without a cause", id="error"),
    ],
)
def test_no_cause_is_made_up(stderr: str) -> None:
    assert faults.known_cause(stderr.splitlines()) is None


@pytest.mark.parametrize(
    "piece",
    ["Because ", "pydantic.", "set ", "A_", "a.", "module 'mcp", "An executable named `", " "],
)
def test_causes_are_looked_for_in_bounded_time(piece: str) -> None:
    long = piece * (128_000 // len(piece))
    began = time.monotonic()
    faults.known_cause([long])
    faults.known_cause(long.replace(" ", "\n").splitlines())
    faults.ended(SPEC, "initialize", 1, 0.5, [long] * 3)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("command", "args", "hint"),
    [
        pytest.param(
            "uvx",
            ("mcp-server-time", "--token", SECRET),
            "uvx --with 'mcp<2' mcp-server-time --token '***' (with what *** stands for)",
            id="uvx",
        ),
        pytest.param(
            "/opt/uvx", ("time",), "/opt/uvx --with 'mcp<2' time", id="uvx by its whole path"
        ),
        pytest.param(
            "uv",
            ("--directory", "/srv", "run", "server.py"),
            "uv --directory /srv run --with 'mcp<2' server.py",
            id="uv run",
        ),
        pytest.param(
            "uv", ("tool", "x"), "pip install 'mcp<2' where the server is installed", id="uv"
        ),
        pytest.param(
            "python",
            ("-m", "srv"),
            "pip install 'mcp<2' where the server is installed",
            id="python",
        ),
    ],
)
def test_the_hint_is_a_command_that_works(command: str, args: tuple[str, ...], hint: str) -> None:
    spec = ServerSpec("one", command=command, args=args)
    assert faults.ended(spec, "initialize", 1, 0.5, [OLD_SDK]).hint == hint


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(None, "closed its output", id="alive"),
        pytest.param(0, "exited with status 0", id="0"),
        pytest.param(127, "exited with status 127", id="127"),
        pytest.param(-9, "was killed by SIGKILL", id="SIGKILL"),
        pytest.param(-11, "was killed by SIGSEGV", id="SIGSEGV"),
        pytest.param(-99, "was killed by signal 99", id="unknown signal"),
    ],
)
def test_how_it_ended_in_words(code: int | None, words: str) -> None:
    assert faults.how_it_ended(code) == words
    error = faults.ended(SPEC, "", code, 1.25, [])
    assert error.message == f"one: {words} after 1.2 s"
    assert error.fault is (Fault.LOST if code is None else Fault.EXITED)
    assert error.hint == "run it yourself: server --api-key '***' (with what *** stands for)"
    assert error.status is ExitStatus.UNREACHABLE


def test_only_the_last_lines_are_shown() -> None:
    error = faults.ended(SPEC, "initialize", 1, 1.0, [f"line {number}" for number in range(100)])
    assert error.details == tuple(f"stderr: line {number}" for number in range(88, 100))


@pytest.mark.parametrize("before", [0, 100, 290, 480, 495, 499, 1990], ids=str)
def test_a_secret_is_masked_wherever_a_text_is_cut(before: int) -> None:
    text = "x" * before + " " + SECRET + " " + "y" * 3000
    for error in (
        faults.ended(SPEC, "tools/list", 1, 1.0, [text]),
        faults.timed_out(SPEC, "tools/list", 3.0, [text]),
        faults.answered_with_error(SPEC, "tools/list", {"code": -1, "message": text}),
    ):
        shown = " ".join((error.message, error.hint, *error.details, *error.evidence.stderr))
        assert "canary" not in shown
        assert "01234" not in shown


def test_a_timeout_says_what_was_waited_for() -> None:
    error = faults.timed_out(SPEC, "tools/list", 2.5, ["working"], "stdout: noise")
    assert error.message == "one: no answer to tools/list within 2.5 s"
    assert error.details == ("stdout: noise", "stderr: working")
    assert (error.evidence.seconds, error.evidence.stderr) == (2.5, ("working",))
    assert faults.timed_out(SPEC, "", 30.0, []).message == "one: no answer to anything within 30 s"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        pytest.param({"code": -32601, "message": "no"}, -32601, "error -32601: no", id="plain"),
        pytest.param({"code": "x", "message": ""}, None, "error x: no message", id="odd code"),
        pytest.param({"message": 7}, None, "error None: no message", id="no text"),
        pytest.param("no", None, "error None: no message", id="no object"),
        pytest.param(None, None, "error None: no message", id="null"),
    ],
)
def test_an_error_answer_in_words(error: object, code: int | None, words: str) -> None:
    found = faults.answered_with_error(SPEC, "tools/list", error)
    assert found.message == f"one: answered tools/list with {words}"
    assert (found.fault, found.evidence.code) == (Fault.PROTOCOL, code)


def test_a_long_error_answer_is_cut() -> None:
    found = faults.answered_with_error(SPEC, "m", {"code": 1, "message": "x" * 100_000})
    assert found.message == "one: answered m with error 1: " + "x" * 500 + "…"


def test_an_invalid_answer_in_words() -> None:
    found = faults.invalid_answer(SPEC, "initialize", "its result is not an object")
    assert found.message == "one: invalid answer to initialize: its result is not an object"
    assert found.fault is Fault.INVALID_RESPONSE


def test_versions_and_eras_in_words() -> None:
    version = faults.wrong_version(SPEC, "2099-01-01", ["2026-07-28", "2025-11-25"])
    assert version.message == "one: speaks MCP 2099-01-01, which mcpx does not"
    assert version.hint == "mcpx speaks 2026-07-28, 2025-11-25"
    era = faults.wrong_era(SPEC, "2026-07-28", Era.LEGACY)
    assert era.message == "one: does not speak the legacy era, but MCP 2026-07-28"
    assert faults.wrong_era(SPEC, "", Era.MODERN).message == "one: does not speak the modern era"
    assert version.fault is era.fault is Fault.VERSION


@pytest.mark.parametrize(
    ("line", "reason", "hint"),
    [
        pytest.param(
            "npm error notarget No matching version found for @a/b@9.9.0.",
            "npm has no version 9.9.0 of @a/b",
            "npm view @a/b versions",
            id="version",
        ),
        pytest.param(
            "npm error 404  'nope@*' is not in this registry.",
            "npm has no package nope",
            "check the name: npm search nope",
            id="package",
        ),
        pytest.param(
            "npm ERR! 404  The requested resource 'nope@1' could not be found or you",
            "npm has no package nope",
            "check the name: npm search nope",
            id="resource",
        ),
    ],
)
def test_what_npm_does_not_have_is_named(line: str, reason: str, hint: str) -> None:
    assert faults.known_cause(["npm error code E404", line]) == (reason, hint)


def test_what_came_with_an_error_is_kept_masked_and_bounded() -> None:
    error = {"code": -32000, "message": "no", "data": {"apiKey": SECRET, "n": 1}}
    seen = faults.answered_with_error(SPEC, "tools/call", error, 400).evidence
    assert (seen.code, seen.data, seen.status) == (-32000, {"apiKey": "***", "n": 1}, 400)
    large = {**error, "code": True, "data": ["x" * 20_000]}
    seen = faults.answered_with_error(SPEC, "tools/call", large).evidence
    assert (seen.code, seen.data, seen.status) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "headers", "words", "hint"),
    [
        (401, {"Authorization": "Bearer x"}, "refused the token that it was sent", "another token"),
        (401, {"X-Tenant": "acme"}, "answered tools/list with HTTP 401", "give a token"),
        (403, {"Authorization": "Bearer x"}, "answered tools/list with HTTP 403", "give a token"),
    ],
)
def test_a_token_that_was_sent_is_not_asked_for_again(
    status: int, headers: dict[str, str], words: str, hint: str
) -> None:
    spec = ServerSpec("one", Transport.HTTP, url="https://a.example", headers=headers)
    error = faults.refused_by_status(spec, "tools/list", status, {}, b"")
    assert words in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("http://a.example/mcp", "if it speaks TLS on this port, write https://a.example/mcp"),
        ("http://a.example/mcp?key=abcdef", "if it speaks TLS on this port, write https://"),
        ("https://a.example/mcp", "nothing was called yet; try again"),
    ],
)
def test_what_broke_while_it_was_opened_has_done_nothing(url: str, hint: str) -> None:
    spec = ServerSpec("one", Transport.HTTP, url=url)
    error = faults.broken_off(spec, "it broke")
    faults.hint_unopened(spec, error)
    assert error.hint.endswith(hint)
    other = faults.over_limit(spec, "line", "much")
    faults.hint_unopened(spec, other)
    assert "--limit line" in other.hint


DECLARED = ServerSpec(
    "one", command="server", args=("--at", "zone-1-north"), secrets=("zone-1-north",)
)


@pytest.mark.parametrize("at", range(480, 500))
def test_a_value_declared_to_be_secret_is_masked_before_a_cut(at: int) -> None:
    said = faults.own_words(DECLARED, "x" * at + " zone-1-north and more")
    assert "zon" not in said
    assert len(said) <= 501


def test_what_was_cut_elsewhere_is_masked_too() -> None:
    assert faults.own_words(DECLARED, "at zone-1…") == "at ***…"
    spec = ServerSpec("one", command="server", env={"TOKEN": "ab12", "REGION": "eu-west-1"})
    assert faults.own_words(spec, "ab12 in eu-west-1") == "*** in ***"
