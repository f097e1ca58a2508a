"""What the servers of this folder really do, seen raw: bytes out and exit statuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


def request(identifier: int, method: str, params: dict[str, Any] | None = None) -> bytes:
    message = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}
    return json.dumps(message).encode() + b"\n"


LEGACY = request(1, "initialize", INITIALIZE)
LIST = request(2, "tools/list")


def start(
    script: str, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=env,
    )


def played(
    *arguments: str,
    script: str = "bad_stdio.py",
    sent: bytes = LEGACY + LIST,
    env: dict[str, str] | None = None,
) -> tuple[list[bytes], int, bytes]:
    """The lines on stdout, the exit status and stderr, when the input ends after ``sent``."""
    with start(script, *arguments, env=env) as process:
        out, err = process.communicate(sent, timeout=30)
    return out.split(b"\n"), process.returncode, err


@contextmanager
def talking(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own, which is gone afterwards."""
    process = start("bad_stdio.py", *arguments)
    try:
        with process:
            yield process
            process.kill()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def say(process: subprocess.Popen[bytes], *frames: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(frames))
    process.stdin.flush()


def hear(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def names_of(line: bytes) -> list[Any]:
    return [tool["name"] for tool in json.loads(line)["result"]["tools"]]


def modes() -> list[str]:
    listed = subprocess.run(
        [sys.executable, str(HERE / "bad_stdio.py"), "--list"], capture_output=True, check=True
    )
    return [line.split()[0] for line in listed.stdout.decode().splitlines()]


def test_the_list_names_every_mode_with_its_description() -> None:
    listed = modes()
    assert listed == sorted(set(listed))
    assert {"never-answers", "jsonrpc-1.0", "setsid-child", "redos"} <= set(listed)
    assert len(listed) >= 70


def test_an_unknown_mode_is_refused() -> None:
    _, status, err = played("no-such-mode")
    assert status == 2
    assert b"no-such-mode" in err


@pytest.mark.parametrize(
    ("mode", "status", "complaint"),
    [
        ("dies-at-start", 3, b"fatal: cannot open the database"),
        ("exits-0-at-start", 0, b""),
        ("old-sdk", 1, b"ModuleNotFoundError: No module named 'mcp.server.fastmcp'"),
        ("missing-env", 1, b"WEATHER_API_KEY environment variable is required"),
    ],
)
def test_dies_before_it_reads(mode: str, status: int, complaint: bytes) -> None:
    with start("bad_stdio.py", mode) as process:
        assert process.wait(30) == status
        assert process.stdout is not None and process.stdout.read() == b""
        assert process.stderr is not None and complaint in process.stderr.read()


@pytest.mark.parametrize(
    ("mode", "status", "answered"),
    [
        ("dies-on-list", 4, b""),
        ("sigkill-self-on-list", -signal.SIGKILL, b""),
        ("half-line-and-die", 6, b'{"jsonrpc":"2.0","id":2,"result":{"tools":[{'),
        ("answers-and-exits", 0, b'{"jsonrpc":"2.0","id":2,"result":{"tools":[{'),
    ],
)
def test_dies_in_the_middle(mode: str, status: int, answered: bytes) -> None:
    lines, seen, _ = played(mode)
    assert json.loads(lines[0])["result"]["serverInfo"]["name"] == "bad-stdio"
    assert lines[1].startswith(answered)
    assert (lines[1] == b"") == (answered == b"")
    assert seen == status


def test_another_answer_can_be_spoilt() -> None:
    lines, status, _ = played("dies-on-list", "--on", "tools/call", sent=LEGACY + LIST)
    assert names_of(lines[1]) == ["echo", "add", "fail"]
    assert status == 0


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("non-json", b"Internal Server Error"),
        ("nan", b'{"jsonrpc":"2.0","id":2,"result":{"score":NaN}}'),
        ("huge-int", b'{"jsonrpc":"2.0","id":2,"result":{"count":99'),
        ("jsonrpc-1.0", b'{"jsonrpc":"1.0","id":2,"result":{"tools":'),
        ("no-jsonrpc", b'{"id":2,"result":{"tools":'),
        ("batch-array", b'[{"jsonrpc":"2.0","id":2,"result":{"tools":'),
        ("result-is-array", b'{"jsonrpc":"2.0","id":2,"result":[{"tools":'),
        ("id-null", b'{"jsonrpc":"2.0","id":null,"result":{"tools":'),
        ("wrong-id", b'{"jsonrpc":"2.0","id":987654321,"result":{"tools":'),
        ("string-id", b'{"jsonrpc":"2.0","id":"2","result":{"tools":'),
        ("deep-json", b'{"jsonrpc":"2.0","id":2,"result":{"deep":[[[[['),
        ("array-bomb", b'{"jsonrpc":"2.0","id":2,"result":{"tools":[{},{},{},'),
        ("half-line", b'{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"echo"'),
        ("log-lines", b"INFO tools/list came in"),
        ("tools-null", b'{"jsonrpc":"2.0","id":2,"result":{"tools":null}}'),
        ("never-answers-list", b""),
        ("closes-stdout", b""),
    ],
)
def test_spoils_the_answer(mode: str, line: bytes) -> None:
    lines, status, _ = played(mode)
    assert json.loads(lines[0])["id"] == 1
    assert lines[1].startswith(line)
    assert (lines[1] == b"") == (line == b"")
    assert status == 0


