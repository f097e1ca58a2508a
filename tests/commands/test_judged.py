from __future__ import annotations

import pytest

from mcpx.analyses.host_models import HOST_MODELS
from mcpx.commands.judged import judges
from mcpx.errors import UsageError


def test_hosts_are_named_once_in_their_order() -> None:
    assert judges(["zed, cursor", "zed"], named=True) == ("zed", "cursor")
    assert judges(None, named=True) == ()
    assert judges(["warp"], named=False) == ("warp",)


@pytest.mark.parametrize("named", [True, False])
def test_a_host_that_is_none_is_told_with_those_that_are(named: bool) -> None:
    with pytest.raises(UsageError) as caught:
        judges(["#"], named)
    assert caught.value.message == "--host: there is no host '#'"
    assert "zed" in caught.value.hint


def test_a_library_judges_only_servers_that_are_named() -> None:
    assert "langchain" in HOST_MODELS
    assert judges(["langchain"], named=True) == ("langchain",)
    with pytest.raises(UsageError, match="is not one that mcpx finds"):
        judges(["langchain"], named=False)
