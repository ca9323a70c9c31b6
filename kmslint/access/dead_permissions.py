"""Permissions in IAM policies that do nothing, for the key policy never lets IAM decide.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from kmslint.access.caller import ROOT_USER, named
from kmslint.access.decide import Decision, decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hinges import hinge_of
from kmslint.access.identities import groups_of, worth_saying
from kmslint.access.key_policy import key_policy_says
from kmslint.access.matching import statement_applies
from kmslint.access.other_policies import ADMINISTRATOR, policies_of
from kmslint.access.resources import names_key
from kmslint.access.situation import Situation
from kmslint.access.worlds import ways_by_answer
from kmslint.aws.actions import KEY_ACTIONS, Action, matching
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Key
from kmslint.model.policy import Document, Effect, Element, Statement, texts
from kmslint.model.ways import Ways, together
from kmslint.values import ALWAYS, Text, TextIdentity
from kmslint.verdict import NO, UNKNOWN, YES


class DeadPermission(NamedTuple):
    """Actions that one statement of an identity's policy allows on one key, without effect."""

    identity: Identity
    policy: IdentityPolicy
    statement: Statement
    key: Key
    document: Document
    """The key policy."""
    dead: tuple[Text, ...]
    """The entries of Action that do nothing for the key."""
    resource: Element
    """The entry of Resource that names the key."""
    root_only: Statement | None
    """The statement that names the account, and whose condition only the root user meets."""
    ways: Ways
    """Under which open conditions they do nothing, where identity, policy and key are there."""


class _Dead(NamedTuple):
    """What of a statement does nothing, in one way the key policy can come out."""

    actions: tuple[int, ...]
    """Which of its entries of Action."""
    root_only: int | None
    """The position of the statement that names the account for its root user alone."""


def dead_permissions(estate: Estate) -> Iterator[DeadPermission]:
    """The permissions of the estate's identities that certainly do nothing.

    Only statements that name a key count: one that says `*` may be meant for other keys.
    """
    keys = Keys(estate)
    for identity in estate.identities:
        if identity.kind is IdentityKind.GROUP:
            continue  # its members are the callers
        for policy in policies_with_groups(identity, estate):
            for statement in policy.document.statements if policy.document else ():
                if statement.effect is Effect.ALLOW:
                    for key, document, resource in keys.named_in(statement):
                        yield from _in_statement(identity, policy, statement, key, document, resource, estate)