def test_sizes_are_what_the_names_say() -> None:
    assert len(played("huge-int")[0][1]) > 5_000
    assert played("deep-json")[0][1].count(b"[") == 100_000
    assert len(played("line-20mb")[0][1]) > 20_000_000
    assert len(played("array-bomb")[0][1]) > 30_000_000
    assert len(played("five-mb-schema")[0][1]) > 4_900_000


def test_bytes_that_are_no_utf8() -> None:
    with pytest.raises(UnicodeDecodeError):
        played("invalid-utf8")[0][1].decode()


@pytest.mark.parametrize("mode", ["never-answers", "silent-on-probe"])
def test_is_silent_when_probed(mode: str) -> None:
    lines, status, _ = played(mode, sent=request(1, "server/discover", {"_meta": ENVELOPE}))
    assert (lines, status) == ([b""], 0)


def test_answers_the_handshake_after_the_silence() -> None:
    probe = request(7, "server/discover", {"_meta": ENVELOPE})
    lines, _, _ = played("silent-on-probe-slow-start", "--seconds", "0", sent=probe + LEGACY + LIST)
    assert [json.loads(line)["id"] for line in lines[:-1]] == [1, 2]


def test_dies_on_the_probe_and_not_on_the_handshake() -> None:
    probe = request(7, "server/discover", {"_meta": ENVELOPE})
    assert played("dies-on-probe", sent=probe)[:2] == ([b""], 1)
    assert names_of(played("dies-on-probe")[0][1]) == ["echo", "add", "fail"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("tool-without-schema", ["echo", "bare", "add", "fail"]),
        ("duplicate-tools", ["echo", "twin", "twin", "add", "fail"]),
        ("lone-surrogate", ["echo", "add", "fail", "half"]),
        ("deep-schema", ["echo", "deep", "add", "fail"]),
        ("remote-ref", ["echo", "odd", "add", "fail", "local"]),
        ("ref-cycle", ["echo", "odd", "add", "fail"]),
        ("redos", ["echo", "odd", "add", "fail"]),
        ("all-of-bomb", ["echo", "odd", "add", "fail"]),
        ("bad-schema", ["echo", "odd", "add", "fail"]),
        ("output-schema-violated", ["echo", "odd", "add", "fail"]),
        ("unknown-content", ["echo", "add", "fail"]),
        ("slow-start", ["echo", "add", "fail"]),
        ("answers-then-exits-on-eof-slowly", ["echo", "add", "fail"]),
        ("notifications-100k", ["echo", "add", "fail"]),
    ],
)
def test_offers_odd_tools_between_good_ones(mode: str, expected: list[str]) -> None:
    lines, status, _ = played(mode, "--seconds", "0")
    answers = [line for line in lines if line.startswith(b'{"jsonrpc":"2.0","id":2')]
    assert names_of(answers[0]) == expected
    assert status == 0


