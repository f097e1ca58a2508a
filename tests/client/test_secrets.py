"""A server that tells the secrets it was given: they reach no stream and no file."""

from __future__ import annotations

import base64
import json
import shlex
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.client.children import BAD, play
from tests.conftest import Run

CANARY = "canary/4f9d+73e1 b8a2=c6"
ODD = 'can"ary\\4f9d\u00e973e1'
FORMATS = ("table", "json", "ndjson", "markdown")

# Puts what it was given into everything that a server can say, and works.
TELLS = """
import json, os, sys
secret = os.environ["API_TOKEN"]
print("starting with", secret, flush=True)
print("x" * 150, secret, flush=True)
print("token is", secret, file=sys.stderr, flush=True)
schema = {"type": "object", "description": secret, "properties": {secret: {"const": secret}}}
tool = {"name": "a", "description": f"uses {secret}", "inputSchema": schema, "title": secret}
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    answer = {"jsonrpc": "2.0", "id": message["id"]}
    if message["method"] == "initialize":
        answer["result"] = {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}, "prompts": {}, secret: {}},
            "serverInfo": {"name": secret, "version": secret},
            "instructions": f"say {secret}",
        }
    elif message["method"] == "tools/list":
        answer["result"] = {"tools": [tool, secret]}
    else:
        text = "x" * 290 + secret + "x" * 200 + secret
        answer["error"] = {"code": -32000, "message": text, "data": secret}
    print(json.dumps(answer, ensure_ascii=message["method"] == "initialize"), flush=True)
"""
# The same with the opening refused, so that there is an error and no catalogue.
REFUSES = TELLS.replace('if message["method"] == "initialize"', 'if message["method"] == "none"')
DIES = TELLS.replace("schema =", "sys.exit(f'fatal: {secret}')\nschema =")


def traces(text: str, secret: str) -> list[str]:
    """The forms and the pieces of a secret that stand in a text."""
    forms = {
        secret,
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        quote(secret),
        base64.b64encode(secret.encode()).decode(),
    }
    pieces = {secret[:8], secret[4:12], secret[-8:]}
    return [one for one in forms | pieces if one in text]


def inspecting(folder: Path, script: str, secret: str, *options: str) -> list[str]:
    """The command line that asks a server and gives it a secret."""
    server = folder / "server.py"
    server.write_text(script)
    given = ("--env", f"API_TOKEN={secret}")
    return ["inspect", *options, *given, "--", sys.executable, str(server)]


@pytest.mark.parametrize("secret", [CANARY, ODD], ids=["plain", "with characters to be escaped"])
@pytest.mark.parametrize("verbose", [(), ("-vv",)], ids=["quiet", "verbose"])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "script",
    [
        pytest.param(TELLS, id="lists"),
        pytest.param(REFUSES, id="refuses"),
        pytest.param(DIES, id="dies"),
    ],
)
def test_a_secret_that_is_given_is_not_shown(
    run: Run, script: str, form: str, verbose: tuple[str, ...], secret: str, tmp_path: Path
) -> None:
    seen = run(*inspecting(tmp_path, script, secret, "--format", form, *verbose))
    assert seen.status == 3
    assert traces(seen.out, secret) == []
    assert traces(seen.err, secret) == []
    assert "***" in seen.out + seen.err
    assert "Traceback" not in seen.err


@pytest.mark.parametrize("name", ["catalogue.json", "catalogue.md"])
def test_a_secret_is_in_no_file(name: str, tmp_path: Path) -> None:
    seen = play(inspecting(tmp_path, TELLS, CANARY, "-o", name), tmp_path)
    assert seen.status == 3  # a list was refused
    written = (tmp_path / name).read_text()
    assert "***" in written
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(files) >= 4
    for file in files:
        assert traces(file.read_text(), CANARY) == [], file.name


@pytest.mark.parametrize("on", ["tools/list", "initialize"])
@pytest.mark.parametrize("options", [(), ("-vv",), ("--json",), ("--json", "-vv")], ids=" ".join)
def test_a_server_that_quotes_its_token_in_an_error(
    on: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    server = (*BAD, "leaks-secret", "--on", on)
    given = ("--env", f"API_TOKEN={CANARY}", "-o", "-")
    seen = play(["inspect", *options, *given, "--", *server], tmp_path)
    assert seen.status == 3
    assert traces(seen.out + seen.err, CANARY) == []
    if on == "initialize" or "-vv" in options:
        assert "401 Unauthorized: token *** was refused" in seen.err
    if on == "tools/list" and "--json" not in options:
        assert "stderr: sign-in failed with token ***" in seen.err


def test_a_secret_among_the_arguments_is_not_shown(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text("import sys; sys.exit('bad arguments: ' + ' '.join(sys.argv[1:]))")
    command = (sys.executable, str(script), "--api-key", CANARY, f"--password={CANARY}")
    seen = play(["inspect", "--json", "--", *command], tmp_path)
    assert (seen.status, seen.error["class"]) == (3, "exited")
    assert traces(seen.err, CANARY) == []
    assert "--api-key '***'" in seen.error["hint"]
    assert shlex.quote(str(script)) in seen.error["hint"]
