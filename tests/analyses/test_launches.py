from __future__ import annotations

import time

import pytest

from mcpx.analyses.launches import program, shell, unpinned

COMMIT = "0123456789abcdef0123456789abcdef01234567"


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
    ("line", "package"),
    [
        ("npx -y some-server", "some-server"),
        ("npx @acme/server@latest /data", "@acme/server@latest"),
        ("npx -y @acme/server@^1.2.0", "@acme/server@^1.2.0"),
        ("npx -y @acme/server@2", "@acme/server@2"),
        ("npx --package=some-server -- run@1.0.0", "some-server"),
        ("npx -y github:user/repository", "github:user/repository"),
        ("npx -y user/repository", "user/repository"),
        ("npm exec -- some-server", "some-server"),
        ("bunx some-server", "some-server"),
        ("bun x some-server", "some-server"),
        ("pnpm dlx some-server", "some-server"),
        ("yarn dlx some-server", "some-server"),
        ("uvx some-server", "some-server"),
        ("uvx --python 3.12 --from some[cli]>=1 server", "some[cli]>=1"),
        ("uvx some-server@latest", "some-server@latest"),
        ("uvx --from git+https://x.example/r server", "git+https://x.example/r"),
        ("uv tool run some-server", "some-server"),
        ("pipx run --spec some server", "some"),
        ("docker run -i --rm -e A=b -v /a:/b --name x ghcr.io/a/b", "ghcr.io/a/b"),
        ("docker run -it registry.example:5000/a", "registry.example:5000/a"),
        ("podman run --network=host a/b:latest serve:1", "a/b:latest"),
        ("cmd /c npx -y some-server", "some-server"),
        ("npx -y some@1.0.0 --later other", ""),
        ("npx -y @acme/server@1.2.3-beta.1", ""),
        ("npx ./server", ""),
        (f"npx -y github:user/repository#{COMMIT}", ""),
        ("npx --no-install", ""),
        ("npm run start", ""),
        ("node server.js", ""),
        ("uvx some-server==1.2", ""),
        ("uvx --from some[cli]@1.2.3 server", ""),
        (f"uvx --from git+https://x.example/r@{COMMIT} server", ""),
        ("uv run server.py", ""),
        ("uv --directory /a run server", ""),
        ("docker run -i --rm -eA=b a/b:1.2", ""),
        (f"docker run a/b@sha256:{COMMIT}", ""),
        ("docker compose up", ""),
        ("npx -y ${PACKAGE}", ""),
        ("npx", ""),
        ("", ""),
    ],
)
def test_packages_of_no_fixed_version(line: str, package: str) -> None:
    command, _, rest = line.partition(" ")
    assert unpinned(command, rest.split()) == package


def test_packages_in_the_text_for_a_shell() -> None:
    assert unpinned("sh", ["-c", "cd /a && exec npx -y 'some-server' --x"]) == "some-server"
    assert unpinned("cmd", ["/c", "npx -y some-server"]) == "some-server"
    assert unpinned("npx -y some-server", []) == "some-server"
    assert unpinned("sh", ["-c", "npx -y 'some@1.0.0"]) == ""


@pytest.mark.parametrize(
    ("command", "args", "said"),
    [
        ("sh", ["-c", "server"], "sh -c"),
        ("/bin/bash", ["-lc", "server"], "bash -lc"),
        ("powershell.exe", ["-NoProfile", "-Command", "server"], "powershell -command"),
        ("cmd", ["/c", "set A=b && server"], "cmd /c"),
        ("cmd.exe", ["/C", "start.bat"], "cmd /c"),
        ("cmd", ["/c", "npx", "-y", "x", "&", "del", "y"], "cmd /c"),
        ("server", ["x", "|", "tee"], "an operator of the shell among its arguments"),
        ("curl x | sh", [], "an operator of the shell in its command"),
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
        unpinned(command, args)
        shell(command, args)
    assert time.perf_counter() - start < 2
