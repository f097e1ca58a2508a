"""Replays of a test's session: against what, by which options, and what came of it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcpx.shipped.testing.children import error_of, run
from mcpx.shipped.testing.failing import fail
from mcpx.shipped.testing.marks import Mark, Target, option_words
from mcpx.shipped.testing.targets import as_word

# Of a value, in characters.
_LONGEST = 80
# For how many seconds a replay may take, where no others are given.
_SECONDS = 600.0
# What may differ each time, and can be left out.
_VOLATILE = ("changed", "added", "order", "error-text")
# What becomes of a request that names something of an earlier answer which has another name now.
_REFUSED = ("outcome", "error-class")
# What a replay says on stderr where --update would mend what differs.
_ACCEPTABLE = rb"^to accept it:"


@dataclass(frozen=True, slots=True)
class Divergence:
    """One thing that the live server did otherwise.

    ``kind`` is its class (``changed``, ``missing``, ...; ``mcpx rules replay-``), ``severity``
    error, warning or info. ``event`` is the number of the event that asked, as ``mcpx session
    show`` has it; ``method`` and ``name`` are what was asked, empty where nothing was; ``pointer``
    is where in the answer (RFC 6901), ``recorded`` and ``live`` are the values there, None where
    there is none; ``message`` says it in a sentence.
    """

    kind: str
    severity: str
    event: int
    method: str
    name: str
    pointer: str
    recorded: Any
    live: Any
    message: str

    def __str__(self) -> str:
        asked = " ".join(filter(None, (self.method, self.name))) or "the connection"
        said = self.message
        if self.recorded is not None and self.live is not None:
            said = f"{_shown(self.recorded)} became {_shown(self.live)}"
        event = f"event {self.event}: " if self.event else ""
        place = f"{asked} {self.pointer}".rstrip()
        return f"{event}{place}: {said} [{self.kind}, {self.severity}]"


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a replay. ``document`` is what ``mcpx replay --json`` says (``schema replay``).

    ``ok``: nothing diverged that fails a replay (``fail_on=``).
    """

    ok: bool
    divergences: Sequence[Divergence]
    document: dict[str, Any] = field(repr=False)


class Replaying:
    """What a test has of ``mcpx_replay``."""

    def __init__(self, mark: Mark) -> None:
        self._mark = mark

    def __call__(
        self,
        target: Target | None = None,
        *,
        check: bool = True,
        seconds: float = _SECONDS,
        **options: object,
    ) -> Replay:
        """Repeat the session against a server, and compare what it answers with what it did.

        ``target`` is a word as for ``--against``, or the words of a command line; else that of the
        marker, else the recorded one. ``options`` are those of ``mcpx replay``, with ``_`` for
        ``-``. ``check``: what diverges fails the test. So does a replay that takes longer than
        ``seconds``.
        """
        __tracebackhide__ = True
        session, against = self._mark.session, target or self._mark.target
        if not session.is_file():
            fail(
                f"there is no session {session}",
                hint="a test with mcpx_mock records it: pytest --mcpx-record once",
            )
        words = option_words(options)
        if against is not None:
            words += ["--against", as_word(against)]
        try:
            done = run(["replay", str(session), "--json", *words], seconds)
        except subprocess.TimeoutExpired:
            fail(
                f"{session.name} was not replayed within {seconds:g} s",
                hint="mcpx_replay(seconds=...) gives it longer",
            )
        replay = _read(done, session.name)
        if check and not replay.ok:
            worse = [one for one in replay.divergences if one.severity != "info"]
            told = worse or replay.divergences
            command = shlex.join(["mcpx", "replay", _near(session), *words])
            hint = "\n".join(_hints(told, command, done.stderr))
            fail(f"the server no longer answers as {session.name} says", map(str, told), hint)
        return replay


def _near(path: Path) -> str:
    """A file as one names it from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _hints(told: Sequence[Divergence], command: str, noted: bytes) -> Iterator[str]:
    """What can be done about what differs; ``command`` is the replay on the command line.

    ``noted`` is what the replay said besides: whether another answer would mend it, it knows best.
    """
    example = next((one for one in told if one.kind in _VOLATILE and one.pointer), None)
    if example is not None:
        scope = example.method + (f"[{example.name}]" if example.name else "")
        places = repr([f"{scope} {example.pointer}"])
        yield f"what differs each time: mcpx_replay(ignore={places}), or once {command} --learn"
    if any(one.kind in _REFUSED for one in told):
        yield "what requests take from earlier answers: mcpx_replay(bind=['POINTER -> POINTER'])"
    if re.search(_ACCEPTABLE, noted, re.MULTILINE):
        yield f"to accept it: {command} --update"


def _read(done: subprocess.CompletedProcess[bytes], name: str) -> Replay:
    """What a replay says. Fails the test for one that came to nothing, and says why."""
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = None
    if document is None or done.returncode not in (0, 1):
        message, hint = error_of(done.stderr)
        fail(f"{name} cannot be replayed: {message}", hint=hint)
    if document.get("format") != "mcpx.replay":
        fail(f"{name} was not replayed", hint="dry_run=, format= and learn= are for the shell")
    divergences = tuple(
        Divergence(
            kind=one["kind"],
            severity=one["severity"],
            event=interaction["number"],
            method=interaction["method"] or "",
            name=interaction["name"] or "",
            pointer=one["pointer"],
            recorded=one.get("recorded"),
            live=one.get("live"),
            message=one["message"],
        )
        for interaction in document["interactions"]
        for one in interaction["divergences"]
    )
    return Replay(done.returncode == 0, divergences, document)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
