from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from mcpx.errors import RefusedError, ServerError, UsageError
from mcpx.servers import Transport
from mcpx.sources.additions import Additions
from mcpx.sources.published import by_url, npm, pypi, registered
from mcpx.sources.registry import Registry
from mcpx.sources.registry_entries import Entry
from tests.servers.fake_registry import FakeRegistry, record
from tests.servers.http_wire import Exchange


def only(*programs: str) -> Any:
    return lambda program: program in programs


@pytest.mark.parametrize(
    ("url", "name", "kept"),
    [
        ("https://acme.example/mcp", "acme.example", "https://acme.example/mcp"),
        ("HTTPS://Acme.example:8443", "acme.example:8443", "HTTPS://Acme.example:8443"),
        ("http://[::1]/mcp", "[::1]", "http://[::1]/mcp"),
        ("http://[::1]:80/a?b=c", "[::1]:80", "http://[::1]:80/a?b=c"),
        ("https://h/mcp#part", "h", "https://h/mcp"),
        ("https://h/mcp#", "h", "https://h/mcp"),
        ("https://h/%7Ea/../b", "h", "https://h/%7Ea/../b"),
    ],
)
def test_a_url_is_a_server_named_after_its_host(url: str, name: str, kept: str) -> None:
    found = by_url(url)
    assert (found.name, found.transport, found.url) == (name, Transport.HTTP, kept)


@pytest.mark.parametrize("url", ["https://", "https:h", "http://h:99999", "https://h/a b"])
def test_what_is_no_url_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError):
        by_url(url)


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("@s/pkg@1.2.3 a 'b c'", "@s/pkg", ("-y", "@s/pkg@1.2.3", "a", "b c")),
        ("@s/pkg", "@s/pkg", ("-y", "@s/pkg")),
        ("pkg@next --x", "pkg", ("-y", "pkg@next", "--x")),
        ("pkg@1.0.0-rc.1+b", "pkg", ("-y", "pkg@1.0.0-rc.1+b")),
    ],
)
def test_an_npm_package_is_run_by_npx(text: str, name: str, args: tuple[str, ...]) -> None:
    found = npm(text)
    assert (found.spec.name, found.spec.command, found.spec.args) == (name, "npx", args)
    assert found.word == f"npm:{args[1]}"


@pytest.mark.parametrize(
    ("text", "name", "uvx", "pipx"),
    [
        ("pkg@1.2.3 a", "pkg", ["pkg@1.2.3", "a"], ["run", "--spec", "pkg==1.2.3", "pkg", "a"]),
        ("pkg==1.2.3", "pkg", ["pkg@1.2.3"], ["run", "--spec", "pkg==1.2.3", "pkg"]),
        ("pkg", "pkg", ["pkg"], ["run", "--spec", "pkg", "pkg"]),
        ("pkg@latest", "pkg", ["pkg@latest"], ["run", "--spec", "pkg", "pkg"]),
        (
            "p.k-g[x,y]@1!2.0 --z",
            "p.k-g",
            ["--from", "p.k-g[x,y]==1!2.0", "p.k-g", "--z"],
            ["run", "--spec", "p.k-g[x,y]==1!2.0", "p.k-g", "--z"],
        ),
        ("pkg[x]", "pkg", ["--from", "pkg[x]", "pkg"], ["run", "--spec", "pkg[x]", "pkg"]),
    ],
)
def test_a_python_package_is_run_by_uvx_or_else_by_pipx(
    text: str, name: str, uvx: list[str], pipx: list[str]
) -> None:
    with_uvx, with_pipx = pypi(text, only("uvx", "pipx")).spec, pypi(text, only("pipx")).spec
    assert (with_uvx.name, with_uvx.command, list(with_uvx.args)) == (name, "uvx", uvx)
    assert (with_pipx.name, with_pipx.command, list(with_pipx.args)) == (name, "pipx", pipx)


def test_without_uvx_and_pipx_the_hint_says_what_to_install() -> None:
    with pytest.raises(UsageError, match="pypi:pkg needs uvx or pipx") as caught:
        pypi("pkg", only())
    assert caught.value.hint == "pip install uv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a name"),
        ("'x", "no closing quotation"),
        ("--registry=https://evil", "not the name of a package"),
        ("-x@1", "not the name of a package"),
        ("../x", "not the name of a package"),
        ("https://h/x.tgz", "not the name of a package"),
        ("'a b'", "not the name of a package"),
        ("'pkg@-1'", "not a version"),
        ("pkg@", "not a version"),
        ("'pkg@>=1'", "not a version"),
        ("pkg@npm:other", "not a version"),
        ("pkg@https://h/x", "not a version"),
    ],
)
def test_what_is_no_package_is_wrong_use(text: str, words: str) -> None:
    for named in (npm, lambda one: pypi(one, only("uvx"))):
        with pytest.raises(UsageError, match=words):
            named(text)


