from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx import cli
from mcpx.analyses.rules import RULES, every_rule
from mcpx.errors import ExitStatus
from mcpx.settings import SETTINGS, variable_of
from mcpx.shipped.manpages import STATUSES, VARIABLES, pages
from mcpx.terminal import safe_block
from tests.conftest import REWRITES, ROOT

PAGES = dict(pages(cli.command()))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_code_says(name: str, unchanged: Callable[[Path, str], None]) -> None:
    unchanged(ROOT / "man" / name, PAGES[name])


def test_there_are_no_other_pages() -> None:
    found = {path.name for path in (ROOT / "man").iterdir()}
    if REWRITES:
        for name in found - set(PAGES):
            (ROOT / "man" / name).unlink()
    else:
        assert found == set(PAGES)


def test_every_command_has_a_page() -> None:
    assert {f"mcpx-{name}.1" for name in cli.COMMANDS} | {"mcpx.1"} <= set(PAGES)
    assert "mcpx-trust-allow.1" in PAGES


def test_every_status_and_variable_is_explained() -> None:
    assert list(STATUSES) == list(ExitStatus)
    page = PAGES["mcpx.1"].replace("\\-", "-")
    for status in ExitStatus:
        assert f".B {status.value}\n" in page
    for setting in SETTINGS:
        assert f".B {variable_of(setting.name)}\n" in page
    assert set(VARIABLES) >= {"MCPX_CONFIG", "MCPX_DEBUG", "NO_COLOR"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_sections(name: str) -> None:
    sections = re.findall(r"^\.SH (.*)$", PAGES[name], re.MULTILINE)
    assert sections[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
    assert sections[-1] == "SEE ALSO"
    assert "EXIT STATUS" in sections
    assert not re.search(r"^$", PAGES[name].rstrip("\n"), re.MULTILINE)


def test_dashes_and_dots_are_printed_as_they_are() -> None:
    assert "\\-\\-format" in PAGES["mcpx-inspect.1"]
    assert re.search(r"(?<!\\)--", PAGES["mcpx-inspect.1"]) is None


def test_every_rule_is_told_on_the_page_of_rules() -> None:
    page = PAGES["mcpx-rules.1"].replace("\\-", "-").replace("\\e", "\\")
    page = re.sub(r"\\\[u([0-9A-F]{4,6})\]", lambda match: chr(int(match[1], 16)), page)
    for rule in RULES.values():
        assert f".SS {rule.id} ({rule.severity})\n{rule.title}.\n" in page
        for text in (rule.explanation, *rule.example.splitlines(), rule.mend):
            assert re.search(rf"^(\\&)?{re.escape(safe_block(text))}$", page, re.MULTILINE)
    for name in every_rule().keys() - RULES.keys():
        rule = every_rule()[name]
        assert f".B {name} ({rule.severity})\n{safe_block(rule.title)}\n" in page
    assert '\nID = "off"\n' in page


def formatter() -> list[str]:
    """A program that reads the page as strictly as it can."""
    if shutil.which("mandoc"):
        return ["mandoc", "-T", "lint", "-W", "warning"]
    return ["groff", "-man", "-Tutf8", "-ww", "-z"]


@pytest.mark.skipif(
    not (shutil.which("mandoc") or shutil.which("groff")), reason="neither mandoc nor groff"
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_without_a_warning(name: str) -> None:
    done = subprocess.run(
        formatter(), input=PAGES[name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr + done.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
def test_a_page_reads_well() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-P-cbou"],
        input=PAGES["mcpx-inspect.1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mcpx inspect github -o github.json\n" in done.stdout
    assert "--timeout SECONDS" in done.stdout
    assert "mcpx(1)" in done.stdout.replace(" ", "")
