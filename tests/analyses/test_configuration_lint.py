from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.configuration_lint import Configured, Unread, configuration_findings
from mcpx.analyses.finding import Finding, Location
from mcpx.servers import ServerSpec

# In pieces, so that no scanner of repositories takes it for a real one.
TOKEN = "ghp_" + "0123456789abcdefghij"
RANDOM = "a1b2c3d4e5f6a7b8c9d0e1f2"


def found(writable: bool = False, **members: Any) -> list[Finding]:
    spec = ServerSpec("a", **members)
    one = Configured(spec, ("cursor",), Location("/p/mcp.json", 3), writable)
    return list(configuration_findings([one]))


def brief(**members: Any) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in found(**members)]


@pytest.mark.parametrize(
    ("members", "where"),
    [
        pytest.param({"env": {"API_KEY": "hunter22"}}, "the variable API_KEY", id="by name"),
        pytest.param({"env": {"X": TOKEN}}, "the variable X", id="by shape"),
        pytest.param(
            {"env": {"DB": "postgres://me:hunter2@db/x"}}, "the variable DB", id="a URL's password"
        ),
        pytest.param(
            {"headers": {"Authorization": "Bearer abcdef123"}},
            "the header Authorization",
            id="header",
        ),
        pytest.param(
            {"args": ("--api-key", "hunter22")}, "the argument 2 (--api-key)", id="after an option"
        ),
        pytest.param(
            {"args": ("--token=hunter22",)}, "the argument 1 (--token)", id="in an option"
        ),
        pytest.param(
            {"args": ("-e", "TOKEN=hunter22")}, "the argument 2 (-e TOKEN)", id="for docker"
        ),
        pytest.param(
            {"args": ("--header", "Authorization: Bearer hunter22")},
            "the argument 2 (--header Authorization)",
            id="a header in an argument",
        ),
        pytest.param({"args": (TOKEN,)}, "the argument 1", id="alone"),
        pytest.param({"url": "https://x.example/mcp?api_key=hunter22"}, "the URL", id="query"),
        pytest.param({"url": "https://me:hunter2@x.example/"}, "the URL", id="password"),
        pytest.param({"url": f"https://x.example/s/{RANDOM}/mcp"}, "the URL", id="path"),
    ],
)
def test_secrets_that_are_written_out(members: dict[str, Any], where: str) -> None:
    findings = found(**members)
    assert [one.message for one in findings] == [f"a has a secret in {where}"]
    assert findings[0].rule.id == "config-secret"
    assert findings[0].hosts == ("cursor",)
    assert findings[0].location == Location("/p/mcp.json", 3)
    assert all(
        secret not in str(findings[0].to_dict())
        for secret in ("hunter2", "abcdef123", TOKEN, RANDOM)
    )


@pytest.mark.parametrize(
    "members",
    [
        {"env": {"API_KEY": "${API_KEY}"}},
        {"env": {"API_KEY": "$API_KEY"}},
        {"env": {"API_KEY": "%API_KEY%"}},
        {"env": {"API_KEY": "${{ secrets.KEY }}"}},
        {"env": {"API_KEY": "{env:KEY}"}},
        {"env": {"API_KEY": "op://vault/item/key"}},
        {"env": {"API_KEY": "<your key>"}},
        {"env": {"API_KEY": "YOUR_API_KEY"}},
        {"env": {"API_KEY": "sk-xxxxxxxxxxxxxxxxxxxxxxxx"}},
        {"env": {"API_KEY": ""}},
        {"env": {"OAUTH_ENABLED": "yes-please"}},
        {"env": {"TOKEN_FILE": "secret.txt"}},
        {"env": {"SSH_KEY": "/home/me/.ssh/id"}},
        {"env": {"TOKEN_URL": "https://x.example/token"}},
        {"env": {"AUTH_SERVER": "https://login.x.example/"}},
        {"env": {"MAX_TOKENS": "1000000"}},
        {"env": {"MODEL": "claude-3-5-sonnet-20241022"}},
        {"headers": {"Authorization": "Bearer ${input:token}"}},
        {"headers": {"Authorization": "Bearer {file:./token.txt}"}},
        {"headers": {"Accept": "application/json", "X-Region": "eu-west-1a2b3c4d"}},
        {"args": ("-e", "TOKEN")},
        {"args": ("-e", "LOG_LEVEL=verbose")},
        {"args": ("--token", "$TOKEN")},
        {"args": ("https://x.example/?page=12345678",)},
        {"args": ("--url=https://x.example/?page=12345678",)},
        {"url": "https://x.example/mcp?api_key=${KEY}&region=eu"},
        {"url": "https://${USER}:${PASSWORD}@x.example/"},
        {"url": "https://x.example/my-long-repository-name-of-2026"},
    ],
    ids=str,
)
def test_what_is_no_secret(members: dict[str, Any]) -> None:
    assert found(**members) == []


