from __future__ import annotations

from mcpx.serving.mock.playing.dialogue import Dialogue, recorded
from mcpx.serving.mock.tape.takes import Part, Take, answered
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.recordings import accepts, asks
from tests.sessions.tapes import call, done, tape


def take() -> Take:
    events = tape(call(1), asks(0, "a?"), accepts(0, n=1), asks(1, "b?"), accepts(1), done(1))
    return Tape.of(events).takes[0]


ACCEPTED = {"result": {"action": "accept", "content": {"n": 1}}}
DECLINED = {"result": {"action": "decline"}}


def test_what_was_recorded_is_told_up_to_a_step() -> None:
    one = take()
    assert [len(recorded(one, at)) for at in range(len(one.steps))] == [0, 1, 1, 2, 2]
    assert recorded(one, 1)[0][1] == answered(ACCEPTED)


def test_an_answer_is_the_recorded_one_or_another() -> None:
    for given, differs in ((ACCEPTED, False), (DECLINED, True)):
        one, dialogue = take(), Dialogue()
        first, heard = one.steps[:2]
        dialogue.ask(first.number, "live")
        assert dialogue.open(first.number) == "live"
        assert not dialogue.differs(one, heard)
        dialogue.hear(first.number, given)
        assert dialogue.open(first.number) is None
        assert dialogue.differs(one, heard) is differs
        assert dialogue.history == [(first.about, answered(given))]


def test_questions_of_rounds_have_keys_and_what_is_left_out_is_no_answer() -> None:
    dialogue = Dialogue()
    assert [dialogue.ask(2), dialogue.ask(4)] == ["1", "2"]
    dialogue.resume({"1": ACCEPTED["result"]})
    assert (dialogue.open(2), dialogue.open(4)) == (None, None)


def test_another_take_has_the_same_questions_under_its_own_numbers() -> None:
    one = take()
    later = tape(call(7), done(7), call(1), asks(0, "a?"), accepts(0), done(1))
    other = Tape.of(later).takes[1]
    dialogue = Dialogue()
    dialogue.ask(next(step.number for step in one.steps if step.part is Part.ASKED), "live")
    dialogue.move(one, other)
    assert dialogue.open(other.steps[0].number) == "live"
