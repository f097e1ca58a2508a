"""Where a host's files lie: tokens, operating systems, environment overrides, walks, globs."""

from __future__ import annotations

import fnmatch
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mcpx.sources.hosts import Host, HostFile

SYSTEMS = ("linux", "macos", "windows")
LONGEST_WALK = 64
DEEPEST_GLOB = 8
MOST_FOLDERS = 2_000
MOST_MATCHES = 500
# Large, and never the home of a configuration file.
_NEVER_ENTERED = frozenset({".git", "node_modules", "__pycache__", ".venv"})


def this_system() -> str:
    """The operating system that mcpx runs on, as one of ``SYSTEMS``."""
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What path templates are expanded in.

    ``environ`` is empty when another home or system than the caller's is examined: then no
    variable moves a folder. ``root`` stands for the file system's root in the paths of
    system-wide files; None: such files are not looked at. ``project_names`` are the spellings
    under which a host may have noted the project's folder.
    """

    system: str
    home: str
    project: str | None
    project_names: frozenset[str]
    root: str | None
    environ: Mapping[str, str]
    vscode_user: tuple[str, ...] = ()


def surroundings(
    system: str | None,
    home: Path | None,
    project: Path | None,
    root: Path | None,
    environ: Mapping[str, str],
    vscode_user: tuple[str, ...],
) -> Surroundings:
    """The surroundings of a scan; arguments as those of ``discovery.discover``."""
    system = system or this_system()
    own = home is None and system == this_system()
    where = Path.home() if home is None else home.absolute()
    folder = project.absolute() if project else _working_folder()
    names = {str(project), str(folder), os.path.realpath(folder)} if folder else set()
    if root is None:
        root = Path(where.anchor) if own else _root_of(where)
    return Surroundings(
        system=system,
        home=str(where),
        project=str(folder) if folder else None,
        project_names=frozenset(fold(name, system) for name in names),
        root=str(root) if root else None,
        environ=environ if own else {},
        vscode_user=vscode_user,
    )


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def _root_of(home: Path) -> Path | None:
    """The root of the file system that a home lies in, where its place tells: R/home/NAME."""
    if home.parent.name in ("home", "Users"):
        return home.parent.parent
    return home.parent if home == Path(home.anchor, "root") else None


def fold(name: str, system: str) -> str:
    """A folder's name for comparing: Windows has two separators and ignores case."""
    if system == "windows":
        name = name.replace("\\", "/").casefold()
    return name.rstrip("/") or "/"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A path at which a host looks for one of its files.

    ``template`` is as written in the table. ``distance`` counts the folders from the project up
    to the one a walk found it in. ``present`` is false when nothing is there; ``skipped`` says
    why it was not looked at; ``cut``: a pattern had more matches than are looked at; ``denied``
    are folders that could not be listed.
    """

    template: str
    path: str
    present: bool
    distance: int = 0
    skipped: str = ""
    cut: bool = False
    denied: tuple[str, ...] = ()


def candidates(host: Host, file: HostFile, where: Surroundings) -> Iterator[Candidate]:
    """Every path at which the host looks for the file, found or not, at least one."""
    for template in _templates(host, file, where.environ):
        expanded = list(_expand(template, file.walk, where))
        if not expanded:
            yield Candidate(template, template, False, skipped=_reason(template, where))
        for path, distance in expanded:
            if "*" not in template:
                yield Candidate(template, path, os.path.lexists(path), distance)
                continue
            search = _Glob()
            matches = sorted(search.matches(path))
            for match in matches:
                yield Candidate(template, match, True, distance)
            if not matches or search.cut or search.denied:
                yield Candidate(
                    template, path, False, distance, cut=search.cut, denied=tuple(search.denied)
                )


def _reason(template: str, where: Surroundings) -> str:
    if template.startswith("$"):
        return "the variable is not set"
    if template.startswith("{project}"):
        return "no project folder"
    return "system-wide files are not looked at in another home" if where.root is None else ""


def _templates(host: Host, file: HostFile, environ: Mapping[str, str]) -> Iterator[str]:
    for variable, template in file.env.items():
        if environ.get(variable):
            yield template
            return
    for path in file.paths:
        for variable, folder in host.folders.items():
            if environ.get(variable) and path.startswith(folder + "/"):
                yield f"${variable}{path.removeprefix(folder)}"
                break
        else:
            yield path


def _expand(template: str, walk: str, where: Surroundings) -> Iterator[tuple[str, int]]:
    """Each path that a template stands for, patterns left in place, with its distance."""
    head, slash, rest = template.partition("/")
    rest = slash + rest
    if head == "{project}":
        for distance, folder in enumerate(_walk(where, walk)):
            yield folder + rest, distance
    elif head == "{vscode_user}":
        folders = [f"{folder}" for t in where.vscode_user for folder, _ in _expand(t, "", where)]
        present = [folder for folder in folders if _is_folder(folder)]
        for folder in present or folders[:1]:
            yield folder + rest, 0
    elif head.startswith("$"):
        value = where.environ.get(head[1:])
        if value and (slash or Path(value).is_absolute()):
            yield value + rest, 0
    elif head in ("", "{programdata}", "{programfiles}"):
        if where.root is not None:
            yield _system_wide(head, where) + rest, 0
    elif folder := _user_folder(head, where):
        yield folder + rest, 0


def _system_wide(token: str, where: Surroundings) -> str:
    root = (where.root or "").rstrip("/\\")
    if token == "":
        return root
    variable, folder = {
        "{programdata}": ("PROGRAMDATA", "ProgramData"),
        "{programfiles}": ("PROGRAMFILES", "Program Files"),
    }[token]
    return where.environ.get(variable) or f"{root}/{folder}"


def _user_folder(token: str, where: Surroundings) -> str:
    home, environ = where.home, where.environ
    if token == "{home}":
        return home
    if token == "{xdg_config}":
        return _absolute(environ.get("XDG_CONFIG_HOME")) or f"{home}/.config"
    if token == "{xdg_data}":
        return _absolute(environ.get("XDG_DATA_HOME")) or f"{home}/.local/share"
    if token == "{localappdata}":
        return environ.get("LOCALAPPDATA") or f"{home}/AppData/Local"
    if token == "{appdata}" or (token == "{appsupport}" and where.system == "windows"):
        return environ.get("APPDATA") or f"{home}/AppData/Roaming"
    if token == "{appsupport}":
        if where.system == "macos":
            return f"{home}/Library/Application Support"
        return _user_folder("{xdg_config}", where)
    return ""  # a network address


def _absolute(value: str | None) -> str:
    return value if value and Path(value).is_absolute() else ""


def _walk(where: Surroundings, walk: str) -> list[str]:
    """The project's folder and the ancestors that are read too, nearest first."""
    if where.project is None:
        return []
    if not walk:
        return [where.project]
    parents = Path(where.project).parents[:LONGEST_WALK]
    folders = [where.project, *map(str, parents)]
    if walk == "git":
        top = repository(where.project)
        return folders[: folders.index(top) + 1] if top in folders else folders[:1]
    return folders[:-1] or folders


