"""JSON texts as others may write them: odd numbers, repeated keys, escapes, white space."""

from __future__ import annotations

import json

from hypothesis import strategies as st

NUMBERS = st.sampled_from(
    ["0", "-0", "5.0", "1e2", "1E+2", "0.10", "1e400", "12345678901234567890123", "9" * 5000]
)
ESCAPED = st.sampled_from(
    [r"\/", r"\u00e9", r"\ud83d\ude00", r"\ud800", r"\"", r"\\", r"\n", "é", "😀"]
)
STRINGS = st.one_of(
    st.text(max_size=8).map(lambda text: json.dumps(text)),
    st.lists(ESCAPED, max_size=4).map(lambda parts: '"' + "".join(parts) + '"'),
)
SPACES = st.sampled_from(["", "", " ", "\t"])


def _array(items: list[tuple[str, str]]) -> str:
    return "[" + ",".join(space + item for space, item in items) + "]"


def _object(members: list[tuple[str, str, str]]) -> str:
    return "{" + ",".join(f"{space}{name}:{space}{item}" for space, name, item in members) + "}"


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.one_of(STRINGS, st.sampled_from(['"a"', '"id"']))
    return st.one_of(
        st.lists(st.tuples(SPACES, inner), max_size=4).map(_array),
        st.lists(st.tuples(SPACES, names, inner), max_size=4).map(_object),
    )


VALUES = st.recursive(
    st.one_of(NUMBERS, STRINGS, st.sampled_from(["true", "false", "null"])),
    _containers,
    max_leaves=12,
)
MESSAGES = _containers(VALUES)
