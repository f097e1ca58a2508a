from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mcpx.errors import UsageError
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.additions import Additions
from mcpx.sources.packages import Plan, UnusableError, package_plan, plan, remote_plan
from tests.conftest import ROOT

DATA = ROOT / ".." / "shared" / "data" / "discovery" / "registry"
THERE = (DATA / "to-command.json").is_file()
CASES = json.loads((DATA / "to-command.json").read_text())["cases"] if THERE else [{}]
NOTHING = Additions()


def everything(_program: str) -> bool:
    return True


def only(*programs: str) -> Any:
    return lambda program: program in programs


def spec_of(package: Mapping[str, Any], given: Additions = NOTHING) -> ServerSpec:
    return package_plan(package, "x", given, everything).spec


@pytest.mark.skipif(not THERE, reason="needs the cases in ../shared/data")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.get('server')}-{len(str(case))}")
def test_entries_become_the_recommended_commands(case: dict[str, Any]) -> None:
    records = json.loads((DATA / "database.json").read_text())["records"]
    servers = {f"{one['name']}@{one['version']}": one for one in (r["server"] for r in records)}
    server = servers[case["server"]]
    if case.get("command", "") is None:
        with pytest.raises(UnusableError, match="mcpb"):
            package_plan(server["packages"][case["package"]], "x", NOTHING, everything)
        return
    if "remote" in case:
        made = remote_plan(server["remotes"][case["remote"]], "x", NOTHING)
    else:
        made = package_plan(server["packages"][case["package"]], "x", NOTHING, everything)
    spec = made.spec
    assert (spec.command, list(spec.args)) == (case.get("command", ""), case.get("args", []))
    assert (spec.transport, spec.url) == (case.get("transport", "stdio"), case.get("url", ""))
    assert dict(spec.headers) == case.get("headers", {})
    assert [one.name for one in made.missing] == case.get("missing", [])
    assert made.answers_at == case.get("then_connect", "")
    plain = {name: one for name, one in case.get("env", {}).items() if "<" not in one}
    assert {name: one for name, one in spec.env.items() if "<" not in one} == plain
    required = {name for name, one in case.get("env", {}).items() if "required" in one}
    assert set(spec.env) == required | set(plain)


NPM = {"registryType": "npm", "identifier": "@s/pkg", "version": "1.2.3"}
PYPI = {"registryType": "pypi", "identifier": "pkg", "version": "1.2.3"}
OCI = {"registryType": "oci", "identifier": "org/image"}
NUGET = {"registryType": "nuget", "identifier": "A.B", "version": "1.0.0"}
YES = {"type": "positional", "value": "-y"}


def runtime(*arguments: dict[str, Any]) -> dict[str, Any]:
    return {"runtimeArguments": list(arguments)}


def named(name: str, value: str = "") -> dict[str, Any]:
    return {"type": "named", "name": name, **({"value": value} if value else {})}


