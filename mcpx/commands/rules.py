"""``mcpx rules``: what each rule is about, why it matters and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcpx.analyses.finding import Rule

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app)
def rules(
    run: Run,
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="A rule to explain, or how rules begin (input-) to list them; all without it.",
            show_default=False,
            autocompletion=completing.rules,
        ),
    ] = None,
) -> ExitStatus:
    """Explain the rules that findings and problems name.

    Of each: why it matters, an example that fires it, how to mend it and how to silence it. What
    is silenced is no longer among findings; problems that inspect shows are always shown.

      mcpx rules tool-overlap
      mcpx rules text- config-
    """
    from mcpx.reports.rules import explained, listed

    begun = [one for one in ids or () if one.endswith("-")]
    if ids and not begun:
        run.deliver(explained([_named(one) for one in dict.fromkeys(ids)]))
    else:
        named = [_named(one).id for one in ids or () if one not in begun]
        run.deliver(listed(_beginning(begun, named)))
    return ExitStatus.OK


def _beginning(begun: Sequence[str], named: Sequence[str]) -> list[Rule]:
    """The rules that begin in one of these ways, and those named. Raises UsageError for none."""
    from mcpx.analyses.rules import every_rule

    known = every_rule()
    for one in begun:
        if not any(name.startswith(one) for name in known):
            areas = ", ".join(sorted({f"{name.partition('-')[0]}-" for name in known}))
            raise UsageError(f"no rule begins with '{one}'", hint=f"rules begin with {areas}")
    begins = tuple(begun) if begun or named else ("",)
    return [known[name] for name in sorted(known) if name.startswith(begins) or name in named]


def _named(name: str) -> Rule:
    """The rule of this id. Raises UsageError."""
    import difflib

    from mcpx.analyses.rules import every_rule

    known = every_rule()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "mcpx rules lists them"
        raise UsageError(f"there is no rule '{name}'", hint=hint)
    return known[name]
