from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses import near_names as module
from mcpx.analyses.near_names import Likeness, Near, near_names, skeleton
from mcpx.analyses.wording import Described, words
from tests.catalogue.data import SHARED, needs_data

LOOK, ORDER, SPELLING = Likeness.LOOK, Likeness.ORDER, Likeness.SPELLING


def tool(server: str, name: str, description: str = "", *parameters: str) -> Described:
    return Described(server, name, description, frozenset(parameters))


def likeness(one: Described, other: Described) -> Likeness | None:
    return next((near.likeness for near in near_names([one, other])), None)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("address_get", "get_address", ORDER, id="verb last"),
        pytest.param("askPerplexity", "perplexity-ask", ORDER, id="order and case"),
        pytest.param("get_user_project", "get_project_user", ORDER, id="nouns swapped"),
        pytest.param("tasks_get", "get_task", None, id="order and number"),
        pytest.param("list_user_groups", "list_group_users", None, id="groups or users"),
        pytest.param("text_to_image", "image_to_text", None, id="to and fro"),
        pytest.param("users_from_team", "team_from_users", None, id="from"),
        pytest.param("getUser", "get_user", None, id="the same name"),
        pytest.param("search_user", "search_issue", None, id="other words"),
        pytest.param("get_issue", "get_issսe", LOOK, id="Armenian letter"),
        pytest.param("pay", "рау", LOOK, id="Cyrillic word"),
        pytest.param("getItem", "getltem", LOOK, id="I and l"),
        pytest.param("list_1", "list-l", LOOK, id="1 and l, other separator"),
        pytest.param("step_0", "step_o", LOOK, id="0 and o"),
        pytest.param("modern", "modem", LOOK, id="rn and m"),
        pytest.param("serach_files", "search_files", None, id="a slip without a second signal"),
    ],
)
def test_names_alone(one: str, other: str, expected: Likeness | None) -> None:
    assert likeness(tool("a", one), tool("b", other)) == expected
    assert likeness(tool("a", other), tool("b", one)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(
            ("serach_files", "Search files by name"),
            ("search_files", "Search for files"),
            SPELLING,
            id="described alike",
        ),
        pytest.param(
            ("serach_files", "Finds documents"),
            ("search_files", "Looks a book up"),
            None,
            id="described otherwise",
        ),
        pytest.param(
            ("serach_files", "Not available"),
            ("search_files", "Not available"),
            None,
            id="described by nothing",
        ),
        pytest.param(
            ("get_usr", "", "id", "team"),
            ("get_user", "", "id", "team"),
            SPELLING,
            id="asked alike",
        ),
        pytest.param(
            ("get_usr", "", "id"), ("get_user", "", "id"), None, id="asked for an id alike"
        ),
        pytest.param(
            ("list_repo", "", "owner"), ("list_repos", "", "owner"), SPELLING, id="number"
        ),
        pytest.param(
            ("get_task", "Get a task", "id"),
            ("get_tasks", "Get tasks", "project"),
            None,
            id="number, asked otherwise",
        ),
        pytest.param(
            ("get_note", "Get a note by ID", "id", "depth"),
            ("get_node", "Get a node by ID", "id", "depth"),
            None,
            id="both words are meant",
        ),
        pytest.param(
            ("create_organisation", "Create an organisation"),
            ("create_organization", "Create an organization"),
            SPELLING,
            id="British and American",
        ),
        pytest.param(
            ("get_x", "Same", "a", "b"), ("set_x", "Same", "a", "b"), None, id="get and set"
        ),
        pytest.param(
            ("list_v1", "List it", "a", "b"), ("list_v2", "List it", "a", "b"), None, id="versions"
        ),
        pytest.param(
            ("user_get", "", "id"),
            ("get_users", "", "id"),
            ORDER,
            id="order and number, asked alike",
        ),
    ],
)
def test_second_signals(
    one: tuple[str, ...], other: tuple[str, ...], expected: Likeness | None
) -> None:
    assert likeness(tool("a", *one), tool("b", *other)) == expected
    assert likeness(tool("a", *other), tool("b", *one)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("get_task", "task_get", None, id="order"),
        pytest.param("list_l", "list_1", LOOK, id="look"),
    ],
)
def test_in_one_server_only_looks_deceive(one: str, other: str, expected: Likeness | None) -> None:
    assert likeness(tool("a", one), tool("a", other)) == expected
    copies = [tool("a", one), tool("a", other), tool("b", one), tool("b", other)]
    assert {near.likeness for near in near_names(copies)} == ({expected} - {None})


