"""Templates made to cost: they end at a bound, and the bound is named."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmslint import limits
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.estate import Estate, PolicyOrigin
from kmslint.syntax.json import read_json
from kmslint.syntax.yaml import read_yaml
from measured import in_its_own_time


def read(text: str) -> Estate:
    source = Source("t.yaml", text)
    return read_stack(read_yaml(source).documents[0], source)


VOCABULARY = """
Parameters Mappings Conditions Resources Transform Type Default Properties Condition KeyPolicy Statement Principal
AWS Action Effect Policies PolicyDocument ManagedPolicyArns PermissionsBoundary Roles RoleName Path Users Groups
Ref Fn::Sub Fn::Join Fn::If Fn::Select Fn::Split Fn::FindInMap Fn::GetAtt Fn::Equals Fn::And Fn::Not Fn::Or
Fn::Length Fn::ToJsonString Fn::ImportValue Fn::Transform Fn::ForEach::A A B Fn::Cidr Fn::Base64 Fn::ForEach::B
Name Location DefaultValue Outputs
"""
WORDS = VOCABULARY.split()
TEXTS = [
    *WORDS,
    "AWS::KMS::Key",
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::User",
    "${A}",
    "${A.Arn}",
    "A.Arn",
]
TEXTS += ["AWS::Include", "AWS::LanguageExtensions", "&{A}", "K${A}", "10.0.0.0/16", "1"]
TEXTS += ["", ",", "0", '{"Statement": []}', "AWS::NoValue", "{{resolve:ssm:a}}", "String", "CommaDelimitedList"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=25,
)
RESOURCE = st.fixed_dictionaries(
    {"Type": st.sampled_from([text for text in TEXTS if "::" in text])},
    optional={"Properties": st.dictionaries(st.sampled_from(WORDS), ANYTHING) | ANYTHING, "Condition": ANYTHING},
)
TEMPLATE = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from(["A", "B", "Ref"]), RESOURCE)},
    optional={name: st.dictionaries(st.sampled_from(["A", "B"]), ANYTHING) for name in WORDS[:3]},
)


@given(TEMPLATE | ANYTHING)
@settings(max_examples=300, deadline=None)
def test_nothing_raises(template: object) -> None:
    source = Source("t.json", json.dumps(template))
    assert read_stack(read_json(source).documents[0], source).path == "t.json"


def key_with(policy: str, more: str = "") -> str:
    return f"{more}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {policy}\n"


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "x" + closing * depth


DEEP = {
    "Join": nested('{"Fn::Join": ["", [', "]]}", 30),
    "Sub": nested('{"Fn::Sub": ["${A}", {"A": ', "}]}", 30),
    "If": nested('{"Fn::If": [C, ', ", y]}", 40),
    "Select": nested('{"Fn::Select": [0, [', "]]}", 30),
    "ToJsonString": nested('{"Fn::ToJsonString": ', "}", 90),
    "lists": nested("[", "]", 90),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_the_reader_lets_through_is_evaluated(name: str) -> None:
    estate = read(key_with(DEEP[name]))
    assert [problem.reason for problem in estate.problems] == []
    assert estate.keys[0].policy.origin is PolicyOrigin.UNKNOWN


def test_names_that_name_each_other_end_at_the_depth_bound() -> None:
    roles = "\n".join(
        f"  R{number}: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: !Sub '${{R{number + 1}}}x'}}}}"
        for number in range(2 * limits.DEPTH)
    )
    estate = read(f"Resources:\n{roles}\n")
    assert [problem.reason for problem in estate.problems] == [
        f"nested more than {limits.DEPTH} deep; --limit depth=N raises this"
    ]
    assert len(estate.identities) == 2 * limits.DEPTH


def test_names_that_double_each_other_end_at_the_bound_on_texts() -> None:
    roles = "\n".join(
        f"  R{number}: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: !Sub '${{R{next_}}}${{R{next_}}}'}}}}"
        for number, next_ in enumerate(range(1, 61))
    )
    started = time.process_time()
    estate = read(f"Resources:\n{roles}\n")
    assert time.process_time() - started < 5
    assert len(str(estate.identities[0].arn)) < limits.TEXT


def test_open_conditions_are_not_multiplied() -> None:
    conditions = "Conditions:\n" + "".join(f"  C{n}: !Equals [!Ref 'AWS::Region', r{n}]\n" for n in range(30))
    parts = ", ".join(f"!If [C{n}, a, b]" for n in range(30))
    statement = f"{{Sid: A, Effect: Allow, Principal: '*', Action: !Join ['', [{parts}]]}}"
    started = time.process_time()
    estate = read(key_with(f"{{Statement: [{statement}]}}", conditions))
    assert time.process_time() - started < 1
    document = estate.keys[0].policy.document
    assert document is not None
    assert [str(action) for action in document.statements[0].actions or ()] == [
        "${30 conditions in one expression; --limit choices=N raises this}"
    ]


def test_too_many_steps_are_a_problem_and_the_rest_is_unknown() -> None:
    elements = limits.STEPS // 200
    anchor = f"Metadata: {{Big: &big [{', '.join('x' * elements)}]}}"
    uses = ", ".join(["*big"] * 210)
    estate = read(
        f"{anchor}\nResources:\n"
        f"  First: {{Type: 'AWS::KMS::Key', Properties: {{Tags: [{uses}]}}}}\n"
        "  Last: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: []}}}\n"
    )
    assert [(problem.reason, problem.line) for problem in estate.problems] == [
        (f"more than {limits.STEPS} evaluation steps; --limit steps=N raises this", 1)
    ]
    assert [key.policy.origin.value for key in estate.keys] == ["default", "unknown"]


def test_a_long_text_used_often_is_paid_for() -> None:
    anchor = f"Metadata: {{Big: &big '{'x' * 500_000}'}}"
    uses = ", ".join(['{"Fn::Sub": *big}'] * 2000)
    started = time.process_time()
    estate = read(f"{anchor}\nResources:\n  K: {{Type: 'AWS::KMS::Key', Properties: {{Tags: [{uses}]}}}}\n")
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"more than {limits.STEPS} evaluation steps; --limit steps=N raises this"
    ]


def test_equal_names_are_not_multiplied() -> None:
    roles = "".join(f"  R{n}: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: x}}}}\n" for n in range(5000))
    policy = "P: {Type: 'AWS::IAM::Policy', Properties: {PolicyDocument: {Statement: []}, Roles: [%s]}}"
    started = time.process_time()
    estate = read(f"Resources:\n{roles}  {policy % ', '.join('x' * 20_000)}\n")
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"more than {limits.STEPS} evaluation steps; --limit steps=N raises this"
    ]
    assert all(each.policies or each.unseen_policies for each in estate.identities)


def test_look_ups_that_miss_are_paid_for() -> None:
    rows = "".join(f"    r{n}: {{}}\n" for n in range(10_000))
    look_ups = ", ".join(f"!FindInMap [M, !Ref 'AWS::Region', c{n}]" for n in range(10_000))
    started = time.process_time()
    estate = read(key_with("~", f"Mappings:\n  M:\n{rows}").rstrip() + f"\n      Tags: [{look_ups}]\n")
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"more than {limits.STEPS} evaluation steps; --limit steps=N raises this"
    ]


@pytest.mark.parametrize("opening", ["${", "{{resolve:", "${self:", "${!", "{{resolve:${"])
def test_a_text_full_of_openings_is_read_in_one_pass(opening: str) -> None:
    text = json.dumps(opening * 50_000)
    started = time.process_time()
    read(key_with(f"{{Statement: [{{Sid: !Sub {text}, Action: {text}}}]}}"))
    assert time.process_time() - started < 2


@in_its_own_time
def test_a_large_template_is_read_in_time() -> None:
    """A megabyte with 500 resources: what AWS takes at most."""
    statement = {
        "Sid": "Admins",
        "Effect": "Allow",
        "Principal": {
            "AWS": [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/r{n}"} for n in range(8)]
        },
        "Action": ["kms:Create*", "kms:Describe*", {"Fn::Join": ["", ["kms:", "Enable*"]]}],
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement, statement]}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    inline = {"PolicyName": {"Fn::Sub": "${AWS::StackName}-p"}, "PolicyDocument": policy}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [inline], "AssumeRolePolicyDocument": policy}}
    resources = {f"Resource{number}": key if number % 2 else role for number in range(500)}
    text = json.dumps({"Resources": resources})
    source = Source("t.json", text)
    document = read_json(source).documents[0]
    started = time.process_time()
    estate = read_stack(document, source)
    assert time.process_time() - started < 2
    assert (len(text) > 1_000_000, len(estate.keys), len(estate.identities), estate.problems) == (True, 250, 250, ())


NESTED = "1"
for _ in range(40):
    NESTED = f"{{a: {NESTED}, a: 2, b: 3}}"

TWICE = {
    "one name": "".join("  A: {Type: 'AWS::KMS::Key'}\n" for _ in range(10_000)),
    "many names": "".join(f"  K{n % 2500}: {{Type: 'AWS::KMS::Key'}}\n" for n in range(5_000)),
    "properties": "  K:\n    Type: AWS::KMS::Key\n    Properties:\n"
    + "".join(f"      P{n % 10_000}: {n}\n" for n in range(20_000)),
    "nested maps": f"  K: {{Type: 'AWS::KMS::Key', Properties: {{KeyPolicy: {NESTED}}}}}\n",
    "sections": "".join(f"  K{n}: {{Type: 'AWS::KMS::Key'}}\nResources:\n" for n in range(5_000)) + "  K: {}\n",
}


@pytest.mark.parametrize("kind", TWICE)
def test_names_that_stand_twice_are_not_multiplied(kind: str) -> None:
    started = time.process_time()
    estate = read(f"Resources:\n{TWICE[kind]}")
    assert time.process_time() - started < 5
    assert len(estate.keys) <= 5_000
    assert all(each.path or each.owner or each.name == "Resources" for each in estate.duplicates)


def test_names_that_stand_twice_in_a_text_are_not_multiplied() -> None:
    nested = '{"Effect": "Deny"}'
    for _ in range(40):
        nested = f'{{"Statement": {nested}, "Statement": {{}}, "Other": 1}}'
    members = ", ".join(['"a": 1'] * 8_000)
    flat = '{"' + "n" * 60_000 + '": {' + members + "}}"
    for text in (nested, flat):
        started = time.process_time()
        read(key_with(json.dumps(text)))
        assert time.process_time() - started < 5
