"""The package or image that a server is started from, and whether its version is fixed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from mcpx.analyses.launches import commands, program

_NPM = re.compile(r"(?P<name>(?:@[^/@\s]+/)?[^/@\s:]+)(?:@(?P<version>.+))?")
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+[0-9A-Za-z.+-]*")
_PYTHON = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:(?:===?|@)(?P<version>[^,;\s]+))?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_HASH = re.compile(r"[0-9a-f]{12,40}")
_LONGEST = 4000
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
# Program -> the options with a value that may stand before its verb.
_GLOBAL_VALUES: Mapping[str, tuple[str, ...]] = {
    "uv": _UV_VALUES,
    "docker": ("-c", "--context", "-H", "--host", "--config", "-l", "--log-level"),
    "podman": ("-c", "--connection", "--url", "--identity", "--log-level", "--root"),
    "nerdctl": ("-n", "--namespace", "-a", "--address", "-H", "--host"),
    "pnpm": ("-C", "--dir", "-F", "--filter"),
    "npm": ("--prefix", "-w", "--workspace"),
    "nix": ("--extra-experimental-features", "--experimental-features"),
}
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
    ("uv", ("run",), "with"),
    ("pipx", ("run",), "python"),
    ("docker", ("run",), "image"),
    ("docker", ("container", "run"), "image"),
    ("podman", ("run",), "image"),
    ("nerdctl", ("run",), "image"),
    ("deno", ("run",), "deno"),
    ("go", ("run",), "go"),
    ("nix", ("run",), "nix"),
)
# Source: docker's manual of "run".
_DOCKER_FLAGS = (
    *("--rm", "--interactive", "--tty", "--detach", "--init", "--privileged", "--read-only"),
    *("--publish-all", "--quiet", "--no-healthcheck", "--oom-kill-disable", "--sig-proxy"),
    *("--disable-content-trust", "--help", "--replace", "--tls-verify"),
)


def unpinned(command: str, args: Sequence[str]) -> str:
    """The package or image without a fixed version that this starts; empty when none is seen."""
    for words in commands(command, args):
        found = _runner(words)
        if found is None:
            continue
        kind, rest = found
        named, is_pinned = _KINDS[kind]
        for package in named(rest):
            if not is_pinned(package):
                return package
    return ""


def _runner(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """The kind of package that these words run, and what follows the runner."""
    name = program(words[0]) if words else ""
    for runner, verbs, kind in _RUNNERS:
        if name != runner:
            continue
        place = _after_options(words, 1, _GLOBAL_VALUES.get(name, ())) if verbs else 1
        if tuple(words[place : place + len(verbs)]) == verbs:
            return kind, list(words[place + len(verbs) :])
    return None


def _after_options(words: Sequence[str], place: int, with_values: Sequence[str]) -> int:
    """Where the options that begin at a place end."""
    while place < len(words) and words[place].startswith("-"):
        place += 2 if words[place] in with_values else 1
    return place


def _of_npm(words: Sequence[str]) -> Iterator[str]:
    return _named(words, ("-p", "--package"), _NODE_VALUES, ("-c", "--call"))


def _of_python(words: Sequence[str]) -> Iterator[str]:
    return _named(words, ("--from", "--spec"), _UV_VALUES)


def _named(
    words: Sequence[str],
    naming: Sequence[str],
    values: Sequence[str],
    ending: Sequence[str] = (),
) -> Iterator[str]:
    """The packages that options name, else the first word that is none."""
    found: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        option, sign, value = word.partition("=")
        if option in ending:
            break
        if not word.startswith("-"):
            found = found or [word]
            break
        if option in naming:
            found += [value] if sign else list(words[place + 1 : place + 2])
        place += 2 if option in values and not sign else 1
    yield from found


def _of_with(words: Sequence[str]) -> Iterator[str]:
    """The packages that ``uv run`` is told to have at hand."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        option, sign, value = words[place].partition("=")
        if option == "--with":
            told = value if sign else "".join(words[place + 1 : place + 2])
            # Between brackets commas part extras.
            yield from re.split(r",(?![^\[]*\])", told[:_LONGEST])
        place += 2 if option in _UV_VALUES and not sign else 1


def _of_first(words: Sequence[str]) -> Iterator[str]:
    yield from [word for word in words if not word.startswith("-")][:1]


def _of_image(words: Sequence[str]) -> Iterator[str]:
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
    tag = image.rpartition("/")[2].partition(":")[2].lower()
    return bool(tag) and tag not in _MOVING


def _is_pinned_deno(package: str) -> bool:
    kind, colon, name = package.partition(":")
    return not colon or kind not in ("npm", "jsr") or _is_pinned_npm(name)


def _is_pinned_go(package: str) -> bool:
    _, sign, version = package.partition("@")
    # Without a version it is what the module of the directory has of it.
    return not sign or bool(_EXACT.fullmatch(version) or _HASH.fullmatch(version))


def _is_pinned_nix(package: str) -> bool:
    place = package.partition("#")[0]
    fetched = re.match(r"(?:github|gitlab|sourcehut|nixpkgs\b|git\+https?|git\+ssh)", place)
    return (
        fetched is None
        or re.search(rf"(?<![0-9a-f]){_COMMIT.pattern}(?![0-9a-f])", place) is not None
    )


def _is_place(package: str) -> bool:
    """Whether this is on the machine, or held open by a variable."""
    on_disk = package.startswith((".", "/", "~", "file:", "$", "{", "%", "<"))
    return on_disk or re.match(r"[A-Za-z]:[\\/]", package) is not None


# Tags that their owners move from image to image.
_MOVING = frozenset(
    (
        *("latest", "main", "master", "head", "trunk", "dev", "devel", "develop", "development"),
        *("edge", "nightly", "next", "canary", "snapshot", "alpha", "beta", "rc", "preview"),
        *("unstable", "stable", "lts", "current", "release", "prod", "production"),
    )
)
# What stands for each kind: how its packages are named, and which of them are of a fixed version.
_KINDS: Mapping[str, tuple[Callable[[Sequence[str]], Iterator[str]], Callable[[str], bool]]] = {
    "npm": (_of_npm, _is_pinned_npm),
    "python": (_of_python, _is_pinned_python),
    "with": (_of_with, _is_pinned_python),
    "image": (_of_image, _is_pinned_image),
    "deno": (_of_first, _is_pinned_deno),
    "go": (_of_first, _is_pinned_go),
    "nix": (_of_first, _is_pinned_nix),
}
