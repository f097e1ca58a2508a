"""The rules of what changes in a tool beside its schemas and annotations."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule, member_rules
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
TOOL_MEMBERS = member_rules("tool", "tool", "name", "read")
_TASKS = '{"name": "render", "execution": {"taskSupport": "%s"}}'
_HEADER = (
    '{"name": "find", "inputSchema": {"type": "object", "properties":'
    ' {"region": {"type": "string"%s}}}}'
)
_REGION = ', "x-mcp-header": "Region"'
_RELIST = "Have clients list the tools again; look which proxies see the value."
_REFUSED = (
    "Over HTTP a server refuses a call whose headers do not fit its schema, so clients that hold"
    " the old one fail until they list again. Source: specification 2026-07-28,"
    " basic/transports/streamable-http."
)

TOOL_CHANGES: tuple[ChangeRule, ...] = (
    *TOOL_MEMBERS.table(),
    change_rule(
        ("tool-title-moved", "A tool's title stands in another place"),
        _I,
        (
            "Revisions keep it in annotations.title or in title, which comes first; it is the same"
            " title.",
            "Nothing needs to be done.",
        ),
        (
            '{"name": "read", "annotations": {"title": "Read"}}',
            '{"name": "read", "title": "Read"}',
        ),
        cosmetic=True,
    ),
    change_rule(
        ("tool-title-taken", "A tool takes the title or name of another tool of its server"),
        _W,
        (
            "A person who is asked for consent sees the title alone, and agrees to another tool.",
            "Look at the tool's name before you agree to a call; ask the server's author.",
        ),
        (
            '{"name": "send", "title": "Send"}',
            '{"name": "send", "title": "Read"}',
        ),
        alone="a title that is given back is told by tool-title-changed",
        trust=True,
    ),
    change_rule(
        ("tool-name-became-nonconforming", "A tool's new name breaks the rules for names"),
        _W,
        (
            "Names have 1 to 128 letters, digits, '_', '-' and '.'; clients may refuse others."
            " Source: specification 2026-07-28, server/tools, 'Tool Names'.",
            "Give it a name of these characters.",
        ),
        ('{"name": "read_file"}', '{"name": "read file"}'),
        alone="a name that comes to hold to the rules is told by tool-renamed",
    ),
    change_rule(
        ("task-support-changed", "A tool can be run as a task in another way"),
        _B,
        (
            "Where tasks become required, plain calls fail; where they become forbidden, callers"
            " that ask for a task fail. To take both harms nobody. Source: specification"
            " 2025-11-25, basic/utilities/tasks.",
            "Call it as it now says.",
        ),
        (_TASKS % "forbidden", _TASKS % "required"),
    ),
    change_rule(
        ("task-support-restated-default", "A tool says that it is no task, as it is by default"),
        _I,
        ("Without taskSupport a tool forbids tasks.", "Nothing needs to be done."),
        ('{"name": "render", "execution": {}}', _TASKS % "forbidden"),
        cosmetic=True,
    ),
    change_rule(
        (
            "task-support-field-dropped-with-protocol",
            "A tool's taskSupport goes or comes with the protocol version",
        ),
        _I,
        (
            "Protocol 2026-07-28 has tasks as an extension and no such member, so that nothing is"
            " said of the tool.",
            "Look at the extension io.modelcontextprotocol/tasks instead.",
        ),
        (
            '{"name": "render", "execution": {"taskSupport": "optional"}, "version": "2025-11-25"}',
            '{"name": "render", "version": "2026-07-28"}',
        ),
        cosmetic=True,
    ),
    change_rule(
        ("x-mcp-header-added", "A parameter is sent as a header too"),
        _W,
        (f"{_REFUSED} Proxies and their logs see the value from now on.", _RELIST),
        (_HEADER % "", _HEADER % _REGION),
        back="x-mcp-header-removed",
    ),
    change_rule(
        ("x-mcp-header-changed", "A parameter is sent as another header"),
        _W,
        (f"{_REFUSED} Case makes no difference in headers.", _RELIST),
        (_HEADER % _REGION, _HEADER % ', "x-mcp-header": "Zone"'),
    ),
    change_rule(
        ("x-mcp-header-removed", "A parameter is no longer sent as a header"),
        _W,
        (f"{_REFUSED} Gateways that route by it lose it.", _RELIST),
        (_HEADER % _REGION, _HEADER % ""),
        back="x-mcp-header-added",
    ),
    change_rule(
        ("x-mcp-header-invalid", "A tool's x-mcp-header becomes invalid"),
        _B,
        (
            "Clients on HTTP must leave out a tool whose headers are no names, are given twice, or"
            " are of parameters that cannot be found or are no plain values.",
            "Mend the annotation that is named; mcpx lint shows it too.",
        ),
        (_HEADER % _REGION, _HEADER % ', "x-mcp-header": "Re gion"'),
        back="x-mcp-header-mended",
    ),
    change_rule(
        ("x-mcp-header-mended", "A tool's x-mcp-header becomes valid"),
        _I,
        (
            "Clients on HTTP had to leave out the tool, and offer it now.",
            "Nothing needs to be done.",
        ),
        (_HEADER % ', "x-mcp-header": "Re gion"', _HEADER % _REGION),
        back="x-mcp-header-invalid",
        adds=True,
    ),
)
