"""Digests of what a server offers: equal for equal content, whatever its spelling and order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mcpx.catalogue.canonical import canonical_bytes, canonical_text
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.json_text import Repeating, object_of

# Changes by itself while the server stays what it is. What comes beside a list (ttlMs, cacheScope,
# nextCursor) is no part of an item.
_VOLATILE: Mapping[Kind, Collection[str]] = {Kind.RESOURCE: ("size",), Kind.TEMPLATE: ()}
_OF_ANNOTATIONS = ("lastModified",)
# The members that a model or a person decides by. These lists are part of what "v1" stands for:
# other members need another version, or every lock of before is refused.
_SEEN: Mapping[Kind, Collection[str]] = {
    Kind.TOOL: ("name", "title", "description", "inputSchema", "outputSchema", "annotations"),
    Kind.PROMPT: ("name", "title", "description", "arguments"),
    Kind.RESOURCE: ("uri", "name", "title", "description", "mimeType", "annotations"),
    Kind.TEMPLATE: ("uriTemplate", "name", "title", "description", "mimeType", "annotations"),
}


def lasting(item: Item) -> Mapping[str, Any]:
    """The item as it came, without what is expected to change from day to day.

    That is a resource's size, the time of the last change of a resource or template, and
    annotations that hold nothing else. Of an object that gives a key twice, nothing is left out.
    """
    raw = item.raw
    if isinstance(raw, Repeating) or item.kind not in _VOLATILE:
        return raw
    kept = {name: value for name, value in raw.items() if name not in _VOLATILE[item.kind]}
    annotations = raw.get("annotations")
    if isinstance(annotations, dict) and not isinstance(annotations, Repeating):
        inner = {name: one for name, one in annotations.items() if name not in _OF_ANNOTATIONS}
        kept["annotations"] = inner
        if not inner:
            del kept["annotations"]
    return kept


def item_digest(item: Item) -> str:
    """The digest of all that lasts of an item, as ``sha256:`` and 64 hex digits.

    Nothing is normalised in it but the spelling of JSON: it is made of the words
    ``mcpx:KIND:v1``, a line end, and the canonical text. So are all digests here.
    """
    return _digest(item.kind.value, lasting(item))


def seen_digest(item: Item) -> str:
    """The digest of what a model or a person decides by: names, texts, schemas, annotations."""
    raw = lasting(item)
    members = raw.members if isinstance(raw, Repeating) else tuple(raw.items())
    seen = object_of([member for member in members if member[0] in _SEEN[item.kind]])
    return _digest(f"seen-{item.kind.value}", seen)


def instructions_digest(instructions: str) -> str:
    """The digest of a server's instructions."""
    return _digest("instructions", instructions)


def capabilities_digest(capabilities: Mapping[str, Any]) -> str:
    """The digest of the capabilities that a server announces."""
    return _digest("capabilities", capabilities)


def catalogue_digest(catalogue: Catalogue) -> str:
    """The digest of everything that a server offers, in whatever order.

    It covers the items, instructions and capabilities; not how the server is started, nor its era
    or version. Made of sorted lines ``KIND:KEY:DIGEST``, the key as canonical JSON.
    """
    lines = "\n".join(sorted(_lines(catalogue)))
    return _hash("catalogue", lines.encode("utf-8"))


def _lines(catalogue: Catalogue) -> Iterator[str]:
    for kind in Kind:
        for item in catalogue.items(kind):
            yield f"{kind}:{canonical_text(item.key)}:{item_digest(item)}"
    if catalogue.instructions is not None:
        yield f"instructions:{instructions_digest(catalogue.instructions)}"
    yield f"capabilities:{capabilities_digest(catalogue.capabilities)}"


def _digest(domain: str, value: Any) -> str:
    return _hash(domain, canonical_bytes(value))


def _hash(domain: str, content: bytes) -> str:
    return "sha256:" + hashlib.sha256(f"mcpx:{domain}:v1\n".encode() + content).hexdigest()
