from __future__ import annotations

import json
import os
import time
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.sources import readers
from mcpx.sources.readers import (
    InvalidError,
    UnreadableError,
    plain_json,
    read_bytes,
    read_document,
)

OLD = 1_000_000_000

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def write(folder: Path, content: str | bytes, name: str = "file") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (OLD, OLD))
    return str(path)


@settings(deadline=None)
@given(values, st.sampled_from([None, 1, "\t"]))
def test_plain_json_is_left_as_it_is(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    assert plain_json(text) == text


@settings(deadline=None)
@given(st.text(alphabet='{}[]",:/*\\ \n\r\tab1é'))
def test_blanking_keeps_every_position(text: str) -> None:
    plain = plain_json(text)
    assert len(plain) == len(text)
    assert [i for i, c in enumerate(plain) if c in "\r\n"] == [
        i for i, c in enumerate(text) if c in "\r\n"
    ]


@settings(deadline=None)
@given(values)
def test_comments_and_trailing_commas_change_nothing(value: object) -> None:
    text = json.dumps([value, "// no /* comment */ ,]"], indent=1)
    commented = text.replace("\n]", ", // end ]\n/* , } */ ]")
    assert json.loads(plain_json("// head\r\n" + commented)) == json.loads(text)


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
@settings(deadline=None)
@given(data=st.binary(max_size=60) | st.text(alphabet="{}[]=:-&*!<'\"\n a1#.,").map(str.encode))
def test_junk_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, form: str, data: bytes
) -> None:
    path = write(tmp_path_factory.getbasetemp(), data, f"junk.{form}")
    try:
        document = read_document(path, form)
    except InvalidError as error:
        assert "\n" not in str(error)
    else:
        document.places(("a",))
        document.places(())


@pytest.mark.parametrize(
    ("form", "text", "reason", "line"),
    [
        pytest.param("json", '{"a": 1,\n "b" 2}', "not valid JSON: column 6", 2, id="json"),
        pytest.param("json", "[" * 100_000, "nested too deeply", None, id="json-deep"),
        pytest.param(
            "json", '{"a": ' + "9" * 5000 + "}", "a number is too long", None, id="digits"
        ),
        pytest.param("json", b"\xff\xfe{\x00}\x00", "not UTF-8 text", None, id="utf-16"),
        pytest.param("toml", "a = 1\nb = \n", "not valid TOML: column 5", 2, id="toml"),
        pytest.param("toml", "a = " + "[" * 5000, "nested too deeply", None, id="toml-deep"),
        pytest.param("yaml", "a: 1\nb: [}\n", "not valid YAML: column 5", 2, id="yaml"),
        pytest.param("yaml", "a: !!bool x", "not valid YAML", None, id="yaml-value"),
        pytest.param("yaml", "a: 2020-13-45", "not valid YAML", None, id="yaml-date"),
        pytest.param("yaml", "a: !x y", "not valid YAML: column 4", 1, id="yaml-tag"),
        pytest.param("yaml", "[" * 900_000, "nested too deeply", None, id="yaml-deep"),
        pytest.param("yaml", "- " * 900_000, "nested too deeply", None, id="yaml-deep-list"),
    ],
)
def test_what_cannot_be_parsed_is_told_by_place_only(
    tmp_path: Path, form: str, text: str | bytes, reason: str, line: int | None
) -> None:
    with pytest.raises(InvalidError) as raised:
        read_document(write(tmp_path, text), form)
    assert str(raised.value) == reason
    assert raised.value.line == line


def test_yaml_merge_keys_cannot_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)]
    begin = time.process_time()
    with pytest.raises(InvalidError, match="merge keys grow too large"):
        read_document(write(tmp_path, "\n".join(lines)), "yaml")
    assert time.process_time() - begin < 5


