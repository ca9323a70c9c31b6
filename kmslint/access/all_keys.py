"""IAM statements that mean every key, and every KMS action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.giving import giving_policies
from kmslint.access.identities import worth_saying
from kmslint.access.matching import names_action
from kmslint.access.situation import is_own
from kmslint.aws.actions import ACTIONS, matching
from kmslint.model.accounts import Accounts
from kmslint.model.arn import Arn, parse_arn, split_text
from kmslint.model.estate import Estate, IdentityPolicy
from kmslint.model.policy import Effect, Statement, texts
from kmslint.model.ways import Ways
from kmslint.values import Text
from kmslint.verdict import NO, YES
from kmslint.wildcard import fold

_BY_NAME: Final = {action.name: action for action in ACTIONS}


class AllKeysGrant(NamedTuple):
    """A statement of an IAM policy that allows something on all keys, unconditionally."""

    policy: IdentityPolicy
    statement: Statement
    resource: Text
    """The entry of Resource that covers all keys, at least those of the own account in one region."""
    ways: Ways
    """Under which open conditions it does, where the resource is there in which the policy is written."""


def all_keys_grants(estate: Estate) -> Iterator[AllKeysGrant]:
    """The statements of the estate's IAM policies that allow something on all keys and have no condition.

    https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
    """
    for policy in giving_policies(estate):
        for statement in policy.document.statements if policy.document else ():
            if statement.effect is not Effect.ALLOW or statement.conditions:
                continue
            entries = texts(statement.resources)
            resource = next((entry for entry in entries if _is_all_keys(entry, estate.accounts)), None)
            if resource is not None:
                yield AllKeysGrant(policy, statement, resource, (worth_saying(policy, statement, estate),))


def is_held_back(grant: AllKeysGrant, names: Iterable[str]) -> bool:
    """Whether a Deny of the same policy takes those actions away from more than keys that it names: from all keys in
    some requests (the tag of a key is one of their properties), or from all but some.

    https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    """
    statements = grant.policy.document.statements if grant.policy.document else ()
    denials = [each for each in statements if each.effect is Effect.DENY and _is_as_broad(each, grant.resource)]
    return all(any(names_action(denial, _BY_NAME[name]) is not NO for denial in denials) for name in names)


def _is_as_broad(denial: Statement, allowed: Text) -> bool:
    """Whether a Deny speaks of all the keys of the Regions that are allowed, or of all but those that it names."""
    if denial.not_resources is not None:
        return True
    return any(entry.literal == "*" or _covers_regions(entry, allowed) for entry in texts(denial.resources))


def _covers_regions(denied: Text, allowed: Text) -> bool:
    arn, allowed_arn = parse_arn(denied), parse_arn(allowed)
    if arn is None or not _ends_in_every_key(arn):
        return False
    return arn.region.literal == "*" or (allowed_arn is not None and str(arn.region) == str(allowed_arn.region))


def _ends_in_every_key(arn: Arn) -> bool:
    return arn.service.literal == "kms" and arn.resource.literal in ("*", "key/*")


def _is_all_keys(resource: Text, accounts: Accounts) -> bool:
    if resource.literal == "*":
        return True
    arn = parse_arn(resource)
    if arn is None:
        # A star at the end of a segment goes on through those behind it: arn:aws:kms:*
        parts = split_text(resource, ":", 5)
        return len(parts) > 3 and parts[2].literal == "kms" and all(part.literal == "*" for part in parts[3:])
    return _ends_in_every_key(arn) and (arn.account.literal == "*" or is_own(arn.account, accounts) is YES)


def in_any_account(resource: Text) -> bool:
    """Whether an entry of Resource that covers all keys does not stop at the own account."""
    arn = parse_arn(resource)
    return arn is None or arn.account.literal == "*"


def covers_all_of_kms(action: Text) -> bool:
    """Whether an entry of Action is `kms:*` (`*` is another matter: it means every service)."""
    literal = fold(action.literal or "")
    return literal.startswith("kms:") and len(matching(literal)) == len(ACTIONS)


def decrypting_action(action: Text) -> bool:
    """Whether an entry of Action names kms:Decrypt or kms:ReEncryptFrom, by a pattern of KMS's own."""
    literal = fold(action.literal or "")
    if not literal.startswith("kms:"):
        return False
    return any(named.name in ("kms:Decrypt", "kms:ReEncryptFrom") for named in matching(literal))
