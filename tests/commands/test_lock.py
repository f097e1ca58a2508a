from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mcpx.catalogue.lock import read_lock
from tests.conftest import ROOT, Run

FIND: dict[str, Any] = {
    "name": "find",
    "description": "Finds notes.",
    "inputSchema": {
        "type": "object",
        "properties": {"limit": {"type": "integer", "maximum": 100}},
    },
    "annotations": {"readOnlyHint": True},
}
SERVER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from honest import Era, Server
state = json.loads(Path(sys.argv[2]).read_text())
server = Server(Era(state.get("era", "both")), "notes")
server.tools = state["tools"]
server.instructions = state.get("instructions", "Be brief.")
if "changing" in state:
    def other(request):
        server.tools[0]["description"] += "."
        server.answer(request)

    server.answers["tools/list"] = other
server.serve()
"""


@pytest.fixture
def offer(project: Path) -> Callable[..., None]:
    """Says what the server ``notes`` offers from now on."""

    def write(*tools: Any, **more: Any) -> None:
        (project / "notes.state").write_text(json.dumps({"tools": tools, **more}))

    return write


@pytest.fixture
def notes(project: Path, offer: Callable[..., None]) -> str:
    """The target of a server that offers what ``offer`` said last, pinned nowhere yet."""
    return another(project / "notes.py")


@pytest.fixture
def shop(project: Path) -> str:
    """The target of another server, which offers one tool."""
    return another(project / "shop.py", "Finds goods.")


def another(script: Path, description: str = FIND["description"]) -> str:
    """The target of a server of a file's name."""
    script.parent.mkdir(exist_ok=True)
    script.write_text(SERVER)
    state = script.with_suffix(".state")
    state.write_text(json.dumps({"tools": [{**FIND, "description": description}]}))
    words = [sys.executable, str(script), str(ROOT / "tests" / "servers"), str(state)]
    return f"stdio:{shlex.join(words)}"


@pytest.fixture
def lock(project: Path) -> Path:
    return project / "mcpx.lock"


def rules(done: Any) -> list[str]:
    return [change["rule"] for one in done.json["servers"] for change in one["changes"]]


def test_a_server_is_pinned_checked_and_accepted(
    run: Run, lock: Path, notes: str, offer: Callable[..., None]
) -> None:
    done = run("lock", notes)
    assert (done.status, done.err) == (0, "notes: pinned in mcpx.lock\n")
    assert done.rows == [["info", "server-added", "server", "", "", "notes", "notes is new"]]
    text = lock.read_text()
    for argv in ([notes], ["--check", notes], ["--check", "--trust-project"]):
        same = run("lock", *argv)
        assert (same.status, same.out, same.err) == (0, "", "notes: as pinned\n")
    offer({**FIND, "description": "Finds all notes."})
    for argv in ([notes], ["--check", notes]):
        other = run("lock", *argv)
        assert other.status == 1
        assert [row[:4] for row in other.rows] == [
            ["breaking", "tool-description-changed", "tool", "find"]
        ]
        assert "notes: not as pinned: 1 breaking\n" in other.err
        assert f"to accept it: mcpx lock --update {shlex.quote(notes)}\n" in other.err
        assert lock.read_text() == text
        assert run("lock", *argv, "--exit-zero").status == 0
    accepted = run("lock", "--update", "notes", "--trust-project")
    assert (accepted.status, accepted.err) == (0, "notes: accepted in mcpx.lock: 1 breaking\n")
    assert accepted.out == other.out
    assert lock.read_text() != text
    assert run("lock", "--check", notes).status == 0


