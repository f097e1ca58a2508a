from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.servers import packaged
from tests.servers.fake_registry import FakeRegistry, record
from tests.shipped.test_json_schemas import check


def tool(name: str, about: str = "Does it.", **parameters: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": about,
        "inputSchema": {"type": "object", "properties": parameters},
    }


def limit(most: int) -> dict[str, Any]:
    return {"type": "integer", "maximum": most}


V1 = [tool("find", limit=limit(1000)), tool("drop")]
V2 = [tool("find", limit=limit(100)), tool("drop"), tool("count", "Counts. All of them.")]
V3 = [tool("find", "Finds it.", limit=limit(100)), tool("count", "Counts. All of them.")]
VERSIONS = {"1.0.0": V1, "1.0.1": V1, "1.1.0": V2, "2.0.0": V3}
DATES = {"2.0.0": "2026-05-06T07:08:09Z"}

NOTES = """\
# `made-up`

## 2.0.0 (2026-05-06)

### Breaking

- Tool `drop` is gone `tool-removed`

### Texts

- `find`: description says `Finds` instead of `Does` `tool-description-changed`

## 1.1.0

### Breaking

- `find`: parameter `limit`: maximum 1000 is now 100 `input-maximum-decreased`
  - `{"limit": 1000}` worked before: limit is 1000, above the maximum of 100

### Added

- Tool `count`: Counts `tool-added`

## 1.0.1: no changes
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(found), prepend=":")
    packaged.npm(found, *VERSIONS, "1.0.2-rc.1", dates=DATES)
    packaged.runs(found, "npx", VERSIONS)
    return found


@pytest.mark.usefixtures("folder")
def test_notes_are_markdown_newest_first(run: Run, project: Path) -> None:
    words = ("changelog", "npm:made-up", "--from", "1.0.0")
    done = run(*words)
    assert (done.status, done.out) == (0, NOTES)
    assert done.err == "3 versions compared since 1.0.0, 2 of them breaking\n"
    run(*words, "-o", project / "CHANGES.md")
    assert (project / "CHANGES.md").read_text() == NOTES


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_programs_get_what_fits_the_schemas(run: Run, form: str) -> None:
    done = run("changelog", "npm:made-up", "--from", "1.0.0", "-f", form)
    if form == "json":
        assert check(done.json) == "changelog"
        found = done.json["releases"]
    else:
        assert {check(one) for one in done.lines} == {"changelog.release"}
        found = done.lines
    assert [(one["release"], one["since"], one["bump"]) for one in found] == [
        ("2.0.0", "1.1.0", "major"),
        ("1.1.0", "1.0.1", "major"),
        ("1.0.1", "1.0.0", "patch"),
    ]
    assert found[0]["date"] == "2026-05-06"


def test_a_version_that_does_not_start_is_told(run: Run, folder: Path) -> None:
    packaged.runs(folder, "npx", {key: VERSIONS[key] for key in ("1.0.0", "2.0.0")})
    done = run("changelog", "npm:made-up", "--from", "1.0.0")
    assert done.status == 3
    assert "## 1.1.0, 1.0.1: could not be started\n\nExited with status 1" in done.out
    assert '  - `{"limit": 1000}` worked before' in done.out.partition("## 1.1.0")[0]
    assert "there is no 1.0.1" in done.err
    assert "the same befell 1.1.0\n" in done.err


@pytest.mark.usefixtures("folder")
def test_only_so_many_are_started(run: Run) -> None:
    done = run("changelog", "npm:made-up", "--from", "1.0.0", "--most", "2")
    assert "2 versions not looked at (1.0.1 to 1.1.0); --most 4 takes all\n" in done.err
    assert done.out.count("\n## ") == 1


@pytest.mark.usefixtures("folder")
def test_a_dry_run_shows_what_would_be_started(run: Run) -> None:
    done = run("changelog", "npm:made-up /srv", "--from", "1.0.1", "--dry-run", "-f", "json")
    assert [one["target"]["args"] for one in done.json["targets"]] == [
        ["-y", f"made-up@{version}", "/srv"] for version in ("1.0.1", "1.1.0", "2.0.0")
    ]


@pytest.mark.usefixtures("folder")
def test_a_plan_is_a_table(run: Run) -> None:
    done = run("changelog", "npm:made-up", "--dry-run")
    assert [row[:3] for row in done.rows] == [
        ["start", f"made-up@{version}", f"npx -y made-up@{version}"]
        for version in ("1.1.0", "2.0.0")
    ]


def test_packages_of_python(run: Run, folder: Path) -> None:
    packaged.tells(folder, "pip", "made-up (2.0.0)\nAvailable versions: 2.0.0, 1.1.0\n")
    packaged.runs(folder, "uvx", VERSIONS)
    done = run("changelog", "pypi:made-up")
    assert done.status == 0
    assert done.out.startswith("# `made-up`\n\n## 2.0.0\n\n### Breaking\n")


@pytest.mark.usefixtures("folder")
def test_versions_of_a_registry(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def package(version: str) -> dict[str, Any]:
        return {"registryType": "npm", "identifier": "made-up", "version": version}

    records = [
        record("com.acme/a", "1.0.0", latest=False, packages=[package("1.1.0")]),
        record("com.acme/a", "1.1.0", latest=False, packages=[{"registryType": "mcpb"}]),
        record("com.acme/a", "1.2.0", packages=[package("2.0.0")]),
    ]
    with FakeRegistry(records) as fake:
        monkeypatch.setenv("MCPX_REGISTRY_URL", fake.url)
        done = run("changelog", "registry:com.acme/a", "--from", "1.0.0")
        assert run("changelog", "registry:com.acme/none").status == 2
    assert done.status == 3
    assert "registry:com.acme/a@1.2.0 is: npx -y made-up@2.0.0\n" in done.err
    assert "- Tool `drop` is gone `tool-removed`\n" in done.out
    assert "## 1.1.0: could not be started\n" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["github"], "github: has no published versions"),
        (["npm:made-up", "--from", "9"], "--from: npm:made-up has no version 9"),
        (["npm:made-up", "-f", "table"], "--format"),
        (["npm:made-up", "--", "x"], "takes no command after --"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_wrong_use(run: Run, words: list[str], said: str) -> None:
    done = run("changelog", *words)
    assert done.status == 2
    assert said in done.err
