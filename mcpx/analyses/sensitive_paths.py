"""Places of secrets on a machine, which no description has to name: keys, logins, environments."""

from __future__ import annotations

import re

_HOME = (
    r"(?:~|\$\{?(?:env:)?(?:HOME|USERPROFILE)\}?|%USERPROFILE%|/root|/(?:home|Users)/[\w.-]{1,40}"
    r"|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[\w.-]{1,40})"
)
# What a text must hold, in lower case, for an expression to be tried, and the expression.
_PLACES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("/.", "\\."),
        rf"{_HOME}[/\\]{{1,2}}\.(?:ssh|aws|azure|kube|gnupg|netrc|npmrc|pypirc|docker|pgpass"
        r"|config[/\\](?:gcloud|gh|op|hub|rclone)|cursor|claude|codeium|git-credentials"
        r"|bash_history|zsh_history|env|mozilla|password-store)\b",
    ),
    ((".ssh",), r"\.ssh[/\\]{1,2}(?:authorized_keys|known_hosts|id_\w)"),
    (("id_rsa", "id_e"), r"\bid_(?:rsa|ed25519|ecdsa)\b"),
    (("mcp.json",), r"\bmcp\.json\b"),
    (("desktop_config",), r"claude_desktop_config"),
    (("/etc/",), r"/etc/(?:passwd|shadow|sudoers)\b"),
    ((".git-credentials",), r"\.git-credentials"),
    (("sh_history",), r"\.(?:bash|zsh)_history\b"),
    ((".aws",), r"\.aws[/\\]{1,2}credentials"),
    ((".kube",), r"\.kube[/\\]{1,2}config\b"),
    (("/environ",), r"/proc/(?:self|[0-9]{1,7}|\*|\$\$)/environ\b"),
    (("keychain",), r"\bLibrary/Keychains\b|\blogin\.keychain"),
    (("run/secrets",), r"(?:/var)?/run/secrets/\w"),
    (("logins.json", "key4.db"), r"\b(?:logins\.json|key4\.db)\b"),
    (("login data",), r"\b(?:Chrome|Chromium|Default|Edge)[/\\]{1,2}Login Data\b"),
    ((".env",), r"(?<![\w.])\.env\.(?:local|production|staging)\b"),
    (
        (".env",),
        r"\b(?:read|open|load|copy|include|contents? of|fetch|cat)\b[^.\n]{0,30}(?<![\w.])\.env\b",
    ),
)
HINTS = tuple(dict.fromkeys(hint for hints, _ in _PLACES for hint in hints))
PLACE = re.compile("|".join(expression for _, expression in _PLACES), re.IGNORECASE)
