from __future__ import annotations

from mcpx.analyses.finding import Severity
from mcpx.reports.document import counts
from tests.reports import samples


def test_findings_are_counted_by_severity() -> None:
    document = samples.findings()
    assert [document.count(severity) for severity in Severity] == [1, 1, 1]
    assert samples.nothing_found().count(Severity.ERROR) == 0


def test_the_count_in_words_names_what_there_is() -> None:
    assert counts(samples.findings()) == "1 error, 1 warning, 1 note"
    assert counts(samples.nothing_found()) == "nothing"
