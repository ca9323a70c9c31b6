"""What an undecided answer hangs on, in words."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from kmslint.access.askers import Asker, askers
from kmslint.access.decide import Decision, decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hanging import accounts_not_told, hangs_on, policy_name
from kmslint.access.situation import Situation
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Grant, Identity, IdentityKind, IdentityPolicy, Key
from kmslint.model.policy import Document
from kmslint.values import Guard, unknown
from plain_estates import deny, estate_of, key_of, policy_of, role, role_arn, to, when
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, accounts_of, action_of, value, words


class Asked(NamedTuple):
    decision: Decision
    asker: Asker
    key: Key

    @property
    def hanging(self) -> list[str]:
        return list(hangs_on(*self))


def asked(
    statements: list[Plain],
    *identities: Identity,
    who: str = "Dev",
    action: str = "kms:Decrypt",
    account: str | None = OWN,
    grants: tuple[Grant, ...] = (),
) -> Asked:
    key = key_of(statements)
    document = key.policy.document
    assert isinstance(document, Document)
    estate = estate_of(key, identities=identities, account=account)._replace(grants=grants)
    asker = next(one for one in askers(document, estate) if who in one.label)
    situation = Situation(asker.caller, action_of(action), key, estate.accounts_of(key))
    decision = decide(document, situation, asker.others(situation), tuple(grants_on(key, estate)))
    return Asked(decision, asker, key)


NAMES = to("Dev", action="kms:DescribeKey")
MFA: dict[str, Plain] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
UNSEEN_POLICIES = "its IAM policies (not seen here)"
IF_A = "whether A holds"
NOTHING = ["what cannot be seen here"]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([NAMES], NOTHING),
        ([to("Dev"), deny(to("Other"))], NOTHING),
        ([when("A", to("Dev"))], [IF_A]),
        ([when("B", when("A", to("Dev")))], [IF_A, "whether B holds"]),
        ([to("Dev"), when("A", deny(to("Dev")))], [IF_A]),
        ([when("A", to("Other")), when("B", to("Dev"))], ["whether B holds"]),
        ([NAMES, "<<Statement>>"], ["Statement", UNSEEN_POLICIES]),
        ([to("Dev", Condition="<<Condition>>")], ["the Condition of statement number 1"]),
        ([to("Dev", action="<Action>"), when("A", to("Dev"))],
         ["parameter Action in the Action of statement number 1", IF_A]),
        ([to("Dev"), {**to("Dev"), "Effect": "<Effect>"}], ["the Effect of statement number 2"]),
        ([to("Dev", Resource=f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab")],
         ["whether statement number 1 of the key policy applies to it"]),
        ([NAMES, to("<Who>")], ["principal parameter Who", UNSEEN_POLICIES]),
        ([NAMES, {**to("*"), "Principal": {"AWS": [role_arn("Other"), "arn:aws:iam:::root"]}}],
         ["principal arn:aws:iam:::root", UNSEEN_POLICIES]),
        # The IAM policies have a say where the key policy leaves it to them.
        ([to("account"), NAMES], [UNSEEN_POLICIES]),
        ([to("account", action="kms:Encrypt"), NAMES], NOTHING),
        ([when("A", to("account")), NAMES], [IF_A, UNSEEN_POLICIES]),
        ([to("account", **MFA), NAMES], [UNSEEN_POLICIES]),
        ([when("A", to("Dev", **MFA))], [IF_A]),
        ([when("A", to("Dev")), deny(to("Dev"), **MFA)], [IF_A]),
        # What adds nothing to what is there for certain.
        ([to("account"), when("A", to("account")), NAMES], [UNSEEN_POLICIES]),
        ([to("account", **MFA), when("A", to("account")), NAMES], [UNSEEN_POLICIES]),
        ([to("account"), when("A", to("Dev"))], [IF_A, UNSEEN_POLICIES]),
    ],
)  # fmt: skip
def test_what_is_open_in_the_key_policy(statements: list[Plain], found: list[str]) -> None:
    assert asked(statements).hanging == found


def test_what_needs_no_key_hangs_on_iam_alone() -> None:
    assert asked([NAMES], action="kms:ListKeys").hanging == [UNSEEN_POLICIES]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (f"arn:aws:iam::{FOREIGN}:role/Other", [OWN]),
        (f"arn:aws:iam::{FOREIGN}:root", [OWN, FOREIGN]),
        (role_arn("Other"), []),
    ],
)
def test_whose_account_it_is(other: str, found: list[str]) -> None:
    done = asked([to("Dev"), to(other)], account=None)
    assert list(accounts_not_told(done.decision)) == found
    said = [f"whether account {account} is the key's own" for account in found]
    assert [one for one in done.hanging if "account" in one] == said


DECRYPTS: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
STORES: dict[str, Plain] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
OPEN: dict[str, Plain] = {**DECRYPTS, "Resource": "<<Resource>>"}
PERHAPS_THIS: dict[str, Plain] = {
    **DECRYPTS,
    "Resource": f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
}
WHEN_A = frozenset({Guard("A", True)})
UNSEEN = unknown("Policy", HERE)


def held(*policies: IdentityPolicy) -> Identity:
    return role("Dev")._replace(policies=policies)


def bounded(limit: IdentityPolicy, *statements: Plain) -> Identity:
    return role("Dev", *(statements or (DECRYPTS,)))._replace(boundary=limit)


def means_this(number: int, policy: str) -> str:
    return f"whether statement number {number} of {policy} means this key"


INLINE = "an inline policy of role Dev"
LIMIT = "permissions boundary Limit"


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (role("Dev", DECRYPTS), NOTHING),
        (role("Dev", when("A", DECRYPTS)), [IF_A]),
        (role("Dev", when("A", {**DECRYPTS, **MFA})), [IF_A]),
        (role("Dev", OPEN), [f"Resource in the Resource of statement number 1 of {INLINE}"]),
        (role("Dev", PERHAPS_THIS), [means_this(1, INLINE)]),
        (role("Dev", DECRYPTS, deny(PERHAPS_THIS)), [means_this(2, INLINE)]),
        (role("Dev", PERHAPS_THIS, deny(OPEN)),
         [means_this(1, INLINE), f"Resource in the Resource of statement number 2 of {INLINE}"]),
        # What may be allowed is no matter where it is allowed already.
        (role("Dev", DECRYPTS, OPEN, deny(PERHAPS_THIS)), [means_this(3, INLINE)]),
        (role("Dev", DECRYPTS, OPEN), NOTHING),
        (role("Dev")._replace(unseen_policies=(UNSEEN,)), ["the policy Policy attached to it"]),
        (held(IdentityPolicy("Unseen", HERE, None)), ["IAM policy Unseen (not seen here)"]),
        (held(IdentityPolicy("Unseen", HERE, None, guards=WHEN_A)), [IF_A, "IAM policy Unseen (not seen here)"]),
        (held(policy_of("Some", ["<<Statement>>"])), ["IAM policy Some (not seen here)"]),
        (held(policy_of("Some", [DECRYPTS])._replace(guards=WHEN_A)), [IF_A]),
        (held(policy_of("Some", [STORES])._replace(guards=WHEN_A), policy_of("Other", [PERHAPS_THIS])),
         [means_this(1, "IAM policy Other")]),
        # The boundary.
        (bounded(policy_of("Limit", [DECRYPTS])), NOTHING),
        (bounded(policy_of("Limit", [DECRYPTS, OPEN])), NOTHING),
        (bounded(policy_of("Limit", [OPEN])), [f"Resource in the Resource of statement number 1 of {LIMIT}"]),
        (bounded(policy_of("Limit", [DECRYPTS, deny(PERHAPS_THIS)])), [means_this(2, LIMIT)]),
        (bounded(IdentityPolicy("Limit", HERE, None)), [f"{LIMIT} (not seen here)"]),
        (bounded(policy_of("Limit", [DECRYPTS])._replace(guards=WHEN_A)), [IF_A]),
        (bounded(policy_of("Limit", [DECRYPTS]), when("A", DECRYPTS)), [IF_A]),
    ],
)  # fmt: skip
def test_what_is_open_in_iam(identity: Identity, found: list[str]) -> None:
    assert asked([to("account")], identity).hanging == found


def test_a_literal_account_beside_the_one_that_the_template_names() -> None:
    dev = role("Dev")._replace(arn=words("arn:aws:iam::<own>:role/Dev"))
    admin: dict[str, Plain] = {**to("*"), "Principal": {"AWS": "arn:aws:iam::<own>:role/Admin"}}
    done = asked([admin, to("account")], dev._replace(policies=(policy_of("Some", [DECRYPTS]),)), account=None)
    assert done.hanging == [f"whether account {OWN} is the key's own"]


def test_the_default_key_policy_leaves_nothing_open() -> None:
    asker = asked([NAMES], role("Dev", when("A", DECRYPTS))).asker
    situation = Situation(asker.caller, action_of("kms:Decrypt"), KEY, accounts_of())
    default = key_document(KEY)
    assert default is not None
    assert hangs_on(decide(default, situation, asker.others(situation)), asker, KEY) == (IF_A,)


def test_iam_has_no_say_where_the_key_policy_does_not_leave_it_to_it() -> None:
    assert asked([NAMES], role("Dev", when("A", DECRYPTS))).hanging == NOTHING
    assert asked([to("Dev")], role("Dev", deny(PERHAPS_THIS))).hanging == [means_this(1, INLINE)]


@pytest.mark.parametrize(
    ("user", "group", "found"),
    [
        (role("Ann", kind=IdentityKind.USER), role("Team", when("A", DECRYPTS), kind=IdentityKind.GROUP), [IF_A]),
        (role("Ann", PERHAPS_THIS, kind=IdentityKind.USER), role("Team", PERHAPS_THIS, kind=IdentityKind.GROUP),
         [means_this(1, "an inline policy of user Ann"), means_this(1, "an inline policy of group Team")]),
        (role("Ann", kind=IdentityKind.USER)._replace(unseen_policies=(UNSEEN,)),
         role("Team", kind=IdentityKind.GROUP), ["the policy Policy attached to it"]),
        (role("Ann", kind=IdentityKind.USER),
         role("Team", kind=IdentityKind.GROUP)._replace(unseen_policies=(UNSEEN,)),
         ["the policy Policy attached to group Team"]),
    ],
)  # fmt: skip
def test_what_is_open_in_the_policies_of_a_group(user: Identity, group: Identity, found: list[str]) -> None:
    assert asked([to("account")], user._replace(groups=("Team",)), group, who="Ann").hanging == found


def grant(name: str, *operations: str, grantee: str = role_arn("Dev"), constrained: bool = False) -> Grant:
    return Grant(name, HERE, words("<key>"), words(grantee), value(list(operations)), constrained)


@pytest.mark.parametrize(
    ("grants", "found"),
    [
        ((grant("One", "<Operation>"), grant("Other", "Encrypt")), ["what grant One gives"]),
        ((grant("One", "<Operation>", constrained=True),), ["what grant One gives"]),
        ((grant("One", "Decrypt", grantee="<Who>"),), ["what grant One gives"]),
        ((grant("One", "Decrypt", constrained=True), grant("Other", "<Operation>")), ["what grant Other gives"]),
        ((grant("One", "Decrypt"),), NOTHING),
    ],
)
def test_what_is_open_in_grants(grants: tuple[Grant, ...], found: list[str]) -> None:
    assert asked([NAMES], grants=grants).hanging == found


def test_what_a_policy_is_called() -> None:
    user = role("Ann", DECRYPTS, kind=IdentityKind.USER)._replace(groups=("Team",))
    asker = asked([to("account")], user, role("Team", DECRYPTS, kind=IdentityKind.GROUP), who="Ann").asker
    names = [policy_name(address, asker) for address in ("Ann", "Team", "Policy")]
    assert names == ["an inline policy of user Ann", "an inline policy of group Team", "IAM policy Policy"]
    assert policy_name("Ann", asked([to("Dev")]).asker) == "IAM policy Ann"
