"""Catalogues for tests of analyses: servers by the names of what they offer, and real ones."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from mcpx.catalogue.model import KEY, Catalogue, Item, Kind
from tests.catalogue.data import SHARED

Member = tuple[str, Catalogue]


def server(
    key: str,
    tools: tuple[str, ...] = (),
    prompts: tuple[str, ...] = (),
    resources: tuple[str, ...] = (),
    templates: tuple[str, ...] = (),
    **more: Any,
) -> Member:
    """A server by its key and the keys of its items; ``more`` are members of its catalogue."""
    listed = {"tools": tools, "prompts": prompts, "resources": resources, "templates": templates}
    items = {
        kind.plural: tuple(Item(kind, {KEY[kind]: name}) for name in listed[kind.plural])
        for kind in Kind
    }
    return key, Catalogue(key, **items, **more)


def described(key: str, tools: Mapping[str, str], **more: Any) -> Member:
    """A server with described tools, so that those of another are not the same."""
    items = tuple(
        Item(Kind.TOOL, {"name": name, "description": text}) for name, text in tools.items()
    )
    return key, Catalogue(key, tools=items, **more)


def corpus(name: str) -> list[Member]:
    """The servers of a file of real tools."""
    items: dict[str, list[Item]] = defaultdict(list)
    labels: dict[str, str] = {}
    with (SHARED / f"corpus/{name}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            items[row["server"]].append(Item(Kind.TOOL, row["tool"]))
            labels[row["server"]] = row.get("server_info_name") or ""
    return [
        (key, Catalogue(key, server_info=_info(labels[key]), tools=tuple(some)))
        for key, some in items.items()
    ]


def _info(name: str) -> dict[str, str]:
    return {"name": name} if name else {}
