"""A session file that is read while it is being written."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mcpx.errors import ConfigError
from mcpx.sessions.destinations import PART
from mcpx.sessions.events import Ended, Event, Header
from mcpx.sessions.read_lines import LineError, line_text, read_event, read_header
from mcpx.sessions.reading import LONGEST_LINE

# Seconds between two looks at whether there is more.
PAUSE = 0.2


class Following:
    """A session file that grows, and its events as they come; one that is complete ends at once.

    A file that is not complete yet has ``.part`` after its name, and loses that at its end: it is
    the same file all the same. Raises ConfigError when there is none of either name.
    """

    def __init__(self, source: str) -> None:
        whole = source.removesuffix(PART)
        self._file = _opened(whole + PART, whole)
        self.path = self._file.name
        self._rest = b""
        try:
            line = self._line()
            while line is None:
                line = self._line()
            self.header: Header = read_header(line_text(line))[0]
        except (LineError, ConfigError) as error:
            self._file.close()
            hint = error.hint if isinstance(error, ConfigError) else ""
            raise ConfigError(f"{self.path}: {error}", hint=hint) from error
        except KeyboardInterrupt:
            self._file.close()
            raise

    def __iter__(self) -> Iterator[Event]:
        """Events until the recording ends, or its file is gone. Raises ConfigError."""
        number = 2
        with self._file:
            while True:
                gone = os.fstat(self._file.fileno()).st_nlink == 0
                try:
                    line = self._line(wait=not gone)
                    if line is None:
                        if gone:
                            return
                        continue
                    event, _ = read_event(line, number) if line.strip() else (None, [])
                except (LineError, ConfigError) as error:
                    raise ConfigError(f"{self.path}, line {number}: {error}") from error
                number += 1
                if event is not None:
                    yield event
                if isinstance(event, Ended):
                    return

    def _line(self, wait: bool = True) -> bytes | None:
        """The next line without its end; None when it is not whole yet, after a while."""
        piece = self._file.readline(LONGEST_LINE + 1)
        if len(self._rest) + len(piece) > LONGEST_LINE:
            raise ConfigError(f"a line is longer than {LONGEST_LINE} bytes")
        self._rest += piece
        if not self._rest.endswith(b"\n"):
            if wait:
                time.sleep(PAUSE)
            return None
        line, self._rest = self._rest, b""
        return line


def _opened(part: str, whole: str) -> BinaryIO:
    """The file by the first of its names that there is."""
    for path in (part, whole):
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                raise ConfigError(f"{path}: not a regular file, not read")
            return open(path, "rb")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}") from error
        except ValueError as error:
            raise ConfigError(f"cannot read {path}: no file can have that name") from error
    raise ConfigError(
        f"cannot read {whole}: no such file, nor {part}",
        hint="it is there as soon as mcpx record has started",
    )
