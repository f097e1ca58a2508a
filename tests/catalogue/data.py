"""Catalogues for tests: small ones made here, real ones where the data folder is present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mcpx.catalogue.files import read
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.servers import Era

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY / "../shared/data"
FILES = sorted(SHARED.glob("catalogues/**/*.json"))

needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the folder ../shared/data")


def tool(name: Any = "t", **members: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object"}, **members}


def without(raw: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != member}


def offering(kind: Kind, *raws: dict[str, Any], era: Era | None = None) -> Catalogue:
    items = tuple(Item(kind, raw) for raw in raws)
    return Catalogue("server", era=era, **{kind.plural: items})


def real(name: str) -> Catalogue:
    path = SHARED / "catalogues" / f"{name}.json"
    (catalogue,) = read(path.read_text(encoding="utf-8"), path.name, path.stem)
    return catalogue
