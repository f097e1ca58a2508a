from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.children import GOOD
from tests.conftest import GOOD_SERVER, Run
from tests.operations.taps.tapped import TAP, events, start, tap, until
from tests.operations.taps.tapped import run as run_process
from tests.servers import good_http


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        pytest.param(
            "record -- a",
            "record: where does it go?",
            "mcpx record -o session.jsonl -- COMMAND...",
            id="no-destination",
        ),
        pytest.param(
            "record demo:shop --script c.jsonl",
            "record: where does it go?",
            "mcpx record -o session.jsonl --script c.jsonl demo:shop",
            id="no-destination-for-a-script",
        ),
        pytest.param(
            "record -o - -- a",
            "record: standard output is the server's",
            "mcpx record -o session.jsonl -- COMMAND...",
            id="standard-output",
        ),
        pytest.param(
            "record -o s.jsonl",
            "record what?",
            "mcpx record -o session.jsonl -- COMMAND...",
            id="nothing-to-record",
        ),
        pytest.param(
            "record -o missing/s.jsonl --http http://127.0.0.1:1/mcp",
            "cannot write missing/s.jsonl: no such folder",
            "mkdir -p missing",
            id="no-such-folder-for-a-proxy",
        ),
        pytest.param(
            "record -o missing;/s.jsonl --script x demo:shop",
            "cannot write missing;/s.jsonl: no such folder",
            "mkdir -p 'missing;'",
            id="no-such-folder-for-a-script",
        ),
        pytest.param(
            "record -o s.jsonl demo:shop",
            "record demo:shop: nobody says what to call; the command of a server stands after --",
            "mcpx record -o session.jsonl -- COMMAND..., or --script FILE with the calls to make",
            id="a-target-without-a-script",
        ),
        pytest.param(
            "record -o s.jsonl --http http://127.0.0.1:1/mcp -- a",
            "--http takes no command after --",
            "",
            id="http-and-command",
        ),
        pytest.param(
            "record -o s.jsonl --http http://127.0.0.1:1/mcp --script x",
            "--http and --script cannot both be",
            "",
            id="http-and-script",
        ),
        pytest.param(
            "record --install cursor/a --uninstall cursor/a",
            "--install and --uninstall cannot both be",
            "",
            id="in-and-out",
        ),
        pytest.param(
            "record --uninstall cursor/a -o s/",
            "--uninstall takes no --output: recordings stay where they are",
            "",
            id="out-with-a-folder",
        ),
        pytest.param(
            "record -o s.jsonl --listen 8900 -- a",
            "--listen goes with --http",
            "for example --http URL --listen 8900",
            id="listen-alone",
        ),
        pytest.param(
            "record -o s.jsonl --http shop",
            "--http shop: not a URL",
            "it starts with https:// or http://",
            id="no-url",
        ),
        pytest.param(
            "record -o s.jsonl --http http://127.0.0.1:1/mcp --listen web",
            "--listen web: not a port",
            "a number up to 65535; 0 is any that is free",
            id="no-port",
        ),
        pytest.param(
            "record -o s.jsonl --env A=B -- a",
            "--env has no meaning here: a recorded server is started as it would be without mcpx",
            "",
            id="an-environment-of-its-own",
        ),
        pytest.param(
            "record -o s.jsonl --http http://127.0.0.1:1/mcp --era legacy",
            "--era has no meaning here: --http takes --header and --bearer-env",
            "",
            id="an-era-for-a-proxy",
        ),
    ],
)
def test_wrong_use_is_told_with_what_helps(run: Run, words: str, message: str, hint: str) -> None:
    done = run(*words.split())
    assert (done.status, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith(f"error: {message}")
    assert lines[1:] == ([f"hint: {hint}"] if hint else [])


def test_a_dry_run_starts_nothing(run: Run, project: Path) -> None:
    done = run("record", "-o", "s.jsonl", "--dry-run", "--", "touch", "started")
    assert done.status == 0
    assert "touch started" in done.out
    assert list(project.glob("s*")) == []


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_a_client_sees_the_same_server_through_it(run: Run, tmp_path: Path, era: str) -> None:
    file = tmp_path / "s.jsonl"
    options = ("inspect", "--json", "--era", era, "--inherit-env", "--")
    bare, through = run(*options, *GOOD_SERVER), run(*options, *tap(file, GOOD_SERVER))
    assert (through.status, through.err) == (bare.status, bare.err) == (0, "")
    alone, recorded = bare.json["servers"][0], through.json["servers"][0]
    assert recorded["tools"] == alone["tools"]
    assert recorded["era"] == alone["era"] == era
    if not file.exists():  # a busy machine: mcpx waits two seconds for a server to leave
        file = file.with_name("s.jsonl.part")
    assert [one["era"] for one in events(file, "era")] == [era]
    methods = [one["m"].get("method") for one in events(file, "msg") if one["d"] == "c2s"]
    assert "tools/list" in methods


@pytest.mark.parametrize("options", ["-q -o", "-o", "--output"])
def test_the_parser_and_the_short_cut_do_the_same(tmp_path: Path, options: str) -> None:
    words = [*TAP[:4], *options.split(), str(tmp_path / "s.jsonl"), "--", "sh", "-c", "cat; exit 9"]
    done = run_process(words, b"[1]\n")
    assert (done.returncode, done.stdout, done.stderr) == (9, b"[1]\n", b"")
    assert len(events(tmp_path / "s.jsonl", "msg")) == 2


def test_a_folder_gets_a_file_for_each_start(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    for number in (1, 2):
        done = run_process([*TAP, f"{folder}/", "--", "true"])
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(list(folder.glob("true-*.jsonl"))) == number
    assert folder.stat().st_mode & 0o777 == 0o700


def test_http_is_recorded_by_a_proxy(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    with good_http.serve() as server:
        words = [*TAP, str(file), "--http", server.url, "--listen", "0"]
        with start(words) as proxy:
            assert proxy.stderr
            said = proxy.stderr.readline().decode()
            url = next(word for word in said.split() if word.startswith("http")).rstrip(":")
            done = run("inspect", "--json", url)
            proxy.send_signal(signal.SIGINT)
            assert proxy.wait(10) == 0
            assert proxy.stdout
            assert proxy.stdout.read() == b""
    assert done.status == 0, done.err
    assert {one["k"] for one in events(file)} >= {"open", "http", "msg", "fin", "end"}


def test_a_script_is_carried_out_and_recorded(run: Run, project: Path) -> None:
    call = {"tool": "add", "args": {"a": 1, "b": 2}}
    Path("calls.jsonl").write_text(json.dumps(call) + "\n")
    done = run("record", "-o", "s.jsonl", "--script", "calls.jsonl", "--", *GOOD)
    assert done.status == 0, done.err
    methods = [one["m"].get("method") for one in events(Path("s.jsonl"), "msg")]
    assert "tools/call" in methods


def test_it_goes_into_a_host_and_out_again(
    run: Run, home: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    path = configure(home / ".cursor" / "mcp.json", mine=good_server)
    before = path.read_bytes()
    done = run("record", "--install", "cursor/mine", "-o", "recordings")
    assert done.status == 0, done.err
    entry = json.loads(path.read_text())["mcpServers"]["mine"]
    command = [entry["command"], *entry["args"]]
    assert "record" in command
    assert command[-2:] == list(GOOD[-2:])
    assert "+" in done.out
    assert "undo: mcpx record --uninstall cursor:user/mine" in done.err
    assert run("record", "--uninstall", "cursor/mine").status == 0
    assert path.read_bytes() == before


def test_the_name_of_a_file_chooses_no_format(run: Run, project: Path) -> None:
    done = run("record", "-o", "s.json", "--script", "none.jsonl", "demo:shop")
    assert "--format" not in done.err
    assert "none.jsonl" in done.err


def test_an_interrupted_proxy_leaves_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    words = [*TAP, str(file), "--http", "http://127.0.0.1:9/mcp"]
    with start(words) as proxy:
        assert proxy.stderr
        proxy.stderr.readline()
        proxy.terminate()
        assert until(lambda: proxy.poll() is not None)
        assert proxy.returncode == 0
    assert events(file)[-1]["k"] == "end"
