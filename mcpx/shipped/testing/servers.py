"""The server that a test has of ``mcpx_mock``: a mock that plays a session, or what records one."""

from __future__ import annotations

import shlex
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mcpx.errors import ExitStatus
from mcpx.shipped.testing.children import MCPX, Listener, error_of, run
from mcpx.shipped.testing.failing import fail, said
from mcpx.shipped.testing.marks import Mark, option_words
from mcpx.shipped.testing.mock_options import needs_http
from mcpx.terminal import counted

if TYPE_CHECKING:
    from mcpx.serving.mock.report import Use
    from mcpx.shipped.testing.targets import Reached

# For how many seconds what the client has left may take to end once the test is over.
_UNTIL_ENDED = 10.0
# For how many seconds a mock that nobody asks anything may run.
_UNTIL_SAID = 60.0
_PAUSE = 0.01


def server(mark: Mark, folder: Path, record: bool) -> Server:
    """The server of a test, which starts nothing by itself; ``folder`` is its own, and empty.

    Fails the test when there is nothing to play, or nothing to record.
    """
    return Recorded(mark, folder) if record else Mock(mark, folder)


class Server(ABC):
    """A server for the client under test, on stdio or at a URL."""

    def __init__(self, mark: Mark, folder: Path) -> None:
        self._mark = mark
        self._folder = folder
        self._listener: Listener | None = None

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """The command line of it on stdio, for whatever starts servers: program and arguments."""

    @property
    def url(self) -> str:
        """Where it listens on this machine; it is started when this is first asked for."""
        if self._listener is None:
            self._listener = Listener(self._listening(), self._folder / "said.log")
        return self._listener.url()

    @property
    def path(self) -> Path:
        """The session file."""
        return self._mark.session

    @property
    def misses(self) -> list[str]:
        """What was asked until now and the session has no answer for, a sentence each."""
        return []

    @abstractmethod
    def _listening(self) -> list[str]:
        """The words for ``mcpx`` that make it listen."""

    def stop(self) -> None:
        """End what listens."""
        if self._listener is not None:
            self._listener.end()

    def complaint(self) -> str:
        """What to say where a test fails: why it may have, as far as it was here; else nothing."""
        return ""

    @abstractmethod
    def finish(self) -> None:
        """Judge a test that has passed until now, when it is over. Fails it, if need be."""


class Mock(Server):
    """Plays the session, as often as it is started."""

    def __init__(self, mark: Mark, folder: Path) -> None:
        super().__init__(mark, folder)
        if not mark.session.is_file():
            fail(
                f"there is no session {mark.session}",
                hint=f"pytest --mcpx-record once records what is missing{self._if_it_can_be()}",
            )
        self._report = folder / "report.jsonl"
        self._options = dict(mark.options)
        # That is judged here: what one start leaves, another may use.
        self._requires_all = bool(self._options.pop("require_all", False))
        self._handed_out = False

    def _words(self) -> list[str]:
        # What was missed is told once, by the test.
        return [*self._playing(), "--quiet", "--report", str(self._report)]

    def _playing(self) -> list[str]:
        return ["mock", str(self.path), *option_words(self._options)]

    @property
    def command(self) -> list[str]:
        """The command line of the mock on stdio."""
        if needs_http(self._options):
            faults = self._options["faults"]
            fail(f"{faults}: a status needs HTTP", hint="give the client mcpx_mock.url")
        self._handed_out = True
        return [*MCPX, *self._words()]

    def _listening(self) -> list[str]:
        return [*self._words(), "--http", "0"]

    @property
    def misses(self) -> list[str]:
        """What was asked until now and the session has no answer for, a sentence each."""
        return [miss.text for miss in self._use().misses]

    def _use(self) -> Use:
        from mcpx.serving.mock.report import Use

        return Use.of(self._report)

    def complaint(self) -> str:
        """What was missed; why the mock did not start, where it could not."""
        use = self._use()
        if use.misses:
            return said(
                f"{counted(len(use.misses), 'request')} without an answer in {self.path.name}",
                [miss.text for miss in use.misses],
                self._recorded_anew(),
            )
        return "" if use.started or not self._handed_out else self._why_not()

    def _why_not(self) -> str:
        """What a mock says that ends before it reads anything; it is asked once more."""
        try:
            done = run(self._playing(), _UNTIL_SAID)
        except subprocess.TimeoutExpired:
            return ""
        if done.returncode in (ExitStatus.OK, ExitStatus.FINDINGS):
            return ""
        message, hint = error_of(done.stderr)
        return said(f"no mock of {self.path.name} can start: {message}", hint=hint)

    def _recorded_anew(self) -> str:
        words = shlex.join(["pytest", *filter(None, [self._mark.test]), "--mcpx-record", "all"])
        return f"{words} records it anew" + self._if_it_can_be()

    def _if_it_can_be(self) -> str:
        return "" if self._mark.target else ", once its marker has a target="

    def finish(self) -> None:
        """Fail the test for what was missed, and for what was not used where all has to be."""
        if complaint := self.complaint():
            pytest.fail(complaint, pytrace=False)
        if self._requires_all:
            self._require_all()

    def _require_all(self) -> None:
        _wait(lambda: not self._use().running)
        use, name = self._use(), self.path.name
        if use.running or not use.started:
            why = "was not started" if not use.started else "was killed before it could say so"
            fail(f"all of {name} has to be used, and its mock {why}")
        if use.unused:
            left = [f"event {one.number}: {one.method} {one.name}".rstrip() for one in use.unused]
            fail(f"{counted(len(left), 'answer')} of {name} not used", left)


class Recorded(Server):
    """The real server, recorded; the recording takes the place of the session file at the end."""

    def __init__(self, mark: Mark, folder: Path) -> None:
        super().__init__(mark, folder)
        if mark.target is None:
            fail(
                f"nobody says from which server {mark.session.name} is recorded",
                hint=f'@pytest.mark.mcpx("{mark.session.name}", target="demo:tickets")',
            )
        from mcpx.shipped.testing.targets import as_word, reached

        self._named = as_word(mark.target)
        self._target: Reached = reached(mark.target)
        self._handed_out = False

    @property
    def command(self) -> list[str]:
        """The command line of the server, behind that which records it."""
        if not self._target.command:
            fail(
                f"target={self._named} is reached by URL, and is recorded there",
                hint="give the client mcpx_mock.url, or name the command of a server in target=",
            )
        self._handed_out = True
        return [*MCPX, "record", "-o", f"{self._folder}/", "--", *self._target.command]

    def _listening(self) -> list[str]:
        if not self._target.url:
            fail(
                f"target={self._named} is started on stdio, and is recorded there",
                hint="give the client mcpx_mock.command, or start the server yourself and name its"
                " URL in target=",
            )
        return ["record", "-o", f"{self._folder}/", "--http", self._target.url]

    def finish(self) -> None:
        """Keep the recording. Fails the test when there is none, or two."""
        from mcpx.shipped.testing.recordings import found, keep, whole

        # What a client has only just started may not have its file yet.
        _wait(lambda: whole(self._folder) and bool(found(self._folder) or not self._handed_out))
        keep(self._folder, self.path)


def _wait(over: Callable[[], bool]) -> None:
    late = time.monotonic() + _UNTIL_ENDED
    while not over() and time.monotonic() < late:
        time.sleep(_PAUSE)
