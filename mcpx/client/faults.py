"""What went wrong on the wire, as one of our errors, with the reason and what would help."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mcpx import web, web_faults
from mcpx.codes import MISSING_CAPABILITY
from mcpx.errors import Evidence, Fault, ServerError
from mcpx.masking import MASK, Mask, mask_arguments, mask_text, mask_url, mask_value, secrets_of
from mcpx.servers import Era, ServerSpec
from mcpx.value_search import CUT

LINES_SHOWN = 12
# What is judged and shown of a server's own words: lines, and characters of each.
_LINES_JUDGED = 60
_LONGEST_LINE = 500
_MOST_READ = 1_000_000
# Of a server's words inside a sentence of ours.
MOST_SHOWN = 160
# Of what comes with an error: characters of its JSON.
_MOST_DATA = 10_000


@dataclass(frozen=True, slots=True)
class Cause:
    """A known reason for a failed start: how stderr gives it away, and what would help."""

    pattern: str
    reason: str
    hint: str = ""


_NPM_NAME = r"(?P<name>(?:@[\w.~-]{1,100}/)?[\w.~-]{1,100})"

# Seen with real servers on 2026-11-22: 14 of 28 Python server versions did not start because a
# newer mcp was resolved than they were written for.
CAUSES: tuple[Cause, ...] = (
    Cause(
        r"No module named 'mcp\.server\.(?:fastmcp|models|stdio|sse)"
        r"|cannot import name '\w+' from 'mcp[\w.]{0,60}'"
        r"|module 'mcp[\w.]{0,60}' has no attribute"
        r"|'(?:Server|FastMCP|MCPServer)' object has no attribute"
        r"|(?:Server|FastMCP|MCPServer)\.\w+\(\) (?:got|missing|takes)",
        "it was written for mcp 1.x, and a newer mcp is installed beside it",
        "{old_sdk}",
    ),
    Cause(
        r"pydantic(?:_core)?\.\S{0,60}(?:Error|Exception)|PydanticUserError"
        r"|cannot import name '\w+' from 'pydantic",
        "it does not work with the pydantic that is installed beside it",
        "try an older pydantic: pip install 'pydantic<2.12'",
    ),
    Cause(
        r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'",
        "the Python module {name} is not installed beside it",
        "install it where the server runs",
    ),
    Cause(
        r"Cannot find (?:module|package) '(?P<name>[^']+)'",
        "the Node module {name} is not installed",
        "npm install in the server's folder",
    ),
    Cause(
        r"EBADENGINE|Unsupported engine|requires Node(?:\.js)?(?: version)? |"
        r"does not provide an export named|(?:File|CustomEvent|Iterator) is not defined|"
        r"ERR_UNSUPPORTED|node:sqlite",
        "it needs a newer Node",
        "node --version; most npm servers of 2026 need Node 22 or newer",
    ),
    Cause(
        rf"notarget No matching version found for {_NPM_NAME}"
        r"@(?P<version>[\w.+~^<>=*-]{1,60}?)\.?\s*$",
        "npm has no version {version} of {name}",
        "npm view {name} versions",
    ),
    Cause(
        rf"404\s+(?:The requested resource )?'{_NPM_NAME}@[^']{{0,60}}'"
        r" (?:is not in this registry|could not be found)",
        "npm has no package {name}",
        "check the name: npm search {name}",
    ),
    Cause(
        r"npm (?:error|ERR!) code E404|404 Not Found - GET",
        "the registry has no such package",
        "check the package's name and version",
    ),
    Cause(
        r"SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET|VERIFY)_\w{0,40}|DEPTH_ZERO_SELF_SIGNED_CERT"
        r"|invalid peer certificate",
        "its package could not be downloaded: the certificate of the package registry is not known",
        "pass on the variable that names your authorities: --env NODE_EXTRA_CA_CERTS, "
        "--env SSL_CERT_FILE, or all with --inherit-env",
    ),
    Cause(
        r"npm (?:error|ERR!) (?:code|network) (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)"
        r"|error sending request for url|Failed to fetch|dns error",
        "its package could not be downloaded",
        "check the network, pass your variables on with --inherit-env, or install it first",
    ),
    Cause(
        r"No solution found when resolving"
        r"|Because .{1,200} (?:was|were) not found in the package registry",
        "its Python package could not be resolved",
        "check the package's name and version",
    ),
    Cause(
        r"An executable named `(?P<name>[^`]+)` is not provided by package",
        "the package has no command named {name}",
        "uvx --from PACKAGE COMMAND",
    ),
    Cause(
        r"Cannot connect to the Docker daemon|docker daemon is not running",
        "Docker is not running",
        "start Docker",
    ),
    Cause(
        r"EADDRINUSE|Address already in use",
        "the port it wants is taken",
    ),
    Cause(
        r"KeyError: '(?P<name>(?-i:[A-Z][A-Z0-9_]{2,60}))'"
        r"|(?<![\w-])(?P<name2>(?-i:[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60}))(?!\w)[^\n]{0,40}?"
        r"(?:not set|is required|required|missing|undefined|must be (?:set|provided))"
        r"|(?:missing|required|set)[^\n]{0,40}?"
        r"(?<![\w-])(?P<name3>(?-i:[A-Z][A-Z0-9]{0,30}_[A-Z0-9_]{1,60}))(?!\w)",
        "it needs the environment variable {name}",
        "give it: --env {name}=…",
    ),
    Cause(
        r"^ {0,8}usage:\s",
        "it was started with the wrong arguments",
        "its own words are above",
    ),
)

# Programs that fetch a package before they start it; they get a clock of their own.
LAUNCHERS = ("npx", "uvx", "uv", "pipx", "bunx", "pnpm", "yarn", "docker", "podman", "deno", "dnx")

_INSTALL = {
    **dict.fromkeys(("npx", "node", "npm"), "install Node.js"),
    **dict.fromkeys(("uvx", "uv"), "pip install uv"),
    "pipx": "pip install pipx",
    "docker": "install Docker",
}


def command_line(spec: ServerSpec) -> str:
    """The command as a shell would take it, secrets masked."""
    return shlex.join([mask_text(spec.command), *mask_arguments(spec.args)])


def cannot_start(spec: ServerSpec, reason: str, hint: str = "") -> ServerError:
    """The error for a process that could not be started at all."""
    if not hint and re.search(r"\$\{|\{env:|^\$|%\w+%", spec.command):
        hint = "a variable in the command is not set; mcpx discover names it"
    if not hint and "not found" in reason:
        hint = _INSTALL.get(spec.command, "")
    if not hint and "too many open files" in reason:
        hint = "ulimit -n 1024"
    return ServerError(
        Fault.SPAWN,
        f"{spec.name}: cannot be started: {reason}",
        hint=hint or "check the command",
        details=[f"command: {command_line(spec)}"],
    )


def how_it_ended(code: int | None) -> str:
    """An exit status in words."""
    if code is None:
        return "closed its output"
    if code < 0:
        try:
            return f"was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"was killed by signal {-code}"
    return f"exited with status {code}"


def ended(
    spec: ServerSpec, during: str, code: int | None, seconds: float, stderr: Sequence[str]
) -> ServerError:
    """The error for a server that went away: how, when, what it said, and what is known of it."""
    tail = _tail(spec, stderr)
    cause = known_cause(stderr)
    message = f"{spec.name}: {how_it_ended(code)} {_while(during)}after {seconds:.1f} s"
    hint = ""
    if cause is not None:
        message += f": {cause[0]}"
        hint = cause[1].replace("{old_sdk}", _with_old_sdk(spec))
    hint = hint or f"run it yourself: {command_line(spec)}"
    if MASK in hint:
        hint += f" (with what {MASK} stands for)"
    return ServerError(
        Fault.EXITED if code is not None else Fault.LOST,
        message,
        hint=hint,
        details=_said(tail),
        evidence=Evidence(code, round(seconds, 3), tail, cause[0] if cause else ""),
    )


def own_words(spec: ServerSpec, text: str, most: int = _LONGEST_LINE) -> str:
    """What a server said, fit to be shown: masked first, since half a secret is not recognised."""
    return _fit(_mask_of(spec), text, most)


def _mask_of(spec: ServerSpec) -> Mask:
    return _mask_with(frozenset(secrets_of(spec, every_variable=True)))


@lru_cache(maxsize=64)
def _mask_with(secrets: frozenset[str]) -> Mask:
    return Mask(secrets)


def _fit(mask: Mask, text: str, most: int = _LONGEST_LINE) -> str:
    text = text if len(text) <= _MOST_READ else text[:_MOST_READ] + CUT
    text = mask_text(mask(text)[: 4 * most])
    return text if len(text) <= most else text[:most] + CUT


def _tail(spec: ServerSpec, stderr: Sequence[str]) -> tuple[str, ...]:
    """The last lines of a server's stderr, masked and shortened."""
    return tuple(own_words(spec, line) for line in stderr[-LINES_SHOWN:])


