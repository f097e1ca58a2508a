from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings

from mcpx.servers import ServerSpec
from mcpx.sessions.events import Masked
from mcpx.sessions.redaction import Redaction
from tests.sessions.json_texts import MESSAGES

TOKEN = "ghp_0123456789abcdefghij"  # of nobody
SECRET = 'p"ss\\wörd-4711'
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
ENVIRONMENT = {"GITHUB_TOKEN": TOKEN, "DB_PASSWORD": SECRET, "HOME": "/home/me", "LANG": "C.UTF-8"}


@pytest.fixture
def redaction() -> Redaction:
    return Redaction.of(ENVIRONMENT, None, {"option:authorization": "Bearer injected-4711"})


def request(**params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})


def result(**members: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": members}, ensure_ascii=False)


def text(said: str) -> str:
    return result(content=[{"type": "text", "text": said}])


CONTENT = "/result/content/0/text"


@pytest.mark.parametrize(
    ("message", "pointer", "source", "secret"),
    [
        pytest.param(text(f"a {TOKEN} b"), CONTENT, "env:GITHUB_TOKEN", TOKEN, id="variable"),
        pytest.param(text(f"is {SECRET}"), CONTENT, "env:DB_PASSWORD", "4711", id="escaped"),
        pytest.param(
            json.dumps({"result": {"a": SECRET}}),
            "/result/a",
            "env:DB_PASSWORD",
            "4711",
            id="code-points",
        ),
        pytest.param(
            text(json.dumps({"a": SECRET})), CONTENT, "rule:encoded#1", "4711", id="json-in-json"
        ),
        pytest.param(
            text(base64.b64encode(TOKEN.encode()).decode()),
            CONTENT,
            "rule:encoded#1",
            "Z2hw",
            id="base64",
        ),
        pytest.param(
            text(TOKEN.encode().hex()), CONTENT, "rule:encoded#1", "6768", id="hexadecimal"
        ),
        pytest.param(
            text("got injected-4711"), CONTENT, "option:authorization", "4711", id="injected"
        ),
        pytest.param(
            json.dumps({"result": {TOKEN: 1}}),
            "/result/‹env:GITHUB_TOKEN›",
            "env:GITHUB_TOKEN",
            TOKEN,
            id="name-of-a-member",
        ),
        pytest.param(
            request(cursor=TOKEN),
            "/params/cursor",
            "env:GITHUB_TOKEN",
            TOKEN,
            id="known-in-a-cursor",
        ),
        pytest.param(
            request(arguments={"token": "x1"}),
            "/params/arguments/token",
            "rule:name#1",
            "x1",
            id="argument",
        ),
        pytest.param(
            request(arguments={"a": [{"apiKeys": ["x1"]}]}),
            "/params/arguments/a/0/apiKeys/0",
            "rule:name#1",
            "x1",
            id="list",
        ),
        pytest.param(
            request(_meta={"com.acme/api-key": "x1"}),
            "/params/_meta/com.acme~1api-key",
            "rule:name#1",
            "x1",
            id="meta",
        ),
        pytest.param(
            result(structuredContent={"password": "x1"}),
            "/result/structuredContent/password",
            "rule:name#1",
            "x1",
            id="structured",
        ),
        pytest.param(
            result(action="accept", content={"passphrase": "x1"}),
            "/result/content/passphrase",
            "rule:name#1",
            "x1",
            id="elicited",
        ),
        pytest.param(
            request(inputResponses={"k": {"content": {"pwd": "x1"}}}),
            "/params/inputResponses/k/content/pwd",
            "rule:name#1",
            "x1",
            id="input-response",
        ),
        pytest.param(
            request(data={"secret": "x1"}), "/params/data/secret", "rule:name#1", "x1", id="logged"
        ),
        pytest.param(
            json.dumps({"jsonrpc": "2.0", "method": f"acme/{TOKEN}"}),
            "/method",
            "env:GITHUB_TOKEN",
            TOKEN,
            id="known-in-a-method",
        ),
        pytest.param(
            json.dumps({"jsonrpc": TOKEN, "method": "ping"}),
            "/jsonrpc",
            "env:GITHUB_TOKEN",
            TOKEN,
            id="known-in-the-version",
        ),
        pytest.param(
            result(structuredContent={"password": {"type": "x", "value": "x1"}}),
            "/result/structuredContent/password/value",
            "rule:name#1",
            "x1",
            id="one-level-below-its-name",
        ),
        pytest.param(
            result(structuredContent={"headers": [{"name": "Authorization", "value": "s1"}]}),
            "/result/structuredContent/headers/0/value",
            "rule:name#1",
            "s1",
            id="beside-its-name",
        ),
        pytest.param(
            request(arguments={"value": "s1", "key": "DB_PASSWORD"}),
            "/params/arguments/value",
            "rule:name#1",
            "s1",
            id="before-its-name",
        ),
        pytest.param(
            result(structuredContent={"Environment": [{"Name": "API_TOKEN", "Value": "s1"}]}),
            "/result/structuredContent/Environment/0/Value",
            "rule:name#1",
            "s1",
            id="beside-its-name-in-capitals",
        ),
        pytest.param(
            result(structuredContent={"headers": [["accept", "*"], ["Authorization", "s1"]]}),
            "/result/structuredContent/headers/1/1",
            "rule:name#1",
            "s1",
            id="pair-of-a-list",
        ),
        pytest.param(
            result(structuredContent={"rawHeaders": ["Host", "h", "X-Api-Key", "s1"]}),
            "/result/structuredContent/rawHeaders/3",
            "rule:name#1",
            "s1",
            id="raw-headers",
        ),
        pytest.param(
            text('{"secrets":["shadow"]}'),
            CONTENT,
            "rule:value#1",
            "shadow",
            id="list-in-text",
        ),
        pytest.param(
            "[" + request(arguments={"token": "x1"}) + "]",
            "/0/params/arguments/token",
            "rule:name#1",
            "x1",
            id="batch",
        ),
        pytest.param(
            text("Authorization: Bearer abc123def"),
            CONTENT,
            "rule:bearer#1",
            "abc123def",
            id="bearer",
        ),
        pytest.param(text(f"jwt {JWT}"), CONTENT, "rule:token#1", JWT, id="token"),
        pytest.param(
            text("postgres://me:hunter2@db/x"),
            CONTENT,
            "rule:url#1",
            "hunter2",
            id="password-in-a-url",
        ),
        pytest.param(
            request(uri="https://h/p?a=1&api_key=zz9&b=2"),
            "/params/uri",
            "rule:url#1",
            "zz9",
            id="key-in-a-query",
        ),
        pytest.param(
            text('{"password": "swordfish"}'),
            CONTENT,
            "rule:value#1",
            "swordfish",
            id="json-in-text",
        ),
        pytest.param(
            text("password=swordfish"), CONTENT, "rule:value#1", "swordfish", id="assignment"
        ),
        pytest.param(
            text("sh -c 'x --api-key a1b2c3'"), CONTENT, "rule:value#1", "a1b2c3", id="flag"
        ),
        pytest.param(
            '{"error":{"code":1,"message":"m","data":{"token":"x1"}}}',
            "/error/data/token",
            "rule:name#1",
            "x1",
            id="error-data",
        ),
        pytest.param(
            '{"result":{"a":"\\u0067hp_aaaaaaaaaaaaaaaaaaaa"}}',
            "/result/a",
            "rule:token#1",
            "aaaa",
            id="letter-as-a-number",
        ),
    ],
)
def test_planted_secrets_are_found(
    redaction: Redaction, message: str, pointer: str, source: str, secret: str
) -> None:
    found = redaction.message(message)
    assert found.masked == (Masked(pointer, source),)
    assert secret not in found.text
    assert f"‹{source}›" in found.text
    json.loads(found.text)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(request(_meta={"progressToken": "tok-1"}), id="progress-token"),
        pytest.param(request(progressToken="tok-1", progress=1), id="progress"),
        pytest.param(
            request(arguments={"maxTokens": "5", "tokens": "a", "progressToken": "b"}),
            id="arguments",
        ),
        pytest.param(request(maxTokens=100, messages=[]), id="max-tokens"),
        pytest.param(request(cursor=JWT), id="cursor"),
        pytest.param(
            request(arguments={"cursor": "a", "nextCursor": "b", "pageToken": "c"}), id="paging"
        ),
        pytest.param(result(nextCursor=JWT, tools=[]), id="next-cursor"),
        pytest.param(result(requestState=JWT, resultType="input_required"), id="state"),
        pytest.param(request(requestState=JWT), id="state-again"),
        pytest.param(
            request(requestState="s", arguments={"requestState": "t"}), id="state-as-argument"
        ),
        pytest.param(
            result(
                tools=[
                    {
                        "name": "login",
                        "annotations": {"token": "x"},
                        "inputSchema": {
                            "properties": {
                                "password": {"default": "password=hunter2", "examples": [JWT]}
                            }
                        },
                        "outputSchema": {"properties": {"token": {"const": "abc"}}},
                    }
                ]
            ),
            id="schemas",
        ),
        pytest.param(
            result(
                inputRequests={
                    "k": {
                        "params": {
                            "requestedSchema": {"properties": {"password": {"default": JWT}}}
                        }
                    }
                }
            ),
            id="requested-schema",
        ),
        pytest.param(
            request(arguments={"token": 5, "password": None, "secret": True, "key": {}}),
            id="no-strings",
        ),
        pytest.param(
            request(arguments={"key": "user-7", "issueKey": "PROJ-123", "author": "me"}),
            id="keys-of-tables",
        ),
        pytest.param(request(arguments={"auth": "none"}), id="word"),
        pytest.param(
            result(
                structuredContent={
                    "tokenCount": "13",
                    "token_count": "13",
                    "max_tokens": "500",
                    "tokens_used": "7",
                    "maxToken": "5",
                    "token_type": "Bearer",
                }
            ),
            id="counts-of-tokens",
        ),
        pytest.param(
            result(
                structuredContent={
                    "fields": [{"name": "city", "value": "Oslo"}, ["password", "user"]],
                    "allowedHeaders": ["Authorization", "Content-Type"],
                    "mode": {"value": "fast"},
                }
            ),
            id="names-and-values-that-are-no-secrets",
        ),
        pytest.param(
            text("The token is stored in the secret store; see the API key docs."), id="prose"
        ),
        pytest.param(
            text("def f(token: str, key: int) -> None: return get_token(token=token)"), id="code"
        ),
        pytest.param(
            text("export TOKEN=${TOKEN} PASSWORD=<password> API_KEY=YOUR_API_KEY"),
            id="placeholders",
        ),
        pytest.param(text("basic example of Bearer authentication"), id="schemes-as-words"),
        pytest.param(
            text("https://h/p?q=cats&page=2#top and http://h:8080/a@b"), id="harmless-urls"
        ),
        pytest.param(text("input_tokens: 12, tokenizer=bpe99"), id="tokens"),
        pytest.param(
            '{"jsonrpc":"2.0","method":"notifications/progress","id":5.0,"id":1e2}', id="numbers"
        ),
    ],
)
def test_what_is_no_secret_stays(redaction: Redaction, message: str) -> None:
    assert redaction.message(message).text == message
    assert redaction.message(message).masked == ()


