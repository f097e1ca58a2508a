"""Small JSON Schemas made by chance, and pairs of them, for tests that compare schemas."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from mcpx.schemas.walk import subschemas

Pair = tuple[dict[str, Any], dict[str, Any]]

NAMES = ("a", "b", "ab")
NUMBERS = (-1, 0, 1, 2, 3, 5, 0.5, 1.5, 2.0, 2**53, 2**53 + 1, 2.0**53, 10**20, 1e20)
TEXTS = ("", "a", "b", "ab", "a\n", "é", "1")
TYPES = ("string", "integer", "number", "boolean", "null", "object", "array")
PATTERNS = (
    "^a", "a$", "^a$", "^a*$", "b", "a*", "^[ab]+$", r"^\d+$", r"\w", "^.+$", r"^a\s", "^$", "[^a]"
)  # fmt: skip
STEPS = (1, 2, 3, 0.1, 0.3, 0.5, 1.5, 1e-8, 2**53)
# Below a place a reference may lead back; in place it would do so without end.
BACK = ("#/$defs/one", "#/$defs/two", "#")
ONWARD = ("#/$defs/two",)
IN_PLACE = frozenset(("anyOf", "oneOf", "allOf", "not", "if", "then", "else", "dependentSchemas"))
ONE = (
    "additionalProperties", "unevaluatedProperties", "propertyNames", "items", "contains",
    "unevaluatedItems", "not", "if", "then", "else",
)  # fmt: skip
MANY = ("prefixItems", "anyOf", "oneOf", "allOf", "anyOf", "allOf")
NAMED = ("properties", "properties", "properties", "properties", "dependentSchemas")
NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
SIZES = ("minLength", "maxLength", "minProperties", "maxProperties", "minItems", "maxItems")


def value(chance: Random, deep: int = 2) -> Any:
    kind = chance.randrange(8 if deep else 6)
    if kind == 6:
        return [value(chance, deep - 1) for _ in range(chance.randrange(3))]
    if kind == 7:
        return {chance.choice(NAMES): value(chance, deep - 1) for _ in range(chance.randrange(3))}
    return (None, True, False, chance.choice(NUMBERS), chance.choice(TEXTS), 1)[kind]


def _names(chance: Random) -> list[str]:
    return chance.sample(NAMES, chance.randrange(3))


PLAIN: dict[str, Callable[[Random], Any]] = {
    "type": lambda chance: chance.choice(
        [chance.choice(TYPES), chance.choice(TYPES), chance.sample(TYPES, 2)]
    ),
    "enum": lambda chance: [value(chance) for _ in range(chance.randint(1, 3))],
    "const": value,
    "multipleOf": lambda chance: chance.choice(STEPS),
    "pattern": lambda chance: chance.choice(PATTERNS),
    "required": _names,
    "dependentRequired": lambda chance: {chance.choice(NAMES): _names(chance)},
    "uniqueItems": lambda chance: chance.random() < 0.8,
    **{word: lambda chance: chance.choice(NUMBERS) for word in NUMERIC},
    **{word: lambda chance: chance.randrange(4) for word in SIZES},
}


def _nested(chance: Random, deep: int, references: Sequence[str]) -> dict[str, Any]:
    word = chance.choice((*ONE, *MANY, *NAMED, "patternProperties"))
    within = references if word in IN_PLACE else BACK
    if word in ONE:
        return {word: schema(chance, deep - 1, within)}
    several = [schema(chance, deep - 1, within) for _ in range(chance.randint(1, 2))]
    if word in MANY:
        return {word: several}
    names = NAMES if word in NAMED else PATTERNS
    return {word: dict(zip(chance.sample(names, len(several)), several, strict=True))}


def _words(chance: Random, deep: int, references: Sequence[str] = ONWARD) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(chance.randint(1, 3)):
        if deep and chance.random() < 0.5:
            found.update(_nested(chance, deep, references))
        else:
            word = chance.choice(("type", *PLAIN))
            found[word] = PLAIN[word](chance)
    return found


def schema(chance: Random, deep: int = 2, references: Sequence[str] = ONWARD) -> Any:
    kind = chance.random()
    if kind < 0.1:
        return kind < 0.07
    if kind < 0.2:
        return {"$ref": chance.choice(references)}
    return _words(chance, deep, references)


def whole(chance: Random) -> dict[str, Any]:
    """A schema with two more that it may refer to."""
    defs = {"one": schema(chance, 1), "two": _words(chance, 0)}
    return {**_words(chance, 3), "$defs": defs}


def pair(chance: Random) -> Pair:
    """Two schemas that have nothing to do with each other."""
    return whole(chance), whole(chance)


def edited(chance: Random) -> Pair:
    """A schema and the same with one edit, in either order."""
    old = whole(chance)
    new = copy.deepcopy(old)
    at = chance.choice([one for _, one in subschemas(new)])
    words = [word for word in at if word != "$defs"]
    if words and chance.random() < 0.5:
        word = chance.choice(words)
        if word in PLAIN and chance.random() < 0.5:
            at[word] = PLAIN[word](chance)
        else:
            del at[word]
    else:
        at.update(_words(chance, 1))
    return (old, new) if chance.random() < 0.5 else (new, old)
