"""The rules of session files: what a recording lacks, and what went wrong in the session."""

from __future__ import annotations

from mcpx.analyses.finding import Rule, Severity

_SERVER = "Look at the server's stderr in mcpx session show, and tell its author."

SESSIONS = (
    Rule(
        "session-incomplete",
        "A recording has no end",
        Severity.ERROR,
        "The program that recorded was killed, or is still at work: what came last may be missing,"
        " and a request without an answer may have got one.",
        "Wait until the session is over (mcpx session show FILE --follow), or record it again.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","m":{"id":3,"method":"ping"}}\n'
        '{"k":"msg","n":3,"t":1.2,"c":1,"d":"s2c","m":{"id":3,"resu',
    ),
    Rule(
        "session-dropped",
        "Events of a recording were lost",
        Severity.ERROR,
        "They could not be written, as on a full disk, or were taken out of the file: what was"
        " asked and answered then is not known.",
        "Record the session again.",
        '{"k":"end","n":2,"t":9.1,"events":1,"dropped":3}',
    ),
    Rule(
        "session-cut",
        "A message is too large to be kept",
        Severity.WARNING,
        "Client and server had it whole, but the recording has only its size, so that it can"
        " neither be shown nor replayed.",
        "Record with a larger limit for messages, or ask the server for less.",
        '{"k":"msg","n":2,"t":1.2,"c":1,"d":"s2c","cut":48000000}',
    ),
    Rule(
        "session-unanswered",
        "A request was never answered",
        Severity.WARNING,
        "Its client waited in vain, until it gave up or the server ended. Requests that were"
        " cancelled, and those of recordings that are not complete, are not told.",
        _SERVER,
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","m":{"id":3,"method":"ping"}}\n'
        '{"k":"end","n":3,"t":9.1,"events":2,"dropped":0}',
    ),
    Rule(
        "session-unasked",
        "An answer belongs to no request",
        Severity.WARNING,
        "Whoever sent it confused ids, or the request came before the recording began: clients"
        " ignore such answers and go on waiting.",
        'Compare the id with those of the requests: 3 and "3" are two ids.',
        '{"k":"msg","n":2,"t":1.2,"c":1,"d":"s2c","m":{"id":3,"result":{}}}',
    ),
    Rule(
        "session-answered-twice",
        "A request was answered twice",
        Severity.WARNING,
        "Which of the answers counts depends on the client. JSON-RPC 2.0 has one for a request.",
        _SERVER,
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","m":{"id":3,"method":"ping"}}\n'
        '{"k":"msg","n":3,"t":1.1,"c":1,"d":"s2c","m":{"id":3,"result":{}}}\n'
        '{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":3,"result":{}}}',
    ),
    Rule(
        "session-id-reused",
        "An id was used again while its request was open",
        Severity.WARNING,
        "Which of the requests an answer belongs to cannot be told for certain. So it is, too,"
        " where a recorder put the sessions of two clients into one.",
        "Record each client in a file of its own; a client that does this alone has to be mended.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","m":{"id":1,"method":"tools/list"}}\n'
        '{"k":"msg","n":3,"t":1.1,"c":1,"d":"c2s","m":{"id":1,"method":"ping"}}\n'
        '{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":1,"result":{}}}\n'
        '{"k":"msg","n":5,"t":1.3,"c":1,"d":"s2c","m":{"id":1,"result":{}}}',
    ),
    Rule(
        "session-no-message",
        "Something came that is no message",
        Severity.WARNING,
        "On stdio only JSON-RPC may be on stdout: some clients give up at the first other line.",
        "Make the server log to stderr.",
        '{"k":"raw","n":2,"t":1.2,"c":1,"d":"s2c","s":"Connected.","why":"not-json"}',
    ),
    Rule(
        "session-server-ended",
        "A server ended by itself",
        Severity.WARNING,
        "Its client had not asked it to: what it was working on is lost. With status 0 it is only"
        " worth knowing.",
        _SERVER,
        '{"k":"exit","n":2,"t":9.1,"c":1,"code":1,"by":"itself"}',
    ),
    Rule(
        "session-needs-variable",
        "A masked value is to be taken from a variable",
        Severity.INFO,
        "The recording holds the name of the variable instead of the secret. Whoever replays it"
        " against a server has to set the variable.",
        "Set the variable before you replay the session.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","rd":[["/params/token","env:NOTES_TOKEN"]],\n'
        '"m":{"method":"login","params":{"token":"‹env:NOTES_TOKEN›"}}}',
    ),
    Rule(
        "session-masked-request",
        "A request holds a masked value that nothing can put back",
        Severity.WARNING,
        "It looked like a secret and came from no variable: a replay would send the marker, and"
        " the server may answer otherwise.",
        "Give the value to the client in a variable and record again, or leave that call out.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","rd":[["/params/token","rule:bearer#1"]],\n'
        '"m":{"method":"login","params":{"token":"‹rule:bearer#1›"}}}',
    ),
    Rule(
        "session-blob",
        "A blob of a recording is missing or is another",
        Severity.ERROR,
        "Large binary values stand in a folder beside the file, named by their digest; without"
        " them the messages are not what they were.",
        "Copy the folder NAME.blobs along with the file, or share the result of mcpx session pack.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"s2c","bl":["/params/data"],\n'
        '"m":{"method":"saw","params":{"data":{"$blob":"sha256:9f86d081","len":3}}}}',
    ),
    Rule(
        "session-time",
        "Times of a recording go backwards",
        Severity.WARNING,
        "What came before what is then not certain, nor how long an answer took. Times are compared"
        " within what one side of a connection, or of an HTTP exchange, said.",
        "Trust the order of the events, or record the session again.",
        '{"k":"err","n":2,"t":2.5,"c":1,"s":"one"}\n{"k":"err","n":3,"t":1.9,"c":1,"s":"two"}',
    ),
    Rule(
        "session-era-unknown",
        "It is not known which era a connection speaks",
        Severity.INFO,
        "The recording shows neither a handshake nor a request that says its revision: it began"
        " too late, or both sides agreed on nothing. A replay has to guess.",
        "Start the recorder before the client; say --era when you replay.",
        '{"k":"msg","n":1,"t":1.0,"c":1,"d":"c2s","m":{"id":7,"method":"ping"}}\n'
        '{"k":"msg","n":2,"t":1.1,"c":1,"d":"s2c","m":{"id":7,"result":{}}}',
    ),
    Rule(
        "session-early-request",
        "Something was asked before the handshake was over",
        Severity.WARNING,
        "Until initialize is answered, only pings may be sent (specification 2025-11-25,"
        " basic/lifecycle); servers refuse anything else, or answer as if nobody were there.",
        "Mend the side that did not wait for the answer to initialize.",
        '{"k":"msg","n":2,"t":1.0,"c":1,"d":"c2s","m":{"id":1,"method":"initialize"}}\n'
        '{"k":"msg","n":3,"t":1.1,"c":1,"d":"c2s","m":{"id":2,"method":"tools/list"}}\n'
        '{"k":"msg","n":4,"t":1.2,"c":1,"d":"s2c","m":{"id":1,"result":{}}}\n'
        '{"k":"msg","n":5,"t":1.3,"c":1,"d":"s2c","m":{"id":2,"result":{}}}',
    ),
    Rule(
        "session-skipped",
        "A recording holds something that this mcpx does not know",
        Severity.INFO,
        "It was written by a newer version; what is not known is left out.",
        "Update mcpx.",
        '{"k":"checkpoint","n":2,"t":1.0}',
    ),
)
