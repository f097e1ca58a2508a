"""Every rule that a finding, a problem or a change can name, with why it matters and what to do."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.conflict_rules import CONFLICTS
from mcpx.analyses.contract_rules import CONTRACTS, RESULTS
from mcpx.analyses.divergence.replay_rules import REPLAY_RULES
from mcpx.analyses.finding import Rule
from mcpx.analyses.problem_rules import PROBLEM_RULES
from mcpx.analyses.session_rules import SESSIONS
from mcpx.analyses.text_rules import TEXT_RULES

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            *PROBLEM_RULES,
            *CONFLICTS,
            *TEXT_RULES,
            *CONTRACTS,
            *RESULTS,
            *CONFIGURATION,
            *SESSIONS,
            *REPLAY_RULES,
        )
    }
)


@functools.cache
def every_rule() -> Mapping[str, Rule]:
    """The rules of findings and those of changes, which take longer to import."""
    from mcpx.analyses.diff.rules import CHANGES

    return MappingProxyType({**RULES, **{rule.id: rule for rule in CHANGES}})
