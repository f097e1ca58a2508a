from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.wording import first_sentence, singular, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("get_user_tasks", ["get", "user", "tasks"], id="snake"),
        pytest.param("get-user-tasks", ["get", "user", "tasks"], id="kebab"),
        pytest.param("getUserTasks", ["get", "user", "tasks"], id="camel"),
        pytest.param("GetUserTasks", ["get", "user", "tasks"], id="pascal"),
        pytest.param("Get a user's tasks", ["get", "a", "user", "s", "tasks"], id="a sentence"),
        pytest.param("getHTTPResponse", ["get", "http", "response"], id="capitals within"),
        pytest.param("GET_URL", ["get", "url"], id="capitals"),
        pytest.param("users/v2.list", ["users", "v", "2", "list"], id="dots and digits"),
        pytest.param("ｇｅｔ＿user", ["get", "user"], id="full-width"),
        pytest.param("créerTâche", ["créer", "tâche"], id="accents and camel"),
        pytest.param("获取笔记 get", ["获取笔记", "get"], id="Chinese"),
        pytest.param("__", [], id="separators only"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("tasks", "task", id="s"),
        pytest.param("queries", "query", id="ies"),
        pytest.param("boxes", "box", id="xes"),
        pytest.param("classes", "class", id="sses"),
        pytest.param("databases", "database", id="ses"),
        pytest.param("ids", "id", id="ids"),
        pytest.param("apis", "api", id="apis"),
        pytest.param("statuses", "status", id="statuses"),
        pytest.param("people", "person", id="irregular"),
        pytest.param("address", "address", id="ss"),
        pytest.param("status", "status", id="us"),
        pytest.param("analysis", "analysis", id="is"),
        pytest.param("dns", "dns", id="short form"),
        pytest.param("news", "news", id="only plural"),
        pytest.param("s", "s", id="a letter"),
        pytest.param("笔记", "笔记", id="Chinese"),
    ],
)
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


@pytest.mark.parametrize(
    "group",
    [
        pytest.param("complete completes completed completing", id="mute e"),
        pytest.param("stop stops stopped stopping", id="doubled letter"),
        pytest.param("list lists listed listing", id="plain"),
        pytest.param("call called calling", id="double l is the word's own"),
        pytest.param("db dbs database databases", id="short form"),
        pytest.param("repo repos repository repositories", id="short form in y"),
    ],
)
def test_words_of_one_stem(group: str) -> None:
    assert len({stem(word) for word in group.split()}) == 1


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param("string str", id="no vowel left"),
        pytest.param("thing th", id="too short"),
        pytest.param("note node", id="other words"),
    ],
)
def test_words_of_two_stems(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param("Get a task. Then rest.", "Get a task", id="full stop"),
        pytest.param("Get v1.2 of a task", "Get v1.2 of a task", id="point within a word"),
        pytest.param(
            "\n    Get a task\n    of mine\n\n    Args:", "Get a task\n    of mine", id="doc"
        ),
        pytest.param("Get a task\n  Args:\n  id", "Get a task", id="arguments"),
        pytest.param("Get tasks\n- by id\n- by name", "Get tasks", id="list"),
        pytest.param("获取任务。然后", "获取任务", id="Chinese"),
        pytest.param("x" * 1_000, "x" * 300, id="endless"),
        pytest.param("", "", id="none"),
    ],
)
def test_first_sentence(description: str, expected: str) -> None:
    assert first_sentence(description) == expected


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert all(word and singular(word) and stem(word) for word in words(text))
    assert first_sentence(text) in text
