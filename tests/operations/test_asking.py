from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from typing import Any

import pytest

from mcpx.operations.asking import Person
from mcpx.operations.forms import Action, Form, Reply
from mcpx.operations.visits import Visit
from mcpx.servers import ServerSpec
from mcpx.terminal import Terminal
from tests.conftest import FakeTerminal

ESC = "\x1b"
RED = [{"const": "#f00", "title": "Red"}, {"const": "#0f0", "title": "Green"}]
SIZES = {"type": "array", "items": {"enum": ["s", "m", "l"]}}


class Typed(Terminal):
    """A terminal at which these lines are typed; then its input ends."""

    def __init__(self, *lines: str) -> None:
        super().__init__(io.StringIO(), FakeTerminal())
        self.adjust(colour="never")
        self.lines = list(lines)

    async def line(self, prompt: str) -> str | None:
        await asyncio.sleep(0)
        typed = self.lines.pop(0) if self.lines else None
        self.show(f"{prompt}<{typed}>")
        return typed

    @property
    def shown(self) -> list[str]:
        assert isinstance(self.err, io.StringIO)
        return self.err.getvalue().splitlines()


def done(asked: Awaitable[Any]) -> Any:
    async def main() -> Any:
        return await asked

    return asyncio.run(main())


def fill(terminal: Typed, *required: str, message: str = "Who?", **properties: Any) -> Reply:
    schema = {"properties": properties, "required": list(required)}
    found = done(Person(terminal).fill("shop", message, Form.read(schema)))
    assert isinstance(found, Reply)
    return found


@pytest.mark.parametrize(
    ("schema", "typed", "value"),
    [
        pytest.param({"type": "string"}, " Mona ", "Mona", id="text"),
        pytest.param({"type": "string", "default": "x"}, "", "x", id="default"),
        pytest.param({"type": "string", "default": "x"}, "y", "y", id="instead-of-default"),
        pytest.param({"type": "integer"}, "-5", -5, id="whole"),
        pytest.param({"type": "integer"}, "5.0", 5, id="whole-with-point"),
        pytest.param({"type": "number"}, "1.5", 1.5, id="number"),
        pytest.param({"type": "number"}, "1e3", 1000, id="exponent"),
        pytest.param({"type": "number", "default": 0}, "", 0, id="zero-default"),
        pytest.param({"type": "boolean"}, "Y", True, id="yes"),
        pytest.param({"type": "boolean"}, "no", False, id="no"),
        pytest.param({"type": "boolean", "default": False}, "", False, id="no-default"),
        pytest.param({"oneOf": RED}, "2", "#0f0", id="by-number"),
        pytest.param({"oneOf": RED}, "#f00", "#f00", id="by-value"),
        pytest.param({"oneOf": RED}, "Green", "#0f0", id="by-title"),
        pytest.param({"enum": ["10", "20"]}, "20", "20", id="number-beyond-is-a-value"),
        pytest.param({"enum": [1.5, 2.5]}, "2.5", 2.5, id="numbers-to-choose"),
        pytest.param(SIZES, "1, l", ["s", "l"], id="several"),
        pytest.param({**SIZES, "items": {"enum": ["a,b", "c"]}}, "a,b", ["a,b"], id="comma"),
        pytest.param({**SIZES, "default": ["m"]}, "", ["m"], id="list-default"),
        pytest.param(SIZES, "", [], id="required-empty-list"),
        pytest.param({"type": "array"}, "a, b", ["a", "b"], id="texts"),
    ],
)
def test_what_is_typed_becomes_a_value(schema: dict[str, Any], typed: str, value: Any) -> None:
    terminal = Typed(typed, "y")
    reply = fill(terminal, "x", x=schema)
    assert reply == Reply(Action.ACCEPT, {"x": value})
    assert reply.content is not None
    assert type(reply.content["x"]) is type(value)
    assert terminal.lines == []


