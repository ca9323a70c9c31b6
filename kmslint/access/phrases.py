"""Conditions in words: `through Amazon S3 in us-east-1`, `when encryption context Dept is IT`.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from typing import Final

from kmslint.model.policy import Test
from kmslint.values import Unknown, text
from kmslint.wildcard import fold

_SERVICE: Final = re.compile(r"([a-z0-9*-]+)\.([a-z0-9*-]+|\$\{[^}]*\})\.(amazonaws\.com(\.cn)?|\$\{[^}]*\})\Z")
_SERVICES: Final = {
    "*": "any AWS service",
    "acm": "AWS Certificate Manager",
    "backup": "AWS Backup",
    "bedrock": "Amazon Bedrock",
    "cloudformation": "AWS CloudFormation",
    "cloudtrail": "AWS CloudTrail",
    "codebuild": "AWS CodeBuild",
    "codecommit": "AWS CodeCommit",
    "connect": "Amazon Connect",
    "dynamodb": "Amazon DynamoDB",
    "ec2": "Amazon EC2",
    "ecr": "Amazon ECR",
    "elasticache": "Amazon ElastiCache",
    "elasticfilesystem": "Amazon EFS",
    "es": "Amazon OpenSearch Service",
    "events": "Amazon EventBridge",
    "firehose": "Amazon Data Firehose",
    "fsx": "Amazon FSx",
    "glue": "AWS Glue",
    "kafka": "Amazon MSK",
    "kinesis": "Amazon Kinesis",
    "lambda": "AWS Lambda",
    "logs": "CloudWatch Logs",
    "rds": "Amazon RDS",
    "redshift": "Amazon Redshift",
    "s3": "Amazon S3",
    "sagemaker": "Amazon SageMaker",
    "secretsmanager": "AWS Secrets Manager",
    "ses": "Amazon SES",
    "sns": "Amazon SNS",
    "sqs": "Amazon SQS",
    "ssm": "AWS Systems Manager",
    "workspaces": "Amazon WorkSpaces",
}
"""Services as AWS names them, by the beginning of what `kms:ViaService` carries."""

_NAMES: Final = {
    "aws:principalorgid": "the caller's organisation",
    "aws:principalorgpaths": "the caller's place in its organisation",
    "aws:principalaccount": "the caller's account",
    "kms:calleraccount": "the caller's account",
    "aws:principalarn": "the caller",
    "aws:principaltype": "the caller's type",
    "aws:username": "the user name",
    "aws:userid": "the caller's unique id",
    "aws:sourceaccount": "the account that the service acts for",
    "aws:sourcearn": "the resource that the service acts for",
    "aws:sourceorgid": "the organisation that the service acts for",
    "aws:sourceip": "the address of the caller",
    "aws:sourcevpc": "the VPC",
    "aws:sourcevpce": "the VPC endpoint",
    "aws:currenttime": "the time",
    "aws:epochtime": "the time",
    "aws:requestedregion": "the Region",
    "kms:encryptioncontextkeys": "the encryption context's names",
    "kms:grantoperations": "the grant's operations",
    "kms:granteeprincipal": "the grantee",
    "kms:requestalias": "the alias in the request",
}
_PREFIXES: Final = {
    "kms:encryptioncontext:": "encryption context",
    "aws:principaltag/": "principal tag",
    "aws:resourcetag/": "the key's tag",
    "aws:requesttag/": "request tag",
}
_BOOLEANS: Final = {
    "aws:multifactorauthpresent": ("with MFA", "without MFA"),
    "aws:securetransport": ("over TLS", "without TLS"),
    "aws:viaawsservice": ("through an AWS service", "not through an AWS service"),
    "kms:grantisforawsresource": ("for resources of AWS services", "not for resources of AWS services"),
    "aws:principalisawsservice": ("by an AWS service itself", "not by an AWS service itself"),
}
_IN_EVERY_REQUEST: Final = frozenset({"aws:securetransport", "aws:viaawsservice", "aws:principalisawsservice"})
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

_COMPARED: Final = {
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is no later than",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is no earlier than",
}
_WILDCARD: Final = frozenset("*?")
_MANY: Final = 3
"""Values that are written out; of more the number is told."""


def opposite_of(test: Test | Unknown) -> Test | None:
    """The test that holds just where a negated one, one on a boolean or one for null does not; None for all others.

    A negated operator holds where the key is absent as well, with or without IfExists, and a plain one does not.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    if isinstance(test, Unknown) or test.quantifier:
        return None
    if "Not" in test.operator:
        return test._replace(operator=test.operator.replace("Not", ""), if_exists=False)
    other = {"true": "false", "false": "true"}.get(fold(str(test.values[0])) if len(test.values) == 1 else "")
    if test.operator not in ("Bool", "Null") or other is None:
        return None
    if_exists = test.operator == "Bool" and not test.if_exists and fold(str(test.key)) not in _IN_EVERY_REQUEST
    return test._replace(values=(text(other, test.at),), if_exists=if_exists)


