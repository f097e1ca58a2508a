"""The only writer to stdout and stderr: terminal or pipe, colour, width, progress, foreign text."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from mcpx import settings
from mcpx.errors import ConfigError, ExitStatus, McpxError
from mcpx.files import write_whole
from mcpx.json_text import disarmed

if TYPE_CHECKING:
    import asyncio

    from rich.console import Console

    from mcpx.masking import Mask


# What a terminal or a reader's eye could be fooled by: C0 and C1 controls, DEL, soft hyphen,
# bidirectional and zero-width characters, fillers, line and paragraph separators, tags,
# variation selectors beyond the emoji one, surrogates, BOM, shorthand and music controls.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# A line that a CI would take for a command of the workflow, however far it is indented.
# Source: actions/runner, ActionCommand.TryParseV2, 2026-11-22.
_CI_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
# The older form, which counts anywhere in a line, and that of Azure Pipelines.
_OLD_CI_COMMAND = re.compile(r"#(?=#(?:vso)?\[)")
# Of what a person types in one line, and of what is said meanwhile.
_LONGEST_LINE = 64 * 1024
_MOST_HELD = 200
_SHORT = {"\r": "\\r", "\x1b": "\\x1b", "\n": "\\n", "\t": "\\t"}


def _escaped(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe(text: str) -> str:
    """Foreign text on one line: controls, bidi and invisible characters shown as escapes."""
    text = _UNSAFE.sub(lambda match: _escaped(match[0]), text)
    return _disarmed(text.replace("\n", "\\n").replace("\t", "\\t"))


def _disarmed(text: str) -> str:
    return _OLD_CI_COMMAND.sub(r"\\x23", _CI_COMMAND.sub(r"\1\\x3a", text))


def safe_block(text: str) -> str:
    """Foreign text that may run over several lines; each is indented by whoever prints it."""
    text = _UNSAFE.sub(lambda match: _escaped(match[0]), text.replace("\r\n", "\n"))
    return _disarmed(text.replace("\t", "    "))


def safe_json(text: str) -> str:
    """JSON text that says the same, with what is not safe to be seen as escapes."""
    # Outside a string JSON has nothing of it but a carriage return, which is white space.
    return _UNSAFE.sub(_json_escaped, text)


def _json_escaped(match: re.Match[str]) -> str:
    return " " if match[0] == "\r" else json.dumps(match[0])[1:-1]


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Ink(Enum):
    """What a piece of text is, for those who see colour."""

    STRONG = "1"
    FAINT = "2"
    ERROR = "31"
    WARNING = "33"
    INFO = "36"


class ReaderLeftError(Exception):
    """Whoever read the result has closed it, and nothing more is worth doing; that is no failure.

    ``status`` is what is known of the result by then.
    """

    def __init__(self, status: ExitStatus = ExitStatus.OK) -> None:
        super().__init__("nobody reads the result")
        self.status = status


class Terminal:
    """The streams of one run. Results go to ``out``, everything else to ``err``."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        # A process may be started without one of them: what it says is then lost.
        self.out = out or sys.stdout or io.StringIO()
        self.err = err or sys.stderr or io.StringIO()
        self.is_terminal = self.out.isatty()
        self._mask: Mask | None = None
        self.errors_as_json = False
        self.reader_left = False
        self._progress_shown = False
        self._held: list[str] | None = None
        self._keyboard = Keyboard()
        self.adjust()

    def adjust(self, quiet: bool = False, verbose: int = 0, colour: str | None = None) -> None:
        """Set how much is said and whether in colour (``auto``, ``always``, ``never``)."""
        self.quiet = quiet
        self.verbose = verbose
        self.colour = settings.colour_wanted(self.is_terminal, colour)
        self.colour_on_err = settings.colour_wanted(self.err.isatty(), colour)

    @property
    def mask(self) -> Mask:
        """The secrets that are masked in whatever this terminal writes."""
        if self._mask is None:
            from mcpx.masking import Mask

            self._mask = Mask()
        return self._mask

    def _masked(self, text: str) -> str:
        return text if self._mask is None else self._mask(text)

    @property
    def width(self) -> int:
        """Columns to fill: what the environment says, else the terminal's, else 80."""
        if asked := settings.columns():
            return asked
        if not self.is_terminal:
            return 80
        with contextlib.suppress(OSError, ValueError):
            return os.get_terminal_size(self.out.fileno()).columns or 80
        return shutil.get_terminal_size().columns

    @property
    def width_of_err(self) -> int:
        """Columns of the terminal that a person is asked at; 80 where that is not known."""
        with contextlib.suppress(OSError, ValueError):
            return os.get_terminal_size(self.err.fileno()).columns or 80
        return settings.columns() or 80

    def write(self, text: str) -> None:
        """Write a part of the result, masked.

        Raises ConfigError when the stream cannot take it. That its reader left is no error: it
        changes nothing of what there is to tell, and ``reader_left`` says so.
        """
        self._clear_progress()
        try:
            self.out.write(_encodable(self._masked(text), self.out))
            self.out.flush()
        except BrokenPipeError:
            self.reader_left = True
            # What is still to come goes nowhere, what Python writes at its end too.
            with contextlib.suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), self.out.fileno())
        except OSError as error:
            raise ConfigError(f"cannot write to standard output: {error.strerror}") from error

    def deliver(self, text: str, path: str | None) -> None:
        """Write a whole result to a file (``-`` or None: standard output)."""
        if path is None or path == "-":
            self.write(text)
        else:
            write_whole(Path(path), self._masked(text))
            self.note(f"wrote {path}")

    def note(self, text: str) -> None:
        """Tell the person something that is not the result; silent with ``--quiet``."""
        if not self.quiet:
            self._say(safe(text))

    def say(self, text: str) -> None:
        """Tell what has to be seen, also with ``--quiet``."""
        self._say(safe(text))

    def detail(self, text: str) -> None:
        """Tell what is being done; only with ``--verbose``."""
        if self.verbose:
            self._say(safe(text))

    def complain(self, error: McpxError, server: str = "") -> None:
        """Show an error with its details and its hint; as one line of JSON where that is wanted."""
        if self.errors_as_json:
            self._say(disarmed(json.dumps({"error": error.described(server)})))
            return
        self._say(self.paint("error:", Ink.ERROR, on_err=True) + " " + safe(error.message))
        for line in error.details:
            self._say("  " + safe(line))
        if error.hint:
            self._say(self.paint("hint:", Ink.INFO, on_err=True) + " " + safe(error.hint))

    def paint(self, text: str, ink: Ink, on_err: bool = False) -> str:
        """The text in colour, where the stream has colour."""
        if not (self.colour_on_err if on_err else self.colour):
            return text
        return f"\x1b[{ink.value}m{text}\x1b[0m"

    def console(self) -> Console:
        """A rich console that renders into memory as this terminal wants it."""
        from rich.console import Console

        return Console(
            file=io.StringIO(),
            force_terminal=self.colour,
            no_color=not self.colour,
            color_system="standard" if self.colour else None,
            width=self.width,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
        )

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """A line on stderr that says how far the work is: on a terminal, after 300 ms."""
        progress = Progress(self)
        try:
            yield progress
        finally:
            self._clear_progress()

    def ask(self, question: str) -> bool:
        """Ask for a yes on the terminal; no answer, end of input and anything else are a no."""
        self.err.write(_encodable(self.mask(safe(question)), self.err) + " [y/N] ")
        self.err.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def can_ask(self) -> bool:
        """Whether a person is there to answer."""
        return sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Hold back what else is said while a person reads and answers; what was typed is dropped.

        Nobody answers a question before it is there, and nothing of another origin stands in it.
        """
        self._clear_progress()
        self._keyboard.forget()
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for text in held:
                self._put(text)

    def show(self, text: str) -> None:
        """Put a line, made safe by the caller, before the person who is asked."""
        self._put(text)

    async def line(self, prompt: str) -> str | None:
        """The line that a person types after a prompt (made safe by the caller).

        None at the end of input. Other tasks go on; can be cancelled.
        """
        with contextlib.suppress(OSError, ValueError):
            self.err.write(_encodable(self._masked(prompt), self.err))
            self.err.flush()
        line: str | None = None
        try:
            line = await self._keyboard.line()
        finally:
            if line is None:
                self._put("")
        return line

    def _say(self, text: str) -> None:
        if self._held is None:
            self._put(text)
        elif len(self._held) < _MOST_HELD:
            self._held.append(text)
        elif len(self._held) == _MOST_HELD:
            self._held.append("(more was said meanwhile)")

    def _put(self, text: str) -> None:
        self._clear_progress()
        with contextlib.suppress(OSError, ValueError):
            self.err.write(_encodable(self._masked(text), self.err) + "\n")
            self.err.flush()

    def show_progress(self, text: str) -> None:
        """Replace the progress line."""
        if self._held is not None:
            return
        with contextlib.suppress(OSError, ValueError):
            shown = _encodable(self._masked(text), self.err)
            self.err.write("\r\x1b[2K" + shown[: self.width - 1])
            self.err.flush()
            self._progress_shown = True

    def _clear_progress(self) -> None:
        if self._progress_shown:
            self._progress_shown = False
            with contextlib.suppress(OSError, ValueError):
                self.err.write("\r\x1b[2K")
                self.err.flush()


class Keyboard:
    """Lines typed at standard input, read while the other tasks go on."""

    def __init__(self) -> None:
        self._typed = b""
        self._waiting: asyncio.Future[bytes] | None = None
        self._beside = False

    def forget(self) -> None:
        """Drop what was typed and not yet read; only a terminal can."""
        self._typed = b""
        with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
            import termios

            with contextlib.suppress(termios.error):
                termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

    async def line(self) -> str | None:
        """The next line without its end; None at the end of input."""
        while b"\n" not in self._typed and len(self._typed) < _LONGEST_LINE:
            piece = await self._piece()
            self._typed += piece
            if not piece:
                break
        if not self._typed:
            return None
        line, _, self._typed = self._typed.partition(b"\n")
        encoding = getattr(sys.stdin, "encoding", None) or "utf-8"
        return line.decode(encoding, "replace").removesuffix("\r")

    async def _piece(self) -> bytes:
        """What is there to read, waited for: by the loop where it can, else by a thread."""
        import asyncio

        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        try:
            descriptor = sys.stdin.fileno()
            loop.add_reader(descriptor, self._read, descriptor)
        except (OSError, ValueError, AttributeError, NotImplementedError):
            self._read_beside(loop)
            return await self._waiting
        try:
            return await self._waiting
        finally:
            loop.remove_reader(descriptor)

    def _read(self, descriptor: int) -> None:
        with contextlib.suppress(BlockingIOError):
            self._arrived(_read_some(descriptor))

    def _read_beside(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read in a thread that nothing waits for at the end of the process."""
        import threading

        def read() -> None:
            try:
                piece = _read_some(sys.stdin.fileno())
            except (OSError, ValueError, AttributeError):
                # No descriptor, and so no terminal: it is read at once.
                piece = sys.stdin.readline().encode() if sys.stdin else b""
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                loop.call_soon_threadsafe(self._arrived, piece)

        if not self._beside:
            self._beside = True
            threading.Thread(target=read, daemon=True).start()

    def _arrived(self, piece: bytes) -> None:
        self._beside = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(piece)
        else:
            self._typed += piece


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _LONGEST_LINE)
    except BlockingIOError:
        raise
    except OSError:
        return b""  # the terminal is gone


class Progress:
    """Receives what the work reports and shows the latest of it."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._wanted = terminal.err.isatty() and not terminal.quiet
        self._started = time.monotonic()
        self._text = ""

    def again(self) -> None:
        """Show the last text once more: somebody may have waited long enough by now."""
        if self._text:
            self(self._text)

    def __call__(self, text: str) -> None:
        """Show ``text`` if somebody watches and has waited long enough."""
        self._text = text
        if self._wanted and time.monotonic() - self._started > 0.3:
            self._terminal.show_progress(safe(text))


def _encodable(text: str, stream: TextIO) -> str:
    """The text with what the stream's encoding lacks shown as escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
