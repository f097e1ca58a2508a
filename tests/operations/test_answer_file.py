from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mcpx.errors import ConfigError
from mcpx.operations.answer_file import AnswerFile, parsed, read
from mcpx.operations.conversations import written
from mcpx.shipped import json_schemas

SCHEMA = jsonschema_rs.validator_for(json.loads(json_schemas.text("answers")))


def answers(**members: Any) -> AnswerFile:
    SCHEMA.validate(members)
    return parsed(json.dumps(members), "a.json")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        pytest.param({"name": "x"}, {"action": "accept", "content": {"name": "x"}}, id="content"),
        pytest.param({}, {"action": "accept", "content": {}}, id="empty-content"),
        pytest.param({"n": 1.5}, {"action": "accept", "content": {"n": 1.5}}, id="number"),
        pytest.param(
            {"content": {"name": "x"}}, {"action": "accept", "content": {"name": "x"}}, id="long"
        ),
        pytest.param({"action": "accept"}, {"action": "accept"}, id="accept"),
        pytest.param({"action": "cancel"}, {"action": "cancel"}, id="cancel"),
        pytest.param(
            {"action": "decline", "content": {"a": 1}}, {"action": "decline"}, id="decline"
        ),
        pytest.param(
            {"action": "save", "name": "x"},
            {"action": "accept", "content": {"action": "save", "name": "x"}},
            id="fields-of-such-names",
        ),
        pytest.param(
            {"when": "noon"}, {"action": "accept", "content": {"when": "noon"}}, id="field-when"
        ),
        pytest.param(
            {"content": "text"},
            {"action": "accept", "content": {"content": "text"}},
            id="field-content",
        ),
    ],
)
def test_an_answer_to_a_form(answer: Any, result: dict[str, Any]) -> None:
    reply = answers(elicitation=answer).filled("?")
    assert reply is not None
    assert reply.result() == result


def taken(file: AnswerFile, *questions: str) -> list[Any]:
    replies = [file.filled(question) for question in questions]
    return [reply and dict(reply.content or {}) for reply in replies]


def test_a_single_answer_is_given_every_time() -> None:
    assert taken(answers(elicitation={"n": 1}), "a", "b", "c") == [{"n": 1}] * 3


def test_a_list_is_used_in_order_and_then_used_up() -> None:
    assert taken(answers(elicitation=[{"n": 1}, {"n": 2}]), *"abc") == [{"n": 1}, {"n": 2}, None]
    assert taken(answers(elicitation=[{"n": 1}]), *"ab") == [{"n": 1}, None]


def test_an_answer_waits_for_its_question() -> None:
    file = answers(
        elicitation=[{"n": 1}, {"when": "name", "content": {"n": 2}}, {"n": 3}],
    )
    questions = ("Your name?", "Age?", "name again", "City?", "Street?")
    assert taken(file, *questions) == [{"n": 2}, {"n": 1}, {"n": 2}, {"n": 3}, None]


def test_a_single_answer_waits_as_well() -> None:
    file = answers(elicitation={"when": "name", "content": {"n": 1}})
    assert taken(file, "age?", "name?", "name?") == [None, {"n": 1}, {"n": 1}]


def test_a_page_is_answered_only_by_what_is_no_form() -> None:
    file = answers(
        elicitation=[
            {"n": 1},
            {"when": "evil.example", "action": "decline"},
            {"action": "accept"},
        ]
    )
    assert file.opens_pages
    actions = [file.opened(words) for words in ("https://a", "https://evil.example", "https://b")]
    assert [one and one.action.value for one in actions] == ["accept", "decline", None]
    assert taken(file, "form") == [{"n": 1}]
    assert not answers(elicitation={"n": 1}).opens_pages


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        pytest.param("Paris", written("Paris", "file"), id="text"),
        pytest.param({"text": "Paris"}, written("Paris", "file"), id="object"),
        pytest.param({"action": "decline"}, None, id="decline"),
        pytest.param(
            {"content": {"type": "image"}},
            {"role": "assistant", "model": "file", "content": {"type": "image"}},
            id="content",
        ),
        pytest.param(
            {"role": "user", "content": [], "model": "m", "stopReason": "x"},
            {"role": "user", "content": [], "model": "m", "stopReason": "x"},
            id="result",
        ),
    ],
)
def test_an_answer_in_place_of_a_model(answer: Any, result: Any) -> None:
    found = answers(sampling=answer).sampled("?")
    assert found is not None
    assert found.result == result


