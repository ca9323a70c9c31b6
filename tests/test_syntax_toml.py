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
    ("text", "reason", "line"),
    [
        ("a = 1\nb = ]\n", "not TOML: Invalid value (at line 2, column 5)", 2),
        ("a = 1\nb c = 2\n", "not TOML: Expected '=' after a key in a key/value pair (at line 2, column 3)", 2),
        ("a = 1\n\n= 2\n", "not TOML: Invalid statement (at line 3, column 1)", 3),
        ("a = 1\nb = [", "not TOML: Invalid value (at end of document)", 2),
        ("a = 1\na = 2\n", "not TOML: Cannot overwrite a value (at line 2, column 6)", 2),
        ("x = 1\ny = " + "[" * 51 + "]" * 51, "nested too deep", 2),
        ("x = 1\ny = " + "{z = " * 51 + "1" + "}" * 51, "nested too deep", 2),
        (f"x = 1\n{DOTS}a = 1\n", "nested too deep", 1),
        (f"x = 1\n[{DOTS}a]\n{DOTS}a = 1\n", "nested too deep", 1),
        (f"x = {{{DOTS}a = 1}}\n", "nested too deep", 1),
        (f"x = 1\n{DOTS}{DOTS}a = 1\n", "a name that is too long", 2),
        (f"x = 1\n[{DOTS}{DOTS}a]\n", "a name that is too long", 2),
    ],
)
def test_what_is_refused(text: str, reason: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        read_toml(Source("t.toml", text))
    assert (caught.value.problem.reason, caught.value.problem.line) == (reason, line)


def test_lists_and_names_within_bounds_are_read() -> None:
    text = "x = " + "[" * 49 + "]" * 49 + "\ny = {z = 1}\n" + "a" * 2_000 + " = 1\n"
    assert len(read_toml(Source("t.toml", text)).entries) == 3


def test_comments_are_no_statements() -> None:
    found = read_toml(Source("t.toml", "# a = [ 1\n  # [b]\nc = 2  # d = 3\n[e] # f = {\ng = 4\n"))
    assert places(found) == {".c=2": 3, ".e.g=4": 5}


def test_a_value_is_tied_to_its_name() -> None:
    text = "x = 1\nb.c   = 'de'\n"
    found = read_toml(Source("t.toml", text))
    assert found.at.start == 0
    inner = found.get("b")
    assert isinstance(inner, Mapping)
    value = inner.get("c")
    assert isinstance(value, Scalar)
    assert text[value.at.start : value.at.end] == "b.c"
    assert (value.excerpt.text, list(value.excerpt.offsets)) == ("de", [value.at.start] * 3)
    assert [key.style for key, _ in inner.entries if isinstance(key, Scalar)] == [Style.QUOTED]
    assert [node.style for _, node in found.entries if isinstance(node, Scalar)] == [Style.PLAIN]
