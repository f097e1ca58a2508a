"""Which places in answers the user's files keep out of a replay: ``[replay] ignore``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcpx import settings
from mcpx.analyses.divergence.masks import IgnoreRules
from mcpx.errors import ConfigError


def ignored_places(folder: Path | None = None) -> list[str]:
    """The rules of the user's file, then those of the project's, as they are written.

    Raises ConfigError that names the file and the place.
    """
    return [
        rule
        for origin, tables in settings.tables(folder)
        for rule in _of_file(tables.get("replay", {}), origin)
    ]


def _of_file(table: Any, origin: str) -> Iterator[str]:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{origin}: replay: must be a table: [replay]")
    if extra := sorted(table.keys() - {"ignore"}):
        raise ConfigError(f"{origin}: replay: unknown member '{extra[0]}'")
    rules = table.get("ignore", [])
    if not isinstance(rules, list) or not all(isinstance(one, str) for one in rules):
        raise ConfigError(
            f"{origin}: replay.ignore: must be a list of texts",
            hint='ignore = ["tools/call[NAME] /structuredContent/**/modified"]',
        )
    for rule in rules:
        try:
            IgnoreRules.parsed([rule])
        except ValueError as error:
            raise ConfigError(f"{origin}: replay.ignore: {error}") from error
        yield rule
