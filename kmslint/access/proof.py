"""A decision in words: what settles it, with the statements, and for a no which half is missing.

The four request patterns of KMS are told apart: named in the key policy; allowed by IAM where the key policy does not
let IAM decide; delegated and allowed by IAM; delegated, and nothing in IAM allows it.
https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing
from kmslint.access.hanging import accounts_not_told, hangs_on, policy_name
from kmslint.access.matrix import Answer, Reply
from kmslint.access.naming import enumerate_names
from kmslint.access.other_policies import Deciding
from kmslint.access.reasons import KEY_POLICY, Reason, reason_of, statements_of
from kmslint.access.sentences import DELEGATED_UNSEEN, NEXT, SENTENCES, UNDECIDED, by_standing
from kmslint.location import Location
from kmslint.model.estate import Key, PolicyOrigin
from kmslint.verdict import YES


class Evidence(NamedTuple):
    """A statement that decides."""

    what: str
    """`statement "EnableIam" of the key policy of DataKey`."""
    at: Location


class Proof(NamedTuple):
    """Why a caller may or may not use an action on a key."""

    answer: Answer
    reason: Reason
    sentence: str
    evidence: tuple[Evidence, ...]
    next_step: str
    """What would make it a yes, or known; empty where it is one, or where nobody in particular asks."""
    by_grant: bool
    """Whether a grant that is not seen here, such as AWS services make for themselves, could still give it."""


def prove(reply: Reply, asker: Asker, key: Key) -> Proof:
    """The proof of one reply."""
    reason = reason_of(reply.decision)
    is_no = reply.answer is Answer.NO
    concrete = asker.standing not in _ABSTRACT
    return Proof(
        reply.answer,
        reason,
        _sentence(reason, reply, asker, key, _names(reply, asker, key)),
        evidence(reply, asker, key),
        next_step(reply, asker, key, (reply.action.name,)),
        by_grant=is_no and reply.action.grantable and not reason.is_deny and concrete,
    )


def in_short(reply: Reply, asker: Asker, key: Key, who: str) -> str:
    """The sentence of the proof where key and action are clear: `the key policy allows it to role Dev directly`.

    `who` is what the caller is called in it.
    """
    reason = reason_of(reply.decision)
    names = {**_names(reply, asker, key), "policy": "the key policy", "key": "the key", "action": "it", "who": who}
    return _sentence(reason, reply, asker, key, names).removeprefix(f"whether {who} may use it on the key ")


def evidence(reply: Reply, asker: Asker, key: Key) -> tuple[Evidence, ...]:
    """The statements and grants that decide a reply; the key policy as a whole, where it lacks a statement."""
    decision = reply.decision
    found = [_evidence(one, asker, key) for one in statements_of(decision)]
    found += [Evidence(f"grant {grant.name}", grant.grantee.at) for grant in decision.granted.by]
    if reason_of(decision) in _LACKING and key.policy.origin is PolicyOrigin.EXPLICIT:
        found.append(Evidence(f"the key policy of {key.address}: no statement of it applies", key.policy.at))
    return tuple(found)


def next_step(reply: Reply, asker: Asker, key: Key, actions: tuple[str, ...]) -> str:
    """What would make a yes of it, for all of several actions that have the same proof; empty if nothing is known."""
    if asker.standing in _ABSTRACT:
        return ""
    if reply.answer is Answer.UNKNOWN:
        return "tell the account of the key with --account" if accounts_not_told(reply.decision) else ""
    template = by_standing(NEXT, reason_of(reply.decision), asker)
    return template.format(**{**_names(reply, asker, key), "action": enumerate_names(actions)})


_LACKING: Final = frozenset({Reason.IAM_ALLOW_INEFFECTIVE, Reason.NONE, Reason.NO_KEY_POLICY})
_ABSTRACT: Final = frozenset({Standing.ROOT_USER, Standing.ADMINISTRATORS, Standing.ANYONE, Standing.ANYBODY})


def _sentence(reason: Reason, reply: Reply, asker: Asker, key: Key, names: dict[str, str]) -> str:
    """The sentence for a reason, with what the request must be like in its place."""
    decision = reply.decision
    template = by_standing(SENTENCES, reason, asker)
    if reason is Reason.UNKNOWN:
        hanging = hangs_on(decision, asker, key)
        by_account = decision.key_policy.by_account.some is YES
        only_unseen = asker.standing is Standing.NAMED and by_account and len(hanging) == 1
        template = DELEGATED_UNSEEN if only_unseen else UNDECIDED
        names = {**names, "open": enumerate_names(hanging)}
    elif reason is Reason.IAM_ALLOW_INEFFECTIVE and decision.others.identity.allowed.some is not YES:
        template = SENTENCES[reason, Standing.NAMED]
    elif decision.situation.without_key and reason is Reason.BOUNDARY:
        template = SENTENCES[Reason.IAM_ONLY_ACTION_NO_IAM]
    when = f", {reply.conditions}" if reply.conditions else ""
    return template.format(**{**names, "when": when})


def _names(reply: Reply, asker: Asker, key: Key) -> dict[str, str]:
    """What stands in the sentences for who asks, for what."""
    return {
        "who": asker.label,
        "action": reply.action.name,
        "key": key.address,
        "policy": f"the key policy of {key.address}",
        "iam": _allowing_policy(reply, asker),
        "no_iam": _no_policy(reply, asker),
    }


def _allowing_policy(reply: Reply, asker: Asker) -> str:
    """Which IAM policy allows."""
    if asker.standing is Standing.ADMINISTRATORS:
        return "the IAM policy of an administrator"
    policies = tuple(dict.fromkeys(one.policy for one in reply.decision.others.identity.allowing))
    return policy_name(policies[0], asker) if len(policies) == 1 else f"an IAM policy of {asker.label}"


def _no_policy(reply: Reply, asker: Asker) -> str:
    """That no IAM policy allows, and how many were read."""
    if asker.standing is Standing.ANYONE:
        return "an identity without IAM policies has none that allows it"
    if reply.decision.others.identity.allowed.some is YES:
        return f"the permissions boundary of {asker.label} does not"
    owners = (asker.identity, *asker.groups) if asker.identity is not None else ()
    count = sum(len(owner.policies) for owner in owners)
    if not count:
        return f"{asker.label} has no IAM policy"
    return f"no IAM policy of {asker.label} allows it ({count} {'policy' if count == 1 else 'policies'} read)"


def _evidence(one: Deciding, asker: Asker, key: Key) -> Evidence:
    policy = f"the key policy of {key.address}" if one.policy == KEY_POLICY else policy_name(one.policy, asker)
    return Evidence(f"statement {one.statement.label} of {policy}", one.statement.header)
