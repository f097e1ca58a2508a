"""How many tools, and how many tokens of them, hosts take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.cost import cost_of_catalogue
from mcpx.analyses.finding import Finding, Outcome, Subject
from mcpx.analyses.naming import HostModel
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue

# A tenth of a context of 200,000 tokens, above which Claude Code no longer sends all tools (its
# version 2.1.7, January 2026).
MOST_TOKENS = 20_000


def budget_findings(
    members: Sequence[tuple[str, Catalogue]], models: Sequence[HostModel]
) -> Iterator[Finding]:
    """Servers that together are too much for a host: ``budget-tools``, ``budget-tokens``."""
    subjects = tuple(Subject("server", "", key) for key, catalogue in members if catalogue.tools)
    count = sum(len(catalogue.tools) for _, catalogue in members)
    outcomes = tuple(
        Outcome(model.id, model.surplus)
        for model in models
        if model.most is not None and count > model.most
    )
    if outcomes:
        limits = ", ".join(f"{m.id} {m.most}" for m in models if m.most and count > m.most)
        yield Finding(
            RULES["budget-tools"],
            f"{count} tools together are more than a host takes at once: {limits}",
            subjects,
            tuple(sorted(one.host for one in outcomes)),
            outcomes=outcomes,
        )
    tokens = [(cost_of_catalogue(catalogue).tokens, key) for key, catalogue in members]
    total = sum(number for number, _ in tokens)
    if total > MOST_TOKENS:
        most, key = max(tokens)
        yield Finding(
            RULES["budget-tokens"],
            f"the tools cost about {total:,} tokens of every request, {most:,} of them {key}",
            subjects,
        )