@pytest.mark.parametrize(
    ("package", "command"),
    [
        pytest.param(NPM, "npx -y @s/pkg@1.2.3", id="npm"),
        pytest.param({**NPM, "version": ""}, "npx -y @s/pkg", id="no-version"),
        pytest.param({**NPM, **runtime(YES)}, "npx -y @s/pkg@1.2.3", id="agreed-already"),
        pytest.param(
            {**NPM, **runtime(named("--package", "@s/pkg@1"))},
            "npx --package @s/pkg@1 -y @s/pkg",
            id="npm-of-a-package",
        ),
        pytest.param(PYPI, "uvx pkg@1.2.3", id="pypi"),
        pytest.param(
            {**PYPI, **runtime(named("--from", "pkg[x]==1.2.3"))},
            "uvx --from pkg[x]==1.2.3 pkg",
            id="pypi-from",
        ),
        pytest.param(
            {**PYPI, **runtime(named("--python", "3.12"))},
            "uvx --python 3.12 pkg@1.2.3",
            id="option",
        ),
        pytest.param(OCI, "docker run -i --rm org/image", id="oci"),
        pytest.param({**OCI, "version": "1"}, "docker run -i --rm org/image:1", id="oci-version"),
        pytest.param(
            {**OCI, "identifier": "h:5/i:2", "version": "1"},
            "docker run -i --rm h:5/i:2",
            id="oci-version-in-name",
        ),
        pytest.param(
            {**OCI, "identifier": "i@sha256:ab", "version": "1"},
            "docker run -i --rm i@sha256:ab",
            id="oci-digest",
        ),
        pytest.param(
            {**OCI, "registryBaseUrl": "https://docker.io"},
            "docker run -i --rm org/image",
            id="oci-usual-host",
        ),
        pytest.param(
            {**OCI, "registryBaseUrl": "https://ghcr.io"},
            "docker run -i --rm ghcr.io/org/image",
            id="oci-other-host",
        ),
        pytest.param(
            {**OCI, "identifier": "ghcr.io/i", "registryBaseUrl": "https://ghcr.io"},
            "docker run -i --rm ghcr.io/i",
            id="oci-host-twice",
        ),
        pytest.param(
            {
                **OCI,
                **runtime(
                    {"type": "positional", "value": "run"},
                    {"type": "positional", "value": "--network=none"},
                    named("-e", "A=b c"),
                    named("--rm"),
                ),
            },
            "docker run -i --network=none -e A=b c --rm org/image",
            id="oci-arguments",
        ),
        pytest.param(NUGET, "dnx A.B@1.0.0 --yes", id="nuget"),
        pytest.param(
            {
                "registry_name": "npm",
                "name": "pkg",
                "version": "1",
                "runtime_hint": "npx",
                "runtime_arguments": [{**YES, "value_hint": "-y", "is_required": True}],
                "package_arguments": [
                    {"type": "positional", "value_hint": "port", "default": 80},
                    {"type": "named", "name": "--on", "default": True},
                ],
            },
            "npx -y pkg@1 80 --on true",
            id="as-of-2025-07-09",
        ),
    ],
)
def test_each_kind_has_its_command(package: Mapping[str, Any], command: str) -> None:
    spec = spec_of(package)
    assert " ".join((spec.command, *spec.args)) == command


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ({"registryType": "mcpb", "identifier": "https://h/x.mcpb"}, "mcpb package is a file"),
        ({"registryType": "cargo", "identifier": "x"}, "no packages of the kind 'cargo'"),
        ({}, "no packages of the kind ''"),
        ({**NPM, "registryBaseUrl": "https://npm.example.com"}, "kept at https://npm.example.com"),
        ({**NPM, "runtimeHint": "bash", **runtime(YES)}, "for another program than npx"),
        ({**NPM, **runtime({"type": "positional", "value": "evil"})}, "npx to be run with 'evil'"),
        ({**OCI, **runtime(named("-v", "/:/host"))}, "docker to be run with '-v /:/host'"),
        ({**NPM, "environmentVariables": [{"name": "PATH", "value": "/x"}]}, "sets PATH, which"),
        ({**NPM, "packageArguments": [{"type": "named"}]}, "has no name"),
        ({**NPM, "packageArguments": [{"type": "positional", "value": "a\0b"}]}, "a NUL"),
        ({**NPM, "environmentVariables": [{"name": "A=B"}]}, "no valid name: 'A=B'"),
        ({**NPM, "environmentVariables": [{"name": "-e"}]}, "no valid name: '-e'"),
    ],
)
def test_what_is_not_run_is_said(package: dict[str, Any], words: str) -> None:
    with pytest.raises(UnusableError) as caught:
        package_plan(package, "x", NOTHING, everything)
    assert words in str(caught.value)


def test_pipx_runs_what_uvx_would() -> None:
    package = {**PYPI, "packageArguments": [{"type": "positional", "value": "serve"}]}
    spec = package_plan(package, "x", NOTHING, only("pipx")).spec
    assert spec.command == "pipx"
    assert spec.args == ("run", "--spec", "pkg==1.2.3", "pkg", "serve")
    with pytest.raises(UnusableError, match="for uvx, which is not installed"):
        package_plan({**package, **runtime(named("--x", "1"))}, "x", NOTHING, only("pipx"))


