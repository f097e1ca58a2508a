from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue import template_overlap
from mcpx.catalogue.template_overlap import Crossing, Overlap, matching, overlap, overlapping
from mcpx.catalogue.templates import Expression, Template, TemplateError, automaton, parse, spelled
from mcpx.catalogue.uri_automata import Allowance, UndecidedError


@pytest.mark.parametrize(
    ("first", "second", "witness"),
    [
        pytest.param("db://{table}/{id}", "db://users/{uid}", "db://users/x", id="a literal"),
        pytest.param("users://{id}", "users://{n}/profile", None, id="one segment or two"),
        pytest.param(
            "weather://{city}/current", "weather://{city}/{when}", "weather://x/current", id="end"
        ),
        pytest.param("a://{x}", "b://{x}", None, id="schemes"),
        pytest.param("a:b", "a:b", "a:b", id="no variables"),
        pytest.param("a:b", "a:c", None, id="literals"),
        pytest.param("", "{x}", "?", id="nothing at all"),
        pytest.param("a:{+x}", "a:b/{y}?z", "a:b/x?z", id="reserved"),
        pytest.param("a:{x}", "a:b/{y}", None, id="a segment holds no /"),
        pytest.param("a:{x}-{y}", "a:b-", "?a:b-", id="value left out"),
        pytest.param("a:{x}{y}", "a:b", "?a:b", id="adjacent, one empty"),
        pytest.param("a:{x}{y}", "a:{z}c", "a:xc", id="adjacent"),
        pytest.param("a:{x,y}", "a:b", "?a:b", id="list, one left out"),
        pytest.param("a:{x,y}", "a:{z}", "a:x,x", id="list"),
        pytest.param("a{.x}", "a.b.c", "a.b.c", id="label with a dot"),
        pytest.param("a{.x,y}", "a{z}", "a.x.x", id="two labels"),
        pytest.param("a:{/x}", "a:/b/c", None, id="path"),
        pytest.param("a:{/x,y}", "a:/b{+z}", "a:/b/x", id="two segments"),
        pytest.param("a:{/x,y}", "a:/b", "?a:/b", id="two segments, one left out"),
        pytest.param("a:{/x*}", "a:/b/c/{y}", "a:/b/c/x", id="path exploded"),
        pytest.param("a:{/x*}", "a:/b//c", "?a:/b//c", id="path with an empty segment"),
        pytest.param("a{;x,y}", "a;x=1;y=2", "a;x=1;y=2", id="parameters"),
        pytest.param("a{;x,y}", "a;y=2", "?a;y=2", id="parameter left out"),
        pytest.param("a{;x}", "a;x", "?a;x", id="parameter without value"),
        pytest.param("a{;x}", "a;y=1", None, id="parameters by other names"),
        pytest.param("a{;x*}", "a;y=1;z=2", "a;y=1;z=2", id="parameters exploded"),
        pytest.param("a{?q}", "a{?r}", "a", id="queries left out"),
        pytest.param("a{?q}", "a?r={x}", "a?r=x", id="a query holds any parameter"),
        pytest.param("a?x=1{&q}", "a?x=1&q=2", "a?x=1&q=2", id="query continued"),
        pytest.param("a{?q}b", "a{?r}c", None, id="after the query"),
        pytest.param("a{#x}", "a#b/{y}", "a#b/x", id="fragment"),
        pytest.param("a{#x}", "a", "a", id="fragment left out"),
        pytest.param("a:{x:3}", "a:bcd", "a:bcd", id="prefix"),
        pytest.param("a:{x:3}", "a:bcde", None, id="prefix too short"),
        pytest.param("a:{x:3}", "a:{y:2}bcd", "?a:bcd", id="two prefixes, one empty"),
        pytest.param("a:{x:3}", "a:{y:2}bc", "a:xbc", id="two prefixes"),
        pytest.param("a:{x:2}", "a:%2f%3A", "a:%2F%3A", id="escapes count as one"),
        pytest.param("a:{x:2}", "a:%2f%3A%3B", None, id="three escapes"),
        pytest.param("a:{x}{y}b", "a:{z:1}%8Bb", "a:x%8Bb", id="no half escapes"),
        pytest.param("a:é/{x}", "a:%c3%A9/b", "a:%C3%A9/b", id="not ASCII"),
        pytest.param("HTTP://Ex.COM/{x}", "http://eX.com/b", "http://ex.com/b", id="host's case"),
        pytest.param("a://h/B", "a://h/b", None, id="path's case"),
        pytest.param("a://U{x}@H", "a://u{x}@h", None, id="user's case"),
        pytest.param("a://U{x}@H", "a://U1@h", "a://U1@h", id="user and host"),
        pytest.param("a://{x}.H/C", "a://b.h/C", "a://b.h/C", id="host after a variable"),
        pytest.param("a://{x}.H/C", "a://b.h/c", None, id="path after a variable"),
        pytest.param("a:%7euser", "a:~user", "a:~user", id="needless escape"),
        pytest.param("a:%2f", "a:/", None, id="needed escape"),
    ],
)
def test_overlap(first: str, second: str, witness: str | None) -> None:
    """A ``?`` before the witness stands for one that is not certain."""
    expected = witness and Overlap(witness.removeprefix("?"), not witness.startswith("?"))
    if witness == "?":
        expected = Overlap("", certain=False)
    assert overlap(parse(first), parse(second)) == expected
    assert overlap(parse(second), parse(first)) == expected