def test_tools_that_are_no_objects() -> None:
    tools = json.loads(played("tool-not-object")[0][1])["result"]["tools"]
    assert tools[1:5] == ["text", 7, None, ["echo"]]


def test_odd_names() -> None:
    names = names_of(played("tool-names-odd")[0][1])
    assert {"", "n" * 200, "::error::pwned", "line\n::error::pwned", 7, None} <= set(names)


def test_ten_thousand_tools() -> None:
    assert len(names_of(played("ten-thousand-tools")[0][1])) == 10_003


def test_calls_of_the_odd_tool_give_the_dangerous_value() -> None:
    call = request(3, "tools/call", {"name": "odd", "arguments": {}})
    lines, _, _ = played("redos", sent=LEGACY + call)
    assert json.loads(lines[1])["result"]["structuredContent"] == {"value": "a" * 40 + "!"}


def test_remote_reference_points_where_it_is_told() -> None:
    lines, _, _ = played("remote-ref", "--url", "http://127.0.0.1:1234/x")
    odd = json.loads(lines[1])["result"]["tools"][1]
    assert odd["inputSchema"]["properties"]["value"] == {"$ref": "http://127.0.0.1:1234/x"}


def test_a_banner_comes_first() -> None:
    lines, _, _ = played("banner-lines")
    assert lines[0] == b"*** bad-stdio 1.0.0 ***"
    assert [json.loads(line)["id"] for line in lines[3:5]] == [1, 2]


def test_answers_twice() -> None:
    lines, _, _ = played("duplicate-response")
    assert [json.loads(line)["id"] for line in lines[1:3]] == [2, 2]
    assert json.loads(lines[2])["error"]["message"] == "the second answer"


def test_escapes_are_everywhere() -> None:
    bad_prompt = request(3, "prompts/get", {"name": "greet"})
    lines, _, err = played("ansi-everywhere", sent=LEGACY + LIST + bad_prompt)
    opening, tools, failure = (json.loads(line) for line in lines[:3])
    assert "\x1b[31m" in opening["result"]["serverInfo"]["name"]
    assert "\x1b[31m" in opening["result"]["instructions"]
    assert "\u202e" in tools["result"]["tools"][0]["name"]
    assert "\x1b[31m" in failure["error"]["message"]
    assert b"\x1b[31m" in err


def test_pages() -> None:
    def page(mode: str, **params: str) -> dict[str, Any]:
        lines, _, _ = played(mode, sent=LEGACY + request(2, "tools/list", params))
        result: dict[str, Any] = json.loads(lines[1])["result"]
        return result

    assert page("endless-cursor")["nextCursor"] == "1"
    assert page("endless-cursor", cursor="41")["nextCursor"] == "42"
    assert page("endless-cursor", cursor="41")["tools"][0]["name"] == "item_41"
    assert page("same-cursor", cursor="again")["nextCursor"] == "again"
    assert page("empty-cursor")["nextCursor"] == ""
    second = page("empty-cursor", cursor="")
    assert "nextCursor" not in second
    assert [tool["name"] for tool in second["tools"]] == ["add", "fail"]


@pytest.mark.parametrize(
    ("mode", "code"), [("error-on-everything", -32603), ("version-error-modern", -32022)]
)
def test_refuses_everything(mode: str, code: int) -> None:
    lines, _, _ = played(mode)
    assert [json.loads(line)["error"]["code"] for line in lines[:2]] == [code, code]


def test_openings() -> None:
    lines, _, _ = played("unsupported-version")
    assert json.loads(lines[0])["result"]["protocolVersion"] == "1999-01-01"
    lines, _, _ = played("initialize-lacks-members")
    assert json.loads(lines[0])["result"] == {}
    probe = request(1, "server/discover", {"_meta": ENVELOPE})
    lines, _, _ = played("unsupported-version", "--era", "modern", sent=probe)
    assert json.loads(lines[0])["result"]["supportedVersions"] == ["1999-01-01"]


