"""A planned resource as the block that it might be written as: what is known, what is not yet, and what is hidden."""

from __future__ import annotations

import json

import pytest

from kmslint.location import Source
from kmslint.syntax.tree import Block
from kmslint.terraform.plan_blocks import PlannedBlock
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.plan_references import References
from kmslint.values import Json
from terraform_outline import outline, text_at
from terraform_plans import Change, configured, module, plan, to

KEY, ROLE, CLOUD, OTHER = "aws_kms_key.k", "aws_iam_role.r", "awscc_iam_role.r", "aws_iam_policy.p"
DOCUMENT = "data.aws_iam_policy_document.d"
AROUND = [
    Change("aws_iam_role.one", {}),
    Change("aws_iam_role.two", {}),
    Change("data.aws_iam_policy_document.e", {}),
    Change("aws_iam_role_policy.p", {"role": "apart"}),
]
LATER = "(known after apply)"
FIRST = f"{DOCUMENT}.statement[0].principals[0].identifiers[0]"
INLINE = f"{OTHER}.inline_policy"
ONE, TWO = to("aws_iam_role.one.arn"), to("aws_iam_role.two.arn")


def planned(change: Change, written: Json = None) -> Block:
    """The block of a resource that is configured with some expressions, or not at all (None)."""
    block = configured(change.address)
    assert isinstance(block, dict)
    root = module() if written is None else module({**block, "expressions": written})
    read = PlanText(Source("plan.json", json.dumps(plan([change, *AROUND], root))))
    resource = read.resources[change.address]
    return PlannedBlock(resource, read.configured(resource), References(read)).block()


def body(change: Change, written: Json = None) -> str:
    return ", ".join(outline(planned(change, written).body))


@pytest.mark.parametrize(
    ("address", "after", "written", "expected"),
    [
        (KEY, {"arn": "a", "tags": {"n": [1, True, None]}}, None, "arn = 'a', tags = {'n': [1, true, null]}"),
        (
            KEY,
            {"arn": "a", "id": "i", "key_id": "k", "policy": "p", "description": "d"},
            {},
            "arn = 'a', id = 'i', key_id = 'k', policy = 'p'",
        ),
        (KEY, {"policy": "p", "description": "d"}, {"description": {}}, "policy = 'p', description = 'd'"),
        (OTHER, {"policy": "p", "description": "d"}, {}, "policy = 'p', description = 'd'"),
        (DOCUMENT, {"version": "v"}, {}, "version = 'v'"),
        (
            DOCUMENT,
            {"statement": [{"sid": "A", "condition": [], "principals": [{"type": "AWS"}, 1]}, {}]},
            None,
            "statement {sid = 'A', principals {type = 'AWS'}}, statement {}",
        ),
        (DOCUMENT, {"statement": {"not_principals": {"type": "*"}}}, None, "statement {not_principals {type = '*'}}"),
        (ROLE, {"name": "r", "inline_policy": [{"name": "p"}]}, {}, "name = 'r', inline_policy {name = 'p'}"),
        (ROLE, {"name": "apart", "inline_policy": [{"name": "p"}]}, {}, "name = 'apart'"),
        (ROLE, {"name": "apart", "inline_policy": [{}]}, {"inline_policy": [{}]}, "name = 'apart', inline_policy {}"),
        (ROLE, {"name": "apart", "inline_policy": [{}]}, None, "name = 'apart', inline_policy {}"),
    ],
)
def test_what_is_known(address: str, after: Json, written: Json, expected: str) -> None:
    """Of a key, what the provider fills in where nobody has written it says nothing."""
    assert body(Change(address, after), written) == expected


