from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mcpx.errors import Fault, ServerError, UsageError
from mcpx.sources import versions
from mcpx.sources.versions import Package, Shell, of_npm, of_pypi, of_registry, package
from tests.servers import packaged


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A PATH of its own, and no pip of ours."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    return Shell({"PATH": str(tmp_path / "bin")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bin"


@pytest.mark.parametrize(
    ("word", "found", "of_1"),
    [
        ("npm:@s/p", Package("npm", "@s/p"), "npm:@s/p@1"),
        ("npm:p a 'b c'", Package("npm", "p", "", ("a", "b c")), "npm:p@1 a 'b c'"),
        ("pypi:p[x,y] -v", Package("pypi", "p", "[x,y]", ("-v",)), "pypi:p[x,y]@1 -v"),
        ("registry:a.b/c", Package("registry", "a.b/c"), "registry:a.b/c@1"),
    ],
)
def test_a_package_is_named_without_a_version(word: str, found: Package, of_1: str) -> None:
    assert package(word) == found
    assert found.word("1") == of_1


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("github", "github: has no published versions"),
        ("demo:tickets", "demo:tickets: has no published versions"),
        ("npm:@s/p@1.2.3", "npm:@s/p@1.2.3: all versions are meant, so name it without one"),
        ("pypi:p==1.2", "pypi:p==1.2: all versions are meant, so name it without one"),
        ("npm:-x", "npm:-x: not the name of a package"),
        ("pypi:../p", "pypi:../p: not the name of a package"),
        ("npm:", "npm: needs a name"),
    ],
)
def test_other_words_are_wrong_use(word: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        package(word)
    assert caught.value.message == said


def test_npm_tells_versions_and_dates(there: Shell, folder: Path) -> None:
    dates = {"1.10.0": "2026-02-03T04:05:06.000Z", "created": "2020-01-01T00:00:00Z"}
    packaged.npm(folder, "1.10.0", "1.9.0", "2.0.0-rc.1", "not-a-version", "^3", dates=dates)
    found = of_npm("p", there)
    assert [(one.text, one.date) for one in found] == [
        ("1.9.0", ""),
        ("1.10.0", "2026-02-03"),
        ("2.0.0-rc.1", ""),
    ]


def test_a_single_version_is_no_list(there: Shell, folder: Path) -> None:
    packaged.tells(folder, "npm", '{"versions": "1.0.0", "time": null}')
    assert [one.text for one in of_npm("p", there)] == ["1.0.0"]


@pytest.mark.parametrize(
    ("out", "err", "status", "error", "said"),
    [
        pytest.param(
            json.dumps({"error": {"code": "E404", "summary": "Not Found"}}),
            *("", 1, UsageError, "npm knows no package p"),
            id="unknown",
        ),
        pytest.param(
            json.dumps({"error": {"code": "ENOTFOUND", "summary": "no such host"}}),
            *("", 1, ServerError, "npm view p: no such host"),
            id="unreachable",
        ),
        pytest.param(
            "",
            "npm warn x\nnpm error code EWHY\nnpm error more\n",
            *(1, ServerError, "npm view p: npm error code EWHY"),
            id="in-words",
        ),
    ],
)
def test_what_npm_could_not_do_is_told(
    there: Shell, folder: Path, out: str, err: str, status: int, error: type[Exception], said: str
) -> None:
    packaged.tells(folder, "npm", out, err, status)
    with pytest.raises(error) as caught:
        of_npm("p", there)
    assert str(caught.value) == said


def test_without_npm(there: Shell) -> None:
    with pytest.raises(UsageError) as caught:
        of_npm("p", there)
    assert caught.value.message == "npm:p: npm tells its versions, and is not installed"
    assert caught.value.hint == "install Node.js"


TOLD = "p (1.10)\nAvailable versions: 1.10, 1.9, 1.0rc1\n  INSTALLED: 1.9\n"


def test_pip_tells_versions(there: Shell, folder: Path) -> None:
    packaged.tells(folder, "pip", TOLD, "WARNING: experimental")
    assert [one.text for one in of_pypi("p", there)] == ["1.0rc1", "1.9", "1.10"]


def test_a_pip_that_is_too_old_is_passed_over(there: Shell, folder: Path) -> None:
    packaged.tells(folder, "pip", "", 'ERROR: unknown command "index"', 1)
    packaged.tells(folder, "uvx", TOLD)
    assert [one.text for one in of_pypi("p", there)] == ["1.0rc1", "1.9", "1.10"]


def test_our_own_pip_is_started_without_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, there: Shell
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    asked = []
    monkeypatch.setattr(Shell, "run", lambda _self, *words: asked.append(words) or pytest.fail())
    with pytest.raises(pytest.fail.Exception):
        of_pypi("p", there)
    assert asked[0][:4] == (sys.executable, "-P", "-m", "pip")


@pytest.mark.parametrize(
    ("err", "error", "said"),
    [
        (
            "ERROR: No matching distribution found for p",
            UsageError,
            "pip knows no package p",
        ),
        (
            "WARNING: retrying\nERROR: Could not connect",
            ServerError,
            "pip index versions p: ERROR: Could not connect",
        ),
    ],
    ids=["unknown", "unreachable"],
)
def test_what_pip_could_not_do_is_told(
    there: Shell, folder: Path, err: str, error: type[Exception], said: str
) -> None:
    packaged.tells(folder, "pip", "", err, 1)
    with pytest.raises(error) as caught:
        of_pypi("p", there)
    assert str(caught.value) == said


def test_without_pip(there: Shell) -> None:
    with pytest.raises(UsageError) as caught:
        of_pypi("p", there)
    assert caught.value.message == "pypi:p: pip tells its versions, and is not installed"


def test_nobody_is_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, there: Shell, folder: Path
) -> None:
    monkeypatch.setattr(versions, "_SECONDS", 0.3)
    packaged.program(folder, "npm", "import time\ntime.sleep(20)")
    with pytest.raises(ServerError) as caught:
        of_npm("p", there)
    assert caught.value.fault is Fault.TIMEOUT
    assert caught.value.message == "npm view p: took longer than 0.3 s"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            [("1.10.0", "2026-01-02T00:00:00Z"), ("1.9.0", "")],
            [("1.9.0", ""), ("1.10.0", "2026-01-02")],
        ),
        (
            [("b", "2026-01-02T00:00:00Z"), ("a", "2026-01-03T00:00:00Z"), ("--x", "")],
            [("b", "2026-01-02"), ("a", "2026-01-03")],
        ),
    ],
    ids=["semantic", "by-time"],
)
def test_versions_of_a_registry(
    told: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert [(one.text, one.date) for one in of_registry(told)] == expected
