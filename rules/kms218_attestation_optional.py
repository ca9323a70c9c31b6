"""KMS218: attestation is asked for, and not needed."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.attestation import (
    Bypass,
    attestation_tests,
    attested_action,
    bypasses,
    is_demanded,
    is_optional,
)
from kmslint.access.naming import principal_name, when
from kmslint.aws.actions import Action
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Document, Statement, Test

RULE = Rule(
    id="KMS218",
    name="attestation-optional",
    title="Attestation is asked for, and requests without it pass",
    severity=Severity.MEDIUM,
    rationale="""\
A condition on kms:RecipientAttestation lets an enclave decrypt only if its image is the one that was measured. Every
request that does not come from an enclave lacks the key: under an ...IfExists operator or a negated one it passes,
and gets the plaintext. The same comes of a second statement, or an IAM policy where the account decides, that
allows the role kms:Decrypt without the condition: whoever has the role has no need of the enclave.""",
    remediation="""\
Use a positive operator without IfExists, such as StringEqualsIgnoreCase, and let no other statement give the role
these actions; a Deny under the negated condition holds whatever else is allowed.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/cryptographic-attestation.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    ),
    counterparts=(
        Counterpart(Catalogue.CWE, ("CWE-732",)),
        Counterpart(
            Catalogue.PROWLER,
            ("kms_key_enclave_attestation_not_enforced", "kms_key_enclave_attestation_bypassable_path"),
        ),
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
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
          - Sid: Enclave
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Enclave"}
            Action: kms:Decrypt
            Resource: "*"
            Condition: {StringEqualsIgnoreCaseIfExists: {"kms:RecipientAttestation:PCR8": 9fedcba8abcdef7abcdef6}}
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
          - Sid: Enclave
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Enclave"}
            Action: kms:Decrypt
            Resource: "*"
            Condition: {StringEqualsIgnoreCase: {"kms:RecipientAttestation:PCR8": 9fedcba8abcdef7abcdef6}}
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
        Sid       = "Enclave"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Enclave" }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringEqualsIgnoreCase = { "kms:RecipientAttestation:PCR8" = "9fedcba8abcdef7abcdef6" } }
      },
      {
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Enclave" }
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
        Sid       = "Enclave"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Enclave" }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringEqualsIgnoreCase = { "kms:RecipientAttestation:PCR8" = "9fedcba8abcdef7abcdef6" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each condition that asks in vain, in key policies and in IAM policies."""
    for key, document in estate.key_documents():
        yield from (_optional(*found, key.address) for found in _asking_in_vain(document))
    for policy in estate.policies:
        if policy.document is not None:
            yield from (_optional(*found, policy.address) for found in _asking_in_vain(policy.document))
    for bypass in bypasses(estate):
        yield _bypassed(bypass, estate)


def _asking_in_vain(document: Document) -> Iterator[tuple[Statement, Test, Action]]:
    """The statements of whose conditions on attestation none has to be met."""
    for statement in () if is_demanded(document) else document.statements:
        tests, action = attestation_tests(statement), attested_action(statement)
        if tests and action is not None and all(map(is_optional, tests)):
            yield statement, tests[0], action


def _optional(statement: Statement, test: Test, action: Action, resource: str) -> Finding:
    message = (
        f"statement {statement.label} of {resource} allows {action.name} without any attestation{when(statement)}: a "
        f"request that has none passes {test.operator}{'IfExists' if test.if_exists else ''} {test.key}"
    )
    subject = f"Statement[{statement.label}].Condition"
    return RULE.finding(test.at, message, resource, statement=statement, subject=subject)


def _bypassed(bypass: Bypass, estate: Estate) -> Finding:
    key, statement, test, principal, action, past = bypass
    by = "its IAM policies allow" if past is None else f"statement {past.label} allows"
    message = (
        f"{principal_name(principal, estate)} may call {action.name} on {key.address} without any attestation"
        f"{when(statement)}: statement {statement.label} asks for {test.key}, but {by} the same without"
    )
    return RULE.finding(
        test.at,
        message,
        key.address,
        related=() if past is None else (Related(past.header, "allows it without attestation"),),
        statement=statement,
        subject=f"Statement[{statement.label}].{principal.value}",
    )