def phrase(test: Test | Unknown) -> str:
    """What a request must be like for the test to hold, to stand behind `only`."""
    if isinstance(test, Unknown):
        return f"when a condition holds that cannot be resolved ({test})"
    if test.operator == "Null":
        gone = [fold(str(value)) for value in test.values] == ["true"]
        return f"when {_name(test)} {'is absent' if gone else 'is present'}"
    key, positive = fold(str(test.key)), "Not" not in test.operator
    if key in _BOOLEANS and test.operator == "Bool" and not test.quantifier and len(test.values) == 1:
        words = _BOOLEANS[key][fold(str(test.values[0])) != "true"]
        return f"{words}, or where the request does not say" if test.if_exists else words
    if key == "kms:viaservice" and not test.quantifier:
        directly = ", or through no service" if positive and test.if_exists else ""
        return f"{'' if positive else 'not '}through {_services(test)}{directly}"
    return f"when {_subject(test)} {_compared(test, positive)}{_unless_absent(test)}"


def _subject(test: Test) -> str:
    quantified = {"ForAllValues": "every one of ", "ForAnyValue": "one of "}.get(test.quantifier, "")
    return quantified + _name(test)


def _name(test: Test) -> str:
    key = str(test.key)
    folded = fold(key)
    for prefix, name in _PREFIXES.items():
        if folded.startswith(prefix):
            return f"{name} {key[len(prefix) :]}"
    return _NAMES.get(folded, key)


def _compared(test: Test, positive: bool) -> str:
    words = _COMPARED.get(test.operator)
    if words is None:
        verb = {"IpAddress": "is in", "NotIpAddress": "is in"}.get(test.operator)
        patterns = test.operator.endswith("Like") or test.operator.startswith("Arn")
        verb = verb or ("matches" if patterns and any(_WILDCARD & set(str(value)) for value in test.values) else "is")
        words = verb if positive else {"is": "is not", "matches": "does not match", "is in": "is not in"}[verb]
    return f"{words} {_either(dict.fromkeys(map(str, test.values)))}"


def _unless_absent(test: Test) -> str:
    return ", if it is there at all" if test.if_exists else ""


def _services(test: Test) -> str:
    """`Amazon S3 or Amazon EC2 in us-east-1`, for what `kms:ViaService` is compared with."""
    found = [_service(str(value)) for value in test.values]
    regions = {region for _, region in found}
    if len(regions) == 1:
        return f"{_either(dict.fromkeys(name for name, _ in found))}{regions.pop()}"
    return _either(dict.fromkeys(f"{name}{region}" for name, region in found))


def _service(value: str) -> tuple[str, str]:
    """`Amazon S3` and ` in us-east-1`."""
    match = _SERVICE.match(value)
    if match is None:
        return value, ""
    region = "any Region" if match[2] == "*" else match[2]
    return _SERVICES.get(match[1], match[1]), f" in {region}"


def _either(values: dict[str, None]) -> str:
    listed = list(values)
    if len(listed) > _MANY + 1:
        listed = [*listed[:_MANY], f"{len(listed) - _MANY} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}" if listed else "anything"
