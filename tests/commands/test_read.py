from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.sites import answers, site
from tests.commands.wires import STDIO
from tests.conftest import Result, Run
from tests.servers.good_http import Served
from tests.shipped.test_json_schemas import check

Sent = Callable[[], list[str]]


def test_a_text_is_shown_as_it_is(run: Run, server: Served, sent: Sent) -> None:
    assert run("read", server.url, "memo://one") == Result(0, "This is memo://one.\n", "")
    assert sent() == ["resources/read"]


def test_a_command_line_after_the_dashes(run: Run) -> None:
    done = run("read", "memo://one", "--", *STDIO)
    assert done == Result(0, "This is memo://one.\n", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [([], "read takes one URI, not 0"), (["memo://a", "memo://b"], "read takes one URI, not 2")],
    ids=["none", "two"],
)
def test_wrong_use(run: Run, server: Served, sent: Sent, words: list[str], message: str) -> None:
    done = run("read", server.url, *words)
    hint = f"hint: mcpx inspect {server.url} lists them"
    assert done == Result(2, "", f"error: {message}\n{hint}\n")
    assert sent() == []


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_what_programs_get(run: Run, server: Served, era: str) -> None:
    done = run("read", "--json", "--era", era, server.url, "memo://one")
    assert done.status == 0
    assert check(done.json) == "read"
    assert (done.json["uri"], done.json["era"]) == ("memo://one", era)
    assert done.json["result"]["contents"][0]["text"] == "This is memo://one."


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_a_resource_that_is_not_there(run: Run, server: Served, era: str) -> None:
    done = run("read", "--era", era, server.url, "nowhere://x")
    code = {"legacy": -32002, "modern": -32602}[era]
    assert (done.status, done.out) == (3, "")
    assert re.match(
        rf"error: 127\.0\.0\.1:\d+: answered resources/read with error {code}: Unknown resource",
        done.err,
    )


PNG = b"\x89PNG\r\n\x1a\n"
CONTENTS = [
    {"uri": "x://a.png", "mimeType": "image/png", "blob": base64.b64encode(PNG).decode()},
    {"uri": "x://b.txt", "mimeType": "text/plain", "text": "hello\n"},
    {"uri": "x://../../c", "blob": base64.b64encode(b"c").decode()},
]


def test_several_contents_are_shown_with_their_uris_and_saved(run: Run, project: Path) -> None:
    result = {"contents": CONTENTS, "resultType": "complete"}
    with site({"resources/read": answers(result)}) as served:
        plain = run("read", served.url, "x://")
        saved = run("read", served.url, "x://", "--save", "here", "--json")
    assert plain.status == saved.status == 0
    assert "[resource x://a.png image/png 8 B; --save FOLDER keeps it]" in plain.out
    assert "[resource x://b.txt text/plain]\nhello\n" in plain.out
    files = {one["path"]: project / one["file"] for one in saved.json["saved"]}
    assert sorted(files) == ["/contents/0", "/contents/2"]
    assert files["/contents/0"].read_bytes() == PNG
    assert {path.resolve().parent for path in files.values()} == {(project / "here").resolve()}


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"contents": []}, id="none"),
        pytest.param({"contents": None}, id="null"),
        pytest.param({"contents": [None, 7, {}]}, id="no contents"),
        pytest.param({"contents": [{"uri": 7, "text": ["x"]}]}, id="odd contents"),
        pytest.param({"contents": [{"uri": "x", "blob": "!"}]}, id="no base64"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_whatever_comes_back_is_shown(run: Run, result: dict[str, Any], form: str) -> None:
    with site({"resources/read": answers({"resultType": "complete", **result})}) as served:
        done = run("read", "-f", form, served.url, "x://", "--save", "here")
    assert done.status == (0 if isinstance(result.get("contents"), list) else 3)
    assert done.out
    if form == "json":
        check(done.json)
