"""Documents to render, with foreign text as bad as it gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mcpx.analyses.diff.changes import Basis, Change, ChangeRule, Witness
from mcpx.analyses.divergence.divergences import ABSENT, Divergence
from mcpx.analyses.divergence.divergences import Kind as Kind_
from mcpx.analyses.finding import Effect, Finding, Location, Outcome, Rule, Severity, Subject
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.reports.document import (
    Changes,
    Column,
    Compared,
    Document,
    Findings,
    Listing,
    Prose,
    Side,
    Table,
    Text,
)
from mcpx.reports.replayed import Diverged, Played, Replay, Tally
from mcpx.servers import Era

ESC = "\x1b"
HOSTILE = (
    f"::error::{ESC}[31m|<b>`x`</b>\n::stop-commands::y\r\n# [a](http://evil) @you\t\u202e| \ud83d"
)

CLASH = Rule("name-clash", "Same name", Severity.ERROR, "Only one can be called.", "Rename one.")
ODD = Rule("name-odd", "Odd name", Severity.WARNING, "Hosts differ.", "")
HINT = Rule("name-long", "Long name", Severity.INFO, "It costs.", "")


def listing() -> Listing:
    columns = [
        Column("NAME"),
        Column("DESCRIPTION", wraps=True),
        Column("COUNT", right=True),
        Column("KIND", unless_same=True),
        Column("NOTE", minor=True),
    ]
    rows: list[list[Any]] = [
        ["search", "Find things.", 3, "tool", "n1"],
        ["create", "Make one, " + "and say why, " * 12 + "please.", 12, "tool", None],
        ["done", "", True, "tool", False],
    ]
    return Listing(
        {"format": "mcpx.sample", "version": 1, "names": ["ä", "b"], "found": 3},
        [
            Table("item", columns, rows, heading="items"),
            Table("none", columns, [], heading="nothing"),
            Prose("text", "First line.\n\n  Indented line.\n", heading="what it says"),
        ],
        [{"format": "mcpx.sample.item", "name": "search"}, {"format": "x", "name": "ä"}],
    )


def upright() -> Listing:
    columns = [Column("SERVER"), Column("ERA", unless_same=True), Column("OFFERS", minor=True)]
    return Listing(
        {"format": "mcpx.sample", "version": 1},
        [Table("server", columns, [["tickets", None, "tools"]], upright=True)],
    )


def texts() -> Listing:
    return Listing(
        {"format": "mcpx.sample", "version": 1},
        [
            Text("First line.\n\n\tIndented line.\n"),
            Text("[image image/png 1.2 kB; --save FOLDER keeps it]", ours=True),
            Text("```\ncode\n```\n````", heading="[assistant]"),
            Text(""),
            Table("item", [Column("NAME")], [["search"]]),
            Text("Last."),
        ],
    )


def hostile_texts() -> Listing:
    return Listing(
        {"format": "mcpx.sample", "version": 1},
        [Text(HOSTILE, heading=HOSTILE), Text(f"\t{HOSTILE}"), Text(HOSTILE, ours=True)],
    )


def hostile() -> Listing:
    columns = [Column("NAME"), Column("DESCRIPTION", wraps=True)]
    return Listing(
        {"format": "mcpx.sample", "version": 1, "text": HOSTILE},
        [
            Table("item", columns, [[HOSTILE, HOSTILE]], heading=HOSTILE),
            Prose("text", HOSTILE, heading=HOSTILE),
        ],
    )


def hostile_alone() -> Listing:
    """A single table: in a pipe its rows begin with the first cell."""
    return Listing({}, [Table("item", [Column("NAME")], [[HOSTILE], ["::set-output::x"]])])


def findings() -> Findings:
    both = (Subject("tool", "search", "notes"), Subject("tool", "search", "tickets"))
    return Findings(
        "conflicts",
        [
            Finding(
                CLASH,
                "tool 'search' is offered by two",
                both,
                ("claude-desktop", "langchain"),
                hint="safe in every host: notes_search and tickets_search",
                outcomes=(
                    Outcome("claude-code", Effect.APART),
                    Outcome("claude-desktop", Effect.ONE_WINS, ("search",)),
                    Outcome("langchain", Effect.LAST_WINS, ("search",), "tickets"),
                ),
            ),
            Finding(
                ODD,
                "an odd name",
                (Subject("prompt", "a b", "notes"),),
                location=Location("/shop/.mcp.json", 3),
                hint="rename it",
            ),
            Finding(HINT, "a long name", location=Location("/shop/.mcp.json")),
        ],
        {"servers": ["notes", "tickets"], "not_examined": []},
    )


def hostile_findings() -> Findings:
    subject = Subject(HOSTILE, HOSTILE, HOSTILE)
    finding = Finding(CLASH, HOSTILE, (subject,), (HOSTILE,), Location(HOSTILE, 1), hint=HOSTILE)
    return Findings("conflicts", [finding], {"servers": [HOSTILE], "not_examined": []})


def nothing_found() -> Findings:
    return Findings("conflicts", [], {"servers": ["notes"], "not_examined": []})


LOWER = ChangeRule("input-lower", "A limit is lower", Severity.ERROR, "Calls fail.", "Undo it.")
READ = ChangeRule("tool-text", "A text is new", Severity.WARNING, "It is read.", trust=True)
MORE = ChangeRule("tool-more", "There is a tool", Severity.INFO, "It is new.", adds=True)


def changes() -> Changes:
    def of(key: str, rule: ChangeRule, message: str, pointer: str = "", **more: Any) -> Change:
        return Change(rule, Subject("tool", key, "notes"), message, pointer, **more)

    input_, output = "/inputSchema/properties/limit/maximum", "/outputSchema/properties/n/type"
    witness = Witness({"limit": 50}, "/limit", "limit", "maximum", "is 50, above the maximum of 10")
    found = [
        of("find", MORE, "parameter more is new", "/inputSchema/properties/more"),
        of(
            "find",
            LOWER,
            "parameter limit: maximum 100 is now 10",
            input_,
            before=100,
            after=10,
            basis=Basis.WITNESS,
            witness=witness,
        ),
        of(
            "find",
            LOWER,
            "field n may be null",
            output,
            given=Severity.WARNING,
            basis=Basis.WITNESS,
            witness=Witness({"n": None}),
            reason="only clients that check every answer are affected",
        ),
        of(
            "find",
            LOWER,
            "whether callers are affected is not known",
            "/inputSchema",
            given=Severity.WARNING,
            basis=Basis.UNKNOWN,
            reason="its alternatives combine in 1e+09 ways",
        ),
        of(
            "tell",
            READ,
            "description is another",
            "/description",
            before="Tell what there is.",
            after="Tell what there is, and why.",
        ),
        *(of(f"more_{number}", MORE, f"tool 'more_{number}' is new") for number in range(6)),
        of("guess", LOWER, "may be 'guessed' now", confidence=0.8, given=Severity.INFO),
    ]
    one = Compared(
        "notes",
        Side("approved.json", "1.2.0", "legacy"),
        Side("npm:notes@1.3.0", "1.3.0", "modern"),
        found,
        "npm:notes@1.3.0 --env KEY",
        "approved.json",
    )
    other = Compared("tickets", Side("old/"), Side("new/"), [])
    left_out = [{"server": "shop", "reason": "a list is missing"}]
    return Changes("diff", [one, other], 2, left_out)


def hostile_changes() -> Changes:
    change = Change(
        replace(READ, severity=Severity.ERROR),
        Subject("tool", HOSTILE, HOSTILE),
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE[::-1],
        witness=Witness({HOSTILE: HOSTILE}, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        reason=HOSTILE,
    )
    sides = (Side(HOSTILE, HOSTILE), Side(HOSTILE, HOSTILE))
    one = Compared(HOSTILE, *sides, [change], "TARGET", HOSTILE)
    return Changes("diff", [one, one], 0, [{"server": HOSTILE, "reason": HOSTILE}])


def nothing_changed() -> Changes:
    return Changes("diff", [Compared("notes", Side("a.json"), Side("b.json"), [])])


CHANGED = Rule("replay-changed", "A value is another", Severity.ERROR, "It was 3.", "Look.")
ADDED = Rule("replay-added", "There is more", Severity.WARNING, "It is new.", "")
VOLATILE = Rule("replay-volatile", "It differs each time", Severity.INFO, "A clock.", "")
_KINDS = {CHANGED: Kind_.CHANGED, ADDED: Kind_.ADDED, VOLATILE: Kind_.VOLATILE}


def diverged(
    rule: Rule, message: str, pointer: str, recorded: Any = ABSENT, live: Any = ABSENT
) -> Diverged:
    subject = Subject("interaction", f"#7 tools/call find {pointer}", "s.jsonl")
    finding = Finding(rule, f"{pointer}: {message}", (subject,), location=Location("s.jsonl", 8))
    divergence = Divergence(_KINDS[rule], message, pointer, recorded, live)
    return Diverged.of(divergence, finding)


def replayed(*played: Played, **more: Any) -> Replay:
    tally = Tally()
    for one in played:
        tally.add(one)
    return Replay("s.jsonl", "tickets", played, tally, (("legacy",), ("modern",)), **more)


def replay() -> Replay:
    call = {"method": "tools/call", "name": "find", "given": "query=login", "line": 8}
    time = diverged(VOLATILE, "is the time of the session", "/structuredContent/at", 1, 2)
    return replayed(
        Played(number=3, connection=1, method="tools/list", line=4, took=0.25, took_before=1.5),
        Played(number=5, connection=1, diverged=[time], **call),
        Played(
            number=7,
            connection=1,
            took=0.012,
            diverged=[
                diverged(CHANGED, "is another number", "/structuredContent/count", 3, 5),
                diverged(CHANGED, "is another text", "/content/0/text", TEXT, TEXT[:-9] + "red."),
                diverged(ADDED, "is new", "/structuredContent/more", live={"a": [1, None]}),
                diverged(CHANGED, "is missing", "/content/1", {"text": "b" * 5_000}),
                time,
            ],
            more=3,
            **call,
        ),
        Played(number=9, connection=1, method="tools/call", name="drop", why_not="it may write"),
        Played(number=11, connection=1, diverged=[diverged(ADDED, "ended with 1, not 0", "")]),
        bound={"cart-1": "cart-2"},
        ignored=[{"rule": "replay-order", "by": "mcpx.toml", "count": 2}],
    )


TEXT = "Two words, then many, " + "and many more, " * 12 + "and at the end they are blue."


def hostile_replay() -> Replay:
    one = diverged(CHANGED, HOSTILE, f"/{HOSTILE}", HOSTILE, {HOSTILE: [HOSTILE]})
    told = Played(
        number=7,
        connection=1,
        method=HOSTILE,
        name=HOSTILE,
        given=HOSTILE,
        diverged=[one, diverged(CHANGED, HOSTILE, "")],
    )
    left = Played(number=9, connection=1, method=HOSTILE, name=HOSTILE, why_not=HOSTILE)
    found = replayed(told, left, bound={HOSTILE: HOSTILE})
    return replace(found, session=HOSTILE, server=HOSTILE)


DOCUMENTS: dict[str, Document] = {
    "listing": listing(),
    "upright": upright(),
    "texts": texts(),
    "hostile-texts": hostile_texts(),
    "hostile": hostile(),
    "hostile-alone": hostile_alone(),
    "findings": findings(),
    "hostile-findings": hostile_findings(),
    "nothing-found": nothing_found(),
    "changes": changes(),
    "hostile-changes": hostile_changes(),
    "nothing-changed": nothing_changed(),
    "replay": replay(),
    "hostile-replay": hostile_replay(),
}


def tool(**members: Any) -> Item:
    return Item(Kind.TOOL, members)


TICKETS = Catalogue(
    "tickets",
    {"transport": "stdio", "command": "run", "args": ["tickets"]},
    Era.MODERN,
    "2026-07-28",
    ("2026-07-28",),
    ("roots",),
    {"name": "tickets", "version": "1.4.0"},
    {"tools": {}, "prompts": {}},
    "Search before you create.\nThen create.",
    tools=(
        tool(
            name="search",
            description="Find tickets.\nSlowly.",
            inputSchema={
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "Words."},
                    "limit": {"type": "integer", "default": 5, "minimum": 1},
                },
                "required": ["query"],
            },
            annotations={"readOnlyHint": True, "destructiveHint": False},
            outputSchema={"type": "object"},
        ),
        tool(name="close", inputSchema={"type": "object"}, title="Close it"),
        tool(name="odd"),
    ),
    prompts=(
        Item(
            Kind.PROMPT,
            {
                "name": "triage",
                "description": "Sort.",
                "arguments": [{"name": "a", "required": True}, {"name": "b"}, "odd"],
            },
        ),
        Item(Kind.PROMPT, {"name": "odd", "arguments": 3}),
    ),
    resources=(
        Item(Kind.RESOURCE, {"uri": "config://x", "name": "x", "mimeType": "text/plain"}),
        Item(Kind.RESOURCE, {"uri": "config://y", "mimeType": 3}),
    ),
    templates=(Item(Kind.TEMPLATE, {"uriTemplate": "item://{n}", "name": "item"}),),
    problems=(
        Problem("schema-missing", "it has no input schema", Kind.TOOL, "odd", "", ("typescript",)),
        Problem("wire-noise", "it prints on stdout"),
    ),
)
NOTES = Catalogue("notes", tools=(tool(name="search", inputSchema={"type": "object"}),))
NASTY = Catalogue(
    HOSTILE,
    {"transport": "stdio"},
    server_info={"name": HOSTILE, "version": 3},
    capabilities={HOSTILE: {}},
    instructions=HOSTILE,
    tools=(
        tool(
            name=HOSTILE,
            description=HOSTILE,
            inputSchema={"properties": {HOSTILE: {"type": HOSTILE, "description": HOSTILE}}},
            outputSchema=HOSTILE,
            annotations={HOSTILE: HOSTILE},
        ),
    ),
    prompts=(Item(Kind.PROMPT, {"name": HOSTILE, "arguments": [{"name": HOSTILE}]}),),
    resources=(Item(Kind.RESOURCE, {"uri": HOSTILE, "name": HOSTILE, "mimeType": HOSTILE}),),
    templates=(Item(Kind.TEMPLATE, {"uriTemplate": HOSTILE}),),
    problems=(Problem("name-odd", HOSTILE, Kind.TOOL, HOSTILE, HOSTILE),),
)
