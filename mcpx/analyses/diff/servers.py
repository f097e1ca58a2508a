"""Servers that come or go where several are compared, and those that do not say the same twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mcpx.analyses.diff.changes import ABSENT, Change, ChangeRule
from mcpx.analyses.diff.values import quoted, same
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import Catalogue, Kind

SERVERS = (
    ChangeRule(
        "server-added",
        "There is a server that was not there before",
        Severity.INFO,
        "Nobody has looked at what it offers yet.",
        "Look at it with mcpx lint, and pin it with mcpx lock.",
        'old: {"servers": []}\nnew: {"servers": [{"server": "notes"}]}',
        trust=True,
        adds=True,
        mirror="server-removed",
    ),
    ChangeRule(
        "server-removed",
        "A server is not there any more",
        Severity.ERROR,
        "Every call of its tools fails.",
        "Take it out of what is compared, or of mcpx.lock, if it went for good.",
        'old: {"servers": [{"server": "notes"}]}\nnew: {"servers": []}',
        mirror="server-added",
    ),
    ChangeRule(
        "catalogue-unstable",
        "A server lists something else each time that it is asked",
        Severity.WARNING,
        "What differs from one listing to the next cannot be compared with an earlier one, and a"
        " pinned version of it never fits.",
        "Tell the server's author: the same things should be listed in the same words each time.",
        'old: {"tools": [{"name": "now", "description": "It is 12:00."}]}\n'
        'new: {"tools": [{"name": "now", "description": "It is 12:01."}]}',
        trust=True,
        alone="it is about one side, which differs from itself",
    ),
)
_RULES = {rule.id: rule for rule in SERVERS}


def server_added(server: str, version: str) -> Change:
    """The change that a server came."""
    subject = Subject("server", "", server)
    return Change(_RULES["server-added"], subject, f"{server} is new", "", ABSENT, version)


def server_removed(server: str, version: str) -> Change:
    """The change that a server went."""
    subject = Subject("server", "", server)
    return Change(_RULES["server-removed"], subject, f"{server} is gone", "", version, ABSENT)


# A kind of item, its key, and the member that differs; no member where all of it does.
Unstable = tuple[str, str, str]


def unstable(first: Catalogue, second: Catalogue) -> frozenset[Unstable]:
    """What two listings of one server tell in different ways."""
    found: set[Unstable] = set()
    for kind in Kind:
        before, after = ({one.key: one.raw for one in side.items(kind)} for side in (first, second))
        for key in before.keys() | after.keys():
            if key not in before or key not in after:
                found.add((kind.value, key, ""))
                continue
            was, now = before[key], after[key]
            found |= {
                (kind.value, key, name)
                for name in was.keys() | now.keys()
                if not same(was.get(name, ABSENT), now.get(name, ABSENT))
            }
    return frozenset(found)


def without_unstable(
    server: str, changes: Sequence[Change], parts: Collection[Unstable]
) -> list[Change]:
    """The changes but for those of what is unstable, which are told as one."""
    if not parts:
        return list(changes)
    told = [
        f"{quoted(key, 30)} ({quoted(name, 30)[1:-1]})" if name else quoted(key, 30)
        for _, key, name in sorted(parts)
    ]
    differs = "differs" if len(parts) == 1 else "differ"
    message = f"{listed(told)} {differs} from one listing to the next"
    change = Change(_RULES["catalogue-unstable"], Subject("server", "", server), message)
    return [change, *(one for one in changes if not _is_of(one, parts))]


def _is_of(change: Change, parts: Collection[Unstable]) -> bool:
    subject, member = change.subject, change.pointer.split("/")[1:2]
    return any((subject.kind, subject.key, name) in parts for name in ("", *member))
