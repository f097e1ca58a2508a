from __future__ import annotations

import json
from pathlib import Path

from mcpx.shipped import json_schemas
from tests.conftest import Run


def test_the_formats_are_listed(run: Run) -> None:
    done = run("schema")
    assert done.status == 0
    assert [row[0] for row in done.rows] == json_schemas.names()
    data = run("schema", "--json").json
    assert [one["name"] for one in data["schemas"]] == json_schemas.names()
    assert all(one["title"] for one in data["schemas"])


def test_a_schema_is_printed_as_it_is_shipped(run: Run, project: Path) -> None:
    done = run("schema", "catalogue")
    assert (done.status, done.out) == (0, json_schemas.text("catalogue"))
    assert run("schema", "catalogue", "-o", "c.json", "-q").status == 0
    assert json.loads((project / "c.json").read_text()) == json.loads(done.out)


def test_an_unknown_format_is_wrong_use(run: Run) -> None:
    done = run("schema", "catalog")
    assert done.status == 2
    assert done.err.startswith("error: there is no schema 'catalog'\nhint: ")
    assert "catalogue" in done.err
