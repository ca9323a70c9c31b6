"""What functions come to, beside the fixture of test_cloudformation_intrinsics.py: odd arguments, names, bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pytest

from kmslint import limits
from kmslint.cloudformation.functions import base64
from kmslint.cloudformation.intrinsics import Evaluator, Surroundings
from kmslint.cloudformation.mappings import Mappings
from kmslint.cloudformation.parameters import NO_INPUTS, Inputs
from kmslint.cloudformation.substitution import tokens
from kmslint.cloudformation.template import Template, read_template
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax import tree
from kmslint.syntax.tree import Scalar
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Choice, Hole, HoleKind, Items, Text, Unknown, Value, text
from test_cloudformation_intrinsics import described, holes, spelt

TEMPLATE = """
Parameters:
  Open: {Type: String}
  Set: {Type: String, Default: set}
  Empty: {Type: String, Default: ""}
  List: {Type: CommaDelimitedList}
  One: {Type: String, AllowedValues: [only, only]}
  OneNumber: {Type: Number, AllowedValues: [8]}
  OneList: {Type: CommaDelimitedList, AllowedValues: [a]}
  OneSecret: {Type: String, AllowedValues: [a], NoEcho: true}
  Few: {Type: String, AllowedValues: [a, b]}
  Blanks: {Type: List<Number>, Default: " 1, 2 "}
  Blank: {Type: CommaDelimitedList, Default: " "}
  SecretList: {Type: CommaDelimitedList, Default: "a,b", NoEcho: true}
  Typeless: {Default: x}
  Loud: {Type: String, Default: x, NoEcho: false}
  Nothing: {Type: String, Default: ~}
  Odd: {Type: [a], Default: x, NoEcho: [a], AllowedPattern: [a], AllowedValues: a}
Mappings:
  M: {a: {k: one, l: [x]}, b: {k: one, l: [x, y]}, c: {k: one, l: y}}
  Lists: {a: {k: [x]}, b: {k: [y]}}
  Part: {a: {k: v}, Fn::Transform: More}
  Twofold: {a: {k: v}, Fn::Transform: More}
  Twofold: {b: {k: w}}
  Row: {a: {k: v, Fn::Transform: More}, a: {l: w}}
  Vacant: {a: {}}
  Gaps: {a: {k: !Ref AWS::NoValue}, b: {k: x}}
Conditions: {C: !Equals [!Ref Open, a], Never: !Equals [a, b]}
Resources:
  Key: {Type: AWS::KMS::Key}
  Primary: {Type: AWS::KMS::Key, Properties: {MultiRegion: true}}
  Replica: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: !GetAtt Primary.Arn}}
  Known:
    Type: AWS::KMS::ReplicaKey
    Properties: {PrimaryKeyArn: !Sub "arn:aws:kms:x:111122223333:key/mrk-1234"}
  Single: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: "arn:aws:kms:x:111122223333:key/1234"}}
  OddPrimary: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: mrk-1234}}
  ListPrimary: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: [a]}}
  NoPrimary: {Type: AWS::KMS::ReplicaKey}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}
  User: {Type: AWS::IAM::User, Properties: {UserName: u, Path: /p/}}
  Group: {Type: AWS::IAM::Group, Properties: {GroupName: g}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {InstanceProfileName: i}}
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: p, Path: !Ref Open}}
  Linked: {Type: AWS::IAM::ServiceLinkedRole, Properties: {AWSServiceName: s.amazonaws.com}}
  LinkedOpen: {Type: AWS::IAM::ServiceLinkedRole, Properties: {AWSServiceName: !Ref List}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a}}
  Named: {Type: AWS::S3::Bucket, Properties: {RoleName: r, AliasName: b}}
  Absent: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref AWS::NoValue, Path: ~}}
  Macro: {Type: AWS::IAM::Role, Properties: {Fn::Transform: More}}
  Listed: {Type: AWS::IAM::Role, Properties: {RoleName: [a], Path: [b]}}
  Twice: {Type: AWS::IAM::Role, Properties: {RoleName: a}}
  Twice: {Type: AWS::IAM::Role, Properties: {RoleName: b}}
  Alike: {Type: AWS::IAM::Role, Properties: {RoleName: a}}
  Alike: {Type: AWS::IAM::Role, Properties: {RoleName: a}, DeletionPolicy: Retain}
  Custom: {Type: AWS::CloudFormation::CustomResource}
  Stack: {Type: AWS::CloudFormation::Stack}
  Tagged: {Type: AWS::IAM::Role, Properties: !Macro {Path: /p/}}
  Brought: {Type: AWS::IAM::Role, Properties: {Path: /p/, Fn::Transform: More}}
  Subject:
    Type: Custom::Subject
    Properties:
      A: VALUE
