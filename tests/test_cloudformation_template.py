"""Templates of any shape: what is one, and what becomes a problem while the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmslint.cloudformation.stack import read_stack
from kmslint.cloudformation.template import is_template
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.syntax.json import read_json
from kmslint.syntax.yaml import read_yaml
from kmslint.values import ALWAYS, Choice, HoleKind, specialise

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation"

TEMPLATES = {
    "a resource": "Resources: {A: {Type: 'AWS::S3::Bucket'}}",
    "a custom resource among others": "Resources: {A: 1, B: {Type: 'Custom::Thing'}}",
    "a loop": "Resources: {'Fn::ForEach::Keys': [N, [a], {}]}",
    "a version and no map": "{AWSTemplateFormatVersion: '2010-09-09', Resources: text}",
    "a whole template in another file": "{AWSTemplateFormatVersion: '2010-09-09', Transform: {Name: 'AWS::Include'}}",
    "a list of resources": "Resources: [{Type: 'AWS::KMS::Key'}]",
}
OTHERS = {
    "a list": "[{Resources: {A: {Type: 'AWS::KMS::Key'}}}]",
    "cases of cfn-guard": "- name: a\n  input: {Resources: {A: {Type: 'AWS::KMS::Key'}}}",
    "a check with examples": "cloudformation: {good: ['Resources: {A: {Type: x}}']}",
    "Kubernetes": "{apiVersion: v1, kind: Pod, spec: {resources: {limits: {cpu: 1}}}}",
    "OpenAPI": "{openapi: 3.0.0, paths: {}, components: {}}",
    "docker compose": "services: {a: {image: b}}",
    "Resources of something else": "Resources: {A: {Type: bucket}, B: [1]}",
    "empty Resources": "Resources: {}",
    "no Resources": "AWSTemplateFormatVersion: '2010-09-09'",
    "a text": "Resources",
    "nothing": "~",
}


@pytest.mark.parametrize("name", [*TEMPLATES, *OTHERS])
def test_what_is_a_template(name: str) -> None:
    source = Source("t.yaml", {**TEMPLATES, **OTHERS}[name])
    assert [is_template(document) for document in read_yaml(source).documents] == [name in TEMPLATES]


def read(text: str) -> Estate:
    source = Source("t.yaml", text)
    return read_stack(read_yaml(source).documents[0], source)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[a]", "the template is not a map"),
        ("text", "the template is not a map"),
        ("AWSTemplateFormatVersion: '2010-09-09'", "the template has no Resources"),
        ("Resources: [{Type: 'AWS::KMS::Key'}]", "Resources is not a map"),
        ("Resources: !Include a.yaml", "Resources is not a map"),
        ("Resources: ~", "Resources is not a map"),
    ],
)
def test_a_template_without_resources(text: str, reason: str) -> None:
    estate = read(text)
    assert [(problem.reason, problem.line) for problem in estate.problems] == [(reason, 1)]
    assert estate.keys == ()


def test_a_section_that_stands_twice() -> None:
    estate = read("Resources: {A: {Type: 'AWS::KMS::Key'}}\nResources: {B: {Type: 'AWS::KMS::Key'}}")
    assert estate.problems == ()
    assert [(each.name, each.at.line, each.first.line) for each in estate.duplicates] == [("Resources", 2, 1)]
    assert [(key.address, *map(str, key.guards)) for key in estate.keys] == [
        ("A", 'the first "Resources" (line 1) counts'),
        ("B", 'the first "Resources" (line 1) does not count'),
    ]


def test_what_both_of_two_sections_say_counts() -> None:
    estate = read(
        "Mappings: {M: {a: {b: one}}}\nMappings: {N: {a: {b: two}}}\n"
        "Conditions: {C: !Equals [a, a]}\nConditions: {D: !Equals [a, b]}\n"
        "Resources:\n  A: {Type: 'AWS::KMS::Key', Condition: C, Properties: {KeySpec: !FindInMap [M, a, b]}}\n"
        "  B: {Type: 'AWS::KMS::Key', Properties: {KeySpec: !FindInMap [N, a, b]}}\n"
        "  C: {Type: 'AWS::KMS::Key', Condition: D}\n"
    )
    assert [(key.address, str(key.settings.spec), key.guards) for key in estate.keys] == [
        ("A", "one", ALWAYS),
        ("B", "two", ALWAYS),
    ]


def test_of_properties_that_stand_twice_each_may_count() -> None:
    estate = read("Resources:\n  K: {Type: 'AWS::KMS::Key', Properties: {KeySpec: a, KeySpec: b}}")
    spec = estate.keys[0].settings.spec
    assert isinstance(spec, Choice)
    assert (spec.condition, str(spec.when_true), str(spec.when_false)) == (
        'the first "KeySpec" (line 2) counts',
        "a",
        "b",
    )


@pytest.mark.parametrize(
    "macro", ["'Fn::Transform': {Name: M}", "'Fn::ForEach::L': [N, [a], {'${N}': {Type: String}}]"]
)
def test_parameters_that_a_macro_brings_in_are_told_of_at_most_once(macro: str) -> None:
    estate = read(f"Parameters: {{P: {{Type: String}}, {macro}}}\nResources: {{K: {{Type: 'AWS::KMS::Key'}}}}")
    assert [problem.reason for problem in estate.problems] == [
        "Fn::ForEach is not expanded" for _ in range("ForEach" in macro)
    ]


def test_the_values_of_a_secret_are_not_shown() -> None:
    source = Source(
        "t.yaml", "Parameters: {P: {Type: String, NoEcho: true, Default: pass1, AllowedValues: [pass1, pass2]}}"
    )
    read_stack(read_yaml(source).documents[0], source)
    assert "pass" not in source.shown(0, len(source.text))


def test_a_condition_that_is_looked_up_in_vain_is_none() -> None:
    look_up = "!FindInMap [M, a, b, {DefaultValue: !Ref 'AWS::NoValue'}]"
    estate = read(f"Resources: {{K: {{Type: 'AWS::KMS::Key', Condition: {look_up}}}}}")
    assert [(key.address, key.guards) for key in estate.keys] == [("K", ALWAYS)]
    assert estate.problems == ()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("!Ref Text", "not known"),
        ("!Ref List", "not known"),
        ("!Ref Default", ""),
        ("[a]", "not a name"),
        ("{a: b}", "not a name"),
    ],
)
def test_a_condition_that_is_none_is_a_problem(condition: str, said: str) -> None:
    parameters = "Text: {Type: String}, List: {Type: CommaDelimitedList}, Default: {Type: String, Default: Sure}"
    estate = read(
        f"Parameters: {{{parameters}}}\nConditions: {{Sure: !Equals [a, a]}}\n"
        f"Resources:\n  K: {{Type: 'AWS::KMS::Key', Condition: {condition}}}"
    )
    assert [(key.address, key.guards) for key in estate.keys] == [("K", ALWAYS)]
    assert [(problem.line, problem.reason) for problem in estate.problems] == [
        (4, f'the condition of "K" is {said}') for _ in range(bool(said))
    ]


def test_a_property_that_a_macro_may_bring_in_is_unknown() -> None:
    estate = read(
        "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Statement: []}\n"
        "      Fn::Transform: {Name: M}\n  S: {Type: 'AWS::IAM::Role', Properties: {RoleName: s}}\n"
        "  S: {Type: 'AWS::IAM::Role', Properties: {RoleName: t}}\n"
    )
    names = {one.address: one.arn.holes[-1] for one in estate.identities}
    assert {address: (hole.kind, hole.scope) for address, hole in names.items()} == {
        "R": (HoleKind.EXPRESSION, "name"),
        "S": (HoleKind.EXPRESSION, "name"),
    }


def test_a_section_that_stands_twice_does_not_hide_that_it_is_a_template() -> None:
    source = Source("t.yaml", "Resources: {A: {Type: 'AWS::KMS::Key'}}\nResources: {}")
    assert is_template(read_yaml(source).documents[0])


def broken() -> Estate:
    source = Source("broken.yaml", (FIXTURES / "broken.yaml").read_text(encoding="utf-8"))
    return read_stack(read_yaml(source).documents[0], source)


PROBLEMS = [
    '4:9 parameter "List" is not a map',
    "5:11 Mappings is not a map",
    "6:13 Conditions is not a map",
    '8:12 resource "NotAMap" is not a map',
    '9:3 resource "NoType" has no type',
    '10:22 resource "TypeIsAMap" has no type',
    '11:11 resource "Tagged" is not a map',
    '12:55 the properties of "TextProperties" are not a map',
    '13:55 the properties of "ListProperties" are not a map',
    '24:56 the condition of "ConditionIsAList" is not a name',
    "28:3 Fn::ForEach::Keys without the transform AWS::LanguageExtensions",
    "29:3 Fn::Transform is not expanded: AWS::Include of a location that is not written out",
    '30:58 a policy of "Role" is not a map',
    '30:74 a policy of "Role" has no PolicyDocument',
    '30:110 a policy of "Role" cannot be read: policy is a list, not a map',
    '31:3 a policy of "Policy" has no PolicyDocument',
]


def test_each_wrong_shape_is_a_problem_at_its_place() -> None:
    places = ((problem.at.region, problem.reason) for problem in broken().problems if problem.at)
    assert [f"{region.line}:{region.column} {reason}" for region, reason in sorted(places)] == PROBLEMS


def test_a_logical_id_that_stands_twice_is_two_keys() -> None:
    estate = read(
        "Resources:\n  A: {Type: 'AWS::KMS::Key'}\n"
        "  A: {Type: 'AWS::KMS::Key', Properties: {Enabled: 1}, Properties: {Enabled: 2}}"
    )
    condition, inner = 'the first "A" (line 2)', 'the first "Properties" (line 3)'
    assert [(key.at.line, sorted(map(str, key.guards))) for key in estate.keys] == [
        (2, [f"{condition} counts"]),
        (3, [f"{condition} does not count", f"{inner} counts"]),
        (3, [f"{condition} does not count", f"{inner} does not count"]),
    ]


def test_what_stands_twice_and_says_the_same_is_there_once() -> None:
    once = "{Type: 'AWS::KMS::Key', Type: 'AWS::KMS::Key', Properties: {Tags: [{Key: a, Value: !Ref B}]}}"
    estate = read(f"Resources:\n  A: {once}\n  A: {once}")
    assert [(key.at.line, key.guards) for key in estate.keys] == [(3, ALWAYS)]
    assert [(each.at.line, each.name) for each in estate.duplicates] == [(3, "A"), (3, "Type")]


@pytest.mark.parametrize("first", ["text", "[a]", "{a: b}"])
@pytest.mark.parametrize(
    "last",
    [
        *("text", "[a]", "{a: b}", "other", "[b]", "[a, a]", "{a: c}", "{c: b}", "{a: b, c: d}"),
        *("'text'", "!Ref text", "!Split [a]", "!Sub {a: b}", "['a']", "{'a': b}"),
    ],
)
def test_only_what_says_the_same_is_the_same(first: str, last: str) -> None:
    key = "{Type: 'AWS::KMS::Key', Properties: {Tags: %s}}"
    estate = read(f"Resources:\n  A: {key % first}\n  A: {key % last}")
    assert [key.at.line for key in estate.keys] == ([3] if first == last else [2, 3])


def test_the_default_of_a_parameter_may_lose_its_zero() -> None:
    estate = read(
        "Parameters:\n  P: {Type: String, Default: 012345678901}\n  Q: {Type: String, Default: '012345678901'}\n"
        "Resources: {K: {Type: AWS::KMS::Key}}\n"
    )
    assert [(zero.written, zero.at.line) for zero in estate.lost_zeros] == [("012345678901", 2)]


@pytest.mark.parametrize("properties", ["!Ref AWS::NoValue", "~", "{}"])
def test_properties_that_are_not_there(properties: str) -> None:
    estate = read(f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {properties}}}}}")
    assert (estate.keys[0].policy.origin.value, estate.problems) == ("default", ())


def test_of_more_than_two_the_first_and_the_last_count() -> None:
    estate = read(
        "Resources:\n  A: {Type: AWS::KMS::Key}\n"
        + "".join(f"  A: {{Type: AWS::KMS::Key, Enabled: {number}}}\n" for number in range(2))
    )
    assert [key.at.line for key in estate.keys] == [2, 4]
    assert [(each.at.line, each.first.line, each.reader.value) for each in estate.duplicates] == [
        (3, 2, "CloudFormation"),
        (4, 2, "CloudFormation"),
    ]


def test_of_parameters_that_stand_twice_each_may_count() -> None:
    """The last one has two values itself."""
    estate = read(
        "Parameters:\n  P: {Type: String, Default: a}\n  P: {Type: String, Default: b, Default: c}\n"
        "Resources:\n  K: {Type: 'AWS::KMS::Key', Properties: {KeySpec: !Ref P}}"
    )
    spec = estate.keys[0].settings.spec
    outer, inner = 'the first "P" (line 2) counts', 'the first "Default" (line 3) counts'
    assert spec is not None
    found = {
        (first, second): specialise(spec, {outer: first, inner: second})
        for first in (True, False)
        for second in (True, False)
    }
    assert {way: str(value) for way, value in found.items()} == {
        (True, True): "a",
        (True, False): "a",
        (False, True): "b",
        (False, False): "c",
    }


def test_each_name_that_stands_twice_is_told_of() -> None:
    found = {f"{each.at.line} {each.name} in {each.owner or 'the template'}" for each in broken().duplicates}
    assert found == {"25 KeyPolicy in Twice", "27 Sound in the template", "27 Type in Sound"}


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ("K: {Type: 'AWS::KMS::Key', Properties: {Tags: [{Key: a, Key: b}]}}", "Key in K: Tags[0]"),
        ("K: {Type: 'AWS::KMS::Key', UpdateReplacePolicy: {a: 1, a: 2}}", "a in K: UpdateReplacePolicy"),
        ("K: {Type: 'AWS::KMS::Key', Metadata: &m {a: 1, a: 2}, DeletionPolicy: *m}", "a in K: Metadata"),
        ("K: &k {Type: 'AWS::KMS::Key', Enabled: 1, Enabled: 2}, L: *k", "Enabled in K: "),
    ],
)
def test_a_name_that_stands_twice_is_told_of_with_the_map_that_it_is_in(resources: str, told: str) -> None:
    (found,) = read(f"Resources: {{{resources}}}").duplicates
    assert f"{found.name} in {found.owner}: {found.path}" == told


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("TextProperties", "unknown: Properties"),
        ("ListProperties", "unknown: Properties"),
        ("NullProperties", "default"),
        ("NoProperties", "default"),
        ("NullPolicy", "default"),
        ("AbsentPolicy", "default"),
        ("ListPolicy", "unknown: policy is a list, not a map"),
        ("NumberPolicy", "unknown: policy text is not a JSON map"),
        ("TextPolicy", "unknown: policy text is not JSON: expected a value"),
        ("ParameterPolicy", "unknown: Nowhere"),
        ("IncludedPolicy", "unknown: AWS::Include of a location that is not written out"),
        ("PartlyIncluded", "unknown: AWS::Include of a location that is not written out"),
        ("ConditionIsAList", "default"),
        ("Twice", "unknown: policy text is not a JSON map"),
    ],
)
def test_the_policy_of_a_key_of_any_shape(address: str, origin: str) -> None:
    (policy,) = (key.policy for key in broken().keys if key.address == address)
    missing = f": {policy.missing.hole.label}" if policy.missing else ""
    assert f"{policy.origin.value}{missing}" == origin


SHAPES = [
    "a",
    "[]",
    "[a]",
    "[a, b, c]",
    "{}",
    "{a: b}",
    "~",
    "5",
    "'{'",
    "'{\"Statement\": 5}'",
    "!Ref X",
    "!If [C, a, b]",
    "!If [C, {a: b}, [5]]",
    "{Ref: {a: b}}",
    "{'Fn::Sub': []}",
]
IN_RESOURCES = "Resources: {R: {Type: 'AWS::%s', Properties: {%s}}, C: {Type: 'Custom::X'}}"
GLOBALS = "{Globals: {Function: {AssumeRolePolicyDocument: @}}, Resources: {F: {%s}}}"
PLACES = [
    "@",
    "Parameters: @",
    "Parameters: {P: @}",
    "Parameters: {P: {Default: @, Type: @, NoEcho: @}}",
    "{Mappings: @, Conditions: @, Resources: @}",
    "{Mappings: {M: @}, Conditions: {C: @}, Resources: {R: @}}",
    "{Mappings: {M: {K: @}}, Conditions: {C: {'Fn::And': @}}, Resources: {R: {Type: @}}}",
    "{Conditions: {C: !Not [@], D: !Equals [@, @]}, Resources: {R: {Type: 'AWS::KMS::Key', Condition: C}}}",
    "Resources: {K: {Type: 'AWS::KMS::Key', Condition: @, Properties: @}}",
    "Resources: {'Fn::ForEach::L': @}",
    "Resources: {'Fn::ForEach::L': [@, [a], {K: @}], 'Fn::ForEach::M': [X, @, {'L${X}': @}]}",
    "{Transform: @, Resources: {'Fn::ForEach::L': [X, [@], @]}}",
    "Resources: {'Fn::Transform': @}",
    "Resources: {'Fn::Transform': {Name: 'AWS::Include', Parameters: @}}",
    "Resources: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: @}}}",
    IN_RESOURCES % ("KMS::Key", "KeyPolicy: @, Enabled: @"),
    IN_RESOURCES % ("KMS::Key", "KeyPolicy: {Statement: @, Version: @}"),
    IN_RESOURCES % ("KMS::Key", "KeyPolicy: {Statement: [{Principal: @, Action: @, Effect: @, Sid: @, Condition: @}]}"),
    IN_RESOURCES % ("KMS::Alias", "AliasName: @, TargetKeyId: @"),
    IN_RESOURCES % ("IAM::Role", "RoleName: @, Path: @, Policies: @, ManagedPolicyArns: @, PermissionsBoundary: @"),
    IN_RESOURCES % ("IAM::Role", "Policies: [@], ManagedPolicyArns: [@], AssumeRolePolicyDocument: @"),
    IN_RESOURCES % ("IAM::Role", "Policies: [{PolicyDocument: @, PolicyName: @}]"),
    IN_RESOURCES % ("IAM::User", "Groups: @"),
    IN_RESOURCES % ("IAM::UserToGroupAddition", "GroupName: @, Users: @"),
    IN_RESOURCES % ("IAM::ManagedPolicy", "PolicyDocument: @, Roles: @, ManagedPolicyName: @"),
    IN_RESOURCES % ("Serverless::Function", "Policies: @, Events: @, Role: @, AssumeRolePolicyDocument: @"),
    IN_RESOURCES % ("Serverless::Function", "Policies: [@], Events: {A: @, B: {Type: MQ, Properties: @}}"),
    GLOBALS % "Type: 'AWS::Serverless::Function', IgnoreGlobals: [@], Properties: {AssumeRolePolicyDocument: @}",
    IN_RESOURCES % ("CloudFormation::Stack", "TemplateURL: @, Parameters: @"),
    IN_RESOURCES % ("CloudFormation::StackSet", "TemplateBody: @, Parameters: [@], StackInstancesGroup: @"),
    IN_RESOURCES % ("KMS::ReplicaKey", "PrimaryKeyArn: @, KeyPolicy: @"),
    *(
        IN_RESOURCES
        % ("KMS::Key", f"A: {{'{function}': @}}, B: {{'{function}': [@, @]}}, C: {{'{function}': [@, @, @]}}")
        for function in (
            *("Fn::Join", "Fn::Split", "Fn::Select", "Fn::Sub", "Fn::If", "Fn::FindInMap", "Fn::GetAtt"),
            *("Fn::Cidr", "Fn::ForEach::L"),
        )
    ),
    *(
        IN_RESOURCES % ("KMS::Key", f"A: {{'{function}': @}}")
        for function in (
            *("Ref", "Condition", "Fn::Length", "Fn::ImportValue", "Fn::ToJsonString", "Fn::Transform"),
            *("Fn::Base64", "Fn::GetAZs", "Fn::ForEach::L"),
        )
    ),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_raises(place: str, shape: str) -> None:
    estate = read(place.replace("@", shape))
    assert len(estate.keys) <= 1


def test_json_is_read_alike() -> None:
    source = Source("t.json", '{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": null}}}}')
    (key,) = read_stack(read_json(source).documents[0], source).keys
    assert (key.address, key.at.region.column, key.policy.origin.value) == ("Key", 16, "default")