def test_everything_but_the_secret_stays_as_it_is(redaction: Redaction) -> None:
    before = '{ "id":5.0,"a":1e2,"a" : "\\u00e9\\/%s\\n","z":[12345678901234567890]}'
    found = redaction.message(before % TOKEN)
    assert found.text == before % "‹env:GITHUB_TOKEN›"


def test_equal_secrets_have_equal_numbers() -> None:
    redaction = Redaction()
    pairs = [("token", "a1"), ("token", "b2"), ("secret", "a1")]
    found = [redaction.message(request(arguments={name: value})) for name, value in pairs]
    assert [one.masked[0].source for one in found] == ["rule:name#1", "rule:name#2", "rule:name#1"]
    assert Redaction().message(request(arguments={"token": "b2"})).masked[0].source == "rule:name#1"


def test_several_secrets_of_one_string(redaction: Redaction) -> None:
    found = redaction.message(text(f"{TOKEN} then {SECRET}, {TOKEN}"))
    assert json.loads(found.text)["result"]["content"][0]["text"] == (
        "‹env:GITHUB_TOKEN› then ‹env:DB_PASSWORD›, ‹env:GITHUB_TOKEN›"
    )
    assert [one.source for one in found.masked] == ["env:GITHUB_TOKEN", "env:DB_PASSWORD"]


