"""Which definitions need the handshake, for those where finding out cost time."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from mcpx import settings
from mcpx.errors import ConfigError
from mcpx.files import locked, write_whole
from mcpx.servers import Era, ServerSpec, definition_digest

KEPT_FOR = 30 * 24 * 3600.0


class EraMemory:
    """Verdicts by the digest of a definition, in the cache; a lost or broken file costs nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings.cache_folder() / "eras.json"

    def remembered(self, spec: ServerSpec) -> Era | None:
        """The era that this definition is known to need."""
        verdict = self._read().get(definition_digest(spec))
        return Era.LEGACY if verdict is not None else None

    def remember(self, spec: ServerSpec, era: Era) -> None:
        """Keep that this definition needs the handshake. Only that is worth keeping."""
        if era is not Era.LEGACY:
            return
        with contextlib.suppress(ConfigError), locked(self._path, patience=0.2):
            known = {**self._read(), definition_digest(spec): time.time()}
            write_whole(self._path, json.dumps({"version": 1, "legacy": known}), private=True)

    def _read(self) -> dict[str, float]:
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
            found = {str(key): float(value) for key, value in document["legacy"].items()}
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RuntimeError,
            OverflowError,
        ):
            return {}
        now = time.time()
        return {key: at for key, at in found.items() if now - KEPT_FOR < at <= now}
