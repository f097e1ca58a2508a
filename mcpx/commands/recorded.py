"""``--record``: what a command says to servers and hears from them goes into a session file."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mcpx.errors import ConfigError
from mcpx.servers import NOTHING

if TYPE_CHECKING:
    from mcpx.client.taps import Tapping
    from mcpx.commands.run import Connecting, Run
    from mcpx.servers import ServerSpec


@contextlib.contextmanager
def recorded(
    run: Run, path: str | None, specs: Sequence[ServerSpec], more: Mapping[str, str] = NOTHING
) -> Iterator[Tapping | None]:
    """The taps for connections to these servers in the block: those of ``-vv``, and to record.

    ``path`` is the file or folder for the recording, None for none. ``more`` are values that are
    secret beside those of the command line, by their sources. A recording that fails later
    harms nothing but the status of the run, and says why. Raises UsageError and ConfigError, also
    when it can be told before that nothing could be written.
    """
    if path is None:
        yield run.tapping()
        return
    require_folder(path)
    from mcpx.client.taps import together
    from mcpx.operations.recording import Recordings
    from mcpx.settings import environment

    secrets = {**given_secrets(run.connecting, environment()), **more}
    recordings = Recordings(path, specs, environment(), secrets, run.terminal.note)
    try:
        yield together(run.tapping(), recordings.tapping)
    finally:
        for failure in recordings.close():
            run.terminal.say(failure)
            run.unrecorded = True


def require_folder(destination: str) -> None:
    """Raises ConfigError for a file in a folder that is not there, which a person has mistyped."""
    folder = Path(destination).parent
    if not destination.endswith(("/", os.sep)) and not os.path.lexists(folder):
        raise ConfigError(
            f"cannot write {destination}: no such folder",
            hint=shlex.join(("mkdir", "-p", str(folder))),
        )


def given_secrets(connecting: Connecting, environment: dict[str, str]) -> dict[str, str]:
    """The secrets that the command line gave, by where they came from."""
    from mcpx.sources.additions import parse_headers

    found = {
        f"option:{name.lower()}": value
        for name, value in parse_headers(connecting.header or []).items()
    }
    if connecting.bearer_env is not None:
        found[f"env:{connecting.bearer_env}"] = environment.get(connecting.bearer_env, "").strip()
    return found
