"""How a server is started: by which program in the end, and through which shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from mcpx.servers import tap_words

# Beyond this, a line for a shell is not taken apart.
LONGEST = 4000
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "fish", "ash")
_WINDOWS = ("powershell", "pwsh")
_SIGNS = ("|", "||", "&&", ";", ">", ">>", "<", "&")
_SHELL_TEXT = re.compile(r"\s(?:\|\|?|&&|>>?)\s|;\s|`|\$\(")
_PLAIN = re.compile(r"[\w@./:=~^+,-]+")


def program(command: str) -> str:
    """The name of a program without its directory and the ending that Windows gives it."""
    name = re.split(r"[/\\]", command.strip())[-1].lower()
    return re.sub(r"\.(?:exe|cmd|bat|ps1)$", "", name)


def shell(command: str, args: Sequence[str]) -> str:
    """What makes a shell of this start: ``sh -c``, ``a pipe``; empty when none is seen."""
    words = _bare(_words(command, args))
    if not words:
        return ""
    return _shell(program(words[0]), words[1:]) or _operator(command, args)


def _shell(name: str, args: Sequence[str]) -> str:
    flags = [argument.lower() for argument in args]
    if name in _SHELLS:
        own = _own_options(args, ("-o", "-O", "+o", "+O", "--rcfile", "--init-file"))
        dash = next((one for one in own if re.fullmatch(r"-[A-Za-z]*c", one)), "")
        return f"{name} {dash}" if dash else ""
    if name in _WINDOWS:
        before = list(takewhile(lambda flag: flag not in ("-f", "-file"), flags))
        dash = next(
            (f for f in before if re.fullmatch(r"-(?:c|command|e|ec|encodedcommand)", f)), ""
        )
        return f"{name} {dash}" if dash else ""
    if name == "cmd":
        at = next((place for place, flag in enumerate(flags) if flag in ("/c", "/k")), None)
        if at is None or _is_plain(args[at + 1 :]):
            return ""
        return f"cmd {flags[at]}"
    if name == "npx" or (name == "npm" and flags[:1] in (["exec"], ["x"])):
        # npm hands the text after such an option to a shell.
        own = _own_options(args if name == "npx" else args[1:], ("-p", "--package"))
        dash = next((one for one in own if re.match(r"(?:-c|--call)(?:=|$)", one)), "")
        return f"{name} {dash.partition('=')[0]}" if dash else ""
    return ""


def _operator(command: str, args: Sequence[str]) -> str:
    shells = (*_SHELLS, *_WINDOWS, "cmd")
    if program(command) in shells:
        return ""
    if any(argument in _SIGNS for argument in args):
        return "an operator of the shell among its arguments"
    if _SHELL_TEXT.search(command[:LONGEST]):
        return "an operator of the shell in its command"
    return ""


def _own_options(args: Sequence[str], with_values: Sequence[str]) -> Iterator[str]:
    """The options of a program itself, not those of the script that it runs."""
    words = iter(args)
    for word in words:
        if word[:1] not in ("-", "+") or word in ("-", "--"):
            return
        yield word
        if word in with_values:
            next(words, None)


def _is_plain(words: Sequence[str]) -> bool:
    """Whether this is a package's runner with plain words: on Windows npx is npx.cmd."""
    plain = all(_PLAIN.fullmatch(word) for word in words)
    return bool(words) and plain and program(words[0]) in _RUNNERS


def commands(command: str, args: Sequence[str]) -> Iterator[list[str]]:
    """The command in words, and those that a shell is given as one text."""
    words = _bare(_words(command, args))
    yield words
    name = program(words[0]) if words else ""
    if name == "cmd":
        at = next((place for place, word in enumerate(words) if word.lower() in ("/c", "/k")), None)
        rest = words[at + 1 :] if at is not None else []
        yield _bare(rest[0].split() if len(rest) == 1 else rest)
    elif name in (*_SHELLS, *_WINDOWS, "npx", "npm"):
        for text in words[1:]:
            for part in re.split(r"[;|&\n]+", text[:LONGEST]) if " " in text else ():
                try:
                    inner = shlex.split(part)
                except ValueError:
                    inner = part.split()
                yield _bare(inner)


def _words(command: str, args: Sequence[str]) -> list[str]:
    """The command and its arguments, without the words of a tap before them.

    What some hosts let stand in the command too is split.
    """
    first = command[:LONGEST].split()
    words = [command, *args]
    if len(first) > 1 and (not args or program(first[0]) in _KNOWN):
        words = [*first, *args]
    return words[tap_words(words) :]


def _bare(words: Sequence[str]) -> list[str]:
    """What is started in the end: without variables, and programs that only start others."""
    words = list(words)
    for _ in range(_MOST_WRAPPERS):
        place = next((at for at, word in enumerate(words) if not _SETS.match(word)), len(words))
        name = program(words[place]) if place < len(words) else ""
        if name in _WRAPPERS:
            place = _after_options(words, place + 1, _WRAPPERS[name]) + _TAKES.get(name, 0)
        elif name in _KEEPERS and "--" in words:
            place = words.index("--") + 1
        elif place == 0:
            break
        words = _words(words[place], words[place + 1 :]) if place < len(words) else []
    return words


def _after_options(words: Sequence[str], place: int, with_values: Sequence[str]) -> int:
    """Where the options and variables that begin at a place end."""
    while place < len(words) and (words[place][:1] == "-" or _SETS.match(words[place])):
        word = words[place]
        if word not in with_values and word in ("--", "-e", "--exec"):
            return place + 1
        place += 2 if word in with_values else 1
    return place


# Programs that start another one, and those of their options that have a value.
# Source: the manuals of GNU coreutils, findutils, sudo, BusyBox, WSL.
_WRAPPERS: Mapping[str, tuple[str, ...]] = {
    "env": ("-u", "--unset", "-C", "--chdir"),
    "sudo": ("-u", "--user", "-g", "--group", "-h", "--host", "-D", "--chdir"),
    "doas": ("-u", "-C"),
    "wsl": ("-d", "--distribution", "-u", "--user", "--cd", "--shell-type"),
    "busybox": (),
    "toybox": (),
    "xargs": ("-I", "-n", "-P", "-a", "-d", "-L", "-s", "-E"),
    "nice": ("-n",),
    "ionice": ("-c", "-n"),
    "nohup": (),
    "setsid": (),
    "exec": (),
    "command": (),
    "cross-env": (),
    "time": (),
    "stdbuf": ("-i", "-o", "-e"),
    "timeout": ("-s", "--signal", "-k", "--kill-after"),
}
_TAKES = {"timeout": 1}
_MOST_WRAPPERS = 5
_SETS = re.compile(r"[A-Za-z_]\w*=")
# They put secrets into the variables of what follows two dashes, and start it.
_KEEPERS = ("op", "doppler", "infisical", "dotenv", "dotenvx", "aws-vault", "chamber", "mise")
# Programs that fetch and run packages and images.
_RUNNERS = (
    *("npx", "bunx", "pnpx", "npm", "bun", "pnpm", "yarn", "uvx", "uv", "pipx"),
    *("docker", "podman", "nerdctl", "deno", "go", "nix"),
)
_KNOWN = frozenset((*_RUNNERS, *_WRAPPERS, *_KEEPERS, *_SHELLS, *_WINDOWS, "cmd"))
