from __future__ import annotations

import pytest

from mcpx.sessions.secret_shapes import may_hold, may_hold_url, names_secret, shapes_in


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], rule) for start, end, rule in shapes_in(text)]


@pytest.mark.parametrize(
    ("text", "secret", "rule"),
    [
        ("sk-0123456789abcdefXYZ", "sk-0123456789abcdefXYZ", "token"),
        ("Basic bWU6aHVudGVyMg==", "bWU6aHVudGVyMg==", "bearer"),
        ("https://0123456789abcdef@h/x", "0123456789abcdef", "url"),
        ("https://me:pa/ss@h/x", "pa/ss", "url"),
        ("password: swordfish\nnext", "swordfish", "value"),
        ("API_KEY='a b c'", "a b c", "value"),
        (r"{\"token\": \"abcd\"}", "abcd", "value"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\ndefghijklmnop\n-----END", "abc", "private-key"),
    ],
)
def test_a_shape_is_found_and_has_a_rule(text: str, secret: str, rule: str) -> None:
    (one,) = found(text)
    assert secret in one[0]
    assert one[1] == rule
    assert may_hold(text)


def test_a_long_text_is_read_line_by_line() -> None:
    text = "nothing here\n" * 1000 + "x: password=hunter2\n" + "or here\r\n" * 1000
    assert found(text) == [("hunter2", "value")]


def test_what_is_encoded_as_a_whole_has_no_shapes() -> None:
    assert found("token" + "aaaa" * 2000) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("token", "x", True),
        ("apiKey", "x", True),
        ("X-Session-Id", "x", True),
        ("auth", "s3cr3t", True),
        ("auth", "none", False),
        ("authorName", "Ann 1", False),
        ("oauthToken", "x", True),
        ("nextPageToken", "x", False),
        ("maxTokens", "5", False),
        ("requestState", "s", False),
        ("key", "user-7", False),
        ("key", "a1b2c3d4e5f6a7b8", True),
        ("issueKey", "PROJECT-WITH-A-LONG-NAME", False),
    ],
)
def test_a_name_says_whether_a_secret_follows(name: str, value: str, expected: bool) -> None:
    assert names_secret(name, value) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"progressToken":1,"maxTokens":2}', False),
        ('{"progressToken":1,"token":2}', True),
        ('{"path":"/a","signal":1}', False),
        ('{"pat":"x"}', True),
        ("https://h/p", False),
        ("https://me@h/p", True),
    ],
)
def test_a_glance_lets_most_through(text: str, expected: bool) -> None:
    assert may_hold(text) is expected


def test_a_place_alone_is_no_url_with_secrets() -> None:
    assert not may_hold_url("https://h/p")
    assert may_hold_url("https://h/p?a=b")