def known_cause(stderr: Sequence[str]) -> tuple[str, str] | None:
    """The first known cause that a server's stderr gives away, as (reason, hint)."""
    text = "\n".join(line[:_LONGEST_LINE] for line in stderr[-_LINES_JUDGED:])
    for cause in CAUSES:
        if match := re.search(cause.pattern, text, re.IGNORECASE | re.MULTILINE):
            names = {key.rstrip("23"): value for key, value in match.groupdict().items() if value}
            reason, hint = cause.reason, cause.hint
            for key, value in names.items():
                reason = reason.replace("{" + key + "}", value)
                hint = hint.replace("{" + key + "}", value)
            return reason, hint
    return None


def _with_old_sdk(spec: ServerSpec) -> str:
    """A command that would start an old Python server beside the SDK it was written for."""
    arguments = mask_arguments(spec.args)
    if spec.command.endswith("uvx"):
        return shlex.join([spec.command, "--with", "mcp<2", *arguments])
    if spec.command.endswith("uv") and "run" in arguments:
        at = arguments.index("run") + 1
        return shlex.join([spec.command, *arguments[:at], "--with", "mcp<2", *arguments[at:]])
    return "pip install 'mcp<2' where the server is installed"


def timed_out(
    spec: ServerSpec,
    during: str,
    seconds: float,
    stderr: Sequence[str],
    noise: str = "",
) -> ServerError:
    """The error for a server that did not answer in time."""
    tail = _tail(spec, stderr)
    details = _said(tail)
    if noise:
        details.insert(0, noise)
    return ServerError(
        Fault.TIMEOUT,
        f"{spec.name}: no answer to {during or 'anything'} within {seconds:g} s",
        hint="give it more time with --timeout SECONDS",
        details=details,
        evidence=Evidence(seconds=seconds, stderr=tail),
    )


