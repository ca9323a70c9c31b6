"""Conditions in words: `through Amazon S3 in us-east-1`, `when encryption context Dept is IT`.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from typing import Final

from kmslint.model.policy import Test
from kmslint.values import Unknown
from kmslint.wildcard import fold

_SERVICE: Final = re.compile(r"([a-z0-9-]+)\.([a-z0-9*-]+|\$\{[^}]*\})\.(amazonaws\.com(\.cn)?|\$\{[^}]*\})\Z")
_SERVICES: Final = {
    "acm": "AWS Certificate Manager",
    "backup": "AWS Backup",
    "cloudtrail": "AWS CloudTrail",
    "connect": "Amazon Connect",
    "dynamodb": "Amazon DynamoDB",
    "ec2": "Amazon EC2",
    "ecr": "Amazon ECR",
    "elasticfilesystem": "Amazon EFS",
    "es": "Amazon OpenSearch Service",
    "events": "Amazon EventBridge",
    "fsx": "Amazon FSx",
    "glue": "AWS Glue",
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
_MANY: Final = 3
"""Values that are written out; of more the number is told."""


def phrase(test: Test | Unknown) -> str:
    """What a request must be like for the test to hold, to stand behind `only`."""
    if isinstance(test, Unknown):
        return f"when a condition holds that cannot be resolved ({test})"
    if test.operator == "Null":
        gone = [fold(str(value)) for value in test.values] == ["true"]
        return f"when {_name(test)} {'is absent' if gone else 'is present'}"
    key, positive = fold(str(test.key)), "Not" not in test.operator
    plain = not test.quantifier and not test.if_exists
    if plain and key in _BOOLEANS and test.operator == "Bool" and len(test.values) == 1:
        return _BOOLEANS[key][fold(str(test.values[0])) != "true"]
    if key == "kms:viaservice" and not test.quantifier:
        through = _either(dict.fromkeys(_service(str(value)) for value in test.values))
        return f"{'' if positive else 'not '}through {through}{_unless_absent(test)}"
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
        verb = verb or ("matches" if test.operator.endswith("Like") else "is")
        words = verb if positive else {"is": "is not", "matches": "does not match", "is in": "is not in"}[verb]
    return f"{words} {_either(dict.fromkeys(map(str, test.values)))}"


def _unless_absent(test: Test) -> str:
    return ", if it is there at all" if test.if_exists else ""


def _service(value: str) -> str:
    """`Amazon S3 in us-east-1`, for what `kms:ViaService` is compared with."""
    match = _SERVICE.match(value)
    if match is None:
        return value
    service, region = _SERVICES.get(match[1], match[1]), match[2]
    return f"{service} in {'any Region' if region == '*' else region}"


def _either(values: dict[str, None]) -> str:
    listed = list(values)
    if len(listed) > _MANY + 1:
        listed = [*listed[:_MANY], f"{len(listed) - _MANY} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}" if listed else "anything"