@pytest.mark.parametrize(
    ("tool", "more", "status", "rule"),
    [
        pytest.param({**FIND, "description": "Finds notes!"}, {}, 1, "tool-description-changed"),
        pytest.param(
            {**FIND, "inputSchema": {"type": "object", "properties": {"limit": {"maximum": 100}}}},
            {},
            1,
            "input-",
        ),
        pytest.param({**FIND, "annotations": {"readOnlyHint": False}}, {}, 1, ""),
        pytest.param({**FIND, "name": "fund"}, {}, 1, "tool-"),
        pytest.param(FIND, {"instructions": "Be brief!"}, 1, "instructions-changed"),
        pytest.param(FIND, {"era": "legacy"}, 1, "lock-era-changed"),
        pytest.param(
            {**FIND, "annotations": {"readOnlyHint": True, "openWorldHint": True}},
            {},
            0,
            "lock-respelt",
        ),
        pytest.param(dict(reversed(FIND.items())), {}, 0, ""),
    ],
)
def test_only_what_means_the_same_passes(
    run: Run,
    notes: str,
    offer: Callable[..., None],
    tool: dict[str, Any],
    more: dict[str, Any],
    status: int,
    rule: str,
) -> None:
    run("lock", notes)
    offer(tool, **more)
    done = run("lock", "--check", notes, "--json")
    assert done.status == status
    assert any(one.startswith(rule) for one in rules(done)) or (rule, rules(done)) == ("", [])
    if rule and not status:
        assert done.err == "notes: as pinned, but for 1 cosmetic change\n"


def test_another_command_is_not_what_was_pinned(run: Run, notes: str, lock: Path) -> None:
    run("lock", notes)
    lock.write_text(lock.read_text().replace("<here>/notes.py", "<here>/other.py"))
    done = run("lock", "--check", notes, "--json")
    assert (done.status, rules(done)) == (1, ["lock-launch-changed"])
    run("lock", "--update", notes)
    done = run("lock", "--check", "--env", "A=b", notes, "--json")
    (change,) = done.json["servers"][0]["changes"]
    assert change["message"] == "launch: env is a list instead of nothing"
    done = run("lock", "--check", "--capabilities", "roots", notes, "--json")
    assert (done.status, rules(done)) == (1, ["lock-context-changed"])


def test_a_server_is_asked_as_it_was_when_it_was_pinned(run: Run, notes: str) -> None:
    run("lock", notes, "--capabilities", "roots")
    assert run("lock", "--check", notes).status == 0
    assert run("lock", "--check", "--trust-project").status == 0
    assert run("lock", "--check", notes, "--capabilities", "none").status == 1


def test_an_added_tool_fails_and_is_accepted(
    run: Run, notes: str, offer: Callable[..., None]
) -> None:
    run("lock", notes)
    offer(FIND, {**FIND, "name": "wipe"})
    done = run("lock", "--check", notes, "--json")
    assert done.status == 1
    (change,) = done.json["servers"][0]["changes"]
    assert (change["rule"], change["severity"]) == ("tool-added", "breaking")


def test_what_is_not_named_is_said(run: Run, notes: str, shop: str, project: Path) -> None:
    others = another(project / "others" / "notes.py")
    run("lock", notes, others, shop)
    done = run("lock", "--check", shop)
    assert done.status == 0
    assert done.err == ("shop: as pinned\nnot checked, as they are not named: notes, notes-2\n")
    left = run("lock", "--check", shop, "--json").json["not_examined"]
    assert left == [
        {"server": name, "reason": "pinned, and not named"} for name in ("notes", "notes-2")
    ]
    assert run("lock", "--check", others).err.startswith("notes-2: as pinned\n")
    assert "not examined" not in run("lock", "--check", shop, "-f", "github").out


