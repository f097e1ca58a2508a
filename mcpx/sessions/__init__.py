"""The session file: what really crossed the wire, as events; reading, writing, import, export."""
