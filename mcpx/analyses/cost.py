"""What a server's tools cost the model that reads them, in bytes and tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mcpx.catalogue.model import Catalogue, Item, Kind

# An estimate for English text and JSON; no tokenizer of any model is asked. With it the median
# tool of 21,000 public ones costs 101 tokens and the mean 152 (counted 2026-11-22).
_CHARACTERS_PER_TOKEN = 4

_READ = {
    Kind.TOOL: ("name", "description", "inputSchema"),
    Kind.PROMPT: ("name", "description", "arguments"),
    Kind.RESOURCE: ("uri", "name", "description"),
    Kind.TEMPLATE: ("uriTemplate", "name", "description"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of what a model reads: bytes of UTF-8, and tokens estimated from characters."""

    bytes: int = 0
    tokens: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.bytes + other.bytes, self.tokens + other.tokens)


def cost_of_item(item: Item) -> Cost:
    """The cost of one item: its name, description and schema as compact JSON.

    Tokens are characters divided by four, rounded up.
    """
    seen = {member: item.raw[member] for member in _READ[item.kind] if member in item.raw}
    try:
        text = json.dumps(seen, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        # Nested too deeply to be sent to a model at all; what is readable of it still counts.
        text = item.key + item.description
    return Cost(len(text.encode("utf-8", "surrogatepass")), -(-len(text) // _CHARACTERS_PER_TOKEN))


def cost_of_catalogue(catalogue: Catalogue) -> Cost:
    """The cost of all tools of a server, which hosts send with every request.

    Prompts and resources are not in it: they cost only when somebody picks one.
    """
    return sum(map(cost_of_item, catalogue.tools), Cost())
