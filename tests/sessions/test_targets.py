from __future__ import annotations

from mcpx.sessions.redaction import Redaction
from mcpx.sessions.targets import masked_target


def test_a_command_is_masked_as_everywhere_and_by_what_is_known() -> None:
    redaction = Redaction.of({"API_TOKEN": "known-4711"})
    target = {
        "transport": "stdio",
        "command": ["uvx", "srv", "--token", "abc", "KEY=known-4711", "-v"],
        "cwd": "/home/known-4711",
        "env": ["API_TOKEN"],
    }
    masked = {
        "transport": "stdio",
        "command": ["uvx", "srv", "--token", "***", "KEY=***", "-v"],
        "cwd": "/home/‹env:API_TOKEN›",
        "env": ["API_TOKEN"],
    }
    assert masked_target(target, redaction) == masked
    assert masked_target(masked, redaction) == masked


def test_a_url_loses_its_password_and_query() -> None:
    target = {"transport": "http", "url": "https://me:pw@h/mcp?key=k"}
    url = masked_target(target, Redaction())["url"]
    assert url == "https://***@h/mcp?key=***"


def test_without_a_policy_it_is_what_it_was() -> None:
    target = {"command": ["x", "--token", "abc"]}
    assert masked_target(target, Redaction.none()) == target
