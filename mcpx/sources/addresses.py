"""Which hosts and addresses are on the open internet, and which are somebody's own."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Addresses in which an IPv4 address stands at the end (RFC 6052, section 2.1).
_NAT64 = ip_network("64:ff9b::/96")


def leads_to_private(host: str) -> bool:
    """Whether a host is, or its name leads to, an address that is not on the open internet.

    A name that cannot be looked up here is not said to be private.
    """
    if is_private_host(host):
        return True
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return not all(is_public(str(address[0])) for *_, address in found)


def is_private_host(host: str) -> bool:
    """Whether a host is one of this machine or network by what it is called, without a look-up."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def is_public(text: str) -> bool:
    """Whether an address, as text, is one of the open internet."""
    try:
        address = _plain(ip_address(text))
    except ValueError:
        return False
    local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not address.is_multicast and not local


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
