"""The error codes of JSON-RPC, and those that MCP adds.

Source: JSON-RPC 2.0, section 5.1; specification 2026-07-28, schema, and where another is named.
"""

from __future__ import annotations

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

# Of the modern era: headers that say something else than the body, a capability that the server
# needs and the client has not declared, a protocol version that the server does not speak.
HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022

# A resource that is not there, in the legacy era (2025-11-25, server/resources, "Error Handling");
# the modern one has no code of its own for that.
RESOURCE_NOT_FOUND = -32002

# A request that needs a page to be opened first, which the modern era asks for as a question
# (2025-11-25, client/elicitation, "URL Elicitation Required Error").
URL_ELICITATION = -32042

# Sampling that a person declined (2025-11-25, client/sampling, "Error Handling").
REJECTED = -1
