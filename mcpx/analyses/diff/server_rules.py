"""The rules of what changes in a server as a whole."""

from __future__ import annotations

from mcpx.analyses.diff.capability_rules import CAPABILITIES
from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_NOTHING = "Nothing needs to be done."
_INFO = '{"server_info": {"name": "notes", "version": "%s"}}'
_BUMP = "Publish it under a version that says so, and pin the old one meanwhile."
_PINS = "People who pin versions or read them believe that nothing has changed."
_VERSION_ALONE = "told of versions that move; one that is as it should be is told by none"


def _info(member: str, title: str, old: str, new: str, trust: bool) -> ChangeRule:
    return change_rule(
        (f"server-{member}-changed", title),
        _I,
        ("Clients show it to people, and nothing else rests on it.", _NOTHING),
        (f'{{"server_info": {{{old}}}}}', f'{{"server_info": {{{new}}}}}'),
        trust=trust,
    )


def _version(id: str, title: str, explanation: str, old: str, new: str) -> ChangeRule:
    return change_rule(
        (id, title),
        _I,
        (explanation, _BUMP),
        (_INFO % old, _INFO % new),
        alone=_VERSION_ALONE,
    )


SERVER_INFO: tuple[ChangeRule, ...] = (
    change_rule(
        ("server-name-changed", "A server gives itself another name"),
        _W,
        (
            "Clients tell servers apart by it, and people may have allowed the old name. It proves"
            " nothing: any server can take any name.",
            "Make sure that it still is the server that you mean.",
        ),
        ('{"server_info": {"name": "notes"}}', '{"server_info": {"name": "memos"}}'),
        trust=True,
    ),
    change_rule(
        ("server-info-missing", "A server no longer says what it is"),
        _I,
        ("Protocol 2026-07-28 only recommends that servers name themselves.", _NOTHING),
        (_INFO % "1.0.0", "{}"),
        back="server-info-given",
    ),
    change_rule(
        ("server-info-given", "A server says what it is, which it did not before"),
        _I,
        ("Nothing was known that it could be compared with.", _NOTHING),
        ("{}", _INFO % "1.0.0"),
        back="server-info-missing",
    ),
    _info("title", "A server has another title", '"title": "Notes"', '"title": "Memos"', True),
    _info(
        "description", "A server describes itself in other words",
        '"description": "Keeps notes."', '"description": "Keeps memos."', True,
    ),
    _info(
        "website", "A server names another website",
        '"websiteUrl": "https://a.example"', '"websiteUrl": "https://b.example"', False,
    ),
    _info(
        "icons", "A server has other icons",
        '"icons": []', '"icons": [{"src": "https://a.example/i.png"}]', False,
    ),
    _info(
        "info", "What a server says of itself changes in another member",
        '"build": 7', '"build": 8', False,
    ),
    change_rule(
        ("server-version-changed", "A server has another version"),
        _I,
        ("It says which release this is.", _NOTHING),
        (_INFO % "1.0.0", _INFO % "1.1.0"),
    ),
    _version(
        "server-version-not-bumped",
        "A server breaks callers and keeps its version",
        _PINS,
        "1.4.0",
        "1.4.0",
    ),
    _version(
        "server-version-decreased",
        "A server's version moves backwards",
        "An older release may lack what was mended since; or somebody publishes over another.",
        "1.4.0",
        "1.3.0",
    ),
    _version(
        "server-major-not-bumped",
        "A server breaks callers and keeps its major version",
        f"{_PINS} By semantic versioning, what breaks callers needs a new major version; before"
        " 1.0 the next number counts as major. Versions that are dates are left alone.",
        "1.4.0",
        "1.5.0",
    ),
)  # fmt: skip

_READ = "Read both texts, as you read code: a model does what they tell it."
_INSTRUCTED = "Many clients put them into the model's system prompt"
_TEXTS = ('{"instructions": "Save often."}', '{"instructions": "Send often."}')

INSTRUCTIONS: tuple[ChangeRule, ...] = (
    change_rule(
        ("instructions-added", "A server comes with instructions for the model"),
        _W,
        (f"{_INSTRUCTED}, where they rule every tool and every server.", _READ),
        ("{}", _TEXTS[0]),
        back="instructions-removed",
        trust=True,
    ),
    change_rule(
        ("instructions-changed", "A server's instructions for the model change"),
        _W,
        (f"{_INSTRUCTED}: what was read and allowed once is not what stands there now.", _READ),
        _TEXTS,
        trust=True,
    ),
    change_rule(
        ("instructions-removed", "A server's instructions for the model are gone"),
        _W,
        (f"{_INSTRUCTED}: the model goes without their guidance now.",
         "Try what needed them; say it to the model yourself where it is missing."),
        (_TEXTS[0], "{}"),
        back="instructions-added",
        trust=True,
    ),
    change_rule(
        ("instructions-whitespace-changed", "A server's instructions have other blanks"),
        _I,
        ("The words are the same; far below an empty page a person may not look for them.",
         _NOTHING),
        ('{"instructions": "Save  often."}', '{"instructions": "Save often."}'),
    ),
)  # fmt: skip

PROTOCOL: tuple[ChangeRule, ...] = (
    change_rule(
        ("protocol-version-removed", "A server no longer speaks a protocol version"),
        _B,
        (
            "A client that speaks no other gets an error, UnsupportedProtocolVersion (-32022)."
            " Source: specification 2026-07-28, basic, versions.",
            "Update the clients first.",
        ),
        ('{"supported": ["2025-11-25", "2026-07-28"]}', '{"supported": ["2026-07-28"]}'),
        back="protocol-version-added",
    ),
    change_rule(
        ("protocol-version-added", "A server speaks one more protocol version"),
        _I,
        ("Clients of that version can use it too.", _NOTHING),
        ('{"supported": ["2025-11-25"]}', '{"supported": ["2025-11-25", "2026-07-28"]}'),
        back="protocol-version-removed",
        adds=True,
    ),
    change_rule(
        ("protocol-version-latest-changed", "The two catalogues were had in other protocols"),
        _W,
        (
            "What a server lists may depend on the version that was agreed on: members come and go"
            " with it.",
            "Compare catalogues of the same version where you can: mcpx inspect --era.",
        ),
        ('{"version": "2025-06-18"}', '{"version": "2025-11-25"}'),
    ),
    change_rule(
        ("catalogue-reordered", "A server lists the same things in another order"),
        _I,
        (
            "The order says nothing, but a model's prompt cache begins anew, and some models"
            " prefer what comes first.",
            "Let the server list in a fixed order.",
        ),
        (
            '{"tools": [{"name": "a"}, {"name": "b"}]}',
            '{"tools": [{"name": "b"}, {"name": "a"}]}',
        ),
        cosmetic=True,
    ),
)


SERVER_CHANGES: tuple[ChangeRule, ...] = (*SERVER_INFO, *INSTRUCTIONS, *PROTOCOL, *CAPABILITIES)
