"""What is wrong with the two schemas of a tool, and which clients refuse the tool for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.catalogue.shapes import (
    PYTHON_2,
    SDKS,
    TYPESCRIPT,
    TYPESCRIPT_1,
    TYPESCRIPT_2,
    Flaw,
)
from mcpx.schemas.mirrored import InvalidAnnotationError, mirrored
from mcpx.schemas.validity import invalidities
from mcpx.schemas.walk import escape

# Flaws of an output schema for which TypeScript SDK 1 cannot compile it when it lists.
_NOT_COMPILED = (
    "schema-invalid",
    "schema-external-ref",
    "schema-ref-cycle",
    "schema-ref-missing",
)


def schema_flaws(raw: Mapping[str, Any], modern: bool) -> Iterator[Flaw]:
    """The flaws of a tool's inputSchema and outputSchema, in the era in which it was listed."""
    if "inputSchema" not in raw:
        yield Flaw("schema-missing", "has no inputSchema", "/inputSchema", SDKS)
    else:
        yield from _of_schema("inputSchema", raw["inputSchema"], modern, object_only=True)
        try:
            mirrored(raw["inputSchema"])
        except InvalidAnnotationError as error:
            # The Python SDK drops such a tool on every transport of the modern era.
            refusing = (PYTHON_2,) if modern else ()
            yield Flaw("schema-header-invalid", str(error), "/inputSchema", refusing)
    if "outputSchema" in raw:
        # Any schema since 2026-07-28. Source: its server/tools, "Output Schema".
        yield from _of_schema("outputSchema", raw["outputSchema"], modern, object_only=not modern)


def _of_schema(member: str, schema: Any, modern: bool, object_only: bool) -> Iterator[Flaw]:
    path = f"/{member}"
    if not isinstance(schema, dict):
        # The Python SDK reads a null as absent.
        absent = schema is None and member == "outputSchema"
        what = f"{member} is {_called(schema)}, not an object"
        yield Flaw("schema-type", what, path, TYPESCRIPT if absent else SDKS)
        return
    if object_only and schema.get("type") != "object":
        what = f'{member} does not say "type": "object"'
        yield Flaw("schema-type-missing", what, path, SDKS)
    refused = _refused_parts(schema, modern)
    for invalidity in invalidities(schema):
        parts = invalidity.pointer.split("/")
        # What is inside a refused part was refused with it.
        within = [*refused.pop("/".join(parts[:2]), ()), *refused.pop("/".join(parts[:3]), ())]
        if member == "outputSchema" and invalidity.rule in _NOT_COMPILED:
            # TypeScript SDK 1 compiles every output schema when it lists.
            within.append(TYPESCRIPT_1)
        where = f"{member}{invalidity.pointer}"
        refusing = tuple(one for one in SDKS if one in within)
        yield Flaw(invalidity.rule, f"{where}: {invalidity.message}", f"/{where}", refusing)
    for pointer, sdks in refused.items():
        what = f"{member}{pointer}: has another type than the specification says"
        yield Flaw("schema-invalid", what, f"{path}{pointer}", sdks)
    properties = schema.get("properties")
    for name, value in properties.items() if isinstance(properties, dict) else ():
        if isinstance(value, bool):
            what = f"{member}: the schema of '{name}' is {str(value).lower()}"
            where = f"{path}/properties/{escape(name)}"
            yield Flaw("schema-boolean-property", what, where, (TYPESCRIPT_1,))


def _refused_parts(schema: Mapping[str, Any], modern: bool) -> dict[str, tuple[str, ...]]:
    """The parts of a schema's root whose type an SDK checks by itself: JSON Pointer to SDKs."""
    refused: dict[str, tuple[str, ...]] = {}
    declared = schema.get("$schema", "")
    if not isinstance(declared, str):
        python = [PYTHON_2] * (declared is not None)
        refused["/$schema"] = (*python, *[TYPESCRIPT_2] * modern)
    if modern:
        return refused
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        refused["/required"] = TYPESCRIPT if required is None else SDKS
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        refused["/properties"] = TYPESCRIPT if properties is None else SDKS
        return refused
    for name, value in properties.items():
        if not isinstance(value, dict | bool):
            typescript = [TYPESCRIPT_1] * (not isinstance(value, list))
            refused[f"/properties/{escape(name)}"] = (PYTHON_2, *typescript)
    return refused


def _called(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    names = {list: "an array", str: "a string", int: "a number", float: "a number"}
    return names.get(type(value), "something else")
