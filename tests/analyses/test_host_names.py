"""How hosts name tools: which of them make two different tools one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.naming import Offer

_HEAD, _TAIL = "a" * 32, "z" * 32

# Two or more different tools -> the hosts that give them one name (test vectors of 2026-11-22).
# Hosts that only put the server and a separator before the tool share a column there.
_PLAIN_UNDERSCORE = {"fastmcp", "fastmcp-mount", "langchain-prefixed", "toolhive", "crush"}
_PLAIN_UNDERSCORE |= {"pydantic-ai-prefixed"}
_PLAIN_DOUBLE = {"docker-gateway-prefixed", "envoy-ai-gateway"}

VECTORS = [
    pytest.param(
        [Offer("a", "", ["b_c"]), Offer("a_b", "", ["c"])],
        {"vscode", "gemini-cli", "continue", "opencode", "contextforge"} | _PLAIN_UNDERSCORE,
        id="(a, b_c) / (a_b, c)",
    ),
    pytest.param(
        [Offer("a", "", ["b__c"]), Offer("a__b", "", ["c"])],
        {"claude-code", "goose", "cline", "metamcp", "contextforge"} | _PLAIN_DOUBLE,
        id="(a, b__c) / (a__b, c)",
    ),
    pytest.param(
        [Offer("a", "", ["get.user", "get_user"])],
        {"claude-code", "vscode", "opencode", "contextforge"},
        id="get.user / get_user",
    ),
    pytest.param(
        [Offer("a", "", ["get-user", "get_user"])],
        {"contextforge"},
        id="get-user / get_user",
    ),
    pytest.param(
        [Offer("a", "", ["getUser", "getuser"])], {"contextforge"}, id="getUser / getuser"
    ),
    pytest.param(
        [Offer("foo.2", "", ["run"]), Offer("foo_2", "", ["run"])],
        {"claude-code", "vscode", "goose", "zed", "continue", "opencode", "contextforge"},
        id="servers foo.2 / foo_2",
    ),
    pytest.param(
        [Offer("GitHub", "", ["run"]), Offer("github", "", ["run"])],
        {"goose", "continue", "contextforge"},
        id="servers GitHub / github",
    ),
    pytest.param(
        [Offer("mcp_x", "", ["run"]), Offer("x", "", ["run"])],
        {"gemini-cli"},
        id="servers mcp_x / x",
    ),
    pytest.param(
        [Offer("git", "", ["github_search"]), Offer("github", "", ["search"])],
        {"continue"},
        id="(git, github_search) / (github, search)",
    ),
    pytest.param(
        [Offer("1", "foo", ["run"]), Offer("2", "foo", ["run"]), Offer("3", "foo2", ["run"])],
        {"vscode"},
        id="serverInfo foo, foo, foo2",
    ),
    pytest.param(
        [Offer("a", "", [_HEAD + "1" + _TAIL, _HEAD + "2" + _TAIL])],
        {"gemini-cli"},
        id="long, same 30 head and tail",
    ),
    pytest.param(
        [Offer("a", "", ["b" * 64 + "1", "b" * 64 + "2"])],
        {"vscode", "roo-code", "zed"},
        id="long, same head",
    ),
    pytest.param([Offer("a", "", ["a.b", "ab"])], {"roo-code"}, id="a.b / ab"),
    pytest.param(
        [Offer("a", "", ["run task", "run_task"])],
        {"claude-code", "vscode", "gemini-cli", "roo-code", "opencode", "contextforge"},
        id="run task / run_task",
    ),
    pytest.param(
        [Offer("长亭", "", ["run"]), Offer("高德", "", ["run"])],
        {
            "claude-code",
            "gemini-cli",
            "goose",
            "zed",
            "roo-code",
            "continue",
            "opencode",
            "metamcp",
            "contextforge",
        },
        id="servers in Chinese",
    ),
]
# What leaves names bare has equal ones wherever the tools' own names are equal.
_BARE = {
    "claude-desktop",
    "amazon-q",
    "openai-agents",
    "langchain",
    "llamaindex",
    "pydantic-ai",
    "mcp-python-sdk",
    "docker-gateway",
}


def _one_name(offers: list[Offer], alike: bool) -> set[str]:
    """The hosts in which two names are equal, or only taken for each other (``alike``)."""
    found = set()
    for model in HOST_MODELS.values():
        names = model.names(offers)
        compared = [model.alike(name) if alike and model.alike else name for name in names]
        if len(set(compared)) < len(names):
            found.add(model.id)
    return found


@pytest.mark.parametrize(("offers", "merging"), VECTORS)
def test_hosts_that_make_different_tools_one_name(offers: list[Offer], merging: set[str]) -> None:
    assert _one_name(offers, alike=False) - _BARE == merging


@pytest.mark.parametrize(
    "offers",
    [
        pytest.param([Offer("a", "", ["get-user", "get_user"])], id="in one server"),
        pytest.param([Offer("a", "", ["b__c"]), Offer("a__b", "", ["c"])], id="at the separator"),
    ],
)
def test_roo_code_takes_a_hyphen_for_an_underscore(offers: list[Offer]) -> None:
    different = _one_name(offers, alike=True) - _one_name(offers, alike=False)
    assert different == {"roo-code"}


LONG = "x" * 70
MADE = [
    ("claude-code", ("my server", "", "a.b"), "mcp__my_server__a_b"),
    ("claude-desktop", ("notes", "", "a.b"), "a.b"),
    ("cursor", ("notes", "", "search"), "notes:search"),
    ("vscode", ("key", "io.github.up/context7", "get.docs"), "mcp_io_github_up__get_docs"),
    ("vscode", ("Context7", "", LONG), "mcp_context7_" + "x" * 51),
    ("codex", ("my-server", "", "a-b"), "my_server.a_b"),
    ("codex", ("s", "", LONG), "s." + "x" * 50 + "_dd8f3b41f9c6"),
    ("gemini-cli", ("mcp_x", "", "run task"), "mcp_x_run_task"),
    ("gemini-cli", ("x", "", LONG), "mcp_x_" + "x" * 24 + "..." + "x" * 30),
    ("goose", ("My Notes!", "", "search"), "search"),
    ("zed", ("notes", "", LONG), "x" * 64),
    ("cline", ("notes", "", "search"), "notes__search"),
    ("cline", ("my notes", "", "search"), "my_notes__search_e7b4cd93"),
    ("roo-code", ("my notes", "", "a.b--c"), "mcp--my_notes--ab-c"),
    ("continue", ("GitHub", "", "github_search"), "github_search"),
    ("continue", ("GitHub", "", "search"), "github_search"),
    ("crush", ("notes", "", "search"), "mcp_notes_search"),
    ("opencode", ("my notes", "", "a.b"), "my_notes_a_b"),
    ("amazon-q", ("notes", "", "2.fa"), "a2fa"),
    ("openai-agents", ("notes", "", "search"), "search"),
    ("openai-agents-prefixed", ("_notes-", "", "a.b"), "mcp_notes__a_b"),
    ("langchain-prefixed", ("notes", "", "search"), "notes_search"),
    ("docker-gateway-prefixed", ("notes", "", "search"), "notes__search"),
    ("metamcp", ("my notes", "", "search"), "mynotes__search"),
    ("contextforge", ("My Notes", "", "getUser"), "my-notes-getuser"),
    ("agentcore", ("notes", "", "search"), "notes___search"),
    ("mcphub", ("notes", "", "search"), "notes-search"),
]


@pytest.mark.parametrize(
    ("host", "tool", "name"), MADE, ids=[f"{host}: {'/'.join(t)[:30]}" for host, t, _ in MADE]
)
def test_the_name_of_a_single_tool(host: str, tool: tuple[str, str, str], name: str) -> None:
    key, label, own = tool
    assert HOST_MODELS[host].names([Offer(key, label, [own])]) == [name]


TOGETHER = [
    ("vscode", ["mcp_notes_search", "mcp_notes2_search"]),
    ("goose", ["notes__search", "notes__search"]),
    ("zed", ["notes_search", "notes_search"]),
    ("fastmcp", ["Notes_search", "notes_search"]),
    ("codex", ["Notes.search", "notes.search"]),
]


@pytest.mark.parametrize(("host", "names"), TOGETHER, ids=[host for host, _ in TOGETHER])
def test_names_that_depend_on_the_other_servers(host: str, names: list[str]) -> None:
    offers = [Offer("Notes", "", ["search"]), Offer("notes", "", ["search"])]
    assert HOST_MODELS[host].names(offers) == names
    assert not HOST_MODELS[host].stable


_TEXT = st.text(st.sampled_from("aB1_-. é"), min_size=1, max_size=12)
_OFFERS = st.lists(
    st.builds(Offer, _TEXT, st.just("") | _TEXT, st.lists(_TEXT, max_size=4).map(tuple)),
    max_size=4,
)


@given(_OFFERS)
def test_every_tool_gets_a_name_and_stable_ones_are(offers: list[Offer]) -> None:
    for model in HOST_MODELS.values():
        names = model.names(offers)
        assert len(names) == sum(len(offer.tools) for offer in offers)
        if model.stable:
            assert names == [name for offer in offers for name in model.names([offer])]


@given(_OFFERS)
def test_hosts_that_hash_keep_all_apart(offers: list[Offer]) -> None:
    keys = list(dict.fromkeys(offer.key for offer in offers))
    offers = [Offer(key, "", tuple(dict.fromkeys(["x", key, "X"]))) for key in keys]
    for host in ("codex", "openai-agents-prefixed"):
        names = HOST_MODELS[host].names(offers)
        assert len(set(names)) == len(names)
