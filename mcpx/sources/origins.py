"""Who wrote a file: the user, or somebody who should be asked about."""

from __future__ import annotations

import os
from pathlib import Path

from mcpx.servers import Origin
from mcpx.sources.hosts import HostFile
from mcpx.sources.paths import Surroundings, repository, this_system


def origin(
    file: HostFile, template: str, resolved: Path, where: Surroundings
) -> tuple[Origin, str]:
    """Who wrote a file, and why it counts as a project's although it lies in the home.

    ``template`` is where the host table says it lies, ``resolved`` where it really does.
    """
    if file.scope in ("project", "package") or template.startswith("{project}"):
        return Origin.PROJECT, ""
    checkout = where.project and (repository(where.project) or where.project)
    if (
        checkout
        and resolved.is_relative_to(os.path.realpath(checkout))
        and not Path(os.path.realpath(where.home)).is_relative_to(os.path.realpath(checkout))
    ):
        return Origin.PROJECT, "the file lies in the project: it counts as the project's"
    if where.system == this_system() and os.name == "posix":
        try:
            status = resolved.stat()
        except OSError:
            return Origin.PROJECT, "the file has gone meanwhile"
        if status.st_uid not in (os.geteuid(), 0):
            return Origin.PROJECT, "the file belongs to somebody else: it counts as a project's"
        if status.st_mode & 0o022:
            return Origin.PROJECT, "others may write the file: it counts as a project's"
    return Origin.USER, ""
