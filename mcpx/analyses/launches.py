"""How a server is started: through which shell, and from a package or image of which version."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

# Beyond this, a line for a shell is not taken apart.
_LONGEST = 4000
_SHELLS = ("sh", "bash", "zsh", "dash", "ksh", "fish", "ash")
_WINDOWS = ("powershell", "pwsh")
_SIGNS = ("|", "||", "&&", ";", ">", ">>", "<", "&")
_SHELL_TEXT = re.compile(r"\s(?:\|\|?|&&|>>?)\s|;\s|`|\$\(")
_PLAIN = re.compile(r"[\w@./:=~^+,-]+")
_NPM = re.compile(r"(?P<name>(?:@[^/@\s]+/)?[^/@\s:]+)(?:@(?P<version>.+))?")
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+[0-9A-Za-z.+-]*")
_PYTHON = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:(?:===?|@)(?P<version>[^,;\s]+))?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"v?[0-9][\w.-]*")

# Program -> words that make it fetch and run a package, and the options with a value before it.
# Source: the manuals of npm, pnpm, yarn, bun, uv and pipx.
_NODE_VALUES = ("-p", "--package", "--registry", "--cache", "--prefix", "-w", "--workspace")
_UV_VALUES = (
    *("--from", "-p", "--python", "--with", "--with-editable", "--with-requirements"),
    *("--index", "--default-index", "--index-url", "-i", "--extra-index-url", "-f", "--find-links"),
    *("--directory", "--project", "--env-file", "--cache-dir", "--refresh-package", "-c", "-b"),
    *(
        "--overrides",
        "--constraints",
        "--spec",
        "--pip-args",
        "--exclude-newer",
        "--index-strategy",
    ),
)
_RUNNERS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("npx", (), "npm"),
    ("bunx", (), "npm"),
    ("pnpx", (), "npm"),
    ("npm", ("exec",), "npm"),
    ("npm", ("x",), "npm"),
    ("bun", ("x",), "npm"),
    ("pnpm", ("dlx",), "npm"),
    ("yarn", ("dlx",), "npm"),
    ("uvx", (), "python"),
    ("uv", ("tool", "run"), "python"),
    ("pipx", ("run",), "python"),
    ("docker", ("run",), "image"),
    ("docker", ("container", "run"), "image"),
    ("podman", ("run",), "image"),
    ("nerdctl", ("run",), "image"),
)
# Source: docker's manual of "run".
_DOCKER_FLAGS = (
    *("--rm", "--interactive", "--tty", "--detach", "--init", "--privileged", "--read-only"),
    *("--publish-all", "--quiet", "--no-healthcheck", "--oom-kill-disable", "--sig-proxy"),
    *("--disable-content-trust", "--help", "--replace", "--tls-verify"),
)


def program(command: str) -> str:
    """The name of a program without its directory and the ending that Windows gives it."""
    name = re.split(r"[/\\]", command.strip())[-1].lower()
    return re.sub(r"\.(?:exe|cmd|bat|ps1)$", "", name)


def shell(command: str, args: Sequence[str]) -> str:
    """What makes a shell of this start: ``sh -c``, ``a pipe``; empty when none is seen."""
    name = program(command)
    flags = [argument.lower() for argument in args]
    if name in _SHELLS:
        dash = next((f for f in flags if re.fullmatch(r"-[a-z]*c", f)), "")
        return f"{name} {dash}" if dash else ""
    if name in _WINDOWS:
        dash = next(
            (f for f in flags if re.fullmatch(r"-(?:c|command|e|ec|encodedcommand)", f)), ""
        )
        return f"{name} {dash}" if dash else ""
    if name == "cmd":
        at = next((place for place, flag in enumerate(flags) if flag in ("/c", "/k")), None)
        if at is None or _is_runner(args[at + 1 :]):
            return ""
        return f"cmd {flags[at]}"
    if any(argument in _SIGNS for argument in args):
        return "an operator of the shell among its arguments"
    if _SHELL_TEXT.search(command[:_LONGEST]):
        return "an operator of the shell in its command"
    return ""


def _is_runner(words: Sequence[str]) -> bool:
    """Whether this is a package's runner with plain words: on Windows npx is npx.cmd."""
    plain = all(_PLAIN.fullmatch(word) for word in words)
    return bool(words) and plain and _runner(words) is not None


