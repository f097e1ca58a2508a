"""Whether a request asks what a recorded one asked, and where the two differ; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mcpx.serving.mock.tape.takes import Take, asked_of, plain
from mcpx.sessions import marked_texts
from mcpx.sessions.json_strings import pointer

# Of places where two requests differ.
_MOST = 100
_DEEPEST = 60


def fits(take: Take, params: Mapping[str, Any]) -> bool:
    """Whether a take asks the same; what was masked in it may have been anything."""
    return next(differences(take.asked, asked_of(params)), None) is None


def nearest(
    takes: Sequence[Take], method: str, name: str, params: Mapping[str, Any]
) -> tuple[Take | None, str]:
    """The take that comes nearest to a request, and a pointer to where it differs first.

    None where nothing of the same method is recorded. Of those of the same name the one that
    differs in the fewest places.
    """
    of_method = [take for take in takes if take.method == method]
    near = [take for take in of_method if take.name == name] or of_method
    asked = asked_of(params)
    best: tuple[Take | None, list[str]] = (None, [])
    for take in near:
        places = list(islice(differences(take.asked, asked), _MOST))
        if best[0] is None or len(places) < len(best[1]):
            best = take, places
    return best[0], next(iter(best[1]), "")


def differences(recorded: Any, live: Any) -> Iterator[str]:
    """Pointers to where two values differ, at most so deep as anybody writes them."""
    return (pointer(path) for path in _differences(plain(recorded), plain(live), ()))


def _differences(
    recorded: Any, live: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    if len(path) < _DEEPEST and isinstance(recorded, dict) and isinstance(live, dict):
        for name in sorted(recorded.keys() | live.keys()):
            if name in recorded and name in live:
                yield from _differences(recorded[name], live[name], (*path, name))
            else:
                yield (*path, name)
    elif len(path) < _DEEPEST and isinstance(recorded, list) and isinstance(live, list):
        for number, (one, other) in enumerate(zip(recorded, live, strict=False)):
            yield from _differences(one, other, (*path, number))
        if len(recorded) != len(live):
            yield (*path, min(len(recorded), len(live)))
    elif not _equal(recorded, live):
        yield path


def _equal(recorded: Any, live: Any) -> bool:
    if isinstance(recorded, str) and isinstance(live, str):
        return marked_texts.fits(recorded, live)
    return type(recorded) is type(live) and bool(recorded == live)
