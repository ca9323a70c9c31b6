"""Whatever stands in a place of a template where something else belongs: nothing raises, and the rest is read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from kmslint.cloudformation.library import Refused
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.stack import read_stacks
from kmslint.location import Location, Source
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import DataFile, Mapping, Node, Sequence
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Text, Value, text

KINDS: Final = {
    "policies": """
Resources:
  Sound: {Type: AWS::KMS::Key}
  K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: [a]}, Sid: x}]}}}
  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a, TargetKeyId: {Ref: K}}}
  C: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: {Fn::GetAtt: [K, Arn]}}}
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      ManagedPolicyArns: [{Ref: M}]
      PermissionsBoundary: {Ref: M}
      AssumeRolePolicyDocument: {Statement: {Effect: Allow}}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: {Effect: Allow}}}]
  M: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [r], PolicyDocument: {Statement: {Effect: Allow}}}}
""",
    "identities": """
Resources:
  Sound: {Type: AWS::KMS::Key}
  U: {Type: AWS::IAM::User, Properties: {UserName: u, Groups: [{Ref: G}]}}
  G: {Type: AWS::IAM::Group, Properties: {GroupName: g, Path: /a/}}
  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Groups: [{Ref: G}], Users: [u], PolicyDocument: {a: b}}}
  J: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: {Ref: G}, Users: [u]}}
  S: {Type: AWS::IAM::ServiceLinkedRole, Properties: {AWSServiceName: s.amazonaws.com}}
  T: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: r, PolicyName: p, PolicyDocument: {a: b}}}
  K: {Type: AWS::KMS::Key, Properties: {Tags: [{Fn::GetAtt: S.Arn}, {Fn::GetAtt: [G, Arn]}, {Ref: S}]}}
""",
    "functions": """
Parameters: {Open: {Type: String}, Env: {Type: String, AllowedValues: [a, b], Default: a, AllowedPattern: "[ab]"}}
Mappings: {M: {a: {k: v}, b: {k: w}}}
Conditions: {C: {Fn::And: [{Fn::Equals: [{Ref: Open}, a]}, {Fn::Not: [{Condition: D}]}]}, D: {Fn::Equals: [a, b]}}
Resources:
  Sound: {Type: AWS::KMS::Key}
  K:
    Type: AWS::KMS::Key
    Condition: C
    DeletionPolicy: Retain
    Properties:
      A: {Fn::Sub: ["${A}-${Open}", {A: {Ref: Open}}]}
      B: {Fn::Join: [",", [a, {Ref: Open}]]}
      D: {Fn::FindInMap: [M, {Ref: Open}, k, {DefaultValue: v}]}
      E: {Fn::If: [C, {Ref: Env}, {Fn::Select: [1, {Fn::Split: [",", "a,b"]}]}]}
      F: {Fn::ToJsonString: {a: [b]}}
      G: {Fn::Cidr: [10.0.0.0/24, 2, 5]}
      H: [{Fn::Base64: a}, {Fn::Length: [a]}, {Fn::ImportValue: e}]
""",
    "loops": """
Transform: [AWS::LanguageExtensions]
Parameters: {L: {Type: CommaDelimitedList, Default: "a,b"}}
Resources:
  Sound: {Type: AWS::KMS::Key}
  Fn::ForEach::O:
    - N
    - {Ref: L}
    - ${N}K: {Type: AWS::KMS::Key, Properties: {Fn::ForEach::I: [P, [Q], {"${P}": {Fn::Sub: "${N}"}}]}}
Outputs: {Fn::ForEach::P: [N, [a], {"${N}": {Value: a}}]}
""",
    "serverless": """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {AssumeRolePolicyDocument: {Statement: [{Sid: g}]}, PermissionsBoundary: b}, Api: {a: b}}
Resources:
  Sound: {Type: AWS::KMS::Key}
  F:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [PermissionsBoundary]
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Sid: o}]}
      Policies: [{KMSDecryptPolicy: {KeyId: k}}, {Statement: [{Effect: Allow}]}, AWSLambdaExecute]
      Events: {E: {Type: MSK, Properties: {SecretsManagerKmsKeyId: k, SourceAccessConfigurations: [{Type: a}]}}}
  S: {Type: AWS::Serverless::StateMachine, Properties: {Policies: {KMSDecryptPolicy: {KeyId: k}}}}
  I: {Type: AWS::Serverless::Function, Properties: {Role: {Fn::If: [X, {Ref: AWS::NoValue}, a]}}}
""",
    "stack sets": """
Resources:
  Sound: {Type: AWS::KMS::Key}
  S:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: {Fn::Sub: "Resources: {I: {Type: AWS::KMS::Key}}"}
      Parameters: [{ParameterKey: a, ParameterValue: b}]
      StackInstancesGroup: [{ParameterOverrides: [{ParameterKey: a, ParameterValue: c}]}]
  T: {Type: AWS::CloudFormation::StackSet, Properties: {TemplateBody: {Resources: {I: {Type: AWS::KMS::Key}}}}}
