"""Every function that may build more than it is given says which bound stopped it, and has a value just within it."""

from __future__ import annotations

import pytest

from kmslint import limits
from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

BOUNDED = [
    ('yamldecode("a: 12345")', "policy-characters", 8, "{a: 12345}"),
    ('csvdecode("a,b\\n1,2")', "policy-characters", 7, '[{a: "1", b: "2"}]'),
    ('csvdecode("a,b\\n1,2\\n3,4")', "elements", 4, '[{a: "1", b: "2"}, {a: "3", b: "4"}]'),
    ("merge({ a = 1, b = 2 }, { c = 3 })", "elements", 3, "{a: 1, b: 2, c: 3}"),
    ('transpose({ a = ["x", "y"], b = ["x"] })', "elements", 3, '{x: ["a", "b"], y: ["a"]}'),
    ('setunion(["a", "b"], ["c"])', "elements", 3, '<"a", "b", "c">'),
    ('setproduct(["a"], ["c", "d"])', "elements", 4, '[["a", "c"], ["a", "d"]]'),
    ('format("%s-%s", "aaa", "bbb")', "text", 7, '"aaa-bbb"'),
    ('split("", "abc")', "elements", 3, '["a", "b", "c"]'),
    ('split(",", "a,b,c")', "elements", 3, '["a", "b", "c"]'),
    ('replace("aa", "a", "01234")', "text", 17, '"0123401234"'),
    ('replace("a${aws_iam_role.one.name}a", "a", var.open)', "text", 29, '"${var.open}One${var.open}"'),
    ('indent(2, "a\\nb\\nc")', "text", 9, '"a\n  b\n  c"'),
]


@pytest.mark.parametrize(("expression", "bound", "least", "expected"), BOUNDED)
def test_what_a_function_gives_ends_at_a_bound_that_is_named(
    expression: str, bound: str, least: int, expected: str
) -> None:
    with limits.within({bound: least}):
        assert spelt(value_of(expression, AROUND)) == expected
    with limits.within({bound: least - 1}):
        function = expression.partition("(")[0]
        reason = f"what {function} gives, beyond {least - 1}; --limit {bound}=N raises this"
        assert spelt(value_of(expression, AROUND)) == f"${{{reason}}}"


def test_json_that_is_longer_than_a_text_may_be_is_one_hole_in_it() -> None:
    expression = '"x${jsonencode({ resource = 1 })}"'
    with limits.within({"text": 15}):
        assert spelt(value_of(expression)) == '"x{"resource":1}"'
    for short in range(8, 13):
        with limits.within({"text": short}):
            assert spelt(value_of(expression)) == '"x${jsonencode(...)}"'