def test_all_tools_of_both_names_are_said() -> None:
    tools = [tool("a", "get_task"), tool("b", "task_get"), tool("c", "getTask"), tool("d", "x")]
    assert list(near_names(tools)) == [Near(0, 1, ORDER, (2,))]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("get_O0", "getoo", id="0 and O"),
        pytest.param("I1l|", "llll", id="1, l and I"),
        pytest.param("lеаrn", "leam", id="Cyrillic, then rn"),
        pytest.param("vvіdе", "wide", id="vv"),
        pytest.param("ＧΕΤ", "get", id="full-width and Greek"),
        pytest.param("获取", "获取", id="Chinese"),
    ],
)
def test_skeletons(name: str, expected: str) -> None:
    assert skeleton(name) == expected


def test_very_long_names_are_left_out() -> None:
    long = "x" * 200
    assert likeness(tool("a", f"{long}O"), tool("b", f"{long}0")) is None
    assert likeness(tool("a", f"{long[:199]}O"), tool("b", f"{long[:199]}0")) is LOOK


def test_names_of_very_many_words_are_compared_by_look_alone() -> None:
    many = "_".join("alpha" for _ in range(15))
    assert likeness(tool("a", f"{many}_get"), tool("b", f"get_{many}")) is ORDER
    assert likeness(tool("a", f"{many}_get_it"), tool("b", f"get_it_{many}")) is None
    assert likeness(tool("a", f"{many}_to_O"), tool("b", f"{many}_to_0")) is LOOK


def separated(*parts: str) -> list[str]:
    """The words with every choice of separators."""
    first, *rest = parts
    return [
        first + "".join(mark + word for mark, word in zip(marks, rest, strict=True))
        for marks in product("_-.", repeat=len(rest))
    ]


def described_at_length(server: str, names: list[str]) -> list[Described]:
    """Tools of 2,000 characters of description each, no two alike."""
    return [
        tool(server, name, " ".join(f"{server}{'xy'[place % 2]}{word:x}" for word in range(500)))
        for place, name in enumerate(names)
    ]


def test_each_description_is_split_once(monkeypatch: pytest.MonkeyPatch) -> None:
    split: Counter[str] = Counter()

    def counted(text: str) -> list[str]:
        split[text] += 1
        return words(text)

    monkeypatch.setattr(module, "words", counted)
    ours = described_at_length("a", separated("get", "user", "task", "serach"))
    theirs = described_at_length("b", separated("get", "user", "task", "search"))
    assert list(near_names([*ours, *theirs])) == []
    # The words of a name are asked for as its parts and for its stems.
    assert max(split.values()) <= 2
    assert len(split) <= 2 * (len(ours) + len(theirs))


def test_a_pair_of_names_is_compared_once_however_they_are_spelt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    alike = module._Looks.described_alike

    def counted(looks: module._Looks, first: Described, second: Described) -> bool:
        nonlocal asked
        asked += 1
        return alike(looks, first, second)

    monkeypatch.setattr(module._Looks, "described_alike", counted)
    ours = described_at_length("a", separated("get", "user", "serach"))
    theirs = described_at_length("b", separated("get", "user", "search"))
    assert list(near_names([*ours, *theirs])) == []
    assert asked == len(ours) * len(theirs)


