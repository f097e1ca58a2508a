"""The report of a mock: a file of JSON lines that says what clients missed and left (``--report``).

A line is there as soon as it has happened, so that the report may be read while the mock runs, and
holds what was missed when somebody kills it. Any number of mocks may append to one file.

::

    {"k":"start"}
    {"k":"miss","method":"tools/call","name":"search","text":"...","number":12,"pointer":"/a"}
    {"k":"end","unused":[{"number":14,"method":"tools/call","name":"create_item"}]}
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from mcpx.errors import ConfigError
from mcpx.serving.mock.playing.misses import Miss


@dataclass(frozen=True, slots=True)
class Unused:
    """A recorded request that no client made."""

    number: int
    method: str
    name: str


class Report:
    """A report that is written. What cannot be written is lost, and harms no client."""

    def __init__(self, path: Path) -> None:
        """Open the file, and say that a mock was started. Raises ConfigError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            self._descriptor = os.open(path, flags, 0o666)
        except OSError as error:
            raise ConfigError(f"cannot write {path}: {error.strerror}") from error
        self._put({"k": "start"})

    def missed(self, miss: Miss) -> None:
        """A client asked what has no answer."""
        self._put({"k": "miss", **asdict(miss)})

    def ended(self, unused: Iterable[Unused]) -> None:
        """The mock ends, and these requests were not made."""
        self._put({"k": "end", "unused": [asdict(one) for one in unused]})
        os.close(self._descriptor)

    def _put(self, record: dict[str, Any]) -> None:
        # At once: lines of several mocks never mix.
        with contextlib.suppress(OSError):
            os.write(self._descriptor, json.dumps(record).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Use:
    """What clients made of all mocks of one report.

    ``running`` counts those that have not ended, or were killed. ``unused`` is what none of the
    others was asked for.
    """

    started: int = 0
    running: int = 0
    misses: tuple[Miss, ...] = ()
    unused: tuple[Unused, ...] = ()

    @classmethod
    def of(cls, path: Path) -> Self:
        """What a report says until now; nothing where it has not begun."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        # The last line may still be coming.
        records = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        started, misses, left = 0, [], []
        for record in records:
            match record.pop("k"):
                case "start":
                    started += 1
                case "miss":
                    misses.append(Miss(**record))
                case "end":
                    left.append([Unused(**one) for one in record["unused"]])
        unused = [one for one in left[0] if all(one in others for others in left)] if left else []
        return cls(started, started - len(left), tuple(misses), tuple(unused))
