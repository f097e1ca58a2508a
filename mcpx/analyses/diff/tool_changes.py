"""What changed in one tool beside its schemas and annotations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.members import member_changes, other_change, text_changes
from mcpx.analyses.diff.tool_rules import TOOL_CHANGES, TOOL_MEMBERS
from mcpx.analyses.diff.values import called, member, pointer, quoted, same
from mcpx.analyses.finding import Severity, Subject
from mcpx.analyses.spelling import canonical_name
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.schemas.mirrored import ANNOTATION, InvalidAnnotationError, mirrored

_RULES = {rule.id: rule for rule in TOOL_CHANGES}
# Others have rules here, or elsewhere: schemas and annotations.
_KNOWN = ("name", "inputSchema", "outputSchema", "annotations", "execution")
# Source: specification 2026-07-28, server/tools, "Tool Names".
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
# The revision whose tools have no ``execution`` any more.
_WITHOUT_EXECUTION = "2026-07-28"
_SUPPORT = ("forbidden", "optional", "required")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What two catalogues say of a tool from outside: protocol versions, and titles in use.

    ``versions`` are those of old and new, empty when unknown; ``titles`` counts the tools of the
    new one by each title and name, spelt alike.
    """

    versions: tuple[str, str] = ("", "")
    titles: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, old: Catalogue, new: Catalogue) -> Surroundings:
        """The surroundings of two catalogues."""
        titles = Counter(
            name
            for tool in new.tools
            for name in {_spelt(one) for one in (tool.title, tool.key) if one}
        )
        return cls((old.version, new.version), titles)


def tool_changes(
    server: str, old: Item, new: Item, around: Surroundings | None = None
) -> Iterator[Change]:
    """Changes of a tool that is in both catalogues, under one name or another."""
    around = around or Surroundings()
    subject = Subject(Kind.TOOL, new.key, server)
    if old.key != new.key and _NAME.fullmatch(old.key) and not _NAME.fullmatch(new.key):
        yield Change(
            _RULES["tool-name-became-nonconforming"],
            subject,
            f"its name {quoted(new.key)} breaks the rules for names",
            "/name",
            old.key,
            new.key,
        )
    yield from _title_changes(subject, old, new, around)
    yield from member_changes(subject, old, new, TOOL_MEMBERS, (*_KNOWN, "title"))
    yield from _execution_changes(subject, old, new, around.versions)
    yield from header_changes(subject, old.input_schema, new.input_schema)


def _title_changes(
    subject: Subject, old: Item, new: Item, around: Surroundings
) -> Iterator[Change]:
    if old.title == new.title:
        yield from _title_restated(subject, old, new)
        return
    path = _title_path(new if new.title else old)
    yield from text_changes(
        subject, path, old.title or ABSENT, new.title or ABSENT, TOOL_MEMBERS.title, None,
        TOOL_MEMBERS.other, "title",
    )  # fmt: skip
    # A tool that is called like its own title counts once.
    if new.title and around.titles.get(_spelt(new.title), 0) > 1:
        yield Change(
            _RULES["tool-title-taken"],
            subject,
            f"its title {quoted(new.title)} is the title or name of another tool too",
            pointer(*path),
            old.title or ABSENT,
            new.title,
        )


def _title_restated(subject: Subject, old: Item, new: Item) -> Iterator[Change]:
    before, after = (
        (member(one.raw, "title"), member(one.annotations, "title")) for one in (old, new)
    )
    if same([*map(_of_absent, before)], [*map(_of_absent, after)]):
        return
    if old.title and all(one is ABSENT or one == old.title for one in (*before, *after)):
        yield Change(
            _RULES["tool-title-moved"],
            subject,
            f"title {quoted(old.title)} stands in {'.'.join(map(str, _title_path(new)))}",
            pointer(*_title_path(new)),
            old.title,
            new.title,
        )
        return
    # Some hosts look at one of the places alone.
    for path, one, other in zip(_TITLES, before, after, strict=True):
        name = ".".join(path)
        yield from text_changes(
            subject, path, one, other, TOOL_MEMBERS.title, None, TOOL_MEMBERS.other, name
        )


_TITLES = (("title",), ("annotations", "title"))


def _of_absent(value: Any) -> list[Any]:
    return [] if value is ABSENT else [value]


