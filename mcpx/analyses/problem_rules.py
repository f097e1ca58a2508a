"""The rules of problems, of a server's items and of its messages: why each matters, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from mcpx.analyses.finding import Rule, Severity
from mcpx.catalogue.problems import PROBLEMS

_LOST = "Clients that check what they read lose the whole list for one such item."
_ASK = "Tell the server's author; until then use a client that reads such lists."
_PROTOCOL = "Clients that hold to the specification may fail to talk to this server."
_UPDATE = "Update the server, or tell its author."
_NO_PARAMETERS = 'Declare {"type": "object"} for no parameters.'

# Problem rule -> severity, explanation, mend, example. The titles stand in ``PROBLEMS``.
# An example is an item as it is listed, the result of tools/list, or a conversation.
_WORDS: Mapping[str, tuple[Severity, str, str, str]] = {
    "opening-incomplete": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        'client: {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {...}}\n'
        'server: {"jsonrpc": "2.0", "id": 1, "result": {"capabilities": {}}}',
    ),
    "wire-batch": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        'client: {"jsonrpc": "2.0", "id": 1, "method": "ping"}\n'
        'server: [{"jsonrpc": "2.0", "id": 1, "result": {}}]',
    ),
    "wire-request": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        'server: {"jsonrpc": "2.0", "id": 7, "method": "roots/list"}',
    ),
    "wire-id": (
        Severity.WARNING,
        "A client that compares ids strictly waits for an answer that has come.",
        _UPDATE,
        'client: {"jsonrpc": "2.0", "id": 1, "method": "ping"}\n'
        'server: {"jsonrpc": "2.0", "id": "1", "result": {}}',
    ),
    "wire-endpoint": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        "server: event: endpoint\n"
        "server: data: /messages?session=1\n"
        "server: event: endpoint\n"
        "server: data: /messages?session=2",
    ),
    "wire-refused": (
        Severity.WARNING,
        "The conversation may be in a state that the server does not expect.",
        "Look at the server's log.",
        'client: POST /mcp {"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
        "server: HTTP/1.1 400 Bad Request",
    ),
    "wire-session": (
        Severity.WARNING,
        "Clients that hold to the specification refuse such a session.",
        _UPDATE,
        "server: Mcp-Session-Id: my session",
    ),
    "wire-noise": (
        Severity.WARNING,
        "On stdio only messages may be printed on stdout; some clients give up at the first other"
        " line.",
        "Make the server log to stderr.",
        "server: Connected to the database.",
    ),
    "wire-unreadable": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        'server: {"jsonrpc": "2.0", "id": 1, "result": {}',
    ),
    "wire-version": (
        Severity.WARNING,
        _PROTOCOL,
        _UPDATE,
        'client: {"jsonrpc": "2.0", "id": 1, "method": "ping"}\nserver: {"id": 1, "result": {}}',
    ),
    "list-cursor-invalid": (
        Severity.ERROR,
        "What stands on the pages after it cannot be listed.",
        _UPDATE,
        '{"tools": [], "nextCursor": 2}',
    ),
    "list-cursor-repeated": (
        Severity.ERROR,
        "A client that follows it never comes to an end.",
        _UPDATE,
        '{"tools": [], "nextCursor": "page-2"}\n{"tools": [], "nextCursor": "page-2"}',
    ),
    "list-failed": (
        Severity.ERROR,
        "What the server announced cannot be listed.",
        "Look at the server's stderr, or ask again.",
        '{"error": {"code": -32603, "message": "no database"}}',
    ),
    "list-malformed": (
        Severity.ERROR,
        "Nothing can be read from such a list.",
        _UPDATE,
        '{"tools": {"search": {"inputSchema": {"type": "object"}}}}',
    ),
    "list-result-type": (
        Severity.ERROR,
        "A result of an unknown type must be treated as invalid.",
        _UPDATE,
        '{"resultType": "partial", "tools": []}',
    ),
    "item-malformed": (Severity.ERROR, _LOST, _ASK, '{"tools": ["search"]}'),
    "field-missing": (
        Severity.ERROR,
        _LOST,
        _ASK,
        '{"name": "triage", "arguments": [{"required": true}]}',
    ),
    "field-type": (
        Severity.ERROR,
        _LOST,
        _ASK,
        '{"name": "search", "description": 3, "inputSchema": {"type": "object"}}',
    ),
    "name-duplicate": (
        Severity.ERROR,
        "A call reaches only one of the two, and hosts differ in which; some model APIs refuse"
        " the whole request.",
        "Rename or remove one of them in the server.",
        '{"name": "search", "inputSchema": {"type": "object"}}\n'
        '{"name": "search", "inputSchema": {"type": "object", "required": ["query"]}}',
    ),
    "name-invalid": (
        Severity.WARNING,
        "Hosts change such names or refuse them, each in its own way.",
        "Use 1 to 128 letters, digits, '_', '-' and '.'.",
        '{"name": "search notes", "inputSchema": {"type": "object"}}',
    ),
    "name-missing": (
        Severity.ERROR,
        _LOST,
        _ASK,
        '{"description": "Search notes.", "inputSchema": {"type": "object"}}',
    ),
    "name-unportable": (
        Severity.WARNING,
        "A host that passes the name on unchanged has its request refused.",
        "Use at most 64 letters, digits, '_' and '-'.",
        '{"name": "notes.search", "inputSchema": {"type": "object"}}',
    ),
    "schema-boolean-property": (
        Severity.WARNING,
        _LOST,
        "Write {} for true.",
        '{"name": "search", "inputSchema":\n  {"type": "object", "properties": {"query": true}}}',
    ),
    "schema-dialect-unknown": (
        Severity.WARNING,
        "A client cannot check arguments against a dialect that it does not know.",
        "Declare https://json-schema.org/draft/2020-12/schema, or nothing.",
        '{"name": "search", "inputSchema":\n'
        '  {"type": "object", "$schema": "https://example.com/my-schema"}}',
    ),
    "schema-external-ref": (
        Severity.WARNING,
        "Clients must not fetch what a server refers to, so that part of the schema is unknown"
        " to them.",
        "Put what is referred to into $defs.",
        '{"name": "search", "inputSchema": {"type": "object",\n'
        '  "properties": {"query": {"$ref": "https://example.com/query.json"}}}}',
    ),
    "schema-header-invalid": (
        Severity.ERROR,
        "Clients must not offer or call such a tool over HTTP.",
        "Name a header once, for a string, integer or boolean that properties alone lead to.",
        '{"name": "search", "inputSchema": {"type": "object",\n'
        '  "properties": {"filter": {"type": "object", "x-mcp-header": "X-Filter"}}}}',
    ),
    "schema-invalid": (
        Severity.ERROR,
        "Clients and model APIs refuse the tool, or read the schema in different ways.",
        "Mend the schema where the problem points to.",
        '{"name": "search", "inputSchema":\n'
        '  {"type": "object", "properties": {"query": {"type": "text"}}}}',
    ),
    "schema-missing": (
        Severity.ERROR,
        _LOST,
        _NO_PARAMETERS,
        '{"name": "search", "description": "Search notes."}',
    ),
    "schema-ref-cycle": (
        Severity.ERROR,
        "It says nothing of the value, and a client that follows it never comes to an end.",
        "Let one of the references lead to a schema.",
        '{"name": "search", "inputSchema": {"type": "object",\n'
        '  "properties": {"query": {"$ref": "#/properties/query"}}}}',
    ),
    "schema-ref-missing": (
        Severity.ERROR,
        "That part of the schema accepts nothing, or anything, depending on the client.",
        "Define what is referred to in $defs.",
        '{"name": "search", "inputSchema": {"type": "object",\n'
        '  "properties": {"query": {"$ref": "#/$defs/Query"}}}}',
    ),
    "schema-too-deep": (
        Severity.WARNING,
        "Clients may crash on it, and models use such tools badly.",
        "Flatten the tool's parameters.",
        "a tool whose inputSchema is nested more than 128 levels deep",
    ),
    "schema-too-large": (
        Severity.WARNING,
        "It is too large for the context of any model.",
        "Move large enumerations out of the schema, into a tool that searches them.",
        "a tool whose inputSchema holds more than 200000 values",
    ),
    "schema-type": (
        Severity.ERROR,
        _LOST,
        _NO_PARAMETERS,
        '{"name": "search", "inputSchema": null}',
    ),
    "schema-type-missing": (
        Severity.ERROR,
        _LOST,
        'Add "type": "object".',
        '{"name": "search", "inputSchema": {"properties": {"query": {"type": "string"}}}}',
    ),
    "template-invalid": (
        Severity.ERROR,
        "Clients cannot fill in a template that they cannot parse.",
        "Write it as RFC 6570 says: {name}, with letters, digits and '_' in names.",
        '{"name": "note", "uriTemplate": "notes://{id"}',
    ),
    "uri-duplicate": (
        Severity.WARNING,
        "Reading it gives one of the two.",
        "Give each resource a URI of its own.",
        '{"name": "today", "uri": "notes://latest"}\n{"name": "newest", "uri": "notes://latest"}',
    ),
    "uri-invalid": (
        Severity.WARNING,
        "Clients that parse URIs refuse it.",
        "Begin with a scheme and percent-encode what a URI cannot hold.",
        '{"name": "plan", "uri": "notes://my plan"}',
    ),
    "uri-missing": (Severity.ERROR, _LOST, _ASK, '{"name": "plan", "mimeType": "text/plain"}'),
}
PROBLEM_RULES = tuple(Rule(name, PROBLEMS[name], *words) for name, words in _WORDS.items())
