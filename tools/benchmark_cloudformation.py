"""CPU seconds that kmslint takes for a large CloudFormation template, and for ever more open conditions in one.

    python tools/benchmark_cloudformation.py [--runs 3]

Not a test: a machine's speed is no property of the code. Aim for three seconds for what AWS takes at most (a template
of 1 MB with 500 resources), and for times that grow with the number of conditions, never with their combinations.
Measure an installed wheel. Starting up is part of each time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml
from benchmark import cpu_seconds

RESOURCES: Final = 500
BYTES: Final = 1_000_000
CONDITIONS: Final = (10, 20, 30, 40)
"""More cannot be nested: a file may be a hundred levels deep, and each `Fn::If` takes two."""

Template = dict[str, Any]


def arn(role: str) -> Any:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role}"}


def statement(sid: str, principal: Any, action: Any = "kms:Decrypt") -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}


ROOT_STATEMENT: Final = statement("Root", {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}, "kms:*")
TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [ROOT_STATEMENT, *statements]}


def key(*statements: Any) -> dict[str, Any]:
    return {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": policy(*statements)}}


def role(number: int, *statements: Any) -> dict[str, Any]:
    inline = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [*statements]}}
    properties = {"RoleName": f"role{number}", "AssumeRolePolicyDocument": TRUST, "Policies": [inline]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def large() -> Template:
    """A template of 1 MB: a third of its resources are keys, a third roles, a third something else."""
    resources: dict[str, Any] = {}
    for number in range(RESOURCES):
        kind = number % 3
        own = number // 3
        if kind == 0:
            principals = [arn(f"role{(own + step) % (RESOURCES // 3)}") for step in range(4)]
            resources[f"Key{own}"] = key(
                statement("Use", principals, ["kms:Decrypt", "kms:GenerateDataKey*"]),
                statement("Admin", {"Fn::GetAtt": [f"Role{own}", "Arn"]}, {"Fn::Split": [",", "kms:Put*,kms:Get*"]}),
                {"Fn::If": ["IsProduction", statement("Prod", arn("break-glass")), {"Ref": "AWS::NoValue"}]},
            )
        elif kind == 1:
            allow = {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", {"Fn::Join": [":", ["kms", "DescribeKey"]]}],
                "Resource": [{"Fn::GetAtt": [f"Key{own}", "Arn"]}, {"Fn::Sub": f"${{Key{own}.Arn}}"}],
            }
            resources[f"Role{own}"] = role(own, allow)
        else:
            resources[f"Topic{own}"] = {
                "Type": "AWS::SNS::Topic",
                "Properties": {"KmsMasterKeyId": {"Ref": f"Key{own}"}},
            }
    template = whole(resources, 1)
    missing = max(0, BYTES - len(json.dumps(template)))
    for resource in resources.values():
        if resource["Type"] == "AWS::SNS::Topic":
            resource["Properties"]["Tags"] = [
                {"Key": f"tag{number}", "Value": {"Fn::Sub": f"${{AWS::StackName}}-{'x' * 40}"}}
                for number in range(missing * 3 // RESOURCES // 94)
            ]
    return template


def whole(resources: dict[str, Any], conditions: int) -> Template:
    """A template with so many conditions that nobody can decide."""
    names = ["IsProduction", *(f"C{number}" for number in range(conditions))]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {f"P{name}": {"Type": "String"} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": f"P{name}"}, "yes"]} for name in names},
        "Resources": resources,
    }


def chosen(number: int, when_true: Any, when_false: Any) -> Any:
    return {"Fn::If": [f"C{number}", when_true, when_false]}


NOTHING: Final = {"Ref": "AWS::NoValue"}


def statements(count: int) -> Template:
    """One statement under each condition."""
    found = (chosen(number, statement(f"S{number}", arn(f"r{number}")), NOTHING) for number in range(count))
    return whole({"Key": key(*found)}, count)


def principals(count: int) -> Template:
    """One principal of one statement under each condition."""
    found = [chosen(number, arn(f"r{number}"), NOTHING) for number in range(count)]
    return whole({"Key": key(statement("Use", found))}, count)


def actions(count: int) -> Template:
    """One piece of a text under each condition."""
    found = [chosen(number, "a", "b") for number in range(count)]
    return whole({"Key": key(statement("Use", arn("r"), {"Fn::Join": ["", ["kms:", *found]]}))}, count)


def nested(innermost: Callable[[int], Any], last: Any, count: int) -> Any:
    tree = last
    for number in reversed(range(count)):
        tree = chosen(number, innermost(number), tree)
    return tree


def nested_statements(count: int) -> Template:
    """A tree of `Fn::If`, each inside the other, in the place of a statement."""
    tree = nested(lambda number: statement(f"S{number}", arn(f"r{number}")), NOTHING, count)
    return whole({"Key": key(tree)}, count)


def nested_principals(count: int) -> Template:
    """The same in the place of a principal."""
    return whole({"Key": key(statement("Use", nested(lambda number: arn(f"r{number}"), arn("r"), count)))}, count)


def nested_policies(count: int) -> Template:
    """The same in the place of a policy."""
    tree = nested(lambda number: policy(statement("Use", arn(f"r{number}"))), policy(), count)
    return whole({"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": tree}}}, count)


def resources(count: int) -> Template:
    """Keys and roles, as many as ever, under so many conditions."""
    found: dict[str, Any] = {}
    for number in range(max(CONDITIONS)):
        condition = f"C{number % count}"
        allow = {"Effect": "Allow", "Action": "kms:*", "Resource": {"Fn::GetAtt": [f"Key{number}", "Arn"]}}
        found[f"Key{number}"] = {**key(statement("Use", arn(f"role{number}"))), "Condition": condition}
        found[f"Role{number}"] = {**role(number, allow), "Condition": condition}
    return whole(found, count)


def identity_policies(count: int) -> Template:
    """A policy of one role under each condition."""
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    one = role(0, allow)
    (inline,) = one["Properties"]["Policies"]
    one["Properties"]["Policies"] = [chosen(number, inline, NOTHING) for number in range(count)]
    return whole({"Key": key(statement("Use", arn("role0"))), "Role": one}, count)


def mixed(count: int) -> Template:
    """Statements, principals and effects, three conditions in each statement."""
    found = [
        chosen(
            number,
            {
                **statement(f"S{number}", [arn("r"), chosen((number + 1) % count, arn("s"), NOTHING)]),
                "Effect": chosen((number + 2) % count, "Allow", "Deny"),
            },
            NOTHING,
        )
        for number in range(count)
    ]
    return whole({"Key": key(*found)}, count)


def composed(count: int) -> Template:
    """Conditions that are made of those before them, each twice."""
    template = statements(count)
    for number in range(1, count):
        before = {"Condition": f"C{number - 1}"}
        own = {"Fn::Equals": [{"Ref": f"PC{number}"}, "yes"]}
        template["Conditions"][f"C{number}"] = {"Fn::And": [before, {"Fn::Or": [before, own]}]}
    return template


SHAPES: Final = (
    statements,
    principals,
    actions,
    nested_statements,
    nested_principals,
    nested_policies,
    resources,
    identity_policies,
    mixed,
    composed,
)


def seconds(file: Path, runs: int) -> float:
    """The median of some runs."""
    command = [sys.executable, "-I", "-m", "kmslint", str(file), "--format", "json", "--exit-zero"]
    return statistics.median(cpu_seconds(command) for _ in range(runs))


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU time of kmslint on large CloudFormation templates.")
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "template.yaml"
        template = large()
        written = {
            "JSON": json.dumps(template),
            "JSON, indented": json.dumps(template, indent=1),
            "YAML": yaml.safe_dump(json.loads(json.dumps(template)), sort_keys=False),
        }
        for name, text in written.items():
            file.write_text(text, encoding="utf-8")
            print(f"{RESOURCES} resources, {len(text) / 1e6:.2f} MB of {name:15} {seconds(file, runs):6.2f} s")
        print(f"\n{'open conditions':22}" + "".join(f"{count:>8}" for count in CONDITIONS))
        for shape in SHAPES:
            row = []
            for count in CONDITIONS:
                file.write_text(json.dumps(shape(count)), encoding="utf-8")
                row.append(seconds(file, runs))
            print(f"{shape.__name__.replace('_', ' '):22}" + "".join(f"{one:8.2f}" for one in row))


if __name__ == "__main__":
    main()
