"""KMS208: an IAM policy allows kms:Decrypt or kms:ReEncryptFrom on all keys."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.all_keys import (
    AllKeysGrant,
    all_keys_grants,
    covers_all_of_kms,
    decrypting_action,
    in_any_account,
    is_held_back,
)
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import texts
from kmslint.model.ways import when_in
from kmslint.values import Text

RULE = Rule(
    id="KMS208",
    name="iam-decrypt-all-keys",
    title="An IAM policy allows decryption with every key",
    severity=Severity.MEDIUM,
    rationale="""\
"*" in the Resource of an IAM policy means every key of every account that lets this account's IAM policies
decide. An identity that may decrypt with all of them reads whatever it can reach, today's data and
tomorrow's, and the key no longer separates anything. Security Hub reports the same as KMS.1 and KMS.2.""",
    remediation="""\
Name the ARNs of the keys, or limit the statement by kms:ViaService, kms:EncryptionContext, kms:ResourceAliases
or aws:ResourceTag.""",
    references=(
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    ),
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("KMS.1", "KMS.2")),
        Counterpart(
            Catalogue.CONFIG, ("iam-customer-policy-blocked-kms-actions", "iam-inline-policy-blocked-kms-actions")
        ),
        Counterpart(Catalogue.CWE, ("CWE-266",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_355", "CKV_AWS_356")),
    ),
    silenced_by=(Silence("KMS207", Scope.STATEMENT),),
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
                Action: ["kms:Decrypt"]
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
                Action: ["kms:Decrypt"]
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
      Action   = ["kms:Decrypt"]
      Resource = "arn:aws:kms:*:*:key/*"
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
      Action   = ["kms:Decrypt"]
      Resource = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement of an IAM policy that allows decryption on all keys, unconditionally."""
    for grant in all_keys_grants(estate):
        action = next((action for action in texts(grant.statement.actions) if _decrypts(action)), None)
        if action is not None and not is_held_back(grant, ("kms:Decrypt",)):
            yield _finding(grant, action)


def _decrypts(action: Text) -> bool:
    """Whether an entry of Action names decryption without being the kms:* that KMS207 is about."""
    return decrypting_action(action) and not covers_all_of_kms(action)


def _finding(grant: AllKeysGrant, action: Text) -> Finding:
    policy, statement, resource, ways = grant
    message = (
        f"the IAM policy of {policy.address} allows {action} on {resource}{when_in(ways)}: whoever holds it may "
        f"decrypt with every key that leaves the decision to IAM policies{_others(resource)}"
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


def _others(resource: Text) -> str:
    return ", those of other accounts included" if in_any_account(resource) else ""
