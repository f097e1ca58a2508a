from __future__ import annotations

import base64
import html
import json
import shlex
import string
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.masking import (
    MASK,
    Mask,
    is_secret_name,
    mask_arguments,
    mask_text,
    mask_url,
    mask_value,
    secrets_of,
    tokens_in,
)
from mcpx.reports.markdown import escaped
from mcpx.servers import ServerSpec, Transport
from mcpx.terminal import safe, safe_block

CANARY = "c4naryC4nary"
GITHUB = "ghp_" + "a1B2" * 9
BASIC = base64.b64encode(b"bob:p@ssw0rd").decode()


def basic(user: str) -> tuple[str, str]:
    return user, base64.b64encode(user.encode()).decode()


# What secrets are made of, and nothing that could also stand around one in these tests.
SECRETS = st.text(string.ascii_letters + string.digits + "-_.~", min_size=8, max_size=40).map(
    lambda text: "Q7" + text
)


@pytest.mark.parametrize(
    "name",
    [
        *("TOKEN", "GITHUB_TOKEN", "api-key", "API_KEY", "apiKey", "OPENAI_KEY", "password"),
        *("Authorization", "X-Auth", "oauth", "cookie", "client_secret", "PGPASS", "SENTRY_DSN"),
        *("GITHUB_PAT", "sig", "private_key", "AWS_SECRET_ACCESS_KEY", "session-id", "pwd"),
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "keyboard", "monkey", "path", "author", "authors", "AUTHOR_NAME", "passage"],
)
def test_ordinary_names_are_not_secrets(name: str) -> None:
    assert is_secret_name(name) is (name == "AUTHOR_NAME")


@pytest.mark.parametrize(
    ("arguments", "masked"),
    [
        pytest.param(["--token", CANARY], ["--token", MASK], id="after-a-flag"),
        pytest.param(["--token", "-" + CANARY], ["--token", MASK], id="that-starts-with-a-dash"),
        pytest.param([f"--api-key={CANARY}"], [f"--api-key={MASK}"], id="with-equals"),
        pytest.param([f"--password={CANARY} x"], [f"--password={MASK}"], id="with-spaces"),
        pytest.param(["--token", "--verbose"], ["--token", "--verbose"], id="flag-after-flag"),
        pytest.param(["--token"], ["--token"], id="flag-at-the-end"),
        pytest.param(["-e", f"OPENAI_KEY={CANARY}"], ["-e", f"OPENAI_KEY={MASK}"], id="docker-e"),
        pytest.param([f"--env=MY_PAT={CANARY}"], [f"--env=MY_PAT={MASK}"], id="docker-env"),
        pytest.param([f"-eMY_PAT={CANARY}"], [f"-eMY_PAT={MASK}"], id="docker-e-joined"),
        pytest.param(
            ["--header", f"Authorization: Bearer {CANARY}"],
            ["--header", f"Authorization: {MASK}"],
            id="header",
        ),
        pytest.param([f"X-Api-Key: {CANARY}"], [f"X-Api-Key: {MASK}"], id="named-header"),
        pytest.param(
            [f"https://u:{CANARY}@host/p?k={CANARY}"], [f"https://{MASK}@host/p?k={MASK}"], id="url"
        ),
        pytest.param([GITHUB], [MASK], id="by-shape"),
        pytest.param(
            ['{"token":"' + CANARY + ',and more"}'], ['{"token":"' + MASK + '"}'], id="json"
        ),
        pytest.param([f"x --secret={CANARY}"], [f"x --secret={MASK}"], id="inside-a-shell-word"),
    ],
)
def test_secrets_in_arguments_are_masked(arguments: list[str], masked: list[str]) -> None:
    assert mask_arguments(arguments) == masked


