from __future__ import annotations

import socket
from typing import Any

import pytest

from mcpx.sources.addresses import is_private_host, is_public, leads_to_private


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False),
        ("nonsense", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("a.localhost", True),
        ("printer.local", True),
        ("vault.internal", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("93.184.216.34", False),
        ("acme.example", False),
    ],
)
def test_hosts_are_private_by_what_they_are_called(host: str, private: bool) -> None:
    assert is_private_host(host) is private


@pytest.mark.parametrize(
    ("addresses", "private"),
    [
        (["93.184.216.34"], False),
        (["10.0.0.1"], True),
        (["93.184.216.34", "10.0.0.1"], True),
        ([], False),
    ],
)
def test_a_name_leads_where_it_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], private: bool
) -> None:
    def look_up(*_: object, **__: object) -> list[Any]:
        if not addresses:
            raise socket.gaierror("no such host")
        return [(None, None, None, "", (one, 0)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert leads_to_private("acme.example") is private