@pytest.mark.parametrize(
    ("schema", "typed", "why"),
    [
        pytest.param({"type": "string"}, "", "it is required", id="nothing"),
        pytest.param({"type": "string", "minLength": 3}, "ab", "at least 3 characters", id="short"),
        pytest.param({"type": "string", "format": "email"}, "ab", "an e-mail address", id="email"),
        pytest.param({"type": "integer"}, "five", "it must be a number", id="word"),
        pytest.param({"type": "integer"}, "1.5", "it must be a whole number", id="half"),
        pytest.param({"type": "number"}, "inf", "it must be a number", id="inf"),
        pytest.param({"type": "number"}, "9" * 5_000, "it must be a number", id="digits"),
        pytest.param({"type": "integer", "minimum": 18}, "17", "it must be at least 18", id="min"),
        pytest.param({"type": "boolean"}, "perhaps", "it must be true or false", id="perhaps"),
        pytest.param({"oneOf": RED}, "3", "it is none of the choices", id="no-such-number"),
        pytest.param({"oneOf": RED}, "red", "it is none of the choices", id="no-such-value"),
        pytest.param({**SIZES, "maxItems": 1}, "1,2", "at most 1 item", id="too-many"),
        pytest.param({**SIZES, "minItems": 1}, "", "it is required", id="too-few"),
    ],
)
def test_what_does_not_fit_is_asked_again(schema: dict[str, Any], typed: str, why: str) -> None:
    terminal = Typed(*[typed] * 5, "never read")
    assert fill(terminal, "x", x=schema) == Reply(Action.CANCEL)
    assert terminal.lines == ["never read"]
    assert len([line for line in terminal.shown if "warning:" in line and why in line]) == 5
    assert terminal.shown[-1] == "cancelled: nothing was sent"


def test_after_a_wrong_answer_a_right_one_counts() -> None:
    reply = fill(Typed("x", "30", "yes"), "age", age={"type": "integer"})
    assert reply == Reply(Action.ACCEPT, {"age": 30})


def test_the_whole_conversation() -> None:
    terminal = Typed("Mona", "", "", "2", "e", "", "9", "", "", "y")
    reply = fill(
        terminal,
        "name",
        message="Please tell\nyour name",
        name={"type": "string", "title": "Full name", "description": "As in your passport"},
        age={"type": "integer", "minimum": 0},
        note={"type": "string", "pattern": "^a"},
        colour={"oneOf": RED, "default": "#f00"},
    )
    assert reply == Reply(Action.ACCEPT, {"name": "Mona", "age": 9, "colour": "#0f0"})
    assert terminal.shown[:31] == [
        "shop asks (what stands after | are the server's words; Ctrl-D cancels)",
        "  | Please tell",
        "  | your name",
        "field 1 of 4, text, required:",
        "  | Full name (name)",
        "  | As in your passport",
        "answer: <Mona>",
        "field 2 of 4, whole number, at least 0, may be left out:",
        "  | age",
        "answer: <>",
        "field 3 of 4, text, may be left out:",
        "  | note",
        "  | pattern: ^a",
        "answer: <>",
        "field 4 of 4, one of 2, may be left out:",
        "  | colour",
        "  | 1  Red (#f00)",
        "  | 2  Green (#0f0)",
        "number or value [#f00]: <2>",
        "To send to shop:",
        "  | name: Mona",
        "  | colour: #0f0",
        "Send it? (y = send, n = decline, e = edit, c = cancel) <e>",
        "field 1 of 4, text, required:",
        "  | Full name (name)",
        "  | As in your passport",
        "answer [Mona]: <>",
        "field 2 of 4, whole number, at least 0, may be left out:",
        "  | age",
        "answer: <9>",
        "field 3 of 4, text, may be left out:",
    ]
    assert "number or value [#0f0]: <>" in terminal.shown


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        pytest.param(["y"], Action.ACCEPT, id="yes"),
        pytest.param(["YES"], Action.ACCEPT, id="yes-in-full"),
        pytest.param(["n"], Action.DECLINE, id="no"),
        pytest.param(["c"], Action.CANCEL, id="cancel"),
        pytest.param(["", "what?", "n"], Action.DECLINE, id="asked-again"),
        pytest.param(["", "e", "", "", "", "y"], Action.CANCEL, id="for-too-long"),
        pytest.param([], Action.CANCEL, id="end-of-input"),
    ],
)
def test_nothing_is_sent_without_a_yes(typed: list[str], action: Action) -> None:
    reply = fill(Typed(*typed))
    assert reply == Reply(action, {} if action is Action.ACCEPT else None)


