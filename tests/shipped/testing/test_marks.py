from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mcpx.shipped.testing.marks import Mark, mark_of, option_words

HERE = Path("/project/tests")


def node(*args: Any, name: str = "test_a", **named: Any) -> Any:
    marker = pytest.mark.mcpx.with_args(*args, **named).mark
    return SimpleNamespace(
        name=name, path=HERE / "test_desk.py", get_closest_marker=lambda _name: marker
    )


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param(node("s.jsonl"), Mark(HERE / "s.jsonl", None, {}), id="file"),
        pytest.param(node(file="s.jsonl"), Mark(HERE / "s.jsonl", None, {}), id="file-by-name"),
        pytest.param(node("/a/s.jsonl"), Mark(Path("/a/s.jsonl"), None, {}), id="absolute"),
        pytest.param(
            node(Path("a", "s.jsonl"), target=["npx", "server"], match="name"),
            Mark(HERE / "a" / "s.jsonl", ["npx", "server"], {"match": "name"}),
            id="all",
        ),
        pytest.param(
            node("s.jsonl", faults="slow.json"),
            Mark(HERE / "s.jsonl", None, {"faults": HERE / "slow.json"}),
            id="faults",
        ),
        pytest.param(
            node(target="demo:shop", name="test_a[1-x/y]"),
            Mark(HERE / "sessions" / "test_desk" / "test_a-1-x-y.jsonl", "demo:shop", {}),
            id="named-after-the-test",
        ),
    ],
)
def test_a_marker_names_a_session(marked: Any, expected: Mark) -> None:
    assert mark_of(marked) == expected


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        pytest.param(node("a", "b"), "takes one file", id="two-files"),
        pytest.param(node("a", file="b"), "takes one file", id="two-files-by-name"),
        pytest.param(node(1), "takes a file, and as target", id="no-file"),
        pytest.param(node("a", target=1), "takes a file, and as target", id="no-target"),
        pytest.param(node("a", target=[]), "takes a file, and as target", id="empty-command"),
        pytest.param(node("a", target=["a", 1]), "takes a file, and as target", id="no-words"),
        pytest.param(
            SimpleNamespace(name="test_a", get_closest_marker=lambda _name: None),
            "test_a has no marker",
            id="no-marker",
        ),
    ],
)
def test_a_marker_that_says_nothing_fails_the_test(marked: Any, message: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=message):
        mark_of(marked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({}, [], id="none"),
        pytest.param({"fail_on": "error"}, ["--fail-on=error"], id="value"),
        pytest.param({"allow_writes": True}, ["--allow-writes"], id="on"),
        pytest.param({"allow_writes": False, "era": None}, [], id="off"),
        pytest.param({"ignore": ["a", "b"]}, ["--ignore=a", "--ignore=b"], id="several"),
        pytest.param({"ignore": ()}, [], id="no-values"),
        pytest.param({"timeout": 0, "bind": "-"}, ["--timeout=0", "--bind=-"], id="as-they-are"),
    ],
)
def test_options_by_name_are_words(options: dict[str, object], words: list[str]) -> None:
    assert option_words(options) == words
