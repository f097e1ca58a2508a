"""How a server can be named again on a command line, for hints: no secret is repeated."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mcpx.masking import is_secret_name, mask_arguments, mask_text

if TYPE_CHECKING:
    from mcpx.commands.run import Connecting


def retyped(word: str, command: Sequence[str], given: Connecting) -> str:
    """The target with the options that it takes, as a shell takes them.

    ``word`` is the target, or empty for the ``command`` line after --. A target with a secret in
    it is ``TARGET``; secrets in options are asked for from variables, or left as ``…``.
    """
    words = list(command) or [word]
    target = word or f"stdio:{shlex.join(command)}"
    shown = "TARGET" if tells_a_secret(words) else shlex.quote(target)
    return " ".join([shown, *_options(given)])


def tells_a_secret(words: Sequence[str]) -> bool:
    """Whether the words of a target, or of a command, hold what has to be masked."""
    # A target may be a command line in one word.
    pieces = [piece for word in words for piece in word.split()]
    plain = mask_arguments(words) == list(words) and mask_arguments(pieces) == pieces
    return not plain or any(mask_text(word) != word for word in words)


def _options(given: Connecting) -> Iterator[str]:
    if given.era is not None:
        yield f"--era {shlex.quote(given.era)}"
    if given.bearer_env is not None:
        yield f"--bearer-env {shlex.quote(given.bearer_env)}"
    for header in given.header or ():
        name = header.partition(":")[0].strip()
        authorizes = name.lower() == "authorization"
        yield "--bearer-env VARIABLE" if authorizes else f"--header {shlex.quote(f'{name}: …')}"
    for pair in given.env or ():
        yield f"--env {shlex.quote(pair.partition('=')[0])}"
    for file in given.env_file or ():
        yield f"--env-file {shlex.quote(file)}"
    for pair in given.set_values or ():
        name, _, value = pair.partition("=")
        hidden = is_secret_name(name) or mask_text(value) != value
        yield f"--set {shlex.quote(f'{name}=…' if hidden else pair)}"
    if given.cwd is not None:
        yield f"--cwd {shlex.quote(given.cwd)}"
    if given.inherit_env:
        yield "--inherit-env"
    if given.trust_project:
        yield "--trust-project"
