from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from mcpx.client.questions import Answering, UnansweredError
from mcpx.errors import ConfigError
from mcpx.operations import answer_file
from mcpx.operations.answering import Answerer, Answers, Asked, Outcome
from mcpx.operations.asking import Person
from mcpx.operations.conversations import written
from mcpx.operations.forms import Action, Form, Reply
from mcpx.operations.visits import Visit
from mcpx.terminal import Terminal

ELICIT, SAMPLE, ROOTS = "elicitation/create", "sampling/createMessage", "roots/list"


class Somebody(Person):
    """A person who answers at once."""

    def __init__(self, reply: Reply | None = None, said: str | None = None) -> None:
        super().__init__(Terminal())
        self.reply = reply or Reply(Action.CANCEL)
        self.said = said
        self.saw: list[Any] = []

    async def fill(self, server: str, message: str, form: Form) -> Reply:
        self.saw.append((server, message, [one.name for one in form.fields]))
        return self.reply

    async def visit(self, server: str, message: str, page: Visit) -> Reply:
        self.saw.append((server, message, page.url))
        return self.reply

    async def speak(self, server: str, params: Mapping[str, Any]) -> str | None:
        self.saw.append((server, params["messages"]))
        return self.said


@dataclass
class Here:
    """Answers with what they tell and warn."""

    told: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    def answers(self, file: Mapping[str, Any] | None = None, **given: Any) -> Answers:
        read = None if file is None else answer_file.parsed(json.dumps(file), "a.json")
        return Answers(
            "shop", answers=read, tell=self.told.append, warn=self.warned.append, **given
        )


@pytest.fixture
def here() -> Here:
    return Here()


def ask(answers: Answering, method: str, params: Any) -> Any:
    return asyncio.run(answers.answer(method, params))


def refusal(answers: Answering, method: str, params: Any) -> tuple[int, str]:
    with pytest.raises(UnansweredError) as caught:
        ask(answers, method, params)
    return caught.value.code, str(caught.value)


def form(*required: str, message: Any = "Who?", **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"message": message, "requestedSchema": schema}


NAME = form("name", name={"type": "string"})
PAGE = {"mode": "url", "message": "Sign in", "url": "https://a.example/x", "elicitationId": "1"}
TALK = {
    "messages": [{"role": "user", "content": {"type": "text", "text": "Capital of France?"}}],
    "maxTokens": 10,
}
GO_ON = (
    "open https://a.example/x yourself if you trust a.example, then run this again; "
    "--answer FILE can say that it was opened"
)
FORM, URL = {"form": {}}, {"form": {}, "url": {}}


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        pytest.param({}, {}, id="nobody"),
        pytest.param({"roots": ["file:///a"]}, {"roots": {}}, id="roots"),
        pytest.param({"file": {"roots": ["file:///a"]}}, {"roots": {}}, id="file-roots"),
        pytest.param({"elicit": "defaults"}, {"elicitation": FORM}, id="defaults"),
        pytest.param({"elicit": "decline"}, {"elicitation": FORM}, id="decline"),
        pytest.param({"file": {"elicitation": {"a": 1}}}, {"elicitation": FORM}, id="file-form"),
        pytest.param(
            {"file": {"elicitation": [{"a": 1}, {"action": "accept"}]}},
            {"elicitation": URL},
            id="file-page",
        ),
        pytest.param({"file": {"sampling": "x"}}, {"sampling": {}}, id="file-sampling"),
        pytest.param({"file": {"elicitation": [], "sampling": []}}, {}, id="empty-file"),
        pytest.param({"person": Somebody()}, {"elicitation": URL, "sampling": {}}, id="person"),
        pytest.param(
            {"person": Somebody(), "elicit": "decline", "roots": ["file:///a"]},
            {"roots": {}, "elicitation": URL, "sampling": {}},
            id="all",
        ),
    ],
)
def test_what_is_offered(here: Here, given: dict[str, Any], offered: dict[str, Any]) -> None:
    answers = here.answers(**given)
    assert answers.offered == offered


def test_what_is_offered_stays_when_answers_are_used_up(here: Here) -> None:
    answers = here.answers({"elicitation": [{"name": "x"}]})
    ask(answers, ELICIT, NAME)
    assert answers.offered == {"elicitation": FORM}


