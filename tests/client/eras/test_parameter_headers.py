from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.client.eras.parameter_headers import header_value, parameter_headers
from mcpx.schemas.mirrored import InvalidAnnotationError


def parameter(kind: str, header: str) -> dict[str, str]:
    return {"type": kind, "x-mcp-header": header}


SCHEMA = {
    "type": "object",
    "properties": {
        "region": parameter("string", "Region"),
        "limit": parameter("integer", "Limit"),
        "dry": parameter("boolean", "Dry-Run"),
        "query": {"type": "string"},
        "auth": {"type": "object", "properties": {"tenant": parameter("string", "Tenant")}},
    },
}


# The first five are the examples of the specification (2026-07-28, basic/transports/
# streamable-http, "Value Encoding").
@pytest.mark.parametrize(
    ("value", "header"),
    [
        pytest.param("us-west1", "us-west1", id="plain"),
        pytest.param("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?=", id="not ascii"),
        pytest.param(" padded ", "=?base64?IHBhZGRlZCA=?=", id="padded"),
        pytest.param("line1\nline2", "=?base64?bGluZTEKbGluZTI=?=", id="line break"),
        pytest.param("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", id="marked"),
        pytest.param("a b", "a b", id="space inside"),
        pytest.param("a\tb", "a\tb", id="tab inside"),
        pytest.param("\ta", "=?base64?CWE=?=", id="tab at the start"),
        pytest.param("a ", "=?base64?YSA=?=", id="space at the end"),
        pytest.param(" ", "=?base64?IA==?=", id="space alone"),
        pytest.param("", "=?base64??=", id="empty"),
        pytest.param("x", "x", id="one character"),
        pytest.param("a\r\nx-evil: 1", "=?base64?YQ0KeC1ldmlsOiAx?=", id="another header"),
        pytest.param("a\0b", "=?base64?YQBi?=", id="nul"),
        pytest.param("a\x7f", "=?base64?YX8=?=", id="delete"),
        pytest.param("=?base64?open", "=?base64?open", id="only the beginning of the mark"),
        pytest.param("x=?base64?a?=", "x=?base64?a?=", id="the mark later"),
        pytest.param("=?BASE64?a?=", "=?BASE64?a?=", id="the mark in capitals"),
        pytest.param("\ud800", "=?base64?7aCA?=", id="half a character"),
    ],
)
def test_how_a_text_goes_into_a_header(value: str, header: str) -> None:
    assert header_value(value) == header
    assert parameter_headers(SCHEMA, {"region": value}) == {"Mcp-Param-Region": header}


_SAFE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?")


@given(st.text() | st.text(alphabet="=?base64 \t\n"))
def test_every_text_comes_through(value: str) -> None:
    header = header_value(value)
    assert _SAFE.fullmatch(header)
    if header.startswith("=?base64?") and header.endswith("?="):
        decoded = base64.b64decode(header[9:-2], validate=True)
        assert decoded.decode("utf-8", "surrogatepass") == value
    else:
        assert header == value


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        pytest.param({"limit": 42}, {"Limit": "42"}, id="integer"),
        pytest.param({"limit": -7}, {"Limit": "-7"}, id="below zero"),
        pytest.param({"limit": 42.0}, {"Limit": "42"}, id="an integer with a point"),
        pytest.param({"limit": 9007199254740991}, {"Limit": "9007199254740991"}, id="largest"),
        pytest.param({"dry": True}, {"Dry-Run": "true"}, id="true"),
        pytest.param({"dry": False}, {"Dry-Run": "false"}, id="false"),
        pytest.param({"region": None, "limit": None, "dry": None}, {}, id="null"),
        pytest.param({}, {}, id="missing"),
        pytest.param({"query": "SELECT 1", "other": "x"}, {}, id="not annotated"),
        pytest.param({"auth": {"tenant": "t"}}, {"Tenant": "t"}, id="nested"),
        pytest.param({"auth": {}}, {}, id="nested, missing"),
        pytest.param({"auth": {"tenant": None}}, {}, id="nested, null"),
        pytest.param({"auth": None}, {}, id="nested, nothing there"),
        pytest.param({"auth": "tenant"}, {}, id="nested, another type there"),
        pytest.param({"tenant": "t"}, {}, id="not where it is nested"),
        pytest.param({"region": ["a"]}, {}, id="an array"),
        pytest.param({"region": {"a": 1}}, {}, id="an object"),
        pytest.param({"limit": 1.5}, {}, id="half"),
        pytest.param(None, {}, id="no arguments"),
        pytest.param([], {}, id="arguments that are no object"),
    ],
)
def test_which_arguments_become_headers(arguments: Any, headers: dict[str, str]) -> None:
    expected = {f"Mcp-Param-{name}": value for name, value in headers.items()}
    assert parameter_headers(SCHEMA, arguments) == expected


def test_a_schema_without_annotations_has_no_headers() -> None:
    assert parameter_headers(None, {"a": 1}) == parameter_headers({}, {"a": 1}) == {}


def test_a_wrong_annotation_is_refused_also_when_its_argument_is_not_given() -> None:
    with pytest.raises(InvalidAnnotationError):
        parameter_headers({"properties": {"a": parameter("number", "A")}}, {})
