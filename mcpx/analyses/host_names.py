"""How single hosts make names, where that is no common step: each by its own rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from mcpx.analyses.naming import Cleaned, Offer, middle_out, sha1
from mcpx.analyses.spelling import HUMP


def vscode(offers: Sequence[Offer]) -> list[str]:
    """VS Code: ``mcp_`` + 13 characters of the server's label, numbered where equal, + tool."""
    taken: Counter[str] = Counter()
    found: list[str] = []
    for offer in offers:
        label = _VSCODE_SERVER.sub("_", (offer.label or offer.key).lower())[:13]
        taken[label] += 1
        number = str(taken[label]) if taken[label] > 1 else ""
        prefix = f"mcp_{label}{number}_"
        found += [prefix + tool for tool in _VSCODE_TOOL.all(offer.tools)]
    return [name.replace(".", "_")[:64] for name in found]


_VSCODE_SERVER = re.compile(r"[^a-z0-9_.-]+")
_VSCODE_TOOL = Cleaned(re.compile(r"[^a-zA-Z0-9_.-]"), "_")


def zed(offers: Sequence[Offer]) -> list[str]:
    """Zed: bare names cut at 64; equal ones get their server before them, as far as there is room.

    A name that another server has decides, so names change with the servers.
    """
    tools = [tool[:64] for offer in offers for tool in offer.tools]
    times = Counter(tools)
    found = []
    place = 0
    for offer in offers:
        server = _snake(offer.key)
        for tool in tools[place : place + len(offer.tools)]:
            room = max(64 - len(tool) - 1, 0)
            found.append(tool if times[tool] == 1 else f"{server[:room]}_{tool}"[:64])
        place += len(offer.tools)
    return found


_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")


def _snake(text: str) -> str:
    return _NOT_WORD.sub("_", HUMP.sub("_", text)).strip("_").lower()


def continue_dev(offers: Sequence[Offer]) -> list[str]:
    """Continue: ``server_tool``; a tool that begins with its server's name gets none before it."""
    found = []
    for offer in offers:
        server = re.sub(r"[^a-z0-9]+", "_", offer.key.lower()).strip("_")
        found += [tool if tool.startswith(server) else f"{server}_{tool}" for tool in offer.tools]
    return found


def gemini(offers: Sequence[Offer]) -> list[str]:
    """Gemini CLI: ``mcp_server_tool``, ``mcp_`` not twice; over 63 characters the middle goes."""
    found = []
    for offer in offers:
        begin = f"{offer.key}_" if offer.key.startswith("mcp_") else f"mcp_{offer.key}_"
        head = _GEMINI(begin)
        found += [head + tool for tool in _GEMINI.all(offer.tools)]
    return _GEMINI_FIT(found)


_GEMINI = Cleaned(re.compile(r"[^A-Za-z0-9_.:-]"), "_")
_GEMINI_FIT = middle_out(63, 30, "...")


def codex(offers: Sequence[Offer]) -> list[str]:
    """Codex CLI: a namespace for each server and the tool in it, written with a dot between.

    Equal namespaces, and equal tools of one namespace, each get 12 digits of a hash.
    """
    spaces = [_CODEX(offer.key) for offer in offers]
    times = Counter(spaces)
    for long in [space for space in times if len(space) > _CODEX_SPACE]:
        times[long] += 1  # too long is hashed as equal is
    found = []
    for offer, space in zip(offers, spaces, strict=True):
        namespace = space
        if times[space] > 1:
            namespace = f"{space[: _CODEX_SPACE - 13]}_{sha1(offer.key, 12)}"
        tools = list(_CODEX.all(offer.tools))
        alike = Counter(tools)
        room = max(64 - len(namespace), 0)
        for tool, raw in zip(tools, offer.tools, strict=True):
            if alike[tool] == 1 and len(tool) <= room:
                found.append(f"{namespace}.{tool}")
            else:
                digest = sha1(f"{offer.key} {raw}", 12)
                found.append(f"{namespace}.{tool[: max(room - 13, 0)]}_{digest}")
    return found


# So that a tool of one character and its hash have room beside it.
_CODEX_SPACE = 50
_CODEX = Cleaned(re.compile(r"[^A-Za-z0-9_]"), "_")


def amazon_q(tool: str) -> str:
    """Amazon Q: invalid characters left out, an ``a`` before what does not begin with a letter."""
    kept = re.sub(r"[^A-Za-z0-9_-]", "", tool)
    return kept if kept[:1].isalpha() else f"a{kept}"


def roo(part: str) -> str:
    """Roo Code: spaces to ``_``, other characters left out, runs of hyphens to one."""
    return re.sub(r"--+", "-", re.sub(r"[^A-Za-z0-9_-]", "", re.sub(r"\s+", "_", part)))


def slug(text: str) -> str:
    """ContextForge: lower case, every run of other characters than letters and digits to ``-``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def goose_key(name: str) -> str:
    """Goose: white space left out, other characters to ``_``, lower case."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", re.sub(r"\s+", "", name)).lower()
