from __future__ import annotations

from mcpx.analyses.server_keys import server_key_findings
from tests.analyses.offering import server

TARGET = {"transport": "http", "url": "https://example.com/mcp"}


def test_keys_that_differ_only_in_spelling() -> None:
    members = [server("GitHub"), server("github"), server("git-hub"), server("gitlab")]
    (finding,) = server_key_findings(members, ())
    assert finding.rule.id == "server-key-clash"
    assert finding.message == "the keys GitHub, git-hub and github differ only in spelling"


def test_one_definition_under_two_keys_unless_it_is_said_already() -> None:
    members = [
        server("a", target={**TARGET, "from": {"path": "1"}}),
        server("b", target={**TARGET, "from": {"path": "2"}}),
        server("c", target={**TARGET, "url": "https://example.com/other"}),
        server("d"),
        server("e"),
    ]
    (finding,) = server_key_findings(members, ())
    assert finding.rule.id == "server-twice"
    assert finding.message == "a and b start one command or reach one address"
    assert finding.servers == ("a", "b")
    assert list(server_key_findings(members, {"a", "b"})) == []