PACKAGE = {"registryType": "npm", "identifier": "pkg", "version": "2.0.0"}
SECRET_ARGUMENT = {"type": "named", "name": "--with", "isSecret": True, "isRequired": True}


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    records = [
        record(
            "io.acme/tickets", "1.0.0", latest=False, packages=[{**PACKAGE, "version": "1.0.0"}]
        ),
        record(
            "io.acme/tickets",
            "2.0.0",
            packages=[
                {
                    **PACKAGE,
                    "packageArguments": [SECRET_ARGUMENT],
                    "environmentVariables": [
                        {"name": "REGION", "default": "eu"},
                        {"name": "API_KEY", "default": "c4nary-default"},
                        {"name": "MINE"},
                    ],
                }
            ],
        ),
        record(
            "io.acme/mcp",
            status="deprecated",
            message="use io.acme/tickets",
            remotes=[{"type": "streamable-http", "url": "https://acme.example/mcp"}],
        ),
    ]
    with FakeRegistry(records) as found:
        yield found


def test_a_version_in_a_registry_is_run_as_its_entry_says(fake: FakeRegistry) -> None:
    found = registered("io.acme/tickets@1.0.0 -v", Additions(registry_url=fake.url), only("npx"))
    assert found.word == "registry:io.acme/tickets@1.0.0"
    assert (found.spec.name, found.spec.command) == ("tickets", "npx")
    assert found.spec.args == ("-y", "pkg@1.0.0", "-v")
    assert (found.notes, found.secrets) == ((), ())


def test_without_a_version_the_latest_is_meant_and_what_it_sets_is_told(
    fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCPX_REGISTRY_URL", fake.url)
    given = Additions(env={"MINE": "m1ne"}, values={"with": ["c4nary-value"]})
    found = registered("io.acme/tickets", given, only("npx"))
    assert found.spec.args == ("-y", "pkg@2.0.0", "--with", "c4nary-value")
    assert found.notes == ("registry:io.acme/tickets@2.0.0 sets REGION=eu, API_KEY=***",)
    assert found.secrets == found.spec.secrets == ("c4nary-value",)
    assert "c4nary" not in repr(found.notes)


def test_a_name_that_says_nothing_stays_whole_and_a_status_is_told(fake: FakeRegistry) -> None:
    found = registered("io.acme/mcp", Additions(registry_url=fake.url), only())
    assert (found.spec.name, found.spec.url) == ("io.acme/mcp", "https://acme.example/mcp")
    assert found.notes == ("registry:io.acme/mcp@1.0.0 is deprecated: use io.acme/tickets",)


def test_the_registry_is_asked_anew_only_where_that_is_wanted(fake: FakeRegistry) -> None:
    for refresh, asked in ((False, 1), (False, 1), (True, 2)):
        registered("io.acme/mcp", Additions(registry_url=fake.url, refresh=refresh), only())
        assert len(fake.asked) == asked


def _silent(exchange: Exchange) -> None:
    exchange.rest(1)


def test_the_registry_has_only_so_much_time(fake: FakeRegistry) -> None:
    fake.always = _silent
    with pytest.raises(ServerError, match="no full answer"):
        registered("io.acme/mcp", Additions(registry_url=fake.url, seconds=0.2), only())


ADDRESSES = {
    "registry.example": "93.184.216.34",
    "own.example": "10.0.0.7",
    "acme.example": "93.184.216.35",
    "inside.example": "10.0.0.8",
    "2852039166": "169.254.169.254",
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names without a network, and a registry whose one entry has the remote {url}."""

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        return [(None, None, None, "", (ADDRESSES[host], 0))]

    def one(_registry: Registry, name: str, _version: str) -> Entry:
        remote = {"type": "streamable-http", "url": "{url}", "variables": {"url": {}}}
        if name != "a/typed":
            remote = {"type": "streamable-http", "url": f"http://{name.removeprefix('a/')}/mcp"}
        return Entry(name, "1", {"remotes": [remote]})

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(Registry, "one", one)


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "127.0.0.1", "[::1]", "192.168.1.1", "[fd00::1]", "localhost"),
        *("router.local", "inside.example", "2852039166"),
    ],
)
def test_a_public_registry_sends_nobody_to_an_address_that_is_not(names: None, host: str) -> None:
    with pytest.raises(RefusedError, match="an address that is not public; not reached"):
        registered(f"a/{host}", Additions(registry_url="https://registry.example"), only())


@pytest.mark.parametrize(
    ("registry", "host"),
    [
        ("https://registry.example", "acme.example"),
        ("http://127.0.0.1:1", "127.0.0.1"),
        ("https://own.example", "inside.example"),
    ],
)
def test_where_an_entry_may_lead(names: None, registry: str, host: str) -> None:
    found = registered(f"a/{host}", Additions(registry_url=registry), only())
    assert found.spec.url == f"http://{host}/mcp"


def test_an_address_that_the_person_typed_is_theirs(names: None) -> None:
    url = "http://192.168.1.1/mcp"
    given = Additions(registry_url="https://registry.example", values={"url": [url]})
    assert registered("a/typed", given, only()).spec.url == url
