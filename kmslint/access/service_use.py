"""The services that use a key of the estate in their own name, and whether the key policy lets them.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from kmslint.access.caller import NOWHERE, Caller, named, own_arn, service
from kmslint.access.decide import decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hinges import may_at_all
from kmslint.access.key_names import KeyNames
from kmslint.access.other_policies import NOTHING
from kmslint.access.principals import Form, account_of, form
from kmslint.access.situation import Situation, is_own
from kmslint.aws.actions import ACTIONS, Action
from kmslint.aws.service_needs import OF_DELIVERIES, OF_RESOURCES, Need
from kmslint.model.consumers import Consumer, Delivery, Name, name_of
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.values import ALWAYS, Guards, Hole, HoleKind, Text, contradictory, join
from kmslint.verdict import NO, YES

_BY_NAME = {action.name: action for action in ACTIONS}


class ServiceUse(NamedTuple):
    """That a service needs a key for one resource."""

    key: Key
    need: Need
    consumer: Consumer
    delivery: Delivery | None
    """What has the service send to the consumer, if it does."""
    guards: Guards
    """On what the use hangs, beyond what the key hangs on."""

    @property
    def service(self) -> Text:
        """The service as a Principal names it."""
        region = (".", Hole(HoleKind.REGION, "region")) if self.need.regional else ()
        return join((self.need.service, *region, ".amazonaws.com"), NOWHERE)

    @property
    def caller(self) -> Caller:
        """Who asks for the key: the service, or its service-linked role."""
        return named(own_arn(f"role/{self.role}")) if self.need.role else service(self.service)

    @property
    def role(self) -> str:
        """The path and the name of the service-linked role."""
        return f"{_linked(self.need)}{self.need.role}"


class MissingService(NamedTuple):
    """A service that needs a key and is certainly not allowed what it needs."""

    uses: tuple[ServiceUse, ...]
    """Of one service and one key, in order."""
    actions: tuple[Action, ...]
    """What it needs and does not get."""
    named: tuple[Statement, Principal] | None
    """Where the key policy names it all the same."""


def missing_services(estate: Estate) -> Iterator[MissingService]:
    """The services that cannot use a key of the estate as its resources have them do."""
    found: dict[tuple[str, str], list[ServiceUse]] = {}
    for use in service_uses(estate):
        found.setdefault((use.key.address, use.need.principal), []).append(use)
    for uses in found.values():
        kept, actions = _lacking(uses, estate)
        if kept:
            yield MissingService(kept, actions, _naming(kept[0]))


def _lacking(uses: list[ServiceUse], estate: Estate) -> tuple[tuple[ServiceUse, ...], tuple[Action, ...]]:
    """The uses that fail, of one service and one key, and what they lack. Many hang on the same conditions."""
    different = {(use.need, use.guards): use for use in uses}
    answers = {asked: _missing_actions(use, estate) for asked, use in different.items()}
    kept = tuple(use for use in uses if answers[use.need, use.guards])
    return kept, tuple(dict.fromkeys(action for lacking in answers.values() for action in lacking))


def service_uses(estate: Estate) -> Iterator[ServiceUse]:
    """Every use of the estate's own keys by services, as far as it is certain which key it is."""
    names = KeyNames(estate)
    targets: dict[Name, list[tuple[Consumer, Key]]] = {}
    for consumer in estate.uses.consumers:
        key = names.key_of(consumer)
        if key is None:
            continue
        need = OF_RESOURCES.get(consumer.purpose)
        if need is not None and (not need.if_linked or _has_linked_role(consumer, need)):
            yield from _use(key, need, consumer, None)
        for name in consumer.names:
            targets.setdefault(name, []).append((consumer, key))
    for delivery in estate.uses.deliveries:
        for consumer, key in targets.get(name_of(delivery.to), ()):
            need = OF_DELIVERIES.get((consumer.purpose, delivery.sender))
            # A role of the service is one of the account that the template is in.
            if need is not None and (not need.role or key.provider == consumer.provider):
                yield from _use(key, need, consumer, delivery)


