from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mcpx.reports.document import Listing
from mcpx.reports.formats import Format, render
from mcpx.reports.plans import planned
from mcpx.servers import Origin, Place, ServerSpec, Transport
from mcpx.shipped import json_schemas
from mcpx.sources.targets import FileTarget, Target
from mcpx.terminal import Terminal
from mcpx.trust import Approvals, Gate, Standing, Verdict

TOKEN = "ghp_" + "a1B2" * 9
LOCAL = ServerSpec("files", command="npx", args=("-y", "files", "--token", TOKEN))
REMOTE = ServerSpec(
    "search",
    Transport.HTTP,
    url=f"https://me:{TOKEN}@example.com/mcp?key={TOKEN}",
    headers={"X-Api-Key": TOKEN, "Accept-Language": "de"},
)
OURS = ServerSpec(
    "ours",
    command="run",
    env={"B_TOKEN": TOKEN, "A": "1"},
    cwd="/srv",
    origin=Origin.PROJECT,
    place=Place("claude-code", "project", "/shop/.mcp.json", "ours"),
)
SCHEMA = jsonschema_rs.validator_for(json.loads(json_schemas.text("plan")))


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(False, Approvals(tmp_path / "trust.json"))


def rows(document: Listing) -> list[list[str]]:
    """What people get, cell by cell; also checks what programs get."""
    SCHEMA.validate(document.data)
    return [row for part in document.parts for row in part.rows]


@pytest.mark.parametrize(
    ("target", "row"),
    [
        pytest.param(
            LOCAL, ["start", "files", "npx -y files --token '***'", "", "", ""], id="stdio"
        ),
        pytest.param(
            REMOTE,
            [
                *("reach", "search", "https://***@example.com/mcp?key=***"),
                *("", "Accept-Language: X-Api-Key:", ""),
            ],
            id="http",
        ),
        pytest.param(
            OURS,
            ["not start", "ours", "run", "/srv", "A B_TOKEN", "not approved"],
            id="a project's",
        ),
        pytest.param(FileTarget("one.json"), ["read", "", "one.json", "", "", ""], id="file"),
        pytest.param(FileTarget("-"), ["read", "", "-", "", "", ""], id="standard input"),
    ],
)
def test_what_would_be_done(target: Target, row: list[str], gate: Gate) -> None:
    assert rows(planned([target], gate, None)) == [row]


@pytest.mark.parametrize(
    ("verdict", "trusts", "does", "standing"),
    [
        (None, False, "not start", Standing.ASKED),
        (None, True, "start", Standing.ASKED),
        (Verdict.ALLOWED, False, "start", Standing.ALLOWED),
        (Verdict.DENIED, True, "not start", Standing.DENIED),
    ],
)
def test_whether_a_projects_server_would_be_started(
    tmp_path: Path, verdict: Verdict | None, trusts: bool, does: str, standing: Standing
) -> None:
    approvals = Approvals(tmp_path / "trust.json")
    if verdict is not None:
        approvals.decide(OURS, verdict)
    document = planned([OURS], Gate(trusts, approvals), None)
    ((found, *_, shown),) = rows(document)
    for_now = ", but trusted in this run" if trusts and does == "start" else ""
    assert (found, shown) == (does, standing.value + for_now)
    (target,) = document.data["targets"]
    assert (target["allowed"], target["standing"]) == (does == "start", standing.value)


def test_what_programs_get(gate: Gate) -> None:
    request = {"method": "tools/call", "tool": "do", "arguments": ["a=1"], "args": {"b": [2]}}
    document = planned([LOCAL, FileTarget("one.json")], gate, request)
    SCHEMA.validate(document.data)
    assert document.data == {
        "format": "mcpx.plan",
        "version": 1,
        "targets": [
            {
                "server": "files",
                "target": {
                    "transport": "stdio",
                    "command": "npx",
                    "args": ["-y", "files", "--token", "***"],
                },
                "allowed": True,
                "standing": "free",
                "takes": [],
            },
            {"file": "one.json"},
        ],
        "request": request,
    }


def test_what_would_be_sent(gate: Gate) -> None:
    request = {"method": "tools/call", "tool": "do", "arguments": ["a=ä"], "args": {"b": 2}}
    assert rows(planned([LOCAL], gate, request))[1:] == [
        ["method", "tools/call"],
        ["tool", "do"],
        ["arguments", "a=ä"],
        ["args", '{"b": 2}'],
    ]


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        pytest.param({"arguments": [f"t={TOKEN}"]}, {"arguments": ["t=***"]}, id="token"),
        pytest.param(
            {"arguments": ["password=open sesame"]},
            {"arguments": ["password=***"]},
            id="by its name",
        ),
        pytest.param(
            {"args": {"apiKey": "abc", "text": "abc", "n": 1}},
            {"args": {"apiKey": "***", "text": "abc", "n": 1}},
            id="a member",
        ),
        pytest.param(
            {"args": {"a": [{"password": ["x", "y"]}, TOKEN]}},
            {"args": {"a": [{"password": ["***", "***"]}, "***"]}},
            id="deep inside",
        ),
        pytest.param({"uri": f"https://x/?t={TOKEN}"}, {"uri": "https://x/?t=***"}, id="uri"),
        pytest.param(
            {"args": {"token": "", "b": None}}, {"args": {"token": "", "b": None}}, id="no"
        ),
    ],
)
@pytest.mark.parametrize("form", [Format.TABLE, Format.JSON, Format.MARKDOWN])
def test_no_secret_is_shown(
    request_: dict[str, Any], shown: dict[str, Any], form: Format, gate: Gate
) -> None:
    document = planned([LOCAL, REMOTE, OURS], gate, {"method": "x", **request_})
    assert document.data["request"] == {"method": "x", **shown}
    text = render(document, form, Terminal(), False)
    assert TOKEN not in text
    assert "open sesame" not in text


def test_what_was_asked_is_not_changed(gate: Gate) -> None:
    request = {"args": {"password": "x"}}
    planned([], gate, request)
    assert request == {"args": {"password": "x"}}
