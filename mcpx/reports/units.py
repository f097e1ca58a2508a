"""Sizes and times for people."""

from __future__ import annotations


def bytes_shown(number: int) -> str:
    """Bytes for people: ``512 B``, ``1.2 kB``; units of a thousand."""
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" or size >= 99.5 else f"{size:.1f} {unit}"


def seconds_shown(seconds: float) -> str:
    """A time for people: ``0.4 ms``, ``12 ms``, ``1.25 s``, ``3 min 5 s``."""
    if seconds < 0.9995:
        thousandths = seconds * 1000
        return f"{thousandths:.0f} ms" if thousandths >= 9.95 else f"{thousandths:.1f} ms"
    if seconds < 59.995:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
