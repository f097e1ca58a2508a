from __future__ import annotations

import re
import time
from pathlib import Path

from mcpx.servers import ServerSpec
from mcpx.sessions.events import Message, Mode
from mcpx.sessions.opening import new_header, open_recording
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.wire import Direction


def test_a_header_says_when_by_what_and_without_secrets() -> None:
    target = {"command": ["x", "--token", "t"]}
    header = new_header(Mode.TAP, target, Redaction())
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", header.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", header.created)
    assert header.tool.startswith("mcpx ")
    assert (header.redaction, header.target) == ("default/1", {"command": ["x", "--token", "***"]})
    later = new_header(Mode.TAP, {}, Redaction.none())
    assert later.redaction == ""
    assert later.id != header.id


def test_a_recording_of_a_server_knows_what_is_secret_and_where_it_goes(tmp_path: Path) -> None:
    spec = ServerSpec("api", command="srv", args=("of-env-4711",), env={"API_KEY": "of-spec-4711"})
    path = tmp_path / "s.jsonl"
    path.write_text("x")
    environment, given = {"FOO_TOKEN": "of-env-4711"}, {"option:x-key": "of-option-4711"}
    made = open_recording(
        str(path), Mode.CLIENT, spec, environment, given, began=time.monotonic() - 5
    )
    made.message(1, Direction.TO_SERVER, b'["of-env-4711","of-spec-4711","of-option-4711"]')
    assert (made.wanted, made.close()) == (path, tmp_path / "s-2.jsonl")
    reading = read_session(str(tmp_path / "s-2.jsonl"))
    assert (reading.header.mode, reading.header.target["env"]) == (Mode.CLIENT, ["API_KEY"])
    assert reading.header.target["command"] == ["srv", "‹env:FOO_TOKEN›"]
    message, _ = reading
    assert isinstance(message, Message)
    assert message.text == '["‹env:FOO_TOKEN›","‹env:API_KEY›","‹option:x-key›"]'
    assert 5 <= message.time < 60


def test_in_a_folder_a_recording_is_called_after_its_server(tmp_path: Path) -> None:
    made = open_recording(f"{tmp_path}/", Mode.TAP, ServerSpec("api", command="srv"), {})
    assert made.failure == ""
    assert made.path == made.wanted
    assert re.fullmatch(r"api-\d{8}T\d{6}Z-\d+\.jsonl", made.path.name)
    made.close()
