"""What went wrong with a GET, as one of our errors in words that are fit to be shown."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from mcpx.errors import Evidence, Fault, ServerError
from mcpx.masking import mask_text, mask_url

# Of somebody else's words inside a sentence of ours.
_MOST_SAID = 200


def shown(url: str) -> str:
    """A URL without its query, which says nothing to a person."""
    return said(mask_url(url.partition("?")[0]))


def said(text: str) -> str:
    """Somebody else's words, fit to be shown: masked, on one line, shortened."""
    text = mask_text(" ".join(text[: 10 * _MOST_SAID].split()))
    return text if len(text) <= _MOST_SAID else text[:_MOST_SAID] + "…"


def refused(url: str, status: int, headers: Mapping[str, str], body: bytes) -> ServerError:
    """The error for a status that is no success, with what the server says of it."""
    seconds = _seconds(headers.get("retry-after", ""))
    fault, hint = Fault.HTTP, "check the URL"
    message = f"{shown(url)}: HTTP {status}"
    if status in (401, 403):
        fault, hint = Fault.AUTH, "it is not open to everybody"
    elif status == 429 or (status == 503 and seconds is not None):
        fault = Fault.THROTTLED
        hint = "try again later" if seconds is None else f"try again in {seconds:.0f} s"
    elif status >= 500:
        hint = "try again later"
    elif 300 <= status < 400:
        target = headers.get("location", "")
        message += f": it sends elsewhere, to {shown(target)}" if target else ""
        hint = "a redirect is followed on its own host only"
    if detail := _detail(body):
        message += f": {detail}"
    challenge = said(headers.get("www-authenticate", ""))
    return ServerError(
        fault,
        message,
        hint=hint,
        evidence=Evidence(status=status, challenge=challenge, retry_after=seconds),
    )


def _detail(body: bytes) -> str:
    """What an error says: problem details (RFC 9457), or the form of the registry's description."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    parts = [found.get(name) for name in ("detail", "error", "title", "message")]
    words = next((one for one in parts if isinstance(one, str) and one), "")
    errors = found.get("errors")
    for one in errors[:3] if isinstance(errors, list) else []:
        if isinstance(one, dict) and isinstance(one.get("message"), str):
            words += f"; {one.get('location') or 'it'}: {one['message']}"
    return said(words)


def _seconds(text: str) -> float | None:
    """``Retry-After`` in seconds from now: a number or a date (RFC 9110, 10.2.3)."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
