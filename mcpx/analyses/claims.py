"""Annotations of a tool that contradict each other, or what its name says that it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mcpx.analyses.actions import verb_class, verb_place
from mcpx.analyses.wording import first_sentence, words
from mcpx.catalogue.model import Item


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of a tool's name, so many letters are looked at.
_LONGEST = 200
# Words that say nothing else. What others say counts where the description begins with the same.
_DELETES = _table(
    "delete destroy erase purge wipe overwrite rm rmdir unlink truncate uninstall kill terminate"
)
_WRITES = _table("write edit update modify insert append rename upload")
_DELETES_PERHAPS = _table("remove clear drop reset revoke")
_WRITES_PERHAPS = _table(
    "create save store set move send publish post patch register import transfer pay buy sell"
    " purchase withdraw restart reboot shutdown deploy install"
)
_REPEATS = _table("append prepend increment decrement toggle duplicate")
_REPEATS_PERHAPS = _table("create insert send post publish transfer pay")
# Verbs of which it is the thing that says what they do.
_FORMATS, _RUNS = _table("format"), _table("run execute exec invoke")
_DISKS = _table("disk disks drive volume partition")
_COMMANDS = _table("command commands shell bash powershell terminal")
# What writes a poem may do no more than that.
_SAID_OF_TEXT = frozenset(("write", "edit"))
_TEXTS = _table(
    "poem story song lyrics letter joke haiku essay article text prose prompt summary speech slogan"
    " caption review"
)
# As in "pdf_save", which gives the user a file that was not there.
_SAID_OF_FILES = frozenset(("save", "store"))
# A tool of such a name looks at what another one does.
_LOOKS = _table(
    "preview simulate dry plan validate check status log logs history distance estimate explain"
    " diff generate schema template docs guide example examples available stats statistics help"
)
# What a tool that only reads is said to do.
_READS = _table("read search check calculate analyse")
_TELLS = _table("returns return tells tell explains explain suggests suggest previews preview")
# What is made only where it is not there yet may be made twice.
_ONCE = _table("exist exists already ensure ensures idempotent upsert replace replaces")
# After these a sentence tells what else there is, not what the tool does.
_TURNS = _table("to how that which who when where whether if can may not never without before")


def contradictions(tool: Item) -> Iterator[str]:
    """What in a tool's annotations cannot be true together with the rest, as predicates."""
    hints = tool.annotations
    read_only, destructive = hints.get("readOnlyHint"), hints.get("destructiveHint")
    if read_only is True and destructive is True:
        yield "says readOnlyHint and destructiveHint, and what only reads destroys nothing"
    if True not in (read_only, hints.get("idempotentHint")) and destructive is not False:
        return
    name = words(tool.key[:_LONGEST])
    if not _LOOKS.isdisjoint(name):
        return
    sentence = words(first_sentence(tool.description))
    deletes = _verb(name, sentence, _DELETES, _DELETES_PERHAPS) or _destroys(name, sentence)
    writes = _verb(name, sentence, _WRITES, _WRITES_PERHAPS)
    if read_only is True:
        does = deletes or writes or _of_thing(name, _RUNS, _COMMANDS)
        if does:
            yield f"says readOnlyHint, and it is to {does}"
        return
    if destructive is False and deletes:
        yield f"says that destructiveHint is false, and it is to {deletes}"
    if hints.get("idempotentHint") is True and _ONCE.isdisjoint(sentence):
        again = _verb(name, sentence, _REPEATS, _REPEATS_PERHAPS)
        if again:
            yield f"says idempotentHint, and to {again} twice is not the same as once"


def _destroys(name: Sequence[str], sentence: Sequence[str]) -> str:
    """What a tool destroys by its thing, or by the second verb of its description."""
    disk = _of_thing(name, _FORMATS, _DISKS)
    if disk or not sentence:
        return disk
    # In the same form as the first: "Lists users and deletes", "List users, then delete".
    ending = sentence[0].endswith("s")
    for before, word in pairwise(sentence[1:]):
        if before in _TURNS:
            return ""
        verb = _base(word)
        if before in ("and", "then") and verb in _DELETES and (word != verb) == ending:
            return verb
    return ""


def _of_thing(name: Sequence[str], verbs: frozenset[str], things: frozenset[str]) -> str:
    """Verb and thing, where a name begins with the one and goes on to the other."""
    thing = next((word for word in name[1:] if word in things), "")
    return f"{name[0]} a {thing}" if thing and name[0] in verbs else ""


def _verb(
    name: Sequence[str], sentence: Sequence[str], surely: frozenset[str], perhaps: frozenset[str]
) -> str:
    """The verb among these that a tool is called by; empty when it is not plain."""
    said = _base(sentence[0]) if sentence else ""
    at = 0 if name and name[0] in surely | perhaps else verb_place(name)
    if at is None:
        return said if said in surely - _SAID_OF_TEXT else ""
    verb = name[at]
    if verb == "write" and not _TEXTS.isdisjoint(name):
        return ""
    if at == 0 and verb in surely:
        return "" if _reads(verb, sentence) else verb
    # As in "file_delete"; not in "latest_update", which is one.
    if at and verb in _SAID_OF_FILES:
        return ""
    known = verb_class(verb)
    agreed = said == verb or (said in _ALL and known is not None and verb_class(said) == known)
    return verb if verb in surely | perhaps and agreed else ""


def _reads(verb: str, sentence: Sequence[str]) -> bool:
    """Whether a description begins with reading, and never says that the tool does the other."""
    if not sentence or (sentence[0] not in _TELLS and verb_class(sentence[0]) not in _READS):
        return False
    # As in "Returns true after deleting the file".
    return f"{verb.removesuffix('e')}ing" not in sentence


def _base(word: str) -> str:
    """A verb without the ending of ``deletes`` or ``purges``; others as they are."""
    for ending in ("s", "es"):
        if word.removesuffix(ending) in _ALL:
            return word.removesuffix(ending)
    return word


_ALL = _DELETES | _WRITES | _DELETES_PERHAPS | _WRITES_PERHAPS | _REPEATS