# What RFC 6570, appendix A, says of each operator: beginning, separator, named, what follows the
# name of an empty value, whether reserved characters stay.
OPERATORS = {
    "": ("", ",", False, "", False),
    "+": ("", ",", False, "", True),
    "#": ("#", ",", False, "", True),
    ".": (".", ".", False, "", False),
    "/": ("/", "/", False, "", False),
    ";": (";", ";", True, "", False),
    "?": ("?", "&", True, "=", False),
    "&": ("&", "&", True, "=", False),
}
Value = str | list[str] | dict[str, str] | None


def expanded(template: Template, values: Mapping[str, Value]) -> str:
    return "".join(
        spelled(part) if isinstance(part, str) else "".join(_expansion(part, values))
        for part in template.parts
    )


def _expansion(expression: Expression, values: Mapping[str, Value]) -> Iterator[str]:
    begin, separator, named, empty, reserved = OPERATORS[expression.operator]

    def encoded(text: str) -> str:
        return _quoted(text, ":/?#[]@!$&'()*+,;=" if reserved else "")

    def with_name(name: str, text: str) -> str:
        if not named:
            return text
        return f"{name}={text}" if text else name + empty

    for name, modifier in expression.variables:
        value = values[name]
        if value is None:
            continue
        yield begin
        begin = separator
        if isinstance(value, str):
            length = int(modifier[1:]) if modifier.startswith(":") else None
            yield with_name(name, encoded(value[:length]))
        elif modifier == "*" and isinstance(value, dict):
            items = value.items()
            yield separator.join(f"{encoded(key)}={encoded(one)}" for key, one in items)
        elif modifier == "*":
            yield separator.join(with_name(name, encoded(one)) for one in value)
        else:
            flat = itertools.chain(*value.items()) if isinstance(value, dict) else value
            yield with_name(name, ",".join(map(encoded, flat)))


_quoted = cache(quote)


FULL: Sequence[Value] = ("a", "bé", ["b", "/"], {"a": "b"})
EMPTY: Sequence[Value] = ("a", "", None, ["", "b"])


def expansions(template: Template, choices: Sequence[Value]) -> set[str]:
    expressions = [part for part in template.parts if isinstance(part, Expression)]
    variables = [one for expression in expressions for one in expression.variables]
    # A prefix of a list or a map has no meaning, and octets are counted here.
    possible = [
        [one for one in choices if not modifier.startswith(":") or one in ("a", "", None)]
        for _, modifier in variables
    ]
    return {
        expanded(template, dict(zip((name for name, _ in variables), values, strict=True)))
        for values in itertools.product(*possible)
    }


def some_pair(chance: random.Random) -> tuple[Template, Template]:
    spellings = chance.choice((("",), ("s://", "S://"), ("s://a", "s://A", "s://")))
    return some_template(chance, spellings), some_template(chance, spellings)


def some_template(chance: random.Random, beginnings: Sequence[str]) -> Template:
    text = chance.choice(beginnings)
    names = iter("vwxy")
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        text += chance.choice(("",) * 9 + ("a", "b", "/", "a.", "?v=", "#", ";v", "%7E", "é"))
        variables = ",".join(
            next(names) + chance.choice(("", "", "*", ":1", ":2"))
            for _ in range(chance.choice((1, 1, 1, 2)))
        )
        text += "{" + chance.choice(("", "", "", "+", "+", *OPERATORS)) + variables + "}"
    return parse(text + chance.choice(("",) * 7 + ("a", "b", "/a", "?", ".b")))


