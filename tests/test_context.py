"""What a condition key comes to, by who calls, for which action, and for which key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from __future__ import annotations

import pytest

from kmslint.access.caller import FRESH
from kmslint.access.context import Status, look_up
from kmslint.access.situation import RequestContext, Situation
from kmslint.model.estate import Key, KeyKind, KeySettings
from kmslint.values import text
from plain_policies import FOREIGN, HERE, KEY, Plain, accounts_of, action_of, caller_of, key_with, value

OWN_ACCOUNT = "${own account}"


def found(name: str, asked: Situation) -> tuple[Status, tuple[str, ...]]:
    status, values = look_up(name, asked)
    return status, tuple(map(str, values))


def situation(caller: str = "role/Dev", action: str = "kms:Decrypt", key: Key = KEY) -> Situation:
    return Situation(caller_of(caller), action_of(action), key, accounts_of())


def one_request(caller: str = "role/Dev", **carried: tuple[str, ...]) -> Situation:
    """A request that carries these keys of the `aws` namespace, and none else."""
    values = {f"aws:{name}": tuple(text(one, HERE) for one in given) for name, given in carried.items()}
    return situation(caller)._replace(context=RequestContext(values))


@pytest.mark.parametrize(
    ("caller", "type_"),
    [
        ("root user", "Account"),
        ("role/Dev", "AssumedRole"),
        ("some role", "AssumedRole"),
        ("assumed-role/Dev/s", "AssumedRole"),
        ("user/Ann", "User"),
        ("some user", "User"),
        ("federated-user/Ann", "FederatedUser"),
        (f"{FOREIGN} role/Dev", "AssumedRole"),
        (f"{FOREIGN} root user", "Account"),
    ],
)
def test_the_type_of_a_principal(caller: str, type_: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype"""
    assert found("aws:PrincipalType", situation(caller)) == (Status.KNOWN, (type_,))
    assert found("aws:PrincipalType", one_request(caller)) == (Status.KNOWN, (type_,))


