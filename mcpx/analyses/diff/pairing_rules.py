"""The rules of items that went, came, or seem to have another name."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_STAY = "Stay on the old version while something needs it."
_NEW = "Use the new name wherever the old one stands: configurations, prompts, allowlists."
_GUESS = (
    "A guess by name, description and schema, with how sure it is. A server that removes one thing"
    " and adds another that does the opposite can look alike, so callers break in any case."
)
_LAST = "Hosts take the first, the last or none of them."


def _rule(
    id: str,
    title: str,
    severity: Severity,
    words: tuple[str, str],
    sides: tuple[str, str],
    *,
    back: str = "",
    alone: str = "",
    trust: bool = False,
    adds: bool = False,
) -> ChangeRule:
    listed = (sides[0], sides[1])
    return change_rule(
        (id, title), severity, words, listed, back=back, alone=alone, trust=trust, adds=adds
    )


def _kind(
    area: str, thing: str, plural: str, key: str, example: str, gone: str
) -> tuple[ChangeRule, ...]:
    """The rules that every kind has; ``gone`` is what callers get."""
    one = f'{{"{plural}": [{{"{key}": "{example}"}}]}}'
    two = one.replace("]}", f', {{"{key}": "{example}"}}]}}')
    none = f'{{"{plural}": []}}'
    word = "URI" if key.startswith("uri") else "name"
    short = "uri" if key.startswith("uri") else "name"
    return (
        _rule(
            f"{area}-added",
            f"A server offers a new {thing}",
            _I,
            (f"A {thing} that nobody has looked at yet can be used.", "Look at it before it is."),
            (none, one),
            back=f"{area}-removed",
            trust=True,
            adds=True,
        ),
        _rule(
            f"{area}-removed",
            f"A {thing} is gone",
            _B,
            (gone, _STAY),
            (one, none),
            back=f"{area}-added",
        ),
        _rule(
            f"{area}-{short}-duplicated",
            f"A server lists two {thing}s of one {word}",
            _B if key == "name" else _W,
            (f"One of them cannot be reached. {_LAST}", "Give each a name of its own."),
            (one, two),
            back=f"{area}-{short}-duplicate-removed",
            trust=True,
        ),
        _rule(
            f"{area}-{short}-duplicate-removed",
            f"A server lists one {thing} fewer of the same {word}",
            _I,
            (f"Which of them was reached depended on the host. {_LAST}", "Try what used it."),
            (two, one),
            back=f"{area}-{short}-duplicated",
            trust=True,
        ),
    )


def _named(area: str, plural: str) -> tuple[ChangeRule, ...]:
    """The rules of things that have names: how they change."""

    def sides(old: str, new: str) -> tuple[str, str]:
        one, other = (f'{{"{plural}": [{{"name": "{name}"}}]}}' for name in (old, new))
        return one, other

    swapped = (
        f'{{"{plural}": [{{"name": "a", "description": "%s"}},'
        ' {"name": "b", "description": "%s"}]}'
    )
    return (
        _rule(
            f"{area}-renamed",
            f"A {area} has another name",
            _B,
            (f"Calls by the old name fail. {_GUESS}", _NEW),
            sides("read_query", "read-query"),
            trust=True,
        ),
        _rule(
            f"{area}-name-case-changed",
            f"The name of a {area} is written with other capitals",
            _B,
            ("Names are case-sensitive: calls by the old one fail.", _NEW),
            sides("getUser", "getuser"),
            trust=True,
        ),
        _rule(
            f"{area}-names-swapped",
            f"Two {plural} have swapped their names",
            _B,
            (
                f"Each {area} is now what the other was: a call by the old name does what the other"
                " did, without an error.",
                "Use each by its new name, and look again at what was allowed by name.",
            ),
            (swapped % ("Reads it.", "Deletes it."), swapped % ("Deletes it.", "Reads it.")),
            trust=True,
        ),
        _rule(
            f"{area}-possibly-renamed",
            f"A {area} that is gone resembles one that is new",
            _I,
            (_GUESS, "Compare the two before you use the new one for the old."),
            (
                f'{{"{plural}": [{{"name": "find_note",'
                ' "description": "Finds a note by its words."}]}',
                f'{{"{plural}": [{{"name": "look_up",'
                ' "description": "Finds a note by its words."}]}',
            ),
        ),
    )


_NO_TOOL = 'Calls get an error, -32602 "Unknown tool".'
_SPLIT = (
    '{"tools": [{"name": "%s", "description": "Counts the open issues of a team."},'
    ' {"name": "%s", "description": "Counts the old issues of a team."}]}'
)

PAIRING_CHANGES: tuple[ChangeRule, ...] = (
    *_kind("tool", "tool", "tools", "name", "read", _NO_TOOL),
    *_named("tool", "tools"),
    _rule(
        "tool-removed-deprecated",
        "A tool that was marked as deprecated is gone",
        _W,
        (f"It was announced. {_NO_TOOL}", "Use what its description named instead."),
        ('{"tools": [{"name": "read", "description": "Deprecated: use get."}]}', '{"tools": []}'),
        alone="a tool that comes back is told by tool-added",
    ),
    _rule(
        "tool-merged",
        "Several tools that are gone resemble one that is new",
        _I,
        (
            "They may be one tool now, mostly with an argument that says which of them is meant."
            f" {_GUESS}",
            "Compare the new tool's arguments with what the old ones did.",
        ),
        (
            _SPLIT % ("count_open_issues", "count_old_issues"),
            '{"tools": [{"name": "count_issues", "description": "Counts the issues of a team."}]}',
        ),
        alone="one tool that becomes several is told by tool-removed and tool-added",
    ),
    *_kind("prompt", "prompt", "prompts", "name", "review", "Whoever asks for it gets an error."),
    *_named("prompt", "prompts"),
    *_kind(
        "resource",
        "resource",
        "resources",
        "uri",
        "notes://all",
        "Reading it fails, unless a template of the server still makes its URI; then this is a"
        " warning.",
    ),
    _rule(
        "resource-uri-changed",
        "A resource of the same name has another URI",
        _B,
        (f"Reading the old URI fails. {_GUESS}", "Use the new URI."),
        (
            '{"resources": [{"uri": "notes://all", "name": "All notes"}]}',
            '{"resources": [{"uri": "memos://all", "name": "All notes"}]}',
        ),
        trust=True,
    ),
    *_kind(
        "resource-template",
        "resource template",
        "templates",
        "uriTemplate",
        "notes://{id}",
        "URIs made by it are not found any more.",
    ),
)
