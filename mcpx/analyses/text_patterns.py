"""What single texts hold that a pattern finds: paths, tags, addresses, secrets, encoded runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mcpx.analyses.finding import Severity
from mcpx.analyses.passages import Part, Passage
from mcpx.analyses.sensitive_paths import HINT, PLACE
from mcpx.masking import mask_text, tokens_in


class Sign(NamedTuple):
    """One thing that breaks a rule: where, what was found, and how bad if not as its rule says.

    ``path`` is empty where it takes more than one text.
    """

    rule: str
    path: str
    words: str
    severity: Severity | None = None


def pattern_signs(
    found: Sequence[Passage], whole: str, low: str, long_words: Sequence[str]
) -> Iterator[Sign]:
    """The signs of one item's texts, which are as a model reads them.

    ``whole`` are all of them, ``low`` the same in lower case, ``long_words`` its words of
    ``LONG`` letters and more.
    """
    for rule, may_hold, pattern, judge in _PATTERNS:
        # One look at all, because most have none of it.
        if may_hold(low) and pattern.search(whole):
            for one in found:
                for match in pattern.finditer(one.text):
                    honest, severity = judge(one, match)
                    if not honest:
                        yield Sign(rule, one.path, f"holds {quoted(match[0])}", severity)
                        break
    if not long_words:
        return
    long = " ".join(long_words)
    if any(map(long.__contains__, _TOKENS_BEGIN)):
        yield from _secrets(found)
    if max(map(len, long_words)) >= _SHORTEST_BLOB:
        for one in found:
            for match in _BLOB.finditer(one.text):
                if _is_encoded(match[0]):
                    # It may be a secret, so no more of it is shown.
                    shown = mask_text(match[0])[:8]
                    told = f"holds '{shown}...', {len(match[0])} characters"
                    yield Sign("text-blob", one.path, told)
                    break


def quoted(words: str) -> str:
    """Words of a text, shortened, secrets masked; what is not seen is escaped by who prints it."""
    words = mask_text(" ".join(words[:_LOOKED_AT].split()))
    return f"'{words}'" if len(words) <= LONGEST_SHOWN else f"'{words[: LONGEST_SHOWN - 3]}...'"


LONGEST_SHOWN = 120
_LOOKED_AT = 1_000


def _secrets(found: Sequence[Passage]) -> Iterator[Sign]:
    for one in found:
        token = next((token for token in tokens_in(one.text) if _is_real(token)), "")
        if token:
            told = f"holds a secret of {len(token)} characters, '{token[:_BEGINNING]}...'"
            yield Sign("text-secret", one.path, told)


def _is_real(token: str) -> bool:
    """Whether a token has the look of chance, as none has that stands for another."""
    digits = sum(map(token.count, "0123456789"))
    return len(set(token)) >= 12 and digits >= 2 and not _STAND_IN.search(token)


# Of masking's shapes of tokens, in lower case.
_TOKENS_BEGIN = (
    *("ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "sk-", "pk-", "rk-", "sk_"),
    *("pk_", "rk_", "xox", "akia", "asia", "aiza", "hf_", "npm_", "hooks.slack.com", "eyj"),
)
_STAND_IN = re.compile(r"example|your|test|dummy|fake|sample|xxx|\*|1234|abcd", re.IGNORECASE)
# No shorter word has a token in it.
LONG = 14
_BEGINNING = 3


def _is_encoded(run: str) -> bool:
    """Whether a run is neither a word, a path nor a hash."""
    if _HEXADECIMAL.fullmatch(run):
        return len(run) not in _HASHES
    small, large, digits, marks = (len(run) - len(run.translate(kind)) for kind in _KINDS)
    return min(small, large) > 4 and digits > 1 and marks * 8 < len(run)


_SHORTEST_BLOB = 40
_BLOB = re.compile(r"(?<![\w+/=.%?&-])[A-Za-z0-9+/_-]{40,}+={0,2}+")
_HEXADECIMAL = re.compile("[0-9a-fA-F]++")
# Hexadecimal digits of SHA-1 and the SHA-2 family, and of two or more of them in a key.
_HASHES = (40, 56, 64, 96, 128)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KINDS = tuple(
    str.maketrans("", "", signs) for signs in (_LETTERS, _LETTERS.upper(), "0123456789", "/_-")
)

# Whether a match is honest, and how bad it is otherwise if not as its rule says.
_Judge = Callable[[Passage, "re.Match[str]"], tuple[bool, Severity | None]]


def _as_the_rule_says(_one: Passage, _match: re.Match[str]) -> tuple[bool, Severity | None]:
    return False, None


def _of_comment(_one: Passage, match: re.Match[str]) -> tuple[bool, Severity | None]:
    """What a comment says is judged by its words; that there is one, by how much it can say."""
    return False, Severity.WARNING if len(match[0].split()) > _MARK else Severity.INFO


_MARK = 4


def _of_address(one: Passage, match: re.Match[str]) -> tuple[bool, Severity | None]:
    """What a thing is called by leads nowhere else; names set aside for examples lead nowhere."""
    dialect = one.path.endswith(_DIALECT) and "json-schema.org/" in match[0]
    return one.part is _URI or dialect or bool(_NOWHERE.search(match[0])), None


_URI = Part.URI
_DIALECT = ("/$schema", "/$id", "/$ref", "/id")
# Source: RFC 2606, and RFC 6761, section 6.
_NOWHERE = re.compile(
    r"[@/.]example\.(?:com|org|net)(?![\w-]|\.\w)|\.(?:example|test|invalid|localhost)(?![\w-]|\.\w)"
    r"|//localhost(?![\w-]|\.\w)",
    re.IGNORECASE,
)


def _of_script(_one: Passage, _match: re.Match[str]) -> tuple[bool, Severity | None]:
    return False, Severity.WARNING


_NAMED = (
    r"(?:important|hidden|system|secret|instructions?|critical|override|admin|assistant|internal"
    r"|private|directive|developer|sys)"
)
_OF = r"(?:[ _-](?:notes?|rules?|messages?|prompts?|reminders?|instructions?|directives?|context"
_OF += r"|information))?"


def _any_of(*held: str) -> Callable[[str], object]:
    return lambda low: any(one in low for one in held)


# Rule, whether texts in lower case may hold the pattern, the pattern, and how bad a match is.
_PATTERNS: tuple[tuple[str, Callable[[str], object], re.Pattern[str], _Judge], ...] = (
    (
        "text-sensitive-path",
        HINT.search,
        PLACE,
        _as_the_rule_says,
    ),
    (
        "text-secrecy",
        _any_of("<!--", "[//]:"),
        re.compile(r"<!--.{0,200}|^[ \t]{0,8}\[//\]: {0,3}#.{0,200}", re.DOTALL | re.MULTILINE),
        _of_comment,
    ),
    (
        "text-instruction",
        _any_of("<", "[", "system", "hidden", "override", "assistant"),
        re.compile(
            rf"<\s{{0,3}}/?\s{{0,3}}{_NAMED}{_OF}(?:\s{{1,3}}(?:[\w-]{{1,20}}=[^<>]{{0,80}})?)?/?>"
            r"|\[\s{0,3}(?:[\w ]{0,30}\b)?(?:hidden|directive|override|contradiction|inst"
            r"|(?-i:SYSTEM)|admin(?:istrator)? note|jailbreak|secret)\b[\w ]{0,30}\]"
            r"|<\|(?:im_start|im_end|end_?of_?text|endofprompt|eot_id|start_header_id|system"
            r"|assistant|user)\|?>"
            r"|(?-i:^[ \t]{0,8}#{0,4} {0,2}(?:SYSTEM|HIDDEN|OVERRIDE)(?: [A-Z]{2,20}){0,3}:)"
            r"|(?-i:^[ \t]{0,8}#{1,4} {0,2}System(?: [Pp]rompt| [Mm]essage)?:)"
            r"|(?-i:(?<![\w.])(?:Human|User): [^\n]{1,300}\n{1,3}[ \t]{0,8}Assistant:)",
            re.IGNORECASE | re.MULTILINE,
        ),
        _as_the_rule_says,
    ),
    (
        "text-url",
        _any_of("://", "@"),
        re.compile(
            r"\b(?:https?|ftp|wss?)://[^\s\"'<>)\]}`]{3,}|\b[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}"
        ),
        _of_address,
    ),
    (
        "text-url",
        _any_of("script:", "data:text/html"),
        re.compile(r"\b(?:javascript|vbscript):(?=\S).{0,60}|\bdata:text/html\b", re.IGNORECASE),
        _of_script,
    ),
    (
        "text-url",
        re.compile(r"\.[0-9]").search,
        re.compile(r"[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}(?![0-9.])"),
        _of_address,
    ),
)  # fmt: skip
