"""KMS410: the same member twice in one map: only one of the two can count."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.duplicates import Duplicate, Reader
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS410",
    name="duplicate-key",
    title="The same member twice in a template, policy or object",
    severity=Severity.HIGH,
    rationale="""\
A map has one value under a name. Where a name stands twice, whoever reads the map decides what becomes of it, and
whoever reviews it sees a statement, an Effect or a whole resource that may not be there. CloudFormation takes such a
template; its guide calls the behaviour undefined, and the last member has been seen to win. IAM refuses to save a
policy with it, but a policy rarely arrives as it was written: CloudFormation and Terraform's provider read it and
write it anew. In an object of Terraform's language the last member wins, without a word. Where it is not certain
which of the two counts, kmslint judges both and says in which case a finding holds.""",
    remediation="""\
Delete one of the two, or make one of them: Statement, Action, Resource and AWS take a list.""",
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html#duplicateelement",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("E0000",)),),
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:*"
            Resource: "*"
        Statement:
          - Sid: Logs
            Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"]
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:*"
            Resource: "*"
          - Sid: Logs
            Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"]
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
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
        Condition = { StringEquals = { "aws:PrincipalType" = "Account" } }
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
        Condition = {
          Bool         = { "aws:MultiFactorAuthPresent" = "true" }
          StringEquals = { "aws:PrincipalType" = "Account" }
        }
      },
    ]
  })
}
""",
    ),
)

_CONSEQUENCES = {
    Reader.CLOUDFORMATION: "CloudFormation deploys one of the two, and its guide does not say which",
    Reader.TERRAFORM: "Terraform takes the last one without a word, and what stood before is lost",
    Reader.AWS: "IAM refuses to save such a policy, and whatever reads and rewrites it before keeps one of the two",
}


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each name that stands in a map again, at the place where it does."""
    for duplicate in estate.duplicates:
        yield _finding(duplicate, _map(duplicate), duplicate.owner or estate.path)
    of_texts = ((duplicate, owner) for owner, document in estate.documents() for duplicate in document.duplicates)
    for duplicate, owner in dict.fromkeys(of_texts):
        text = f"the policy text of {owner}"
        yield _finding(duplicate, f"{duplicate.path} of {text}" if duplicate.path else text, owner)


def _map(duplicate: Duplicate) -> str:
    """The map that the name stands in."""
    owner, path = duplicate.owner, duplicate.path
    if duplicate.reader is Reader.TERRAFORM:
        whole = f"an object in {owner or duplicate.at.path}"
    else:
        whole = owner or "the template"
        if not owner and path:
            return path
    return f"{path} of {whole}" if path else whole


def _finding(duplicate: Duplicate, where: str, resource: str) -> Finding:
    message = f'"{duplicate.name}" stands twice in {where}: {_CONSEQUENCES[duplicate.reader]}'
    return RULE.finding(
        duplicate.at,
        message,
        resource,
        related=(Related(duplicate.first, f'the first "{duplicate.name}"'),),
        subject=f"{duplicate.path}.{duplicate.name}",
    )
