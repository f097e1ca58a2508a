from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from mcpx import cli
from tests.conftest import Run


def every_command() -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """(path, command, context) of the whole tree, the root first."""

    def below(path: tuple[str, ...], command: Any, context: Any) -> Iterator[Any]:
        yield path, command, context
        for name in list(getattr(command, "commands", {})):
            _, child, _ = command.resolve_command(context, [name])
            inner = typer.Context(child, info_name=name, parent=context)
            yield from below((*path, name), child, inner)

    tree = cli.command()
    yield from below(("mcpx",), tree, typer.Context(tree, info_name="mcpx"))


TREE = [pytest.param(*found, id=" ".join(found[0])) for found in every_command()]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_entry_loads_and_says_what_its_command_says(name: str) -> None:
    command = cli.load(name)
    assert command.name == name
    assert command.help.splitlines()[0] == cli.COMMANDS[name].help


def test_the_listing_shows_every_command_in_its_section(run: Run) -> None:
    done = run("--help")
    assert (done.status, done.err) == (0, "")
    found: dict[str, list[str]] = {}
    section = ""
    for line in done.out.splitlines():
        if heading := re.fullmatch(r"(\w+):", line):
            section = heading[1]
        elif entry := re.fullmatch(r"  (\w+)  +(\w.*)", line):
            found.setdefault(section, []).append(entry[1])
            assert entry[2] == cli.COMMANDS[entry[1]].help
    assert list(found) == ["Look", "Use", "Record", "Judge", "Settle", "Help"]
    assert [name for names in found.values() for name in names] == list(cli.COMMANDS)
    assert done.out.rstrip().endswith("A newcomer starts with: mcpx demo")


@pytest.mark.parametrize("argv", [[], ["-h"], ["--help"]], ids=["alone", "-h", "--help"])
def test_help_is_easy_to_get(run: Run, argv: list[str]) -> None:
    done = run(*argv)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Usage: mcpx [OPTIONS] COMMAND [ARGS]...")


@pytest.mark.parametrize(("path", "command", "context"), TREE)
def test_every_command_has_help(
    run: Run, path: tuple[str, ...], command: Any, context: Any
) -> None:
    done = run(*path[1:], "-h")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(path)} ")
    assert command.help.splitlines()[0].endswith(".")
    assert max(map(len, done.out.splitlines())) <= 100


@pytest.mark.parametrize(("path", "command", "context"), TREE)
def test_every_option_and_argument_has_help(
    path: tuple[str, ...], command: Any, context: Any
) -> None:
    for parameter in command.get_params(context):
        assert (parameter.help or "").endswith("."), parameter.name


@pytest.mark.parametrize(("path", "command", "context"), TREE)
def test_an_option_means_the_same_in_every_command(
    path: tuple[str, ...], command: Any, context: Any
) -> None:
    shorts = {"-f": "--format", "-o": "--output", "-q": "--quiet", "-v": "--verbose"}
    for parameter in command.params:
        if parameter.param_type_name == "option":
            for short in set(parameter.opts) & set(shorts):
                assert shorts[short] in parameter.opts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dsicover", "discover"), ("conflict", "conflicts"), ("completion", "completions")],
)
def test_a_typing_error_gets_a_suggestion(run: Run, typed: str, meant: str) -> None:
    done = run(typed)
    assert done.status == 2
    assert f"Did you mean '{meant}'" in done.err


def test_no_abbreviation_runs_a_command(run: Run) -> None:
    assert run("disc").status == 2


def test_only_the_command_that_runs_is_imported() -> None:
    tree = cli.command()
    context = typer.Context(tree, info_name="mcpx")
    tree.resolve_command(context, ["schema"])
    loaded = {name for name, one in tree.commands.items() if getattr(one, "callback", None)}
    assert loaded == {"schema"}


def test_nobody_elses_completion_is_installed(run: Run) -> None:
    assert "completion" not in " ".join(
        option for one in cli.command().params for option in one.opts
    )
    assert run("--install-completion").status == 2