@pytest.mark.parametrize(
    ("address", "after", "unknown", "written", "expected"),
    [
        (KEY, {}, {"arn": True, "policy": True}, {"policy": {}}, f"policy = <{KEY}.policy {LATER}>"),
        (KEY, {"x": "1"}, {"arn": True, "y": False, "z": {}}, None, f"x = '1', arn = <{KEY}.arn {LATER}>"),
        (KEY, {"policy": None}, {"policy": True}, {"policy": {}}, f"policy = <{KEY}.policy {LATER}>"),
        (OTHER, {}, {"arn": True, "policy": True}, {}, ""),
        (DOCUMENT, {}, {"version": True}, {}, f"version = <{DOCUMENT}.version {LATER}>"),
        (
            OTHER,
            {"tags": {"a": "1"}},
            {"tags": {"b": True, "c": False}},
            None,
            f"tags = {{'a': '1', b: <{OTHER}.tags.b {LATER}>}}",
        ),
        (
            OTHER,
            {"tags": {"a": {"b": 1, "c": 2}}},
            {"tags": {"a": {"c": True}}},
            None,
            f"tags = {{'a': {{'b': 1, 'c': <{OTHER}.tags.a.c {LATER}>}}}}",
        ),
        (OTHER, {}, {"tags": {"b": [False, True]}}, None, f"tags = <{OTHER}.tags {LATER}>"),
        (OTHER, {"a": ["x", None]}, {"a": [False, True]}, None, f"a = ['x', <{OTHER}.a[1] {LATER}>]"),
        (OTHER, {"a": ["x"]}, {"a": [False, True]}, None, f"a = <{OTHER}.a {LATER}>"),
        (OTHER, {"a": ["x"]}, {"a": [False, False]}, None, "a = ['x']"),
        (OTHER, {"a": "x"}, {"a": {"b": True}}, None, f"a = <{OTHER}.a {LATER}>"),
        (OTHER, {"a": {"b": "x"}}, {"a": [True]}, None, f"a = <{OTHER}.a {LATER}>"),
        # Blocks.
        (
            DOCUMENT,
            {"version": "v"},
            {"statement": True},
            None,
            f"version = 'v', source_json = <{DOCUMENT}.statement {LATER}>",
        ),
        (
            DOCUMENT,
            {"statement": [{"sid": "A"}]},
            {"statement": [{"sid": True}]},
            None,
            f"statement {{sid = <{DOCUMENT}.statement[0].sid {LATER}>}}",
        ),
        (DOCUMENT, {"statement": [{}, {}]}, {"statement": [{}, True]}, None, "statement {}, statement {}"),
        (
            DOCUMENT,
            {"statement": [{}]},
            {"statement": [{}, {"sid": True}]},
            None,
            f"source_json = <{DOCUMENT}.statement {LATER}>",
        ),
        (
            DOCUMENT,
            {"statement": [{"condition": [{}], "principals": []}]},
            {"statement": [{"condition": True, "principals": True}]},
            None,
            ", ".join(
                [
                    f"statement {{condition {{test = <{DOCUMENT}.statement[0].condition {LATER}>",
                    f"variable = <{DOCUMENT}.statement[0].condition {LATER}>",
                    f"values = <{DOCUMENT}.statement[0].condition {LATER}>}}",
                    f"principals {{type = <{DOCUMENT}.statement[0].principals {LATER}>",
                    f"identifiers = <{DOCUMENT}.statement[0].principals {LATER}>}}}}",
                ]
            ),
        ),
        (
            ROLE,
            {},
            {"inline_policy": True},
            {"inline_policy": {}},
            f"inline_policy {{name = <{ROLE}.inline_policy {LATER}>, policy = <{ROLE}.inline_policy {LATER}>}}",
        ),
        (
            "aws_kms_grant.g",
            {},
            {"constraints": True},
            None,
            f"constraints {{encryption_context_equals = <aws_kms_grant.g.constraints {LATER}>}}",
        ),
    ],
)
def test_what_is_not_known_yet_has_a_name_of_its_own(
    address: str, after: Json, unknown: Json, written: Json, expected: str
) -> None:
    assert body(Change(address, after, unknown), written) == expected


@pytest.mark.parametrize(
    ("after", "unknown", "sensitive", "expected"),
    [
        ({"a": "hush", "b": "x"}, {}, {"a": True}, f"a = <{OTHER}.a (sensitive)>, b = 'x'"),
        ({"a": ["hush", "x"]}, {}, {"a": [True, False]}, f"a = [<{OTHER}.a[0] (sensitive)>, 'x']"),
        ({"a": ["hush", "x"]}, {}, {"a": [True]}, f"a = <{OTHER}.a (sensitive)>"),
        ({"a": ["x", "y"]}, {}, {"a": [False]}, "a = ['x', 'y']"),
        ({"a": {"b": "hush", "c": 1}}, {}, {"a": {"b": True}}, f"a = {{'b': <{OTHER}.a.b (sensitive)>, 'c': 1}}"),
        ({"a": "hush"}, {}, {"a": {"b": True}}, f"a = <{OTHER}.a (sensitive)>"),
        ({"a": "hush"}, {}, True, f"a = <{OTHER}.a (sensitive)>"),
        (
            {"policy_arn": None},
            {"policy_arn": True},
            {"policy_arn": True},
            f"policy_arn = <{OTHER}.policy_arn (sensitive)>",
        ),
        (
            {"inline_policy": [{"name": "hush"}]},
            {},
            {"inline_policy": True},
            f"inline_policy {{name = <{INLINE} (sensitive)>, policy = <{INLINE} (sensitive)>}}",
        ),
        (
            {"inline_policy": [{"name": "n", "policy": "hush"}]},
            {},
            {"inline_policy": [{"policy": True}]},
            f"inline_policy {{name = 'n', policy = <{OTHER}.inline_policy[0].policy (sensitive)>}}",
        ),
        (
            {"inline_policy": [{"name": "hush"}]},
            {},
            {"inline_policy": [{}, {"name": True}]},
            f"inline_policy {{name = <{INLINE} {LATER}>, policy = <{INLINE} {LATER}>}}",
        ),
        (
            {"inline_policy": [{"name": "hush"}]},
            {},
            {"inline_policy": [True]},
            f"inline_policy {{name = <{OTHER}.inline_policy[0].name (sensitive)>}}",
        ),
    ],
)
def test_what_is_sensitive_is_a_name(after: Json, unknown: Json, sensitive: Json, expected: str) -> None:
    written = {"policy_arn": to("aws_iam_policy.p.arn")}
    found = body(Change(OTHER, after, unknown, sensitive=sensitive), written)
    assert found == expected
    assert "hush" not in found


