"""What the command line adds to the servers that it names: variables, headers, values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mcpx.errors import ConfigError, UsageError
from mcpx.masking import mask_text
from mcpx.settings import environment

LARGEST_ENV_FILE = 1024 * 1024

# Source: RFC 9110, section 5.6.2 (token) and 5.5 (values).
_TOKEN = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_NO_VALUE = re.compile(r"[\x00\r\n]")
# They say where a message ends; whoever sends it has to write them.
_FRAMING = ("content-length", "transfer-encoding", "connection")

_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)", re.ASCII)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


@dataclass(frozen=True, slots=True)
class Additions:
    """What the command line adds to the servers that it names.

    ``env`` and ``cwd`` are for started servers, ``headers`` for those reached by URL, ``values``
    answer what the entry of a registry asks for, ``registry_url`` is the registry to ask (empty:
    that of the settings); ``refresh``: anew, whatever is in the cache; ``seconds`` is for how long
    it may take over a document.
    """

    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    registry_url: str = ""
    refresh: bool = False
    seconds: float = 30.0


def parse_environment(pairs: Sequence[str], files: Sequence[str] = ()) -> dict[str, str]:
    """``K=V`` words as a mapping; ``K`` alone takes our own value of K.

    ``files`` are read first, each of lines ``K=V``. Raises UsageError for a bad word, ConfigError
    for a bad file.
    """
    found: dict[str, str] = {}
    for file in files:
        found.update(_read(file))
    ours = environment()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or (not equals and name not in ours):
            raise UsageError(
                f"--env {name or '…'}: expected NAME=VALUE, or the name of a variable that is set"
            )
        found[name] = value if equals else ours[name]
    return found


def _read(file: str) -> dict[str, str]:
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(LARGEST_ENV_FILE + 1)
    except OSError as error:
        raise ConfigError(f"--env-file {file}: {error.strerror}") from error
    if len(data) > LARGEST_ENV_FILE:
        raise ConfigError(f"--env-file {file}: larger than {LARGEST_ENV_FILE} bytes, not read")
    try:
        return dict(_assignments(data.decode("utf-8-sig"), file))
    except UnicodeDecodeError as error:
        raise ConfigError(f"--env-file {file}: not UTF-8 text") from error


def _assignments(text: str, file: str) -> Iterator[tuple[str, str]]:
    """The variables of a dotenv text: comments, ``export``, quotes; nothing is expanded."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        # The line is not quoted: it may hold a secret.
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            raise ConfigError(f"{file}:{number}: expected NAME=VALUE")
        value = _unquoted(match[2])
        if value is None:
            raise ConfigError(f"{file}:{number}: the value of {match[1]} has an open quote")
        if "\0" in value:
            raise ConfigError(f"{file}:{number}: the value of {match[1]} has a NUL in it")
        yield match[1], value


def _unquoted(text: str) -> str | None:
    """The value that a text stands for; None when a quote is not closed."""
    if not text.startswith(('"', "'")):
        return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].rstrip()
    sign = text[0]
    body = r"((?:[^\"\\]|\\.)*)" if sign == '"' else "([^']*)"
    match = re.fullmatch(rf"{sign}{body}{sign}\s*(?:#.*)?", text)
    if match is None:
        return None
    if sign == "'":
        return match[1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), match[1])


def parse_headers(words: Sequence[str], bearer_env: str | None = None) -> dict[str, str]:
    """``NAME: VALUE`` words as headers; ``bearer_env`` names a variable with a bearer token.

    Raises UsageError, which never shows a value.
    """
    found: dict[str, str] = {}
    for word in words:
        name, colon, value = word.partition(":")
        name, value = name.strip(" \t"), value.strip(" \t")
        if not colon:
            raise UsageError("--header: expected 'NAME: VALUE'", hint="--header 'X-Tenant: acme'")
        if fault := header_fault(name, value):
            raise UsageError(f"--header {mask_text(name)!r}: {fault}")
        if any(name.lower() == known.lower() for known in found):
            raise UsageError(f"--header {name}: given twice")
        found[name] = value
    if bearer_env is not None:
        token = environment().get(bearer_env, "").strip()
        if not token:
            raise UsageError(
                f"--bearer-env {bearer_env}: the variable is not set",
                hint="it takes the name of a variable with the token in it",
            )
        if any(name.lower() == "authorization" for name in found):
            raise UsageError("--bearer-env and --header Authorization cannot both be")
        if fault := header_fault("Authorization", token):
            raise UsageError(f"--bearer-env {bearer_env}: its value {fault}")
        found["Authorization"] = f"Bearer {token}"
    return found


def header_fault(name: str, value: str) -> str:
    """What is wrong with a header, empty for nothing."""
    if not _TOKEN.fullmatch(name):
        return "has no valid name"
    if name.lower() in _FRAMING:
        return "cannot be set: it belongs to the connection"
    if _NO_VALUE.search(value):
        return "has a line break or a NUL in its value"
    if not value.isascii():
        return "has characters beyond ASCII in its value"
    return ""


def parse_values(words: Sequence[str]) -> dict[str, list[str]]:
    """``NAME=VALUE`` words, each name with all its values. Raises UsageError."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            # Without the sign the word may be the value, and that a secret.
            raise UsageError("--set: expected NAME=VALUE", hint="--set region=eu")
        found.setdefault(name, []).append(value)
    return found


def merged_headers(known: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Headers with others that win over those of the same name, however it is spelt."""
    names = {name.lower() for name in added}
    return {**{name: one for name, one in known.items() if name.lower() not in names}, **added}
