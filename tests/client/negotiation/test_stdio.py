from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mcpx.client import processes
from mcpx.client.connection import connect
from mcpx.client.eras import Opening
from mcpx.client.negotiation import stdio as negotiation
from mcpx.client.questions import Nobody
from mcpx.client.terms import Terms
from mcpx.errors import Fault, ServerError
from mcpx.servers import Era, ServerSpec
from tests.client.children import BAD, GOOD
from tests.client.heard import Heard
from tests.client.loops import in_a_loop


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    left = list(processes._running)
    processes.kill_all()
    assert left == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcpx.client.negotiation.PROBE", 0.6)
    monkeypatch.setattr(negotiation, "SILENCE", 0.8)


def bad(*arguments: str) -> ServerSpec:
    return ServerSpec("one", command=BAD[0], args=(BAD[1], *arguments))


def good(*arguments: str) -> ServerSpec:
    return ServerSpec("one", command=GOOD[0], args=(GOOD[1], *arguments))


# A server of one line per first method: what it does about it.
SCRIPT = """
import json, sys, time
starts = {starts!r}
open(starts, "a").write("start\\n")
start = len(open(starts).readlines())
def answer(**members):
    print(json.dumps({{"jsonrpc": "2.0", "id": message["id"], **members}}), flush=True)
GOOD = {{"protocolVersion": "2025-06-18", "capabilities": {{}}, "serverInfo": {{"name": "s"}}}}
for line in sys.stdin:
    message = json.loads(line)
    method = message["method"]
    if method == "server/discover":
        {discover}
    elif method == "initialize":
        {initialize}
"""
INITIALIZES = "answer(result=GOOD)"


def scripted(folder: Path, discover: str, initialize: str = INITIALIZES) -> ServerSpec:
    script = folder / "server.py"
    starts = str(folder / "starts")
    script.write_text(SCRIPT.format(starts=starts, discover=discover, initialize=initialize))
    return ServerSpec("one", command=sys.executable, args=(str(script),))


def starts(folder: Path) -> int:
    return len((folder / "starts").read_text().splitlines())


@dataclass
class Log:
    """What was sent to the server, and what is remembered of it."""

    heard: Heard = field(default_factory=Heard)
    known: Era | None = None
    told: list[Era] = field(default_factory=list)

    def terms(self, **more: Any) -> Terms:
        return Terms(
            tapping=self.heard.tapping,
            remembered=lambda _spec: self.known,
            remember=lambda _spec, era: self.told.append(era),
            **more,
        )

    @property
    def sent(self) -> list[dict[str, Any]]:
        return self.heard.sent

    @property
    def methods(self) -> list[str]:
        return self.heard.methods


async def opened(spec: ServerSpec, terms: Terms) -> Opening:
    async with connect(spec, terms) as open_one:
        return open_one.opening


async def refused(spec: ServerSpec, terms: Terms) -> ServerError:
    with pytest.raises(ServerError) as failed:
        await opened(spec, terms)
    return failed.value


@pytest.mark.parametrize("era", ["modern", "both"])
@in_a_loop
async def test_a_modern_server_is_asked_once(era: str) -> None:
    log = Log()
    found = await opened(good("--era", era), log.terms(answering=Nobody(("roots",))))
    assert (found.era, found.version, found.supported) == (
        Era.MODERN,
        "2026-07-28",
        ("2026-07-28",),
    )
    assert found.server == {"name": "good-stdio", "version": "1.0.0"}
    assert found.instructions == "Three tools, a prompt and a resource to test a client with."
    assert sorted(found.capabilities) == ["prompts", "resources", "tools"]
    assert found.oddities == ()
    assert log.methods == ["server/discover"]
    meta = log.sent[0]["params"]["_meta"]
    assert meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
    assert meta["io.modelcontextprotocol/clientInfo"]["name"] == "mcpx"
    assert meta["io.modelcontextprotocol/clientCapabilities"] == {"roots": {}}
    assert log.told == []


@in_a_loop
async def test_a_legacy_server_gets_the_handshake_on_the_same_process() -> None:
    log = Log()
    found = await opened(good("--era", "legacy"), log.terms(answering=Nobody(("sampling",))))
    assert (found.era, found.version, found.supported) == (
        Era.LEGACY,
        "2025-11-25",
        ("2025-11-25",),
    )
    assert log.methods == ["server/discover", "initialize", "notifications/initialized"]
    assert log.sent[1]["params"]["protocolVersion"] == "2025-11-25"
    assert log.sent[1]["params"]["capabilities"] == {"sampling": {}}
    assert log.told == []


@pytest.mark.parametrize("era", list(Era))
@in_a_loop
async def test_the_era_that_is_asked_for_is_the_only_one_tried(era: Era) -> None:
    log = Log()
    found = await opened(good("--era", "both"), log.terms(era=era))
    assert found.era is era
    assert log.methods[0] == {Era.LEGACY: "initialize", Era.MODERN: "server/discover"}[era]


