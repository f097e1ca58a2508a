"""The rules of what changes in a prompt and in its arguments."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule, member_rules
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
PROMPT_MEMBERS = member_rules("prompt", "prompt", "name", "review")
_FILE = '{"name": "file"}'
_NEEDED = '{"name": "file", "required": true}'
_GIVE = "Give the argument wherever the prompt is used."
_NOTHING = "Nothing needs to be done."


def _rule(
    way: str,
    title: str,
    severity: Severity,
    words: tuple[str, str],
    sides: tuple[str, str],
    back: str = "",
    trust: bool = False,
    adds: bool = False,
) -> ChangeRule:
    old, new = (f'{{"name": "review", "arguments": [{one}]}}' for one in sides)
    return change_rule(
        (f"prompt-argument-{way}", title),
        severity,
        words,
        (old, new),
        back=f"prompt-argument-{back}" if back else "",
        trust=trust,
        adds=adds,
    )


PROMPT_CHANGES: tuple[ChangeRule, ...] = (
    *PROMPT_MEMBERS.table(),
    _rule(
        "added-required",
        "A prompt needs an argument that it did not have",
        _B,
        ("Whoever asks for the prompt as before gets an error.", _GIVE),
        ("", _NEEDED),
        "removed",
    ),
    _rule(
        "added-optional",
        "A prompt takes one more argument",
        _I,
        ("It may be left out. Arguments are optional unless they say that they are not.", _NOTHING),
        ("", _FILE),
        "removed",
        adds=True,
    ),
    _rule(
        "removed",
        "A prompt loses an argument",
        _W,
        (
            "Nothing says that unknown arguments are refused: a value that is given may be left"
            " out of the prompt without a word.",
            "Look whether the prompt still says what it should, and stop giving the argument.",
        ),
        (_FILE, ""),
        "added-optional",
    ),
    _rule(
        "renamed",
        "An argument of a prompt seems to have another name",
        _B,
        (
            "Values come by name: under the old one they are missing or left out. That it is the"
            " same argument is a guess by its name, place and description.",
            "Give the value under the new name.",
        ),
        ('{"name": "file_path", "required": true}', '{"name": "filePath", "required": true}'),
    ),
    _rule(
        "became-required",
        "An argument of a prompt becomes required",
        _B,
        ("Whoever leaves it out, as was allowed, gets an error.", _GIVE),
        (_FILE, _NEEDED),
        "became-optional",
    ),
    _rule(
        "became-optional",
        "An argument of a prompt becomes optional",
        _I,
        ("Whoever gives it goes on as before.", _NOTHING),
        (_NEEDED, _FILE),
        "became-required",
        adds=True,
    ),
    _rule(
        "title-changed",
        "The title of a prompt's argument changes",
        _I,
        ("People fill in the argument by it.", _NOTHING),
        ('{"name": "file", "title": "File"}', '{"name": "file", "title": "Path"}'),
        trust=True,
    ),
    _rule(
        "description-changed",
        "The description of a prompt's argument changes",
        _W,
        (
            "It says what to give: the old value may be the wrong one now.",
            "Read both, and look at the values in use.",
        ),
        (
            '{"name": "file", "description": "A path."}',
            '{"name": "file", "description": "A URL."}',
        ),
        trust=True,
    ),
    _rule(
        "reordered",
        "The arguments of a prompt stand in another order",
        _I,
        (
            "Values come by name, but some hosts ask for them, or take them from a line, in the"
            " order of the list.",
            "Look at it where you type arguments one after the other.",
        ),
        (f'{_FILE}, {{"name": "style"}}', f'{{"name": "style"}}, {_FILE}'),
    ),
    _rule(
        "member-changed",
        "A member of a prompt's argument changes that no other rule knows",
        _I,
        (
            "It has no meaning in the specification, or a type that it should not have.",
            "Ask the server's author what it is for.",
        ),
        ('{"name": "file", "x-kind": 1}', '{"name": "file", "x-kind": 2}'),
    ),
)
