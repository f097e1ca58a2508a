"""The roots that a server may be told: folders, as a rule, by their URIs.

Source: specification, client/roots, "Root", in every revision from 2024-11-05 to 2026-07-28.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mcpx.catalogue.uris import uri_fault
from mcpx.errors import UsageError

# One letter alone is a drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def root(text: str, name: str, warn: Callable[[str], None]) -> dict[str, str]:
    """A root as it goes over the wire, from a URI of any scheme or a path.

    A path becomes the URI of its absolute form; without a name it is called by its last segment.
    ``warn`` is told of a scheme that the specification forbids, and of a path that leads nowhere.
    Raises UsageError for what is no URI.
    """
    if not text:
        raise UsageError("root: empty", hint="give a folder, or a URI such as file:///srv/data")
    if not _SCHEME.match(text):
        path = Path(text).absolute()
        if not path.exists():
            warn(f"root {text}: there is no such file or folder")
        uri, last = path.as_uri(), path.name
    else:
        uri, last = text, _last_segment(text)
        if not uri.startswith("file://"):
            warn(f"root {text}: the specification allows only file:// URIs; servers may refuse it")
    return {"uri": uri, **({"name": name or last} if name or last else {})}


def _last_segment(uri: str) -> str:
    if fault := uri_fault(uri):
        raise UsageError(f"root {uri}: not a URI: it {fault}", hint="percent-encode it")
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise UsageError(f"root {uri}: not a URI: {error}") from error
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc.rpartition("@")[2]
