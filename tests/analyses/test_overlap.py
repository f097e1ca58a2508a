from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses import overlap
from mcpx.analyses.overlap import LIKELY, POSSIBLE, Overlap, overlaps
from mcpx.analyses.wording import Described, words
from tests.catalogue.data import SHARED, needs_data

Text = tuple[str, str]


def tool(server: str, name: str, description: str = "") -> Described:
    return Described(server, name, description, frozenset())


def score(one: Text, other: Text, servers: tuple[str, str] = ("a", "b")) -> float:
    """The score of two tools of two servers; 0 when they do not overlap."""
    found = overlaps([tool(servers[0], *one), tool(servers[1], *other)], possible=True)
    return next((pair.score for pair in found), 0.0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(("get_task", ""), ("fetch_task", ""), 1.0, id="verbs of one class"),
        pytest.param(("list_users", ""), ("Users", "Fetches users"), 1.0, id="verb described"),
        pytest.param(("get_task", ""), ("get_tasks", ""), 0.0, id="one and many"),
        pytest.param(("delete_task", ""), ("remove_tasks", ""), 1.0, id="one or many removed"),
        pytest.param(("get_task", ""), ("delete_task", ""), 0.0, id="other verb"),
        pytest.param(("get_task", ""), ("get_note", ""), 0.0, id="other thing"),
        pytest.param(("get_task", ""), ("getTask", ""), 0.0, id="the same name"),
        pytest.param(("get_task", ""), ("get_task_comment", ""), 0.0, id="thing of a thing"),
        pytest.param(("get_order_status", ""), ("get_job_status", ""), 0.0, id="sides of two"),
        pytest.param(
            ("get_task_comments", ""), ("list_note_comments", ""), 0.0, id="of different kinds"
        ),
        pytest.param(
            ("get_db_rows", "Get rows"),
            ("list_mysql_rows", "List rows of a MySQL database"),
            0.674,
            id="of a kind that the other mentions",
        ),
        pytest.param(
            ("get_weather", "Weather of a city"),
            ("read_weather", "Reads the weather of a given city."),
            1.0,
            id="described alike",
        ),
        pytest.param(
            ("get_weather", "Asks a station on Mars how cold, dry and dusty it is there"),
            ("read_weather", "Forecast by postcode with wind, rain, pollen and tides included"),
            0.417,
            id="described otherwise",
        ),
        pytest.param(("获取 笔记", "获取"), ("获取 列表", "获取"), 0.0, id="Chinese, other things"),
        pytest.param(("笔记_get", ""), ("fetch_笔记", ""), 1.0, id="Chinese thing"),
        pytest.param(("", ""), ("get", ""), 0.0, id="no words"),
    ],
)
def test_scores(one: Text, other: Text, expected: float) -> None:
    assert score(one, other) == expected
    assert score(other, one) == expected


def test_words_of_a_servers_name_are_not_what_its_tools_act_on() -> None:
    one, other = ("todoist_search", "Search tasks"), ("find_tasks", "Find tasks")
    assert score(one, other, ("todoist", "b")) == score(other, one, ("b", "my-todoist")) == 0.548
    assert score(one, other, ("a", "b")) == 0.0


@pytest.mark.parametrize(
    ("possible", "expected"),
    [
        pytest.param(False, [(0, 1, True)], id="likely"),
        pytest.param(True, [(0, 1, True), (0, 2, False), (1, 2, False)], id="possible"),
    ],
)
def test_likely_and_possible(possible: bool, expected: list[tuple[int, int, bool]]) -> None:
    tools = [
        tool("a", "get_task", "Get a task"),
        tool("b", "fetch_task", "Fetch a task"),
        tool("c", "read_task", "Stored work item: owner, colour, flags, size, history, links, age"),
    ]
    found = list(overlaps(tools, possible))
    assert sorted((pair.first, pair.second, pair.likely) for pair in found) == expected
    assert all(pair.likely is (pair.score >= LIKELY) for pair in found)
    assert all(pair.score >= POSSIBLE for pair in found)


def test_clones_are_one_pair_with_others() -> None:
    tools = [
        *(tool(server, "get_task", "Get a task") for server in "abc"),
        *(tool(server, "fetch_task", "Get a task") for server in "de"),
    ]
    assert list(overlaps(tools)) == [Overlap(0, 3, 1.0, True, (1, 2, 4))]


def test_clones_whose_servers_take_other_words_are_one_pair_still() -> None:
    tools = [
        tool("acme", "get_acme_task", "Get a task"),
        tool("b", "get_acme_task", "Get a task"),
        tool("c", "fetch_task", "Get a task"),
    ]
    assert [(pair.first, pair.second, pair.others) for pair in overlaps(tools)] == [(0, 2, (1,))]


def test_what_one_server_offers_side_by_side_is_told_apart() -> None:
    one, other = ("get_task", "Get a task"), ("fetch_task", "Get a task")
    both = [tool("a", *one), tool("a", *other)]
    assert list(overlaps(both)) == []
    assert list(overlaps([*both, tool("b", *one), tool("b", *other)])) == []
    third = [*both, tool("b", *one), tool("c", *other)]
    assert list(overlaps(third)) == [Overlap(2, 3, 1.0, True, (0, 1))]


