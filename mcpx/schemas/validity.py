"""Whether a value is a valid JSON Schema in its own dialect; nothing is ever fetched."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from mcpx.schemas.walk import HOPS, at, escape, size, subschemas

# Beyond these a schema is not given to the validator, whose native code recurses.
DEEPEST = 128
MOST_VALUES = 200_000
_MOST_REPORTED = 20
_LONGEST = 60

# A schema without ``$schema`` is 2020-12. Source: specification 2026-07-28, basic, "JSON Schema
# Usage".
_DEFAULT = "https://json-schema.org/draft/2020-12/schema"
_DIALECTS = {
    "json-schema.org/draft/2020-12/schema": _DEFAULT,
    "json-schema.org/draft/2019-09/schema": "https://json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft-07/schema": "http://json-schema.org/draft-07/schema",
    "json-schema.org/draft-06/schema": "http://json-schema.org/draft-06/schema",
    "json-schema.org/draft-04/schema": "http://json-schema.org/draft-04/schema",
}
# Stands for the value in the validator's messages, so that a value of megabytes is never in one.
_VALUE = "\ufdd0"


@dataclass(frozen=True, slots=True)
class Invalidity:
    """One thing wrong with a schema: where (JSON Pointer), what, and the rule it falls under."""

    pointer: str
    message: str
    rule: str = "schema-invalid"


def invalidities(schema: Any) -> Iterator[Invalidity]:
    """What is wrong with a JSON Schema by the meta-schema of its dialect.

    Rules: ``schema-too-deep`` and ``schema-too-large`` (then nothing else is looked at),
    ``schema-dialect-unknown``, ``schema-invalid``, ``schema-external-ref``,
    ``schema-ref-missing``, ``schema-ref-cycle``.
    """
    depth, count = size(schema, DEEPEST, MOST_VALUES)
    if depth > DEEPEST:
        yield Invalidity("", f"nested more than {DEEPEST} levels deep", "schema-too-deep")
        return
    if count > MOST_VALUES:
        yield Invalidity("", f"holds more than {MOST_VALUES} values", "schema-too-large")
        return
    yield from _by_dialect(schema)
    yield from _references(schema)


def _by_dialect(schema: Any) -> Iterator[Invalidity]:
    declared = schema.get("$schema", _DEFAULT) if isinstance(schema, dict) else _DEFAULT
    dialect = _DEFAULT
    if isinstance(declared, str):
        known = _DIALECTS.get(declared.removesuffix("#").partition("://")[2])
        if known is None:
            message = f"{_shown(declared)} is not a dialect that is known; not checked"
            yield Invalidity("/$schema", message, "schema-dialect-unknown")
            return
        dialect = known
    try:
        errors = list(_meta_schema(dialect).iter_errors(schema))
    except ValueError:
        # The validator takes UTF-8 only, and JSON text can escape half a character.
        yield Invalidity("", "a name in it is not Unicode text")
        return
    found = dict.fromkeys(
        Invalidity("".join(f"/{escape(part)}" for part in error.instance_path), _message(error))
        for error in errors
    )
    yield from list(found)[:_MOST_REPORTED]
    if len(found) > _MOST_REPORTED:
        yield Invalidity("", f"and {len(found) - _MOST_REPORTED} more such errors")


@functools.cache
def _meta_schema(dialect: str) -> Any:
    import jsonschema_rs

    # Not jsonschema_rs.meta: it tells the first error only, and asks the network for a dialect
    # that it does not know (0.60.3).
    return jsonschema_rs.validator_for(
        {"$schema": dialect, "$ref": dialect}, offline=True, validate_formats=True, mask=_VALUE
    )


_FORMATS = {
    '"regex"': "a regular expression",
    '"uri-reference"': "a URI reference",
    '"uri"': "a URI",
}


def _message(error: Any) -> str:
    path = list(error.instance_path)
    if error.kind.name == "anyOf" and path and path[-1] == "type":
        return f"{_shown(error.instance)} is not a type, nor a list of types"
    text = str(error.message)
    for name, words in _FORMATS.items():
        text = text.replace(f"is not a {name}", f"is not {words}")
    text = text if len(text) <= 3 * _LONGEST else text[: 3 * _LONGEST] + "…"
    return text.replace(_VALUE, _shown(error.instance))


# Source: JSON Schema 2019-09 and 2020-12, core, 8.2.
_REFERRING = frozenset(("$ref", "$dynamicRef", "$recursiveRef"))


def _references(schema: Any) -> Iterator[Invalidity]:
    """References that lead out of the schema, or to nothing in it."""
    found = list(subschemas(schema))
    referring = [(pointer, one) for pointer, one in found if not _REFERRING.isdisjoint(one)]
    if not referring:
        return
    texts = {
        keyword: {one[keyword] for _, one in found if isinstance(one.get(keyword), str)}
        for keyword in ("$id", "id", "$anchor", "$dynamicAnchor")
    }
    base = next((schema[k] for k in ("$id", "id") if k in schema), "") if found else ""
    base = base if isinstance(base, str) else ""
    within = {_joined(base, one).partition("#")[0] for one in texts["$id"] | texts["id"]}
    anchors = {f"#{one}" for one in texts["$anchor"] | texts["$dynamicAnchor"]}
    anchors |= {one for one in texts["$id"] | texts["id"] if one.startswith("#")}
    for pointer, one in referring:
        for keyword in sorted(_REFERRING.intersection(one)):
            reference = one[keyword]
            document = reference.partition("#")[0] if isinstance(reference, str) else ""
            target = _joined(base, document) if document else ""
            if target and target not in within and target.partition("://")[2] not in _DIALECTS:
                message = f"refers to {_shown(reference)}, outside of the schema; not fetched"
                yield Invalidity(f"{pointer}/{keyword}", message, "schema-external-ref")
        reference = one.get("$ref")
        if not isinstance(reference, str):
            continue
        document, _, fragment = reference.partition("#")
        if document:
            continue
        # With schemas of their own ids inside, a fragment is relative to the nearest of them.
        if len(within) <= 1 and not _leads(fragment, schema, anchors):
            message = f"refers to {_shown(reference)}, which is not in the schema"
            yield Invalidity(f"{pointer}/$ref", message, "schema-ref-missing")
        elif _circles(reference, schema):
            message = f"refers to {_shown(reference)}, which leads back to itself"
            yield Invalidity(f"{pointer}/$ref", message, "schema-ref-cycle")


def _leads(fragment: str, schema: Any, anchors: set[str]) -> bool:
    if fragment and not fragment.startswith("/"):
        return f"#{fragment}" in anchors
    try:
        at(schema, unquote(fragment))
    except KeyError:
        return False
    return True


def _circles(reference: Any, schema: Any) -> bool:
    """Whether references lead from one to the next without end, with nothing between them."""
    seen: set[str] = set()
    while isinstance(reference, str) and reference[:2] in ("#", "#/") and len(seen) < HOPS:
        if reference in seen:
            return True
        seen.add(reference)
        try:
            target = at(schema, unquote(reference[1:]))
        except KeyError:
            return False
        reference = target.get("$ref") if isinstance(target, dict) else None
    return False


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object" if value else "{}"
    if isinstance(value, list) and (
        len(value) > 4 or any(isinstance(v, dict | list) for v in value)
    ):
        return "an array"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
