"""A recording that begins: where it goes, what its header says, and what is secret in it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from mcpx import __version__
from mcpx.servers import ServerSpec
from mcpx.sessions.destinations import Destination
from mcpx.sessions.events import Fidelity, Header, Mode
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.targets import masked_target, target_of
from mcpx.sessions.times import written_time
from mcpx.sessions.writing import Recorder


def open_recording(
    output: str,
    mode: Mode,
    spec: ServerSpec,
    environment: Mapping[str, str],
    given: Mapping[str, str] | None = None,
    began: float | None = None,
) -> Recorder:
    """A recording of a server, whose file is made now; ``failure`` of the recorder says why not.

    ``output`` is the file, or the folder, that was asked for. Secret are values of the
    ``environment`` and of the ``spec``, and ``given`` ones by their sources (``option:NAME``,
    ``env:NAME``). ``began`` is when it began, by ``time.monotonic``, where that was before now.
    """
    redaction = Redaction.of(environment, spec, given)
    header = new_header(mode, target_of(spec), redaction)
    return Recorder(Destination(output, spec.name), header, redaction, began=began)


def new_header(mode: Mode, target: Mapping[str, Any], redaction: Redaction) -> Header:
    """The header of a recording that begins now; secrets in ``target`` are masked."""
    now = time.time()
    return Header(
        id=_new_id(now),
        created=written_time(now),
        tool=f"mcpx {__version__}",
        mode=mode,
        fidelity=Fidelity.WIRE,
        target=masked_target(target, redaction),
        redaction=redaction.policy,
    )


def _new_id(now: float) -> str:
    """A ULID (github.com/ulid/spec): sorts by time, and no two are the same."""
    number = int(now * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(signs[number >> shift & 31] for shift in range(125, -1, -5))
