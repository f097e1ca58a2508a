from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from mcpx.servers import ServerSpec
from mcpx.sessions.known_values import ENCODED, KnownValues, values_of, values_of_head

VALUE = "s3cr3t/v@lue+1"


def sources(text: str) -> list[tuple[str, str]]:
    known = KnownValues({VALUE: "env:A"})
    return [(text[start:end], source) for start, end, source in known.spans(text)]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"is {VALUE}.", "env:A"),
        (quote(VALUE, ""), ENCODED),
        (base64.b64encode(b"xy" + VALUE.encode() + b"z").decode(), ENCODED),
        (VALUE.encode().hex(), ENCODED),
    ],
)
def test_a_value_is_found_in_every_form(text: str, source: str) -> None:
    assert {one[1] for one in sources(text)} == {source}
    known = KnownValues({VALUE: "env:A"})
    assert known.may_hold(text) or known.may_be_encoded(text)


@pytest.mark.parametrize("text", ["", "secret value", '{"a": "/v@"}', "\\n\\t"])
def test_most_texts_are_told_at_a_glance(text: str) -> None:
    known = KnownValues({VALUE: "env:A"})
    assert not known.may_hold(text)
    assert not known.may_be_encoded(text)


@pytest.mark.parametrize("text", ["%41", "\\u0041", "\\x41", "&#65;", "cut…"])
def test_escapes_ask_for_a_closer_look(text: str) -> None:
    assert KnownValues({VALUE: "env:A"}).may_be_encoded(text)
    assert not KnownValues({}).may_be_encoded(text)


def test_a_value_without_letters_and_digits_is_always_looked_for() -> None:
    assert KnownValues({"!$?=)(/": "env:A"}).may_hold("x")
    assert not KnownValues({}).may_hold("x")


def test_a_value_of_digits_is_told_apart() -> None:
    assert KnownValues({"12345678": "env:A"}).of_digits
    assert not KnownValues({}).of_digits


def test_the_first_source_of_a_value_holds() -> None:
    known = KnownValues({VALUE: "env:A"})
    known.change({VALUE: "option:b", "another-1": "option:b"})
    assert [source for _, _, source in known.spans(f"{VALUE} another-1")] == ["env:A", "option:b"]


def test_values_may_be_forgotten() -> None:
    known = KnownValues({VALUE: "env:A", "!$?=)(/": "env:B"})
    known.change({"another-1": "option:b"}, [VALUE, "!$?=)(/"])
    assert [source for _, _, source in known.spans(f"{VALUE} another-1")] == ["option:b"]
    assert (VALUE in known, known.source(VALUE)) == (False, None)
    assert ("another-1" in known, known.source("another-1")) == (True, "option:b")
    assert not known.may_hold(f"{VALUE} !$?=)(/")


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/mcp?a=Kq7v-1", {"accept": "text/html", "x-trace": "Kq7v-2"}, {}),
        ("/mcp?token=Kq7v-1", {}, {"Kq7v-1": "rule:query"}),
        ("/mcp", {"cookie": "a=Kq7v-1; b=x"}, {"Kq7v-1": "rule:cookie"}),
        ("/mcp", {"x-auth-token": "Kq7v-1"}, {"Kq7v-1": "rule:header"}),
    ],
)
def test_the_head_of_a_request_holds_secrets(
    path: str, headers: dict[str, str], expected: dict[str, str]
) -> None:
    assert values_of_head(path, headers) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("API_TOKEN", "a1b2c3", {"a1b2c3": "env:API_TOKEN"}),
        ("PASSWORD", "letmein", {"letmein": "env:PASSWORD"}),
        ("SECRET", "/8f3Kq+x=", {"/8f3Kq+x=": "env:SECRET"}),
        ("SSH_AUTH_SOCK", "/tmp/ssh-x/agent.12", {}),
        ("AUTH_METHOD", "github", {}),
        ("GIT_AUTHOR_NAME", "Ann Other 1", {}),
        ("TERM", "xterm-256color", {}),
        ("TOKEN_COUNT", "120000", {}),
        (
            "PROXY",
            "http://me:pa55wd@h",
            {"http://me:pa55wd@h": "env:PROXY", "pa55wd": "rule:in-PROXY"},
        ),
    ],
)
def test_variables_that_are_secret(name: str, value: str, expected: dict[str, str]) -> None:
    found = values_of({name: value}, None)
    assert expected.items() <= found.items()
    assert expected or not found


def test_a_definition_says_which_variables_are_for_it() -> None:
    spec = ServerSpec("s", env={"ID": "Zx81Spectrum48k"}, headers={"X-Key": "k1k2k3k4"})
    found = values_of({"ID": "Other1Value2Long", "TERM": "xterm-256color"}, spec)
    assert found == {"Zx81Spectrum48k": "env:ID", "k1k2k3k4": "option:x-key"}
