from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.tape.stamps import is_stamped, lacking

VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"


@pytest.mark.parametrize(
    ("params", "stamped", "missing"),
    [
        pytest.param({}, False, VERSION, id="none"),
        pytest.param({"_meta": 5}, False, VERSION, id="no-object"),
        pytest.param({"_meta": {VERSION: "2026-07-28"}}, True, CAPABILITIES, id="half"),
        pytest.param({"_meta": {VERSION: "2026-07-28", CAPABILITIES: {}}}, True, "", id="all"),
    ],
)
def test_stamps(params: Any, stamped: bool, missing: str) -> None:
    assert (is_stamped(params), lacking(params)) == (stamped, missing)