def test_roots_are_told(here: Here) -> None:
    answers = here.answers({"roots": [{"uri": "s3://b/x", "name": "X"}]}, roots=["file:///a/b"])
    assert ask(answers, ROOTS, {}) == {
        "roots": [{"uri": "file:///a/b", "name": "b"}, {"uri": "s3://b/x", "name": "X"}]
    }
    assert here.warned == [
        "root s3://b/x: the specification allows only file:// URIs; servers may refuse it"
    ]
    assert answers.asked == [Asked(ROOTS, "", Outcome.ANSWERED, Answerer.FLAG)]


# Every kind of default (SEP-1034) and every form of choice (SEP-1330).
TITLED = [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]
DEFAULTS = {
    "text": {"type": "string", "default": "John"},
    "whole": {"type": "integer", "default": 30},
    "number": {"type": "number", "default": 95.5},
    "choice": {"type": "string", "enum": ["x", "y"], "default": "y"},
    "named": {"type": "string", "enum": ["x", "y"], "enumNames": ["X", "Y"], "default": "x"},
    "titled": {"type": "string", "oneOf": TITLED, "default": "b"},
    "several": {"type": "array", "items": {"enum": ["x", "y"]}, "default": ["y"]},
    "several_titled": {"type": "array", "items": {"anyOf": TITLED}, "default": ["a", "b"]},
    "yes": {"type": "boolean", "default": True},
    "none": {"type": "string"},
}


def test_defaults_are_filled_in(here: Here) -> None:
    answers = here.answers(elicit="defaults")
    assert ask(answers, ELICIT, form("text", **DEFAULTS)) == {
        "action": "accept",
        "content": {
            "text": "John",
            "whole": 30,
            "number": 95.5,
            "choice": "y",
            "named": "x",
            "titled": "b",
            "several": ["y"],
            "several_titled": ["a", "b"],
            "yes": True,
        },
    }
    assert answers.asked == [Asked(ELICIT, "Who?", Outcome.ACCEPT, Answerer.DEFAULTS)]
    assert here.told == []


def test_without_a_default_for_what_is_required_it_is_declined(here: Here) -> None:
    answers = here.answers(elicit="defaults")
    assert ask(answers, ELICIT, NAME) == {"action": "decline"}
    assert here.told == [
        "shop asked: Who?; declined: 'name' is required and has no default that fits"
    ]
    assert answers.asked == [Asked(ELICIT, "Who?", Outcome.DECLINE, Answerer.DEFAULTS)]


@pytest.mark.parametrize("params", [NAME, {}, form(x=3)], ids=["form", "no-form", "odd-form"])
def test_a_flag_declines_whatever_is_asked(here: Here, params: dict[str, Any]) -> None:
    answers = here.answers(elicit="decline")
    assert ask(answers, ELICIT, params) == {"action": "decline"}
    assert answers.asked[0].by is Answerer.FLAG


def test_the_file_comes_first_then_the_flag_then_the_person(here: Here) -> None:
    person = Somebody(Reply(Action.ACCEPT, {"name": "P"}))
    file = {"elicitation": [{"name": "F"}]}
    answers = here.answers(file, elicit="decline", person=person)
    assert ask(answers, ELICIT, NAME) == {"action": "accept", "content": {"name": "F"}}
    assert ask(answers, ELICIT, NAME) == {"action": "decline"}
    assert person.saw == []
    answers = here.answers(file, person=person)
    assert ask(answers, ELICIT, NAME)["content"] == {"name": "F"}
    assert ask(answers, ELICIT, NAME)["content"] == {"name": "P"}
    assert person.saw == [("shop", "Who?", ["name"])]
    assert [one.by for one in answers.asked] == [Answerer.FILE, Answerer.PERSON]


@pytest.mark.parametrize("action", list(Action))
def test_what_a_person_does_is_kept(here: Here, action: Action) -> None:
    answers = here.answers(person=Somebody(Reply(action)))
    assert ask(answers, ELICIT, NAME) == {"action": action.value}
    assert answers.asked == [Asked(ELICIT, "Who?", Outcome(action.value), Answerer.PERSON)]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        pytest.param(
            {"nane": "x"},
            "/elicitation: 'nane' is not asked for; did you mean 'name'?",
            id="misspelt",
        ),
        pytest.param(
            [{"content": {"name": "x", "age": 3}}],
            "/elicitation/0/content: 'age' is not asked for",
            id="not asked for",
        ),
        pytest.param([{"name": 3}], "/elicitation/0: 'name' must be a text", id="value"),
        pytest.param({"action": "accept"}, "/elicitation: 'name' is missing", id="missing"),
    ],
)
def test_an_answer_that_does_not_fit_is_not_sent(here: Here, file: Any, why: str) -> None:
    answers = here.answers({"elicitation": file}, person=Somebody())
    with pytest.raises(ConfigError) as caught:
        ask(answers, ELICIT, NAME)
    assert caught.value.message == f"a.json: {why}"
    assert caught.value.details == ("shop asked: Who?",)
    assert here.told == []
    assert answers.asked == [Asked(ELICIT, "Who?", Outcome.REFUSED, Answerer.FILE)]