def test_conversations_have_answers_of_their_own() -> None:
    file = answers(sampling=["first", {"when": "capital", "text": "Paris"}])
    found = [file.sampled(words) for words in ("capital of France", "x", "y")]
    said = [one and one.result and one.result["content"]["text"] for one in found]
    assert said == ["Paris", "first", None]
    assert file.samples
    assert not file.fills_forms


def test_roots_may_have_names() -> None:
    file = answers(roots=["file:///a", {"uri": "b", "name": "B"}])
    assert file.roots == (("file:///a", ""), ("b", "B"))


def test_the_first_version_is_read_for_ever() -> None:
    path = Path(__file__).parents[1] / "data" / "answers-v1.json"
    SCHEMA.validate(json.loads(path.read_text(encoding="utf-8")))
    file = read(str(path))
    assert taken(file, "Your GitHub username?", "?", "?") == [
        {"name": "octocat"},
        {"colour": "red", "sizes": ["s", "m"]},
        {},
    ]
    assert file.sampled("x") == file.sampled("y")
    assert file.roots == (("file:///srv/data", ""), ("s3://bucket/logs", "logs"))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        pytest.param([], "not a JSON object", id="list"),
        pytest.param({}, "answers nothing: no elicitation, no sampling, no roots", id="empty"),
        pytest.param(
            {"elicitations": {}},
            "there is no key 'elicitations'; did you mean 'elicitation'?",
            id="mistyped",
        ),
        pytest.param({"roots": [], "colour": 1}, "there is no key 'colour'", id="unknown"),
        pytest.param({"version": "1", "roots": []}, "/version: not a whole number", id="version"),
        pytest.param({"format": "mcpx.other", "roots": []}, "/format: not mcpx.answers", id="fmt"),
        pytest.param({"version": 2, "roots": []}, "/version: written for a newer mcpx", id="newer"),
        pytest.param({"elicitation": "yes"}, "/elicitation: not an object", id="text"),
        pytest.param({"elicitation": [{}, 3]}, "/elicitation/1: not an object", id="second"),
        pytest.param(
            {"elicitation": {"action": "ok"}},
            "/elicitation/action: not accept, decline, cancel; a field of that name is written",
            id="action",
        ),
        pytest.param(
            {"elicitation": {"action": "accept", "content": 3}},
            "/elicitation/content: not an object",
            id="content-number",
        ),
        pytest.param(
            {"elicitation": [{"action": "accept", "when": 3}]},
            "/elicitation/0/when: not a text",
            id="when",
        ),
        pytest.param({"sampling": 3}, "/sampling: neither a text nor an object", id="number"),
        pytest.param({"sampling": {}}, "/sampling: neither a text nor a result", id="no-content"),
        pytest.param(
            {"sampling": [{"content": "x"}]},
            "/sampling/0/content: neither a content block nor a list of them",
            id="content",
        ),
        pytest.param(
            {"sampling": {"content": [{"text": "x"}]}},
            "/sampling/content: neither a content block nor a list of them",
            id="block",
        ),
        pytest.param({"sampling": {"text": 3}}, "/sampling/text: not a text", id="text-number"),
        pytest.param(
            {"sampling": {"content": [], "model": 3}}, "/sampling/model: not a text", id="model"
        ),
        pytest.param({"sampling": {"action": "cancel"}}, "/sampling/action: not decline", id="no"),
        pytest.param(
            {"sampling": {"text": "x", "extra": 1}},
            "/sampling: there is no key 'extra'",
            id="text-and-more",
        ),
        pytest.param(
            {"sampling": [{"txt": "x"}]},
            "/sampling/0: there is no key 'txt'; did you mean 'text'?",
            id="txt",
        ),
        pytest.param(
            {"elicitation": {"acton": "accept", "content": {"a": 1}}},
            "/elicitation: there is no key 'acton'; did you mean 'action'?",
            id="acton-and-content",
        ),
        pytest.param(
            {"elicitation": [{"content": {"a": 1}, "colour": 1}]},
            "/elicitation/0: there is no key 'colour'",
            id="content-and-more",
        ),
        pytest.param(
            {"roots": [{"uri": "x", "nmae": "y"}]},
            "/roots/0: there is no key 'nmae'; did you mean 'name'?",
            id="root-key",
        ),
        pytest.param({"roots": {}}, "/roots: not a list", id="roots"),
        pytest.param({"roots": [3]}, "/roots/0: neither a URI", id="root"),
        pytest.param({"roots": [{"uri": "x", "name": 1}]}, "/roots/0/name: not a text", id="name"),
    ],
)
def test_a_bad_file_is_told_with_its_place(document: Any, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(json.dumps(document), "a.json")
    assert caught.value.message.startswith(f"a.json: {why}")
    assert caught.value.hint == "mcpx schema answers prints the JSON Schema of this file"
    assert not SCHEMA.is_valid(document)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param({"acton": "decline"}, "'acton'; did you mean 'action'?", id="acton"),
        pytest.param({"Action": "accept"}, "'Action'; did you mean 'action'?", id="case"),
        pytest.param({"action": "accept", "wen": "x"}, "'wen'; did you mean 'when'?", id="wen"),
        pytest.param({"contnet": {"a": 1}}, "'contnet'; did you mean 'content'?", id="contnet"),
    ],
)
def test_a_misspelt_key_is_no_field(answer: Any, why: str) -> None:
    """Nor would its value be a usual one; which no JSON Schema can tell."""
    with pytest.raises(ConfigError) as caught:
        parsed(json.dumps({"elicitation": [{}, answer]}), "a.json")
    assert caught.value.message == f"a.json: /elicitation/1: there is no key {why}"
    assert parsed(json.dumps({"elicitation": {"content": answer}}), "a.json").fills_forms


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"acton": "Paris"}, id="value"),
        pytest.param({"acton": "accept", "name": "x"}, id="others"),
        pytest.param({"contact": {"street": "x"}}, id="object"),
    ],
)
def test_fields_may_have_names_like_that(answer: Any) -> None:
    assert taken(answers(elicitation=answer), "?") == [answer]


