from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.blobs import places_of, taken_out
from mcpx.sessions.exporting import FORMATS, ExportFormat, export_format, exported
from mcpx.sessions.exporting.losses import Losses
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.reading import read_session
from tests.sessions.exporting.conversations import pipe
from tests.sessions.tapes import HEADER, call, done, tape

PICTURE = bytes(range(256)) * 200


def session(path: Path, keep: bool = True) -> str:
    """A session with a picture in it; returns the message as it was."""
    data = base64.b64encode(PICTURE).decode()
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"data": data, "n": 5.0}})
    short, blobs = taken_out(text, lambda _: False)
    for blob in blobs if keep else ():
        keep_blob(blob_folder(path), blob)
    events = tape(call(1), done(1, text=short, blobs=places_of(short, blobs)))
    path.write_bytes(header_line(HEADER) + b"".join(map(event_line, events)))
    return text


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.id)
def test_blobs_are_back_in_their_messages(tmp_path: Path, format: ExportFormat) -> None:
    text = session(tmp_path / "s.jsonl")
    written = "".join(exported(read_session(str(tmp_path / "s.jsonl")), format))
    assert (text if format.id == "mcpsnoop" else json.dumps(text)[1:-1]) in written


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.id)
def test_a_blob_that_is_missing_is_told(tmp_path: Path, format: ExportFormat) -> None:
    session(tmp_path / "s.jsonl", keep=False)
    with pytest.raises(ConfigError, match=r"cannot read .*sha256"):
        list(exported(read_session(str(tmp_path / "s.jsonl")), format))


def test_a_format_that_is_not_known_is_refused() -> None:
    assert export_format("har") is FORMATS[0]
    with pytest.raises(UsageError, match="'otlp' is no format") as raised:
        export_format("otlp")
    assert raised.value.hint == "one of: har, mcpsnoop"


@pytest.mark.parametrize("format", FORMATS, ids=lambda one: one.id)
def test_what_a_format_loses_is_lost_indeed(tmp_path: Path, format: ExportFormat) -> None:
    file = tmp_path / "s.jsonl"
    header, events = pipe()
    file.write_bytes(header_line(header) + b"".join(map(event_line, events)))
    losses = Losses(format.loses)
    written = "".join(exported(read_session(str(file)), format, losses))
    loses = "; ".join(losses.found)
    assert ("INFO ##[error]no" in written) is ("stderr" not in loses)
    assert "stdin-eof" not in written
    assert "/result/model" not in written
