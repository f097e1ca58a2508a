from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.servers import Origin, ServerSpec
from mcpx.sources.additions import Additions
from mcpx.sources.discovery import discover
from mcpx.sources.published import Resolved
from mcpx.sources.targets import FileTarget, Target, distinct, is_of_file, resolve
from mcpx.trust import Gate
from tests.servers.fake_registry import FakeRegistry, record

NOTHING = Additions({})
GATE = Gate(False)


def one(word: str, additions: Additions = NOTHING) -> Target:
    (target,) = resolve([word], [], additions, GATE)
    return target


def spec(word: str, additions: Additions = NOTHING) -> ServerSpec:
    target = one(word, additions)
    assert isinstance(target, ServerSpec)
    return target


def refused(word: str) -> UsageError | ConfigError:
    with pytest.raises((UsageError, ConfigError)) as caught:
        one(word)
    return caught.value


def never() -> None:
    raise AssertionError("looked for configured servers")


def test_standard_input_is_a_file() -> None:
    assert one("-") == FileTarget("-")


def test_a_demo_server_runs_with_this_python() -> None:
    found = spec("demo:tickets")
    assert (found.name, found.command) == ("tickets", sys.executable)
    assert found.args == ("-P", "-m", "mcpx.demo", "tickets")
    assert found.origin is Origin.EXPLICIT


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("demo:ticket", "did you mean demo:tickets?"),
        ("demo:", "there are demo:tickets, demo:notes"),
    ],
)
def test_an_unknown_demo_server_is_wrong_use(word: str, hint: str) -> None:
    assert hint in refused(word).hint


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param("files --root /", "files", id="program"),
        pytest.param("/usr/bin/files", "files", id="path"),
        pytest.param("python3.11 -m time", "time", id="module"),
        pytest.param("python server/weather.py", "weather", id="script"),
        pytest.param("node dist/index.js", "dist", id="file-that-says-nothing"),
        pytest.param("node weather/dist/index.mjs", "weather", id="folder"),
        pytest.param("npx -y @scope/files", "@scope/files", id="package"),
        pytest.param("uvx time-server --x", "time-server", id="uvx"),
        pytest.param("uv run time-server", "time-server", id="uv-run"),
        pytest.param("bash", "bash", id="runner-alone"),
        pytest.param("python -", "python", id="nothing-to-run"),
    ],
)
def test_a_typed_command_gets_a_short_name(words: str, name: str) -> None:
    found = spec(f"stdio:{words}")
    command = words.split()
    if name == "dist":
        name = "index"
    assert (found.name, found.command, list(found.args)) == (name, command[0], command[1:])
    (same,) = resolve([], command, NOTHING, GATE, never)
    assert same == found


def test_quotes_hold_a_word_together() -> None:
    assert spec("stdio:run 'a b' \"c\"").args == ("a b", "c")


def test_a_quote_without_end_is_wrong_use_and_not_repeated() -> None:
    error = refused("stdio:run --token c4nary 'x")
    assert error.message == "stdio: no closing quotation"
    assert refused("stdio:").message == "stdio: needs a command"


@pytest.mark.parametrize(
    ("word", "name", "reached"),
    [
        ("https://h/mcp", "h", "https://h/mcp"),
        ("http://h/list.json", "h", "http://h/list.json"),
        ("npm:@s/p@1 a", "@s/p", "npx -y @s/p@1 a"),
    ],
)
def test_published_servers_are_targets_too(word: str, name: str, reached: str) -> None:
    found = spec(word)
    assert (found.name, found.origin) == (name, Origin.EXPLICIT)
    assert reached in (found.url, " ".join((found.command, *found.args)))


def test_what_a_published_server_is_is_told_before_it_is_started() -> None:
    told: list[Resolved] = []
    words = ["npm:a@1", "https://h/mcp", "stdio:x", "npm:b"]
    resolve(words, [], Additions(), GATE, tell=told.append)
    assert [(one.word, one.spec.args[-1]) for one in told] == [("npm:a@1", "a@1"), ("npm:b", "b")]


def test_headers_are_for_servers_reached_by_url(home: Path, configure: Callable[..., Path]) -> None:
    configure(
        home / ".cursor" / "mcp.json",
        far={"url": "https://h/mcp", "headers": {"AUTHORIZATION": "old", "X": "1"}},
    )
    additions = Additions(env={"A": "b"}, headers={"Authorization": "new"})
    found = resolve(["far", "https://g", "stdio:run"], [], additions, GATE)
    assert [dict(one.headers) for one in found if isinstance(one, ServerSpec)] == [
        {"X": "1", "Authorization": "new"},
        {"Authorization": "new"},
        {},
    ]
    assert [dict(one.env) for one in found if isinstance(one, ServerSpec)] == [{}, {}, {"A": "b"}]


