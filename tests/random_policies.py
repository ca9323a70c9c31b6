"""Policies and requests at random, of few values, so that they meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kmslint.access.decide import decide
from kmslint.access.other_policies import NOTHING, policies_of
from kmslint.access.situation import Situation
from kmslint.verdict import NO, UNKNOWN, YES, Truth
from plain_policies import FOREIGN, KEY, OWN, accounts_of, action_of, caller_of, document, identity_with

Statement = dict[str, Any]
Policy = list[Statement]

ACCOUNT: Final = f"arn:aws:iam::{OWN}:root"

CALLERS: Final = (
    "root user",
    "role/Dev",
    "role/Sec",
    "user/Ann",
    "some role",
    "some user",
    "anybody",
    f"{FOREIGN} role/Dev",
)
ACTIONS: Final = ("kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy", "kms:CreateGrant", "kms:DescribeKey")

PRINCIPALS: Final = (
    "*",
    OWN,
    ACCOUNT,
    f"arn:aws:iam::{OWN}:role/Dev",
    f"arn:aws:iam::{OWN}:role/Sec",
    f"arn:aws:iam::{OWN}:user/Ann",
    FOREIGN,
    f"arn:aws:iam::{FOREIGN}:role/Dev",
    "AROAEXAMPLEROLE123456",
)
ACTION_PATTERNS: Final = ("kms:*", "kms:Decrypt", "kms:*crypt", "kms:Put*", "kms:CreateGrant", "*", "s3:*", "KMS:d*")
RESOURCES: Final = (
    "*",
    "arn:<partition>:kms:<region>:<own>:key/<key>",
    "arn:aws:s3:::bucket",
    f"arn:aws:kms:*:{OWN}:key/*",
)
TESTS: Final = (
    {"StringEquals": {"aws:PrincipalType": "Account"}},
    {"StringNotEquals": {"aws:PrincipalType": ["User", "Account"]}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/*"}},
    {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Dev"}},
    {"StringEquals": {"kms:CallerAccount": OWN}},
    {"StringNotEquals": {"kms:CallerAccount": FOREIGN}},
    {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"StringEquals": {"kms:EncryptionContext:a": "b"}},
    {"Null": {"kms:EncryptionContext:a": "true"}},
    {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}},
    {"StringEquals": {"aws:ResourceTag/a": "b"}},
)


def some_of(values: Sequence[str]) -> st.SearchStrategy[Any]:
    """One value, alone or in a list, or several."""
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=3)


def statements(
    effect: st.SearchStrategy[str] | None = None,
    principals: Sequence[str] = PRINCIPALS,
    actions: Sequence[str] = ACTION_PATTERNS,
    resources: Sequence[str] = RESOURCES,
    tests: Sequence[Statement] = TESTS,
) -> st.SearchStrategy[Statement]:
    return st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]) if effect is None else effect,
            "Principal": some_of(principals).map(lambda value: {"AWS": value}),
            "Action": some_of(actions),
            "Resource": some_of(resources),
        },
        optional={"Condition": st.sampled_from(tests)},
    )


POLICIES: Final = st.lists(statements(), max_size=4)
IAM: Final = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Action": some_of(ACTION_PATTERNS),
            "Resource": some_of(RESOURCES),
        }
    ),
    max_size=2,
)


class Request(NamedTuple):
    """Who asks for what, with which IAM policies; the account of the key is known or not."""

    caller: str
    action: str
    iam: Policy
    configured: bool = True

    def allowed(self, policy: Any) -> Truth:
        """In which requests the policy lets the caller do it."""
        read = document(policy)
        accounts = accounts_of(read, configured=OWN if self.configured else None)
        situation = Situation(caller_of(self.caller), action_of(self.action), KEY, accounts)
        iam = policies_of(identity_with(self.iam), situation) if self.iam else NOTHING
        return decide(read, situation, iam).allowed


REQUESTS: Final = st.builds(Request, st.sampled_from(CALLERS), st.sampled_from(ACTIONS), IAM, st.just(True))
OPEN_REQUESTS: Final = st.builds(Request, st.sampled_from(CALLERS), st.sampled_from(ACTIONS), IAM, st.booleans())

checked: Final = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RANK: Final = {NO: 0, UNKNOWN: 1, YES: 2}


def at_most(less: Truth, more: Truth) -> bool:
    """Whether the first gives no more than the second, neither in some request nor in every one."""
    return RANK[less.some] <= RANK[more.some] and RANK[less.every] <= RANK[more.every]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
