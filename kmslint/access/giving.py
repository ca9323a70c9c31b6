"""The IAM policies that give permissions: one that only bounds identities gives none.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.situation import is_own
from kmslint.model.accounts import Accounts
from kmslint.model.arn import Arn, parse_arn
from kmslint.model.estate import Estate, IdentityPolicy
from kmslint.model.policy import Test, texts
from kmslint.values import Text, TextIdentity
from kmslint.verdict import YES
from kmslint.wildcard import covers, fold

_BOUNDARY_OF_REQUEST: Final = "iam:permissionsboundary"
"""The boundary that somebody gives, or has to give, to the identity that the request makes or changes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""


def giving_policies(estate: Estate) -> Iterator[IdentityPolicy]:
    """The estate's IAM policies but those that are permissions boundaries and that nothing here attaches."""
    held = {policy.address for identity in estate.identities for policy in identity.policies}
    named: dict[TextIdentity, list[Arn]] = {}
    for text in _boundaries(estate):
        arn = parse_arn(text)
        if arn is not None:
            named.setdefault(arn.resource.identity, []).append(arn)
    for policy in estate.policies:
        arn = parse_arn(policy.arn) if policy.arn is not None else None
        is_boundary = arn is not None and any(
            _is_same_account(one.account, arn.account, estate.accounts) for one in named.get(arn.resource.identity, ())
        )
        if policy.attached or policy.address in held or not is_boundary:
            yield policy


def _boundaries(estate: Estate) -> Iterator[Text]:
    """What the estate names as boundaries: of its identities, or in what it asks of those that are made later."""
    for identity in estate.identities:
        yield from identity.boundary_arns
    for policy in estate.policies:
        for statement in policy.document.statements if policy.document else ():
            for test in statement.conditions:
                if isinstance(test, Test) and fold(test.key.literal or "") == _BOUNDARY_OF_REQUEST:
                    yield from texts(test.values)


def _is_same_account(named: Text, own: Text, accounts: Accounts) -> bool:
    """Whether an ARN that has the name of a policy also has its account."""
    return covers(named, own) is YES or (is_own(named, accounts) is YES and is_own(own, accounts) is YES)
