"""The command-line toolkit for people who run more than one MCP server."""

__version__ = "0.1.0"
