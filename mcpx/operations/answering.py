"""Who answers what a server asks while it is called: a file, ``--elicit``, the person, nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from mcpx.client.questions import Question, UnansweredError
from mcpx.codes import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, REJECTED
from mcpx.operations.conversations import spoken, wants_tools, written
from mcpx.operations.forms import Action, Form, FormError, Reply, violates
from mcpx.operations.roots import root
from mcpx.operations.visits import Visit, VisitError

if TYPE_CHECKING:
    from mcpx.operations.answer_file import AnswerFile
    from mcpx.operations.asking import Person

# A call that asks more often than this does not want answers.
MOST_QUESTIONS = 1_000
# Of a server's words in a message or in the report.
_LONGEST = 200


class Elicit(StrEnum):
    """What ``--elicit`` may say."""

    DEFAULTS = "defaults"
    DECLINE = "decline"


class Outcome(StrEnum):
    """What came of a question: ``refused`` is an error for its answer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"
    ANSWERED = "answered"
    REFUSED = "refused"


class Answerer(StrEnum):
    """Who answered."""

    FILE = "file"
    DEFAULTS = "defaults"
    FLAG = "flag"
    PERSON = "person"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a server and what came of it; ``message`` is the server's words, cut."""

    method: str
    message: str
    outcome: Outcome
    by: Answerer


