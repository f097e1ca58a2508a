from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.commands.wires import served
from tests.servers.good_http import Served


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """A talking server over HTTP, in both eras, shared by all that only ask it."""
    with served() as found:
        yield found


@pytest.fixture
def sent(server: Served) -> Callable[[], list[str]]:
    """The JSON-RPC methods that have come in since the test began, but for the opening."""
    before = len(server.requests)
    opening = ("server/discover", "initialize", "notifications/initialized", "")
    return lambda: [one.rpc for one in server.requests[before:] if one.rpc not in opening]
