from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.errors import ConfigError, Fault, ServerError, UsageError
from mcpx.servers import ServerSpec
from mcpx.terminal import Ink, Terminal, safe, safe_block, safe_json
from tests.conftest import FakeTerminal, Result, Run

ESC = "\x1b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "plain words, ünïcödé, 漢字, 🙂", "plain words, ünïcödé, 漢字, 🙂", id="plain"
        ),
        pytest.param("❤\ufe0f", "❤\ufe0f", id="emoji-variation"),
        pytest.param("a\nb\tc\r\nd", "a\\nb\\tc\\r\\nd", id="one-line"),
        pytest.param(f"{ESC}[31mred", "\\x1b[31mred", id="colour"),
        pytest.param(f"{ESC}]0;title\x07", "\\x1b]0;title\\x07", id="osc-title"),
        pytest.param(f"{ESC}]8;;http://x{ESC}\\y", "\\x1b]8;;http://x\\x1b\\y", id="osc-link"),
        pytest.param("\x9b31m", "\\x9b31m", id="c1-csi"),
        pytest.param("\x00\x08\x7f", "\\x00\\x08\\x7f", id="nul-backspace-delete"),
        pytest.param("a\x0bb\x0cc\x85d", "a\\x0bb\\x0cc\\x85d", id="other-line-ends"),
        pytest.param("a\u2028b\u2029c", "a\\u2028b\\u2029c", id="line-separators"),
        pytest.param("\u202eevil\u2066", "\\u202eevil\\u2066", id="bidi"),
        pytest.param("a\u200bb\u200dc\u2060\ufeff", "a\\u200bb\\u200dc\\u2060\\ufeff", id="zero"),
        pytest.param("a\u00adb\u3164", "a\\xadb\\u3164", id="soft-hyphen-and-filler"),
        pytest.param("\U000e0041\U000e007f", "\\U000e0041\\U000e007f", id="tags"),
        pytest.param("\ufe00\U000e0100", "\\ufe00\\U000e0100", id="variation-selectors"),
        pytest.param("\ud83d", "\\ud83d", id="lone-surrogate"),
        pytest.param("\U0001d173", "\\U0001d173", id="music-control"),
        pytest.param("::error::x", "\\x3a:error::x", id="ci-command"),
        pytest.param("  ::error::x", "  \\x3a:error::x", id="indented-ci-command"),
        pytest.param("a::b", "a::b", id="colons-inside"),
        pytest.param("", "", id="empty"),
    ],
)
def test_foreign_text_is_shown_on_one_line(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("one\ntwo\r\nthree", "one\ntwo\nthree", id="lines"),
        pytest.param("a\rb", "a\\rb", id="carriage-return"),
        pytest.param("\tx", "    x", id="tab"),
        pytest.param(f"x\n{ESC}[2Jy", "x\n\\x1b[2Jy", id="clear-screen"),
        pytest.param("x\n::set-env::y\n\t::z", "x\n\\x3a:set-env::y\n    \\x3a:z", id="commands"),
        pytest.param("x\u2028::y", "x\\u2028::y", id="no-new-line"),
    ],
)
def test_foreign_text_over_several_lines(text: str, shown: str) -> None:
    assert safe_block(text) == shown


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN", "B", "S"}


