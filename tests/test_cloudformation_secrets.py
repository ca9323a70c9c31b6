"""`NoEcho`: neither the default of a secret parameter nor a value that it is given ever shows in a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import run
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Location, Source
from kmslint.report import FORMATS
from kmslint.syntax.yaml import read_yaml
from kmslint.values import text

SECRET = "swordfish"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": {"Ref": "Password"},
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${Password}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        },
        {"Effect": "Allow", "Principal": "*", "Action": {"Ref": "Password"}, "Resource": "*"},
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "kms:Decrypt",
            "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "Password"}]]},
            "Condition": {"StringEquals": {"aws:PrincipalTag/x": {"Ref": "Password"}}},
        },
    ],
}
TEMPLATE = {
    "Parameters": {
        "Password": {"Type": "String", "NoEcho": "true", "Default": SECRET, "AllowedValues": [SECRET, f"{SECRET}es"]},
        "Passwords": {"Type": "CommaDelimitedList", "NoEcho": True, "Default": f"{SECRET},b"},
    },
    "Conditions": {"IsSet": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Password"}, ""]}]}},
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": {"Ref": "Password"}, "KeyPolicy": POLICY}},
        "Whole": {"Type": "AWS::KMS::Key", "Condition": "IsSet", "Properties": {"KeyPolicy": {"Ref": "Password"}}},
        "Text": {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeyPolicy": {"Fn::Sub": '{"Statement": [{"Sid": "${Password}", "Action": "kms:*"}]}'}},
        },
        "Encoded": {"Type": "AWS::KMS::Key", "Properties": {"Description": {"Fn::Base64": {"Ref": "Password"}}}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": {"Ref": "Password"},
                "AssumeRolePolicyDocument": {"Fn::Sub": '{"Statement": [${Password}]}'},
                "ManagedPolicyArns": {"Ref": "Passwords"},
                "Policies": [{"PolicyName": {"Ref": "Password"}, "PolicyDocument": POLICY}],
            },
        },
    },
}
LAYOUTS = {
    "one line": json.dumps(TEMPLATE),
    "no blanks": json.dumps(TEMPLATE, separators=(",", ":")),
    "indented": json.dumps(TEMPLATE, indent=2),
}
COMMANDS = [
    *(("--profile", "strict", "-v", "--exit-zero", "-f", name) for name in FORMATS),
    *(("access", "-f", name) for name in ("text", "json", "markdown", "csv")),
    ("can", "root", "kms:Decrypt", "Key"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_report_shows_a_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], layout: str
) -> None:
    file = tmp_path / "t.json"
    file.write_text(LAYOUTS[layout], encoding="utf-8")
    shown = run(capsys, *command, str(file))
    assert shown.out
    assert SECRET not in shown.out + shown.err


@pytest.mark.parametrize("value", ["|\n      first-{}\n      second", "'{}'", "{}", '"{}"'])
def test_the_lines_of_a_secret_are_starred(value: str) -> None:
    written = value.format(SECRET)
    source = Source("t.yaml", f"Parameters:\n  P:\n    NoEcho: true\n    Default: {written}\nResources: {{}}\n")
    read_stack(read_yaml(source).documents[0], source)
    shown = source.shown(0, len(source.text))
    assert SECRET not in shown
    assert len(shown) == len(source.text)
    assert shown.count("\n") == source.text.count("\n")
    assert shown.endswith("Resources: {}\n")
    assert source.shown(shown.index("Default"), len(source.text)).startswith("Default: *") or "|" in value


def test_a_secret_that_is_given_is_not_put_in() -> None:
    source = Source("t.json", json.dumps(TEMPLATE))
    given = text("hunter2", Location(source, 0, 0))
    estate = read_stack(read_yaml(source).documents[0], source, Inputs({"Password": given, "Passwords": given}))
    assert len(estate.keys) == 4
    assert "hunter2" not in repr(estate)
