from __future__ import annotations

from mcpx.serving.mock.tape.opaque import markers, renewed
from mcpx.sessions.events import Event, Masked, Message
from tests.sessions.tapes import done, sent


def texts(*events: Event) -> list[str]:
    return [one.text for one in renewed(events) if isinstance(one, Message)]


def test_a_masked_cursor_is_made_anew_and_comes_back_the_same() -> None:
    page = {"tools": [], "nextCursor": "‹rule:token#1›"}
    got = done(1, page, masked=(Masked("/result/nextCursor", "rule:token#1"),))
    asked = sent(
        "tools/list",
        2,
        params={"cursor": "‹rule:token#1›"},
        masked=(Masked("/params/cursor", "rule:token#1"),),
    )
    first, second = texts(got, asked)
    assert '"nextCursor": "mock-1"' in first
    assert '"cursor": "mock-1"' in second


def test_each_masked_value_gets_its_own_in_their_order() -> None:
    events = [
        done(
            number,
            {"requestState": f"a‹env:{name}›"},
            masked=(Masked("/result/requestState", f"env:{name}"),),
        )
        for number, name in enumerate(("B", "A", "B"), 1)
    ]
    assert [text.partition("mock-")[2][0] for text in texts(*events)] == ["1", "2", "1"]


def test_other_secrets_stay_masked() -> None:
    masked = (Masked("/params/arguments/cursor", "env:KEY"),)
    event = sent("tools/call", 1, params={"arguments": {"cursor": "‹env:KEY›"}}, masked=masked)
    assert texts(event) == [event.text]
    assert markers(event) == ("‹env:KEY›",)


def test_a_value_in_a_batch_is_made_anew_too() -> None:
    event = sent(
        batch=[{"id": 1, "method": "x", "params": {"taskId": "‹env:T›"}}],
        masked=(Masked("/0/params/taskId", "env:T"),),
    )
    assert '"taskId": "mock-1"' in texts(event)[0]
