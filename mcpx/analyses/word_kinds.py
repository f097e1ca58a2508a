"""Kinds of words: what a word may do in a text that tells a model what to do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

# A word with a star stands for its inflections too. Descriptions say what a tool does ("reads a
# file"), instructions what to do ("read"): kinds of orders therefore have their verbs bare.
_KINDS = {
    "NOT": "not no nor neither never",
    "NEGATED": "don't doesn't dont shouldn't mustn't won't can't cannot never without avoid"
    " refrain no nor neither needn't stop oughtn't",
    "AUXILIARY": "do does must should shall may need can to is will has have ought are be",
    "NOBODY": "nobody none",
    "TELL": "tell* mention* say saying disclose* inform* notify* alert* reveal* report* explain*"
    " show* display* acknowledge* announce* discuss* indicate* divulge* surface* warn*"
    " communicate* admit* advise* speak talk expose* describe* share* comment bring* narrate*"
    " explanation disclosure notification told shown",
    "DISCLOSE": "mention* disclose* reveal acknowledge* divulge* admit* allude* alluding"
    " announce* comment discuss* narrate* explain*",
    "USER": "sender sender's owners user users human humans operator customer person people"
    " anyone anybody they end-user requester owner everyone caller somebody someone requestor"
    " customers",
    "AWARE": "asked consulted know* known aware notice* noticing learn* realize* realise*"
    " discover* suspect* upset alarm* worry worried told informed hear shown notified alerted"
    " bothered disturbed find troubled burdened concern",
    "SEE": "see shown displayed read",
    "UNAWARE": "unaware oblivious ignorant uninformed dark",
    "KNOWLEDGE": "knowledge consent awareness noticing knowing realizing realising notice",
    "STEALTH": "silently secretly quietly covertly discreetly invisibly stealthily unnoticed"
    " surreptitiously unobtrusively inconspicuously clandestinely",
    "SECRETLY": "secret hidden confidential quiet yourself secretly quietly unmentioned"
    " undisclosed silent discreet covert",
    "OPERATION": "rule rules operation step task process instruction instructions channel action",
    "KEEP": "keep keeping treat remain stay",
    "HIDE": "hide hiding hidden conceal* withhold*",
    "FROM": "from",
    "LET": "let letting",
    "ON": "on slip",
    "UP": "up",
    "BRING": "bring raise",
    "DRAW": "draw* call attract*",
    "ATTENTION": "attention",
    "YOU": "you your you'll you're",
    "MUST": "must should shall always need required mandatory ensure ought necessary obligatory"
    " imperative compulsory requirement vital essential crucial has have",
    "ALWAYS": "always every each all any everything whenever also automatically additionally",
    "ALLOF": "all any every everything anything each no",
    "FIRST": "first initially beforehand",
    "BEFORE": "before prior ahead preceding",
    "AFTER": "after afterwards following once when whenever upon before prior",
    "OTHER": "other another others different anything else alternative alternatives",
    "ANYTHING": "anything everything responding answering replying else respond answer reply"
    " speaking",
    "SESSION": "session conversation chat interaction",
    "TOOL": "tool tools function functions operation action actions capability one",
    "CALL": "call calling invoke invoking use using run running execute executing trigger consult"
    " perform performing do",
    "THIS": "this that you're the it these its any",
    "THESE": "this these",
    "READ": "read reading open access fetch retrieve load dump extract collect gather obtain grab"
    " locate copy look scan harvest get cat enumerate list inspect capture find summarise"
    " summarize",
    "STRONG": "credential credentials secrets secret passwords ssh apikeys passphrases"
    " keychain confidential password clipboard cookies",
    "SECRET": "tokens token keys key credentials passwords secrets secret",
    "HISTORY": "conversation chat dialogue dialog transcript conversations",
    "WHOLE": "whole entire full complete raw all verbatim previous prior",
    "FILE": "file files directory dotfiles environment config",
    "PUT": "pass passing include including put attach insert embed supply provide paste place"
    " send forward transmit encode submit upload append add populate copy deliver relay pipe"
    " stuff tack feed hand give",
    "SNEAK": "sneak slip weave smuggle blend disguise tuck work",
    "INTO": "as in into to via through inside within under using",
    "ARGUMENT": "parameter parameters argument arguments field sidenote note notes param response"
    " reply output answer call calls request header comment metadata",
    "REPLACE": "replace replacing override overriding overwrite substitute substituting change"
    " changing modify modifying swap alter divert tamper rewrite rewriting switch correct"
    " falsify adjust edit",
    "REDIRECT": "redirect reroute rerouting divert bcc cc",
    "RECIPIENT": "recipient recipients addressee addressees destination beneficiary payee iban"
    " receiver",
    "VALUE": "value values result results answer outcome output outputs argument arguments"
    " response amount amounts number numbers figure figures",
    "SEND": "send bcc cc forward mail email deliver redirect reroute route transmit upload"
    " transfer pay exfiltrate post sent forwarded copied",
    "MAIL": "e-mail e-mails email emails message messages mail mails payment payments transaction"
    " transactions transfer transfers invoice invoices reply replies",
    "BCC": "bcc blind bcc'd",
    "COPY": "copy copies duplicate duplicates",
    "IGNORE": "ignore ignoring disregard forget bypass override overriding overrule discard"
    " circumvent neglect suspend evade suppress disobey waive disable disabling skip ignores"
    " skipping abandon lift dismiss relax supersede deactivate bypasses disables disregarding",
    "EARLIER": "previous prior earlier above preceding existing other all any original initial"
    " former foregoing your every current past system default whatever everything",
    "TOLD": "told given said learned instructed asked",
    "GUIDE": "instruction instructions guideline guidelines directive directives guardrail"
    " guardrails safeguard safeguards safety moderation restrictions directions rules orders"
    " constraints prompt policies alignment training",
    "GUARD": "instructions guideline guidelines directives guardrail guardrails safeguard"
    " safeguards safety moderation",
    "CHECK": "validation filter filters filtering check checks sanitization sanitisation control"
    " controls security verification restrictions limitations limits protections sanitizing"
    " authorization authorisation authentication policy policies permission permissions"
    " confirmations approval approvals confirmation guardrails safety",
    "OFF": "off disabled inactive lifted suspended waived",
    "TRUST": "trust trusts trusting",
    "TRUSTED": "trusted privileged authoritative admin safe genuine",
    "TREAT": "treat consider regard",
    "INPUT": "input inputs queries query requests commands command request",
    "VOID": "matter void superseded obsolete suspended lifted overridden apply applies replaced"
    " cancelled outdated null canceled binding irrelevant hold holds stand count",
    "VOIDED": "overruled ignored disregarded discarded overridden superseded dismissed forgotten",
    "PRECEDE": "supersede supersedes override overrides precedence priority outrank outranks"
    " replace replaces prevail prevails",
    "ACT": "act behave pretend roleplay impersonate",
    "PRETEND": "pretend fake fabricate falsely lie falsify",
    "NOW": "now henceforth",
    "NEWLY": "administrator admin root superuser unrestricted jailbroken dan",
    "ASSUME": "assume adopt take",
    "PERSONA": "part persona identity role",
    "AS": "as like",
    "POWER": "unrestricted elevated elevate escalate superadmin superuser jailbreak jailbroken"
    " unfiltered uncensored full root",
    "UNBOUND": "unrestricted elevated elevate escalate jailbreak unfiltered uncensored",
    "PRIVILEGE": "privilege privileges authority rights powers superuser superadmin mode access"
    " permissions system",
    "FULLNESS": "privileges authority permissions trust",
    "MODEL": "assistant assistants model models agent agents llm llms ai claude gpt chatgpt"
    " copilot gemini",
    "INSTRUCT": "instruction instructions directive directives message reminder notice order"
    " orders note",
    "SYSTEM": "system hidden initial developer",
    "PROMPT": "prompt prompts instructions",
    "RECITE": "reveal repeat print output recite quote echo disclose dump leak include pass paste"
    " append attach copy expose send put supply insert give return",
    "CONSENTED": "consented approved authorised authorized agreed permitted pre-approved"
    " preapproved granted pre-authorized preauthorized",
    "ALREADY": "already previously beforehand blanket",
    "REQUEST": "ask asking confirm confirming consult prompt prompting seek seeking request"
    " requesting wait waiting need require requiring questions",
    "CONFIRMATION": "confirmation approval consent permission authorization authorisation asked",
    "IF_AS": "if though",
    "SEEM": "present format pretend disguise appear look frame phrase styled dress masquerade"
    " dressed make describe seem",
    "NORMAL": "normal part ordinary regular routine legitimate standard genuine natural usual came",
    "LIKE": "like as",
    "INSTEAD": "instead rather place lieu",
    "PRESENT": "present available installed loaded enabled connected configured",
    "IF": "if when whenever once while where",
    "BE": "are is be been was",
    "PREFIX": "prefix prefixed prepend prepended preceded begin start append",
    "COMMAND": "command commands script scripts",
    "OTHERWISE": "otherwise else",
    "FAIL": "fail fails work error crash break refuse rejected refused malfunction",
    "SAY": "say tell claim report insist assert answer state respond recommend suggest",
    "MUCH": "matter regardless whatever irrespective",
    "EVEN": "even",
    "WITHOUT": "without",
    "COMPLIANCE": "compliance gdpr soc2 auditing",
    "BROKEN": "wrong incorrect inaccurate broken deprecated unreliable insecure obsolete"
    " compromised untrustworthy faulty",
    "WARNING": "warnings warning objections concerns complaints alerts",
    "TO": "to",
    "FOR": "for",
    "NEED": "need reason point",
    "THEM": "them him her they",
    "NOTHING": "nothing",
    "BOUND": "bound obliged restricted limited constrained subject",
    "AROUND": "around past",
    "USED": "called invoked used present available connected loaded installed active run",
    "SET": "set multiply replace change add subtract override alter modify swap use double",
    "THROUGH": "through via",
    "MAKE": "make making let have",
    "SEEMING": "seem appear look",
    "BEGINNING": "start beginning outset opening",
    "MESSAGE": "message prompt instructions",
    "AUTHORISE": "authorise authorize permit allow empower",
    "OUTPUT": "links urls link url messages replies responses emails answers commits files code"
    " reply response answer",
    "OBEY": "obey follow comply heed",
    "AUTHORITY": "authority weight force rank",
    "ONLY": "only just simply merely",
    "CONTAINS": "contains contain mentions includes include matches appears says equals",
    "SPEECH": "messages message turns exchanges utterances prompts",
}
# What a word is by its looks alone: the sign of each such kind.
LOOKS = {
    "END": ".",
    "ADDRESS": "@",
    "SENSITIVE": "~",
    "SCHEME": ":",
    "QUOTED": "'",
    "IDENTIFIER": "_",
    "PLAIN": "x",
}


@cache
def sign_of() -> dict[str, str]:
    """The sign of each word that is of some kind; words of the same kinds have the same."""
    return _tables()[0]


@cache
def signs_of() -> dict[str, str]:
    """For each kind the signs that words of it may have."""
    return _tables()[1]


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    kinds: dict[str, list[str]] = {}
    for kind, listed in _KINDS.items():
        for word in listed.split():
            for form in _forms(word):
                of_form = kinds.setdefault(form, [])
                if kind not in of_form:
                    of_form.append(kind)
    signs: dict[tuple[str, ...], str] = {}
    by_kind, by_word = dict(LOOKS), {}
    for form, of_form in kinds.items():
        together = tuple(of_form)
        if together not in signs:
            # Beyond all signs for looks, and none that a pattern takes for something else.
            signs[together] = chr(0x100 + len(signs))
            for kind in together:
                by_kind[kind] = by_kind.get(kind, "") + signs[together]
        by_word[form] = signs[together]
    return by_word, by_kind


def _forms(word: str) -> Iterator[str]:
    """A word; one with a star also as a regular verb is inflected."""
    bare = word.removesuffix("*")
    yield bare
    if bare != word:
        short = bare.removesuffix("e")
        yield from (f"{bare}s", f"{bare}es", f"{short}ed", f"{short}ing", f"{bare}{bare[-1]}ing")
        if bare.endswith("y"):
            yield from (f"{bare[:-1]}ies", f"{bare[:-1]}ied")
