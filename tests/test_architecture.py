"""What holds for the whole house: layers, names, imports, what may print."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOOD_SERVER, ROOT
from tests.servers import good_http

MODULES = sorted((ROOT / "mcpx").rglob("*.py"))

# Modules whose tests stand under another name, and why.
ELSEWHERE = {
    "mcpx/commands/invocation.py": "two fields; every test of a command uses it",
    "mcpx/commands/options.py": "types only; tests/commands/test_run.py uses them all",
    "mcpx/serving/mock/playing/outs.py": "one message; every test of the mock reads some",
    "mcpx/serving/mock/playing/conversation.py": "a protocol; test_playback.py beside it",
    "mcpx/serving/mock/playing/options.py": "names only; test_choosing.py uses them all",
    "mcpx/demo/": "tests/demo/test_demo.py talks to all servers in the same way",
    "mcpx/catalogue/shapes.py": "its rules are those of tests/catalogue/test_problems.py",
    "mcpx/catalogue/tool_schemas.py": "its rules are those of tests/catalogue/test_problems.py",
    **dict.fromkeys(
        (
            "mcpx/sources/definitions.py",
            "mcpx/sources/documents.py",
            "mcpx/sources/entries.py",
            "mcpx/sources/journal.py",
            "mcpx/sources/origins.py",
            "mcpx/sources/parsing.py",
            "mcpx/sources/scan.py",
            "mcpx/sources/switches.py",
            "mcpx/sources/yaml_reader.py",
        ),
        "a step of the scan: tests/sources/test_discovery.py, _effective, _readers, _samples",
    ),
    "mcpx/client/eras/": "tests/client tests the eras through connections",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """The code of every module, under its name."""
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_every_module_says_in_one_sentence_what_it_holds(trees: dict[str, ast.Module]) -> None:
    first = {name: (ast.get_docstring(tree) or "").split("\n\n")[0] for name, tree in trees.items()}
    assert {name: said for name, said in first.items() if not said.endswith(".")} == {}


def written_to(tree: ast.Module) -> set[str]:
    """How a module writes past the terminal."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                found.add("print")
            case ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" as stream),
                attr="write",
            ):
                found.add(stream)
    return found


def test_only_the_terminal_writes(trees: dict[str, ast.Module]) -> None:
    may = {"mcpx/terminal.py", *(name for name in trees if name.startswith("mcpx/demo/"))}
    for name, tree in trees.items():
        assert written_to(tree) <= ({"stdout", "stderr"} if name in may else set()), name


# What reads or changes the environment of this process.
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def of_the_system(tree: ast.Module) -> set[str]:
    """The members of ``os`` that a module names."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=name):
                found.add(name)
            case ast.ImportFrom(module="os", names=names):
                found |= {one.name for one in names}
    return found


def test_only_the_settings_read_the_environment(trees: dict[str, ast.Module]) -> None:
    touched = {name: of_the_system(tree) & ENVIRONMENT for name, tree in trees.items()}
    assert {name: used for name, used in touched.items() if used} == {
        "mcpx/settings.py": {"environ"}
    }


def test_every_module_has_a_test_of_its_name() -> None:
    for path in MODULES:
        name = name_of(path)
        if path.name == "__init__.py" or any(name.startswith(one) for one in ELSEWHERE):
            continue
        inside = path.relative_to(ROOT / "mcpx")
        test = "test_main.py" if path.name == "__main__.py" else f"test_{path.name}"
        assert (ROOT / "tests" / inside.parent / test).is_file(), name


def test_the_list_of_exceptions_is_not_longer_than_needed() -> None:
    for name in ELSEWHERE:
        assert any(name_of(path).startswith(name) for path in MODULES), name


def test_the_layers_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_no_comment_is_left_to_do() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if not any(word in text for word in ("TODO", "FIXME", "XXX")):
            continue
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
        left = [one for one in comments if "TODO" in one or "FIXME" in one or "XXX" in one]
        assert left == [], name_of(path)


HEAVY = {"mcp", "mcp_types", "httpx", "httpx2", "pydantic", "anyio"}
SOMETIMES = {"rich", "yaml", "jsonschema_rs", "platformdirs", "asyncio"}

SESSION = str(ROOT / "tests" / "data" / "session-v1.jsonl")
WATCHES = """
import json, sys
from mcpx.__main__ import main
status = 0
try:
    status = main(sys.argv[2:])
except SystemExit as ended:
    status = ended.code or 0
finally:
    with open(sys.argv[1], "w") as file:
        json.dump([status, sorted({name.partition(".")[0] for name in sys.modules})], file)
