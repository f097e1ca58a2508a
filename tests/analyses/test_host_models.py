from __future__ import annotations

import pytest

from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.naming import Offer
from mcpx.sources.hosts import host_table

GATEWAYS_AND_LIBRARIES = {
    *("openai-agents", "openai-agents-prefixed", "langchain", "langchain-prefixed", "llamaindex"),
    *("pydantic-ai", "pydantic-ai-prefixed", "fastmcp-mount", "mcp-python-sdk", "toolhive"),
    *("docker-gateway", "docker-gateway-prefixed", "metamcp", "contextforge", "agentcore"),
    *("envoy-ai-gateway", "mcphub"),
}


def test_every_model_says_where_it_comes_from() -> None:
    assert len(HOST_MODELS) >= 18
    for name, model in HOST_MODELS.items():
        assert name == model.id
        assert len(model.source) > 5
        assert model.read[:3] == "202"
        assert model.names([Offer("a", "", ["x"])])[0].endswith("x")


def test_the_other_models_are_of_hosts_whose_configuration_is_found() -> None:
    configured = {host.id for host in host_table().hosts}
    assert set(HOST_MODELS) - configured == GATEWAYS_AND_LIBRARIES


# host, two of one name, limit, what is beyond it, what has other characters, separator, stable
TABLE = [
    ("claude-code", "request-refused", 64, "request-refused", None, "", True),
    ("claude-desktop", "one-wins", 64, "tool-refused", "tool-refused", "", True),
    ("cursor", "undocumented", 60, "hidden", None, "", True),
    ("vscode", "later-lost", None, None, None, "", False),
    ("codex", "kept-apart", None, None, None, "", False),
    ("gemini-cli", "last-wins", None, None, None, "_", True),
    ("goose", "one-wins", 64, "api-may-refuse", "api-may-refuse", "__", False),
    ("zed", "last-wins", None, None, "api-may-refuse", "", False),
    ("cline", "one-wins", None, None, None, "__", True),
    ("roo-code", "one-wins", None, None, None, "--", True),
    ("continue", "undocumented", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("crush", "undocumented", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("opencode", "undocumented", 64, "request-refused", None, "", True),
    ("amazon-q", "tool-refused", 64, "tool-refused", None, "", True),
    ("openai-agents", "host-refused", 64, "request-refused", "request-refused", "", True),
    ("openai-agents-prefixed", "kept-apart", None, None, None, "", False),
    ("langchain", "both-sent", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("langchain-prefixed", "both-sent", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("llamaindex", "both-sent", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("pydantic-ai", "host-refused", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("pydantic-ai-prefixed", "host-refused", 64, "api-may-refuse", "api-may-refuse", "", True),
    ("fastmcp", "first-wins", None, None, None, "", False),
    ("fastmcp-mount", "first-wins", None, None, None, "", True),
    ("mcp-python-sdk", "server-refused", None, None, None, "", True),
    ("docker-gateway", "host-refused", None, None, None, "", True),
    ("docker-gateway-prefixed", "host-refused", None, None, None, "__", True),
    ("toolhive", "first-wins-with-a-warning", None, None, None, "", True),
    ("metamcp", "last-wins", None, None, None, "__", True),
    ("contextforge", "tool-refused", None, None, None, "", True),
    ("envoy-ai-gateway", "undocumented", None, None, None, "__", True),
    ("agentcore", "undocumented", None, None, None, "", True),
    ("mcphub", "first-wins", None, None, None, "", True),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_column_of_the_table(
    row: tuple[str, str, int | None, str | None, str | None, str, bool],
) -> None:
    model = HOST_MODELS[row[0]]
    assert row[1:] == (
        model.clash,
        model.limit,
        model.beyond if model.limit else None,
        model.refusal if model.alphabet else None,
        model.separator,
        model.stable,
    )


def test_the_table_is_whole() -> None:
    assert [row[0] for row in TABLE] == list(HOST_MODELS)


OF_ITEMS = {
    "gemini-cli": (None, "first-wins"),
    "goose": (None, "one-wins"),
    "fastmcp-mount": (None, "kept-apart"),
    "docker-gateway": ("host-refused", "host-refused"),
    "docker-gateway-prefixed": ("host-refused", "host-refused"),
    "toolhive": ("all-dropped", "first-wins"),
    "contextforge": (None, "read-fails"),
    "envoy-ai-gateway": (None, "kept-apart"),
}


def test_what_is_known_of_prompts_and_resources() -> None:
    known = {
        name: (model.prompts, model.resources)
        for name, model in HOST_MODELS.items()
        if model.prompts or model.resources
    }
    assert known == OF_ITEMS
