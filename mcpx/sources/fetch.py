"""Bounded GETs of JSON documents, by httpx: on one origin, decoded within a limit, in time."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from mcpx import interrupts, web
from mcpx.errors import Fault, RefusedError, ServerError
from mcpx.inflate import EncodingError, Inflater, TooLongError
from mcpx.retry import Retries
from mcpx.settings import Limits
from mcpx.sources.addresses import is_public, leads_to_private
from mcpx.sources.fetch_faults import refused, said, shown, told

MOST_BYTES = 10 * 1024 * 1024
# JSON values of one document: as Python objects they take far more memory than as text.
MOST_VALUES = Limits().values
DEADLINE = 30.0
JSON = "application/json"

_MOST_OF_AN_ERROR = 64 * 1024


class Fetcher:
    """GETs over connections that are kept between them; a context manager that closes them.

    ``limit`` bounds a decoded body in bytes, ``deadline`` a document in seconds, with everything:
    names, redirects, repetitions. ``public_only`` refuses whatever is not on the open internet.
    ``received`` counts the bytes of all bodies, ``values`` what they hold; a document may hold
    ``values_left``.
    """

    def __init__(
        self,
        limit: int = MOST_BYTES,
        deadline: float = DEADLINE,
        public_only: bool = False,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.received = 0
        self.values = 0
        self.values_left = MOST_VALUES
        self._limit = limit
        self._deadline = deadline
        self._public_only = public_only
        self._retries = retries or Retries()
        self._sleep = sleep
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            client.close()

    def json(self, url: str, accept: str = JSON) -> Any:
        """The value of a document.

        Raises ServerError (connect, tls, http, auth, throttled, timeout, lost, limit, protocol,
        invalid_response), UsageError for what is no URL and RefusedError for one that is not
        fetched: plain http to another machine, a user name in it, an address that is not public.
        """
        parts = web.checked_url(url)
        if parts.scheme == "http" and not web.is_loopback(url):
            raise RefusedError(
                f"{shown(url)}: plain http is only used on this machine", hint="use https://"
            )
        if parts.username is not None or parts.password is not None:
            raise RefusedError(f"{shown(url)}: not fetched with a user name in the URL")
        until = time.monotonic() + self._deadline
        attempt = 1
        while True:
            interrupts.check()
            try:
                value = self._in_time(url, accept, until)
            except ServerError as error:
                left = until - time.monotonic()
                seconds = self._retries.wait(error, attempt, harmless=True, left=left)
                if seconds is None:
                    raise
                self._sleep(seconds)
                attempt += 1
            else:
                self._retries.budget.earn()
                return value

    def _in_time(self, url: str, accept: str, until: float) -> Any:
        """One attempt, in a thread: looking up a name cannot be given a deadline otherwise."""
        seconds = max(until - time.monotonic(), 0.01)
        given_up = threading.Event()
        came: list[tuple[Any, BaseException | None]] = []

        def work() -> None:
            try:
                came.append((self._get(url, accept, seconds, given_up), None))
            except BaseException as error:  # handed over to whoever waits
                came.append((None, error))

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(seconds)
        if not came:
            given_up.set()
            # The thread may still use them; it ends by itself.
            self._clients = {}
            raise ServerError(
                Fault.TIMEOUT,
                f"{shown(url)}: no full answer within {self._deadline:g} s",
                hint="try again, or check the network",
            )
        value, error = came[0]
        if error is not None:
            raise error
        return value

    def _get(self, url: str, accept: str, seconds: float, given_up: threading.Event) -> Any:
        httpx = web.library()
        # More than who waits for this has, so that a deadline is told in one way.
        patience = seconds + 1.0
        timeout = httpx.Timeout(patience, connect=min(web.CONNECT, patience))
        with told(url):
            for _ in range(web.MOST_REDIRECTS + 1):
                guard = self._guard(url)
                request = self._client(url).build_request(
                    "GET", url, headers={"accept": accept}, timeout=timeout, extensions=guard
                )
                with contextlib.closing(self._client(url).send(request, stream=True)) as response:
                    status, location = response.status_code, web.show_location(response)
                    target = web.followed("GET", url, status, location)
                    if not target:
                        return self._value(url, response, given_up)
                url = target
        raise ServerError(
            Fault.HTTP,
            f"{shown(url)}: redirects more than {web.MOST_REDIRECTS} times",
            hint="check the URL",
        )

    def _client(self, url: str) -> Any:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._clients:
            headers = {"user-agent": web.USER_AGENT, "accept-encoding": web.ACCEPT_ENCODING}
            self._clients[origin] = web.client("Client", url, headers, web.hide_location)
        return self._clients[origin]

    def _guard(self, url: str) -> dict[str, Any]:
        """What keeps a request on the open internet, if it has to stay there.

        The name is looked up, and then the address that the connection really has is checked
        before anything is sent: a name may lead elsewhere the second time.
        """
        if not self._public_only:
            return {}
        host = str(web.library().URL(url).raw_host.decode("ascii"))
        if leads_to_private(host):
            raise _private(url)
        asked: list[str] = []

        def check(event: str, info: Mapping[str, Any]) -> None:
            if event == "connection.connect_tcp.started":
                asked.append(str(info["host"]))
            elif event == "connection.connect_tcp.complete" and asked[-1:] == [host]:
                stream = info["return_value"]
                if not is_public(stream.get_extra_info("server_addr")[0]):
                    stream.close()
                    raise _private(url)

        return {"trace": check}

    def _value(self, url: str, response: Any, given_up: threading.Event) -> Any:
        body = bytearray()
        failed = not 200 <= response.status_code < 300
        limit = _MOST_OF_AN_ERROR if failed else self._limit
        try:
            undo = Inflater(response.headers.get("content-encoding", ""), limit)
            for raw in response.iter_raw():
                for piece in undo(raw):
                    body += piece
                if given_up.is_set():
                    break
        except (TooLongError, EncodingError):
            if not failed:
                raise
        self.received += len(body)
        if failed:
            raise refused(url, response.status_code, response.headers, bytes(body))
        values = values_in(body)
        if values > self.values_left:
            raise ServerError(
                Fault.LIMIT,
                f"{shown(url)}: sends about {values} values, more than {self.values_left}",
                hint="it is not read any further",
            )
        self.values += values
        try:
            return json.loads(bytes(body))
        except (ValueError, RecursionError) as error:
            kind = said(response.headers.get("content-type", "") or "something")
            raise ServerError(
                Fault.INVALID_RESPONSE,
                f"{shown(url)}: answered with {kind}, which is not valid JSON",
                hint="check the URL",
            ) from error


def values_in(document: bytes | bytearray) -> int:
    """About how many values a JSON document holds, and never fewer, without reading it."""
    return document.count(b",") + document.count(b"[") + document.count(b"{")


def _private(url: str) -> RefusedError:
    return RefusedError(
        f"{shown(url)}: leads to an address that is not public; not fetched",
        hint="fetch it yourself if you trust who named it",
    )