def unpinned(command: str, args: Sequence[str]) -> str:
    """The package or image without a fixed version that this starts; empty when none is seen."""
    for words in _commands(command, args):
        found = _runner(words)
        if found is None:
            continue
        kind, rest = found
        for package in _image(rest) if kind == "image" else _packages(rest, kind):
            if not _PINNED[kind](package):
                return package
    return ""


def _commands(command: str, args: Sequence[str]) -> Iterator[list[str]]:
    """The command in words, and those that a shell is given as one text."""
    words = [*command.split(), *args] if " " in command and not args else [command, *args]
    yield words
    name = program(words[0]) if words else ""
    if name == "cmd":
        at = next((place for place, word in enumerate(words) if word.lower() in ("/c", "/k")), None)
        rest = words[at + 1 :] if at is not None else []
        yield rest[0].split() if len(rest) == 1 else rest
    elif name in (*_SHELLS, *_WINDOWS):
        for text in args:
            for part in re.split(r"[;|&\n]+", text[:_LONGEST]) if " " in text else ():
                try:
                    inner = shlex.split(part)
                except ValueError:
                    inner = part.split()
                yield inner[1:] if inner[:1] == ["exec"] else inner


def _runner(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """The kind of package that these words run, and what follows the runner."""
    if not words:
        return None
    name = program(words[0])
    for runner, verbs, kind in _RUNNERS:
        if name == runner and tuple(words[1 : 1 + len(verbs)]) == verbs:
            return kind, list(words[1 + len(verbs) :])
    return None


def _packages(words: Sequence[str], kind: str) -> Iterator[str]:
    """The package that is run: what --package, --from or --spec names, else the first word."""
    values = _NODE_VALUES if kind == "npm" else _UV_VALUES
    naming = ("-p", "--package") if kind == "npm" else ("--from", "--spec")
    named: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        option, sign, value = word.partition("=")
        if kind == "npm" and option in ("-c", "--call"):
            break
        if not word.startswith("-") or word == "--":
            if word != "--":
                named = named or [word]
                break
        elif option in naming:
            named += [value] if sign else list(words[place + 1 : place + 2])
        place += 2 if option in values and not sign else 1
    yield from named


def _image(words: Sequence[str]) -> Iterator[str]:
    """The image that is run: the first word that is no option, nor the value of one."""
    place = 0
    while place < len(words):
        word = words[place]
        if not word.startswith("-"):
            yield word
            return
        alone = "=" in word or word in _DOCKER_FLAGS
        if not word.startswith("--"):
            # Letters such as -it stand together; -eNAME=value holds its value.
            alone = not re.fullmatch(r"-[itdPq]*[a-zA-Z]", word) or word[-1] in "itdPq"
        place += 1 if alone else 2


def _is_pinned_npm(package: str) -> bool:
    if _is_place(package) or package.startswith("workspace:"):
        return True
    if "://" in package or package.startswith(("github:", "gitlab:", "git+", "bitbucket:")):
        return _COMMIT.fullmatch(package.partition("#")[2]) is not None
    parts = _NPM.fullmatch(package)
    if parts is None:
        # "user/repository" is one of GitHub.
        return _COMMIT.fullmatch(package.partition("#")[2]) is not None
    return _EXACT.fullmatch(parts["version"] or "") is not None


def _is_pinned_python(package: str) -> bool:
    if _is_place(package):
        return True
    if "://" in package:
        version = package.rpartition("@")[2].partition("#")[0]
        archive = package.partition("#")[0].endswith((".whl", ".tar.gz", ".zip"))
        return archive or bool(_COMMIT.fullmatch(version) or _TAG.fullmatch(version))
    parts = _PYTHON.fullmatch(package.replace(" ", ""))
    version = (parts["version"] or "") if parts else ""
    return bool(re.fullmatch(r"v?[0-9][^*]*", version))


def _is_pinned_image(image: str) -> bool:
    if "@sha256:" in image:
        return True
    tag = image.rpartition("/")[2].partition(":")[2]
    return bool(tag) and tag != "latest"


def _is_place(package: str) -> bool:
    """Whether this is on the machine, or held open by a variable."""
    on_disk = package.startswith((".", "/", "~", "file:", "$", "{", "%", "<"))
    return on_disk or re.match(r"[A-Za-z]:[\\/]", package) is not None


_PINNED = {"npm": _is_pinned_npm, "python": _is_pinned_python, "image": _is_pinned_image}
