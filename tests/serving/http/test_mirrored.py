from __future__ import annotations

import base64
from typing import Any

import pytest

from mcpx.serving.http.mirrored import is_modern, mismatch

VERSION = "2026-07-28"
HEADERS = {"MCP-Protocol-Version": VERSION, "Mcp-Method": "tools/call", "Mcp-Name": "add"}


def asked(method: str = "tools/call", version: str | None = VERSION, **params: Any) -> Any:
    meta = {} if version is None else {"io.modelcontextprotocol/protocolVersion": version}
    return {"id": 1, "method": method, "params": {"name": "add", **params, "_meta": meta}}


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


def encoded(text: str) -> str:
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        pytest.param(HEADERS, asked(), id="call"),
        pytest.param(
            {name.upper(): value for name, value in HEADERS.items()},
            asked(),
            id="names-in-any-case",
        ),
        pytest.param({**HEADERS, "Mcp-Name": encoded("é")}, asked(name="é"), id="encoded"),
        pytest.param({**HEADERS, "Mcp-Name": encoded("add")}, asked(), id="encoded-for-nothing"),
        pytest.param(
            {**HEADERS, "Mcp-Method": "resources/read", "Mcp-Name": "x://1"},
            asked("resources/read", uri="x://1"),
            id="read",
        ),
        pytest.param(
            {"mcp-protocol-version": VERSION, "mcp-method": "tools/list"},
            asked("tools/list"),
            id="of-no-name",
        ),
    ],
)
def test_headers_that_are_those_of_the_body(headers: dict[str, str], message: Any) -> None:
    assert mismatch(raw(headers), message) == ""


@pytest.mark.parametrize(
    ("changed", "message", "reason"),
    [
        pytest.param({"Mcp-Name": "Add"}, asked(), "mcp-name says", id="name"),
        pytest.param({"Mcp-Name": "=?base64?%%%?="}, asked(), "mcp-name says", id="no-base64"),
        pytest.param({"Mcp-Name": "add"}, asked(name=5), "mcp-name says", id="name-is-no-text"),
        pytest.param({"Mcp-Method": "tools/list"}, asked(), "mcp-method says", id="method"),
        pytest.param(
            {"MCP-Protocol-Version": "2027-01-01"},
            asked(),
            "mcp-protocol-version says",
            id="version",
        ),
        pytest.param({}, asked(version=None), "mcp-protocol-version says", id="only-in-the-header"),
        pytest.param({"mcp-name": "add"}, asked(), "mcp-name comes more than once", id="twice"),
    ],
)
def test_headers_that_are_not(changed: dict[str, str], message: Any, reason: str) -> None:
    assert mismatch(raw({**HEADERS, **changed}), message).startswith(reason)


@pytest.mark.parametrize("name", HEADERS)
def test_each_header_has_to_be_there(name: str) -> None:
    left = {key: value for key, value in HEADERS.items() if key != name}
    assert mismatch(raw(left), asked()) == f"{name.lower()} is missing"


@pytest.mark.parametrize(
    ("values", "message", "modern"),
    [
        pytest.param({}, asked(), True, id="by-its-parameters"),
        pytest.param({"mcp-protocol-version": VERSION}, {"method": "x"}, True, id="by-its-header"),
        pytest.param({"mcp-protocol-version": "2025-11-25"}, {"method": "x"}, False, id="legacy"),
        pytest.param({}, asked(version=None), False, id="by-nothing"),
        pytest.param({}, [1], False, id="no-message"),
    ],
)
def test_which_era_a_request_is_of(values: dict[str, str], message: Any, modern: bool) -> None:
    assert is_modern(values, message) is modern


SCHEMA = {
    "type": "object",
    "properties": {
        "area": {"type": "string", "x-mcp-header": "Area"},
        "count": {"type": "integer", "x-mcp-header": "Count"},
    },
}


@pytest.mark.parametrize(
    ("headers", "arguments", "reason"),
    [
        pytest.param({}, {}, "", id="not-given"),
        pytest.param({}, {"area": None}, "", id="null"),
        pytest.param({}, {"area": "s"}, "mcp-param-area is missing", id="missing"),
        pytest.param(
            {"Mcp-Param-Area": "s"}, {}, "mcp-param-area says what the body does not", id="absent"
        ),
        pytest.param({"Mcp-Param-Other": "s"}, {}, "", id="of-no-argument"),
        pytest.param({"Mcp-Param-Area": "s"}, {"area": "s"}, "", id="same"),
        pytest.param({"Mcp-Param-Area": encoded("é")}, {"area": "é"}, "", id="encoded"),
        pytest.param(
            {"MCP-PARAM-AREA": "S"},
            {"area": "s"},
            "mcp-param-area says another thing than the body",
            id="another",
        ),
        pytest.param({"Mcp-Param-Count": "42.0"}, {"count": 42}, "", id="same-number"),
        pytest.param(
            {"Mcp-Param-Count": "42.5"},
            {"count": 42},
            "mcp-param-count says another thing than the body",
            id="another-number",
        ),
    ],
)
def test_arguments_are_repeated_in_headers(
    headers: dict[str, str], arguments: Any, reason: str
) -> None:
    message = asked(arguments=arguments)
    assert mismatch(raw({**HEADERS, **headers}), message, SCHEMA) == reason


def test_a_schema_that_no_client_could_follow_asks_for_nothing() -> None:
    schema = {"type": "object", "properties": {"area": {"x-mcp-header": "A b"}}}
    assert mismatch(raw(HEADERS), asked(arguments={"area": "s"}), schema) == ""
