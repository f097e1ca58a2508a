from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from mcpx.catalogue.blocks import Block, Form, blocks_of_call, blocks_of_prompt, blocks_of_read
from tests.schemas.junk import JSON


def block(raw: Any) -> Block:
    (found,) = blocks_of_call({"content": [raw]})
    return found


def faults(found: Block) -> list[tuple[str, str, str]]:
    return [(one.rule, one.path, one.message) for one in found.problems]


@pytest.mark.parametrize(
    ("raw", "members"),
    [
        pytest.param({"type": "text", "text": "x"}, {"form": Form.TEXT, "text": "x"}, id="text"),
        pytest.param(
            {"type": "image", "data": "QUI=", "mimeType": "image/png"},
            {"form": Form.IMAGE, "data": b"AB", "mime": "image/png"},
            id="image",
        ),
        pytest.param(
            {"type": "audio", "data": "Q\nUI\r\n=\n"},
            {"form": Form.AUDIO, "data": b"AB"},
            id="lines",
        ),
        pytest.param({"type": "audio", "data": ""}, {"form": Form.AUDIO, "data": b""}, id="empty"),
        pytest.param(
            {"type": "resource_link", "uri": "a://b", "mimeType": "x/y"},
            {"form": Form.LINK, "uri": "a://b", "mime": "x/y"},
            id="link",
        ),
        pytest.param(
            {"type": "resource", "resource": {"uri": "a://b", "text": "x", "mimeType": 3}},
            {"form": Form.RESOURCE, "uri": "a://b", "text": "x", "mime": "", "data": None},
            id="text resource",
        ),
        pytest.param(
            {"type": "resource", "resource": {"uri": "a://b", "blob": "QUI="}},
            {"form": Form.RESOURCE, "uri": "a://b", "data": b"AB"},
            id="blob",
        ),
    ],
)
def test_blocks_are_read(raw: Any, members: dict[str, Any]) -> None:
    found = block(raw)
    assert {name: getattr(found, name) for name in members} == members
    assert found.problems == ()
    assert found.place == 0


@pytest.mark.parametrize(
    ("raw", "form", "path", "message"),
    [
        pytest.param(3, Form.MALFORMED, "", "the block is not an object", id="number"),
        pytest.param({}, Form.MALFORMED, "", "the block has no type", id="no type"),
        pytest.param({"type": 3}, Form.MALFORMED, "", "the block has no type", id="type"),
        pytest.param(
            {"type": "text", "text": 5},
            Form.MALFORMED,
            "",
            "the block of text has no text",
            id="text",
        ),
        pytest.param(
            {"type": "video"},
            Form.UNKNOWN,
            "",
            "blocks of type 'video' are not known",
            id="unknown",
        ),
        pytest.param(
            {"type": "image", "data": "Q-_Q"},
            Form.IMAGE,
            "/data",
            "its data is not base64",
            id="url",
        ),
        pytest.param(
            {"type": "image", "data": "QUI"},
            Form.IMAGE,
            "/data",
            "its data is not base64",
            id="short",
        ),
        pytest.param({"type": "audio"}, Form.AUDIO, "/data", "its data is not base64", id="none"),
        pytest.param(
            {"type": "image", "data": "é"},
            Form.IMAGE,
            "/data",
            "its data is not base64",
            id="letter",
        ),
        pytest.param(
            {"type": "resource_link"}, Form.MALFORMED, "", "the link has no URI", id="link"
        ),
        pytest.param(
            {"type": "resource"},
            Form.MALFORMED,
            "/resource",
            "the resource is not an object",
            id="res",
        ),
        pytest.param(
            {"type": "resource", "resource": {"uri": "a://b"}},
            Form.MALFORMED,
            "/resource",
            "the resource has neither text nor blob",
            id="empty resource",
        ),
        pytest.param(
            {"type": "resource", "resource": {"text": "x"}},
            Form.RESOURCE,
            "/resource",
            "the resource has no URI",
            id="no URI",
        ),
        pytest.param(
            {"type": "resource", "resource": {"uri": "a://b", "blob": 1}},
            Form.RESOURCE,
            "/resource/blob",
            "its data is not base64",
            id="blob",
        ),
    ],
)
def test_what_is_wrong_with_a_block_is_told(raw: Any, form: Form, path: str, message: str) -> None:
    found = block(raw)
    rule = "block-unknown" if form is Form.UNKNOWN else "block-malformed"
    assert found.form is form
    assert faults(found) == [(rule, f"/content/0{path}", message)]
    assert found.data is None


def test_a_result_without_content_has_no_blocks() -> None:
    assert blocks_of_call({}) == ()
    assert blocks_of_prompt({"messages": []}) == ()


@pytest.mark.parametrize(
    ("found", "path"),
    [
        pytest.param(blocks_of_call({"content": "x"}), "/content", id="call"),
        pytest.param(blocks_of_read({}), "/contents", id="read"),
        pytest.param(blocks_of_prompt({"messages": {}}), "/messages", id="prompt"),
    ],
)
def test_what_is_no_array_is_one_malformed_block(found: tuple[Block, ...], path: str) -> None:
    (one,) = found
    assert one.form is Form.MALFORMED
    assert one.path == path


def test_contents_of_a_resource_are_blocks() -> None:
    text, blob = blocks_of_read(
        {"contents": [{"uri": "a://b", "text": "x"}, {"uri": "a://c", "blob": "QUI="}]}
    )
    assert (text.path, text.text) == ("/contents/0", "x")
    assert (blob.place, blob.data) == (1, b"AB")


def test_messages_are_blocks_with_their_role() -> None:
    text = {"type": "text", "text": "x"}
    found = blocks_of_prompt(
        {
            "messages": [
                {"role": "user", "content": text},
                {"role": "assistant", "content": [text, text]},
                {"content": text},
                {"role": "user"},
                "x",
            ]
        }
    )
    assert [(one.place, one.path, one.role, one.form.value) for one in found] == [
        (0, "/messages/0/content", "user", "text"),
        (1, "/messages/1/content/0", "assistant", "text"),
        (2, "/messages/1/content/1", "assistant", "text"),
        (3, "/messages/2/content", "?", "text"),
        (4, "/messages/3", "", "malformed"),
        (5, "/messages/4", "", "malformed"),
    ]


@given(JSON)
def test_junk_never_fails(value: Any) -> None:
    for members in ({"content": value, "contents": value, "messages": value}, {"content": [value]}):
        for read in (blocks_of_call, blocks_of_read, blocks_of_prompt):
            assert [one.place for one in read(members)] == list(range(len(read(members))))