def test_too_many_alike_are_compared_only_with_the_same_words_in_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tools = [
        tool("a", "get_old_task", "Get it"),
        tool("b", "fetch_old_task", "Get it"),
        tool("c", "get_task", "Get it"),
        tool("d", "read_task", "Get it"),
    ]
    assert len(list(overlaps(tools))) == 6
    monkeypatch.setattr(overlap, "MOST_ALIKE", 3)
    assert {(pair.first, pair.second) for pair in overlaps(tools)} == {(0, 1), (2, 3)}
    monkeypatch.setattr(overlap, "MOST_ALIKE", 1)
    assert list(overlaps(tools)) == []


def test_what_most_texts_do_is_left_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = [
        *(tool(verb, f"{verb}_task") for verb in ("get", "fetch", "read")),
        *(tool(verb, f"{verb}_note") for verb in ("delete", "remove")),
    ]
    assert [(pair.first, pair.second) for pair in overlaps(tools, True)] == [
        (3, 4),
        *((0, 1), (0, 2), (1, 2)),
    ]
    monkeypatch.setattr(overlap, "MOST_LOOKS", 10 + 30 - 1)
    assert [(pair.first, pair.second) for pair in overlaps(tools, True)] == [(3, 4)]
    monkeypatch.setattr(overlap, "MOST_LOOKS", 10 - 1)
    assert list(overlaps(tools, True)) == []


LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAIRS = [one + other for one in LETTERS[:10] for other in LETTERS[:10]]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda: [tool(f"{at % 50}", f"get_thing_{at}", "Get it") for at in range(20_000)],
            id="the same words",
        ),
        pytest.param(
            lambda: [
                tool(
                    f"{at % 50}",
                    f"get_{'_'.join(PAIRS[at % 50 : at % 50 + 40])}_thing{LETTERS[at // 250]}",
                    f"Get {at} {' '.join(PAIRS)}",
                )
                for at in range(2_000)
            ],
            id="blocks as large as they may be",
        ),
        pytest.param(
            lambda: [
                tool(f"{at}", f"get_{PAIRS[at % 100]}_task", "Get the task") for at in range(20_000)
            ],
            id="many servers with the same",
        ),
        pytest.param(
            lambda: [tool(f"{at}", f"get_task_{at}" + "_word" * 2_000) for at in range(500)],
            id="long names",
        ),
        pytest.param(
            lambda: [tool(f"{at}", f"get_task_{at}", "word " * 200_000) for at in range(5)],
            id="long descriptions",
        ),
        pytest.param(
            lambda: [
                tool(f"{at}", f"get_task_{at}" + "\u0301\u0323" * 10_000, "\u0301\u0323" * 500)
                for at in range(20)
            ],
            id="marks piled up",
        ),
    ],
)
def test_tools_made_to_be_compared_at_length_hang_nothing(
    make: Callable[[], list[Described]],
) -> None:
    tools = make()
    started = time.process_time()
    assert sum(1 for _ in overlaps(tools, True)) <= overlap.MOST_LOOKS / 10
    # Generous: with branches counted on a busy machine it takes several times as long.
    assert time.process_time() - started < 20


def test_only_the_opening_of_a_long_text_is_split_into_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    split = []

    def counted(text: str) -> list[str]:
        split.append(len(text))
        return words(text)

    monkeypatch.setattr(overlap, "words", counted)
    tools = [tool(server, f"get_task_{'x' * 10_000}", "word " * 10_000) for server in "ab"]
    assert list(overlaps(tools)) == []
    assert max(split) <= 300


names = st.text(max_size=12) | st.sampled_from(
    ["get_task", "fetch_tasks", "task_list", "search", "get_user_task", "find tasks", "获取任务"]
)
described = st.builds(
    Described,
    server=st.sampled_from(["a", "b", "task", "get", "é"]),
    name=names,
    description=names,
    parameters=st.just(frozenset[str]()),
)


@given(st.lists(described, max_size=12), st.booleans())
def test_any_tools_can_be_compared(tools: list[Described], possible: bool) -> None:
    for pair in overlaps(tools, possible):
        first, second = tools[pair.first], tools[pair.second]
        assert pair.first < pair.second
        assert first.server != second.server
        assert first.name != second.name
        assert (POSSIBLE if possible else LIKELY) <= pair.score <= 1


@given(described, described, described)
def test_no_verdict_changes_when_a_server_joins(
    one: Described, other: Described, third: Described
) -> None:
    joined = Described("joins", third.name, third.description, third.parameters)
    tools = (one, other, joined)
    texts = {(tool.name, tool.description) for tool in tools}
    found = [pair for pair in overlaps([one, other, joined], True) if {0, 1} <= set(places(pair))]
    if len(texts) == len(tools):
        assert found == list(overlaps([one, other], possible=True))


def places(pair: Overlap) -> tuple[int, ...]:
    return (pair.first, pair.second, *pair.others)


def labelled() -> list[dict[str, Any]]:
    path = SHARED / "corpus/overlap_pairs_labelled.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@needs_data
@pytest.mark.parametrize(
    ("least", "precision", "recall"),
    [
        pytest.param(POSSIBLE, 0.86, 0.90, id="possible"),
        pytest.param(LIKELY, 0.89, 0.80, id="likely"),
    ],
)
def test_pairs_labelled_by_hand(least: float, precision: float, recall: float) -> None:
    flagged = [
        pair["label"]
        for pair in labelled()
        if score(
            (pair["a"]["name"], pair["a"]["description"]),
            (pair["b"]["name"], pair["b"]["description"]),
            (pair["a"]["server"], pair["b"]["server"]),
        )
        >= least
    ]
    right = sum(flagged)
    assert right / len(flagged) >= precision
    assert right / sum(pair["label"] for pair in labelled()) >= recall
