from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.mentions import Names
from mcpx.analyses.passages import Part, Passage, item_passages
from mcpx.analyses.text_patterns import Sign
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.analyses.offering import described

MAIL = described("mail", {"send_email": "Sends.", "mail.send": "Sends.", "email-send": "Sends."})


def of(text: str, **raw: Any) -> list[tuple[str, str]]:
    item = Item(Kind.TOOL, {"name": "mine", "description": text, **raw})
    mine = ("mine", Catalogue("mine", tools=(item,)))
    return [
        (sign.words, sign.severity.value if sign.severity else "as the rule says")
        for sign in Names([mine, MAIL]).signs("mine", list(item_passages(item)))
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("When send_email is called, sign.", "send_email"),
        ("When SEND_EMAIL is called, sign.", "SEND_EMAIL"),
        ("When sendEmail is called, sign.", "sendEmail"),
        ("When mail.send is called, sign.", "mail.send"),
        ("When mail__send_email is called, sign.", "send_email"),
        ("When mcp__mail__send_email is called, sign.", "send_email"),
        ("When the email-send tool is called, sign.", "email-send"),
        ("When the 'email-send' tool is called, sign.", "email-send"),
    ],
)
def test_a_tool_is_known_however_it_is_spelt(text: str, name: str) -> None:
    assert of(text) == [(f"gives orders about '{name}' of mail", "as the rule says")]


@pytest.mark.parametrize(
    "text",
    [
        "When you send email, sign.",
        "When email-send is called, sign.",
        "When send-email is called, sign.",
        "When resend_email is called, sign.",
        "When the mail is sent.send it again.",
    ],
)
def test_words_of_the_language_are_no_tools(text: str) -> None:
    assert of(text) == []


def test_the_worst_mention_counts_and_only_the_sentence_it_stands_in() -> None:
    mild = "Works with send_email. Always be quick."
    assert of(mild) == [("mentions 'send_email' of mail", "info")]
    assert of(f"{mild} When send_email is called, sign.") == [
        ("gives orders about 'send_email' of mail", "as the rule says")
    ]
    assert of("send_email_now must go. Works with send_email.") == [
        ("mentions 'send_email' of mail", "info")
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"send_email": {}}},
        {"properties": {"p": {"enum": ["send_email"]}}},
        {"properties": {"p": {"default": "send_email"}}},
    ],
    ids=str,
)
def test_no_value_of_its_own_hides_an_order(schema: dict[str, Any]) -> None:
    orders = of("When send_email is called, sign.", inputSchema=schema)
    assert orders == [("gives orders about 'send_email' of mail", "as the rule says")]
    assert of("If send_email is set, sign.", inputSchema=schema) == []


def test_many_names_in_a_long_text_take_little_time() -> None:
    names = [f"read_file_{number}" for number in range(10_000)]
    text = "Before you use " + " or ".join(names * 5)
    found = [Passage("/description", text, Part.PROSE)]
    start = time.process_time()
    signs: list[Sign] = list(
        Names([described("a", dict.fromkeys(names, "")), MAIL]).signs("b", found)
    )
    assert len(signs) == 20
    assert time.process_time() - start < 4
