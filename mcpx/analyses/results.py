"""What is wrong with what tools answer, by the output schemas that they declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mcpx.analyses.contract_rules import RESULTS
from mcpx.analyses.finding import Finding, Subject
from mcpx.schemas.validation import Outcome, Verdict

_RULES = {rule.id: rule for rule in RESULTS}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool with an output schema answered: how its structured content fits, None for none.

    An error, for which the schema does not hold, is no answer.
    """

    tool: str
    verdict: Verdict | None


def result_findings(server: str, answers: Sequence[Answer]) -> Iterator[Finding]:
    """The answers of a server that break a schema, a finding for each.

    They are the same findings whatever place in an answer is wrong: another call may give another.
    Source: specification 2025-06-18 and later, server/tools, "Output Schema".
    """
    for answer in answers:
        said = f"{server}: tool '{answer.tool}'"
        subjects = (Subject("tool", answer.tool, server),)
        if answer.verdict is None:
            what = "declares an output schema and answers without structuredContent"
            yield Finding(_RULES["output-missing"], f"{said} {what}", subjects)
        elif answer.verdict.outcome is Outcome.INVALID:
            what = f"breaks its output schema: {_first(answer.verdict)}"
            yield Finding(_RULES["output-invalid"], f"{said} {what}", subjects)


def _first(verdict: Verdict) -> str:
    one, *others = verdict.violations
    path = one.path if len(one.path) <= _LONGEST else one.path[:_LONGEST] + "…"
    more = len(others) + verdict.more
    return f"/structuredContent{path} {one.message}" + (f", and {more} more" if more else "")
