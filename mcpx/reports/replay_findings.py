"""A divergence of a replay as a finding: by its rule, with its values, and where it stands."""

from __future__ import annotations

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.replay_rules import REPLAY_RULES
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.finding import Finding, Location, Severity, Subject
from mcpx.reports.replay_values import seen, values
from mcpx.reports.replayed import Shown

_RULES = {rule.id: rule for rule in REPLAY_RULES}


def finding_of(interaction: Interaction, divergence: Divergence, session: str) -> Finding:
    """What a divergence is by the rules; ``session`` is the file.

    It is the same finding wherever in a recording the same is asked: its fingerprint is made of
    method, name and pointer.
    """
    asked = f"{interaction.method} {interaction.name}".strip()
    asked = asked or f"connection {interaction.connection}"
    both = Shown.of(divergence.recorded), Shown.of(divergence.live)
    said = values(*seen(divergence.kind, *both))
    place = f" {divergence.pointer}" if divergence.pointer else ""
    # A change of what is offered names what it is of.
    named = "" if divergence.kind is Kind.CONTRACT else place
    more = f" ({said})" if said else ""
    return Finding(
        _RULES[f"replay-{divergence.kind}"],
        f"{asked}{named}: {divergence.message}{more}",
        (Subject("interaction", f"#{interaction.number} {asked}", session),),
        location=Location(session, interaction.line or None),
        given=Severity(divergence.severity) if divergence.severity else None,
        identity=(Subject("interaction", f"{asked}{place}", ""),),
    )
