from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mcpx.sessions import exporting
from mcpx.sessions.events import Message
from mcpx.sessions.exporting import FORMATS as FORMATS_OUT
from mcpx.sessions.importing import FORMATS
from mcpx.sessions.reading import read_session
from tests.conftest import ROOT, Run
from tests.shipped.test_json_schemas import check

SAMPLE = ROOT / "tests" / "data" / "session-notes.jsonl"
FOREIGN = ROOT / "../shared/data/sessions"
LINES = [
    {"dir": "c2s", "msg": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}},
    {"dir": "s2c", "msg": {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}},
]


@pytest.fixture
def sample(project: Path) -> Callable[..., str]:
    """The sample of a session as a file of this project, with some of its lines."""

    def write(name: str = "s.jsonl", lines: int = 99, torn: str = "") -> str:
        kept = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)[:lines]
        (project / name).write_text("".join(kept) + torn, encoding="utf-8")
        return name

    return write


@pytest.fixture
def foreign(project: Path) -> str:
    """What another tool recorded."""
    text = "".join(json.dumps(line) + "\n" for line in LINES)
    (project / "other.cassette.jsonl").write_text(text)
    return "other.cassette.jsonl"


def test_checking_says_what_is_missing_and_where(run: Run, sample: Callable[..., str]) -> None:
    done = run("session", "check", sample(), "--json")
    assert done.status == 0
    assert check(done.json) == "session.check"
    assert done.json["sessions"] == ["s.jsonl"]
    found = {one["rule"]: one["location"]["line"] for one in done.json["findings"]}
    assert found == {
        "session-no-message": 19,
        "session-needs-variable": 10,
        "session-server-ended": 26,
        "session-unanswered": 24,
    }
    assert run("session", "check", "s.jsonl", "--fail-on", "warning").status == 1
    assert run("session", "check", "s.jsonl", "--fail-on", "warning", "--exit-zero").status == 0


def test_a_recording_without_its_end_fails(run: Run, sample: Callable[..., str]) -> None:
    done = run("session", "check", sample(lines=8, torn='{"k":"msg'))
    assert done.status == 1
    assert [row[1] for row in done.rows] == ["session-incomplete"]
    assert done.err == "s.jsonl: 1 error\n"


def test_files_that_cannot_be_read_do_not_hide_the_others(
    run: Run, project: Path, sample: Callable[..., str]
) -> None:
    (project / "bad.jsonl").write_text("nonsense\n")
    done = run("session", "check", "bad.jsonl", sample(), "gone.jsonl", "-f", "json")
    assert done.status == 2
    assert done.json["sessions"] == ["s.jsonl"]
    assert [one["server"] for one in done.json["not_examined"]] == ["bad.jsonl", "gone.jsonl"]
    assert len(done.json["findings"]) == 4
    whole = run("session", "check", sample(), sample("t.jsonl"), "u.jsonl", sample("v.jsonl"))
    assert whole.err.endswith("s.jsonl, t.jsonl, v.jsonl: 9 warnings, 3 notes\n")
    many = [sample(f"{number}.jsonl") for number in range(4)]
    assert run("session", "check", *many).err == "12 warnings, 4 notes in 4 files\n"


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "markdown", "ndjson"])
def test_every_form_of_findings_names_the_file(
    run: Run, sample: Callable[..., str], form: str
) -> None:
    done = run("session", "check", sample(), "-f", form)
    assert "session-unanswered" in done.out
    assert "s.jsonl" in done.out


def test_a_clean_file_passes(run: Run, project: Path) -> None:
    (project / "t.jsonl").write_bytes(b"".join(SAMPLE.read_bytes().splitlines(True)[:9]))
    end = '{"k":"end","n":9,"t":9.0,"events":8,"dropped":0}\n'
    with (project / "t.jsonl").open("a") as file:
        file.write(end)
    done = run("session", "check", "t.jsonl", "-f", "junit")
    assert done.err == "t.jsonl: nothing is missing\n"
    assert '<testcase classname="mcpx.session.check.examined" name="t.jsonl"' in done.out


