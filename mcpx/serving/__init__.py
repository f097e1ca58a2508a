"""MCP servers that mcpx itself is."""
