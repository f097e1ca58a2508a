"""A process that judges schemas: started when first asked, and killed when an answer takes long."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from mcpx import settings

_MOST_BYTES = 32 * 1024**2
# How long an idle process may take to end.
_TO_END = 0.5


class UnansweredError(Exception):
    """There is no answer; the text says why."""


class Worker:
    """A process of ``mcpx.schemas.worker``, and the next one where it had to be killed.

    To be used in a ``with`` block, which ends it. By one thread at a time.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._end(_TO_END)

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The worker's answer to a request (see there). Raises UnansweredError."""
        try:
            line = json.dumps({**request, "seconds": seconds}).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise UnansweredError("it holds a number that is too long") from error
        except RecursionError as error:
            raise UnansweredError("it is nested too deep") from error
        if len(line) > _MOST_BYTES:
            raise UnansweredError(f"it is larger than {_MOST_BYTES // 1024**2} MiB")
        crashed = "the check crashed or ran out of memory"
        try:
            process = self._process or self._start()
        except OSError as error:
            reason = f"the check could not be started: {(error.strerror or '').lower()}"
            raise UnansweredError(reason) from error
        try:
            assert process.stdin is not None
            process.stdin.write(line)
            process.stdin.flush()
            answered = self._answers.get(timeout=seconds)
        except queue.Empty as error:
            self._end(0)
            raise UnansweredError(f"that took longer than {seconds:g} s") from error
        except OSError as error:
            self._end(0)
            raise UnansweredError(crashed) from error
        except BaseException:
            self._end(0)  # interrupted: its answer would be taken for that to the next request
            raise
        try:
            found: dict[str, Any] = json.loads(answered)
        except ValueError as error:
            self._end(0)
            raise UnansweredError(crashed) from error
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mcpx.schemas.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ours and no other: what lies in the working directory is not imported.
            env={**settings.environment(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            # Ctrl-C is for us to hear; in our session the child is not taken for a server's.
            process_group=0 if os.name == "posix" else -1,
        )
        self._process, self._answers = process, queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, self._answers), daemon=True).start()
        return process

    def _end(self, seconds: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()
            process.wait(seconds)
        except (OSError, subprocess.TimeoutExpired):
            pass
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _listen(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    """Put each line of a process into a queue, and an empty one at its end."""
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            answers.put(line)
    answers.put(b"")
