from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.blobs import (
    SMALLEST,
    Blob,
    blob_folder,
    blob_name,
    check_blob,
    keep_blob,
    places_of,
    taken_out,
)

BYTES = os.urandom(SMALLEST)
WRITTEN = base64.b64encode(BYTES).decode()


def never(_: str) -> bool:
    return False


def image(written: str, name: str = "data", **more: str) -> str:
    return json.dumps({"result": {"content": [{"type": "image", name: written, **more}]}, "x": 5.0})


def test_a_picture_is_taken_out_and_what_it_is_stays() -> None:
    text, (blob,) = taken_out(image(WRITTEN, mimeType="image/png"), never)
    assert blob.data == BYTES
    value = json.loads(text)["result"]["content"][0]
    assert value["data"] == {
        "$blob": blob.digest,
        "len": len(BYTES),
        "enc": "base64",
        "mime": "image/png",
    }
    assert text.endswith('"x": 5.0}')
    assert places_of(text, [blob]) == ("/result/content/0/data",)


def test_a_file_without_a_type_is_taken_out_too() -> None:
    text, blobs = taken_out(image(WRITTEN, "blob"), never)
    assert len(blobs) == 1
    assert "mime" not in text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(image(base64.b64encode(BYTES[: SMALLEST // 2]).decode()), id="small"),
        pytest.param(image(WRITTEN, "text"), id="another-member"),
        pytest.param(image("x" + WRITTEN), id="not-base64"),
        pytest.param(image(WRITTEN[:-4] + "AB=="), id="not-the-same-when-encoded"),
        pytest.param(image(WRITTEN.replace("+", "-").replace("/", "_")), id="url-safe"),
        pytest.param(image(WRITTEN).replace("/", "\\/"), id="escaped"),
        pytest.param(image("é" * SMALLEST), id="other-letters"),
    ],
)
def test_what_could_not_be_put_back_exactly_stays(text: str) -> None:
    assert taken_out(text, never) == (text, ())


def test_what_may_hold_a_secret_stays() -> None:
    asked: list[str] = []
    text = image(WRITTEN)
    assert taken_out(text, lambda written: bool(asked.append(written)) or True) == (text, ())
    assert asked == [WRITTEN]


def test_a_blob_is_kept_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = blob_folder(tmp_path / "s.jsonl")
    _, (blob,) = taken_out(image(WRITTEN), never)
    assert keep_blob(folder, blob) == len(BYTES)
    path = tmp_path / "s.jsonl.blobs" / "sha256" / blob.digest[7:9] / blob.digest[7:]
    assert path.read_bytes() == BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, path.parent)} == {0o700}
    assert keep_blob(folder, blob) == 0
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_left_of_a_blob_that_cannot_be_written(tmp_path: Path) -> None:
    blob = Blob("sha256:" + "a" * 64, b"x")
    (tmp_path / "sha256" / "aa" / ("." + "a" * 64 + f".{os.getpid()}")).mkdir(parents=True)
    with pytest.raises(OSError):
        keep_blob(tmp_path, blob)


@pytest.mark.parametrize("digest", ["", "sha256:../../x", "sha256:" + "A" * 64, "md5:" + "a" * 64])
def test_what_is_no_digest_names_no_file(digest: str) -> None:
    with pytest.raises(ConfigError, match="is no digest"):
        blob_name(digest)


def test_a_blob_that_has_changed_is_refused() -> None:
    _, (blob,) = taken_out(image(WRITTEN), never)
    assert check_blob(blob.digest, BYTES) == BYTES
    with pytest.raises(ConfigError, match="its bytes have changed"):
        check_blob(blob.digest, BYTES + b"x")