def test_no_more_tools_are_looked_at_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    named = ("list_repo", "list_repos", "get_usr", "get_user")
    tools = [
        tool(server, name, "", "id", "team") for server, name in zip("abcd", named, strict=True)
    ]
    assert list(near_names(tools)) == [Near(0, 1, SPELLING), Near(2, 3, SPELLING)]
    monkeypatch.setattr(module, "MOST_LOOKS", 6)
    assert list(near_names(tools)) == [Near(0, 1, SPELLING)]


SLIPS = [f"calend{one}{two}" for one, two in product("bcdefg", "rstuvw")]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda: [
                *described_at_length(
                    "a", separated("get", "user", "old", "first", "big", "serach")
                ),
                *described_at_length(
                    "b", separated("get", "user", "old", "first", "big", "search")
                ),
            ],
            id="separators",
        ),
        pytest.param(
            lambda: [
                tool(f"{at}", f"get_{SLIPS[at % 36]}", f"{at} " + "word said before " * 100)
                for at in range(2_000)
            ],
            id="many near names of many servers",
        ),
        pytest.param(
            lambda: [
                tool("ab"[at % 2], "_".join(f"{'qz'[at >> bit & 1]}alendar" for bit in range(11)))
                for at in range(2_000)
            ],
            id="one of two words at each place",
        ),
        pytest.param(
            lambda: [
                tool(f"{at % 7}", "_".join(parts))
                for at, parts in enumerate(permutations("abcdefg"))
                if at < 2_000
            ],
            id="every order",
        ),
        pytest.param(
            lambda: [tool("ab"[at % 2], f"{at}" + "\u0301\u0323" * 10_000) for at in range(20)],
            id="marks piled up",
        ),
    ],
)
def test_names_made_to_be_compared_at_length_hang_nothing(
    make: Callable[[], list[Described]],
) -> None:
    tools = make()
    started = time.process_time()
    list(near_names(tools))
    # Generous: with branches counted on a busy machine it takes several times as long.
    assert time.process_time() - started < 20


names = st.text(max_size=8) | st.sampled_from(
    ["get_task", "task_get", "getTask", "get_tsak", "list_1", "list_l", "list_I", "tasks get"]
)
described = st.builds(
    Described,
    server=st.sampled_from("abc"),
    name=names,
    description=names,
    parameters=st.frozensets(st.sampled_from("xyz")),
)


@given(st.lists(described, max_size=12))
def test_any_tools_can_be_compared(tools: list[Described]) -> None:
    for near in near_names(tools):
        first, second = tools[near.first], tools[near.second]
        assert near.first < near.second
        assert first.name != second.name
        assert first.server != second.server or near.likeness is LOOK


@given(described, described, described)
def test_no_verdict_changes_when_a_server_joins(
    one: Described, other: Described, third: Described
) -> None:
    joins = Described("d", f"joined {third.name}", third.description, third.parameters)
    both = [one, other]
    with_third = [near for near in near_names([*both, joins]) if near.second < len(both)]
    if joins.name not in (one.name, other.name):
        assert with_third == list(near_names(both))


@needs_data
def test_names_of_real_servers() -> None:
    path = SHARED / "corpus/toucan_smithery.jsonl"
    tools = []
    for line in path.read_text(encoding="utf-8").splitlines():
        read = json.loads(line)
        schema = read["tool"].get("inputSchema")
        properties = schema.get("properties") if isinstance(schema, dict) else None
        description = read["tool"]["description"]
        tools.append(tool(read["server"], read["tool"]["name"], description, *(properties or ())))
    found = list(near_names(tools))
    said = {frozenset((tools[near.first].name, tools[near.second].name)) for near in found}
    assert {frozenset(("ask_perplexity", "perplexity_ask"))} <= said
    # None of these 17,487 names was made to deceive.
    assert LOOK not in {near.likeness for near in found}
    assert 50 < len(found) < 200
