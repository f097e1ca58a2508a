"""How one text became another, word by word, in a line."""

from __future__ import annotations

from difflib import SequenceMatcher

from mcpx.analyses.diff.values import folded, quoted, told_apart
from mcpx.analyses.folding import as_read

# Of what stands between equal beginnings and ends, so many words are compared.
_MOST_WORDS = 200
# A text of which less stays has been written anew.
_LEAST_KEPT = 0.4
_SHOWN = 30


def wording(before: str, after: str) -> str:
    """What changed from one text to another: ``says 'all' instead of 'some'``.

    At most 60 characters are of the texts themselves.
    """
    old, new = folded(before).split(" "), folded(after).split(" ")
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    kept = start + end
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if not old or not new or _looks(old) == _looks(new):
        return _edit(old, new)
    if len(old) > _MOST_WORDS or len(new) > _MOST_WORDS:
        return f"is written anew: {quoted(' '.join(new), _SHOWN)}"
    edits = [
        (one[1:3], one[3:5])
        for one in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if one[0] != "equal"
    ]
    gone = sum(end - begin for (begin, end), _ in edits)
    if gone > 1 and kept + len(old) - gone < _LEAST_KEPT * (kept + len(old)):
        return f"is written anew: {quoted(' '.join(new), _SHOWN * 2)}"
    (first, last), (begin, stop) = edits[0]
    told = _edit(old[first:last], new[begin:stop])
    more = len(edits) - 1
    return f"{told}, and {more} more {'edit' if more == 1 else 'edits'}" if more else told


def _looks(words: list[str]) -> str:
    return folded(as_read(" ".join(words)))


def _common(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    least = min(len(one), len(other))
    return next((place for place in range(least) if one[place] != other[place]), least)


def _edit(old: list[str], new: list[str]) -> str:
    gone, come = " ".join(old), " ".join(new)
    if not gone:
        return f"adds {quoted(come, _SHOWN * 2)}"
    if not come:
        return f"no longer says {quoted(gone, _SHOWN * 2)}"
    one, other = told_apart(gone, come, _SHOWN)
    return f"says {other} instead of {one}"