HELP = "--answer FILE, --elicit defaults|decline, or run at a terminal"


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        pytest.param(
            ELICIT, NAME, f"shop asked: Who?; nobody is here to answer: {HELP}", id="elicitation"
        ),
        pytest.param(
            SAMPLE,
            TALK,
            "shop asked: Capital of France?; nobody is here to answer: "
            "--answer FILE, or run at a terminal",
            id="sampling",
        ),
        pytest.param(
            ROOTS,
            {},
            "shop asked: which roots there are; nobody is here to answer: "
            "--root PATH or --root URI",
            id="roots",
        ),
    ],
)
def test_nobody_is_here(here: Here, method: str, params: Any, told: str) -> None:
    answers = here.answers()
    for _ in range(2):
        code, message = refusal(answers, method, params)
        assert code == -32601
        assert message.startswith(f"{method} is not answered: ")
    assert here.told == [told]
    assert [one.outcome for one in answers.asked] == [Outcome.REFUSED] * 2
    assert answers.asked[0].by is Answerer.NOBODY


def test_used_up_answers_are_told(here: Here) -> None:
    answers = here.answers({"elicitation": [{"name": "x"}], "sampling": ["y"]})
    ask(answers, ELICIT, NAME)
    ask(answers, SAMPLE, TALK)
    assert refusal(answers, ELICIT, NAME)[0] == -32603
    assert refusal(answers, SAMPLE, TALK)[0] == -1
    assert here.told == [
        f"shop asked: Who?; no answer to it is left in a.json: {HELP}",
        "shop asked: Capital of France?; no answer to it is left in a.json: "
        "--answer FILE, or run at a terminal",
    ]


def test_an_unknown_method_is_refused(here: Here) -> None:
    answers = here.answers(person=Somebody())
    assert refusal(answers, "tasks/get", {}) == (-32601, "not supported: tasks/get")


@pytest.mark.parametrize("elicit", ["defaults", "decline"])
def test_a_mode_that_was_not_offered_is_an_error(here: Here, elicit: str) -> None:
    answers = here.answers(elicit=elicit)
    assert refusal(answers, ELICIT, PAGE)[0] == -32602
    assert refusal(answers, ELICIT, {**NAME, "mode": "voice"})[0] == -32602
    assert refusal(answers, ELICIT, {**NAME, "mode": [1]})[0] == -32602
    assert here.told[0] == (
        "shop asked: Sign in; not answered: elicitation mode not supported: url: " + GO_ON
    )


@pytest.mark.parametrize(
    ("file", "given", "result", "by"),
    [
        pytest.param({"elicitation": {"action": "accept"}}, {}, "accept", "file", id="file"),
        pytest.param({"elicitation": {"action": "decline"}}, {}, "decline", "file", id="declined"),
        pytest.param(
            {"elicitation": {"when": "a.example/x", "action": "cancel"}},
            {},
            "cancel",
            "file",
            id="by-address",
        ),
        pytest.param(
            {"elicitation": {"when": "other", "action": "accept"}},
            {"elicit": "defaults"},
            "decline",
            "defaults",
            id="defaults",
        ),
        pytest.param(None, {"person": Somebody(Reply(Action.ACCEPT))}, "accept", "person", id="p"),
    ],
)
def test_a_page_is_agreed_to(
    here: Here, file: Any, given: dict[str, Any], result: str, by: str
) -> None:
    answers = here.answers(file, **given)
    assert ask(answers, ELICIT, PAGE) == {"action": result}
    assert answers.asked == [Asked(ELICIT, "Sign in", Outcome(result), Answerer(by))]
    opened = "shop wants this page opened; a.json says yes: https://a.example/x"
    declined = f"shop asked: Sign in; declined: {GO_ON}"
    told = {("accept", "file"): [opened], ("decline", "defaults"): [declined]}
    assert here.told == told.get((result, by), [])


def test_a_page_that_nobody_is_asked_to_open_is_named(here: Here) -> None:
    with pytest.raises(UnansweredError) as refused:
        ask(here.answers(), ELICIT, PAGE)
    assert refused.value.hint == GO_ON
    assert here.told == [f"shop asked: Sign in; nobody is here to answer: {GO_ON}"]


