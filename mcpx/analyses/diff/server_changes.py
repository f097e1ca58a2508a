"""What changed in a server as a whole: who it says it is, instructions, protocol, order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mcpx.analyses.diff.capability_changes import capability_changes
from mcpx.analyses.diff.changes import ABSENT, Absent, Change
from mcpx.analyses.diff.members import other_change, text_changes
from mcpx.analyses.diff.server_rules import SERVER_CHANGES
from mcpx.analyses.diff.values import called, member, pointer, quoted, told_apart
from mcpx.analyses.finding import Subject, listed
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.servers import Era

_RULES = {rule.id: rule for rule in SERVER_CHANGES}
_MEMBERS = {
    "title": "server-title-changed",
    "description": "server-description-changed",
    "websiteUrl": "server-website-changed",
    "icons": "server-icons-changed",
}


def server_changes(old: Catalogue, new: Catalogue, server: str = "") -> Iterator[Change]:
    """Changes of a server, apart from its items and its version (``version_changes``).

    Pointers lead into the catalogue as its file has it. ``server`` is what it is called in what is
    told, by default as the new catalogue calls it.
    """
    subject = Subject("server", "", server or new.server)
    yield from _info_changes(subject, old, new)
    yield from _instructions_changes(subject, old, new)
    yield from _protocol_changes(subject, old, new)
    yield from capability_changes(subject, old, new)
    yield from _order_changes(subject, old, new)


def _info_changes(subject: Subject, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    was, now = old.server_info, new.server_info
    if not was or not now:
        if was or now:
            way = _RULES["server-info-missing" if was else "server-info-given"]
            message = f"server info {'is missing' if was else 'is given'}: {_named(was or now)}"
            yield Change(way, subject, message, "/server_info", was, now)
        return
    for key in sorted({*was, *now}):
        before, after = member(was, key), member(now, key)
        if key == "version" and all(isinstance(one, str | Absent) for one in (before, after)):
            continue
        path = ("server_info", key)
        if key == "name" and isinstance(before, str) and isinstance(after, str):
            if before != after:
                was_called, is_called = told_apart(before, after)
                message = f"calls itself {is_called} instead of {was_called}"
                rule = _RULES["server-name-changed"]
                yield Change(rule, subject, message, pointer(*path), before, after)
            continue
        rule = _RULES[_MEMBERS.get(key, "server-info-changed")]
        if key in ("title", "description"):
            ways, other = (rule, rule, rule), _RULES["server-info-changed"]
            yield from text_changes(subject, path, before, after, ways, None, other, key)
        else:
            yield from other_change(subject, path, before, after, rule)


def _named(info: object) -> str:
    name = member(info, "name")
    return called(name) if name is not ABSENT else "no name"


def _instructions_changes(subject: Subject, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    before, after = (ABSENT if one.instructions is None else one.instructions for one in (old, new))
    ways = [_RULES[f"instructions-{way}"] for way in ("added", "changed", "removed")]
    spacing, other = _RULES["instructions-whitespace-changed"], _RULES["server-info-changed"]
    path, name = ("instructions",), "text of the instructions"
    yield from text_changes(subject, path, before, after, ways, spacing, other, name)


def _protocol_changes(subject: Subject, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    # A legacy server tells the one version that it took, not all that it speaks.
    if old.supported and new.supported and Era.LEGACY not in (old.era, new.era):
        ways = (("removed", old, new, "no longer speaks"), ("added", new, old, "speaks also"))
        for way, having, lacking, what in ways:
            rule = _RULES[f"protocol-version-{way}"]
            for version in having.supported:
                if version not in lacking.supported:
                    message = f"{what} protocol {quoted(version)[1:-1]}"
                    before, after = (ABSENT, version) if way == "added" else (version, ABSENT)
                    yield Change(rule, subject, message, "/supported", before, after)
    if old.version and new.version and old.version != new.version:
        message = f"answered in protocol {quoted(new.version)[1:-1]}"
        message += f", and before in {quoted(old.version)[1:-1]}"
        rule = _RULES["protocol-version-latest-changed"]
        yield Change(rule, subject, message, "/version", old.version, new.version)


def _order_changes(subject: Subject, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """What is in both lists is compared alone: to add or remove something reorders nothing."""
    moved = []
    for kind in Kind:
        before, after = _orders(old.items(kind), new.items(kind))
        both = before.keys() & after.keys()
        if [key for key in before if key in both] != [key for key in after if key in both]:
            moved.append(kind.plural)
    if moved:
        yield Change(
            _RULES["catalogue-reordered"], subject, f"lists {listed(moved)} in another order"
        )


def _orders(
    old: Sequence[Item], new: Sequence[Item]
) -> tuple[Mapping[tuple[str, str], None], Mapping[tuple[str, str], None]]:
    """The items of both in their order: by key, those of a key that stands twice by content too."""
    counts = [Counter(item.key for item in items) for items in (old, new)]

    def order(items: Sequence[Item]) -> Mapping[tuple[str, str], None]:
        return dict.fromkeys(
            (item.key, canonical_text(item.raw) if max(n[item.key] for n in counts) > 1 else "")
            for item in items
        )

    return order(old), order(new)
