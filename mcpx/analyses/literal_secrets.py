"""Secrets that are written out in the definition of a server, each by its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mcpx.analyses.secret_names import holds_secret
from mcpx.masking import is_token, mask_arguments
from mcpx.servers import ServerSpec

# What stands for a value that is elsewhere, or for one that is still to be written in.
_REFERENCE = re.compile(
    r"\$\{\{[^}]*\}\}|\$\{[^}]+\}|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|\{\{?[\w:./ -]+\}?\}"
    r"|<[^<>]*>|\[[\w -]+\]"
    r"|(?:op|keyring|vault|secret|env|file)://?.*|(?:env|input|keychain|file|secret):.*"
)
# What a variable that is not set is replaced by, as in shells, compose files and hosts.
_FALLBACK = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*):?[-=](?P<value>[^}${]*)\}")
_PLACEHOLDER = re.compile(
    r"your[-_ ].*|.*[-_ ]here|x{3,}|\*+|.{0,16}\.{3,}|change[-_ ]?me|todo"
    r"|(?:my|the|insert|enter|replace|add)[-_ ].*|example|placeholder|dummy"
    r"|none|null|true|false|required|optional|disabled|enabled"
    r"|kerberos|basic|bearer|digest|oauth2?|ntlm|negotiate|iam|jwt|saml|oidc|ldap"
    r"|(?:sk|pk|ghp|pat|xox[bp])[-_](?:x+|\.+|your.*|\*+)",
    re.IGNORECASE | re.DOTALL,
)
_ON_DISK = re.compile(r"(?:[~.]{0,2}/[\w.@ /-]*|[A-Za-z]:[\\/].*)", re.DOTALL)
_SCHEMES = re.compile(r"(?:bearer|basic|token|apikey|api-key)\s+", re.IGNORECASE)
_SHORTEST = 6
# Of a value, so many letters are looked at.
_LONGEST = 4000
_USER = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*:(?P<password>[^/?#\s]+)@")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_RANDOM_PART = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_=]{20,}")
# A UUID is mostly what a thing is called by; after such a part of a path it lets one in.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LETS_IN = frozenset(("s", "k", "t", "key", "token", "secret", "auth", "hooks", "webhook"))
# A value in a longer one, under a name: in the string of a connection, in JSON, in a cookie.
_PAIR = re.compile(
    r"(?<![\w.])(?P<name>[A-Za-z][\w.-]{1,80}+)[\"']?\s{0,3}+[=:]\s{0,3}+"
    r"(?P<value>\"[^\"]*+\"|'[^']*+'|[^\s\"',;&}{]++)"
)


def literal_secrets(spec: ServerSpec) -> Iterator[tuple[str, str]]:
    """Where secrets are written out: the kind of place and its name.

    Kinds: ``variable``, ``header``, ``argument`` (its number), ``command`` and ``URL`` (no name).
    """
    for name, value in spec.env.items():
        if _is_secret(name, value):
            yield "variable", name
    for name, value in spec.headers.items():
        if _is_secret(name, _SCHEMES.sub("", value.strip(), count=1)):
            yield "header", name
    for number in _secret_arguments(spec.args):
        yield "argument", str(number)
    if any(_secret_arguments(spec.command[:_LONGEST].split())):
        yield "command", ""
    if spec.url and _is_secret_url(spec.url[:_LONGEST]):
        yield "URL", ""


def _secret_arguments(arguments: Sequence[str]) -> Iterator[int]:
    """The numbers of the arguments that hold a secret, from one on."""
    before = ""
    for number, (argument, shown) in enumerate(
        zip(arguments, mask_arguments(arguments), strict=True), start=1
    ):
        if argument != shown and _is_argument_secret(before, argument[:_LONGEST]):
            yield number
        before = argument


def _is_secret(name: str, value: str) -> bool:
    """Whether a value under a name is a secret that is written out."""
    value = value[:_LONGEST]
    if _has_fallback(value):
        return True
    value = _FALLBACK.sub(r"\g<value>", value).strip()
    if not _is_literal(value):
        return False
    if is_token(value) or _URL.fullmatch(value):
        return is_token(value) or _is_secret_url(value)
    if _holds_pairs(value):
        return _has_token(value)
    if holds_secret(name):
        return len(value) >= _SHORTEST and not _ON_DISK.fullmatch(value)
    return _has_token(value)


def _has_fallback(text: str) -> bool:
    """Whether a secret is written out for where its variable is not set."""
    return any(
        holds_secret(one["name"]) and _is_secret_value(one["value"])
        for one in _FALLBACK.finditer(text)
    )


def _is_literal(value: str) -> bool:
    """Whether something is written out, not referred to nor left to be filled in."""
    return bool(_REFERENCE.sub("", value).strip()) and not _PLACEHOLDER.fullmatch(value)


def _holds_pairs(value: str) -> bool:
    """Whether this is JSON or the string of a connection, which has names of its own."""
    return value.startswith(("{", "[")) or (value.count(";") > 1 and "=" in value)


def _has_token(text: str) -> bool:
    """Whether a longer text holds a token by its shape or name, or a URL with a secret in it."""
    if any(_is_secret_url(url) for url in _URL.findall(text)):
        return True
    without = _URL.sub("", text)
    if any(is_token(word) for word in re.split(r"[\s\"',;=:]+", without)):
        return True
    return any(
        holds_secret(pair["name"]) and _is_secret_value(pair["value"].strip("\"'"))
        for pair in _PAIR.finditer(without)
    )


def _is_secret_value(value: str) -> bool:
    """Whether a value under the name of a secret is one, where it stands in a text."""
    # In prose a word follows "password:".
    written = _is_literal(value) and not value.isalpha() and not _ON_DISK.fullmatch(value)
    return len(value) >= _SHORTEST and written


def _is_argument_secret(before: str, argument: str) -> bool:
    """Whether an argument that is masked holds a secret, by the option before it or its own."""
    name, sign, value = argument.partition("=")
    if before in ("-e", "--env") or name == "--env":
        name, _, value = (value if name == "--env" else argument).partition("=")
        return _is_secret(name, value)
    if before in ("-H", "--header"):
        name, _, value = argument.partition(":")
        return _is_secret(name, _SCHEMES.sub("", value.strip(), count=1))
    if before.startswith("-") and "=" not in before and holds_secret(before.lstrip("-")):
        return _is_secret(before.lstrip("-"), argument)
    if before in ("-u", "--user"):
        return _is_secret("password", argument.partition(":")[2])
    if sign and " " not in argument and not _URL.match(argument):
        return _is_secret(name.lstrip("-"), value)
    return _is_literal(argument) and (_has_fallback(argument) or _has_token(argument))


def _is_secret_url(url: str) -> bool:
    """Whether a URL holds a password, a secret after its path, or a path that nobody guesses."""
    user = _USER.match(url)
    if user and _is_literal(user["password"]):
        return True
    head, *rest = re.split("[?#]", url)
    for pair in "&".join(rest).split("&"):
        name, _, value = pair.partition("=")
        named = holds_secret(name) and not _URL.match(value)
        if is_token(value) or (named and len(value) >= _SHORTEST and _is_literal(value)):
            return True
    path = head.partition("://")[2].split("/")
    return any(
        is_token(part)
        or _RANDOM_PART.fullmatch(part)
        or (before.lower() in _LETS_IN and _UUID.fullmatch(part))
        for before, part in pairwise(path)
    )
