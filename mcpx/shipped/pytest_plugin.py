"""The pytest plugin: a marker that names a session, and fixtures that play, record and replay it.

pytest imports this at every start, wherever mcpx is installed. What the fixtures take is imported
when a test asks for them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mcpx.shipped.testing.replays import Replaying
    from mcpx.shipped.testing.servers import Server

MODES = ("none", "once", "all")
_MARKER = (
    "mcpx(file, *, target=None, **options): the session that mcpx_mock plays and mcpx_replay"
    " repeats (relative to the test's file; without one a file for each test), the server that it"
    " is recorded from, and options of 'mcpx mock'."
)
_PASSED = pytest.StashKey[bool]()
_SERVER = pytest.StashKey["Server"]()
# The sessions that this run has recorded: later tests of the same file are played what it holds.
_RECORDED = pytest.StashKey[set[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--mcpx-record`` and the setting ``mcpx_record``."""
    parser.getgroup("mcpx").addoption(
        "--mcpx-record",
        choices=MODES,
        help="Sessions of mcpx_mock: record none, those that are missing (once), or all anew.",
    )
    told = "What --mcpx-record is where it is not given: none, once or all."
    parser.addini("mcpx_record", told, type="string", default=MODES[0])


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known. Raises UsageError for a setting that is none."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_RECORDED] = set()
    if _mode(config) not in MODES:
        raise pytest.UsageError(f"mcpx_record = {_mode(config)}: it is one of {', '.join(MODES)}")


def _mode(config: pytest.Config) -> str:
    chosen: str = config.getoption("mcpx_record") or config.getini("mcpx_record")
    return chosen


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test passed: only then what it recorded is kept, and its mock judged.

    Where it fails, what its mock was asked in vain is told with that, and not once more.
    """
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
        server = item.stash.get(_SERVER, None)
        if report.failed and server is not None and (complaint := server.complaint()):
            report.sections.append(("mcpx_mock", complaint))
    return report


@pytest.fixture
def mcpx_mock(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server of the marker's session: ``.command`` starts it, ``.url`` is where it listens.

    A mock that plays the session; while that is recorded, the real server. ``.misses`` says what
    the session has no answer for: any fails the test.
    """
    from mcpx.shipped.testing.marks import mark_of
    from mcpx.shipped.testing.servers import server

    mark, mode = mark_of(request.node), _mode(request.config)
    recorded, name = request.config.stash[_RECORDED], str(mark.session)
    wanted = mode != "none" and not mark.session.exists()
    wanted = wanted or (mode == "all" and name not in recorded)
    opened = server(mark, tmp_path_factory.mktemp("mcpx"), record=wanted)
    request.node.stash[_SERVER] = opened
    try:
        yield opened
    finally:
        opened.stop()
    if request.node.stash.get(_PASSED, False):
        opened.finish()
        recorded.add(name)


@pytest.fixture
def mcpx_replay(request: pytest.FixtureRequest) -> Replaying:
    """Repeats the marker's session against a live server, and compares what it answers.

    ``mcpx_replay(target=None, *, check=True, **options)``: the target is that of the marker where
    none is given, the options are those of ``mcpx replay``. Gives ``.ok`` and ``.divergences``;
    with ``check`` a divergence fails the test. More than ``seconds=600`` fail it too.
    """
    from mcpx.shipped.testing.marks import mark_of
    from mcpx.shipped.testing.replays import Replaying

    return Replaying(mark_of(request.node))
