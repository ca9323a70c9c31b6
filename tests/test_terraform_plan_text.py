"""What is kept of the text of a plan: the resources that matter, without what is sensitive, each where it stood."""

from __future__ import annotations

import json

import pytest

from kmslint.location import Source
from kmslint.terraform.plan import read_plan
from kmslint.values import Json
from terraform_plans import Change, module, plan

ADDRESS = '"aws_kms_key.a"'


def kept(text: str) -> str:
    source = Source("plan.json", text)
    read_plan(source)
    assert len(source.text) == len(text)
    assert all(new in (old, " ") for new, old in zip(source.text, text, strict=True))
    return source.text


def pieces(*changes: Change, **more: Json) -> list[str]:
    """What is left, without the blanks in between: the plan is written without any."""
    return kept(json.dumps(plan(list(changes), module(), **more), separators=(",", ":"))).split()


@pytest.mark.parametrize(
    ("after", "sensitive", "expected"),
    [
        ({"a": "x", "b": 1}, {}, ['{"a":"x","b":1}']),
        ({"a": "x"}, False, ['{"a":"x"}']),
        ({"a": "x"}, {"a": False}, ['{"a":"x"}']),
        ({"a": "hush", "b": 1}, {"a": True}, ['{"a":', ',"b":1}']),
        ({"a": 1, "b": "hush"}, {"b": True}, ['{"a":1,"b":', "}"]),
        ({"a": "hush", "b": 1, "c": "hush"}, {"c": True, "a": True}, ['{"a":', ',"b":1,"c":', "}"]),
        ({"a": ["hush", "x"]}, {"a": [True, False]}, ['{"a":[', ',"x"]}']),
        ({"a": ["x", "hush"]}, {"a": [False, True]}, ['{"a":["x",', "]}"]),
        ({"a": ["x", "y"]}, {"a": []}, ['{"a":["x","y"]}']),
        ({"a": ["hush", "x"]}, {"a": [True]}, ['{"a":[', ',"x"]}']),
        ({"a": {"b": "hush", "c": 1}}, {"a": {"b": True}}, ['{"a":{"b":', ',"c":1}}']),
        ({"a": {"b": ["x", {"c": "hush"}]}}, {"a": {"b": [False, {"c": True}]}}, ['{"a":{"b":["x",{"c":', "}]}}"]),
        # Marked in another form than it has: all of it.
        ({"a": "hush"}, {"a": {"b": True}}, ['{"a":', "}"]),
        ({"a": "hush"}, {"a": [True]}, ['{"a":', "}"]),
        ({"a": {"b": "hush"}}, {"a": [True]}, ['{"a":', "}"]),
        ({"a": ["hush"]}, {"a": {"b": True}}, ['{"a":', "}"]),
        ({"a": ["x"]}, {"a": {}}, ['{"a":["x"]}']),
        ({"a": "hush"}, True, []),
        ({"a": "hush"}, [True], []),
    ],
)
def test_what_is_sensitive_is_blank(after: Json, sensitive: Json, expected: list[str]) -> None:
    assert pieces(Change("aws_kms_key.a", after, sensitive=sensitive)) == [ADDRESS, *expected]


def test_what_does_not_matter_is_blank() -> None:
    changes = [
        Change("random_id.r", {"hex": "a"}),
        Change("aws_kms_key.a", {"x": "y"}),
        Change("aws_vpc.v", {"z": "a"}),
    ]
    assert pieces(*changes, variables={"v": {"value": "hush"}}) == [ADDRESS, '{"x":"y"}']
    assert pieces(Change("aws_kms_key.a", {}, action="delete")) == []
    twice = [Change("aws_kms_key.a", {"x": "y"}), Change("aws_kms_key.b", {"z": 1})]
    assert pieces(*twice) == [ADDRESS, '{"x":"y"}', '"aws_kms_key.b"', '{"z":1}']


def test_lines_stay_lines() -> None:
    """A place in the text has the line and the column that it had."""
    text = json.dumps(plan([Change("aws_kms_key.a", {"x": "y"})], module()), indent=1).replace("\n", "\r\n")
    lines, left = text.split("\n"), kept(text).split("\n")
    assert [len(line) for line in left] == [len(line) for line in lines]
    assert [line.strip() for line in left if line.strip()] == [ADDRESS, "{", '"x": "y"', "}"]


def test_what_is_no_plan_is_blank() -> None:
    assert kept("[1, 2]").strip() == kept('{"resource_changes": [').strip() == ""
