"""Resources that use keys, where no fixture reaches: plans, nested stacks, and very many of them."""

from __future__ import annotations

import json
import time
from pathlib import Path

from kmslint.lint import LintOptions, lint
from kmslint.location import Source
from kmslint.model.consumers import Purpose
from kmslint.terraform.plan import read_plan
from terraform_plans import Change, configured, module, plan, to
from trees import write

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def rules(root: Path) -> list[tuple[str, str]]:
    outcome = lint([str(root)], LintOptions(select=("KMS303",), root=str(root)))
    assert not outcome.internal_errors
    assert not outcome.problems
    return [(finding.resource, finding.subject) for finding in outcome.findings]


def test_a_plan_names_keys_by_what_it_knows_and_by_reference() -> None:
    changes = [
        Change("aws_kms_key.made", {}, {"arn": True, "id": True, "key_id": True}),
        Change("aws_kms_key.there", {"arn": ARN, "id": ARN[-36:], "key_id": ARN[-36:]}, {}, "no-op"),
        Change("aws_cloudwatch_log_group.made", {"name": "made"}, {"kms_key_id": True}),
        Change("aws_cloudwatch_log_group.there", {"name": "there", "kms_key_id": ARN}),
    ]
    written = (
        configured("aws_kms_key.made"),
        configured("aws_kms_key.there"),
        configured("aws_cloudwatch_log_group.made", kms_key_id=to("aws_kms_key.made.arn")),
        configured("aws_cloudwatch_log_group.there", kms_key_id=to("var.key")),
    )
    data = plan(changes, module(*written))
    estate = read_plan(Source("plan.json", json.dumps(data))).estate
    found = {one.address: (one.purpose, str(one.key)) for one in estate.uses.consumers}
    assert found["aws_cloudwatch_log_group.there"] == (Purpose.LOG_GROUP, ARN)
    assert "aws_kms_key.made.key_id" in found["aws_cloudwatch_log_group.made"][1]


def test_a_nested_stack_uses_the_key_it_is_given(tmp_path: Path) -> None:
    inner = """Parameters:
  KeyArn: {Type: String}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {KmsKeyId: !Ref KeyArn}
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}, Tags: [{Key: kms, Value: "1"}]}
"""
    outer = """Resources:
  Key:
    Type: AWS::KMS::Key
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./inner.yaml, Parameters: {KeyArn: !GetAtt Key.Arn}}
"""
    write(tmp_path, "inner.yaml", text=inner)
    write(tmp_path, "outer.yaml", text=outer)
    assert rules(tmp_path) == [("Key", "logs.REGION.amazonaws.com")]


def test_many_alarms_for_one_topic_take_no_longer_than_they_must(tmp_path: Path) -> None:
    key = {"Type": "AWS::KMS::Key"}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}}
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Topic"}] * 5}}
    many = {f"Alarm{number}": alarm for number in range(3_000)}
    write(tmp_path, "many.json", text=json.dumps({"Resources": {"Key": key, "Topic": topic, **many}}))
    started = time.process_time()
    assert rules(tmp_path) == [("Key", "cloudwatch.amazonaws.com")]
    assert time.process_time() - started < 5
