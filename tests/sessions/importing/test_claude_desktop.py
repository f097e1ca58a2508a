from __future__ import annotations

import json

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Message, Stderr
from tests.sessions.importing.samples import INITIALIZE, LIST, LISTED, READY, of, said

T = "2026-03-18T00:17:0"
CUT = '{"jsonrpc":"2.0","id":3,"res...[52653 chars truncated]...}}'
OF_SERVER = f"""\
{T}7.000Z [notes] [info] Initializing server... {{ metadata: undefined }}
{T}7.100Z [notes] [info] Using MCP server command: /bin/npx with args and path: {{
  metadata: {{
    args: [ '-y', 'notes', [length]: 2 ]
  }}
}} %o
{T}7.500Z [notes] [info] Message from client: {json.dumps(LIST)} {{ metadata: undefined }}
INFO listing
{T}7.400Z [notes] [info] Message from server: {json.dumps(LISTED)} {{ metadata: undefined }}
{T}8.000Z [notes] [info] Message from server: {CUT}
{T}9.000Z [notes] [error] Server disconnected. {{ metadata: undefined }}
"""
OF_ALL = f"""\
{T}1.000Z [info] [git] Message from client: {json.dumps(INITIALIZE)}
{T}2.000Z [info] [notes] Message from client: {json.dumps(INITIALIZE)}
{T}3.000Z [info] [git] Message from server: {json.dumps(READY)}
{T}4.000Z [info] Reloading
"""


def test_the_log_of_a_server() -> None:
    found = of(OF_SERVER.encode())
    assert (found.header.source, found.header.fidelity) == ("claude-desktop", Fidelity.SEMANTIC)
    assert found.header.created == "2026-03-18T00:17:07.000Z"
    assert found.header.target == {"transport": "stdio", "command": ["/bin/npx"]}
    assert said(found) == [("c2s", LIST), ("s2c", LISTED), ("s2c", None)]
    messages = [event for event in found.events if isinstance(event, Message)]
    # The clock of the log goes back.
    assert [(event.time, event.cut) for event in messages] == [(0.5, 0), (0.5, 0), (1.0, 52683)]
    assert [event.text for event in found.events if isinstance(event, Stderr)] == ["INFO listing"]
    assert found.notes[-1] == "messages that are cut, of which only the sizes are known: 1"


def test_the_log_of_all_servers_tells_them_apart() -> None:
    found = of(OF_ALL.replace("\n", "\r\n").encode())
    places = [
        (event.connection, event.time) for event in found.events if isinstance(event, Message)
    ]
    assert places == [(1, 0.0), (2, 1.0), (1, 2.0)]


def test_a_log_without_messages_is_refused() -> None:
    with pytest.raises(ConfigError, match="no message of a client or a server is in this log"):
        of(OF_SERVER.splitlines(keepends=True)[0].encode())
