from __future__ import annotations

import time

import pytest

from mcpx.analyses.packages import unpinned

COMMIT = "0123456789abcdef0123456789abcdef01234567"


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
        ("env npx -y some-server", "some-server"),
        ("env A=b npx -y some-server", "some-server"),
        ("/usr/bin/env -S npx -y some-server", "some-server"),
        ("A=b npx -y some-server", "some-server"),
        ("sudo -E npx -y some-server", "some-server"),
        ("wsl -d Ubuntu npx -y some-server", "some-server"),
        ("doppler run -- npx -y some-server", "some-server"),
        ("cmd /c env A=b npx -y some-server", "some-server"),
        ("pnpm -s dlx some-server", "some-server"),
        ("docker --context c run some/image", "some/image"),
        ("docker run some/image:main", "some/image:main"),
        ("uv run --with some-server server", "some-server"),
        ("uv run --with some[a,b]==1.0,other server", "other"),
        ("uv --directory /a run --with=some server", "some"),
        ("deno run -A npm:some-server", "npm:some-server"),
        ("deno run -A jsr:@acme/server@1", "jsr:@acme/server@1"),
        ("go run example.com/server@latest", "example.com/server@latest"),
        ("nix run github:acme/server", "github:acme/server"),
        ("nix run nixpkgs#server", "nixpkgs#server"),
        ("env A=b npx -y some-server@1.0.0", ""),
        ("env", ""),
        ("sudo -u", ""),
        ("docker --context c run some/image:1.2", ""),
        ("uv run --with some[a,b]==1.0 server", ""),
        ("deno run -A npm:some-server@1.0.0", ""),
        ("deno run -A server.ts", ""),
        ("deno run -A https://x.example/server.ts", ""),
        ("go run example.com/server@v1.2.3", ""),
        ("go run ./server", ""),
        (f"nix run github:acme/server/{COMMIT}", ""),
        ("nix run .#server", ""),
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
    assert unpinned("npx -y", ["some-server"]) == "some-server"
    assert unpinned("/opt/my npx/server", ["npx", "x"]) == ""
    assert unpinned("sh", ["-c", "API_KEY=$KEY npx -y some-server"]) == "some-server"
    assert unpinned("env", ["bash", "-c", "cd /a; npx -y some-server"]) == "some-server"
    assert unpinned("sh", ["-c", "npx -y 'some@1.0.0"]) == ""


@pytest.mark.parametrize("letter", ["a ", "'", ";", "-", "@", "/", "\\", "npx "])
def test_a_hostile_line_takes_little_time(letter: str) -> None:
    text = letter * (10**6 // len(letter))
    start = time.perf_counter()
    for command in ("sh", "npx", "uvx", "docker", "cmd", text):
        args = ["run", "/c", "-c", text]
        unpinned(command, args)
    assert time.perf_counter() - start < 2
