from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.blobs import SMALLEST, digests, inlined, places_of, taken_out
from tests.sessions.tapes import done

BYTES = bytes(n * 7 % 251 for n in range(SMALLEST))
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


# --- and back in again -------------------------------------------------------------------------

PICTURE, SOUND = bytes(range(256)) * 200, b"\0" * 40_000


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


KEPT = {digest(data): data for data in (PICTURE, SOUND)}


def content(*blobs: bytes) -> str:
    items = [
        {"type": "image", "data": base64.b64encode(data).decode(), "n": 5.0, "mimeType": "a/b"}
        for data in blobs
    ]
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": items}})


@pytest.mark.parametrize(
    "blobs",
    [
        pytest.param((PICTURE,), id="one"),
        pytest.param((PICTURE, SOUND, PICTURE), id="several"),
        pytest.param((), id="none"),
    ],
)
def test_a_message_is_what_it_was_before(blobs: tuple[bytes, ...]) -> None:
    before = content(*blobs)
    text, found = taken_out(before, lambda _: False)
    assert len(text) < 1000
    event = done(1, text=text, blobs=places_of(text, found))
    assert list(digests(event)) == [digest(data) for data in blobs]
    after = inlined(event, KEPT.__getitem__)
    assert (after.text, after.blobs) == (before, ())


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        pytest.param('{"a":{"$blob":"x"}}', "/b", id="elsewhere"),
        pytest.param('{"a":"x"}', "/a", id="no-object"),
        pytest.param('{"a":{"$blob":3}}', "/a", id="no-string"),
        pytest.param('{"a":{"b":{},"$blob":"x"}}', "/a", id="not-first"),
        pytest.param('{"$blob":"x"}', "/$blob", id="its-own-name"),
        pytest.param('{"$blob":{"$blob":"x"}}', "", id="within-itself"),
    ],
)
def test_what_names_no_blob_is_refused(text: str, pointer: str) -> None:
    event = replace(done(1, text=text, blobs=(pointer,)), number=7)
    assert list(digests(event)) == []
    with pytest.raises(ConfigError, match=re.escape(f"event 7: there is no blob at '{pointer}'")):
        inlined(event, KEPT.__getitem__)


def test_what_looks_like_a_blob_and_is_none_stays() -> None:
    event = done(1, text='{"a":{"$blob":"sha256:00"},"b":1}')
    assert inlined(event, KEPT.__getitem__).text == event.text
