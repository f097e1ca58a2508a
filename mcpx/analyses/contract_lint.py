"""What is wrong with what catalogues promise: their problems, schemas, annotations, headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.claims import contradictions
from mcpx.analyses.contract_rules import CONTRACTS
from mcpx.analyses.finding import Finding, Rule, Subject
from mcpx.analyses.problem_rules import PROBLEM_RULES
from mcpx.analyses.schema_costs import schema_costs
from mcpx.analyses.secret_names import holds_secret
from mcpx.analyses.unsatisfiable import unsatisfiable
from mcpx.catalogue.model import Catalogue, Item, Problem
from mcpx.catalogue.problems import problems
from mcpx.schemas.mirrored import ANNOTATION, InvalidAnnotationError, mirrored
from mcpx.schemas.validity import DEEPEST
from mcpx.schemas.walk import size, subschemas

_RULES = {rule.id: rule for rule in (*PROBLEM_RULES, *CONTRACTS)}
_MOST_PER_SCHEMA = 20
# A larger schema is not looked into. The largest of 18,287 real ones has 2,210 values.
_MOST_VALUES = 50_000


def contract_findings(members: Sequence[tuple[str, Catalogue]]) -> Iterator[Finding]:
    """What is wrong with each catalogue by itself.

    Problems that a catalogue does not carry are looked for, so that one read from a file is judged
    as one that was asked for. Rules: every one of ``PROBLEMS``, and those of ``CONTRACTS``.
    """
    for server, catalogue in members:
        yield from _problems(server, catalogue)
        yield from _outdated(server, catalogue)
        for tool in catalogue.tools:
            subjects = (Subject("tool", tool.key, server),)
            said = f"{server}: tool '{tool.key}'"
            for rule, what, path in _of_tool(tool):
                yield Finding(
                    _RULES[rule], f"{said} {what}", subjects, identity=_identity(subjects, path)
                )


def _identity(subjects: tuple[Subject, ...], path: str) -> tuple[Subject, ...] | None:
    """A tool has more than one finding of a rule: they are told apart by their places."""
    return (*subjects, Subject("path", path, subjects[0].server)) if path else None


def _problems(server: str, catalogue: Catalogue) -> Iterator[Finding]:
    # One that another version has written may use other words.
    known = {_same(problem) for problem in catalogue.problems}
    found = (one for one in problems(catalogue) if not known or _same(one) not in known)
    for problem in (*catalogue.problems, *found):
        if problem.rule in _RULES:
            yield _of_problem(server, problem, _RULES[problem.rule])


def _same(problem: Problem) -> tuple[object, ...]:
    return problem.rule, problem.kind, problem.key, problem.path


def _of_problem(server: str, problem: Problem, rule: Rule) -> Finding:
    kind = problem.kind.value if problem.kind else "server"
    subjects = (Subject(kind, problem.key, server),)
    about = f"{kind} '{problem.key}': " if problem.key else ""
    refused = f"refused by {', '.join(problem.rejected_by)}" if problem.rejected_by else ""
    return Finding(
        rule,
        f"{server}: {about}{problem.message}",
        subjects,
        hint=refused,
        identity=_identity(subjects, problem.path),
    )


def _of_tool(tool: Item) -> Iterator[tuple[str, str, str]]:
    """Rule, predicate and JSON Pointer of what is wrong with a tool."""
    for member in ("inputSchema", "outputSchema"):
        schema = tool.raw.get(member)
        if not isinstance(schema, dict):
            continue
        depth, count = size(schema, DEEPEST, _MOST_VALUES)
        if count > _MOST_VALUES:
            yield "schema-costly", f"has more than {_MOST_VALUES} values in its {member}", member
        if depth > DEEPEST or count > _MOST_VALUES:
            # Too deep is a problem of its own.
            continue
        found = list(subschemas(schema))
        why = unsatisfiable(schema, of_object=member == "inputSchema")
        if why and member == "inputSchema":
            yield "schema-unsatisfiable", f"takes no arguments at all: {why}", ""
        elif why:
            what = f"allows no answer at all in its {member}: {why}"
            yield "schema-unsatisfiable", what, f"/{member}"
        for number, (pointer, what) in enumerate(schema_costs(schema, found)):
            if number < _MOST_PER_SCHEMA:
                where = f"{member}{pointer}"
                yield "schema-costly", f"has {what}, in {where}", f"/{where}"
        if member == "inputSchema" and any(ANNOTATION in part for _, part in found):
            yield from _secret_headers(schema)
    for what in contradictions(tool):
        yield "annotation-contradiction", what, ""


def _secret_headers(schema: object) -> Iterator[tuple[str, str, str]]:
    try:
        found = mirrored(schema)
    except InvalidAnnotationError:
        # That is a problem of its own.
        return
    secret = [one for one in found if any(map(holds_secret, (*one.path[-1:], one.name)))]
    for one in secret[:_MOST_PER_SCHEMA]:
        where = ".".join(one.path)
        what = f"has its parameter '{where}' sent as the header Mcp-Param-{one.name} too"
        yield "header-secret", what, f"/{where}"
    if len(secret) > _MOST_PER_SCHEMA:
        what = f"has {len(secret) - _MOST_PER_SCHEMA} more parameters with secrets sent as headers"
        yield "header-secret", what, "/"


def _outdated(server: str, catalogue: Catalogue) -> Iterator[Finding]:
    """What the server uses that 2026-07-28 deprecates or removes."""
    subjects = (Subject("server", "", server),)
    if "logging" in catalogue.capabilities:
        what = f"{server} announces logging, deprecated in 2026-07-28"
        yield Finding(_RULES["deprecated-logging"], what, subjects)
    if catalogue.target.get("transport") == "sse":
        what = f"{server} is reached over HTTP+SSE, deprecated since 2025-03-26"
        yield Finding(_RULES["deprecated-sse"], what, subjects)
    waiting = [
        tool.key
        for tool in catalogue.tools
        if isinstance(tool.raw.get("execution"), dict)
        and tool.raw["execution"].get("taskSupport") in ("optional", "required")
    ]
    if "tasks" in catalogue.capabilities or waiting:
        tools = f", for {len(waiting)} of its tools" if waiting else ""
        what = f"{server} offers tasks of 2025-11-25, removed in 2026-07-28{tools}"
        yield Finding(_RULES["deprecated-tasks-core"], what, subjects)
