from __future__ import annotations

from typing import Any

import pytest

from mcpx.sources.server_json import flag, inner, is_name, kind_of, kinds, member, objects, text


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        pytest.param({"registryType": "npm"}, "registryType", "npm", id="as-now"),
        pytest.param({"registry_type": "npm"}, "registryType", "npm", id="underscores"),
        pytest.param({"registry_name": "npm"}, "registryType", "npm", id="first-draft"),
        pytest.param({"name": "pkg"}, "identifier", "pkg", id="first-draft-identifier"),
        pytest.param({"transport_type": "sse"}, "type", "sse", id="first-draft-transport"),
        pytest.param({"registryType": None, "registry_type": "npm"}, "registryType", "npm", id="?"),
        pytest.param({}, "registryType", None, id="absent"),
    ],
)
def test_a_member_is_found_in_the_spelling_of_any_schema(
    raw: dict[str, Any], name: str, value: object
) -> None:
    assert member(raw, name) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", "a"), (8080, "8080"), (True, "true"), (False, "false"), (None, ""), ([], ""), ({}, "")],
)
def test_scalars_are_read_as_text(value: object, shown: str) -> None:
    assert text({"default": value}, "default") == shown


def test_what_has_the_wrong_type_is_passed_over() -> None:
    raw: dict[str, Any] = {"a": [1, {"x": 1}, None], "b": {"y": 1}, "c": "true", "isRequired": True}
    assert list(objects(raw, "a")) == [{"x": 1}]
    assert list(objects(raw, "b")) == []
    assert (inner(raw, "b"), inner(raw, "a")) == ({"y": 1}, {})
    assert (flag(raw, "isRequired"), flag(raw, "c")) == (True, False)


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("io.github.eve/multi_2.0-x", True),
        ("multi", False),
        ("a/b/c", False),
        ("a/b\n", False),
        ("-a/b c", False),
        ("a/" + "b" * 199, False),
        (3, False),
    ],
)
def test_a_name_is_a_namespace_and_a_name(name: object, good: bool) -> None:
    assert is_name(name) is good


def test_how_a_server_can_be_had() -> None:
    packages = [{"registryType": "OCI"}, {"registry_name": "docker"}, {"registryType": "cargo"}, {}]
    server = {"packages": packages, "remotes": [{}, {}]}
    assert [kind_of(one) for one in packages] == ["oci", "oci", "cargo", ""]
    assert kinds(server) == ("oci", "cargo", "remote")
    assert kinds({"packages": 3}) == ()