def test_the_end_of_input_in_the_middle_cancels() -> None:
    reply = fill(Typed("Mona"), name={"type": "string"}, age={"type": "integer"})
    assert reply == Reply(Action.CANCEL)


def test_everything_may_be_left_out() -> None:
    terminal = Typed("", "y")
    assert fill(terminal, name={"type": "string"}) == Reply(Action.ACCEPT, {})
    assert "  (no values)" in terminal.shown


def test_what_no_form_can_ask_for_is_left_out_or_declined() -> None:
    nested = {"type": "object", "properties": {}}
    reply = fill(Typed("Mona", "y"), "name", inner=nested, name={"type": "string"})
    assert reply == Reply(Action.ACCEPT, {"name": "Mona"})
    terminal = Typed()
    assert fill(terminal, "inner", inner=nested) == Reply(Action.DECLINE)
    assert terminal.shown[-1] == "it is required, so the form is declined"


@pytest.mark.parametrize(
    ("name", "title", "warned"),
    [("password", "", True), ("x", "GitHub token", True), ("monkey", "Username", False)],
)
def test_who_asks_for_a_secret_is_named(name: str, title: str, warned: bool) -> None:
    terminal = Typed()
    fill(terminal, **{name: {"type": "string", "title": title}})
    assert any("looks like a secret" in line for line in terminal.shown) is warned


HOSTILE = f"{ESC}[2J\r\n::error::x\u202e\nshop asks you to send the password y"


def test_hostile_words_stay_behind_the_bar() -> None:
    terminal = Typed("1", "y")
    titled = [{"const": HOSTILE, "title": HOSTILE}]
    field = {"oneOf": titled, "title": HOSTILE, "description": HOSTILE, "default": HOSTILE}
    fill(terminal, message=HOSTILE, **{HOSTILE: field})
    text = "\n".join(terminal.shown)
    assert ESC not in text
    assert "\u202e" not in text
    ours = ("shop asks (", "field 1", "number or", "To send", "Send it?", "  (", "  warning:")
    assert all(line.startswith(("  | ", *ours)) for line in terminal.shown)
    assert not any(line.removeprefix("  | ").lstrip().startswith("::") for line in terminal.shown)


@pytest.mark.parametrize("letter", ["x", "漢", "x "], ids=["narrow", "wide", "words"])
def test_a_long_line_cannot_run_into_the_next(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "40")
    terminal = Typed("y")
    fill(terminal, message=letter * 300)
    quoted = [line for line in terminal.shown if line.startswith("  | ")]
    assert len(quoted) > 5
    assert max(map(cell_len, quoted)) <= 40
    assert "".join(line.removeprefix("  | ") for line in quoted) == letter * 300


@pytest.mark.parametrize("message", ["x" * 100_000, "\n" * 100_000], ids=["long", "many-lines"])
def test_a_message_is_cut(message: str) -> None:
    terminal = Typed("y")
    fill(terminal, message=message)
    assert len(terminal.shown) < 70
    assert "  (cut; it has 100000 characters)" in terminal.shown


def test_many_choices_are_not_all_listed() -> None:
    terminal = Typed("c1999", "y")
    choices = [f"c{number}" for number in range(2_000)]
    assert fill(terminal, x={"enum": choices}) == Reply(Action.ACCEPT, {"x": "c1999"})
    assert len(terminal.shown) < 70
    assert "  | (1950 more, to be given by their values)" in terminal.shown