def test_a_server_that_is_not_pinned_fails(run: Run, notes: str, shop: str, lock: Path) -> None:
    run("lock", notes)
    text = lock.read_text()
    done = run("lock", "--check", shop)
    assert (done.status, [row[1] for row in done.rows]) == (1, ["lock-missing-server"])
    assert "shop: not in mcpx.lock\n" in done.err
    assert lock.read_text() == text


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param([], "which server?", id="nothing"),
        pytest.param(["--check"], "mcpx.lock: no such file", id="check"),
        pytest.param(["--check", "demo:notes"], "mcpx.lock: no such file", id="check-one"),
        pytest.param(["--update"], "hint: mcpx lock TARGET pins", id="update"),
        pytest.param(["--check", "--update"], "cannot both be", id="both"),
        pytest.param(["--lock", "-", "demo:notes"], "needs the name of a file", id="stdout"),
        pytest.param(["--lock", "no/such.lock", "demo:notes"], "no/such.lock", id="no-folder"),
        pytest.param(["--lock", ".", "demo:notes"], "Is a directory", id="folder"),
        pytest.param(["demo:nots"], "did you mean demo:notes?", id="misspelt"),
    ],
)
def test_wrong_use_is_status_2(run: Run, lock: Path, argv: list[str], said: str) -> None:
    done = run("lock", *argv)
    assert done.status == 2
    assert said in done.err
    assert not lock.exists()


HEAD = '[servers.a]\ntyped = "demo:notes"\n'
DIGEST = f'digest = "sha256:{"0" * 64}"\nseen = "sha256:{"0" * 64}"\n'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("format = 'mcpx.lock'\nversion = 2\n", id="newer"),
        pytest.param("version = true", id="version"),
        pytest.param("servers = 3", id="servers"),
        pytest.param("[servers]\na = 3", id="server"),
        pytest.param("a = " + "[" * 100_000, id="deep-toml"),
        pytest.param("[" + "a." * 100_000 + "a]", id="long-key"),
        pytest.param("\x00", id="nul"),
        pytest.param("<<<<<<< ours\n", id="merge"),
    ],
)
@pytest.mark.parametrize("argv", [["--check"], ["demo:shop"], ["--update", "demo:notes"]], ids=str)
def test_a_lock_that_is_none_is_never_trusted_anew(
    run: Run, lock: Path, argv: list[str], text: str
) -> None:
    lock.write_text(text)
    done = run("lock", *argv)
    assert done.status == 2
    assert "Traceback" not in done.err
    assert "mcpx.lock" in done.err
    assert lock.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[servers.a]\ntyped = 3", id="typed"),
        pytest.param("[servers.a]\ntarget = 3", id="target"),
        pytest.param("[servers.a.target]\nargs = [2020-01-01]", id="date"),
        pytest.param("[servers.a.target]\nargs = {a = 1}", id="table"),
        pytest.param(HEAD + "era = 'old'", id="era"),
        pytest.param(HEAD + "supported = [1]", id="supported"),
        pytest.param(HEAD + "capabilities = '{}'", id="digest-missing"),
        pytest.param(HEAD + f"capabilities = '{'[' * 100_000}'", id="deep-json"),
        pytest.param(
            HEAD + f"[[servers.a.tools]]\nname = 'x'\n{DIGEST}definition = '{{}}'", id="x"
        ),
    ],
)
def test_a_server_that_is_broken_is_replaced_only_when_that_is_asked_for(
    run: Run, lock: Path, shop: str, text: str
) -> None:
    lock.write_text(text)
    for argv in (["--check"], ["--check", "a"], ["a"]):
        done = run("lock", *argv, "--trust-project")
        assert done.status == 2
        assert "Traceback" not in done.err
        assert "mcpx lock --update a" in done.err
        assert lock.read_text() == text
    done = run("lock", shop)
    assert (done.status, done.err) == (0, "shop: pinned in mcpx.lock\n")
    found = read_lock(lock.read_text(), "l")
    assert ([*found.servers], [*found.broken]) == (["shop"], ["a"])
    assert run("lock", "--check", "--trust-project").status == 2


def test_a_broken_server_stops_no_other_and_is_pinned_anew(
    run: Run, lock: Path, notes: str, shop: str
) -> None:
    run("lock", shop, notes)
    good = lock.read_text()
    lock.write_text(good.replace("Finds notes.", "Finds all."))
    done = run("lock", "--check", "--trust-project", "--json")
    assert done.status == 2
    assert [one["server"] for one in done.json["servers"]] == ["shop"]
    assert "edited by hand or merged badly" in done.err
    assert run("lock", "--check", shop).status == 0
    done = run("lock", "--update", "notes")
    assert (done.status, "not approved" in done.err) == (4, True)
    done = run("lock", "--update", "notes", "--trust-project")
    assert done.status == 0
    assert done.err == "notes: pinned anew in mcpx.lock; what stood there could not be read\n"
    assert lock.read_text() == good


