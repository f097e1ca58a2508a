from __future__ import annotations

from mcpx.operations.replaying.options import Options, Summary


def test_by_default_a_replay_changes_nothing_and_hurries() -> None:
    how = Options()
    assert (how.era, how.allow_writes, how.skip_writes) == (None, False, False)
    assert (how.pace, how.sequential, how.binds) == (0.0, False, True)


def test_a_summary_of_nothing() -> None:
    assert (Summary().interactions, Summary().broken, dict(Summary().bound)) == (0, None, {})