@pytest.mark.parametrize(
    "argument",
    [
        *("-y", "--verbose", "--port=8080", "@scope/pkg@1.2.3", "/srv/data", "C:\\Users\\me"),
        *("keyboard", "run", "mcp-server-time", "--local-timezone=Europe/Berlin", "", "-", "--"),
        *("MODE=fast", "--author=me", "https://host/mcp", "unix:///run/x.sock#/mcp"),
        *("a=b=c", "--dir", "author: Jane", "skills-server"),
    ],
)
def test_ordinary_words_survive(argument: str) -> None:
    assert mask_arguments([argument]) == [argument]


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://host/mcp", "https://host/mcp"),
        (f"https://{CANARY}@host/mcp", f"https://{MASK}@host/mcp"),
        (f"https://{CANARY}:x-oauth-basic@host", f"https://{MASK}@host"),
        (f"https://me:{CANARY}@host:80/a/b", f"https://{MASK}@host:80/a/b"),
        (f"https://a@b:{CANARY}@host/", f"https://{MASK}@host/"),
        (f"https://host?key={CANARY}&flag&x=", f"https://host?key={MASK}&flag&x="),
        (f"https://host/#token={CANARY}", f"https://host/#token={MASK}"),
        (f"https://host/{GITHUB}/mcp", f"https://host/{MASK}/mcp"),
        ("unix:///socket#/mcp", "unix:///socket#/mcp"),
        ("", ""),
        ("host/path", "host/path"),
    ],
)
def test_urls_keep_their_place_and_lose_their_secrets(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@pytest.mark.parametrize(
    "token",
    [
        GITHUB,
        "github_pat_" + "A1b2_" * 5,
        "glpat-" + "x1Y2" * 5,
        "sk-ant-api03-" + "Zz9_" * 6,
        "sk_live_" + "a1" * 8,
        "xoxb-123456-abcdef",
        "AKIA" + "A1B2" * 4,
        "AIza" + "a_1" * 11,
        "hf_" + "aB3" * 8,
        "npm_" + "aB3" * 12,
        "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl",
    ],
)
def test_well_known_tokens_are_masked_wherever_they_stand(token: str) -> None:
    assert mask_text(f"before {token} after") == f"before {MASK} after"
    assert mask_text(f'"{token}"') == f'"{MASK}"'


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param(f"401: Bearer {CANARY}", f"401: Bearer {MASK}", id="bearer"),
        pytest.param(f"basic {CANARY}==", f"basic {MASK}", id="basic"),
        pytest.param(f"GITHUB_TOKEN={CANARY}", f"GITHUB_TOKEN={MASK}", id="assignment"),
        pytest.param(f"'password': '{CANARY}'", f"'password': '{MASK}'", id="python-dict"),
        pytest.param(f'"password": "a\\"{CANARY}"', f'"password": "{MASK}"', id="json-escape"),
        pytest.param(f'"password": "{CANARY}', f'"password": "{MASK}', id="cut-off"),
        pytest.param(f"see http://a:{CANARY}@b/c.", f"see http://{MASK}@b/c.", id="url-in-text"),
        pytest.param("no such file: /tmp/x", "no such file: /tmp/x", id="ordinary"),
        pytest.param('"password": ""', '"password": ""', id="nothing-to-hide"),
        pytest.param("the authors = us", "the authors = us", id="authors"),
    ],
)
def test_free_text_loses_its_secrets(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 200_000, id="one-word"),
        pytest.param("a." * 50_000, id="dots"),
        pytest.param("token" * 20_000, id="names"),
        pytest.param("-eyJ" * 20_000, id="beginnings-of-tokens"),
        pytest.param("http:" * 20_000, id="schemes"),
        pytest.param('token="' * 10_000, id="open-quotes"),
        pytest.param("token" + " " * 100_000, id="spaces"),
    ],
)
def test_long_hostile_text_is_masked_in_reasonable_time(text: str) -> None:
    started = time.process_time()
    mask_text(text)
    assert time.process_time() - started < 3


def spec_with(secret: str) -> list[ServerSpec]:
    http = {"transport": Transport.HTTP}
    return [
        ServerSpec("x", command="run", env={"MY_TOKEN": secret}),
        ServerSpec("x", command="run", env={"DATABASE": f"postgres://me:{secret}@db/x"}),
        ServerSpec("x", command="run", args=("--api-key", secret)),
        ServerSpec("x", command="run", args=(f"--api-key={secret}", "--more")),
        ServerSpec("x", command="run", args=("-e", f"A_KEY={secret}", "image")),
        ServerSpec("x", **http, url=f"https://me:{secret}@host/mcp"),
        ServerSpec("x", **http, url=f"https://host/mcp?key={secret}&x=1"),
        ServerSpec("x", **http, url=f"https://host/mcp#access={secret}"),
        ServerSpec("x", **http, url="https://host", headers={"X-Anything": secret}),
        ServerSpec("x", **http, url="https://host", headers={"Authorization": f"Bearer {secret}"}),
    ]


@given(SECRETS)
def test_no_planted_secret_survives(secret: str) -> None:
    for spec in spec_with(secret):
        assert secret not in " ".join(mask_arguments(spec.args))
        assert secret not in mask_url(spec.url)
        mask = Mask()
        mask.learn(spec)
        encoded = [
            secret,
            f"before{secret}after",
            quote(secret, ""),
            json.dumps(secret),
            escaped(secret),
        ]
        for text in encoded:
            assert secret not in mask(text).replace("\\", "")