def broken_off(spec: ServerSpec, how: str, during: str = "") -> ServerError:
    """The error for a connection that ended before the answer was there."""
    return ServerError(
        Fault.LOST,
        f"{spec.name}: {how}{f' ({during})' if during else ''}",
        hint="it may have been done all the same; reading is repeated, a call is not",
    )


def hint_unopened(spec: ServerSpec, error: ServerError) -> None:
    """Have an error of the opening say that nothing of what was asked for has been done."""
    if error.fault is not Fault.LOST:
        return
    error.hint = "nothing was called yet; try again"
    if spec.url.lower().startswith("http:"):
        secure = "https" + spec.url[4:]
        shown = secure if mask_url(secure) == secure else "https://"
        error.hint = f"nothing was called yet; if it speaks TLS on this port, write {shown}"


def refused_by_status(
    spec: ServerSpec, what: str, status: int, headers: Mapping[str, str], body: bytes
) -> ServerError:
    """The error for an HTTP status that is no success, with what the server says of it."""
    refusal = web_faults.refusal(status, headers)
    challenge = own_words(spec, headers.get("www-authenticate", ""))
    kind = headers.get("content-type", "")
    said = own_words(spec, web_faults.detail(kind, body[:_MOST_READ]), MOST_SHOWN)
    message = f"{spec.name}: answered {what} with {refusal.phrase}"
    hint = refusal.hint
    if refusal.fault is Fault.AUTH:
        scope = re.search(r'\bscope="([^"]{1,200})"', challenge)
        wanted = f"a token with the scope {scope[1]}" if scope else "a token"
        if status == 401 and any(name.lower() == "authorization" for name in spec.headers):
            message = f"{spec.name}: refused the token that it was sent: {refusal.phrase} to {what}"
            wanted = "another token: it may have expired, or be for something else"
        hint = f"give {wanted}: --bearer-env VARIABLE, or a header: --header 'NAME: VALUE'"
    elif 300 <= status < 400 and headers.get("location"):
        target = own_words(spec, mask_url(headers["location"]), MOST_SHOWN)
        message += f": it sends elsewhere, to {target}"
        if here := web.on_origin(spec.url, headers["location"]):
            hint = "such a redirect would lose the request; name the new URL: "
            hint += own_words(spec, mask_url(here), MOST_SHOWN)
    elif status < 500 and refusal.fault is Fault.HTTP:
        hint = f"{hint}: {mask_url(spec.url)}"
    details = [f"it says: {said}"] if said else []
    if challenge:
        details.append(f"www-authenticate: {challenge}")
    evidence = Evidence(status=status, challenge=challenge, retry_after=refusal.seconds)
    return ServerError(refusal.fault, message, hint, details, evidence)


