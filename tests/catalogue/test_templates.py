from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.templates import Expression, TemplateError, parse


def test_parse_gives_literals_and_expressions() -> None:
    assert parse("db://{table}/{+path}{?q*,page:3}").parts == (
        "db://",
        Expression("", (("table", ""),)),
        "/",
        Expression("+", (("path", ""),)),
        Expression("?", (("q", "*"), ("page", ":3"))),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a://{b", "a '{' without '}' at character 5", id="unclosed"),
        pytest.param("a://b}", "a '}' without '{' at character 6", id="unopened"),
        pytest.param("{a{b}}", "'a{b' at character 1 is no variable name", id="nested"),
        pytest.param("{}", "'' at character 1 is no variable name", id="empty"),
        pytest.param("{a,}", "'' at character 1 is no variable name", id="empty variable"),
        pytest.param("{user-id}", "'user-id' at character 1 is no variable name", id="hyphen"),
        pytest.param("{.a.}", "'a.' at character 1 is no variable name", id="dot at the end"),
        pytest.param("{a:0}", "'a:0' at character 1 is no variable name", id="no length"),
        pytest.param("{=a}", "the operator '=' at character 2 has no meaning yet", id="reserved"),
        pytest.param("a b", "' ' at character 2", id="space"),
        pytest.param("a%2{b}", "'%' at character 2", id="half an escape"),
    ],
)
def test_what_does_not_parse_says_why(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "uri", "expected"),
    [
        pytest.param("db://{table}/{id}", "db://users/x", True, id="two values"),
        pytest.param("users://{id}", "users://1/profile", False, id="value ends at /"),
        pytest.param("users://{id}", "users://", False, id="value is not empty"),
        pytest.param("a://{x,y}", "a://1,2", True, id="list"),
        pytest.param("a://{x,y}", "a://1/2", False, id="list ends at /"),
        pytest.param("a://{+path}", "a://x/y?z", True, id="reserved"),
        pytest.param("a:{/x}", "a:/x", True, id="path"),
        pytest.param("a:{/x}", "a:/x/y", False, id="one path segment"),
        pytest.param("a:{/x*}", "a:/x/y", True, id="path segments"),
        pytest.param("a:x{.y}", "a:x.y", True, id="label"),
        pytest.param("a:x{?q}", "a:x", True, id="query left out"),
        pytest.param("a:x{?q}", "a:x?q=1", True, id="query"),
        pytest.param("a:x{?q}", "a:x?", False, id="empty query"),
        pytest.param("a:x{?q}{&r}{#f}", "a:x#f", True, id="optional parts in a row"),
        pytest.param("a{?q}b", "ab", False, id="query within"),
        pytest.param("a://{x,y}", "a://1", False, id="list of one"),
        pytest.param("a:{/x,y}", "a:/1/2", True, id="two path segments"),
        pytest.param("a:{/x*}", "a:/1//2", False, id="empty path segment"),
        pytest.param("a{;x}", "a;x=1", True, id="parameter"),
        pytest.param("a{;x}", "a;y=1", False, id="parameter of another name"),
        pytest.param("a:{x:2}", "a:1%2f", True, id="prefix"),
        pytest.param("a:{x:2}", "a:123", False, id="longer than the prefix"),
        pytest.param("HTTP://{x}.H/é", "http://1.h/%c3%A9", True, id="scheme, host, escapes"),
        pytest.param("a:B", "a:b", False, id="case of the path"),
        pytest.param("a:{x}b", "a:é\udc80%b", True, id="what should be escaped"),
        pytest.param("a:x", "a:x", True, id="no variables"),
        pytest.param("a:x", "a:xy", False, id="longer"),
        pytest.param("a:xy", "a:x", False, id="shorter"),
        pytest.param("a:{x}b{y}", "a:bbb", True, id="ambiguous"),
        pytest.param("", "", True, id="empty"),
    ],
)
def test_matches(template: str, uri: str, expected: bool) -> None:
    assert parse(template).matches(uri) is expected


def test_matching_takes_no_exponential_time() -> None:
    start = time.monotonic()
    assert not parse("a://" + "{x}a" * 30).matches("a://" + "a" * 2_000 + "/")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param("a://{x}/{y}", "a://{id}/{part}", True, id="names"),
        pytest.param("a://{x}/{x}", "a://{x}/{y}", False, id="same name twice"),
        pytest.param("a://{x}", "a://{+x}", False, id="operator"),
        pytest.param("a://{x}", "a://{x*}", False, id="modifier"),
        pytest.param("a:{?q}", "a:{?r}", False, id="names that show"),
    ],
)
def test_renamed_is_equal_for_equal_templates(one: str, other: str, equal: bool) -> None:
    assert (parse(one).renamed() == parse(other).renamed()) is equal


@pytest.mark.parametrize(("text", "prefix"), [("a://b{c}d", "a://b"), ("{c}d", ""), ("", "")])
def test_prefix_is_the_literal_beginning(text: str, prefix: str) -> None:
    assert parse(text).prefix == prefix


@given(st.text(alphabet="ab{}+?/#.,*:1", max_size=30), st.text(alphabet="ab/?#.=", max_size=30))
def test_parsing_and_matching_never_fail_otherwise(text: str, uri: str) -> None:
    try:
        template = parse(text)
    except TemplateError:
        return
    assert not template.matches(uri) or uri.startswith(template.prefix)