def _title_path(tool: Item) -> tuple[str, ...]:
    own = tool.raw.get("title")
    return ("title",) if isinstance(own, str) and own else ("annotations", "title")


def _spelt(text: str) -> str:
    return canonical_name(text[:200])


def _execution_changes(
    subject: Subject, old: Item, new: Item, versions: tuple[str, str]
) -> Iterator[Change]:
    before, after = member(old.raw, "execution"), member(new.raw, "execution")
    if not isinstance(before, dict) and not isinstance(after, dict):
        yield from other_change(subject, ("execution",), before, after, TOOL_MEMBERS.other)
        return
    was, now = (one if isinstance(one, dict) else {} for one in (before, after))
    for key in sorted({*was, *now} - {"taskSupport"}):
        path = ("execution", key)
        yield from other_change(subject, path, member(was, key), member(now, key), _OTHER)
    one, other = member(was, "taskSupport"), member(now, "taskSupport")
    odd = [value for value in (one, other) if value is not ABSENT and value not in _SUPPORT]
    if odd:
        yield from other_change(subject, ("execution", "taskSupport"), one, other, _OTHER)
        return
    if one is other and not was and not now:
        yield from other_change(subject, ("execution",), before, after, _OTHER)
    if one == other:
        return
    meant, means = (("forbidden" if value is ABSENT else value) for value in (one, other))
    given = None
    dropped = [version >= _WITHOUT_EXECUTION for version in versions if version]
    if len(set(dropped)) == 2 and ABSENT in (one, other):
        rule = "task-support-field-dropped-with-protocol"
        message = f"taskSupport {called(one)} is {called(other)} with the new protocol version"
    elif meant == means:
        rule = "task-support-restated-default"
        message = "taskSupport is 'forbidden', written out or not"
    else:
        rule = "task-support-changed"
        message = f"taskSupport is {called(means)} instead of {called(meant)}"
        given = Severity.INFO if means == "optional" else None
    yield Change(_RULES[rule], subject, message, "/execution/taskSupport", one, other, given=given)


_OTHER = TOOL_MEMBERS.other


def header_changes(subject: Subject, old: Any, new: Any) -> Iterator[Change]:
    """Changes of the parameters that two input schemas want sent as headers."""
    was, wrong_before = _headers(old)
    now, wrong = _headers(new)
    if wrong:
        if not wrong_before:
            yield Change(_RULES["x-mcp-header-invalid"], subject, wrong, "/inputSchema")
        return
    if wrong_before:
        message = "its x-mcp-header annotations are valid now"
        yield Change(_RULES["x-mcp-header-mended"], subject, message, "/inputSchema")
        return
    for path in sorted({*was, *now}):
        before, after = was.get(path, ABSENT), now.get(path, ABSENT)
        if before == after:
            continue
        where = quoted(".".join(path))
        given = None
        if before is ABSENT:
            rule, message = "x-mcp-header-added", f"parameter {where} is sent as {_sent(after)} too"
            # No caller sends it yet, so that none leaves out the header.
            given = None if _declares(old, path) else Severity.INFO
        elif after is ABSENT:
            rule = "x-mcp-header-removed"
            message = f"parameter {where} is no longer sent as {_sent(before)}"
            given = None if _declares(new, path) else Severity.INFO
        else:
            rule = "x-mcp-header-changed"
            message = f"parameter {where} is sent as {_sent(after)}, not {_sent(before)}"
            given = Severity.INFO if str(before).lower() == str(after).lower() else None
        keys = [part for name in path for part in ("properties", name)]
        place = pointer("inputSchema", *keys, ANNOTATION)
        yield Change(_RULES[rule], subject, message, place, before, after, given=given)


def _sent(name: Any) -> str:
    return f"Mcp-Param-{quoted(str(name))[1:-1]}"


def _headers(schema: Any) -> tuple[dict[tuple[str, ...], str], str]:
    """The header of each parameter by its path; or why the annotations are not valid."""
    try:
        return {one.path: one.name for one in mirrored(schema)}, ""
    except InvalidAnnotationError as error:
        return {}, quoted(str(error), 100)[1:-1]


def _declares(schema: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        schema = member(member(schema, "properties"), name)
    return schema is not ABSENT
