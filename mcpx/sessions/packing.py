"""Sessions as one file: a ZIP archive with the blobs in it, or lines with the blobs put back."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import IO

from mcpx.files import whole_file
from mcpx.sessions.blob_files import PACKED_BLOBS, PACKED_SESSION, blob_name
from mcpx.sessions.blobs import digests, inlined
from mcpx.sessions.events import Message
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.reading import Reading, read_session

# Every member has the first date that a ZIP archive can hold, so that equal sessions have equal
# packs, and is readable for its owner alone.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100600
_UNIX = 3


def pack(source: str, target: Path) -> int:
    """Write a session and its blobs as one archive; returns how many blobs there are.

    ``session.jsonl`` is the file byte for byte; blobs have the names they have beside it. The same
    session gives the same archive. It is written whole or not at all (0600). ``source`` is what
    ``read_session`` takes. Raises ConfigError when it cannot be read to its end, when a blob is
    missing, or when the target cannot be written.
    """
    reading = read_session(source)
    with whole_file(target, private=True) as file, zipfile.ZipFile(file, "w") as archive:
        return _fill(archive, reading)


def _fill(archive: zipfile.ZipFile, reading: Reading) -> int:
    with reading.open() as lines, _member(archive, PACKED_SESSION) as member:
        shutil.copyfileobj(lines, member)
    # Read after it was copied: of one that is still written there are rather too many blobs.
    found: set[str] = set()
    for event in reading:
        if isinstance(event, Message) and event.blobs:
            found.update(digests(event))
    for digest in sorted(found):
        with _member(archive, PACKED_BLOBS + blob_name(digest)) as member:
            member.write(reading.blob(digest))
    return len(found)


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    information = zipfile.ZipInfo(name, _DATE)
    information.compress_type = zipfile.ZIP_DEFLATED
    information.external_attr = _MODE << 16
    information.create_system = _UNIX
    # What becomes larger than 4 GiB is known too late.
    return archive.open(information, "w", force_zip64=True)


def inline(source: str, target: Path) -> int:
    """Write a session file in which blobs are in their messages again; returns how many there were.

    As ``pack`` otherwise; what this version does not know of a line is not written.
    """
    reading = read_session(source)
    count = 0
    with whole_file(target, private=True) as file:
        file.write(header_line(reading.header))
        for event in reading:
            if isinstance(event, Message) and event.blobs:
                count += len(event.blobs)
                event = inlined(event, reading.blob)
            file.write(event_line(event))
    return count
