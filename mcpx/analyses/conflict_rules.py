"""The rules of conflicts between servers: why each matters and what to do."""

from __future__ import annotations

from mcpx.analyses.finding import Rule, Severity

_ONE_OFF = (
    "Rename one, switch one off, or let mcpx conflicts --fix choose names, which a gateway serves."
)
_SCHEMES = "Switch one off, or give the servers' resources schemes of their own."
CONFLICTS = (
    Rule(
        "name-clash",
        "Servers offer tools of the same name",
        Severity.ERROR,
        "Hosts that do not prefix names offer only one of them, often without a word, or refuse to"
        " start; hosts that do keep them apart.",
        _ONE_OFF,
        example="notes: tool search (Search notes.)\ntickets: tool search (Search tickets.)",
    ),
    Rule(
        "name-clash-canonical",
        "Servers offer tools whose names differ only in spelling",
        Severity.WARNING,
        "Models mix such names up, and hosts that clean names may make them equal.",
        _ONE_OFF,
        example="notes: tool createItem\ntickets: tool create_item",
    ),
    Rule(
        "name-clash-mangled",
        "Tools of different names get one name in a host",
        Severity.ERROR,
        "Hosts put the server's key before a name, replace characters and cut what is too long;"
        " what differed in the list is then the same to the model.",
        "Where they are of two servers, another key in the configuration may help; else tell the"
        " author, or let mcpx conflicts --fix choose names, which a gateway serves.",
        example="git: tool hub_search\ngit_hub: tool search\nin gemini-cli: mcp_git_hub_search",
    ),
    Rule(
        "name-too-long",
        "A tool's name is too long for a host",
        Severity.ERROR,
        "A host counts what it puts before the name too; some then hide the tool, in others every"
        " request fails.",
        "Give the server a shorter key in the configuration, or switch the tool off there.",
        example="company_knowledge_base: tool search_documents_by_last_modification\n"
        "in claude-code: mcp__company_knowledge_base__search_documents_by_last_modification",
    ),
    Rule(
        "name-refused",
        "A tool's name holds characters that a host does not accept",
        Severity.WARNING,
        "MCP allows more than model APIs do: letters, digits, '_' and '-' are safe, a dot is not.",
        "Tell the server's author, or let mcpx conflicts --fix choose names, which a"
        " gateway serves.",
        example="notes: tool notes.search\nin claude-desktop: notes.search",
    ),
    Rule(
        "name-unstable",
        "A host changes the names of tools when servers come and go",
        Severity.INFO,
        "Permission rules are written for a name: when it changes, what was denied is allowed"
        " again, and what was allowed is asked for.",
        "Look at your rules whenever you add a server, or serve all through one gateway.",
        example="notes: tool search\n"
        "tickets: tool create\n"
        "in goose: search, and notes__search as soon as there is another server",
    ),
    Rule(
        "name-near",
        "Servers offer tools of nearly the same name",
        Severity.WARNING,
        "Models and people take one for the other.",
        "Switch one off, or rename it so that the difference shows.",
        example="crm: tool get_address (Get the address of a customer.)\n"
        "shop: tool address_get (Returns the address of a customer.)",
    ),
    Rule(
        "name-lookalike",
        "Names of tools look the same and are not",
        Severity.WARNING,
        "Letters such as l, 1 and I, or of another alphabet, make a name that nobody can tell from"
        " another: by accident or to catch its calls.",
        "Ask why; switch off the server that you did not expect it from.",
        example="notes: tool list_items\ntickets: tool Iist_items (with a capital i)",
    ),
    Rule(
        "tool-overlap",
        "Tools of several servers are likely to answer the same request",
        Severity.WARNING,
        "The model chooses one, not always the same, and you may have meant the other.",
        "Switch one off, or say in your instructions which one is for what.",
        example="github: tool add_issue (Creates an issue in a project.)\n"
        "linear: tool create_issue (Create a new issue in a project.)",
    ),
    Rule(
        "tool-overlap-possible",
        "Tools of several servers could answer the same request",
        Severity.INFO,
        "They do a thing of the same kind to things of the same name; about half of such pairs do"
        " get in each other's way.",
        "Look whether both are needed.",
        example="calendar: tool list_events (List the meetings of a day.)\n"
        "shop: tool get_events_report (Count what visitors clicked, by hour.)",
    ),
    Rule(
        "server-clone",
        "Servers offer the very same tools",
        Severity.ERROR,
        "One server configured twice, two accounts of one service, or a copy: all of its names"
        " clash.",
        "Remove one; where they are two accounts, let mcpx conflicts --fix choose names.",
        example="notes: tool search\nmy-notes: tool search",
    ),
    Rule(
        "server-key-clash",
        "The keys of servers differ only in spelling",
        Severity.WARNING,
        "Some hosts start both, others make one name of them, and permission rules reach the wrong"
        " one.",
        "Give one of them another key.",
        example="git-hub: tool search\nGitHub: tool create",
    ),
    Rule(
        "server-scope",
        "A key is defined more than once for a host",
        Severity.WARNING,
        "Only one definition is used, and which depends on where it stands.",
        "Remove the one that is not meant, or give it another key.",
        example='~/.cursor/mcp.json: {"mcpServers": {"notes": {"command": "notes-server"}}}\n'
        '.cursor/mcp.json: {"mcpServers": {"notes": {"command": "./serve"}}}',
    ),
    Rule(
        "server-twice",
        "A server is configured under two keys",
        Severity.WARNING,
        "It is started twice, and all that it offers is there twice.",
        "Remove one.",
        example='notes: {"command": "notes-server"}\nmy-notes: {"command": "notes-server"}',
    ),
    Rule(
        "server-separator",
        "The key of a server holds what a host splits names at",
        Severity.WARNING,
        "The host takes the first part for the server, so that a permission rule for it does not"
        " hold.",
        "Give the server a key of letters and digits.",
        example="my_notes: tool search\n"
        "in gemini-cli: mcp_my_notes_search, which is read as notes_search of my",
    ),
    Rule(
        "name-shadows-builtin",
        "A tool has the name of one that the host brings itself",
        Severity.WARNING,
        "The model mixes them up, or the host uses only one of the two.",
        "Switch the tool off in the host, or let mcpx conflicts --fix choose names, which a"
        " gateway serves.",
        example="files: tool read_file\nin zed: read_file",
    ),
    Rule(
        "budget-tools",
        "There are more tools than a host takes",
        Severity.ERROR,
        "What is over the limit is left out without a word, or every request is refused.",
        "Switch off tools or servers that you do not need there.",
        example="81 tools together\nin cursor: 80 of them, the rest is hidden",
    ),
    Rule(
        "budget-tokens",
        "The definitions of the tools take much of the model's context",
        Severity.WARNING,
        "They are sent with every request, cost money each time, and models choose worse among"
        " many.",
        "mcpx inspect shows what each server costs; switch off what you do not need.",
        example="tools whose names, descriptions and schemas take more than 20000 tokens together",
    ),
    Rule(
        "prompt-clash",
        "Servers offer prompts of the same name",
        Severity.WARNING,
        "Some hosts drop all of them, others show one.",
        "Rename one, or switch one off.",
        example="notes: prompt triage\ntickets: prompt triage",
    ),
    Rule(
        "prompt-clash-canonical",
        "Servers offer prompts whose names differ only in spelling",
        Severity.INFO,
        "People who type them mix them up.",
        "Rename one, or switch one off.",
        example="notes: prompt daily_report\ntickets: prompt dailyReport",
    ),
    Rule(
        "uri-clash",
        "Servers of one host offer the same resource URI",
        Severity.WARNING,
        "A read of it reaches one of the servers, often the first that was configured.",
        _SCHEMES,
        example="notes: resource config://settings\ntickets: resource config://settings",
    ),
    Rule(
        "uri-clash-canonical",
        "Servers of one host offer URIs that are equal once normalised",
        Severity.WARNING,
        "By RFC 3986 they name the same resource; a host that normalises URIs cannot tell them"
        " apart.",
        _SCHEMES,
        example="notes: resource http://example.com/items\n"
        "tickets: resource HTTP://example.com:80/items",
    ),
    Rule(
        "template-clash",
        "Servers of one host offer the same URI template",
        Severity.WARNING,
        "Every URI that is made from it belongs to both.",
        _SCHEMES,
        example="notes: template item://{id}\ntickets: template item://{id}",
    ),
    Rule(
        "template-clash-canonical",
        "Servers of one host offer templates that differ only in the names of variables",
        Severity.WARNING,
        "Every URI that is made from one could come of the other.",
        _SCHEMES,
        example="notes: template item://{id}\ntickets: template item://{number}",
    ),
    Rule(
        "template-overlap",
        "One URI could come of the templates or resources of two servers",
        Severity.WARNING,
        "A host that finds the server by its template may ask the wrong one.",
        "Make the literal parts of the templates more specific.",
        example="notes: template item://{id}\ntickets: resource item://latest",
    ),
    Rule(
        "template-overlap-possible",
        "One URI could come of two templates, with a value left empty",
        Severity.INFO,
        "Most servers do not take empty values; some routers do.",
        "Make the literal parts of the templates more specific.",
        example="notes: template item://{id}/\ntickets: template item://{id}/{part}",
    ),
    Rule(
        "template-overlap-unfinished",
        "Not every resource was compared with every template",
        Severity.INFO,
        "There are so many that comparing all of them would take too long.",
        "Look at fewer servers at once.",
        example="notes: 100000 resources such as notes://1/text\n"
        "tickets: 1000 templates such as {scheme}://{id}/x1",
    ),
)
