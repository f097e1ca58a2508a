"""A registry on this machine that follows the rules of the official one.

Source of the rules: the registry's implementation 1.6.0 (handlers/v0/servers.go and
database/postgres.go), 2026-11-22. Which answers it owes is tested in test_fake_registry.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from http_wire import Exchange, Listener

OFFICIAL = "io.modelcontextprotocol.registry/official"
Fault = Callable[[Exchange], None]


class RefusedError(Exception):
    """A request that is answered with a problem."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.body = {"title": "Refused", "status": status, "detail": detail, **more}
        self.status = status


class FakeRegistry:
    """Serves ``records``; the first requests can be answered by ``faults`` instead.

    ``always`` answers every request while it is set.
    """

    def __init__(self, records: list[Any], *faults: Fault) -> None:
        self.records = records
        self.faults = list(faults)
        self.always: Fault | None = None
        self._listener = Listener(self._play)

    def __enter__(self) -> FakeRegistry:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        return self._listener.origin

    @property
    def asked(self) -> list[str]:
        """The targets that were asked for, in order."""
        return [request.target for request in self._listener.requests]

    @property
    def headers(self) -> dict[str, str]:
        """Those of the last request."""
        return self._listener.requests[-1].headers

    def _play(self, exchange: Exchange) -> None:
        if fault := self.always or (self.faults.pop(0) if self.faults else None):
            fault(exchange)
            return
        path, query = exchange.request.path, exchange.request.query
        try:
            if path.endswith("/") and path != "/":
                raise RefusedError(308, "elsewhere")
            exchange.answer(self._answer(path, query))
        except RefusedError as error:
            headers = (("Location", path.rstrip("/")),) if error.status == 308 else ()
            body = json.dumps(error.body).encode()
            exchange.respond(error.status, body, "application/problem+json", headers)

    def _answer(self, path: str, query: dict[str, str]) -> Any:
        if path == "/v0/ping":
            return {"pong": True}
        if path == "/v0/health":
            return {"status": "ok", "github_client_id": ""}
        if (match := re.fullmatch(r"(?:/[^/]+)*?/v0(?:\.1)?/servers(/.+)?", path)) is None:
            raise RefusedError(404, f"Endpoint not found. Did you mean '/v0.1{path}'?")
        if match[1] is None:
            return self._listing(query)
        parts = [unquote(part) for part in match[1].split("/")[1:]]
        deleted = query.get("include_deleted") == "true"
        versions = [
            one
            for one in self.records
            if one["server"]["name"] == parts[0] and (deleted or not _is_deleted(one))
        ]
        if len(parts) == 3 and parts[1] == "versions":
            wanted = [one for one in versions if parts[2] in ("latest", one["server"]["version"])]
            newest = [one for one in wanted if parts[2] != "latest" or _official(one)["isLatest"]]
            if not newest:
                raise RefusedError(404, "Server not found")
            return newest[0]
        if not versions or parts[1:] != ["versions"]:
            raise RefusedError(404, "Server not found")
        versions.sort(key=lambda one: str(_official(one)["publishedAt"]), reverse=True)
        return {"servers": versions, "metadata": {"count": len(versions)}}

    def _listing(self, query: dict[str, str]) -> Any:
        limit = query.get("limit", "30")
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            error = {"message": "expected number <= 100", "location": "query.limit"}
            raise RefusedError(422, "validation failed", errors=[error])
        found = list(self._wanted(query))
        page = found[: int(limit)]
        metadata: dict[str, Any] = {"count": len(page)}
        if len(page) == int(limit):
            metadata["nextCursor"] = ":".join(_key(page[-1]))
        return {"servers": page, "metadata": metadata}

    def _wanted(self, query: dict[str, str]) -> Iterator[Any]:
        since = query.get("updated_since", "")
        deleted = query.get("include_deleted", "true" if since else "false") == "true"
        if since and not deleted:
            raise RefusedError(400, "include_deleted cannot be false with updated_since")
        try:
            after = datetime.fromisoformat(since) if since else None
        except ValueError:
            raise RefusedError(400, f"Invalid updated_since format: {since}") from None
        like = {"%": ".*", "_": "."}
        pattern = "".join(like.get(one, re.escape(one)) for one in query.get("search", ""))
        version, (name, _, last) = query.get("version"), query.get("cursor", "").partition(":")
        for one in sorted(self.records, key=_key):
            official = _official(one)
            if _key(one) <= (name, last) or (_is_deleted(one) and not deleted):
                continue
            if after and datetime.fromisoformat(official["updatedAt"]) <= after:
                continue
            if version == "latest" and not official["isLatest"]:
                continue
            if version not in (None, "latest", one["server"]["version"]):
                continue
            if re.search(pattern, one["server"]["name"], re.IGNORECASE):
                yield one


def record(name: str, version: str = "1.0.0", /, latest: bool = True, **server: Any) -> Any:
    """A record as the registry keeps it; ``status`` and ``updated`` are the registry's words."""
    official = {
        "status": server.pop("status", "active"),
        "publishedAt": "2026-05-01T10:00:00Z",
        "updatedAt": server.pop("updated", "2026-05-01T10:00:00Z"),
        "isLatest": latest,
    }
    if message := server.pop("message", ""):
        official["statusMessage"] = message
    described = {"name": name, "version": version, "description": f"About {name}", **server}
    return {"server": described, "_meta": {OFFICIAL: official}}


def path_of(target: str) -> str:
    """A target without its query."""
    return urlsplit(target).path


def _official(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = one["_meta"][OFFICIAL]
    return found


def _is_deleted(one: Any) -> bool:
    return bool(_official(one)["status"] == "deleted")


def _key(one: Any) -> tuple[str, str]:
    return one["server"]["name"], one["server"]["version"]
