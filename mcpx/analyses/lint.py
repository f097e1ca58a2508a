"""What is wrong with catalogues and definitions, and what they say behind the user's back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from mcpx.analyses.configuration_lint import Configured, Unread, configuration_findings
from mcpx.analyses.contract_lint import contract_findings
from mcpx.analyses.finding import Finding, Subject
from mcpx.analyses.text_lint import text_findings
from mcpx.catalogue.model import Catalogue
from mcpx.servers import Transport


def lint(
    members: Sequence[tuple[str, Catalogue]],
    configured: Sequence[Configured] = (),
    unread: Sequence[Unread] = (),
) -> Iterator[Finding]:
    """The findings about servers, by key, and about definitions and files, each once."""
    told: set[tuple[str, tuple[Subject, ...], str]] = set()
    over_sse = {one.spec.name for one in configured if one.spec.transport is Transport.SSE}
    for finding in chain(
        configuration_findings(configured, unread),
        text_findings(members),
        (
            one
            for one in contract_findings(members)
            # A definition says so already, and where.
            if one.rule.id != "deprecated-sse" or over_sse.isdisjoint(one.servers)
        ),
    ):
        about = finding.subjects if finding.identity is None else finding.identity
        known = (finding.rule.id, about, finding.message)
        if known not in told:
            told.add(known)
            yield finding
