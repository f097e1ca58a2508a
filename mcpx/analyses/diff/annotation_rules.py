"""The rules of what a tool's annotations claim, by their effective values."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_SAFER = (
    "Hosts ask less before they call what claims this; a claim is a hint of the server, and may be"
    " wrong."
)
_CHECK = "Believe it only of a server that you trust."


def _sides(hint: str, old: bool, new: bool) -> tuple[str, str]:
    base = "" if hint == "readOnlyHint" else '"readOnlyHint": false, '
    texts = (f'{base}"{hint}": {str(value).lower()}' for value in (old, new))
    first, second = (f'{{"name": "save_note", "annotations": {{{text}}}}}' for text in texts)
    return first, second


def _pair(
    claim: str, hint: str, safe: bool, worse: tuple[str, str, Severity], words: tuple[str, str]
) -> tuple[ChangeRule, ChangeRule]:
    """A claim given up, and made: ``worse`` is the verb, title and severity of giving it up."""
    verb, title, severity = worse
    lost, made = f"annotation-{claim}-{verb}", f"annotation-{claim}-tightened"
    called = hint.removesuffix("Hint")
    return (
        change_rule(
            (lost, title), severity, words, _sides(hint, safe, not safe), back=made, trust=True
        ),
        change_rule(
            (made, f"A tool says {called} {str(safe).lower()} now, as hosts like it"),
            _I,
            (f"{_SAFER} It is {hint}.", _CHECK),
            _sides(hint, not safe, safe),
            back=lost,
            trust=True,
        ),
    )


ANNOTATION_CHANGES: tuple[ChangeRule, ...] = (
    *_pair(
        "read-only",
        "readOnlyHint",
        True,
        ("withdrawn", "A tool no longer says that it only reads", _B),
        (
            "Hosts call read-only tools without asking: those that were allowed once now write.",
            "Take the tool off lists of what may run unasked, then decide anew.",
        ),
    ),
    *_pair(
        "destructive",
        "destructiveHint",
        False,
        ("gained", "A tool may destroy what it did not before", _B),
        (
            "Callers that run unattended because nothing was lost may now lose something. A tool"
            " that says nothing counts as destructive.",
            "Let a person confirm its calls, or leave it out of what runs alone.",
        ),
    ),
    *_pair(
        "idempotent",
        "idempotentHint",
        True,
        ("withdrawn", "A tool no longer says that a second call does nothing more", _B),
        (
            "Clients call an idempotent tool again after a timeout: now it may act twice.",
            "Take it out of what is called again by itself.",
        ),
    ),
    *_pair(
        "open-world",
        "openWorldHint",
        False,
        ("gained", "A tool may deal with the world outside", _W),
        (
            "Data may leave by it, and what others have written may come in. A tool that says"
            " nothing counts as one that does.",
            "Look what it reaches before it is used beside private data.",
        ),
    ),
    change_rule(
        ("annotation-restated-default", "Annotations say in other words what they meant before"),
        _I,
        (
            "A default is written out or left out, or the hint has no meaning for a tool that only"
            " reads. Source: specification, schema, ToolAnnotations.",
            "Nothing needs to be done.",
        ),
        (
            '{"name": "save_note", "annotations": {}}',
            '{"name": "save_note", "annotations": {"destructiveHint": true}}',
        ),
        cosmetic=True,
    ),
    change_rule(
        ("annotation-contradiction-gained", "A tool's annotations come to contradict what it says"),
        _W,
        (
            "Hosts run what calls itself harmless without asking; its name or another annotation"
            " says that it is not.",
            "Let the host ask before it calls the tool; tell the server's author.",
        ),
        (
            '{"name": "delete_note", "annotations": {"readOnlyHint": false}}',
            '{"name": "delete_note", "annotations": {"readOnlyHint": true}}',
        ),
        back="annotation-contradiction-mended",
        trust=True,
    ),
    change_rule(
        ("annotation-contradiction-mended", "A tool's annotations no longer contradict it"),
        _I,
        ("What the tool claims and what it is called agree again.", "Nothing needs to be done."),
        (
            '{"name": "delete_note", "annotations": {"readOnlyHint": true}}',
            '{"name": "delete_note", "annotations": {"readOnlyHint": false}}',
        ),
        back="annotation-contradiction-gained",
        trust=True,
    ),
    change_rule(
        ("annotation-unknown-key-changed", "An annotation changes that no rule knows"),
        _I,
        (
            "It is none of the specification, or its value is no truth value; a host may have a"
            " meaning for it.",
            "Ask the server's author what it is for.",
        ),
        (
            '{"name": "save_note", "annotations": {"costHint": 1}}',
            '{"name": "save_note", "annotations": {"costHint": 2}}',
        ),
        trust=True,
    ),
)
