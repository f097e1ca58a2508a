"""The shipped table against the research it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.sources.hosts import HostFile, Status, host_table

RESEARCH = Path(__file__).resolve().parents[2] / "../shared/data/discovery/hosts.json"
needs_research = pytest.mark.skipif(not RESEARCH.exists(), reason="the shared data is not here")


def research() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(RESEARCH.read_text())
    return loaded


@needs_research
def test_every_host_and_file_is_carried_over() -> None:
    ours = {(host.id, file.id): file for host in host_table().hosts for file in host.files}
    theirs = [(host["id"], file) for host in research()["hosts"] for file in host["files"]]
    assert len({host for host, _ in theirs}) == len(host_table().hosts) == 56
    for host, file in theirs:
        mine: HostFile = ours[host, file["id"]]
        assert file["path"] in mine.paths
        assert mine.scope == file["scope"]
        assert mine.systems == frozenset(file["os"])
        assert mine.confidence == file["confidence"]
        assert list(mine.sources) == file["source"]
        assert mine.status == file["status"]
        if mine.status not in (Status.NETWORK, Status.DYNAMIC, Status.PACKAGE):
            assert mine.format == file["format"]
            places = [place["key"] for place in file["servers"]]
            keys = [
                "single" if one.single and not one.key else list(one.key) for one in mine.servers
            ]
            assert all(place in keys for place in places)


def test_the_facts_are_dated_and_their_sources_named() -> None:
    table = host_table()
    assert table.as_of == "2026-11-22"
    for host in table.hosts:
        for file in host.files:
            assert file.sources
            assert set(file.sources) <= set(table.sources)


@pytest.mark.parametrize("host", host_table().hosts, ids=lambda host: host.id)
def test_files_are_ordered_and_named_once(host: Any) -> None:
    ids = [file.id for file in host.files]
    assert len(set(ids)) == len(ids)
    ranks = [file.rank for file in host.files if file.status is not Status.SWITCHES]
    assert ranks == sorted(ranks)
    for file in host.files:
        assert file.unless_servers_in in ("", *ids)
        assert all(variable.isupper() for variable in (*file.env, *host.folders))
