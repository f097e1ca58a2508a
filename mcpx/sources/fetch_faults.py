"""What went wrong with a GET, as one of our errors in words that are fit to be shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from mcpx import web_faults
from mcpx.errors import Evidence, ServerError
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
    refusal = web_faults.refusal(status, headers)
    message = f"{shown(url)}: HTTP {status}"
    if 300 <= status < 400 and headers.get("location"):
        message += f": it sends elsewhere, to {shown(headers['location'])}"
    if detail := said(web_faults.detail(headers.get("content-type", ""), body)):
        message += f": {detail}"
    challenge = said(headers.get("www-authenticate", ""))
    evidence = Evidence(status=status, challenge=challenge, retry_after=refusal.seconds)
    return ServerError(refusal.fault, message, hint=refusal.hint, evidence=evidence)


@contextlib.contextmanager
def told(url: str) -> Iterator[None]:
    """The library's errors as ours."""
    try:
        yield
    except Exception as error:  # what is no error of the library is raised again
        found = web_faults.failure(error, shown(url), said)
        if found is None:
            raise
        raise ServerError(found.fault, found.words, hint=found.hint) from error
