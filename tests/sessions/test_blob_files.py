from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.blob_files import blob_folder, blob_name, check_blob, keep_blob
from mcpx.sessions.blobs import Blob

BYTES = bytes(range(256))
BLOB = Blob(f"sha256:{hashlib.sha256(BYTES).hexdigest()}", BYTES)


def test_a_blob_is_kept_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = blob_folder(tmp_path / "s.jsonl")
    assert keep_blob(folder, BLOB) == len(BYTES)
    path = tmp_path / "s.jsonl.blobs" / "sha256" / BLOB.digest[7:9] / BLOB.digest[7:]
    assert path.read_bytes() == BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, path.parent)} == {0o700}
    assert keep_blob(folder, BLOB) == 0
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
    assert check_blob(BLOB.digest, BYTES) == BYTES
    with pytest.raises(ConfigError, match="its bytes have changed"):
        check_blob(BLOB.digest, BYTES + b"x")
