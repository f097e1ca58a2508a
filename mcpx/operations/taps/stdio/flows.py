"""Bytes on their way from one descriptor to another, unchanged and at the pace of their reader."""

from __future__ import annotations

import os
import select
import stat

# What a pipe holds, and so the most that one read finds in it.
_PIECE = 64 * 1024


class Flow:
    """What one side writes and the other reads; a descriptor that is closed becomes -1.

    Nothing is read while something waits to be taken: who writes feels how fast the other reads.
    The ends of a flow are closed with each other, as those of a pipe. ``lasting``: a reader that
    has left does not end the flow, and the flow's end does not close the reader's descriptor.
    """

    __slots__ = ("_at_once", "_lasting", "_unblocked", "reader_left", "source", "target", "waiting")

    def __init__(self, source: int, target: int, lasting: bool = False) -> None:
        self.source = source
        self.target = target
        self.waiting = memoryview(b"")
        self.reader_left = False
        self._lasting = lasting
        # Stderr is often shared with whoever started us, who would stumble over the change.
        self._unblocked = not lasting and _unblock(target)
        # Of what may block, no more than fits for certain once there is room at all.
        self._at_once = select.PIPE_BUF if os.get_blocking(target) else _PIECE

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more, and nothing waits."""
        return self.source < 0 and not self.waiting

    def read(self) -> bytes:
        """Pass on what there is to be read, as far as it is taken; returns it, empty at the end."""
        try:
            piece = os.read(self.source, _PIECE)
        except BlockingIOError:
            return b""
        except OSError:  # a terminal or a connection that is gone
            piece = b""
        if not piece:
            self.end()
        elif self.target >= 0:
            self.waiting = memoryview(piece)
            if self._at_once == _PIECE:
                self.write()
        return piece

    def write(self) -> None:
        """Pass on what waits, as far as it is taken."""
        try:
            taken = os.write(self.target, self.waiting[: self._at_once])
        except BlockingIOError:
            return
        except OSError:
            self.lose_reader()
            return
        self.waiting = self.waiting[taken:]
        if self.source < 0 and not self.waiting:
            self._close_target()

    def end(self) -> None:
        """Nothing more comes from the source; what waits is still to be taken."""
        if self.source >= 0:
            _close(self.source)
            self.source = -1
            if not self.waiting:
                self._close_target()

    def lose_reader(self) -> None:
        """The reader has left: whoever writes is to learn it, as from a pipe."""
        self.waiting = memoryview(b"")
        self.reader_left = True
        if self._lasting:
            self.target = -1
        else:
            self._close_target()
            self.end()

    def _close_target(self) -> None:
        if self.target >= 0 and not self._lasting:
            if self._unblocked:
                os.set_blocking(self.target, True)
            _close(self.target)
            self.target = -1


def _close(descriptor: int) -> None:
    """Close a descriptor; the number of a standard stream is not left free for something else."""
    if descriptor > 2:
        os.close(descriptor)
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _unblock(descriptor: int) -> bool:
    """Have writes to a pipe or a connection never block; whether that has changed anything.

    A terminal or a file is left as it is: others may have it open too.
    """
    kind = os.fstat(descriptor).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)) or not os.get_blocking(descriptor):
        return False
    os.set_blocking(descriptor, False)
    return True
