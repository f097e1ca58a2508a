from __future__ import annotations

import re

from mcpx import codes
from tests.conftest import ROOT


def test_every_code_has_one_name_and_one_home() -> None:
    values = [value for name, value in vars(codes).items() if name.isupper()]
    assert len(set(values)) == len(values)
    assert codes.INTERNAL_ERROR == -32603
    elsewhere = [
        path.name
        for path in sorted((ROOT / "mcpx").rglob("*.py"))
        if path.name != "codes.py" and re.search(r"= -32\d{3}\b", path.read_text(encoding="utf-8"))
    ]
    assert elsewhere == []
