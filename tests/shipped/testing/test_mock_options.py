from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from mcpx.commands import mock
from mcpx.shipped.testing.mock_options import OPTIONS, check, needs_http

# What the fixture gives by itself, and what is for people at a terminal.
NOT_OF_A_MARKER = {"http", "report", "quiet", "verbose", "color", "help"}


def taken() -> dict[str, Any]:
    """The options of ``mcpx mock`` by their names."""
    return {
        word.removeprefix("--").replace("-", "_"): one
        for one in typer.main.get_command(mock.app).params
        for word in one.opts
        if word.startswith("--")
    }


def test_a_marker_takes_what_the_command_does() -> None:
    assert set(OPTIONS) == set(taken()) - NOT_OF_A_MARKER


@pytest.mark.parametrize("name", ["era", "match", "repeat"])
def test_a_choice_is_that_of_the_command(name: str) -> None:
    choices = [str(getattr(word, "value", word)) for word in taken()[name].type.choices]
    for word in choices:
        check({name: word})
    with pytest.raises(pytest.fail.Exception) as failed:
        check({name: "nonsense"})
    words = f"it is one of {', '.join(choices)}"
    assert str(failed.value) == f"mcpx: the marker mcpx: {name}='nonsense': {words}"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"require_all": True, "timing": "x2"}, id="values"),
        pytest.param({"require_all": False, "era": None, "faults": None}, id="not-given"),
    ],
)
def test_what_a_mock_takes_is_no_matter(given: dict[str, Any]) -> None:
    check(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(
            {"requireall": True},
            "takes no requireall=\nhint: did you mean require_all=?",
            id="near",
        ),
        pytest.param({"targt": "x"}, "takes no targt=\nhint: did you mean target=?", id="target"),
        pytest.param(
            {"bogus": 1}, "takes no bogus=\nhint: it takes file, target, era, match, ", id="unknown"
        ),
        pytest.param({"http": 80}, "takes no http=", id="of-the-fixture"),
        pytest.param({"match": 1}, "match=1: it is one of args, name, order", id="no-word"),
        pytest.param({"timing": "fast"}, "timing='fast': not none, recorded or xN", id="timing"),
        pytest.param({"require_all": "yes"}, "require_all='yes': it is True or False", id="flag"),
        pytest.param(
            {"faults": Path("/no/f.json")},
            "faults='f.json': cannot read /no/f.json: No such file or directory",
            id="no-file",
        ),
    ],
)
def test_what_a_mock_does_not_take_fails_the_test_by_its_name(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(pytest.fail.Exception) as failed:
        check(given)
    assert message in str(failed.value)


def test_a_file_of_faults_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"rules": [{"fault": {"status": 503}}]}')
    check({"faults": path})
    assert needs_http({"faults": path})
    assert not needs_http({})
    path.write_text('{"rules": [{"fault": "nonsense"}]}')
    with pytest.raises(pytest.fail.Exception, match="/rules/0/fault"):
        check({"faults": path})
