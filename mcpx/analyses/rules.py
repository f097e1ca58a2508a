"""Every rule that a finding or a problem of mcpx can name, with why it matters and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mcpx.analyses.conflict_rules import CONFLICTS
from mcpx.analyses.finding import Rule, Severity
from mcpx.catalogue.problems import PROBLEMS

_LOST = "Clients that check what they read lose the whole list for one such item."
_ASK = "Tell the server's author; until then use a client that reads such lists."
_PROTOCOL = "Clients that hold to the specification may fail to talk to this server."
_UPDATE = "Update the server, or tell its author."

# Problem rule -> severity, explanation, mend. The titles stand in ``PROBLEMS``.
_PROBLEMS: Mapping[str, tuple[Severity, str, str]] = {
    "opening-incomplete": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "wire-batch": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "wire-request": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "wire-id": (
        Severity.WARNING,
        "A client that compares ids strictly waits for an answer that has come.",
        _UPDATE,
    ),
    "wire-endpoint": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "wire-refused": (
        Severity.WARNING,
        "The conversation may be in a state that the server does not expect.",
        "Look at the server's log.",
    ),
    "wire-session": (
        Severity.WARNING,
        "Clients that hold to the specification refuse such a session.",
        _UPDATE,
    ),
    "wire-noise": (
        Severity.WARNING,
        "On stdio only messages may be printed on stdout; some clients give up at the first other"
        " line.",
        "Make the server log to stderr.",
    ),
    "wire-unreadable": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "wire-version": (Severity.WARNING, _PROTOCOL, _UPDATE),
    "list-cursor-invalid": (
        Severity.ERROR,
        "What stands on the pages after it cannot be listed.",
        _UPDATE,
    ),
    "list-cursor-repeated": (
        Severity.ERROR,
        "A client that follows it never comes to an end.",
        _UPDATE,
    ),
    "list-failed": (
        Severity.ERROR,
        "What the server announced cannot be listed.",
        "Look at the server's stderr, or ask again.",
    ),
    "list-malformed": (Severity.ERROR, "Nothing can be read from such a list.", _UPDATE),
    "list-result-type": (
        Severity.ERROR,
        "A result of an unknown type must be treated as invalid.",
        _UPDATE,
    ),
    "item-malformed": (Severity.ERROR, _LOST, _ASK),
    "field-missing": (Severity.ERROR, _LOST, _ASK),
    "field-type": (Severity.ERROR, _LOST, _ASK),
    "name-duplicate": (
        Severity.ERROR,
        "A call reaches only one of the two, and hosts differ in which; some model APIs refuse"
        " the whole request.",
        "Rename or remove one of them in the server.",
    ),
    "name-invalid": (
        Severity.WARNING,
        "Hosts change such names or refuse them, each in its own way.",
        "Use 1 to 128 letters, digits, '_', '-' and '.'.",
    ),
    "name-missing": (Severity.ERROR, _LOST, _ASK),
    "name-unportable": (
        Severity.WARNING,
        "A host that passes the name on unchanged has its request refused.",
        "Use at most 64 letters, digits, '_' and '-'.",
    ),
    "schema-boolean-property": (Severity.WARNING, _LOST, "Write {} for true."),
    "schema-dialect-unknown": (
        Severity.WARNING,
        "A client cannot check arguments against a dialect that it does not know.",
        "Declare https://json-schema.org/draft/2020-12/schema, or nothing.",
    ),
    "schema-external-ref": (
        Severity.WARNING,
        "Clients must not fetch what a server refers to, so that part of the schema is unknown"
        " to them.",
        "Put what is referred to into $defs.",
    ),
    "schema-header-invalid": (
        Severity.ERROR,
        "Clients must not offer or call such a tool over HTTP.",
        "Name a header once, for a string, integer or boolean that properties alone lead to.",
    ),
    "schema-invalid": (
        Severity.ERROR,
        "Clients and model APIs refuse the tool, or read the schema in different ways.",
        "Mend the schema where the problem points to.",
    ),
    "schema-missing": (Severity.ERROR, _LOST, 'Declare {"type": "object"} for no parameters.'),
    "schema-ref-cycle": (
        Severity.ERROR,
        "It says nothing of the value, and a client that follows it never comes to an end.",
        "Let one of the references lead to a schema.",
    ),
    "schema-ref-missing": (
        Severity.ERROR,
        "That part of the schema accepts nothing, or anything, depending on the client.",
        "Define what is referred to in $defs.",
    ),
    "schema-too-deep": (
        Severity.WARNING,
        "Clients may crash on it, and models use such tools badly.",
        "Flatten the tool's parameters.",
    ),
    "schema-too-large": (
        Severity.WARNING,
        "It is too large for the context of any model.",
        "Move large enumerations out of the schema, into a tool that searches them.",
    ),
    "schema-type": (Severity.ERROR, _LOST, 'Declare {"type": "object"} for no parameters.'),
    "schema-type-missing": (Severity.ERROR, _LOST, 'Add "type": "object".'),
    "template-invalid": (
        Severity.ERROR,
        "Clients cannot fill in a template that they cannot parse.",
        "Write it as RFC 6570 says: {name}, with letters, digits and '_' in names.",
    ),
    "uri-duplicate": (
        Severity.WARNING,
        "Reading it gives one of the two.",
        "Give each resource a URI of its own.",
    ),
    "uri-invalid": (
        Severity.WARNING,
        "Clients that parse URIs refuse it.",
        "Begin with a scheme and percent-encode what a URI cannot hold.",
    ),
    "uri-missing": (Severity.ERROR, _LOST, _ASK),
}

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            *(Rule(name, PROBLEMS[name], *words) for name, words in _PROBLEMS.items()),
            *CONFLICTS,
        )
    }
)
