from __future__ import annotations

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
