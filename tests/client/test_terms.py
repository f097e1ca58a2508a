from __future__ import annotations

import pytest

from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec
from mcpx.settings import Limits, Settings


def test_the_usual_terms() -> None:
    terms = Terms()
    assert (terms.era, terms.deadline, terms.limits) == (None, 30.0, Limits())
    assert (terms.inherit_env, terms.listening, terms.tasks) == (False, False, False)
    assert terms.answering.offered == {}
    spec = ServerSpec("one")
    terms.remember(spec, Era.LEGACY)
    assert terms.remembered(spec) is None


@pytest.mark.parametrize(
    ("word", "era"), [("auto", None), ("legacy", Era.LEGACY), ("modern", Era.MODERN)]
)
def test_the_settings_decide(word: str, era: Era | None) -> None:
    limits = Limits(pages=3)
    terms = Terms.of(Settings(era=word, timeout=4.5, limits=limits, inherit_env=True), tasks=True)
    assert (terms.era, terms.deadline, terms.limits) == (era, 4.5, limits)
    assert (terms.inherit_env, terms.tasks, terms.listening) == (True, True, False)


def test_which_era_a_server_needs_is_remembered_from_run_to_run() -> None:
    spec = ServerSpec("one", command="x")
    Terms.of(Settings()).remember(spec, Era.LEGACY)
    assert Terms.of(Settings()).remembered(spec) is Era.LEGACY
    assert Terms.of(Settings()).remembered(ServerSpec("one", command="y")) is None


def test_every_run_has_a_budget_of_its_own() -> None:
    one, other = Terms(), Terms()
    one.retries.budget.spend()
    assert (one.retries.budget.tokens, other.retries.budget.tokens) == (9.0, 10.0)