def test_a_container_gets_its_variables_by_name() -> None:
    package = {**OCI, "environmentVariables": [{"name": "A"}, {"name": "B", "default": "b"}]}
    spec = spec_of(package, Additions(env={"C": "c", "A": "a"}))
    assert spec.args == ("run", "-i", "--rm", "-e", "A", "-e", "B", "-e", "C", "org/image")
    assert dict(spec.env) == {"A": "a", "B": "b"}


def test_named_arguments_and_their_values() -> None:
    arguments = [
        named("--flag"),
        {**named("--left-out"), "description": "d"},
        {**named("--tag"), "isRepeated": True},
        {**named("--empty"), "description": "d"},
        {**named("--port"), "valueHint": "listen"},
    ]
    given = Additions(values={"tag": ["a", "b"], "empty": [""], "listen": ["80"]})
    spec = spec_of({**NPM, "packageArguments": arguments}, given)
    assert spec.args[2:] == ("--flag", "--tag", "a", "--tag", "b", "--empty", "--port", "80")


REMOTE = {
    "type": "streamable-http",
    "url": "https://{tenant}.acme.example/mcp",
    "variables": {"tenant": {"default": "public"}},
    "headers": [{"name": "X-Key", "isRequired": True, "isSecret": True}, {"name": "X-Opt"}],
}


def made(
    server: Mapping[str, Any], given: Additions = NOTHING, installed: Any = everything
) -> Plan:
    return plan(server, "registry:a/b@1", given, installed)


def test_a_remote_is_filled_in() -> None:
    given = Additions(headers={"x-key": "k3y-value"}, values={"tenant": ["mine"]})
    found = made({"remotes": [REMOTE]}, given)
    assert found.spec.transport is Transport.HTTP
    assert found.spec.url == "https://mine.acme.example/mcp"
    assert dict(found.spec.headers) == {"X-Key": "k3y-value"}
    assert found.secrets == ("k3y-value",)


@pytest.mark.parametrize(
    ("server", "installed", "chosen"),
    [
        pytest.param({"packages": [PYPI, NPM]}, everything, "uvx", id="first-package"),
        pytest.param({"packages": [PYPI, NPM]}, only("npx"), "npx", id="what-is-installed"),
        pytest.param(
            {"packages": [{**NPM, "identifier": "-x"}, NPM]}, everything, "npx", id="odd-one-first"
        ),
        pytest.param(
            {"packages": [NPM], "remotes": [{"type": "sse", "url": "https://h/sse"}]},
            only(),
            "https://h/sse",
            id="nothing-installed",
        ),
        pytest.param(
            {
                "remotes": [
                    {"type": "sse", "url": "https://h/sse"},
                    {"type": "ws", "url": "https://h/ws"},
                    {"type": "streamable-http", "url": "https://h/mcp"},
                ]
            },
            everything,
            "https://h/mcp",
            id="http-before-sse",
        ),
    ],
)
def test_the_first_that_can_be_used_is_chosen(
    server: dict[str, Any], installed: Any, chosen: str
) -> None:
    spec = made(server, installed=installed).spec
    assert chosen in (spec.command, spec.url)


def test_all_missing_values_are_named_at_once_with_their_options() -> None:
    package = {
        **NPM,
        "packageArguments": [
            {"type": "positional", "valueHint": "dir", "isRequired": True, "description": "Books"}
        ],
        "environmentVariables": [
            {"name": "TOKEN", "isRequired": True, "isSecret": True, "placeholder": "c4nary"}
        ],
    }
    with pytest.raises(UsageError) as caught:
        made({"packages": [package]})
    error = caught.value
    assert error.message == "registry:a/b@1 needs 2 values: dir, TOKEN"
    assert error.hint == "give --set dir=… --env TOKEN=…"
    assert error.details == ("--set dir=…  Books", "--env TOKEN=…  (secret)")
    with pytest.raises(UsageError, match="needs a value: X-Key"):
        made({"remotes": [REMOTE]})


