"""Annotations of a tool that contradict each other, or what its name says that it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.actions import verb_class, verb_place
from mcpx.analyses.wording import first_sentence, words
from mcpx.catalogue.model import Item


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of a tool's name, so many letters are looked at.
_LONGEST = 200
# Words that say nothing else. What others say counts where the description begins with the same.
_DELETES = _table("delete destroy erase purge wipe")
_WRITES = _table("write edit update modify overwrite insert append rename upload")
_DELETES_PERHAPS = _table("remove clear drop")
_WRITES_PERHAPS = _table("create save store set move send publish post patch register import")
_REPEATS = _table("append prepend increment decrement toggle duplicate")
_REPEATS_PERHAPS = _table("create insert send post publish")
# What writes a poem may do no more than that.
_SAID_OF_TEXT = frozenset(("write", "edit"))
# As in "pdf_save", which gives the user a file that was not there.
_SAID_OF_FILES = frozenset(("save", "store"))
# A tool of such a name looks at what another one does.
_LOOKS = _table(
    "preview simulate dry plan validate check status log logs history distance estimate explain"
    " diff generate schema template docs guide example examples"
)
# What is made only where it is not there yet may be made twice.
_ONCE = _table("exist exists already ensure ensures idempotent upsert replace replaces")


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
    deletes = _verb(name, sentence, _DELETES, _DELETES_PERHAPS)
    writes = _verb(name, sentence, _WRITES, _WRITES_PERHAPS)
    if read_only is True:
        if deletes or writes:
            yield f"says readOnlyHint, and it is to {deletes or writes}"
        return
    if destructive is False and deletes:
        yield f"says that destructiveHint is false, and it is to {deletes}"
    if hints.get("idempotentHint") is True and _ONCE.isdisjoint(sentence):
        again = _verb(name, sentence, _REPEATS, _REPEATS_PERHAPS)
        if again:
            yield f"says idempotentHint, and to {again} twice is not the same as once"


def _verb(
    name: Sequence[str], sentence: Sequence[str], surely: frozenset[str], perhaps: frozenset[str]
) -> str:
    """The verb among these that a tool is called by; empty when it is not plain."""
    said = _base(sentence[0]) if sentence else ""
    at = 0 if name and name[0] in surely | perhaps else verb_place(name)
    if at is None:
        return said if said in surely - _SAID_OF_TEXT else ""
    verb = name[at]
    if at == 0 and verb in surely:
        return verb
    # As in "file_delete"; not in "latest_update", which is one.
    if at and verb in _SAID_OF_FILES:
        return ""
    agreed = said == verb or (said in _ALL and verb_class(said) == verb_class(verb))
    return verb if verb in surely | perhaps and agreed else ""


def _base(word: str) -> str:
    """A verb without the ending of ``deletes`` or ``purges``; others as they are."""
    for ending in ("s", "es"):
        if word.removesuffix(ending) in _ALL:
            return word.removesuffix(ending)
    return word


_ALL = _DELETES | _WRITES | _DELETES_PERHAPS | _WRITES_PERHAPS | _REPEATS
