"""Secrets out of everything: what is masked by where it stands, and what by its value."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

from mcpx.escapes import FEWEST
from mcpx.servers import ServerSpec
from mcpx.value_search import ValueSearch

MASK = "***"

# Names whose values are secrets wherever they stand.
_SECRET_WORD = (
    r"(?:(?<!progress)(?<!progress[-_])token(?!s|iz)|secret|passw(?:or)?d|passwd|passphrase|pwd|api[-_]?key|credential|webhook"
    r"|(?<!un)auth(?!or(?:s|ed|ing)?\b)|bearer"
    r"|cookie|private[-_]?key|access[-_]?key|signature|session[-_]?id)"
)
_SECRET_NAME = re.compile(
    rf"{_SECRET_WORD}|(?:^|[-_.])(?:key|pat|sig|jwt)$|(?-i:[a-z]Key)$|pass$|(?:^|[-_.])dsn(?:[-_.]|$)",
    re.IGNORECASE,
)

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
    | \bhooks\.slack\.com/services/[A-Za-z0-9/]{20,}
    | (?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JWT
    """,
    re.VERBOSE,
)
# A parameter of a challenge (RFC 9110, 11.3) is no token: its name ends at a sign and a quote.
_BEARER = re.compile(r"\b(Bearer|Basic)\s+(?![A-Za-z_-]+=\")[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_URL_IN_TEXT = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s\"'<>\\]+")
# Possessive where it can be: what a server says must not make the search slow.
_ASSIGNMENT = re.compile(
    rf"""
    (?<![\w.-])(?=[\w.-]*?{_SECRET_WORD})(?P<name>[\w.-]++)
    (?P<sign>["']?\s*+[=:]\s*+)
    (?P<value>"(?:[^"\\]|\\.)*+"?|'[^']*+'?|[^\s"',;&}}]+)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_FLAG = re.compile(r"^(--?[A-Za-z][\w.-]*)(=)?(.*)$", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-z_][\w.-]*)(=|:(?!//)\s*)(.+)$", re.DOTALL)
# A flag and its value inside one argument, as in sh -c "...".
_INNER_FLAG = re.compile(
    rf"(?<![\w-])(?P<name>--?[\w-]{{0,40}}?{_SECRET_WORD}[\w-]{{0,40}})(?P<gap>[ \t]+)"
    r"(?P<value>[^\s\"';|&]+)",
    re.IGNORECASE,
)
_INNER_USER = re.compile(r"(?P<flag>(?<!\S)(?:-u|--user)[ =])(?P<value>[^\s:\"']+:[^\s\"']+)")
# Letters and digits mixed, long, and no word, path or version: nobody chose it to be read.
_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_+=-]+")
_TOKEN_SEGMENT = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_=-]{20,}")
_SHORTEST_SECRET = 6
_WORDS_OF_JSON = ("true", "false", "null", "none")
_SHORTEST_RANDOM = 12
_TOKEN_LIKE = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[^/\s]{8,}")
_LOOSE_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s@:]*:\S*(?<!/)@")
# Longer than most names of users.
_LONG = 16


def is_secret_name(name: str) -> bool:
    """Whether a variable, header or option of this name is expected to hold a secret."""
    return bool(_SECRET_NAME.search(name))


def mask_url(url: str) -> str:
    """The URL without user information and without the values of its query and fragment."""
    # A password may hold what would end it in a URL that is written by the rules.
    url = _LOOSE_USER.sub(rf"\1{MASK}@", url)
    head, hash_sign, fragment = url.partition("#")
    head, question, query = head.partition("?")
    scheme, separator, rest = head.partition("://")
    if separator:
        authority, slash, path = rest.partition("/")
        _, at, place = authority.rpartition("@")
        path = "/".join(
            MASK if _TOKEN_SEGMENT.fullmatch(part) else part for part in path.split("/")
        )
        rest = (f"{MASK}@{place}" if at else authority) + slash + path
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
    if not equals:
        return MASK if _TOKEN_LIKE.fullmatch(pair) else pair
    return f"{name}{equals}{MASK}" if value else pair


def mask_arguments(arguments: Iterable[str]) -> list[str]:
    """A command's arguments with secrets masked: after such flags, in URLs, by shape."""
    masked: list[str] = []
    hide_next = False
    before = ""
    for argument in arguments:
        flag = _FLAG.match(argument)
        pair = _PAIR.match(argument)
        if before in ("-e", "--env") and pair:
            masked.append(f"{pair[1]}{pair[2]}{MASK}")
            before = ""
            continue
        if before in ("-u", "--user") and ":" in argument:
            masked.append(MASK)
            before = ""
            continue
        before = argument
        if hide_next and not (flag and argument.startswith("--")):
            masked.append(MASK)
            hide_next = False
            continue
        hide_next = False
        hide_next = bool(flag and not flag[2] and is_secret_name(flag[1].lstrip("-")))
        masked.append(_mask_argument(argument))
    return masked


def _mask_argument(argument: str) -> str:
    """One argument: ``--name=value`` and ``NAME=value`` by their names, the rest as text."""
    if argument.startswith("-u") and ":" in argument[2:] and "://" not in argument:
        return f"-u{MASK}"
    if flag := _FLAG.match(argument):
        if not flag[2]:
            return mask_text(argument)
        if is_secret_name(flag[1].lstrip("-")):
            return f"{flag[1]}={MASK}"
        if flag[1] == "--env" and "=" in flag[3]:
            return f"{flag[1]}={flag[3].partition('=')[0]}={MASK}"
        return f"{flag[1]}={_mask_argument(flag[3])}"
    pair = _PAIR.match(argument)
    if pair and is_secret_name(pair[1]):
        return f"{pair[1]}{pair[2]}{MASK}"
    return mask_text(argument)


def is_token(text: str) -> bool:
    """Whether the text is, as a whole, a token of a well-known shape."""
    return _TOKEN_SHAPES.fullmatch(text) is not None


def tokens_in(text: str) -> Iterator[str]:
    """The tokens of well-known shapes in a text."""
    return (match[0] for match in _TOKEN_SHAPES.finditer(text))


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the tokens of well-known shapes stand in a text."""
    return (match.span() for match in _TOKEN_SHAPES.finditer(text))


def mask_text(text: str) -> str:
    """Free text (an error, a line of stderr) with everything that looks like a secret masked."""
    text = _URL_IN_TEXT.sub(lambda match: mask_url(match[0]), text)
    text = _BEARER.sub(lambda match: f"{match[1]} {MASK}", text)
    text = _TOKEN_SHAPES.sub(MASK, text)
    text = _INNER_FLAG.sub(lambda match: f"{match['name']}{match['gap']}{MASK}", text)
    text = _INNER_USER.sub(lambda match: f"{match['flag']}{MASK}", text)
    return _ASSIGNMENT.sub(_mask_assignment, text)


def mask_value(value: Any, text: Callable[[str], str], name: str = "") -> Any:
    """A JSON value with secrets masked: by the names of members, and its texts by ``text``."""
    if isinstance(value, dict):
        return {text(key): mask_value(inner, text, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask_value(inner, text, name) for inner in value]
    if isinstance(value, str):
        return MASK if value and is_secret_name(name) else text(value)
    return value


def _mask_assignment(match: re.Match[str]) -> str:
    value = match["value"]
    quote_sign = value[0] if value[0] in "\"'" else ""
    if value == 2 * quote_sign:
        return match[0]
    end = quote_sign if value.endswith(quote_sign) else ""
    return f"{match['name']}{match['sign']}{quote_sign}{MASK}{end}"


def secrets_of(spec: ServerSpec, every_variable: bool = False) -> set[str]:
    """The values in a definition that must not appear in any output, whoever prints them.

    ``every_variable``: not only those that look like secrets, for a server's own words. A region
    or a level must not disappear from what a server lists.
    """
    found = {value for value in spec.env.values() if every_variable and not _says_nothing(value)}
    found |= {value for name, value in spec.env.items() if _is_secret_value(name, value)}
    for value in spec.env.values():
        found.update(_hidden_parts(value, mask_text(value)))
    for name, value in spec.headers.items():
        found.update(_secrets_of_header(name, value))
    masked = mask_arguments(spec.args)
    for before, after in zip(spec.args, masked, strict=True):
        found.update(_hidden_parts(before, after))
    found.update(_hidden_parts(spec.url, mask_url(spec.url)))
    # A key of several lines may come back line by line.
    found.update(*(value.splitlines() for value in list(found) if "\n" in value.strip()))
    found = {value for value in found if len(value) >= _SHORTEST_SECRET}
    # Of what was declared to be secret, also short values.
    found |= {value for name, value in spec.env.items() if is_secret_name(name)}
    return {value for value in found | set(spec.secrets) if _can_be_secret(value)}


def _can_be_secret(value: str) -> bool:
    """Whether a value is long enough to be kept secret, and no word that JSON is made of."""
    return len(value.strip()) >= FEWEST and value.lower() not in _WORDS_OF_JSON


def _says_nothing(value: str) -> bool:
    """Whether a value is a number, a word or a place, which no one could keep secret."""
    return bool(re.fullmatch(r"[0-9.]+|[A-Za-z]{1,12}|[~./].*|[A-Za-z]:[\\/].*", value, re.DOTALL))


def _is_secret_value(name: str, value: str) -> bool:
    if len(value) < _SHORTEST_SECRET:
        return False
    random = len(value) >= _SHORTEST_RANDOM and _RANDOM.fullmatch(value) is not None
    return random or is_secret_name(name) or mask_text(value) != value


def _secrets_of_header(name: str, value: str) -> Iterator[str]:
    """A header's value, what follows its scheme, and what these hold."""
    credentials = value.rpartition(" ")[2]
    yield from (value, credentials)
    if name.lower() == "cookie":
        for pair in value.split(";"):
            yield pair.partition("=")[2].strip()
    if value.lower().startswith("basic "):
        with contextlib.suppress(binascii.Error, ValueError):
            yield from _of_user(base64.b64decode(credentials).decode())


def _of_user(hidden: str) -> Iterator[str]:
    """User and password, also as they are sent, the password, and a user that is a token."""
    yield hidden
    user, colon, password = hidden.partition(":")
    if colon:
        yield base64.b64encode(hidden.encode("utf-8", "surrogatepass")).decode()
        yield password
        if len(user) >= _LONG:
            yield user


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
        # As it is written in a URL, and as it goes over the wire or comes back.
        for read in (hidden, unquote(hidden), unquote_plus(hidden)):
            yield from _of_user(read)
        if piece and not found:
            return


class Mask:
    """The secrets known to this process, masked by value in everything that leaves it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._search: ValueSearch | None = None
        self.add(secrets)

    def learn(self, spec: ServerSpec, every_variable: bool = False) -> None:
        """From now on, mask the secrets of this definition wherever they appear."""
        self.add(secrets_of(spec, every_variable))

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these values too, wherever they appear; not what is shorter than any secret."""
        found = {one for one in secrets if _can_be_secret(one)}
        if not found <= self._values:
            self._values |= found
            self._search = None

    def __call__(self, text: str) -> str:
        """The text with every known secret masked, also where it is encoded, escaped or cut.

        As in URLs, in base64, in hexadecimal digits, in JSON, XML and Markdown, in the commands of
        a CI, and over several lines. Not where a server takes a secret to pieces of its own making,
        spells it backwards, or spreads it over several texts.
        """
        if not self._values:
            return text
        if self._search is None:
            self._search = ValueSearch(self._values)
        pieces: list[str] = []
        at = beyond = 0
        for start, end in sorted(self._search.spans(text)):
            if start >= beyond:
                pieces += (text[at:start], MASK)
            at = beyond = max(beyond, end)
        return "".join((*pieces, text[at:])) if pieces else text
