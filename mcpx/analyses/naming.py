"""How a host makes the names that its model sees: the steps that host models are built of."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mcpx.analyses.finding import Effect
from mcpx.analyses.spelling import HUMP


@dataclass(frozen=True, slots=True)
class Offer:
    """What one server brings into a host.

    ``key`` is its name in the configuration, ``label`` what it calls itself (``serverInfo.title``
    or ``name``; empty when unknown), ``tools`` the names of its tools in its own order.
    """

    key: str
    label: str = ""
    tools: Sequence[str] = ()


# Offers in the order of the configuration -> one name for each of their tools, in that order.
Names = Callable[[Sequence[Offer]], list[str]]
# One text, such as a server's key, made fit for a name.
Clean = Callable[[str], str]
Fit = Callable[[list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class HostModel:
    """What is known of how a host or gateway names tools.

    ``names`` makes the names. ``clash`` says what becomes of two tools of one name, ``beyond``
    of a name longer than ``limit`` characters, ``refusal`` of one that ``alphabet`` does not match
    whole. Names that are equal once ``alike`` has been applied are one name to it. ``separator``
    is where it splits a name to find its server, ``keys`` what it takes for a server's key.
    ``stable``: no name depends on other servers; ``renames``: tools of one name get others.
    ``prompts`` and ``resources`` say what becomes of two of one name or URI, where that is known.
    ``source`` and ``read`` (a date) say where this stands, ``doubt`` what is not sure of it.
    """

    id: str
    title: str
    names: Names
    clash: Effect
    source: str
    read: str
    limit: int | None = None
    beyond: Effect = Effect.API_MAY_REFUSE
    alphabet: re.Pattern[str] | None = None
    refusal: Effect = Effect.API_MAY_REFUSE
    alike: Clean | None = None
    separator: str = ""
    stable: bool = True
    renames: bool = False
    keys: re.Pattern[str] | None = None
    prompts: Effect | None = None
    resources: Effect | None = None
    doubt: str = ""


def as_is(text: str) -> str:
    """A part of a name that the host leaves alone."""
    return text


def cleaned(unfit: str, by: str = "_") -> Clean:
    """Every match of the pattern ``unfit`` replaced."""
    return _Cleaned(re.compile(unfit), by)


@dataclass(frozen=True, slots=True)
class _Cleaned:
    unfit: re.Pattern[str]
    by: str

    def __call__(self, text: str) -> str:
        return self.unfit.sub(self.by, text)

    def all(self, texts: Sequence[str]) -> Sequence[str]:
        """Each text cleaned; most servers need none of it, which one look at all tells."""
        return [*map(self, texts)] if self.unfit.search("".join(texts)) else texts


def prefixed(prefix: Clean, tool: Clean = as_is, fit: Fit | None = None) -> Names:
    """Names that begin with what ``prefix`` makes of the server's key."""

    def names(offers: Sequence[Offer]) -> list[str]:
        found: list[str] = []
        for offer in offers:
            head = prefix(offer.key)
            found += [head + one for one in _each(tool, offer.tools)]
        return found if fit is None else fit(found)

    return names


def _each(clean: Clean, tools: Sequence[str]) -> Iterable[str]:
    if clean is as_is:
        return tools
    return clean.all(tools) if isinstance(clean, _Cleaned) else map(clean, tools)


def bare(tool: Clean = as_is) -> Names:
    """The tools' own names."""
    return prefixed(lambda _key: "", tool)


def cut(most: int) -> Fit:
    """Names cut at so many characters."""
    return lambda names: [name[:most] for name in names]


def middle_out(most: int, kept: int, between: str) -> Fit:
    """Longer names keep their first and last ``kept`` characters."""

    def fit(names: list[str]) -> list[str]:
        return [
            name if len(name) <= most else name[:kept] + between + name[-kept:] for name in names
        ]

    return fit


def sha1(text: str, digits: int) -> str:
    """The first hexadecimal digits of SHA-1, as hosts use them to tell names apart."""
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[
        :digits
    ]


def hashed_where_changed(separator: str, clean: Clean, most: int, digits: int) -> Names:
    """Joined and cleaned; what that changed or made too long ends with a hash of the raw name."""

    def names(offers: Sequence[Offer]) -> list[str]:
        found = []
        for offer in offers:
            before = offer.key + separator
            for tool in offer.tools:
                raw = before + tool
                name = clean(raw)
                if name != raw or len(raw) > most:
                    name = f"{name[: most - digits - 1]}_{sha1(raw, digits)}"
                found.append(name)
        return found

    return names


def hashed_where_equal(plain: Names, most: int, digits: int) -> Names:
    """The names of ``plain``; those that are equal or too long end with a hash of server and tool.

    So no two are equal, but a name changes when an equal one comes.
    """

    def names(offers: Sequence[Offer]) -> list[str]:
        found = plain(offers)
        times = Counter(found)
        pairs = ((offer.key, tool) for offer in offers for tool in offer.tools)
        return [
            name
            if times[name] == 1 and len(name) <= most
            else f"{name[: most - digits - 1]}_{sha1(f'{key} {tool}', digits)}"
            for name, (key, tool) in zip(found, pairs, strict=True)
        ]

    return names


def only_with_others(alone: Names, together: Names) -> Names:
    """One way of naming for a single server, another as soon as there is a second."""
    return lambda offers: together(offers) if len(offers) > 1 else alone(offers)


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
_VSCODE_TOOL = _Cleaned(re.compile(r"[^a-zA-Z0-9_.-]"), "_")


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


_GEMINI = _Cleaned(re.compile(r"[^A-Za-z0-9_.:-]"), "_")
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
_CODEX = _Cleaned(re.compile(r"[^A-Za-z0-9_]"), "_")


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
