"""TLS with certificates that nobody should trust unasked; their keys are public."""

from __future__ import annotations

import ssl
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "data" / "tls"


def certificate(name: str) -> Path:
    """A certificate with its key, in one file: ``loopback``, ``other-host`` or ``expired``."""
    return _FOLDER / f"{name}.pem"


def context(name: str) -> ssl.SSLContext:
    """The settings of a server with that certificate."""
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(certificate(name))
    return settings
