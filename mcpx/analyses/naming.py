"""How a host makes the names that its model sees: the steps that host models are built of."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mcpx.analyses.finding import Effect


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
    return Cleaned(re.compile(unfit), by)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Replaces what does not fit in one text, or in all tools of a server."""

    unfit: re.Pattern[str]
    by: str

    def __call__(self, text: str) -> str:
        """One text cleaned."""
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
    return clean.all(tools) if isinstance(clean, Cleaned) else map(clean, tools)


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
