"""Places of secrets on a machine, which no description has to name: keys, logins, environments."""

from __future__ import annotations

import re

_HOME = (
    r"(?:~|\$\{?(?:env:)?(?:HOME|USERPROFILE)\}?|%USERPROFILE%|/root|/(?:home|Users)/[\w.-]{1,40}"
    r"|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[\w.-]{1,40})"
)
_PLACES = (
    rf"{_HOME}[/\\]{{1,2}}\.(?:ssh|aws|azure|kube|gnupg|netrc|npmrc|pypirc|docker|pgpass"
    r"|config[/\\](?:gcloud|gh|op|hub|rclone)|cursor|claude|codeium|git-credentials"
    r"|bash_history|zsh_history|env|mozilla|password-store)\b",
    r"\.ssh[/\\]{1,2}(?:authorized_keys|known_hosts|id_\w)",
    r"\bid_(?:rsa|ed25519|ecdsa)\b",
    r"\bmcp\.json\b",
    r"claude_desktop_config",
    r"/etc/(?:passwd|shadow|sudoers)\b",
    r"\.git-credentials",
    r"\.(?:bash|zsh)_history\b",
    r"\.aws[/\\]{1,2}credentials",
    r"\.kube[/\\]{1,2}config\b",
    r"/proc/(?:self|[0-9]{1,7}|\*|\$\$)/environ\b",
    r"\bLibrary/Keychains\b|\blogin\.keychain",
    r"(?:/var)?/run/secrets/\w",
    r"\b(?:logins\.json|key4\.db)\b",
    r"\b(?:Chrome|Chromium|Default|Edge)[/\\]{1,2}Login Data\b",
    r"(?<![\w.])\.env\.(?:local|production|staging)\b",
    r"\b(?:read|open|load|copy|include|contents? of|fetch|cat)\b[^.\n]{0,30}(?<![\w.])\.env\b",
)
PLACE = re.compile("|".join(_PLACES), re.IGNORECASE)
# What every place has in it, in lower case; begins with few characters, so that it is quick.
HINT = re.compile(
    r"[./\\_](?:(?<=[/\\])\.|ssh|(?<=id_)(?:rsa|e)|json(?<=mcp.json|ins.json)|desktop_config|etc/"
    r"|git-c|(?:bash|zsh)_h|aws|kube|environ|keychain|secrets/|db|login data|env)"
)
