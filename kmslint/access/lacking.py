"""What a role of the estate certainly may not do with a key, whatever conditions and branches come out.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html
"""

from __future__ import annotations

from kmslint.access.askers import identity_asker
from kmslint.access.caller import SOME_ROLE
from kmslint.access.decide import decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hinges import may_at_all
from kmslint.access.identities import software
from kmslint.access.key_references import named_wrong
from kmslint.access.matching import names_action
from kmslint.access.other_policies import ADMINISTRATOR, NamedPolicy, OtherPolicies, identity_policies_say
from kmslint.access.situation import Situation, is_own
from kmslint.aws.actions import ACTIONS, Action
from kmslint.aws.role_needs import SECOND_TRIES
from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Identity, IdentityPolicy, Key
from kmslint.model.policy import Document, Statement
from kmslint.values import Guards
from kmslint.verdict import NO, YES, Verdict

_BY_NAME = {action.name: action for action in ACTIONS}


class Lacking:
    """What the roles of one estate lack."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        attached = {_place(policy) for identity in estate.identities for policy in identity.policies}
        self._loose = [policy for policy in estate.policies if _place(policy) not in attached]
        """Policies of which nobody sees to whom they are attached."""
        self._wrong: dict[str, list[Statement]] = {}
        """The statements that name a key by what is none, by their policy: another rule tells of them."""
        for one in named_wrong(estate):
            self._wrong.setdefault(one.policy.address, []).append(one.statement)
        self._known: dict[tuple[str, str, str, Guards, bool], bool] = {}
        self._by_loose: dict[tuple[str, str], bool] = {}

    def actions(
        self, identity: Identity, key: Key, needed: tuple[str, ...], guards: Guards, delegated: bool
    ) -> tuple[Action, ...]:
        """Those of the needed actions that the identity certainly does not have on the key under such conditions.

        With `delegated` only those that an IAM policy would give it: the key policy leaves them to IAM.
        """
        return tuple(_BY_NAME[name] for name in needed if self._lacks(identity, key, name, guards, delegated))

    def _lacks(self, identity: Identity, key: Key, name: str, guards: Guards, delegated: bool) -> bool:
        known = (identity.address, key.address, name, guards, delegated)
        if known not in self._known:
            self._known[known] = self._find(identity, key, _BY_NAME[name], guards, delegated)
        return self._known[known]

    def _find(self, identity: Identity, key: Key, action: Action, guards: Guards, delegated: bool) -> bool:
        document = key_document(key)
        arn = parse_arn(identity.arn)
        if document is None or arn is None or identity.elsewhere:
            return False
        if identity.handed_over or software(identity) in SECOND_TRIES:
            return False
        accounts = self._estate.accounts_of(key)
        if is_own(arn.account, accounts) is not YES or document.facts.possible(guards) is not YES:
            return False
        asker = identity_asker(identity, self._estate)
        situation = Situation(asker.caller, action, key, accounts)
        if self._perhaps_elsewhere(identity, situation):
            return False
        others, here = asker.others(situation), document.under(guards)
        if others.identity.allowed.some is not NO or self._may(here, situation, others) is not NO:
            return False
        return not delegated or self._is_left_to_iam(here, situation, others)

    def _is_left_to_iam(self, document: Document, situation: Situation, others: OtherPolicies) -> bool:
        """Whether an IAM policy is all that is missing: a Deny is intent, and a boundary told elsewhere."""
        if others.denied().some is not NO:
            return False
        with_all = others._replace(identity=ADMINISTRATOR.identity)
        return self._may(document, situation, with_all) is YES

    def _may(self, document: Document, situation: Situation, others: OtherPolicies) -> Verdict:
        grants = tuple(grants_on(situation.key, self._estate))
        return may_at_all(document, lambda world: (decide(world, situation, others, grants),))

    def _perhaps_elsewhere(self, identity: Identity, situation: Situation) -> bool:
        """Whether a policy may give the action that is not seen attached, or one that means the key and misses it."""
        if self._perhaps_loose(situation._replace(caller=SOME_ROLE)):
            return True
        wrong = (one for policy in identity.policies for one in self._wrong.get(policy.address, ()))
        return any(names_action(one, situation.action) is not NO for one in wrong)

    def _perhaps_loose(self, situation: Situation) -> bool:
        """Whether such a policy may give some role the action; there may be many, and as many roles."""
        asked = situation.key.address, situation.action.name
        if asked not in self._by_loose:
            loose = (NamedPolicy(one.address, one.document, one.guards) for one in self._loose)
            self._by_loose[asked] = identity_policies_say(loose, situation).allowed.some is not NO
        return self._by_loose[asked]


def _place(policy: IdentityPolicy) -> tuple[str, Location]:
    return policy.address, policy.at