def test_a_lock_that_is_huge_is_not_read(run: Run, lock: Path) -> None:
    with lock.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    done = run("lock", "--check")
    assert (done.status, "not read" in done.err) == (2, True)


def test_a_server_that_cannot_be_asked_is_status_3(
    run: Run, notes: str, shop: str, lock: Path
) -> None:
    run("lock", notes, shop)
    text = lock.read_text()
    done = run("lock", "--check", notes.replace("notes.py", "gone.py"), shop, "--json")
    assert done.status == 3
    assert [one["server"] for one in done.json["servers"]] == ["shop"]
    assert run("lock", "stdio:no-such-program-x").status == 3
    assert lock.read_text() == text


def test_what_is_not_whole_is_neither_pinned_nor_passes(
    run: Run, notes: str, lock: Path, offer: Callable[..., None], catalogue_file: Any
) -> None:
    problems = [{"rule": "list-failed", "message": "no tools today", "kind": "tool"}]
    catalogue_file("notes", tools=[], problems=problems)
    done = run("lock", "notes.json")
    assert done.status == 3
    assert "not all that it offers could be had" in done.err
    assert not lock.exists()
    run("lock", notes)
    assert run("lock", "--check", "notes.json").status == 3


def test_a_dry_run_writes_and_starts_nothing(run: Run, notes: str, lock: Path) -> None:
    done = run("lock", notes, "--dry-run")
    assert (done.status, done.err) == (0, "notes: is not in mcpx.lock; would be written\n")
    assert "start\tnotes" in done.out
    assert not lock.exists()
    run("lock", notes)
    text = lock.read_text()
    for argv, said in (
        (["--update", notes], "would be written as it is served"),
        (["--check", notes], "would be compared\n"),
    ):
        done = run("lock", *argv, "--dry-run")
        assert (done.status, said in done.err) == (0, True)
    refused = run("lock", "--check", "--dry-run")
    assert (refused.status, "not approved" in refused.err) == (0, True)
    assert lock.read_text() == text


def test_another_file_can_be_the_lock(run: Run, project: Path, notes: str) -> None:
    assert run("lock", "--lock", "ci.lock", notes).err == "notes: pinned in ci.lock\n"
    (project / "notes.state").write_text('{"tools": []}')
    done = run("lock", "--lock", "ci.lock", "--check", notes)
    assert done.err.endswith(f"--update {shlex.quote(notes)} --lock ci.lock\n")


def test_a_committed_catalogue_is_checked_against_the_lock(
    run: Run, notes: str, offer: Callable[..., None]
) -> None:
    run("lock", notes)
    run("inspect", notes, "-o", "now.json")
    assert run("lock", "--check", "now.json").status == 0
    offer(FIND, {**FIND, "name": "wipe"})
    run("inspect", notes, "-o", "now.json")
    assert run("lock", "--check", "now.json").status == 1


def test_to_check_nothing_never_passes(run: Run, project: Path, shop: str, lock: Path) -> None:
    run("lock", shop)
    empty = {"format": "mcpx.catalogue", "version": 1, "servers": []}
    (project / "empty.json").write_text(json.dumps(empty))
    (project / "empty.lock").write_text("[names]\n")
    text = lock.read_text()
    for argv in (["--check", "empty.json"], ["--check", "empty.lock"], ["empty.json"]):
        assert run("lock", *argv).status == 2
    assert lock.read_text() == text


@pytest.fixture
def failing(run: Run, notes: str, offer: Callable[..., None]) -> str:
    """The target of a pinned server that has changed."""
    run("lock", notes)
    offer({**FIND, "description": "Finds all notes."}, {**FIND, "name": "wipe"})
    return notes


