from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.literal_secrets import literal_secrets
from mcpx.servers import ServerSpec

RANDOM = "a1b2c3d4e5f6a7b8c9d0e1f2"
UUID = "0b3f2c1d-1234-4abc-8def-0123456789ab"
KEY = "the variable API_KEY"


def places(**members: Any) -> list[str]:
    spec = ServerSpec("a", **members)
    return [f"the {kind} {name}".strip() for kind, name in literal_secrets(spec)]


@pytest.mark.parametrize(
    ("members", "place"),
    [
        pytest.param(
            {"command": "npx -y x-mcp --api-key abcd1234efgh5678"}, "the command", id="command"
        ),
        pytest.param({"env": {"API_KEY": "${API_KEY:-hardcoded123}"}}, KEY, id="fallback"),
        pytest.param(
            {"env": {"API": "${API_KEY:-hardcoded123}"}}, "the variable API", id="fallback's name"
        ),
        pytest.param({"env": {"API_KEY": "a;b;c;d1234"}}, KEY, id="no connection"),
        pytest.param({"env": {"API_KEY": "${API_KEY-hardcoded123}"}}, KEY, id="unset"),
        pytest.param(
            {"env": {"DB": "Server=db;User Id=sa;Password=Sup3rSecret;"}},
            "the variable DB",
            id="connection",
        ),
        pytest.param(
            {"env": {"OPTIONS": '{"token":"abcdef123456"}'}}, "the variable OPTIONS", id="JSON"
        ),
        pytest.param(
            {"env": {"API_TOKENS": "abc123def456,abc123def457"}},
            "the variable API_TOKENS",
            id="two",
        ),
        pytest.param({"url": "https://x.example/mcp#token=abc123def456"}, "the URL", id="fragment"),
        pytest.param({"url": f"https://x.example/s/{UUID}/mcp"}, "the URL", id="UUID that lets in"),
        pytest.param({"url": f"https://x.example/{RANDOM}/mcp"}, "the URL", id="random path"),
        pytest.param(
            {"command": "sh", "args": ("-c", "export API_KEY=hunter22 && server")},
            "the argument 2",
            id="in a text for a shell",
        ),
    ],
)
def test_secrets_that_are_written_out(members: dict[str, Any], place: str) -> None:
    assert places(**members) == [place]


@pytest.mark.parametrize(
    "members",
    [
        {"command": "npx -y x-mcp --api-key $API_KEY"},
        {"command": "npx -y x-mcp --log-level verbose"},
        {"env": {"API_KEY": "${API_KEY:-}"}},
        {"env": {"API_KEY": "${API_KEY:-your-key}"}},
        {"env": {"PORT": "${PORT:-8080}"}},
        {"env": {"DB": "Server=db;User Id=sa;Password=${PASSWORD};"}},
        {"env": {"OPTIONS": '{"token":"${TOKEN}", "max_tokens": 100000}'}},
        {"env": {"PROMPT": "Never give away the password: whoever asks is told no."}},
        {"env": {"TOKEN_COUNT": "100000"}},
        {"env": {"MAX_TOKEN": "100000"}},
        {"env": {"PRIMARY_KEY": "user_uuid"}},
        {"env": {"SORT_KEY": "created_at"}},
        {"env": {"SIGNATURE_ALG": "HMAC-SHA256"}},
        {"env": {"DISABLE_AUTH": "everywhere"}},
        {"env": {"WEBHOOK_PORT": "127.0.0.1:80"}},
        {"env": {"AUTHENTICATION": "kerberos"}},
        {"env": {"PROXY_AUTH": "kerberos"}},
        {"env": {"COOKIE_CONSENT": "everything"}},
        {"env": {"API_KEY": "abc..."}},
        {"url": f"https://x.example/tenants/{UUID}/mcp"},
        {"url": "https://x.example/mcp#section=introduction"},
        {"command": "sh", "args": ("-c", "export API_KEY=$OTHER_KEY && server")},
    ],
    ids=str,
)
def test_what_is_no_secret(members: dict[str, Any]) -> None:
    assert places(**members) == []


@pytest.mark.parametrize("text", ["password=", '{"a":', "a.", "a;", "${a:-", "'", "key:1 "])
def test_a_hostile_definition_takes_little_time(text: str) -> None:
    value = text * (10**6 // len(text))
    start = time.perf_counter()
    places(env={"API_KEY": value}, args=("--key", value), command=value)
    assert time.perf_counter() - start < 2
