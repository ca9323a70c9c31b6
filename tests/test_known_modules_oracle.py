"""What descriptions of modules come to, against the modules themselves: `KMSLINT_CORPUS=DIR` with their sources in it.

The same call is made of the module on disk and of the one that is only described; keys and policies must be alike.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from kmslint.discovery import Discovered
from kmslint.model.estate import Estate
from kmslint.model.policy import Document
from kmslint.raw import Module, RawFile
from kmslint.terraform_library import TerraformLibrary

CORPUS = Path(os.environ.get("KMSLINT_CORPUS", "/nowhere"))
KMS = CORPUS / "terraform-aws-modules+terraform-aws-kms"
KMS_KEY = CORPUS / "cloudposse+terraform-aws-kms-key"

AROUND = """
variable "unset" {}
variable "unset_list" { type = list(string) }
variable "yes" { type = bool }
resource "aws_iam_role" "r" { name = "r" }
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "KeyUsage"
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::444455556666:root", var.unset]
    }
  }
}
"""
PRINCIPALS = (
    "[]",
    '["arn:aws:iam::111122223333:role/a"]',
    '["*", aws_iam_role.r.arn]',
    "[var.unset]",
    "var.unset_list",
    "concat([aws_iam_role.r.arn], var.unset_list)",
    'var.yes ? ["arn:aws:iam::111122223333:user/b"] : []',
)
SERVICE = '[{ type = "Service", identifiers = ["s3.amazonaws.com"] }]'
UNKNOWN = '[{ type = "AWS", identifiers = [var.unset, "*"] }]'
OWN = '[{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-1"] }]'
READING = 'actions = ["kms:Decrypt"], resources = ["*"]'
KEY_INPUTS = {
    **dict.fromkeys(
        (
            "key_owners",
            "key_administrators",
            "key_users",
            "key_service_users",
            "key_service_roles_for_autoscaling",
            "key_symmetric_encryption_users",
            "key_hmac_users",
            "key_asymmetric_public_encryption_users",
            "key_asymmetric_sign_verify_users",
        ),
        PRINCIPALS,
    ),
    "create": ("true", "false"),
    "create_external": ("true", "false"),
    "create_replica": ("true", "false"),
    "create_replica_external": ("true", "false"),
    "enable_default_policy": ("true", "false", "var.yes"),
    "enable_route53_dnssec": ("true", "false", "var.yes"),
    "route53_dnssec_sources": ('[{ account_ids = ["111122223333"] }]', "[{ hosted_zone_arn = var.unset }]"),
    "source_policy_documents": ("[data.aws_iam_policy_document.d.json]", "var.unset_list"),
    "override_policy_documents": ("[data.aws_iam_policy_document.d.json]", "[var.unset]"),
    "policy": ("data.aws_iam_policy_document.d.json", "null"),
    "key_statements": (
        f'[{{ sid = "S", principals = {SERVICE}, {READING} }}]',
        f'[{{ effect = "Deny", not_principals = {UNKNOWN}, condition = {OWN}, {READING} }}]',
        f'var.yes ? [{{ sid = "C", principals = {UNKNOWN}, {READING} }}] : []',
    ),
    "multi_region": ("true", "var.yes"),
    "enable_key_rotation": ("false", "null", "var.yes"),
    "is_enabled": ("false", "null"),
    "key_usage": ('"SIGN_VERIFY"', "var.unset"),
    "deletion_window_in_days": ("7",),
    "bypass_policy_lockout_safety_check": ("true",),
    "grants": ('{ a = { grantee_principal = aws_iam_role.r.arn, operations = ["Decrypt"] } }',),
    "aliases": ('["a"]', "var.unset_list"),
}
LABELLED = {
    "enabled": ("true", "false", "var.yes", "null"),
    "name": ('"a"',),
    "policy": ("data.aws_iam_policy_document.d.json", '""', "var.unset"),
    "enable_key_rotation": ("false", "var.yes"),
    "multi_region": ("true",),
    "key_usage": ('"SIGN_VERIFY"',),
    "deletion_window_in_days": ("7",),
}


def estate(source: str, inputs: str, real: Path | None = None) -> Estate:
    """The estate of a module with one call."""
    text = f'module "m" {{\n  source = "{source}"\n{inputs}\n}}\n{AROUND}'
    modules = [Module(".", (RawFile("main.tf", text.encode(), named=False),), {"./real": "real"})]
    if real is not None:
        files = (RawFile(f"real/{path.name}", path.read_bytes(), named=False) for path in sorted(real.glob("*.tf")))
        modules.append(Module("real", tuple(files)))
    return TerraformLibrary(Discovered((), tuple(modules), ())).read_estate(".")


def statements(document: Document | None) -> list[str]:
    """The statements in an order of their own, spelt without the names of what is unknown in both for certain."""
    found = []
    for one in document.statements if document is not None else ():
        principals = sorted(f"{each.type} {each.value}" for each in one.principals or ())
        others = sorted(f"{each.type} {each.value}" for each in one.not_principals or ())
        actions = sorted(map(str, (*(one.actions or ()), *(f"not {each}" for each in one.not_actions or ()))))
        conditions = sorted(str(getattr(test, "key", test)) for test in one.conditions)
        guards = sorted(map(str, one.guards))
        words = (one.sid, one.effect, principals, others, actions, sorted(map(str, one.resources or ())))
        found.append(f"{words} {conditions} {guards}".replace(".current[0].", ".current."))
    return found


def settings(found: Estate) -> list[tuple[str, ...]]:
    """Of all keys, but for `prevent_destroy`: it is no input, and descriptions say nothing of it."""
    keys = sorted(found.keys, key=lambda key: key.address)
    return [
        (
            key.address,
            key.kind.value,
            key.policy.origin.value,
            str(
                [getattr(value, "parts", type(value).__name__) for value in key.settings._replace(prevent_destroy=None)]
            ),
        )
        for key in keys
    ]


@pytest.mark.parametrize("number", range(60))
@pytest.mark.parametrize(
    ("real", "source", "inputs"),
    [(KMS, "terraform-aws-modules/kms/aws", KEY_INPUTS), (KMS_KEY, "cloudposse/kms-key/aws", LABELLED)],
    ids=["kms", "kms-key"],
)
def test_a_described_module_is_as_the_real_one(
    real: Path, source: str, inputs: dict[str, tuple[str, ...]], number: int
) -> None:
    if not real.is_dir():
        pytest.skip(f"needs {real.name} in KMSLINT_CORPUS")
    chosen = random.Random(number)
    names = chosen.sample(sorted(inputs), chosen.randint(0, min(8, len(inputs))))
    written = "\n".join(f"  {name} = {chosen.choice(inputs[name])}" for name in names)
    expected, found = estate("./real", written, real), estate(source, written)
    assert settings(found) == settings(expected), written
    assert len(found.grants) == len(expected.grants), written
    for one, other in zip(found.keys, expected.keys, strict=True):
        assert statements(one.policy.document) == statements(other.policy.document), written
        assert one.guards == other.guards
