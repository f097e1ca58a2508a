from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.analyses.finding import Effect, Finding, Outcome, Severity, Subject
from mcpx.analyses.rules import RULES
from mcpx.errors import ConfigError
from mcpx.operations.judging import Ignored, Judgement, judgement

CLASH = Finding(
    RULES["name-clash"],
    "x",
    (Subject("tool", "x", "a"),),
    outcomes=(Outcome("zed", Effect.RENAMED),),
)
OTHER = Finding(RULES["uri-clash"], "y", (Subject("resource", "y", "a"),))


def test_what_is_ignored_is_counted_and_severities_are_given() -> None:
    judged = Judgement(
        ignored={CLASH.fingerprint: "known"},
        severities={"uri-clash": Severity.INFO},
        said_by={CLASH.fingerprint: "mcpx.toml"},
    )
    told, ignored = judged.of([CLASH, OTHER])
    assert [(one.rule.id, one.severity) for one in told] == [("uri-clash", Severity.INFO)]
    assert ignored == [Ignored("name-clash", "mcpx.toml", 1)]
    assert CLASH.severity is Severity.WARNING
    off = Judgement(severities={"uri-clash": None}, said_by={"uri-clash": "config.toml"})
    assert off.of([OTHER, CLASH, OTHER]) == ([CLASH], [Ignored("uri-clash", "config.toml", 2)])
    assert Judgement().of([CLASH, OTHER]) == ([CLASH, OTHER], [])


@pytest.mark.parametrize(
    ("own", "given", "expected"),
    [
        pytest.param(None, Severity.WARNING, Severity.WARNING, id="lowered"),
        pytest.param(Severity.INFO, Severity.WARNING, Severity.INFO, id="milder stays milder"),
        pytest.param(Severity.WARNING, Severity.INFO, Severity.INFO, id="milder is lowered too"),
        pytest.param(Severity.INFO, Severity.ERROR, Severity.INFO, id="milder is not raised"),
    ],
)
def test_a_severity_replaces_the_rules_own(
    own: Severity | None, given: Severity, expected: Severity
) -> None:
    finding = Finding(RULES["text-shadowing"], "x", given=own)
    (told,), _ = Judgement(severities={"text-shadowing": given}).of([finding])
    assert told.severity is expected


def test_the_projects_file_adds_to_the_users_and_wins(home: Path, project: Path) -> None:
    user = home / ".config" / "mcpx" / "config.toml"
    user.parent.mkdir(parents=True, exist_ok=True)
    user.write_text(
        'hosts = ["zed"]\n[severities]\nname-near = "off"\nuri-clash = "info"\n'
        '[names.a]\nx = "mine"\n'
    )
    (project / "mcpx.toml").write_text(
        'hosts = ["cursor", "vscode"]\n[[ignore]]\nfingerprint = "0123456789abcdef"\n'
        'reason = "two accounts"\n[severities]\nuri-clash = "error"\n[names.b]\ny = "yours"\n'
    )
    assert judgement(project) == Judgement(
        ("cursor", "vscode"),
        {"0123456789abcdef": "two accounts"},
        {"name-near": None, "uri-clash": Severity.ERROR},
        {"a": {"x": "mine"}, "b": {"y": "yours"}},
        {
            "name-near": str(user),
            "uri-clash": "mcpx.toml",
            "0123456789abcdef": "mcpx.toml",
        },
    )


@pytest.mark.usefixtures("home")
def test_without_files_nothing_is_said(project: Path) -> None:
    assert judgement(project) == Judgement()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("hosts = 1", "mcpx.toml: hosts: must be a list such as", ""),
        (
            'hosts = ["cursr"]',
            "mcpx.toml: hosts: there is no host 'cursr'",
            "did you mean 'cursor'?",
        ),
        ("ignore = 1", "mcpx.toml: ignore: must be tables: [[ignore]]", ""),
        ("[[ignore]]\nfinger = 1", "mcpx.toml: ignore.0: unknown member 'finger'", ""),
        (
            '[[ignore]]\nfingerprint = "x"',
            "mcpx.toml: ignore.0.fingerprint: must be the 16 hexadecimal digits",
            "",
        ),
        (
            '[[ignore]]\nfingerprint = "0123456789abcdef"\nreason = 1',
            "mcpx.toml: ignore.0.reason: must be a text",
            "",
        ),
        ("severities = 1", "mcpx.toml: severities: must be a table of rules", ""),
        (
            '[severities]\nname-clsh = "off"',
            "mcpx.toml: severities.name-clsh: there is no such rule",
            "did you mean 'name-clash'?",
        ),
        (
            '[severities]\nname-clash = "bad"',
            "mcpx.toml: severities.name-clash: must be error, warning, info or off, not 'bad'",
            "",
        ),
        ("names = 1", "mcpx.toml: names: must be a table of servers", ""),
        ("names.a = 1", "mcpx.toml: names.a: must be a table of tools", ""),
        ('names.a.x = "a b"', "mcpx.toml: names.a.x: must be a letter and up to 49 letters", ""),
        (
            'names.a.x = "n"\nnames.b.y = "n"',
            "mcpx.toml: names.b.y: 'n' is the name of a.x already",
            "",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    project: Path, text: str, message: str, hint: str
) -> None:
    (project / "mcpx.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        judgement(project)
    assert caught.value.message.startswith(message)
    assert caught.value.hint == hint
