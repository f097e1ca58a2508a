"""The person at the terminal, who is asked what a server wants to know.

Everything that a server wrote stands behind a bar, line by line, so that nobody takes it for
words of mcpx. Source of what is shown and asked: specification 2025-11-25 and 2026-07-28,
client/elicitation, "User Interaction Model" and "Security Considerations", and client/sampling.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.masking import is_secret_name
from mcpx.operations.conversations import left_out, spoken
from mcpx.operations.fields import Choice, Field, Kind
from mcpx.operations.forms import Action, Form, Reply
from mcpx.operations.visits import Visit
from mcpx.terminal import Ink, Terminal, safe, safe_block

_MOST_TRIES = 5
# Of one piece of a server's text.
_MOST_TEXT = 4_000
_MOST_LINES = 40
_MOST_CHOICES = 50
_LONGEST_VALUE = 500
_LONGEST_DEFAULT = 40
_BEYOND_TOKENS = 1_000_000_000
# Where a float no longer knows every whole number.
_BEYOND_EXACT = 2**53
_BAR = "  | "
_SECRET = (
    "this looks like a secret, which a server must not ask for in a form: "
    "what you type is shown and goes to the server"
)
_YES = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}


class _GoneError(Exception):
    """The input has ended, or nothing usable was typed for too long."""


class _RejectedError(ValueError):
    """What was typed cannot be sent; the text says why."""


class Person:
    """Asks at the terminal, one question at a time; for when ``terminal.can_ask()``."""

    def __init__(self, terminal: Terminal) -> None:
        import asyncio

        self._terminal = terminal
        self._turn = asyncio.Lock()

    async def fill(self, server: str, message: str, form: Form) -> Reply:
        """What the person makes of a form: reviewed and confirmed, declined or left."""
        async with self._turn:
            with self._terminal.undisturbed():
                self._head(server, "asks", message)
                try:
                    return await self._filled(server, form)
                except _GoneError:
                    return self._left()

    async def visit(self, server: str, message: str, page: Visit) -> Reply:
        """Whether the person opened the page, in a browser of theirs and not through mcpx."""
        async with self._turn:
            with self._terminal.undisturbed():
                self._head(server, "wants you to open a page", message)
                host = self._terminal.paint(safe(page.host), Ink.STRONG, on_err=True)
                self._terminal.show(f"  {safe(page.before)}{host}{safe(page.after)}")
                self._terminal.show(f"  its host: {host}")
                for text in page.warnings():
                    self._warn(text)
                question = "mcpx does not open it. Open it if you trust it; was it opened?"
                try:
                    return Reply(await self._confirmed(question, "yes") or Action.CANCEL)
                except _GoneError:
                    return self._left()

    async def speak(self, server: str, params: Mapping[str, Any]) -> str | None:
        """What the person says in place of a model (sampling); None to decline."""
        async with self._turn:
            with self._terminal.undisturbed():
                self._head(server, "wants an answer as from a language model", None)
                if more := left_out(params):
                    self._terminal.show(f"  (earlier messages that are not shown: {more})")
                for role, text in spoken(params):
                    self._terminal.show(f"  {role}:")
                    self._quote(text)
                most = params.get("maxTokens")
                if isinstance(most, int) and 0 < most < _BEYOND_TOKENS:
                    self._terminal.show(f"  (at most {most} tokens)")
                said = await self._terminal.line("Your answer on one line (empty: decline): ")
                return said.strip() or None if said is not None else None

    async def _filled(self, server: str, form: Form) -> Reply:
        values: dict[str, Any] = {}
        while True:
            for number, field in enumerate(form.fields, 1):
                if field.kind is Kind.OTHER:
                    self._terminal.show(f"field {number} of {len(form.fields)}:")
                    self._quote(field.name)
                    self._warn("a form cannot ask for this; it is left out")
                    if field.required:
                        self._terminal.show("it is required, so the form is declined")
                        return Reply(Action.DECLINE)
                else:
                    await self._field(field, f"{number} of {len(form.fields)}", values)
            if form.fields:
                self._terminal.show(f"To send to {safe(server)}:")
                for name, value in values.items():
                    self._quote(f"{safe(name)}: {_shown(value, _LONGEST_VALUE)}")
                if not values:
                    self._terminal.show("  (no values)")
            action = await self._confirmed("Send it?", "send", change=bool(form.fields))
            if action is not None:
                return Reply(action, values if action is Action.ACCEPT else None)

    async def _field(self, field: Field, place: str, values: dict[str, Any]) -> None:
        """Ask for one field until what is typed fits; its value goes into ``values``."""
        needed = "required" if field.required else "may be left out"
        self._terminal.show(f"field {place}, {field.expectation}, {needed}:")
        name, title = (
            safe(self._terminal.mask(one)[:_MOST_TEXT]) for one in (field.name, field.title)
        )
        self._quote(f"{title} ({name})" if title else name)
        for text in (field.description, field.pattern and f"pattern: {field.pattern}"):
            if text:
                self._quote(text)
        for line in _listed(field.choices):
            self._quote(line)
        if is_secret_name(field.name) or is_secret_name(field.title):
            self._warn(_SECRET)
        default = values.get(field.name, field.default)
        shown = "" if default is None else f" [{_shown(default, _LONGEST_DEFAULT)}]"
        for _ in range(_MOST_TRIES):
            line = await self._line(f"{_PROMPTS.get(field.kind, 'answer')}{shown}: ")
            try:
                value = default if not line else _typed(line, field)
                if value is None and field.required:
                    value = _nothing(field)
            except _RejectedError as error:
                self._warn(str(error))
                continue
            if value is None:
                values.pop(field.name, None)
            else:
                values[field.name] = value
            return
        raise _GoneError

    async def _confirmed(self, question: str, yes: str, change: bool = False) -> Action | None:
        """What to do with the answer; None to go through it once more."""
        choices: dict[str, Action | None] = {"y": Action.ACCEPT, "n": Action.DECLINE}
        words = [f"y = {yes}", "n = decline"]
        if change:
            choices["e"] = None
            words.append("e = edit")
        choices["c"] = Action.CANCEL
        words.append("c = cancel")
        for _ in range(_MOST_TRIES):
            line = (await self._line(f"{question} ({', '.join(words)}) ")).lower()
            letter = {"yes": "y", "no": "n"}.get(line, line)
            if letter in choices:
                return choices[letter]
        raise _GoneError

    def _left(self) -> Reply:
        self._terminal.show("cancelled: nothing was sent")
        return Reply(Action.CANCEL)

    def _head(self, server: str, wish: str, message: str | None) -> None:
        head = f"{safe(server)} {wish}"
        legend = "(what stands after | are the server's words; Ctrl-D cancels)"
        self._terminal.show(f"{self._terminal.paint(head, Ink.STRONG, on_err=True)} {legend}")
        if message is not None:
            self._quote(message or "(no message)")

    def _warn(self, text: str) -> None:
        mark = self._terminal.paint("warning:", Ink.WARNING, on_err=True)
        self._terminal.show(f"  {mark} {safe(text)}")

    def _quote(self, text: str) -> None:
        """A server's words, masked and folded before they could run into the next line."""
        size = len(text)
        text = self._terminal.mask(text[: 2 * _MOST_TEXT])
        lines = [
            piece
            for line in safe_block(text[:_MOST_TEXT]).split("\n")
            for piece in _folded(line, max(self._terminal.width_of_err - len(_BAR), 10))
        ]
        bar = self._terminal.paint(_BAR, Ink.FAINT, on_err=True)
        for line in lines[:_MOST_LINES]:
            self._terminal.show(bar + line)
        if len(text) > _MOST_TEXT or len(lines) > _MOST_LINES:
            self._terminal.show(f"  (cut; it has {size} characters)")

    async def _line(self, prompt: str) -> str:
        line = await self._terminal.line(prompt)
        if line is None:
            raise _GoneError
        return line.strip()