@pytest.mark.parametrize("given", [{"file": {"elicitation": {"action": "accept"}}}, {}], ids=str)
def test_a_page_that_nobody_should_open_is_declined(here: Here, given: dict[str, Any]) -> None:
    person = Somebody(Reply(Action.ACCEPT))
    answers = here.answers(person=person, **given)
    assert ask(answers, ELICIT, {**PAGE, "url": "file:///etc/passwd"}) == {"action": "decline"}
    assert person.saw == []
    assert here.told == [
        "shop asked: Sign in; declined: only http and https addresses are opened: "
        "file:///etc/passwd"
    ]


@pytest.mark.parametrize(
    "params",
    [
        pytest.param(None, id="null"),
        pytest.param([1], id="list"),
        pytest.param({}, id="empty"),
        pytest.param({"message": "Who?"}, id="no-schema"),
        pytest.param({"message": 3, "requestedSchema": "x"}, id="schema-text"),
        pytest.param(form(**{f"f{n}": {"type": "string"} for n in range(10_000)}), id="10000"),
        pytest.param({"requestedSchema": {"properties": {"x": {"enum": ["a"] * 9_999}}}}, id="ch"),
    ],
)
@pytest.mark.parametrize(
    "given",
    [{"elicit": "defaults"}, {"person": Somebody()}, {"file": {"elicitation": {"a": 1}}}],
    ids=["defaults", "person", "file"],
)
def test_what_is_no_form_is_refused(here: Here, given: dict[str, Any], params: Any) -> None:
    assert refusal(here.answers(**given), ELICIT, params)[0] == -32602
    assert len(here.told) == 1


def test_a_deep_schema_does_no_harm(here: Here) -> None:
    deep: Any = {"type": "object"}
    for _ in range(50_000):
        deep = {"type": "object", "properties": {"x": deep}}
    assert ask(here.answers(elicit="defaults"), ELICIT, form(x=deep)) == {
        "action": "accept",
        "content": {},
    }


def test_what_is_kept_and_told_is_cut(here: Here) -> None:
    answers = here.answers(elicit="defaults")
    ask(answers, ELICIT, form("n" * 10_000, message="m" * 10_000))
    assert answers.asked[0].message == "m" * 200 + "…"
    assert len(here.told[0]) < 500


def test_sampling_by_file_and_by_person(here: Here) -> None:
    person = Somebody(said="Lyon")
    answers = here.answers({"sampling": [{"when": "France", "text": "Paris"}]}, person=person)
    assert ask(answers, SAMPLE, TALK) == written("Paris", "file")
    other = {"messages": [{"role": "user", "content": {"type": "text", "text": "Else?"}}]}
    assert ask(answers, SAMPLE, other) == written("Lyon", "person")
    assert answers.asked == [
        Asked(SAMPLE, "Capital of France?", Outcome.ANSWERED, Answerer.FILE),
        Asked(SAMPLE, "Else?", Outcome.ANSWERED, Answerer.PERSON),
    ]


@pytest.mark.parametrize(
    "given",
    [{"file": {"sampling": {"action": "decline"}}}, {"person": Somebody()}],
    ids=["file", "person"],
)
def test_sampling_that_is_declined(here: Here, given: dict[str, Any]) -> None:
    answers = here.answers(**given)
    assert refusal(answers, SAMPLE, TALK) == (-1, "User rejected sampling request")
    assert answers.asked[0].outcome is Outcome.DECLINE


@pytest.mark.parametrize("member", ["tools", "toolChoice"])
def test_sampling_with_tools_is_refused(here: Here, member: str) -> None:
    answers = here.answers({"sampling": "x"})
    code, message = refusal(answers, SAMPLE, {**TALK, member: []})
    assert (code, message) == (-32602, "not supported: sampling with tools")


@pytest.mark.parametrize("params", [None, {}, {"messages": 3}], ids=str)
def test_a_conversation_of_nothing_can_be_answered(here: Here, params: Any) -> None:
    assert ask(here.answers({"sampling": "x"}), SAMPLE, params) == written("x", "file")


def test_too_many_questions_are_not_answered(here: Here) -> None:
    answers = here.answers(elicit="decline")

    async def main() -> int:
        for number in range(2_000):
            try:
                await answers.answer(ELICIT, {"message": str(number)})
            except UnansweredError:
                return number
        return -1

    assert asyncio.run(main()) == 1_000
    assert refusal(answers, ELICIT, NAME) == (-32603, "more than 1000 questions")
    assert here.told == ["shop asked more than 1000 questions; no more are answered"]
    assert len(answers.asked) == 1_000
