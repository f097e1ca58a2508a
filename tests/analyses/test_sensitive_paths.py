from __future__ import annotations

import time

import pytest

from mcpx.analyses.sensitive_paths import HINT, PLACE


@pytest.mark.parametrize(
    "text",
    [
        "~/.ssh/config",
        "$HOME/.aws",
        "${HOME}/.ssh/authorized_keys",
        "/Users/bob/.ssh/known_hosts",
        "/home/x/.codeium/y",
        "%USERPROFILE%\\.claude\\x",
        "$env:USERPROFILE\\.cursor",
        "C:\\Users\\bob\\.aws\\credentials",
        "C:\\\\Users\\\\bob\\\\.kube\\\\config",
        "~/.config/gh/hosts.yml",
        ".ssh/authorized_keys",
        "Signs with id_ecdsa.",
        ".cursor/mcp.json",
        "claude_desktop_config.json",
        "/etc/shadow",
        ".git-credentials",
        ".zsh_history",
        ".kube/config",
        "/proc/self/environ",
        "~/Library/Keychains/login.keychain-db",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "logins.json",
        "Chrome\\Default\\Login Data",
        ".env.local",
        "Read the file .env",
    ],
)
def test_places_of_secrets(text: str) -> None:
    assert PLACE.search(text)
    assert HINT.search(text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "~/.config/app/settings.toml",
        "/home/bob/project/ssh/keys.md",
        "C:\\Users\\bob\\Documents\\aws",
        "/etc/hosts",
        "process.env.local",
        "Set the variable in .env",
        "https://example.com/.well-known/x",
        "/proc/cpuinfo",
        "/run/secretservice",
        "The library keychains are sold in.",
        "Shows login data of users.",
    ],
)
def test_other_places(text: str) -> None:
    assert not PLACE.search(text)


@pytest.mark.parametrize("text", ["/home/", "~/.", "$HOME", "C:\\Users\\", "read ", ".env", "/run"])
def test_a_hostile_text_takes_little_time(text: str) -> None:
    start = time.perf_counter()
    PLACE.search(text * (10**6 // len(text)))
    assert time.perf_counter() - start < 8
