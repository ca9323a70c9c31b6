"""The sentence of each kind of proof, and what an undecided one hangs on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kmslint.access.askers import principal_asker
from kmslint.access.matrix import reply
from kmslint.access.proof import Evidence, Proof, evidence, next_step, prove
from kmslint.key_access import ask
from kmslint.model.estate import Estate, Grant, Language
from kmslint.model.policy import Principal, PrincipalType
from kmslint.settings import Settings
from plain_policies import HERE, KEY, accounts_of, action_of, document, value, words

Statement = dict[str, Any]

ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
DEV = {"AWS": {"Fn::GetAtt": ["Dev", "Arn"]}}
DELEGATES: Statement = {"Effect": "Allow", "Principal": ACCOUNT, "Action": "kms:*", "Resource": "*"}
NAMES: Statement = {**DELEGATES, "Principal": DEV}
ALLOWS: Statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
DENIES: Statement = {**ALLOWS, "Effect": "Deny"}
ONLY_S3: Statement = {**ALLOWS, "Action": "s3:*"}
OPEN: Statement = {**ALLOWS, "Resource": {"Ref": "Open"}}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}


def proof(
    root: Path,
    key_policy: Statement | list[Statement] | None,
    question: str,
    *inline: Statement,
    **properties: object,
) -> Proof:
    """The proof of the answer to `PRINCIPAL ACTION`, in a template with a key and a role Dev."""
    return proof_in(root, key_policy, question, inline, properties, "111122223333")


def proof_in(
    root: Path,
    key_policy: Statement | list[Statement] | None,
    question: str,
    inline: Sequence[Statement],
    properties: dict[str, object],
    account: str | None,
) -> Proof:
    """The same where that is the account of the key, or nobody has said."""
    if inline:
        properties["Policies"] = [{"PolicyName": "inline", "PolicyDocument": {"Statement": inline}}]
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": key_policy}} if key_policy else {}},
        "Dev": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}},
        "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": ONLY_S3}}},
    }
    reads = [{"PolicyName": "reads", "PolicyDocument": {"Statement": ONLY_S3}}]
    resources["Ann"] = {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Group"}], "Policies": reads}}
    resources["Group"] = {"Type": "AWS::IAM::Group", "Properties": {"Policies": reads}}
    resources["OpenBoundary"] = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": [OPEN, ONLY_S3]}},
    }
    parameters = {name: {"Type": "String"} for name in ("Open", "Stage")}
    template = {
        "Parameters": parameters,
        "Conditions": {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
        "Resources": resources,
    }
    file = root / "template.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    principal, action = question.split()
    asked = ask(principal, action, "Key", [str(file)], Settings(account=account))
    assert asked.answered is not None
    asker, answered = asked.answered
    return prove(answered, asker, asked.key)


BOUNDARY = {"PermissionsBoundary": {"Ref": "Boundary"}}
GUARDED: Statement = {"Fn::If": ["Live", DELEGATES, {"Ref": "AWS::NoValue"}]}
TO_OPEN: Statement = {**DELEGATES, "Principal": {"AWS": {"Ref": "Open"}}}
NAMES_OTHER: Statement = {**NAMES, "Principal": {"AWS": "arn:aws:iam::111122223333:role/Other"}}
OPEN_BOUNDARY = "permissions boundary ${Open}"
THE_POLICY = "the key policy of Key"

SENTENCES = [
    (NAMES, "Dev Decrypt", (), {}, f"{THE_POLICY} allows kms:Decrypt to role Dev directly; no IAM policy is needed"),
    (
        DELEGATES,
        "Dev Decrypt",
        (ALLOWS,),
        {},
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and an inline policy of role Dev allows it",
    ),
    (
        DELEGATES,
        "Dev Decrypt",
        (ALLOWS, DENIES),
        {},
        f"an IAM policy of role Dev denies kms:Decrypt, whatever {THE_POLICY} allows",
    ),
    (
        DELEGATES,
        "Dev Decrypt",
        (ALLOWS,),
        BOUNDARY,
        (
            f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies and an inline policy of role Dev allows it, "
            "but the permissions boundary of role Dev does not"
        ),
    ),
    (
        NAMES,
        "Dev Decrypt",
        (),
        BOUNDARY,
        f"{THE_POLICY} names role Dev, but the permissions boundary of role Dev does not allow kms:Decrypt",
    ),
    (
        NAMES,
        "Dev ListKeys",
        (ALLOWS,),
        BOUNDARY,
        "kms:ListKeys concerns no key: only IAM can allow it, and the permissions boundary of role Dev does not",
    ),
    (
        NAMES,
        "Dev ListKeys",
        (ALLOWS,),
        {},
        "kms:ListKeys concerns no key: an inline policy of role Dev allows it, and no key policy has a say",
    ),
    (
        NAMES,
        "root ListKeys",
        (),
        {},
        "kms:ListKeys concerns no key: the root user may use it, and no key policy has a say",
    ),
    (
        NAMES,
        "s3.amazonaws.com ListKeys",
        (),
        {},
        "kms:ListKeys concerns no key: only IAM can allow it, and AWS services have no IAM policies",
    ),
    (NAMES, "s3.amazonaws.com Decrypt", (), {}, f"{THE_POLICY} does not allow kms:Decrypt to service s3.amazonaws.com"),
    (
        NAMES,
        "root Decrypt",
        (),
        {},
        f"{THE_POLICY} does not allow kms:Decrypt to the account, and without that not even its root user may use it",
    ),
    (
        DELEGATES,
        "administrators Decrypt",
        (),
        {},
        (
            f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and the IAM policy of an administrator "
            "allows it"
        ),
    ),
    (
        DELEGATES,
        "anyone Decrypt",
        (),
        {},
        (
            f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and an identity without IAM policies has "
            "none that allows it"
        ),
    ),
    (
        DELEGATES,
        "Dev Decrypt",
        (),
        {},
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and role Dev has no IAM policy",
    ),
    (
        DELEGATES,
        "Ann Decrypt",
        (),
        {},
        (
            f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and no IAM policy of user Ann allows it (2 "
            "policies read)"
        ),
    ),
    (
        NAMES,
        "Dev ListKeys",
        ({**ALLOWS, "Condition": MFA},),
        BOUNDARY,
        "kms:ListKeys concerns no key: only IAM can allow it, and the permissions boundary of role Dev does not",
    ),
    (NAMES, "anyone Decrypt", (), {}, f"{THE_POLICY} does not allow kms:Decrypt to every identity of the account"),
    (
        {**NAMES, "Principal": "*"},
        "anybody Decrypt",
        (),
        {},
        f"{THE_POLICY} allows kms:Decrypt to everybody; an IAM policy in the caller's own account has to allow it too",
    ),
    (
        NAMES,
        "anybody Decrypt",
        (),
        {},
        (
            f"{THE_POLICY} does not allow kms:Decrypt to anybody, in any account, and without that IAM policies of "
            "another account count for nothing"
        ),
    ),
    (
        NAMES,
        "role/Other Decrypt",
        (),
        {},
        f"{THE_POLICY} neither allows kms:Decrypt to role Other nor lets the account's IAM policies decide",
    ),
    (
        DELEGATES,
        "role/Other Decrypt",
        (),
        {},
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and those of role Other are not seen here",
    ),
    (
        {**DELEGATES, "Condition": MFA},
        "role/Other Decrypt",
        (),
        {},
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and those of role Other are not seen here",
    ),
    (
        NAMES_OTHER,
        "Dev Decrypt",
        (OPEN,),
        {},
        f"{THE_POLICY} neither allows kms:Decrypt to role Dev nor lets the account's IAM policies decide",
    ),
    (
        NAMES_OTHER,
        "Dev Decrypt",
        ({**ALLOWS, "Condition": MFA},),
        {},
        (
            f"an inline policy of role Dev allows kms:Decrypt, but {THE_POLICY} neither allows it to role Dev nor lets "
            "the account's IAM policies decide"
        ),
    ),
    (
        NAMES,
        "Dev RetireGrant",
        (),
        {},
        (
            "kms:RetireGrant is decided by each grant: its grantee and its retiring principal have it as the grant "
            "says, and the account that made it by IAM"
        ),
    ),
]


@pytest.mark.parametrize(
    ("key_policy", "question", "inline", "properties", "sentence"), SENTENCES, ids=[each[4][:60] for each in SENTENCES]
)
def test_sentence(
    tmp_path: Path,
    key_policy: Statement,
    question: str,
    inline: tuple[Statement, ...],
    properties: dict[str, object],
    sentence: str,
) -> None:
    assert proof(tmp_path, key_policy, question, *inline, **properties).sentence == sentence


IN_INLINE = "parameter Open in the Resource of statement number 1 of an inline policy of role Dev"
ITS_OWN = "its IAM policies (not seen here)"
NO_ACCOUNT: Statement = {**NAMES, "Principal": {"AWS": "arn:aws:iam:::role/Other"}}
IN_BOUNDARY = "parameter Open in the Resource of statement number 1 of permissions boundary OpenBoundary"
NOT_OTHER: Statement = {**ALLOWS, "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/Other"}}
A_SESSION: Statement = {**NAMES, "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/Other/one"}}
NO_ADDRESS: Statement = {**NAMES, "Condition": {"IpAddress": {"aws:SourceIp": "nonsense"}}}
WHETHER_IT_APPLIES = "whether statement number 1 of the key policy applies to it"
WITH_MFA: Statement = {**DENIES, "Condition": MFA}
HANGING: list[tuple[Statement | list[Statement], str, tuple[Statement, ...], dict[str, object], str]] = [
    (DELEGATES, "Dev", (), {"ManagedPolicyArns": [{"Ref": "Open"}]}, "the policy parameter Open attached to it"),
    (DELEGATES, "Dev", (OPEN,), {}, IN_INLINE),
    (GUARDED, "role/Other", (), {}, f"whether Live holds and {ITS_OWN}"),
    (
        [DELEGATES, {**DELEGATES, "Effect": "Deny", "Resource": {"Ref": "Open"}}],
        "role/Other",
        (),
        {},
        f"parameter Open in the Resource of statement number 2 and {ITS_OWN}",
    ),
    (TO_OPEN, "Dev", (ALLOWS,), {}, "principal parameter Open"),
    (TO_OPEN, "Dev", (OPEN,), {}, f"principal parameter Open and {IN_INLINE}"),
    (TO_OPEN, "role/Other", (), {}, f"principal parameter Open and {ITS_OWN}"),
    (DELEGATES, "Dev", (ALLOWS,), {"PermissionsBoundary": {"Ref": "Open"}}, f"{OPEN_BOUNDARY} (not seen here)"),
    (NO_ACCOUNT, "role/Other", (), {}, f"principal arn:aws:iam:::role/Other and {ITS_OWN}"),
    (DELEGATES, "Dev", (ALLOWS,), {"PermissionsBoundary": {"Ref": "OpenBoundary"}}, IN_BOUNDARY),
    ({**NAMES, "Effect": {"Ref": "Open"}}, "Dev", (), {}, "the Effect of statement number 1"),
    (NOT_OTHER, "Dev", (), {}, "what NotPrincipal means of statement number 1"),
    (A_SESSION, "role/Other", (), {}, WHETHER_IT_APPLIES),
    (NO_ADDRESS, "Dev", (), {}, WHETHER_IT_APPLIES),
    (DELEGATES, "Dev", (ALLOWS, WITH_MFA, {**OPEN, "Effect": "Deny"}), {}, IN_INLINE.replace("1", "3")),
]


@pytest.mark.parametrize(
    ("key_policy", "principal", "inline", "properties", "hanging"), HANGING, ids=[each[4] for each in HANGING]
)
def test_what_it_hangs_on(
    tmp_path: Path,
    key_policy: Statement | list[Statement],
    principal: str,
    inline: tuple[Statement, ...],
    properties: dict[str, object],
    hanging: str,
) -> None:
    found = proof(tmp_path, key_policy, f"{principal} Decrypt", *inline, **properties)
    assert found.sentence == (
        f"whether role {principal.removeprefix('role/')} may use kms:Decrypt on Key hangs on {hanging}"
    )


STEPS = [
    (NAMES, "Dev ListKeys", (), {}, 'allow kms:ListKeys on "*" in an IAM policy of role Dev'),
    (NAMES, "Dev ListKeys", (ALLOWS,), BOUNDARY, "allow kms:ListKeys in the permissions boundary of role Dev"),
    (NAMES, "Dev Decrypt", (), BOUNDARY, "allow kms:Decrypt in the permissions boundary of role Dev"),
    (
        {**NAMES, "Effect": "Deny"},
        "Dev Decrypt",
        (ALLOWS,),
        {},
        f"let the Deny in {THE_POLICY} spare role Dev, if it is to use kms:Decrypt",
    ),
    (NAMES, "Dev Decrypt", (), {}, ""),
    # Nobody in particular is advised.
    (NAMES, "administrators Decrypt", (), {}, ""),
    (NAMES, "anyone Decrypt", (), {}, ""),
    (NAMES, "anybody Decrypt", (), {}, ""),
    (GUARDED, "Dev Decrypt", (ALLOWS,), {}, ""),
    (TO_OPEN, "Dev Decrypt", (ALLOWS,), {}, ""),
]


@pytest.mark.parametrize(
    ("key_policy", "question", "inline", "properties", "step"), STEPS, ids=[each[4][:60] for each in STEPS]
)
def test_next_step(
    tmp_path: Path,
    key_policy: Statement,
    question: str,
    inline: tuple[Statement, ...],
    properties: dict[str, object],
    step: str,
) -> None:
    assert proof(tmp_path, key_policy, question, *inline, **properties).next_step == step


def test_where_it_hangs_on_the_account_of_the_key_that_has_to_be_told(tmp_path: Path) -> None:
    two = {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]}
    found = proof_in(tmp_path, {**DELEGATES, "Principal": two}, "Dev Decrypt", [ALLOWS], {}, None)
    assert found.next_step == "tell the account of the key with --account"


def test_the_statements_that_decide(tmp_path: Path) -> None:
    assert [one.what for one in proof(tmp_path, DELEGATES, "Dev Decrypt", ALLOWS).evidence] == [
        f"statement number 1 of {THE_POLICY}",
        "statement number 1 of an inline policy of role Dev",
    ]


def test_a_grant_that_gives_it_is_shown() -> None:
    arn = words("arn:aws:iam::111122223333:role/Worker")
    grant = Grant("aws_kms_grant.worker", HERE, value("<key>"), arn, value(["Decrypt"]), constrained=False)
    estate = Estate("x", Language.TERRAFORM, (KEY,), grants=(grant,), accounts=accounts_of())
    asker = principal_asker(Principal(PrincipalType.AWS, arn), estate)
    assert asker is not None
    answered = reply(document([]), action_of("kms:Decrypt"), KEY, asker, estate)
    assert evidence(answered, asker, KEY) == (Evidence("grant aws_kms_grant.worker", HERE),)
    assert next_step(answered, asker, KEY, ("kms:Decrypt",)) == ""


def test_what_a_key_policy_lacks_is_shown_at_the_policy(tmp_path: Path) -> None:
    """Not at the one that AWS writes."""
    stranger = "arn:aws:iam::444455556666:role/Partner Decrypt"
    lacking = f"{THE_POLICY}: no statement of it applies"
    for policy, question, inline in (
        (NAMES, stranger, ()),
        (NAMES_OTHER, "Dev Decrypt", ()),
        (NAMES_OTHER, "Dev Decrypt", (ALLOWS,)),
    ):
        assert lacking in [one.what for one in proof(tmp_path, policy, question, *inline).evidence]
    assert proof(tmp_path, None, stranger).evidence == ()


def test_what_holds_in_some_branches_only_is_told_with_them(tmp_path: Path) -> None:
    assert proof(tmp_path, GUARDED, "Dev Decrypt", ALLOWS).sentence == (
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and an inline policy of role Dev allows it, "
        "only when Live is true"
    )


def test_next_step_and_grants(tmp_path: Path) -> None:
    """Only somebody in particular is advised, and only of a no that no Deny gives."""
    assert proof(tmp_path, NAMES, "root Decrypt").next_step == ""
    for abstract in ("root", "administrators", "anyone", "anybody"):
        assert not proof(tmp_path, NAMES, f"{abstract} Decrypt").by_grant
    assert not proof(tmp_path, NAMES, "Dev Decrypt").by_grant
    assert proof(tmp_path, NAMES, "s3.amazonaws.com Decrypt").next_step == (
        "allow kms:Decrypt to service s3.amazonaws.com in the key policy of Key"
    )
    denied = proof(tmp_path, DELEGATES, "Dev Decrypt", DENIES)
    assert (denied.next_step, denied.by_grant) == (
        "take kms:Decrypt on Key out of the Deny in the IAM policy, if role Dev is to use it",
        False,
    )
    refused = proof(tmp_path, DELEGATES, "Dev Decrypt")
    assert (refused.next_step, refused.by_grant) == ("allow kms:Decrypt on Key in an IAM policy of role Dev", True)
    assert not proof(tmp_path, DELEGATES, "Dev EnableKey").by_grant
