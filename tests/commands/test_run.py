from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.wires import served
from tests.conftest import GOOD_SERVER, Run


@pytest.mark.parametrize(
    ("words", "start"),
    [
        pytest.param([], "timeout\t", id="default"),
        pytest.param(["--json"], "{\n", id="json"),
        pytest.param(["-f", "json"], "{\n", id="format"),
        pytest.param(["--format", "ndjson"], '{"format"', id="ndjson"),
        pytest.param(["-fmarkdown"], "| SETTING |", id="joined"),
        pytest.param(["-o", "-"], "timeout\t", id="standard-output"),
        pytest.param(["-o", "-", "--json"], "{\n", id="standard-output-as-json"),
    ],
)
def test_the_form_is_what_was_asked_for(run: Run, words: list[str], start: str) -> None:
    done = run("config", "show", *words)
    assert done.status == 0
    assert done.out.startswith(start)


@pytest.mark.parametrize(
    ("words", "name", "start"),
    [
        pytest.param([], "x.json", "{\n", id="json"),
        pytest.param([], "x.jsonl", '{"format"', id="jsonl"),
        pytest.param([], "x.md", "| SETTING |", id="markdown"),
        pytest.param([], "x.txt", "timeout\t", id="unknown-suffix"),
        pytest.param(["-f", "markdown"], "x.json", "| SETTING |", id="format-wins"),
    ],
)
def test_the_suffix_of_a_file_chooses_where_nothing_else_does(
    run: Run, project: Path, words: list[str], name: str, start: str
) -> None:
    done = run("config", "show", "-o", name, *words)
    assert (done.status, done.out) == (0, "")
    assert (project / name).read_text().startswith(start)


def test_a_file_that_cannot_be_written_is_an_error(run: Run) -> None:
    done = run("config", "show", "-o", "no/such/folder/x.json")
    assert done.status == 2
    assert "cannot write no/such/folder/x.json: No such file or directory" in done.err


def test_a_format_that_a_command_lacks_falls_back_where_a_setting_chose_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCPX_FORMAT", "markdown")
    monkeypatch.setattr("mcpx.operations.walkthrough.STEPS", ())
    done = run("demo")
    assert done.status == 0
    assert "demo:tickets\t" in done.out


def test_a_format_that_a_command_lacks_is_wrong_use_where_it_was_typed(run: Run) -> None:
    done = run("demo", "-o", "x.md")
    assert done.status == 2
    assert "this command offers table, json" in done.err


@pytest.mark.parametrize(
    ("colour", "variables", "coloured"),
    [
        pytest.param(["--color", "always"], {}, True, id="flag"),
        pytest.param(["--color", "never"], {"FORCE_COLOR": "1"}, False, id="flag-over-variable"),
        pytest.param([], {"FORCE_COLOR": "1"}, True, id="variable"),
        pytest.param([], {"NO_COLOR": "1"}, False, id="no-color"),
        pytest.param([], {}, False, id="pipe"),
    ],
)
def test_colour_of_errors(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    colour: list[str],
    variables: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = run("inspect", *colour, "nobody-here")
    assert done.err.startswith("\x1b[31merror:\x1b[0m " if coloured else "error: ")


def test_a_setting_chooses_the_colour(run: Run, project: Path) -> None:
    (project / "mcpx.toml").write_text('color = "always"\n')
    assert run("inspect", "nobody-here").err.startswith("\x1b[31merror:")


def test_frames_are_masked_before_they_are_shown(run: Run) -> None:
    token = "ghp_" + "a1B2" * 9
    done = run("inspect", "-vv", "--json", "--", *GOOD_SERVER, "--name", token)
    assert done.status == 0
    assert "good_stdio ← " in done.err
    assert token not in done.err


def test_streams_tell_of_a_server_that_failed(
    run: Run, project: Path, configure: Callable[..., Path]
) -> None:
    configure(project / ".mcp.json", ours={"command": "run"})
    done = run("inspect", "ours", "-f", "ndjson")
    assert done.status == 4
    (line,) = done.lines
    assert (line["status"], line["error"]["class"]) == ("error", "refused")
    assert json.loads(done.err)["error"]["class"] == "refused"


def test_two_formats_cannot_both_be(run: Run) -> None:
    done = run("config", "show", "--json", "-f", "markdown")
    assert (done.status, done.out) == (2, "")
    assert "--json and --format markdown cannot both be" in done.err


def test_a_file_needs_a_name(run: Run) -> None:
    done = run("config", "show", "-o", "")
    assert (done.status, done.err) == (2, "error: --output: needs the name of a file\n")


@pytest.mark.parametrize(
    ("words", "formats"),
    [
        ("call", "<table|json|markdown>"),
        ("demo", "<table|json>"),
        ("trust allow", "<table|json>"),
        ("discover", "<table|json|ndjson|markdown>"),
    ],
)
def test_the_help_names_the_formats_that_fit(run: Run, words: str, formats: str) -> None:
    assert f"--format {formats} " in " ".join(run(*words.split(), "--help").out.split())


def test_a_script_has_no_choice_of_formats(run: Run, project: Path) -> None:
    assert "--format" not in run("completions", "--help").out
    assert run("completions", "bash", "--json").status == 2
    done = run("completions", "bash", "-o", "x.json")
    assert done.status == 0
    assert (project / "x.json").read_text().startswith("# bash completion")


@pytest.mark.parametrize("verb", ["call {} echo", "inspect {}"])
@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--bearer-env", "MINE"], "put another token in MINE (--bearer-env): "),
        (["-H", "Authorization: Bearer xyxyxyxy"], "give another token in --header 'Authorization"),
        ([], "give a token: --bearer-env VARIABLE"),
    ],
)
def test_the_option_with_a_refused_token_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, verb: str, options: list[str], hint: str
) -> None:
    monkeypatch.setenv("MINE", "abababab")
    with served(bearer="right") as server:
        done = run(*verb.format(server.url).split(), *options)
    assert done.status == 4
    assert f"hint: {hint}" in done.err