def _use(key: Key, need: Need, consumer: Consumer, delivery: Delivery | None) -> Iterator[ServiceUse]:
    together = key.guards | consumer.guards | (delivery.guards if delivery is not None else ALWAYS)
    if not contradictory(together):
        yield ServiceUse(key, need, consumer, delivery, together - key.guards)


def _missing_actions(use: ServiceUse, estate: Estate) -> tuple[Action, ...]:
    document = key_document(use.key)
    return () if document is None else missing_actions(document, use, estate)


def missing_actions(document: Document, use: ServiceUse, estate: Estate) -> tuple[Action, ...]:
    """What the service needs and certainly does not get by that policy, whatever conditions come out."""
    if _may_be_meant(document, use, estate) or document.facts.possible(use.guards) is not YES:
        return ()
    needed = map(_BY_NAME.__getitem__, use.need.actions)
    return tuple(action for action in needed if _is_missing(action, document, use, estate))


def _is_missing(action: Action, document: Document, use: ServiceUse, estate: Estate) -> bool:
    situation = Situation(use.caller, action, use.key, estate.accounts_of(use.key))
    grants = tuple(grants_on(use.key, estate))
    used = _generous(document, use).under(use.guards)
    return may_at_all(used, lambda world: (decide(world, situation, NOTHING, grants),)) is NO


def _generous(document: Document, use: ServiceUse) -> Document:
    """The policy without conditions on the service: AWS does not say which condition keys each service carries."""
    statements = (
        one._replace(conditions=()) if _names_service(one, use) else one
        for one in document.statements
        if one.effect is not Effect.DENY or not one.conditions
    )
    return document._replace(statements=tuple(statements))


def _names_service(statement: Statement, use: ServiceUse) -> bool:
    if use.need.role:
        return False
    first = f"{use.need.service}."
    return any(str(one.value).startswith(first) for one in statement.principals or ())


def _may_be_meant(document: Document, use: ServiceUse, estate: Estate) -> bool:
    """Whether an Allow names the service as China may call it: AWS does not say for which services that does.

    Or a service-linked role of the service that may be that of another group, or of another account.
    """
    if use.need.role:
        return any(not _is_role(principal, use, estate) for principal in _linked_roles(document, use, estate))
    wanted = f"{use.service}.cn"
    return any(str(principal.value) == wanted for _, principal in _services(document))


def _linked(need: Need) -> str:
    return f"aws-service-role/{need.service}.amazonaws.com/"


def _has_linked_role(consumer: Consumer, need: Need) -> bool:
    """Whether a resource certainly has the service-linked role of the service."""
    return isinstance(consumer.role, Text) and f":role/{_linked(need)}" in str(consumer.role)


def _linked_roles(document: Document, use: ServiceUse, estate: Estate) -> Iterator[Principal]:
    """The service-linked roles of the service that the key policy or a grant names."""
    allows = (one for one in document.statements if one.effect is not Effect.DENY)
    named = chain.from_iterable(one.principals or () for one in allows)
    for principal in (*named, *(grant.grantee for grant in grants_on(use.key, estate))):
        if f":role/{_linked(use.need)}" in str(principal.value):
            yield principal


def _is_role(principal: Principal, use: ServiceUse, estate: Estate) -> bool:
    """Whether a principal is certainly the role that the account of the key has by itself."""
    account = account_of(principal)
    own = account is not None and is_own(account, estate.accounts_of(use.key)) is YES
    return own and str(principal.value).endswith(f":role/{use.role}")


def _naming(use: ServiceUse) -> tuple[Statement, Principal] | None:
    document = key_document(use.key)
    assert document is not None  # something is missing in it
    found = () if use.need.role else _services(document)
    return next((one for one in found if str(one[1].value) == str(use.service)), None)


def _services(document: Document) -> Iterator[tuple[Statement, Principal]]:
    for statement in document.statements:
        if statement.effect is not Effect.DENY:
            for principal in statement.principals or ():
                if form(principal) is Form.SERVICE:
                    yield statement, principal
