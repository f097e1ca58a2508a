from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import UsageError
from mcpx.sources.additions import Additions
from mcpx.sources.inputs import Answers, Way

GIVEN = Additions(
    env={"TOKEN": "t0ken"},
    headers={"x-key": "k3y"},
    values={"port": ["1"], "tags": ["a", "b"], "src": ["/s"], "empty": [""]},
)


@pytest.mark.parametrize(
    ("raw", "name", "way", "values"),
    [
        pytest.param({"value": "fixed"}, "port", Way.SET, ["fixed"], id="fixed"),
        pytest.param({}, "port", Way.SET, ["1"], id="given"),
        pytest.param({"default": "9"}, "port", Way.SET, ["1"], id="given-before-default"),
        pytest.param({"default": "9"}, "other", Way.SET, ["9"], id="default"),
        pytest.param({"default": 9}, "other", Way.SET, ["9"], id="default-number"),
        pytest.param({"default": False}, "other", Way.SET, ["false"], id="default-false"),
        pytest.param({"default": ""}, "other", Way.SET, [], id="default-nothing"),
        pytest.param({}, "other", Way.SET, [], id="left-out"),
        pytest.param({"isRepeated": True}, "tags", Way.SET, ["a", "b"], id="repeated"),
        pytest.param({"is_repeated": True}, "tags", Way.SET, ["a", "b"], id="repeated-older"),
        pytest.param({}, "empty", Way.SET, [""], id="given-as-nothing"),
        pytest.param({}, "TOKEN", Way.ENV, ["t0ken"], id="variable"),
        pytest.param({"value": "x"}, "TOKEN", Way.ENV, ["t0ken"], id="variable-before-fixed"),
        pytest.param({}, "port", Way.ENV, [], id="variables-only-by-env"),
        pytest.param({"value": "x"}, "X-Key", Way.HEADER, ["k3y"], id="header-in-any-case"),
        pytest.param(
            {"value": "a={src},b={src}", "variables": {"src": {}}},
            "any",
            Way.SET,
            ["a=/s,b=/s"],
            id="template",
        ),
        pytest.param(
            {"value": "{no} {such}", "variables": {"such": 3}},
            "any",
            Way.SET,
            ["{no} {such}"],
            id="what-is-not-declared-stays",
        ),
        pytest.param(
            {"value": "{x}", "variables": {"x": {}}}, "any", Way.SET, [], id="empty-template"
        ),
    ],
)
def test_where_a_value_comes_from(
    raw: dict[str, Any], name: str, way: Way, values: list[str]
) -> None:
    answers = Answers(GIVEN)
    assert answers.all(raw, name, way) == values
    assert answers.missing == {}


@pytest.mark.parametrize(
    ("raw", "way", "missing", "how"),
    [
        ({"isRequired": True}, Way.SET, "x", "--set x=…"),
        ({"isRequired": True}, Way.ENV, "x", "--env x=…"),
        ({"isRequired": True}, Way.HEADER, "x", "--header 'x: …'"),
        ({"value": "{a}", "variables": {"a": {"isRequired": True}}}, Way.ENV, "a", "--set a=…"),
        ({"value": "{a}", "isRequired": True, "variables": {"a": {}}}, Way.SET, "a", "--set a=…"),
    ],
)
def test_what_is_missing_is_named_with_its_option(
    raw: dict[str, Any], way: Way, missing: str, how: str
) -> None:
    answers = Answers(Additions())
    assert answers.all(raw, "x", way) == [f"<{missing}>"]
    (found,) = answers.missing.values()
    assert (found.name, found.how) == (missing, how)
    assert answers.secrets == []


def test_what_is_said_of_a_missing_value_holds_no_secret() -> None:
    raw = {
        "description": "The key,\nlike token=abcdef123456",
        "choices": ["a", "b"],
        "format": "filepath",
        "isRequired": True,
        "isSecret": True,
        "placeholder": "sk-abcdefabcdefabcdef",
    }
    answers = Answers(Additions())
    answers.all(raw, "x")
    assert answers.missing["x"].about == "The key, like token=*** (one of a, b; filepath; secret)"


def test_secrets_and_names_are_kept() -> None:
    answers = Answers(GIVEN)
    answers.all({"isSecret": True}, "port")
    answers.all({"isSecret": True}, "TOKEN", Way.ENV)
    answers.all({"default": "d", "isSecret": True}, "level")
    answers.all({"value": "fixed"}, "none")
    assert answers.secrets == ["1", "t0ken", "d"]
    assert list(answers.names) == ["port", "level"]
    assert answers.values == {"port": "1", "TOKEN": "t0ken", "level": "d", "none": "fixed"}


@pytest.mark.parametrize(
    ("raw", "name", "words"),
    [
        ({"choices": ["2", "3"]}, "port", "--set port: '1' is not possible"),
        ({"choices": ["2"], "isSecret": True}, "port", "--set port: that is not possible"),
        ({"format": "boolean"}, "port", "--set port: expected true or false, not '1'"),
        ({"format": "number"}, "src", "--set src: expected a number, not '/s'"),
        ({}, "tags", "--set tags: given 2 times"),
    ],
)
def test_a_value_that_is_not_allowed_is_wrong_use(
    raw: dict[str, Any], name: str, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Answers(GIVEN).all(raw, name)
    assert caught.value.message.startswith(words)
