"""The JSON Schemas of every output and file format, as they are shipped."""

from __future__ import annotations

from importlib.resources import files

from mcpx.errors import UsageError


def names() -> list[str]:
    """The formats that have a schema, by name: ``catalogue`` for ``mcpx.catalogue``."""
    folder = files("mcpx.shipped") / "schemas"
    return sorted(
        entry.name.removesuffix(".json") for entry in folder.iterdir() if ".json" in entry.name
    )


def text(name: str) -> str:
    """The schema of a format as JSON text. Raises UsageError for a format without one."""
    known = names()
    if name not in known:
        raise UsageError(f"there is no schema '{name}'", hint="there are " + ", ".join(known))
    return (files("mcpx.shipped") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
