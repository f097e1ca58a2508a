"""Kinds of words: what a word may do in a text that tells a model what to do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

# A word with a star stands for its inflections too. Descriptions say what a tool does ("reads a
# file"), instructions what to do ("read"): kinds of orders therefore have their verbs bare.
_KINDS = {
    "NOT": "not no nor neither never",
    "NEGATED": "don't doesn't dont shouldn't mustn't won't can't cannot never without avoid"
    " refrain no nor neither needn't stop oughtn't aren't isn't wasn't couldn't wouldn't daren't"
    " abstain hardly omit skip",
    "AUXILIARY": "do does must should shall may need can to is will has have ought are be",
    "NOBODY": "nobody none no-one noone",
    "TELL": "tell* mention* say saying disclose* inform* notify* alert* reveal* report* explain*"
    " show* display* acknowledge* announce* discuss* indicate* divulge* surface* warn*"
    " communicate* admit* advise* speak talk expose* describe* share* comment bring* narrate*"
    " explanation disclosure notification told shown convey* relay volunteer* elaborate* clarify*"
    " brief* apprise* raise* raising flag* confess* hint* remark* state* refer* bother* trouble*"
    " alarm* worry*",
    "DISCLOSE": "mention* disclose* reveal acknowledge* divulge* admit* allude* alluding announce*"
    " comment discuss* narrate* explain* volunteer* hint* confess* elaborate* bring raise* flag"
    " surface speak",
    "USER": "sender sender's owners user users human humans operator customer person people anyone"
    " anybody they end-user requester owner everyone caller somebody someone requestor customers"
    " requester's developer* engineer traveller client's account-holder holder clinician reviewer"
    " shopper employee buyer recipient's admins audience subscriber end-users guest patient folks",
    "AWARE": "asked consulted know* known aware notice* noticing learn* realize* realise*"
    " discover* suspect* upset alarm* worry worried told informed hear shown notified alerted"
    " bothered disturbed troubled burdened concern learns hears sees understand guess tell spot"
    " detect realise realize conscious",
    "SEE": "see shown displayed read",
    "UNAWARE": "unaware oblivious ignorant uninformed dark blind unsuspecting",
    "KNOWLEDGE": "knowledge consent awareness noticing knowing realizing realising notice approval"
    " say-so agreement involvement",
    "STEALTH": "silently secretly quietly covertly discreetly invisibly stealthily unnoticed"
    " surreptitiously unobtrusively inconspicuously clandestinely imperceptibly furtively"
    " behind-the-scenes unseen unannounced under-the-radar",
    "SECRETLY": "secret hidden confidential quiet yourself secretly quietly unmentioned"
    " undisclosed silent discreet covert private unsaid unspoken mum discreetly between out"
    " covertly",
    "OPERATION": "rule rules operation step task process instruction instructions channel action",
    "KEEP": "keep keeping treat remain stay leave leaving holding",
    "HIDE": "hide hiding hidden conceal* withhold*",
    "FROM": "from",
    "LET": "let letting",
    "ON": "on slip",
    "UP": "up",
    "BRING": "bring raise",
    "DRAW": "draw* call attract*",
    "ATTENTION": "attention",
    "YOU": "you your you'll you're yours yourself you've yourselves",
    "MUST": "must should shall always need required mandatory ensure ought necessary obligatory"
    " imperative compulsory requirement vital essential crucial has have supposed obliged"
    " obligated expected instructed directed bound needs requires asked kindly",
    "ALWAYS": "always every each all any everything whenever also automatically additionally",
    "ALLOF": "all any every everything anything each no",
    "FIRST": "first initially beforehand",
    "BEFORE": "before prior ahead preceding",
    "AFTER": "after afterwards following once when whenever upon before prior",
    "OTHER": "other another others different anything else alternative alternatives rival rivals"
    " competing competitor competitors competitor's third-party remaining",
    "ANYTHING": "anything everything responding answering replying else respond answer reply"
    " speaking",
    "SESSION": "session conversation chat interaction dialogue thread exchange conversations",
    "TOOL": "tool tools function functions operation action actions capability one server servers"
    " plugin plugins integration endpoint",
    "CALL": "call calling invoke invoking use using run running execute executing trigger consult"
    " perform performing do employ employing choose choosing pick picking select route routing go"
    " turn",
    "THIS": "this that you're the it these its any",
    "THESE": "this these",
    "READ": "read reading open access fetch retrieve load dump extract collect gather obtain grab"
    " locate copy look scan harvest get cat enumerate list inspect capture find summarise"
    " summarize grep pull discover hunt slurp pick lift snapshot record",
    "STRONG": "credential credentials secrets secret passwords ssh apikeys passphrases keychain"
    " confidential password clipboard cookies keychains logins netrc kubeconfig passphrase"
    " mnemonic passwd passcode passcodes cvv ssn passport keystore jwt printenv dotenv keyring"
    " tfstate",
    "SECRET": "tokens token keys key credentials passwords secrets secret password credential"
    " passphrase passphrases logins login cookie cookies pin pins",
    "HISTORY": "conversation chat dialogue dialog transcript conversations turns",
    "WHOLE": "whole entire full complete all verbatim previous prior everything earlier last every"
    " preceding recent unredacted unabridged exact thus far",
    "FILE": "file files directory dotfiles environment config folder dotfile document documents"
    " workspace variables notes clipboard inbox history",
    "PUT": "pass passing include including put attach insert embed supply provide paste place send"
    " forward transmit encode submit upload append add populate copy deliver relay pipe stuff tack"
    " feed hand give write fill share ship enter dump store stash drop pop slip quote record"
    " transfer post save prepend accompany accompanied present report return fold bundle load tag",
    "SNEAK": "sneak slip weave smuggle blend disguise tuck work",
    "INTO": "as in into to via through inside within under using by behind at among",
    "ARGUMENT": "parameter parameters argument arguments field sidenote note notes param response"
    " reply output answer call calls request header comment metadata fields",
    "REPLACE": "replace replacing override overriding overwrite substitute substituting change"
    " changing modify modifying swap alter divert tamper rewrite rewriting switch correct falsify"
    " adjust edit replaced swapped overridden rewritten changed altered corrected",
    "REDIRECT": "redirect reroute rerouting divert bcc cc reroutes redirects diverted rerouted"
    " redirected",
    "RECIPIENT": "recipient recipients addressee addressees destination beneficiary payee iban"
    " receiver attendees collaborators reviewers editors followers watchers cc bcc sender",
    "VALUE": "value values result results answer outcome output outputs argument arguments"
    " response amount amounts number numbers figure figures price prices total totals verdict"
    " verdicts reading readings finding findings score scores status outcomes list",
    "SEND": "send bcc cc forward mail email deliver redirect reroute route transmit upload"
    " transfer pay exfiltrate post sent forwarded copied push submit ship relay sync routed mirror"
    " mirrored beam uploaded posted pushed delivered cc'd goes go",
    "MAIL": "e-mail e-mails email emails message messages mail mails payment payments transaction"
    " transactions transfer transfers invoice invoices reply replies correspondence conversation"
    " share sms post posts file files document documents upload uploads export exports query"
    " queries",
    "BCC": "bcc blind bcc'd",
    "COPY": "copy copies duplicate duplicates second mirror",
    "IGNORE": "ignore ignoring disregard forget bypass override overriding overrule discard"
    " circumvent neglect suspend evade suppress disobey waive disable disabling skip ignores"
    " skipping abandon lift dismiss relax supersede deactivate bypasses disables disregarding"
    " forgo unheed neglecting violate overlook dispense dispensed disregarded bypassed ignored"
    " overridden skipped lifted waived forgetting",
    "EARLIER": "previous prior earlier above preceding existing other all any original initial"
    " former foregoing your every current past system default whatever everything present usual"
    " normal platform developer developer's system's operator's vendor host host's built-in"
    " ethical",
    "TOLD": "told given said learned instructed asked taught laid received",
    "GUIDE": "instruction instructions guideline guidelines directive directives guardrail"
    " guardrails safeguard safeguards safety moderation restrictions directions rules orders"
    " constraints prompt policies alignment training rule policy principles regulations"
    " requirement restriction boundaries norms charter",
    "GUARD": "instructions guideline guidelines directives guardrail guardrails safeguard"
    " safeguards safety moderation",
    "CHECK": "validation filter filters filtering check checks sanitization sanitisation control"
    " controls security verification restrictions limitations limits protections sanitizing"
    " authorization authorisation authentication policy policies permission permissions"
    " confirmations approval approvals confirmation guardrails safety prompts dialog dialogs"
    " dialogue gate gates gating allowlist whitelist sandbox review reviews scanning scanner"
    " protection safeguard safeguards",
    "OFF": "off disabled inactive lifted suspended waived void moot removed relaxed bypassed"
    " skipped circumvented",
    "TRUST": "trust trusts trusting",
    "TRUSTED": "trusted privileged authoritative admin safe genuine measured true correct verified"
    " approved valid accurate authentic",
    "TREAT": "treat consider regard count take taken treated counts deem deemed regarded"
    " considered counted",
    "INPUT": "input inputs queries query requests commands command request message messages text"
    " content contents",
    "VOID": "matter void superseded obsolete suspended lifted overridden apply applies replaced"
    " cancelled outdated null canceled binding irrelevant hold holds stand count",
    "VOIDED": "overruled ignored disregarded discarded overridden superseded dismissed forgotten"
    " dispensed waived lifted suspended revoked removed relaxed overwritten void nullified"
    " replaced cancelled inapplicable obsolete bypassed outdated invalid",
    "PRECEDE": "supersede supersedes override overrides precedence priority outrank outranks"
    " replace replaces prevail prevails precedes overrule overrules trump trumps beat beats"
    " outweigh outweighs overriding",
    "ACT": "act behave pretend roleplay impersonate pose operate masquerade answer respond speak",
    "PRETEND": "pretend fake fabricate falsely lie falsify",
    "NOW": "now henceforth onward onwards hereafter",
    "NEWLY": "administrator admin root superuser unrestricted jailbroken dan unlimited unbound"
    " uncensored unfiltered omnipotent rogue",
    "ASSUME": "assume adopt take become becomes impersonate play takes",
    "PERSONA": "part persona identity role character guise",
    "AS": "as like",
    "POWER": "unrestricted elevated elevate escalate superadmin superuser jailbreak jailbroken"
    " unfiltered uncensored full root",
    "UNBOUND": "unrestricted elevated elevate escalate jailbreak unfiltered uncensored",
    "PRIVILEGE": "privilege privileges authority rights powers superuser superadmin mode access"
    " permissions system",
    "FULLNESS": "privileges authority permissions trust",
    "MODEL": "assistant assistants model models agent agents llm llms ai claude gpt chatgpt"
    " copilot gemini assistant's language-model ais bot bots chatbot chatbots models' lm lms",
    "INSTRUCT": "instruction instructions directive directives message reminder notice order"
    " orders note remark memo hint tip tips info advice guidance dear remarks",
    "SYSTEM": "system hidden initial developer your confidential preliminary starting",
    "PROMPT": "prompt prompts instructions message messages configuration preamble",
    "RECITE": "reveal repeat print output recite quote echo disclose dump leak include pass paste"
    " append attach copy expose send put supply insert share write provide fill",
    "CONSENTED": "consented approved authorised authorized agreed permitted pre-approved"
    " preapproved granted pre-authorized preauthorized assumed presumed implied implicit given"
    " signed cleared waived vetted agrees sanctioned",
    "REQUEST": "ask asking confirm confirming consult prompt prompting seek seeking request"
    " requesting wait waiting need require requiring questions double-check re-confirm verifying"
    " verify checking check pausing pause inquire",
    "CONFIRMATION": "confirmation approval consent permission authorization authorisation asked"
    " go-ahead confirmations approvals permissions yes sign-off okay ok nod consents confirm"
    " agreement green-light say-so assent",
    "IF_AS": "if though",
    "SEEM": "present format pretend disguise appear look frame phrase styled dress masquerade"
    " dressed make describe seem camouflage render passing formatted disguised presented worded",
    "NORMAL": "normal part ordinary regular routine legitimate standard genuine natural usual came"
    " unremarkable innocuous innocent unsuspicious typical seamless inconspicuous",
    "LIKE": "like as",
    "INSTEAD": "instead rather place lieu replacing replacement",
    "PRESENT": "present available installed loaded enabled connected configured around there"
    " exists online active running",
    "IF": "if when whenever once while where upon should after",
    "BE": "are is be been was being become becomes gets get counts were goes",
    "PREFIX": "prefix prefixed prepend prepended preceded begin start append",
    "COMMAND": "command commands script scripts",
    "OTHERWISE": "otherwise else",
    "FAIL": "fail fails work error crash break refuse rejected refused malfunction failure reject"
    " blank invalid void degraded refuses errors",
    "SAY": "say tell claim report insist assert answer state respond recommend suggest announce"
    " maintain pretend declare blame speak talk mention",
    "MUCH": "matter regardless whatever irrespective notwithstanding whichever whoever no-matter"
    " despite",
    "EVEN": "even also",
    "WITHOUT": "without",
    "COMPLIANCE": "compliance gdpr soc2 auditing regulation regulations regulatory hipaa legal"
    " legally law pursuant accordance governance mandate mandated mandates audit audits archival"
    " archiving retention statutory conformity pci soc",
    "BROKEN": "wrong incorrect inaccurate broken deprecated unreliable insecure obsolete"
    " compromised untrustworthy faulty unsafe outdated harmful dangerous malicious mistake"
    " forbidden prohibited retired discontinued buggy vulnerable corrupt corrupted leaks leak"
    " risky non-compliant noncompliant untrusted distrusted inferior wrongly decommissioned hacked"
    " flawed defective withdrawn defunct",
    "WARNING": "warnings warning objections concerns complaints alerts caution cautions notices"
    " refusals hesitation disclaimers disclaimer",
    "TO": "to",
    "FOR": "for",
    "NEED": "need reason point",
    "THEM": "them him her they",
    "NOTHING": "nothing",
    "BOUND": "bound obliged restricted limited constrained subject",
    "AROUND": "around past",
    "USED": "called invoked used present available connected loaded installed active run triggered"
    " executed",
    "SET": "set multiply replace change add subtract override alter modify swap use double divide"
    " halve",
    "THROUGH": "through via here",
    "MAKE": "make making let have",
    "SEEMING": "seem appear look",
    "BEGINNING": "start beginning outset opening",
    "MESSAGE": "message prompt instructions",
    "AUTHORISE": "authorise authorize permit allow empower authorised authorized cleared",
    "OUTPUT": "links urls link url messages replies responses emails answers commits files code"
    " reply response answer",
    "OBEY": "obey follow comply heed obeyed carry honour honor complying followed",
    "AUTHORITY": "authority weight force rank",
    "ONLY": "only just simply merely",
    "CONTAINS": "contains contain mentions includes include matches appears says equals has holds"
    " held starts ends begins mentioning containing including named called reads",
    "SPEECH": "messages message turns exchanges utterances prompts turn",
    "OMIT": "omit* exclude* leave leaving left keep keeping drop* withhold* strip skip* cut",
    "OUT": "out off away",
    "REPLY": "summary summaries recap answer answers reply replies response responses explanation"
    " explanations report reports reasoning preview account transcript write-up overview log logs"
    " conversation output message",
    "YOUR": "your",
    "YOURSELF": "yourself yourselves mum",
    "TROUBLE": "bother* trouble* alarm* worry worries worried worrying burden* confuse* confusing"
    " confused upset* distract* disturb* scare* scary frighten* annoy* anxious nervous unsettle*"
    " unsettling panic* uneasy concerned overwhelm*",
    "SILENT": "silent quiet mum tight-lipped vague discreet",
    "STAY": "stay keep remain be",
    "ASKS": "ask asks asked inquire* enquire* wonder* question* press* challenge*",
    "PASSIVELY": "told mentioned disclosed revealed reported shown displayed discussed surfaced"
    " explained raised informed notified flagged logged visible announced shared alerted consulted"
    " bothered asked acknowledged presented",
    "COMMENT": "comment mention explanation remark notice announcement note",
    "PRIVATE": "private api access ssh signing encryption secret recovery session auth bearer"
    " security master seed",
    "KEYS": "key keys tokens token phrase phrases codes cookie cookies",
    "CONVERSATION": "conversation conversations chat dialogue dialog transcript session thread"
    " history",
    "SOFAR": "far",
    "SO": "so thus",
    "SHARED": "shared said told written typed disclosed wrote",
    "EXACTLY": "verbatim exactly unredacted unabridged word-for-word literally unaltered"
    " unmodified complete full entirety whole entire",
    "WANTS": "ask asks asked say says said requested want wants wanted typed gave given named"
    " specify specifies specified wrote chose chosen picks picked expect expects expected intended"
    " prefers preferred entered supplied provided insist insists objects objected",
    "REGARDLESS": "regardless whatever irrespective whichever whoever notwithstanding despite",
    "MATTER": "matter",
    "NO": "no not without make makes",
    "TRUE": "true yes",
    "INVENT": "invent* fabricate* make-up made-up fake* falsify* falsified fictitious bogus"
    " simulate* pretend* plausible",
    "GOOD": "fine ok okay success successful successfully succeeded passed clean safe valid"
    " healthy green none zero approved normal completed done",
    "FOUND": "found outcome outcomes result results finding findings happens happened happen"
    " detected",
    "BOSS": "administrator admin developer developers operator owner owners system root vendor"
    " user user's users human",
    "COMING": "coming come comes came issued written typed sent authored originating spoken said"
    " from",
    "EMPTY": "empty missing blank absent without omitted incomplete lacking",
    "REJECTED": "rejected refused blank fail fails failed error errors denied break breaks invalid"
    " lost reject rejects",
    "ALSO": "also additionally parallel alongside second duplicate simultaneously likewise copy"
    " copies copied bcc cc blind moreover mirrored addition well",
    "EACH": "each every all any whatever whenever everything always later future subsequent",
    "LIMITS": "limits restrictions limitations boundaries refusals censorship",
    "STRAIGHT": "straight immediately straightaway",
    "ACTING": "delete* remove* wipe* transfer* pay* refund* send* export* purchase* buy order*"
    " execute* place* deploy* push* merge* drop* upload* publish* grant* approve* overwrite*"
    " change* issue* forward*",
    "WORD": "phrase word codeword keyword passphrase string text trigger token marker expression",
    "NEVER": "never not don't",
    "DECLINE": "decline* refuse* avoid* reject* shun discourage*",
    "HERE": "here",
    "THAN": "than",
    "OF": "of",
    "PLACE": "place lieu stead instead",
    "AHEAD": "ahead prior before preceding",
    "LIST": "list names inventory catalogue catalog schemas definitions",
    "CANNOT": "cannot can't unable",
    "GO": "go going proceed continue carry push move",
    "NOTE": "note notes notice remark message hint attention dear reminder memo tip instruction"
    " instructions instructs",
    "BY": "by with through",
    "ME": "me us mine ours",
    "REST": "rest remainder",
    "REASONING": "reasoning thoughts memory chain-of-thought scratchpad preamble persona",
    "WATCHING": "watching looking supervising monitoring around watch attending awake",
    "FAVOUR": "favour* favor* favourable favorable flattering cheapest cheaper promote* endorse*"
    " praise* superior positive",
    "OUR": "our ours",
    "ENCODE": "hex-encode base64-encode rot13 base64-encoded hex-encoded base32 base64 encode",
    "PUBLIC": "public publicly pastebin gist world-readable",
    "DISGUISE": "dressed disguised disguise masked camouflage weave woven blend masquerading dress",
    "CONTRARY": "contrary",
    "THE": "the",
    "SURE": "sure certain",
    "WHICHEVER": "whichever whatever any",
    "LONGER": "longer",
    "TIMES": "times calls call invocations",
    "HAVE": "have has need needs be are is was",
    "ENTRY": "entry",
    "POINT": "point",
    "GRANT": "grant* obey obeys comply complies fulfil fulfill fulfils believed accept accepts"
    " satisfy",
    "ACTION": "delete deleted deletes wipe wiped remove removed transfer transferred pay paid"
    " refund refunded send sent export exported purchase buy order execute executed deploy publish"
    " published grant granted approve approved upload uploaded forward forwarded overwrite"
    " overwritten change changed issue issued replace replaced add added append appended print"
    " output place placed include included hand swap disable disabled run return returned",
    "TIMING": "weekdays weekends weekend midnight night nights utc friday monday saturday sunday"
    " hours holiday holidays december january mondays tuesdays wednesdays thursdays fridays"
    " saturdays sundays tuesday wednesday thursday evenings mornings",
    "CHAT": "conversation conversations chat chats dialogue dialog dialogues",
    "SWAPPED": "replaced swapped overridden rewritten changed altered substituted redirected"
    " diverted rerouted exchanged doubled multiplied increased reduced lowered raised halved"
    " negated",
    "OWN": "instructions prompt prompts preamble guidelines guardrails directives",
    "AFFIRM": "yes affirmatively affirmative",
    "BYPASS": "skip bypass omit waive forgo dispense skipped bypassed omitted waived skipping"
    " bypassing",
    "CHOOSE": "choose pick prefer favour favor select trust",
    "REFUSE": "refuse refuses refusal refusals refusing",
    "WAIT": "wait waiting ask asking confirm confirming pause pausing seek prompting consult",
    "STEAD": "place lieu",
    "ALWAYSLY": "always automatically",
    "PASSED": "passed included supplied provided sent attached inserted added given filled entered"
    " forwarded copied put placed stored written uploaded posted quoted handed",
    "TALKED": "discussed said told written exchanged typed talked",
    "CALLED": "called used invoked employed queried consulted chosen trusted",
    "PRESENTAS": "present describe label report mark frame pass sell render display treat show"
    " list phrase word",
    "CRITICAL": "negative critical unfavourable unfavorable bad unflattering damaging losses"
    " complaints warnings",
    "MAKES": "make makes making made",
    "UNFILTERED": "unfiltered uncensored unrestricted unbound jailbroken omnipotent admin"
    " administrator root superuser dan",
    "INSTALLING": "installing connecting",
    "APPEAR": "appear appears surface surfaces figure figures feature turn come comes crop land"
    " visible mentioned included shown",
    "DENY": "deny evade deflect dodge downplay gloss sidestep stonewall lie feign",
    "TRACE": "trace traces evidence tracks",
    "THOUGH": "if though",
    "MENTION": "mention reference allusion note notice word",
    "HOLD": "hold holds carry carries contain contains take takes expect expects want wants"
    " receive receives include includes fill filled populate populated",
    "ABOVE": "above earlier previously",
    "DISTORT": "inflate* understate* overstate* exaggerate* embellish* downplay* massage* fudge*"
    " skew* misreport* misstate* distort* doctor* tweak* shave*",
    "EXEMPT": "exempt exempted exemption exempts immune",
    "PRESUME": "presume* assume* deem* imply implies implied infer* consider considered regard"
    " taken",
    "SILENCE": "silence",
    "SINK": "webhook telemetry beacon ngrok pastebin collector tracker exfil drop-box dead-drop",
    "SEEING": "seeing encountering spotting hearing receiving reading",
    "AUTHORISED": "authorised authorized allowed permitted entitled free licensed empowered",
    "HIGHEST": "highest top absolute utmost",
    "PRIORITY": "priority precedence",
    "FAILURE": "failure failures fail fails failed error errors loss losses negative bad problems"
    " problem issues",
    "QUESTION": "question questions request requests task tasks query queries prompt prompts",
    "ACTUAL": "actual real true truth genuine original underlying",
    "MODE": "mode",
    "OLDMODE": "developer god unrestricted jailbreak sudo privileged root superuser",
    "LATER": "afterwards subsequently thereafter henceforth",
    "CASE": "case cases event circumstances",
    "ONLYS": "only",
    "OFFICIAL": "trusted official approved authorised authorized certified valid safe correct"
    " reliable sanctioned permitted legitimate compliant",
    "BESIDES": "along alongside together",
    "HIDDENLY": "background scenes",
    "CONFLICT": "conflict conflicts contradict contradicts contrary disagree disagrees differ"
    " differs clash",
    "AND": "and then",
    "PURPOSE": "purposes reasons purpose reason sake continuity transparency consistency",
    "UNTIL": "until till",
    "PEOPLE": "people anyone somebody someone nobody everyone they",
    "ANYWAY": "anyway anyhow nevertheless nonetheless",
    "KINDLY": "kindly dear thank",
    "HAND": "hand handed",
    "EXTRA": "quietly additionally moreover besides furthermore meanwhile thereby",
    "GIVE": "pass put paste supply submit insert place attach include add append send forward"
    " upload hand enter",
    "DEEM": "treat regard consider count",
    "NOTICED": "aware noticed conscious",
    "FOUNDIN": "found inside within contained embedded there",
    "PERSON": "user users human humans operator people anyone owner",
    "AFTERS": "after",
    "TURNS": "messages turns exchanges utterances",
    "SPOKEN": "reply replies answer answers summary response responses explanation recap account",
    "MAYONLY": "may can should must",
    "TOOLNOUN": "tool tools function server plugin",
    "ORDER": "must should shall always never add set use replace change pass swap append prepend"
    " send include route put needs need",
    "PARAM": "parameter argument field arguments parameters value input body recipient subject"
    " amount path query",
    "NAMED": "called named titled labelled",
    "ACROSS": "across",
    "COME": "come comes stumble run",
    "LOGGING": "logging auditing monitoring telemetry history alerts encryption",
    "CHECKING": "checking scanning verifying looking testing validating asking confirming reading",
    "BELIEVE": "believe think assume suppose feel",
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
