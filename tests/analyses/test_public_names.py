from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.naming import Offer
from mcpx.analyses.public_names import PublicName, public_name, public_names
from mcpx.catalogue.lock import LONGEST_NAME
from tests.analyses.offering import Member, corpus, described, server
from tests.catalogue.data import needs_data

SAFE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


@pytest.mark.parametrize(
    ("key", "tool", "name"),
    [
        ("github", "create_issue", "github_create_issue"),
        ("brave-search", "brave_web_search", "bravesearch9b2e_brave_web_search"),
        ("context7", "get-library-docs", "context7_get_library_docs_71ec"),
        ("linear", "createIssue", "linear_create_issue_1a70"),
        ("a", "b_c", "a_b_c"),
        ("a_b", "c", "ab648f_c"),
        ("长亭", "run", "saa30_run"),
        ("mcpx", "x", "smcpxcec9_x"),
        ("7zip", "x", "s7zip98fa_x"),
        ("s", "x" * 80, "s_" + "x" * 39 + "_cbf4205d"),
        ("s", "!!", "s_7589"),
    ],
)
def test_public_names_are_the_same_for_ever(key: str, tool: str, name: str) -> None:
    assert public_name(key, tool) == name


DIFFERENT = [
    (("a", "b_c"), ("a_b", "c")),
    (("a", "b__c"), ("a__b", "c")),
    (("a", "get.user"), ("a", "get_user")),
    (("a", "get-user"), ("a", "get.user")),
    (("a", "getUser"), ("a", "getuser")),
    (("foo.2", "x"), ("foo_2", "x")),
    (("GitHub", "x"), ("github", "x")),
    (("mcp_x", "x"), ("x", "x")),
    (("git", "github_search"), ("github", "search")),
    (("长亭", "x"), ("高德", "x")),
    (("a", "x" * 80 + "1"), ("a", "x" * 80 + "2")),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=map(str, DIFFERENT))
def test_different_tools_get_different_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert public_name(*one) != public_name(*other)


@pytest.mark.parametrize(
    "imitated", [("a", "getUser"), ("a_b", "c"), ("长亭", "run"), ("s", "x" * 80)]
)
def test_a_name_cannot_be_imitated(imitated: tuple[str, str]) -> None:
    """A tool that is called like the public name of another does not get that name."""
    server_part, _, tool_part = public_name(*imitated).partition("_")
    assert public_name(server_part, tool_part) != public_name(*imitated)


@given(st.text(min_size=1, max_size=70), st.text(min_size=1, max_size=140))
def test_every_name_is_safe(key: str, tool: str) -> None:
    name = public_name(key, tool)
    assert SAFE.fullmatch(name)
    assert len(name) <= LONGEST_NAME
    assert not name.startswith("mcp")


def broken(names: list[str]) -> list[str]:
    """The hosts in which these tools of a gateway are not all offered under names of their own."""
    offers = [Offer("mcpx", "mcpx", tuple(names))]
    found = []
    for model in HOST_MODELS.values():
        made = model.names(offers)
        alike = {model.alike(name) if model.alike else name for name in made}
        fits = all(len(name) <= (model.limit or 128) for name in made)
        taken = all(model.alphabet is None or model.alphabet.fullmatch(name) for name in made)
        if len(alike) < len(names) or not fits or not taken:
            found.append(model.id)
    return found


@needs_data
def test_names_of_real_catalogues_are_safe_in_every_host_and_stay() -> None:
    """1,000 hosts with up to 12 of 2,029 servers; then one server fewer."""
    servers = corpus("toucan_smithery")
    draw = random.Random(4)
    for _ in range(1_000):
        members = draw.sample(servers, draw.randint(2, 12))
        # Two keys of one server are no rare thing.
        members.append((f"{members[0][0]}-2", replace(members[0][1], target=PLAIN)))
        members[0] = members[0][0], replace(members[0][1], target=PLAIN)
        before = named(members)
        assert broken([name for name in before.values() if name[0] != "="]) == []
        after = named(members[1:])
        shown = {place: name for place, name in after.items() if before[place][0] != "="}
        assert shown.items() <= before.items()


def named(members: list[Member]) -> dict[tuple[str, str], str]:
    """Names by server and tool; ``=`` and a server for a tool that is hidden behind it."""
    found = {(one.server, one.tool): one for one in public_names(members, {})}
    assert all(one.name or one.clone_of for one in found.values())
    return {place: one.name or f"={one.clone_of}" for place, one in found.items()}


PLAIN = {"transport": "stdio", "command": "npx"}


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({**PLAIN, "env": ["TOKEN"]}, id="environment"),
        pytest.param({"transport": "http", "url": "https://h/", "headers": ["X"]}, id="headers"),
        pytest.param({**PLAIN, "args": ["--token", "***"]}, id="a masked argument"),
        pytest.param({"transport": "http", "url": "https://***@h/"}, id="a masked URL"),
        pytest.param({}, id="nothing known"),
    ],
)
def test_what_may_be_another_account_is_never_hidden(target: dict[str, object]) -> None:
    members = [server(key, ("x",), target=target) for key in ("work", "home")]
    assert [one.name for one in public_names(members, {})] == ["work_x", "home_x"]


def test_a_clone_is_hidden_behind_the_lesser_key_or_the_one_that_was_first() -> None:
    members = [
        server("b", ("x",), target=PLAIN),
        server("a", ("x",), target={**PLAIN, "from": {"path": "elsewhere"}}),
        server("c", ("x",), target=PLAIN, server_info={"name": "another"}),
    ]
    assert list(public_names(members, {})) == [
        PublicName("b", "x", "", clone_of="a"),
        PublicName("a", "x", "a_x"),
        PublicName("c", "x", "c_x"),
    ]
    assert [one.clone_of for one in public_names(members, {}, {"b"})] == ["", "b", ""]


def test_the_users_names_win_and_nothing_else_takes_them() -> None:
    members = [described("a", {"x": "1", "y": "2"}), described("b", {"z": "3"})]
    own = {"a": {"x": "search", "gone": "old"}, "b": {"z": "a_y"}}
    assert list(public_names(members, own)) == [
        PublicName("a", "x", "search", own=True),
        PublicName("a", "y", ""),
        PublicName("b", "z", "a_y", own=True),
    ]
