"""Resources that use a key, and what services send to them, in few words."""

from __future__ import annotations

from typing import Any, Final

from document_estates import estate_of, iam_policy, key_of, role_of
from kmslint.model.consumers import Consumer, Delivery, Purpose, Sender, Uses
from kmslint.model.estate import Estate, Identity, Key
from kmslint.values import Guard, Guards
from plain_policies import HERE, OWN, Plain, document, value, words

Statement = dict[str, Plain]

C: Final[Guards] = frozenset({Guard("C", True)})
NOT_C: Final[Guards] = frozenset({Guard("C", False)})
D: Final[Guards] = frozenset({Guard("D", True)})
NOT_D: Final[Guards] = frozenset({Guard("D", False)})
E: Final[Guards] = frozenset({Guard("E", True)})
NAME: Final = words("thing").parts
OTHER_NAME: Final = words("other").parts


def consumer(purpose: Purpose, key: Plain = "<key>", address: str = "Thing", **more: Any) -> Consumer:
    """A resource under a key, which is called `thing`."""
    return Consumer(address, HERE, purpose, value(key), HERE, **{"names": (NAME,), **more})


def delivery(sender: Sender, to: Plain = "thing", address: str = "Sender", **more: Any) -> Delivery:
    """Something that is sent to it."""
    return Delivery(address, HERE, sender, value(to), **more)


def allow(principal: Plain, *actions: str, **more: Plain) -> Statement:
    """An Allow: of these actions, or of all of KMS."""
    return {"Effect": "Allow", "Principal": principal, "Action": list(actions) or "kms:*", "Resource": "*", **more}


ACCOUNT: Final = allow({"AWS": OWN})


def estate_with(uses: Uses, *statements: Plain, key: Key | None = None) -> Estate:
    """These uses beside a key with that policy, or with one for the account alone."""
    policy = document(list(statements) or [ACCOUNT])
    return estate_of(policy)._replace(keys=(key_of(policy) if key is None else key,), uses=uses)


ARN: Final = f"arn:aws:iam::{OWN}:role/Dev"
ON_KEY: Final = "arn:<partition>:kms:<region>:<own>:key/<key>"
QUEUE: Final = Uses((consumer(Purpose.QUEUE),))


def iam(action: Plain, resource: Plain = "thing", **more: Plain) -> Statement:
    """An Allow of an IAM policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


SEND: Final = iam("sqs:SendMessage")


def dev(*statements: Plain) -> Identity:
    """A role whose policy says that."""
    return role_of("Dev", iam_policy(*statements, address="Dev"))


def with_roles(uses: Uses, *roles: Identity, policy: list[Plain] | None = None) -> Estate:
    """These uses and roles, beside a key with that policy."""
    return estate_of(document([ACCOUNT] if policy is None else policy), identities=roles)._replace(uses=uses)
