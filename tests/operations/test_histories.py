from __future__ import annotations

import pytest

from mcpx.catalogue.model import Catalogue
from mcpx.errors import Fault, ServerError, UsageError
from mcpx.operations.comparing import Server
from mcpx.operations.histories import Attempt, reason, releases, span
from mcpx.reports.document import Compared, Release, Side
from mcpx.sources.versions import Version
from mcpx.version_order import semver


def version(text: str) -> Version:
    rank = semver(text)
    assert rank is not None
    return Version(text, rank)


KNOWN = [version(one) for one in ["1.0.0", "1.1.0", "1.2.0-rc.1", "1.2.0", "1.3.0", "2.0.0-beta.1"]]


@pytest.mark.parametrize(
    ("begin", "end", "most", "taken", "left_out"),
    [
        pytest.param(None, None, 50, "1.2.0 1.3.0", "", id="the-two-newest"),
        pytest.param("1.0.0", None, 50, "1.0.0 1.1.0 1.2.0 1.3.0", "", id="since"),
        pytest.param(None, "1.2.0", 50, "1.1.0 1.2.0", "", id="up-to"),
        pytest.param("v1.0", "1.1.0", 50, "1.0.0 1.1.0", "", id="other-spellings"),
        pytest.param("1.2.0-rc.1", "1.3.0", 50, "1.2.0-rc.1 1.2.0 1.3.0", "", id="early-named"),
        pytest.param("1.3.0", "2.0.0-beta.1", 50, "1.3.0 2.0.0-beta.1", "", id="early-at-the-end"),
        pytest.param("1.0.0", None, 3, "1.0.0 1.2.0 1.3.0", "1.1.0", id="too-many"),
        pytest.param("1.0.0", None, 2, "1.0.0 1.3.0", "1.1.0 1.2.0", id="both-ends-alone"),
    ],
)
def test_a_span_of_versions(
    begin: str | None, end: str | None, most: int, taken: str, left_out: str
) -> None:
    found = span("npm:p", KNOWN, begin, end, most)
    assert [one.text for one in found.versions] == taken.split()
    assert [one.text for one in found.left_out] == left_out.split()


@pytest.mark.parametrize(
    ("known", "begin", "end", "said", "hint"),
    [
        ([], None, None, "npm:p has no published versions", ""),
        (
            KNOWN[:1],
            *(None, None, "npm:p: there is no version before 1.0.0"),
            "mcpx inspect shows what it offers: mcpx inspect npm:p@1.0.0",
        ),
        (
            KNOWN,
            *("7", None, "--from: npm:p has no version 7"),
            "there are 2.0.0-beta.1, 1.3.0, 1.2.0, 1.2.0-rc.1, 1.1.0, 1.0.0",
        ),
        (KNOWN, "1.0.0", "x", "--to: npm:p has no version x", None),
        (
            KNOWN,
            *("1.3.0", "1.1.0", "npm:p: 1.3.0 does not come before 1.1.0"),
            "--from is the older one",
        ),
    ],
    ids=["none", "one", "unknown", "no-version", "the-wrong-way-round"],
)
def test_what_is_no_span(
    known: list[Version], begin: str | None, end: str | None, said: str, hint: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        span("npm:p", known, begin, end, 50)
    assert caught.value.message == said
    assert hint is None or caught.value.hint == hint


FAILED = ServerError(Fault.EXITED, "p@1.1.0: exited with status 1 after 3.1 s: it was old")
THERE = Server("p", Catalogue("p"))


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        pytest.param("+++", [("1.1.0", "1.0.0"), ("1.2.0", "1.1.0")], id="all-start"),
        pytest.param("+-+", [("1.1.0", None), ("1.2.0", "1.0.0")], id="one-does-not"),
        pytest.param(
            "-++", [("1.0.0", None), ("1.1.0", ""), ("1.2.0", "1.1.0")], id="not-the-base"
        ),
        pytest.param("--", [("1.0.0", None), ("1.1.0", None)], id="none"),
    ],
)
def test_each_version_is_compared_with_the_last_that_started(
    outcomes: str, told: list[tuple[str, str | None]]
) -> None:
    attempts = [
        Attempt(version(f"1.{place}.0"), *((THERE,) if one == "+" else (None, FAILED)))
        for place, one in enumerate(outcomes)
    ]

    def compare(was: Version, _old: Server, now: Version, _new: Server) -> Compared:
        return Compared("p", Side(was.text), Side(now.text), ())

    def since(one: Release) -> str | None:
        return None if one.reason else one.compared.old.target if one.compared else ""

    found = list(releases(attempts, compare))
    assert [(one.version, since(one)) for one in found] == told
    assert {one.reason for one in found} <= {"", "exited with status 1: it was old"}


def test_an_unfinished_listing_is_a_reason_too() -> None:
    assert reason(None) == "it did not say all that it offers"
