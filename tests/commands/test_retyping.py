from __future__ import annotations

import pytest

from mcpx.commands.retyping import retyped
from mcpx.commands.run import Connecting

CANARY = "c4naryC4nary"
URL = "https://a.example/mcp"


@pytest.mark.parametrize(
    ("word", "command", "given", "shown"),
    [
        pytest.param("demo:shop", (), Connecting(), "demo:shop", id="word"),
        pytest.param("my server", (), Connecting(), "'my server'", id="quoted"),
        pytest.param(
            "", ("npx", "a b"), Connecting(), "'stdio:npx '\"'\"'a b'\"'\"''", id="command"
        ),
        pytest.param("", ("npx", "--token", CANARY), Connecting(), "TARGET", id="secret"),
        pytest.param(f"stdio:npx --token {CANARY}", (), Connecting(), "TARGET", id="one-word"),
        pytest.param(f"{URL}?key={CANARY}", (), Connecting(), "TARGET", id="secret-in-url"),
        pytest.param(
            URL,
            (),
            Connecting(header=[f"Authorization: Bearer {CANARY}", f"X-Tenant: {CANARY}"]),
            f"{URL} --bearer-env VARIABLE --header 'X-Tenant: …'",
            id="headers",
        ),
        pytest.param(
            URL,
            (),
            Connecting(bearer_env="T", era="legacy"),
            f"{URL} --era legacy --bearer-env T",
            id="bearer",
        ),
        pytest.param(
            "demo:shop",
            (),
            Connecting(env=[f"TOKEN={CANARY}", "HOME"], env_file=["a b"], cwd="/x"),
            "demo:shop --env TOKEN --env HOME --env-file 'a b' --cwd /x",
            id="variables",
        ),
        pytest.param(
            "registry:a/b",
            (),
            Connecting(set_values=["region=eu", f"key={CANARY}"], inherit_env=True),
            "registry:a/b --set region=eu --set 'key=…' --inherit-env",
            id="values",
        ),
        pytest.param("p", (), Connecting(trust_project=True), "p --trust-project", id="trust"),
    ],
)
def test_a_server_is_named_again_without_a_secret(
    word: str, command: tuple[str, ...], given: Connecting, shown: str
) -> None:
    assert retyped(word, command, given) == shown
    assert CANARY not in shown
