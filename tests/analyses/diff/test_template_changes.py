from __future__ import annotations

import pytest

from mcpx.analyses.diff.template_changes import template_changes
from mcpx.catalogue.model import Item, Kind


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a://{x}/{y}", "a://{x}/{z}", ["variable-renamed error"], id="renamed"),
        pytest.param("a://{x}/{y}", "a://{y}/{x}", ["operator-changed error"], id="exchanged"),
        pytest.param("a://{x}{?q}", "a://{x}{?query}", ["variable-renamed error"], id="query"),
        pytest.param("a://{x}{?q,r}", "a://{x}{?q}", ["variable-removed warning"], id="parameter"),
        pytest.param("a://{x}", "a://{x}/{y}", ["variable-added-required error"], id="segment"),
        pytest.param("a://{x}/{y}", "a://{y}", ["variable-removed error"], id="first segment"),
        pytest.param("a://b/{x}", "a://b{/x*}", ["operator-widened info"], id="segments"),
        pytest.param("a://b{/x*}", "a://b/{x}", ["operator-narrowed error"], id="one segment"),
        pytest.param("a://b/{x}", "a://b{/x}", ["respelled warning"], id="the same segment"),
        pytest.param("a://{x}/c", "a://{+x}/d", ["operator-widened info", "literal-changed error"],
                     id="two edits"),
        pytest.param("a://{x}", "a://{x*}", ["modifier-changed warning"], id="modifier"),
        pytest.param("a://{x}", "a://{x}{/y}", ["variable-added-required error"], id="path"),
        pytest.param("a://b/{x}/c", "a://b/c", ["variable-removed error"], id="in the middle"),
        pytest.param("a://{", "b://{", ["respelled warning"], id="none was a template"),
        pytest.param("a://{x}", "a://{x", ["became-invalid error"], id="none any more"),
        pytest.param("a://b?v=1", "a://b?v=2", ["literal-changed error"], id="no variable"),
    ],
)  # fmt: skip
def test_a_uri_template_is_compared_by_parts(old: str, new: str, expected: list[str]) -> None:
    items = (Item(Kind.TEMPLATE, {"uriTemplate": one}) for one in (old, new))
    found = [*template_changes("a", *items)]
    told = [
        f"{one.rule.id.removeprefix('resource-template-')} {one.severity.value}" for one in found
    ]
    assert told == expected
    assert {(one.pointer, one.before, one.after) for one in found} == {("/uriTemplate", old, new)}
