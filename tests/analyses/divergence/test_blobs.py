from __future__ import annotations

import base64
import hashlib

from mcpx.analyses.divergence.blobs import as_texts, described, is_reference, stands_for

DATA = b"some bytes of a picture"
TEXT = base64.b64encode(DATA).decode()
DIGEST = f"sha256:{hashlib.sha256(DATA).hexdigest()}"


def test_base64_is_told_by_digest_and_size() -> None:
    assert described(TEXT, f"{TEXT[:8]}\r\n{TEXT[8:]}") == (f"{DIGEST} (23 bytes)",) * 2
    assert described(TEXT, "no base64 at all, this") is None
    assert described("AAAA", "AAAB") is None


def test_base64_may_hold_text_to_read() -> None:
    words, more, odd, bell = (
        base64.b64encode(one).decode() for one in ("é\n".encode(), b"b", b"\xff", b"\a")
    )
    assert as_texts(words, more) == ("é\n", "b")
    assert as_texts(words, odd) is None
    assert as_texts(bell, words) is None


def test_a_reference_stands_for_its_bytes_alone() -> None:
    reference = {"$blob": DIGEST, "len": 23}
    assert is_reference(reference)
    assert not is_reference({"$blob": 3})
    assert stands_for(reference, TEXT)
    assert not stands_for(reference, TEXT.replace("c", "d"))
    assert not stands_for(reference, "ü")
    assert not stands_for(reference, reference)
    assert not stands_for(TEXT, TEXT)
