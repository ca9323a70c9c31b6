"""Requests of `kmslint simulate` at random, each made for one outcome, and then perhaps disturbed.

A goal is a reason code. Its builder chooses a caller that can come to it, writes the policies that realise the path
(or all but the one half that must be missing), and adds what makes no difference. A part of the requests is then
changed at random (perturbations.py): those may come to anything. Requests are plain data; nothing here uses kmslint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final, NamedTuple

from perturbations import perturbed
from random_conditions import FOREIGN, OWN
from random_drafts import (
    KEY_ACTIONS,
    LIMITED,
    WITH_SESSION_POLICY,
    Draft,
    allow_across_accounts,
    allow_by_delegation,
    allow_directly,
    allow_root,
    allow_service,
    allowed_somehow,
    foreign,
    iam_only,
    own,
)
from random_principals import (
    EVERYBODY,
    SERVICE_LINKED_ROLE,
    SERVICES,
    Entry,
    account_entries,
    exact_entries,
    limited_entries,
    principal_element,
    some_caller,
    strangers,
)
from random_statements import ALIAS_ACTIONS, KEY_POLICY, OWN_ACTIONS
from request_parts import Json

PERTURBED: Final = 0.3
"""The share of requests that are changed after they were built."""


class Goal(NamedTuple):
    """A reason to come to: how often (a weight), by what builder, and with which decision."""

    reason: str
    decision: str
    weight: int
    build: Callable[[Random], Draft]


class Case(NamedTuple):
    """A request, and what it was made for."""

    goal: Goal
    request: Json
    disturbed: bool
    """Whether it was changed afterwards: then anything may come of it. Else the goal must."""


# One builder for each reason.


def _direct(random: Random) -> Draft:
    draft = own(random, *LIMITED)
    if random.random() < 0.03:
        draft = Draft(random, SERVICE_LINKED_ROLE, random.choice(KEY_ACTIONS))
    if random.random() < 0.25:
        # By its own name or as everybody: the boundary need not allow.
        draft.add("Allow", KEY_POLICY, draft.entry(exact_entries(draft.caller), (EVERYBODY,)))
        draft.limit("boundary", allows=False)
    else:
        allow_directly(draft)
    return draft


def _delegated(random: Random) -> Draft:
    draft = own(random, *LIMITED)
    allow_by_delegation(draft)
    return draft


def _root(random: Random) -> Draft:
    draft = own(random, "root")
    allow_root(draft)
    return draft


def _across(random: Random) -> Draft:
    draft = foreign(random, *LIMITED, "root")
    allow_across_accounts(draft)
    return draft


def _service(random: Random) -> Draft:
    draft = Draft(random, random.choice(SERVICES), random.choice(KEY_ACTIONS))
    allow_service(draft)
    if random.random() < 0.3:
        # None of this applies to a service.
        draft.limit(random.choice(("identityPolicies", "vpce", "boundary")), allows=False)
    return draft


def _denied_by(kind: str, *kinds: str) -> Callable[[Random], Draft]:
    def build(random: Random) -> Draft:
        draft = allowed_somehow(random, *kinds)
        if kind == KEY_POLICY and random.random() < 0.15:
            draft = _service(random)
        if kind == "session" and "session" not in draft.kinds:
            draft.limit("session", allows=True)
        if kind in ("boundary", "vpce"):
            draft.limit(kind, allows=random.random() < 0.7)
        if kind == "scps":
            draft.add_levels(sound=True)
        caller = draft.caller
        groups = (exact_entries(caller), limited_entries(caller), account_entries(caller), (EVERYBODY,))
        draft.add("Deny", kind, draft.entry(*groups))
        if kind == KEY_POLICY and random.random() < 0.2:
            statement = draft.kinds[KEY_POLICY][-1]
            del statement["Principal"]
            statement["NotPrincipal"] = principal_element(random, strangers(random, caller, random.choice((1, 2))))
        return draft

    return build


def _scp_no_allow(random: Random) -> Draft:
    draft = allowed_somehow(random, *LIMITED, "root")
    draft.add_levels(sound=False)
    return draft


def _vpce_no_allow(random: Random) -> Draft:
    draft = allowed_somehow(random, *LIMITED, "root")
    draft.limit("vpce", allows=False)
    return draft


def _limited_name(random: Random) -> Draft:
    """Named by role ARN (a federated user: by its user's), and limited."""
    draft = own(random, "role", *WITH_SESSION_POLICY)
    draft.add("Allow", KEY_POLICY, draft.entry(limited_entries(draft.caller)))
    federated = draft.caller.kind == "federated"
    draft.limit("session" if federated else random.choice(("boundary", "session")), allows=False)
    return draft


def _limited_delegation(random: Random) -> Draft:
    draft = own(random, *LIMITED)
    allow_by_delegation(draft)
    kind = "session" if draft.caller.kind in WITH_SESSION_POLICY and random.random() < 0.5 else "boundary"
    draft.kinds[kind] = []
    draft.limit(kind, allows=False)
    return draft


def _limited_across(random: Random) -> Draft:
    draft = foreign(random, *LIMITED)
    allow_across_accounts(draft)
    kind = "session" if draft.caller.kind in WITH_SESSION_POLICY and random.random() < 0.5 else "boundary"
    draft.kinds[kind] = []
    draft.limit(kind, allows=False)
    return draft


def _delegated_only(random: Random) -> Draft:
    draft = own(random, *LIMITED)
    draft.add("Allow", KEY_POLICY, draft.entry(account_entries(draft.caller)))
    draft.miss("identityPolicies", EVERYBODY)
    return draft


def _iam_ineffective(random: Random) -> Draft:
    draft = own(random, *LIMITED)
    everything = (account_entries(draft.caller), exact_entries(draft.caller), (EVERYBODY,))
    draft.miss(KEY_POLICY, draft.entry(*everything))
    draft.add("Allow", "identityPolicies")
    if draft.caller.kind == "federated":
        draft.limit("session", allows=True)
    if random.random() < 0.2:
        del draft.kinds[KEY_POLICY]
    return draft


def _none(random: Random) -> Draft:
    principal = random.choice(SERVICES) if random.random() < 0.3 else some_caller(random, OWN, *LIMITED, "root")
    draft = Draft(random, principal, random.choice(KEY_ACTIONS))
    draft.miss(KEY_POLICY, draft.entry(account_entries(draft.caller), exact_entries(draft.caller), (EVERYBODY,)))
    if draft.caller.limited:
        draft.miss("identityPolicies", EVERYBODY)
    return draft


def _across_no_iam(random: Random) -> Draft:
    draft = foreign(random, *LIMITED)
    allow_across_accounts(draft)
    draft.kinds["identityPolicies"] = []
    draft.miss("identityPolicies", EVERYBODY)
    return draft


def _across_no_key_policy(random: Random) -> Draft:
    draft = foreign(random, *LIMITED, "root")
    if draft.caller.limited:
        draft.add("Allow", "identityPolicies")
    own_root: Entry = ("AWS", f"arn:aws:iam::{OWN}:root")
    draft.miss(KEY_POLICY, draft.entry(account_entries(draft.caller), (EVERYBODY,)))
    if random.random() < 0.5:
        draft.add("Allow", KEY_POLICY, own_root)
    if draft.caller.kind == "federated":
        draft.limit("session", allows=True)
    return draft


def _not_across(random: Random) -> Draft:
    """An operation that AWS lets nobody use from another account."""
    principal = some_caller(random, FOREIGN, *LIMITED, "root")
    draft = Draft(random, principal, random.choice((*OWN_ACTIONS, *ALIAS_ACTIONS)))
    if random.random() < 0.15:
        draft = iam_only(random, principal)
    allow_across_accounts(draft)
    return draft


def _iam_only(random: Random) -> Draft:
    draft = iam_only(random, some_caller(random, OWN, *LIMITED, "root"))
    if draft.caller.limited:
        draft.add("Allow", "identityPolicies")
    if draft.caller.kind == "federated":
        draft.limit("session", allows=True)
    return draft


def _iam_only_missing(random: Random) -> Draft:
    draft = iam_only(random, some_caller(random, OWN, *LIMITED))
    draft.miss("identityPolicies", EVERYBODY)
    return draft


def _iam_only_limited(random: Random) -> Draft:
    draft = iam_only(random, some_caller(random, OWN, *LIMITED))
    draft.add("Allow", "identityPolicies")
    draft.limit("session" if draft.caller.kind == "federated" else "boundary", allows=False)
    return draft


def _retire_grant(random: Random) -> Draft:
    """No key policy allows it, and no RCP denies it."""
    draft = Draft(random, some_caller(random, random.choice((OWN, FOREIGN)), *LIMITED), "kms:RetireGrant")
    draft.add("Allow", KEY_POLICY, draft.entry(account_entries(draft.caller), (EVERYBODY,)))
    if random.random() < 0.3:
        draft.add("Deny", "rcps")
    return draft


_ANYBODY: Final = (*LIMITED, "root")
ALLOWED: Final = "allowed"
DENIED: Final = "implicitly-denied"
FORBIDDEN: Final = "explicitly-denied"
GOALS: Final = (
    Goal("key-policy-direct", ALLOWED, 11, _direct),
    Goal("account-delegation+iam", ALLOWED, 14, _delegated),
    Goal("root-user-via-account-principal", ALLOWED, 5, _root),
    Goal("xacct-key-policy+iam", ALLOWED, 11, _across),
    Goal("key-policy-service", ALLOWED, 5, _service),
    Goal("iam-only-action", ALLOWED, 5, _iam_only),
    Goal("key-policy-deny", FORBIDDEN, 4, _denied_by(KEY_POLICY, *_ANYBODY)),
    Goal("iam-deny", FORBIDDEN, 3, _denied_by("identityPolicies", *LIMITED)),
    Goal("boundary-deny", FORBIDDEN, 3, _denied_by("boundary", *LIMITED)),
    Goal("session-deny", FORBIDDEN, 3, _denied_by("session", "role", *WITH_SESSION_POLICY)),
    Goal("scp-deny", FORBIDDEN, 3, _denied_by("scps", *_ANYBODY)),
    Goal("rcp-deny", FORBIDDEN, 3, _denied_by("rcps", *_ANYBODY)),
    Goal("vpce-deny", FORBIDDEN, 3, _denied_by("vpce", *_ANYBODY)),
    Goal("scp-no-allow", DENIED, 3, _scp_no_allow),
    Goal("vpce-no-allow", DENIED, 3, _vpce_no_allow),
    Goal("boundary-or-session-limits-role-grant", DENIED, 3, _limited_name),
    Goal("boundary-or-session", DENIED, 3, _limited_delegation),
    Goal("delegated-but-no-iam-allow", DENIED, 4, _delegated_only),
    Goal("iam-allow-ineffective-no-key-policy", DENIED, 4, _iam_ineffective),
    Goal("none", DENIED, 3, _none),
    Goal("not-a-cross-account-operation", DENIED, 3, _not_across),
    Goal("xacct-no-key-policy", DENIED, 3, _across_no_key_policy),
    Goal("xacct-no-iam", DENIED, 3, _across_no_iam),
    Goal("xacct-boundary-or-session", DENIED, 3, _limited_across),
    Goal("iam-only-action-no-iam", DENIED, 3, _iam_only_missing),
    Goal("boundary-or-session", DENIED, 1, _iam_only_limited),
    Goal("retire-grant", DENIED, 3, _retire_grant),
)


def random_case(random: Random) -> Case:
    """One request, made for a goal drawn by weight."""
    (goal,) = random.choices(GOALS, [one.weight for one in GOALS])
    request = goal.build(random).request()
    if random.random() < PERTURBED:
        return Case(goal, perturbed(random, request), disturbed=True)
    return Case(goal, request, disturbed=False)


def random_cases(seed: Any, count: int) -> Iterator[Case]:
    """The requests of a seed, always the same; each has an id."""
    random = Random(str(seed))
    for number in range(count):
        goal, request, disturbed = random_case(random)
        yield Case(goal, {"id": f"{seed}-{number}", **request}, disturbed)