"""
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
KMS = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key"
OF_IAM = "partition, own account"
OF_KMS = "partition, region, own account"
COMES_TO = {
    # How many arguments there are.
    "!Join [',', [a], b]": "?{Fn::Join} expression",
    "!Split [',', a, b]": "?{Fn::Split} expression",
    "!Select [0, [a], b]": "?{Fn::Select} expression",
    "!FindInMap [M, a, k, {DefaultValue: x}, y]": "?{Fn::FindInMap} expression",
    "!FindInMap [M, a]": "?{Fn::FindInMap} expression",
    "!FindInMap [M, a, k, x]": "one",
    "!FindInMap [M, z, k, x]": "?{Fn::FindInMap M.z.k} expression",
    "!GetAtt [Role]": "${Fn::GetAtt} expression",
    "!GetAtt [Role, Arn, x]": "${Fn::GetAtt} expression",
    "!GetAtt [Role, '']": "${Fn::GetAtt} expression",
    "!GetAtt [[Role], Arn]": "${Fn::GetAtt} expression",
    "!If [[C], a, b]": "?{Fn::If} expression",
    "!If [C, a, b, c]": "?{Fn::If} expression",
    "!If [C, !Ref AWS::NoValue, b]": "(C ? null : b)",
    # Members of maps.
    "{!Sub 'k-${Set}': a}": "{k-set: a}",
    "{a: x, a: !Ref AWS::NoValue}": '{a: (the first "a" counts ? x : null)}',
    "{a: !Ref AWS::NoValue, a: y}": '{a: (the first "a" counts ? null : y)}',
    "{a: b, Fn::Transform: More}": "{a: b, ?{More}*} expression",
    # Lists and texts.
    "!Join ['-', !Split ['-', !Sub 'a-b${Open}-c']]": "a-${Fn::Join Fn::Split} expression",
    "!Join ['', ['{{resolve:', 'ssm:/a}}']]": "${resolve:ssm:/a} expression",
    "!Join [!Ref Open, [a, b]]": "a${Open}b parameter",
    "!Join ['-', {a: b}]": "${Fn::Join} expression",
    "!Split ['-', !Ref AWS::Region]": "?{Fn::Split} expression",
    "!Split [a, !Ref AWS::AccountId]": "?{Fn::Split} expression",
    "!Split [':', !Ref AWS::URLSuffix]": "?{Fn::Split} expression",
    "!Split ['/', !Sub 'a/${AWS::Region}/${AWS::AccountId}']": (
        "[a, ${AWS::Region}, ${AWS::AccountId}] region, own account"
    ),
    "!Split [': ', !Sub '${AWS::Partition}: b']": "[${AWS::Partition}, b] partition",
    "!Split [!Ref Open, a-b]": "?{Fn::Split} expression",
    "!Split [[a], a-b]": "?{Fn::Split} expression",
    "!Split ['-', [a-b]]": "?{Fn::Split} expression",
    "!Split ['-', '']": "[]",
    "!Split ['-', ab]": "[ab]",
    "!Select ['00000000000001', [a, b]]": "?{Fn::Select} expression",
    "!Select ['01', [a, b]]": "b",
    f"!Select ['{'1'.zfill(len(str(limits.ELEMENTS)))}', [a, b]]": "b",
    "!Select [1, [!GetAtt Custom.X, b]]": "b",
    "!Length [a, !GetAtt Custom.X]": "2",
    "!Select [2, [a, b]]": "?{Fn::Select} expression",
    "!Select [[0], [a]]": "?{Fn::Select} expression",
    "!Select [0, a]": "?{Fn::Select 0} expression",
    "!Select [1, [a, !Ref AWS::NoValue]]": "?{Fn::Select} expression",
    "!Length {Fn::Split: ['-', !Sub 'a-b${Open}-c']}": "${Fn::Length} expression",
    "!Length a": "${Fn::Length} expression",
    "!Length [a, !Ref AWS::NoValue]": "1",
    "!Base64 {Ref: Open}": "${Fn::Base64} expression",
    "!Base64 [a]": "${Fn::Base64} expression",
    "!Sub [!Ref Set, {}]": "${Fn::Sub} expression",
    "!Sub ['${A}', {A: !Ref AWS::NoValue}]": "${A} expression",
    "!ImportValue {Ref: Open}": "${Fn::ImportValue ${Open}} expression",
    "!Cidr [10.0.0.0/24, 2, 5]": "[10.0.0.0/27, 10.0.0.32/27]",
    # Text that is put in later.
    "'{{resolve:ssm:/a}}'": "${resolve:ssm:/a} expression",
    "'<%= a %>'": "${a} expression",
    "'<%=a%>'": "${a} expression",
    "'{{a}}b'": "${a}b expression",
    "'{{ a }}b'": "${a}b expression",
    "'${self:a.${opt:b}}'": "${self:a.${opt:b}} expression",
    "'${Open}'": "${Open}",
    "!Sub '${self:a}'": "${self:a} expression",
    "!Sub 'a${!b}c${ Set }'": "a${b}cset",
    "!Sub '{{resolve:ssm:/${Set}}}x'": "${resolve:ssm:/${Set}}x expression",
    "!Sub '<%= a %>-${Set}'": "${a}-set expression",
    "'a < b % c { d'": "a < b % c { d",
    # Parameters.
    "!Ref AWS::Partition": "${AWS::Partition} partition",
    "!Ref AWS::AccountId": "${AWS::AccountId} own account",
    "!Ref AWS::Region": "${AWS::Region} region",
    "!Ref AWS::URLSuffix": "${AWS::URLSuffix} url suffix",
    "!Ref One": "only",
    "!Ref OneNumber": "8",
    "!Ref OneList": "?{OneList} parameter",
    "!Ref OneSecret": "${OneSecret} parameter",
    "!Ref Few": "${Few} parameter",
    "!Ref Blanks": "[1, 2]",
    "!Ref Blank": "[]",
    "!Ref Empty": "",
    "!Ref SecretList": "?{SecretList} parameter",
    "!Ref Typeless": "x",
    "!Ref Loud": "x",
    "!Ref Nothing": "${Nothing} parameter",
    "!Ref Odd": "x",
    # Mappings.
    "!FindInMap [M, !Ref Open, k]": "one",
    "!FindInMap [M, !Ref Open, l]": "?{Fn::FindInMap M.${Open}.l} expression",
    "!FindInMap [M, !Ref AWS::Region, k]": "one",
    "!FindInMap [Nowhere, !Ref Open, k]": "?{Fn::FindInMap Nowhere.${Open}.k} expression",
    "!FindInMap [!Ref Open, a, k]": "?{Fn::FindInMap ${Open}.a.k} expression",
    "!FindInMap [M, !Ref AWS::Region, l]": "?{Fn::FindInMap M.${AWS::Region}.l} expression",
    "!FindInMap [Lists, !Ref AWS::Region, k]": "?{Fn::FindInMap Lists.${AWS::Region}.k} expression",
    "!FindInMap [!Ref AWS::Region, a, k]": "?{Fn::FindInMap ${AWS::Region}.a.k} expression",
    "!FindInMap [!Ref AWS::Region, a, k, {DefaultValue: d}]": "?{Fn::FindInMap ${AWS::Region}.a.k} expression",
    "!FindInMap [M, a, z]": "?{Fn::FindInMap M.a.z} expression",
    "!FindInMap [M, a, z, {DefaultValue: d}]": "d",
    "!FindInMap [M, !Ref AWS::Region, z, {DefaultValue: d}]": "?{Fn::FindInMap M.${AWS::Region}.z} expression",
    "!FindInMap [M, a, !Ref AWS::Region, {DefaultValue: one}]": "?{Fn::FindInMap M.a.${AWS::Region}} expression",
    "!FindInMap [Part, a, k]": "v",
    "!FindInMap [Twofold, b, k]": "?{Fn::FindInMap Twofold.b.k} expression",
    "!FindInMap [Row, a, l]": "?{Fn::FindInMap Row.a.l} expression",
    "!FindInMap [Vacant, a, !Ref AWS::Region, {DefaultValue: d}]": (
        "?{Fn::FindInMap Vacant.a.${AWS::Region}} expression"
    ),
    "!FindInMap [Gaps, !Ref AWS::Region, k]": "?{Fn::FindInMap Gaps.${AWS::Region}.k} expression",
    "!FindInMap [Part, z, k, {DefaultValue: d}]": "?{Fn::FindInMap Part.z.k} expression",
    "!FindInMap [Part, !Ref AWS::Region, k, {DefaultValue: d}]": ("?{Fn::FindInMap Part.${AWS::Region}.k} expression"),
    # What resources are called.
    "!GetAtt Role.Arn": f"{IAM}:role/r {OF_IAM} Role",
    "!GetAtt User.Arn": f"{IAM}:user/p/u {OF_IAM} User",
    "!GetAtt Group.Arn": f"{IAM}:group/g {OF_IAM} Group",
    "!GetAtt Profile.Arn": f"{IAM}:instance-profile/i {OF_IAM} Profile",
    "!Ref Policy": f"{IAM}:policy${{Open}}p {OF_IAM} Policy, parameter",
    "!GetAtt Policy.PolicyArn": f"{IAM}:policy${{Open}}p {OF_IAM} Policy, parameter",
    "!GetAtt Policy.Arn": "${Policy.Arn} resource Policy",
    "!GetAtt Role.PolicyArn": "${Role.PolicyArn} resource Role",
    "!Ref Group": "g",
    "!Ref Profile": "i",
    "!Ref Linked": "${Linked} resource Linked",
    "!GetAtt Linked.RoleName": "${Linked} resource Linked",
    "!GetAtt Linked.Arn": (f"{IAM}:role/aws-service-role/s.amazonaws.com/${{Linked}} {OF_IAM} Linked, resource Linked"),
    "!GetAtt LinkedOpen.Arn": (
        f"{IAM}:role/aws-service-role/${{LinkedOpen.AWSServiceName}}/${{LinkedOpen}} {OF_IAM} LinkedOpen, "
        "expression, resource LinkedOpen"
    ),
    "!GetAtt Replica.Arn": f"{KMS}/${{Replica}} {OF_KMS} Replica, resource Replica",
    "!Ref Known": "mrk-1234",
    "!GetAtt Known.KeyId": "mrk-1234",
    "!GetAtt Known.Arn": f"{KMS}/mrk-1234 {OF_KMS} Known",
    "!Ref Single": "${Single} resource Single",
    "!Ref OddPrimary": "${OddPrimary} resource OddPrimary",
    "!Ref ListPrimary": "${ListPrimary} resource ListPrimary",
    "!Ref NoPrimary": "${NoPrimary} resource NoPrimary",
    "!Ref Alias": "alias/a",
    "!GetAtt Alias.KeyId": "${Alias.KeyId} resource Alias",
    "!GetAtt Alias.Arn": "${Alias.Arn} resource Alias",
    "!Ref Named": "${Named} resource Named",
    "!Ref Absent": "${Absent} resource Absent",
    "!GetAtt Absent.Arn": f"{IAM}:role/${{Absent}} {OF_IAM} Absent, resource Absent",
    "!Ref Macro": "${Macro} expression",
    "!Ref Tagged": "${Tagged} expression",
    "!Ref Brought": "${Brought} expression",
    "!GetAtt Macro.Arn": f"{IAM}:role${{Macro.Path}}${{Macro}} {OF_IAM} Macro, expression, expression",
    "!GetAtt Listed.Arn": f"{IAM}:role${{Listed.Path}}${{Listed}} {OF_IAM} Listed, expression, expression",
    "!Ref Twice": "${Twice} expression",
    "!Ref Alike": "a",
    "!GetAtt Custom.A": "?{Custom.A} resource Custom",
    "!GetAtt Stack.Outputs.O": "?{Stack.Outputs.O} expression",
    "!GetAtt Stack.Other": "${Stack.Other} resource Stack",
    "!Ref AWS::StackId": "${AWS::StackId} expression",
    "!Sub '${AWS::Region}.${Role}'": "${AWS::Region}.r region",
}


@cache
def template_with(written: str) -> Template:
    source = Source("t.yaml", TEMPLATE.replace("VALUE", written))
    return read_template(read_yaml(source).documents[0], source)


class Evaluated:
    """The property of the subject."""

    def __init__(self, written: str, inputs: Inputs = NO_INPUTS, exported: Mapping[str, Value] | None = None) -> None:
        template = template_with(written)
        self.asked: list[str] = []

        def found(name: str) -> Value | None:
            self.asked.append(name)
            return (exported or {}).get(name)

        evaluator = Evaluator(template, "t.yaml", inputs, Surroundings(exported=found))
        (node,) = (each.property("A") for each in template.resources if each.name == "Subject")
        assert node is not None
        self.value = evaluator.evaluate_anywhere(node)
        self.problems = [problem.reason for problem in evaluator.problems]


def test_a_function_comes_to() -> None:
    """All in one list: that is quicker than a template for each."""
    found = Evaluated("".join(f"\n        - {written}" for written in COMES_TO))
    assert isinstance(found.value, Items)
    spelt_out = [re.sub(r" \(line \d+\)", "", described(each)) for each in found.value.items]
    assert dict(zip(COMES_TO, spelt_out, strict=True)) == COMES_TO
    assert found.problems == []


def test_an_empty_text_has_no_parts() -> None:
    for written in ("''", "!Ref Empty", "!Sub ''", "!Join [a, []]"):
        value = Evaluated(written).value
        assert isinstance(value, Text)
        assert value.parts == ()


@pytest.mark.parametrize(
    ("written", "typed"),
    [("a{b", True), ("<a%", True), ("yes", True), ("010", True), ("'a{b'", False), ("!!str a", False)],
)
def test_what_is_written_without_quotes_is_typed(written: str, typed: bool) -> None:
    value = Evaluated(written).value
    assert isinstance(value, Text)
    assert value.typed is typed


def test_what_is_no_function_is_a_problem() -> None:
    assert Evaluated("!Nothing a").problems == ["Fn::Nothing is no function of CloudFormation"]
    assert Evaluated("!GetAZs a").problems == []


def test_what_is_looked_up_is_the_same_however_the_function_is_spelt() -> None:
    look_ups = ("!FindInMap [M, !Ref Open, l]", "{Fn::FindInMap: [M, {Ref: Open}, l]}")
    default = "!FindInMap [M, !Ref Open, l, {DefaultValue: z}]"
    one, same, other = holes(Evaluated(f"[{', '.join(look_ups)}, {default}]").value)
    assert one.same(same)
    assert not one.same(other)


MAPPINGS = """
M: {a: {k: 1}, b: {l: 2}}
Part: {a: {k: 1}, Fn::Transform: More}
Columns: {a: {k: 1, Fn::Transform: More}, b: {l: 1}}
Twice: {a: {k: 1}, Fn::Transform: More}
Twice: {b: {k: 1}}
Odd: text
"""


@pytest.mark.parametrize(
    ("name", "row", "rows", "columns"),
    [
        ("M", None, ("a", "b"), ("k", "l")),
        ("M", "a", ("a", "b"), ("k",)),
        ("M", "z", ("a", "b"), ()),
        ("Part", None, None, None),
        ("Part", "a", None, None),
        ("Part", "z", None, None),
        ("Columns", None, ("a", "b"), None),
        ("Columns", "a", ("a", "b"), None),
        ("Columns", "b", ("a", "b"), ("l",)),
        ("Twice", None, None, None),
        ("Nowhere", None, (), ()),
        ("Odd", None, None, None),
    ],
)
def test_the_names_in_a_mapping_if_all_are_there(
    name: str, row: str | None, rows: tuple[str, ...] | None, columns: tuple[str, ...] | None
) -> None:
    section = read_yaml(Source("t.yaml", MAPPINGS)).documents[0]
    assert isinstance(section, tree.Mapping)
    evaluator = Evaluator(Template((), None, None, (), ()), "t.yaml")
    mappings = Mappings(section, evaluator.evaluate_anywhere, evaluator.budget)
    assert mappings.keys(name, row, is_row=False) == columns
    found = mappings.keys(name, row, is_row=True)
    assert found == rows


def test_an_import_is_the_same_wherever_it_stands() -> None:
    (hole,) = holes(Evaluated("!ImportValue e").value)
    assert hole == Hole(HoleKind.EXPRESSION, "Fn::ImportValue e")


def test_what_is_put_in_before_is_the_same_wherever_it_is_spelt_so() -> None:
    value = Evaluated("['${self:a.${opt:b}}', '-${self:a.${opt:b}}', '${self:a.${opt:c}}']").value
    one, same, other = holes(value)
    assert one.same(same)
    assert not one.same(other)


def test_pieces_of_a_text_know_where_each_character_stands() -> None:
    source = Source("t.yaml", "'ab${c}${!d}ef'")
    (scalar,) = read_yaml(source).documents
    assert isinstance(scalar, Scalar)
    pieces = [piece for piece in tokens(scalar, substitution=True) if isinstance(piece, Excerpt)]
    assert [piece.text for piece in pieces] == ["ab", "${", "d}", "ef"]
    for piece in pieces:
        start, end = piece.offsets[0], piece.offsets[len(piece.text)]
        assert source.text[start:end] == piece.text


def test_half_of_a_pair_has_its_own_place_in_base64() -> None:
    """YAML cannot spell it, JSON can."""
    assert str(base64((text("\ud800", HERE),), HERE)) == "7aCA"


HERE = Location(Source("other.yaml", "there"), 0, 5)


def test_an_import_is_what_is_exported_as_if_it_stood_there() -> None:
    found = Evaluated("!ImportValue {Fn::Sub: 'e-${Set}'}", exported={"e-set": text("value", HERE)})
    assert (str(found.value), found.asked) == ("value", ["e-set"])
    assert found.value is not None
    assert found.value.at.path == "t.yaml"
    assert Evaluated("!ImportValue {Ref: Open}", exported={}).asked == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Open", Text(("x",), HERE), "x"),
        ("Open", Unknown(Hole(HoleKind.PARAMETER, "P"), HERE), "?{P}"),
        ("List", Text((" a , b",), HERE), "[a, b]"),
        ("OneSecret", Text(("x",), HERE), "${OneSecret}"),
        ("Few", Text(("c",), HERE), "${Few}"),
    ],
)
def test_what_a_parameter_is_given(name: str, value: Value, found: str) -> None:
    assert spelt(Evaluated(f"!Ref {name}", Inputs({name: value})).value) == found


@pytest.mark.parametrize(
    "written", ["!Join [',', [a, b]]", "!Sub '${Set}x'", "{a: [b, {c: d}]}", "!FindInMap [M, !Ref AWS::Region, k]"]
)
def test_without_steps_a_value_is_unknown(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """From some number of steps on it is known; with fewer there is a problem that says so."""
    known = spelt(Evaluated(written).value)
    results = []
    for steps in range(26):
        monkeypatch.setattr(limits, "STEPS", steps)
        found = Evaluated(written)
        results.append(spelt(found.value) == known)
        said = f"more than {steps} evaluation steps; --limit steps=N raises this"
        assert found.problems == ([] if results[-1] else [said])
    assert results == sorted(results)
    assert set(results) == {True, False}


def test_the_length_of_a_text_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STEPS", 20)
    assert Evaluated("x" * 600).problems == []
    assert Evaluated("x" * 1_300).problems == ["more than 20 evaluation steps; --limit steps=N raises this"]


@pytest.mark.parametrize(
    ("bound", "found"),
    [
        (0, "?{too much to evaluate}"),
        (1, "?{too much to evaluate}"),
        (2, "[?{too much to evaluate}]"),
        (3, "[[?{too much to evaluate}]]"),
        (4, "[[a]]"),
    ],
)
def test_beyond_a_depth_a_value_is_unknown(monkeypatch: pytest.MonkeyPatch, bound: int, found: str) -> None:
    source = Source("t.yaml", "[[a]]")
    node = read_yaml(source).documents[0]
    monkeypatch.setattr(limits, "DEPTH", bound)
    evaluator = Evaluator(Template((), None, None, (), ()), "t.yaml")
    for _ in range(2):
        assert spelt(evaluator.evaluate_anywhere(node)) == found
    said = f"nested more than {bound} deep; --limit depth=N raises this"
    assert [problem.reason for problem in evaluator.problems] == ([] if bound == 4 else [said])


@pytest.mark.parametrize("most", [1, 2])
def test_so_many_conditions_in_one_expression(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(limits, "CHOICES", most)
    value = Evaluated("!Join ['', [!If [C, a, b], !If [D, c, d]]]").value
    assert isinstance(value, Choice) is (most == 2)
    if most == 1:
        assert spelt(value) == "?{2 conditions in one expression; --limit choices=N raises this}"
