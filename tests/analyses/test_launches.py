from __future__ import annotations

import time

import pytest

from mcpx.analyses.launches import program, shell


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("npx", "npx"),
        ("/usr/local/bin/npx", "npx"),
        (r"C:\Program Files\nodejs\npx.cmd", "npx"),
        ("PowerShell.EXE", "powershell"),
    ],
)
def test_programs_are_known_by_their_name(command: str, name: str) -> None:
    assert program(command) == name


@pytest.mark.parametrize(
    ("command", "args", "said"),
    [
        ("sh", ["-c", "server"], "sh -c"),
        ("/bin/bash", ["-lc", "server"], "bash -lc"),
        ("powershell.exe", ["-NoProfile", "-Command", "server"], "powershell -command"),
        ("cmd", ["/c", "set A=b && server"], "cmd /c"),
        ("cmd.exe", ["/C", "start.bat"], "cmd /c"),
        ("cmd", ["/c", "npx", "-y", "x", "&", "del", "y"], "cmd /c"),
        ("bash", ["-o", "pipefail", "-c", "x"], "bash -c"),
        ("/bin/mcpx", ["record", "-o", "/r/", "--", "bash", "-c", "x"], "bash -c"),
        ("bash", ["--norc", "-lc", "x"], "bash -lc"),
        ("bash", ["server.sh", "-c", "config.json"], ""),
        ("pwsh", ["-File", "s.ps1", "-Command", "x"], ""),
        ("server", ["x", "|", "tee"], "an operator of the shell among its arguments"),
        ("curl x | sh", [], "an operator of the shell in its command"),
        ("env", ["-i", "A=b", "bash", "-c", "x"], "bash -c"),
        ("busybox", ["sh", "-c", "x"], "sh -c"),
        ("wsl.exe", ["-d", "Ubuntu", "bash", "-c", "x"], "bash -c"),
        ("wsl", ["--", "bash", "-lc", "x"], "bash -lc"),
        ("xargs", ["-n", "1", "sh", "-c", "x"], "sh -c"),
        ("sudo", ["-u", "me", "env", "A=b", "sh", "-c", "x"], "sh -c"),
        ("timeout", ["-k", "5", "10", "sh", "-c", "x"], "sh -c"),
        ("op", ["run", "--env-file", "a", "--", "sh", "-c", "x"], "sh -c"),
        ("bash -c server", [], "bash -c"),
        ("npx", ["-y", "-p", "a@1.0.0", "-c", "a | sh"], "npx -c"),
        ("npm", ["exec", "--call=a"], "npm --call"),
        ("npx", ["-y", "a@1.0.0", "-c", "config.json"], ""),
        ("env", ["A=b", "server", "-c", "x"], ""),
        ("env", [], ""),
        ("sudo", ["-u"], ""),
        ("bash", ["server.sh"], ""),
        ("pwsh", ["-File", "server.ps1"], ""),
        ("cmd", ["/c", "npx", "-y", "some-server@1.0.0"], ""),
        ("server", ["a|b", "--query", "x > y"], ""),
        ("/opt/A & B/server", [], ""),
        ("ssh", ["-c", "aes", "host"], ""),
    ],
)
def test_what_is_started_through_a_shell(command: str, args: list[str], said: str) -> None:
    assert shell(command, args) == said


@pytest.mark.parametrize("letter", ["a ", "'", ";", "-", "@", "/", "\\", "npx "])
def test_a_hostile_line_takes_little_time(letter: str) -> None:
    text = letter * (10**6 // len(letter))
    start = time.perf_counter()
    for command in ("sh", "npx", "uvx", "docker", "cmd", text):
        args = ["run", "/c", "-c", text]
        shell(command, args)
    assert time.perf_counter() - start < 2
