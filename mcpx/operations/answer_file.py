"""The file of ``--answer``: what is said to a server that asks.

A JSON object with the members ``elicitation``, ``sampling`` and ``roots``; its JSON Schema is
shipped as ``answers``. No message quotes a value of it: an answer may be a secret.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from mcpx.errors import ConfigError
from mcpx.operations.conversations import written
from mcpx.operations.forms import Action, Reply

FORMAT = "mcpx.answers"
VERSION = 1
LARGEST = 1024 * 1024
_HINT = "mcpx schema answers prints the JSON Schema of this file"
_MEMBERS = ("elicitation", "sampling", "roots")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sampled:
    """The answer to a conversation: the result, None to decline it."""

    result: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Supply(Generic[T]):
    """The answers to one kind of question: each with the words that it waits for, if any.

    ``endless``: the only one there is, given every time. What is used up is taken out.
    """

    items: list[tuple[str, T]]
    endless: bool

    def take(self, words: str, usable: Callable[[T], bool]) -> T | None:
        """The answer to a question with these words: one meant for them, else the next one."""
        for when, value in self.items:
            if when and when in words and usable(value):
                return value
        for position, (when, value) in enumerate(self.items):
            if not when and usable(value):
                if not self.endless:
                    del self.items[position]
                return value
        return None


class AnswerFile:
    """The answers of a file; ``source`` names it, ``roots`` are URIs or paths with their names."""

    def __init__(
        self,
        source: str,
        elicitation: Supply[Reply],
        sampling: Supply[Sampled],
        roots: tuple[tuple[str, str], ...],
    ) -> None:
        self.source = source
        self.roots = roots
        self._elicitation = elicitation
        self._sampling = sampling
        self.fills_forms = bool(elicitation.items)
        self.opens_pages = any(map(_is_for_pages, (reply for _, reply in elicitation.items)))
        self.samples = bool(sampling.items)

    def filled(self, words: str) -> Reply | None:
        """The reply to a form whose message is these words."""
        return self._elicitation.take(words, lambda _: True)

    def opened(self, words: str) -> Reply | None:
        """The reply to a page whose message and address are these words."""
        return self._elicitation.take(words, _is_for_pages)

    def sampled(self, words: str) -> Sampled | None:
        """The answer to a conversation of these words."""
        return self._sampling.take(words, lambda _: True)


def _is_for_pages(reply: Reply) -> bool:
    """A reply without content answers a page as well as a form."""
    return reply.content is None


def read(path: str) -> AnswerFile:
    """The answers in a file. Raises ConfigError."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have that name"
        raise ConfigError(f"cannot read {path}: {reason}") from error
    if len(data) > LARGEST:
        raise ConfigError(f"{path}: larger than {LARGEST // 1024} KiB", hint=_HINT)
    try:
        return parsed(data.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text", hint=_HINT) from error


def parsed(text: str, source: str) -> AnswerFile:
    """The answers in a text; ``source`` names where it is from. Raises ConfigError."""
    document = _decoded(text, source)
    if not isinstance(document, dict):
        _refuse(source, "", "not a JSON object")
    if document.get("format", FORMAT) != FORMAT:
        _refuse(source, "/format", f"not {FORMAT}")
    version = document.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        _refuse(source, "/version", f"written for a newer mcpx; this one reads version {VERSION}")
    if not any(member in document for member in _MEMBERS):
        _refuse(source, "", "answers nothing: no " + ", no ".join(_MEMBERS))
    return AnswerFile(
        source,
        _supply(document, "elicitation", source, _reply),
        _supply(document, "sampling", source, _sampled),
        tuple(
            _root(one, source, f"/roots/{number}")
            for number, one in enumerate(_listed(document, "roots", source))
        ),
    )


def _supply(
    document: dict[str, Any],
    member: str,
    source: str,
    read_one: Callable[[Any, str, str], tuple[str, T]],
) -> Supply[T]:
    given = document.get(member, [])
    if isinstance(given, list):
        items = [read_one(one, source, f"/{member}/{number}") for number, one in enumerate(given)]
        return Supply(items, endless=False)
    return Supply([read_one(given, source, f"/{member}")], endless=True)


def _reply(value: Any, source: str, place: str) -> tuple[str, Reply]:
    """A content, or ``{"action": ..., "content": ..., "when": ...}``."""
    if not isinstance(value, dict):
        _refuse(source, place, "not an object")
    long = value.keys() <= {"action", "content", "when"} and (
        "action" in value or isinstance(value.get("content"), dict)
    )
    if not long:
        return "", Reply(Action.ACCEPT, value)
    content = value.get("content")
    if content is not None and not isinstance(content, dict):
        _refuse(source, f"{place}/content", "not an object")
    action = value.get("action", "accept")
    if action not in list(Action):
        what = f"not {', '.join(Action)}; a field of that name is written inside content"
        _refuse(source, f"{place}/action", what)
    if action != "accept":
        content = None
    return _when(value, source, place), Reply(Action(action), content)


def _sampled(value: Any, source: str, place: str) -> tuple[str, Sampled]:
    """A text, ``{"text": ...}``, ``{"action": "decline"}`` or a result; each with ``when``."""
    if isinstance(value, str):
        return "", Sampled(written(value, "file"))
    if not isinstance(value, dict):
        _refuse(source, place, "neither a text nor an object")
    when = _when(value, source, place)
    result = {name: one for name, one in value.items() if name != "when"}
    if result == {"action": "decline"}:
        return when, Sampled(None)
    if result.keys() == {"text"} and isinstance(result["text"], str):
        return when, Sampled(written(result["text"], "file"))
    if not isinstance(result.get("content"), dict | list):
        _refuse(source, place, "neither a text nor a result with content")
    return when, Sampled({"role": "assistant", "model": "file", **result})


def _root(value: Any, source: str, place: str) -> tuple[str, str]:
    """A URI or a path, or ``{"uri": ..., "name": ...}``."""
    given = {"uri": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not isinstance(given.get("uri"), str):
        _refuse(source, place, "neither a URI nor an object with one")
    name = given.get("name", "")
    if not isinstance(name, str):
        _refuse(source, f"{place}/name", "not a text")
    return given["uri"], name


def _when(value: dict[str, Any], source: str, place: str) -> str:
    when = value.get("when", "")
    if not isinstance(when, str):
        _refuse(source, f"{place}/when", "not a text")
    return when


def _listed(document: dict[str, Any], member: str, source: str) -> list[Any]:
    value = document.get(member, [])
    if not isinstance(value, list):
        _refuse(source, f"/{member}", "not a list")
    return value


def _decoded(text: str, source: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(f"{source}: not JSON: {error.msg} ({place})", hint=_HINT) from error
    except RecursionError as error:
        raise ConfigError(f"{source}: nested too deeply", hint=_HINT) from error
    except ValueError as error:
        reason = "a number is too large or NaN"
        raise ConfigError(f"{source}: not JSON: {reason}", hint=_HINT) from error


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(source: str, place: str, what: str) -> NoReturn:
    raise ConfigError(f"{source}: {f'{place}: ' if place else ''}{what}", hint=_HINT)
