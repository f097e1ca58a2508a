from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.safe_calls import MOST_CALLS, Chosen, Reason, Skipped, choices, reasons
from mcpx.catalogue.model import Item, Kind

READS = {"readOnlyHint": True}


def item(name: Any = "get_count", **members: Any) -> Item:
    usual = {"inputSchema": {"type": "object"}, "outputSchema": {}, "annotations": READS}
    return Item(Kind.TOOL, {"name": name, **usual, **members})


def required(name: str, **part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: part}, "required": [name]}


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param(item(), id="only reads"),
        pytest.param(item("exhibit"), id="no known verb"),
        pytest.param(item("order_status"), id="no verb"),
        pytest.param(item(annotations={**READS, "destructiveHint": False}), id="destroys nothing"),
        pytest.param(item(annotations={**READS, "openWorldHint": True}), id="reads from outside"),
        pytest.param(item(execution={"taskSupport": "optional"}), id="perhaps a task"),
    ],
)
def test_what_only_reads_is_called(tool: Item) -> None:
    assert list(choices([tool])) == [Chosen(tool, {})]


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        pytest.param(item(annotations={}), Reason.NOT_READING, id="no hint"),
        pytest.param(item(annotations=7), Reason.NOT_READING, id="no annotations"),
        pytest.param(item(annotations={"readOnlyHint": 1}), Reason.NOT_READING, id="one"),
        pytest.param(item(annotations={"readOnlyHint": "true"}), Reason.NOT_READING, id="text"),
        pytest.param(
            item(annotations={**READS, "destructiveHint": True}), Reason.DESTRUCTIVE, id="destroys"
        ),
        pytest.param(
            item(annotations={**READS, "destructiveHint": "no"}), Reason.DESTRUCTIVE, id="unclear"
        ),
        pytest.param(item("delete_file"), Reason.DOUBTED, id="name"),
        pytest.param(item("clear_logs"), Reason.DOUBTED, id="name that lint lets pass"),
        pytest.param(item("github_createIssue"), Reason.DOUBTED, id="name with a prefix"),
        pytest.param(item("run_report"), Reason.DOUBTED, id="runs what is not known"),
        pytest.param(
            item("files", description="Deletes all files."), Reason.DOUBTED, id="description"
        ),
        pytest.param(item(execution={"taskSupport": "required"}), Reason.AS_TASK, id="task"),
    ],
)
def test_what_may_do_more_is_not_called(tool: Item, reason: Reason) -> None:
    assert list(choices([tool])) == [Skipped(tool.key, reason)]


def test_arguments_come_from_the_schema_or_the_tool_is_skipped() -> None:
    given = item("a", inputSchema=required("colour", enum=["red"]))
    free = item("b", inputSchema=required("query", type="string"))
    found = [Chosen(given, {"colour": "red"}), Skipped("b", Reason.NO_EXAMPLE, "query")]
    assert list(choices([given, free])) == found


@pytest.mark.parametrize("output", [None, True, "x"])
def test_tools_without_an_output_schema_are_not_spoken_of(output: Any) -> None:
    assert list(choices([item(outputSchema=output)])) == []


def test_of_two_tools_of_a_name_none_is_called() -> None:
    twins = [item("a"), item("a", outputSchema=None)]
    assert list(choices(twins)) == [Skipped("a", Reason.NAMED_TWICE)]


def test_no_server_is_called_without_end() -> None:
    found = list(choices([item(f"get_{number}") for number in range(MOST_CALLS + 2)]))
    assert sum(isinstance(one, Chosen) for one in found) == MOST_CALLS
    assert found[-1] == Skipped(f"get_{MOST_CALLS + 1}", Reason.TOO_MANY)


def test_reasons_are_told_together() -> None:
    skipped = [
        Skipped("search", Reason.NO_EXAMPLE, "query"),
        Skipped("add", Reason.NOT_READING),
        Skipped("x" * 99, Reason.NOT_READING),
    ]
    assert reasons(skipped) == (
        f"does not say readOnlyHint (add and {'x' * 60}); "
        "requires what its schema has no example of (search: query)"
    )
    assert reasons([]) == ""
