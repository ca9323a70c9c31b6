"""Whether a Resource means the key, and an Action an action.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import pytest

from kmslint.access.matching import names_action
from kmslint.access.resources import means_key, means_resource, names_arn
from kmslint.access.situation import RequestContext, Situation
from kmslint.aws.actions import ACTIONS, KEY_ACTIONS, matching
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, caller_of, document, words

ARN = "arn:<partition>:kms:<region>:<own>:key/"


def means(resource: Plain, name: str = "Resource") -> Verdict:
    statement = document([{"Effect": "Allow", "Action": "*", name: resource}]).statements[0]
    return means_key(statement, KEY, accounts_of())


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("*", YES),
        (f"{ARN}<key>", YES),
        (f"{ARN}*", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:key/<key>", YES),
        (f"arn:aws:kms:*:{OWN}:key/*", YES),
        ("arn:aws:kms:*:*:key/*", YES),
        ("arn:*:kms:*:*:*", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:*", YES),
        ([f"{ARN}<other key>", "*"], YES),
        ([f"{ARN}<other key>", "<<More>>"], UNKNOWN),
        (f"{ARN}<other key>", NO),
        (f"{ARN}<Id>", UNKNOWN),
        ("arn:aws:kms:us-east-1:444455556666:key/*", NO),
        ("arn:aws:kms:us-east-1:<Account>:key/*", UNKNOWN),
        ("arn:aws:kms:<Region>:<own>:key/*", UNKNOWN),
        ("arn:aws:kms:us-*:<own>:key/*", UNKNOWN),
        ("arn:aws:kms:*", UNKNOWN),
        ("arn:aws:kms:nowhere:<own>:key/*", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:alias/data", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:alias/*", NO),
        ("arn:aws:s3:::bucket/*", NO),
        ("arn:aws:*:*:*:*", YES),
        ("alias/data", NO),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", NO),
        ("<Key>", UNKNOWN),
        ("<<Keys>>", UNKNOWN),
        ("<role Dev>", NO),
        ("", NO),
        ([], NO),
        # The id may have been copied from the key, which exists by then; and a pattern is no id.
        (f"{ARN}1234abcd-12ab-34cd-56ef-1234567890ab", UNKNOWN),
        (f"{ARN}mrk-*", UNKNOWN),
        # A question mark is a wildcard as a star is.
        (f"arn:aws:kms:us-east-?:{OWN}:key/*", UNKNOWN),
        ("arn:aws:kms:*:11112222333?:key/*", UNKNOWN),
        # Of another partition, another service, no account; or no ARN at all, whatever the parameter is.
        (f"arn:xyz:kms:us-east-1:{OWN}:key/*", NO),
        (f"arn:aws:s3:us-east-1:{OWN}:key/*", NO),
        ("arn:aws:kms:us-east-1::key/*", NO),
        ("alias/<Name>", NO),
        # An attribute of the key itself: its id, or its ARN.
        ("<key>", UNKNOWN),
        (f"arn:aws:kms:<region>-1:{OWN}:key/*", UNKNOWN),
    ],
)
def test_resource(resource: Plain, verdict: Verdict) -> None:
    assert means(resource) is verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("*", NO),
        (f"{ARN}<key>", NO),
        ("arn:aws:s3:::bucket", YES),
        (["arn:aws:s3:::bucket", "<Key>"], UNKNOWN),
    ],
)
def test_not_resource(resource: Plain, verdict: Verdict) -> None:
    assert means(resource, "NotResource") is verdict


def means_of(resource: Plain, action: str, key: str = "", configured: str | None = OWN) -> Verdict:
    """What a Resource means to a role's request, of a known key if there is one."""
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": resource}]).statements[0]
    asked_for = KEY._replace(arn=words(key)) if key else KEY
    accounts = accounts_of(configured=configured)
    return means_resource(statement, Situation(caller_of("role/Dev"), action_of(action), asked_for, accounts))


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("*", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:*", YES),
        (f"arn:aws:kms:*:{OWN}:*", YES),
        ("arn:aws:kms:us-east-1:*:*", YES),
        ("arn:<partition>:kms:<region>:<own>:*", YES),
        # A star at the end goes on through the colons.
        ("arn:aws:kms:*", YES),
        ("arn:<partition>:*", YES),
        ("arn:*", YES),
        ("arn:aws:s3*", NO),
        ("arn:aws:kms:us-east-1:444455556666*", NO),
        # Without one it is an ARN that ends too early.
        ("arn:aws:kms", NO),
        (f"arn:aws:kms:us-east-1:{OWN}", NO),
        ("", NO),
        # Keys alone, another account, another service, an ARN with a part missing.
        (f"arn:aws:kms:us-east-1:{OWN}:key/*", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:*:x", NO),
        ("arn:aws:kms:us-east-1:444455556666:*", NO),
        (f"arn:aws:s3:us-east-1:{OWN}:*", NO),
        (f"arn:aws:kms::{OWN}:*", NO),
        (f"arn::kms:us-east-1:{OWN}:*", NO),
        (f"xyz:aws:kms:us-east-1:{OWN}:*", NO),
        # Wildcards within the account id.
        ("arn:aws:kms:us-east-1:1111*:*", YES),
        ("arn:aws:kms:us-east-1:11112222333?:*", YES),
        ("arn:aws:kms:us-east-1:4444*:*", NO),
        ("arn:aws:kms:us-east-1:44445555666?:*", NO),
        # What nobody set may be anything.
        ("<Resource>", UNKNOWN),
        ("<<Resource>>", UNKNOWN),
        ("arn:aws:<Rest>", UNKNOWN),
        ("arn:aws:kms:us-east-1:<Account>:*", UNKNOWN),
        (f"arn:aws:kms:us-east-1:{OWN}:<What>", UNKNOWN),
    ],
)
def test_resource_of_an_action_without_a_key(resource: Plain, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html"""
    assert means_of(resource, "kms:ListKeys") is verdict


@pytest.mark.parametrize("account", ["1111*", "11112222333?"])
def test_a_pattern_of_account_ids_where_the_own_is_not_known(account: str) -> None:
    assert means_of(f"arn:aws:kms:us-east-1:{account}:*", "kms:ListKeys", configured=None) is UNKNOWN


def test_every_account_is_the_own_too() -> None:
    assert means_of("arn:aws:kms:us-east-1:*:*", "kms:ListKeys", configured=None) is YES


KNOWN = f"arn:aws:kms:us-east-1:{OWN}:key/abc-abc"


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        ("*", YES),
        (KNOWN, YES),
        (f"arn:aws:kms:us-east-1:{OWN}:key/*", YES),
        (f"arn:aws:kms:us-east-?:{OWN}:key/???????", YES),
        (f"arn:aws:kms:us-east-2:{OWN}:key/*", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:key/abc", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:alias/*", NO),
        # A star at the end of a segment goes on through the colons behind it.
        ("arn:aws:kms:*", YES),
        ("arn:aws:kms:us-*:key/*", YES),
        # One amid a segment is sure of its own segment,
        (f"arn:aws:kms:u*1:{OWN}:key/*", YES),
        (f"arn:aws:kms:u*1:{OWN}:key/a*c", YES),
        (f"arn:aws:kms:u*1:{OWN}:key/?bc*abc", YES),
        (f"arn:aws:kms:u*s-east-1:{OWN}:key/abc-abc*", YES),
        (f"arn:aws:kms:u**1:{OWN}:key/abc-abc**", YES),
        (f"*n:aws:kms:us-east-1:{OWN}:key/*", YES),
        (f"arn:aws:kms:*t-1:{OWN}:k*", YES),
        ("arn:aws:kms:u*1:*", YES),
        # whether it reaches into the next one, AWS does not say.
        (f"arn:aws:k*-1:{OWN}:key/*", UNKNOWN),
        ("arn:aws:kms:*key/abc-abc", UNKNOWN),
        ("arn:aws:kms:u*key/abc-abc", UNKNOWN),
        ("arn:aws:kms:us-e*t-1:*key/*", UNKNOWN),
        ("*abc-abc", UNKNOWN),
        ("*abc-ab?", UNKNOWN),
        ("*abd-abc", NO),
    ],
)
def test_pattern_over_a_known_arn(pattern: str, verdict: Verdict) -> None:
    assert names_arn(pattern, KNOWN) is verdict
    assert means_of(pattern, "kms:Decrypt", KNOWN) is verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        ("<<Keys>>", UNKNOWN),
        ("<Key>", UNKNOWN),
        (f"arn:aws:kms:us-east-1:{OWN}:key/<Id>", UNKNOWN),
        ("arn:aws:kms:us-east-1:444455556666:key/<Id>", NO),
    ],
)
def test_open_resource_and_a_known_arn(resource: Plain, verdict: Verdict) -> None:
    assert means_of(resource, "kms:Decrypt", KNOWN) is verdict


def test_another_id_is_not_that_of_a_known_key() -> None:
    other = KNOWN.replace("abc-abc", "xyz")
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": other}]).statements[0]
    assert means_key(statement, KEY._replace(arn=words(KNOWN)), accounts_of()) is NO


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("2012-10-17", UNKNOWN), ("2008-10-17", NO)],
)
def test_policy_variable_without_a_request(version: str, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
    resource = "arn:aws:kms:*:*:${aws:PrincipalTag/which}"
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": resource}], version).statements[0]
    assert means_key(statement, KEY, accounts_of()) is verdict


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [
        (f"arn:aws:kms:us-east-1:{OWN}:key/${{aws:PrincipalTag/id}}", YES),
        (f"arn:aws:kms:us-east-1:{OWN}:key/${{aws:PrincipalTag/other}}", NO),
        (f"arn:aws:kms:us-east-1:{OWN}:key/${{aws:PrincipalTag/none}}", NO),
        # Variables belong behind the fifth colon; what becomes of one before it, AWS does not say.
        (f"arn:aws:kms:${{aws:PrincipalTag/region}}:{OWN}:key/*", UNKNOWN),
        (f"arn:aws:kms:${{aws:PrincipalTag/other}}:{OWN}:key/*", NO),
        ("${aws:PrincipalTag/arn}", UNKNOWN),
        ("${aws:PrincipalTag/other}", NO),
    ],
)
def test_policy_variable_of_a_request(resource: str, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
    tags = {"id": "abc-abc", "region": "us-east-1", "other": "xyz", "arn": KNOWN}
    context = RequestContext({f"aws:principaltag/{name}": (words(tag),) for name, tag in tags.items()})
    key = KEY._replace(arn=words(KNOWN))
    situation = Situation(caller_of("role/Dev"), action_of("kms:Decrypt"), key, accounts_of(), context=context)
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": resource}]).statements[0]
    assert means_resource(statement, situation) is verdict


def test_both_mean_nothing() -> None:
    """AWS takes a Resource or a NotResource, and refuses a statement with both."""
    both: Plain = {"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "arn:aws:s3:::bucket"}
    statement = document([both]).statements[0]
    assert means_key(statement, KEY, accounts_of()) is NO
    situation = Situation(caller_of("role/Dev"), action_of("kms:Decrypt"), KEY, accounts_of())
    assert means_resource(statement, situation) is NO


def test_an_arn_without_an_account_is_nobodys() -> None:
    """Also where nothing tells which account is the own one."""
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:kms:us-east-1::key/*"}]).statements[0]
    assert means_key(statement, KEY, accounts_of(configured=None)) is NO


@pytest.mark.parametrize(("resource", "verdict"), [("*", YES), (f"{ARN}*", UNKNOWN)])
def test_a_key_whose_arn_is_not_known(resource: str, verdict: Verdict) -> None:
    statement = document([{"Effect": "Allow", "Action": "*", "Resource": resource}]).statements[0]
    assert means_key(statement, KEY._replace(arn=words("<Arn>")), accounts_of()) is verdict


def test_neither_means_nothing() -> None:
    statement = document([{"Effect": "Allow", "Action": "*"}]).statements[0]
    assert means_key(statement, KEY, accounts_of()) is NO


@pytest.mark.parametrize(
    ("member", "action", "verdict"),
    [
        ({"Action": "kms:*"}, "kms:Decrypt", YES),
        ({"Action": "<Action>"}, "kms:Decrypt", UNKNOWN),
        ({"Action": "kms:<Verb>Key"}, "kms:Decrypt", NO),
        ({"Action": "kms:<Verb>Key"}, "kms:EnableKey", UNKNOWN),
        ({"Action": ["<<More>>", "kms:Decrypt"]}, "kms:Decrypt", YES),
        ({"Action": "s3:<Verb>"}, "kms:Decrypt", NO),
        ({"Action": []}, "kms:Decrypt", NO),
        ({}, "kms:Decrypt", NO),
        ({"NotAction": "kms:Decrypt"}, "kms:Decrypt", NO),
        ({"NotAction": "kms:Decrypt"}, "kms:Encrypt", YES),
        ({"NotAction": ["<<More>>", "s3:*"]}, "kms:Encrypt", UNKNOWN),
        ({"NotAction": ["<<More>>", "kms:*"]}, "kms:Encrypt", NO),
    ],
)
def test_action(member: dict[str, Plain], action: str, verdict: Verdict) -> None:
    statement = document([{"Effect": "Allow", "Resource": "*", **member}]).statements[0]
    assert names_action(statement, action_of(action)) is verdict


def test_a_pattern_names_its_actions() -> None:
    assert {action.name for action in matching("kms:*keyrotation")} == {
        "kms:DisableKeyRotation",
        "kms:EnableKeyRotation",
    }
    assert [action.name for action in matching("KMS:PUT*")] == ["kms:PutKeyPolicy"]
    assert set(matching("kms:ReEncrypt")) == set()
    assert set(matching("*")) == set(ACTIONS)


def test_the_actions_of_kms() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html"""
    assert len(ACTIONS) == len({action.name for action in ACTIONS}) == 56
    without_key = {action.name for action in ACTIONS} - {action.name for action in KEY_ACTIONS}
    assert {"kms:CreateKey", "kms:ListKeys", "kms:GenerateRandom", "kms:RetireGrant"} <= without_key
    grantable = {action.name for action in ACTIONS if action.grantable}
    assert len(grantable) == 17
    assert "kms:PutKeyPolicy" not in grantable
    crossing = {action.name for action in ACTIONS if action.cross_account}
    assert {"kms:Decrypt", "kms:CreateGrant", "kms:GetKeyRotationStatus"} <= crossing
    assert not {"kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:CreateAlias", "kms:TagResource"} & crossing