@given(st.text(min_size=8, max_size=30).filter(lambda text: len(text.strip()) > 3))
def test_any_value_is_masked_however_it_is_written(secret: str) -> None:
    mask = Mask()
    mask.learn(ServerSpec("x", command="run", env={"TOKEN": secret}))
    forms = [
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, "", errors="surrogatepass"),
        base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode(),
    ]
    for form in forms:
        assert mask(f"<{form}>") == f"<{MASK}>"


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live-with_under_scores",
        "with|pipes*and`ticks`[x](y)",
        "back\\slash\\es",
        "p@ss@www.word://x",
        'quo"ted',
        "-----BEGIN KEY-----\nabcdef\nghijkl\n-----END KEY-----",
        "pässwörter",
    ],
)
def test_no_rendering_lets_a_value_through(secret: str) -> None:
    mask = Mask()
    mask.learn(ServerSpec("x", command="run", env={"TOKEN": secret}))
    indented = "\n".join(f"    {line}" for line in safe_block(secret).splitlines())
    for shown in (safe(secret), escaped(secret), json.dumps({"x": secret}), indented):
        assert MASK in mask(shown)
        for part in secret.splitlines():
            assert part not in mask(shown)
            assert escaped(part) not in mask(shown)


@pytest.mark.parametrize(
    ("spec", "secrets"),
    [
        pytest.param(ServerSpec("x", command="c", env={"MODE": "production"}), set(), id="word"),
        pytest.param(ServerSpec("x", command="c", env={"TOKEN": "abc"}), set(), id="too-short"),
        pytest.param(
            ServerSpec("x", command="c", env={"TOKEN": "short", "REGION": "short-1"}),
            {"short"},
            id="short-but-called-a-secret",
        ),
        pytest.param(ServerSpec("x", command="c", env={"AUTH": "none"}), set(), id="word-of-json"),
        pytest.param(
            ServerSpec("x", command="c", args=("--at", "zone-1"), secrets=("zone-1", "x")),
            {"zone-1"},
            id="declared-to-be-secret",
        ),
        pytest.param(
            ServerSpec("x", url="https://h", headers={"Authorization": f"Basic {BASIC}"}),
            {f"Basic {BASIC}", BASIC, "bob:p@ssw0rd", "p@ssw0rd"},
            id="basic-header",
        ),
        pytest.param(
            ServerSpec("x", url="https://h", headers={"Cookie": f"sid={CANARY}; b=other-one"}),
            {f"sid={CANARY}; b=other-one", CANARY, "other-one", "b=other-one"},
            id="cookies",
        ),
        pytest.param(
            ServerSpec("x", url="http://bob:p%40ssw0rd@h?k=ab%2Bcd+ef"),
            {*basic("bob:p%40ssw0rd"), "p%40ssw0rd", *basic("bob:p@ssw0rd"), "p@ssw0rd"}
            | {"ab%2Bcd+ef", "ab+cd+ef", "ab+cd ef"},
            id="encoded-in-a-url",
        ),
        pytest.param(
            ServerSpec("x", command="c", env={"ANY": GITHUB}), {GITHUB}, id="by-shape-of-the-value"
        ),
        pytest.param(
            ServerSpec("x", command="c", args=("--port=80", "-v")), set(), id="plain-arguments"
        ),
        pytest.param(
            ServerSpec("x", url="https://h", headers={"A": f"Bearer {CANARY}"}),
            {CANARY, f"Bearer {CANARY}"},
            id="header-with-its-scheme",
        ),
        pytest.param(
            ServerSpec("x", command="c", env={"DB": f"postgres://postgres:{CANARY}@db"}),
            {f"postgres://postgres:{CANARY}@db", *basic(f"postgres:{CANARY}"), CANARY},
            id="but-no-user",
        ),
        pytest.param(
            ServerSpec("x", url=f"https://{CANARY * 2}:x-oauth@h"),
            {*basic(f"{CANARY * 2}:x-oauth"), CANARY * 2, "x-oauth"},
            id="token-for-a-user",
        ),
        pytest.param(
            ServerSpec("x", url=f"https://h?a={CANARY}&b=longenough"),
            {CANARY, "longenough"},
            id="several-in-one-url",
        ),
    ],
)
def test_only_secrets_are_learnt(spec: ServerSpec, secrets: set[str]) -> None:
    assert secrets_of(spec) == secrets


def test_a_mask_that_knows_nothing_changes_nothing() -> None:
    assert Mask()("anything --token abc") == "anything --token abc"


def test_a_mask_can_learn_more_after_it_was_used() -> None:
    mask = Mask()
    mask.learn(ServerSpec("a", command="c", env={"TOKEN": "first-secret"}))
    assert mask("first-secret second-secret") == f"{MASK} second-secret"
    mask.learn(ServerSpec("b", command="c", env={"TOKEN": "second-secret"}))
    assert mask("first-secret second-secret") == f"{MASK} {MASK}"


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    mask = Mask()
    mask.learn(
        ServerSpec("a", command="c", env={"TOKEN": "secret", "KEY_TOKEN": "secret-and-more"})
    )
    assert mask("secret-and-more") == MASK


