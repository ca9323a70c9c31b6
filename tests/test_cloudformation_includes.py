"""`AWS::Include` of a file beside the template: read where it stands, and nothing outside of the repository."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.growth import Growth
from kmslint.cloudformation.includes import Includes
from kmslint.cloudformation.stack import read_stack
from kmslint.discovery import discover
from kmslint.estates import Read, read_estates
from kmslint.lint import lint_text
from kmslint.location import Source
from kmslint.model.estate import Estate, Key
from kmslint.syntax.tree import Mapping, Node, Scalar
from kmslint.syntax.yaml import read_yaml
from template_library import InMemory

POLICY = """\
Version: "2012-10-17"
Statement:
  - Sid: Included
    Effect: Allow
    Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
    Action: kms:*
    Resource: "*"
"""
KEY = "Type: AWS::KMS::Key\n    Properties:\n"


def include(location: str) -> str:
    return f"{{Name: AWS::Include, Parameters: {{Location: {location}}}}}"


def run(root: Path, template: str, name: str = "stacks/t.yaml") -> Read:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template, encoding="utf-8")
    return read_estates(discover([str(root)], str(root)), None)


def estate(root: Path, template: str) -> Estate:
    return next(estate for estate in run(root, template).estates if estate.path == "stacks/t.yaml")


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def only_key(found: Estate) -> Key:
    (key,) = found.keys
    return key


def missing(found: Estate) -> str:
    unknown = only_key(found).policy.missing
    return "" if unknown is None else unknown.hole.label


@pytest.mark.parametrize(
    "policy",
    [
        f"      KeyPolicy: {{Fn::Transform: {include('parts/policy.yaml')}}}\n",
        f"      KeyPolicy: !Transform {include('./parts/policy.yaml')}\n",
        f"      KeyPolicy: {{Id: x, Fn::Transform: {include('parts/policy.yaml')}}}\n",
        f"      Fn::Transform: {include('parts/property.yaml')}\n",
        f"      Fn::Transform: {include('../stacks/parts/property.json')}\n",
    ],
)
def test_a_policy_in_a_file_is_read_there(tmp_path: Path, policy: str) -> None:
    write(tmp_path, "stacks/parts/policy.yaml", POLICY)
    write(
        tmp_path, "stacks/parts/property.yaml", "KeyPolicy:\n" + "".join(f"  {line}\n" for line in POLICY.splitlines())
    )
    write(
        tmp_path,
        "stacks/parts/property.json",
        '{"KeyPolicy":\n{"Version": "2012-10-17", "Statement": [\n\n{"Sid": "Included",\n"Action": "kms:*"}]}}',
    )
    found = estate(tmp_path, f"Resources:\n  K:\n    {KEY}{policy}")
    document = only_key(found).policy.document
    assert document is not None
    (statement,) = document.statements
    assert statement.sid == "Included"
    assert statement.header.path.startswith("stacks/parts/p")
    assert "Included" in statement.header.source.line(statement.header.line)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("around", "part"),
    [
        (f"Fn::Transform: {include('part.yaml')}\n", "Resources:\n  K:\n    Type: AWS::KMS::Key\n"),
        (f"Transform: {include('part.yaml')}\n", "Resources:\n  K:\n    Type: AWS::KMS::Key\n"),
        (f"Resources:\n  Fn::Transform: {include('part.yaml')}\n", "K:\n  Type: AWS::KMS::Key\n"),
        (f"Resources:\n  K:\n    Fn::Transform: {include('part.yaml')}\n", "Type: AWS::KMS::Key\n"),
        (f"Resources: {{K: {{Type: 'AWS::KMS::Key', Fn::Transform: {include('part.yaml')}}}}}\n", "Metadata: {}\n"),
    ],
)
def test_resources_may_be_included(tmp_path: Path, around: str, part: str) -> None:
    write(tmp_path, "stacks/part.yaml", part)
    found = estate(tmp_path, f"AWSTemplateFormatVersion: '2010-09-09'\n{around}")
    assert (only_key(found).address, found.problems) == ("K", ())


def test_mappings_and_conditions_may_be_included(tmp_path: Path) -> None:
    write(tmp_path, "stacks/accounts.yaml", "Accounts:\n  prod: {Id: '111122223333'}\n")
    write(tmp_path, "stacks/conditions.json", '{"IsHere": {"Fn::Equals": ["a", "a"]}}')
    found = estate(
        tmp_path,
        f"Mappings: {{Fn::Transform: {include('accounts.yaml')}}}\n"
        f"Conditions: {{Fn::Transform: {include('conditions.json')}}}\n"
        "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Condition: IsHere\n    Properties:\n      KeyPolicy:\n"
        "        Statement: {Sid: !FindInMap [Accounts, prod, Id]}\n",
    )
    document = only_key(found).policy.document
    assert document is not None
    assert document.statements[0].sid == "111122223333"
    assert only_key(found).guards == frozenset()


def test_loops_may_be_included(tmp_path: Path) -> None:
    write(tmp_path, "stacks/loop.yaml", "Fn::ForEach::L: [N, [A, B], {'K${N}': {Type: 'AWS::KMS::Key'}}]\n")
    found = estate(
        tmp_path, f"Transform: AWS::LanguageExtensions\nResources:\n  Fn::Transform: {include('loop.yaml')}\n"
    )
    assert [key.address for key in found.keys] == ["KA", "KB"]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("location", "label"),
    [
        ("s3://bucket/policy.yaml", "AWS::Include s3://bucket/policy.yaml"),
        ("https://bucket.s3.amazonaws.com/p.yaml", "AWS::Include https://bucket.s3.amazonaws.com/p.yaml"),
        ("nowhere.yaml", "AWS::Include nowhere.yaml cannot be read: no such file or directory"),
        ("parts", "AWS::Include parts cannot be read: not a regular file"),
        ("/etc/passwd", "AWS::Include /etc/passwd lies outside the repository"),
        ("../../../../etc/passwd", "AWS::Include ../../../../etc/passwd lies outside the repository"),
        ("../.git/config", "AWS::Include ../.git/config lies outside the repository"),
        ("link.yaml", "AWS::Include link.yaml lies outside the repository"),
        ("~/x.yaml", "AWS::Include ~/x.yaml cannot be read: no such file or directory"),
        ("list.yaml", "AWS::Include list.yaml is not a map"),
        ("two.yaml", "AWS::Include two.yaml is not a map"),
        ("tagged.yaml", "AWS::Include tagged.yaml is not a map"),
        ("broken.json", "AWS::Include broken.json cannot be read: expected a member name in double quotes in line 1"),
        (
            "latin.yaml",
            "AWS::Include latin.yaml cannot be read: not UTF-8 text: byte 3 does not belong there in line 1",
        ),
        ("!Sub 's3://${Bucket}/p.yaml'", "AWS::Include of a location that is not written out"),
        ("!Ref Location", "AWS::Include of a location that is not written out"),
        ("[a]", "AWS::Include of a location that is not written out"),
        ("nested.yaml", "Fn::Transform"),
    ],
)
def test_what_is_not_included_says_why(tmp_path: Path, location: str, label: str) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(POLICY, encoding="utf-8")
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    write(root, ".git/config", POLICY)
    write(root, "stacks/parts/policy.yaml", POLICY)
    write(root, "stacks/list.yaml", "[a]")
    write(root, "stacks/two.yaml", "a: b\n---\nc: d\n")
    write(root, "stacks/tagged.yaml", "!Sub {a: b}")
    write(root, "stacks/broken.json", "{'a'")
    write(root, "stacks/nested.yaml", f"Fn::Transform: {include('parts/policy.yaml')}")
    (root / "stacks" / "latin.yaml").write_bytes(b"a: \xe4")
    os.symlink(outside, root / "stacks" / "link.yaml")
    for policy in (f"KeyPolicy: {{Fn::Transform: {include(location)}}}", f"Fn::Transform: {include(location)}"):
        found = estate(root, f"Resources:\n  K:\n    {KEY}      {policy}\n")
        assert missing(found) == label
        assert found.problems == ()


def test_a_section_that_cannot_be_included_is_a_problem(tmp_path: Path) -> None:
    found = estate(
        tmp_path,
        f"Fn::Transform: {include('s3://b/top.yaml')}\n"
        f"Resources:\n  K: {{Type: 'AWS::KMS::Key'}}\n  Fn::Transform: {include('gone.yaml')}\n",
    )
    assert [(problem.line, problem.reason) for problem in found.problems] == [
        (1, "Fn::Transform is not expanded: AWS::Include s3://b/top.yaml"),
        (4, "Fn::Transform is not expanded: AWS::Include gone.yaml cannot be read: no such file or directory"),
    ]


def test_a_problem_in_an_included_file_is_one_of_that_file(tmp_path: Path) -> None:
    write(tmp_path, "stacks/part.yaml", "K: {Type: 'AWS::KMS::Key'}\nL: text\n")
    found = estate(tmp_path, f"Resources:\n  Fn::Transform: {include('part.yaml')}\n")
    assert [(problem.path, problem.line, problem.reason) for problem in found.problems] == [
        ("stacks/part.yaml", 2, 'resource "L" is not a map')
    ]


def test_a_mapping_that_is_not_read_may_have_any_key(tmp_path: Path) -> None:
    key = "K: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: {Action: %s}}}}"
    look_ups = {
        "!FindInMap [M, a, b]": "here",
        "!FindInMap [M, a, c, {DefaultValue: none}]": "none",
        "!FindInMap [N, a, b, {DefaultValue: none}]": "${Fn::FindInMap N.a.b}",
        "!FindInMap [O, !Ref 'AWS::Region', b]": "${Fn::FindInMap O.${AWS::Region}.b}",
        "!FindInMap [O, z, b, {DefaultValue: none}]": "${Fn::FindInMap O.z.b}",
    }
    for look_up, value in look_ups.items():
        found = estate(
            tmp_path,
            f"Mappings:\n  Fn::Transform: {include('s3://b/m.yaml')}\n  M: {{a: {{b: here}}}}\n"
            f"  O: {{a: {{b: x}}, Fn::Transform: {include('s3://b/o.yaml')}}}\nResources:\n  {key % look_up}\n",
        )
        document = only_key(found).policy.document
        assert document is not None
        (action,) = document.statements[0].actions or ()
        assert str(action) == value


def test_files_of_other_resources_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, "stacks/api.yaml", "{" * 200)
    found = estate(
        tmp_path,
        "Resources:\n  A:\n    Type: AWS::ApiGateway::RestApi\n"
        f"    Properties: {{Body: {{Fn::Transform: {include('api.yaml')}}}}}\n"
        "  K: {Type: 'AWS::KMS::Key'}\n",
    )
    assert found.problems == ()


@pytest.mark.parametrize(
    ("type_", "is_read"),
    [
        ("AWS::KMS::Alias", True),
        ("AWS::IAM::Group", True),
        ("AWS::Serverless::Function", True),
        ("AWS::CloudFormation::Stack", True),
        ("[a]", True),
        ("AWS::SNS::Topic", False),
    ],
)
def test_so_many_files_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, type_: str, is_read: bool
) -> None:
    """Those of resources that have nothing to do with keys do not count."""
    monkeypatch.setattr(limits, "READ_FILES", 1)
    write(tmp_path, "stacks/part.yaml", "Other: x\n")
    write(tmp_path, "stacks/policy.yaml", POLICY)
    found = estate(
        tmp_path,
        f"Resources:\n  A: {{Type: {type_}, Properties: {{Fn::Transform: {include('part.yaml')}}}}}\n"
        f"  K:\n    {KEY}      KeyPolicy: {{Fn::Transform: {include('policy.yaml')}}}\n",
    )
    bound = limits.named("is not read: more than 1 files are included", "read-files")
    assert missing(found) == (f"AWS::Include policy.yaml {bound}" if is_read else "")


def test_a_file_that_includes_itself_ends_at_a_bound(tmp_path: Path) -> None:
    write(tmp_path, "stacks/p.yaml", f"a: {{Fn::Transform: {include('p.yaml')}, b: c}}\n")
    found = estate(tmp_path, f"Resources:\n  K:\n    {KEY}      Tags: {{x: y, Fn::Transform: {include('p.yaml')}}}\n")
    assert [key.address for key in found.keys] == ["K"]
    assert found.problems == ()


def test_included_files_end_at_a_bound(tmp_path: Path) -> None:
    text = f"a: '{'x' * 900_000}'\n"
    for number in range(4):
        write(tmp_path, f"stacks/p{number}.yaml", text)
    keys = "".join(
        f"  K{number}:\n    {KEY}      KeyPolicy: {{Fn::Transform: {include(f'p{number}.yaml')}}}\n"
        for number in range(4)
    )
    found = estate(tmp_path, f"Resources:\n{keys}")
    labels = [key.policy.missing.hole.label if key.policy.missing else "" for key in found.keys]
    bound = limits.named(
        f"is not read: more than {limits.INCLUDED_CHARACTERS} characters would be included", "included-characters"
    )
    assert labels[2:] == [f"AWS::Include p2.yaml {bound}", f"AWS::Include p3.yaml {bound}"]
    assert not any(bound in label for label in labels[:2])


def test_a_stack_set_with_a_piece_of_another_file_stands_where_its_text_begins(tmp_path: Path) -> None:
    write(tmp_path, "stacks/variables.yaml", "Kind: Key\n")
    variables = f"{{Fn::Transform: {include('variables.yaml')}}}"
    body = f'!Sub ["Resources: {{K: {{Type: AWS::KMS::${{Kind}}}}}}", {variables}]'
    template = (
        f"Resources:\n  S:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: {body}\n"
    )
    keys = [key for found in run(tmp_path, template).estates for key in found.keys]
    assert [(key.address, key.at.region.line, key.at.region.column) for key in keys] == [("S/K", 5, 27)]


def test_only_so_many_files_are_included(tmp_path: Path) -> None:
    keys = ""
    for number in range(2):
        write(tmp_path, f"stacks/p{number}.yaml", POLICY)
        keys += f"  K{number}:\n    {KEY}      KeyPolicy: {{Fn::Transform: {include(f'p{number}.yaml')}}}\n"
    with limits.within({"read-files": 1}):
        found = estate(tmp_path, f"Resources:\n{keys}")
    labels = [key.policy.missing.hole.label if key.policy.missing else "" for key in found.keys]
    bound = "more than 1 files are included; --limit read-files=N raises this"
    assert labels == ["", f"AWS::Include p1.yaml is not read: {bound}"]


@pytest.mark.parametrize("name", ["Ours", "!Ref Ours"])
@pytest.mark.parametrize("beside", ["", "Id: x, "])
def test_another_transform_includes_nothing(tmp_path: Path, name: str, beside: str) -> None:
    write(tmp_path, "stacks/p.yaml", POLICY)
    keys = "".join(
        f"  {key}:\n    {KEY}      KeyPolicy: {{{beside}Fn::Transform: {transform}}}\n"
        for key, transform in (("A", include("p.yaml")), ("B", include("p.yaml").replace("AWS::Include", name)))
    )
    first, second = (key.policy for key in estate(tmp_path, f"Resources:\n{keys}").keys)
    assert first.document is not None
    assert [one.sid for one in first.document.statements] == ["Included"]
    unseen = second.document.unseen if second.document is not None else (second.missing,)
    assert ["Fn::Transform" in one.hole.label for one in unseen if one is not None] == [True]
    assert second.document is None or second.document.statements == ()


def test_a_file_that_is_included_often_is_paid_for(tmp_path: Path) -> None:
    write(tmp_path, "stacks/p.yaml", "a: [" + "[], " * 100_000 + "]\n")
    tags = ", ".join([f"{{Fn::Transform: {include('p.yaml')}}}"] * 2_000)
    loop = "Fn::ForEach::L: [N, [A, B], {'K${N}': {Type: 'AWS::KMS::Key'}}]"
    started = time.process_time()
    found = estate(
        tmp_path,
        f"Transform: AWS::LanguageExtensions\nResources:\n  {loop}\n  K:\n    {KEY}      Tags: [{tags}]\n",
    )
    assert time.process_time() - started < 10
    assert [key.address for key in found.keys] == ["KA", "KB", "K"]


def test_a_template_that_names_no_type_of_its_own_is_found(tmp_path: Path) -> None:
    write(tmp_path, "stacks/keys.part", "K: {Type: 'AWS::KMS::Key'}\n")
    read = run(tmp_path, f"Resources:\n  Fn::Transform: {include('keys.part')}\n")
    assert [key.address for estate in read.estates for key in estate.keys] == ["K"]


def test_only_sections_and_macros_include(tmp_path: Path) -> None:
    """What looks like the arguments of an include elsewhere is data."""
    write(tmp_path, "stacks/part.yaml", "Default: x\n")
    found = estate(
        tmp_path,
        f"Metadata: {include('gone.yaml')}\n"
        f"Parameters: {{P: {{Type: String, Fn::Transform: {include('part.yaml')}}}}}\n"
        "Resources: {K: {Type: 'AWS::KMS::Key', Properties: {KeySpec: !Ref P}}}\n",
    )
    assert found.problems == ()
    assert str(only_key(found).settings.spec) == "x"


@pytest.mark.parametrize("length", [80, 81])
def test_a_long_location_is_shown_in_part(tmp_path: Path, length: int) -> None:
    location = "s3://bucket/" + "x" * (length - len("s3://bucket/"))
    found = estate(tmp_path, f"Resources:\n  K:\n    {KEY}      KeyPolicy: {{Fn::Transform: {include(location)}}}\n")
    assert missing(found) == f"AWS::Include {location[:80]}{'...' * (length > 80)}"


INCLUDING = f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{Fn::Transform: {include('p.yaml')}}}}}}}\n"


def including(files: dict[str, str], text: str = INCLUDING) -> tuple[Estate, list[str]]:
    """What a template comes to among some files, and which of them were asked for."""
    source, library = Source("t.yaml", text), InMemory(files)
    found = read_stack(read_yaml(source).documents[0], source, library=library)
    return found, [written for _, written in library.asked]


def test_a_file_is_read_once() -> None:
    twice = INCLUDING.replace(
        "Resources: {", f"Resources: {{L: {{Type: AWS::KMS::Key, Properties: {{Fn::Transform: {include('p.yaml')}}}}}, "
    )
    found, asked = including({"p.yaml": "KeySpec: s\n"}, twice)
    assert [str(key.settings.spec) for key in found.keys] == ["s", "s"]
    assert asked == ["p.yaml"]


def test_characters_are_included_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    part = "# what stands before it does not count\n{KeySpec: s}"
    monkeypatch.setattr(limits, "INCLUDED_CHARACTERS", len("{KeySpec: s}"))
    (key,) = including({"p.yaml": part})[0].keys
    assert str(key.settings.spec) == "s"
    monkeypatch.setattr(limits, "INCLUDED_CHARACTERS", len("{KeySpec: s}") - 1)
    (key,) = including({"p.yaml": part})[0].keys
    reason = "is not read: more than 11 characters would be included; --limit included-characters=N raises this"
    assert str(key.settings.spec) == f"${{AWS::Include p.yaml {reason}}}"


def test_what_is_included_in_a_nested_stack_is_of_that_stack() -> None:
    inner = f"Resources: {{Fn::Transform: {include('p.yaml')}}}\nParameters: {{P: {{Type: String, Default: d}}}}\n"
    files = {"n.yaml": inner, "p.yaml": "K: {Type: AWS::KMS::Key, Properties: {KeySpec: !Ref P}}\n"}
    text = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}}\n"
    (key,) = including(files, text)[0].keys
    assert (key.address, key.at.path, key.at.source.stack, str(key.settings.spec)) == ("N/K", "p.yaml", "N/", "d")


@pytest.mark.parametrize("bound", [6, 9])
def test_includes_of_includes_end_at_a_depth(monkeypatch: pytest.MonkeyPatch, bound: int) -> None:
    source = Source("t.yaml", INCLUDING.replace("Fn::Transform", "b: c, Fn::Transform"))
    document = read_yaml(source).documents[0]
    assert isinstance(document, Mapping)
    files = {"p.yaml": f"a: {{b: c, Fn::Transform: {include('p.yaml')}}}\n"}
    monkeypatch.setattr(limits, "DEPTH", bound)
    node: Node = Includes(source, InMemory(files), Growth(Budget(lambda _reason, _at: None))).expanded(document)
    names = []
    while isinstance(node, Mapping):
        named = ((entry.name.text, entry.value) for entry in node.entries)
        ((name, node),) = (each for each in named if each[0] not in ("Type", "b"))
        names.append(name)
    assert names == ["Resources", "K", "Properties", *["a"] * (bound - 1), "Fn::Transform"]
    assert isinstance(node, Scalar)
    assert node.text == f"AWS::Include of what is nested more than {bound} deep; --limit depth=N raises this"


def test_a_text_alone_includes_nothing() -> None:
    text = f"Resources:\n  K:\n    {KEY}      KeyPolicy: {{Fn::Transform: {include('t.yaml')}}}\n"
    outcome = lint_text("t.yaml", text.encode())
    assert [key.policy for key in outcome.keys] == ["unknown"]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("\n  Resources:\n    Key: {Type: AWS::KMS::Key}\n", 6),
        (" |\n  Resources:\n    Key:\n      Type: AWS::KMS::Key\n", 6),
        (" !Sub\n- |\n  Resources:\n    Key: {Type: AWS::KMS::Key, Properties: {KeySpec: '${Spec}'}}\n- Spec: a\n", 7),
    ],
    ids=["map", "text", "substituted"],
)
def test_the_template_of_a_stack_set_stands_in_the_file_that_is_included(tmp_path: Path, body: str, line: int) -> None:
    write(tmp_path, "stacks/set.part", f"# The template of the set\n\n\nTemplateBody:{body}")
    set_ = f"Type: AWS::CloudFormation::StackSet\n    Properties: {{Fn::Transform: {include('set.part')}}}"
    read = run(tmp_path, f"Resources:\n  Set:\n    {set_}\n")
    (key,) = (key for estate in read.estates for key in estate.keys)
    assert (key.address, key.at.path, key.at.line) == ("Set/Key", "stacks/set.part", line)