@pytest.mark.parametrize(
    ("additions", "message"),
    [
        (Additions(headers={"A": "b"}), "--header is for servers reached by URL"),
        (Additions(values={"a": ["b"]}), "--set a: no entry of a registry asks for it here"),
        (Additions(refresh=True), "--refresh is for servers named by a registry"),
    ],
)
@pytest.mark.parametrize("word", ["stdio:run", "npm:a", "-"])
def test_additions_that_no_target_can_have_are_wrong_use(
    word: str, additions: Additions, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        resolve([word], [], additions, GATE)


def test_values_are_for_whichever_entry_asks_for_them() -> None:
    def package(name: str) -> dict[str, object]:
        arguments = [{"type": "named", "name": f"--{name}", "default": "d"}]
        return {
            "registryType": "oci",
            "identifier": name,
            "packageArguments": arguments,
        }

    records = [record(f"io.acme/{name}", packages=[package(name)]) for name in ("one", "two")]
    words = ["registry:io.acme/one", "registry:io.acme/two@1.0.0 -v"]
    with FakeRegistry(records) as fake, pytest.MonkeyPatch.context() as patched:
        patched.setattr("mcpx.sources.published._installed", lambda program: program == "docker")
        given = Additions(values={"one": ["1"], "two": ["2"]}, registry_url=fake.url)
        found = resolve(words, [], given, GATE)
        ends = [one.args[-3:] for one in found if isinstance(one, ServerSpec)]
        assert ends == [("one", "--one", "1"), ("--two", "2", "-v")]
        slip = Additions(values={"on": ["1"]}, registry_url=fake.url)
        with pytest.raises(UsageError, match="--set on: no entry") as caught:
            resolve(words, [], slip, GATE)
    assert caught.value.hint == "asked for is one, two"


@pytest.mark.parametrize("word", ["x.json", "./x.json", "./x", "x.jsonl"])
def test_a_file_is_known_by_its_look(project: Path, word: str) -> None:
    (project / word).write_text("")
    assert one(word) == FileTarget(str(Path(word)))


def test_a_file_may_be_in_the_home(home: Path) -> None:
    (home / "x.json").write_text("")
    assert one("~/x.json") == FileTarget(str(home / "x.json"))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        pytest.param("no.json", "no.json: no such file", id="missing"),
        pytest.param("./", "./: is a folder without a catalogue", id="folder"),
        pytest.param("~nobody-here/x.json", "cannot read ~nobody-here/x.json: ", id="home"),
        pytest.param("./" + "x" * 300, "File name too long", id="too-long"),
    ],
)
def test_what_cannot_be_a_file_is_said(word: str, message: str) -> None:
    error = refused(word)
    assert isinstance(error, ConfigError)
    assert message in error.message


def test_several_targets_keep_their_order_and_configured_ones_are_sought_once(
    home: Path, configure: Callable[..., Path]
) -> None:
    configure(home / ".cursor" / "mcp.json", a={"command": "a"}, b={"command": "b"})
    looked: list[bool] = []

    def look() -> object:
        looked.append(True)
        return discover()

    found = resolve(["b", "demo:notes", "a"], ["run", "x"], NOTHING, GATE, look)
    assert [getattr(target, "name", "") for target in found] == ["b", "notes", "a", "run"]
    assert looked == [True]


@pytest.mark.parametrize(
    ("names", "told_apart"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["a", "a", "a-2"], ["a", "a-2", "a-2-2"]),
        (["a-2", "a", "a"], ["a-2", "a", "a-3"]),
    ],
)
def test_servers_of_the_same_name_are_told_apart(names: list[str], told_apart: list[str]) -> None:
    found = distinct([ServerSpec(name) for name in names])
    assert [target.name for target in found if isinstance(target, ServerSpec)] == told_apart


def test_additions_are_for_what_they_can_change(home: Path, configure: Callable[..., Path]) -> None:
    configure(home / ".cursor" / "mcp.json", a={"command": "a", "env": {"X": "1", "Y": "2"}})
    additions = Additions({"X": "9"}, "/srv")
    configured = spec("a", additions)
    assert (dict(configured.env), configured.cwd) == ({"X": "9", "Y": "2"}, None)
    assert spec("stdio:run", additions).cwd == "/srv"
    assert dict(spec("demo:notes", additions).env) == {"X": "9"}
    (typed,) = resolve([], ["run"], additions, GATE)
    assert isinstance(typed, ServerSpec)
    assert (dict(typed.env), typed.cwd) == ({"X": "9"}, "/srv")


@pytest.fixture
def two_hosts(home: Path, project: Path, configure: Callable[..., Path]) -> None:
    configure(home / ".cursor" / "mcp.json", github={"command": "a"}, same={"command": "s"})
    configure(
        home / ".codeium" / "windsurf" / "mcp_config.json",
        github={"command": "b"},
        same={"command": "s"},
    )


@pytest.mark.usefixtures("two_hosts")
def test_a_name_that_means_one_server_is_enough() -> None:
    assert spec("same").command == "s"


