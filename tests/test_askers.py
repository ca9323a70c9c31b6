"""Who may ask for a key, and what is known of the policies of each."""

from __future__ import annotations

import pytest

from kmslint.access.askers import Standing, abstract_askers, askers, identity_asker, principal_asker
from kmslint.access.caller import CallerKind
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, IdentityKind
from kmslint.model.facts import Facts
from kmslint.model.policy import Document
from kmslint.values import Guard
from kmslint.verdict import NEVER, NO, UNDECIDED, YES
from plain_estates import ANY, deny, estate_of, key_of, policy_of, role, role_arn, to, when
from plain_policies import FOREIGN, KEY, OWN, Plain, accounts_of, action_of, document, words

SITUATION = Situation(identity_asker(role("Dev"), estate_of()).caller, action_of("kms:Decrypt"), KEY, accounts_of())
FIRST = ["root user", "account administrators", "any identity of the account"]
LAST = ["anybody, in any account"]


def listed(statements: list[Plain], *identities: Identity) -> list[str]:
    key = key_of(statements)
    assert isinstance(key.policy.document, Document)
    found = askers(key.policy.document, estate_of(key, identities=identities))
    assert [one.label for one in found[:3]] == FIRST
    assert [one.label for one in found[-1:]] == LAST
    return [f"{one.label}: {one.standing.name}" for one in found[3:-1]]


def arn_test(operator: str, *names: str) -> dict[str, Plain]:
    return {"Condition": {operator: {"aws:PrincipalArn": names}}}


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([], []),
        ([to("Dev")], ["role Dev: NAMED"]),
        ([to("Dev", "Dev"), deny(to("Dev"))], ["role Dev: NAMED"]),
        ([deny(to("Dev"))], ["role Dev: NAMED"]),
        ([{"Effect": "Deny", "NotPrincipal": {"AWS": role_arn("Dev")}, "Action": "*"}], ["role Dev: NAMED"]),
        ([to(f"arn:aws:iam::{OWN}:user/Ann")], ["user Ann: NAMED"]),
        ([to(f"arn:aws:sts::{OWN}:assumed-role/Dev/ci")], ["session Dev/ci: NAMED"]),
        ([to("<deployer>")], ["data.aws_caller_identity.current.arn: NAMED"]),
        ([to("<role Dev>")], ["Dev.Arn: NAMED"]),
        ([{**to("*"), "Principal": {"Service": "s3.amazonaws.com"}}], ["service s3.amazonaws.com: SERVICE"]),
        ([to(f"arn:aws:iam::{FOREIGN}:role/Dev")], [f"role Dev of account {FOREIGN}: FOREIGN"]),
        ([to(f"arn:aws:iam::{FOREIGN}:root")], [f"account {FOREIGN}: FOREIGN"]),
        # Nobody in particular.
        ([to("*", "account", "<Somebody>", "<<Somebody>>", f"arn:aws:iam::{OWN}:group/x")], []),
        ([{**to("*"), "Principal": {"Service": "<<Service>>", "Federated": "cognito-identity.amazonaws.com"}}], []),
        # Whom conditions let in by name.
        (
            [to("*", **arn_test("ArnLike", role_arn("A*"), role_arn("A*")))],
            [f"{role_arn('A*')} (aws:PrincipalArn): NAMED"],
        ),
        ([to("*", **arn_test("ArnLike", "<<Name>>", f"arn:aws:iam::{OWN}:root"))], []),
        ([to("*", **arn_test("ArnNotLike", role_arn("A*")))], []),
    ],
)
def test_whom_a_policy_names(statements: list[Plain], found: list[str]) -> None:
    assert listed(statements) == found


def test_identities_of_the_estate_come_with_their_policies() -> None:
    by_name = to("*", **arn_test("ArnLike", role_arn("Dev"), role_arn("Other")))
    policy: list[Plain] = [to("Dev", "Other"), by_name]
    identities = (role("Dev", ANY), role("Team", kind=IdentityKind.GROUP), role("Ann", kind=IdentityKind.USER))
    assert listed(policy, *identities) == [
        "role Dev: IDENTITY",
        "user Ann: IDENTITY",
        "role Other: NAMED",
        f"{role_arn('Other')} (aws:PrincipalArn): NAMED",
    ]


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        ("root user", NOTHING),
        ("account administrators", ADMINISTRATOR),
        ("any identity of the account", NOTHING),
        ("anybody, in any account", ADMINISTRATOR),
    ],
)
def test_what_the_policies_of_nobody_in_particular_say(standing: str, allowed: object) -> None:
    (asker,) = (one for one in abstract_askers() if one.label == standing)
    assert asker.standing.value == standing
    assert asker.others(SITUATION) == allowed


