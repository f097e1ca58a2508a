"""Text lint: what in the texts of catalogues is not for the person who uses them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from mcpx.analyses.finding import Finding, Severity, Subject
from mcpx.analyses.odd_characters import imitates, is_plain, odd_characters, visible
from mcpx.analyses.passages import Part, Passage, item_passages, server_passages
from mcpx.analyses.phrases import ENOUGH, PREFERENCE, phrases
from mcpx.analyses.spelling import canonical_name, compatible
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.catalogue.model import Catalogue, Kind

_RULES = {rule.id: rule for rule in TEXT_RULES}


class Sign(NamedTuple):
    """One thing that breaks a rule: where, what was found, and how bad if not as its rule says."""

    rule: str
    path: str
    words: str
    severity: Severity | None = None


def text_findings(members: Sequence[tuple[str, Catalogue]]) -> Iterator[Finding]:
    """What is wrong with the texts of servers that meet, by their keys; rules: ``TEXT_RULES``.

    One finding for each rule and item; its subject is the item, or the server (with no key) for
    its names and instructions.
    """
    named = _Names(members)
    for server, catalogue in members:
        for kind, key, found in _texts(catalogue):
            signs: dict[str, list[Sign]] = {}
            for sign in chain(text_signs(found), named.signs(server, found)):
                signs.setdefault(sign.rule, []).append(sign)
            for rule, some in signs.items():
                yield _finding(Subject(kind, key, server), rule, some)


def _texts(catalogue: Catalogue) -> Iterator[tuple[str, str, list[Passage]]]:
    yield "server", "", list(server_passages(catalogue))
    for kind in Kind:
        for item in catalogue.items(kind):
            yield kind.value, item.key, list(item_passages(item))


def _finding(subject: Subject, rule: str, signs: Sequence[Sign]) -> Finding:
    severities = [one.severity or _RULES[rule].severity for one in signs]
    worst = min(severities, key=lambda one: one.rank)
    first = signs[severities.index(worst)]
    where = f"{subject.kind} {subject.key!r}" if subject.key else subject.server
    more = f", and {len(signs) - 1} more" if len(signs) > 1 else ""
    message = f"{where}, {first.path or 'in all'}: {first.words}{more}"
    given = None if worst is _RULES[rule].severity else worst
    return Finding(_RULES[rule], message, (subject,), given=given)


def text_signs(found: Sequence[Passage]) -> Iterator[Sign]:
    """What is wrong with the texts of one item, whatever else there is."""
    whole = "\n\n".join([one.text for one in found])
    if not is_plain(whole):
        for one in found:
            yield from _odd(one)
    for one in found:
        if one.part is Part.PARAMETER and canonical_name(one.text) in _SUSPICIOUS:
            told = f"asks for {_quoted(one.text)}"
            yield Sign("text-suspicious-parameter", one.path, told)
    whole = compatible(visible(whole))
    yield from _orders(found, whole)
    low = whole.lower()
    for rule, hints, pattern in _PATTERNS:
        # One look at all, because most have none of it.
        if any(hint in low for hint in hints) and pattern.search(whole):
            for one in found:
                if (match := pattern.search(one.text)) is not None:
                    yield Sign(rule, one.path, f"holds {_quoted(match[0])}")
    if max(map(len, low.split()), default=0) >= _SHORTEST_BLOB:
        for one in found:
            for match in _BLOB.finditer(one.text):
                if _is_encoded(match[0]):
                    # It may be a secret, so no more of it is shown.
                    told = f"holds '{match[0][:8]}...', {len(match[0])} characters"
                    yield Sign("text-blob", one.path, told)
                    break


def _is_encoded(run: str) -> bool:
    """Whether a run is neither a word, a path nor a hash."""
    if _HEXADECIMAL.fullmatch(run):
        return len(run) not in _HASHES
    signs = Counter("a" if one.islower() else "A" if one.isupper() else one for one in run)
    digits = sum(signs[digit] for digit in "0123456789")
    marks = sum(signs[mark] for mark in "/_-")
    return min(signs["a"], signs["A"]) > 4 and digits > 1 and marks * 8 < len(run)


_SHORTEST_BLOB = 40
_BLOB = re.compile(r"(?<![\w+/=.%?&-])[A-Za-z0-9+/_-]{40,}+={0,2}+")
_HEXADECIMAL = re.compile("[0-9a-fA-F]++")
# Hexadecimal digits of SHA-1 and the SHA-2 family, and of two or more of them in a key.
_HASHES = (40, 56, 64, 96, 128)


def _odd(one: Passage) -> Iterator[Sign]:
    if one.text.isascii() and is_plain(one.text):
        return
    for rule, told in odd_characters(one.text):
        yield Sign(rule, one.path, f"holds {told}")
    if one.part in (Part.NAME, Part.PARAMETER) and not one.text.isascii():
        severity = None if imitates(one.text) else Severity.INFO
        told = "mixes letters that look alike" if severity is None else "is not ASCII"
        yield Sign("text-lookalike-name", one.path, f"{_escaped(one.text)} {told}", severity)


def _orders(found: Sequence[Passage], whole: str) -> Iterator[Sign]:
    """Moves that come to enough together; each with its words."""
    made = list(phrases(whole))
    if sum(one.move.weight for one in made if one.move.rule != PREFERENCE) < ENOUGH:
        made = [one for one in made if one.move.rule == PREFERENCE]
    for phrase in made:
        yield Sign(
            phrase.move.rule,
            _place(found, phrase.words),
            f"{phrase.move.title}: {_quoted(phrase.words)}",
        )


def _place(found: Sequence[Passage], words: str) -> str:
    """Where these words stand; nowhere when they go beyond one text."""
    for one in found:
        if words in " ".join(one.text.split()):
            return one.path
    return ""


def _quoted(words: str) -> str:
    """Words of a text, shortened; what cannot be seen is escaped by who prints it."""
    words = " ".join(words.split())
    return f"'{words}'" if len(words) <= _LONGEST else f"'{words[: _LONGEST - 3]}...'"


def _escaped(name: str) -> str:
    return ascii(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 3]}...")


_LONGEST = 120
_ASKING = (
    "sidenote sidenotes side_note side_notes conversation_history chat_history message_history"
    " full_conversation conversation_context conversation_log chat_log chat_transcript"
    " previous_messages system_prompt system_message system_instructions developer_message"
    " hidden_prompt hidden_context tools_list tool_list list_of_tools available_tools all_tools"
    " model_reasoning chain_of_thought user_secrets override_instructions override_safety"
    " bypass_safety bypass_filters jailbreak_mode context_injection"
)
_SUSPICIOUS = frozenset(map(canonical_name, _ASKING.split()))
# Rule, what the text must hold for the pattern to be tried, the pattern.
_PATTERNS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "text-sensitive-path",
        (".ssh", "id_rsa", "id_ed25519", "mcp.json", "/etc/", ".aws", ".env", ".kube", ".gnupg",
         ".netrc", "desktop_config", ".npmrc", ".pypirc", "gcloud", ".docker", "bash_history",
         "zsh_history", "keychain", ".git-credentials"),
        re.compile(
            r"(?:~|\$HOME|/root|/home/[\w.-]{1,40}|%USERPROFILE%)[/\\]\.(?:ssh|aws|kube|gnupg|netrc"
            r"|npmrc|pypirc|docker|config/gcloud|cursor|claude|codeium|git-credentials|bash_history"
            r"|zsh_history|env)\b|\bid_(?:rsa|ed25519|ecdsa)\b|\.cursor/mcp\.json"
            r"|claude_desktop_config|/etc/(?:passwd|shadow|sudoers)\b|\.git-credentials"
            r"|\.(?:bash|zsh)_history\b|\.aws/credentials|\bmcp\.json\b"
            r"|\b(?:read|open|load|copy|include|contents? of|fetch|cat)\b[^.\n]{0,30}"
            r"(?<![\w.])\.env\b",
            re.IGNORECASE,
        ),
    ),
    (
        "text-secrecy",
        ("<!--",),
        re.compile(r"<!--.{0,200}", re.DOTALL),
    ),
    (
        "text-instruction",
        ("<", "[", "system", "hidden", "override"),
        re.compile(
            r"<\s{0,3}/?\s{0,3}(?:important|hidden|system|secret|instructions?|critical|override"
            r"|admin|assistant|internal|private|directive|developer|sys)(?:[ _-](?:notes?|rules?"
            r"|messages?|prompts?|instructions?|directives?|context|information))?>"
            r"|\[\s{0,3}(?:[\w ]{0,30}\b)?(?:hidden|directive|override|contradiction|inst"
            r"|(?-i:SYSTEM)|admin(?:istrator)? note|jailbreak|secret)\b[\w ]{0,30}\]"
            r"|<\|(?:im_start|system|assistant|user)\|?>"
            r"|(?-i:^[ \t]{0,8}#{0,4} {0,2}(?:SYSTEM|HIDDEN|OVERRIDE)(?: [A-Z]{2,20}){0,3}:)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "text-url",
        ("://", "@"),
        re.compile(
            r"\b(?:https?|ftp|wss?)://[^\s\"'<>)\]}`]{3,}|\b[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}"
        ),
    ),
    ("text-url", (".",), re.compile(r"[0-9]{1,3}+(?:\.[0-9]{1,3}+){3}(?![0-9.])")),
)  # fmt: skip


class _Names:
    """The tools of all servers, by name."""

    def __init__(self, members: Sequence[tuple[str, Catalogue]]) -> None:
        self._servers: dict[str, set[str]] = {}
        for server, catalogue in members if len(members) > 1 else ():
            for tool in catalogue.tools:
                self._servers.setdefault(tool.key, set()).add(server)
        self._compound = {name for name in self._servers if _COMPOUND.fullmatch(name)}

    def signs(self, server: str, found: Sequence[Passage]) -> Iterator[Sign]:
        """Mentions of tools of others."""
        if not self._servers:
            return
        own = {one.text for one in found if one.part is not Part.PROSE}
        for one in found:
            if one.part is Part.PROSE:
                words = set(one.text.translate(_TO_BLANKS).split())
                named = (words & self._compound) - own
                if "`" in one.text or "'" in one.text or '"' in one.text:
                    named.update(name for name in _NAMED.findall(one.text) if name in self._servers)
                for name in sorted(named):
                    if server not in (servers := self._servers[name]):
                        yield _mention(one, name, sorted(servers))


def _mention(one: Passage, name: str, servers: Sequence[str]) -> Sign:
    at = one.text.find(name)
    before = max(one.text.rfind(mark, 0, at) for mark in (". ", "\n\n", "! "))
    ends = [end for mark in (". ", "\n\n", "! ") if (end := one.text.find(mark, at)) >= 0]
    sentence = one.text[max(before + 1, at - 300) : min([*ends, at + 300])]
    severity = None if _ORDER.search(sentence) else Severity.INFO
    told = f"{'gives orders about' if severity is None else 'mentions'} '{name}' of {servers[0]}"
    return Sign("text-shadowing", one.path, told, severity)


_COMPOUND = re.compile(
    r"[A-Za-z0-9]++(?:_[A-Za-z0-9]++)++|(?:[A-Za-z0-9]++-){2,8}[A-Za-z0-9]++"
    r"|[a-z][a-z0-9]*+[A-Z][A-Za-z0-9]*+"
)
_NAMED = re.compile(r"[`'\"](\w{2,64})[`'\"] (?:tool|function)\b")
_TO_BLANKS = str.maketrans(dict.fromkeys("`'\"()[]{}<>,.:;!?*/=|\\", " "))
_ORDER = re.compile(
    r"\b(?:must|should|always|never|before|after|when(?:ever)?|instead|ignore|do not|don't|replace"
    r"|override|rather|first|change|redirect|if)\b",
    re.IGNORECASE,
)
