"""What a test recorded, put in the place of its session file."""

from __future__ import annotations

import shutil
from pathlib import Path

from mcpx.errors import McpxError
from mcpx.files import whole_file
from mcpx.sessions.blob_files import blob_folder
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
    """Copy a recording, which may lie on another disk, with its large values."""
    session.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(blob_folder(session), ignore_errors=True)
    if (blobs := blob_folder(recording)).is_dir():
        shutil.copytree(blobs, blob_folder(session))
    with recording.open("rb") as source, whole_file(session) as file:
        shutil.copyfileobj(source, file)
