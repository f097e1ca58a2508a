"""What era and transport put around a request and its result, and what is left without it; no I/O.

Source: specification 2026-07-28 and 2025-11-25, basic/index ("_meta", "Result types"),
basic/patterns/mrtr, server/utilities/caching.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of members of ``_meta`` that belong to the protocol.
PREFIX = "io.modelcontextprotocol/"
# Source: SEP-414, which names them in ``_meta`` as W3C Trace Context does.
TRACE = frozenset(("traceparent", "tracestate", "baggage"))
# How long and for whom a result may be kept, which the legacy era does not say.
CACHING = ("ttlMs", "cacheScope")
COMPLETE = "complete"
# What a request carries of the round that it is (2026-07-28, basic/patterns/mrtr).
OF_THE_ROUND = ("requestState", "inputResponses")


def asked(params: Mapping[str, Any]) -> dict[str, Any]:
    """What a request asks, without what its era, its round and its client put around it.

    Dropped are, at the top alone, ``requestState`` and ``inputResponses``, and of ``_meta`` what is
    the protocol's, the trace context and the progress token; an empty ``_meta`` too.
    """
    found = {name: value for name, value in params.items() if name not in OF_THE_ROUND}
    return _without_meta(found, "progressToken")


def told(result: Mapping[str, Any], across: bool = True) -> dict[str, Any]:
    """What a result, or what else a server says, tells without its envelope.

    Dropped are, at the top alone, ``resultType`` where it is ``complete``, which is what a result
    without it means, and of ``_meta`` what is the protocol's and the trace context. ``across``
    eras also how long it may be kept: the legacy one does not say that.
    """
    found = dict(result)
    if found.get("resultType") == COMPLETE:
        del found["resultType"]
    if across:
        for name in CACHING:
            found.pop(name, None)
    return _without_meta(found)


def _without_meta(found: dict[str, Any], *names: str) -> dict[str, Any]:
    meta = found.get("_meta")
    if not isinstance(meta, dict):
        return found
    left = {
        name: value
        for name, value in meta.items()
        if not name.startswith(PREFIX) and name not in TRACE and name not in names
    }
    if left:
        found["_meta"] = left
    else:
        del found["_meta"]
    return found