def document(identifiers: Json, unknown: Json, *more: Json) -> Change:
    """With a statement for principals, and others behind it."""
    statements: Json = [{"principals": [{"identifiers": identifiers}]}, *more]
    missing: Json = [{"principals": [{"identifiers": unknown}]}, *({} for _ in more)]
    return Change(DOCUMENT, {"statement": statements}, {"statement": missing})


def principal(*references: Json) -> Json:
    return {"principals": [{"identifiers": one} for one in references]}


@pytest.mark.parametrize(
    ("change", "written", "expected"),
    [
        (
            Change(KEY, {}, {"policy": True}),
            {"policy": to("data.aws_iam_policy_document.e.json")},
            "policy = <data.aws_iam_policy_document.e.json>",
        ),
        (
            document(["x", None], [False, True]),
            {"statement": [principal(ONE)]},
            "statement {principals {identifiers = ['x', <aws_iam_role.one.arn>]}}",
        ),
        (
            document([None, "x", None], [True, False, True]),
            {"statement": [principal(to("aws_iam_role.one.arn", "aws_iam_role.two.arn"))]},
            "statement {principals {identifiers = [<aws_iam_role.one.arn>, 'x', <aws_iam_role.two.arn>]}}",
        ),
        (
            document([None], [True], {}),
            {"statement": [principal(ONE), {}]},
            "statement {principals {identifiers = [<aws_iam_role.one.arn>]}}, statement {}",
        ),
        # Not as many blocks, or of two blocks nobody knows which it is.
        (
            document([None], [True], {}),
            {"statement": [principal(ONE)]},
            (f"statement {{principals {{identifiers = [<{FIRST} {LATER}>]}}}}, statement {{}}"),
        ),
        (
            document([None], [True]),
            {"statement": [principal(ONE, TWO)]},
            f"statement {{principals {{identifiers = [<{FIRST} {LATER}>]}}}}",
        ),
        (
            Change(
                CLOUD,
                {"policies": [{"policy_name": "n"}, {"policy_name": "m", "policy_document": "x"}]},
                {"policies": [{"policy_document": True}, {}]},
            ),
            {"policies": to("data.aws_iam_policy_document.e.json")},
            (
                "policies = [{'policy_name': 'n', policy_document: <data.aws_iam_policy_document.e.json>},"
                " {'policy_name': 'm', 'policy_document': 'x'}]"
            ),
        ),
        (
            Change(
                CLOUD, {"policies": [{"policy_document": None}]}, {"policies": [{"policy_document": True, "a": True}]}
            ),
            {"policies": to("data.aws_iam_policy_document.e.json")},
            (
                f"policies = [{{'policy_document': <{CLOUD}.policies[0].policy_document {LATER}>, "
                f"a: <{CLOUD}.policies[0].a {LATER}>}}]"
            ),
        ),
        (
            Change(
                CLOUD,
                {"managed_policy_arns": ["x", None]},
                {"managed_policy_arns": [False, True]},
                sensitive={"managed_policy_arns": [True, False]},
            ),
            {"managed_policy_arns": to("aws_iam_role.one.arn")},
            (
                f"managed_policy_arns = [<{CLOUD}.managed_policy_arns[0] (sensitive)>,"
                f" <{CLOUD}.managed_policy_arns[1] {LATER}>]"
            ),
        ),
        (
            Change(CLOUD, {"managed_policy_arns": ["x"]}, {"managed_policy_arns": [False, True]}),
            {"managed_policy_arns": to("aws_iam_role.one.arn")},
            f"managed_policy_arns = <{CLOUD}.managed_policy_arns {LATER}>",
        ),
    ],
)
def test_what_is_not_known_is_the_attribute_that_decides_it(change: Change, written: Json, expected: str) -> None:
    assert body(change, written) == expected


def test_places_of_blocks() -> None:
    """The block is at its address, and what is nested in it at its object; what only is to come at the brace."""
    block = planned(document(["x"], [False]))
    assert [block.type.text, *(label.text for label in block.labels)] == ["data", "aws_iam_policy_document", "d"]
    assert {text_at(at) for at in (block.at, block.type.at, *(label.at for label in block.labels))} == {f'"{DOCUMENT}"'}
    assert text_at(block.body.at).startswith('{"statement"')
    (statement,) = block.body.blocks
    assert text_at(statement.at) == text_at(statement.body.at) == '{"principals": [{"identifiers": ["x"]}]}'
    assert (text_at(statement.type.at), statement.type.at.start) == ("{", statement.at.start)
    later = planned(Change(DOCUMENT, {"version": "v"}, {"json": True, "statement": True}))
    version, *to_come = later.body.arguments
    assert (text_at(version.name.at), text_at(version.value.at)) == ('"version"', '"v"')
    assert {(text_at(one.name.at), text_at(one.value.at)) for one in to_come} == {("{", "{")}
    assert [one.name.text for one in to_come] == ["json", "source_json"]
    assert all(len(one.name.excerpt.offsets) == len(one.name.text) + 1 for one in to_come)
