"""How a value may be written in a text: encoded as a whole, or with some characters escaped."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

# A backslash with what it escapes, octets as in URLs, and characters as in XML; each may have been
# escaped several times over. Every piece is possessive, and a run is taken whole by whatever
# begins in it: who writes the text must not make the search slow.
_NUMBERED = r"u[0-9A-Fa-f]{4}(?:\\++u[0-9A-Fa-f]{4})*+|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}"
_OCTET = r"%(?:(?:25)++(?:[0-9A-Fa-f]{2})?|[0-9A-Fa-f]{2})"
_NAMED = r"(?:lt|gt|quot|apos|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});"
_CODED = rf"{_OCTET}(?:{_OCTET})*+|&(?:(?:amp;)++(?:{_NAMED})?|{_NAMED})"
_ESCAPE = re.compile(rf"\\\\*+(?:{_NUMBERED}|[^A-Za-z0-9\s%&\\])?|{_CODED}")
# Those that are not just backslashes to be left out.
_CODE = re.compile(rf"\\(?:{_NUMBERED})|{_CODED}")
_NAMES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "": "&"}
_SIGNS = ("\\", "%", "&")
# Of base64 that begins or ends within a group of three octets, what other octets have a part in.
_UNSTABLE_BEFORE = (0, 2, 3)
_UNSTABLE_AFTER = (0, 3, 2)
# Fewer characters could be anything.
FEWEST = 4
_FEWEST_OF_A_PART = 6


def forms(value: str) -> Iterator[str]:
    """The value, and how it reads where it was encoded as a whole or had characters escaped.

    As base64 (of itself, and within a longer text), hexadecimal digits, and as in URLs, JSON and
    a shell's words; each also without its escapes, as ``unescaped`` leaves a text.
    """
    written = {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(value, "", errors="surrogatepass"),
        quote(value, errors="surrogatepass"),
        quote_plus(value, errors="surrogatepass"),
        value.replace("'", "'\"'\"'"),
    }
    yield from written
    for one in written:
        plain = unescaped(one)
        if len("".join(plain.split())) >= FEWEST:
            yield plain
    octets = value.encode("utf-8", "surrogatepass")
    yield from (octets.hex(), octets.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(octets).decode()
        yield from (whole, whole.rstrip("="))
        for offset in range(3):
            part = encode(b"\0" * offset + octets).decode()
            end = len(part) - _UNSTABLE_AFTER[(offset + len(octets)) % 3]
            part = part[_UNSTABLE_BEFORE[offset] : end]
            if len(part) >= _FEWEST_OF_A_PART:
                yield part


def unescaped(text: str) -> str:
    """The text without its escapes: octets and characters as they were, and no backslashes."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return _CODE.sub(_plain, text).replace("\\", "")


def spans_before(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where spans of the unescaped text stand in the text itself; escapes are taken whole."""
    starts: list[int] = []
    tokens: list[tuple[int, int, int]] = []
    end = at = 0
    for match in _ESCAPE.finditer(text):
        at += match.start() - end
        end = match.end()
        length = len(_plain(match))
        starts.append(at)
        tokens.append((match.start(), end, length))
        at += length
    for first, beyond in spans:
        yield (
            _before(starts, tokens, first)[0],
            _before(starts, tokens, beyond - 1)[1],
        )


def _before(starts: list[int], tokens: list[tuple[int, int, int]], at: int) -> tuple[int, int]:
    """What one character of the unescaped text was before, as a span."""
    number = bisect_right(starts, at) - 1
    if number < 0:
        return at, at + 1
    start, end, length = tokens[number]
    beyond = at - starts[number] - length
    return (start, end) if beyond < 0 else (end + beyond, end + beyond + 1)


def _plain(match: re.Match[str]) -> str:
    token = match[0]
    if token[0] == "\\":
        body = token.lstrip("\\")
        return _of_numbers(body) if len(body) > 1 else body
    if token[0] == "%":
        octets = bytes(int(piece[-2:], 16) for piece in token.split("%")[1:])
        return octets.decode("utf-8", "surrogateescape").replace("\\", "")
    name = token.rpartition("&")[2].rpartition("amp;")[2].rstrip(";")
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return chr(number).replace("\\", "") if number <= sys.maxunicode else ""
    return _NAMES[name]


def _of_numbers(body: str) -> str:
    r"""What stands after the backslashes in ``\x40``, ``\u0040\u0041`` or ``\U0001f642``."""
    text = ""
    with contextlib.suppress(ValueError, OverflowError):  # beyond Unicode
        text = "".join(chr(int(one, 16)) for one in re.split(r"\\*[uUx]", body)[1:])
        paired = text.encode("utf-16-le", "surrogatepass")
        text = paired.decode("utf-16-le", "surrogatepass")
    return text.replace("\\", "")
