"""KMS207: an IAM policy allows kms:* on all keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.all_keys import AllKeysGrant, all_keys_grants, covers_all_of_kms, is_held_back
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate
from kmslint.model.policy import texts
from kmslint.model.ways import when_in
from kmslint.values import Text

RULE = Rule(
    id="KMS207",
    name="iam-kms-star",
    title="An IAM policy allows every KMS action on every key",
    severity=Severity.HIGH,
    rationale="""\
Every key that delegates to the account, as AWS's default key policy does, obeys the account's IAM policies.
An IAM policy with kms:* on "*" then rules all of them: it decrypts everything, rewrites key policies and
schedules keys for deletion, and it does the same with every key of another account that trusts this one.
AWS's best practices for KMS ask to keep kms:* out of IAM policies.""",
    remediation="""\
Name the actions the identity calls and the ARNs of the keys it calls them on.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access.html",
    ),
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("KMS.1", "KMS.2", "IAM.21")),
        Counterpart(
            Catalogue.CONFIG,
            (
                "iam-customer-policy-blocked-kms-actions",
                "iam-inline-policy-blocked-kms-actions",
                "iam-policy-no-statements-with-full-access",
            ),
        ),
        Counterpart(Catalogue.CONTROL_TOWER, ("CT.IAM.PR.3",)),
        Counterpart(Catalogue.CWE, ("CWE-266",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_355", "CKV_AWS_356")),
        Counterpart(Catalogue.CFN_NAG, ("F3", "F4", "F5")),
        Counterpart(Catalogue.PROWLER, ("iam_policy_no_full_access_to_kms", "iam_inline_policy_no_full_access_to_kms")),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  Api:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: keys
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "kms:*"
                Resource: "*"
""",
        good="""\
Resources:
  Api:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: keys
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["kms:Decrypt", "kms:GenerateDataKey"]
                Resource: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_iam_policy" "keys" {
  name = "keys"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "kms:*"
      Resource = "*"
    }]
  })
}
""",
        good="""\
resource "aws_iam_policy" "keys" {
  name = "keys"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }]
  })
}
""",
    ),
)

_ALL_SORTS: Final = {"use": "kms:Decrypt", "rewrite": "kms:PutKeyPolicy", "delete": "kms:ScheduleKeyDeletion"}
"""What the message says of whoever holds the policy, and the action that it takes."""


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement of an IAM policy that allows kms:* on all keys."""
    for grant in all_keys_grants(estate):
        action = next((action for action in texts(grant.statement.actions) if covers_all_of_kms(action)), None)
        if action is not None and not is_held_back(grant, _ALL_SORTS.values()):
            yield _finding(grant, action)


def _finding(grant: AllKeysGrant, action: Text) -> Finding:
    policy, statement, resource, ways = grant
    left = enumerate_names(verb for verb, name in _ALL_SORTS.items() if not is_held_back(grant, (name,)))
    message = (
        f"the IAM policy of {policy.address} allows {action} on {resource}{when_in(ways)}: whoever holds it may {left} "
        "every key that leaves the decision to IAM policies, as keys do by default"
    )
    return RULE.finding(
        action.at,
        message,
        policy.address,
        related=(Related(resource.at, "every key"),),
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
        ways=ways,
    )
