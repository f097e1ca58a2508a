from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.client.sites import answers, site
from tests.commands.wires import STDIO
from tests.conftest import Result, Run
from tests.servers.good_http import Served
from tests.shipped.test_json_schemas import check

Sent = Callable[[], list[str]]


def test_one_suggestion_on_a_line(run: Run, server: Served, sent: Sent) -> None:
    assert run("complete", server.url, "greet", "name=A") == Result(0, "Ada\nAlan\n", "")
    assert run("complete", server.url, "greet", "name") == Result(0, "Ada\nAlan\nGrace\n", "")
    assert run("complete", server.url, "greet", "name=Z") == Result(0, "", "")
    assert sent() == ["completion/complete"] * 3


def test_a_command_line_after_the_dashes(run: Run) -> None:
    assert run("complete", "greet", "name=G", "--", *STDIO) == Result(0, "Grace\n", "")


def test_what_was_decided_before_goes_along(run: Run, server: Served) -> None:
    assert run("complete", server.url, "memo://{name}", "name=A", "place=x=y").status == 0
    params = server.requests[-1].message["params"]
    assert params["ref"] == {"type": "ref/resource", "uri": "memo://{name}"}
    assert params["argument"] == {"name": "name", "value": "A"}
    assert params["context"] == {"arguments": {"place": "x=y"}}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param([], "complete takes a prompt or URI template, and one of", id="nothing"),
        pytest.param(["greet"], "complete takes a prompt or URI template, and", id="no argument"),
        pytest.param(["greet", "name=A", "x"], 'argument "x" is not KEY=VALUE', id="a word"),
        pytest.param(["greet", "n=A", "x=1", "x=2"], "argument x is given twice", id="twice"),
    ],
)
def test_wrong_use_asks_nothing(
    run: Run, server: Served, sent: Sent, words: list[str], message: str
) -> None:
    done = run("complete", server.url, *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")
    assert sent() == []


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_what_programs_get(run: Run, server: Served, era: str) -> None:
    done = run("complete", "--json", "--era", era, server.url, "greet", "name=A")
    assert done.status == 0
    assert check(done.json) == "complete"
    assert (done.json["reference"], done.json["argument"]) == ("greet", "name")
    assert (done.json["values"], done.json["total"]) == (["Ada", "Alan"], 2)
    assert done.json["has_more"] is False


@pytest.mark.parametrize(
    ("completion", "note"),
    [
        ({"values": ["a"], "total": 40}, "1 of 40 values; more of the word narrows them down\n"),
        (
            {"values": ["a", "b"], "hasMore": True},
            "the first 2 values; more of the word narrows them down\n",
        ),
        ({"values": ["a"], "total": 1, "hasMore": False}, ""),
    ],
    ids=["of so many", "of more", "all"],
)
def test_that_there_are_more_is_told(run: Run, completion: dict[str, Any], note: str) -> None:
    result = {"completion": completion, "resultType": "complete"}
    with site({"completion/complete": answers(result)}) as served:
        done = run("complete", served.url, "greet", "name=a")
    assert done == Result(0, "".join(f"{one}\n" for one in completion["values"]), note)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"completion": None}, id="null"),
        pytest.param({"completion": {"values": "x"}}, id="text"),
        pytest.param({"completion": {"values": [None, 7, {"a": 1}]}}, id="no texts"),
        pytest.param({"completion": {"values": [], "total": "x", "hasMore": "x"}}, id="odd total"),
        pytest.param({"completion": {"values": ["\x1b[2J\n::error::x"]}}, id="hostile"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_whatever_comes_back_is_shown(run: Run, result: dict[str, Any], form: str) -> None:
    with site({"completion/complete": answers({"resultType": "complete", **result})}) as served:
        done = run("complete", "-f", form, served.url, "greet", "name=A")
    values = (result.get("completion") or {}).get("values")
    assert done.status == (0 if isinstance(values, list) else 3)
    assert "\x1b" not in done.out
    assert "\n::error" not in done.out
    if form == "json":
        check(done.json)


def test_a_server_that_completes_nothing(run: Run) -> None:
    def errs(_site: Any, exchange: Any) -> None:
        error = {"code": -32601, "message": "Method not found"}
        frame = {"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error}
        exchange.answer(frame, 404)

    with site({"completion/complete": errs}) as served:
        done = run("complete", served.url, "greet", "name=A")
    assert (done.status, done.out) == (3, "")
    assert re.match(
        r"error: 127\.0\.0\.1:\d+: answered completion/complete with error -32601",
        done.err,
    )
