"""Phrases: what a text tells a model to do, found by the kinds of words that meet in a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from mcpx.analyses.word_kinds import sign_of, signs_of

# A text is read as one sign for each word, by its kinds, and a dot for each end of a sentence; a
# move is a short pattern over these signs. So no wording is searched for as such, each pattern is
# bounded, and the work grows with the number of words.


class Move(NamedTuple):
    """Something that a text may do to a model.

    ``weight`` says how seldom honest texts do it: when those of a text come to ``ENOUGH``, it is a
    finding of ``rule``. Each of ``ways`` is a row of kinds of words: ``/`` between two is "or", a
    number says how many words may stand between, with ``+`` also the ends of sentences.
    """

    weight: int
    rule: str
    title: str
    ways: tuple[str, ...]


ENOUGH = 3
INSTRUCTION, SECRECY, PREFERENCE = "text-instruction", "text-secrecy", "text-preference"
_MOVES = (
    (3, SECRECY, "keeps something from the user",
     "NEGATED 2 TELL 5 USER", "NEGATED 1 TELL THEM", "AUXILIARY NOT 1 TELL THEM",
     "DISCLOSE/SAY NOTHING", "NEGATED 1 LET 3 USER 2 AWARE/SEE", "AUXILIARY NOT 3 TELL 5 USER",
     "NEGATED 3 BRING 1 UP", "AUXILIARY NOT 2 BRING 1 UP"),
    (3, SECRECY, "is not to be mentioned",
     "NEGATED 3 DISCLOSE 1 THIS", "AUXILIARY NOT 3 DISCLOSE 1 THIS", "NEGATED 1 NEED 2 DISCLOSE",
     "AUXILIARY NOT 1 LET ON", "NEGATED 2 DRAW 4 ATTENTION", "AUXILIARY NOT 2 DRAW 4 ATTENTION"),
    (3, SECRECY, "the user is not to know",
     "USER 2 AUXILIARY 2 NOT 4 AWARE", "USER 1 NEGATED 4 AWARE", "NOBODY 2 AWARE",
     "USER 3 UNAWARE", "USER 2 MUST 1 NOT 2 SEE", "USER 1 NEED NOT 3 AWARE"),
    (3, SECRECY, "acts without the user's knowledge",
     "WITHOUT 3 USER 1 KNOWLEDGE", "WITHOUT 2 KNOWLEDGE 2 USER", "WITHOUT 1 TELL 2 USER"),
    (3, SECRECY, "is to be kept secret",
     "KEEP 5 SECRETLY 1 FROM 3 USER", "KEEP 2 THIS 3 SECRETLY", "HIDE 6 FROM 2 USER",
     "SECRETLY OPERATION"),
    (3, SECRECY, "does something in secret",
     "STEALTH 1 READ/PUT/REPLACE/SEND", "READ/SEND/REPLACE 4 STEALTH"),
    (3, SECRECY, "is to look like something else",
     "SEEM 5 AS IF_AS 5 NORMAL", "SEEM 2 LIKE 3 NORMAL", "SNEAK 4 INTO 3 NORMAL",
     "MAKE 1 THIS SEEMING"),
    (3, INSTRUCTION, "sets earlier instructions aside",
     "IGNORE 2 EARLIER 3 GUIDE", "IGNORE 4 TOLD 2 EARLIER/BEFORE"),
    (3, INSTRUCTION, "sets safeguards aside",
     "IGNORE 1 GUARD", "GUARD 3 BE 2 OFF", "YOU 3 NOT 2 BOUND", "IGNORE 2 SYSTEM MESSAGE"),
    (2, INSTRUCTION, "sets checks aside",
     "IGNORE 3 CHECK", "CHECK 2 OFF", "AROUND 2 CHECK"),
    (1, INSTRUCTION, "sets all of something aside",
     "IGNORE 2 ALLOF 3 CHECK", "ALLOF 3 CHECK 2 OFF"),
    (3, INSTRUCTION, "trusts everything",
     "TRUST 1 ALLOF 4 USER/INPUT", "TREAT 6 AS 2 TRUSTED", "TREAT 8 IF_AS 5 USER"),
    (3, INSTRUCTION, "declares instructions void",
     "GUIDE 3 BE 1 NOT 2 VOID", "GUIDE 2 NOT 1 VOID", "GUIDE 14 MUST BE VOIDED"),
    (3, INSTRUCTION, "puts itself above other instructions",
     "THESE 2 GUIDE 3 PRECEDE 4 GUIDE/EARLIER"),
    (3, INSTRUCTION, "gives the model a role",
     "START ACT AS", "YOU 1 NOW 4 NEWLY", "ASSUME 3 PERSONA"),
    (2, INSTRUCTION, "gives the model unrestricted power",
     "UNBOUND 3 PRIVILEGE", "POWER FULLNESS"),
    (3, INSTRUCTION, "wants to come before any other tool",
     "BEFORE 2 CALL 2 OTHER 2 TOOL", "BEFORE 2 ANYTHING", "BEFORE 2 ALLOF 1 OTHER",
     "FIRST 6 SESSION"),
    (3, INSTRUCTION, "wants to be used in place of other tools",
     "CALL 3 THIS 4 INSTEAD 3 OTHER/IDENTIFIER", "CALL 3 THIS 2 TOOL 3 MUCH", "EVEN IF 2 OTHER",
     "ALLOF 5 THROUGH 1 THIS", "CALL THIS 2 INSTEAD 3 TOOL/IDENTIFIER"),
    (3, INSTRUCTION, "warns against other tools",
     "NEGATED CALL 1 OTHER 3 TOOL", "AUXILIARY NOT CALL 1 OTHER 3 TOOL", "IDENTIFIER 3 BROKEN",
     "TOOL 5 BROKEN", "OTHER 2 TOOL 5 BROKEN"),
    (1, INSTRUCTION, "forbids another tool",
     "NEGATED CALL IDENTIFIER", "AUXILIARY NOT CALL IDENTIFIER"),
    (3, INSTRUCTION, "changes what another tool gives",
     "BEFORE/AFTER 16+ CALL 1 THIS TOOL 5 REPLACE 4 VALUE",
     "BEFORE/AFTER 16+ CALL 1 THIS 1 TOOL 5 REPLACE 4 VALUE"),
    (3, INSTRUCTION, "has secrets handed on",
     "READ 6 STRONG/SENSITIVE/SCHEME 25+ PUT 6 ARGUMENT/QUOTED",
     "PUT 4 STRONG/SENSITIVE 3 INTO 3 ARGUMENT/QUOTED",
     "READ 8 FILE/SENSITIVE 12+ PUT 3 INTO 2 ARGUMENT/QUOTED", "MODEL 2 MUST 3 RECITE 4 SECRET"),
    (3, INSTRUCTION, "has the conversation handed on",
     "PUT 3 WHOLE 1 HISTORY", "PUT 4 HISTORY 4 INTO 3 ARGUMENT/QUOTED",
     "WHOLE 1 HISTORY 8+ PUT 3 INTO 3 ARGUMENT/QUOTED"),
    (3, INSTRUCTION, "has the system prompt handed on",
     "RECITE 3 SYSTEM PROMPT"),
    (3, INSTRUCTION, "redirects messages",
     "ALWAYS 3 SEND 6 TO 3 ADDRESS", "BCC 6 ADDRESS", "ADDRESS 4 BCC", "REDIRECT 6 ADDRESS",
     "ALLOF 2 MAIL 8 ADDRESS", "ALWAYS 2 BCC", "SEND 2 COPY 8 ADDRESS", "REPLACE 2 RECIPIENT"),
    (2, INSTRUCTION, "depends on another tool",
     "IF 4 TOOL 2 BE 1 PRESENT"),
    (3, INSTRUCTION, "changes every command",
     "PREFIX 2 ALLOF 3 COMMAND", "ALLOF 2 COMMAND 6 PREFIX"),
    (2, INSTRUCTION, "addresses the model",
     "MODEL 1 MUST", "INSTRUCT 1 TO/FOR 2 MODEL"),
    (2, INSTRUCTION, "presumes consent",
     "USER 3 CONSENTED TO", "USER 5 CONSENTED", "CONSENTED 3 BEFORE"),
    (3, INSTRUCTION, "does without confirmation",
     "NEGATED 3 REQUEST 4 CONFIRMATION", "AUXILIARY NOT REQUEST 4 CONFIRMATION"),
    (3, INSTRUCTION, "acts when another tool is used",
     "IF 4 TOOL/IDENTIFIER 1 BE 2 USED 2 SET"),
    (3, INSTRUCTION, "asks for secrets",
     "ALLOF 2 SECRET 6 SEND/PUT", "MODEL 2 MUST 2 PUT 4 SECRET"),
    (1, INSTRUCTION, "has something secret read",
     "READ 5 STRONG/SENSITIVE/SCHEME", "READ 4 SECRET 4 FROM"),
    (1, INSTRUCTION, "has something put into a parameter",
     "PUT 5 INTO 3 ARGUMENT/QUOTED"),
    (1, INSTRUCTION, "says what must be done",
     "YOU 1 MUST", "MUST 1 FIRST", "MUST 1 PUT", "MUST 2 BE 1 PUT"),
    (1, INSTRUCTION, "waits for a word",
     "IF 6 CONTAINS 5 QUOTED", "IF 6 QUOTED 3 CONTAINS"),
    (1, INSTRUCTION, "wants to begin a session",
     "BEGINNING 3 SESSION"),
    (3, INSTRUCTION, "has earlier messages handed on",
     "EARLIER 1 SPEECH 6 INTO 4 ARGUMENT", "PUT 4 EARLIER 1 SPEECH"),
    (2, INSTRUCTION, "changes what the model puts out",
     "PUT 4 TO/INTO 1 ALLOF 3 OUTPUT"),
    (2, INSTRUCTION, "gives permission",
     "AUTHORISE YOU"),
    (1, INSTRUCTION, "does without asking",
     "WITHOUT REQUEST"),
    (3, INSTRUCTION, "has only part of it said",
     "SAY ONLY"),
    (2, INSTRUCTION, "wants secrets handed over", "ALLOF 1 SECRET 8 MUST/PUT", "READ 6 SENSITIVE"),
    (2, INSTRUCTION, "wants what others said obeyed",
     "OBEY 2 THEM/GUIDE", "AUTHORITY 2 AS 2 SYSTEM"),
    (3, INSTRUCTION, "wants an excuse told", "IF 2 USER 3 REQUEST 8 SAY"),
    (2, INSTRUCTION, "forbids to ask", "AUXILIARY NOT REQUEST BEFORE", "NEGATED REQUEST BEFORE"),
    (1, INSTRUCTION, "threatens to fail",
     "OTHERWISE 6 FAIL"),
    (1, INSTRUCTION, "pleads compliance",
     "COMPLIANCE"),
    (3, INSTRUCTION, "has an answer made up",
     "SAY 12 MUCH", "PRETEND 8 SEND/PUT", "PRETEND 3 THIS"),
    (3, INSTRUCTION, "sets warnings aside",
     "IGNORE 2 ALLOF 2 WARNING"),
    (2, INSTRUCTION, "has something read first",
     "MUST 3 FIRST 1 READ 6 FILE/STRONG/SENSITIVE/SCHEME"),
    (3, PREFERENCE, "asks to be preferred",
     "ALWAYS CALL 2 TOOL", "CALL THIS TOOL FIRST", "CALL THIS TOOL BEFORE"),
)  # fmt: skip
MOVES = tuple(Move(weight, rule, title, tuple(ways)) for weight, rule, title, *ways in _MOVES)


class Phrase(NamedTuple):
    """A move that a text makes, and the words that make it."""

    move: Move
    words: str


def phrases(text: str) -> Iterator[Phrase]:
    """The moves of a text, each once, with a place where it is made."""
    words = _split(text)
    each = [_sign(word.lower()) for word in words]
    written = "".join(each)
    ways, steps_of, ways_of = _patterns()
    steps = 0
    for sign in frozenset(written):
        steps |= steps_of.get(sign, 0)
    ends: list[int] = []
    made: set[str] = set()
    for number in sorted({one for step, some in ways_of if steps & step for one in some}):
        way = ways[number]
        if way.steps & ~steps or way.move.title in made:
            continue
        if found := way.pattern.search(written):
            made.add(way.move.title)
            ends = ends or list(accumulate(map(len, each)))
            first, last = bisect_right(ends, found.start()), bisect_left(ends, found.end())
            said = " ".join(word for word in words[first : last + 1] if word != ".")
            yield Phrase(way.move, said)


def _split(text: str) -> list[str]:
    return _BREAK.sub(" . ", text).split()


_BREAK = re.compile(r"\n[ \t]*+\n")


_ENDS = (".", "!", "?", ";")
_EDGES = "\"'`*_()[]{}<>,.:;!?-#|“”‘’"
_SENSITIVE = re.compile(r"~/|\$home/|/etc/|\.ssh|id_rsa|\.env\b|mcp\.json|\.aws|/home/")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}://")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]")
_PARTS = re.compile(r"[-/:—,=\[\]()<>]+")
_LONGEST_WORD = 200


@lru_cache(maxsize=1 << 14)
def _sign(word: str) -> str:
    """The sign of a word in lower case with what stands around it, and a dot if it ends one."""
    kinds = sign_of()
    if word.isalpha():
        return kinds.get(word, "x")
    word = word[:_LONGEST_WORD]
    bare = word.strip(_EDGES).replace("’", "'")
    end = "." if word.rstrip("\"'`)]*_”’").endswith(_ENDS) else ""
    if not bare:
        return end
    known = kinds.get(bare) or kinds.get(bare.removesuffix("'s"))
    if known:
        return known + end
    if bare.isalpha():
        return ("'" if word[0] in "'\"`" else "x") + end
    if _SENSITIVE.search(word):
        return "~" + end
    if _SCHEME.match(bare):
        return ("@" if bare.startswith(("http", "ftp", "ws")) else ":") + end
    if _MAIL.match(bare):
        return "@" + end
    if "_" in bare:
        return "_" + end
    if word[0] in "'\"`":
        return "'" + end
    parts = _PARTS.split(bare, 8)
    return "".join(kinds.get(part, "x") for part in parts) + end


class _Way(NamedTuple):
    """One way to make a move: the steps that it needs, as bits, and what to look for."""

    move: Move
    steps: int
    pattern: re.Pattern[str]


@cache
def _patterns() -> tuple[tuple[_Way, ...], dict[str, int], tuple[tuple[int, tuple[int, ...]], ...]]:
    """All ways, the steps that each sign is good for, and the ways by the rarest of their steps."""
    bits: dict[str, int] = {}
    ways: list[_Way] = []
    by_rarest: dict[int, list[int]] = {}
    for move in MOVES:
        for way in move.ways:
            steps = [one for one in way.split() if not one[0].isdigit() and one != "START"]
            for step in steps:
                bits.setdefault(step, 1 << len(bits))
            rarest = min(steps, key=lambda step: (step in _COMMON, len(_signs_in(step))))
            by_rarest.setdefault(bits[rarest], []).append(len(ways))
            needed = sum({bits[step] for step in steps})
            ways.append(_Way(move, needed, re.compile(_pattern(way))))
    steps_of: dict[str, int] = {}
    for step, bit in bits.items():
        for sign in _signs_in(step):
            steps_of[sign] = steps_of.get(sign, 0) | bit
    return tuple(ways), steps_of, tuple((bit, tuple(some)) for bit, some in by_rarest.items())


# Of one tool in ten and more of 17,487 real ones.
_COMMON_KINDS = (
    "IDENTIFIER INTO THIS AUXILIARY READ TO FOR EARLIER VALUE CALL BE ARGUMENT SET OUTPUT ALLOF"
    " WHOLE FROM ALWAYS QUOTED RECITE IF PUT INPUT THESE USED TOOL IF_AS CHECK NOT FILE"
)
_COMMON = frozenset(_COMMON_KINDS.split())


def _signs_in(step: str) -> str:
    return "".join(signs_of()[kind] for kind in step.split("/"))


def _pattern(way: str) -> str:
    written = ""
    for step in way.split():
        if step == "START":
            written += r"(?:^|\.)"
        elif step[0].isdigit():
            among = "." if step.endswith("+") else "[^.]"
            written += f"{among}{{0,{step.rstrip('+')}}}?"
        else:
            written += f"[{re.escape(_signs_in(step))}]"
    return written