class Keys:
    """The keys with a policy of their own, found by how their ARNs are spelt: with many keys and many statements,
    asking each statement about each key takes too long."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._all = list(estate.key_documents())
        self._spelt: defaultdict[TextIdentity, list[int]] = defaultdict(list)
        for number, (key, _) in enumerate(self._all):
            arn = parse_arn(key.arn)
            if arn is not None:
                self._spelt[arn.resource.identity].append(number)

    def named_in(self, statement: Statement) -> Iterator[tuple[Key, Document, Element]]:
        """The keys that a statement names and not just any, each with the first entry of Resource that does."""
        naming: dict[int, Element] = {}
        for element in texts(statement.resources):
            for number in self._candidates(element):
                key, _ = self._all[number]
                if number not in naming and names_key(element, key, self._estate.accounts_of(key)) is YES:
                    naming[number] = element
        for number in sorted(naming):
            yield (*self._all[number], naming[number])

    def _candidates(self, element: Text) -> Iterable[int]:
        """The keys that an entry may name: without a wildcard, only what is spelt alike is certainly the same."""
        arn = parse_arn(element)
        if arn is None or "*" in str(arn.resource):
            return ()
        if "?" in str(arn.resource):
            return range(len(self._all))
        return self._spelt.get(arn.resource.identity, ())


def policies_with_groups(identity: Identity, estate: Estate) -> Iterator[IdentityPolicy]:
    """The policies of an identity, those of its groups included."""
    for owner in (identity, *groups_of(identity, estate)):
        yield from owner.policies


def _in_statement(
    identity: Identity,
    policy: IdentityPolicy,
    statement: Statement,
    key: Key,
    document: Document,
    resource: Element,
    estate: Estate,
) -> Iterator[DeadPermission]:
    given = identity.guards | policy.guards | statement.guards
    if document.facts.possible(given) is NO:
        return
    here, there = document.under(given), statement._replace(guards=ALWAYS)
    elements = tuple(texts(statement.actions))
    wanted = {
        index: actions
        for index, actions in enumerate(map(named_key_actions, elements))
        if all(_speaks_of(action, identity, key, there, estate) for action in actions)
        and any(_would_be_allowed(action, identity, key, estate) for action in actions)
    }

    def ask(world: Document) -> _Dead:
        decisions = {index: _decisions(actions, identity, key, world, estate) for index, actions in wanted.items()}
        dead = [index for index, each in decisions.items() if all(map(_is_dead, each))]
        root_only = (_root_only(wanted[index][0], key, world, estate) for index in dead)
        return _Dead(tuple(dead), next((one.position for one in root_only if one is not None), None))

    def hinge(world: Document, _: _Dead) -> str | None:
        asked = tuple(chain.from_iterable(wanted.values()))
        each = _decisions(asked, identity, key, world, estate)
        open_ones = (one for one in each if UNKNOWN in (one.allowed.some, one.key_policy.denied.every))
        return hinge_of((one.key_policy for one in open_ones), world)

    for dead, ways in ways_by_answer(here, ask, hinge).items():
        if dead.actions:
            said = together(ways, worth_saying(policy, statement, estate) - identity.guards)
            named = tuple(elements[index] for index in dead.actions)
            root_only = next((one for one in here.statements if one.position == dead.root_only), None)
            yield DeadPermission(identity, policy, there, key, here, named, resource, root_only, said)


def entry_naming(statement: Statement, key: Key, estate: Estate) -> Element | None:
    """The entry of Resource that names this key and not just any."""
    for element in texts(statement.resources):
        arn = parse_arn(element)
        if arn is not None and "*" not in str(arn.resource) and names_key(element, key, estate.accounts_of(key)) is YES:
            return element
    return None


def named_key_actions(element: Text) -> tuple[Action, ...]:
    """The actions on keys that an entry of Action names."""
    named = matching(element.literal) if element.literal else frozenset()
    return tuple(action for action in KEY_ACTIONS if action in named)


def _speaks_of(action: Action, identity: Identity, key: Key, statement: Statement, estate: Estate) -> bool:
    """Whether the statement certainly allows the action on the key, as far as it goes."""
    situation = Situation(named(identity.arn), action, key, estate.accounts_of(key), in_key_policy=False)
    return statement_applies(statement, situation).some is YES


def _decisions(
    actions: tuple[Action, ...], identity: Identity, key: Key, document: Document, estate: Estate
) -> list[Decision]:
    """What comes of the actions if the identity's own policies allow everything."""
    situations = (Situation(named(identity.arn), action, key, estate.accounts_of(key)) for action in actions)
    grants = tuple(grants_on(key, estate))
    return [decide(document, situation, ADMINISTRATOR, grants) for situation in situations]


def _is_dead(decision: Decision) -> bool:
    """Whether the identity gets nothing by the action because of what the key policy leaves out; a Deny is intent."""
    return decision.allowed.some is NO and decision.key_policy.denied.every is NO


def _would_be_allowed(action: Action, identity: Identity, key: Key, estate: Estate) -> bool:
    """Whether the identity's own policies leave it the action, and it is the key policy alone that takes it."""
    situation = Situation(named(identity.arn), action, key, estate.accounts_of(key))
    return policies_of(identity, situation, groups_of(identity, estate)).denied().every is not YES


def _root_only(action: Action, key: Key, document: Document, estate: Estate) -> Statement | None:
    """The Allow on the account principal by which only the root user gets the action."""
    says = key_policy_says(document, Situation(ROOT_USER, action, key, estate.accounts_of(key)))
    allows = (one for one in says.allowing if one[0].effect is Effect.ALLOW)
    return next((statement for statement, how in allows if how.by_account.some is YES), None)
