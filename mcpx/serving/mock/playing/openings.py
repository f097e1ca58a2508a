"""How a conversation begins: handshake, probe, and the errors for who speaks otherwise; no I/O.

Source: specification 2026-07-28, basic/versioning and server/discover; 2025-11-25,
basic/lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.client.eras.legacy import VERSIONS as LEGACY_VERSIONS
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.codes import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, UNSUPPORTED_VERSION
from mcpx.json_rpc import DISCOVER, INITIALIZE, LISTEN, members
from mcpx.servers import Era
from mcpx.serving.mock.playing.eras import SERVER_INFO, modern_result
from mcpx.serving.mock.playing.restamping import part, with_member, with_value, without, written
from mcpx.serving.mock.tape.stamps import VERSION, lacking
from mcpx.serving.mock.tape.takes import Part, Take
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import Outcome

# What a server can do shows in what it was asked.
_SHOWN_BY = {
    "tools": ("tools/",),
    "prompts": ("prompts/",),
    "resources": ("resources/",),
    "completions": ("completion/",),
    "logging": ("logging/",),
}
# And in what it was listened for.
_HEARD = {
    "toolsListChanged": ("tools", "listChanged"),
    "promptsListChanged": ("prompts", "listChanged"),
    "resourcesListChanged": ("resources", "listChanged"),
    "resourceSubscriptions": ("resources", "subscribe"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of our own: the JSON of a result, or of an error; ``status`` is that of HTTP."""

    result: str = ""
    error: str = ""
    status: int = 200


