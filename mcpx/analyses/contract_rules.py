"""The rules of what a catalogue promises: schemas, annotations, headers, and what is outdated."""

from __future__ import annotations

from mcpx.analyses.finding import Rule, Severity

_EXPOSURE = "OWASP MCP01 Token Mismanagement & Secret Exposure"
_POISONING = "OWASP MCP03 Tool Poisoning"
# Source: specification 2026-07-28, "Deprecated Features", and SEP-2596 for how long they stay.
_STAYS = "It goes on working until a revision of 2027-07-28 or later removes it."

CONTRACTS = (
    Rule(
        "schema-unsatisfiable",
        "No arguments satisfy a tool's input schema, or no answer its output schema",
        Severity.ERROR,
        "Parts of the schema contradict each other, so that a client that checks arguments refuses"
        " every call, and a model tries in vain; one that checks answers refuses each of them.",
        "Mend the part that is named; then call the tool once with what its schema asks for.",
        '{"type": "object", "required": ["id"], "properties": {}, "additionalProperties": false}',
    ),
    Rule(
        "schema-costly",
        "A schema can cost a validator far more than its size",
        Severity.WARNING,
        "Some patterns take a time that doubles with each letter, and references that fan out a"
        " size that doubles with each level: one answer may stop a client that checks it.",
        "Take quantifiers out of repeated groups, say maxLength, and refer to each part once.",
        '{"type": "string", "pattern": "^(a+)+$"}',
    ),
    Rule(
        "annotation-contradiction",
        "A tool's annotations contradict each other or its name",
        Severity.WARNING,
        "Hosts run tools that call themselves read-only or harmless without asking, and retry"
        " those that call themselves idempotent.",
        "Let the host ask before it calls the tool, whatever it says; tell the server's author.",
        '{"name": "delete_file", "annotations": {"readOnlyHint": true}}',
        (_POISONING,),
    ),
    Rule(
        "header-secret",
        "A parameter that names a secret is sent as a header too",
        Severity.WARNING,
        "Proxies and gateways log the values of headers, which they do not do with the body.",
        "Take x-mcp-header off this parameter, or let the server have the secret in another way.",
        '{"properties": {"api_key": {"type": "string", "x-mcp-header": "Key"}}}',
        (_EXPOSURE,),
    ),
    Rule(
        "deprecated-logging",
        "A server uses logging through MCP, deprecated in 2026-07-28",
        Severity.INFO,
        f"The specification gives it up in favour of what every server has anyway. {_STAYS}",
        "Log to stderr over stdio; use OpenTelemetry to observe.",
        '{"capabilities": {"logging": {}}}',
    ),
    Rule(
        "deprecated-sse",
        "A server is reached over HTTP+SSE, deprecated since 2025-03-26",
        Severity.INFO,
        "Clients drop it, and any coming revision may remove it.",
        "Serve Streamable HTTP, and let the configuration name its URL.",
        '{"type": "sse", "url": "https://mcp.example.com/sse"}',
    ),
    Rule(
        "deprecated-tasks-core",
        "A server uses the tasks of 2025-11-25, removed in 2026-07-28",
        Severity.INFO,
        "They were an experiment in the core; tasks are an extension since, with other methods,"
        " and nothing in the new revision answers to the old ones.",
        "Offer the extension io.modelcontextprotocol/tasks.",
        '{"name": "render", "execution": {"taskSupport": "optional"}}',
    ),
)
# What can be seen of an answer alone, not of a catalogue.
RESULTS = (
    Rule(
        "output-invalid",
        "A tool's answer breaks the output schema that the tool declares",
        Severity.ERROR,
        "Clients check answers against the schema: those of the SDKs refuse this one, and a program"
        " that was written by the schema reads what is not there. The specification says that"
        " servers must hold to it. Found with --call-safe, and by mcpx call.",
        "Mend the schema or the answer; mcpx call shows the answer, and every place that is wrong.",
        '{"name": "count", "outputSchema":\n'
        '  {"type": "object", "properties": {"n": {"type": "integer"}}}}\n'
        '{"content": [], "structuredContent": {"n": "seven"}}',
    ),
    Rule(
        "output-missing",
        "A tool declares an output schema and answers without structured content",
        Severity.WARNING,
        "The specification says that servers must give structured content then. Clients of the SDKs"
        " refuse an answer without it; others have a text alone. Found with --call-safe, and by"
        " mcpx call.",
        "Give structuredContent beside the text, or declare no output schema.",
        '{"name": "count", "outputSchema": {"type": "object"}}\n'
        '{"content": [{"type": "text", "text": "seven"}]}',
    ),
)
