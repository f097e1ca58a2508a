"""Tools that hosts bring themselves, where a server's tool can have the very same name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from mcpx.analyses.finding import Effect, Finding, Outcome, Subject
from mcpx.analyses.name_clashes import harmed, offers_of
from mcpx.analyses.naming import HostModel
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue, Kind

# Of hosts that leave names bare; the others put something before the name of a server's tool.
# Sources, all read in November 2026: zed.dev/docs/ai/tools; the list of built-in tools in the
# documentation of aws/amazon-q-developer-cli; docker mcp tools ls of docker/mcp-gateway.
BUILT_IN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "zed": frozenset(
            (
                *("copy_path", "create_directory", "delete_path", "diagnostics", "edit_file"),
                *("fetch", "find_path", "grep", "list_directory", "move_path", "now", "open"),
                *("read_file", "terminal", "thinking", "web_search"),
            )
        ),
        "amazon-q": frozenset(
            (
                *("execute_bash", "fs_read", "fs_write", "introspect", "knowledge"),
                *("report_issue", "thinking", "todo_list", "use_aws"),
            )
        ),
        "docker-gateway": frozenset(
            (
                *("code-mode", "mcp-activate-profile", "mcp-add", "mcp-config-set"),
                *("mcp-create-profile", "mcp-exec", "mcp-find", "mcp-remove"),
            )
        ),
    }
)
# Docker refuses what has a reserved name; what the others do is not known.
_EFFECT = {"docker-gateway": Effect.HOST_REFUSED}


def builtin_findings(
    members: Sequence[tuple[str, Catalogue]], models: Sequence[HostModel]
) -> Iterator[Finding]:
    """Tools whose name a host has for a tool of its own: ``name-shadows-builtin``."""
    offers = offers_of(members)
    pairs = [(tool, offer.key) for offer in offers for tool in offer.tools]
    found: dict[tuple[str, str], list[Outcome]] = {}
    for model in models:
        own = BUILT_IN.get(model.id)
        if own is None:
            continue
        for pair, name in zip(pairs, model.names(offers), strict=True):
            if name in own:
                effect = _EFFECT.get(model.id, Effect.SHADOWS)
                found.setdefault(pair, []).append(Outcome(model.id, effect, (name,)))
    for (tool, server), outcomes in found.items():
        yield Finding(
            RULES["name-shadows-builtin"],
            f"tool '{tool}' of {server} has the name of a tool that the host has itself",
            (Subject(Kind.TOOL, tool, server),),
            harmed(outcomes),
            outcomes=tuple(outcomes),
        )
