"""The servers that ``replays.py`` records and replays, and what is said to each; no I/O."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from replayed_sdk import (
    AT_ONCE,
    SDK_ANSWERS,
    SDK_LEGACY,
    SDK_MODERN,
    SHOPPING,
    STORIES,
    STORY_TAPES,
)
from replayed_steps import (
    DEMOS,
    EVERYTHING,
    EVERYTHING_ANSWERS,
    EXCEL,
    FILES,
    FILESYSTEM,
    GIT,
    MEMORY,
    REMEMBERED,
    SQLITE,
    THINKING,
    TIME,
    Step,
    lists,
)

NPM = "@modelcontextprotocol/server-"


@dataclass(frozen=True)
class Case:
    """A recording to make: of which server, in which era, over what, and by whom.

    ``command`` starts the server; in it and in the steps ``{port}`` is a free port and ``{folder}``
    a folder with the same content for every start. Its first word may be ``npm:PACKAGE``,
    ``bin:PROGRAM`` or ``sdk:PATH``, for what the folders of the command line hold. ``path`` is that
    of the URL; none for stdio. With a ``client`` the SDK's client is who calls, through a tap: of
    the story of that name, or by this source; else mcpx makes the ``steps``. ``options`` are those
    of the replay.
    """

    name: str
    command: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    path: str = ""
    era: str = "auto"
    only_era: bool = False
    answers: Mapping[str, Any] | None = None
    client: str = ""
    source: str = ""
    folder: str = ""
    recording: tuple[str, ...] = ()
    options: tuple[str, ...] = ("--allow-writes",)
    files: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def cases() -> Iterator[Case]:
    """Every recording to make."""
    for name, steps in DEMOS.items():
        command: tuple[str, ...] = (sys.executable, "-m", "mcpx.demo", name)
        http = (*command, "--http", "{port}")
        for era in ("legacy", "modern"):
            yield Case(f"demo-{name}-stdio-{era}", command, tuple(steps), era=era)
            yield Case(f"demo-{name}-http-{era}", http, tuple(steps), path="/mcp", era=era)
    command = (sys.executable, "-m", "mcpx.demo", "shop")
    http = (*command, "--http", "{port}")
    for era in ("legacy", "modern"):
        yield Case(f"demo-shopping-stdio-{era}", command, era=era, client=SHOPPING)
        yield Case(f"demo-shopping-http-{era}", http, path="/mcp", era=era, client=SHOPPING)
    yield from _npm()
    yield from _python()
    yield from _sdk()
    yield from _imported()


def _npm() -> Iterator[Case]:
    program, answers = f"npm:{NPM}everything", EVERYTHING_ANSWERS
    steps = tuple(EVERYTHING)
    for transport, path in (("stdio", ""), ("streamableHttp", "/mcp"), ("sse", "/sse")):
        command = (program, transport)
        yield Case(f"everything-{transport}", command, steps, path, answers=answers, only_era=True)
        if transport != "sse":
            yield Case(
                f"everything-at-once-{transport}", command, path=path, client=AT_ONCE, only_era=True
            )
    program = f"npm:{NPM}filesystem"
    yield Case("filesystem", (program, "{folder}"), tuple(FILESYSTEM), files=FILES, only_era=True)
    memory = (f"npm:{NPM}memory",)
    yield Case("memory", memory, tuple(MEMORY), variables=REMEMBERED, only_era=True)
    yield Case(
        "sequential-thinking", (f"npm:{NPM}sequential-thinking",), tuple(THINKING), only_era=True
    )
    for package in ("@playwright/mcp", "chrome-devtools-mcp", "@upstash/context7-mcp"):
        name = package.split("/")[-1]
        yield Case(f"list-{name}", (f"npm:{package}",), tuple(lists()), only_era=True)


def _python() -> Iterator[Case]:
    for era in ("legacy", "modern"):
        yield Case(f"time-{era}", ("bin:mcp-server-time",), tuple(TIME), era=era)
        yield Case(f"fetch-{era}", ("bin:mcp-server-fetch",), tuple(lists()), era=era)
        files = {**FILES, ".git": ""}
        yield Case(f"git-{era}", ("bin:mcp-server-git",), tuple(GIT), era=era, files=files)
    database = ("bin:mcp-server-sqlite", "--db-path", "{folder}/t.db")
    yield Case("sqlite", database, tuple(SQLITE), only_era=True)
    excel = ("bin:excel-mcp-server", "stdio", "--allow-dir", "{folder}")
    # A workbook keeps the times of its parts, compressed.
    unlike = ("--ignore", "tools/call[export_workbook] /content/1/resource/blob")
    yield Case("excel", excel, tuple(EXCEL), options=("--allow-writes", *unlike))


def _sdk() -> Iterator[Case]:
    program = "sdk:servers/everything-server/mcp_everything_server/server.py"
    command = (program, "--port", "{port}")
    for era, steps in (("legacy", SDK_LEGACY), ("modern", SDK_MODERN)):
        yield Case(
            f"sdk-everything-{era}",
            command,
            tuple(steps),
            "/mcp",
            era,
            answers=SDK_ANSWERS,
            recording=("--log-level", "info"),
        )
        low = ("sdk:stories/pagination/server_lowlevel.py",)
        yield Case(f"sdk-pages-{era}", low, tuple(lists("resources")), era=era)
    for story, ways in STORIES.items():
        for way in ways:
            transport, era = way.split("-")
            http = transport == "http"
            words = ("--http", "--port", "{port}") if http else ()
            yield Case(
                f"sdk-{story}-{way}",
                (f"sdk:stories/{story}/server.py", *words),
                path="/mcp" if http else "",
                era=era,
                client=story,
            )


def _imported() -> Iterator[Case]:
    everything = f"npm:{NPM}everything"
    sdk = ("sdk:servers/everything-server/mcp_everything_server/server.py", "--port", "{port}")
    for source, command, path in (
        ("ivermin-everything-auto.cassette.jsonl", (everything, "stdio"), ""),
        ("ivermin-everything-legacy.cassette.jsonl", (everything, "stdio"), ""),
        ("cheneeheng-everything-legacy.mcp.json", (everything, "stdio"), ""),
        ("ivermin-http-ev-legacy.cassette.jsonl", (everything, "streamableHttp"), "/mcp"),
        ("mitm-http-ev-auto.har", (everything, "streamableHttp"), "/mcp"),
        ("mitm-http-ev-legacy.har", (everything, "streamableHttp"), "/mcp"),
        ("ivermin-http-sdkev-legacy.cassette.jsonl", sdk, "/mcp"),
        ("devhelm-http-sdkev-auto.cassette.json", sdk, "/mcp"),
        ("mitm-http-sdkev-auto.har", sdk, "/mcp"),
        ("mitm-http-sdkev-legacy.har", sdk, "/mcp"),
        ("ivermin-time-legacy.cassette.jsonl", ("bin:mcp-server-time",), ""),
        ("mcprec-time-auto.mcprec.jsonl", ("bin:mcp-server-time",), ""),
    ):
        yield Case(
            f"import-{source.split('.')[0]}", command, path=path, source=source, only_era=True
        )
    yield Case(
        "import-ivermin-memory-legacy",
        (f"npm:{NPM}memory",),
        source="ivermin-memory-legacy.cassette.jsonl",
        variables=REMEMBERED,
        only_era=True,
    )
    yield Case(
        "import-ivermin-filesystem-legacy",
        (f"npm:{NPM}filesystem", "{folder}"),
        source="ivermin-filesystem-legacy.cassette.jsonl",
        folder="/srv/files",
        files={"a.txt": "one\n"},
        only_era=True,
    )
    yield Case(
        "import-ivermin-git-legacy",
        ("bin:mcp-server-git",),
        source="ivermin-git-legacy.cassette.jsonl",
        folder="/srv/repo",
        only_era=True,
        files={**FILES, ".git": ""},
    )
    for transport, tapes in STORY_TAPES.items():
        http = transport == "http"
        words = ("--http", "--port", "{port}") if http else ()
        for tape in tapes:
            source = f"sdk-{'http-' if http else ''}{tape}.cassette.jsonl"
            yield Case(
                f"import-{source.split('.')[0]}",
                (f"sdk:stories/{tape.split('-')[0]}/server.py", *words),
                path="/mcp" if http else "",
                source=source,
                only_era=True,
            )
