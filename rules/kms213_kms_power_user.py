"""KMS213: AWS's managed policy for power users of KMS is attached."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Identity, IdentityPolicy

RULE = Rule(
    id="KMS213",
    name="kms-power-user",
    title="AWSKeyManagementServicePowerUser gives less, and more, than its name says",
    severity=Severity.INFO,
    rationale="""\
The managed policy AWSKeyManagementServicePowerUser has no kms:Encrypt, no kms:Decrypt and nothing else that uses a
key; nor can it change a key policy. It creates keys, shows all of them and their policies, and changes tags and
aliases of every key that lets IAM policies decide: with that it can move an alias that applications encrypt by, or
pass a condition on a tag that lets somebody else in.""",
    remediation="""\
If the identity is to use a key, name the cryptographic actions and the key in a policy of its own; if it is to look
at keys, kms:Describe*, kms:Get* and kms:List* are enough.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/aws-managed-policies.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSKeyManagementServicePowerUser.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/abac.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  Team:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "sts:AssumeRole"}
""",
        good="""\
Resources:
  Team:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: keys
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["kms:Describe*", "kms:Get*", "kms:List*"], Resource: "*"}
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "sts:AssumeRole"}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_policy_attachment" "keys" {
  user       = aws_iam_user.alice.name
  policy_arn = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"
}
""",
        good="""\
resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_policy" "keys" {
  user = aws_iam_user.alice.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Describe*", "kms:Get*", "kms:List*"], Resource = "*" }]
  })
}
""",
    ),
)

_NAME = ":policy/AWSKeyManagementServicePowerUser"


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each role, user or group that has the policy."""
    for identity in estate.identities:
        attached = (policy for policy in identity.policies if policy.managed_by_aws and policy.address.endswith(_NAME))
        if not identity.elsewhere:
            yield from (_finding(identity, policy) for policy in attached)


def _finding(identity: Identity, policy: IdentityPolicy) -> Finding:
    message = (
        f"{identity.label} has AWSKeyManagementServicePowerUser, which neither encrypts nor decrypts with any key: it "
        "creates keys, shows them all, and changes the tags and aliases of those that let IAM policies decide"
    )
    return RULE.finding(policy.at, message, identity.address, subject="AWSKeyManagementServicePowerUser")
