"""KMS417: a network condition that AWS services cannot meet."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.capabilities import certain_actions
from kmslint.access.conditions import without_key
from kmslint.access.key_use import servable
from kmslint.access.naming import enumerate_names, when
from kmslint.access.operators import base_operator
from kmslint.access.written import Written, key_of, key_statements
from kmslint.aws.actions import CREATE_GRANT, Group, most_telling
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, Test
from kmslint.verdict import ALWAYS

RULE = Rule(
    id="KMS417",
    name="network-condition-breaks-services",
    title="A condition on the network keeps AWS services from using the key",
    severity=Severity.MEDIUM,
    rationale="""\
When somebody reads an encrypted object from S3 or attaches an encrypted volume, S3 or EC2 calls KMS for them, and
that call comes from AWS's network: not from your addresses, your VPC or your VPC endpoint, even if the first
request did. A Deny of all that does not come from there therefore denies every use of the key through a service.
A negated test also holds where the key is missing, so in an Allow it lets in more than everything but the network.""",
    remediation="""\
Spare the calls of services: add the test Bool aws:ViaAWSService false to the Deny, and aws:PrincipalIsAWSService
false where it denies service principals too. In an Allow, name the network with a positive operator.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/vpce-policy-condition.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsservice",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Use
            Effect: Deny
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Encrypt", "kms:Decrypt"]
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceVpce": vpce-1a2b3c4d}}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Use
            Effect: Deny
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Encrypt", "kms:Decrypt"]
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceVpce": vpce-1a2b3c4d}, Bool: {"aws:ViaAWSService": "false"}}
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Deny"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:SourceVpc" = "vpc-1a2b3c4d" } }
      },
    ]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Deny"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:SourceVpc" = "vpc-1a2b3c4d" }, Bool = { "aws:ViaAWSService" = "false" } }
      },
    ]
  })
}
""",
    ),
)


_NETWORK = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
_OF_CALLER = (
    "aws:principalarn",
    "aws:principaltag/",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:userid",
    "aws:username",
    "aws:securetransport",
    "aws:multifactorauthpresent",
    "kms:calleraccount",
)
"""Keys that are the same when a service calls for somebody: testing them spares no service."""


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement on using the key with a negated test of the network that spares no service."""
    for written in key_statements(estate):
        statement, key = written.statement, written.key
        if key is None or statement.effect not in (Effect.ALLOW, Effect.DENY) or not statement.principals:
            continue
        network = _network(written)
        certain = servable(certain_actions(statement), key)
        used = tuple(one for one in certain if one.group is Group.CRYPTO or one is CREATE_GRANT)
        if network is not None and used:
            names = enumerate_names(action.name for action in most_telling(used))
            yield _finding(written, network, names)


def _network(written: Written) -> Test | None:
    """The first negated test of the network; None if there is none, or something beside it may spare services."""
    found = None
    for test in written.statement.conditions:
        if not isinstance(test, Test):
            return None
        key = key_of(test)
        if key in _NETWORK:
            if not _is_negated(test):
                return None
            found = found or test
        elif not key.startswith(_OF_CALLER):
            return None
    return found


def _is_negated(test: Test) -> bool:
    """Whether a test holds of every request but those from some network."""
    operator = base_operator(test.operator)
    return operator is not None and operator.negated and without_key(test) == ALWAYS


def _finding(written: Written, test: Test, actions: str) -> Finding:
    statement = written.statement
    if statement.effect is Effect.DENY:
        message = (
            f"{written.name}{when(statement)} denies {actions} by {test.operator} {test.key}: when an AWS service such "
            f"as S3 or EC2 calls for somebody, the call does not come from that network, so it is denied as well"
        )
    else:
        message = (
            f"{written.name}{when(statement)} allows {actions} by {test.operator} {test.key}: that holds of every "
            f"network but the one it names, and of requests without the key"
        )
    return RULE.finding(
        test.at,
        message,
        written.resource,
        statement=statement,
        subject=f"Statement[{statement.label}].Condition {test.operator} {test.key}",
    )
