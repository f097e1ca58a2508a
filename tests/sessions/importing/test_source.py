from __future__ import annotations

import pytest

from mcpx.sessions.importing import source as module
from mcpx.sessions.importing.source import Source, UnreadableError


def test_lines_keep_their_numbers() -> None:
    source = Source(b'\xef\xbb\xbf{"a":1}\r\n\n \n{"b":2}\n')
    assert [(line.number, line.json.text) for line in source.lines()] == [
        (1, '{"a":1}'),
        (4, '{"b":2}'),
    ]
    assert source.torn == 0


def test_a_last_line_that_is_cut_off_is_left_out() -> None:
    source = Source(b'{"a":1}\n{"b":2}\n{"c":\xc3')
    assert [line.json.text for line in source.lines()] == ['{"a":1}', '{"b":2}']
    assert source.torn == 3


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        pytest.param(b'{"a":1}\n{"b"\n{}\n', "not JSON: Expecting ':'", 2, id="broken inside"),
        pytest.param(b'{"a":1}\n{"b"\n', "not JSON: Expecting ':'", 2, id="broken at the end"),
        pytest.param(b'{"a":', "not JSON: Expecting value", 1, id="one line, cut off"),
        pytest.param(b'{}\n"\xff"\n', "it is not UTF-8", 2, id="no UTF-8"),
        pytest.param(b"{}\n" + b"[" * 100_000 + b"\n", "nested too deeply", 2, id="too deep"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(data: bytes, reason: str, line: int) -> None:
    with pytest.raises(UnreadableError) as refused:
        list(Source(data).lines())
    assert refused.value.reason.startswith(reason)
    assert refused.value.line == line


def test_the_first_object_is_the_document_or_that_of_the_first_line() -> None:
    for data in (b'{"a":1}\n{"b":2}\n', b'{\n "a":1\n}\n', b'\n {"a":1}'):
        first = Source(data).first_object
        assert first is not None
        assert list(first.members) == ["a"]
    assert Source(b"[1]").first_object is None
    assert Source(b"{oh").first_object is None


def test_a_file_in_utf_16_is_named() -> None:
    with pytest.raises(UnreadableError, match="it is UTF-16: write it anew as UTF-8"):
        _ = Source('{"a":1}'.encode("utf-16")).document


def test_sizes_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_DOCUMENT", 8)
    with pytest.raises(UnreadableError, match="9 bytes; at most 8"):
        _ = Source(b'{"a": 12}').document
    monkeypatch.setattr(module, "LARGEST", 8)
    with pytest.raises(UnreadableError, match="9 bytes; at most 8"):
        Source(b'{"a": 12}')


def test_what_is_too_large_for_one_value_is_not_called_bad_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Source(b'{"log": {\n}}')
    with pytest.raises(UnreadableError, match="not JSON"):
        source.check_start()
    monkeypatch.setattr(module, "LARGEST_DOCUMENT", 8)
    with pytest.raises(UnreadableError, match="12 bytes; at most 8 can be imported"):
        source.check_start()
    Source(b'{"a": 1}\n{"b": 2}\n').check_start()