""",
    "nested stacks": """
Conditions: {C: {Fn::Equals: [{Ref: AWS::Region}, a]}}
Resources:
  Sound: {Type: AWS::KMS::Key}
  N:
    Type: AWS::CloudFormation::Stack
    Condition: C
    Metadata: {aws:asset:path: n.json, aws:asset:property: TemplateURL}
    Properties: {TemplateURL: n.json, Parameters: {P: a}}
  O: {Type: AWS::Serverless::Application, Properties: {Location: n.json, Parameters: {P: {Fn::GetAtt: N.Outputs.O}}}}
Outputs: {O: {Condition: C, Value: {Fn::GetAtt: [N, Outputs.O]}, Export: {Name: e}}}
""",
    "includes": """
Transform: {Name: AWS::Include, Parameters: {Location: top.json}}
Resources:
  Sound: {Type: AWS::KMS::Key}
  K: {Type: AWS::KMS::Key, Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.json}}}}
  L: {Type: AWS::KMS::Key, Properties: {Tags: [{Fn::Transform: {Name: AWS::Include, Parameters: {Location: x}}}]}}
""",
    "uses": """
Resources:
  Sound: {Type: AWS::KMS::Key}
  B:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: k}
      ReplicationConfiguration: {Role: r, Rules: [{Destination: {Bucket: b, EncryptionConfiguration: {a: k}}}]}
  L: {Type: AWS::Lambda::Function, Properties: {KmsKeyArn: k, Role: r, Environment: {Variables: {a: b}}}}
  T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: k}}
  W: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [{Ref: T}], ActionsEnabled: true}}
  C:
    Type: AWS::CodeBuild::Project
    Properties: {EncryptionKey: k, ServiceRole: r, Artifacts: {Type: S3, EncryptionDisabled: false}}
""",
}
SHAPES: Final = ("~", "text", "[a, !Ref AWS::NoValue]", "{a: b}", "!Other a")
FILES: Final = {
    "n.json": '{"Parameters": {"P": {"Type": "String"}}, "Resources": {"A": {"Type": "AWS::KMS::Key"}},'
    ' "Outputs": {"O": {"Value": {"Ref": "P"}}}}',
    "part.json": '{"KeySpec": "s"}',
    "top.json": '{"Outputs": {}}',
}
Path = tuple[int, ...]


class Beside:
    """The files beside the template."""

    def load(self, _caller: str, written: str) -> DataFile | Refused:
        return read_json(Source(written, FILES[written])) if written in FILES else Refused("is not here")

    def exported(self, name: str, importer: str) -> Value | None:
        return text(f"{name} for {importer}", Location(Source(importer, ""), 0, 0)) if name == "e" else None


@cache
def document(written: str) -> Node:
    return read_yaml(Source("t.yaml", written)).documents[0]


def inside(node: Node) -> tuple[Node, ...]:
    """The values of a map, the elements of a list."""
    if isinstance(node, Mapping):
        return tuple(entry.value for entry in node.entries)
    return node.items if isinstance(node, Sequence) else ()


def places(node: Node, path: Path = ()) -> Iterator[Path]:
    """The ways to everything below a node."""
    for index, inner in enumerate(inside(node)):
        yield (*path, index)
        yield from places(inner, (*path, index))


def replaced(node: Node, path: Path, shape: Node) -> Node:
    """A copy with something else in one place."""
    if not path:
        return shape
    values = list(inside(node))
    values[path[0]] = replaced(values[path[0]], path[1:], shape)
    if isinstance(node, Mapping):
        entries = zip(node.entries, values, strict=True)
        return node.with_entries(entry._replace(value=value) for entry, value in entries)
    assert isinstance(node, Sequence)
    return node.with_items(values)


def sound_of(template: Node) -> Node | None:
    """What every template here has beside all that is odd."""
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    return resources.get("Sound") if isinstance(resources, Mapping) else None


CASES: Final = [(kind, path) for kind, written in KINDS.items() for path in places(document(written))]


@pytest.mark.parametrize(("kind", "path"), CASES, ids=str)
def test_the_rest_is_read(kind: str, path: Path) -> None:
    whole = document(KINDS[kind])
    for shape in SHAPES:
        odd = replaced(whole, path, document(shape))
        assert isinstance(odd, Mapping)
        given = Inputs({"Env": Text(("a",), whole.at)}) if kind == "functions" else Inputs()
        estates = read_stacks(odd, whole.at.source, given, Beside())
        found = [key.address for estate in estates for key in estate.keys]
        assert ("Sound" in found) is (sound_of(odd) is sound_of(whole))
