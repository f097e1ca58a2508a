from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.errors import UsageError
from mcpx.operations.roots import root


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("file:///srv/data", "data", id="file"),
        pytest.param("file:///srv/my%20data/", "my data", id="escaped"),
        pytest.param("file:///", None, id="everything"),
    ],
)
def test_a_file_uri_is_given_as_it_is(text: str, name: str | None) -> None:
    said: list[str] = []
    assert root(text, "", said.append) == {"uri": text, **({"name": name} if name else {})}
    assert said == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("s3://bucket/logs", "logs", id="s3"),
        pytest.param("https://me@host.example", "host.example", id="https"),
        pytest.param("git+ssh://h/x/repo.git", "repo.git", id="git"),
        pytest.param("urn:isbn:1", "urn:isbn:1", id="urn"),
        pytest.param("file:/srv/data", "data", id="file-without-slashes"),
    ],
)
def test_other_schemes_go_with_a_warning(text: str, name: str) -> None:
    said: list[str] = []
    found = root(text, "", said.append)
    assert found["uri"] == text
    if name != text:
        assert found["name"] == name
    assert said == [
        f"root {text}: the specification allows only file:// URIs; servers may refuse it"
    ]


def test_a_path_becomes_a_uri(project: Path) -> None:
    (project / "a b").mkdir()
    said: list[str] = []
    uri = (project / "a b").as_uri()
    assert root("a b", "", said.append) == {"uri": uri, "name": "a b"}
    assert root("./a b", "mine", said.append) == {"uri": uri, "name": "mine"}
    assert root(str(project), "", said.append)["name"] == "project"
    assert root("/", "", said.append) == {"uri": "file:///"}
    assert said == []


def test_a_path_that_leads_nowhere_is_told(project: Path) -> None:
    said: list[str] = []
    assert root("gone", "", said.append)["uri"] == (project / "gone").as_uri()
    assert said == ["root gone: there is no such file or folder"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("file:///a b", "percent-encoded", id="space"),
        pytest.param("https://[x/", "not a URI", id="bracket"),
    ],
)
def test_what_is_no_root(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        root(text, "", lambda _: None)