def test_known_secrets_are_masked_in_words_and_values() -> None:
    terminal = Typed("c4nary-value", "y")
    terminal.mask.learn(ServerSpec("x", command="c", env={"TOKEN": "c4nary-value"}))
    reply = fill(terminal, message="You have c4nary-value", name={"type": "string"})
    assert reply.content == {"name": "c4nary-value"}
    assert "  | You have ***" in terminal.shown
    assert "  | name: ***" in terminal.shown


PAGE = Visit.read("http://bank.example@evil.example/x")


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        pytest.param(["y"], Action.ACCEPT, id="opened"),
        pytest.param(["n"], Action.DECLINE, id="declined"),
        pytest.param(["c"], Action.CANCEL, id="cancelled"),
        pytest.param(["e"], Action.CANCEL, id="there-is-nothing-to-edit"),
        pytest.param([], Action.CANCEL, id="end-of-input"),
    ],
)
def test_a_page_is_shown_and_never_opened(typed: list[str], action: Action) -> None:
    terminal = Typed(*typed)
    assert done(Person(terminal).visit("shop", "Sign in", PAGE)) == Reply(action)
    assert terminal.shown[1:6] == [
        "  | Sign in",
        "  http://bank.example@evil.example/x",
        "  its host: evil.example",
        "  warning: what stands before the @ is not the host; the host is evil.example",
        "  warning: the connection would not be encrypted (http)",
    ]


def test_the_host_stands_out() -> None:
    terminal = Typed("y")
    terminal.adjust(colour="always")
    done(Person(terminal).visit("shop", "", PAGE))
    assert f"  http://bank.example@{ESC}[1mevil.example{ESC}[0m/x" in terminal.shown


ASKED = {
    "systemPrompt": "Be kind",
    "messages": [{"role": "user", "content": {"type": "text", "text": f"Capital?{ESC}[2J"}}],
    "maxTokens": 100,
}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param([" Paris "], "Paris", id="answer"),
        pytest.param([""], None, id="empty"),
        pytest.param([], None, id="end-of-input"),
    ],
)
def test_a_person_speaks_in_place_of_a_model(typed: list[str], said: str | None) -> None:
    terminal = Typed(*typed)
    assert done(Person(terminal).speak("shop", ASKED)) == said
    assert terminal.shown[1:6] == [
        "  system:",
        "  | Be kind",
        "  user:",
        "  | Capital?\\x1b[2J",
        "  (at most 100 tokens)",
    ]


@pytest.mark.parametrize("most", [10**400, -1, "100", None, 1.5], ids=repr)
def test_a_strange_number_of_tokens_is_not_shown(most: Any) -> None:
    terminal = Typed("x")
    done(Person(terminal).speak("shop", {"messages": [3] * 11, "maxTokens": most}))
    assert terminal.shown[1:-1] == ["  (earlier messages that are not shown: 1)"]


def test_two_questions_are_asked_one_after_the_other() -> None:
    terminal = Typed("Mona", "y", "Paris")

    async def main() -> list[Any]:
        person = Person(terminal)
        form = Form.read({"properties": {"name": {"type": "string"}}})
        filling = asyncio.create_task(person.fill("shop", "Who?", form))
        speaking = asyncio.create_task(person.speak("shop", ASKED))
        return [await filling, await speaking]

    assert asyncio.run(main()) == [Reply(Action.ACCEPT, {"name": "Mona"}), "Paris"]


def test_a_question_that_is_taken_back_leaves_the_terminal_to_the_next() -> None:
    terminal = Typed("Mona", "y")

    async def main() -> Any:
        person = Person(terminal)
        form = Form.read({"properties": {"name": {"type": "string"}}})
        first = asyncio.create_task(person.fill("shop", "First?", form))
        second = asyncio.create_task(person.fill("shop", "Second?", form))
        while not terminal.shown:
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(main()) == Reply(Action.ACCEPT, {"name": "Mona"})
