"""What a server of one era said, as one of the other would have said it; no I/O.

Source: specification 2026-07-28, basic/index ("Result types"), server/utilities/caching,
basic/versioning; 2025-11-25, server/resources ("Error Handling").
"""

from __future__ import annotations

from collections.abc import Mapping

from mcpx.codes import INVALID_PARAMS, RESOURCE_NOT_FOUND
from mcpx.envelopes import CACHING, COMPLETE, PREFIX
from mcpx.json_rpc import SUBSCRIPTION
from mcpx.serving.mock.playing.restamping import part, with_member, with_value, without, written

SERVER_INFO = f"{PREFIX}serverInfo"
_CACHED = (
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
)
_META = ("params", "_meta")
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
# Which member of a subscription's filter asks for a notification.
LISTENED = {
    "notifications/tools/list_changed": "toolsListChanged",
    "notifications/prompts/list_changed": "promptsListChanged",
    "notifications/resources/list_changed": "resourcesListChanged",
    "notifications/resources/updated": "resourceSubscriptions",
}


def modern_answer(text: str, method: str, server: str) -> str:
    """A legacy answer as a modern one; ``server`` is the JSON of what the server says it is."""
    result = part(text, ("result",))
    if result is None:
        old = (
            part(text, ("error", "code")) == str(RESOURCE_NOT_FOUND) and method == "resources/read"
        )
        return with_value(text, ("error", "code"), str(INVALID_PARAMS)) if old else text
    return with_value(
        text, ("result",), modern_result(part(text, ("result",)) or "", method, server)
    )


def modern_result(result: str, method: str, server: str) -> str:
    """A legacy result as a modern one: complete, not to be kept, and with who says it."""
    result = with_member(result, ("resultType",), written(COMPLETE))
    if method in _CACHED:
        result = with_member(result, ("ttlMs",), "0")
        result = with_member(result, ("cacheScope",), written("private"))
    return with_member(result, ("_meta", SERVER_INFO), server) if server else result


def legacy_answer(text: str, method: str) -> str:
    """A modern answer as a legacy one."""
    if part(text, ("result",)) is None:
        new = part(text, ("error", "code")) == str(INVALID_PARAMS) and method == "resources/read"
        return with_value(text, ("error", "code"), str(RESOURCE_NOT_FOUND)) if new else text
    for name in ("resultType", *CACHING):
        text = without(text, ("result", name))
    return without_meta(text, ("result", "_meta"), SERVER_INFO)


def legacy_notification(text: str) -> str:
    """What a subscription tells, as it came without one."""
    return without_meta(text, _META, SUBSCRIPTION)


def modern_notification(text: str, subscription: str) -> str:
    """A notification as a subscription tells it; ``subscription`` is the JSON of its id."""
    return with_member(text, (*_META, SUBSCRIPTION), subscription)


def without_meta(text: str, meta: tuple[str, ...], name: str) -> str:
    """The text without a member of its ``_meta``, and without that when it is empty then."""
    text = without(text, (*meta, name))
    left = part(text, meta)
    is_empty = left is not None and left[:1] == "{" and not left[1:-1].strip()
    return without(text, meta) if is_empty else text


def is_listened(method: str, uri: object, notifications: Mapping[str, object]) -> bool:
    """Whether a subscription's filter asks for a notification; it gets no other kinds of them."""
    member = LISTENED.get(method)
    wanted = notifications.get(member) if member else True
    if member == "resourceSubscriptions":
        return isinstance(wanted, list) and uri in wanted
    return wanted is True


def honoured(agreed: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, object]:
    """What a subscription gets, of what the server agreed to once."""
    found: dict[str, object] = {}
    for name, value in wanted.items():
        known = agreed.get(name)
        if isinstance(value, list) and isinstance(known, list):
            found[name] = [one for one in value if one in known]
        elif value is True and known is True:
            found[name] = True
    return found
