from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx import __version__, settings
from mcpx.__main__ import main
from mcpx.errors import (
    ConfigError,
    ExitStatus,
    Fault,
    McpxError,
    RefusedError,
    ServerError,
    UsageError,
)
from tests.conftest import Run

ESC = "\x1b"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes ``mcpx config show`` fail."""

    def fail(error: BaseException) -> None:
        def explain(_settings: object) -> None:
            raise error

        monkeypatch.setattr(settings, "explain", explain)

    return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(UsageError("x"), 2, id="usage"),
        pytest.param(ConfigError("x"), 2, id="config"),
        pytest.param(RefusedError("x"), 4, id="refused"),
        pytest.param(McpxError("x"), 70, id="base"),
        *(
            pytest.param(ServerError(fault, "x"), 4 if fault is Fault.AUTH else 3, id=fault.value)
            for fault in Fault
            if fault not in (Fault.USAGE, Fault.CONFIG, Fault.REFUSED, Fault.BUG)
        ),
    ],
)
def test_every_error_has_its_status(
    run: Run, failing: Callable[[BaseException], None], error: McpxError, status: int
) -> None:
    failing(error)
    done = run("config", "show")
    assert (done.status, done.out, done.err) == (status, "", "error: x\n")


def test_an_interrupt_is_130(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    done = run("config", "show")
    assert (done.status, done.out) == (130, "")
    assert "Traceback" not in done.err


def test_an_interrupt_while_parsing_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mcpx.cli.command", interrupt)
    done = run("config", "show")
    assert (done.status, done.err) == (130, "interrupted\n")


def test_a_bug_is_named_without_a_traceback(
    run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(ZeroDivisionError(f"1/0 {ESC}[2J"))
    done = run("config", "show")
    assert done.status == 70
    first, second = done.err.splitlines()
    assert first == "error: this is a bug in mcpx: ZeroDivisionError: 1/0 \\x1b[2J"
    assert second.startswith("hint: MCPX_DEBUG=1 shows where; please report it")


def test_a_bug_is_shown_in_full_where_that_is_asked_for(
    run: Run, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCPX_DEBUG", "1")
    failing(ZeroDivisionError("1/0"))
    with pytest.raises(ZeroDivisionError):
        run("config", "show")


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        pytest.param(
            ["inspekt"],
            "no such command 'inspekt'. Did you mean 'inspect'?",
            "mcpx --help",
            id="typo",
        ),
        pytest.param(["zzz"], "no such command 'zzz'", "mcpx --help", id="no-such-command"),
        pytest.param(["trust"], "missing command", "mcpx trust --help", id="half-a-command"),
        pytest.param(["config"], "missing command", "mcpx config --help", id="config-alone"),
        pytest.param(
            ["trust", "alow"],
            "no such command 'alow'. Did you mean 'allow'?",
            "mcpx trust --help",
            id="typo-below",
        ),
        pytest.param(
            ["inspect", "--jsn"],
            "no such option: --jsn (Possible options: --env, --json, --set)",
            "mcpx inspect --help",
            id="no-such-option",
        ),
        pytest.param(
            ["trust", "allow"],
            "missing argument 'NAME...'",
            "mcpx trust allow --help",
            id="no-argument",
        ),
        pytest.param(
            ["config", "show", "-f", "xml"],
            "invalid value for '--format' / '-f': 'xml' is not one of 'table', 'json', 'ndjson', "
            "'markdown'",
            "mcpx config show --help",
            id="no-such-format",
        ),
        pytest.param(
            ["config", "show", "extra"],
            "got unexpected extra argument(s) (extra)",
            "mcpx config show --help",
            id="too-much",
        ),
        pytest.param(
            ["inspect"],
            "which server?",
            "mcpx discover lists the configured ones; demo:tickets is always there",
            id="no-target",
        ),
    ],
)
def test_wrong_use_names_the_command_that_helps(
    run: Run, argv: list[str], message: str, hint: str
) -> None:
    done = run(*argv)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: {message}\nhint: {hint}\n"


@pytest.mark.parametrize(
    "words",
    [["--json"], ["-f", "json"], ["--format", "ndjson"], ["--format=json"], ["-f", "ndjson"]],
    ids=" ".join,
)
def test_errors_are_json_where_json_is_asked_for(run: Run, words: list[str]) -> None:
    done = run("trust", "list", *words, "--no-such-option")
    assert (done.status, done.out) == (2, "")
    assert json.loads(done.err)["error"]["class"] == "usage"


@pytest.mark.parametrize(
    "words", [[], ["-f", "table"], ["--format=markdown"], ["--", "x", "--json"]], ids=str
)
def test_errors_are_for_people_otherwise(run: Run, words: list[str]) -> None:
    done = run("trust", "list", "--no-such-option", *words)
    assert done.status == 2
    assert done.err.startswith("error: no such option: --no-such-option")


def test_words_after_two_dashes_are_a_command(run: Run) -> None:
    done = run("inspect", "--", "no-such-program-here", "--json", "--", "-q")
    assert done.status == 3
    assert done.err.startswith("error: ")
    assert "no-such-program-here" in done.err


def test_a_command_without_servers_takes_no_command(run: Run) -> None:
    done = run("config", "show", "--", "ls")
    assert (done.status, done.err) == (2, "error: mcpx config show takes no command after --\n")


def test_a_folder_that_is_gone_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    done = run("config", "show")
    assert done.status == 2
    assert done.err.startswith("error: the current folder is gone\n")


@pytest.mark.parametrize("argv", [["--version"], ["-V"]])
def test_the_version_is_printed(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    assert capsys.readouterr() == (f"mcpx {__version__}\n", "")


def test_the_words_come_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mcpx", "--version"])
    from mcpx.__main__ import run as entry

    with pytest.raises(SystemExit) as ended:
        entry()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("mcpx ")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_interrupt_too(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)

    def explain(_settings: object) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr(settings, "explain", explain)
    assert run("config", "show").status == ExitStatus.INTERRUPTED
    assert signal.getsignal(number) is before


def test_it_runs_in_another_thread(run: Run) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(main(["config", "show", "-q"])))
    thread.start()
    thread.join()
    assert found == [0]


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mcpx", "inspekt"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: no such command 'inspekt'")