"""


def imported(tmp_path: Path, *words: str, **variables: str) -> tuple[int, set[str]]:
    """The status of a command line in a process of its own, and what it imported."""
    import os

    report = tmp_path / "imported.json"
    subprocess.run(
        [sys.executable, "-c", WATCHES, str(report), *words],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=30,
    )
    status, names = json.loads(report.read_text())
    return status, set(names)


@pytest.fixture
def everything(
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    catalogue_file: Callable[..., Path],
    good_server: dict[str, Any],
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=good_server)
    configure(project / ".mcp.json", ours=good_server)
    catalogue_file("one", tools=[{"name": "a", "inputSchema": {"type": "object"}}])
    catalogue_file("two", prompts=[{"name": "a"}])


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("words", "status", "also"),
    [
        pytest.param(["--help"], 0, set(), id="help"),
        pytest.param(["--version"], 0, set(), id="version"),
        pytest.param(["nonsense"], 2, set(), id="wrong-use"),
        pytest.param(["inspect", "--help"], 0, set(), id="help-of-a-command"),
        pytest.param(["discover"], 0, {"platformdirs", "yaml"}, id="discover"),
        pytest.param(
            ["inspect", "one.json"], 0, {"platformdirs", "jsonschema_rs"}, id="inspect-file"
        ),
        pytest.param(
            ["inspect", "--", *GOOD_SERVER],
            0,
            {"platformdirs", "jsonschema_rs", "asyncio"},
            id="inspect-stdio",
        ),
        pytest.param(
            ["inspect", "--era", "legacy", "--json", "--", *GOOD_SERVER],
            0,
            {"platformdirs", "jsonschema_rs", "asyncio"},
            id="inspect-stdio-legacy",
        ),
        pytest.param(
            ["inspect", "mine", "--tool", "add"],
            0,
            {"platformdirs", "jsonschema_rs", "asyncio", "yaml"},
            id="inspect-configured",
        ),
        pytest.param(
            ["conflicts", "one.json", "two.json"],
            0,
            {"platformdirs", "jsonschema_rs"},
            id="conflicts-files",
        ),
        pytest.param(
            ["conflicts", "--fail-on", "never"],
            0,
            {"platformdirs", "jsonschema_rs", "asyncio", "yaml"},
            id="conflicts-configured",
        ),
        pytest.param(
            ["call", "add", "a=1", "b=2", "--", *GOOD_SERVER],
            0,
            {"platformdirs", "asyncio"},
            id="call-stdio",
        ),
        pytest.param(
            ["call", "demo:tickets", "x", "--dry-run"], 0, {"platformdirs"}, id="call-dry-run"
        ),
        pytest.param(["config", "show"], 0, {"platformdirs"}, id="config"),
        pytest.param(["trust", "list"], 0, {"platformdirs", "yaml"}, id="trust-list"),
        pytest.param(
            ["trust", "allow", "ours", "--yes"], 0, {"platformdirs", "yaml"}, id="trust-allow"
        ),
        pytest.param(["schema"], 0, {"platformdirs"}, id="schemas"),
        pytest.param(["schema", "catalogue"], 0, {"platformdirs"}, id="schema"),
        pytest.param(["rules"], 0, {"platformdirs"}, id="rules"),
        pytest.param(["rules", "name-clash"], 0, {"platformdirs"}, id="rule"),
        pytest.param(["completions", "bash"], 0, {"platformdirs"}, id="completions"),
        pytest.param(["demo", "--json"], 0, {"platformdirs"}, id="demo"),
        pytest.param(["mock", SESSION], 0, {"platformdirs", "asyncio"}, id="mock"),
    ],
)
def test_a_command_imports_only_what_it_needs(
    tmp_path: Path, words: list[str], status: int, also: set[str]
) -> None:
    ended, names = imported(tmp_path, *words)
    assert ended == status
    assert names & HEAVY == set()
    assert (names & SOMETIMES) <= also


@pytest.mark.usefixtures("everything")
def test_a_url_costs_only_what_speaks_http(tmp_path: Path) -> None:
    with good_http.serve() as server:
        ended, names = imported(tmp_path, "inspect", server.url)
    assert ended == 0
    assert names & HEAVY == {"httpx", "anyio"}
    assert names & {"click", "pygments", "rich"} == set()


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("line", "also"),
    [
        pytest.param("mcpx con", set(), id="command"),
        pytest.param("mcpx inspect --ti", set(), id="option"),
        pytest.param("mcpx inspect --format j", set(), id="format"),
        pytest.param("mcpx inspect mi", {"platformdirs", "yaml"}, id="server"),
    ],
)
def test_a_tab_imports_only_what_it_needs(tmp_path: Path, line: str, also: set[str]) -> None:
    words = line.split(" ")
    _, names = imported(
        tmp_path,
        _MCPX_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
    )
    assert "typer" in names
    assert names & HEAVY == set()
    assert names & SOMETIMES <= also


def test_the_package_itself_imports_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import mcpx"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    last = names[names.index("site") + 1 :] if "site" in names else names
    assert [name for name in last if name.startswith("mcpx")] == ["mcpx"]
