"""KMS505: a replica lets in others than the key it is made from."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.askers import Asker
from kmslint.access.naming import enumerate_names
from kmslint.access.replicas import Divergence, divergences
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS505",
    name="replica-policy-differs",
    title="A replica lets in others than its primary key",
    severity=Severity.LOW,
    rationale="""\
A multi-Region key and its replicas hold the same key material: what is encrypted under one can be decrypted under
any of them. Their key policies are independent, and KMS keeps nothing of them in step. Whoever may use the replica
reads the data of the primary key, so the wider of the two policies is the one that counts; and who is named in one
of them alone is shut out as soon as the other Region has to take over.""",
    remediation="""\
Write the policy once, and give it to the primary key and to all of its replicas.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html",
    ),
    silenced_by=(Silence("KMS504", Scope.KEY),),
    cloudformation=None,  # a stack works in one Region, so that key and replica never stand in one template
    terraform=Examples(
        bad="""\
provider "aws" {
  alias  = "second"
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  multi_region        = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Administrator"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Administrator" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_replica_key" "data" {
  provider        = aws.second
  primary_key_arn = aws_kms_key.data.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
""",
        good="""\
provider "aws" {
  alias  = "second"
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  multi_region        = true
  policy              = local.policy
}

resource "aws_kms_replica_key" "data" {
  provider        = aws.second
  primary_key_arn = aws_kms_key.data.arn
  policy          = local.policy
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each replica that lets in others than its primary key."""
    for divergence in divergences(estate):
        yield _finding(divergence)


def _finding(divergence: Divergence) -> Finding:
    replica, primary, more, fewer = divergence
    told = [
        f"{_names(one)} may use {here.address} and not {there.address}"
        for one, here, there in ((more, replica, primary), (fewer, primary, replica))
        if one
    ]
    message = f"{', and '.join(told)}, although both have the same key material: {replica.address} is its replica"
    return RULE.finding(
        replica.at,
        message,
        replica.address,
        related=(Related(primary.at, "the primary key"),),
        subject="KeyPolicy",
    )


def _names(who: tuple[Asker, ...]) -> str:
    return enumerate_names(asker.label for asker in who)