def test_findings_are_ignored_as_the_user_says(
    run: Run, project: Path, sample: Callable[..., str]
) -> None:
    (project / "mcpx.toml").write_text('[severities]\nsession-no-message = "off"\n')
    done = run("session", "check", sample(), "-f", "ndjson")
    assert {check(line) for line in done.lines} == {
        "session.check.finding",
        "session.check.ignored",
    }
    assert done.err == "s.jsonl: 2 warnings, 1 note, 1 ignored\n"


def test_an_import_is_named_after_its_file(run: Run, project: Path, foreign: str) -> None:
    done = run("session", "import", foreign)
    assert (done.status, done.out) == (0, "")
    last = done.err.splitlines()[-1]
    assert last.startswith("wrote other.session.jsonl: ")
    assert "events from " in last
    reading = read_session(str(project / "other.session.jsonl"))
    sent = [event.direction for event in reading if isinstance(event, Message)]
    assert sent == ["c2s", "s2c"]
    assert reading.header.mode == "import"
    again = run("session", "import", foreign)
    assert again.status == 2
    assert again.err.startswith("error: other.session.jsonl is there already")
    assert run("session", "import", foreign, "-o", "another.session.jsonl").status == 0


def test_an_import_from_standard_input_needs_a_name(run: Run, project: Path, foreign: str) -> None:
    data = (project / foreign).read_bytes()
    done = run("session", "import", "-", stdin=data)
    assert (done.status, "mcpx session import - -o s.jsonl" in done.err) == (2, True)
    assert run("session", "import", "-", "-o", "s.jsonl", stdin=data).status == 0
    assert len(list(read_session(str(project / "s.jsonl")))) > 2


def test_secrets_are_not_imported(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "correct-horse-battery-staple-9"
    monkeypatch.setenv("NOTES_TOKEN", secret)
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "login", "arguments": {"with": secret}},
    }
    lines: list[dict[str, object]] = [
        {
            "type": "header",
            "cassetteVersion": 2,
            "transport": "stdio",
            "command": ["server", secret, f"--cfg={secret}"],
            "recorder": f"mine {secret}",
        },
        {"type": "frame", "t": 1, "dir": "c2s", "frame": call},
    ]
    (project / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run("session", "import", "a.jsonl", "-o", "s.jsonl")
    assert (done.status, secret in done.err) == (0, False)
    assert secret not in (project / "s.jsonl").read_text()
    header = read_session(str(project / "s.jsonl")).header
    assert header.target["command"] == ["server", "‹env:NOTES_TOKEN›", "--cfg=‹env:NOTES_TOKEN›"]
    assert header.redaction == "default/1"
    assert "with=‹env:NOTES_TOKEN›" in run("session", "show", "s.jsonl").out
    exported = run("session", "export", "s.jsonl", "--to", "har").out
    assert "What stands between ‹ and › is in the place of a secret." in exported


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["import", "nothing", "--from", "x"], "there is no format 'x'", id="from"),
        pytest.param(["import", "{}", "-o", "-"], "a session is written to a file", id="stdout"),
        pytest.param(["import", "gone"], "cannot read gone", id="no-file"),
        pytest.param(["import", "s.jsonl"], "it is a session of mcpx already", id="already"),
        pytest.param(["import", "nothing"], "its format is not known", id="unknown"),
        pytest.param(["export", "s.jsonl", "--to", "x"], "'x' is no format to export to", id="to"),
        pytest.param(["export", "gone", "--to", "har"], "cannot read gone", id="export-no-file"),
        pytest.param(["pack", "s.jsonl", "-o", "-"], "a pack is written to a file", id="pack"),
        pytest.param(["pack", "gone"], "cannot read gone", id="pack-no-file"),
        pytest.param(["show", "gone"], "cannot read gone", id="show-no-file"),
        pytest.param(["show", "s.jsonl", "--sequence", "--json"], "--sequence is for", id="form"),
        pytest.param(["show", "s.jsonl", "--follow", "--json"], "--follow shows rows", id="json"),
        pytest.param(["show", "s.jsonl", "--follow", "-o", "x"], "--follow shows", id="to-file"),
    ],
)
def test_wrong_use_is_told(
    run: Run, project: Path, sample: Callable[..., str], words: list[str], message: str
) -> None:
    sample()
    (project / "nothing").write_text("hello\n")
    done = run("session", *words)
    assert done.status == 2
    assert message in done.err


