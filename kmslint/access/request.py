"""One request to KMS, all of it known: who makes it, for what, on which resource, and what it carries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from kmslint.access.caller import NOWHERE, Caller, CallerKind, named, service
from kmslint.access.principals import Form, form
from kmslint.access.situation import RequestContext, Situation
from kmslint.aws.actions import ACTIONS, Group
from kmslint.model.accounts import Accounts
from kmslint.model.arn import ACCOUNT_ID, parse_arn
from kmslint.model.estate import Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Hole, HoleKind, Text, join, text
from kmslint.wildcard import fold

_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?\Z")
_CONTEXT: Final = "kms:encryptioncontext:"
_BY_NAME: Final = {fold(action.name): action for action in ACTIONS}
_SOME_KEY: Final = Hole(HoleKind.RESOURCE, "key", resource="key")
"""The id of a key that the request does not name."""

Values = Mapping[str, tuple[str, ...]]


def request(principal: str, action: str, resource: str, account: str, context: Values) -> Situation | None:
    """The request as a situation; None if AWS knows no such principal or action, or lets nobody do it.

    `principal` is the ARN of a user, role, session or root user, or the name of a service; `resource` the ARN of a
    key or of an alias, or anything else where no key is concerned; `account` the id of the key's account.
    """
    caller, known_action = _caller(principal, account), _BY_NAME.get(fold(action))
    if caller is None or known_action is None:
        return None
    on_alias = _is_alias(resource)
    if on_alias and known_action.group is Group.ALIAS and ":alias/aws/" in resource:
        return (
            None  # the names of AWS's own keys: https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html
        )
    return Situation(
        caller,
        known_action,
        _key(resource, account, named=known_action.group is Group.ALIAS or not on_alias),
        Accounts(text(account, NOWHERE)),
        context=_context(context),
        on_alias=on_alias and known_action.group is Group.ALIAS,
    )


@lru_cache(maxsize=1024)
def _caller(principal: str, account: str) -> Caller | None:
    """Who a request of that principal is by."""
    if _SERVICE.match(principal):
        return service(text(principal, NOWHERE))
    arn = text(principal, NOWHERE)
    parts = parse_arn(arn)
    if parts is None or not ACCOUNT_ID.match(str(parts.account)):
        return None
    principal_form = form(Principal(PrincipalType.AWS, arn))
    if principal_form not in (Form.ACCOUNT, Form.ROLE, Form.USER, Form.SESSION):
        return None
    caller = named(arn)
    if principal_form is Form.ACCOUNT:
        caller = caller._replace(kind=CallerKind.ROOT_USER)
    return caller._replace(account=parts.account, own=parts.account.literal == account)


@lru_cache(maxsize=1024)
def _key(resource: str, account: str, named: bool) -> Key:
    """The resource that is asked for; a key of no known id where an alias stands for it, or nothing does."""
    arn = text(resource, NOWHERE)
    parts = parse_arn(arn)
    if parts is None or not named:
        partition, region = (parts.partition, parts.region) if parts else (_any("partition"), _any("region"))
        arn = join(("arn:", *partition.parts, ":kms:", *region.parts, f":{account}:key/", _SOME_KEY), NOWHERE)
    return Key(resource, KeyKind.KEY, NOWHERE, arn, KeyPolicy(PolicyOrigin.EXPLICIT, NOWHERE), KeySettings())


def _any(kind: str) -> Text:
    return Text((Hole(HoleKind(kind), kind),), NOWHERE)


def _is_alias(resource: str) -> bool:
    parts = resource.split(":", 5)
    return len(parts) == 6 and parts[2] == "kms" and parts[5].startswith("alias/")


def _context(context: Values) -> RequestContext:
    values: dict[str, tuple[Text, ...]] = {}
    for name, given in context.items():
        key = fold(name)
        values[key] = (*values.get(key, ()), *(text(value, NOWHERE) for value in given))
    encryption = frozenset(
        (name[len(_CONTEXT) :], value)
        for name, given in context.items()
        if fold(name).startswith(_CONTEXT)
        for value in given
    )
    return RequestContext(values, encryption)
