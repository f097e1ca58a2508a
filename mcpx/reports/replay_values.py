"""The values of a replay's divergences as people read them: the innermost, where they part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.divergences import Kind
from mcpx.json_text import JsonTextError, parse_json
from mcpx.reports.json_text import dumps
from mcpx.reports.replayed import Diverged, Shown
from mcpx.reports.session_words import first_text
from mcpx.terminal import safe

# Of a value in a pipe and in Markdown, and of what stands before the first difference of two.
LONGEST = 160
_BEFORE = 12


def values_of(one: Diverged, most: int = LONGEST) -> str:
    """The values of a divergence that are worth seeing, as ``values`` has them."""
    return values(*seen(one.kind, one.recorded, one.live), most)


def seen(
    kind: Kind, recorded: Shown | None, live: Shown | None
) -> tuple[Shown | None, Shown | None]:
    """What is worth seeing of two values.

    Of whole results and of blocks what they say; nothing of definitions, whose changes are told
    in words.
    """
    if kind is Kind.CONTRACT:
        return None, None
    if kind in (Kind.OUTCOME, Kind.MISSING) or recorded is None or live is None:
        return _gist(recorded), _gist(live)
    return recorded, live


def _gist(shown: Shown | None) -> Shown | None:
    """What a whole result, an error or a block says: its text, or its message."""
    value = shown.value if shown is not None and not shown.cut else None
    if not isinstance(value, dict):
        return shown
    if value.get("type") == "text" and isinstance(value.get("text"), str):
        return Shown(value["text"])
    if isinstance(value.get("message"), str) and "code" in value:
        return Shown(f"{value['code']} {value['message']}")
    if text := first_text(value):
        return Shown(text)
    return Shown(value["structuredContent"]) if value.get("structuredContent") else shown


def values(before: Shown | None, after: Shown | None, most: int = LONGEST) -> str:
    """Recorded and live value, each so long at most, with where they part.

    Where only one is there, that one; empty for neither.
    """
    return " → ".join(filter(None, pair(before, after, most)))


def pair(before: Shown | None, after: Shown | None, most: int = LONGEST) -> tuple[str, str]:
    """Recorded and live value as text, empty for one that is not there."""
    texts = all(one is None or isinstance(one.value, str) for one in (before, after))
    recorded, live = (_written(one, texts) if one else "" for one in (before, after))
    if before is None or after is None:
        return cut(recorded, most), cut(live, most)
    start = _parting(recorded, live) if max(len(recorded), len(live)) > most else 0
    return _part(recorded, start, most), _part(live, start, most)


def _written(shown: Shown, unpacked: bool) -> str:
    """A value as text: JSON, but a string without its escapes; ``unpacked``: JSON in it as such."""
    value = shown.value
    if shown.cut:
        return f"{safe(str(value))}…"
    if not isinstance(value, str):
        return safe(dumps(value, ensure_ascii=False))
    if unpacked and (inner := _within(value)) is not None:
        return _written(replace(shown, value=inner), False)
    return f'"{safe(value)}"'


def _within(text: str) -> Any:
    """The object or list that a text is; None where it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return parse_json(text)
    except JsonTextError:
        return None


def _parting(recorded: str, live: str) -> int:
    """Where two texts begin to differ, with a little of what is before it."""
    alike = (place for place, (a, b) in enumerate(zip(recorded, live, strict=False)) if a != b)
    at = next(alike, min(len(recorded), len(live)))
    return at - _BEFORE if at > 2 * _BEFORE else 0


def _part(text: str, start: int, most: int) -> str:
    return ("…" if start else "") + cut(text[start:], most)


def cut(text: str, most: int) -> str:
    """A text of so many characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
