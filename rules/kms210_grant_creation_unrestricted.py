"""KMS210: somebody may create any grant on the key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.all_keys import AllKeysGrant, all_keys_grants, is_held_back
from kmslint.access.grant_creation import GrantMakers, granting_action, unlimited_grant_makers
from kmslint.access.matching import names_action
from kmslint.access.naming import enumerate_names, principal_name, when
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in
from kmslint.verdict import NO

RULE = Rule(
    id="KMS210",
    name="grant-creation-unrestricted",
    title="Nothing limits the grants that somebody may create",
    severity=Severity.MEDIUM,
    rationale="""\
A grant gives a principal the use of a key beside every policy, and no template and no policy shows it. Whoever
may call kms:CreateGrant without a condition can give anybody, in any account, every operation that a grant can
hold, kms:Decrypt among them: himself as well, even where no policy lets him decrypt.""",
    remediation="""\
Limit it by a condition that fits its use. kms:GrantIsForAWSResource is for services that create grants on
somebody's behalf, such as Amazon EBS and RDS; it gets in the way where the caller has to create the grant himself, as
for the secrets of a new EKS cluster: there name the grantee or the operations by kms:GranteePrincipal or
kms:GrantOperations.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/grant-best-practices.html",
        "https://docs.aws.amazon.com/controltower/latest/controlreference/ct-kms-pv-1.html",
    ),
    counterparts=(
        Counterpart(Catalogue.CONTROL_TOWER, ("CT.KMS.PR.3",)),
        Counterpart(Catalogue.CWE, ("CWE-732",)),
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS202", Scope.STATEMENT),
        Silence("KMS207", Scope.STATEMENT),
        Silence("KMS208", Scope.STATEMENT),
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
          - Sid: Volumes
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:CreateGrant", "kms:DescribeKey"]
            Resource: "*"
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
          - Sid: Volumes
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:CreateGrant"]
            Resource: "*"
            Condition: {Bool: {"kms:GrantIsForAWSResource": "true"}}
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
        Sid       = "Volumes"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:CreateGrant", "kms:DescribeKey"]
        Resource  = "*"
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
        Sid       = "Volumes"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:CreateGrant"]
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement, of a key policy or of an IAM policy on all keys, that limits no grant."""
    for makers in unlimited_grant_makers(estate):
        yield _in_key_policy(makers, estate)
    for grant in all_keys_grants(estate):
        if not _changes_policies(grant) and not is_held_back(grant, ("kms:CreateGrant",)):
            yield from _in_iam_policy(grant)


def _in_key_policy(makers: GrantMakers, estate: Estate) -> Finding:
    key, statement, action, principals = makers
    who = enumerate_names(principal_name(principal, estate) for principal in principals)
    message = (
        f"{who} may hand the use of {key.address} on to anybody{when(statement)}: statement {statement.label} "
        f"allows {action} with no condition on what a grant may give or to whom"
    )
    return RULE.finding(
        action.at,
        message,
        key.address,
        related=tuple(Related(principal.at, "may create the grants") for principal in principals),
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
    )


def _in_iam_policy(grant: AllKeysGrant) -> Iterator[Finding]:
    policy, statement, resource, ways = grant
    action = granting_action(statement)
    if action is None:
        return
    message = (
        f"the IAM policy of {policy.address} allows {action} on {resource}{when_in(ways)} with no condition on what a "
        "grant may give or to whom: whoever holds it may hand on the use of every key that leaves the decision to "
        "IAM policies"
    )
    yield RULE.finding(
        action.at,
        message,
        policy.address,
        related=(Related(resource.at, "every key"),),
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
        ways=ways,
    )


def _changes_policies(grant: AllKeysGrant) -> bool:
    """Whether the policy gives kms:PutKeyPolicy besides, perhaps on some keys only: an administrator's."""
    statements = grant.policy.document.statements if grant.policy.document else ()
    return any(names_action(statement, PUT_KEY_POLICY) is not NO for statement in statements)