def test_a_word_of_the_protocol_is_not_masked_when_it_is_a_password() -> None:
    redaction = Redaction.of({"PASSWORD": "tools"})
    message = request(name="tools")
    assert json.loads(redaction.message(message).text)["method"] == "tools/call"


def test_the_secrets_of_a_definition_are_known() -> None:
    spec = ServerSpec(
        "s",
        command="x",
        args=("--token", "argument-1"),
        env={"PLAIN": "Zx81-Spectrum-48k", "LEVEL": "debug"},
        headers={"X-Api-Key": "header-value-1"},
    )
    redaction = Redaction.of({}, spec)
    sources = {
        said: [one.source for one in redaction.text(said).masked]
        for said in ("argument-1", "Zx81-Spectrum-48k", "header-value-1", "debug")
    }
    assert sources == {
        "argument-1": ["rule:definition#1"],
        "Zx81-Spectrum-48k": ["env:PLAIN"],
        "header-value-1": ["option:x-api-key"],
        "debug": [],
    }


def test_without_a_policy_nothing_is_masked() -> None:
    message = request(arguments={"token": "x1"})
    assert Redaction.none().message(message).text == message
    assert Redaction.none().text("password=hunter2").text == "password=hunter2"


def test_headers_are_kept_by_a_list_and_session_ids_numbered(redaction: Redaction) -> None:
    headers = {
        "Authorization": "Bearer x",
        "Cookie": "a=b",
        "Set-Cookie": "a=b",
        "X-Api-Key": "k",
        "Content-Type": "text/event-stream",
        "Mcp-Session-Id": "5c1f-4711-aaaa",
        "MCP-Protocol-Version": "2025-06-18",
        "Mcp-Param-Token": "t1",
        "Mcp-Name": f"https://h/{TOKEN}",
        "WWW-Authenticate": 'Bearer realm="x", resource_metadata="https://h/.well-known"',
        "Retry-After": "3",
    }
    assert redaction.headers(headers) == {
        "content-type": "text/event-stream",
        "mcp-session-id": "<s1>",
        "mcp-protocol-version": "2025-06-18",
        "mcp-param-token": "‹rule:name#1›",
        "mcp-name": "https://h/‹env:GITHUB_TOKEN›",
        "www-authenticate": headers["WWW-Authenticate"],
        "retry-after": "3",
    }
    assert redaction.headers({"mcp-session-id": "another-one"}) == {"mcp-session-id": "<s2>"}
    assert redaction.headers({"mcp-session-id": "5c1f-4711-aaaa"}) == {"mcp-session-id": "<s1>"}
    assert redaction.headers({"mcp-session-id": "<s1>"}) == {"mcp-session-id": "<s1>"}
    assert redaction.text("it is 5c1f-4711-aaaa").text == "it is ‹rule:session#1›"


