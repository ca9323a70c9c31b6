"""Who asks in a random request, and how a Principal element can name them.

Few principals, of like names in two accounts and of every kind, so that a statement about one nearly is one about
another.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from random_conditions import FOREIGN, OWN
from request_parts import Caller, Json, caller_of

Entry = tuple[str, str]
"""One entry of a Principal element: its type, and its value."""

_KINDS: Final = {
    "role": ("iam::{}:role/Dev", "iam::{}:role/app/Writer"),
    "session": ("sts::{}:assumed-role/Dev/alice", "sts::{}:assumed-role/Writer/job-7"),
    "user": ("iam::{}:user/Ann", "iam::{}:user/team/Bob"),
    "federated": ("sts::{}:federated-user/Ann",),
    "root": ("iam::{}:root",),
}
SERVICES: Final = ("logs.us-east-1.amazonaws.com", "s3.amazonaws.com", "cloudtrail.amazonaws.com")
SERVICE_LINKED_ROLE: Final = f"arn:aws:iam::{OWN}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"

NAMED: Final = tuple(
    f"arn:aws:{pattern.format(account)}" for account in (OWN, FOREIGN) for kind in _KINDS.values() for pattern in kind
)
"""Every principal of both accounts, by its ARN."""

_OTHERS: Final[tuple[Entry, ...]] = (
    ("Service", "sns.amazonaws.com"),
    ("Service", "logs.eu-west-1.amazonaws.com"),
    ("Federated", "cognito-identity.amazonaws.com"),
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
    ("AWS", "AROAEXAMPLEROLE1234567"),
    ("AWS", f"arn:aws:iam::{OWN}:role/*"),
    ("AWS", f"arn:aws-cn:iam::{OWN}:role/Dev"),
    ("AWS", "777788889999"),
    ("AWS", "arn:aws:iam::777788889999:role/Dev"),
)
"""Entries that name nobody who ever asks; AWS would refuse some of them."""


def some_caller(random: Random, account: str, *kinds: str) -> str:
    """A principal of the account, of one of the kinds."""
    return f"arn:aws:{random.choice(_KINDS[random.choice(kinds)]).format(account)}"


def exact_entries(caller: Caller) -> tuple[Entry, ...]:
    """The entries that name nobody but the caller, and that neither boundary nor session policy limits."""
    if caller.kind == "service":
        return (("Service", caller.arn),)
    return () if caller.kind in ("role", "root") else (("AWS", caller.arn),)


def limited_entries(caller: Caller) -> tuple[Entry, ...]:
    """The entries that name the caller, but limited by its boundary and session policy."""
    if caller.kind == "role":
        return (("AWS", caller.arn),)
    start = f"arn:{caller.partition}:iam::{caller.account}"
    if caller.kind == "session":
        path = "app/" if caller.name == "Writer" else ""
        return (("AWS", f"{start}:role/{path}{caller.name}"),)
    return (("AWS", f"{start}:user/{caller.name}"),) if caller.kind == "federated" else ()


def account_entries(caller: Caller) -> tuple[Entry, ...]:
    """The entries that stand for the caller's account."""
    if not caller.account:
        return ()
    return (("AWS", caller.account), ("AWS", f"arn:{caller.partition}:iam::{caller.account}:root"))


EVERYBODY: Final[Entry] = ("AWS", "*")


def reach(entry: Entry, caller: Caller) -> str:
    """How an entry reaches a caller: "exact", "limited", "account", "everybody", or not at all: ""."""
    if entry == EVERYBODY:
        return "everybody"
    if entry in exact_entries(caller):
        return "exact"
    if entry in account_entries(caller):
        return "account"
    if entry in limited_entries(caller):
        return "limited"
    type_, value = entry
    named = caller_of(value)
    is_its_role = (named.kind, named.account, named.partition, named.name) == (
        "role",
        caller.account,
        caller.partition,
        caller.name,
    )
    return "limited" if type_ == "AWS" and caller.kind == "session" and is_its_role else ""


def strangers(random: Random, caller: Caller, count: int) -> list[Entry]:
    """Entries that do not name the caller."""
    found: list[Entry] = []
    while len(found) < count:
        named: Entry = ("AWS", random.choice(NAMED))
        entry = named if random.random() < 0.7 else random.choice(_OTHERS)
        if not reach(entry, caller) and not is_another_region(entry, caller):
            found.append(entry)
    return found


def is_another_region(entry: Entry, caller: Caller) -> bool:
    """Whether one of two service principals names a region and the other none: whether they are one is not known."""
    type_, value = entry
    mine, theirs = caller.arn.split("."), value.split(".")
    short, long = sorted((mine, theirs), key=len)
    both = caller.kind == "service" and type_ == "Service"
    return both and len(long) == len(short) + 1 and [long[0], *long[2:]] == short


def principal_element(random: Random, entries: list[Entry]) -> Any:
    """A Principal element of the entries, in one of the ways to write it."""
    if entries == [EVERYBODY] and random.random() < 0.5:
        return "*"
    random.shuffle(entries)
    element: Json = {}
    for type_, value in entries:
        element.setdefault(type_, []).append(value)
    return {
        type_: values[0] if len(values) == 1 and random.random() < 0.7 else values for type_, values in element.items()
    }