@pytest.mark.parametrize(
    ("argument", "masked"),
    [
        ("postgres://user:p4ss/w0rdLEAK@host/db", f"postgres://{MASK}@host/db"),
        ("postgres://user:PW1#PW2@h/db", f"postgres://{MASK}@h/db"),
        ("https://host:8080/@scope/name", "https://host:8080/@scope/name"),
        ("https://h/mcp?abc123def456", f"https://h/mcp?{MASK}"),
        ("https://h/mcp?debug", "https://h/mcp?debug"),
        ("--env=FOO=LEAKfoo99x", f"--env=FOO={MASK}"),
        ("-uadmin:PW", f"-u{MASK}"),
        ("AccountKey=PWPWPW==", f"AccountKey={MASK}"),
    ],
)
def test_secrets_in_odd_places_are_masked(argument: str, masked: str) -> None:
    assert mask_arguments([argument]) == [masked]


@pytest.mark.parametrize(
    "spec",
    [
        ServerSpec("x", command="c", env={"TOKEN": 'p@ssw0rd+z"<&>'}),
        ServerSpec("x", url="http://bob:p%40ssw0rd%2Bz%22%3C%26%3E@h/mcp"),
        ServerSpec("x", url="http://h?api_key=p%40ssw0rd%2Bz%22%3C%26%3E"),
        ServerSpec("x", url="http://h", headers={"Authorization": 'Bearer p@ssw0rd+z"<&>'}),
    ],
    ids=["variable", "password", "query", "header"],
)
def test_a_secret_is_masked_in_every_writing(spec: ServerSpec) -> None:
    secret = 'p@ssw0rd+z"<&>'
    octets = secret.encode()
    mask = Mask()
    mask.learn(spec)
    for written in (
        secret,
        json.dumps(json.dumps(secret))[3:-3],
        "".join(f"\\u{ord(one):04x}" for one in secret),
        "".join(f"%{ord(one):02x}" for one in secret),
        quote_plus(secret),
        secret.replace("%", "%25").replace(":", "%3A").replace(",", "%2C"),
        html.escape(secret),
        html.escape(json.dumps(secret)),
        html.escape(html.escape(secret)),
        shlex.quote(secret),
        escaped(secret),
        octets.hex(),
        base64.b64encode(octets).decode(),
        base64.urlsafe_b64encode(octets).decode().rstrip("="),
        base64.b64encode(b"X-Api-Key: " + octets + b"\n").decode(),
        base64.b64encode(b"Bearer  " + octets).decode(),
        f"{secret[:9]}…",
    ):
        text = mask(f"<{written}>")
        assert MASK in text, written
        assert len(text) < 30, written


def test_basic_credentials_are_masked_as_they_go_over_the_wire() -> None:
    mask = Mask()
    mask.learn(ServerSpec("x", url="http://bob:p%40ssw0rd%2Bzz@h/mcp"))
    sent = base64.b64encode(b"bob:p@ssw0rd+zz").decode()
    assert (
        mask(f"Authorization: Basic {sent} bob:p@ssw0rd+zz")
        == f"Authorization: Basic {MASK} {MASK}"
    )


def test_what_is_no_secret_stays_readable() -> None:
    mask = Mask()
    mask.learn(ServerSpec("x", command="c", env={"REGION": "eu-west-1", "MY_PASSWORD": "pass"}))
    text = "passage through eu-west-1, true: pass"
    assert mask(text) == "passage through eu-west-1, true: ***"
    mask.add(["true", "abc"])
    assert mask("true abc") == "true abc"


@pytest.mark.parametrize("name", ["progressToken", "progress_token", "progress-token"])
def test_a_token_that_counts_progress_is_no_secret(name: str) -> None:
    assert not is_secret_name(name)
    text = f'{{"_meta": {{"{name}": "abcdefgh"}}}}'
    assert mask_text(text) == text
    assert is_secret_name("progressToken_secret")


def test_a_value_is_masked_by_its_names_and_its_texts() -> None:
    value = {"apiKey": CANARY, "n": [1, None, f"Bearer {CANARY}"], f"Bearer {CANARY}": True}
    masked = {"apiKey": MASK, "n": [1, None, f"Bearer {MASK}"], f"Bearer {MASK}": True}
    assert mask_value(value, mask_text) == masked
    assert mask_value({"tokens": ["a"], "token": ["b", ""]}, mask_text) == {
        "tokens": ["a"],
        "token": [MASK, ""],
    }


def test_tokens_are_found_in_a_text() -> None:
    tokens = ["ghp_" + "a1" * 10, "AKIA" + "Q7" * 8]
    assert list(tokens_in(f"one: {tokens[0]}, two={tokens[1]}.")) == tokens