def test_result_types() -> None:
    asked = request(1, "tools/list", {"_meta": ENVELOPE})
    missing = json.loads(played("modern-missing-resulttype", sent=asked)[0][0])["result"]
    assert "resultType" not in missing and missing["ttlMs"] == 0
    unknown = json.loads(played("modern-unknown-resulttype", sent=asked)[0][0])["result"]
    assert unknown["resultType"] == "half-done"
    call = request(1, "tools/call", {"name": "echo", "_meta": ENVELOPE})
    question = json.loads(played("input-required-forever", sent=call)[0][0])["result"]
    assert question["resultType"] == "input_required"
    assert question["requestState"] == "again"


def test_the_secret_is_told_everywhere() -> None:
    lines, status, err = played("leaks-secret", env={"API_TOKEN": "s3cr3t-value"})
    assert "s3cr3t-value" in json.loads(lines[1])["error"]["message"]
    assert b"s3cr3t-value" in err
    assert status == 1


def test_trickles() -> None:
    with talking("trickle", "--seconds", "0.05") as process:
        say(process, LEGACY, LIST)
        hear(process)
        assert process.stdout is not None
        begun = time.monotonic()
        assert process.stdout.read(5) == b'{"jso'
        assert time.monotonic() - begun > 0.15


def test_closed_stdin_breaks_the_next_write() -> None:
    with talking("closes-stdin") as process:
        say(process, LEGACY, LIST)
        hear(process)
        assert process.stdin is not None
        with pytest.raises(BrokenPipeError):
            for _ in range(100):
                os.write(process.stdin.fileno(), LIST)
                time.sleep(0.05)
        assert process.poll() is None


def test_a_large_request_does_not_go_through_when_nobody_reads() -> None:
    with talking("stops-reading") as process:
        say(process, LEGACY, LIST)
        hear(process)
        assert len(hear(process)["result"]["tools"]) == 3
        assert process.stdin is not None
        os.set_blocking(process.stdin.fileno(), False)
        with pytest.raises(BlockingIOError):
            for _ in range(100):
                os.write(process.stdin.fileno(), b"x" * 65536)
        process.stdin.close()
        assert process.wait(5) == 0


def test_everything_is_closed_and_the_process_lives() -> None:
    with talking("closes-all-but-lives") as process:
        assert process.stdout is not None and process.stdout.read() == b""
        assert process.stderr is not None and process.stderr.read() == b""
        assert process.poll() is None


@pytest.mark.parametrize("mode", ["endless-line", "notifications-endless"])
def test_floods_stop_without_a_word_when_nobody_listens(mode: str) -> None:
    with talking(mode) as process:
        say(process, LEGACY, LIST)
        hear(process)
        assert process.stdout is not None and process.stderr is not None
        assert len(process.stdout.read(1_000_000)) == 1_000_000
        process.stdout.close()
        assert process.wait(5) == 0
        assert process.stderr.read() == b""


def test_stderr_flood() -> None:
    lines, status, err = played("stderr-flood")
    assert 90_000_000 < len(err) < 101_000_000
    assert b"\x1b[2J" in err
    assert names_of(lines[1]) == ["echo", "add", "fail"]
    assert status == 0


def test_stderr_flood_without_end_ends_with_the_input() -> None:
    with talking("stderr-flood-endless") as process:
        assert process.stderr is not None and process.stdin is not None
        assert len(process.stderr.read(1_000_000)) == 1_000_000
        process.stdin.close()
        process.stderr.close()
        assert process.wait(5) == 0


def test_progress_names_the_token() -> None:
    asked = request(2, "tools/list", {"_meta": {"progressToken": "mine"}})
    with talking("progress-forever") as process:
        say(process, LEGACY, asked)
        hear(process)
        params = [hear(process)["params"] for _ in range(2)]
    assert params == [{"progressToken": "mine", "progress": number} for number in (1, 2)]


