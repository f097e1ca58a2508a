"""What the good HTTP server does, seen raw: every option of it, in both eras."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers import good_http

HERE = Path(__file__).parent
META = "io.modelcontextprotocol/"
ACCEPT = "application/json, text/event-stream"
TASKS = f"{META}tasks"
OFFERED = {"elicitation": {}, "sampling": {}, "roots": {}}


class Client:
    """A small client of either era: what it is answered, as (status, headers, messages)."""

    def __init__(self, url: str, modern: bool, offered: dict[str, Any] | None = None) -> None:
        self.parts = urlsplit(url)
        self.modern = modern
        self.offered = offered or {}
        self.session: dict[str, str] = {}
        self.number = 0
        if not modern:
            hello = {"protocolVersion": "2025-11-25", "capabilities": self.offered}
            _, headers, (self.hello,) = self.post("initialize", hello)
            self.session = {"MCP-Protocol-Version": "2025-11-25"}
            if "mcp-session-id" in headers:
                self.session["Mcp-Session-Id"] = headers["mcp-session-id"]

    def send(
        self, verb: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, str], list[dict[str, Any]]]:
        connection = self.open(verb, headers, body)
        response = connection.getresponse()
        known = {name.lower(): value for name, value in response.getheaders()}
        text = response.read().decode()
        connection.close()
        if known.get("content-type") == "text/event-stream":
            lines = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
            return response.status, known, [json.loads(line) for line in lines if line]
        return response.status, known, [json.loads(text)] if text.startswith("{") else []

    def open(
        self, verb: str, headers: dict[str, str], body: bytes = b""
    ) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self.parts.netloc, timeout=5)
        connection.request(verb, self.parts.path, body, {"Accept": ACCEPT, **headers})
        return connection

    def framed(
        self, method: str, params: dict[str, Any], **headers: str
    ) -> tuple[dict[str, str], bytes]:
        self.number += 1
        meta = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": self.offered}
        if self.modern:
            params = {**params, "_meta": {**meta, **params.get("_meta", {})}}
            named = params.get("name") or params.get("uri") or params.get("taskId")
            own = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method}
            own |= {"Mcp-Name": named} if named else {}
        else:
            own = dict(self.session)
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Content-Type": "application/json", **own, **extra}, json.dumps(message).encode()

    def post(self, method: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.send("POST", *self.framed(method, params or {}, **headers))

    def result(self, method: str, **params: Any) -> Any:
        status, _, messages = self.post(method, params)
        assert status == 200, messages
        return messages[-1]["result"]

    def call(self, name: str, **arguments: Any) -> Any:
        return self.result("tools/call", name=name, arguments=arguments)

    def reply(self, identifier: object, result: object) -> int:
        frame = {"jsonrpc": "2.0", "id": identifier, "result": result}
        headers = {"Content-Type": "application/json", **self.session}
        return self.send("POST", headers, json.dumps(frame).encode())[0]

    def asked(self, name: str, reply: object) -> Any:
        """Call a legacy tool, answer what it asks on the way, and return its result."""
        headers, body = self.framed("tools/call", {"name": name, "arguments": {}})
        connection = self.open("POST", headers, body)
        messages = events(connection)
        question = next(messages)
        assert self.reply(question["id"], reply) == 202
        result = next(messages)["result"]
        connection.close()
        return result


def events(connection: http.client.HTTPConnection) -> Iterator[Any]:
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream"
    while line := response.readline():
        if line.startswith(b"data: {"):
            yield json.loads(line[6:])


@contextmanager
def talking(
    modern: bool, offered: dict[str, Any] | None = None, **options: Any
) -> Iterator[tuple[Client, Any]]:
    with good_http.serve(**options) as server:
        yield Client(server.url, modern, offered), server


both_eras = pytest.mark.parametrize("modern", [True, False], ids=["modern", "legacy"])


@both_eras
@pytest.mark.parametrize("sse", [False, True], ids=["json", "sse"])
def test_lists_and_calls(modern: bool, sse: bool) -> None:
    with talking(modern, sse=sse) as (client, server):
        status, headers, (listed,) = client.post("tools/list")
        assert (status, headers["content-type"]) == (
            200,
            "text/event-stream" if sse else "application/json",
        )
        names = [tool["name"] for tool in listed["result"]["tools"]]
        assert names[:3] == ["echo", "add", "fail"]
        assert ("resultType" in listed["result"]) is modern
        assert client.call("add", a=2, b=3)["structuredContent"] == {"sum": 5}
        assert client.call("fail")["isError"] is True
        assert client.result("prompts/get", name="greet")["messages"]
        assert client.result("resources/read", uri="memo://one")["contents"]
        assert server.count("POST") == (5 if modern else 6)


def test_an_answer_to_a_completion() -> None:
    with talking(True) as (client, _):
        argument = {"name": "name", "value": "A"}
        found = client.result("completion/complete", ref={}, argument=argument)["completion"]
    assert found["values"] == ["Ada", "Alan"]


@pytest.mark.parametrize(
    ("era", "modern", "status", "code"),
    [
        ("modern", False, 400, -32022),
        ("legacy", True, 400, -32000),
        ("both", True, 200, None),
        ("both", False, 200, None),
    ],
)
def test_answers_in_its_own_era_alone(
    era: str, modern: bool, status: int, code: int | None
) -> None:
    with good_http.serve(era=good_http.Era(era)) as server:
        client = Client(server.url, True)
        client.modern = modern
        method = "server/discover" if modern else "initialize"
        came, _, (answer,) = client.post(method, {"protocolVersion": "2025-11-25"})
        assert (came, answer.get("error", {}).get("code")) == (status, code)


@pytest.mark.parametrize(
    ("verb", "headers", "status"),
    [
        ("POST", {"Accept": "application/json"}, 406),
        ("POST", {"Content-Type": "text/plain"}, 415),
        ("PUT", {}, 405),
        ("GET", {}, 405),
        ("DELETE", {}, 405),
    ],
)
def test_is_strict_about_http(verb: str, headers: dict[str, str], status: int) -> None:
    with talking(True, era=good_http.Era.MODERN) as (client, _):
        own, body = client.framed("tools/list", {})
        assert client.send(verb, {**own, **headers}, body)[0] == status


def test_is_strict_about_json() -> None:
    with talking(True) as (client, _):
        own, _ = client.framed("tools/list", {})
        assert client.send("POST", own, b"{")[0] == 400


def test_a_token_is_wanted() -> None:
    with good_http.serve(bearer="abc") as server:
        client = Client(server.url, True)
        status, headers, _ = client.post("tools/list")
        assert status == 401
        assert headers["www-authenticate"].startswith("Bearer resource_metadata=")
        assert client.post("tools/list", Authorization="Bearer abc")[0] == 200


@both_eras
def test_lists_come_in_pages(modern: bool) -> None:
    with talking(modern, page=2) as (client, _):
        first = client.result("tools/list")
        assert [tool["name"] for tool in first["tools"]] == ["echo", "add"]
        second = client.result("tools/list", cursor=first["nextCursor"])
        assert second["tools"][0]["name"] == "fail"
        assert "nextCursor" not in client.result("prompts/list")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Mcp_Method": "tools/list"}, "mcp-method is 'tools/list', not 'tools/call'"),
        ({"Mcp_Name": "echo"}, "mcp-name is 'echo', not 'query'"),
        ({"MCP_Protocol_Version": "2025-11-25"}, "mcp-protocol-version is '2025-11-25'"),
        ({"Mcp_Param_Region": "us"}, "mcp-param-region is 'us', not 'eu ö'"),
        ({"Mcp_Param_Region": "=?base64?!!?="}, "mcp-param-region is"),
        ({"Mcp_Param_Dry_Run": "False"}, "mcp-param-dry-run is 'False'"),
        ({"Mcp_Param_Text": "x"}, ""),
    ],
)
def test_headers_have_to_match(headers: dict[str, str], words: str) -> None:
    right = {"Mcp_Param_Region": "=?base64?ZXUgw7Y=?=", "Mcp_Param_Dry_Run": "true"}
    arguments = {"region": "eu ö", "dry": True, "text": "x"}
    with talking(True) as (client, _):
        call = {"name": "query", "arguments": arguments}
        status, _, (answer,) = client.post("tools/call", call, **{**right, **headers})
    if words:
        assert (status, answer["error"]["code"]) == (400, -32020)
        assert words in answer["error"]["message"]
    else:
        assert (status, "result" in answer) == (200, True)


@pytest.mark.parametrize("missing", ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"])
def test_no_header_may_be_missing(missing: str) -> None:
    with talking(True) as (client, _):
        headers, body = client.framed("tools/call", {"name": "echo", "arguments": {"text": "x"}})
        del headers[missing]
        status, _, (answer,) = client.send("POST", headers, body)
    assert (status, answer["error"]["code"]) == (400, -32020)
    assert f"{missing.lower()} is missing" in answer["error"]["message"]


def test_what_a_modern_server_does_not_know_is_404() -> None:
    with talking(True) as (client, _):
        status, _, (answer,) = client.post("no/such")
    assert (status, answer["error"]["code"]) == (404, -32601)


def test_a_session_is_given_and_wanted_and_ended() -> None:
    with talking(False) as (client, _):
        assert len(client.session["Mcp-Session-Id"]) == 16
        assert client.post("tools/list")[0] == 200
        kept, client.session = client.session, {}
        assert client.post("tools/list")[0] == 400
        client.session = {**kept, "MCP-Protocol-Version": "2024-11-05"}
        assert client.post("tools/list")[0] == 400
        client.session = kept
        assert client.send("DELETE", client.session)[0] == 204
        assert client.post("tools/list")[0] == 404


def test_no_session_when_there_are_none() -> None:
    with talking(False, sessions=False) as (client, _):
        assert "Mcp-Session-Id" not in client.session
        assert client.post("tools/list")[0] == 200


def test_a_session_is_lost_after_so_many_requests() -> None:
    with talking(False, lives=2) as (client, server):
        assert [client.post("ping")[0] for _ in range(3)] == [200, 200, 404]
        again = Client(server.url, False)
        assert again.session != client.session
        assert again.post("ping")[0] == 200


def test_a_stream_is_resumed() -> None:
    with talking(False, resumes=2) as (client, _):
        status, _, messages = client.post("tools/list")
        assert (status, messages) == (200, [])
        connection = client.open("POST", *client.framed("tools/list", {}))
        text = connection.getresponse().read().decode()
        connection.close()
        assert "retry: 100\n" in text
        last = {"Last-Event-ID": text.partition("id: ")[2].splitlines()[0]}
        assert client.send("GET", {**client.session, **last})[2] == []
        (answer,) = client.send("GET", {**client.session, **last})[2]
        assert answer["id"] == client.number
        assert client.send("GET", {**client.session, "Last-Event-ID": "x/0"})[0] == 400


@pytest.mark.parametrize(
    ("tool", "capability", "method"),
    [
        ("ask_person", "elicitation", "elicitation/create"),
        ("ask_model", "sampling", "sampling/createMessage"),
        ("ask_roots", "roots", "roots/list"),
    ],
)
@both_eras
def test_asks_the_client(modern: bool, tool: str, capability: str, method: str) -> None:
    reply = {"said": capability}
    with talking(modern, OFFERED) as (client, server):
        if modern:
            first = client.call(tool)
            assert first["resultType"] == "input_required"
            assert first["inputRequests"]["answer"]["method"] == method
            state = first["requestState"]
            more = {"name": tool, "arguments": {}, "inputResponses": {"answer": reply}}
            refused = client.post("tools/call", {**more, "requestState": "another"})[2]
            assert refused[0]["error"]["code"] == -32602
            result = client.result("tools/call", **more, requestState=state)
        else:
            result = client.asked(tool, reply)
        assert json.loads(result["content"][0]["text"]) == reply

        unable = Client(server.url, modern)
        if modern:
            status, _, (answer,) = unable.post("tools/call", {"name": tool, "arguments": {}})
            assert (status, answer["error"]["code"]) == (400, -32021)
            assert answer["error"]["data"] == {"requiredCapabilities": {capability: {}}}
        else:
            assert unable.call(tool)["isError"] is True


def test_pings_a_legacy_client() -> None:
    with talking(False) as (client, _):
        assert client.asked("ping_client", {})["content"][0]["text"] == "{}"


def test_asks_on_the_get_stream() -> None:
    with talking(False, OFFERED, on_get=True) as (client, _):
        stream = client.open("GET", client.session)
        call = client.open("POST", *client.framed("tools/call", {"name": "ask_roots"}))
        question = next(events(stream))
        assert (question["method"], client.reply(question["id"], {"roots": []})) == (
            "roots/list",
            202,
        )
        answer = json.loads(call.getresponse().read())
        assert answer["result"]["content"][0]["text"] == '{"roots": []}'
        stream.close()
        call.close()


def test_there_may_be_no_get_stream() -> None:
    with talking(False, listens=False) as (client, _):
        assert client.send("GET", client.session)[0] == 405


@both_eras
def test_tells_of_its_progress(modern: bool) -> None:
    meta = {"progressToken": "p", f"{META}logLevel": "info"}
    call = {"name": "count", "arguments": {"to": 2}, "_meta": meta}
    with talking(modern) as (client, _):
        _, headers, messages = client.post("tools/call", call)
        assert headers["content-type"] == "text/event-stream"
        assert [message.get("method", "result") for message in messages] == [
            *("notifications/progress", "notifications/message") * 2,
            "result",
        ]
        quiet = client.post("tools/call", {"name": "count", "arguments": {"to": 2}})[2]
        assert [message.get("method") for message in quiet[:-1]] == (
            [] if modern else ["notifications/message"] * 2
        )


@pytest.mark.parametrize("name", ["slow", "slow_asking"])
def test_modern_tasks(name: str) -> None:
    with talking(True, {"extensions": {TASKS: {}}, "elicitation": {}}) as (client, server):
        task = client.call(name)
        assert (task["resultType"], task["status"], task["pollIntervalMs"]) == (
            "task",
            "working",
            20,
        )
        polled = [client.result("tasks/get", taskId=task["taskId"]) for _ in range(2)]
        assert polled[0]["status"] == "working"
        if name == "slow_asking":
            assert polled[1]["status"] == "input_required"
            assert polled[1]["inputRequests"]["name"]["method"] == "elicitation/create"
            answers = {"name": {"action": "decline"}}
            client.result("tasks/update", taskId=task["taskId"], inputResponses=answers)
            polled.append(client.result("tasks/get", taskId=task["taskId"]))
        assert polled[-1]["status"] == "completed"
        text = polled[-1]["result"]["content"][0]["text"]
        expected = 'done: {"name": {"action": "decline"}}' if name == "slow_asking" else "done"
        assert text == expected
        client.result("tasks/cancel", taskId=task["taskId"])
        assert client.post("tasks/get", {"taskId": task["taskId"]})[2][0]["error"]["code"] == -32602

        plain = Client(server.url, True)
        assert plain.post("tools/call", {"name": name})[2][0]["error"]["code"] == -32021


def test_legacy_tasks() -> None:
    with talking(False) as (client, _):
        assert client.post("tools/call", {"name": "slow"})[2][0]["error"]["code"] == -32601
        task = client.result("tools/call", name="slow", arguments={}, task={"ttl": 60000})["task"]
        assert (task["status"], task["ttl"], task["pollInterval"]) == ("working", 60000, 20)
        status = [client.result("tasks/get", taskId=task["taskId"])["status"] for _ in range(2)]
        assert status == ["working", "completed"]
        result = client.result("tasks/result", taskId=task["taskId"])
        assert result["content"][0]["text"] == "done"


def test_a_legacy_task_asks_while_its_result_is_waited_for() -> None:
    with talking(False, OFFERED) as (client, _):
        task = client.result("tools/call", name="slow_asking", arguments={}, task={})["task"]
        connection = client.open("POST", *client.framed("tasks/result", {"taskId": task["taskId"]}))
        messages = events(connection)
        question = next(messages)
        assert question["method"] == "elicitation/create"
        related = question["params"]["_meta"][f"{META}related-task"]
        assert related == {"taskId": task["taskId"]}
        client.reply(question["id"], {"action": "cancel"})
        assert "cancel" in next(messages)["result"]["content"][0]["text"]
        connection.close()


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("auto", {"era": good_http.Era.MODERN, "sse": True}),
        ("legacy", {"resumes": 2}),
        ("legacy", {"sessions": False, "page": 4}),
    ],
)
def test_a_client_of_others_finds_nothing_wrong(mode: str, options: dict[str, Any]) -> None:
    from mcp import Client as SdkClient

    async def talk(url: str) -> list[Any]:
        async with SdkClient(url, mode=mode) as client:
            listed = await client.list_tools()
            arguments = {"region": "eu ö", "dry": True, "text": "x"}
            called = await client.call_tool("query", arguments)
            read = await client.read_resource("memo://one")
            return [listed.tools[0].name, called.content[0].text, read.contents[0].text]

    with good_http.serve(**options) as server:
        seen = asyncio.run(asyncio.wait_for(talk(server.url), 20))
    assert seen == [
        "echo",
        json.dumps({"region": "eu ö", "dry": True, "text": "x"}),
        "This is memo://one.",
    ]


def test_speaks_the_old_transport() -> None:
    with good_http.serve(old=True) as server:
        parts = urlsplit(server.url)
        assert parts.path == "/sse"
        stream = http.client.HTTPConnection(parts.netloc, timeout=5)
        stream.request("GET", "/sse")
        response = stream.getresponse()
        assert response.readline() == b"event: endpoint\n"
        endpoint = response.readline().decode().removeprefix("data: ").strip()
        assert endpoint.startswith("/messages?session=")
        assert response.readline() == b"\n"

        def send(method: str, **params: Any) -> Any:
            frame = {"jsonrpc": "2.0", "id": 3, "method": method, "params": params}
            post = http.client.HTTPConnection(parts.netloc, timeout=5)
            post.request("POST", endpoint, json.dumps(frame).encode())
            assert post.getresponse().status == 202
            post.close()
            assert response.readline() == b"event: message\n"
            message = json.loads(response.readline().removeprefix(b"data: "))
            assert response.readline() == b"\n"
            return message

        hello = send("initialize", protocolVersion="2024-11-05", capabilities={})
        assert hello["result"]["protocolVersion"] == "2024-11-05"
        assert send("tools/list")["result"]["tools"][0]["name"] == "echo"
        stream.close()
        for verb, path, status in (
            ("POST", "/sse", 405),
            ("POST", "/messages?session=x", 404),
            ("POST", "/mcp", 404),
            ("GET", "/mcp", 404),
        ):
            other = http.client.HTTPConnection(parts.netloc, timeout=5)
            other.request(verb, path)
            assert other.getresponse().status == status
            other.close()


def test_as_a_script_it_prints_its_url_and_logs_and_ends_with_its_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = [sys.executable, str(HERE / "good_http.py"), "--sse", "--log", str(log)]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        client = Client(process.stdout.readline().decode().strip(), False)
        assert client.post("tools/list")[1]["content-type"] == "text/event-stream"
        process.stdin.close()
        assert process.wait(10) == 0
    logged = [json.loads(line)["rpc"] for line in log.read_text().splitlines()]
    assert logged == ["initialize", "tools/list"]
