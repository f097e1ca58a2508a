from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.visits import Visit, VisitError, refused_for

NOT_ENCRYPTED = "the connection would not be encrypted (http)"


@pytest.mark.parametrize(
    ("url", "host", "warnings"),
    [
        pytest.param("https://a.example/x?y=z#f", "a.example", [], id="plain"),
        pytest.param("HTTPS://A.Example:8443", "A.Example", [], id="upper-case"),
        pytest.param("http://localhost:3000/x", "localhost", [], id="loopback"),
        pytest.param("http://[::1]:3000/x", "[::1]", [], id="ipv6"),
        pytest.param("http://a.example/", "a.example", [NOT_ENCRYPTED], id="http"),
        pytest.param(
            "https://bank.example@evil.example/bank.example",
            "evil.example",
            ["what stands before the @ is not the host; the host is evil.example"],
            id="user",
        ),
        pytest.param(
            "https://a.XN--80ak6aa92e.com/",
            "a.XN--80ak6aa92e.com",
            ["the host has letters beyond ASCII, which may look like others (Punycode)"],
            id="punycode",
        ),
    ],
)
def test_the_host_stands_out_in_the_whole_address(url: str, host: str, warnings: list[str]) -> None:
    page = Visit.read(url)
    assert (page.url, page.host) == (url, host)
    assert list(page.warnings()) == warnings


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param(None, "no address", id="missing"),
        pytest.param(["https://a"], "no address", id="list"),
        pytest.param("", "no address", id="empty"),
        pytest.param("file:///etc/passwd", "only http and https", id="file"),
        pytest.param("javascript:alert(1)", "only http and https", id="javascript"),
        pytest.param("https:/a.example", "only http and https", id="one-slash"),
        pytest.param("a.example", "has no scheme", id="no-scheme"),
        pytest.param("https:///x", "no host", id="no-host"),
        pytest.param("https://:80/", "no host", id="port-alone"),
        pytest.param("https://%65vil.example/", "no host", id="encoded-host"),
        pytest.param("https://a.example:0/", "no host", id="port-0"),
        pytest.param("https://a.example:99999/", "the address is none", id="port-too-large"),
        pytest.param("https://[a/", "the address is none", id="open-bracket"),
        pytest.param("https://good.example\\@evil.example", "percent-encoded", id="backslash"),
        pytest.param("https://a.example/\x1b[2J", "percent-encoded", id="escape"),
        pytest.param("https://a.example/\nb", "percent-encoded", id="line-end"),
        pytest.param("https://аpple.example/", "percent-encoded", id="cyrillic"),
        pytest.param("https://a.example/" + "x" * 9_000, "longer than 8000", id="huge"),
    ],
)
def test_what_nobody_should_open(url: Any, why: str) -> None:
    with pytest.raises(VisitError, match=why):
        Visit.read(url)


def test_how_to_go_on_names_the_whole_address_and_its_host() -> None:
    assert Visit.read("https://a.example/x?y=z").how_to_go_on() == (
        "open https://a.example/x?y=z yourself if you trust a.example, then run this again"
    )


@pytest.mark.parametrize(
    ("data", "urls"),
    [
        pytest.param({"elicitations": [{"url": "https://a/1"}]}, ["https://a/1"], id="one"),
        pytest.param({"elicitations": [{"url": "file:///x"}, 3, {}]}, [], id="none to open"),
        pytest.param({"elicitations": [{"url": "https://a/"}] * 9}, ["https://a/"] * 5, id="many"),
        pytest.param({"elicitations": "x"}, [], id="no list"),
        pytest.param([], [], id="no object"),
    ],
)
def test_pages_that_an_error_names(data: Any, urls: list[str]) -> None:
    assert [page.url for page in refused_for(data)] == urls
