"""One test of a condition in words, and the test that holds where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from kmslint.access.phrases import opposite_of, phrase
from kmslint.model.policy import Test as ConditionTest
from kmslint.values import Unknown, unknown
from plain_policies import HERE, Plain, document

SERVICES = """
*: any AWS service
acm: AWS Certificate Manager
backup: AWS Backup
bedrock: Amazon Bedrock
cloudformation: AWS CloudFormation
cloudtrail: AWS CloudTrail
codebuild: AWS CodeBuild
codecommit: AWS CodeCommit
connect: Amazon Connect
dynamodb: Amazon DynamoDB
ec2: Amazon EC2
ecr: Amazon ECR
elasticache: Amazon ElastiCache
elasticfilesystem: Amazon EFS
es: Amazon OpenSearch Service
events: Amazon EventBridge
firehose: Amazon Data Firehose
fsx: Amazon FSx
glue: AWS Glue
kafka: Amazon MSK
kinesis: Amazon Kinesis
lambda: AWS Lambda
logs: CloudWatch Logs
rds: Amazon RDS
redshift: Amazon Redshift
s3: Amazon S3
sagemaker: Amazon SageMaker
secretsmanager: AWS Secrets Manager
ses: Amazon SES
sns: Amazon SNS
sqs: Amazon SQS
ssm: AWS Systems Manager
workspaces: Amazon WorkSpaces
"""
"""The names by which AWS sells what stands in kms:ViaService."""

KEYS = """
aws:PrincipalOrgID: the caller's organisation
aws:PrincipalOrgPaths: the caller's place in its organisation
aws:PrincipalAccount: the caller's account
kms:CallerAccount: the caller's account
aws:PrincipalArn: the caller
aws:PrincipalType: the caller's type
aws:username: the user name
aws:userid: the caller's unique id
aws:SourceAccount: the account that the service acts for
aws:SourceArn: the resource that the service acts for
aws:SourceOrgID: the organisation that the service acts for
aws:SourceIp: the address of the caller
aws:SourceVpc: the VPC
aws:SourceVpce: the VPC endpoint
aws:CurrentTime: the time
aws:EpochTime: the time
aws:RequestedRegion: the Region
kms:EncryptionContextKeys: the encryption context's names
kms:GrantOperations: the grant's operations
kms:GranteePrincipal: the grantee
kms:RequestAlias: the alias in the request
kms:EncryptionContext:Dept: encryption context Dept
aws:PrincipalTag/Team: principal tag Team
aws:ResourceTag/Team: the key's tag Team
aws:RequestTag/Team: request tag Team
kms:KeySpec: kms:KeySpec
"""


def condition_test(condition: dict[str, Any]) -> ConditionTest:
    """The one test of a condition."""
    plain: Plain = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition}
    (found,) = document([plain]).statements[0].conditions
    assert isinstance(found, ConditionTest)
    return found


def words(operator: str, key: str, *values: str) -> str:
    return phrase(condition_test({operator: {key: list(values)}}))


def rows(table: str) -> list[tuple[str, str]]:
    return [(key, name) for key, _, name in (line.rpartition(": ") for line in table.strip().splitlines())]


@pytest.mark.parametrize(("prefix", "name"), rows(SERVICES))
def test_services_have_the_names_that_readers_know(prefix: str, name: str) -> None:
    said = words("StringLike", "kms:ViaService", f"{prefix}.eu-west-1.amazonaws.com")
    assert said == f"through {name} in eu-west-1"


@pytest.mark.parametrize(("key", "name"), rows(KEYS))
def test_keys_have_names_that_readers_know(key: str, name: str) -> None:
    assert words("StringEquals", key, "x") == f"when {name} is x"


BOOLEANS = [
    ("aws:MultiFactorAuthPresent", "with MFA", "without MFA", False),
    ("aws:SecureTransport", "over TLS", "without TLS", True),
    ("aws:ViaAWSService", "through an AWS service", "not through an AWS service", True),
    ("kms:GrantIsForAWSResource", "for resources of AWS services", "not for resources of AWS services", False),
    ("aws:PrincipalIsAWSService", "by an AWS service itself", "not by an AWS service itself", True),
]


@pytest.mark.parametrize(("key", "yes", "no", "is_always_there"), BOOLEANS)
def test_booleans(key: str, yes: str, no: str, is_always_there: bool) -> None:
    test = condition_test({"Bool": {key: "TRUE"}})
    silent = ", or where the request does not say"
    assert phrase(test) == yes
    assert phrase(test._replace(if_exists=True)) == f"{yes}{silent}"
    other = opposite_of(test)
    assert other is not None
    assert phrase(other) == (no if is_always_there else f"{no}{silent}")


COMPARED = [
    ("NumericLessThan", "is less than 9"),
    ("NumericLessThanEquals", "is at most 9"),
    ("NumericGreaterThan", "is more than 9"),
    ("NumericGreaterThanEquals", "is at least 9"),
    ("NumericEquals", "is 9"),
    ("NumericNotEquals", "is not 9"),
    ("DateLessThan", "is before 9"),
    ("DateLessThanEquals", "is no later than 9"),
    ("DateGreaterThan", "is after 9"),
    ("DateGreaterThanEquals", "is no earlier than 9"),
    ("IpAddress", "is in 9"),
    ("NotIpAddress", "is not in 9"),
    ("StringEquals", "is 9"),
    ("StringNotLike", "is not 9"),
]


@pytest.mark.parametrize(("operator", "said"), COMPARED)
def test_operators(operator: str, said: str) -> None:
    assert words(operator, "k:x", "9") == f"when k:x {said}"


@pytest.mark.parametrize(
    ("operator", "values", "said"),
    [
        ("StringLike", ("a*",), "matches a*"),
        ("StringLike", ("a", "b?"), "matches a or b?"),
        ("StringNotLike", ("a*",), "does not match a*"),
        ("ArnLike", ("a*",), "matches a*"),
        ("ArnEquals", ("a*",), "matches a*"),
        ("ArnNotEquals", ("a?",), "does not match a?"),
        ("StringEquals", ("a*",), "is a*"),  # no pattern to this operator
        ("StringEquals", ("a", "a"), "is a"),
        ("StringEquals", ("a", "b"), "is a or b"),
        ("StringEquals", ("a", "b", "c", "d"), "is a, b, c or d"),
        ("StringEquals", ("a", "b", "c", "d", "e"), "is a, b, c or 2 more"),
        ("StringEquals", (), "is anything"),
        ("StringEqualsIfExists", ("a",), "is a, if it is there at all"),
    ],
)
def test_values(operator: str, values: tuple[str, ...], said: str) -> None:
    assert words(operator, "k:x", *values) == f"when k:x {said}"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"Null": {"k:x": "TRUE"}}, "when k:x is absent"),
        ({"Null": {"k:x": "false"}}, "when k:x is present"),
        ({"Null": {"k:x": ["true", "true"]}}, "when k:x is present"),
        ({"ForAllValues:StringEquals": {"k:x": "a"}}, "when every one of k:x is a"),
        ({"ForAnyValue:StringEquals": {"k:x": "a"}}, "when one of k:x is a"),
        # What several values or a quantifier make of a boolean cannot be said in two words.
        ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, "when aws:SecureTransport is true or false"),
        ({"ForAnyValue:Bool": {"aws:SecureTransport": "true"}}, "when one of aws:SecureTransport is true"),
        ({"StringEquals": {"aws:SecureTransport": "true"}}, "when aws:SecureTransport is true"),
        ({"Bool": {"k:x": "true"}}, "when k:x is true"),
        ({"ForAnyValue:StringEquals": {"kms:ViaService": "s3"}}, "when one of kms:ViaService is s3"),
    ],
)
def test_whole_tests(condition: dict[str, Any], said: str) -> None:
    assert phrase(condition_test(condition)) == said


@pytest.mark.parametrize(
    ("operator", "values", "said"),
    [
        ("StringLike", ("s3.*.amazonaws.com",), "through Amazon S3 in any Region"),
        ("StringEquals", ("s3.cn-north-1.amazonaws.com.cn",), "through Amazon S3 in cn-north-1"),
        ("StringEquals", ("new.us-east-1.amazonaws.com",), "through new in us-east-1"),
        ("StringEquals", ("S3",), "through S3"),
        ("StringEquals", ("s3.a.amazonaws.com", "ec2.a.amazonaws.com"), "through Amazon S3 or Amazon EC2 in a"),
        (
            "StringEquals",
            ("s3.a.amazonaws.com", "s3.b.amazonaws.com"),
            "through Amazon S3 in a or Amazon S3 in b",
        ),
        ("StringNotEquals", ("s3.a.amazonaws.com",), "not through Amazon S3 in a"),
        ("StringEqualsIfExists", ("s3.a.amazonaws.com",), "through Amazon S3 in a, or through no service"),
        ("StringNotEqualsIfExists", ("s3.a.amazonaws.com",), "not through Amazon S3 in a"),
    ],
)
def test_through_services(operator: str, values: tuple[str, ...], said: str) -> None:
    assert words(operator, "kms:ViaService", *values) == said


def test_what_cannot_be_resolved_is_said_to_be_so() -> None:
    assert phrase(unknown("x", HERE)) == "when a condition holds that cannot be resolved (${x})"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"StringNotEquals": {"k:x": "a"}}, "when k:x is a"),
        ({"StringNotEqualsIfExists": {"k:x": "a"}}, "when k:x is a"),
        ({"Null": {"k:x": "true"}}, "when k:x is present"),
        ({"Null": {"k:x": "false"}}, "when k:x is absent"),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, "without MFA"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "with MFA, or where the request does not say"),
    ],
)
def test_opposites(condition: dict[str, Any], said: str) -> None:
    found = opposite_of(condition_test(condition))
    assert found is not None
    assert phrase(found) == said
    assert found.operator in ("StringEquals", "Null", "Bool")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"k:x": "a"}},
        {"StringEquals": {"k:x": "true"}},
        {"Bool": {"k:x": "maybe"}},
        {"Bool": {"k:x": ["true", "false"]}},
        {"ForAnyValue:StringNotEquals": {"k:x": "a"}},
        {"Null": {"k:x": ["true", "false"]}},
    ],
)
def test_what_has_no_opposite_that_is_one_test(condition: dict[str, Any]) -> None:
    assert opposite_of(condition_test(condition)) is None


def test_the_opposite_of_what_cannot_be_resolved_is_none() -> None:
    nobody_knows: Unknown = unknown("x", HERE)
    assert opposite_of(nobody_knows) is None


def test_the_opposite_of_a_null_for_an_absent_key_stays_one_of_null() -> None:
    found = opposite_of(condition_test({"Null": {"k:x": "true"}}))
    assert found is not None
    assert not found.if_exists
