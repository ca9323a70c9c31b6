"""How IAM policies name keys: by ARN, or by what is none.

https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from kmslint.aws.actions import ACTIONS, Action, Group, matching
from kmslint.model.accounts import Ownership
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, IdentityPolicy, KeyKind
from kmslint.model.policy import Effect, Element, Statement, texts
from kmslint.values import HoleKind, Text
from kmslint.wildcard import fold

_ID: Final = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
"""https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id"""

_MADE_HERE: Final = frozenset({KeyKind.KEY, KeyKind.REPLICA, KeyKind.EXTERNAL, KeyKind.REPLICA_EXTERNAL})


class Reference(Enum):
    """What an entry of Resource is, as far as keys are concerned."""

    ALIAS = "the ARN of an alias"
    """It means the alias, for the actions on aliases, and never the key behind it."""
    ID = "the id of a key"
    """IAM takes only ARNs and `*`, and refuses the policy."""
    ALIAS_NAME = "the name of an alias"
    """Refused likewise."""
    ARN_WITHOUT_TYPE = "an ARN without key/"
    """The id of a key straight behind the account: no key has such an ARN."""
    OTHER_SERVICE = "something of another service"
    PERHAPS_KEY = "perhaps a key"

    @property
    def is_refused(self) -> bool:
        """Whether IAM refuses a policy that holds it."""
        return self in (Reference.ID, Reference.ALIAS_NAME)

    @property
    def is_no_key(self) -> bool:
        """Whether a key was meant and none is."""
        return self not in (Reference.OTHER_SERVICE, Reference.PERHAPS_KEY)


class NamedWrong(NamedTuple):
    """A statement of an IAM policy on keys of which some are named by what is no key."""

    policy: IdentityPolicy
    statement: Statement
    actions: tuple[Text, ...]
    """The entries of Action that are meant for keys."""
    wrong: tuple[tuple[Text, Reference], ...]
    """The entries of Resource that are no keys."""
    beside: tuple[Element, ...]
    """Those that may be."""


def named_wrong(estate: Estate) -> Iterator[NamedWrong]:
    """The statements of the estate's IAM policies that name a key by an alias or an id, where only an ARN serves."""
    ids = frozenset(_ids(estate))
    for policy in estate.policies:
        for statement in policy.document.statements if policy.document else ():
            actions = tuple(action for action in texts(statement.actions) if _is_for_keys(action))
            if not actions:
                continue
            each = [(element, _reference(element, ids)) for element in statement.resources or ()]
            wrong = tuple((one, what) for one, what in each if isinstance(one, Text) and what.is_no_key)
            beside = tuple(element for element, what in each if what is Reference.PERHAPS_KEY)
            if wrong:
                yield NamedWrong(policy, statement, actions, wrong, beside)


def shown(element: Text, what: Reference) -> str:
    """How messages call such an entry: an alias by its name alone."""
    arn = parse_arn(element) if what is Reference.ALIAS else None
    return str(element if arn is None else arn.resource)


def names_alias_action(statement: Statement) -> bool:
    """Whether the statement may be meant for aliases too: it names, or may name, an action on them."""
    return any(
        not isinstance(one, Text) or one.literal is None or _has_alias(_matched(one)) for one in statement.actions or ()
    )


def is_half_of_alias_management(named: NamedWrong) -> bool:
    """Whether a statement with all of KMS (`kms:*`) may be there for aliases: another one of its policy serves keys."""
    document = named.policy.document
    assert document is not None  # the statement is of it
    return all(_has_alias(_matched(action)) for action in named.actions) and any(
        other.position != named.statement.position and any(map(_is_for_keys, texts(other.actions)))
        for other in document.statements
        if other.effect is named.statement.effect
    )


def needs_no_permission(named: NamedWrong, estate: Estate) -> bool:
    """Whether an Allow is meant for the use of keys that AWS manages in the own account, and for no others.

    The policies of such keys let in everybody of the account who comes through the service, whatever IAM allows.
    https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
    """
    uses = any(one.group is Group.CRYPTO for action in named.actions for one in _matched(action))
    return (
        uses
        and named.statement.effect is Effect.ALLOW
        and not named.beside
        and all(_is_managed(one, estate) for one, _ in named.wrong)
    )


def _is_managed(alias: Text, estate: Estate) -> bool:
    """Whether it is the alias of a key that AWS manages, of an account that is not certainly another. No permission
    serves for those of other accounts either, so it does no harm if the account is another after all."""
    arn = parse_arn(alias)
    if arn is None or not str(arn.resource).startswith("alias/aws/"):
        return False
    return estate.accounts.ownership(arn.account) is not Ownership.FOREIGN


def _is_for_keys(action: Text) -> bool:
    """Whether an entry of Action is KMS's own and meant for keys; `kms:Create*` may be meant for aliases."""
    literal, matched = fold(action.literal or ""), _matched(action)
    if not literal.startswith("kms:") or not any(one.on_key for one in matched):
        return False
    return len(matched) == len(ACTIONS) or not _has_alias(matched)


def _matched(action: Text) -> frozenset[Action]:
    return matching(action.literal) if action.literal else frozenset()


def _has_alias(actions: frozenset[Action]) -> bool:
    return any(action.group is Group.ALIAS for action in actions)


def _reference(element: Element, ids: frozenset[str]) -> Reference:
    if not isinstance(element, Text):
        return Reference.PERHAPS_KEY
    if _is_id(element, ids):
        return Reference.ID
    first = element.parts[0] if element.parts else ""
    if isinstance(first, str) and first.startswith("alias/"):
        return Reference.ALIAS_NAME
    arn = parse_arn(element)
    if arn is None or arn.service.literal is None or "*" in arn.service.literal:
        return Reference.PERHAPS_KEY
    if arn.service.literal != "kms":
        return Reference.OTHER_SERVICE
    if str(arn.resource).startswith("alias/"):
        return Reference.ALIAS
    return Reference.ARN_WITHOUT_TYPE if _is_id(arn.resource, ids) else Reference.PERHAPS_KEY


def _is_id(value: Text, ids: frozenset[str]) -> bool:
    if value.literal is not None:
        return is_key_id(value.literal)
    return str(value) in ids


def is_key_id(literal: str) -> bool:
    """Whether a text is the id of a key, by its looks."""
    return _ID.match(literal) is not None


def _ids(estate: Estate) -> Iterator[str]:
    """The ids of the estate's keys, as references to them are spelt."""
    for key in estate.keys:
        arn = parse_arn(key.arn)
        if arn is None or key.kind not in _MADE_HERE:
            continue
        if all(hole.kind is HoleKind.RESOURCE for hole in arn.resource.holes):
            yield str(arn.resource).removeprefix("key/")
