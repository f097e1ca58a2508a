from __future__ import annotations

import pytest

from mcpx.sources.runners import (
    UnusableError,
    Words,
    checked,
    command,
    exactly,
    pipx,
    runner_of,
    uvx,
)

KINDS = ("npm", "pypi", "oci", "nuget")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "bad",
    [
        *("", "-e", "--registry=x", "a b", "a\nb", "a\x1b", "$(id)", "a;b", "a|b", "../a"),
        *("git+ssh://h/a", "a" * 401),
    ],
)
def test_an_identifier_cannot_be_an_option_a_place_or_a_command(kind: str, bad: str) -> None:
    with pytest.raises(UnusableError, match="no valid identifier"):
        checked({"identifier": bad, "version": "1"}, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", ["-1", "1 2", "1\n", "npm:other@1", "file:/etc", "^1", "http://x"])
def test_a_version_cannot_be_anything_else(kind: str, bad: str) -> None:
    with pytest.raises(UnusableError, match="no valid version"):
        checked({"identifier": "a", "version": bad}, kind)


@pytest.mark.parametrize("kind", ["npm", "pypi", "nuget"])
def test_the_usual_place_may_be_named_and_no_other(kind: str) -> None:
    label = {"npm": "npmjs"}.get(kind, kind)
    package = {"identifier": "a", "version": "1", "registryBaseUrl": f"https://x.{label}.org/"}
    assert checked(package, kind) == ("a", "1")
    for base in (f"https://{label}.evil.example", "https://host.example", "https://[", "file:/x"):
        with pytest.raises(UnusableError, match="not at the usual place"):
            checked({**package, "registryBaseUrl": base}, kind)


@pytest.mark.parametrize(
    ("identifier", "base", "image"),
    [
        ("org/image", "", "org/image"),
        ("org/image", "https://docker.io", "org/image"),
        ("org/image", "https://registry.docker.io/v2", "org/image"),
        ("org/image", "https://evildocker.io", "evildocker.io/org/image"),
        ("org/image", "https://u:p@ghcr.io/x", "ghcr.io/org/image"),
        ("ghcr.io/i:1", "https://ghcr.io", "ghcr.io/i:1"),
        ("localhost:5/i", "https://ghcr.io", "localhost:5/i"),
    ],
)
def test_an_image_stands_with_its_host(identifier: str, base: str, image: str) -> None:
    assert checked({"identifier": identifier, "registryBaseUrl": base}, "oci") == (image, "")


def test_an_image_without_tls_is_refused() -> None:
    with pytest.raises(UnusableError, match="not on https"):
        checked({"identifier": "i", "registryBaseUrl": "http://insecure.example"}, "oci")


def test_the_first_runner_that_is_installed_is_taken() -> None:
    assert runner_of("pypi", lambda _: True) == "uvx"
    assert runner_of("pypi", lambda program: program == "pipx") == "pipx"
    with pytest.raises(UnusableError, match="its oci package needs docker") as caught:
        runner_of("oci", lambda _: False)
    assert caught.value.instead == "install Docker"


@pytest.mark.parametrize(
    ("kind", "words", "line"),
    [
        ("npm", Words("npx", ["--yes"], "p", "1", (), ["a"]), "--yes p@1 a"),
        ("npm", Words("npx", ["--package=q"], "p", "1"), "--package=q -y p"),
        ("pypi", Words("uvx", ["--from=q"], "p", "1", (), ["a"]), "--from=q p a"),
        ("pypi", Words("pipx", [], "p", "1", (), ["a"]), "run --spec p==1 p a"),
        ("oci", Words("docker", ["run", "-i"], "h/i", "1", ["A"], ["a"]), None),
        ("nuget", Words("dnx", ["-x"], "P", "1", (), ["a"]), "-x P@1 --yes -- a"),
        ("nuget", Words("dnx", [], "P", ""), "P --yes"),
    ],
)
def test_each_runner_wants_its_own_words(kind: str, words: Words, line: str | None) -> None:
    expected = line or "run --rm -i -e A h/i:1 a"
    assert " ".join(command(kind, words)) == expected


def test_extras_and_the_newest_are_spelt_as_requirements() -> None:
    assert exactly("latest") == exactly("") == ""
    assert uvx("p", "[x]", "1", ["a"]) == ["--from", "p[x]==1", "p", "a"]
    assert pipx("p", "[x]", "latest", []) == ["run", "--spec", "p[x]", "p"]


@pytest.mark.parametrize("version", ["", "1.0.0", "1.tgz"])
def test_an_archive_in_the_current_folder_is_no_package(version: str) -> None:
    identifier = "a" if version == "1.tgz" else "a.tgz"
    with pytest.raises(UnusableError, match="is an archive in a folder"):
        checked({"identifier": identifier, "version": version}, "npm")