class Answers:
    """Answers one server's questions: file first, then ``--elicit``, then the person.

    ``server`` is the name by which the person knows it; ``roots`` what ``--root`` gave (URIs of
    any scheme, or paths); ``answers`` the file of ``--answer``; ``elicit`` a value of ``Elicit``;
    ``person`` None when nobody is at a terminal. ``tell`` gets what has to be seen while a call
    runs, ``warn`` what is wrong with the command line; both as text that holds words of others.
    Every question is in ``asked`` once it is answered. Raises UsageError for a root that is none.
    """

    def __init__(
        self,
        server: str,
        *,
        roots: Sequence[str] = (),
        answers: AnswerFile | None = None,
        elicit: str | None = None,
        person: Person | None = None,
        tell: Callable[[str], None],
        warn: Callable[[str], None],
    ) -> None:
        self.asked: list[Asked] = []
        self._server = server
        self._file = answers
        self._elicit = None if elicit is None else Elicit(elicit)
        self._person = person
        self._tell = tell
        self._told: set[str] = set()
        self._questions = 0
        self._roots_by = Answerer.FLAG if roots else Answerer.FILE
        self._roots = [root(one, "", warn) for one in roots]
        for uri, name in answers.roots if answers else ():
            self._roots.append(root(uri, name, warn))

    @property
    def offered(self) -> Mapping[str, Any]:
        """The capabilities to declare, with the modes of elicitation; none that is not kept.

        An empty object would mean forms only (specification 2025-11-25, client/elicitation,
        "Capabilities"), so the modes are always named.
        """
        file, person = self._file, self._person is not None
        offered: dict[str, Any] = {}
        if self._roots:
            offered["roots"] = {}
        if person or self._elicit is not None or (file is not None and file.fills_forms):
            offered["elicitation"] = {"form": {}}
            if person or (file is not None and file.opens_pages):
                offered["elicitation"]["url"] = {}
        if person or (file is not None and file.samples):
            offered["sampling"] = {}
        return offered

    @property
    def unused(self) -> list[str]:
        """The answers of the file that no question was asked for, as messages."""
        return [] if self._file is None else self._file.unused

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The result for a question, as it goes over the wire.

        Raises UnansweredError, and ConfigError for an answer of the file that does not fit.
        """
        given = params if isinstance(params, Mapping) else {}
        self._questions += 1
        if self._questions > MOST_QUESTIONS:
            self._tell_once(
                f"{self._server} asked more than {MOST_QUESTIONS} questions; no more are answered"
            )
            raise UnansweredError(INTERNAL_ERROR, f"more than {MOST_QUESTIONS} questions")
        if method == Question.ROOTS:
            return self._listed_roots()
        if method == Question.ELICITATION:
            return await self._elicited(_Elicitation.read(given))
        if method == Question.SAMPLING:
            return await self._sampled(given)
        raise UnansweredError(METHOD_NOT_FOUND, f"not supported: {method!s:.100}")

    def _listed_roots(self) -> dict[str, Any]:
        if not self._roots:
            self._nobody(Question.ROOTS, "which roots there are", "--root PATH or --root URI")
        self._note(Question.ROOTS, "", Outcome.ANSWERED, self._roots_by)
        return {"roots": [dict(root) for root in self._roots]}

    async def _elicited(self, asked: _Elicitation) -> dict[str, Any]:
        help = self._page_help(asked) or _ELICIT_HELP
        if "elicitation" not in self.offered:
            self._nobody(Question.ELICITATION, asked.message, help)
        if asked.mode not in self.offered["elicitation"]:
            # Source: specification 2025-11-25, client/elicitation, "Error Handling".
            what = f"elicitation mode not supported: {asked.mode:.40}"
            self._refuse(asked, INVALID_PARAMS, Answerer.NOBODY, what, self._page_help(asked))
        reply, by = self._from_file(asked), Answerer.FILE
        if reply is None and self._elicit is Elicit.DECLINE:
            reply, by = Reply(Action.DECLINE), Answerer.FLAG
        elif reply is None and self._elicit is Elicit.DEFAULTS:
            reply, by = self._from_defaults(asked), Answerer.DEFAULTS
        elif reply is None and self._person is not None:
            reply, by = await self._from_person(asked, self._person), Answerer.PERSON
        if reply is None:
            self._nobody(Question.ELICITATION, asked.message, help)
        if by in (Answerer.FLAG, Answerer.DEFAULTS):
            self._declined_page(asked)
        self._note(Question.ELICITATION, asked.message, Outcome(reply.action.value), by)
        return reply.result()

    def _from_file(self, asked: _Elicitation) -> Reply | None:
        if self._file is None:
            return None
        if asked.mode == "url":
            reply = self._file.opened(f"{asked.message}\n{asked.url}")
            if reply is None or reply.action is not Action.ACCEPT:
                return reply
            page = self._page(asked)
            if page is None:
                return Reply(Action.DECLINE)
            source = self._file.source
            self._tell_once(f"{self._server} wants this page opened; {source} says yes: {page.url}")
            return reply
        reply = self._file.filled(asked.message)
        if reply is None or reply.action is not Action.ACCEPT:
            return reply
        content = reply.content or {}
        if reason := violates(self._form(asked, Answerer.FILE), content):
            self._note(Question.ELICITATION, asked.message, Outcome.REFUSED, Answerer.FILE)
            raise self._file.unfit(reply, reason, f"{self._server} asked: {_cut(asked.message)}")
        return Reply(Action.ACCEPT, content)

    def _from_defaults(self, asked: _Elicitation) -> Reply:
        if asked.mode == "url":
            return Reply(Action.DECLINE)
        content, missing = self._form(asked, Answerer.DEFAULTS).with_defaults()
        if not missing:
            return Reply(Action.ACCEPT, content)
        self._tell_once(
            f"{self._server} asked: {_cut(asked.message)}; declined: "
            f"'{_cut(missing)}' is required and has no default that fits"
        )
        return Reply(Action.DECLINE)

    async def _from_person(self, asked: _Elicitation, person: Person) -> Reply:
        if asked.mode == "url":
            page = self._page(asked)
            if page is None:
                return Reply(Action.DECLINE)
            return await person.visit(self._server, asked.message, page)
        form = self._form(asked, Answerer.PERSON)
        return await person.fill(self._server, asked.message, form)

    def _page(self, asked: _Elicitation) -> Visit | None:
        """The page to open; None, and said why, when nobody should."""
        try:
            return Visit.read(asked.url)
        except VisitError as error:
            self._tell_once(
                f"{self._server} asked: {_cut(asked.message)}; declined: {error}: "
                f"{_cut(str(asked.url))}"
            )
            return None

    def _page_help(self, asked: _Elicitation) -> str:
        """What a person can do about a page that nobody is asked to open; empty for no page."""
        if asked.mode != "url":
            return ""
        try:
            return f"{Visit.read(asked.url).how_to_go_on()}; {_PAGE_HELP}"
        except VisitError:
            return _PAGE_HELP

    def _declined_page(self, asked: _Elicitation) -> None:
        """Tell of a page that was not opened, since a person may still want to."""
        if help := self._page_help(asked):
            self._tell_once(f"{self._server} asked: {_cut(asked.message)}; declined: {help}")

    def _form(self, asked: _Elicitation, by: Answerer) -> Form:
        try:
            return Form.read(asked.schema)
        except FormError as error:
            self._refuse(asked, INVALID_PARAMS, by, str(error))

    async def _sampled(self, params: Mapping[str, Any]) -> dict[str, Any]:
        lines = [text for _, text in spoken(params)]
        message = lines[-1] if lines else ""
        if "sampling" not in self.offered:
            self._nobody(Question.SAMPLING, message, _SAMPLE_HELP)
        if wants_tools(params):
            # Source: schema 2025-11-25 and 2026-07-28, CreateMessageRequestParams, "tools".
            self._note(Question.SAMPLING, message, Outcome.REFUSED, Answerer.NOBODY)
            raise UnansweredError(INVALID_PARAMS, "not supported: sampling with tools")
        result, by = None, Answerer.FILE
        found = self._file.sampled("\n".join(lines)) if self._file is not None else None
        if found is not None:
            result = found.result
        elif self._person is not None:
            by = Answerer.PERSON
            said = await self._person.speak(self._server, params)
            result = None if said is None else written(said, "person")
        else:
            self._nobody(Question.SAMPLING, message, _SAMPLE_HELP)
        self._note(Question.SAMPLING, message, Outcome.ANSWERED if result else Outcome.DECLINE, by)
        if result is None:
            raise UnansweredError(REJECTED, "User rejected sampling request")
        return dict(result)

    def _nobody(self, method: Question, message: str, help: str) -> NoReturn:
        """Refuse what nobody can answer, and say what the user can do about it."""
        why = "nobody is here to answer"
        if self._file is not None and (self._file.fills_forms or self._file.samples):
            why = f"no answer to it is left in {self._file.source}"
        self._tell_once(f"{self._server} asked: {_cut(message)}; {why}: {help}")
        self._note(method, message, Outcome.REFUSED, Answerer.NOBODY)
        code = METHOD_NOT_FOUND
        if _CAPABILITIES[method] in self.offered:
            code = REJECTED if method is Question.SAMPLING else INTERNAL_ERROR
        raise UnansweredError(code, f"{method} is not answered: {_cut(message)}", help)

    def _refuse(
        self, asked: _Elicitation, code: int, by: Answerer, why: str, help: str = ""
    ) -> NoReturn:
        said = f"{why}: {help}" if help else why
        self._tell_once(f"{self._server} asked: {_cut(asked.message)}; not answered: {said}")
        self._note(Question.ELICITATION, asked.message, Outcome.REFUSED, by)
        raise UnansweredError(code, f"{Question.ELICITATION} is not answered: {why}", help)

    def _note(self, method: Question, message: str, outcome: Outcome, by: Answerer) -> None:
        self.asked.append(Asked(method.value, _cut(message), outcome, by))

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


_ELICIT_HELP = "--answer FILE, --elicit defaults|decline, or run at a terminal"
_PAGE_HELP = "--answer FILE can say that it was opened"
_SAMPLE_HELP = "--answer FILE, or run at a terminal"
_CAPABILITIES = {
    Question.ELICITATION: "elicitation",
    Question.SAMPLING: "sampling",
    Question.ROOTS: "roots",
}


@dataclass(frozen=True, slots=True)
class _Elicitation:
    """A request of elicitation, as far as it could be read."""

    mode: str
    message: str
    url: Any
    schema: Any

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> _Elicitation:
        message = params.get("message")
        # A request without a mode is one for a form (client/elicitation, "Elicitation Requests").
        mode = params.get("mode") or "form"
        return cls(
            mode if isinstance(mode, str) else "unknown",
            message if isinstance(message, str) else "",
            params.get("url"),
            params.get("requestedSchema"),
        )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
