"""Estates from plain data: a key with a policy, and who and what there is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmslint.model.consumers import Consumer, Uses
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Key, KeyPolicy, Language, PolicyOrigin
from kmslint.model.policy import Document
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, document, words

KEY_ARN: Final = "arn:<partition>:kms:<region>:<own>:key/<key>"
"""The key of the estate, as its template names it."""
ANY: Final[dict[str, Plain]] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
"""Everything, by an IAM policy."""


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{OWN}:role/{name}"


def to(*names: str, action: Plain = "kms:*", **members: Plain) -> dict[str, Plain]:
    """A statement of a key policy for roles of the account; `account` is the account itself, `*` is everybody."""
    special = {"*": "*", "account": f"arn:aws:iam::{OWN}:root"}
    named = [special.get(name) or (name if ":" in name or "<" in name else role_arn(name)) for name in names]
    return {"Effect": "Allow", "Principal": {"AWS": named}, "Action": action, "Resource": "*", **members}


def deny(statement: dict[str, Plain], **members: Plain) -> dict[str, Plain]:
    return {**statement, "Effect": "Deny", **members}


def when(condition: str, statement: Plain) -> dict[str, Plain]:
    """A statement that is there if a condition of the template holds."""
    return {"if": condition, "then": statement, "else": None}


def policy_of(address: str, statements: Sequence[Plain]) -> IdentityPolicy:
    return IdentityPolicy(address, HERE, document(statements))


def role(name: str, *statements: Plain, kind: IdentityKind = IdentityKind.ROLE) -> Identity:
    """A role of the account with an inline policy of these statements, if there are any."""
    arn = words(f"arn:aws:iam::{OWN}:{kind.value}/{name}")
    return Identity(name, kind, HERE, arn, (policy_of(name, statements),) if statements else ())


def key_of(policy: Plain, key: Key = KEY) -> Key:
    """The key with a policy."""
    return key._replace(policy=KeyPolicy(PolicyOrigin.EXPLICIT, HERE, document(policy)))


def estate_of(
    *keys: Key, identities: Sequence[Identity] = (), consumers: Sequence[Consumer] = (), account: str | None = OWN
) -> Estate:
    """The keys and identities of an account; without its id, only what the template says of it is known."""
    documents: list[Document] = [key.policy.document for key in keys if key.policy.document is not None]
    policies = tuple(policy for identity in identities for policy in identity.policies)
    return Estate(
        "x",
        Language.TERRAFORM,
        keys,
        identities=tuple(identities),
        policies=policies,
        accounts=accounts_of(*documents, configured=account),
        uses=Uses(tuple(consumers)),
    )
