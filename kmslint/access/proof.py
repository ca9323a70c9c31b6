"""A decision in words: what settles it, with the statements, and for a no which half is missing.

The four request patterns of KMS are told apart: named in the key policy; allowed by IAM where the key policy does not
let IAM decide; delegated and allowed by IAM; delegated, and nothing in IAM allows it.
https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing
from kmslint.access.matrix import Answer, Reply
from kmslint.access.other_policies import Deciding
from kmslint.access.reasons import KEY_POLICY, Reason, reason_of, statements_of
from kmslint.location import Location
from kmslint.model.estate import Key
from kmslint.verdict import YES


class Evidence(NamedTuple):
    """A statement that decides."""

    what: str
    """`"EnableIam" of DataKey's key policy`."""
    at: Location


class Proof(NamedTuple):
    """Why a caller may or may not use an action on a key."""

    answer: Answer
    reason: Reason
    sentence: str
    evidence: tuple[Evidence, ...]
    next_step: str
    """What would make it a yes; empty where it is one, or where nobody in particular asks."""
    by_grant: bool
    """Whether a grant that is not seen here, such as AWS services make for themselves, could still give it."""


def prove(reply: Reply, asker: Asker, key: Key) -> Proof:
    """The proof of one reply."""
    decision = reply.decision
    reason = reason_of(decision)
    names = _names(reply, asker, key)
    template = _sentence(reason, reply, asker)
    sentence = template.format(**names)
    if reply.conditions:
        sentence += f", {reply.conditions}"
    evidence = tuple(_evidence(one, key) for one in statements_of(decision))
    evidence += tuple(Evidence(f"grant {grant.name}", grant.grantee.at) for grant in decision.granted.by)
    is_no = reply.answer is Answer.NO
    advised = is_no and asker.standing not in _ABSTRACT
    return Proof(
        reply.answer,
        reason,
        sentence,
        evidence,
        _NEXT.get(reason, "").format(**names) if advised else "",
        by_grant=is_no and reply.action.grantable and not reason.is_deny and asker.standing not in _ABSTRACT,
    )


_ABSTRACT: Final = frozenset({Standing.ROOT_USER, Standing.ADMINISTRATORS, Standing.ANYONE, Standing.ANYBODY})


def _sentence(reason: Reason, reply: Reply, asker: Asker) -> str:
    """The sentence for a reason, with its names still open."""
    by_account = reply.decision.key_policy.by_account.some is YES
    if reason is Reason.UNKNOWN and asker.standing is Standing.NAMED and by_account:
        return _NOT_SEEN
    if reason is Reason.NONE and asker.standing is Standing.ROOT_USER:
        return _NOT_EVEN_ROOT
    return _SENTENCES[reason]


_NOT_SEEN: Final = (
    "the key policy of {key} hands {action} to the account's IAM policies, and those of {who} are not seen here"
)
_NOT_EVEN_ROOT: Final = (
    "the key policy of {key} does not allow {action} to the account, and without that its root user has no way either"
)
_SENTENCES: Final = {
    Reason.KEY_POLICY_DIRECT: "the key policy of {key} allows {action} to {who} itself; no IAM policy is needed",
    Reason.ACCOUNT_DELEGATION: (
        "the key policy of {key} hands {action} to the account's IAM policies, and {iam} allows it"
    ),
    Reason.ROOT_USER: "the key policy of {key} allows {action} to the account, and so to its root user",
    Reason.CROSS_ACCOUNT: "the key policy of {key} allows {action} to {who}, if its own account's IAM policies do too",
    Reason.SERVICE: "the key policy of {key} allows {action} to {who}",
    Reason.GRANT: "a grant on {key} allows {action} to {who}",
    Reason.IAM_ONLY_ACTION: "{action} concerns no key: {iam} allows it, and no key policy has a say",
    Reason.KEY_POLICY_DENY: "the key policy of {key} denies {action} to {who}, whatever else allows it",
    Reason.IAM_DENY: "an IAM policy of {who} denies {action}, whatever the key policy of {key} allows",
    Reason.BOUNDARY_DENY: "the permissions boundary of {who} denies {action}",
    Reason.SESSION_DENY: "the session policy of {who} denies {action}",
    Reason.SCP_DENY: "a service control policy denies {action} to {who}",
    Reason.RCP_DENY: "a resource control policy denies {action} on {key} to {who}",
    Reason.ENDPOINT_DENY: "the policy of the VPC endpoint denies {action} to {who}",
    Reason.SCP_NO_ALLOW: "no service control policy allows {action} to {who}",
    Reason.ENDPOINT_NO_ALLOW: "the policy of the VPC endpoint does not allow {action} to {who}",
    Reason.IAM_ONLY_ACTION_NO_IAM: "{action} concerns no key: only IAM can allow it, and {no_iam}",
    Reason.BOUNDARY_LIMITS_ROLE: (
        "the key policy of {key} names {who}, but the permissions boundary of {who} does not allow {action}"
    ),
    Reason.BOUNDARY: (
        "the key policy of {key} hands {action} to the account's IAM policies and {iam} allows it, but the permissions "
        "boundary of {who} does not"
    ),
    Reason.DELEGATED_BUT_NO_IAM_ALLOW: (
        "the key policy of {key} hands {action} to the account's IAM policies, and {no_iam}"
    ),
    Reason.IAM_ALLOW_INEFFECTIVE: (
        "{iam} allows {action}, but the key policy of {key} neither names {who} nor lets the account's IAM policies "
        "decide"
    ),
    Reason.NOT_CROSS_ACCOUNT: "{action} does not work on a key of another account, whatever the policies say",
    Reason.NO_KEY_POLICY: "the key policy of {key} allows {action} neither to {who} nor to its account",
    Reason.FOREIGN_NO_IAM: "the key policy of {key} allows {action} to {who}, but its own IAM policies do not",
    Reason.FOREIGN_BOUNDARY: "the key policy of {key} allows {action} to {who}, but its permissions boundary does not",
    Reason.NONE: "the key policy of {key} does not allow {action} to {who}, and {no_iam}",
    Reason.RETIRE_GRANT: (
        "{action} is decided by each grant: its grantee and its retiring principal have it as the grant says, and the "
        "account that made it by IAM"
    ),
    Reason.UNKNOWN: "whether {who} may use {action} on {key} hangs on what cannot be seen here",
}

_NEXT: Final = {
    Reason.DELEGATED_BUT_NO_IAM_ALLOW: "allow {action} on {key} in an IAM policy of {who}",
    Reason.IAM_ALLOW_INEFFECTIVE: (
        "name {who} in the key policy of {key}, or allow {action} to the account there, so that IAM policies decide"
    ),
    Reason.NONE: "name {who} in the key policy of {key}, or allow {action} to the account there and to {who} in IAM",
    Reason.NO_KEY_POLICY: "allow {action} to {who} in the key policy of {key}",
    Reason.BOUNDARY: "allow {action} in the permissions boundary of {who}",
    Reason.BOUNDARY_LIMITS_ROLE: "allow {action} in the permissions boundary of {who}",
    Reason.IAM_ONLY_ACTION_NO_IAM: 'allow {action} on "*" in an IAM policy of {who}',
}


def _names(reply: Reply, asker: Asker, key: Key) -> dict[str, str]:
    """What stands in the sentences for who asks, for what."""
    return {
        "who": asker.label,
        "action": reply.action.name,
        "key": key.address,
        "iam": _allowing_policy(reply, asker),
        "no_iam": _no_policy(asker),
    }


def _allowing_policy(reply: Reply, asker: Asker) -> str:
    """Which IAM policy allows."""
    if asker.standing is Standing.ADMINISTRATORS:
        return "the IAM policy of an administrator"
    policies = dict.fromkeys(one.policy for one in reply.decision.others.identity.allowing)
    return f"IAM policy {next(iter(policies))}" if len(policies) == 1 else f"an IAM policy of {asker.label}"


def _no_policy(asker: Asker) -> str:
    """That no IAM policy allows, and how many were read."""
    if asker.standing is Standing.ANYONE:
        return "an identity without IAM policies has none that allows it"
    if asker.identity is None:
        return f"{asker.label} has no IAM policy here"
    count = sum(len(owner.policies) for owner in (asker.identity, *asker.groups))
    if not count:
        return f"{asker.label} has no IAM policy"
    return f"no IAM policy of {asker.label} allows it ({count} {'policy' if count == 1 else 'policies'} read)"


def _evidence(one: Deciding, key: Key) -> Evidence:
    policy = f"the key policy of {key.address}" if one.policy == KEY_POLICY else one.policy
    return Evidence(f"statement {one.statement.label} of {policy}", one.statement.header)
