"""What each host makes of the tool names of its servers: equal, too long, refused, unstable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mcpx.analyses.finding import Effect, Finding, Outcome, Severity, Subject, listed
from mcpx.analyses.item_clashes import alike
from mcpx.analyses.naming import HostModel, Offer
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue, Item, Kind

# Of a name that is shown as an example.
_LONGEST = 100
# The place of a tool among all that are offered.
_Places = tuple[int, ...]


def offers_of(members: Sequence[tuple[str, Catalogue]]) -> list[Offer]:
    """What each server brings into a host; a name that it lists twice counts once."""
    return [
        Offer(key, _label(catalogue), tuple(dict.fromkeys(filter(None, _names(catalogue)))))
        for key, catalogue in members
    ]


def _names(catalogue: Catalogue) -> Iterator[str]:
    return (tool.key for tool in catalogue.tools)


def _label(catalogue: Catalogue) -> str:
    for member in ("title", "name"):
        if isinstance(text := catalogue.server_info.get(member), str) and text:
            return text
    return ""


@dataclass(slots=True)
class _Found:
    """What the models have in store, by the places of the tools and by the ids of the hosts."""

    exact: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    mangled: dict[_Places, dict[str, Outcome]] = field(default_factory=dict)
    long: dict[int, dict[str, Outcome]] = field(default_factory=dict)
    refused: dict[int, dict[str, Outcome]] = field(default_factory=dict)
    keys: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    unstable: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """The tool names of some servers, and what ``models`` make of them.

    ``keys`` and ``tools`` say server and name of every tool, ``shared`` the places of every name
    that several servers offer.
    """

    offers: Sequence[Offer]
    models: Sequence[HostModel]
    keys: Sequence[str]
    tools: Sequence[str]
    shared: Mapping[str, _Places]
    apart: Sequence[Outcome]
    found: _Found

    @classmethod
    def judged(cls, offers: Sequence[Offer], models: Sequence[HostModel]) -> Names:
        """Every name by every model."""
        keys = [offer.key for offer in offers for _ in offer.tools]
        tools = [tool for offer in offers for tool in offer.tools]
        first: dict[str, int] = {}
        shared: dict[str, list[int]] = {}
        for place, tool in enumerate(tools):
            known = first.setdefault(tool, place)
            if known != place:
                shared.setdefault(tool, [known]).append(place)
        apart = [Outcome(model.id, Effect.APART) for model in models]
        places = {name: tuple(found) for name, found in shared.items()}
        names = cls(offers, models, keys, tools, places, apart, _Found())
        for model in models:
            names._judge(model)
        return names

    def _judge(self, model: HostModel) -> None:
        seen = model.names(self.offers)
        impossible = self._impossible(model)
        self._equal(model, seen, impossible)
        self._unfit(model, seen)
        if not model.stable:
            self._unstable(model, seen)

    def _impossible(self, model: HostModel) -> set[str]:
        """The keys that nobody can give a server in that host."""
        if model.keys is None:
            return set()
        return {offer.key for offer in self.offers if not model.keys.fullmatch(offer.key)}

    def _equal(self, model: HostModel, seen: Sequence[str], impossible: set[str]) -> None:
        compared = seen if model.alike is None else [model.alike(name) for name in seen]
        if len(set(compared)) == len(compared):
            return
        first: dict[str, int] = {}
        groups: dict[str, list[int]] = {}
        for place, name in enumerate(compared):
            known = first.setdefault(name, place)
            if known != place:
                groups.setdefault(name, [known]).append(place)
        for group in groups.values():
            places = [place for place in group if self.keys[place] not in impossible]
            if len(places) < 2:
                continue
            raw = self.tools[places[0]]
            if all(self.tools[place] == raw for place in places):
                outcome = self._clash(model, places, (seen[places[0]],))
                self.found.exact.setdefault(raw, {})[model.id] = outcome
                continue
            names = tuple(dict.fromkeys(seen[place] for place in places))
            outcome = self._clash(model, places, names)
            self.found.mangled.setdefault(tuple(places), {})[model.id] = outcome
            times = Counter(self.tools[place] for place in places)
            for tool in (tool for tool, number in times.items() if number > 1):
                self.found.exact.setdefault(tool, {})[model.id] = outcome

    def _clash(self, model: HostModel, places: Sequence[int], names: tuple[str, ...]) -> Outcome:
        winner = ""
        if model.clash is Effect.LAST_WINS:
            winner = self.keys[places[-1]]
        elif model.clash in (Effect.FIRST_WINS, Effect.FIRST_TOLD):
            winner = self.keys[places[0]]
        return Outcome(model.id, model.clash, names, winner)

    def _unfit(self, model: HostModel, seen: Sequence[str]) -> None:
        if model.limit is not None:
            for place, name in enumerate(seen):
                if len(name) > model.limit:
                    outcome = Outcome(model.id, model.beyond, (name,))
                    self.found.long.setdefault(place, {})[model.id] = outcome
        fits = None if model.alphabet is None else model.alphabet.fullmatch
        if fits is None or fits("".join(seen)):
            return
        for place, name in enumerate(seen):
            if fits(name):
                continue
            if not fits(self.tools[place]):
                outcome = Outcome(model.id, model.refusal, (name,))
                self.found.refused.setdefault(place, {})[model.id] = outcome
            elif model.id not in (of_key := self.found.keys.setdefault(self.keys[place], {})):
                # What stands before its tools is the cause, for all of them.
                of_key[model.id] = Outcome(model.id, model.refusal, (name,))

    def _unstable(self, model: HostModel, seen: Sequence[str]) -> None:
        """Names that a server would not have if it were the only one."""
        alone = [name for offer in self.offers for name in model.names([offer])]
        changed = [place for place, name in enumerate(alone) if seen[place] != name]
        if changed and not model.renames:  # what renames tells so at the clash
            self.found.unstable[model.id] = changed
        for tool, places in self.shared.items() if model.renames else ():
            names = tuple(seen[place] for place in places)
            renamed = Outcome(model.id, Effect.RENAMED, names)
            self.found.exact.setdefault(tool, {}).setdefault(model.id, renamed)

    def outcomes(self, found: Mapping[str, Outcome]) -> tuple[Outcome, ...]:
        """One outcome for every model, in their order; nothing found is kept apart."""
        return tuple(found.get(apart.host, apart) for apart in self.apart)

    def of(self, found: Mapping[str, Outcome]) -> tuple[Outcome, ...]:
        """The outcomes that were found, in the order of the models."""
        return tuple(found[model.id] for model in self.models if model.id in found)

    def subjects(self, places: Sequence[int]) -> tuple[Subject, ...]:
        """The tools at these places, by name and server."""
        return tuple(
            Subject(Kind.TOOL, tool, key)
            for tool, key in sorted((self.tools[place], self.keys[place]) for place in places)
        )


def harmed(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """The hosts for which the outcome is known to be more than a note."""
    return tuple(
        sorted(
            one.host
            for one in outcomes
            if one.effect is not Effect.UNKNOWN and one.effect.severity is not Severity.INFO
        )
    )


def clashes(
    names: Names, definitions: Mapping[tuple[str, str], Item], clones: Mapping[str, int]
) -> Iterator[Finding]:
    """Tools of one name, as they are listed or as a host changes them.

    ``definitions`` finds a tool by server and name, ``clones`` numbers the servers that offer the
    very same tools: what clashes among those alone is not said again tool by tool. Rules:
    ``name-clash``, ``name-clash-mangled``.
    """
    for name, places in names.shared.items():
        servers = sorted(names.keys[place] for place in places)
        groups = {clones.get(server) for server in servers}
        if len(groups) == 1 and None not in groups:
            continue
        outcomes = names.outcomes(names.found.exact.get(name, {}))
        same = alike([definitions[server, name] for server in servers])
        message = f"tool '{name}' is offered by {listed(servers)}{same}"
        subjects = tuple(Subject(Kind.TOOL, name, server) for server in servers)
        yield Finding(RULES["name-clash"], message, subjects, harmed(outcomes), outcomes=outcomes)
    for places, found in names.found.mangled.items():
        subjects = names.subjects(places)
        said = listed([f"'{one.key}' of {one.server}" for one in subjects])
        outcomes = names.outcomes(found)
        message = f"tools {said} become one name"
        yield Finding(
            RULES["name-clash-mangled"], message, subjects, harmed(outcomes), outcomes=outcomes
        )


def unfit(names: Names) -> Iterator[Finding]:
    """What is too long for a host, or holds what it does not accept.

    Rules: ``name-too-long``, ``name-refused``; of a server as a whole where its key is the cause.
    """
    for rule, by_place, what in (
        ("name-too-long", names.found.long, "is too long"),
        ("name-refused", names.found.refused, "holds what hosts refuse"),
    ):
        for place, found in by_place.items():
            outcomes = names.of(found)
            message = f"the name of tool '{names.tools[place]}' of {names.keys[place]} {what}"
            if rule == "name-too-long":
                longest = max((one.names[0] for one in outcomes), key=len)
                message += f": {len(longest)} characters as {longest[:_LONGEST]}"
            subjects = names.subjects((place,))
            yield Finding(RULES[rule], message, subjects, harmed(outcomes), outcomes=outcomes)
    for key, found in names.found.keys.items():
        outcomes = names.of(found)
        message = f"the key of server {key} holds what hosts refuse"
        subjects = (Subject("server", "", key),)
        yield Finding(RULES["name-refused"], message, subjects, harmed(outcomes), outcomes=outcomes)


def unstable(names: Names) -> Iterator[Finding]:
    """Hosts that name a tool in another way when its server is alone: ``name-unstable``."""
    together: dict[_Places, list[str]] = {}
    for host, places in names.found.unstable.items():
        together.setdefault(tuple(places), []).append(host)
    for changed, hosts in together.items():
        servers = sorted({names.keys[place] for place in changed})
        count = f"{len(changed)} tool{'' if len(changed) == 1 else 's'}"
        message = f"the names of {count} of {listed(servers)} depend on which servers there are"
        subjects = tuple(Subject("server", "", server) for server in servers)
        outcomes = tuple(Outcome(host, Effect.BY_OTHERS) for host in hosts)
        yield Finding(
            RULES["name-unstable"],
            message,
            subjects,
            tuple(sorted(hosts)),
            outcomes=outcomes,
            identity=tuple(Subject("host", host, "") for host in hosts),
        )


def separators(names: Names) -> Iterator[Finding]:
    """Servers whose key holds what a host splits names at: ``server-separator``."""
    for offer in names.offers:
        found = tuple(
            Outcome(model.id, Effect.MISREAD)
            for model in names.models
            if model.separator and offer.tools and model.separator in offer.key
        )
        if found:
            message = f"the key of server {offer.key} holds what hosts split a tool's name at"
            subjects = (Subject("server", "", offer.key),)
            yield Finding(
                RULES["server-separator"], message, subjects, harmed(found), outcomes=found
            )