def echoed(redaction: Redaction, *said: str) -> list[str]:
    return [redaction.text(f"got {one}.").text[4:-1] for one in said]


BASIC = base64.b64encode(b"bob:Kq7v-pass").decode()


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        pytest.param(
            "/",
            {"Authorization": "Bearer aB3dE6gH9jK2"},
            {"aB3dE6gH9jK2": "rule:header#1"},
            id="bearer",
        ),
        pytest.param(
            "/",
            {"authorization": f"Basic {BASIC}"},
            {"Kq7v-pass": "rule:header#1", BASIC: "rule:header#1"},
            id="basic",
        ),
        pytest.param(
            "/",
            {"Authorization": 'Acme id="7", token="Zx81Sp"'},
            {"Zx81Sp": "rule:header#1"},
            id="parameter-of-a-scheme",
        ),
        pytest.param(
            "/", {"X-Api-Key": "7f3e9a1c"}, {"7f3e9a1c": "rule:header#1"}, id="named-header"
        ),
        pytest.param(
            "/", {"Mcp-Param-Password": "letmein"}, {"letmein": "rule:header#1"}, id="parameter"
        ),
        pytest.param(
            "/",
            {"Location": "https://h/?token=LOC-4711"},
            {"LOC-4711": "rule:header#1"},
            id="by-its-shape",
        ),
        pytest.param(
            "/",
            {"Cookie": "theme=dark-ish1; sid=letmeinnow; n=12345678901; mode=advanced"},
            {
                "dark-ish1": "rule:cookie#1",
                "letmeinnow": "rule:cookie#1",
                "12345678901": "",
                "advanced": "",
            },
            id="cookies",
        ),
        pytest.param(
            "/",
            {"Set-Cookie": "a=Kq7v-1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/p, b=Kq7v-2"},
            {"Kq7v-1": "rule:cookie#1", "Kq7v-2": "rule:cookie#1", "/p": "", "21 Oct 2026": ""},
            id="set-cookies",
        ),
        pytest.param(
            "/mcp?session_id=Kq7v-sess-1&access_token=Kq7v%2Fa+b&page=Kq7v-page",
            {},
            {
                "Kq7v%2Fa+b": "rule:query#1",
                "Kq7v/a b": "rule:query#1",
                "Kq7v-page": "",
                "Kq7v-sess-1": "",
            },
            id="query",
        ),
        pytest.param(
            "/?token=undefined",
            {
                "Authorization": "Bearer",
                "X-Auth-Mode": "password",
                "X-Auth-Token": "abc",
                "Access-Control-Allow-Credentials": "true",
                "X-Token-Count": "1234567890",
                "Idempotency-Key": "0a1b2c3d4e5f6a7b",
                "WWW-Authenticate": "Bearer realm=x1y2",
                "Proxy-Authenticate": "Basic realm=x1y2",
                "X-Csrf-Token": "123456",
                "Accept": "application/json",
            },
            dict.fromkeys(
                (
                    *("undefined", "Bearer", "password", "abc", "true", "1234567890", "123456"),
                    *("realm=x1y2", "0a1b2c3d4e5f6a7b", "application/json"),
                ),
                "",
            ),
            id="no-secrets",
        ),
    ],
)
def test_what_http_brought_is_masked_when_it_comes_back(
    path: str, headers: dict[str, str], expected: dict[str, str]
) -> None:
    for value, source in expected.items():
        redaction = Redaction()
        assert echoed(redaction, value) == [value]
        redaction.learn(path, headers)
        assert echoed(redaction, value) == [f"‹{source}›" if source else value]