_PROMPTS = {
    Kind.YES_OR_NO: "y or n",
    Kind.CHOICE: "number or value",
    Kind.LIST: "separated by commas",
}


def _typed(line: str, field: Field) -> Any:
    """The value that a line means in a field. Raises _RejectedError."""
    value: Any = line
    if field.kind is Kind.YES_OR_NO:
        value = _YES.get(line.lower(), line)
    elif field.kind in (Kind.NUMBER, Kind.INTEGER):
        value = _number(line)
    elif field.kind is Kind.CHOICE:
        value = _chosen(line, field.choices)
    elif field.kind is Kind.LIST:
        # A value that holds a comma may be given alone.
        whole = any(line in (str(one.value), one.title) for one in field.choices)
        pieces = [line] if whole else line.split(",")
        value = [_chosen(piece.strip(), field.choices) for piece in pieces]
    if reason := field.misfit(value):
        raise _RejectedError(f"it {reason}")
    return value


def _nothing(field: Field) -> Any:
    """What an empty line means in a required field. Raises _RejectedError."""
    if field.kind is Kind.LIST and not field.misfit([]):
        return []
    raise _RejectedError("it is required")


def _number(line: str) -> Any:
    try:
        return int(line)
    except ValueError:
        pass
    try:
        value = float(line)
    except ValueError:
        return line
    if not math.isfinite(value):
        raise _RejectedError("it must be a number")
    return int(value) if value.is_integer() and abs(value) < _BEYOND_EXACT else value


def _chosen(line: str, choices: tuple[Choice, ...]) -> Any:
    if not choices:
        return line
    if line.isascii() and line.isdecimal() and 0 < int(line[:9]) <= len(choices):
        return choices[int(line[:9]) - 1].value
    for one in choices:
        if line in (str(one.value), one.title):
            return one.value
    raise _RejectedError("it is none of the choices")


def _listed(choices: tuple[Choice, ...]) -> Iterator[str]:
    for number, one in enumerate(choices[:_MOST_CHOICES], 1):
        value = _shown(one.value, _LONGEST_VALUE)
        title = _shown(one.title, _LONGEST_VALUE)
        yield f"{number}  {title}" if title == value else f"{number}  {title} ({value})"
    if len(choices) > _MOST_CHOICES:
        yield f"({len(choices) - _MOST_CHOICES} more, to be given by their values)"


def _shown(value: Any, longest: int) -> str:
    if isinstance(value, list):
        text = ", ".join(map(str, value[:longest]))
    elif isinstance(value, str):
        text = value or '""'
    else:
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else json.dumps(value)
    return safe(text if len(text) <= longest else text[: longest - 1] + "…")


def _folded(line: str, width: int) -> Iterator[str]:
    """The line in pieces that fill the columns at most, whatever width its characters have."""
    from rich.cells import chop_cells

    pieces = textwrap.wrap(line, width, drop_whitespace=False, replace_whitespace=False)
    for piece in pieces or [""]:
        yield from chop_cells(piece, width) or [""]