@pytest.mark.usefixtures("two_hosts")
def test_a_name_of_several_servers_asks_which() -> None:
    error = refused("github")
    assert error.message == "'github' names 2 different servers"
    assert error.hint == "write cursor:user/github or devin-desktop:user/github"
    assert len(error.details) == 2
    for word in error.hint.removeprefix("write ").split(" or "):
        assert spec(word).command in ("a", "b")


@pytest.mark.usefixtures("two_hosts")
@pytest.mark.parametrize(
    ("word", "command"),
    [("cursor/github", "a"), ("devin-desktop/github", "b"), ("cursor:user/github", "a")],
)
def test_a_host_and_scope_say_which(word: str, command: str) -> None:
    assert spec(word).command == command


@pytest.mark.usefixtures("two_hosts")
@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("gihub", "did you mean github?"),
        ("cursor:project/github", "mcpx discover lists the configured servers"),
        ("zzzzzz", "mcpx discover lists the configured servers"),
    ],
)
def test_a_name_that_nobody_has_is_wrong_use(word: str, hint: str) -> None:
    error = refused(word)
    assert error.message == f"no server is configured as '{word}'"
    assert error.hint == hint


def test_with_nothing_configured_the_hint_says_what_is_always_there() -> None:
    assert refused("github").hint.startswith("no server is configured here; try demo:tickets")


def test_a_server_in_use_is_meant_before_one_that_is_overridden(
    home: Path, project: Path, configure: Callable[..., Path]
) -> None:
    configure(home / ".cursor" / "mcp.json", github={"command": "mine"})
    configure(project / ".cursor" / "mcp.json", github={"command": "ours"})
    found = spec("github")
    assert (found.command, found.origin) == ("ours", Origin.PROJECT)


@pytest.mark.parametrize("trusts", [True, False], ids=["trusted", "not-approved"])
def test_variables_are_replaced_only_in_what_may_be_started(
    project: Path,
    configure: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    trusts: bool,
) -> None:
    monkeypatch.setenv("OURS", "private")
    configure(project / ".mcp.json", github={"command": "run", "args": ["${OURS}"]})
    (found,) = resolve(["github"], [], NOTHING, Gate(trusts))
    assert isinstance(found, ServerSpec)
    assert found.args == (("private",) if trusts else ("${OURS}",))


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("localhost:4603", "did you mean http://localhost:4603?"),
        ("[::1]:80/mcp", "did you mean http://[::1]:80/mcp?"),
        ("example.com/mcp", "did you mean https://example.com/mcp?"),
        ("inside:8443", "did you mean https://inside:8443?"),
        ("example.com/mcp?key=c4nary", "write https:// in front of it"),
        ("io.acme/maps", "did you mean registry:io.acme/maps?"),
    ],
)
def test_a_url_without_its_scheme_is_recognised(word: str, hint: str) -> None:
    with pytest.raises(UsageError, match="no server is configured") as caught:
        resolve([word], [], Additions(), GATE)
    assert caught.value.hint == hint
    assert "c4nary" not in caught.value.message


def test_a_variable_that_is_not_set_is_not_sent_as_it_is_written(
    home: Path, configure: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"url": "https://h.example/mcp", "headers": {"X-Key": "${env:NO_SUCH_KEY}"}}
    configure(home / ".cursor" / "mcp.json", keyed=entry)
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(ConfigError) as caught:
        resolve(["keyed"], (), Additions(), Gate(False))
    assert "NO_SUCH_KEY" in caught.value.message
    monkeypatch.setenv("NO_SUCH_KEY", "k")
    (found,) = resolve(["keyed"], (), Additions(), Gate(False))
    assert isinstance(found, ServerSpec)
    assert dict(found.headers) == {"X-Key": "k"}


def test_a_folder_stands_for_the_catalogues_in_it(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_text("{}")
    found = resolve([f"{tmp_path}/"], (), NOTHING, GATE)
    assert found == [FileTarget(str(tmp_path / "a.json")), FileTarget(str(tmp_path / "b.json"))]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="is a folder without a catalogue") as caught:
        resolve([f"{tmp_path}/empty/"], (), NOTHING, GATE)
    assert "mcpx inspect SERVER -o" in caught.value.hint


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("-", True, id="stdin"),
        pytest.param("a.json", True, id="json"),
        pytest.param("mcpx.lock", True, id="lock"),
        pytest.param("./a", True, id="path"),
        pytest.param("git:HEAD:mcpx.lock", True, id="revision"),
        pytest.param("github", False, id="name"),
        pytest.param("stdio:serve --state state.json", False, id="command"),
        pytest.param("npm:pkg ./a.json", False, id="package"),
        pytest.param("HTTPS://h.example/a.json", False, id="url"),
    ],
)
def test_what_names_a_file_is_told_from_what_names_a_server(word: str, expected: bool) -> None:
    assert is_of_file(word) is expected