def test_secrets_in_two_places_are_two_findings() -> None:
    findings = found(env={"API_KEY": "hunter22", "TOKEN": "hunter22"})
    assert len({one.fingerprint for one in findings}) == 2


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"command": "npx", "args": ("-y", "some-server")},
            ("config-unpinned", "a runs some-server, of no fixed version"),
        ),
        (
            {"command": "sh", "args": ("-c", "server")},
            ("config-shell", "a is started through sh -c"),
        ),
        (
            {"url": "http://x.example/mcp", "headers": {"X-Team": "blue"}},
            ("config-plain-http", "a sends X-Team to x.example without encryption"),
        ),
        (
            {"url": "ws://x.example/mcp", "headers": {"X-Team": "blue"}},
            ("config-plain-http", "a sends X-Team to x.example without encryption"),
        ),
    ],
)
def test_how_a_server_is_started_or_reached(
    members: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert brief(**members) == [expected]


BLUE = {"X-Team": "blue"}


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ("config-unpinned", {"command": "npx", "args": ("-y", "some-server@1.0.0")}),
        ("config-unpinned", {"command": "npx", "args": ("-y", "./some-server")}),
        ("config-shell", {"command": "sh", "args": ("server",)}),
        ("config-shell", {"command": "ssh", "args": ("-c", "server")}),
        ("config-plain-http", {"url": "https://x.example/mcp", "headers": BLUE}),
        ("config-plain-http", {"url": "http://x.example/mcp"}),
        ("config-plain-http", {"url": "http://localhost:8000/mcp", "headers": BLUE}),
        ("config-plain-http", {"url": "http://127.0.0.1:8000/mcp", "headers": BLUE}),
        ("config-plain-http", {"url": "http://[::1]/mcp", "headers": BLUE}),
        ("config-plain-http", {"url": "http://[::1", "headers": BLUE}),
        ("config-plain-http", {"url": "http://${HOST}/mcp", "headers": BLUE}),
    ],
    ids=str,
)
def test_what_is_nearly_wrong_and_is_not(rule: str, members: dict[str, Any]) -> None:
    assert brief(**members) == [], f"nearly {rule}"


def test_a_file_that_others_may_write_is_told_once() -> None:
    place = Location("/p/mcp.json", 3)
    servers = [
        Configured(ServerSpec(name), (host,), place, True)
        for name, host in (("b", "cursor"), ("a", "zed"))
    ]
    safe = Configured(ServerSpec("c"), ("zed",), Location("/p/other.json"), False)
    (finding,) = configuration_findings([*servers, safe])
    assert finding.rule.id == "config-writable"
    assert finding.message == "other users may write the file that defines a and b"
    assert finding.hint == "chmod go-w /p/mcp.json"
    assert finding.hosts == ("cursor", "zed")
    assert finding.location == Location("/p/mcp.json")
    (unplaced,) = configuration_findings([Configured(ServerSpec("a"), (), None, True)])
    assert unplaced.message == "other users may write the file that defines a"


@pytest.mark.parametrize("text", ["${", "[a", "http://:", "a?key=http://", "ab-here", "<", "x "])
def test_a_hostile_definition_takes_little_time(text: str) -> None:
    value = text * (10**6 // len(text))
    start = time.perf_counter()
    found(env={"API_KEY": value}, headers={"X-Key": value}, url=value, args=("--key", value))
    assert time.perf_counter() - start < 2


def test_the_same_in_two_files_is_two_findings() -> None:
    shell = ServerSpec("a", command="sh", args=("-c", "server"))
    files = ("./.mcp.json", "~/.cursor/mcp.json")
    servers = [Configured(shell, ("cursor",), Location(file), False, file) for file in files]
    findings = list(configuration_findings(servers))
    assert [one.rule.id for one in findings] == ["config-shell", "config-shell"]
    assert len({one.fingerprint for one in findings}) == 2


def test_a_server_under_two_keys_is_told_once_for_all_hosts() -> None:
    def one(name: str, hosts: tuple[str, ...], same_as: str) -> Configured:
        return Configured(ServerSpec(name), hosts, None, False, "", hosts, same_as)

    both = ("cursor", "zed")
    (finding,) = configuration_findings(
        [one("b", both, "x"), one("a", both, "x"), one("c", both, "y"), one("d", ("roo",), "x")]
    )
    assert (finding.rule.id, finding.hosts) == ("server-twice", both)
    assert finding.message == "a and b start one command or reach one address"


def test_what_cannot_be_read_is_told() -> None:
    place = Location("/p/mcp.json", 2)
    file = Unread("not JSON", ("zed",), place, True, "./mcp.json")
    entry = Unread("is not an object", ("zed",), place, False, "./mcp.json", "a")
    found = [
        (one.rule.id, one.severity.value, one.message)
        for one in configuration_findings([], [file, entry])
    ]
    assert found == [
        ("config-unreadable", "error", "not JSON"),
        ("config-unreadable", "warning", "a: is not an object"),
        ("config-writable", "error", "other users may write the file"),
    ]
