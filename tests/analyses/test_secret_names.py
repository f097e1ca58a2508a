from __future__ import annotations

import pytest

from mcpx.analyses.secret_names import holds_secret


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("API_KEY", True),
        ("githubToken", True),
        ("DATABASE_PASSWORD", True),
        ("API_TOKENS", True),
        ("Authorization", True),
        ("token", True),
        ("x-webhook-secret", True),
        ("TOKEN_COUNT", False),
        ("MAX_TOKEN", False),
        ("max_output_token", False),
        ("MAX_TOKENS", False),
        ("PRIMARY_KEY", False),
        ("sortKey", False),
        ("page_token", False),
        ("idempotency-key", False),
        ("SIGNATURE_ALG", False),
        ("DISABLE_AUTH", False),
        ("WEBHOOK_PORT", False),
        ("AUTHENTICATION", False),
        ("COOKIE_CONSENT", False),
        ("TOKEN_FILE", False),
        ("key", False),
        ("region", False),
        ("", False),
    ],
)
def test_names_that_hold_a_secret(name: str, holds: bool) -> None:
    assert holds_secret(name) is holds
