"""How far an interaction is, as its server says meanwhile; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Of the values that are kept: the last of them tells most.
_MOST = 1_000


@dataclass(slots=True)
class Advance:
    """The ``values`` of its progress, the last ``total``, and whether any was ``worded``.

    Source: specification 2025-11-25, basic/utilities/progress.
    """

    values: list[float] = field(default_factory=list)
    total: float | None = None
    worded: bool = False

    def told(self, params: Mapping[str, Any]) -> None:
        """The parameters of one more notification; one without a number says nothing."""
        value = _number(params.get("progress"))
        if value is None:
            return
        if len(self.values) >= _MOST:
            del self.values[0]
        self.values.append(value)
        total = _number(params.get("total"))
        self.total = self.total if total is None else total
        self.worded = self.worded or bool(params.get("message"))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
