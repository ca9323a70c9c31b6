"""Which IAM policies give permissions, and which are there as permissions boundaries alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import pytest

from kmslint.access.giving import giving_policies
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Language
from plain_policies import FOREIGN, HERE, OWN, Plain, accounts_of, document, words

POLICY = f"arn:aws:iam::{OWN}:policy/Limit"
MAKES: dict[str, Plain] = {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*"}


def gives(policy: IdentityPolicy, *others: IdentityPolicy, boundary: str | None = None, held: bool = False) -> bool:
    """Whether the policy gives permissions, beside others and a role that has this boundary."""
    dev = Identity(
        "Dev",
        IdentityKind.ROLE,
        HERE,
        words(f"arn:aws:iam::{OWN}:role/Dev"),
        (policy,) if held else (),
        boundary_arns=() if boundary is None else (words(boundary),),
    )
    estate = Estate(
        "x", Language.TERRAFORM, identities=(dev,), policies=(policy, *others), accounts=accounts_of(configured=OWN)
    )
    return policy in giving_policies(estate)


def limit(arn: str | None = POLICY, attached: bool = False) -> IdentityPolicy:
    return IdentityPolicy("Limit", HERE, None, arn=None if arn is None else words(arn), attached=attached)


@pytest.mark.parametrize(
    ("arn", "boundary", "answer"),
    [
        (POLICY, None, True),
        (POLICY, POLICY, False),
        (POLICY, f"arn:aws:iam::{OWN}:policy/Other", True),
        (POLICY, f"arn:aws:iam::{FOREIGN}:policy/Limit", True),
        (f"arn:aws:iam::{FOREIGN}:policy/Limit", POLICY, True),
        (f"arn:aws:iam::{FOREIGN}:policy/Limit", f"arn:aws:iam::{FOREIGN}:policy/Limit", False),
        # The own account, by its number or as the template spells it.
        ("arn:<partition>:iam::<own>:policy/Limit", POLICY, False),
        (POLICY, "arn:<partition>:iam::<own>:policy/Limit", False),
        (f"arn:aws:iam::{FOREIGN}:policy/Limit", "arn:<partition>:iam::<own>:policy/Limit", True),
        ("arn:<partition>:iam::<own>:policy/Limit", "arn:<partition>:iam::<account>:policy/Limit", True),
        # Nobody knows which one it is.
        (POLICY, "<boundary>", True),
        (None, POLICY, True),
        ("<policy>", POLICY, True),
    ],
)
def test_the_boundary_of_a_role(arn: str | None, boundary: str | None, answer: bool) -> None:
    assert gives(limit(arn), boundary=boundary) is answer


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringEquals": {"iam:PermissionsBoundary": POLICY}}, False),
        ({"StringEquals": {"IAM:permissionsBoundary": ["arn:aws:iam::aws:policy/Other", POLICY]}}, False),
        ({"StringLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/Limit"}}, False),
        ({"StringEquals": {"iam:PolicyARN": POLICY}}, True),
        ({"StringEquals": {"<key>": POLICY}}, True),
        ("<<condition>>", True),
    ],
)
def test_the_boundary_that_a_policy_asks_for(condition: Plain, answer: bool) -> None:
    makes = IdentityPolicy("Makes", HERE, document([{**MAKES, "Condition": condition}]))
    unseen = IdentityPolicy("Unseen", HERE, None)
    assert gives(limit(), unseen, makes) is answer


def test_a_boundary_that_is_attached_too_gives_what_it_says() -> None:
    assert gives(limit(attached=True), boundary=POLICY)
    assert gives(limit(), boundary=POLICY, held=True)
