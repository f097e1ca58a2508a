from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.actions import Action, Number, action, verb_class
from mcpx.analyses.wording import stem, words

ONE, MANY = Number.ONE, Number.MANY


@pytest.mark.parametrize(
    ("name", "sentence", "verb", "number", "thing"),
    [
        pytest.param("get_task", "", "read", ONE, "task", id="one"),
        pytest.param("get_tasks", "", "read", MANY, "task", id="many"),
        pytest.param("list_task", "", "read", MANY, "task", id="a list is of many"),
        pytest.param("fetch_all_mail", "", "read", MANY, "mail", id="all are many"),
        pytest.param("todoist_task_get", "", "read", ONE, "task", id="verb last"),
        pytest.param("todoist_get_task", "", "read", ONE, "task", id="verb within"),
        pytest.param("blog_post_delete", "", "delete", ONE, "post", id="post is a thing here"),
        pytest.param("post_message", "", "send", ONE, "message", id="post is a verb here"),
        pytest.param("add_comment", "", "create", ONE, "comment", id="to add is to make"),
        pytest.param("add_user_to_team", "", "attach", ONE, "user", id="but not when added to"),
        pytest.param("remove_tag_from_task", "", "detach", ONE, "tag", id="removed from"),
        pytest.param("create_task_list", "", "create", MANY, "task list", id="a list is made"),
        pytest.param("get_task_list", "", "read", MANY, "task", id="a list is read"),
        pytest.param("user_list", "", "read", MANY, "user", id="noun-like verb last"),
        pytest.param("task_search_by_name", "", "search", ONE, "task", id="noun-like verb within"),
        pytest.param("get_user_by_email", "", "read", ONE, "user", id="by what"),
        pytest.param("upload_file_to_bucket", "", "upload", ONE, "file", id="where to"),
        pytest.param("get_video_details", "", "read", ONE, "video", id="details are of one"),
        pytest.param("get_tables_of_database", "", "read", MANY, "table", id="of"),
        pytest.param("list_tables_main_database", "", "read", MANY, "table", id="plural ends"),
        pytest.param("get_tasks_completed", "", "read", MANY, "task", id="participle after"),
        pytest.param("get_issue_completed", "", "read", ONE, "issue", id="participle after one"),
        pytest.param("get_order_status", "", "read", ONE, "order status", id="side of a thing"),
        pytest.param("get_file_metadata", "", "read", ONE, "file metadata", id="not the file"),
        pytest.param("get_status", "", "read", ONE, "status", id="side of nothing"),
        pytest.param("get_current_date", "", "read", ONE, "date", id="current is no thing"),
        pytest.param("Users Tool", "Fetches the users", "read", MANY, "user", id="verb described"),
        pytest.param("search", "Search the web for text", "search", ONE, "web", id="described"),
        pytest.param("translate_text", "Turn it round", "translat", ONE, "text", id="own verb"),
        pytest.param("weather", "Weather of a city", "weather", ONE, "weather", id="noun alone"),
        pytest.param("get", "Without end", "read", ONE, "", id="verb alone"),
        pytest.param("", "", "", ONE, "", id="nothing"),
        pytest.param("获取笔记", "", "获取笔记", ONE, "获取笔记", id="Chinese"),
    ],
)
def test_actions(name: str, sentence: str, verb: str, number: Number, thing: str) -> None:
    found = action(words(name), words(sentence))
    stems = " ".join(map(stem, thing.split()))
    assert (found.verb, found.number, found.thing) == (verb, number, stems)


@pytest.mark.parametrize(
    ("name", "sentence", "own", "thing", "kinds"),
    [
        pytest.param("get_user_task", "", "", "task", {"user"}, id="kind"),
        pytest.param("todoist_get_task", "", "todoist", "task", set(), id="server's name"),
        pytest.param("task_get", "", "task", "task", set(), id="nothing but the server's name"),
        pytest.param("tavily_search", "Search the web", "tavily", "web", set(), id="described"),
        pytest.param("get_cache_stats", "", "cache", "cache statistic", set(), id="side"),
        pytest.param("get_order_item_status", "", "", "item status", {"order"}, id="side and kind"),
    ],
)
def test_words_of_the_server_are_no_things(
    name: str, sentence: str, own: str, thing: str, kinds: set[str]
) -> None:
    found = action(words(name), words(sentence), set(map(stem, words(own))))
    assert found.thing == " ".join(map(stem, thing.split()))
    assert found.kinds == frozenset(map(stem, kinds))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("fetches", "read", id="third person in es"),
        pytest.param("retrieves", "read", id="third person in s"),
        pytest.param("analyse", "analyse", id="British"),
        pytest.param("analyze", "analyse", id="American"),
        pytest.param("task", None, id="no verb"),
    ],
)
def test_classes_of_verbs(word: str, expected: str | None) -> None:
    assert verb_class(word) == expected


@given(st.lists(st.text(min_size=1)), st.lists(st.text(min_size=1)), st.sets(st.text()))
def test_no_words_are_too_odd(name: list[str], sentence: list[str], own: set[str]) -> None:
    assert isinstance(action(name, sentence, own), Action)
