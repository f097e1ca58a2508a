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


@pytest.mark.parametrize("filler", ["", "x: 1\n" * 1000], ids=["short", "long"])
@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        pytest.param('{"secrets":["a b","c\\"d"],"x":["e"]}', ["a b", 'c\\"d'], id="list"),
        pytest.param('"secrets": [\n  "a",\n  "b"\n]', ["a", "b"], id="list-over-lines"),
        pytest.param(r"{\"secrets\":[\"a\",\"b\"]}", ["a", "b"], id="escaped-list"),
        pytest.param('password: ["required", "a"]', ["a"], id="word-of-a-list"),
        pytest.param('{"password": {"value": "a"}}', ["a"], id="object"),
        pytest.param('"password": {\n "type": "t",\n "value": "a"\n}', ["a"], id="second-member"),
        pytest.param('[{"name":"Authorization","value":"a"}]', ["a"], id="pair"),
        pytest.param('{\n "key": "API_KEY",\n "value": "a"\n}', ["a"], id="pair-over-lines"),
        pytest.param('{"value":"a","name":"API_KEY"}', ["a"], id="value-first"),
        pytest.param(r"{\"name\":\"cookie\",\"value\":\"a\"}", ["a"], id="escaped-pair"),
        pytest.param('{"name":"token","x":{"value":"a"}}', [], id="of-another-object"),
        pytest.param('{"name":"city","value":"a"}', [], id="harmless-pair"),
        pytest.param('tokenCount: 1300, "tokenType":"Bearer"', [], id="counts"),
        pytest.param('"names": ["token"], "values": ["a"]', [], id="lists-of-no-secrets"),
    ],
)
def test_a_value_may_stand_apart_from_its_name(filler: str, text: str, secrets: list[str]) -> None:
    assert found(filler + text) == [(secret, "value") for secret in secrets]


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
        ("tokenCount", "13", False),
        ("token_count", "13", False),
        ("tokens_used", "13", False),
        ("max_token", "13", False),
        ("numTokens", "13", False),
        ("token_endpoint", "https://h/token", False),
        ("access_token", "13", True),
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