class Openings:
    """Who may talk to a mock, and what it says of itself."""

    def __init__(self, tape: Tape, both: bool) -> None:
        self._tape = tape
        self._both = both
        self._initialized = [one for one in tape.of_method(INITIALIZE) if _succeeded(one)]
        self._discovered = [one for one in tape.of_method(DISCOVER) if _succeeded(one)]
        # What a client of the era says on this tape, if it says it at all.
        self._stamps = any(one.stamped for one in tape.takes if one.method != DISCOVER)
        self._is_strict = any(one.stamped and one.era is Era.MODERN for one in tape.takes)

    def eras(self, era: Era) -> tuple[Era, ...]:
        """The eras of the takes that a client of an era may hear, its own first."""
        other = Era.LEGACY if era is Era.MODERN else Era.MODERN
        if not self._tape.eras:
            return era, other
        if era in self._tape.eras:
            return (era, other) if self._both else (era,)
        return (other,) if self._both else ()

    def reply(self, era: Era, method: str, params: Mapping[str, Any]) -> Take | Reply | None:
        """The answer to an opening, or to a client that is not spoken to; None for any other.

        ``era`` is that of the request.
        """
        if method == INITIALIZE:
            return self._handshake(params)
        if method == DISCOVER:
            return self._probe(params)
        spoken = self._tape.eras
        if not spoken:
            return None
        if era is Era.MODERN:
            if not self.eras(era):
                return error(INVALID_REQUEST, "the session has not been initialized", 400)
            return self._refused(params)
        if not self.eras(era) and self._stamps:
            text = f"_meta lacks {VERSION}"
            return error(INVALID_PARAMS, text, 400, {"supported": self._versions()})
        return None

    def capabilities(self) -> Mapping[str, Any] | None:
        """What the server said that it can do; None when that is not recorded."""
        for take in (*self._initialized, *self._discovered):
            result = members(take.steps[-1].piece.members().get("result"))
            return members(result.get("capabilities"))
        return None

    def lacks(self, method: str) -> bool:
        """Whether the server said that it cannot do what a method is for."""
        offered = self.capabilities()
        needed = next((name for name, of in _SHOWN_BY.items() if method.startswith(of)), None)
        return offered is not None and needed is not None and needed not in offered

    def server(self) -> str:
        """The JSON of what the server says that it is; empty when it is not known."""
        if self._initialized:
            return self._result(self._initialized[0], "serverInfo")
        if self._discovered:
            return self._result(self._discovered[0], "_meta", SERVER_INFO)
        return written(dict(self._tape.server)) if self._tape.server else ""

    # --- handshake and probe --------------------------------------------------------------------

    def _handshake(self, params: Mapping[str, Any]) -> Take | Reply:
        takes = self._initialized
        if takes:
            asked = params.get("protocolVersion")
            # A server that does not speak the version names one that it speaks.
            agreed = [one for one in takes if self._agreed(one) == asked]
            return (agreed or takes)[0]
        recorded = list(self._tape.of_method(INITIALIZE))
        if Era.MODERN in self._tape.eras and not self._both:
            return recorded[0] if recorded else self._unsupported(params.get("protocolVersion"))
        if recorded and Era.MODERN not in self._tape.eras:
            return recorded[0]
        return self._initialize_result(params)

    def _probe(self, params: Mapping[str, Any]) -> Take | Reply:
        recorded = list(self._tape.of_method(DISCOVER))
        modern = Era.MODERN in self._tape.eras
        if not modern and not self._both:
            # One that was left without an answer costs every client its patience.
            refusals = [one for one in recorded if one.ended or one.status]
            return refusals[0] if refusals else error(METHOD_NOT_FOUND, "Method not found", 400)
        refused = self._refused(params)
        if refused is not None:
            return refused
        return self._discovered[0] if self._discovered else self._discover_result()

    def _refused(self, params: Mapping[str, Any]) -> Reply | None:
        """The error for a version that is not spoken, or for a request that lacks its stamps.

        Where it is not recorded that there were any, they may be missing.
        """
        missing = lacking(params) if self._is_strict else ""
        if missing:
            data = {"supported": self._versions()} if missing == VERSION else None
            return error(INVALID_PARAMS, f"_meta lacks {missing}", 400, data)
        version = members(params.get("_meta")).get(VERSION)
        known = version is None or version in self._versions()
        return None if known else self._unsupported(version)

    def _unsupported(self, version: Any) -> Reply:
        data = {"supported": self._versions(), "requested": version}
        return error(UNSUPPORTED_VERSION, "Unsupported protocol version", 400, data)

    def _versions(self) -> list[str]:
        for take in self._discovered:
            result = members(take.steps[-1].piece.members().get("result"))
            supported = result.get("supportedVersions")
            if isinstance(supported, list):
                return [*supported]
        return list(self._tape.eras.get(Era.MODERN, MODERN_VERSIONS))

    def _agreed(self, take: Take) -> Any:
        return members(take.steps[-1].piece.members().get("result")).get("protocolVersion")

    # --- made up --------------------------------------------------------------------------------

    def _initialize_result(self, params: Mapping[str, Any]) -> Reply:
        """The handshake of a server that was recorded in the modern era, or without a handshake."""
        asked = params.get("protocolVersion")
        version = asked if asked in LEGACY_VERSIONS else LEGACY_VERSIONS[0]
        own = self._tape.eras.get(Era.LEGACY)
        version = own[0] if own else version
        server = self.server() or written({"name": "mcpx mock", "version": "1"})
        capabilities = self._offered(self._discovered) or self._shown()
        result = with_value('{"protocolVersion":0}', ("protocolVersion",), written(version))
        result = with_member(result, ("capabilities",), capabilities)
        result = with_member(result, ("serverInfo",), server)
        return Reply(self._instructed(result, self._discovered))

    def _discover_result(self) -> Reply:
        """The answer to a probe that was not recorded."""
        result = with_member("{}", ("supportedVersions",), written(self._versions()))
        offered = self._offered(self._initialized)
        # Tasks were part of the protocol before they were an extension.
        capabilities = without(offered, ("tasks",)) if offered else self._shown()
        result = with_member(result, ("capabilities",), capabilities)
        result = self._instructed(result, self._initialized)
        return Reply(modern_result(result, DISCOVER, self.server()))

    def _offered(self, takes: list[Take]) -> str:
        return self._result(takes[0], "capabilities") if takes else ""

    def _instructed(self, result: str, takes: list[Take]) -> str:
        text = self._result(takes[0], "instructions") if takes else ""
        return with_member(result, ("instructions",), text) if text else result

    def _shown(self) -> str:
        """What the server was seen to do."""
        shown: dict[str, Any] = {
            name: {}
            for name, methods in _SHOWN_BY.items()
            if any(take.method.startswith(methods) for take in self._tape.takes)
        }
        for take in self._tape.of_method(LISTEN):
            for member, (name, flag) in _HEARD.items():
                if members(take.asked.get("notifications")).get(member):
                    shown.setdefault(name, {})[flag] = True
        return written(shown)

    def _result(self, take: Take, *path: str) -> str:
        """The JSON of a part of a take's result, empty for none."""
        return part(self._tape.text(take.steps[-1].piece), ("result", *path)) or ""


def error(code: int, message: str, status: int = 200, data: Any = None) -> Reply:
    """An error of our own."""
    found = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return Reply(error=written(found), status=status)


def _succeeded(take: Take) -> bool:
    answered = bool(take.steps) and take.steps[-1].part is Part.ANSWERED
    return answered and take.outcome is Outcome.OK