def test_yaml_merge_keys_are_merged(tmp_path: Path) -> None:
    text = "base: &b {x: 1}\nmine: {<<: *b, y: 2}\nboth: {<<: [*b, {z: 3}]}"
    value = read_document(write(tmp_path, text), "yaml").value
    assert value["mine"] == {"x": 1, "y": 2}
    assert value["both"] == {"x": 1, "z": 3}


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff"])
def test_a_blank_file_holds_nothing(tmp_path: Path, form: str, text: str) -> None:
    assert read_document(write(tmp_path, text), form).value == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("head", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("form", "text", "key", "lines"),
    [
        pytest.param(
            "json",
            '{\n"z": {"a": 0}, "s":\n {"a": {"s": 1},\n\n"b": [\n], "c\\n": 2}}',
            ("s",),
            {"a": 3, "b": 5, "c\n": 6},
            id="json",
        ),
        pytest.param(
            "json",
            '// x\n{"s": { // "a": 1\n /* \n */ "a": 1,\n}, }',
            ("s",),
            {"a": 4},
            id="jsonc",
        ),
        pytest.param("json", '{"s":\n[1,\n{}]}', ("s",), {"0": 2, "1": 3}, id="json-list"),
        pytest.param("json", '{"s": 1}', ("s", "t"), {}, id="json-absent"),
        pytest.param(
            "toml",
            '[s.a]\nx=1\n[s."b c"]\n[s.a.env]\n[other.s.d]\n',
            ("s",),
            {"a": 1, "b c": 3},
            id="toml",
        ),
        pytest.param("toml", "[[s]]\nn=1\n[[s]]\n", ("s",), {"0": 1, "1": 3}, id="toml-list"),
        pytest.param(
            "yaml", "k: 1\ns:\n  a: {}\n  b:\n    x: 1\n", ("s",), {"a": 3, "b": 4}, id="yaml"
        ),
        pytest.param("yaml", "s:\n- n: 1\n- n: 2\n", ("s",), {"0": 2, "1": 3}, id="yaml-list"),
        pytest.param("yaml", "s: 1\n", ("t",), {}, id="yaml-absent"),
    ],
)
def test_lines_of_entries(
    tmp_path: Path,
    form: str,
    text: str,
    key: tuple[str, ...],
    lines: dict[str, int],
    head: str,
    end: str,
) -> None:
    path = write(tmp_path, head + text.replace("\n", end))
    assert dict(read_document(path, form).places(key).lines) == lines


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param("json", '{"s": {"a": 1, "b": 2, "a": 3}}', id="json"),
        pytest.param("yaml", "s: {a: 1, b: 2, a: 3}", id="yaml"),
    ],
)
def test_names_that_stand_twice(tmp_path: Path, form: str, text: str) -> None:
    document = read_document(write(tmp_path, text), form)
    assert document.places(("s",)).repeated == ("a",)
    assert document.value["s"]["a"] == 3


def test_lines_of_a_large_file_are_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LARGEST_WITH_LINES", 10)
    document = read_document(write(tmp_path, '{"s": {"a": 1}}'), "json")
    assert document.places(("s",)).lines == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('{"a": 1}', None, id="plain"),
        pytest.param('{\n"a": 1,\n}', 3, id="trailing-comma"),
        pytest.param('\n// x\n{"a": 1}', 2, id="comment"),
    ],
)
def test_where_a_strict_reader_stops(tmp_path: Path, text: str, line: int | None) -> None:
    document = read_document(write(tmp_path, text), "json")
    assert document.value == {"a": 1}
    assert document.lenient_line == line


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(UnreadableError, match=r"^not a regular file$"):
            read_bytes(str(path), 10)


def test_absent_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path, "x")
    for path in (tmp_path / "none", tmp_path / "file" / "below"):
        with pytest.raises(FileNotFoundError):
            read_document(str(path), "json")


@pytest.mark.parametrize(
    ("form", "limit"),
    [("json", "LARGEST_JSON"), ("toml", "LARGEST_OTHER"), ("yaml", "LARGEST_OTHER")],
)
def test_size_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, limit: str
) -> None:
    assert readers.LARGEST_JSON == 20 * 1024 * 1024
    monkeypatch.setattr(readers, limit, 2 * 1024 * 1024)
    path = write(tmp_path, " " * (2 * 1024 * 1024 + 1))
    with pytest.raises(UnreadableError, match=r"^larger than 2 MiB$"):
        read_document(path, form)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"' + '\\"' * 500_000, id="unfinished-string"),
        pytest.param("/*" * 500_000, id="unfinished-comment"),
        pytest.param(", " * 500_000, id="commas"),
        pytest.param("," + " " * 1_000_000, id="spaces"),
        pytest.param('{"a": "' + "\\\\" * 500_000, id="backslashes"),
    ],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    begin = time.process_time()
    plain_json(text)
    assert time.process_time() - begin < 3


def test_a_file_without_permission(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    path = write(tmp_path, "{}")
    os.chmod(path, 0)
    with pytest.raises(UnreadableError, match=r"^Permission denied$"):
        read_document(path, "json")


def test_a_half_written_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text('{"a": ')
    writer = Timer(0.01, path.write_text, ['{"a": 1}'])
    writer.start()
    try:
        assert read_document(str(path), "json").value == {"a": 1}
    finally:
        writer.join()


def test_an_old_broken_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
    with pytest.raises(InvalidError):
        read_document(write(tmp_path, "{"), "json")
