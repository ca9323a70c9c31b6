"""KMS215: a grant of the estate that its grantee may hand on, or that names a whole account."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.account_grants import is_left_to_iam, key_of_own_account
from kmslint.access.principals import Form, form, is_service_linked_role
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Grant
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Items, Text

RULE = Rule(
    id="KMS215",
    name="broad-grant",
    title="A grant gives a key to more than one principal",
    severity=Severity.MEDIUM,
    rationale="""\
A grant lets its grantee use a key whatever the key policy says. With CreateGrant among its operations the grantee
may create further grants with the other operations, for anybody in any account, and no template shows them; a
constraint on the encryption context would bind those too. A grant to another account as a whole leaves it to that
account who uses the key; one to the key's own account names nobody, and says no more than a key policy that leaves
the decision to IAM policies.""",
    remediation="""\
Name one role as the grantee and the operations that it calls, without CreateGrant; if it must create grants, add
a constraint on the encryption context.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/grant-best-practices.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    cloudformation=None,
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_grant" "worker" {
  key_id            = aws_kms_key.data.key_id
  grantee_principal = "arn:aws:iam::111122223333:role/worker"
  operations        = ["Decrypt", "GenerateDataKey", "CreateGrant"]
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_grant" "worker" {
  key_id            = aws_kms_key.data.key_id
  grantee_principal = "arn:aws:iam::111122223333:role/worker"
  operations        = ["Decrypt", "GenerateDataKey"]
}
""",
    ),
)


_KNOWN = frozenset({Form.ACCOUNT, Form.ROLE, Form.USER, Form.SESSION, Form.RESOURCE, Form.DEPLOYER})


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each grant, at the operation that hands it on, or at the account that gets it."""
    for grant in estate.grants:
        grantee = Principal(PrincipalType.AWS, grant.grantee) if isinstance(grant.grantee, Text) else None
        if grantee is None or form(grantee) not in _KNOWN:
            continue
        create = _create_grant(grant)
        # Amazon EC2 Auto Scaling uses keys of other accounts by such a grant, as its guide has it.
        # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
        if create is not None and not grant.constrained and not is_service_linked_role(grantee):
            message = (
                f"{grant.grantee} may hand on to anybody what {grant.address} grants: CreateGrant is among its "
                "operations, and there is no constraint on the encryption context"
            )
            yield RULE.finding(create.at, message, grant.address, subject="operations")
        elif form(grantee) is Form.ACCOUNT:
            yield _to_account(grant, grantee, estate)


def _create_grant(grant: Grant) -> Text | None:
    """The entry of operations that lets the grantee create grants."""
    operations = grant.operations.items if isinstance(grant.operations, Items) else ()
    return next((one for one in operations if isinstance(one, Text) and one.literal == "CreateGrant"), None)


def _to_account(grant: Grant, grantee: Principal, estate: Estate) -> Finding:
    key = key_of_own_account(grant, grantee, estate)
    if key is None:
        message = (
            f"{grant.address} grants the use of a key to the whole account {grant.grantee}, not to one role: that "
            "account says who uses it"
        )
    else:
        already = (
            "its IAM policies decide about these operations anyway, by the key policy, and AWS does not say that such "
            "a grant gives them more"
            if is_left_to_iam(grant, key, estate)
            else "AWS does not say which of its users and roles may use the key by that"
        )
        message = (
            f"{grant.address} grants the use of {key.address} to the account that it belongs to ({grant.grantee}), and "
            f"so to nobody in particular: {already}"
        )
    return RULE.finding(grantee.at, message, grant.address, subject="grantee_principal")
