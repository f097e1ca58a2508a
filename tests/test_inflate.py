from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from mcpx.inflate import EncodingError, Inflater, TooLongError

TEXT = b'{"jsonrpc": "2.0", "id": 1, "result": {}}' * 50


def bare(data: bytes) -> bytes:
    press = zlib.compressobj(9, wbits=-15)
    return press.compress(data) + press.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "spelt otherwise": (" GZip ", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip in two members": ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
}
each_coding = pytest.mark.parametrize("coding", CODINGS)


@each_coding
def test_bodies_are_decoded(coding: str) -> None:
    name, press = CODINGS[coding]
    inflated = Inflater(name, 10_000)
    assert b"".join(inflated(press(TEXT))) == TEXT


@each_coding
def test_bodies_are_decoded_byte_by_byte(coding: str) -> None:
    name, press = CODINGS[coding]
    inflate = Inflater(name, 10_000)
    assert b"".join(part for byte in press(TEXT) for part in inflate(bytes([byte]))) == TEXT


@each_coding
@pytest.mark.parametrize("more", [0, 1, 100, 257, 258, 70_000])
def test_nothing_of_a_large_body_is_lost(coding: str, more: int) -> None:
    name, press = CODINGS[coding]
    data = b"a" * ((1 << 20) + more)
    inflated = Inflater(name, 1 << 30)
    assert sum(map(len, inflated(press(data)))) == len(data)


@each_coding
def test_bodies_end_at_their_limit(coding: str) -> None:
    name, press = CODINGS[coding]
    assert b"".join(Inflater(name, len(TEXT))(press(TEXT))) == TEXT
    with pytest.raises(TooLongError, match=f"more than {len(TEXT) - 1} bytes"):
        list(Inflater(name, len(TEXT) - 1)(press(TEXT)))


def test_a_bomb_is_stopped_before_it_is_large() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    inflate = Inflater("gzip", 3_000_000)
    came = 0
    with pytest.raises(TooLongError):
        for part in inflate(bomb):
            came += len(part)
            assert len(part) <= 1 << 20
    assert came <= 3_000_000


def test_a_stream_may_go_on_when_it_is_allowed_more() -> None:
    inflate = Inflater("", 10)
    assert list(inflate(b"0123456789")) == [b"0123456789"]
    inflate.allow(5)
    assert list(inflate(b"01234")) == [b"01234"]
    with pytest.raises(TooLongError, match="more than 5 bytes"):
        list(inflate(b"0"))


@pytest.mark.parametrize("name", ["br", "zstd", "compress", "gzip, gzip", "*", "x" * 100])
def test_other_codings_are_refused_by_name(name: str) -> None:
    with pytest.raises(EncodingError) as refused:
        Inflater(name, 10)
    assert str(refused.value) == f"its body is encoded as '{name[:40]}'"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", b'{"jsonrpc"'),
        ("gzip", gzip.compress(TEXT)[:10] + b"\xff" * 10),
        ("gzip", gzip.compress(TEXT) + b"more"),
        ("gzip", gzip.compress(TEXT)[:-8] + bytes(8)),
        ("deflate", b"\xff\xff\xff"),
    ],
    ids=["no gzip", "broken gzip", "something after it", "wrong checksum", "no deflate"],
)
def test_broken_codings_are_refused(name: str, body: bytes) -> None:
    with pytest.raises(EncodingError, match=f"no valid {name}"):
        list(Inflater(name, 100_000)(body))
