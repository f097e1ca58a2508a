"""All rules of what can change, one after the other."""

from __future__ import annotations

from itertools import chain

from mcpx.analyses.diff.annotation_rules import ANNOTATION_CHANGES
from mcpx.analyses.diff.call_rules import CALL_RULES
from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.gained import GAINED
from mcpx.analyses.diff.lock_rules import LOCK_RULES
from mcpx.analyses.diff.pairing_rules import PAIRING_CHANGES
from mcpx.analyses.diff.prompt_rules import PROMPT_CHANGES
from mcpx.analyses.diff.repeated import REPEATED
from mcpx.analyses.diff.resource_rules import RESOURCE_CHANGES, TEMPLATE_CHANGES
from mcpx.analyses.diff.schema_rules import SCHEMA_RULES
from mcpx.analyses.diff.server_rules import SERVER_CHANGES
from mcpx.analyses.diff.servers import SERVERS
from mcpx.analyses.diff.tool_rules import TOOL_CHANGES

CHANGES: tuple[ChangeRule, ...] = tuple(
    chain(
        SERVERS,
        SERVER_CHANGES,
        PAIRING_CHANGES,
        TOOL_CHANGES,
        ANNOTATION_CHANGES,
        SCHEMA_RULES,
        PROMPT_CHANGES,
        RESOURCE_CHANGES,
        TEMPLATE_CHANGES,
        GAINED,
        REPEATED,
        LOCK_RULES,
        CALL_RULES,
    )
)
