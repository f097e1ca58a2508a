"""Every file of every host that can hold a command: words put before it, and taken away."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import tomli_w
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.operations.host_edits import (
    EntryText,
    UneditableError,
    put_before,
    read_again,
    take_away,
    words_of,
)
from mcpx.sources.dialects import read_entry
from mcpx.sources.effective import Layer
from mcpx.sources.entries import named, places
from mcpx.sources.hosts import Dialect, Host, HostFile, Servers, host_table
from mcpx.sources.paths import Surroundings
from mcpx.sources.readers import document_of

WORDS = ("/opt/my tools/mcpx", "record", "-o", '/home/ä/rec"s/', "--")
WHERE = Surroundings("linux", "/h", "/code/shop", frozenset({"/code/shop"}), None, {})


def entries(data: bytes, host: Host, file: HostFile) -> Iterator[EntryText]:
    """The entries of a file as the scan reads them."""
    form = "json" if file.format == "jsonc" else file.format
    document = document_of(data, form).value
    for key, place, value in places(file, document, WHERE):
        for index, name, raw in named(place, value, document, "/f.json", "linux"):
            entry = read_entry(host, file, place.dialect, name, raw)
            layer = Layer(host, file, "/f.json", 0, place.dialect, raw, entry)
            yield EntryText(data, layer, key if place.single else (*key, index))


def of_host(host_id: str, file_id: str) -> tuple[Host, HostFile]:
    host = next(one for one in host_table().hosts if one.id == host_id)
    return host, next(one for one in host.files if one.id == file_id)


def there_and_back(data: bytes, host: Host, file: HostFile, at: int) -> bytes:
    """Put the words before one entry, look at all of them, take the words away; what was put."""
    before = list(entries(data, host, file))
    tapped = put_before(before[at], WORDS)
    after = list(entries(tapped, host, file))
    assert len(after) == len(before)
    for index, (was, now) in enumerate(zip(before, after, strict=True)):
        own = WORDS if index == at else ()
        assert words_of(now.layer) == (*own, *words_of(was.layer))
        specs = [replace(one.layer.entry.spec, command="", args=()) for one in (was, now)]
        assert specs[0] == specs[1]
    assert take_away(after[at], len(WORDS)) == data
    return tapped


# -- a realistic file for every place of every host

NAMES = ("github", 'odd name/é."x"', "files", "short")


def fields(dialect: Dialect, number: int) -> list[tuple[str, object]]:
    """What stands in an entry: with arguments, without, with none, with a command of one word."""
    kind = next((word for word, means in dialect.types.items() if means == "stdio"), "")
    found: list[tuple[str, object]] = []
    if kind and dialect.type_keys:
        found.append((dialect.type_keys[0], kind))
    command = ("npx", "C:\\tools\\server.exe", "/usr/bin/env", "uvx")[number]
    arguments = (["-y", "@scope/pkg", '--key=a "b" \\c'], None, [], ["é"])[number]
    if dialect.arrays and number % 2 == 0:
        found.append((dialect.command, [command, *(arguments or [])]))
    else:
        found.append((dialect.command, command))
        if arguments is not None:
            found.insert(number % 2 + 1, ("args", arguments))
    found.append((dialect.env, {"LEVEL": "3", "TOKEN": "s3cret-value"}))
    if dialect.container != "map" and dialect.container != "single":
        found.insert(0, (dialect.name, NAMES[number]))
    return found


def as_json(value: object, depth: int, style: str) -> str:
    """JSON in a style: ``plain``, ``tight``, or ``odd`` with comments where they are allowed."""
    if style == "tight":
        return json.dumps(value, separators=(",", ":"))
    pad = ("\t" if style == "odd" else "  ") * depth
    inner = pad + ("\t" if style == "odd" else "  ")
    if isinstance(value, dict) and value:
        rows = [f"{inner}{json.dumps(k)}: {as_json(v, depth + 1, style)}" for k, v in value.items()]
        if style == "odd":
            return "{ // {\n" + ', /* "args": [ */\n'.join(rows) + ",\n" + pad + "}"
        return "{\n" + ",\n".join(rows) + "\n" + pad + "}"
    if isinstance(value, list) and value and style == "odd":
        rows = [f"{inner}{as_json(item, depth + 1, style)}" for item in value]
        return "[ // first ]\n" + ", // next\n".join(rows) + ",\n" + pad + "]"
    return json.dumps(value, ensure_ascii=style == "plain")


def as_yaml(value: object, depth: int) -> str:
    pad = "  " * depth
    if isinstance(value, dict) and value:
        rows = [
            f"{pad}{json.dumps(k, ensure_ascii=False)}: {as_yaml(v, depth + 1)}"
            for k, v in value.items()
        ]
        return ("\n" if depth else "") + "  # note\n".join(rows)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n" + "\n".join(f"{pad}- {json.dumps(item)}  # - why" for item in value)
    if isinstance(value, list) and value:
        return "\n" + "\n".join(f"{pad}-\n{as_yaml(item, depth + 1)[1:]}" for item in value)
    return json.dumps(value, ensure_ascii=False)


def as_toml(keys: tuple[str, ...], servers: object) -> str:
    text = '# servers\n[other]\ncommand = "no"\n\n'
    head = ".".join(keys)
    tables = (
        [(f"[[{head}]]", inner) for inner in servers]
        if isinstance(servers, list)
        else [(f"[{head}.{json.dumps(name)}]", inner) for name, inner in dict(servers).items()]
    )
    for title, inner in tables:
        text += f"{title} # here\n"
        for key, value in inner.items():
            if isinstance(value, dict):
                shown = "{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items()) + " }"
            elif isinstance(value, list) and value:
                shown = "[ # a ]\n" + ",\n".join(f"  {json.dumps(v)}" for v in value) + ", # b\n]"
            else:
                shown = json.dumps(value)
            text += f"  {key}   = {shown} # end\n"
        text += "\n"
    return text


def documents(file: HostFile, place: Servers) -> Iterator[tuple[str, bytes]]:
    """The place with four servers in it, in every style of its format."""
    keys = tuple({"*": "any", "{project_abs}": "/code/shop"}.get(key, key) for key in place.key)
    made = [dict(fields(place.dialect, number)) for number in range(4)]
    servers: object = dict(zip(NAMES, made, strict=True))
    if place.dialect.container == "list":
        servers = made
    elif place.single:
        servers = made[0]
    if file.format == "toml":
        yield "toml", as_toml(keys, servers).encode()
        yield "crlf", as_toml(keys, servers).replace("\n", "\r\n").encode()
        return
    whole = servers
    for key in reversed(keys):
        whole = {"before": {"command": "x"}, key: whole} if key == keys[0] else {key: whole}
    if file.format == "yaml":
        text = as_yaml(whole, 0) + "\n\n# end\n"
        yield "yaml", text.encode()
        yield "crlf", text.replace("\n", "\r\n").encode()
        yield "flow", as_json(whole, 0, "plain").encode()
        return
    for style in ("plain", "tight", "odd"):
        yield style, as_json(whole, 0, style).encode()
    # The last style has every line end that there is.
    text = as_json(whole, 0, "odd").replace("\n", "\r\n")
    yield "crlf-bom", b"\xef\xbb\xbf" + text.encode() + b" \r\n\r\n"


def every_place() -> Iterator[object]:
    for host in host_table().hosts:
        for file in host.files:
            for number, place in enumerate(file.servers):
                if not place.ignored and file.status not in ("dynamic", "network"):
                    name = f"{host.id}:{file.id}:{number}"
                    yield pytest.param(host, file, place, id=name)


@pytest.mark.parametrize(("host", "file", "place"), list(every_place()))
def test_words_come_and_go_in_every_file_of_every_host(
    host: Host, file: HostFile, place: Servers
) -> None:
    count = 1 if place.single else 4
    for style, data in documents(file, place):
        found = list(entries(data, host, file))
        assert len(found) == count, style
        for at in range(count):
            there_and_back(data, host, file, at)


# -- how it is written


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {"command": "npx"}}}',
            '{"mcpServers": {"a": {"command": "/m", "args": [ "record", "--", "npx" ]}}}',
            id="json-no-arguments",
        ),
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {"command":"npx","args":[]}}}',
            '{"mcpServers": {"a": {"command":"/m","args":["record", "--", "npx"]}}}',
            id="json-empty-arguments",
        ),
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {\n\t"command" : "n\\u0070x", // run\n\t"env": {}}}}',
            '{"mcpServers": {"a": {\n\t"command" : "/m",\n\t"args" : '
            '[ "record", "--", "n\\u0070x" ], // run\n\t"env": {}}}}',
            id="json-own-line-comment-escape",
        ),
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {"args": [\n  "-y", // yes\n  "p",\n], "command": "npx"}}}',
            '{"mcpServers": {"a": {"args": ["record", "--", "npx",\n  "-y", // yes\n  "p",\n],'
            ' "command": "/m"}}}',
            id="json-arguments-in-lines",
        ),
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y", "command": "z"}}}',
            '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y", "command": "/m", '
            '"args": [ "record", "--", "z" ]}}}',
            id="json-the-last-of-a-name-counts",
        ),
        pytest.param(
            ("opencode", "user-json"),
            '{"mcp": {"a": {"type": "local", "command": [ "npx", "-y"]}}}',
            '{"mcp": {"a": {"type": "local", "command": ["/m", "record", "--",  "npx", "-y"]}}}',
            id="json-list",
        ),
        pytest.param(
            ("mcporter", "user"),
            '{"mcpServers": {"a": {"command": "npx -y \\"a b\\""}}}',
            '{"mcpServers": {"a": {"command": "/m record -- npx -y \\"a b\\""}}}',
            id="json-one-text",
        ),
        pytest.param(
            ("zed", "user-unix"),
            '{"context_servers": {"a": {"command": {"path": "x", "args": ["y"]}}}}',
            '{"context_servers": {"a": {"command": {"path": "/m", '
            '"args": ["record", "--", "x", "y"]}}}}',
            id="json-zed-of-old",
        ),
        pytest.param(
            ("cline", "user"),
            '{"mcpServers": {"a": {"transport": {"type": "stdio", "command": "x"}}}}',
            '{"mcpServers": {"a": {"transport": {"type": "stdio", "command": "/m", '
            '"args": [ "record", "--", "x" ]}}}}',
            id="json-wrapped",
        ),
        pytest.param(
            ("cline", "user"),
            '{"mcpServers": {"a": {"transport": "stdio", "command": "x", "args": []}}}',
            '{"mcpServers": {"a": {"transport": "stdio", "command": "/m", '
            '"args": ["record", "--", "x"]}}}',
            id="json-not-wrapped",
        ),
        pytest.param(
            ("codex", "user"),
            "[mcp_servers.a]\n  command='x y' # c\n[z]\n",
            '[mcp_servers.a]\n  command="/m"\n  args=[ "record", "--", \'x y\' ] # c\n[z]\n',
            id="toml-table",
        ),
        pytest.param(
            ("codex", "user"),
            'mcp_servers.a.command = "x"\n',
            'mcp_servers.a.command = "/m"\nmcp_servers.a.args = [ "record", "--", "x" ]\n',
            id="toml-dotted",
        ),
        pytest.param(
            ("codex", "user"),
            "[mcp_servers]\na = { command = \"x\", env = { B = '1' } }\n",
            '[mcp_servers]\na = { command = "/m", '
            'args = [ "record", "--", "x" ], env = { B = \'1\' } }\n',
            id="toml-inline",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\n  a:\n    cmd: npx # c\n    args:\n    - -y # - yes\n    - p\n",
            'extensions:\n  a:\n    cmd: "/m" # c\n    args:\n    - "record"\n'
            '    - "--"\n    - npx\n'
            "    - -y # - yes\n    - p\n",
            id="yaml-lines",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\r\n  a: {cmd: npx, args: [-y]}\r\n  b:\r\n    cmd: x\r\n",
            'extensions:\r\n  a: {cmd: "/m", args: ["record", "--", npx, -y]}\r\n  b:\r\n'
            "    cmd: x\r\n",
            id="yaml-signs",
        ),
        pytest.param(
            ("continue", "user-yaml"),
            "mcpServers:\n- command: 'x'\n  name: a\n",
            'mcpServers:\n- command: "/m"\n  args: [ "record", "--", \'x\' ]\n  name: a\n',
            id="yaml-no-arguments",
        ),
    ],
)
def test_the_old_command_moves_as_it_is_written(
    place: tuple[str, str], before: str, after: str
) -> None:
    host, file = of_host(*place)
    entry, *_ = entries(before.encode(), host, file)
    tapped = put_before(entry, ("/m", "record", "--"))
    assert tapped.decode() == after
    assert take_away(read_again(entry, tapped), 3).decode() == before


@pytest.mark.parametrize(
    ("place", "text", "why"),
    [
        pytest.param(
            ("cursor", "user"),
            '{"mcpServers": {"a": {"command": "x", "args": null}}}',
            "'args' is not a list",
            id="null",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\n  a: &a\n    cmd: x\n  b: *a\n",
            "other parts of the file are built on its command or arguments",
            id="anchored-entry",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "base: &a [-y]\nextensions:\n  a:\n    cmd: x\n    args: *a\n",
            "its arguments stand in another place",
            id="alias",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\n  a:\n    cmd: x\n    args: &a\n      - -y\n",
            "its arguments have an anchor or a tag",
            id="anchored-list",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\n  a:\n    cmd: x\n    args: !!seq [-y]\n",
            "its arguments have an anchor or a tag",
            id="tagged-list",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "base: &a\n  cmd: x\nextensions:\n  a:\n    <<: *a\n    args: []\n",
            "its command stands in another place",
            id="merge-key",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "base: &a\n  cmd: x\nextensions:\n  a: *a\n",
            "it is put together from several places",
            id="entry-is-an-alias",
        ),
        pytest.param(
            ("goose", "user-unix"),
            "extensions:\n  a:\n    cmd: |-\n      x\n    args: [-y]\n",
            "its command is written in a form that cannot be moved",
            id="block-text",
        ),
        pytest.param(
            ("mcporter", "user"),
            '{"mcpServers": {"a": {"command": "npx \'open"}}}',
            "other parts of the file are built on its command or arguments",
            id="open-quotation-mark",
        ),
        pytest.param(
            ("claude-desktop", "extensions"),
            '{"name": "a", "server": {"mcp_config": {"command": "x",'
            ' "platform_overrides": {"linux": {"command": "y"}}}}}',
            "it differs by platform",
            id="platform",
        ),
    ],
)
def test_what_cannot_be_moved_is_refused_with_the_reason(
    place: tuple[str, str], text: str, why: str
) -> None:
    host, file = of_host(*place)
    entry = next(iter(entries(text.encode(), host, file)))
    with pytest.raises(UneditableError) as caught:
        put_before(entry, WORDS)
    assert str(caught.value) == why


def test_a_word_that_is_no_text_is_refused() -> None:
    host, file = of_host("cursor", "user")
    (entry,) = entries(b'{"mcpServers": {"a": {"command": "x"}}}', host, file)
    with pytest.raises(UneditableError, match="UTF-8"):
        put_before(entry, ("/m\udcff", "--"))


@pytest.mark.parametrize(
    ("tapped", "back"),
    [
        pytest.param(
            '{"mcpServers":{"a":{"command":"/m","args":["record","--","npx","-y"]}}}',
            '{"mcpServers":{"a":{"command":"npx","args":["-y"]}}}',
            id="tight",
        ),
        pytest.param(
            '{"mcpServers": {"a": {\n "command": "/m",\n'
            ' "args": [\n  "record",\n  "--",\n  "npx"\n ]\n}}}',
            '{"mcpServers": {"a": {\n "command": "npx",\n "args": [\n ]\n}}}',
            id="none-left",
        ),
        pytest.param(
            '{"mcpServers": {"a": {"args": [\n  "record",\n  "--",\n  "npx",\n'
            '  "-y"\n], "command": "/m"}}}',
            '{"mcpServers": {"a": {"args": [\n  "-y"\n], "command": "npx"}}}',
            id="in-lines",
        ),
    ],
)
def test_words_are_taken_away_also_where_the_file_was_written_anew(tapped: str, back: str) -> None:
    host, file = of_host("cursor", "user")
    (entry,) = entries(tapped.encode(), host, file)
    assert take_away(entry, 3).decode() == back


def test_words_are_taken_from_yaml_and_one_text_that_were_written_anew() -> None:
    host, file = of_host("goose", "user-unix")
    text = b"extensions:\n  a:\n    cmd: /m\n    args:\n      - record\n      - --\n      - npx\n"
    (entry,) = entries(text, host, file)
    assert take_away(entry, 3) == b"extensions:\n  a:\n    cmd: npx\n    args:\n      []\n"
    host, file = of_host("mcporter", "user")
    (entry,) = entries(b'{"mcpServers": {"a": {"command": "/m  record -- npx -y"}}}', host, file)
    assert take_away(entry, 3) == b'{"mcpServers": {"a": {"command": "npx -y"}}}'


# -- any formatting

SPACES = st.sampled_from(["", " ", "  ", "\t", "\n", "\r\n\t", " // c, ]\n", ' /* "args": [ */ '])
TEXTS = st.text(max_size=6)


@st.composite
def json_text(draw: st.DrawFn, value: object) -> str:
    """The value in JSON with any spaces and comments between its signs."""

    def gap() -> str:
        return draw(SPACES)

    if isinstance(value, dict):
        rows = [
            f"{gap()}{draw(json_text(key))}{gap()}:{gap()}{draw(json_text(inner))}{gap()}"
            for key, inner in value.items()
        ]
        comma = draw(st.sampled_from(["", ","])) if rows else ""
        return "{" + ",".join(rows) + comma + gap() + "}"
    if isinstance(value, list):
        rows = [f"{gap()}{draw(json_text(inner))}{gap()}" for inner in value]
        comma = draw(st.sampled_from(["", ","])) if rows else ""
        return "[" + ",".join(rows) + comma + gap() + "]"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


@given(st.data())
def test_any_formatting_of_json_comes_back_as_it_was(data: st.DataObject) -> None:
    listed = data.draw(st.booleans())
    words = data.draw(st.lists(TEXTS, max_size=3))
    members: dict[str, object] = {"command": "x" + data.draw(TEXTS)}
    if listed:
        members = {"type": "local", "command": [members["command"], *words]}
    elif data.draw(st.booleans()):
        members["args"] = words
    members["enabled"] = True
    order = data.draw(st.permutations(list(members)))
    name = data.draw(TEXTS)
    servers = {name: {key: members[key] for key in order}, "other" + name: {"command": ["y"]}}
    host, file = of_host("opencode", "user-json")
    text = data.draw(json_text({"mcp": servers}))
    bom = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    there_and_back(bom + text.encode(), host, file, 0)


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=8),
    st.none() | st.lists(TEXTS, max_size=3),
    TEXTS,
    st.sampled_from([None, True, False]),
    st.sampled_from([2, 3, 6]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_formatting_of_yaml_comes_back_as_it_was_or_is_refused(
    command: str,
    arguments: list[str] | None,
    name: str,
    flow: bool | None,
    indent: int,
    line_end: str,
    listed: bool,
) -> None:
    entry: dict[str, object] = {"type": "stdio", "name": name, "z": True}
    entry["command" if listed else "cmd"] = command
    if arguments is not None:
        entry["args"] = arguments
    document = {"mcpServers": [entry]} if listed else {"extensions": {name: entry}}
    text = yaml.safe_dump(
        document,
        default_flow_style=flow,
        indent=indent,
        line_break=line_end,
        allow_unicode=True,
        sort_keys=False,
    )
    place = ("continue", "user-yaml") if listed else ("goose", "user-unix")
    with contextlib.suppress(UneditableError):
        there_and_back(text.encode(), *of_host(*place), 0)


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=8),
    st.none() | st.lists(TEXTS, max_size=3),
    TEXTS,
    st.booleans(),
    st.booleans(),
)
def test_any_formatting_of_toml_comes_back_as_it_was(
    command: str, arguments: list[str] | None, name: str, lines: bool, listed: bool
) -> None:
    entry: dict[str, object] = {"name": name, "command": command, "transport": "stdio"}
    if arguments is not None:
        entry["args"] = arguments
    servers = [entry] if listed else {name: entry}
    text = tomli_w.dumps({"mcp_servers": servers}, multiline_strings=lines)
    place = ("mistral-vibe", "user") if listed else ("codex", "user")
    there_and_back(text.encode(), *of_host(*place), 0)
