from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.uris import normalised, uri_fault


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        pytest.param("HTTP://User@Ex.COM:80", "http://User@ex.com/", id="case, port, empty path"),
        pytest.param("https://h:/a?q#f", "https://h/a?q#f", id="empty port"),
        pytest.param("https://[::1]:443/", "https://[::1]/", id="address"),
        pytest.param("notes://A/B", "notes://a/B", id="path keeps its case"),
        pytest.param("a://h/%7euser/%2f%3a", "a://h/~user/%2F%3A", id="escapes"),
        pytest.param("a://%48%c3%89/", "a://h%C3%89/", id="escapes in the host"),
        pytest.param("file:///a/./b/../c", "file:///a/c", id="dot segments"),
        pytest.param("a://h/b/..", "a://h/", id="dots at the end"),
        pytest.param("a://h/../../b/.", "a://h/b/", id="dots above the root"),
        pytest.param("urn:X:y/../z", "urn:X:y/../z", id="no rooted path"),
        pytest.param("no scheme", "no scheme", id="no URI"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalised_by_rfc_3986(uri: str, expected: str) -> None:
    assert normalised(uri) == expected


@given(st.text() | st.from_regex(r"[a-zA-Z]{1,3}:(//[%a-zA-Z0-9:@\[\]]*)?[/.%a-zA-Z0-9?#]*"))
def test_normalising_twice_changes_nothing_more(uri: str) -> None:
    assert normalised(normalised(uri)) == normalised(uri)


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        pytest.param("a:", "", id="shortest"),
        pytest.param("demo://resource/static/1?x=[1]#y%20z", "", id="everything"),
        pytest.param("a/b", "has no scheme", id="relative"),
        pytest.param("", "has no scheme", id="empty"),
        pytest.param("1a:b", "has no scheme", id="scheme with a digit first"),
        pytest.param(
            "file:///a b", "holds ' ', which has to be percent-encoded in a URI", id="space"
        ),
        pytest.param(
            "a:\u202e", r"holds '\u202e', which has to be percent-encoded in a URI", id="bidi"
        ),
        pytest.param("a:%2", "holds '%', which has to be percent-encoded in a URI", id="half"),
    ],
)
def test_uri_fault_says_why(uri: str, fault: str) -> None:
    assert uri_fault(uri) == fault
