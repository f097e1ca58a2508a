"""Catalogue: what one server offers, as frozen views over the JSON that was on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.servers import Era, ServerSpec


class Kind(StrEnum):
    """The four kinds of things that a server lists."""

    TOOL = "tool"
    PROMPT = "prompt"
    RESOURCE = "resource"
    TEMPLATE = "template"

    @property
    def plural(self) -> str:
        """The member of a catalogue that holds items of this kind."""
        return f"{self.value}s"


# The member that identifies an item among its kind. Source: specification, schema of each revision.
KEY = {
    Kind.TOOL: "name",
    Kind.PROMPT: "name",
    Kind.RESOURCE: "uri",
    Kind.TEMPLATE: "uriTemplate",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One tool, prompt, resource or resource template; ``raw`` is what the server sent."""

    kind: Kind
    raw: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What it is called by: a name, a URI or a URI template."""
        return self._text(KEY[self.kind])

    @property
    def title(self) -> str:
        """The title for people, wherever the revision keeps it."""
        annotations = self.raw.get("annotations")
        inner = annotations.get("title") if isinstance(annotations, dict) else None
        return self._text("title") or (inner if isinstance(inner, str) else "")

    @property
    def name(self) -> str:
        """The member ``name``, which resources have beside their URI."""
        return self._text("name")

    @property
    def description(self) -> str:
        """The description, empty when there is none."""
        return self._text("description")

    @property
    def input_schema(self) -> Any:
        """A tool's input schema as it came; None when it has none."""
        return self.raw.get("inputSchema")

    @property
    def annotations(self) -> Mapping[str, Any]:
        """A tool's annotations, which are claims of its server."""
        value = self.raw.get("annotations")
        return value if isinstance(value, dict) else {}

    def _text(self, member: str) -> str:
        value = self.raw.get(member)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what a server sent, that does not cost the rest of its catalogue.

    ``rule`` is a kebab-case id, ``path`` a JSON Pointer into the item, ``rejected_by`` the clients
    known to refuse the item or the whole list for it.
    """

    rule: str
    message: str
    kind: Kind | None = None
    key: str = ""
    path: str = ""
    rejected_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one server offered to a client that offered ``offered``, in one era.

    ``server`` is the name by which the user knows it, ``target`` its definition with secrets
    masked.
    """

    server: str
    target: Mapping[str, Any] = field(default_factory=dict)
    era: Era | None = None
    version: str = ""
    supported: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    server_info: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    instructions: str | None = None
    tools: tuple[Item, ...] = ()
    prompts: tuple[Item, ...] = ()
    resources: tuple[Item, ...] = ()
    templates: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()

    def items(self, kind: Kind) -> tuple[Item, ...]:
        """The items of one kind, in the order of the server."""
        found: tuple[Item, ...] = getattr(self, kind.plural)
        return found

    @property
    def incomplete(self) -> bool:
        """Whether a list could not be had."""
        return any(problem.rule == "list-failed" for problem in self.problems)


def describe_target(spec: ServerSpec) -> dict[str, Any]:
    """A server's definition for files and outputs: secrets masked, environment by name only."""
    from mcpx.masking import mask_arguments, mask_text, mask_url

    described: dict[str, Any] = {"transport": spec.transport.value}
    if spec.command:
        described["command"] = mask_text(spec.command)
        described["args"] = mask_arguments(spec.args)
    if spec.env:
        described["env"] = sorted(spec.env)
    if spec.cwd is not None:
        described["cwd"] = spec.cwd
    if spec.url:
        described["url"] = mask_url(spec.url)
    if spec.headers:
        described["headers"] = sorted(spec.headers)
    if spec.place is not None:
        place = spec.place
        described["from"] = {"host": place.host, "scope": place.scope, "path": place.path}
    return described
