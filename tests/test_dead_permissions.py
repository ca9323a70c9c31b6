"""Permissions that do nothing; and that the keys a statement names are found without asking about each of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from cases import FIXTURES
from kmslint.access.dead_permissions import DeadPermission, Keys, dead_permissions, entry_naming
from kmslint.access.resources import names_key
from kmslint.discovery import discover
from kmslint.estates import read_estates
from kmslint.lint import lint_text
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Grant, Identity, IdentityKind, IdentityPolicy, Key, PolicyOrigin
from kmslint.model.policy import Statement, texts
from kmslint.values import Guard, Guards
from kmslint.verdict import YES
from plain_estates import ANY, KEY_ARN, deny, estate_of, key_of, role, to, when
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, value, words


def estates() -> Iterator[Estate]:
    for name in ("KMS301", "KMS304", "templates", "articles", "equivalent"):
        yield from read_estates(discover([str(FIXTURES / name)], str(FIXTURES)), None).estates


def named_one_by_one(statement: Statement, estate: Estate) -> list[tuple[str, int]]:
    found = []
    for key, _ in estate.key_documents():
        for element in texts(statement.resources) if key.policy.origin is PolicyOrigin.EXPLICIT else ():
            arn = parse_arn(element)
            if arn and "*" not in str(arn.resource) and names_key(element, key, estate.accounts_of(key)) is YES:
                found.append((key.address, element.at.start))
                break
    return found


def test_the_same_keys_are_found_one_by_one() -> None:
    named = 0
    for estate in estates():
        keys = Keys(estate)
        for policy in estate.policies:
            for statement in policy.document.statements if policy.document else ():
                found = [(key.address, element.at.start) for key, _, element in keys.named_in(statement)]
                assert found == named_one_by_one(statement, estate)
                named += len(found)
    assert named > 20


def test_many_keys_and_roles_are_judged_in_time() -> None:
    count = 150
    resources: dict[str, object] = {}
    for number in range(count):
        root = {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}}
        policy = {"Version": "2012-10-17", "Statement": [{**root, "Action": "kms:*", "Resource": "*"}] * 3}
        resources[f"Key{number}"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
        allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": {"Fn::GetAtt": [f"Key{number}", "Arn"]}}
        inline = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow] * 3}}
        resources[f"Role{number}"] = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [inline]}}
    started = time.process_time()
    outcome = lint_text("t.json", json.dumps({"Resources": resources}).encode())
    assert time.process_time() - started < 5
    assert len(outcome.keys) == count


WRITTEN_OUT = f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("key", "entries", "naming"),
    [
        (KEY, [KEY_ARN], 0),
        (KEY, ["*", "<<Resource>>", KEY_ARN, KEY_ARN], 2),
        (KEY, [f"arn:aws:kms:eu-west-1:{OWN}:key/<key>"], 0),
        # What may be meant for other keys as well.
        (KEY, ["*", "arn:aws:kms:*", "arn:<partition>:kms:<region>:<own>:key/*", "arn:aws:kms:eu-west-1:*:*"], None),
        (
            KEY,
            [f"arn:aws:kms:eu-west-1:{FOREIGN}:key/<key>", "arn:<partition>:kms:<region>:<own>:key/<other key>"],
            None,
        ),
        (KEY, [WRITTEN_OUT, "arn:<partition>:kms:<region>:<own>:alias/orders", "<<Resource>>"], None),
        (KEY, [], None),
        (KEY._replace(arn=words(WRITTEN_OUT)), [f"{WRITTEN_OUT[:-1]}c", f"{WRITTEN_OUT[:-1]}?", WRITTEN_OUT], 1),
        (KEY._replace(arn=words(WRITTEN_OUT)), [f"{WRITTEN_OUT[:-2]}?*", WRITTEN_OUT], 1),
        # A key whose ARN cannot be seen.
        (KEY._replace(arn=words("<Key>")), [KEY_ARN, WRITTEN_OUT, "<Key>"], None),
    ],
)
def test_the_entry_that_names_a_key(key: Key, entries: list[Plain], naming: int | None) -> None:
    estate = estate_of(key_of([to("account")], key))
    (statement,) = document([{**ANY, "Resource": entries}]).statements
    expected = None if naming is None else (statement.resources or ())[naming]
    assert entry_naming(statement, estate.keys[0], estate) is expected
    assert [element for _, _, element in Keys(estate).named_in(statement)] == ([] if expected is None else [expected])


DECRYPT: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY_ARN}
MFA: dict[str, Plain] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
ALGORITHM: dict[str, Plain] = {"Condition": {"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}}
IS_ROOT: dict[str, Plain] = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:root"}}
ROOT_ONLY: dict[str, Plain] = {"Condition": IS_ROOT}
ADMIN = to("Admin")


def of(*names: str) -> Plain:
    return [f"kms:{name}" for name in names]


def dead(key_policy: list[Plain], *identities: Identity) -> list[DeadPermission]:
    return list(dead_permissions(estate_of(key_of(key_policy), identities=identities)))


def actions(found: list[DeadPermission]) -> list[str]:
    return [str(entry).removeprefix("kms:") for one in found for entry in one.dead]


@pytest.mark.parametrize(
    ("key_policy", "statements", "named"),
    [
        ([ADMIN], [DECRYPT], ["Decrypt"]),
        ([to("account")], [DECRYPT], []),
        ([to("Dev")], [DECRYPT], []),
        ([to("account", action="kms:Encrypt")], [{**DECRYPT, "Action": of("Encrypt", "Decrypt")}], ["Decrypt"]),
        # A pattern is dead as a whole, or says something.
        ([to("account", action="kms:Encrypt")], [{**DECRYPT, "Action": "kms:*crypt"}], []),
        ([ADMIN], [{**DECRYPT, "Action": "kms:*crypt"}], ["*crypt"]),
        # What is no permission to do something with the key.
        ([ADMIN], [deny(DECRYPT)], []),
        ([ADMIN], [{"Effect": "Allow", "NotAction": "kms:Encrypt", "Resource": KEY_ARN}], []),
        ([ADMIN], [{"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": KEY_ARN}], []),
        ([ADMIN], [{**DECRYPT, "Action": ["s3:GetObject", "kms:ListKeys", "<Action>", "<<Action>>"]}], []),
        # The statement has conditions of its own: they hold at times, perhaps, or never for some of the actions.
        ([ADMIN], [{**DECRYPT, **MFA}], ["Decrypt"]),
        ([ADMIN], [{**DECRYPT, "Condition": "<<Condition>>"}], []),
        ([ADMIN], [{**DECRYPT, "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}], ["Decrypt"]),
        ([ADMIN], [{**DECRYPT, **ALGORITHM}], ["Decrypt"]),
        ([ADMIN], [{**DECRYPT, "Action": of("De*"), **ALGORITHM}], []),
        # A Deny is intent, unless it leaves something.
        ([ADMIN, deny(to("Dev"))], [DECRYPT], []),
        ([ADMIN, deny(to("Dev"), **MFA)], [DECRYPT], ["Decrypt"]),
        ([ADMIN, deny(to("Dev", action="kms:Encrypt"))], [DECRYPT], ["Decrypt"]),
        ([ADMIN], [DECRYPT, deny(DECRYPT)], []),
        ([ADMIN], [DECRYPT, deny(DECRYPT, **MFA)], ["Decrypt"]),
        ([ADMIN], [{**DECRYPT, "Action": "kms:*crypt"}, deny(DECRYPT)], ["*crypt"]),
    ],
)
def test_what_does_nothing(key_policy: list[Plain], statements: list[Plain], named: list[str]) -> None:
    assert actions(dead(key_policy, role("Dev", *statements))) == named


def test_the_members_of_a_group_hold_what_it_has() -> None:
    group = role("Team", DECRYPT, kind=IdentityKind.GROUP)
    assert dead([ADMIN], group) == []
    user = role("Ann", kind=IdentityKind.USER)._replace(groups=("Team",))
    (found,) = dead([ADMIN], group, user)
    assert (found.identity.address, found.policy.address) == ("Ann", "Team")


def test_a_policy_that_is_not_here_says_nothing() -> None:
    assert dead([ADMIN], role("Dev")._replace(policies=(IdentityPolicy("Unseen", HERE, None),))) == []


def test_a_grant_gives_what_the_key_policy_does_not() -> None:
    grant = Grant("Grant", HERE, words("<key>"), words(f"arn:aws:iam::{OWN}:role/Dev"), value(["Decrypt"]), False)
    estate = estate_of(key_of([ADMIN]), identities=(role("Dev", {**DECRYPT, "Action": of("Decrypt", "Encrypt")}),))
    assert actions(list(dead_permissions(estate._replace(grants=(grant,))))) == ["Encrypt"]


@pytest.mark.parametrize(
    ("key_policy", "position"),
    [
        ([ADMIN], None),
        ([ADMIN, to("account", **ROOT_ONLY)], 1),
        ([to("account", action="kms:DescribeKey", **ROOT_ONLY), to("account", action="kms:Encrypt", **ROOT_ONLY)], 1),
        ([{**to("account", **ROOT_ONLY), "Effect": "<Effect>"}], None),
        ([to("account", **ROOT_ONLY), deny(to("Other"))], 0),
        ([to("account", Condition={**IS_ROOT, "Bool": {"aws:MultiFactorAuthPresent": "true"}})], 0),
        # It speaks to everybody, and not to the account.
        ([to("*", **ROOT_ONLY)], None),
    ],
)
def test_the_statement_that_speaks_to_the_root_user_alone(key_policy: list[Plain], position: int | None) -> None:
    (found,) = dead(key_policy, role("Dev", {**DECRYPT, "Action": of("Decrypt", "Encrypt")}))
    assert (found.root_only and found.root_only.position) == position


def when_all(*conditions: str) -> Guards:
    return frozenset(Guard(name.removeprefix("not "), not name.startswith("not ")) for name in conditions)


@pytest.mark.parametrize(
    ("key_policy", "statement", "ways"),
    [
        ([ADMIN], DECRYPT, [when_all()]),
        ([ADMIN], when("A", DECRYPT), [when_all("A")]),
        ([when("A", to("account"))], DECRYPT, [when_all("not A")]),
        ([when("A", to("account", **MFA))], DECRYPT, [when_all("not A")]),
        ([ADMIN, when("A", deny(to("Dev")))], DECRYPT, [when_all("not A")]),
        ([when("A", to("account"))], when("A", DECRYPT), None),
        ([when("A", to("account"))], when("B", DECRYPT), [when_all("not A", "B")]),
    ],
)
def test_under_which_conditions(key_policy: list[Plain], statement: Plain, ways: list[Guards] | None) -> None:
    found = dead(key_policy, role("Dev", statement))
    assert [list(one.ways) for one in found] == ([] if ways is None else [ways])


@pytest.mark.parametrize(
    ("identity", "policy", "statement", "ways"),
    [
        ((), (), (), ["not A"]),
        (("A",), (), (), None),
        ((), ("A",), (), None),
        ((), (), ("A",), None),
        (("not A",), (), (), [""]),
        # It is not there at all.
        (("B",), ("not B",), (), None),
    ],
)
def test_what_the_holder_hangs_on(
    identity: tuple[str, ...], policy: tuple[str, ...], statement: tuple[str, ...], ways: list[str] | None
) -> None:
    """Of whether the identity is there nothing is said."""
    (read,) = document([DECRYPT]).statements
    there = document([DECRYPT])._replace(statements=(read._replace(guards=when_all(*statement)),))
    held = IdentityPolicy("Policy", HERE, there, guards=when_all(*policy))
    dev = role("Dev")._replace(policies=(held,), guards=when_all(*identity))
    found = dead([when("A", to("account"))], dev)
    said = None if ways is None else [[when_all(*filter(None, [way])) for way in ways]]
    assert [list(one.ways) for one in found] == (said or [])


def test_a_policy_that_never_goes_with_its_holder_holds_nothing() -> None:
    held = IdentityPolicy("Policy", HERE, document([DECRYPT]), guards=when_all("not A"))
    assert dead([ADMIN], role("Dev")._replace(policies=(held,), guards=when_all("A"))) == []
