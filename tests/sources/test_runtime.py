from __future__ import annotations

import shlex

import pytest

from mcpx.sources.runtime import Package, deciding_variable, refused_argument

IDENTIFIERS = {"npx": "@s/pkg", "uvx": "pkg", "docker": "org/image", "dnx": "A.B"}


def refused(line: str, *given: str) -> str:
    runner, *words = shlex.split(line)
    return refused_argument(runner, words, Package(IDENTIFIERS[runner], given))


@pytest.mark.parametrize(
    "line",
    [
        "npx",
        "npx -y --quiet -p @s/pkg --package=@s/pkg@1.2.3",
        "uvx --from pkg",
        "uvx --from pkg[x,y]==1.2.3 --python 3.12 -p cpython@3.13t --with mcp<2",
        "uvx --with=mcp>=1.2,!=1.3 --isolated --from=pkg@1",
        "docker run -i --rm --init -e NAME -e A=/b:c, --network=none --name one",
        "docker -p 127.0.0.1:80:80 --publish=[::1]:1:2 --publish localhost::3 --pull always",
        "docker --add-host=host.docker.internal:host-gateway -u 1000:1000 -w /data",
        "docker --mount type=tmpfs,dst=/tmp",
        "docker -v /my/books:/data:ro --mount type=bind,src=/my/books,dst=/x,readonly",
        "docker -v /mine:/there --mount=source=/my/books,target=/x",
        "dnx -y --version 1.0.0",
    ],
)
def test_what_is_harmless_is_allowed(line: str) -> None:
    assert refused(line.replace("<", "'<'").replace(">", "'>'"), "/my/books", "/mine:/there") == ""


@pytest.mark.parametrize(
    ("line", "argument"),
    [
        ("npx -y --registry http://evil", "--registry"),
        ("npx -c 'touch x'", "-c"),
        ("npx '--call=touch x'", "--call=touch x"),
        ("npx -p @s/pkg2", "-p @s/pkg2"),
        ("npx -p @s/pkg@file:x", "-p @s/pkg@file:x"),
        ("npx --package=evil", "--package evil"),
        ("npx -p", "-p"),
        ("npx evil", "evil"),
        ("npx --", "--"),
        ("uvx --index-url http://evil", "--index-url"),
        ("uvx --with-editable /tmp/x", "--with-editable"),
        ("uvx --with git+https://evil/x", "--with git+https://evil/x"),
        ("uvx --with 'x @ https://evil/x'", "--with x @ https://evil/x"),
        ("uvx --with ./x", "--with ./x"),
        ("uvx --with x.whl", "--with x.whl"),
        ("uvx --from evil", "--from evil"),
        ("uvx --from pkg@git+https://evil", "--from pkg@git+https://evil"),
        ("uvx --python /tmp/python", "--python /tmp/python"),
        ("docker --privileged", "--privileged"),
        ("docker run run", "run"),
        ("docker --entrypoint sh", "--entrypoint"),
        ("docker -v /:/host", "-v /:/host"),
        ("docker -v /my/books/..:/host", "-v /my/books/..:/host"),
        ("docker -v /my/books:/x:rshared", "-v /my/books:/x:rshared"),
        ("docker -v data:/data", "-v data:/data"),
        ("docker --mount type=bind,src=/,dst=/host", "--mount type=bind,src=/,dst=/host"),
        (
            "docker --mount type=volume,volume-opt=device=/,dst=/h",
            "--mount type=volume,volume-opt=device=/,dst=/h",
        ),
        (
            "docker --mount type=bind,src=/my/books,source=/,dst=/h",
            "--mount type=bind,src=/my/books,source=/,dst=/h",
        ),
        ("docker -p 80:80", "-p 80:80"),
        ("docker -p 0.0.0.0:80:80", "-p 0.0.0.0:80:80"),
        ("docker --network container:other", "--network container:other"),
        ("docker --env-file /home/me/.env", "--env-file"),
        ("docker --cap-add ALL", "--cap-add"),
        ("docker --device=/dev/sda", "--device=/dev/sda"),
        ("docker --pid=host", "--pid=host"),
        ("docker --name --privileged", "--name --privileged"),
        ("docker --security-opt seccomp=unconfined", "--security-opt seccomp=unconfined"),
        ("docker -eLD_PRELOAD=x", "-eLD_PRELOAD=x"),
        ("dnx --source http://evil", "--source"),
    ],
)
def test_what_is_not_known_to_be_harmless_is_named(line: str, argument: str) -> None:
    assert refused(line, "/my/books") == argument


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "NODE_OPTIONS", "PYTHONPATH"),
        *("PYTHONSTARTUP", "npm_config_registry", "NPM_CONFIG_REGISTRY", "UV_INDEX_URL"),
        *("PIP_INDEX_URL", "DOCKER_HOST", "BASH_ENV", "HTTPS_PROXY", "NODE_EXTRA_CA_CERTS"),
        *("GIT_SSH_COMMAND", "DOTNET_STARTUP_HOOKS", "XDG_CONFIG_HOME"),
    ],
)
def test_variables_that_decide_what_runs(name: str) -> None:
    assert deciding_variable(["A", name]) == name


def test_other_variables_decide_nothing() -> None:
    usual = ("API_KEY", "NODE_ENV", "PYTHONUNBUFFERED", "DATABASE_PATH", "GIT_AUTHOR_NAME", "PORT")
    assert deciding_variable(usual) == ""
