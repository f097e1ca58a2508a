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
        name=name,
        nodeid=f"tests/test_desk.py::{name}",
        path=HERE / "test_desk.py",
        get_closest_marker=lambda _name: marker,
    )


def mark(session: Path, target: Any = None, test: str = "test_a", **options: Any) -> Mark:
    return Mark(session, target, options, f"tests/test_desk.py::{test}")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param(node("s.jsonl"), mark(HERE / "s.jsonl"), id="file"),
        pytest.param(node(file="s.jsonl"), mark(HERE / "s.jsonl"), id="file-by-name"),
        pytest.param(node("/a/s.jsonl"), mark(Path("/a/s.jsonl")), id="absolute"),
        pytest.param(
            node(Path("a", "s.jsonl"), target=["npx", "server"], match="name"),
            mark(HERE / "a" / "s.jsonl", ["npx", "server"], match="name"),
            id="all",
        ),
        pytest.param(
            node(target="demo:shop", name="test_a[1-x/y]"),
            mark(
                HERE / "sessions" / "test_desk" / "test_a-1-x-y.jsonl",
                "demo:shop",
                test="test_a[1-x/y]",
            ),
            id="named-after-the-test",
        ),
    ],
)
def test_a_marker_names_a_session(marked: Any, expected: Mark) -> None:
    assert mark_of(marked) == expected


def test_the_faults_lie_beside_the_test(tmp_path: Path) -> None:
    (tmp_path / "slow.json").write_text('{"rules": []}')
    marked = node("s.jsonl", faults="slow.json")
    marked.path = tmp_path / "test_desk.py"
    assert mark_of(marked).options == {"faults": tmp_path / "slow.json"}


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        pytest.param(node("a", "b"), "takes one file", id="two-files"),
        pytest.param(node("a", file="b"), "takes one file", id="two-files-by-name"),
        pytest.param(node(1), "takes a file, and as target", id="no-file"),
        pytest.param(node("a", target=1), "takes a file, and as target", id="no-target"),
        pytest.param(node("a", target=[]), "takes a file, and as target", id="empty-command"),
        pytest.param(node("a", target=["a", 1]), "takes a file, and as target", id="no-words"),
        pytest.param(node("a", bogus=1), "takes no bogus=", id="no-option"),
        pytest.param(node("a", faults="f.json"), "'f.json': cannot read /project/", id="no-faults"),
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
