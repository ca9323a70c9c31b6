"""A grammar of CloudFormation templates: keys and identities, with functions in usual and in odd places."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from fuzzing import tokens
from fuzzing.inputs import Value
from fuzzing.policies import Policies
from fuzzing.values import odd_value, one_of

Members = dict[str, Value]

PARAMETERS: Final[Members] = {
    "P": {"Type": "String", "Default": tokens.ACCOUNT},
    "Q": {"Type": "String", "AllowedValues": ["a", "b"]},
    "L": {"Type": "CommaDelimitedList", "Default": "a,b"},
    "N": {"Type": "Number", "Default": 3},
    "S": {"Type": "AWS::SSM::Parameter::Value<String>", "NoEcho": True},
}
MAPPINGS: Final[Members] = {"M": {"eu-west-1": {"a": "x", "l": ["x", "y"]}, "us-east-1": {"a": tokens.ACCOUNT}}}
_NAMES: Final = (
    "P",
    "Q",
    "L",
    "N",
    "S",
    "K",
    "R",
    "Nobody",
    "AWS::AccountId",
    "AWS::Region",
    "AWS::Partition",
    "AWS::NoValue",
)
_SUBSTITUTED: Final = (
    *(
        "arn:aws:iam::${AWS::AccountId}:root",
        "arn:${AWS::Partition}:iam::${P}:role/${Q}",
        "${!x}",
        "${R.Arn}",
        "${Nobody}",
    ),
    *("${}", "${ P }", "${K.Arn}-${N}", "kms:${Q}", "*", "${AWS::Region", "${a.b.c.d}", "$${P}", "${L}"),
)
_TRANSFORMS: Final = (
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::Include",
    "Own",
    "AWS::SecretsManager-2020-07-23",
)


class Templates:
    """Writes templates. The same state of the random numbers gives the same ones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.policies = Policies(random)

    def template(self) -> Members:
        random, chance = self.random, self.random.random
        resources: Members = {"K": self.key()}
        if chance() < 0.3:
            resources["R"] = self.identity()
        if chance() < 0.15:
            resources["K2"] = self.key()
        if chance() < 0.15:
            resources[random.choice(("X", "Fn::ForEach::X", "Fn::Transform", "Y"))] = self.other()
        template: Members = {"AWSTemplateFormatVersion": "2010-09-09"} if chance() < 0.3 else {}
        if chance() < 0.25:
            template["Transform"] = one_of(random, *_TRANSFORMS, [*_TRANSFORMS[:2]], self.function(0))
        if chance() < 0.8:
            template["Parameters"] = dict(PARAMETERS)
        if chance() < 0.6:
            template["Mappings"] = dict(MAPPINGS)
        if chance() < 0.7:
            template["Conditions"] = {name: self.condition(2) for name in ("A", "B", "C")}
        template["Resources"] = resources
        if chance() < 0.15:
            template["Outputs"] = {"O": {"Value": self.function(1), "Export": {"Name": self.function(2)}}}
        if chance() < 0.05:
            sections = ("Rules", "Metadata", "Globals", "Hooks", "Description", "Resources ", "Outputs", "Parameters")
            template[random.choice(sections)] = odd_value(random)
        return template

    def key(self) -> Value:
        random, chance = self.random, self.random.random
        properties: Members = {"KeyPolicy": self.scattered(self.policies.document(), 0.12)}
        if chance() < 0.2:
            name = random.choice(
                ("EnableKeyRotation", "KeySpec", "KeyUsage", "MultiRegion", "PendingWindowInDays", "Enabled")
            )
            properties[name] = self.scattered(
                random.choice((True, "false", 7, "SYMMETRIC_DEFAULT", "HMAC_256", None)), 0.3
            )
        if chance() < 0.05:
            return self.loop()
        resource: Members = {
            "Type": "AWS::KMS::ReplicaKey" if chance() < 0.05 else "AWS::KMS::Key",
            "Properties": properties,
        }
        if chance() < 0.15:
            resource["Condition"] = one_of(random, "A", "B", "C", "Z", ["A"], None)
        if chance() < 0.1:
            name = random.choice(
                ("DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "type")
            )
            resource[name] = one_of(
                random, "R", ["R", "K"], "Retain", {"kmslint": {"ignore": [{"rules": ["KMS201"], "reason": "x"}]}}, 5
            )
        return self.scattered(resource, 0.01)

    def loop(self) -> Value:
        random = self.random
        over: Value = one_of(random, ["a", "b"], {"Ref": "L"}, [], "a", {"Fn::Split": [",", "a,b"]}, [["a"]])
        return {
            "Fn::ForEach::Loop": [
                "V",
                over,
                {"K${V}": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": self.policies.document()}}},
            ]
        }

    def identity(self) -> Value:
        random = self.random
        document = self.scattered(self.policies.document(), 0.1)
        policies: Value = [{"PolicyName": "p", "PolicyDocument": document}]
        kind = random.choice(("Role", "User", "Group", "Policy", "ManagedPolicy", "Function"))
        properties: Members = {"PolicyDocument": document, "PolicyName": "p", "Roles": [{"Ref": "R"}]}
        if kind == "Function":
            return {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Policies": random.choice((policies, document, "KMSDecryptPolicy"))},
            }
        if kind in ("Role", "User", "Group"):
            properties = {"Policies": policies}
        if kind == "Role":
            properties["AssumeRolePolicyDocument"] = self.policies.document()
        return {"Type": f"AWS::IAM::{kind}", "Properties": properties}

    def other(self) -> Value:
        random = self.random
        ways: tuple[Callable[[], Value], ...] = (
            lambda: {
                "Type": "AWS::KMS::Alias",
                "Properties": {"AliasName": "alias/x", "TargetKeyId": self.function(1)},
            },
            lambda: {"Type": "AWS::S3::Bucket", "Properties": {"BucketEncryption": self.function(1)}},
            lambda: {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": random.choice(("b.yaml", "../x", self.function(1)))},
            },
            lambda: {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k.yaml"}},
            lambda: odd_value(random),
            self.loop,
        )
        return random.choice(ways)()

    def scattered(self, value: Value, chance: float) -> Value:
        """The value with functions in the place of some of its parts, or around them."""
        if self.random.random() < chance:
            return self.function(2, value)
        if isinstance(value, dict):
            return {name: self.scattered(each, chance / 2) for name, each in value.items()}
        if isinstance(value, list):
            return [self.scattered(each, chance / 2) for each in value]
        return value

    def function(self, depth: int, usual: Value = tokens.ACCOUNT) -> Value:
        """A function, in a right shape or in a wrong one; `usual` is one of the things that it may come to."""
        random = self.random
        if random.random() < 0.12:
            return {random.choice(tokens.INTRINSICS): odd_value(random)}

        def inner(value: Value = "a") -> Value:
            return self.function(depth - 1, value) if depth and random.random() < 0.3 else value

        ways: tuple[Callable[[], Value], ...] = (
            lambda: {"Ref": random.choice(_NAMES)},
            lambda: {"Fn::Sub": random.choice(_SUBSTITUTED)},
            lambda: {"Fn::Sub": [random.choice(_SUBSTITUTED), {"x": inner(), "P": inner(usual)}]},
            lambda: {
                "Fn::GetAtt": one_of(random, ["R", "Arn"], "R.Arn", ["K", "Arn"], ["R"], "K.KeyId", ["K", {"Ref": "P"}])
            },
            lambda: {
                "Fn::Join": [
                    one_of(random, "", ":", "/", {"Ref": "P"}),
                    one_of(random, [inner(), inner()], {"Ref": "L"}, "a"),
                ]
            },
            lambda: {"Fn::If": [random.choice(("A", "B", "C", "Z")), inner(usual), inner({"Ref": "AWS::NoValue"})]},
            lambda: {"Fn::If": ["A", inner(usual), inner(odd_value(random))]},
            lambda: {
                "Fn::Select": [
                    one_of(random, 0, 1, "1", 9, -1, {"Ref": "N"}),
                    one_of(random, [inner(), usual], {"Ref": "L"}, inner()),
                ]
            },
            lambda: {"Fn::Split": [random.choice((",", "", ":")), inner("a,b")]},
            lambda: {
                "Fn::FindInMap": [
                    "M",
                    inner({"Ref": "AWS::Region"}),
                    random.choice(("a", "l", "z")),
                    *([{"DefaultValue": inner()}] * (random.random() < 0.2)),
                ]
            },
            lambda: {"Fn::ImportValue": inner("x")},
            lambda: {random.choice(("Fn::Base64", "Fn::Length", "Fn::ToJsonString", "Fn::GetAZs")): inner(usual)},
            lambda: {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}},
        )
        return random.choice(ways)()

    def condition(self, depth: int) -> Value:
        random = self.random
        if depth == 0 or random.random() < 0.5:
            return {"Fn::Equals": [self.function(1), one_of(random, "a", tokens.ACCOUNT, "prod", {"Ref": "Q"})]}
        name = random.choice(("Fn::And", "Fn::Or", "Fn::Not", "Condition"))
        if name == "Condition":
            return {"Condition": random.choice("ABCZ")}
        return {
            name: [self.condition(depth - 1) for _ in range(1 if name == "Fn::Not" else random.choice((2, 2, 3, 11)))]
        }
