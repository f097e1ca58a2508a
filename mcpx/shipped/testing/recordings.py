"""What a test recorded, put in the place of its session file."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from mcpx.errors import McpxError
from mcpx.files import folder_locked, whole_file
from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.blobs import Blob
from mcpx.sessions.destinations import PART, SUFFIX
from mcpx.shipped.testing.failing import fail


def whole(folder: Path) -> bool:
    """Whether every recording of a folder is complete."""
    return not list(folder.glob(f"*{PART}"))


def found(folder: Path) -> list[Path]:
    """The complete recordings of a folder."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def keep(folder: Path, session: Path) -> None:
    """Put the one recording of a folder where the session belongs, in the place of what is there.

    Fails the test when there is none, more than one, or one that is not complete.
    """
    if not whole(folder):
        fail(
            f"the recording of {session.name} has no end: the client still runs the server",
            hint="close the client within the test, or in a fixture that takes mcpx_mock",
        )
    recordings = found(folder)
    if not recordings:
        fail(
            f"nothing was recorded for {session.name}",
            hint="the test gives mcpx_mock.command or mcpx_mock.url to a client",
        )
    if len(recordings) > 1:
        fail(
            f"the server of {session.name} was started {len(recordings)} times, not once",
            hint="a test for each start, or a server that is reached by URL",
        )
    try:
        _put(recordings[0], session)
    except McpxError as error:
        fail(error.message, error.details, error.hint)
    except OSError as error:
        fail(f"cannot write {session}: {error.strerror}")


def _put(recording: Path, session: Path) -> None:
    """Copy a recording, which may lie on another disk, with its large values.

    One at a time, and so that the session file has its values at every moment: theirs are named by
    what they hold.
    """
    session.parent.mkdir(parents=True, exist_ok=True)
    with folder_locked(session):
        blobs = _blobs(recording)
        for blob in blobs:
            keep_blob(blob_folder(session), Blob(f"sha256:{blob.name}", blob.read_bytes()))
        with recording.open("rb") as source, whole_file(session) as file:
            shutil.copyfileobj(source, file)
        names = {blob.name for blob in blobs}
        for old in _blobs(session):
            if old.name not in names:
                old.unlink()
        _tidy(blob_folder(session))


def _blobs(session: Path) -> list[Path]:
    return [path for path in blob_folder(session).glob("sha256/*/*") if path.is_file()]


def _tidy(folder: Path) -> None:
    """Remove the folders that hold nothing, the innermost first."""
    for path in (*folder.glob("sha256/*"), folder / "sha256", folder):
        with contextlib.suppress(OSError):  # it holds something, or is none
            path.rmdir()
