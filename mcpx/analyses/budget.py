"""How many tools, and how many tokens of them, hosts take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from mcpx.analyses.cost import cost_of_catalogue
from mcpx.analyses.finding import Effect, Finding, Outcome, Subject
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue

# A tenth of a context of 200,000 tokens, above which Claude Code no longer sends all tools (its
# version 2.1.7, January 2026).
MOST_TOKENS = 20_000

# Host -> how many tools it takes at once, and what becomes of more. Sources: issues 9375 and 11653
# of microsoft/vscode-copilot-release, 1842 of microsoft/copilot-intellij-feedback (July 2026), 6 of
# bun913/mcp-testrail (Cursor, September 2025), docs.windsurf.com (Devin Desktop was Windsurf), and
# the limit of the OpenAI API.
LIMITS: Mapping[str, tuple[int, Effect]] = MappingProxyType(
    {
        "copilot-jetbrains": (128, Effect.REQUEST_REFUSED),
        "cursor": (80, Effect.HIDDEN),
        "devin-desktop": (100, Effect.HIDDEN),
        "openai-agents": (128, Effect.REQUEST_REFUSED),
        "openai-agents-prefixed": (128, Effect.REQUEST_REFUSED),
        "vscode": (128, Effect.REQUEST_REFUSED),
    }
)


def budget_findings(
    members: Sequence[tuple[str, Catalogue]], hosts: Sequence[str]
) -> Iterator[Finding]:
    """Servers that together are too much for a host: ``budget-tools``, ``budget-tokens``.

    They are the same findings whichever servers bring the tools.
    """
    subjects = tuple(Subject("server", "", key) for key, catalogue in members if catalogue.tools)
    count = sum(len(catalogue.tools) for _, catalogue in members)
    over = {host: LIMITS[host] for host in hosts if host in LIMITS and count > LIMITS[host][0]}
    if over:
        limits = ", ".join(f"{host} {most}" for host, (most, _) in over.items())
        yield Finding(
            RULES["budget-tools"],
            f"{count} tools together are more than a host takes at once: {limits}",
            subjects,
            tuple(sorted(over)),
            outcomes=tuple(Outcome(host, effect) for host, (_, effect) in over.items()),
            identity=(),
        )
    tokens = [(cost_of_catalogue(catalogue).tokens, key) for key, catalogue in members]
    total = sum(number for number, _ in tokens)
    if total > MOST_TOKENS:
        most, key = max(tokens)
        yield Finding(
            RULES["budget-tokens"],
            f"the tools cost about {total:,} tokens of every request, {most:,} of them {key}",
            subjects,
            tuple(sorted(hosts)),
            identity=(),
        )