def is_dangerous(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _BIDI


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_holds_no_control_or_bidi_character(text: str) -> None:
    assert [hex(ord(one)) for one in safe(text) if is_dangerous(one)] == []
    assert [hex(ord(one)) for one in safe_block(text) if is_dangerous(one) and one != "\n"] == []
    for shown in (safe(text), *safe_block(text).split("\n")):
        assert not shown.strip().startswith("::")


def test_every_single_character_is_shown_safely() -> None:
    for first in range(0, 0x110000, 0x100):
        shown = safe("".join(map(chr, range(first, first + 0x100))))
        assert [one for one in shown if is_dangerous(one)] == [], hex(first)


@pytest.mark.parametrize(
    ("flag", "variables", "tty", "coloured"),
    [
        pytest.param(None, {}, True, True, id="terminal"),
        pytest.param(None, {}, False, False, id="pipe"),
        pytest.param(None, {"TERM": "dumb"}, True, False, id="dumb-terminal"),
        pytest.param(None, {"NO_COLOR": "1"}, True, False, id="no-color"),
        pytest.param(None, {"NO_COLOR": ""}, True, True, id="no-color-empty"),
        pytest.param(None, {"FORCE_COLOR": "1"}, False, True, id="force-color"),
        pytest.param(None, {"FORCE_COLOR": "0"}, False, False, id="force-color-0"),
        pytest.param(None, {"FORCE_COLOR": "1", "TERM": "dumb"}, True, True, id="force-over-dumb"),
        pytest.param(None, {"CLICOLOR_FORCE": "1"}, False, True, id="clicolor-force"),
        pytest.param(
            None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, id="no-color-over-force"
        ),
        pytest.param(
            None, {"MCPX_COLOR": "always", "NO_COLOR": "1"}, False, True, id="mcpx-over-no-color"
        ),
        pytest.param(None, {"MCPX_COLOR": "never"}, True, False, id="mcpx-never"),
        pytest.param(None, {"MCPX_COLOR": "auto"}, True, True, id="mcpx-auto"),
        pytest.param("never", {"MCPX_COLOR": "always"}, True, False, id="flag-over-mcpx"),
        pytest.param("always", {"NO_COLOR": "1"}, False, True, id="flag-over-no-color"),
        pytest.param("auto", {"MCPX_COLOR": "always"}, False, False, id="flag-auto"),
    ],
)
def test_who_decides_about_colour(
    flag: str | None,
    variables: dict[str, str],
    tty: bool,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = FakeTerminal() if tty else io.StringIO()
    terminal = Terminal(stream, io.StringIO())
    terminal.adjust(colour=flag)
    painted = terminal.paint("x", Ink.ERROR)
    assert painted == (f"{ESC}[31mx{ESC}[0m" if coloured else "x")


def test_each_stream_decides_for_itself() -> None:
    terminal = Terminal(io.StringIO(), FakeTerminal())
    assert terminal.paint("x", Ink.ERROR) == "x"
    assert terminal.paint("x", Ink.ERROR, on_err=True) == f"{ESC}[31mx{ESC}[0m"


@pytest.fixture
def err() -> FakeTerminal:
    return FakeTerminal()


def shown_after(terminal: Terminal, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    monkeypatch.setattr("mcpx.terminal.time.monotonic", lambda: start)
    with terminal.progress() as progress:
        monkeypatch.setattr("mcpx.terminal.time.monotonic", lambda: start + seconds)
        progress(f"1 of 2{ESC}")
        progress("2 of 2")


CLEARED = f"\r{ESC}[2K"


def test_progress_is_shown_after_300_ms(err: FakeTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_after(Terminal(io.StringIO(), err), 0.31, monkeypatch)
    assert err.getvalue() == f"{CLEARED}1 of 2\\x1b{CLEARED}2 of 2{CLEARED}"


def test_progress_is_not_shown_for_short_work(
    err: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_after(Terminal(io.StringIO(), err), 0.29, monkeypatch)
    assert err.getvalue() == ""


@pytest.mark.parametrize("quiet", [True, False], ids=["quiet", "in-a-pipe"])
def test_progress_is_shown_only_to_who_watches(
    quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = FakeTerminal() if quiet else io.StringIO()
    terminal = Terminal(io.StringIO(), stream)
    terminal.adjust(quiet=quiet)
    shown_after(terminal, 5, monkeypatch)
    assert stream.getvalue() == ""


def test_progress_is_cut_to_the_width(err: FakeTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    Terminal(io.StringIO(), err).show_progress("x" * 50)
    assert err.getvalue() == CLEARED + "x" * 9


def test_progress_is_masked_before_it_is_cut(
    err: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "14")
    terminal = Terminal(io.StringIO(), err)
    terminal.mask.add(["c4nary-value"])
    terminal.show_progress("at c4nary-value, 10 of 20")
    assert err.getvalue() == CLEARED + "at ***, 10 of"


def test_what_is_said_takes_the_place_of_progress(err: FakeTerminal) -> None:
    out = io.StringIO()
    terminal = Terminal(out, err)
    terminal.show_progress("working")
    terminal.note("said")
    terminal.show_progress("working")
    terminal.write("result\n")
    assert err.getvalue() == f"{CLEARED}working{CLEARED}said\n{CLEARED}working{CLEARED}"
    assert out.getvalue() == "result\n"


def plain(quiet: bool = False, verbose: int = 0) -> tuple[Terminal, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out, err)
    terminal.adjust(quiet, verbose)
    return terminal, out, err


@pytest.mark.parametrize(
    ("quiet", "verbose", "said"),
    [
        pytest.param(False, 0, "note\nodd\n", id="usual"),
        pytest.param(True, 0, "odd\n", id="quiet"),
        pytest.param(False, 1, "note\ndetail\nodd\n", id="verbose"),
    ],
)
def test_how_much_is_said(quiet: bool, verbose: int, said: str) -> None:
    terminal, out, err = plain(quiet, verbose)
    terminal.note("note")
    terminal.detail("detail")
    terminal.say("odd")
    assert (err.getvalue(), out.getvalue()) == (said, "")


def test_names_in_notes_cannot_reach_the_terminal() -> None:
    terminal, _, err = plain(verbose=1)
    for say in (terminal.note, terminal.detail, terminal.say):
        say(f"allowed: {ESC}[2J\n::error::x")
    assert ESC not in err.getvalue()
    assert len(err.getvalue().splitlines()) == 3


HOSTILE = f"no {ESC}[31m\n::error::tool"


def test_an_error_has_details_and_a_hint() -> None:
    terminal, out, err = plain()
    terminal.complain(UsageError(HOSTILE, hint=HOSTILE, details=[HOSTILE]))
    shown = "no \\x1b[31m\\n::error::tool"
    assert err.getvalue() == f"error: {shown}\n  {shown}\nhint: {shown}\n"
    assert out.getvalue() == ""


def test_an_error_without_a_hint_is_one_line() -> None:
    terminal, _, err = plain(quiet=True)
    terminal.complain(UsageError("wrong"))
    assert err.getvalue() == "error: wrong\n"


def test_an_error_for_programs_is_one_line_of_json() -> None:
    terminal, _, err = plain()
    terminal.errors_as_json = True
    terminal.complain(ServerError(Fault.TIMEOUT, HOSTILE, "wait"), "tickets")
    terminal.complain(UsageError("wrong"))
    first, second = map(json.loads, err.getvalue().splitlines())
    assert first["error"] == {
        "class": "timeout",
        "message": HOSTILE,
        "hint": "wait",
        "server": "tickets",
    }
    assert second["error"] == {"class": "usage", "message": "wrong", "hint": "", "server": None}


def test_secrets_leave_by_no_door(tmp_path: Path) -> None:
    terminal, out, err = plain(verbose=1)
    terminal.mask.learn(ServerSpec("x", command="c", env={"TOKEN": "c4nary-value"}))
    terminal.write("c4nary-value")
    terminal.note("c4nary-value")
    terminal.detail("c4nary-value")
    terminal.say("c4nary-value")
    terminal.complain(UsageError("c4nary-value", "c4nary-value", ["c4nary-value"]))
    terminal.deliver("c4nary-value", str(tmp_path / "file"))
    terminal.ask("c4nary-value?")
    said = out.getvalue() + err.getvalue() + (tmp_path / "file").read_text()
    assert "c4nary" not in said
    assert said.count("***") == 9


@pytest.fixture(autouse=True)
def _nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False), ("", False), ("yo", False)],
)
def test_only_a_yes_is_a_yes(answer: str, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, _, err = plain()
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert terminal.ask(f"Allow {ESC}[2Jx?") is allowed
    assert err.getvalue() == "Allow \\x1b[2Jx? [y/N] "


@pytest.mark.parametrize(
    ("stdin", "err", "possible"),
    [
        pytest.param(FakeTerminal(), FakeTerminal(), True, id="both"),
        pytest.param(io.StringIO(), FakeTerminal(), False, id="input-from-a-pipe"),
        pytest.param(FakeTerminal(), io.StringIO(), False, id="question-would-not-be-seen"),
        pytest.param(None, FakeTerminal(), False, id="no-input"),
    ],
)
def test_somebody_must_be_there_to_be_asked(
    stdin: io.StringIO | None, err: io.StringIO, possible: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    assert Terminal(io.StringIO(), err).can_ask() is possible


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("utf-8", "ä→🙂", "ä→🙂".encode()),
        ("latin-1", "ä→🙂", b"\xe4\\u2192\\U0001f642"),
        ("ascii", "ä→", b"\\xe4\\u2192"),
        ("utf-8", "\ud83d", b"\\ud83d"),
    ],
)
def test_what_an_encoding_lacks_is_written_as_an_escape(
    encoding: str, text: str, written: bytes
) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    terminal = Terminal(
        io.TextIOWrapper(out, encoding=encoding), io.TextIOWrapper(err, encoding=encoding)
    )
    terminal.write(text)
    terminal.note("ä→")
    terminal.show_progress("→")
    assert out.getvalue() == written
    assert err.getvalue().startswith("ä→".encode(encoding, "backslashreplace"))


class Broken(io.StringIO):
    """A stream that fails in one way."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


def test_a_full_disk_is_an_error_with_its_reason() -> None:
    terminal = Terminal(Broken(OSError(errno.ENOSPC, "No space left on device")), io.StringIO())
    with pytest.raises(ConfigError, match="cannot write to standard output: No space left"):
        terminal.write("x")


def test_a_reader_that_left_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as out:
        terminal = Terminal(out, io.StringIO())
        assert not terminal.reader_left
        terminal.write("x")
        assert terminal.reader_left
        terminal.write("y")  # goes nowhere, and so does what is left at the end


def test_a_stream_without_a_descriptor_may_lose_its_reader_too() -> None:
    terminal = Terminal(Broken(BrokenPipeError()), io.StringIO())
    terminal.write("x")
    assert terminal.reader_left


def test_a_stderr_that_is_gone_hurts_nobody() -> None:
    terminal = Terminal(io.StringIO(), Broken(OSError(errno.EIO, "gone")))
    terminal.note("x")
    terminal.show_progress("x")
    terminal.complain(UsageError("x"))
    terminal.write("y")
    assert terminal.out.getvalue() == "y"


def test_missing_streams_are_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    terminal = Terminal()
    terminal.write("x")
    terminal.note("y")
    assert terminal.is_terminal is False


@pytest.mark.parametrize("path", [None, "-"])
def test_a_result_goes_to_standard_output(path: str | None) -> None:
    terminal, out, err = plain()
    terminal.deliver("result\n", path)
    assert (out.getvalue(), err.getvalue()) == ("result\n", "")


def test_a_result_goes_whole_to_a_file(tmp_path: Path) -> None:
    terminal, out, err = plain()
    path = tmp_path / "out.txt"
    terminal.deliver("result\n", str(path))
    assert path.read_text() == "result\n"
    assert (out.getvalue(), err.getvalue()) == ("", f"wrote {path}\n")


def test_the_width_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert Terminal(FakeTerminal(), io.StringIO()).width == 72
    monkeypatch.delenv("COLUMNS")
    assert Terminal(io.StringIO(), io.StringIO()).width == 80
    assert Terminal(FakeTerminal(), io.StringIO()).width == 80


def test_the_width_is_else_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class WithNumber(FakeTerminal):
        def fileno(self) -> int:
            return 1

    monkeypatch.delenv("COLUMNS")
    sizes = iter([os.terminal_size((133, 40)), os.terminal_size((0, 0))])
    monkeypatch.setattr(os, "get_terminal_size", lambda _number: next(sizes))
    terminal = Terminal(WithNumber(), io.StringIO())
    assert [terminal.width, terminal.width] == [133, 80]


def test_markup_in_a_table_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Terminal(FakeTerminal(), io.StringIO()).console()
    console.print("[red]x[/] [/] :smile: 3")
    assert console.file.getvalue() == "[red]x[/] [/] :smile: 3\n"


def mcpx(words: str, **streams: object) -> Result:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m mcpx {words}'],
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_reader_that_left_ends_it_quietly() -> None:
    done = mcpx("discover --hosts | head -n 1")
    assert (done.status, len(done.out.splitlines()), done.err) == (0, 1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_device_is_an_error_said_once() -> None:
    done = mcpx("config show > /dev/full")
    assert done.status == 2
    assert done.err == "error: cannot write to standard output: No space left on device\n"


def test_closed_streams_give_no_traceback() -> None:
    done = mcpx("config show >&- 2>&-")
    assert (done.status, done.err) == (0, "")


def test_a_poor_encoding_is_enough(run: Run) -> None:
    done = mcpx("inspect -- 'ä→' ")
    assert done.status == 3
    assert "ä→" in done.err
    os.environ["PYTHONIOENCODING"] = "ascii"
    try:
        done = mcpx("inspect -- 'ä→' ")
    finally:
        del os.environ["PYTHONIOENCODING"]
    assert done.status == 3
    assert "\\xe4\\u2192" in done.err


@pytest.mark.parametrize("text", ["##[error]x", "a ##[group]x", "##vso[task.setvariable x]y"])
def test_older_ci_commands_are_disarmed_anywhere(text: str) -> None:
    assert safe(text) == text.replace("##", "\\x23#")


class Line:
    """A pseudo-terminal at which somebody types into ``sys.stdin``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.master, slave = os.openpty()
        self.stdin = os.fdopen(slave, "r", encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", self.stdin)
        self.err = FakeTerminal()
        self.terminal = Terminal(io.StringIO(), self.err)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def hang_up(self) -> None:
        os.close(self.master)
        self.master = -1

    async def prompted(self, task: asyncio.Task[str | None]) -> None:
        while not self.err.getvalue().endswith("? "):
            assert not task.done()
            await asyncio.sleep(0)

    def close(self) -> None:
        self.stdin.close()
        if self.master >= 0:
            os.close(self.master)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    line = Line(monkeypatch)
    yield line
    line.close()


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        pytest.param(b"Mona\n", ["Mona"], id="line"),
        pytest.param("Zoë 漢\n".encode(), ["Zoë 漢"], id="letters"),
        pytest.param(b"Monx\x7fa\n", ["Mona"], id="backspace"),
        pytest.param(b"junk\x15Mona\n", ["Mona"], id="kill-line"),
        pytest.param(b"Mo\x04na\n", ["Mona"], id="sent-in-two"),
        pytest.param(b"\n", [""], id="empty"),
        pytest.param(b"\x04", [None], id="end-of-input"),
        pytest.param(b"\x04Mona\n", [None, "Mona"], id="end-is-not-for-ever"),
        pytest.param(b"one\ntwo\n", ["one", "two"], id="two-lines"),
        pytest.param(b"bad \xff byte\n", ["bad \ufffd byte"], id="no-text"),
    ],
)
def test_a_line_is_edited_and_read(line: Line, keys: bytes, lines: list[str | None]) -> None:
    async def main() -> list[str | None]:
        first = asyncio.create_task(line.terminal.line("Who? "))
        await line.prompted(first)  # other tasks go on meanwhile
        line.type(keys)
        return [await first, *[await line.terminal.line("") for _ in lines[1:]]]

    assert asyncio.run(main()) == lines
    assert line.err.getvalue() == "Who? " + "\n" * lines.count(None)


def test_a_terminal_that_is_gone_is_the_end_of_input(line: Line) -> None:
    async def main() -> str | None:
        task = asyncio.create_task(line.terminal.line("Who? "))
        await line.prompted(task)
        line.hang_up()
        return await task

    assert asyncio.run(main()) is None


def test_a_question_can_be_taken_back(line: Line) -> None:
    async def main() -> str | None:
        task = asyncio.create_task(line.terminal.line("Who? "))
        await line.prompted(task)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not asyncio.get_running_loop().remove_reader(line.stdin.fileno())
        line.type(b"Mona\n")
        return await line.terminal.line("Who then? ")

    assert asyncio.run(main()) == "Mona"
    assert line.err.getvalue() == "Who? \nWho then? "


def test_what_was_typed_before_the_question_does_not_answer_it(line: Line) -> None:
    async def main() -> str | None:
        line.type(b"y\ny")
        with line.terminal.undisturbed():
            task = asyncio.create_task(line.terminal.line("Sure? "))
            await line.prompted(task)
            line.type(b"n\n")
            return await task

    assert asyncio.run(main()) == "n"


ASKER = """
import asyncio, fcntl, termios
from mcpx.terminal import Terminal
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
try:
    asyncio.run(Terminal().line("Who? "))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_the_question_at_once() -> None:
    master, slave = os.openpty()
    streams: dict[str, Any] = {"stdin": slave, "stderr": slave, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-c", ASKER], start_new_session=True, text=True, **streams
    ) as process:
        os.close(slave)
        shown = b""
        while b"Who? " not in shown:
            shown += os.read(master, 1000)
        os.write(master, b"Mon\x03")
        assert process.communicate(timeout=20)[0] == "interrupted\n"
    os.close(master)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("stdin", "lines"),
    [
        pytest.param(io.StringIO("one\ntwo\r\nthree"), ["one", "two", "three", None], id="text"),
        pytest.param(None, [None], id="closed"),
    ],
)
def test_lines_are_read_where_there_is_no_descriptor(
    stdin: io.StringIO | None, lines: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)

    async def main() -> list[str | None]:
        terminal, _, _ = plain()
        with terminal.undisturbed():
            return [await terminal.line("") for _ in lines]

    assert asyncio.run(main()) == lines


def test_a_loop_that_cannot_watch_leaves_no_thread_that_steals_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver, sender = os.pipe()
    threads: list[bool] = []
    before = set(threading.enumerate())

    async def main() -> list[str | None]:
        def cannot(*_: object) -> None:
            raise NotImplementedError

        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "add_reader", cannot)
        terminal, _, _ = plain()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(terminal.line("Who? "), 0.01)
        threads.extend(one.daemon for one in set(threading.enumerate()) - before)
        task = asyncio.create_task(terminal.line("Who? "))
        os.write(sender, b"Mona\nLisa\n")
        return [await task, await terminal.line("")]

    with os.fdopen(receiver) as stdin, os.fdopen(sender, "w"):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert asyncio.run(main()) == ["Mona", "Lisa"]
    assert threads == [True]


def test_nothing_is_said_into_a_question(err: FakeTerminal) -> None:
    terminal = Terminal(io.StringIO(), err)
    terminal.show_progress("working")
    with terminal.undisturbed():
        terminal.note("log line")
        terminal.show("shop asks")
        terminal.show_progress("still working")
        terminal.say("another")
    terminal.note("after")
    assert err.getvalue() == f"{CLEARED}working{CLEARED}shop asks\nlog line\nanother\nafter\n"


def test_a_flood_during_a_question_is_cut() -> None:
    terminal, _, err = plain()
    with terminal.undisturbed():
        for number in range(10_000):
            terminal.say(f"line {number}")
    lines = err.getvalue().splitlines()
    assert lines[-2:] == ["line 199", "(more was said meanwhile)"]


def test_questions_are_masked() -> None:
    terminal, _, err = plain()
    terminal.mask.learn(ServerSpec("x", command="c", env={"TOKEN": "c4nary-value"}))
    terminal.show("c4nary-value")
    asyncio.run(terminal.line("c4nary-value? "))
    assert err.getvalue() == "***\n***? \n"


def test_how_wide_a_question_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    class WithNumber(FakeTerminal):
        def fileno(self) -> int:
            return 2

    terminal, _, _ = plain()
    assert terminal.width_of_err == 100
    monkeypatch.delenv("COLUMNS")
    assert terminal.width_of_err == 80
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((30 + number, 9)))
    assert Terminal(io.StringIO(), WithNumber()).width_of_err == 32


def test_json_is_shown_safely_and_says_the_same() -> None:
    value = "a\x9b31m\u202e\u2028\x7f\ud800\U000e0041é"
    text = safe_json(json.dumps({"a": value}, ensure_ascii=False).replace(" ", "\r\n"))
    assert json.loads(text) == {"a": value}
    assert text == ('{"a": \n"a\\u009b31m\\u202e\\u2028\\u007f\\ud800\\udb40\\udc41é"}')
