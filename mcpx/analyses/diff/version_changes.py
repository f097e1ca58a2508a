"""Whether a server's version says what its changes do to callers."""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.analyses.diff.changes import ABSENT, Bump, Change
from mcpx.analyses.diff.server_rules import SERVER_CHANGES
from mcpx.analyses.diff.values import quoted
from mcpx.analyses.finding import Subject
from mcpx.version_order import ranked

_RULES = {rule.id: rule for rule in SERVER_CHANGES}
# From here on a first number is a year.
_YEARS = 1000


def version_changes(server: str, old: str, new: str, bump: Bump) -> Iterator[Change]:
    """Changes of a server's version from ``old`` to ``new``, either empty when unknown.

    ``bump`` is the most that the other changes ask for. The caller knows which version counts:
    that of the package, or what the server says of itself.
    """
    if not old and not new:
        return
    if old == new:
        if bump is Bump.MAJOR:
            yield _change(server, "not-bumped", f"breaks callers and still is {_v(new)}", old, new)
        return
    ranks = ranked(old.strip(), new.strip())
    if ranks is not None and ranks[1].key < ranks[0].key:
        yield _change(server, "decreased", f"version {_v(new)} comes after {_v(old)}", old, new)
        return
    if old and new:
        message = f"version {_v(new)} instead of {_v(old)}"
    else:
        message = f"says that it is version {_v(new)}" if new else "no longer says its version"
    yield _change(server, "changed", message, old, new)
    if bump is not Bump.MAJOR or ranks is None:
        return
    before, after = (_major(one.numbers) for one in ranks)
    if before == after and before[0] < _YEARS:
        message = f"breaks callers, and version {_v(new)} does not say so after {_v(old)}"
        rule = _RULES["server-major-not-bumped"]
        subject = Subject("server", "", server)
        yield Change(rule, subject, message, "/server_info/version", old, new)


def _change(server: str, way: str, message: str, old: str, new: str) -> Change:
    return Change(
        _RULES[f"server-version-{way}"],
        Subject("server", "", server),
        message,
        "/server_info/version",
        old or ABSENT,
        new or ABSENT,
    )


def _v(version: str) -> str:
    return quoted(version, 30)[1:-1]


def _major(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers that may not stay when callers break: up to the first that is not 0."""
    whole = (*numbers, 0, 0, 0)[:3]
    place = next((place for place, one in enumerate(whole) if one), 2)
    return whole[: place + 1]
