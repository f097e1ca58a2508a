"""What is wrong with catalogues and definitions, and what they say behind the user's back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from mcpx.analyses.configuration_lint import Configured, configuration_findings
from mcpx.analyses.contract_lint import contract_findings
from mcpx.analyses.finding import Finding, Subject, order
from mcpx.analyses.rules import RULES
from mcpx.analyses.text_lint import text_findings
from mcpx.catalogue.model import Catalogue


def lint(
    members: Sequence[tuple[str, Catalogue]], configured: Sequence[Configured] = ()
) -> Iterator[Finding]:
    """The findings about servers, by key, and about definitions, worst first, each once."""
    found: dict[tuple[str, tuple[Subject, ...], str], Finding] = {}
    for finding in chain(
        text_findings(members),
        contract_findings(members, RULES),
        configuration_findings(configured),
    ):
        about = finding.subjects if finding.identity is None else finding.identity
        found.setdefault((finding.rule.id, about, finding.message), finding)
    yield from sorted(found.values(), key=order)