def line_of(lock: Path, text: str) -> int:
    return lock.read_text().splitlines().index(text) + 1


def test_a_finding_stands_where_it_was_pinned(run: Run, failing: str, lock: Path) -> None:
    tools, server = line_of(lock, "[[servers.notes.tools]]"), line_of(lock, "[servers.notes]")
    github = run("lock", "--check", failing, "-f", "github").out.splitlines()
    assert [line.partition(",title")[0] for line in github] == [
        f"::error file=mcpx.lock,line={tools}",
        f"::error file=mcpx.lock,line={server}",
    ]
    sarif = run("lock", "--check", failing, "-f", "sarif").json["runs"][0]["results"]
    places = [one["locations"][0]["physicalLocation"] for one in sarif]
    assert {place["artifactLocation"]["uri"] for place in places} == {"mcpx.lock"}
    assert {place["region"]["startLine"] for place in places} == {tools, server}
    suite = ElementTree.fromstring(run("lock", "--check", failing, "-f", "junit").out)[0]
    assert (suite.get("name"), suite.get("failures")) == ("mcpx lock", "2")


def test_every_form_says_the_same(run: Run, failing: str) -> None:
    found = {"tool-description-changed", "tool-added"}
    whole = run("lock", "--check", failing, "--json")
    assert whole.json["format"] == "mcpx.lock.check"
    assert set(rules(whole)) == found
    lines = run("lock", "--check", failing, "-f", "ndjson").lines
    assert {line["rule"] for line in lines} == found
    assert {line["format"] for line in lines} == {"mcpx.lock.check.change"}
    for form in ("markdown", "table"):
        out = run("lock", "--check", failing, "-f", form).out.replace("\\", "")
        assert all(rule in out for rule in found)
    shown = run("lock", "--check", failing, tty=True).out
    assert "mcpx.lock (1.0.0) -> stdio:" in shown
    assert " Finds notes.\n" in shown


def test_what_a_server_says_cannot_break_the_lock_or_the_terminal(
    run: Run, notes: str, lock: Path, offer: Callable[..., None]
) -> None:
    evil = "'''\n[servers.x]\n\x1b[2J\u202e::error::\n" + '"""'
    offer({**FIND, "name": evil, "description": evil, evil: evil}, instructions=evil)
    assert run("lock", notes).status == 0
    assert [*read_lock(lock.read_text(), "l").servers] == ["notes"]
    assert run("lock", "--check", notes).status == 0
    offer({**FIND, "name": evil + "!", "description": evil + "!"}, instructions=evil + "!")
    for form in ("table", "github", "markdown", "junit"):
        done = run("lock", "--check", notes, "-f", form)
        assert done.status == 1
        assert "\x1b" not in done.out + done.err
        assert "\u202e" not in done.out + done.err


def test_what_a_server_tells_anew_each_time_is_said_when_it_is_pinned(
    run: Run, notes: str, offer: Callable[..., None]
) -> None:
    offer(FIND, changing=True)
    done = run("lock", notes)
    assert (done.status, done.err.splitlines()[1:]) == (
        0,
        ["notes: 'find' will not stay as pinned: told anew each time"],
    )


def test_a_server_that_is_named_twice_is_asked_once(run: Run, shop: str) -> None:
    run("lock", shop)
    assert run("lock", "--check", shop, "shop").err == "shop: as pinned\n"


def test_no_secret_is_shown_or_pinned(run: Run, notes: str, lock: Path, offer: Any) -> None:
    secret = "canary-0123456789-canary"
    offer({**FIND, "description": f"For {secret}."}, instructions=secret)
    done = run("lock", "--env", f"API_TOKEN={secret}", notes)
    assert done.status == 0
    assert "canary" not in lock.read_text() + done.out + done.err
    assert run("lock", "--check", "--env", f"API_TOKEN={secret}", notes).status == 0
    # Another one is another text: nobody knows that it is the same server's.
    other = run("lock", "--check", "--env", "API_TOKEN=x", notes)
    assert other.status == 1
