"""KMS214: one user or role is on both lists, the administrators' and the users'."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import principal_name
from kmslint.access.separation import BothHands, both_hands
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Profile, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS214",
    name="administers-and-uses",
    title="Who administers the key uses it as well",
    severity=Severity.LOW,
    rationale="""\
AWS's console keeps two lists for a key, its administrators and its users, so that whoever decides who reads the data
is not one of those who read it. A principal that stands in a statement of each list is both: whoever takes that role
can read what the key protects and let others in, and nobody has to agree.""",
    remediation="""\
Take the principal out of one of the two statements, and let people take a role of its own for administration.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access.html",
    ),
    profile=Profile.STRICT,
    silenced_by=(
        Silence("KMS404", Scope.KEY),  # AWS refuses the policy, whichever of the two statements it is
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS202", Scope.STATEMENT),
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
          - Sid: Administer
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
            Resource: "*"
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
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
          - Sid: Administer
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
            Resource: "*"
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
            Resource: "*"
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
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/KeyAdmin" }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
        Resource  = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/KeyAdmin" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
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
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/KeyAdmin" }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
        Resource  = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each user or role and key, at the statement that lets it administer."""
    return (_finding(found, estate) for found in both_hands(estate))


def _finding(found: BothHands, estate: Estate) -> Finding:
    key, principal, statement, use, using, used_by = found
    message = (
        f"{principal_name(principal, estate)} may administer {key.address} and use it: statement {statement.label} "
        f"gives it kms:PutKeyPolicy, and statement {using.label} {use.name}"
    )
    return RULE.finding(
        principal.at,
        message,
        key.address,
        related=(Related(used_by.at, f"may call {use.name}"),),
        statement=statement,
        subject=f"Statement[{statement.label}].{principal.value}",
    )
