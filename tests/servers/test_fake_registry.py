"""The fake answers as the official registry would: the 22 request and answer cases."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT
from tests.servers.fake_registry import FakeRegistry

DATA = ROOT / ".." / "shared" / "data" / "discovery" / "registry"
THERE = (DATA / "requests.json").is_file()
CASES = json.loads((DATA / "requests.json").read_text())["cases"] if THERE else [{"get": "none"}]

pytestmark = pytest.mark.skipif(not THERE, reason="needs the cases in ../shared/data")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["get"])
def test_it_answers_as_the_official_registry(case: dict[str, Any]) -> None:
    records = json.loads((DATA / "database.json").read_text())["records"]
    with FakeRegistry(records) as fake:
        parts = urlsplit(fake.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        connection.request("GET", case["get"])
        response = connection.getresponse()
        body = json.loads(response.read())
        connection.close()
    assert response.status == case.get("status", 200)
    if "names" in case:
        assert [called(one) for one in body["servers"]] == case["names"]
        assert body["metadata"]["count"] == len(case["names"])
        assert body["metadata"].get("nextCursor") == case.get("nextCursor")
    if "name" in case:
        assert called(body) == case["name"]
    if "location" in case:
        assert response.headers["Location"] == case["location"]
    if "body" in case:
        assert body == case["body"]
    if "body_has" in case:
        assert body.items() >= case["body_has"].items()


def called(one: Any) -> str:
    return f"{one['server']['name']}@{one['server']['version']}"
