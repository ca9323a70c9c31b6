"""The sentence of each kind of proof, and what an undecided one hangs on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kmslint.access.proof import Proof, prove
from kmslint.key_access import ask
from kmslint.settings import Settings

Statement = dict[str, Any]

ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
DEV = {"AWS": {"Fn::GetAtt": ["Dev", "Arn"]}}
DELEGATES: Statement = {"Effect": "Allow", "Principal": ACCOUNT, "Action": "kms:*", "Resource": "*"}
NAMES: Statement = {**DELEGATES, "Principal": DEV}
ALLOWS: Statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
DENIES: Statement = {**ALLOWS, "Effect": "Deny"}
ONLY_S3: Statement = {**ALLOWS, "Action": "s3:*"}
OPEN: Statement = {**ALLOWS, "Resource": {"Ref": "Open"}}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}


def proof(root: Path, key_policy: Statement, question: str, *inline: Statement, **properties: object) -> Proof:
    """The proof of the answer to `PRINCIPAL ACTION`, in a template with a key and a role Dev."""
    if inline:
        properties["Policies"] = [{"PolicyName": "inline", "PolicyDocument": {"Statement": inline}}]
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": key_policy}}},
        "Dev": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}},
        "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": ONLY_S3}}},
    }
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
    asked = ask(principal, action, "Key", [str(file)], Settings(account="111122223333"))
    assert asked.answered is not None
    asker, reply = asked.answered
    return prove(reply, asker, asked.key)


BOUNDARY = {"PermissionsBoundary": {"Ref": "Boundary"}}
GUARDED: Statement = {"Fn::If": ["Live", DELEGATES, {"Ref": "AWS::NoValue"}]}
TO_OPEN: Statement = {**DELEGATES, "Principal": {"AWS": {"Ref": "Open"}}}
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
WITH_MFA: Statement = {**DENIES, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
HANGING = [
    (DELEGATES, "Dev", (), {"ManagedPolicyArns": [{"Ref": "Open"}]}, "the policy parameter Open attached to it"),
    (DELEGATES, "Dev", (OPEN,), {}, IN_INLINE),
    (GUARDED, "role/Other", (), {}, f"whether Live holds and {ITS_OWN}"),
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
    key_policy: Statement,
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


def test_what_holds_in_some_branches_only_is_told_with_them(tmp_path: Path) -> None:
    assert proof(tmp_path, GUARDED, "Dev Decrypt", ALLOWS).sentence == (
        f"{THE_POLICY} hands kms:Decrypt to the account's IAM policies, and an inline policy of role Dev allows it, "
        "only when Live is true"
    )


def test_next_step_and_grants(tmp_path: Path) -> None:
    """Only somebody in particular is advised, and only of a no that no Deny gives."""
    assert proof(tmp_path, NAMES, "root Decrypt").next_step == ""
    assert not proof(tmp_path, NAMES, "root Decrypt").by_grant
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
