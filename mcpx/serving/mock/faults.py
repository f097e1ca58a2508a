"""What a mock does wrong on purpose, and which requests meet it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from mcpx.json_rpc import members


class Kind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"  # the answer comes later
    DROP = "drop"  # there is none
    MALFORMED = "malformed"  # it breaks off in the middle of its JSON
    STATUS = "status"  # refused by its HTTP status
    EXIT = "exit"  # the server ends
    CLOSE = "close"  # the connection ends: standard output, or that of the request


@dataclass(frozen=True, slots=True)
class Fault:
    """One: ``number`` is its seconds, HTTP status or exit status.

    ``retry_after`` are the seconds that a status tells to wait, None for none.
    """

    kind: Kind
    number: float = 0
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault, and the requests that meet it.

    ``method`` and ``tool`` are patterns with ``*`` and ``?``, empty for any; ``nth`` is which of
    these requests it is alone, from 1 (0: each).
    """

    fault: Fault
    method: str = ""
    tool: str = ""
    nth: int = 0

    def matches(self, method: str, tool: str) -> bool:
        """Whether such a request counts; ``tool`` is empty for what is no call."""
        by_method = not self.method or fnmatchcase(method, self.method)
        return by_method and (not self.tool or (bool(tool) and fnmatchcase(tool, self.tool)))


class Faults:
    """The rules of a file, with how often each has matched, whoever asked."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._counts = [0] * len(self.rules)
        self._met: set[int] = set()

    def met(self, message: Mapping[str, Any]) -> Fault | None:
        """The fault that a request meets, by the first rule that it fulfils; None for none."""
        method = message.get("method")
        name = members(message.get("params")).get("name")
        called = name if method == "tools/call" and isinstance(name, str) else ""
        found = None
        for at, rule in enumerate(self.rules):
            if isinstance(method, str) and rule.matches(method, called):
                self._counts[at] += 1
                if found is None and rule.nth in (0, self._counts[at]):
                    found = rule.fault
                    self._met.add(at)
        return found

    @property
    def unmet(self) -> list[int]:
        """The rules, by their places, that no request has met."""
        return [at for at in range(len(self.rules)) if at not in self._met]

    @property
    def needs_http(self) -> bool:
        """Whether a rule has no meaning over stdio."""
        return any(rule.fault.kind is Kind.STATUS for rule in self.rules)
