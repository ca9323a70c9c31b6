"""Why a statement makes nobody an administrator, and which principals AWS refuses, in words."""

from __future__ import annotations

import pytest

from document_estates import estate_of, role_of
from kmslint.access.naming import principal_name, when
from kmslint.access.reach import why_without_administrators
from kmslint.access.refused import refused_alone, refused_principals
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.location import Source
from kmslint.model.estate import IdentityKind
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import unknown
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, words

ON_ALL: dict[str, Plain] = {"Action": "kms:*", "Resource": "*"}
LINKED = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
GONE = "AROAJQABLZS4A3QDU576Q"


def allow(principal: Plain, **more: Plain) -> dict[str, Plain]:
    return {"Effect": "Allow", "Principal": principal, **ON_ALL, **more}


ACCOUNT = allow({"AWS": OWN})
WHY = [
    ({**ACCOUNT, "Effect": "allow"}, "has an Effect that is neither Allow nor Deny, and so gives nobody anything"),
    ({"Effect": "Allow", **ON_ALL}, "has no Principal, and so gives nobody anything"),
    ({**ACCOUNT, "Resource": []}, "has no Resource, and so gives nobody anything"),
    (
        {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*"},
        "has no Resource, and so gives nobody anything",
    ),
    (
        {**ACCOUNT, "Resource": "arn:aws:s3:::bucket"},
        "has a Resource that is not this key, and so gives nobody anything",
    ),
    (
        {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "NotResource": "*"},
        "leaves this key out by its NotResource, and so gives nobody anything",
    ),
    (allow({"AWS": OWN}, Action="kms:Decrypt"), "does not allow kms:PutKeyPolicy"),
    (allow({"Service": "logs.amazonaws.com"}), "reaches only AWS services"),
    (allow({"AWS": GONE}), f"reaches only {GONE} (a user or role that is gone)"),
    (allow({"AWS": "me"}), "reaches only me (a principal that AWS does not accept)"),
    (allow({"AWS": ""}), "reaches only an empty text (a principal that AWS does not accept)"),
    (
        allow({"Federated": "accounts.google.com"}),
        "reaches only accounts.google.com (an identity provider or a canonical user id)",
    ),
    (allow({"AWS": LINKED}), "reaches only a service-linked role, as which nobody can act"),
    (
        allow({"AWS": [LINKED, GONE], "Service": "logs.amazonaws.com"}),
        (
            f"reaches only a service-linked role, as which nobody can act, {GONE} (a user or role that is gone) and "
            "AWS services"
        ),
    ),
    (
        {**ACCOUNT, "Condition": {"StringEquals": {"kms:CallerAccount": FOREIGN}}},
        "has a condition that no request for kms:PutKeyPolicy meets",
    ),
    (allow({"AWS": FOREIGN}), "reaches nobody who could use it"),
    (
        allow({"AWS": FOREIGN}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        "reaches nobody who could use it",
    ),
    (allow({"AWS": [FOREIGN, "me"]}), "reaches nobody who could use it"),
    (
        {"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, **ON_ALL},
        "reaches nobody who could use it",
    ),
]


@pytest.mark.parametrize(("plain", "why"), WHY)
def test_why_a_statement_lets_nobody_change_the_policy(plain: Plain, why: str) -> None:
    policy = document([plain])
    ((statement, words_of),) = why_without_administrators(policy, KEY, estate_of(policy))
    assert statement is policy.statements[0]
    assert words_of == f"statement number 1 {why}"


def test_a_deny_need_not_be_explained_and_a_condition_is_told() -> None:
    deny = {**ACCOUNT, "Effect": "Deny"}
    policy = document([deny, {"if": "C", "then": allow({"AWS": GONE}, Sid="Gone"), "else": None}])
    found = [why for _, why in why_without_administrators(policy, KEY, estate_of(policy))]
    assert found == [f'statement "Gone" reaches only {GONE} (a user or role that is gone) when C is true']


REFUSED = [
    (allow({"AWS": "me"}), ["me is no ARN of an account, user, role or session"]),
    (allow({"AWS": ""}), ["an empty text is no ARN of an account, user, role or session"]),
    (
        allow({"AWS": f"arn:aws:iam::{OWN}:role/*"}),
        [f"arn:aws:iam::{OWN}:role/* has a wildcard inside, and a principal is either * or one name"],
    ),
    (allow({"AWS": "m?"}), ["m? has a wildcard inside, and a principal is either * or one name"]),
    (
        allow({"AWS": f"arn:aws:iam::{OWN}:group/A"}),
        [f"arn:aws:iam::{OWN}:group/A is a group, and a group is no principal"],
    ),
    (
        allow({"AWS": f"arn:aws:iam::{OWN}:instance-profile/A"}),
        [f"arn:aws:iam::{OWN}:instance-profile/A is an instance profile, not the role in it"],
    ),
    (
        allow({"AWS": f"arn:aws:iam::{OWN}:instanceprofile/A"}),
        [f"arn:aws:iam::{OWN}:instanceprofile/A is an instance profile, not the role in it"],
    ),
    (
        {"Effect": "Deny", "NotPrincipal": {"AWS": ["me", OWN]}, **ON_ALL},
        ["me is no ARN of an account, user, role or session"],
    ),
    ({"Effect": "Allow", **ON_ALL}, ["nobody is named, and every statement of a key policy needs a principal"]),
    (allow({"AWS": []}), ["Principal names nobody"]),
    (allow({"AWS": "<role Dev>"}), ["${Dev.Arn} is the name of Dev, not its ARN"]),
    (allow({"AWS": ["<role Other>", OWN, "*", "<Somebody>", GONE]}), []),
    (allow({"Service": "me", "Federated": "<role Dev>"}), []),
]


@pytest.mark.parametrize(("plain", "reasons"), REFUSED)
def test_principals_that_are_none(plain: Plain, reasons: list[str]) -> None:
    policy = document([plain])
    statement = policy.statements[0]
    inside = statement._replace(at=HERE._replace(end=1))  # where all that is written in it begins
    estate = estate_of(policy, identities=[role_of("Dev")])
    found = list(refused_principals(inside, estate))
    assert [why for _, why in found] == reasons
    named = (*(statement.principals or ()), *(statement.not_principals or ()))
    assert all(at in [statement.header, *(one.at for one in named)] for at, _ in found)


def test_a_principal_that_comes_from_elsewhere_may_be_a_placeholder() -> None:
    """The default of a variable that is to be set: "" or "undefined". What is an ARN is none."""
    policy = document([allow({"AWS": ["undefined", f"arn:aws:iam::{OWN}:group/A"]})])
    statement = policy.statements[0]
    for outside in (
        statement._replace(at=HERE._replace(start=5, end=9)),
        statement._replace(at=HERE._replace(start=0, end=0)),
        statement._replace(at=HERE._replace(source=Source("other", ""), end=9)),
    ):
        found = [why for _, why in refused_principals(outside, estate_of(policy))]
        assert found == [f"arn:aws:iam::{OWN}:group/A is a group, and a group is no principal"]


def test_what_is_malformed_in_a_principal_is_refused_and_nothing_else_of_it() -> None:
    policy = document([{"Effect": "Allow", "Principal": {"AWZ": OWN}, "Action": {"a": "b"}, "Resource": "*"}])
    (statement,) = policy.statements
    assert any("Principal" not in flaw.what for flaw in statement.malformed)
    found = [why for _, why in refused_principals(statement, estate_of(policy))]
    assert len(found) == 1
    assert "Principal" in found[0]


ARN_OF_NOBODY = allow({"AWS": f"arn:aws:iam::{OWN}:group/A"})
ALONE = [
    ([ARN_OF_NOBODY], True),
    ([ARN_OF_NOBODY, allow({"AWS": OWN}, Action="kms:Decrypt")], True),
    ([ARN_OF_NOBODY, ACCOUNT], False),
    ([ARN_OF_NOBODY, {**ARN_OF_NOBODY, "Effect": "Deny"}], False),
    ([allow({"AWS": OWN}, Action="kms:Decrypt")], False),
    ([], False),
]


@pytest.mark.parametrize(("plain", "is_refused"), ALONE)
def test_a_policy_with_which_nobody_may_use_an_action_for_it_is_refused(plain: list[Plain], is_refused: bool) -> None:
    policy = document(plain)
    found = refused_alone(PUT_KEY_POLICY, policy, estate_of(policy))
    assert (found is not None) is is_refused
    assert found is None or found is policy.statements[0]


def text_of(plain: str) -> Principal:
    return Principal(PrincipalType.AWS, words(plain))


def arn(resource: str, account: str = OWN) -> Principal:
    service = "sts" if resource.startswith("assumed-role/") else "iam"
    return text_of(f"arn:aws:{service}::{account}:{resource}")


NAMES = [
    (arn("role/Dev"), "role Dev"),
    (arn("user/Ann"), "user Ann"),
    (arn("user/Other"), "user Other"),
    (arn("role/path/Other"), "role path/Other"),
    (arn("role/path/Named"), "role Ops"),  # as the template calls it
    (arn("assumed-role/Dev/s"), "session Dev/s"),
    (arn("role/Other", FOREIGN), f"role Other of account {FOREIGN}"),
    (arn("role/Other", "<Account>"), "role Other"),
    (arn("root"), f"account {OWN}"),
    (arn("root", FOREIGN), f"account {FOREIGN}"),
    (text_of(OWN), f"account {OWN}"),
    (text_of("<own>"), "the account"),
    (text_of("arn:aws:iam::<own>:root"), "the account"),
    (text_of("arn:aws:iam::<Account>:root"), "account ${Account}"),
    (text_of("*"), "everybody"),
    (text_of("<Somebody>"), "Somebody"),
    (text_of("<deployer>"), "data.aws_caller_identity.current.arn"),
    (text_of("<Some>body"), "${Some}body"),
    (text_of("me"), "me"),
    (text_of(""), ""),
    (Principal(PrincipalType.SERVICE, words("logs.amazonaws.com")), "service logs.amazonaws.com"),
    (Principal(PrincipalType.FEDERATED, words("accounts.google.com")), "accounts.google.com"),
    (Principal(PrincipalType.AWS, unknown("x", HERE)), "${x}"),
]


@pytest.mark.parametrize(("principal", "name"), NAMES)
def test_how_messages_name_principals(principal: Principal, name: str) -> None:
    ops = role_of("Ops")._replace(arn=words(f"arn:aws:iam::{OWN}:role/path/Named"))
    estate = estate_of(identities=[role_of("Dev"), role_of("Ann", kind=IdentityKind.USER), ops])
    assert principal_name(principal, estate) == name


def test_a_role_beside_the_symbolic_own_account_is_taken_to_be_of_another() -> None:
    policy = document([allow({"AWS": ["arn:aws:iam::<own>:root", f"arn:aws:iam::{FOREIGN}:role/Other"]})])
    estate = estate_of(policy, account=None)
    assert principal_name(arn("role/Other", FOREIGN), estate) == f"role Other of account {FOREIGN}"
    alone = document([allow({"AWS": f"arn:aws:iam::{FOREIGN}:role/Other"})])
    assert principal_name(arn("role/Other", FOREIGN), estate_of(alone, account=None)) == "role Other"


def test_when_a_statement_is_there() -> None:
    always, sometimes = document([ACCOUNT, {"if": "C", "then": ACCOUNT, "else": None}]).statements
    assert (when(always), when(sometimes)) == ("", " when C is true")
