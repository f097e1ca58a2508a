"""HAR 1.2 as a JSON Schema, written from its text.

Source: softwareishard.com/blog/har-12-spec; w3c.github.io/web-performance/specs/HAR/Overview.html.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": -1}
DURATION = {"type": "number", "minimum": 0}
UNKNOWN_OR_DURATION = {"type": "number", "minimum": -1}


def an_object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with members that are its own, those that anybody may add, and a comment."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {}), "comment": TEXT},
        "patternProperties": {"^_": True},
        "additionalProperties": False,
    }


def a_list(item: dict[str, Any]) -> dict[str, Any]:
    """An array of these."""
    return {"type": "array", "items": item}


PAIR = an_object({"name": TEXT, "value": TEXT})
COOKIE = an_object({"name": TEXT, "value": TEXT}, {"path": TEXT, "domain": TEXT, "expires": TEXT})
COMMON = {
    "httpVersion": TEXT,
    "cookies": a_list(COOKIE),
    "headers": a_list(PAIR),
    "headersSize": COUNT,
    "bodySize": COUNT,
}
REQUEST = an_object(
    {
        "method": {"type": "string", "pattern": "^[A-Z]+$"},
        "url": {"type": "string", "format": "uri"},
        "queryString": a_list(PAIR),
        **COMMON,
    },
    {"postData": an_object({"mimeType": TEXT, "text": TEXT}, {"params": a_list(PAIR)})},
)
CONTENT = an_object(
    {"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT},
    {"compression": {"type": "integer"}, "text": TEXT, "encoding": TEXT},
)
RESPONSE = an_object(
    {
        "status": {"type": "integer", "minimum": 0, "maximum": 999},
        "statusText": TEXT,
        "content": CONTENT,
        "redirectURL": TEXT,
        **COMMON,
    }
)
TIMINGS = an_object(
    {"send": DURATION, "wait": DURATION, "receive": DURATION},
    dict.fromkeys(("blocked", "dns", "connect", "ssl"), UNKNOWN_OR_DURATION),
)
ENTRY = an_object(
    {
        "startedDateTime": {"type": "string", "format": "date-time"},
        "time": DURATION,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": an_object({}, {"beforeRequest": {}, "afterRequest": {}}),
        "timings": TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)
PROGRAM = an_object({"name": TEXT, "version": TEXT})
HAR = an_object(
    {
        "log": an_object(
            {"version": {"const": "1.2"}, "creator": PROGRAM, "entries": a_list(ENTRY)},
            {"browser": PROGRAM, "pages": {"type": "array"}},
        )
    }
)