def repository(folder: str) -> str | None:
    """The folder of the repository that a folder lies in, if it lies in one."""
    for parent in [Path(folder), *Path(folder).parents[:LONGEST_WALK]]:
        if os.path.lexists(parent / ".git"):
            return str(parent)
    return None


def _is_folder(place: str | os.DirEntry[str], follow: bool = True) -> bool:
    """Whether it is a folder; what may not be looked at is none."""
    try:
        if isinstance(place, os.DirEntry):
            return place.is_dir(follow_symlinks=follow)
        return Path(place).is_dir()
    except OSError:
        return False


class _Glob:
    """One search for a pattern with ``*`` and ``**``; ``cut`` when it was ended by a limit.

    ``**`` goes down real folders only: a symbolic link may lead anywhere.
    """

    def __init__(self) -> None:
        self.cut = False
        self.denied: list[str] = []
        self._folders = 0
        self._found = 0

    def matches(self, pattern: str) -> Iterator[str]:
        parts = pattern.split("/")
        fixed = next(index for index, part in enumerate(parts) if "*" in part)
        yield from self._descend("/".join(parts[:fixed]), parts[fixed:], 0)

    def _descend(self, folder: str, parts: list[str], depth: int) -> Iterator[str]:
        part, rest = parts[0], parts[1:]
        if part == "**":
            yield from self._descend(folder, rest, depth)
            if depth >= DEEPEST_GLOB:
                return
            for entry in self._entries(folder):
                if entry.name not in _NEVER_ENTERED and _is_folder(entry, follow=False):
                    yield from self._descend(f"{folder}/{entry.name}", parts, depth + 1)
            return
        if "*" not in part:
            path = f"{folder}/{part}"
            if os.path.lexists(path):
                yield from self._descend(path, rest, depth) if rest else self._take(path)
            return
        for entry in self._entries(folder):
            if fnmatch.fnmatchcase(entry.name, part) and (not rest or _is_folder(entry)):
                path = f"{folder}/{entry.name}"
                yield from self._descend(path, rest, depth) if rest else self._take(path)

    def _take(self, path: str) -> Iterator[str]:
        if self._found >= MOST_MATCHES:
            self.cut = True
            return
        self._found += 1
        yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        if self._folders >= MOST_FOLDERS:
            self.cut = True
            return []
        self._folders += 1
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError:
            self.denied.append(folder)
            return []