def test_what_no_question_was_asked_for_is_told() -> None:
    file = answers(
        elicitation=[{"n": 1}, {"n": 2}, {"when": "town", "content": {}}], sampling=["x"]
    )
    assert file.unused == []
    file.filled("name?")
    assert file.unused == [
        "a.json: /elicitation/1: no question was asked for it",
        "a.json: /elicitation/2: no question was asked for it",
    ]


NUMBER = "not JSON: a number is too large or NaN"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("{\n  'a'", r"not JSON: .* \(line 2, column 3\)", id="not-json"),
        pytest.param("", "not JSON", id="empty"),
        pytest.param('{"roots": [], "x": NaN}', NUMBER, id="nan"),
        pytest.param('{"roots": [], "x": 1e999}', NUMBER, id="infinite"),
        pytest.param('{"x": ' + "9" * 5_000 + "}", NUMBER, id="digits"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"roots": [], "roots": []}', "the key 'roots' is given twice", id="twice"),
    ],
)
def test_what_is_not_json(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=f"^a.json: {why}") as caught:
        parsed(text, "a.json")
    assert len(caught.value.message) < 200


def test_a_secret_in_a_bad_file_is_not_quoted() -> None:
    with pytest.raises(ConfigError) as caught:
        parsed('{"elicitation": [{"token": "s3cret-value"}, "s3cret-value"]}', "a.json")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(None, "cannot read a.json: No such file", id="gone"),
        pytest.param(b"\xff\xfe", "a.json: not UTF-8", id="bytes"),
        pytest.param(b" " * (1024 * 1024 + 1), "a.json: larger than 1048576 bytes", id="huge"),
    ],
)
def test_a_file_that_cannot_be_read(project: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        (project / "a.json").write_bytes(content)
    with pytest.raises(ConfigError, match=why):
        read("a.json")


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ConfigError, match="no file can have that name"):
        read("a\0b")


def test_a_byte_order_mark_does_no_harm(project: Path) -> None:
    (project / "a.json").write_bytes(b'\xef\xbb\xbf{"roots": ["x"]}')
    assert read("a.json").roots == (("x", ""),)
