from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.client.sites import answers, site
from tests.commands.wires import STDIO
from tests.conftest import Result, Run
from tests.servers.good_http import Served
from tests.shipped.test_json_schemas import check

Sent = Callable[[], list[str]]
GREETED = "[user]\nGreet Ada.\n"


def test_a_prompt_is_filled_in(run: Run, server: Served, sent: Sent) -> None:
    assert run("prompt", server.url, "greet", "name=Ada") == Result(0, GREETED, "")
    assert sent() == ["prompts/list", "prompts/get"]


def test_a_command_line_after_the_dashes(run: Run) -> None:
    assert run("prompt", "greet", "name=Ada", "--", *STDIO) == Result(0, GREETED, "")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        pytest.param([], "which prompt of 127.0.0.1:", "mcpx inspect {} lists them", id="none"),
        pytest.param(
            ["great", "name=x"], "there is no prompt 'great'", "did you mean greet?", id="typo"
        ),
        pytest.param(["greet"], "prompt greet: missing name", "name=VALUE", id="missing"),
        pytest.param(["greet", "Ada"], 'argument "Ada" is not KEY=VALUE', "", id="a word"),
        pytest.param(["greet", "name=a", "name=b"], "argument name is given twice", "", id="twice"),
    ],
)
def test_wrong_use_gets_nothing(
    run: Run, server: Served, sent: Sent, words: list[str], message: str, hint: str
) -> None:
    done = run("prompt", server.url, *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")
    assert hint.format(server.url) in done.err
    assert "prompts/get" not in sent()


def test_an_unknown_argument_is_told_and_sent(run: Run, server: Served) -> None:
    done = run("prompt", server.url, "greet", "name=Ada", "nmae=x")
    assert (done.status, done.out) == (0, GREETED)
    assert done.err == (
        "prompt greet has no argument nmae; sent all the same; did you mean name?\n"
    )


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_what_programs_get(run: Run, server: Served, era: str) -> None:
    done = run("prompt", "--json", "--era", era, server.url, "greet", "name=Ada")
    assert done.status == 0
    assert check(done.json) == "prompt"
    assert (done.json["prompt"], done.json["era"]) == ("greet", era)
    assert done.json["result"]["messages"][0]["role"] == "user"


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"messages": []}, id="none"),
        pytest.param({"messages": "x"}, id="text"),
        pytest.param({"messages": [None, {}, {"role": 7, "content": 7}]}, id="no messages"),
        pytest.param({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, id="blocks"),
        pytest.param({"description": 7, "messages": []}, id="odd description"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_whatever_comes_back_is_shown(run: Run, result: dict[str, Any], form: str) -> None:
    with site({"prompts/get": answers({"resultType": "complete", **result})}) as served:
        done = run("prompt", "-f", form, served.url, "greet", "name=Ada", "--save", "here")
    assert done.status == (0 if isinstance(result.get("messages"), list) else 3)
    assert done.out
    if form == "json":
        check(done.json)
