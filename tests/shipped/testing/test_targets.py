from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.shipped.testing.marks import Target
from mcpx.shipped.testing.targets import Reached, as_word, reached

DEMO = (sys.executable, "-P", "-m", "mcpx.demo", "shop")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("demo:shop", Reached(DEMO), id="demo"),
        pytest.param(["npx", "-y", "a b"], Reached(("npx", "-y", "a b")), id="words"),
        pytest.param("stdio:npx -y 'a b'", Reached(("npx", "-y", "a b")), id="command"),
        pytest.param("http://127.0.0.1:1/mcp", Reached(url="http://127.0.0.1:1/mcp"), id="url"),
        pytest.param("plain", Reached(("cat",)), id="configured"),
    ],
)
def test_a_target_is_reached_by_a_command_or_a_url(
    home: Path, configure: Callable[..., Path], target: Target, expected: Reached
) -> None:
    configure(home / ".cursor" / "mcp.json", plain={"command": "cat"})
    assert reached(target) == expected


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("demo:nothing", "there is no demo server 'nothing'", id="unknown"),
        pytest.param("one.json", "target='one.json' is a file, and no server", id="file"),
        pytest.param("variables", "configured with more than a command or a URL", id="variables"),
        pytest.param("theirs", "theirs: comes from a project's file", id="untrusted"),
    ],
)
def test_what_names_no_server_fails_the_test(
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    catalogue_file: Callable[..., Path],
    target: str,
    message: str,
) -> None:
    catalogue_file("one", tools=[])
    configure(home / ".cursor" / "mcp.json", variables={"command": "cat", "env": {"A": "1"}})
    configure(project / ".mcp.json", theirs={"command": "cat"})
    with pytest.raises(pytest.fail.Exception, match=message):
        reached(target)


@pytest.mark.parametrize(
    ("target", "word"),
    [
        pytest.param("demo:shop", "demo:shop", id="word"),
        pytest.param(["npx", "a b"], "stdio:npx 'a b'", id="words"),
    ],
)
def test_a_target_is_one_word_of_a_command_line(target: Target, word: str) -> None:
    assert as_word(target) == word
