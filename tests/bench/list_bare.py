"""Lists a stdio server with frames written by hand: the least that it can cost."""

from __future__ import annotations

import json
import subprocess
import sys

LISTS = {
    "tools": ["tools/list"],
    "prompts": ["prompts/list"],
    "resources": ["resources/list", "resources/templates/list"],
}
process = subprocess.Popen(
    sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
)
assert process.stdin is not None
assert process.stdout is not None


def send(**message: object) -> None:
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    process.stdin.flush()


def answer(number: int) -> dict[str, object]:
    while True:
        message = json.loads(process.stdout.readline())
        if message.get("id") == number:
            return message["result"]


client = {"name": "bare", "version": "1"}
opening = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
send(id=0, method="initialize", params=opening)
capabilities = answer(0)["capabilities"]
send(method="notifications/initialized")
methods = [method for name, found in LISTS.items() if name in capabilities for method in found]
for number, method in enumerate(methods, 1):
    send(id=number, method=method)
for number, _ in enumerate(methods, 1):
    print(json.dumps(answer(number)))
process.stdin.close()
process.wait()
