"""KMS416: a condition on what only the calls of AWS services carry, for principals that are none."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.conditions import without_key
from kmslint.access.naming import enumerate_names, principal_name, when
from kmslint.access.principals import Form, form
from kmslint.access.written import Written, key_of, key_statements
from kmslint.aws.condition_keys import SERVICE_ONLY
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, Principal, PrincipalType, Test
from kmslint.verdict import NEVER

RULE = Rule(
    id="KMS416",
    name="context-only-services-carry",
    title="Users and roles are allowed under a condition that only AWS services meet",
    severity=Severity.MEDIUM,
    rationale="""\
aws:SourceArn, aws:SourceAccount and their like say for which resource an AWS service calls in its own name. They
are there to keep a service principal from being used by strangers. When a user or a role calls KMS, itself or
through a service, the request carries none of them: the test fails, and the statement gives users, roles and
accounts nothing at all.""",
    remediation="""\
Keep the condition with the service principal that it is meant for. To tie users and roles to a service, test
kms:ViaService; to an account, kms:CallerAccount; to a resource, an encryption context such as
kms:EncryptionContext:aws:s3:arn.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn",
        "https://docs.aws.amazon.com/kms/latest/developerguide/least-privilege.html#least-privilege-source-arn",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service",
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
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
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
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"kms:ViaService": !Sub "s3.${AWS::Region}.amazonaws.com"}}
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
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:s3:::data" } }
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
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:s3:::data" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each Allow to users, roles or accounts under such a test."""
    for written in key_statements(estate):
        callers = _callers(written)
        test = _test(written)
        if callers and test is not None:
            yield _finding(written, test, callers, estate)


_CALLERS = frozenset({Form.ACCOUNT, Form.ROLE, Form.USER, Form.SESSION, Form.DEPLOYER, Form.RESOURCE})


def _callers(written: Written) -> tuple[Principal, ...]:
    """The principals that are certainly users, roles or accounts; "*" means services as well."""
    statement = written.statement
    principals = statement.principals or ()
    if statement.effect is not Effect.ALLOW or any(map(_is_by_the_guide, principals)):
        return ()
    return tuple(principal for principal in principals if form(principal) in _CALLERS)


def _is_by_the_guide(principal: Principal) -> bool:
    """The statement for CloudFront in AWS's own guide names the account beside the service.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return principal.type is PrincipalType.SERVICE and str(principal.value).startswith("cloudfront.")


def _test(written: Written) -> Test | None:
    for test in written.statement.conditions:
        if isinstance(test, Test) and key_of(test) in SERVICE_ONLY and without_key(test) == NEVER:
            return test
    return None


def _finding(written: Written, test: Test, callers: tuple[Principal, ...], estate: Estate) -> Finding:
    statement = written.statement
    who = enumerate_names(principal_name(caller, estate) for caller in callers)
    message = (
        f"{written.name}{when(statement)} gives {who} nothing: it tests {test.key}, which requests carry only when an "
        f"AWS service calls in its own name"
    )
    return RULE.finding(
        test.at,
        message,
        written.resource,
        related=tuple(Related(caller.at, "never carries it") for caller in callers[:_SHOWN]),
        statement=statement,
        subject=f"Statement[{statement.label}].Condition {test.operator} {test.key}",
    )


_SHOWN = 3
