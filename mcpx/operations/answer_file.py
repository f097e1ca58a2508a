"""The file of ``--answer``: what is said to a server that asks.

A JSON object with the members ``elicitation``, ``sampling`` and ``roots``; its JSON Schema is
shipped as ``answers``. No message quotes a value of it: an answer may be a secret.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from mcpx.errors import ConfigError
from mcpx.files import read_text
from mcpx.json_text import JsonTextError, NumberError, parse_json
from mcpx.operations.conversations import written
from mcpx.operations.fields import short
from mcpx.operations.forms import Action, Reply
from mcpx.operations.supply import Entry, Supply

FORMAT = "mcpx.answers"
VERSION = 1
LARGEST = 1024 * 1024
_HINT = "mcpx schema answers prints the JSON Schema of this file"
_MEMBERS = ("elicitation", "sampling", "roots")
# The keys of a reply that is more than the fields of a form.
_LONG = ("action", "content", "when")
# Those of an answer in a model's place; a result may hold more (schema 2026-07-28, Result).
_SAMPLED = ("action", "text", "when", "content", "role", "model", "stopReason", "_meta")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sampled:
    """The answer to a conversation: the result, None to decline it."""

    result: dict[str, Any] | None


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
        self.fills_forms = bool(elicitation.entries)
        self.opens_pages = any(_is_for_pages(one.value) for one in elicitation.entries)
        self.samples = bool(sampling.entries)

    def filled(self, words: str) -> Reply | None:
        """The reply to a form whose message is these words."""
        return self._elicitation.take(words)

    def opened(self, words: str) -> Reply | None:
        """The reply to a page whose message and address are these words."""
        return self._elicitation.take(words, _is_for_pages)

    def sampled(self, words: str) -> Sampled | None:
        """The answer to a conversation of these words."""
        return self._sampling.take(words)

    @property
    def unused(self) -> list[str]:
        """The answers that no question was asked for, where others of their kind were."""
        places = [*self._elicitation.unused, *self._sampling.unused]
        return [f"{self.source}: {place}: no question was asked for it" for place in places]

    def unfit(self, reply: Reply, reason: str, asked: str) -> ConfigError:
        """The error for a reply that is none to the form it was taken for; ``asked`` is told."""
        return ConfigError(f"{self.source}: {reply.place}: {reason}", hint=_HINT, details=[asked])


def _is_for_pages(reply: Reply) -> bool:
    """A reply without content answers a page as well as a form."""
    return reply.content is None


def read(path: str) -> AnswerFile:
    """The answers in a file. Raises ConfigError."""
    return parsed(read_text(path, LARGEST), path)


def parsed(text: str, source: str) -> AnswerFile:
    """The answers in a text; ``source`` names where it is from. Raises ConfigError."""
    document = _decoded(text, source)
    if not isinstance(document, dict):
        _refuse(source, "", "not a JSON object")
    if document.get("format", FORMAT) != FORMAT:
        _refuse(source, "/format", f"not {FORMAT}")
    version = document.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool):
        _refuse(source, "/version", "not a whole number")
    if version > VERSION:
        _refuse(source, "/version", f"written for a newer mcpx; this one reads version {VERSION}")
    _check_keys(document, ("$schema", "format", "version", *_MEMBERS), source, "")
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
    read_one: Callable[[Any, str, str], Entry[T]],
) -> Supply[T]:
    given = document.get(member, [])
    if isinstance(given, list):
        items = [read_one(one, source, f"/{member}/{number}") for number, one in enumerate(given)]
        return Supply(items, endless=False)
    return Supply([read_one(given, source, f"/{member}")], endless=True)


def _reply(value: Any, source: str, place: str) -> Entry[Reply]:
    """A content, or ``{"action": ..., "content": ..., "when": ...}``."""
    if not isinstance(value, dict):
        _refuse(source, place, "not an object")
    if not _is_long(value):
        return Entry(place, "", Reply(Action.ACCEPT, value, place))
    _check_keys(value, _LONG, source, place)
    content = value.get("content")
    if content is not None and not isinstance(content, dict):
        _refuse(source, f"{place}/content", "not an object")
    action = value.get("action", "accept")
    if action not in list(Action):
        what = f"not {', '.join(Action)}; a field of that name is written inside content"
        _refuse(source, f"{place}/action", what)
    if action != "accept":
        content = None
    inside = place if content is None else f"{place}/content"
    return Entry(place, _when(value, source, place), Reply(Action(action), content, inside))


def _is_long(value: dict[str, Any]) -> bool:
    """Whether an object is more than the fields of a form; its keys may be misspelt."""
    given = {_near(name, _LONG) or name: one for name, one in value.items()}
    content = isinstance(given.get("content"), dict)
    if value.keys() <= set(_LONG):
        return content or "action" in value
    if given.keys() <= set(_LONG):
        return content or given.get("action") in list(Action)
    return isinstance(value.get("content"), dict)


def _sampled(value: Any, source: str, place: str) -> Entry[Sampled]:
    """A text, ``{"text": ...}``, ``{"action": "decline"}`` or a result; each with ``when``."""
    if isinstance(value, str):
        return Entry(place, "", Sampled(written(value, "file")))
    if not isinstance(value, dict):
        _refuse(source, place, "neither a text nor an object")
    _check_keys(value, _SAMPLED, source, place, others=True)
    when = _when(value, source, place)
    result = {name: one for name, one in value.items() if name != "when"}
    for name in ("text", "role", "model", "stopReason"):
        if not isinstance(result.get(name, ""), str):
            _refuse(source, f"{place}/{name}", "not a text")
    if "content" in result:
        content = result["content"]
        if not all(map(_is_block, content if isinstance(content, list) else [content])):
            _refuse(source, f"{place}/content", "neither a content block nor a list of them")
        return Entry(place, when, Sampled({"role": "assistant", "model": "file", **result}))
    if "text" in result:
        _check_keys(value, ("when", "text"), source, place)
        return Entry(place, when, Sampled(written(result["text"], "file")))
    if "action" not in result:
        _refuse(source, place, "neither a text nor a result with content")
    _check_keys(value, ("when", "action"), source, place)
    if result["action"] != Action.DECLINE:
        _refuse(source, f"{place}/action", f"not {Action.DECLINE}")
    return Entry(place, when, Sampled(None))


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _root(value: Any, source: str, place: str) -> tuple[str, str]:
    """A URI or a path, or ``{"uri": ..., "name": ...}``."""
    given = {"uri": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not isinstance(given.get("uri"), str):
        _refuse(source, place, "neither a URI nor an object with one")
    _check_keys(given, ("uri", "name"), source, place)
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
        return parse_json(text, repeated_keys=False)
    except NumberError as error:
        # The number stays out of it.
        message = f"{source}: not JSON: a number is too large or NaN"
        raise ConfigError(message, hint=_HINT) from error
    except JsonTextError as error:
        raise ConfigError(f"{source}: {error}", hint=_HINT) from error


def _check_keys(
    value: Mapping[str, Any],
    known: Sequence[str],
    source: str,
    place: str,
    others: bool = False,
) -> None:
    """Refuse keys that are not known; with ``others`` only those that are misspelt."""
    for name in value:
        near = _near(name, known)
        if name not in known and (near or not others):
            meant = f"; did you mean '{near}'?" if near else ""
            _refuse(source, place, f"there is no key '{short(name)}'{meant}")


def _near(name: str, known: Sequence[str]) -> str:
    """The key that was meant; empty when it is none of them, however misspelt."""
    return next(iter(difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.75)), "")


def _refuse(source: str, place: str, what: str) -> NoReturn:
    raise ConfigError(f"{source}: {f'{place}: ' if place else ''}{what}", hint=_HINT)
