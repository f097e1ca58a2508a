from __future__ import annotations

from mcpx.serving.mock.playing.questions import Questions


def test_a_recorded_id_is_used_once() -> None:
    questions = Questions()
    assert [questions.new(0), questions.new(0), questions.new(0), questions.new()] == [
        0,
        "mock-1",
        "mock-2",
        "mock-3",
    ]
    assert questions.renamed(0) == '"mock-2"'
    assert questions.renamed(7) is None


def test_an_answer_counts_once_and_only_to_what_was_asked() -> None:
    questions = Questions()
    asked = questions.new(1)
    assert not questions.hear({"id": "1", "result": {}})
    assert questions.answer(asked) is None
    assert questions.hear({"id": 1.0, "result": {"a": 1}})
    assert not questions.hear({"id": 1, "result": {"a": 2}})
    assert questions.answer(asked) == {"id": 1.0, "result": {"a": 1}}