@pytest.mark.parametrize(
    ("caller", "key", "status", "values"),
    [
        ("user/Ann", "aws:username", Status.KNOWN, ("Ann",)),
        ("user/staff/a/Ann", "aws:username", Status.KNOWN, ("Ann",)),
        ("some user", "aws:username", Status.OPEN, ()),
        ("<deployer>", "aws:username", Status.OPEN, ()),
        ("role/Dev", "aws:username", Status.ABSENT, ()),
        ("assumed-role/Dev/s", "aws:username", Status.ABSENT, ()),
        ("root user", "aws:username", Status.ABSENT, ()),
        ("federated-user/Ann", "aws:username", Status.ABSENT, ()),
        ("<deployer>", "aws:PrincipalArn", Status.UNRESOLVED, ()),
        ("<deployer>", "aws:PrincipalType", Status.OPEN, ()),
        ("<deployer>", "aws:PrincipalAccount", Status.KNOWN, (OWN_ACCOUNT,)),
        ("role/Dev", "kms:CallerAccount", Status.KNOWN, (OWN_ACCOUNT,)),
        (f"{FOREIGN} role/Dev", "kms:CallerAccount", Status.KNOWN, (FOREIGN,)),
        ("role/Dev", "aws:PrincipalIsAWSService", Status.KNOWN, ("false",)),
        ("role/Dev", "aws:PrincipalOrgID", Status.OPEN, ()),
        ("role/Dev", "aws:PrincipalTag/team", Status.OPEN, ()),
        (f"{FOREIGN} role/Dev", "aws:PrincipalOrgID", Status.OPEN, ()),
        (f"{FOREIGN} role/Dev", "aws:PrincipalOrgPaths", Status.OPEN, ()),
    ],
)
def test_what_a_principal_carries(caller: str, key: str, status: Status, values: tuple[str, ...]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse"""
    assert found(key, situation(caller)) == (status, values)
    assert found(key.upper(), situation(caller)) == (status, values)


@pytest.mark.parametrize(
    ("key", "status", "values"),
    [
        ("aws:PrincipalOrgID", Status.CHOSEN, (FRESH,)),
        ("aws:PrincipalOrgPaths", Status.CHOSEN, (FRESH,)),
        ("aws:PrincipalType", Status.OPEN, ()),
        ("aws:PrincipalTag/team", Status.OPEN, ()),
        ("aws:PrincipalIsAWSService", Status.KNOWN, ("false",)),
    ],
)
def test_whoever_has_an_account_can_choose(key: str, status: Status, values: tuple[str, ...]) -> None:
    """His account may be in an organisation of his own or in none, and he may be a user or a role in it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    assert found(key, situation("anybody")) == (status, values)


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
    ],
)
def test_what_only_services_carry(key: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename"""
    assert found(key, situation("logs.amazonaws.com")) == (Status.OPEN, ())
    for caller in ("root user", "role/Dev", "user/Ann", "anybody", "<deployer>"):
        assert found(key, situation(caller)) == (Status.ABSENT, ())


@pytest.mark.parametrize(
    ("key", "status", "values"),
    [
        ("aws:PrincipalIsAWSService", Status.KNOWN, ("true",)),
        ("aws:PrincipalType", Status.UNRESOLVED, ()),
        ("aws:PrincipalArn", Status.ABSENT, ()),
        ("aws:PrincipalAccount", Status.ABSENT, ()),
        ("kms:CallerAccount", Status.ABSENT, ()),
        ("aws:username", Status.ABSENT, ()),
        ("aws:PrincipalOrgID", Status.ABSENT, ()),
        ("aws:PrincipalOrgPaths", Status.ABSENT, ()),
        ("aws:PrincipalTag/team", Status.ABSENT, ()),
    ],
)
def test_a_service_belongs_to_no_account(key: str, status: Status, values: tuple[str, ...]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid"""
    assert found(key, situation("logs.amazonaws.com")) == (status, values)
    assert found(key, one_request("logs.amazonaws.com")) == (status, values)


def test_the_account_of_the_resource_is_the_own_one() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount"""
    for caller in ("role/Dev", f"{FOREIGN} role/Dev", "anybody", "logs.amazonaws.com"):
        assert found("aws:ResourceAccount", situation(caller)) == (Status.KNOWN, (OWN_ACCOUNT,))


@pytest.mark.parametrize(
    ("kind", "setting", "key", "status", "values"),
    [
        (KeyKind.KEY, {}, "kms:KeySpec", Status.KNOWN, ("SYMMETRIC_DEFAULT",)),
        (KeyKind.KEY, {}, "kms:CustomerMasterKeySpec", Status.KNOWN, ("SYMMETRIC_DEFAULT",)),
        (KeyKind.KEY, {}, "kms:KeyUsage", Status.KNOWN, ("ENCRYPT_DECRYPT",)),
        (KeyKind.KEY, {}, "kms:CustomerMasterKeyUsage", Status.KNOWN, ("ENCRYPT_DECRYPT",)),
        (KeyKind.KEY, {}, "kms:KeyOrigin", Status.KNOWN, ("AWS_KMS",)),
        (KeyKind.KEY, {}, "kms:MultiRegion", Status.KNOWN, ("false",)),
        (KeyKind.KEY, {"spec": "HMAC_256"}, "kms:CustomerMasterKeySpec", Status.KNOWN, ("HMAC_256",)),
        (KeyKind.KEY, {"usage": "SIGN_VERIFY"}, "kms:CustomerMasterKeyUsage", Status.KNOWN, ("SIGN_VERIFY",)),
        (KeyKind.KEY, {"spec": "<Spec>"}, "kms:KeySpec", Status.UNRESOLVED, ()),
        (KeyKind.KEY, {"spec": "RSA_<Bits>"}, "kms:KeySpec", Status.UNRESOLVED, ()),
        (KeyKind.KEY, {"spec": "<<Spec>>"}, "kms:KeySpec", Status.UNRESOLVED, ()),
        (KeyKind.KEY, {"spec": None}, "kms:KeySpec", Status.KNOWN, ("SYMMETRIC_DEFAULT",)),
        (KeyKind.KEY, {"multi_region": None}, "kms:MultiRegion", Status.KNOWN, ("false",)),
        (KeyKind.KEY, {"multi_region": None}, "kms:MultiRegionKeyType", Status.ABSENT, ()),
        (KeyKind.KEY, {"multi_region": False}, "kms:MultiRegionKeyType", Status.ABSENT, ()),
        (KeyKind.KEY, {"multi_region": True}, "kms:MultiRegionKeyType", Status.KNOWN, ("PRIMARY",)),
        (KeyKind.KEY, {"multi_region": "<<Multi>>"}, "kms:MultiRegionKeyType", Status.UNRESOLVED, ()),
        (KeyKind.EXTERNAL, {"multi_region": True}, "kms:MultiRegion", Status.KNOWN, ("true",)),
        (KeyKind.EXTERNAL, {"multi_region": True}, "kms:MultiRegionKeyType", Status.KNOWN, ("PRIMARY",)),
        (KeyKind.EXTERNAL, {}, "kms:KeyUsage", Status.KNOWN, ("ENCRYPT_DECRYPT",)),
        (KeyKind.REPLICA, {}, "kms:KeySpec", Status.UNRESOLVED, ()),
        (KeyKind.REPLICA, {}, "kms:KeyUsage", Status.UNRESOLVED, ()),
        (KeyKind.REPLICA, {}, "kms:KeyOrigin", Status.UNRESOLVED, ()),
        (KeyKind.REPLICA, {}, "kms:MultiRegion", Status.KNOWN, ("true",)),
        (KeyKind.REPLICA, {}, "kms:MultiRegionKeyType", Status.KNOWN, ("REPLICA",)),
        (KeyKind.REPLICA_EXTERNAL, {}, "kms:KeySpec", Status.KNOWN, ("SYMMETRIC_DEFAULT",)),
        (KeyKind.REPLICA_EXTERNAL, {}, "kms:KeyUsage", Status.KNOWN, ("ENCRYPT_DECRYPT",)),
        (KeyKind.REPLICA_EXTERNAL, {}, "kms:KeyOrigin", Status.KNOWN, ("EXTERNAL",)),
        (KeyKind.REPLICA_EXTERNAL, {}, "kms:MultiRegion", Status.KNOWN, ("true",)),
        (KeyKind.ELSEWHERE, {}, "kms:KeyUsage", Status.UNRESOLVED, ()),
        (KeyKind.ELSEWHERE, {}, "kms:MultiRegion", Status.UNRESOLVED, ()),
    ],
)
def test_what_the_kms_key_is(
    kind: KeyKind, setting: dict[str, Plain], key: str, status: Status, values: tuple[str, ...]
) -> None:
    """The defaults are those of https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html."""
    settings = KeySettings()._replace(**{name: value(given) for name, given in setting.items()})
    assert found(key, situation(key=key_with(settings, kind))) == (status, values)


@pytest.mark.parametrize(
    ("caller", "key", "status", "values"),
    [
        ("role/Dev", "aws:SourceVpce", Status.KNOWN, ("vpce-1",)),
        ("role/Dev", "aws:TagKeys", Status.KNOWN, ("a", "b")),
        ("role/Dev", "aws:SourceVpc", Status.ABSENT, ()),
        ("role/Dev", "aws:PrincipalOrgID", Status.ABSENT, ()),
        ("role/Dev", "kms:KeySpec", Status.ABSENT, ()),
        ("role/Dev", "aws:username", Status.ABSENT, ()),
        ("user/Ann", "aws:username", Status.KNOWN, ("Ann",)),
        ("role/Dev", "aws:PrincipalIsAWSService", Status.KNOWN, ("false",)),
        ("role/Dev", "aws:PrincipalTag/team", Status.ABSENT, ()),
        ("<deployer>", "aws:PrincipalType", Status.UNRESOLVED, ()),
    ],
)
def test_one_request_carries_what_is_said_and_what_follows_from_its_caller(
    caller: str, key: str, status: Status, values: tuple[str, ...]
) -> None:
    asked = one_request(caller, sourcevpce=("vpce-1",), tagkeys=("a", "b"))
    assert found(key, asked) == (status, values)


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "kms:ResourceAliases"])
def test_tags_and_aliases_of_the_key_are_for_iam_policies(key: str) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html"""
    assert found(key, situation()) == (Status.UNSUPPORTED, ())
    assert found(key, situation()._replace(in_key_policy=False)) == (Status.OPEN, ())