@pytest.mark.parametrize(
    ("statement", "standing", "own", "allowed"),
    [
        (to("Dev"), Standing.NAMED, True, UNDECIDED),
        (to(f"arn:aws:iam::{FOREIGN}:role/Dev"), Standing.FOREIGN, False, ADMINISTRATOR.identity.allowed),
        (to(f"arn:aws:iam::{FOREIGN}:root"), Standing.FOREIGN, False, ADMINISTRATOR.identity.allowed),
        ({**to("*"), "Principal": {"Service": "s3.amazonaws.com"}}, Standing.SERVICE, False, NEVER),
    ],
)
def test_what_the_policies_of_somebody_named_say(
    statement: Plain, standing: Standing, own: bool, allowed: object
) -> None:
    read = document([statement])
    (principal,) = read.statements[0].principals or ()
    asker = principal_asker(principal, estate_of(key_of([statement])))
    assert asker is not None
    assert (asker.standing, asker.caller.own, asker.principal) == (standing, own, principal)
    assert asker.others(SITUATION).identity.allowed == allowed
    assert asker.others(SITUATION).identity.denied == NEVER


@pytest.mark.parametrize(
    ("account", "kind", "unnamed"),
    [
        (f"arn:aws:iam::{FOREIGN}:root", CallerKind.ROLE, True),
        (FOREIGN, CallerKind.ROLE, True),
        (f"arn:aws:iam::{FOREIGN}:user/Ann", CallerKind.USER, False),
    ],
)
def test_an_account_stands_for_some_role_of_it(account: str, kind: CallerKind, unnamed: bool) -> None:
    read = document([{**to("*"), "Principal": {"AWS": account}}])
    (principal,) = read.statements[0].principals or ()
    asker = principal_asker(principal, estate_of())
    assert asker is not None
    assert (asker.caller.kind, asker.caller.unnamed, str(asker.caller.account)) == (kind, unnamed, FOREIGN)
    assert str(asker.caller.arn).startswith(f"arn:aws:iam::{FOREIGN}:{kind.value}/")


@pytest.mark.parametrize(
    ("identity", "kind", "bounded"),
    [
        (role("Dev"), CallerKind.ROLE, False),
        (role("Dev")._replace(boundary=policy_of("Limit", [ANY])), CallerKind.ROLE, True),
        (role("Ann", kind=IdentityKind.USER), CallerKind.USER, False),
        (role("Dev")._replace(arn=words("<role Dev>")), CallerKind.ROLE, False),
        (role("Ann", kind=IdentityKind.USER)._replace(arn=words("<role Ann>")), CallerKind.USER, False),
    ],
)
def test_what_calls(identity: Identity, kind: CallerKind, bounded: bool) -> None:
    asker = identity_asker(identity, estate_of(identities=(identity,)))
    assert (asker.caller.kind, asker.caller.bounded, asker.caller.own) == (kind, bounded, True)
    assert (asker.label, asker.identity) == (identity.label, identity)


@pytest.mark.parametrize(("holds", "allowed"), [(True, YES), (False, NO)])
def test_policies_are_settled_with_conditions(holds: bool, allowed: object) -> None:
    group = role("Team", when("A", ANY), kind=IdentityKind.GROUP)
    user = role("Ann", kind=IdentityKind.USER)._replace(groups=("Team",))
    facts = Facts().under(frozenset({Guard("A", holds)}))
    settled = identity_asker(user, estate_of(identities=(user, group))).settled(facts)
    assert settled.others(SITUATION).identity.allowed.some is allowed
    dev = identity_asker(role("Dev", when("A", ANY)), estate_of()).settled(facts)
    assert dev.others(SITUATION).identity.allowed.some is allowed
    root, *_ = abstract_askers()
    assert root.settled(facts) == root