def test_overlap_agrees_with_brute_force() -> None:
    chance = random.Random(6570)
    counts = {"certain": 0, "possible": 0, "none": 0}
    for _ in range(2_000):
        pair = some_pair(chance)
        full = [expansions(one, FULL) for one in pair]
        loose = [expansions(one, EMPTY) for one in pair]
        found = overlap(*pair)
        for template, uris in zip(pair, full, strict=True):
            assert all(map(template.matches, uris))
        both = [uri for uris in full for uri in uris if all(one.matches(uri) for one in pair)]
        if both:
            assert found is not None
            assert found.certain
            assert len(found.witness) <= min(map(len, both))
        strict = [automaton(one, empty=True) for one in pair]
        for one, uris in zip(strict, loose, strict=True):
            assert all(one.accepts(spelled(uri), Allowance()) for uri in uris)
        if loose[0] & loose[1]:
            assert found is not None
        if found is None:
            counts["none"] += 1
        elif found.certain:
            counts["certain"] += 1
            assert all(one.matches(found.witness) for one in pair), (pair, found)
        else:
            counts["possible"] += 1
            assert all(one.accepts(found.witness, Allowance()) for one in strict)
            assert not all(one.matches(found.witness) for one in pair)
    assert min(counts.values()) > 150, counts


def test_many_templates_are_compared_by_server_and_form() -> None:
    templates = [
        (server, parse(text))
        for server, text in (
            ("a", "n://{x}"),
            ("b", "n://{+path}"),
            ("c", "n://{id}"),
            ("b", "N://{x}.md"),
            ("b", "o://{x}"),
            ("a", "m:{x}//"),
            ("b", "m:y//"),
        )
    ]
    assert list(overlapping(templates)) == [
        Crossing((5,), (6,), Overlap("m:y//", certain=True)),
        Crossing((0, 2), (1,), Overlap("n://x", certain=True)),
        Crossing((0, 2), (3,), Overlap("n://x.md", certain=True)),
    ]


def test_matching_finds_resources_of_other_servers() -> None:
    templates = [("a", parse("n://{x}")), ("b", parse("N://{x}/{+y}")), ("b", parse("{+all}"))]
    uris = [("a", "n://1"), ("b", "N://1"), ("c", "n://h/%7e"), ("c", "m:é"), ("a", "o:100%")]
    found = [(number, uris[place]) for number, place in matching(templates, uris)]
    assert found == [
        (0, ("b", "N://1")),
        (1, ("c", "n://h/%7e")),
        (2, ("c", "m:é")),
        (2, ("a", "n://1")),
        (2, ("c", "n://h/%7e")),
        (2, ("a", "o:100%")),
    ]
    assert list(matching(templates, [])) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("z:" + "{x:9999}" * 9, "z:a", id="prefixes"),
        pytest.param("z:" + "{x}a" * 600, "z:" + "{y}b" * 600, id="variables"),
        pytest.param("z:" + "{x}" * 600 + "/", "z:" + "{+y}" * 600 + "//", id="adjacent"),
    ],
)
def test_what_takes_too_long_is_not_decided(first: str, second: str) -> None:
    templates = [
        ("a", parse(first)),
        ("b", parse(second)),
        ("a", parse("m:{x}")),
        ("b", parse("m:y")),
    ]
    with pytest.raises(UndecidedError, match=r"^the templates are too long to decide"):
        overlap(templates[0][1], templates[1][1])
    found = overlapping(templates)
    assert next(found) == Crossing((2,), (3,), Overlap("m:y", certain=True))
    with pytest.raises(UndecidedError, match=r"^not every template was compared"):
        next(found)


def test_resources_that_take_too_long_are_not_decided() -> None:
    templates = [("a", parse("z:" + "{x}" * 700 + "/")), ("a", parse("m:{x}"))]
    found = matching(templates, [("b", "z:" + "x" * 1_000), ("b", "m:y")])
    assert next(found) == (1, 1)
    with pytest.raises(UndecidedError, match=r"^not every template was compared"):
        next(found)


def test_all_comparisons_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_overlap, "MOST_STATES_TOGETHER", 200)
    templates = [(str(number), parse(f"m:{{x}}{number}")) for number in range(100)]
    found = overlapping(templates)
    with pytest.raises(UndecidedError, match=r"^not every template was compared"):
        list(found)
    resources = [("s", f"m:x{number}") for number in range(100)]
    with pytest.raises(UndecidedError, match=r"^not every template was compared"):
        list(matching(templates, resources))


_texts = st.text(alphabet="ab{}+?/#.,*:19%é;&@", max_size=30)


@given(_texts, _texts)
def test_overlap_always_ends(first: str, second: str) -> None:
    try:
        pair = parse(first), parse(second)
    except TemplateError:
        return
    found = overlap(*pair)
    if found and found.certain:
        assert pair[0].matches(found.witness)
        assert pair[1].matches(found.witness)
