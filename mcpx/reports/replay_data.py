"""A replay as programs read it: as one object, as lines, and as findings for a CI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.finding import Severity
from mcpx.reports.document import Findings
from mcpx.reports.replayed import Diverged, Played, Replay, Tally

NAME = "replay"


def data(replay: Replay) -> Mapping[str, Any]:
    """The object that stands for a replay."""
    recorded, live = replay.eras
    return {
        "format": "mcpx.replay",
        "version": 1,
        "session": replay.session,
        "server": replay.server,
        "eras": {"recorded": list(recorded), "live": list(live)},
        "summary": summary(replay.tally),
        "bound": [{"recorded": old, "live": new} for old, new in replay.bound.items()],
        "ignored": list(replay.ignored),
        "interactions": [_interaction(one) for one in replay.played],
    }


def records(replay: Replay) -> Iterator[Mapping[str, Any]]:
    """One record for each interaction, for ndjson."""
    return map(record, replay.played)


def record(played: Played) -> Mapping[str, Any]:
    """One interaction as a record of its own."""
    return {"format": "mcpx.replay.interaction", "version": 1, **_interaction(played)}


def summary(tally: Tally) -> dict[str, Any]:
    """The counts of a replay."""
    return {
        "interactions": tally.interactions,
        "equal": tally.equal,
        "differ": tally.differ,
        "not_sent": tally.not_sent,
        "kinds": {kind.value: tally.kinds[kind] for kind in Kind if tally.kinds[kind]},
        **{severity.value: tally.severities[severity] for severity in Severity},
    }


def as_findings(replay: Replay) -> Findings:
    """The divergences as findings, for the formats of CIs: without those of information."""
    diverged = (one for played in replay.played for one in played.diverged)
    found = [one.finding for one in diverged if one.severity is not Severity.INFO]
    examined = {"sessions": [replay.session], "ignored": list(replay.ignored)}
    return Findings(NAME, found, examined)


def _interaction(played: Played) -> dict[str, Any]:
    severity = played.severity
    return {
        "number": played.number,
        "line": played.line or None,
        "connection": played.connection,
        "method": played.method or None,
        "name": played.name or None,
        "outcome": _outcome(played),
        "severity": severity.value if severity else None,
        **_times(played),
        "not_sent": played.why_not,
        "divergences": [_divergence(one) for one in played.diverged],
        "more": played.more,
    }


def _times(played: Played) -> dict[str, Any]:
    """How long it took; nothing where that was not asked for, as it is different each time."""
    if played.took is None and played.took_before is None:
        return {}
    return {"seconds": {"recorded": _seconds(played.took_before), "live": _seconds(played.took)}}


def _seconds(took: float | None) -> float | None:
    return None if took is None else round(took, 6)


def _outcome(played: Played) -> str:
    if played.differs:
        return "differs"
    return "not-sent" if played.why_not else "equal"


def _divergence(one: Diverged) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, shown in (("recorded", one.recorded), ("live", one.live)):
        if shown is not None:
            values[name] = shown.value
            if shown.cut:
                values["cut"] = True
    return {
        "kind": one.kind.value,
        "rule": one.finding.rule.id,
        "severity": one.severity.value,
        "message": one.message,
        "pointer": one.pointer,
        "fingerprint": one.finding.fingerprint,
        **values,
    }
