"""``mcpx rules``: what each rule is about, why it matters and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mcpx.commands import completing
from mcpx.commands.run import Run, command
from mcpx.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from mcpx.analyses.finding import Rule

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@command(app)
def rules(
    run: Run,
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="A rule to explain; without it, all are listed.",
            show_default=False,
            autocompletion=completing.rules,
        ),
    ] = None,
) -> ExitStatus:
    """Explain the rules that findings and problems name.

    Of each: why it matters, an example that fires it, how to mend it and how to silence it. What
    is silenced is no longer among findings; problems that inspect shows are always shown.
    """
    from mcpx.analyses.rules import RULES
    from mcpx.reports.rules import explained, listed

    if ids:
        run.deliver(explained([_named(one) for one in dict.fromkeys(ids)]))
    else:
        run.deliver(listed([RULES[one] for one in sorted(RULES)]))
    return ExitStatus.OK


def _named(name: str) -> Rule:
    """The rule of this id. Raises UsageError."""
    import difflib

    from mcpx.analyses.rules import RULES

    if name not in RULES:
        near = difflib.get_close_matches(name, RULES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "mcpx rules lists them"
        raise UsageError(f"there is no rule '{name}'", hint=hint)
    return RULES[name]
