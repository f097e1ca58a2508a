"""What looks like a secret in a recorded text, and the names of members that hold one; no I/O.

A recording is to be replayed and compared, so that more is left alone here than in what is shown
to people: words, types, placeholders and references are no secrets, whatever stands before them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from mcpx.masking import is_secret_name, token_spans

# Start, end, and the name of the rule.
Shape = tuple[int, int, str]

_NAME_WORD = (
    r"(?:token(?!s|iz)|secret|passw(?:or)?d|passwd|passphrase|pwd|api[-_]?key|credential|webhook"
    r"|authorization|cookie|private[-_]?key|access[-_]?key|signature|session[-_]?id)"
)
# What a text holds, in small letters, in which a shape can be found; few of the many do.
_OF_NAMES = (
    *("token", "secret", "pass", "pwd", "key", "credential", "webhook", "auth", "cookie"),
    *("signature", "session", 'pat"', 'sig"', 'jwt"', "dsn"),
)
_OF_SCHEMES = ("bearer", "basic")
_OF_TOKENS = (
    *("ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "sk-", "pk-", "rk-"),
    *("k_live_", "k_test_", "xox", "akia", "asia", "aiza", "hf_", "npm_", "hooks", "eyj"),
)
_SIGNS = (*_OF_NAMES, *_OF_SCHEMES, *_OF_TOKENS)
# Words with a sign in them that are in many messages.
_HARMLESS = re.compile("progress[-_]?token|tokens|tokeniz|token[-_]?count")
# Names that the protocol, and those who page, give to what is no secret.
_OPAQUE = re.compile(
    r"(?:progress|page|paging|next|continuation|continue|sync|cursor)[-_]?token|max[-_]?tokens"
    r"|(?:next)?cursor|request[-_]?state|idempotency[-_]?key"
    # How many, how long, of what kind, and where to get one.
    r"|token[-_]?(?:count|usage|used|limit|budget|length|size|type|ttl|expir|endpoint)"
    r"|(?:num|number|count|total|max|min|limit)[-_]?(?:of[-_]?)?token(?![a-z])",
    re.IGNORECASE,
)
_WRITER = re.compile(r"author(?!i[sz])", re.IGNORECASE)
_STRONG_NAME = re.compile(rf"{_NAME_WORD}|bearer|(?:^|[-_.])jwt$", re.IGNORECASE)
_AUTH_NAME = re.compile("(?<!un)auth", re.IGNORECASE)
_LONG_ENOUGH = 16

_BEARER = re.compile(
    r"\b(?P<scheme>Bearer|Basic)\s{1,8}(?![A-Za-z_-]+=\")(?P<value>[A-Za-z0-9._~+/=-]{6,}+)",
    re.IGNORECASE,
)
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://(?P<rest>[^\s\"'<>\\]++)")
_USER = re.compile(r"(?P<user>[^/?#@:]*+)(?::(?P<password>[^/?#]*))?@")
# A password that was not encoded as it has to be; not the port of a host.
_LOOSE_USER = re.compile(r"(?P<user>[^/?#@:]*+):(?P<password>(?!\d{1,5}[/?#])\S*)(?<!/)@")
_PARAMETER = re.compile(r"[?&#;](?P<name>[^=&#;?]{1,80})=(?P<value>[^&#;]++)")
_NAME = re.compile(r"(?<![\w.-])(?P<name>[\w.-]{3,120}+)(?P<sign>\\*+[\"']?\s{0,4}[=:])\s{0,4}")
_VALUE = re.compile(
    r"""
    (?:(?:Bearer|Basic|Token|Digest)[ ]{1,4})?
    (?:(?P<quote>\\*+["'])(?P<quoted>[^"'\\\s][^"'\\]*+)(?P=quote)|(?P<bare>[^\s"',;&}\])\\]++))
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What a value may stand within: an object with a member that is called so, or a list.
_OBJECT = re.compile(
    r"\s{0,4}\{[^{}]{0,200}?(?<![\w-])values?\\*+[\"']?\s{0,4}[=:]\s{0,4}", re.IGNORECASE
)
_LIST = re.compile(r"\s{0,4}\[")
_ITEM = re.compile(
    r"""
    (?:\s|,|\\++[nrt])*+
    (?:"(?P<plain>(?:[^"\\]|\\.)*+)"|(?P<quote>\\*+["'])(?P<value>[^"'\\]*+)(?P=quote))
    """,
    re.VERBOSE | re.DOTALL,
)
# A name and a value beside each other, as members of one object.
_NAMED = (
    r"(?<![\w-])(?:name|key|header|variable)\\*+[\"']?\s{0,4}[=:]\s{0,4}"
    r"\\*+[\"'](?P<name>[\w.-]{3,120}+)\\*+[\"']"
)
_VALUE_OF = r"(?<![\w-])value\\*+[\"']?\s{0,4}[=:]\s{0,4}"
_BEFORE = re.compile(rf"{_NAMED}[^{{}}]{{0,200}}?{_VALUE_OF}", re.IGNORECASE)
_AFTER = re.compile(
    rf"{_VALUE_OF}(?P<quote>\\*+[\"'])(?P<value>[^\"'\\]++)(?P=quote)[^{{}}]{{0,200}}?{_NAMED}",
    re.IGNORECASE,
)
_FLAG = re.compile(
    rf"(?<![\w-])--?[\w-]{{0,40}}?{_NAME_WORD}[\w-]{{0,40}}[ \t]{{1,4}}(?P<value>[^\s\"';|&\\]++)",
    re.IGNORECASE,
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?P<key>[^-]{16,}+)(?=-----END|$)"
)
_PLACEHOLDER = re.compile(
    r"[$<{%\[(*‹].*|[A-Za-z_][\w.]*[(\[].*|[xX*.]+|\.\.\.|(?:your|my|the|some)[-_ ].*"
    r"|string|str|text|bytes|number|int(?:eger)?|bool(?:ean)?|null|none|nil|undefined|true|false"
    r"|any|object|array|list|dict|required|optional|yes|no|on|off|set|unset|missing|invalid|expired"
    r"|bearer|basic|digest|token|secret|password|redacted",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z]+(?:[-_.'][A-Za-z]+)*[.:!?]?")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\r\n]++")
# Longer texts are looked at line by line, for most lines show at a glance that nothing is in them.
_LONG_TEXT = 4096


def may_hold(text: str) -> bool:
    """Whether a shape could be in the text; quick, and now and then wrong in saying yes.

    The text may be that of a JSON message with its quotes and escapes.
    """
    small = text.lower()
    if not _has(small, _SIGNS):
        return may_hold_url(small)
    # The protocol itself uses some of the signs.
    small = _HARMLESS.sub("", small)
    return _has(small, _SIGNS) or may_hold_url(small)


def _has(small: str, signs: tuple[str, ...]) -> bool:
    return any(map(small.__contains__, signs))


def may_hold_url(text: str) -> bool:
    """Whether a URL with more than a place could be in the text."""
    return "://" in text and ("@" in text or "?" in text or "#" in text)


def names_secret(name: str, value: str) -> bool:
    """Whether a member of this name holds a secret as its value."""
    if _OPAQUE.search(name):
        return False
    name = _WRITER.sub("", name)
    if _STRONG_NAME.search(name):
        return True
    if _AUTH_NAME.search(name):
        return not _WORD.fullmatch(value)
    # A key may be one of a table, of a ticket, or of a piano.
    return len(value) >= _LONG_ENOUGH and is_secret_name(name) and _is_random(value)


def is_placeholder(value: str) -> bool:
    """Whether a value stands for one, or is a word of those who write values."""
    return _PLACEHOLDER.fullmatch(value) is not None


def shapes_in(text: str) -> Iterator[Shape]:
    """What looks like a secret in a text, in no order; some may overlap."""
    if len(text) <= _LONG_TEXT:
        yield from _private_keys(text)
        yield from _of_line(text, 0, text)
    elif _BASE64.fullmatch(text):
        return
    else:
        if "PRIVATE KEY-----" in text:
            yield from _private_keys(text)
        at = 0
        for line in text.splitlines(keepends=True):
            if may_hold(line):
                yield from _of_line(text, at, line)
            at += len(line)
    if "value" in text.lower():
        yield from _beside(text)


def _private_keys(text: str) -> Iterator[Shape]:
    for match in _PRIVATE_KEY.finditer(text):
        yield *match.span("key"), "private-key"


def _of_line(text: str, at: int, line: str) -> Iterator[Shape]:
    """What is in a line that begins at a place of the text; a value may stand in the next line."""
    small = line.lower()
    if _has(small, _OF_TOKENS):
        for start, end in token_spans(line):
            yield at + start, at + end, "token"
    if _has(small, _OF_SCHEMES):
        for match in _BEARER.finditer(line):
            if _is_credential(match["scheme"], match["value"]):
                yield at + match.start("value"), at + match.end("value"), "bearer"
    if may_hold_url(line):
        for match in _URL.finditer(line):
            for start, end in _of_url(match["rest"]):
                begin = at + match.start("rest")
                yield begin + start, begin + end, "url"
    if _has(small, _OF_NAMES):
        if "=" in line or ":" in line:
            yield from _after_names(text, at, at + len(line))
        if "-" in line:
            for match in _FLAG.finditer(text, at, at + len(line)):
                if _is_value(match["value"], ":", " "):
                    yield *match.span("value"), "value"


def _after_names(text: str, at: int, end: int) -> Iterator[Shape]:
    """The values that stand after names for secrets: one, a list of them, or one in an object."""
    beyond = 0
    for name in _NAME.finditer(text, at, end):
        if name.start() >= beyond and _says_secret(name["name"]):
            inner = _OBJECT.match(text, name.end())
            place = inner.end() if inner else name.end()
            if opened := _LIST.match(text, place):
                place = opened.end()
                while item := _ITEM.match(text, place):
                    place = beyond = item.end()
                    group = "value" if item["plain"] is None else "plain"
                    if item[group] and not _PLACEHOLDER.fullmatch(item[group]):
                        yield *item.span(group), "value"
            else:
                yield from _value(text, place, ":" if inner else name["sign"])


def _beside(text: str) -> Iterator[Shape]:
    """The values of objects that hold a name and a value."""
    for match in _BEFORE.finditer(text):
        if _says_secret(match["name"]):
            yield from _value(text, match.end(), ":")
    for match in _AFTER.finditer(text):
        if _says_secret(match["name"]) and not _PLACEHOLDER.fullmatch(match["value"]):
            yield *match.span("value"), "value"


def _says_secret(name: str) -> bool:
    return bool(_STRONG_NAME.search(name)) and names_secret(name, "")


def _value(text: str, at: int, sign: str) -> Iterator[Shape]:
    """What stands at a place, after a name and its sign, if it is a secret."""
    found = _VALUE.match(text, at)
    if found is None:
        return
    if found["quote"]:
        if not _PLACEHOLDER.fullmatch(found["quoted"]):
            yield *found.span("quoted"), "value"
    elif _is_value(found["bare"], sign, text[found.end() : found.end() + 1]):
        yield *found.span("bare"), "value"


def _of_url(rest: str) -> Iterator[tuple[int, int]]:
    """The secrets of a URL, given without its scheme."""
    if user := _USER.match(rest) or _LOOSE_USER.match(rest):
        if user["password"]:
            yield user.span("password")
        elif len(user["user"]) >= _LONG_ENOUGH and _is_random(user["user"]):
            yield user.span("user")
    for match in _PARAMETER.finditer(rest):
        if names_secret(match["name"], match["value"]):
            yield match.span("value")


def _is_credential(scheme: str, value: str) -> bool:
    """Whether what follows the name of a scheme is no word of a sentence."""
    if scheme.lower() == "bearer":
        return any(sign.isdecimal() for sign in value) or not _WORD.fullmatch(value)
    try:
        return b":" in base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def _is_value(value: str, sign: str, after: str) -> bool:
    """Whether what stands without quotes after a name is a value, and no word of a sentence."""
    if len(value) < 4 or _PLACEHOLDER.fullmatch(value):
        return False
    # A word is a value after an equals sign, and at the end of a line, but not within a sentence.
    return "=" in sign or after in ("", "\n", "\r", "\\") or not _WORD.fullmatch(value)


def _is_random(value: str) -> bool:
    return (
        any(sign.isdecimal() for sign in value)
        and any(sign.isalpha() for sign in value)
        and not any(sign.isspace() for sign in value)
    )
