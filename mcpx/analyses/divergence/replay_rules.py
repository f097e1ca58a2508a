"""The rules of a replay: one for each class of differences, ``replay-`` and its name."""

from __future__ import annotations

from mcpx.analyses.finding import Rule, Severity

_LOOK = "Look at what changed in the server; if it is meant, take it over: mcpx replay --update."

REPLAY_RULES = (
    Rule(
        "replay-changed",
        "A value is another one than recorded, or is gone",
        Severity.ERROR,
        "Something in a result is not what it was: a number, a text, a type, a member that is gone,"
        " an item that came or went; a log in other words. Names that are minted anew do not count,"
        " nor do times that lie as far from the clock as they did, in the same form.",
        "If the value is another one each time, leave it out: --ignore '/structuredContent/count',"
        " or --learn what differs by itself. " + _LOOK,
        'recorded: {"result": {"structuredContent": {"count": 3}}}\n'
        'live: {"result": {"structuredContent": {"count": 4}}}',
    ),
    Rule(
        "replay-schema",
        "A result does not fit the recorded output schema any more",
        Severity.ERROR,
        "Clients check structured content against the schema that the tool promised, and refuse"
        " what does not fit (specification 2025-11-25, server/tools, Output Schema).",
        "Give back what the schema says, or bring out the new schema as a breaking change.",
        'schema: {"type": "object", "properties": {"count": {"type": "integer"}}}\n'
        'recorded: {"result": {"structuredContent": {"count": 3}}}\n'
        'live: {"result": {"structuredContent": {"count": "3"}}}',
    ),
    Rule(
        "replay-contract",
        "What a server offers is not what it offered",
        Severity.INFO,
        "A tool, a prompt, a resource or the server itself is described in another way. It is as"
        " bad as mcpx diff says: an error where calls that worked may not work any more, a warning"
        " where they have to be looked at.",
        "mcpx diff tells more of it: mcpx inspect both versions with -o FILE, and compare.",
        'method: "tools/list"\n'
        'recorded: {"result": {"tools": [{"name": "add", "inputSchema": {"type": "object"}}]}}\n'
        'live: {"result": {"tools": [{"name": "add", "inputSchema":\n'
        '  {"type": "object", "required": ["to"]}}]}}',
    ),
    Rule(
        "replay-missing",
        "An answer, a notification or progress does not come any more",
        Severity.ERROR,
        "There is no answer, or a notification, progress or a question of the recording is not"
        " there. Notifications count over the whole connection; logs and the messages of progress,"
        " which are a warning, by what they say without numbers. A lost member is replay-changed.",
        "Look at the server's stderr, and whether it needs longer than --timeout allows.",
        'recorded: {"result": {}, "progress": [1, 2]}\nlive: {"result": {}, "progress": []}',
    ),
    Rule(
        "replay-outcome",
        "An interaction ends in another way",
        Severity.ERROR,
        "What was a result is an error, a tool error or a question, or the other way round.",
        _LOOK,
        'recorded: {"result": {"content": []}}\nlive: {"result": {"content": [], "isError": true}}',
    ),
    Rule(
        "replay-error-class",
        "An error has another code",
        Severity.ERROR,
        "Clients decide by the code what to do. Only that a resource is not there has one code in"
        " each era (-32002 and -32602), which across them counts as the same.",
        _LOOK,
        'recorded: {"error": {"code": -32602, "message": "no such note"}}\n'
        'live: {"error": {"code": -32603, "message": "no such note"}}',
    ),
    Rule(
        "replay-unanswered",
        "A server asks what nobody answered in the recording",
        Severity.ERROR,
        "Replay answers questions with what was answered then. This one was not asked, or more"
        " often than before: it was declined, and what follows may differ for that reason alone.",
        "Record the session again with whoever can answer.",
        'recorded: {"result": {}, "questions": []}\n'
        'live: {"result": {}, "questions": [{"method": "elicitation/create", "params": {}}]}',
    ),
    Rule(
        "replay-added",
        "Something is there that the recording does not have",
        Severity.WARNING,
        "A member or a block more, which clients that do not know it pass over; or something new"
        " that the server offers, which is only worth knowing.",
        _LOOK,
        'recorded: {"result": {"structuredContent": {"count": 3}}}\n'
        'live: {"result": {"structuredContent": {"count": 3, "unit": "kg"}}}',
    ),
    Rule(
        "replay-order",
        "The same things come in another order",
        Severity.WARNING,
        "Nothing came, went or changed. Tools should be listed in the same order each time, so that"
        " what a model has read stays the same (specification 2026-07-28, server/tools).",
        "Sort what has no order of its own.",
        'recorded: {"result": {"structuredContent": {"found": ["a", "b"]}}}\n'
        'live: {"result": {"structuredContent": {"found": ["b", "a"]}}}',
    ),
    Rule(
        "replay-extra",
        "Something came that nobody asked for in the recording",
        Severity.WARNING,
        "A notification of something that the recording has none of, or a change told more often;"
        " progress, or a question that is new. Logs are told when they say something new.",
        _LOOK,
        'recorded: {"result": {}, "progress": []}\nlive: {"result": {}, "progress": [1, 2]}',
    ),
    Rule(
        "replay-error-text",
        "An error says the same in other words",
        Severity.WARNING,
        "Its code is the recorded one; its message or its data is another.",
        _LOOK,
        'recorded: {"error": {"code": -32602, "message": "no such note"}}\n'
        'live: {"error": {"code": -32602, "message": "note not found"}}',
    ),
    Rule(
        "replay-transport",
        "An answer is carried in another way",
        Severity.WARNING,
        "It comes as a stream instead of JSON, which servers may choose. Another HTTP status, or"
        " another exit status of the server, is an error.",
        _LOOK,
        'recorded: {"result": {}, "kind": "application/json"}\n'
        'live: {"result": {}, "kind": "text/event-stream"}',
    ),
    Rule(
        "replay-latency",
        "An answer takes longer",
        Severity.INFO,
        "Twice as long as recorded, and at least 100 ms more; told with --latency. The machine and"
        " the network count for as much as the server.",
        "Repeat it before you believe it.",
        'recorded: {"result": {}, "seconds": 0.1}\nlive: {"result": {}, "seconds": 0.3}',
    ),
    Rule(
        "replay-volatile",
        "A value differs in what is different each time",
        Severity.INFO,
        "A time as far from both clocks, a name that stands for another one throughout, a"
        " place known to be elsewhere, or what is ignored. They are counted, and told with -v.",
        "Nothing has to be done.",
        'recorded: {"result": {"at": "2026-11-23T10:00:00Z"}, "at": 1795428001}\n'
        'live: {"result": {"at": "2026-11-24T09:00:00Z"}, "at": 1795510801}',
    ),
    Rule(
        "replay-unscored",
        "The recording has nothing to compare with",
        Severity.INFO,
        "It ended before the answer came, the client did not wait for it, or did not read a list to"
        " its end: what has not come of that by then is a warning. So is nothing missed that may"
        " have come of calls that were left out.",
        "Record the session again if it matters.",
        'recorded: {"end": "not-recorded"}\nlive: {"result": {}}',
    ),
    Rule(
        "replay-not-applicable",
        "Something has no place in the other era",
        Severity.INFO,
        "The eras differ in what can be asked and told: there is no ping, no session and no"
        " logging/setLevel in the modern one.",
        "Nothing has to be done; replay in the recorded era compares it.",
        'method: "ping"\nrecorded: {"result": {}}\nlive: {"end": "not-sent", "modern": true}',
    ),
)