def over_limit(spec: ServerSpec, limit: str, what: str) -> ServerError:
    """The error for a server that sends more than a limit allows."""
    return ServerError(
        Fault.LIMIT,
        f"{spec.name}: sent {what}, more than the limit '{limit}' allows",
        hint=f"allow more with --limit {limit}=NUMBER",
    )


def answered_with_error(
    spec: ServerSpec, method: str, error: Any, status: int | None = None
) -> ServerError:
    """The error for a JSON-RPC error that a server answered with; ``status`` is that of HTTP."""
    code = error.get("code") if isinstance(error, dict) else None
    text = error.get("message") if isinstance(error, dict) else None
    text = own_words(spec, text) if isinstance(text, str) and text else "no message"
    hint = "-vv shows the messages on the wire"
    if code == MISSING_CAPABILITY:
        wants = _required(error.get("data"))
        hint = f"it wants a client that offers {wants}"
    return ServerError(
        Fault.PROTOCOL,
        f"{spec.name}: answered {method} with error {code}: {text}",
        hint=hint,
        evidence=Evidence(
            code=code if type(code) is int else None,
            data=_own_value(spec, error.get("data")) if isinstance(error, dict) else None,
            status=status,
        ),
    )


def _own_value(spec: ServerSpec, value: Any) -> Any:
    """What a server sent with an error, masked; None for more than anybody wants to see."""
    if value is None or len(json.dumps(value)) > _MOST_DATA:
        return None
    mask = _mask_of(spec)
    return mask_value(value, lambda text: _fit(mask, text))


def _required(data: Any) -> str:
    """The capabilities that a server names as missing."""
    wanted = data.get("requiredCapabilities") if isinstance(data, dict) else None
    ways = {
        "elicitation": "elicitation (--elicit or --answer FILE)",
        "sampling": "sampling (--answer FILE)",
        "roots": "roots (--root URI)",
    }
    named = [way for name, way in ways.items() if isinstance(wanted, dict) and name in wanted]
    return ", ".join(named) or "more than mcpx does"


def invalid_answer(spec: ServerSpec, method: str, reason: str) -> ServerError:
    """The error for an answer that is not what the protocol says."""
    return ServerError(
        Fault.INVALID_RESPONSE,
        f"{spec.name}: invalid answer to {method}: {reason}",
        hint="-vv shows the messages on the wire",
    )


def wrong_version(spec: ServerSpec, offered: object, known: Sequence[str]) -> ServerError:
    """The error for a server that speaks no revision of MCP that mcpx knows."""
    return ServerError(
        Fault.VERSION,
        f"{spec.name}: speaks MCP {offered}, which mcpx does not",
        hint=f"mcpx speaks {', '.join(known)}",
    )


# What helps where a server does not speak the era that was asked for.
ANOTHER_ERA = "leave --era out, or try --era auto"


def wrong_era(spec: ServerSpec, offered: str, era: Era) -> ServerError:
    """The error for a server that does not speak the era that was asked for."""
    but = f", but MCP {offered}" if offered else ""
    return ServerError(
        Fault.VERSION,
        f"{spec.name}: does not speak the {era} era{but}",
        hint=ANOTHER_ERA,
    )


def only_old(spec: ServerSpec, era: Era) -> ServerError:
    """The error for a server of the first transport over HTTP, which no later era knows."""
    return ServerError(
        Fault.VERSION,
        f"{spec.name}: does not speak the {era} era, but the legacy one over HTTP+SSE",
        hint="leave --era out, or give --era legacy",
    )


def _while(during: str) -> str:
    return f"before answering {during} " if during else ""


def _said(tail: Sequence[str]) -> list[str]:
    return [f"stderr: {line}" for line in tail]
