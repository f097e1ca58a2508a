"""Replays of a test's session: against what, by which options, and what came of it."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mcpx.shipped.testing.children import MCPX
from mcpx.shipped.testing.failing import fail
from mcpx.shipped.testing.marks import Mark, Target, option_words
from mcpx.shipped.testing.targets import as_word

# Of a value, in characters.
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Divergence:
    """One thing that the live server did otherwise.

    ``kind`` is its class (``changed``, ``missing``, ...; ``mcpx rules replay-``), ``severity``
    error, warning or info. ``method`` and ``name`` are what was asked, empty where nothing was;
    ``pointer`` is where in the answer (RFC 6901), ``recorded`` and ``live`` are the values there,
    None where there is none; ``message`` says it in a sentence.
    """

    kind: str
    severity: str
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
        return f"{asked} {self.pointer}".rstrip() + f": {said} [{self.kind}]"


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
        self, target: Target | None = None, *, check: bool = True, **options: object
    ) -> Replay:
        """Repeat the session against a server, and compare what it answers with what it did.

        ``target`` is a word as for ``--against``, or the words of a command line; else that of the
        marker, else the recorded one. ``options`` are those of ``mcpx replay``, with ``_`` for
        ``-``. ``check``: what diverges fails the test.
        """
        __tracebackhide__ = True
        session, against = self._mark.session, target or self._mark.target
        if not session.is_file():
            fail(
                f"there is no session {session}",
                hint="a test with mcpx_mock records it: pytest --mcpx-record once",
            )
        words = ["replay", str(session), "--json", *option_words(options)]
        if against is not None:
            words += ["--against", as_word(against)]
        done = subprocess.run(
            [*MCPX, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        replay = _read(done, session.name)
        if check and not replay.ok:
            worse = [one for one in replay.divergences if one.severity != "info"]
            told = map(str, worse or replay.divergences)
            fail(f"the server no longer answers as {session.name} says", told)
        return replay


def _read(done: subprocess.CompletedProcess[bytes], name: str) -> Replay:
    """What a replay says. Fails the test for one that came to nothing, and says why."""
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = None
    if document is None or done.returncode not in (0, 1):
        message, hint = _error(done.stderr.decode("utf-8", "replace"))
        fail(f"{name} cannot be replayed: {message}", hint=hint)
    divergences = tuple(
        Divergence(
            kind=one["kind"],
            severity=one["severity"],
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


def _error(said: str) -> tuple[str, str]:
    """The message and the hint of the error that a command told as JSON, else all it said."""
    for line in reversed(said.splitlines()):
        with contextlib.suppress(ValueError, TypeError, KeyError):
            error = json.loads(line)["error"]
            return error["message"], error["hint"] or ""
    return said.strip() or "it said nothing", ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
