"""Why a decision came out as it did, and by which statements: every reason, and which of two comes first."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from kmslint.access.decide import Decision, decide
from kmslint.access.grants import Grant
from kmslint.access.other_policies import (
    NamedPolicy,
    OtherPolicies,
    Says,
    identity_policies_say,
    resource_policies_say,
)
from kmslint.access.reasons import KEY_POLICY, Reason, reason_of, statements_of
from kmslint.access.situation import Situation
from kmslint.model.policy import Principal, PrincipalType
from kmslint.verdict import NEVER, YES
from plain_policies import FOREIGN, KEY, OWN, Plain, accounts_of, action_of, caller_of, document, words

Statement = dict[str, Plain]

ON_ALL: Statement = {"Action": "kms:*", "Resource": "*"}
MFA: Statement = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
OPEN: Statement = {"Condition": {"StringEquals": {"aws:PrincipalAccount": "<Account>"}}}


def allow(sid: str, principal: Plain, *more: Statement) -> Statement:
    found: Statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, **ON_ALL}
    for members in more:
        found.update(members)
    return found


def iam(sid: str, effect: str = "Allow", *more: Statement) -> Statement:
    found: Statement = {"Sid": sid, "Effect": effect, **ON_ALL}
    for members in more:
        found.update(members)
    return found


ACCOUNT = allow("account", {"AWS": OWN})
ACCOUNT_WITH_MFA = allow("account with mfa", {"AWS": OWN}, MFA)
ROLE = allow("role", {"AWS": f"arn:aws:iam::{OWN}:role/Dev"})
EVERYBODY = allow("everybody", "*")
ABROAD = allow("abroad", {"AWS": FOREIGN})
ROLE_ABROAD = allow("role abroad", {"AWS": f"arn:aws:iam::{FOREIGN}:role/Dev"})
SERVICE = allow("service", {"Service": "logs.amazonaws.com"})
SOMEBODY = allow("somebody", {"AWS": "<Somebody>"})
PERHAPS_ACCOUNT = allow("perhaps account", {"AWS": OWN}, OPEN)
PERHAPS_ROLE = allow("perhaps role", {"AWS": "arn:aws:iam::<Account>:role/Dev"})
ABROAD_WITH_MFA = allow("abroad with mfa", {"AWS": FOREIGN}, MFA)
SERVICE_OF_ACCOUNT = allow(
    "service of account",
    {"Service": "logs.amazonaws.com"},
    {"Condition": {"StringEquals": {"aws:SourceAccount": OWN}}},
)
DENY: Statement = {**EVERYBODY, "Sid": "deny", "Effect": "Deny"}
DENY_ROLE: Statement = {**ROLE, "Sid": "deny role", "Effect": "Deny"}
DENY_WITH_MFA: Statement = {**DENY, **MFA, "Sid": "deny with mfa"}
EITHER: Statement = {**EVERYBODY, "Sid": "either", "Effect": "<Effect>"}

LETS = iam("lets")
LETS_WITH_MFA = iam("lets with mfa", "Allow", MFA)
FORBIDS = iam("forbids", "Deny")
FORBIDS_WITH_MFA = iam("forbids with mfa", "Deny", MFA)
PERHAPS_LETS = iam("perhaps lets", "Allow", OPEN)
LETS_VIEW = iam("lets view", "Allow", {"Action": "kms:DescribeKey"})


class Beside(NamedTuple):
    """The policies beside the key policy."""

    iam: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    session: tuple[Statement, ...] | None = None
    scps: tuple[tuple[Statement, ...], ...] = ()
    rcps: tuple[Statement, ...] | None = None
    endpoint: tuple[Statement, ...] | None = None


IAM = Beside((LETS,))
NOTHING = Beside()


def decision(
    policy: list[Statement], caller: str, beside: Beside, action: str = "kms:Decrypt", granted: bool = False
) -> Decision:
    read = document(list(policy))
    situation = Situation(caller_of(caller), action_of(action), KEY, accounts_of())

    def say(name: str, statements: tuple[Statement, ...] | None, *, with_principal: bool = False) -> Says | None:
        if statements is None:
            return None
        named = [NamedPolicy(name, document(list(statements)))]
        return (resource_policies_say if with_principal else identity_policies_say)(named, situation)

    others = OtherPolicies(
        say("iam", beside.iam) or Says(NEVER, NEVER),
        say("boundary", beside.boundary),
        say("session", beside.session),
        tuple(found for level in beside.scps if (found := say("scp", level)) is not None),
        say("rcp", beside.rcps, with_principal=True),
        say("endpoint", beside.endpoint, with_principal=True),
    )
    grantee = Principal(PrincipalType.AWS, words(f"arn:aws:iam::{OWN}:role/Dev"))
    federated = Principal(PrincipalType.AWS, words(f"arn:aws:sts::{OWN}:federated-user/Ann"))
    service = Principal(PrincipalType.SERVICE, words("logs.amazonaws.com"))
    abroad = Principal(PrincipalType.AWS, words(f"arn:aws:iam::{FOREIGN}:role/Dev"))
    grants = [Grant("grant", one, frozenset({"Decrypt"}), on_key=YES) for one in (grantee, federated, service, abroad)]
    return decide(read, situation, others, grants if granted else ())


DEV, USER, ROOT, LOGS = "role/Dev", "user/Ann", "root user", "logs.amazonaws.com"
STRANGER = f"{FOREIGN} role/Dev"
SESSION, FEDERATED = "assumed-role/Dev/s", "federated-user/Ann"

CASES = [
    # What allows, each by the statements that it takes.
    ([ROLE], DEV, NOTHING, Reason.KEY_POLICY_DIRECT, ["role"]),
    ([ROLE, ACCOUNT, EVERYBODY], DEV, IAM, Reason.KEY_POLICY_DIRECT, ["role", "everybody"]),
    ([ROLE, EVERYBODY], DEV, Beside((), (LETS_VIEW,)), Reason.KEY_POLICY_DIRECT, ["everybody"]),
    ([ROLE, EVERYBODY, ACCOUNT], SESSION, Beside((LETS,), (LETS,)), Reason.KEY_POLICY_DIRECT, ["role", "everybody"]),
    ([EVERYBODY], USER, NOTHING, Reason.KEY_POLICY_DIRECT, ["everybody"]),
    ([EVERYBODY, SOMEBODY], USER, NOTHING, Reason.KEY_POLICY_DIRECT, ["everybody"]),
    ([ACCOUNT], DEV, IAM, Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([ACCOUNT, ABROAD, SERVICE], USER, Beside((PERHAPS_LETS, LETS)), Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([PERHAPS_ACCOUNT, ACCOUNT], DEV, IAM, Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([ACCOUNT], DEV, Beside((LETS,), (LETS,), (LETS,)), Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([ACCOUNT_WITH_MFA], DEV, IAM, Reason.ACCOUNT_DELEGATION, ["account with mfa", "lets"]),
    ([ACCOUNT], ROOT, NOTHING, Reason.ROOT_USER, ["account"]),
    ([ACCOUNT, EVERYBODY], ROOT, NOTHING, Reason.KEY_POLICY_DIRECT, ["everybody"]),
    ([SERVICE, ACCOUNT], LOGS, NOTHING, Reason.SERVICE, ["service"]),
    ([EVERYBODY], LOGS, NOTHING, Reason.SERVICE, ["everybody"]),
    ([ABROAD], STRANGER, IAM, Reason.CROSS_ACCOUNT, ["abroad", "lets"]),
    ([ROLE_ABROAD], STRANGER, IAM, Reason.CROSS_ACCOUNT, ["role abroad", "lets"]),
    ([EVERYBODY], STRANGER, IAM, Reason.CROSS_ACCOUNT, ["everybody", "lets"]),
    ([ABROAD], f"{FOREIGN} root user", NOTHING, Reason.CROSS_ACCOUNT, ["abroad"]),
    # A Deny, and which of several: the first that AWS looks at.
    ([ROLE, DENY], DEV, NOTHING, Reason.KEY_POLICY_DENY, ["deny"]),
    ([ROLE, DENY_ROLE, DENY_WITH_MFA], DEV, IAM, Reason.KEY_POLICY_DENY, ["deny role", "deny with mfa"]),
    ([ROLE, DENY], DEV, Beside((FORBIDS,)), Reason.KEY_POLICY_DENY, ["deny"]),
    ([ROLE, DENY_WITH_MFA], DEV, Beside((FORBIDS,)), Reason.IAM_DENY, ["forbids"]),
    ([ROLE], DEV, Beside((FORBIDS,), (FORBIDS,), (FORBIDS,), ((FORBIDS,),)), Reason.IAM_DENY, ["forbids"]),
    ([ROLE], DEV, Beside((), (FORBIDS,), (FORBIDS,), ((FORBIDS,),)), Reason.BOUNDARY_DENY, ["forbids"]),
    ([ROLE], DEV, Beside((), (LETS,), (FORBIDS,), ((FORBIDS,),)), Reason.SESSION_DENY, ["forbids"]),
    ([ROLE], DEV, Beside((), None, None, ((LETS,), (FORBIDS,)), (DENY,)), Reason.SCP_DENY, ["forbids"]),
    ([ROLE], DEV, Beside((), None, None, (), (DENY,), (DENY,)), Reason.RCP_DENY, ["deny"]),
    ([ROLE], DEV, Beside((), None, None, (), None, (DENY,)), Reason.ENDPOINT_DENY, ["deny"]),
    # What has to allow beside everything else and does not.
    ([ROLE], DEV, Beside((), None, None, ((LETS,), (LETS_VIEW,))), Reason.SCP_NO_ALLOW, []),
    ([], DEV, Beside((LETS,), None, None, ((LETS_VIEW,),)), Reason.SCP_NO_ALLOW, []),
    ([ROLE], DEV, Beside((), None, None, (), None, ()), Reason.ENDPOINT_NO_ALLOW, []),
    ([ROLE], DEV, Beside((), None, None, (), None, (EVERYBODY,)), Reason.KEY_POLICY_DIRECT, ["role"]),
    ([], DEV, Beside((), None, None, ((LETS,),), None, (EVERYBODY,)), Reason.NONE, []),
    # What is missing.
    ([ROLE, ACCOUNT], DEV, Beside((), (LETS_VIEW,)), Reason.BOUNDARY_LIMITS_ROLE, ["role"]),
    ([ROLE, ACCOUNT], SESSION, Beside((LETS,), None, (LETS_VIEW,)), Reason.BOUNDARY_LIMITS_ROLE, ["role"]),
    ([ACCOUNT, ABROAD], DEV, NOTHING, Reason.DELEGATED_BUT_NO_IAM_ALLOW, ["account"]),
    ([ACCOUNT], DEV, Beside((LETS,), (LETS_VIEW,)), Reason.BOUNDARY, ["account", "lets"]),
    ([ABROAD], DEV, IAM, Reason.IAM_ALLOW_INEFFECTIVE, ["lets"]),
    ([ABROAD], DEV, Beside((LETS_WITH_MFA,)), Reason.IAM_ALLOW_INEFFECTIVE, ["lets with mfa"]),
    ([], DEV, NOTHING, Reason.NONE, []),
    ([], ROOT, NOTHING, Reason.NONE, []),
    ([ACCOUNT], LOGS, NOTHING, Reason.NONE, []),
    ([ACCOUNT, ROLE], STRANGER, IAM, Reason.NO_KEY_POLICY, ["lets"]),
    ([ABROAD], STRANGER, NOTHING, Reason.FOREIGN_NO_IAM, ["abroad"]),
    ([ROLE_ABROAD], STRANGER, NOTHING, Reason.FOREIGN_NO_IAM, ["role abroad"]),
    ([EVERYBODY], STRANGER, NOTHING, Reason.FOREIGN_NO_IAM, ["everybody"]),
    ([ABROAD], STRANGER, Beside((LETS,), (LETS_VIEW,)), Reason.FOREIGN_BOUNDARY, ["abroad", "lets"]),
    # Something in some requests is something.
    (
        [allow("user with mfa", {"AWS": f"arn:aws:iam::{OWN}:user/Ann"}, MFA)],
        USER,
        NOTHING,
        Reason.KEY_POLICY_DIRECT,
        ["user with mfa"],
    ),
    ([EVERYBODY, ROLE], DEV, Beside((), (LETS_WITH_MFA,)), Reason.KEY_POLICY_DIRECT, ["everybody", "role"]),
    ([ACCOUNT], DEV, Beside((LETS_WITH_MFA,)), Reason.ACCOUNT_DELEGATION, ["account", "lets with mfa"]),
    ([ACCOUNT], DEV, Beside((LETS,), (LETS_WITH_MFA,)), Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([SERVICE_OF_ACCOUNT], LOGS, NOTHING, Reason.SERVICE, ["service of account"]),
    ([ABROAD_WITH_MFA], STRANGER, IAM, Reason.CROSS_ACCOUNT, ["abroad with mfa", "lets"]),
    ([ABROAD_WITH_MFA], STRANGER, NOTHING, Reason.FOREIGN_NO_IAM, ["abroad with mfa"]),
    ([ABROAD], STRANGER, Beside((LETS_WITH_MFA,), (LETS_VIEW,)), Reason.FOREIGN_BOUNDARY, ["abroad", "lets with mfa"]),
    ([], DEV, Beside((), None, None, ((LETS_WITH_MFA,),)), Reason.NONE, []),
    ([], DEV, Beside((), None, None, (), None, ({**EVERYBODY, **MFA},)), Reason.NONE, []),
    ([{**ROLE, **MFA}, ACCOUNT], DEV, Beside((), (LETS_VIEW,)), Reason.BOUNDARY_LIMITS_ROLE, ["role"]),
    ([ACCOUNT_WITH_MFA], DEV, NOTHING, Reason.DELEGATED_BUT_NO_IAM_ALLOW, ["account with mfa"]),
    ([ACCOUNT], DEV, Beside((LETS_WITH_MFA,), (LETS_VIEW,)), Reason.BOUNDARY, ["account", "lets with mfa"]),
    # And what only may be is named where nothing is certain.
    ([PERHAPS_ROLE, ACCOUNT], DEV, Beside((), (LETS_VIEW,)), Reason.BOUNDARY_LIMITS_ROLE, ["perhaps role"]),
    # What nobody knows: all that has a part in it, each once.
    ([SOMEBODY], DEV, NOTHING, Reason.UNKNOWN, ["somebody"]),
    ([EITHER], DEV, NOTHING, Reason.UNKNOWN, ["either"]),
    (
        [SOMEBODY, DENY_WITH_MFA],
        DEV,
        Beside((LETS, FORBIDS_WITH_MFA)),
        Reason.UNKNOWN,
        ["somebody", "lets", "deny with mfa", "forbids with mfa"],
    ),
    ([PERHAPS_ACCOUNT], DEV, IAM, Reason.UNKNOWN, ["perhaps account", "lets"]),
    ([ACCOUNT], DEV, Beside((PERHAPS_LETS,)), Reason.UNKNOWN, ["account", "perhaps lets"]),
    ([SOMEBODY], DEV, Beside((FORBIDS,)), Reason.IAM_DENY, ["forbids"]),
    ([SOMEBODY], DEV, Beside((), None, None, ((LETS_VIEW,),)), Reason.SCP_NO_ALLOW, []),
]


@pytest.mark.parametrize(("policy", "caller", "beside", "reason", "sids"), CASES)
def test_reasons(policy: list[Statement], caller: str, beside: Beside, reason: Reason, sids: list[str]) -> None:
    found = decision(policy, caller, beside)
    assert reason_of(found) is reason
    assert [one.statement.sid for one in statements_of(found)] == sids


ACTIONS = [
    # Without a key only IAM decides, and only within the account.
    ([ROLE], DEV, IAM, "kms:CreateKey", Reason.IAM_ONLY_ACTION, ["lets"]),
    ([ROLE], ROOT, NOTHING, "kms:CreateKey", Reason.IAM_ONLY_ACTION, []),
    ([ROLE], DEV, NOTHING, "kms:CreateKey", Reason.IAM_ONLY_ACTION_NO_IAM, []),
    ([ROLE], DEV, Beside((LETS,), (LETS_VIEW,)), "kms:CreateKey", Reason.BOUNDARY, ["lets"]),
    ([ROLE], STRANGER, IAM, "kms:CreateKey", Reason.NOT_CROSS_ACCOUNT, []),
    ([EVERYBODY], LOGS, NOTHING, "kms:CreateKey", Reason.IAM_ONLY_ACTION_NO_IAM, []),
    # What does not work across accounts does not whatever allows it.
    ([ABROAD], STRANGER, IAM, "kms:PutKeyPolicy", Reason.NOT_CROSS_ACCOUNT, ["abroad"]),
    ([ABROAD], STRANGER, IAM, "kms:DescribeKey", Reason.CROSS_ACCOUNT, ["abroad", "lets"]),
    # Grants decide about it, but for what denies.
    ([ACCOUNT], DEV, IAM, "kms:RetireGrant", Reason.RETIRE_GRANT, []),
    ([], DEV, NOTHING, "kms:RetireGrant", Reason.RETIRE_GRANT, []),
    ([DENY], DEV, IAM, "kms:RetireGrant", Reason.KEY_POLICY_DENY, ["deny"]),
    ([], DEV, Beside((LETS,), None, None, ((LETS_VIEW,),)), "kms:RetireGrant", Reason.SCP_NO_ALLOW, []),
    ([], DEV, Beside((LETS,), None, None, ((LETS_WITH_MFA,),)), "kms:RetireGrant", Reason.RETIRE_GRANT, []),
    ([], DEV, Beside((LETS_WITH_MFA,), (LETS_VIEW,)), "kms:CreateKey", Reason.BOUNDARY, ["lets with mfa"]),
]


@pytest.mark.parametrize(("policy", "caller", "beside", "action", "reason", "sids"), ACTIONS)
def test_actions_of_their_own_kind(
    policy: list[Statement], caller: str, beside: Beside, action: str, reason: Reason, sids: list[str]
) -> None:
    found = decision(policy, caller, beside, action)
    assert reason_of(found) is reason
    assert [one.statement.sid for one in statements_of(found)] == sids


GRANTED = [
    ([], DEV, NOTHING, Reason.GRANT, []),
    ([], DEV, IAM, Reason.GRANT, []),
    ([ACCOUNT], DEV, NOTHING, Reason.GRANT, []),
    ([ACCOUNT], DEV, IAM, Reason.ACCOUNT_DELEGATION, ["account", "lets"]),
    ([ROLE], DEV, NOTHING, Reason.KEY_POLICY_DIRECT, ["role"]),
    ([], LOGS, NOTHING, Reason.GRANT, []),
    ([SERVICE], LOGS, NOTHING, Reason.SERVICE, ["service"]),
    ([], STRANGER, IAM, Reason.GRANT, []),
    ([ABROAD], STRANGER, IAM, Reason.CROSS_ACCOUNT, ["abroad", "lets"]),
    ([SOMEBODY], DEV, NOTHING, Reason.GRANT, []),
    # Without a session policy, what a federated user has by its user and by IAM counts for nothing.
    ([allow("user", {"AWS": f"arn:aws:iam::{OWN}:user/Ann"})], FEDERATED, NOTHING, Reason.GRANT, []),
    ([ACCOUNT], FEDERATED, IAM, Reason.GRANT, []),
    ([PERHAPS_ACCOUNT], DEV, IAM, Reason.GRANT, []),
]


@pytest.mark.parametrize(("policy", "caller", "beside", "reason", "sids"), GRANTED)
def test_a_grant_is_named_where_no_policy_is_enough(
    policy: list[Statement], caller: str, beside: Beside, reason: Reason, sids: list[str]
) -> None:
    found = decision(policy, caller, beside, granted=True)
    assert reason_of(found) is reason
    assert [one.statement.sid for one in statements_of(found)] == sids


def test_where_each_statement_stands() -> None:
    found = decision([ACCOUNT], DEV, IAM)
    assert [one.policy for one in statements_of(found)] == [KEY_POLICY, "iam"]
    assert [one.policy for one in statements_of(decision([DENY], DEV, IAM))] == [KEY_POLICY]


DENIES = """key-policy-deny iam-deny boundary-deny session-deny scp-deny rcp-deny vpce-deny"""


def test_some_reasons_are_denies_and_all_others_are_none() -> None:
    assert [reason.value for reason in Reason if reason.is_deny] == DENIES.split()


def test_every_reason_says_what_it_means() -> None:
    assert Reason.NONE.meaning == "nothing allows it"
    assert len({reason.meaning for reason in Reason}) == len(list(Reason))
