"""What the marker ``mcpx`` says of a test: its session, the server of that, and options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcpx.shipped.testing.failing import fail
from mcpx.shipped.testing.mock_options import check

Target = str | Sequence[str]
# Where the sessions lie whose marker names no file, beside the file with their tests.
FOLDER = "sessions"
_SIGNS = re.compile(r"[^\w.-]+")
_EXAMPLE = '@pytest.mark.mcpx("session.jsonl", target="demo:tickets")'


@dataclass(frozen=True, slots=True)
class Mark:
    """One marker. ``options`` are those of ``mcpx mock``, with ``_`` for ``-``.

    The files that it names are those of their names in the folder of the test. ``test`` is the test
    as one names it to pytest.
    """

    session: Path
    target: Target | None
    options: Mapping[str, object]
    test: str = ""


def mark_of(node: pytest.Item) -> Mark:
    """The marker nearest to a test. Fails the test for none, and for what it must not say."""
    marker = node.get_closest_marker("mcpx")
    if marker is None:
        fail(f"{node.name} has no marker that names its session", hint=_EXAMPLE)
    named = dict(marker.kwargs)
    file, target = named.pop("file", None), named.pop("target", None)
    match marker.args:
        case []:
            pass
        case [only] if file is None:
            file = only
        case _:
            fail("the marker mcpx takes one file; the rest goes by name", hint=_EXAMPLE)
    if not isinstance(file, str | Path | None) or not _is_target(target):
        fail("the marker mcpx takes a file, and as target a text or a list of words", hint=_EXAMPLE)
    # In the test's own folder, wherever pytest and the client under test were started.
    folder = node.path.parent
    if isinstance(faults := named.get("faults"), str | Path):
        named["faults"] = folder / faults
    check(named)
    return Mark(folder / (file or _named_after(node)), target, named, node.nodeid)


def _is_target(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(word, str) for word in value)
    return value is None or (isinstance(value, str) and bool(value))


def _named_after(node: pytest.Item) -> Path:
    kept = _SIGNS.sub("-", node.name).strip("-.")
    return Path(FOLDER) / node.path.stem / f"{kept}.jsonl"


def option_words(options: Mapping[str, object]) -> list[str]:
    """Options given by name as words of a command line: ``fail_on="error"`` is ``--fail-on=error``.

    True is the option alone, a list is the option with each of its values, None and False nothing.
    """
    words: list[str] = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        for one in value if isinstance(value, list | tuple) else [value]:
            if one is True:
                words.append(option)
            elif one is not None and one is not False:
                words.append(f"{option}={one}")
    return words
