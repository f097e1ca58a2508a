"""Manual pages in roff, written from the command tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import typer

from mcpx import __version__
from mcpx.analyses.rules import RULES, every_rule
from mcpx.errors import ExitStatus
from mcpx.reports.rules import silence
from mcpx.settings import SETTINGS, variable_of
from mcpx.terminal import safe, safe_block

RELEASED = "2026-11-22"

STATUSES = {
    ExitStatus.OK: "nothing to report",
    ExitStatus.FINDINGS: "findings at or above --fail-on",
    ExitStatus.USAGE: "wrong use, configuration or file",
    ExitStatus.UNREACHABLE: "a server could not be reached, started or understood",
    ExitStatus.REFUSED: "consent or sign-in is missing",
    ExitStatus.BUG: "a bug in mcpx",
    ExitStatus.INTERRUPTED: "interrupted",
}

VARIABLES = {
    **{variable_of(setting.name): setting.help for setting in SETTINGS},
    "MCPX_CONFIG": "The user's own settings file.",
    "MCPX_DEBUG": "Not 0: show errors with a traceback.",
    "MCPX_STARTED_BY": "Set by mcpx: marks a started server, and what that leaves behind.",
    "NO_COLOR": "Not empty: no colour.",
    "FORCE_COLOR, CLICOLOR_FORCE": "Not empty and not 0: colour, even in a pipe.",
}


def pages(tree: Any) -> Iterator[tuple[str, str]]:
    """(file name, roff text) of every command: ``mcpx.1``, ``mcpx-trust-allow.1``, ..."""
    context = typer.Context(tree, info_name="mcpx", **tree.context_settings)
    yield from _pages(tree, context, ["mcpx"])


def _pages(command: Any, context: Any, path: list[str]) -> Iterator[tuple[str, str]]:
    children = []
    for name in getattr(command, "commands", {}):
        _, child, _ = command.resolve_command(context, [name])
        children.append((name, child))
    yield f"{'-'.join(path)}.1", _page(command, context, path, children)
    for name, child in children:
        inner = typer.Context(child, info_name=name, parent=context)
        yield from _pages(child, inner, [*path, name])


def _page(command: Any, context: Any, path: list[str], children: list[tuple[str, Any]]) -> str:
    name = "-".join(path)
    summary = command.get_short_help_str(200).rstrip(".")
    lines = [
        f'.TH "{name.upper()}" "1" "{RELEASED}" "mcpx {__version__}" "mcpx manual"',
        ".SH NAME",
        f"{_text(name)} \\- {_text(summary[:1].lower() + summary[1:])}",
        ".SH SYNOPSIS",
        f".B {_text(' '.join(path))}",
        _text(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_prose(command.help or ""),
    ]
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:
            continue
        (arguments if parameter.param_type_name == "argument" else options).append(record)
    for heading, records in (("ARGUMENTS", arguments), ("OPTIONS", options)):
        if records:
            lines.append(f".SH {heading}")
            lines += _entries(records)
    if children:
        lines.append(".SH COMMANDS")
        lines += _entries([(child, one.get_short_help_str(200)) for child, one in children])
    lines += APPENDICES[name]() if name in APPENDICES else ()
    lines.append(".SH EXIT STATUS")
    lines += _entries([(str(status.value), text) for status, text in STATUSES.items()])
    if len(path) == 1:
        lines.append(".SH ENVIRONMENT")
        lines += _entries(list(VARIABLES.items()))
    lines.append(".SH SEE ALSO")
    related = [path[:-1]] if len(path) > 1 else []
    related += [[*path, child] for child, _ in children]
    lines += [
        f".BR {_text('-'.join(one))} (1){',' if one is not related[-1] else ''}" for one in related
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _rules() -> Iterator[str]:
    """Every rule with its text, those of changes by their titles, and how to silence one."""
    yield ".SH RULES"
    for _, rule in sorted(RULES.items()):
        yield f".SS {_text(rule.id)} ({rule.severity})"
        yield _text(safe(f"{rule.title}."))
        yield _text(safe(rule.explanation))
        yield from _verbatim(safe_block(rule.example))
        yield _text(safe(rule.mend))
        if rule.tags:
            yield ".PP"
            yield _text(safe(", ".join(rule.tags)))
    yield ".SH RULES OF CHANGES"
    yield _text("What mcpx diff and mcpx lock name; mcpx rules ID tells more of one.")
    changes = sorted(every_rule().items() - RULES.items())
    yield from _entries([(f"{name} ({rule.severity})", rule.title) for name, rule in changes])
    yield ".SH SILENCING A RULE"
    yield from _verbatim(silence("ID"))


# What is told on a page beyond what the command itself says.
APPENDICES: Mapping[str, Callable[[], Iterator[str]]] = {"mcpx-rules": _rules}


def _verbatim(text: str) -> Iterator[str]:
    """Lines that are kept, indented, and a new paragraph after them."""
    yield ".RS 4"
    yield ".nf"
    yield from map(_text, text.splitlines())
    yield ".fi"
    yield ".RE"


def _entries(records: list[tuple[str, str]]) -> Iterator[str]:
    for term, text in records:
        yield ".TP"
        yield f".B {_text(term)}"
        yield _text(" ".join(text.split()))


def _prose(text: str) -> Iterator[str]:
    r"""Paragraphs; one that starts with ``\b`` keeps its lines."""
    for number, paragraph in enumerate(text.split("\n\n")):
        verbatim = paragraph.startswith("\b")
        body = paragraph.removeprefix("\b").strip("\n")
        if number:
            yield ".PP"
        if verbatim:
            yield ".nf"
            yield from (_text(line) for line in body.splitlines())
            yield ".fi"
        else:
            yield _text(" ".join(body.split()))


def _text(text: str) -> str:
    """Text that roff prints as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"[^\x00-\x7f]", lambda match: f"\\[u{ord(match[0]):04X}]", text)
    return re.sub(r"^([.'])", r"\\&\1", text)
