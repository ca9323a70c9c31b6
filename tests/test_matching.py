"""Whether a statement applies: its action, its resource, its presence and its conditions, and by which way it reaches.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import pytest

from kmslint.access.matching import (
    NOT_AT_ALL,
    Application,
    applies,
    names_action,
    names_no_action,
    present,
    statement_applies,
)
from kmslint.access.situation import Situation
from kmslint.model.policy import Statement
from kmslint.values import Guard
from kmslint.verdict import ALWAYS, NEVER, NO, SOMETIMES, UNDECIDED, UNKNOWN, YES, Truth, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, caller_of, document

DEV = f"arn:aws:iam::{OWN}:role/Dev"
MFA: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ONLY_ANN: Plain = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:user/Ann"}}
ON_A_CONDITION = frozenset({Guard("IsProduction", True)})

SITUATION = Situation(caller_of("role/Dev"), action_of("kms:Decrypt"), KEY, accounts_of())


def statement(**members: Plain) -> Statement:
    """An Allow of everything, but for these members; None takes one away."""
    whole: dict[str, Plain] = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return document([{name: plain for name, plain in whole.items() if plain is not None}]).statements[0]


@pytest.mark.parametrize(
    ("pattern", "action", "verdict"),
    [
        ("*", "kms:Decrypt", YES),
        ("kms:*", "kms:Decrypt", YES),
        ("KMS:decrypt", "kms:Decrypt", YES),
        ("kms:De*", "kms:Decrypt", YES),
        ("kms:De*", "kms:Encrypt", NO),
        ("kms:ReEncrypt", "kms:ReEncryptFrom", NO),
        ("kms:ReEncrypt*", "kms:ReEncryptFrom", YES),
        ("*:*", "kms:Decrypt", YES),
        ("*:Decrypt", "kms:Decrypt", YES),
        ("s3:*", "kms:Decrypt", NO),
        ("Decrypt", "kms:Decrypt", NO),
        # Of wildcards within the name of the service AWS does not say what they mean.
        ("k*:Decrypt", "kms:Decrypt", UNKNOWN),
        ("?ms:*", "kms:Decrypt", UNKNOWN),
        ("k*", "kms:Decrypt", UNKNOWN),
        ("s*:Decrypt", "kms:Decrypt", NO),
        # Neither does a template whose parameter nobody set.
        ("KMS:<Verb>Key", "kms:EnableKey", UNKNOWN),
        ("KMS:<Verb>Key", "kms:Decrypt", NO),
        ("k*:<Verb>", "kms:Decrypt", UNKNOWN),
        ("<<Action>>", "kms:Decrypt", UNKNOWN),
    ],
)
def test_names_action(pattern: str, action: str, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html"""
    assert names_action(statement(Action=pattern), action_of(action)) is verdict
    opposite = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[verdict]
    assert names_action(statement(Action=None, NotAction=pattern), action_of(action)) is opposite


def test_an_action_and_a_not_action_name_nothing() -> None:
    assert names_action(statement(NotAction="s3:*"), action_of("kms:Decrypt")) is NO
    assert names_action(statement(Action=None), action_of("kms:Decrypt")) is NO


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("kms:Decript", True),
        ("s3:*", True),
        ("KMS:<Verb>Keys2", True),
        ("kms:Decrypt", False),
        ("kms:De*", False),
        ("k*:Decrypt", False),
        ("kms:<Verb>", False),
        ("<<Action>>", False),
    ],
)
def test_names_none_of_the_actions(pattern: str, answer: bool) -> None:
    (element,) = statement(Action=pattern).actions or ()
    assert names_no_action(element) is answer


@pytest.mark.parametrize(
    ("members", "truth"),
    [
        ({}, ALWAYS),
        ({"Action": "s3:*"}, NEVER),
        ({"Action": "<Action>"}, UNDECIDED),
        ({"Action": "<Action>", "Condition": MFA}, Truth(UNKNOWN, NO)),
        ({"Resource": "<Resource>"}, UNDECIDED),
        ({"Resource": "arn:aws:s3:::bucket"}, NEVER),
        ({"Condition": MFA}, SOMETIMES),
        ({"Condition": ONLY_ANN}, NEVER),
        ({"Action": "<Action>", "Condition": ONLY_ANN}, NEVER),
        ({"Action": "<Action>", "Resource": "arn:aws:s3:::bucket"}, NEVER),
    ],
)
def test_statement_of_an_iam_policy(members: dict[str, Plain], truth: Truth) -> None:
    assert statement_applies(statement(**members), SITUATION) == truth
    reached = Application(truth, NEVER, NEVER)
    assert applies(statement(Principal="*", **members), SITUATION) == reached


@pytest.mark.parametrize(
    ("principal", "how"),
    [
        ("*", Application(ALWAYS, NEVER, NEVER)),
        ({"AWS": DEV}, Application(NEVER, ALWAYS, NEVER)),
        ({"AWS": OWN}, Application(NEVER, NEVER, ALWAYS)),
        ({"AWS": [DEV, OWN, "*"]}, Application(ALWAYS, ALWAYS, ALWAYS)),
        ({"AWS": "<Somebody>"}, Application(UNDECIDED, NEVER, UNDECIDED)),
        ({"AWS": f"arn:aws:iam::{OWN}:role/Sec"}, NOT_AT_ALL),
        ({"Service": "logs.amazonaws.com"}, NOT_AT_ALL),
    ],
)
def test_how_a_statement_reaches(principal: Plain, how: Application) -> None:
    assert applies(statement(Principal=principal), SITUATION) == how
    sometimes = Application(*(SOMETIMES if truth == ALWAYS else truth for truth in how))
    with_mfa = applies(statement(Principal=principal, Condition=MFA), SITUATION)
    if UNDECIDED not in how:
        assert with_mfa == sometimes
    assert applies(statement(Principal=principal, Action="s3:*"), SITUATION) == NOT_AT_ALL


def test_a_statement_on_an_open_condition_may_be_missing() -> None:
    """One that a CloudFormation condition, or a count in Terraform, puts into the document."""
    guarded = statement()._replace(guards=ON_A_CONDITION)
    assert present(guarded) is UNKNOWN
    assert statement_applies(guarded, SITUATION) == UNDECIDED
    to_everybody = statement(Principal="*")._replace(guards=ON_A_CONDITION)
    assert applies(to_everybody, SITUATION) == Application(UNDECIDED, NEVER, NEVER)
    assert present(statement()) is YES
