"""Who may be started: approvals of a project's servers, each bound to a definition."""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from mcpx import settings
from mcpx.errors import ConfigError, RefusedError
from mcpx.files import locked, write_whole
from mcpx.servers import Origin, ServerSpec, definition_digest

_VERSION = 1


class Verdict(StrEnum):
    """What was decided about a definition."""

    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision: for the entry ``name`` of the file ``path``, and for this definition only."""

    path: str
    name: str
    digest: str
    verdict: Verdict


class Approvals:
    """The decisions of this user, in a file that only the user may read."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.state_folder() / "trust.json"

    def all(self) -> list[Approval]:
        """Every decision, sorted. Raises ConfigError when the file is damaged or not only ours."""
        try:
            status = self.path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise self._damaged()
            self._refuse_others(status)
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            raise self._damaged() from error
        try:
            if document["version"] > _VERSION:
                raise ConfigError(
                    f"{self.path}: written by a newer mcpx (version {document['version']})",
                    hint="update mcpx",
                )
            found = [
                Approval(str(one["path"]), str(one["name"]), one["digest"], Verdict(one["verdict"]))
                for one in document["approvals"]
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error
        return sorted(found, key=lambda one: (one.path, one.name))

    def decide(
        self, spec: ServerSpec, verdict: Verdict, variants: Iterable[ServerSpec] = ()
    ) -> Approval:
        """Record a decision about a definition as it is now, in place of earlier ones.

        ``variants`` are what hosts that merge entries of several files make of the same entry.
        """
        path, name = _key(spec)
        digests = dict.fromkeys(definition_digest(one) for one in (spec, *variants))
        made = [Approval(path, name, digest, verdict) for digest in digests]
        self._change(lambda kept: [*kept, *made], forget={(path, name)})
        return made[0]

    def reset(self, keys: set[tuple[str, str]] | None = None) -> int:
        """Forget the decisions about these (path, name), or all of them; how many there were."""
        before = self.all()
        gone = {(one.path, one.name) for one in before} if keys is None else keys
        self._change(lambda kept: kept, forget=gone)
        return sum((one.path, one.name) in gone for one in before)

    def _change(self, change: Any, forget: set[tuple[str, str]]) -> None:
        with locked(self.path):
            kept = [one for one in self.all() if (one.path, one.name) not in forget]
            rows = [
                {"path": a.path, "name": a.name, "digest": a.digest, "verdict": a.verdict.value}
                for a in sorted(change(kept), key=lambda one: (one.path, one.name))
            ]
            text = json.dumps({"version": _VERSION, "approvals": rows}, indent=1)
            write_whole(self.path, text + "\n", private=True)

    def _refuse_others(self, status: os.stat_result) -> None:
        """Whoever can write the file could approve what they like."""
        if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            raise ConfigError(
                f"{self.path}: others can write it, so its approvals do not count",
                hint=f"look through it, then: chmod 600 {self.path}",
            )

    def _damaged(self) -> ConfigError:
        return ConfigError(
            f"{self.path}: not a file of approvals",
            hint="remove it and approve again with mcpx trust allow",
        )


def _key(spec: ServerSpec) -> tuple[str, str]:
    return (spec.place.path, spec.place.name) if spec.place else ("", spec.name)


class Standing(StrEnum):
    """Where a definition stands with the user."""

    FREE = "free"  # needs no approval
    ALLOWED = "allowed"
    CHANGED = "changed"  # approved once, but it says something else now
    DENIED = "denied"
    ASKED = "not approved"


def standing(spec: ServerSpec, approvals: Iterable[Approval]) -> Standing:
    """Whether a definition may be started, given all decisions."""
    if spec.origin is not Origin.PROJECT:
        return Standing.FREE
    about = [one for one in approvals if (one.path, one.name) == _key(spec)]
    if any(one.verdict is Verdict.DENIED for one in about):
        return Standing.DENIED
    digest = definition_digest(spec)
    if any(one.digest == digest for one in about):
        return Standing.ALLOWED
    return Standing.CHANGED if about else Standing.ASKED


class Gate:
    """Lets definitions through that may be started. Reads the approvals once, when needed."""

    def __init__(self, trust_projects: bool, approvals: Approvals | None = None) -> None:
        self._trusts_projects = trust_projects
        self._approvals = approvals
        self._known: list[Approval] | None = None

    def allows(self, spec: ServerSpec) -> bool:
        """Whether a definition may be started."""
        where = self.standing(spec)
        if where in (Standing.FREE, Standing.ALLOWED):
            return True
        return self._trusts_projects and where is not Standing.DENIED

    def check(self, spec: ServerSpec) -> None:
        """Raises RefusedError for a definition that nobody has allowed to be started."""
        if self.allows(spec):
            return
        where = self.standing(spec)
        path, name = _key(spec)
        reasons = {
            Standing.ASKED: "comes from a project's file and is not approved",
            Standing.CHANGED: "has changed since it was approved",
            Standing.DENIED: "was denied",
        }
        hint = f"mcpx trust allow {shlex.quote(name)} shows the command and approves it"
        if where is not Standing.DENIED:
            hint += "; --trust-project or MCPX_TRUST=project approves all for this run"
        raise RefusedError(
            f"{spec.name}: {reasons[where]}; not started",
            hint=hint,
            details=[f"from: {path}"],
        )

    def standing(self, spec: ServerSpec) -> Standing:
        """Where a definition stands."""
        if spec.origin is not Origin.PROJECT:
            return Standing.FREE
        if self._known is None:
            self._known = (self._approvals or Approvals()).all()
        return standing(spec, self._known)
