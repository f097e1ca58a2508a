"""How alike two tools or prompts are: by schema, name and description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from mcpx.analyses.diff.values import member
from mcpx.analyses.spelling import canonical_name
from mcpx.analyses.wording import singular, words
from mcpx.catalogue.model import Item, Kind

# Weights of schema, name and description, and where neither has parameters.
# Measured on the history of github/github-mcp-server: true renames 0.67 to 1.0; of 6,786 pairs of
# different tools 6 reach 0.80.
_WEIGHTS = (0.4, 0.25, 0.35)
_WITHOUT_PARAMETERS = (0.1, 0.4, 0.5)
# Of a tool so much is looked at.
_LONGEST_NAME, _LONGEST_TEXT, _MOST_WORDS, _MOST_PARAMETERS = 200, 1_500, 60, 200


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a tool or prompt is recognised by.

    ``spelt`` is its key without case and separators, ``name`` the key's words, sorted.
    ``parameters`` are (name, type), ``signs`` the words and parameters that may be shared.
    """

    item: Item
    spelt: str
    name: tuple[str, ...]
    text: tuple[str, ...]
    parameters: frozenset[tuple[str, str]]
    required: frozenset[str]
    signs: frozenset[str]


def portrait(item: Item) -> Portrait:
    """The portrait of an item; what is odd in it is left out."""
    name = [singular(word) for word in words(item.key[:_LONGEST_NAME])]
    text = [singular(word) for word in words(item.description[:_LONGEST_TEXT])[:_MOST_WORDS]]
    parameters, required = _parameters(item)
    signs = {*name, *text[:20], *(f"{parameter}=" for parameter, _ in parameters)}
    return Portrait(
        item,
        canonical_name(item.key[:_LONGEST_NAME]),
        tuple(sorted(name)),
        tuple(text),
        parameters,
        required,
        frozenset(signs),
    )


def _parameters(item: Item) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    found: set[tuple[str, str]] = set()
    required: set[str] = set()
    if item.kind is Kind.PROMPT:
        arguments = item.raw.get("arguments")
        for argument in arguments[:_MOST_PARAMETERS] if isinstance(arguments, list) else ():
            name = member(argument, "name")
            if isinstance(name, str):
                found.add((canonical_name(name[:_LONGEST_NAME]), ""))
                if argument.get("required") is True:
                    required.add(canonical_name(name[:_LONGEST_NAME]))
        return frozenset(found), frozenset(required)
    schema = item.input_schema
    properties, needed = member(schema, "properties"), member(schema, "required")
    if isinstance(properties, dict):
        for name in list(properties)[:_MOST_PARAMETERS]:
            spelt = canonical_name(name[:_LONGEST_NAME])
            found.add((spelt, _type(properties[name])))
    if isinstance(needed, list):
        texts = (one for one in needed[:_MOST_PARAMETERS] if isinstance(one, str))
        required = {canonical_name(one[:_LONGEST_NAME]) for one in texts}
    return frozenset(found), frozenset(required)


def _type(schema: Any) -> str:
    kind = member(schema, "type")
    if isinstance(kind, list):
        return ",".join(sorted(one for one in kind[:8] if isinstance(one, str)))
    return kind if isinstance(kind, str) else ""


def likeness(one: Portrait, other: Portrait, least: float = 0.0) -> float:
    """How alike two are, from 0 to 1; 0 for what cannot reach ``least``."""
    schema = 0.7 * _shared(one.parameters, other.parameters) + 0.3 * _shared(
        one.required, other.required
    )
    plain = not one.parameters and not other.parameters
    weights = _WITHOUT_PARAMETERS if plain else _WEIGHTS
    known = weights[0] * schema
    # What words they have at all bounds how far their order can agree.
    name, text = (_bound(*two) for two in ((one.name, other.name), (one.text, other.text)))
    if known + weights[1] * max(name, 0.8) + weights[2] * text < least:
        return 0.0
    name = _names(one, other)
    if known + weights[1] * name + weights[2] * text < least:
        return 0.0
    return known + weights[1] * name + weights[2] * _ratio(one.text, other.text)


def _names(one: Portrait, other: Portrait) -> float:
    if one.spelt == other.spelt:
        return 1.0
    matcher = SequenceMatcher(None, " ".join(one.name), " ".join(other.name), autojunk=False)
    return matcher.ratio()


def _shared(one: frozenset[Any], other: frozenset[Any]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _bound(one: Sequence[str], other: Sequence[str]) -> float:
    if not one and not other:
        return 0.0
    met = sum((Counter(one) & Counter(other)).values())
    return 2 * met / (len(one) + len(other))


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    if one == other:
        # Nothing said on both sides is no sign of anything.
        return 1.0 if one else 0.5
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def opposite(one: Portrait, other: Portrait) -> bool:
    """Whether two names differ in words that mean opposites, such as ``star`` and ``unstar``."""
    return any(
        second in _OPPOSITES.get(first, ())
        or (len(first) > 2 and second in (f"un{first}", f"de{first}", f"dis{first}"))
        for first, second in _differences(one, other)
    )


def reads_and_writes(one: Portrait, other: Portrait) -> bool:
    """Whether one name has a verb that reads, the other one that writes, in its place."""
    return any(first in _READS and second in _WRITES for first, second in _differences(one, other))


def _differences(one: Portrait, other: Portrait) -> list[tuple[str, str]]:
    """Each word of one name alone with each of the other, both ways round."""
    gone, come = {*one.name} - {*other.name}, {*other.name} - {*one.name}
    pairs = [(first, second) for first in gone for second in come]
    return [*pairs, *((second, first) for first, second in pairs)]


def _table(text: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in text.split(";"):
        first, second = (side.split() for side in line.split("/"))
        for words_of, others in ((first, second), (second, first)):
            for word in words_of:
                found.setdefault(word, set()).update(others)
    return {word: frozenset(others) for word, others in found.items()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_READS = _words("get read fetch list show view find search")
_WRITES = _words(
    "set write update create add edit insert post delete remove destroy drop erase purge"
)
_OPPOSITES = _table(
    "add create insert new make/remove delete destroy drop erase purge clear;"
    "get read fetch list/delete remove destroy drop erase purge;get/set;read/write;"
    "enable/disable;start begin launch resume play/stop end pause cancel kill terminate finish;"
    "open reopen/close;lock/unlock;star/unstar;push/pop pull;increase increment up raise/"
    "decrease decrement down lower;show/hide;import/export;upload put/download get;"
    "encode/decode;encrypt/decrypt;install/uninstall remove;grant allow approve accept permit/"
    "revoke deny reject decline block forbid;follow/unfollow;archive/unarchive restore;"
    "next/previous prev;first/last;min minimum/max maximum;left/right;login/logout;"
    "in/out;join/leave;attach mount connect/detach unmount disconnect;send/receive;"
    "input/output;buy/sell;credit/debit;deposit/withdraw;before/after;source/target destination;"
    "activate/deactivate;subscribe/unsubscribe;publish/unpublish;assign/unassign;"
    "public/private;incoming/outgoing;from/to;on/off;save store/load delete discard;"
    "expand/collapse;compress zip pack/decompress unzip unpack extract;merge join/split;"
    "undo/redo;local/remote global"
)


def signed(portraits: Iterable[Portrait]) -> Mapping[str, list[int]]:
    """For each sign the places of those that have it."""
    found: dict[str, list[int]] = {}
    for place, one in enumerate(portraits):
        for sign in one.signs:
            found.setdefault(sign, []).append(place)
    return found
