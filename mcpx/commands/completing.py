"""What could come next on a command line: names for the shells' completion.

Whatever goes wrong, nothing is offered: a TAB must never show an error.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Iterable

from mcpx.errors import McpxError


def _offering(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """A completion from a source of names, which is only asked when it is needed.

    A name that a shell would not take as it stands is left out: shells evaluate what they are
    offered, and a project's file could hold a name that is a command.
    """

    def complete(incomplete: str) -> list[str]:
        with contextlib.suppress(McpxError, OSError):
            found = {name for name in names() if name.startswith(incomplete)}
            return sorted(name for name in found if shlex.quote(name) == name)
        return []

    return complete


def _targets() -> Iterable[str]:
    from mcpx.demo import SERVERS
    from mcpx.sources.discovery import discover

    yield from (f"demo:{name}" for name in SERVERS)
    for one in discover().definitions:
        yield one.name
        yield f"{one.host}/{one.name}"


def _projects_servers() -> Iterable[str]:
    from mcpx.servers import Origin
    from mcpx.sources.discovery import discover

    return (one.name for one in discover().definitions if one.spec.origin is Origin.PROJECT)


def _hosts() -> Iterable[str]:
    from mcpx.sources.hosts import chosen_hosts

    return (one.id for one in chosen_hosts(None))


def _judges() -> Iterable[str]:
    from mcpx.analyses.host_models import HOST_MODELS

    return HOST_MODELS


def _schemas() -> Iterable[str]:
    from mcpx.shipped.json_schemas import names

    return names()


def _rules() -> Iterable[str]:
    from mcpx.analyses.rules import every_rule

    return every_rule()


def _shells() -> Iterable[str]:
    from mcpx.shipped.completions import SCRIPTS

    return SCRIPTS


def _import_formats() -> Iterable[str]:
    from mcpx.sessions.importing import FORMATS

    return (one.id for one in FORMATS)


def _export_formats() -> Iterable[str]:
    from mcpx.sessions.exporting import FORMATS

    return (one.id for one in FORMATS)


targets = _offering(_targets)
projects_servers = _offering(_projects_servers)
hosts = _offering(_hosts)
judges = _offering(_judges)
schemas = _offering(_schemas)
rules = _offering(_rules)
shells = _offering(_shells)
import_formats = _offering(_import_formats)
export_formats = _offering(_export_formats)
eras = _offering(lambda: ("auto", "legacy", "modern"))
elicits = _offering(lambda: ("defaults", "decline"))
log_levels = _offering(lambda: ("debug", "info", "notice", "warning", "error"))
colours = _offering(lambda: ("auto", "always", "never"))
severities = _offering(lambda: ("error", "warning", "info", "never"))
levels = _offering(lambda: ("breaking", "unknown", "warning", "info", "never"))
