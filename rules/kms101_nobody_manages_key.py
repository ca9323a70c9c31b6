"""KMS101: no principal can ever change the key policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import Branch, LockoutClass, branch_of
from kmslint.access.reach import why_without_administrators
from kmslint.access.refused import refused_alone
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.engine.finding import Finding, Related, Severity, StatementPlace
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in
from kmslint.values import boolean

RULE = Rule(
    id="KMS101",
    name="nobody-manages-key",
    title="Nobody can manage the key",
    severity=Severity.CRITICAL,
    rationale="""\
A key obeys its key policy alone. Unlike other resource policies it gives nothing to the account by itself:
no principal, not the creator and not the root user, may do anything with the key unless the key policy says
so. If no statement lets somebody of the account call kms:PutKeyPolicy, the policy can never be repaired;
only AWS Support can give control of the key back. Services, other accounts and grants do not help: they
cannot change a key policy. AWS refuses such a policy, unless the safety check is bypassed.""",
    remediation="""\
Add a statement of its own that allows kms:* to the account principal (arn:aws:iam::ACCOUNT:root): it hands
the permissions to the account's IAM policies and keeps the root user able to act.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    ),
    silenced_by=(Silence("KMS103", Scope.KEY), Silence("KMS404", Scope.STATEMENT)),
    cloudformation=Examples(
        bad="""\
Resources:
  LogKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Logs
            Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]
            Resource: "*"
""",
        good="""\
Resources:
  LogKey:
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
          - Sid: Logs
            Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]
            Resource: "*"
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "logs" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Logs"
      Effect    = "Allow"
      Principal = { Service = "logs.eu-west-1.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
    }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "logs" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.eu-west-1.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that nobody can manage."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.NOBODY, document, key, estate.accounts_of(key))
        if branch is not None:
            yield _finding(key, branch, estate)


def _finding(key: Key, branch: Branch, estate: Estate) -> Finding:
    message = (
        f"nobody may call kms:PutKeyPolicy on {key.address}{when_in(branch.ways)}, not even the root user: "
        f"{_consequence(key)}"
    )
    reasons = why_without_administrators(branch.document, key, estate)
    distinct = dict.fromkeys((one.header, reason) for one, reason in reasons)
    related = tuple(Related(at, reason) for at, reason in distinct)
    finding = RULE.finding(key.at, message, key.address, related=related, subject="KeyPolicy", ways=branch.ways)
    refused = refused_alone(PUT_KEY_POLICY, branch.document, estate)
    if refused is None:
        return finding
    # Whoever says why AWS refuses the statement has said it all.
    return finding._replace(statement=StatementPlace(refused.at, refused.position, refused.sid or ""))


def _consequence(key: Key) -> str:
    if boolean(key.settings.bypass_lockout_check) is True:
        return "with the safety check bypassed the key will be locked, and only AWS Support can open it again"
    return "AWS will refuse this policy, and if it got through only AWS Support could open the key again"
