"""HTTP+SSE, the first transport over HTTP: one stream of events down, a POST for each message up.

Source: specification 2024-11-05, basic/transports, "HTTP with SSE"; deprecated since 2025-03-26.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from mcpx import web
from mcpx.client import faults
from mcpx.client.frames import Outgoing
from mcpx.client.http import IN_ORDER, MOST_WAITING, Http, redirects_of
from mcpx.client.peer import Peer
from mcpx.errors import McpxError, ServerError
from mcpx.servers import Transport
from mcpx.settings import Limits
from mcpx.sse_events import EVENT_STREAM

# Seconds for what was said last to arrive.
GOODBYE = 0.5
# Characters of the URL that is posted to.
LONGEST_ENDPOINT = 8_000


class HttpSse:
    """Reads the stream that brings everything, and posts to the endpoint that it names."""

    transport = Transport.SSE
    awaits = "GET with the 'endpoint' event"

    def __init__(self, http: Http, peer: Peer, limits: Limits) -> None:
        self._http = http
        self._peer = peer
        self._limits = limits
        self.began = False  # it has named an endpoint, which nothing else does
        self._endpoint: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._headers: Mapping[str, str] = {}
        self._reader: asyncio.Task[None] | None = None
        self._posts: dict[int, asyncio.Task[None]] = {}
        self._last: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Open the stream and learn the endpoint. Raises ServerError."""
        self._reader = asyncio.ensure_future(self._read())
        await asyncio.shield(self._endpoint)

    def send(self, message: Outgoing) -> None:
        """Post a message; the stream brings the answer.

        What has no answer is waited for, since the server has to hear it before what follows; a
        request is not, since some servers answer its POST only once they are done with it.
        """
        if len(self._posts) >= MOST_WAITING:
            what = f"so much that {MOST_WAITING} messages of ours wait to be taken"
            self._peer.fail(faults.over_limit(self._peer.spec, "notifications", what))
            return
        task = asyncio.ensure_future(self._post(message, self._last))
        if message.number is None:
            self._last = task
        key = id(task)
        self._posts[key] = task
        task.add_done_callback(lambda _done: self._posts.pop(key, None))

    def abandon(self, number: int) -> bool:
        """Nothing to close: the stream is that of all requests."""
        return False

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """From now on these headers go along."""
        self._headers = headers

    def signs_of_life(self) -> tuple[list[str], str]:
        """HTTP has no stderr, and what is awaited says the rest."""
        return [], ""

    async def close(self) -> None:
        """End the stream and every connection."""
        if self._posts:
            # What was just said, such as that a request is cancelled, may still arrive.
            await asyncio.wait(list(self._posts.values()), timeout=GOODBYE)
        tasks = list(self._posts.values())
        if self._reader is not None:
            tasks.append(self._reader)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._endpoint.done() and not self._endpoint.cancelled():
            self._endpoint.exception()
        await self._http.close()

    async def _post(self, message: Outgoing, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before], timeout=IN_ORDER)
        headers = {"content-type": "application/json", **self._headers, **message.headers}
        what = message.method or "an answer"
        try:
            endpoint = self._endpoint.result()
            body = message.raw.strip()
            most = redirects_of(message.method)
            async with self._http.exchange("POST", endpoint, headers, body, most) as answer:
                said = await answer.beginning()
                if not 200 <= answer.status < 300:
                    raise faults.refused_by_status(
                        self._peer.spec, what, answer.status, answer.headers, said
                    )
        except Exception as error:  # whatever it is: whoever waits for the answer has to get it
            if message.number is not None:
                self._peer.fail_one(message.number, error)
            elif isinstance(error, McpxError):
                self._peer.oddities.note("wire-refused", f"did not take {what}: {error.message}")
            else:
                raise

    async def _read(self) -> None:
        """Read the stream until it ends, which ends every request."""
        spec = self._peer.spec
        try:
            kinds = {"accept": EVENT_STREAM}
            async with self._http.exchange("GET", self._http.url, kinds) as answer:
                if answer.status != 200 or answer.kind != EVENT_STREAM:
                    body = await answer.beginning()
                    raise _no_stream(self._peer, answer.status, answer.headers, answer.kind, body)
                async for event in answer.events():
                    if event.kind == "endpoint":
                        self._take_endpoint(answer.url, event.data)
                    elif event.is_message:
                        self._peer.feed(event.data)
                    if self._peer.failed:
                        return
            self._fail(faults.broken_off(spec, "ended its event stream"))
        except Exception as error:  # whatever it is: nothing else will come for those who wait
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not self._endpoint.done():
            self._endpoint.set_exception(error)
        self._peer.fail(error)

    def _take_endpoint(self, url: str, data: bytes) -> None:
        """The URL to post to, named by a stream at ``url``; no other origin is accepted."""
        self.began = True
        if self._endpoint.done():
            self._peer.oddities.note("wire-endpoint", "named a second endpoint, not used")
            return
        text = data.decode("utf-8", "replace").strip()
        target = web.on_origin(url, text)
        wrong = "" if target else "leads to another origin"
        if len(target) > LONGEST_ENDPOINT:
            wrong = f"is longer than {LONGEST_ENDPOINT} characters"
        if wrong:
            shown = faults.own_words(self._peer.spec, text, faults.MOST_SHOWN)
            raise faults.invalid_answer(self._peer.spec, "GET", f"its endpoint {wrong}: {shown}")
        self._endpoint.set_result(target)


def _no_stream(
    peer: Peer, status: int, headers: Mapping[str, str], kind: str, body: bytes
) -> ServerError:
    if 200 <= status < 300:
        shown = faults.own_words(peer.spec, kind or "no content type", faults.MOST_SHOWN)
        return faults.invalid_answer(peer.spec, "GET", f"{shown}, not an event stream")
    return faults.refused_by_status(peer.spec, "GET", status, headers, body)