def test_a_secret_that_was_learnt_has_one_source_everywhere() -> None:
    redaction = Redaction.of({"API_TOKEN": "Kq7v-env"})
    headers = {"X-Api-Key": "Kq7v-env", "Mcp-Param-Token": "Kq7v-own"}
    redaction.learn("/?token=Kq7v-own&key=Kq7v-env", headers)
    assert echoed(redaction, "Kq7v-env", "Kq7v-own") == ["‹env:API_TOKEN›", "‹rule:header#1›"]
    assert redaction.path("/?token=Kq7v-own&key=Kq7v-env") == (
        "/?token=‹rule:header#1›&key=‹env:API_TOKEN›"
    )
    assert redaction.headers(headers) == {"mcp-param-token": "‹rule:header#1›"}
    found = redaction.message(request(arguments={"token": "Kq7v-own"}))
    assert found.masked == (Masked("/params/arguments/token", "rule:header#1"),)


def test_of_what_was_learnt_the_latest_is_kept() -> None:
    redaction = Redaction.of({"API_TOKEN": "Kq7v-env"})
    for number in range(200):
        redaction.learn("/", {"authorization": "Bearer Kq7v-same", "x-token": f"Kq7v-{number:04}"})
    assert len(redaction._learnt) == 64
    assert echoed(redaction, "Kq7v-env", "Kq7v-same", "Kq7v-0199", "Kq7v-0000") == [
        *("‹env:API_TOKEN›", "‹rule:header#1›", "‹rule:header#2›", "Kq7v-0000")
    ]


def test_without_a_policy_nothing_is_learnt() -> None:
    redaction = Redaction.none()
    redaction.learn("/", {"authorization": "Bearer aB3dE6gH9jK2"})
    assert redaction._learnt == {}


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        pytest.param("/mcp", "/mcp", id="plain"),
        pytest.param("/messages?session_id=abcdefgh1", "/messages?session_id=<s1>", id="session"),
        pytest.param(
            "/mcp?sessionId=abcdefgh1&x=", "/mcp?sessionId=<s1>&x=", id="another-spelling"
        ),
        pytest.param(
            "/mcp?key=k&key=k&q=z",
            "/mcp?key=‹rule:query#1›&key=‹rule:query#1›&q=‹rule:query#2›",
            id="query",
        ),
        pytest.param(f"/{TOKEN}/mcp", "/‹env:GITHUB_TOKEN›/mcp", id="in-the-path"),
    ],
)
def test_a_path_loses_the_values_of_its_query(redaction: Redaction, path: str, kept: str) -> None:
    assert redaction.path(path) == kept


@settings(deadline=None)
@given(MESSAGES)
def test_any_message_stays_valid(message: str) -> None:
    redaction = Redaction.of({"TOKEN": "aaaa", "SECRET_KEY": "id-0"})
    json.loads(redaction.message(message).text, parse_int=float)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("://" * 300_000, id="urls"),
        pytest.param("token" * 200_000, id="names"),
        pytest.param("token=" * 100_000, id="signs"),
        pytest.param("\\" * 500_000 + '"token', id="backslashes"),
        pytest.param("-----BEGIN PRIVATE KEY-----" * 20_000, id="keys"),
        pytest.param("Bearer " * 100_000, id="schemes"),
        pytest.param(("a" * 50 + "--token ") * 10_000, id="flags"),
        pytest.param('secret: ["' * 50_000, id="lists"),
        pytest.param("secret: [" + '"a",' * 100_000, id="a-long-list"),
        pytest.param("token: {" * 60_000, id="objects"),
        pytest.param('name: "token" value ' * 20_000, id="names-beside-values"),
        pytest.param('value: "x" name: "' * 20_000, id="values-beside-names"),
        pytest.param('value" ' + "\\" * 500_000, id="backslashes-after-a-value"),
    ],
)
def test_no_text_makes_it_slow(redaction: Redaction, said: str) -> None:
    redaction.message(text(said))
