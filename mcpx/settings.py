"""Settings and where each comes from: flag > MCPX_* > ./mcpx.toml > user file > default.

The only module that reads the environment.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mcpx.errors import ConfigError, UsageError

PROJECT_FILE = "mcpx.toml"
# What those files hold beside settings; whoever it is for reads it.
TABLES = ("hosts", "ignore", "names", "replay", "severities")
LONGEST_FILE = 1_000_000


def environment() -> dict[str, str]:
    """The variables of this process, as they are now."""
    return dict(os.environ)


def debugging() -> bool:
    """Whether errors are to be shown with a traceback (``MCPX_DEBUG=1``)."""
    return os.environ.get("MCPX_DEBUG", "") not in ("", "0")


def columns() -> int | None:
    """The width that the environment asks for (``COLUMNS``), if it does."""
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


def user_file() -> Path:
    """The user's own settings file (``MCPX_CONFIG`` or the platform's configuration folder)."""
    if given := os.environ.get("MCPX_CONFIG"):
        return Path(given)
    return Path(_folders().user_config_dir) / "config.toml"


def state_folder() -> Path:
    """Where approvals are kept; only its owner may read it."""
    return Path(_folders().user_state_dir)


def cache_folder() -> Path:
    """Where may be kept what can be found out again."""
    return Path(_folders().user_cache_dir)


def _folders() -> Any:
    import platformdirs

    return platformdirs.PlatformDirs("mcpx", appauthor=False)


def colour_wanted(is_terminal: bool, flag: str | None = None) -> bool:
    """Whether a stream gets colour.

    ``--color`` > ``MCPX_COLOR`` > ``NO_COLOR`` (not empty) > ``FORCE_COLOR``, ``CLICOLOR_FORCE``
    (not empty, not 0) > the stream is a terminal and ``TERM`` is not ``dumb``.
    """
    choice = flag or os.environ.get("MCPX_COLOR") or "auto"
    if choice in ("always", "never"):
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a server's output is accepted; reaching one is an error that names it."""

    line: int = 64 * 1024 * 1024
    values: int = 2_000_000
    pages: int = 1_000
    items: int = 100_000
    notifications: int = 1_000_000
    stderr: int = 64 * 1024
    reconnects: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its value; ``origins`` says where each that was set comes from."""

    timeout: float | None = None
    concurrency: int = 8
    era: str = "auto"
    format: str = "table"
    color: str = "auto"
    trust: str = "ask"
    inherit_env: bool = False
    registry_url: str = "https://registry.modelcontextprotocol.io"
    limits: Limits = Limits()
    origins: Mapping[str, str] = field(default_factory=dict)

    def connect_deadline(self) -> float:
        """Seconds to connect and list."""
        return 30.0 if self.timeout is None else self.timeout

    def call_deadline(self) -> float:
        """Seconds for the answer to a call."""
        return 120.0 if self.timeout is None else self.timeout


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86_400:
        raise ValueError("must be more than 0 and at most 86400 seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1_000:
        raise ValueError("must be a number from 1 to 1000")
    return value


def _yes_or_no(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError("must be true or false")


def _address(text: str) -> str:
    if not text.lower().startswith(("https://", "http://")):
        raise ValueError("must be a URL that starts with https://")
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return text

    return parse


_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def _size(text: str) -> int:
    number, unit = text.upper().removesuffix("B").removesuffix("I"), ""
    if number[-1:] in _UNITS and number[-1:]:
        number, unit = number[:-1], number[-1]
    if not number.isdecimal() or int(number) == 0:
        raise ValueError("must be a number above 0, with K, M or G if you like")
    return int(number) * _UNITS[unit]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how its text is read, what it is for, and who may set it."""

    name: str
    parse: Callable[[str], Any]
    help: str
    by_project: bool = True


