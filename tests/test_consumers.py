"""Resources that use keys, where no fixture reaches: plans, nested stacks, and very many of them."""

from __future__ import annotations

import json
import time
from pathlib import Path

from kmslint.access.role_uses import missing_in_iam
from kmslint.lint import lint
from kmslint.location import Source
from kmslint.model.consumers import Purpose
from kmslint.settings import Settings
from kmslint.terraform.plan import read_plan
from kmslint.values import Json
from terraform_plans import Change, configured, module, plan, to
from trees import write

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def rules(root: Path, rule: str = "KMS303") -> list[tuple[str, str]]:
    outcome = lint([str(root)], Settings(select=(rule,), root=str(root)))
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


def _role(name: str, *statements: dict[str, object]) -> dict[str, object]:
    policy = {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    trust = {"Version": "2012-10-17", "Statement": []}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": [policy]}}


def test_many_roles_that_use_many_queues_take_no_longer_than_they_must(tmp_path: Path) -> None:
    key = {"Type": "AWS::KMS::Key"}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}}
    queues = {f"Queue{number}": queue for number in range(200)}
    every = [{"Fn::GetAtt": [name, "Arn"]} for name in queues]
    send: dict[str, object] = {"Effect": "Allow", "Action": "sqs:*", "Resource": every[:50]}
    loose = {
        f"Loose{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "kms:List*", "Resource": "*"}],
                }
            },
        }
        for number in range(200)
    }
    roles = {f"Role{number}": _role("send", send) for number in range(200)}
    write(tmp_path, "many.json", text=json.dumps({"Resources": {"Key": key, **queues, **roles, **loose}}))
    started = time.process_time()
    assert len(rules(tmp_path, "KMS302")) == len(roles)
    assert time.process_time() - started < 10


def test_a_plan_shows_what_a_role_needs() -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    made: dict[str, Json] = {"arn": True, "id": True}
    changes = [
        Change("aws_kms_key.made", {}, {**made, "key_id": True}),
        Change("aws_sqs_queue.made", {"name": "made"}, {"arn": True, "kms_master_key_id": True}),
        Change("aws_iam_role.made", {"name": "made", "assume_role_policy": trust}, made),
        Change("aws_lambda_function.made", {"function_name": "made"}, {"arn": True, "role": True}),
        Change(
            "aws_lambda_event_source_mapping.made", {"enabled": True}, {"event_source_arn": True, "function_name": True}
        ),
    ]
    written = (
        configured("aws_kms_key.made"),
        configured("aws_sqs_queue.made", kms_master_key_id=to("aws_kms_key.made.arn")),
        configured("aws_iam_role.made"),
        configured("aws_lambda_function.made", role=to("aws_iam_role.made.arn")),
        configured(
            "aws_lambda_event_source_mapping.made",
            event_source_arn=to("aws_sqs_queue.made.arn"),
            function_name=to("aws_lambda_function.made.arn"),
        ),
    )
    estate = read_plan(Source("plan.json", json.dumps(plan(changes, module(*written))))).estate
    (missing,) = missing_in_iam(estate)
    assert missing.uses[0].role.address == "aws_iam_role.made"
    assert [action.name for action in missing.actions] == ["kms:Decrypt"]
