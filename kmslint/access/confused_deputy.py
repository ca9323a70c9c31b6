"""Services that may use a key on anybody's behalf: for the resources of their every customer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.caller import service
from kmslint.access.capabilities import certain_actions
from kmslint.access.conditions import truth_of
from kmslint.access.consumers import consumers_of
from kmslint.access.denials import ways_of_allow
from kmslint.access.key_policy import denials
from kmslint.access.key_use import servable
from kmslint.access.principals import Form, form
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.aws.actions import CREATE_GRANT, Action, Group, most_telling
from kmslint.aws.service_needs import OF_RESOURCES
from kmslint.aws.service_sources import ServiceSource, service_source
from kmslint.model.consumers import Consumer
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement, Test
from kmslint.model.ways import Ways
from kmslint.values import Text
from kmslint.verdict import NO, YES
from kmslint.wildcard import fold

_VARIANTS = ("kms:GenerateDataKeyPair", "kms:GenerateDataKeyWithout")


class Deputy(NamedTuple):
    """A service that a statement of a key policy lets use the key, whoever it works for."""

    key: Key
    statement: Statement
    principals: tuple[Principal, ...]
    """The names of the service: it has one for each Region."""
    actions: tuple[Action, ...]
    source: ServiceSource
    """What AWS's own policy for the service limits."""
    consumer: Consumer | None
    """The resource that shows what the service uses the key for, where that makes a difference."""
    ways: Ways
    """Under which open conditions it does."""


def confused_deputies(estate: Estate) -> Iterator[Deputy]:
    """Each service of the key policies that AWS's own policy would limit, and this one does not."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            actions = _uses(statement, key)
            if not actions or means_key(statement, key, estate.accounts_of(key)) is not YES:
                continue
            found: dict[tuple[ServiceSource, Ways], tuple[Principal, ...]] = {}
            for principal in statement.principals or ():
                name = principal.value
                if form(principal) is not Form.SERVICE or not isinstance(name, Text):
                    continue
                source = service_source(str(name))
                if source is None:
                    continue
                ways = _unlimited(name, statement, document, key, estate, actions[0])
                if ways:
                    found[source, ways] = (*found.get((source, ways), ()), principal)
            for (source, ways), principals in found.items():
                yield from _for_this_use(Deputy(key, statement, principals, actions, source, None, ways), estate)


def _uses(statement: Statement, key: Key) -> tuple[Action, ...]:
    """The actions by which a statement lets somebody use a key: to describe it harms nobody."""
    is_named = statement.effect is Effect.ALLOW and statement.not_actions is None
    certain = servable(certain_actions(statement), key) if is_named else ()
    return most_telling(tuple(one for one in certain if one.group is Group.CRYPTO or one == CREATE_GRANT))


def _unlimited(name: Text, statement: Statement, document: Document, key: Key, estate: Estate, action: Action) -> Ways:
    """In which ways nothing limits what the service does with the key."""
    situation = Situation(service(name), action, key, estate.accounts_of(key))
    is_idle = all(_is_idle(test, situation, statement.literal_variables) for test in statement.conditions)

    def ask(world: Document) -> bool:
        return is_idle and denials(world, situation).denied.some is NO

    return ways_of_allow(statement, document, ask).get(True, ())


def _is_idle(test: object, situation: Situation, literal_variables: bool) -> bool:
    """Whether a condition lets every request of the service pass, but for the protocol."""
    if not isinstance(test, Test):
        return False
    return fold(str(test.key)) == "aws:securetransport" or truth_of(test, situation, literal_variables).every is YES


def _for_this_use(deputy: Deputy, estate: Estate) -> Iterator[Deputy]:
    """The same, where the row holds for what the service uses the key for."""
    # GenerateDataKey* covers its variants as well.
    names = {action.name for action in deputy.actions if not action.name.startswith(_VARIANTS)}
    if names in deputy.source.elsewhere:
        return
    if not deputy.source.consumers:
        if not _is_unlike(deputy, estate):
            yield deputy
        return
    of_service = {purpose for purpose, need in OF_RESOURCES.items() if need.service == deputy.source.service}
    used = tuple(one for one in consumers_of(deputy.key, estate) if one[0].purpose in of_service)
    known = [consumer for consumer, verdict in used if verdict is YES]
    if known and all(consumer.purpose in deputy.source.consumers for consumer, _ in used):
        yield deputy._replace(consumer=known[0])


def _is_unlike(deputy: Deputy, estate: Estate) -> bool:
    """Whether all that is known to use the key is what the service has no policy for."""
    known = [consumer for consumer, verdict in consumers_of(deputy.key, estate) if verdict is YES]
    return bool(known) and all(consumer.purpose in deputy.source.unlike for consumer in known)
