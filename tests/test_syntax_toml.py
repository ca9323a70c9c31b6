"""TOML: where names and values stand, and what is refused."""

from __future__ import annotations

import pytest

from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.syntax.toml import read_toml
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style


def places(node: Node, name: str = "") -> dict[str, int]:
    """The line of each value, by the names that lead to it."""
    if isinstance(node, Scalar):
        return {f"{name}={node.text}": node.at.line}
    found: dict[str, int] = {}
    for place, item in enumerate(node.items if isinstance(node, Sequence) else ()):
        found |= places(item, f"{name}[{place}]")
    for key, value in node.entries if isinstance(node, Mapping) else ():
        assert isinstance(key, Scalar)
        assert key.at == value.at
        found |= places(value, f"{name}.{key.text}")
    return found


TEXT = """\
top = true
[a]
b.c = "d"  # a comment with = and [
"e.f" = [
  1,
  {g = 2026-01-01},
]
[[t]]
name = 'one'
[t.inner]
x = 1
[[t.more]]
y = 2
[[t.more]]
y = 3
[[t]]
name = '''two
[no.table]
'''
[t.inner.deep]
x = 4
[[t.more]]
y = 5
"""


def test_every_value_stands_where_its_statement_begins() -> None:
    assert places(read_toml(Source("t.toml", TEXT))) == {
        ".top=true": 1,
        ".a.b.c=d": 3,
        ".a.e.f[0]=1": 4,
        ".a.e.f[1].g=2026-01-01": 4,
        ".t[0].name=one": 9,
        ".t[0].inner.x=1": 11,
        ".t[0].more[0].y=2": 13,
        ".t[0].more[1].y=3": 15,
        ".t[1].name=two\n[no.table]\n": 17,
        ".t[1].inner.deep.x=4": 21,
        ".t[1].more[0].y=5": 23,
    }


DOTS = "a." * 400


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("a = 1\nb = §]\n", "not TOML: Invalid value (at line 2, column 5)", "]"),
        ("a = 1\r\nb = §]\n", "not TOML: Invalid value (at line 2, column 5)", "]"),
        ("a = 1\nb §c = 2\n", "not TOML: Expected '=' after a key in a key/value pair (at line 2, column 3)", "c"),
        (f"§= a.{'b' * 1_000} = 1", "not TOML: Invalid statement (at line 1, column 1)", "="),
        (f"§= a.{'b' * 1_000} = 1\n", "not TOML: Invalid statement (at line 1, column 1)", "="),
        (f"§= a.{'b' * 1_000}\n", "not TOML: Invalid statement (at line 1, column 1)", "="),
        (f"§= a.{'b' * 1_000}", "not TOML: Invalid statement (at line 1, column 1)", "="),
        ("a = 1\n\n§= 2\n", "not TOML: Invalid statement (at line 3, column 1)", "="),
        ("a = 1\nb = [§", "not TOML: Invalid value (at end of document)", ""),
        ("a = 1\na = 2§\n", "not TOML: Cannot overwrite a value (at line 2, column 6)", "\n"),
        ("x = 1\ny = " + "[" * 50 + "§[" + "]" * 51, "nested too deep", "["),
        ("x = 1\ny = " + "{z = " * 50 + "§{z = 1" + "}" * 51, "nested too deep", "{"),
        (f"§x = 1\n{DOTS}a = 1\n", "nested too deep", "x"),
        (f"§x = 1\n[{DOTS}a]\n{DOTS}a = 1\n", "nested too deep", "x"),
        (f"§x = {{{DOTS}a = 1}}\n", "nested too deep", "x"),
        (f"x = 1\n§{DOTS}{DOTS}a = 1\n", "a name that is too long", "a"),
        (f"x = 1\n§[{DOTS}{DOTS}a]\n", "a name that is too long", "["),
        (f"x = 1\n  §a.{'b' * 998} = 1\n", "a name that is too long", "a"),
    ],
)
def test_what_is_refused(text: str, reason: str, place: str) -> None:
    text, offset = text.replace("§", ""), text.index("§")
    with pytest.raises(InputError) as caught:
        read_toml(Source("t.toml", text))
    at = caught.value.problem.at
    assert at is not None
    assert (caught.value.problem.path, caught.value.problem.reason) == ("t.toml", reason)
    assert (at.start, text[at.start : at.end]) == (offset, place)


def test_lists_and_names_within_bounds_are_read() -> None:
    text = "x = " + "[" * 50 + "]" * 50 + "\ny = {z = 1}\n" + "a" * 2_000 + f" = 1\n  b.{'c' * 997} = 1\n"
    assert len(read_toml(Source("t.toml", text)).entries) == 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1", {"a": "1 a"}),
        ("  a   = 1 # b\n\n \t'b' = 2", {"a": "1 a", "b": "2 'b'"}),
        ('"a.b".c = [\n1,\n{d = 2}]\n[e]', {'"a.b".c': '[1, {d: 2}] "a.b".c', "e": "{} [e]"}),
        ("a = {b = 1, c = {}}\nd = true", {"a": "{b: 1, c: {}} a", "d": "true d"}),
        ("[a]\n[[c]]\n[[c]]", {"a": "{} [a]", "c": "[{}, {}] [[c]]"}),
        ('  [a]\n \n "b" = 1\n  ', {"a": "{b: 1} [a]", "a.b": '1 "b"'}),
        ("[a]\nx = 1\n[a.b]", {"a": "{x: 1, b: {}} [a]", "a.b": "{} [a.b]"}),
        ("[a.b]\n[ c . d ]", {"a.b": "{} [a.b]", "c.d": "{} [ c . d ]"}),
    ],
)
def test_what_stands_where(text: str, found: dict[str, str]) -> None:
    """The value by its name, and the stretch that its place is."""
    tree = read_toml(Source("t.toml", text))
    for name, expected in found.items():
        node: Node | None = tree
        for part in ("a.b", "c") if name.startswith('"') else name.split("."):
            assert isinstance(node, Mapping)
            node = node.get(part)
        assert node is not None
        assert f"{spelt(node)} {text[node.at.start : node.at.end]}" == expected


def spelt(node: Node) -> str:
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{spelt(key)}: {spelt(value)}" for key, value in node.entries) + "}"
    if isinstance(node, Sequence):
        return f"[{', '.join(map(spelt, node.items))}]"
    assert isinstance(node, Scalar)
    return node.text


def test_comments_are_no_statements() -> None:
    assert places(read_toml(Source("t.toml", f"# {DOTS}{DOTS}\nb = 1 # {DOTS}{DOTS}\n"))) == {".b=1": 2}
    found = read_toml(Source("t.toml", "# a = [ 1\n  # [b]\nc = 2  # d = 3\n[e] # f = {\ng = 4\n"))
    assert places(found) == {".c=2": 3, ".e.g=4": 5}


def test_a_value_is_tied_to_its_name() -> None:
    text = "x = 1\nb.c   = 'De'\n"
    found = read_toml(Source("t.toml", text))
    assert (found.at.start, found.at.end) == (0, 0)
    inner = found.get("b")
    assert isinstance(inner, Mapping)
    value = inner.get("c")
    assert isinstance(value, Scalar)
    assert text[value.at.start : value.at.end] == "b.c"
    assert (value.excerpt.text, list(value.excerpt.offsets)) == ("De", [value.at.start] * 3)
    assert value.style is Style.QUOTED
    assert [key.style for key, _ in inner.entries if isinstance(key, Scalar)] == [Style.QUOTED]
    assert [node.style for _, node in found.entries if isinstance(node, Scalar)] == [Style.PLAIN]
