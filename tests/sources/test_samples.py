"""Every sample of the research, laid out where a host expects it and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.masking import MASK, mask_arguments, mask_url
from mcpx.servers import Transport
from mcpx.sources.definitions import Discovery
from mcpx.sources.dialects import Switch
from mcpx.sources.discovery import discover
from tests.conftest import Run
from tests.sources.machine import Machine

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/discovery/samples"
MANIFEST = SAMPLES / "manifest.json"
needs_samples = pytest.mark.skipif(not MANIFEST.exists(), reason="the shared data is not here")

APPSUPPORT = {
    "linux": "{home}/.config",
    "macos": "{home}/Library/Application Support",
    "windows": "{home}/AppData/Roaming",
}


def manifest() -> dict[str, Any]:
    if not MANIFEST.exists():
        return {"samples": [], "fake_secret": "?"}
    loaded: dict[str, Any] = json.loads(MANIFEST.read_text())
    return loaded


def cases() -> list[Any]:
    """(sample, system): those of one system there, the others on all."""
    params = []
    for sample in manifest()["samples"]:
        only = sample["os"] if sample["os"] != "any" else None
        bound = sample["file"] or ""
        for system in ("linux", "macos", "windows"):
            if only not in (None, system):
                continue
            # The manifest names the files of Linux where a host has one for each system.
            if bound.endswith(("-linux", "-unix")) and system != "linux":
                continue
            if system == "windows" and sample["sample"].startswith("claude-code/broken"):
                continue  # Visual Studio's own file there
            params.append(pytest.param(sample, system, id=f"{system}:{sample['sample']}"))
    return params


def lay_out(machine: Machine, sample: dict[str, Any], system: str) -> Path:
    template = sample["place_at"]
    template = template.replace("{appsupport}", APPSUPPORT[system])
    template = template.replace("{appdata}", "{home}/AppData/Roaming")
    template = template.replace("{xdg_config}", "{home}/.config")
    home, project = str(machine.home), str(machine.project)
    text = template.replace("{home}", home).replace("{project}", project)
    path = Path(text if "{" in template else f"{machine.root}{text}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((SAMPLES / sample["sample"]).read_bytes())
    path.chmod(0o600)
    return path


def check(found: Discovery, path: Path, sample: dict[str, Any], expected: dict[str, Any]) -> None:
    names = [one.name for one in found.definitions if one.path == path]
    definition = next(
        one for one in found.definitions if one.path == path and one.name == expected["name"]
    )
    spec = definition.spec
    toggle = expected["transport"] == "toggle"
    assert definition.partial is toggle, names
    assert spec.transport == (Transport.UNKNOWN if toggle else expected["transport"])
    assert definition.enabled is (Switch.YES if expected["enabled"] else Switch.NO)
    assert spec.command == expected.get("command", "")
    assert list(spec.args) == expected.get("args", [])
    assert spec.url == expected.get("url", "")
    assert sorted(spec.headers) == expected.get("header_names", [])
    assert spec.cwd == expected.get("cwd")
    # A null value is a variable that is not set.
    null = {"DEBUG"} if sample["sample"] == "vscode/user/mcp.json" else set()
    assert set(spec.env) == set(expected.get("env_keys", [])) - null
    if "enabled_by_policy" in expected:
        read = definition.read_by[0]
        assert read.enabled is Switch.NO
        assert read.enabled_at == f"mcp.excluded in {path}"
    for issue in expected.get("issues", []):
        subject = issue.partition(":")[0]
        assert any(text.startswith(subject) for text in definition.issues), definition.issues


@needs_samples
@pytest.mark.parametrize(("sample", "system"), cases())
def test_sample_gives_the_expected_entries(
    machine: Machine, sample: dict[str, Any], system: str
) -> None:
    path = lay_out(machine, sample, system)
    found = machine.discover(system=system)
    for expected in sample["expect"]:
        check(found, path, sample, expected)
    mine = [one for one in found.definitions if one.path == path]
    extra = {"power-stripe"} if sample["sample"] == "kiro/settings/mcp.json" else set()
    assert {one.name for one in mine} == {one["name"] for one in sample["expect"]} | extra
    if sample["sample"] != "claude-code/broken/servers-key.mcp.json":
        assert mine[0].host == sample["host"]
        assert mine[0].scope == sample["scope"]


@needs_samples
def test_all_samples_lie_in_the_manifest() -> None:
    listed = {sample["sample"] for sample in manifest()["samples"]}
    there = {str(p.relative_to(SAMPLES)) for p in SAMPLES.rglob("*") if p.is_file()}
    assert there - {"manifest.json"} == listed
    assert len(listed) == 40


def shown(found: Discovery) -> str:
    """What a command may print: all but the specs, and those masked."""
    texts: list[str] = [repr(one) for one in (*found.problems, *found.files)]
    for one in found.definitions:
        texts += [one.name, *one.issues, *one.unset, *one.needs.asked, one.identity]
        texts += [*mask_arguments(one.spec.args), mask_url(one.spec.url), repr(one.duplicates)]
        texts += [f"{r.enabled_at} {r.approval} {r.reason} {r.issues}" for r in one.read_by]
    return "\n".join(texts)


@needs_samples
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_planted_secret_is_in_nothing_but_the_values(machine: Machine, system: str) -> None:
    taken = set()
    for sample in manifest()["samples"]:
        if sample["os"] in ("any", system) and sample["place_at"] not in taken:
            taken.add(sample["place_at"])
            lay_out(machine, sample, system)
    found = machine.discover(system=system)
    values = repr([one.spec for one in found.definitions])
    assert manifest()["fake_secret"] in values
    assert manifest()["fake_secret"] not in shown(found)
    assert MASK in shown(found)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param("~/.cursor/mcp.json", '{"mcpServers": {"a": "SECRETSECRET\n', id="json"),
        pytest.param("~/.codex/config.toml", "a = 'SECRETSECRET\n", id="toml"),
        pytest.param("~/.config/goose/config.yaml", "a: [SECRETSECRET\nb: }", id="yaml"),
        pytest.param("~/.codex/config.toml", "SECRETSECRET SECRETSECRET", id="toml-bare"),
        pytest.param("~/.config/goose/config.yaml", "a: !!SECRETSECRET b", id="yaml-tag"),
        pytest.param("~/.cursor/mcp.json", '{"mcpServers": "SECRETSECRET"}', id="wrong-type"),
        pytest.param(
            "~/.cursor/mcp.json",
            '{"mcpServers": {"a": {"type": "SECRETSECRET", "command": ["SECRETSECRET"]}}}',
            id="wrong-fields",
        ),
    ],
)
def test_no_problem_quotes_the_file(machine: Machine, place: str, text: str) -> None:
    machine.write(place, text)
    found = machine.discover()
    assert found.problems
    assert "SECRETSECRET" not in shown(found)


def test_nothing_configured_is_not_a_problem(machine: Machine) -> None:
    found = discover(home=machine.home, project=machine.project, root=machine.root)
    assert found.definitions == ()
    assert found.problems == ()
    assert found.effective == ()
    assert len({one.host for one in found.files}) == 54  # two hosts have files elsewhere only


@needs_samples
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_the_planted_secret_is_in_no_output(machine: Machine, system: str, run: Run) -> None:
    fitting = [one for one in manifest()["samples"] if one["os"] in ("any", system)]
    paths = [lay_out(machine, sample, system) for sample in fitting]
    secret = manifest()["fake_secret"]
    where = ["--os", system, "--home", str(machine.home), "--project", str(machine.project)]
    forms = ("table", "json", "ndjson", "markdown")
    for options in (*((form,) for form in forms), ("table", "--hosts"), ("json", "--hosts", "-vv")):
        done = run("discover", *where, "--format", *options)
        assert done.status == 0
        assert len(done.out) > 1000
        assert secret not in done.out + done.err
    written = machine.home / "found.json"
    assert run("discover", *where, "-o", str(written)).status == 0
    assert secret not in written.read_text()
    # And on a terminal, where long texts run over lines.
    done = run("discover", *where, tty=True)
    assert secret not in done.out.replace("\n", "").replace(" ", "")
    # Broken files are complained about, never quoted.
    for path in paths:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = run("discover", *where)
    assert done.status == 0
    assert secret not in done.out + done.err