def test_a_package_that_is_reached_by_url_has_to_be_started_first() -> None:
    package = {
        **NPM,
        "transport": {"type": "streamable-http", "url": "http://127.0.0.1:{--port}/{HOST_PATH}"},
        "packageArguments": [{**named("--port"), "default": "3333"}],
        "environmentVariables": [
            {"name": "HOST_PATH", "default": "mcp"},
            {"name": "KEY", "isSecret": True},
        ],
    }
    with pytest.raises(UsageError) as caught:
        made({"packages": [package]}, Additions(env={"KEY": "c4nary"}))
    error = caught.value
    assert "its npm package answers on http://127.0.0.1:3333/mcp, not on stdio" in error.message
    assert error.hint == (
        "start it yourself, with HOST_PATH, KEY set: npx -y @s/pkg@1.2.3 --port 3333; "
        "then: mcpx inspect http://127.0.0.1:3333/mcp"
    )


@pytest.mark.parametrize(
    ("server", "message", "hint"),
    [
        ({}, "it has no packages and no remotes", ""),
        ({"packages": [PYPI]}, "its pypi package needs uvx", "pip install uv"),
        ({"remotes": [{"type": "ws", "url": "wss://h"}]}, "its remote is of the kind 'ws'", ""),
        (
            {"remotes": [{"type": "sse", "url": "ftp://h"}]},
            "its remote has no valid URL: ftp://h: not an http:// or https:// URL",
            "",
        ),
        (
            {
                "remotes": [
                    {**REMOTE, "headers": [{"name": "X", "value": "a\r\nEvil: b"}]},
                ]
            },
            "a header of its remote has a line break or a NUL in its value: 'X'",
            "",
        ),
        (
            {"remotes": [{**REMOTE, "headers": [{"name": "Content-Length", "value": "0"}]}]},
            "a header of its remote cannot be set: it belongs to the connection: 'Content-Length'",
            "",
        ),
    ],
)
def test_what_cannot_be_had_is_said_with_the_reason(
    server: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        made(server, installed=only())
    assert caught.value.message == f"registry:a/b@1: cannot be started or reached: {message}"
    assert caught.value.hint == hint


def test_a_remote_takes_no_arguments() -> None:
    server = {"remotes": [{"type": "sse", "url": "https://h/sse"}]}
    with pytest.raises(UsageError, match="its remote takes no arguments"):
        plan(server, "x", NOTHING, everything, ["--x"])
    assert plan({"packages": [NPM]}, "x", NOTHING, everything, ["--x"]).spec.args[-1] == "--x"


def test_what_is_refused_can_be_typed_by_who_trusts_it() -> None:
    package = {
        **NPM,
        **runtime(named("--registry", "http://evil.example"), named("-c", "touch x")),
        "environmentVariables": [{"name": "API_KEY", "value": "c4nary"}],
    }
    with pytest.raises(UsageError) as caught:
        made({"packages": [package]})
    assert caught.value.message.endswith("npx to be run with '--registry'")
    assert caught.value.hint == (
        "if you trust it, type its command: mcpx inspect --env API_KEY=… -- "
        "npx --registry http://evil.example -c 'touch x' -y @s/pkg@1.2.3"
    )


def test_what_decides_what_runs_is_the_persons_to_say() -> None:
    package = {**NPM, "environmentVariables": [{"name": "NODE_OPTIONS", "value": "--require=x"}]}
    given = Additions(env={"NODE_OPTIONS": "--max-old-space-size=64"})
    assert spec_of(package, given).env == {"NODE_OPTIONS": "--max-old-space-size=64"}
    mount = {**named("-v", "{dir}:/data"), "variables": {"dir": {"default": "/"}}}
    package = {**OCI, **runtime(mount)}
    assert spec_of(package, Additions(values={"dir": ["/my/books"]})).args[3:5] == (
        *("-v", "/my/books:/data"),
    )
    with pytest.raises(UnusableError, match="with '-v /:/data'"):
        spec_of(package)
