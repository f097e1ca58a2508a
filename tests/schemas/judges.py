"""Two validators of different makers, as judges of what is said of schemas."""

from __future__ import annotations

from typing import Any

import jsonschema
import jsonschema_rs

# A reference that leads back to itself in place is more than this validator can follow.
ENDLESS = "endless"


def by_rust(schema: Any, value: Any) -> bool:
    return jsonschema_rs.validator_for(schema, offline=True, validate_formats=False).is_valid(value)


def by_python(schema: Any, value: Any) -> bool | str:
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        return bool(kind(schema).is_valid(value))
    except RecursionError:
        return ENDLESS


def accepted_by(schema: Any, value: Any) -> set[bool | str]:
    """What the judges say; one word if they agree."""
    return {by_rust(schema, value), by_python(schema, value)} - {ENDLESS}
