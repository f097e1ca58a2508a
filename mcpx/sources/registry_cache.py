"""What registries answered, kept for an hour and more; a lost or broken file costs nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcpx import settings
from mcpx.errors import ConfigError
from mcpx.files import locked, write_whole
from mcpx.servers import canonical_json
from mcpx.sources.fetch import values_in

# Seconds. Consumers are asked to come at most about hourly (docs/registry/registry-aggregators).
FRESH = 3600.0
# An answer is brought up to date by what changed for so long, then taken anew.
WHOLE = 24 * 3600.0
KEPT_FOR = 30 * 24 * 3600.0
LARGEST = 64 * 1024 * 1024
# JSON values of an answer; an old one and a new one may be in memory together.
MOST_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: its value, when it was last asked for and when it was last taken whole.

    Times are in seconds since 1970. ``most`` is how many entries were asked for; 0 when the
    answer is not a listing or is complete.
    """

    value: Any
    asked: float
    whole: float
    most: int = 0


class Cache:
    """Answers by what was asked, each in a private file."""

    def __init__(self, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self._folder = folder or settings.cache_folder() / "registry"
        self.now = now

    def read(self, question: object) -> Kept | None:
        """The answer to a question, if it was kept; it may be old."""
        try:
            path = self._path(question)
            if path.stat().st_size > LARGEST:
                return None
            text = path.read_bytes()
            # What is in the file besides the answer counts too: it is little.
            if values_in(text) > MOST_VALUES:
                return None
            document = json.loads(text)
            if document["version"] != 1 or document["question"] != question:
                return None
            asked, whole = float(document["asked"]), float(document["whole"])
            kept = Kept(document["value"], asked, whole, int(document["most"]))
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return kept if 0 < whole <= asked <= self.now() else None

    def write(self, question: object, kept: Kept) -> None:
        """Keep the answer to a question, and forget the answers that nobody asked for again."""
        path = self._path(question)
        document = {
            "version": 1,
            "question": question,
            "asked": kept.asked,
            "whole": kept.whole,
            "most": kept.most,
            "value": kept.value,
        }
        with contextlib.suppress(ConfigError, OSError, RecursionError):
            with locked(path, patience=0.2):
                write_whole(path, json.dumps(document), private=True)
            for other in self._folder.glob("*.json*"):
                if self.now() - other.stat().st_mtime > KEPT_FOR:
                    other.unlink(missing_ok=True)

    def _path(self, question: object) -> Path:
        digest = hashlib.sha256(canonical_json(question).encode()).hexdigest()
        return self._folder / f"{digest[:32]}.json"


def age(seconds: float) -> str:
    """How long ago something was, in words."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {word}{'' if number == 1 else 's'}"
    return "less than a minute"
