"""Content blocks: what tools, prompts and resources answer with, as views over the raw JSON."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.catalogue.model import Problem

_SPACE = re.compile(r"\s+")


class Form(StrEnum):
    """What a block is. Source: specification 2026-07-28, schema, ContentBlock."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    LINK = "resource_link"
    RESOURCE = "resource"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Block:
    """One block; ``place`` is its number among those of its result, from 0.

    ``path`` is a JSON Pointer into the result, ``raw`` what stands there, ``role`` whose message of
    a prompt it is in. ``data`` are the bytes of a binary block (image, audio, blob); None when it
    has none or they cannot be decoded. ``problems`` say what is wrong with it.
    """

    place: int
    path: str
    form: Form
    raw: Any
    role: str = ""
    text: str = ""
    uri: str = ""
    mime: str = ""
    data: bytes | None = None
    problems: tuple[Problem, ...] = ()


def blocks_of_call(result: Mapping[str, Any]) -> tuple[Block, ...]:
    """The blocks of a tool's result (``content``)."""
    content = result.get("content", [])
    if isinstance(content, list):
        return tuple(_block(n, f"/content/{n}", one) for n, one in enumerate(content))
    return (_malformed(0, "/content", content, "content is not an array"),)


def blocks_of_read(result: Mapping[str, Any]) -> tuple[Block, ...]:
    """The contents of a resource (``contents``), each as a block of the form RESOURCE."""
    contents = result.get("contents")
    if isinstance(contents, list):
        return tuple(_resource(n, f"/contents/{n}", one) for n, one in enumerate(contents))
    return (_malformed(0, "/contents", contents, "contents is not an array"),)


def blocks_of_prompt(result: Mapping[str, Any]) -> tuple[Block, ...]:
    """The blocks of a prompt's messages, one after the other.

    A message has one block; several in a list are taken too, as some servers send them.
    """
    return tuple(_messages(result.get("messages")))


def _messages(messages: Any) -> Iterator[Block]:
    if not isinstance(messages, list):
        yield _malformed(0, "/messages", messages, "messages is not an array")
        return
    place = 0
    for number, message in enumerate(messages):
        path = f"/messages/{number}"
        if not isinstance(message, dict) or "content" not in message:
            yield _malformed(place, path, message, "the message has no content")
            place += 1
            continue
        role = message.get("role")
        content = message["content"]
        several = isinstance(content, list)
        for inner, one in enumerate(content if several else [content]):
            where = f"{path}/content/{inner}" if several else f"{path}/content"
            yield _block(place, where, one, role if isinstance(role, str) else "?")
            place += 1


def _block(place: int, path: str, raw: Any, role: str = "") -> Block:
    if not isinstance(raw, dict):
        return _malformed(place, path, raw, "the block is not an object", role)
    kind = raw.get("type")
    if not isinstance(kind, str):
        return _malformed(place, path, raw, "the block has no type", role)
    if kind == Form.TEXT:
        text = raw.get("text")
        if not isinstance(text, str):
            return _malformed(place, path, raw, "the block of text has no text", role)
        return Block(place, path, Form.TEXT, raw, role, text)
    if kind in (Form.IMAGE, Form.AUDIO):
        data, problems = _decoded(raw.get("data"), f"{path}/data")
        mime = _text(raw, "mimeType")
        return Block(place, path, Form(kind), raw, role, "", "", mime, data, problems)
    if kind == Form.LINK:
        uri = _text(raw, "uri")
        if not uri:
            return _malformed(place, path, raw, "the link has no URI", role)
        return Block(place, path, Form.LINK, raw, role, "", uri, _text(raw, "mimeType"))
    if kind == Form.RESOURCE:
        return _resource(place, f"{path}/resource", raw.get("resource"), role)
    problem = Problem("block-unknown", f"blocks of type '{kind:.60}' are not known", path=path)
    return Block(place, path, Form.UNKNOWN, raw, role, problems=(problem,))


def _resource(place: int, path: str, raw: Any, role: str = "") -> Block:
    if not isinstance(raw, dict):
        return _malformed(place, path, raw, "the resource is not an object", role)
    uri, mime = _text(raw, "uri"), _text(raw, "mimeType")
    problems: tuple[Problem, ...] = ()
    if not uri:
        problems = (Problem("block-malformed", "the resource has no URI", path=path),)
    if "blob" in raw:
        data, wrong = _decoded(raw["blob"], f"{path}/blob")
        return Block(place, path, Form.RESOURCE, raw, role, "", uri, mime, data, problems + wrong)
    if not isinstance(raw.get("text"), str):
        return _malformed(place, path, raw, "the resource has neither text nor blob", role)
    return Block(place, path, Form.RESOURCE, raw, role, raw["text"], uri, mime, None, problems)


def _malformed(place: int, path: str, raw: Any, what: str, role: str = "") -> Block:
    problem = Problem("block-malformed", what, path=path)
    return Block(place, path, Form.MALFORMED, raw, role, problems=(problem,))


def _decoded(data: Any, path: str) -> tuple[bytes | None, tuple[Problem, ...]]:
    """The bytes that base64 text stands for; line ends in it are taken, other alphabets are not."""
    if isinstance(data, str):
        try:
            return binascii.a2b_base64(_SPACE.sub("", data), strict_mode=True), ()
        except ValueError:
            pass
    return None, (Problem("block-malformed", "its data is not base64", path=path),)


def _text(raw: Mapping[str, Any], member: str) -> str:
    value = raw.get(member)
    return value if isinstance(value, str) else ""