SETTINGS: tuple[Setting, ...] = (
    Setting("timeout", _seconds, "Seconds to connect to a server and list what it offers (30)."),
    Setting("concurrency", _count, "How many servers are worked on side by side."),
    Setting("era", _one_of("auto", "legacy", "modern"), "How to open the conversation."),
    Setting(
        "format",
        _one_of("table", "json", "ndjson", "markdown", "github", "sarif", "junit"),
        "The form of the result.",
    ),
    Setting("color", _one_of("auto", "always", "never"), "When to use colour."),
    Setting(
        "trust",
        _one_of("ask", "project"),
        "'project' starts the servers of a project's own files without approval.",
        by_project=False,
    ),
    Setting(
        "inherit_env",
        _yes_or_no,
        "Give a started server the whole environment.",
        by_project=False,
    ),
    Setting(
        "registry_url",
        _address,
        "The registry that registry: targets and discover --registry ask.",
        by_project=False,
    ),
    *(
        Setting(f"limits.{name}", _size, text, by_project=False)
        for name, text in (
            ("line", "Longest message of a server, and all its lists together, in bytes."),
            ("values", "Most JSON values in one message, and in all lists together."),
            ("pages", "Most pages of one listing."),
            ("items", "Most items of one listing."),
            ("notifications", "Most notifications while connecting and listing."),
            ("stderr", "How much of a server's stderr is kept, in bytes."),
            ("reconnects", "How often a broken stream of events is taken up again."),
        )
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def variable_of(name: str) -> str:
    """The environment variable that sets a setting: ``limits.line`` -> ``MCPX_LIMITS_LINE``."""
    return "MCPX_" + name.replace(".", "_").upper()


def load(folder: Path | None = None, /, **flags: object) -> Settings:
    """Every setting with its value and origin.

    ``flags`` are what the command line gave (``None``: not given); ``limits`` is a list of
    ``NAME=VALUE``. Raises ConfigError for a bad file or variable, UsageError for a bad flag.
    """
    found: dict[str, tuple[Any, str]] = {}
    for origin, layer in _layers(folder or Path.cwd()):
        for name, text in layer.items():
            try:
                found[name] = (_BY_NAME[name].parse(text), origin)
            except ValueError as error:
                raise ConfigError(
                    f"{name} in {origin}: {_reason(error)}, not {text!r}",
                    hint=f"mend {origin}" if "." in origin else f"unset {origin}",
                ) from error
    for name, value in _flag_values(flags):
        setting = _BY_NAME[name]
        try:
            found[name] = (setting.parse(str(value)), "command line")
        except ValueError as error:
            flag = name.replace("limits.", "limit ").replace("_", "-")
            raise UsageError(f"--{flag}: {_reason(error)}, not {value!r}") from error
    plain = {name: value for name, (value, _) in found.items() if "." not in name}
    limits = {name.partition(".")[2]: value for name, (value, _) in found.items() if "." in name}
    return replace(
        Settings(),
        **plain,
        limits=replace(Limits(), **limits),
        origins={name: origin for name, (_, origin) in found.items()},
    )


def explain(settings: Settings) -> Iterator[tuple[Setting, object, str]]:
    """Each setting with its value and origin, for ``mcpx config show``."""
    for setting in SETTINGS:
        value: Any = settings
        for part in setting.name.split("."):
            value = getattr(value, part)
        yield setting, value, settings.origins.get(setting.name, "default")


def _reason(error: ValueError) -> str:
    text = str(error)
    return text if text.startswith("must") else "must be a number"


def _flag_values(flags: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in flags.items():
        if value is None:
            continue
        if name != "limits":
            yield name, value
            continue
        for pair in value if isinstance(value, list) else []:
            limit, equals, text = str(pair).partition("=")
            if not equals or f"limits.{limit}" not in _BY_NAME:
                known = ", ".join(item.name for item in fields(Limits))
                raise UsageError(
                    f"--limit {pair}: expected NAME=VALUE with NAME one of {known}",
                    hint="for example --limit line=128M",
                )
            yield f"limits.{limit}", text


def _layers(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Lowest first: (origin, {setting: text})."""
    own = user_file()
    yield str(own), _read(own, project=False)
    project = folder / PROJECT_FILE
    yield PROJECT_FILE, _read(project, project=True)
    for setting in SETTINGS:
        variable = variable_of(setting.name)
        if text := os.environ.get(variable):
            yield variable, {setting.name: text}


def tables(folder: Path | None = None, /) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the user's file, then the project's, say beside settings: (origin, tables).

    The tables are those of ``TABLES``, as parsed. Raises ConfigError for what cannot be read.
    """
    for path, project in ((user_file(), False), ((folder or Path.cwd()) / PROJECT_FILE, True)):
        document, _ = _document(path, project)
        origin = PROJECT_FILE if project else str(path)
        yield origin, {name: document[name] for name in TABLES if name in document}


def _document(path: Path, project: bool) -> tuple[dict[str, Any], bool]:
    """The tables of a file, and whether others may write it."""
    try:
        if not os.path.lexists(path) and (project or "MCPX_CONFIG" not in os.environ):
            return {}, False
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: not a regular file, not read")
        if path.stat().st_size > LONGEST_FILE:
            raise ConfigError(f"{path}: larger than {LONGEST_FILE} bytes, not read")
        text = path.read_text(encoding="utf-8-sig")
        shared = os.name == "posix" and others_may_write(path.stat())
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text") from error
    from mcpx.toml_text import parse_toml

    try:
        return parse_toml(text), shared
    except (ValueError, RecursionError) as error:  # ValueError also for a number too long
        raise ConfigError(f"{path}: not valid TOML: {_position(error)}") from error


def _read(path: Path, project: bool) -> dict[str, str]:
    document, shared = _document(path, project)
    values: dict[str, str] = {}
    settings = {name: value for name, value in document.items() if name not in TABLES}
    try:
        found = [(name, str(value)) for name, value in _flat(settings)]
    except (ValueError, RecursionError) as error:  # a number too long to be written
        raise ConfigError(f"{path}: {error}") from error
    for name, value in found:
        setting = _BY_NAME.get(name)
        if setting is None:
            near = difflib.get_close_matches(name, [*_BY_NAME, *TABLES], n=1)
            raise ConfigError(
                f"{path}: unknown setting '{name}'",
                hint=f"did you mean '{near[0]}'?" if near else "mcpx config show lists them",
            )
        if project and not setting.by_project:
            raise ConfigError(
                f"{path}: '{name}' cannot be set by a project's file",
                hint=f"set it in {user_file()} or with {variable_of(name)}",
            )
        if shared and not setting.by_project:
            raise ConfigError(
                f"{path}: '{name}' cannot be set by a file that others may write",
                hint=f"chmod go-w {path}",
            )
        values[name] = value
    return values


def others_may_write(status: os.stat_result) -> bool:
    """Whether somebody other than this user and root may change a file (POSIX)."""
    return status.st_uid not in (os.geteuid(), 0) or bool(status.st_mode & 0o022)


def _position(error: Exception) -> str:
    """Where a TOML error lies, without quoting the file: its lines may hold secrets."""
    text = str(error)
    start = text.rfind("(at ")
    return text[start + 1 : -1] if start >= 0 else "syntax error"


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


INHERITED = ("HOME", "LOGNAME", "USER", "PATH", "SHELL", "TERM", "LANG", "TMPDIR")
_INHERITED_ON_WINDOWS = (
    *("APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PROCESSOR_ARCHITECTURE", "PATHEXT"),
    *("SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "COMSPEC"),
)


def server_environment(declared: Mapping[str, str], everything: bool = False) -> dict[str, str]:
    """The environment of a started server: what every program needs, and what was declared."""
    if everything:
        return {**os.environ, **declared}
    names = INHERITED + (_INHERITED_ON_WINDOWS if sys.platform == "win32" else ())
    kept = {
        name: value for name, value in os.environ.items() if name in names or name.startswith("LC_")
    }
    return {**kept, **declared}


def walk_environment(home: Path) -> dict[str, str]:
    """Our environment with another home folder and none of the user's settings, for the demo."""
    names = (
        *INHERITED,
        *_INHERITED_ON_WINDOWS,
        "COLUMNS",
        "NO_COLOR",
        "FORCE_COLOR",
        "VIRTUAL_ENV",
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in names or name.startswith(("LC_", "PYTHON", "COV", "CLICOLOR"))
    }
    return {**kept, "HOME": str(home), "USERPROFILE": str(home)}
