from __future__ import annotations

import pytest

from mcpx.analyses.finding import Severity
from mcpx.analyses.suspicious_parameters import asks_for

ODD, PERHAPS = Severity.WARNING, Severity.INFO


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("sidenote", ODD),
        ("conversationHistory", ODD),
        ("conversationhistory", ODD),
        ("previous_conversation", ODD),
        ("full_chat", ODD),
        ("all_messages", ODD),
        ("user_conversation", ODD),
        ("prompt_history", ODD),
        ("entire-conversation-so-far", ODD),
        ("the_full_user_prompt", ODD),
        ("tool_descriptions", ODD),
        ("assistant_instructions", ODD),
        ("SystemPrompt", ODD),
        ("private_key", PERHAPS),
        ("walletPrivateKey", PERHAPS),
        ("ssh_key", PERHAPS),
        ("environment_variables", PERHAPS),
        ("chat_id", None),
        ("messages", None),
        ("previous_message_id", None),
        ("message_type", None),
        ("user_prompt", None),
        ("negative_prompt", None),
        ("initialPrompt", None),
        ("context_lines", None),
        ("privateKeyPath", None),
        ("environment", None),
        ("include_last_message", None),
        ("commit_history", None),
        ("tool_name", None),
        ("a" * 10**6, None),
        ("", None),
    ],
)
def test_what_a_parameter_asks_for(name: str, severity: Severity | None) -> None:
    assert asks_for(name) is severity
