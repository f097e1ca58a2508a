"""Secrets out of everything: what is masked by where it stands, and what by its value."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from mcpx.servers import ServerSpec

MASK = "***"

# Names whose values are secrets wherever they stand.
_SECRET_WORD = (
    r"(?:token|secret|passw(?:or)?d|passwd|pwd|api[-_]?key|credential|auth(?:orization)?|bearer"
    r"|cookie|private[-_]?key|access[-_]?key|signature|session[-_]?id)"
)
_SECRET_NAME = re.compile(rf"{_SECRET_WORD}|(?:^|[-_.])(?:key|pat|dsn|sig|pass)$", re.IGNORECASE)

# Shapes of well-known tokens, masked in any text whoever wrote it.
_TOKEN_SHAPES = re.compile(
    r"""
      \bgh[opsur]_[A-Za-z0-9]{16,}            # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bglpat-[A-Za-z0-9_-]{16,}              # GitLab
    | \b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}       # OpenAI, Anthropic and those who imitate them
    | \b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}        # Slack
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b           # AWS
    | \bAIza[A-Za-z0-9_-]{30,}                # Google
    | \bhf_[A-Za-z0-9]{20,}
    | \bnpm_[A-Za-z0-9]{30,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JWT
    """,
    re.VERBOSE,
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s\"'<>\\]+")
_ASSIGNMENT = re.compile(
    rf"(?P<name>[\w.-]*{_SECRET_WORD}[\w.-]*)(?P<sign>\"?\s*[=:]\s*\"?)(?P<value>[^\s\"',;&}}]+)",
    re.IGNORECASE,
)
_FLAG = re.compile(r"^(--?[A-Za-z][\w.-]*)(=)?(.*)$", re.DOTALL)
_SHORTEST_SECRET = 6


def is_secret_name(name: str) -> bool:
    """Whether a variable, header or option of this name is expected to hold a secret."""
    return bool(_SECRET_NAME.search(name))


def mask_url(url: str) -> str:
    """The URL without user information and without the values of its query and fragment."""
    head, hash_sign, fragment = url.partition("#")
    head, question, query = head.partition("?")
    scheme, separator, rest = head.partition("://")
    if separator:
        authority, slash, path = rest.partition("/")
        user, at, place = authority.rpartition("@")
        if at:
            authority = (user.partition(":")[0] + ":" if ":" in user else "") + MASK + "@" + place
        rest = authority + slash + path
    head = scheme + separator + rest
    if question:
        head += "?" + "&".join(_mask_pair(pair) for pair in query.split("&"))
    if hash_sign:
        # A fragment may carry a token too; a path such as unix:///socket#/mcp may not.
        head += "#" + (
            fragment if "=" not in fragment else "&".join(map(_mask_pair, fragment.split("&")))
        )
    return _TOKEN_SHAPES.sub(MASK, head)


def _mask_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}{equals}{MASK}" if equals and value else pair


def mask_arguments(arguments: Iterable[str]) -> list[str]:
    """A command's arguments with secrets masked: after such flags, in URLs, by shape."""
    masked: list[str] = []
    hide_next = False
    for argument in arguments:
        flag = _FLAG.match(argument)
        if hide_next and not (flag and argument.startswith("--")):
            masked.append(MASK)
            hide_next = False
            continue
        hide_next = False
        if flag and is_secret_name(flag[1].lstrip("-")):
            if flag[2]:
                masked.append(f"{flag[1]}={MASK}")
                continue
            hide_next = True
        masked.append(mask_text(argument))
    return masked


def mask_text(text: str) -> str:
    """Free text (an error, a line of stderr) with everything that looks like a secret masked."""
    text = _URL_IN_TEXT.sub(lambda match: mask_url(match[0]), text)
    text = _BEARER.sub(lambda match: f"{match[1]} {MASK}", text)
    text = _TOKEN_SHAPES.sub(MASK, text)
    return _ASSIGNMENT.sub(lambda match: f"{match['name']}{match['sign']}{MASK}", text)


def mask_mapping(values: Mapping[str, str]) -> dict[str, str]:
    """Names kept, every value masked: for environments and headers."""
    return dict.fromkeys(values, MASK)


def secrets_of(spec: ServerSpec) -> set[str]:
    """The values in a definition that must not appear in any output, whoever prints them."""
    found = {value for name, value in spec.env.items() if _is_secret_value(name, value)}
    for value in spec.headers.values():
        found.add(value)
        found.add(value.rpartition(" ")[2])
    masked = mask_arguments(spec.args)
    for before, after in zip(spec.args, masked, strict=True):
        found.update(_hidden_parts(before, after))
    found.update(_hidden_parts(spec.url, mask_url(spec.url)))
    return {value for value in found if len(value) >= _SHORTEST_SECRET}


def _is_secret_value(name: str, value: str) -> bool:
    if len(value) < _SHORTEST_SECRET:
        return False
    return is_secret_name(name) or mask_text(value) != value


def _hidden_parts(before: str, after: str) -> Iterable[str]:
    """What stood where ``after`` has masks."""
    if before == after:
        return
    rest = before
    pieces = after.split(MASK)
    if not rest.startswith(pieces[0]):
        return
    rest = rest[len(pieces[0]) :]
    for piece in pieces[1:]:
        hidden, found, rest = rest.partition(piece) if piece else (rest, "", "")
        yield hidden
        if piece and not found:
            return


class Mask:
    """The secrets known to this process, masked by value in everything that leaves it."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, spec: ServerSpec) -> None:
        """From now on, mask the secrets of this definition wherever they appear."""
        for value in secrets_of(spec) - self._values:
            self._values.add(value)
            self._pattern = None

    def __call__(self, text: str) -> str:
        """The text with every known secret masked, also when URL-encoded or in base64."""
        if not self._values:
            return text
        if self._pattern is None:
            forms: set[str] = set()
            for value in self._values:
                forms.update(
                    {
                        value,
                        quote(value, "", errors="surrogatepass"),
                        quote(value, errors="surrogatepass"),
                    }
                )
                forms.add(base64.b64encode(value.encode("utf-8", "surrogatepass")).decode())
            longest_first = sorted(forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(MASK, text)