@pytest.mark.parametrize(
    ("asked", "speaks", "message"),
    [
        ("modern", "legacy", "one: does not speak the modern era"),
        ("legacy", "modern", "one: does not speak the legacy era, but MCP 2026-07-28"),
    ],
)
@in_a_loop
async def test_the_wrong_era_is_named(asked: str, speaks: str, message: str) -> None:
    error = await refused(good("--era", speaks), Terms(era=Era(asked)))
    assert (error.fault, error.message) == (Fault.VERSION, message)
    assert "--era auto" in error.hint


@in_a_loop
async def test_a_server_that_dies_on_the_probe_gets_a_fresh_process() -> None:
    log = Log()
    found = await opened(bad("dies-on-probe"), log.terms())
    assert found.era is Era.LEGACY
    assert log.methods == ["server/discover", "initialize", "notifications/initialized"]
    assert log.told == [Era.LEGACY]


@in_a_loop
async def test_one_silent_on_the_probe_gets_the_handshake_as_well(impatient: None) -> None:
    log = Log()
    found = await opened(bad("silent-on-probe"), log.terms())
    assert found.era is Era.LEGACY
    assert log.methods == ["server/discover", "initialize", "notifications/initialized"]
    assert log.told == [Era.LEGACY]


@pytest.mark.parametrize("seconds", ["0.9", "1.8"], ids=["slow", "slower than its patience"])
@pytest.mark.parametrize("mode", ["slow-start", "silent-on-probe-slow-start"])
@in_a_loop
async def test_a_slow_legacy_server_is_understood(
    mode: str, seconds: str, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await opened(bad(mode, "--seconds", seconds), Log().terms(deadline=15.0))
    assert found.era is Era.LEGACY


@in_a_loop
async def test_a_slow_modern_server_is_not_taken_for_legacy(impatient: None) -> None:
    log = Log()
    found = await opened(bad("slow-start", "--seconds", "1", "--era", "modern"), log.terms())
    assert found.era is Era.MODERN
    assert log.methods == ["server/discover", "initialize"]
    assert log.told == []


@in_a_loop
async def test_silence_on_both_gets_a_fresh_process(impatient: None, tmp_path: Path) -> None:
    spec = scripted(tmp_path, "pass", f"start > 1 and {INITIALIZES}")
    log = Log()
    assert (await opened(spec, log.terms())).era is Era.LEGACY
    assert starts(tmp_path) == 2
    assert log.told == [Era.LEGACY]


@in_a_loop
async def test_what_downloads_a_package_may_be_silent_for_longer(
    impatient: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(negotiation.faults, "LAUNCHERS", (Path(sys.executable).name,))
    spec = scripted(tmp_path, "time.sleep(2)", INITIALIZES)
    assert (await opened(spec, Terms())).era is Era.LEGACY
    assert starts(tmp_path) == 1


@in_a_loop
async def test_a_fresh_process_that_dies_is_not_started_again(
    impatient: None, tmp_path: Path
) -> None:
    spec = scripted(tmp_path, "pass", "start > 1 and sys.exit(3)")
    error = await refused(spec, Terms())
    assert error.fault is Fault.EXITED
    assert "exited with status 3 before answering initialize" in error.message
    assert starts(tmp_path) == 2


@in_a_loop
async def test_one_that_dies_late_on_the_probe_gets_a_fresh_process(
    impatient: None, tmp_path: Path
) -> None:
    spec = scripted(tmp_path, "time.sleep(0.9); sys.exit(1)")
    assert (await opened(spec, Terms())).era is Era.LEGACY
    assert starts(tmp_path) == 2


@in_a_loop
async def test_noise_is_not_silence(impatient: None, tmp_path: Path) -> None:
    spec = scripted(tmp_path, "print('hello', flush=True)", f"time.sleep(1.5); {INITIALIZES}")
    assert (await opened(spec, Terms())).era is Era.LEGACY
    assert starts(tmp_path) == 1


@in_a_loop
async def test_a_refused_handshake_waits_for_the_probe(impatient: None, tmp_path: Path) -> None:
    modern = 'answer(result={"supportedVersions": ["2026-07-28"], "capabilities": {}})'
    held = "held = message"
    late = 'answer(error={"code": -32600, "message": "no"}); message = held; time.sleep(0.3); '
    found = await opened(scripted(tmp_path, held, late + modern), Terms())
    assert found.era is Era.MODERN
    assert found.oddities == (
        ("opening-incomplete", "its answer to server/discover lacks resultType"),
    )


@pytest.mark.parametrize("answered", ["probe, handshake", "handshake, probe"])
@in_a_loop
async def test_answers_to_both_open_one_conversation(
    answered: str, impatient: None, tmp_path: Path
) -> None:
    modern = 'answer(result={"supportedVersions": ["2026-07-28"], "capabilities": {}})'
    probe, handshake = f"message = held; {modern}; ", "message = now; answer(result=GOOD); "
    both = probe + handshake if answered.startswith("probe") else handshake + probe
    log = Log()
    spec = scripted(tmp_path, "held = message", "now = message; " + both)
    async with connect(spec, log.terms()) as open_one:
        legacy = open_one.opening.era is Era.LEGACY
        assert open_one.peer.answers is legacy
        assert ("notifications/initialized" in log.methods) is legacy


@in_a_loop
async def test_a_late_refusal_of_both_is_told(impatient: None, tmp_path: Path) -> None:
    no = 'answer(error={"code": -32603, "message": "out of order"})'
    error = await refused(scripted(tmp_path, "time.sleep(0.9); " + no, no), Terms())
    assert error.message == "one: answered initialize with error -32603: out of order"
    assert starts(tmp_path) == 1


@pytest.mark.parametrize(
    ("discover", "era"),
    [
        pytest.param('answer(error={"code": -32601, "message": "?"})', Era.LEGACY, id="-32601"),
        pytest.param('answer(error={"code": -32000, "message": "?"})', Era.LEGACY, id="-32000"),
        pytest.param('answer(error={"code": 0, "message": "?"})', Era.LEGACY, id="0"),
        pytest.param('answer(error="what?")', Era.LEGACY, id="an error of no shape"),
        pytest.param(
            'answer(error={"code": -32022, "message": "?", "data": {"supported": '
            '["2027-01-01", "2025-06-18"]}})',
            Era.LEGACY,
            id="-32022 with a legacy version",
        ),
        pytest.param(
            'answer(result={"supportedVersions": ["2025-06-18"], "capabilities": {}, '
            '"resultType": "complete"})',
            Era.LEGACY,
            id="discovers legacy only",
        ),
        pytest.param('answer(result={"capabilities": {}})', Era.MODERN, id="discovers no version"),
    ],
)
@in_a_loop
async def test_an_answer_to_the_probe_decides(discover: str, era: Era, tmp_path: Path) -> None:
    found = await opened(scripted(tmp_path, discover), Terms())
    assert found.era is era
    assert found.version == {Era.LEGACY: "2025-06-18", Era.MODERN: "2026-07-28"}[era]
    assert starts(tmp_path) == 1


@pytest.mark.parametrize(
    ("discover", "fault", "words"),
    [
        pytest.param(
            'answer(error={"code": -32021, "message": "needs sampling"})',
            Fault.PROTOCOL,
            "answered server/discover with error -32021: needs sampling",
            id="a capability is missing",
        ),
        pytest.param(
            'answer(error={"code": -32022, "message": "?", "data": {"supported": ["2027-01-01"]}})',
            Fault.VERSION,
            "speaks MCP 2027-01-01, which mcpx does not",
            id="later versions only",
        ),
        pytest.param(
            'answer(result={"supportedVersions": ["2027-01-01", "2027-02-02"]})',
            Fault.VERSION,
            "speaks MCP 2027-01-01, 2027-02-02, which mcpx does not",
            id="discovers later versions only",
        ),
    ],
)
@in_a_loop
async def test_a_modern_refusal_is_not_answered_with_the_handshake(
    discover: str, fault: Fault, words: str, tmp_path: Path
) -> None:
    log = Log()
    error = await refused(scripted(tmp_path, discover), log.terms())
    assert (error.fault, error.message) == (fault, f"one: {words}")
    assert log.methods == ["server/discover"]


@pytest.mark.parametrize(
    ("initialize", "fault", "words"),
    [
        pytest.param(
            "answer(result=7)",
            Fault.INVALID_RESPONSE,
            "invalid answer to initialize: its result is not an object",
            id="no object",
        ),
        pytest.param(
            'answer(result={"protocolVersion": "1999-01-01"})',
            Fault.VERSION,
            "speaks MCP '1999-01-01', which mcpx does not",
            id="unknown version",
        ),
        pytest.param(
            'answer(result={"protocolVersion": 7})',
            Fault.VERSION,
            "speaks MCP '7', which mcpx does not",
            id="no text",
        ),
    ],
)
@in_a_loop
async def test_a_bad_handshake(initialize: str, fault: Fault, words: str, tmp_path: Path) -> None:
    error = await refused(scripted(tmp_path, "pass", initialize), Terms(era=Era.LEGACY))
    assert (error.fault, error.message) == (fault, f"one: {words}")


@pytest.mark.parametrize(
    "discover",
    [
        pytest.param("answer(result=[])", id="a list"),
        pytest.param("answer(result={})", id="an empty object"),
        pytest.param("answer(result=None)", id="null"),
        pytest.param("print('{broken', flush=True)", id="broken JSON"),
        pytest.param(
            "message['id'] = None; answer(error={'code': -32600, 'message': '?'})",
            id="an error without the id",
        ),
    ],
)
@in_a_loop
async def test_any_other_answer_to_the_probe_means_the_handshake(
    discover: str, tmp_path: Path
) -> None:
    log = Log()
    found = await opened(scripted(tmp_path, discover), log.terms())
    assert (found.era, starts(tmp_path)) == (Era.LEGACY, 1)
    assert log.methods == ["server/discover", "initialize", "notifications/initialized"]


@in_a_loop
async def test_a_handshake_that_was_refused_is_not_sent_again(
    impatient: None, tmp_path: Path
) -> None:
    log = Log()
    discover_later = "time.sleep(0.8); answer(error={'code': -32601, 'message': 'what?'})"
    spec = scripted(tmp_path, discover_later, 'answer(error={"code": -32600, "message": "no"})')
    with pytest.raises(ServerError, match="answered initialize with error -32600: no"):
        await opened(spec, log.terms())
    assert log.methods == ["server/discover", "initialize"]


@in_a_loop
async def test_a_modern_version_is_no_answer_to_the_handshake(tmp_path: Path) -> None:
    newest = 'answer(result={"protocolVersion": "2026-07-28"})'
    error = await refused(scripted(tmp_path, "pass", newest), Terms(era=Era.LEGACY))
    assert error.message == "one: does not speak the legacy era, but MCP 2026-07-28"


@in_a_loop
async def test_what_an_opening_lacks_is_noted(tmp_path: Path) -> None:
    spec = scripted(tmp_path, "pass", 'answer(result={"serverInfo": [], "instructions": 7})')
    found = await opened(spec, Terms(era=Era.LEGACY))
    assert [text for _, text in found.oddities] == [
        "its answer to initialize lacks protocolVersion",
        "its answer to initialize has no object as serverInfo",
        "its answer to initialize lacks capabilities",
    ]
    assert (found.server, found.capabilities, found.instructions) == ({}, {}, None)


@in_a_loop
async def test_what_is_known_to_need_the_handshake_is_not_probed() -> None:
    log = Log(known=Era.LEGACY)
    found = await opened(bad("dies-on-probe"), log.terms())
    assert found.era is Era.LEGACY
    assert log.methods == ["initialize", "notifications/initialized"]


@in_a_loop
async def test_a_verdict_that_is_out_of_date_costs_one_question_more() -> None:
    log = Log(known=Era.LEGACY)
    found = await opened(good("--era", "modern"), log.terms())
    assert found.era is Era.MODERN
    assert log.methods == ["initialize", "server/discover"]


@pytest.mark.parametrize("status", [126, 127])
@in_a_loop
async def test_a_shell_that_finds_no_command_is_started_once(status: int, tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_text(f"#!/bin/sh\necho x >> {tmp_path}/starts\nexit {status}\n")
    script.chmod(0o755)
    error = await refused(ServerSpec("one", command=str(script)), Terms())
    assert error.evidence.exit_code == status
    assert starts(tmp_path) == 1


@in_a_loop
async def test_a_timeout_tells_what_was_heard(tmp_path: Path) -> None:
    spec = scripted(tmp_path, "print('one'); print('two', flush=True)", "pass")
    error = await refused(spec, Terms(deadline=1.0))
    assert error.fault is Fault.TIMEOUT
    assert error.details == ("stdout: 2 lines that are no messages, the first: one",)


@in_a_loop
async def test_a_timeout_tells_of_a_process_that_is_gone(tmp_path: Path) -> None:
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    spec = scripted(tmp_path, f"import os, subprocess; {child}; os._exit(0)")
    error = await refused(spec, Terms(deadline=1.0))
    assert error.details == ("its process exited with status 0, but its output is still open",)


@in_a_loop
async def test_a_launcher_that_downloads_has_a_clock_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = tmp_path / "uvx"
    launcher.write_text(f'#!/bin/sh\nsleep 1\nexec {GOOD[0]} {GOOD[1]} "$@"\n')
    launcher.chmod(0o755)
    spec = ServerSpec("one", command=str(launcher), args=("--era", "modern"))
    async with connect(spec, Terms(deadline=0.9)) as open_one, open_one.in_time() as errand:
        assert "tools" in await errand.request("tools/list")
    monkeypatch.setattr(negotiation, "DOWNLOAD", 0.5)
    error = await refused(spec, Terms(deadline=0.3))
    assert error.message == "one: no answer to server/discover within 0.5 s"


@in_a_loop
async def test_whoever_gives_up_while_it_opens_leaves_no_process() -> None:
    opening = asyncio.ensure_future(opened(bad("never-answers"), Terms()))
    await asyncio.sleep(0.3)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
