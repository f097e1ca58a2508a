"""Parameters that ask for what no tool needs: the conversation, the prompt, keys, other tools."""

from __future__ import annotations

import re
from functools import lru_cache

from mcpx.analyses.finding import Severity
from mcpx.analyses.wording import words


@lru_cache(maxsize=1 << 14)
def asks_for(name: str) -> Severity | None:
    """How suspicious a parameter of this name is; None if it is not.

    What honest tools ask for too, such as a private key to sign with, is worth a note.
    """
    parts = words(name[:_LONGEST])
    if "".join(parts) in _WHOLE or _TALK.fullmatch("_".join(parts)):
        return Severity.WARNING
    return Severity.INFO if _KEYS.fullmatch("_".join(parts)) else None


_LONGEST = 80
_NAMES = (
    "sidenote sidenotes conversationhistory chathistory messagehistory fullconversation"
    " conversationcontext conversationlog chatlog chattranscript previousmessages systemprompt"
    " systemmessage systeminstructions developermessage hiddenprompt hiddencontext toolslist"
    " toollist listoftools availabletools alltools modelreasoning chainofthought usersecrets"
    " overrideinstructions overridesafety bypasssafety bypassfilters jailbreakmode"
    " contextinjection"
)
_WHOLE = frozenset(_NAMES.split())
_SAID = r"(?:conversations?|chats?|messages|dialogues?|dialogs?|transcripts?|prompts?|instructions)"
_TALK = re.compile(
    r"(?:(?:the|your|my|current|user|include)_)?"
    rf"(?:(?:full|all|entire|whole|complete|previous|prior|past|earlier|preceding)_"
    rf"(?:(?:user|chat|assistant|system|conversation)_)?{_SAID}"
    r"|(?:users?|assistant)_(?:conversations?|dialogues?|prompts?_history|messages_history)"
    r"|(?:prompts?|conversations?|dialogues?|chats?|messages?)_(?:history|transcript)"
    r"|(?:assistant|developer|system|hidden|original)_(?:instructions|prompts?|context)"
    r"|(?:tools?|functions?)_(?:descriptions?|definitions|schemas)|(?:other|your|my)_tools)"
    r"(?:_(?:history|logs?|context|text|contents?|messages|so_far|json|summary))?"
)
_KEYS = re.compile(
    r"(?:\w{1,20}_)?(?:private_keys?|ssh_keys?|seed_phrase|mnemonic(?:_phrase)?)"
    r"|(?:all_)?(?:environment|env)_variables"
)
