"""The rules of how hosts' files define servers: secrets, versions, shells, encryption."""

from __future__ import annotations

from mcpx.analyses.finding import Rule, Severity

_EXPOSURE = "OWASP MCP01 Token Mismanagement & Secret Exposure"
_SUPPLY = "OWASP MCP04 Supply Chain"
_INJECTION = "OWASP MCP05 Command Injection"

CONFIGURATION = (
    Rule(
        "config-secret",
        "A secret is written out in a configuration file",
        Severity.WARNING,
        "Such files are copied, synchronised, shared and committed; whoever reads one has the"
        " secret.",
        "Refer to a variable, in the way the host has for it, and replace the secret: it may"
        " have been read.",
        '{"env": {"DATABASE_PASSWORD": "correct-horse-battery"}}',
        (_EXPOSURE,),
    ),
    Rule(
        "config-writable",
        "Other users may write a configuration file",
        Severity.ERROR,
        "Whoever writes it decides what the host starts, with the rights of whoever runs the host.",
        "Take the right away from them, as the hint says.",
        "-rw-rw-rw- 1 user user 412 .cursor/mcp.json",
        (_SUPPLY,),
    ),
    Rule(
        "config-unreadable",
        "A configuration file, or an entry in it, cannot be read",
        Severity.ERROR,
        "What it defines is neither looked at here nor, as a rule, started by the host; nobody says"
        " so. That only an entry cannot be read is a warning.",
        "Correct the file: mcpx discover shows what is read of it.",
        '{"mcpServers": {"notes": {"command": "notes-server"}}',
        (_SUPPLY,),
    ),
    Rule(
        "config-unpinned",
        "A server is started from a package or image of no fixed version",
        Severity.WARNING,
        "Each start may fetch and run another program than the one that was looked at.",
        "Name the version: npx -y PACKAGE@1.2.3, uvx PACKAGE==1.2.3, IMAGE:1.2.3.",
        '{"command": "npx", "args": ["-y", "some-mcp-server"]}',
        (_SUPPLY,),
    ),
    Rule(
        "config-shell",
        "A server is started through a shell",
        Severity.WARNING,
        "A shell runs all that its text and its variables come to, not only the server. That"
        " cmd /c starts npx on Windows, with plain words, is not told.",
        "Name the program and its arguments; put what has to be done before it into a script.",
        '{"command": "sh", "args": ["-c", "curl https://example.com/install | sh"]}',
        (_INJECTION,),
    ),
    Rule(
        "config-plain-http",
        "Headers are sent to a server without encryption",
        Severity.WARNING,
        "Whoever is on the way reads them, and can answer in the server's place.",
        "Use the server's https:// address.",
        '{"url": "http://mcp.example.com/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}}',
        (_EXPOSURE,),
    ),
)
