"""What an identity may do with a key, given what its IAM policies say."""

from __future__ import annotations

from kmslint.access.decide import decide
from kmslint.access.hinges import may_at_all
from kmslint.access.other_policies import OtherPolicies
from kmslint.access.situation import Situation, is_own
from kmslint.model.arn import parse_arn
from kmslint.model.default_policy import key_document
from kmslint.verdict import UNKNOWN, YES, Verdict


def may_with(policies: OtherPolicies, situation: Situation) -> Verdict:
    """Whether a caller with such policies may, in some request, whichever way the key policy comes out.

    Unknown of a key whose policy cannot be seen, and of somebody who may be of another account.
    """
    key, arn = situation.key, parse_arn(situation.caller.arn)
    document = key_document(key)
    if document is None or arn is None or is_own(arn.account, situation.accounts) is not YES:
        return UNKNOWN
    return may_at_all(document, lambda world: (decide(world, situation, policies),))
