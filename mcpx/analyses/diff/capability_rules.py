"""The rules of what a server declares that it can do."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_NOTHING = "Nothing needs to be done."
_ASK = "Ask the server's author what it is for."


def _capability(
    id: str, title: str, severity: Severity, words: tuple[str, str], old: str, new: str, back: str
) -> ChangeRule:
    return change_rule(
        (id, title),
        severity,
        words,
        (f'{{"capabilities": {old}}}', f'{{"capabilities": {new}}}'),
        back=back,
        adds=id.endswith("-added"),
    )


_SAID = {
    "resources-subscribe": "subscriptions to resources",
    "list-changed": "notices of changed lists",
}


def _family(
    name: str, lost: str, severity: Severity, mend: str, inside: str, without: str = "{}"
) -> tuple[ChangeRule, ChangeRule]:
    """A capability that goes and comes."""
    gone, come = f"capability-{name}-removed", f"capability-{name}-added"
    said = _SAID.get(name, name)
    return (
        _capability(
            gone,
            f"A server no longer declares {said}",
            severity,
            (lost, mend),
            inside,
            without,
            come,
        ),
        _capability(
            come,
            f"A server declares {said}",
            _I,
            (f"Clients that know {said} can use it from now on.", _NOTHING),
            without,
            inside,
            gone,
        ),
    )


_METHODS = {
    "tools": "tools/list and tools/call",
    "prompts": "prompts/list and prompts/get",
    "resources": "resources/list and resources/read",
    "completions": "completion/complete",
}
_STAY = "Stay on the old version while something needs it."
_UI = '{"extensions": {"io.modelcontextprotocol/ui": %s}}'

CAPABILITIES: tuple[ChangeRule, ...] = (
    *(
        rule
        for name, methods in _METHODS.items()
        for rule in _family(
            name,
            f"Clients no longer ask for {methods}; calls fail.",
            _B,
            _STAY,
            f'{{"{name}": {{}}}}',
        )
    ),
    *_family(
        "logging",
        "Clients get no log messages any more; protocol 2026-07-28 deprecates them (SEP-2577).",
        _I,
        "Read the server's stderr.",
        '{"logging": {}}',
    ),
    *_family(
        "tasks",
        "Callers that run tools as tasks fail. With protocol 2026-07-28 tasks leave the core for"
        " an extension, and their absence says nothing.",
        _B,
        _STAY,
        '{"tasks": {"list": {}}}',
    ),
    *_family(
        "resources-subscribe",
        "Subscriptions to resources fail; clients must ask again and again.",
        _B,
        _STAY,
        '{"resources": {"subscribe": true}}',
        '{"resources": {}}',
    ),
    *_family(
        "list-changed",
        "Clients no longer hear of changes: they show old lists, and a change made while they are"
        " connected is silent.",
        _W,
        "List again before anything depends on it.",
        '{"tools": {"listChanged": true}}',
        '{"tools": {}}',
    ),
    _capability(
        "capability-experimental-changed",
        "Experimental capabilities change",
        _I,
        ("They are outside the specification, and may change at any time.", _ASK),
        '{"experimental": {"x": {}}}',
        "{}",
        "",
    ),
    _capability(
        "capability-unknown-changed",
        "A capability changes that no rule knows",
        _I,
        ("It has no meaning in the specification, or a type that it should not have.", _ASK),
        '{"x-dreams": {}}',
        '{"x-dreams": {"vivid": true}}',
        "",
    ),
    _capability(
        "extension-removed",
        "A server no longer offers an extension",
        _B,
        ("What client and server had agreed to do by it stops.", _STAY),
        _UI % "{}",
        "{}",
        "extension-added",
    ),
    change_rule(
        ("extension-added", "A server offers an extension"),
        _I,
        ("Clients that know it may use it from now on.", "Look what it lets the server do."),
        ("{}", f'{{"capabilities": {_UI % "{}"}}}'),
        back="extension-removed",
        adds=True,
    ),
    _capability(
        "extension-settings-changed",
        "The settings of an extension change",
        _W,
        ("What they mean is the extension's own affair; it may work in another way now.",
         "Look into the extension's documentation."),
        _UI % "{}",
        _UI % '{"mode": "full"}',
        "",
    ),
)  # fmt: skip
