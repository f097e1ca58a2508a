from __future__ import annotations

import os
from pathlib import Path

import pytest

from mcpx.servers import ServerSpec, Transport
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.targets import masked_target, target_of, told_target


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


def test_a_started_server_is_told_with_its_folder_and_the_names_of_its_variables() -> None:
    spec = ServerSpec("a", command="srv", args=("-v",), env={"B": "1", "A": "2"}, cwd="/x")
    command = ["srv", "-v"]
    assert target_of(spec) == {
        "transport": "stdio",
        "command": command,
        "cwd": "/x",
        "env": ["A", "B"],
    }
    spec = ServerSpec("a", command="srv")
    assert target_of(spec) == {"transport": "stdio", "command": ["srv"], "cwd": os.getcwd()}


def test_a_reached_server_is_told_by_its_url() -> None:
    spec = ServerSpec("a", url="https://h/mcp", transport=Transport.HTTP)
    assert target_of(spec) == {"transport": "http", "url": "https://h/mcp"}


def test_a_folder_that_is_gone_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert target_of(ServerSpec("a", command="srv")) == {"transport": "stdio", "command": ["srv"]}


def test_of_what_is_not_known_there_is_nothing() -> None:
    assert told_target(Transport.UNKNOWN) == {"transport": "unknown"}
    target = told_target(Transport.STDIO, ("srv",), "u", "/x")
    assert target == {"transport": "stdio", "command": ["srv"], "url": "u", "cwd": "/x"}
