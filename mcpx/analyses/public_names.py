"""Names for tools that are safe in every host: a pure function of the server's key and the tool.

No name depends on which other servers there are, so none changes when servers come and go, and
permission rules written for a name keep their meaning.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mcpx.analyses.clones import clones, launch, may_differ
from mcpx.analyses.spelling import HUMP
from mcpx.catalogue.lock import LONGEST_NAME
from mcpx.catalogue.model import Catalogue
from mcpx.servers import canonical_json

_LONGEST_SERVER = 20
_PLAIN_SERVER = re.compile(r"[a-z][a-z0-9]*")
_PLAIN_TOOL = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
# What tags look like; what ends like one gets one too, so that none can be imitated.
_SERVER_TAG = re.compile(r"[0-9a-f]{4}$")
_TOOL_TAG = re.compile(r"(?:^|_)(?:[0-9a-f]{4}|[0-9a-f]{8})$")
_UNFIT = re.compile(r"[^a-z0-9]+")


def public_name(server: str, tool: str) -> str:
    """The name of a tool: ``github_create_issue`` for ``create_issue`` of the key ``github``.

    At most 50 characters of ``a`` to ``z``, ``0`` to ``9`` and ``_``, beginning with a letter. What
    cannot be written in them, or would be too long, ends with digits of a SHA-256, so that no two
    tools get one name but by an accident of the hash.
    """
    before = _server(server)
    room = LONGEST_NAME - len(before) - 1
    plain = _PLAIN_TOOL.fullmatch(tool) is not None and _TOOL_TAG.search(tool) is None
    if plain and len(tool) <= room:
        return f"{before}_{tool}"
    cleaned = _UNFIT.sub("_", HUMP.sub("_", tool).lower()).strip("_")
    digits = 4
    if len(cleaned) > room - digits - 1:
        digits = 8
        cleaned = cleaned[: room - digits - 1].rstrip("_")
    tag = _hash(f"{server}\0{tool}", digits)
    return "_".join(filter(None, (before, cleaned, tag)))


def _server(key: str) -> str:
    """The first part of a name: letters and digits of the key, with a tag where that loses any."""
    if (
        _PLAIN_SERVER.fullmatch(key)
        and len(key) <= _LONGEST_SERVER
        and _SERVER_TAG.search(key) is None
        # "mcp_" is what hosts put before names, "mcpx" the key of the gateway.
        and not key.startswith("mcp")
    ):
        return key
    kept = _UNFIT.sub("", key.lower())[: _LONGEST_SERVER - 5]
    if not kept[:1].isalpha() or kept.startswith("mcp"):
        kept = f"s{kept}"
    return kept + _hash(key, 4)


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


@dataclass(frozen=True, slots=True)
class PublicName:
    """What a tool of a server is called in every host.

    An empty name: it is not offered, because ``clone_of`` stands for it or, when that is empty too,
    because another tool came to the same name. ``own``: the user chose the name.
    """

    server: str
    tool: str
    name: str
    clone_of: str = ""
    own: bool = False


def public_names(
    members: Sequence[tuple[str, Catalogue]],
    own: Mapping[str, Mapping[str, str]],
    first: Container[str] = (),
) -> Iterator[PublicName]:
    """The name of every tool, by server and tool as they were given.

    ``own`` are the names that the user chose, by server and tool (empty: hidden); they win. A
    server that is another one once more is not offered; of those the one stays that is in
    ``first`` or has the least key. Of tools that came to one name none is offered, unless the user
    chose it for one: nobody can say which was meant. Nor is what no file can hold.
    """
    chosen = Counter(name for names in own.values() for name in names.values())
    hidden = _clones(members, first)
    found: list[PublicName] = []
    for server, catalogue in members:
        for tool in dict.fromkeys(tool.key for tool in catalogue.tools if tool.key):
            name = own.get(server, {}).get(tool)
            if not _is_text(server + tool):
                found.append(PublicName(server, tool, ""))
            elif name is not None:
                found.append(PublicName(server, tool, name, own=True))
            elif server in hidden:
                found.append(PublicName(server, tool, "", hidden[server]))
            else:
                found.append(PublicName(server, tool, public_name(server, tool)))
    times = Counter(one.name for one in found if not one.own)
    for one in found:
        taken = chosen[one.name] > 1 if one.own else times[one.name] > 1 or chosen[one.name]
        yield replace(one, name="", own=False) if one.name and taken else one


def _is_text(name: str) -> bool:
    """Whether a file can hold it: half of a surrogate pair is no character."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clones(members: Sequence[tuple[str, Catalogue]], first: Container[str]) -> Mapping[str, str]:
    """Servers that are surely another one once more, and that one's key."""
    numbers = clones(members)
    groups: dict[tuple[int, str], list[str]] = {}
    for key, catalogue in members:
        if key in numbers and not may_differ(catalogue):
            same = canonical_json([launch(catalogue), catalogue.server_info])
            groups.setdefault((numbers[key], same), []).append(key)
    stays = {
        key: min(keys, key=lambda one: (one not in first, one))
        for keys in groups.values()
        for key in keys
    }
    return {key: other for key, other in stays.items() if other != key}