@pytest.mark.skipif(not FOREIGN.is_dir(), reason="no recordings of other tools here")
def test_everything_that_others_recorded_is_imported_and_shown(run: Run, project: Path) -> None:
    for path in sorted(FOREIGN.glob("*/*")):
        (project / "s.jsonl").unlink(missing_ok=True)
        done = run("session", "import", path, "-o", "s.jsonl", "-q")
        assert (done.status, done.err) == (0, ""), path
        shown = run("session", "show", "s.jsonl")
        assert (shown.status, bool(shown.out)) == (0, True), path
        assert run("session", "check", "s.jsonl", "-q").status == 0, path


@pytest.mark.parametrize(
    ("to", "sign"), [("har", '"version": "1.2"'), ("mcpsnoop", '"session_id"')]
)
def test_an_export_goes_to_standard_output_or_a_file(
    run: Run, project: Path, sample: Callable[..., str], to: str, sign: str
) -> None:
    done = run("session", "export", sample(), "--to", to)
    assert done.status == 0
    assert sign.replace(" ", "") in done.out.replace(" ", "")
    assert "left out: " in done.err
    written = run("session", "export", "s.jsonl", "--to", to, "-o", "out")
    assert (written.out, (project / "out").read_text()) == ("", done.out)
    assert "wrote out" in written.err


def values(text: str) -> list[object]:
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(one) for one in text.split("\n") if one]


def test_an_export_cannot_fool_who_looks_at_it(
    run: Run, project: Path, sample: Callable[..., str]
) -> None:
    text = (project / sample()).read_text(encoding="utf-8")
    evil = text.replace("saved 1 note", "x").replace('"notes"', '"no\u009b\u202e\u2028tes"')
    assert evil != text
    (project / "s.jsonl").write_text(evil, encoding="utf-8")
    for to in ("mcpsnoop", "har"):
        piped = run("session", "export", "s.jsonl", "--to", to).out
        shown = run("session", "export", "s.jsonl", "--to", to, tty=True).out
        assert "\u009b" in piped
        assert not set("\u009b\u202e\u2028") & set(shown)
        assert values(piped) == values(shown)


def test_only_what_is_lost_is_named(run: Run, sample: Callable[..., str]) -> None:
    assert run("session", "export", sample(), "--to", "mcpsnoop").err == (
        "left out: when connections and processes began and ended; eras; "
        "where in a message a secret was masked\n"
    )


def test_an_export_that_cannot_come_back_says_so(
    run: Run, sample: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = (replace(FORMATS_OUT[0], largest=99),)
    monkeypatch.setattr(exporting, "FORMATS", small)
    sample()
    for words in ([], ["-o", "s.har"]):
        last = run("session", "export", "s.jsonl", "--to", "har", *words).err.splitlines()[-1]
        assert last.endswith(" bytes; at most 99 can be imported again")


def test_an_export_comes_back(run: Run, sample: Callable[..., str]) -> None:
    run("session", "export", sample(), "--to", "mcpsnoop", "-o", "m.jsonl")
    assert run("session", "import", "m.jsonl", "-o", "t.jsonl").status == 0
    lists = [
        run("session", "show", name, "--method", "tools/*").rows for name in ("s.jsonl", "t.jsonl")
    ]
    assert [(row[3], row[5]) for row in lists[0]] == [(row[3], row[5]) for row in lists[1]]


def test_a_pack_is_read_like_its_file(run: Run, project: Path, sample: Callable[..., str]) -> None:
    done = run("session", "pack", sample())
    assert (done.status, done.err) == (0, "wrote s.zip\n")
    assert "session.jsonl" in zipfile.ZipFile(project / "s.zip").namelist()
    assert run("session", "show", "s.zip").out == run("session", "show", "s.jsonl").out
    assert run("session", "check", "s.zip", "--json").json["findings"][0]["location"] == {
        "path": "s.zip",
        "line": None,
    }
    again = run("session", "pack", "s.jsonl")
    assert (again.status, "s.zip is there already" in again.err) == (2, True)


def test_the_help_names_what_can_be_imported(run: Run) -> None:
    text = run("session", "import", "--help").out.casefold()
    names = ("mcp-cassette", "mcp-recorder", "mcp-rec", "agent-vcr", "mcpsnoop", "mcporter", "har")
    assert [name for name in names if name not in text] == []
    assert len(FORMATS) == 13