def test_asks_the_client_and_works_when_refused() -> None:
    with talking("server-requests") as process:
        say(process, LEGACY, LIST, request(3, "prompts/list"))
        hear(process)
        asked = []
        while "method" in (message := hear(process)) or message["id"] == 3:
            if "method" in message:
                asked.append(message["method"])
                refusal = {"code": -32601, "message": "Method not found"}
                answer = {"jsonrpc": "2.0", "id": message["id"], "error": refusal}
                say(process, json.dumps(answer).encode() + b"\n")
        assert asked == ["sampling/createMessage", "roots/list", "elicitation/create"]
        assert (message["id"], len(message["result"]["tools"])) == (2, 3)
        assert process.stderr is not None
        assert process.stderr.readline() == b"sampling/createMessage: -32601\n"


@pytest.mark.parametrize(
    ("answer", "member"), [({"result": {}}, "result"), ({"error": {"code": -32601}}, "error")]
)
def test_pings_the_client(answer: dict[str, Any], member: str) -> None:
    with talking("ping") as process:
        say(process, LEGACY, LIST)
        hear(process)
        ping = hear(process)
        assert ping["method"] == "ping"
        say(process, json.dumps({"jsonrpc": "2.0", "id": ping["id"], **answer}).encode() + b"\n")
        assert member in hear(process)


def test_neither_end_of_input_nor_sigterm_ends_it() -> None:
    with talking("ignores-eof-and-sigterm") as process:
        say(process, LEGACY)
        hear(process)
        assert process.stdin is not None
        process.stdin.close()
        process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)


@pytest.mark.parametrize(
    ("mode", "in_group"), [("child-stays", True), ("setsid-child", False)], ids=["group", "setsid"]
)
def test_a_child_stays_behind(mode: str, in_group: bool, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with talking(mode, "--pid-file", str(pids)) as process:
        say(process, LEGACY)
        hear(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(5) == 0
        server, child = map(int, pids.read_text().split())
        try:
            assert server == process.pid
            assert (os.getpgid(child) == server) == in_group
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_child_keeps_the_pipe_of_a_dead_server(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with talking("child-holds-stdout", "--pid-file", str(pids)) as process:
        say(process, LEGACY, LIST)
        hear(process)
        assert process.wait(5) == 5
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        assert process.stdout.read() is None
        os.kill(int(pids.read_text().split()[1]), signal.SIGKILL)


@pytest.mark.parametrize("era", ["legacy", "both"])
def test_the_good_server_speaks_legacy(era: str) -> None:
    call = request(3, "tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
    probe = request(9, "server/discover")
    lines, status, err = played(
        "--era", era, script="good_stdio.py", sent=probe + LEGACY + LIST + call
    )
    discover, opening, tools, result = (json.loads(line) for line in lines[:4])
    assert discover["error"]["code"] == -32601
    assert opening["result"]["protocolVersion"] == "2025-11-25"
    assert list(tools["result"]) == ["tools"]
    assert result["result"]["structuredContent"] == {"sum": 3}
    assert (status, err) == (0, b"")


@pytest.mark.parametrize("era", ["modern", "both"])
def test_the_good_server_speaks_modern(era: str) -> None:
    probe = request(1, "server/discover", {"_meta": ENVELOPE})
    asked = request(2, "tools/list", {"_meta": ENVELOPE})
    bare = request(3, "tools/list")
    lines, status, err = played(
        "--era", era, script="good_stdio.py", sent=probe + asked + bare + LEGACY
    )
    discover, tools, refused, handshake = (json.loads(line) for line in lines[:4])
    assert discover["result"]["supportedVersions"] == ["2026-07-28"]
    assert tools["result"]["resultType"] == "complete"
    assert (tools["result"]["ttlMs"], tools["result"]["cacheScope"]) == (0, "private")
    info = tools["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]
    assert info == {"name": "good-stdio", "version": "1.0.0"}
    assert refused["error"]["code"] == -32602
    assert handshake["error"]["data"]["supported"] == ["2026-07-28"]
    assert (status, err) == (0, b"")


def test_the_good_server_offers_as_many_tools_as_wanted() -> None:
    lines, _, _ = played("--tools", "1200", script="good_stdio.py")
    assert len(names_of(lines[1])) == 1200
