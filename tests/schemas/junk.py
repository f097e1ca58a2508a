"""JSON that looks like a JSON Schema and is none."""

from __future__ import annotations

from hypothesis import strategies as st

KEYWORDS = ("type", "properties", "required", "items", "anyOf", "allOf", "enum", "const", "$ref")
OTHERS = ("$defs", "default", "description", "minimum", "pattern", "$schema", "$id", "a")
WORDS = st.sampled_from(["object", "array", "#", "#/$defs/a", "#/properties/a"])

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*KEYWORDS, *OTHERS]), inner | WORDS, max_size=6)
    ),
    max_leaves=30,
)
