from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.json_spans import DEEPEST
from mcpx.sessions.events import (
    Fidelity,
    Header,
    Mode,
    Note,
)
from mcpx.sessions.lines import header_line
from mcpx.sessions.read_lines import LineError, read_event, read_header

HEADER = Header(
    "01KB", "2026-11-22T14:00:00.120Z", "mcpx 0.1.0", Mode.TAP, Fidelity.WIRE, {"a": "é"}
)


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        pytest.param({"format": "mcpx-session/1.4"}, [], id="newer-minor"),
        pytest.param({"new": {"a": [1]}}, ["header: 'new' is not known"], id="field"),
        pytest.param({"mode": "x"}, ["header: 'mode' is \"x\", which is not known"], id="mode"),
        pytest.param(
            {"fidelity": "x"}, ["header: 'fidelity' is \"x\", which is not known"], id="fidelity"
        ),
    ],
)
def test_a_header_of_a_newer_version_is_read(change: dict[str, Any], warning: list[str]) -> None:
    header, warnings = read_header(json.dumps({**json.loads(header_line(HEADER)), **change}))
    assert warnings == warning
    assert header.id == "01KB"
    if "mode" in change:
        assert header.mode is Mode.IMPORT
    if "fidelity" in change:
        assert header.fidelity is Fidelity.SEMANTIC


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(
            {"format": "mcpx-session/2"},
            "a session file of version 2; this mcpx reads up to 1",
            id="newer",
        ),
        pytest.param({"format": "x/1"}, "its format is 'x/1', not 'mcpx-session'", id="another"),
        pytest.param({"format": 1}, "not a session file: 'format' is no string", id="number"),
        pytest.param({"k": "msg"}, "its kind is not 'header'", id="kind"),
        pytest.param(
            {"target": []}, "its header cannot be read: 'target' is no object", id="target"
        ),
    ],
)
def test_what_is_no_header_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_header(json.dumps({**json.loads(header_line(HEADER)), **change}))
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        pytest.param('{"k":"new","z":[{}]}', "events of kind 'new' are not known", id="kind"),
        pytest.param(
            '{"k":"raw","n":1,"t":0,"d":"c2s","s":"","why":"odd"}',
            "'raw': 'why' is \"odd\", which is not known",
            id="word",
        ),
        pytest.param(
            '{"k":"raw","n":1,"t":0,"d":"c2s","s":"","why":"body","enc":"z"}',
            "'raw': 'enc' is \"z\", which is not known",
            id="encoding",
        ),
    ],
)
def test_an_event_of_a_newer_version_is_skipped(line: str, warning: str) -> None:
    assert read_event(line.encode()) == (None, [warning])


def test_an_unknown_field_is_skipped() -> None:
    note = Note(number=1, time=0.5, text="x")
    assert read_event(b'{"k":"note","n":1,"t":0.5,"s":"x","zz":{"a":1}}') == (
        note,
        ["'zz' of 'note' is not known"],
    )


def of_note(**fields: str) -> str:
    """A note with fields of which some are written otherwise."""
    known = {"k": '"note"', "n": "1", "t": "0", "s": '""', **fields}
    return "{" + ",".join(f'"{name}":{text}' for name, text in known.items() if text) + "}"


def of_message(rest: str, kind: str = "msg") -> str:
    return f'{{"k":"{kind}","n":1,"t":0.5,"d":"c2s"{rest}}}'


PLAIN = '{"k":"msg","n":1,"t":0.000000,"c":1,"d":"c2s","m":{"a":1}'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("", "not a JSON object", id="empty"),
        pytest.param("[]", "not a JSON object", id="array"),
        pytest.param('{"k":"note"', "',' is missing at character 12", id="open"),
        pytest.param('{"k":"note"} x', "more after its end at character 14", id="more"),
        pytest.param('{"k" "note"}', "':' is missing at character 6", id="colon"),
        pytest.param('{k:"note"}', "a name is missing at character 2", id="name"),
        pytest.param(of_note(s="NaN"), "NaN is not a JSON value", id="nan"),
        pytest.param(of_note(k=""), "'k' is missing", id="kind"),
        pytest.param(of_note(n=""), "'n' is missing", id="number"),
        pytest.param(of_note(n="true"), "'n' is no integer", id="boolean"),
        pytest.param(of_note(n="9" * 5000), "'n' cannot be read", id="digits"),
        pytest.param(of_note(t='"0"'), "'t' is no number", id="time"),
        pytest.param(of_note(s="1"), "'s' is no string", id="string"),
        pytest.param(of_note(s="[" * 500 + "]" * 500), f"more than {DEEPEST} levels", id="deep"),
        pytest.param(of_message(""), "'m' is missing", id="message"),
        pytest.param(of_message(',"m":{},"rd":[["a"]]'), "'rd' holds", id="masked"),
        pytest.param(of_message(',"m":{},"bl":[1]'), "'bl' holds", id="blobs"),
        pytest.param(of_message(',"ev":{"retry":"1"}', "sse"), "'ev' holds", id="stream"),
        pytest.param(of_message(',"h":{"a":1}', "http"), "'h' holds", id="headers"),
        pytest.param(
            of_message(',"why":"body","s":"é","enc":"base64"', "raw"), "'s' cannot be", id="base64"
        ),
        pytest.param(PLAIN, "not JSON", id="plain-open"),
        pytest.param(PLAIN + "]", "its end is missing", id="plain-end"),
        pytest.param(PLAIN + ',"m":{}}', "not JSON", id="plain-more"),
    ],
)
def test_a_line_that_is_no_event_is_refused(line: str, why: str) -> None:
    with pytest.raises(LineError) as caught:
        read_event(line.encode())
    assert why in str(caught.value)
