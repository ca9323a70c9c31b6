"""Estates around the document of a key policy, for questions that take a whole estate."""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.model.estate import (
    Estate,
    Identity,
    IdentityKind,
    IdentityPolicy,
    Key,
    KeyKind,
    KeyPolicy,
    KeySettings,
    Language,
    PolicyOrigin,
)
from kmslint.model.policy import Document
from plain_policies import HERE, OWN, Plain, accounts_of, document, words


def key_of(policy: Document, address: str = "Key", settings: KeySettings | None = None) -> Key:
    """A key with a policy of its own."""
    arn = words("arn:<partition>:kms:<region>:<own>:key/<key>")
    written = KeyPolicy(PolicyOrigin.EXPLICIT, HERE, policy)
    return Key(address, KeyKind.KEY, HERE, arn, written, settings or KeySettings())


def iam_policy(*statements: Plain, address: str = "Policy") -> IdentityPolicy:
    """An IAM policy of these statements."""
    return IdentityPolicy(address, HERE, document(list(statements)))


def role_of(name: str, *policies: IdentityPolicy, kind: IdentityKind = IdentityKind.ROLE) -> Identity:
    """A role or user of the estate: `role Dev`."""
    return Identity(name, kind, HERE, words(f"arn:aws:iam::{OWN}:{kind.value}/{name}"), policies)


def estate_of(
    key_policy: Document | None = None,
    *,
    identities: Iterable[Identity] = (),
    policies: Iterable[IdentityPolicy] = (),
    settings: KeySettings | None = None,
    account: str | None = OWN,
) -> Estate:
    """An estate with one key, if there is a policy for it, and these identities and policies."""
    made, written = tuple(identities), tuple(policies)
    every = [one.document for one in written if one.document is not None]
    keys = () if key_policy is None else (key_of(key_policy, settings=settings),)
    accounts = accounts_of(*([] if key_policy is None else [key_policy]), *every, configured=account)
    attached = tuple(policy for identity in made for policy in identity.policies)
    return Estate(
        "template.yaml",
        Language.CLOUDFORMATION,
        keys=keys,
        identities=made,
        policies=(*written, *attached),
        accounts=accounts,
    )
