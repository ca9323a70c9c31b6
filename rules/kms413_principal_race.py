"""KMS413: a key policy that names a role of its own template, which may not be there yet."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.identities import identity_of
from kmslint.access.naming import when
from kmslint.access.written import Written, key_statements
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Identity, Language
from kmslint.model.policy import Principal

RULE = Rule(
    id="KMS413",
    name="principal-race",
    title="The key may be made before the role that its policy names",
    severity=Severity.LOW,
    rationale="""\
KMS takes a key policy only if the users and roles that it names are there. CloudFormation makes resources side by
side unless one names the other, and an ARN that is put together from a name names nothing: whether the role or the
key is made first is chance, and when the key is, the stack fails with "Policy contains a statement with one or
more invalid principals". Terraform tries again for a while in that case; CloudFormation does not.""",
    remediation="""\
Write the principal as Fn::GetAtt of the role, or list the role in DependsOn of the key. If the role's own policies
name the key, so that the two would wait for each other, put those into an AWS::IAM::Policy.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html",
        "https://repost.aws/knowledge-center/kms-policy-error-invalid-principals",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  Team:
    Type: AWS::IAM::Role
    Properties:
      RoleName: team
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
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
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/team"}
            Action: "kms:Decrypt"
            Resource: "*"
""",
        good="""\
Resources:
  Team:
    Type: AWS::IAM::Role
    Properties:
      RoleName: team
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
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
            Principal: {AWS: !GetAtt Team.Arn}
            Action: "kms:Decrypt"
            Resource: "*"
""",
    ),
    terraform=None,
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each principal that is an identity of the key's template and may be made after the key."""
    if estate.language is not Language.CLOUDFORMATION:
        return
    for written in key_statements(estate):
        statement = written.statement
        for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
            identity = identity_of(principal, estate)
            if identity is not None and _may_come_later(identity, written):
                yield _finding(written, principal, identity)


def _may_come_later(identity: Identity, written: Written) -> bool:
    key = written.key
    if key is None or identity.elsewhere or identity.at.source is not key.at.source:
        return False
    return identity.address not in key.made_after


def _finding(written: Written, principal: Principal, identity: Identity) -> Finding:
    statement = written.statement
    message = (
        f"{written.name}{when(statement)} names {identity.label} by an ARN that is put together, so CloudFormation may "
        f"make {written.resource} before it, and then KMS refuses the policy"
    )
    return RULE.finding(
        principal.at,
        message,
        written.resource,
        related=(Related(identity.at, f"{identity.label} is made here"),),
        statement=statement,
        subject=f"Statement[{statement.label}].Principal {identity.address}",
        advice=f"name it by Fn::GetAtt, or write DependsOn: {identity.address}",
    )
