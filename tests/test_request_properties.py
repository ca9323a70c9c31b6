"""What must hold of every request, whatever its policies say: a change of them, and what may come of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kmslint.aws.actions import ACTIONS
from kmslint.simulate import answer_line
from random_conditions import FOREIGN, OWN
from random_requests import random_case
from request_parts import Json, listed, statements

RANK: Final = {"explicitly-denied": 0, "implicitly-denied": 0, "unknown": 1, "allowed": 2}
IAM_ONLY: Final = ("iam-only-action", "iam-only-action-no-iam", "boundary-or-session", "not-a-cross-account-operation")
EVERYTHING: Final[Json] = {"Sid": "Further", "Action": "*", "Resource": "*"}

REQUESTS: Final = st.integers(0, 10**9).map(lambda seed: random_case(Random(seed)).request)
checked: Final = settings(max_examples=150, deadline=None)


def answer(request: Json) -> Json:
    answered: Json = json.loads(answer_line(json.dumps(request)))
    return answered


def rank(request: Json) -> int:
    """2 if it is allowed, 1 if nobody knows, 0 if it is denied."""
    answered = answer(request)
    return RANK[answered.get("decision", "implicitly-denied")]


def changed(request: Json, change: Callable[[Json], None], effects: tuple[str, ...] = ("Allow", "Deny")) -> Json:
    """A copy in which each statement of these effects is changed in place."""
    copy: Json = json.loads(json.dumps(request))
    for found in statements(copy):
        if found.statement.get("Effect") in effects:
            change(found.statement)
    return copy


def resplit(request: Json, split: Callable[[Json], list[Json]]) -> Json:
    """A copy in which several statements stand for each."""
    copy: Json = json.loads(json.dumps(request))
    for document in {id(found.document): found.document for found in statements(copy)}.values():
        document["Statement"] = [part for one in listed(document["Statement"]) for part in split(one)]
    return copy


def with_further(request: Json, kind: str, statement: Json) -> Json:
    """A copy with one more statement in the key policy, or in each policy of another kind that is there."""
    copy: Json = json.loads(json.dumps(request))
    if kind == "resourcePolicy":
        copy.setdefault(kind, {"Version": "2012-10-17", "Statement": []})
        statement = {"Principal": "*", **statement}
    for document in {id(found.document): found.document for found in statements(copy, kind)}.values():
        document["Statement"] = [*listed(document["Statement"]), statement]
    if kind == "resourcePolicy" and not listed(copy[kind]["Statement"]):
        copy[kind]["Statement"] = [statement]
    return copy


@checked
@given(REQUESTS)
def test_the_order_of_statements_policies_and_entries_does_not_matter(request: Json) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: turned(member) for name, member in value.items()}
        return [turned(item) for item in reversed(value)] if isinstance(value, list) else value

    copy = {name: value if name == "context" else turned(value) for name, value in request.items()}
    first, second = answer(request), answer(copy)
    assert (first.get("decision"), first.get("reason")) == (second.get("decision"), second.get("reason"))


@checked
@given(REQUESTS)
def test_an_entry_is_a_list_of_one_and_may_stand_twice(request: Json) -> None:
    def twice(statement: Json) -> None:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in statement:
                statement[name] = [*listed(statement[name]), *listed(statement[name])]

    assert answer(changed(request, twice)) == answer(request)


@checked
@given(REQUESTS)
def test_a_single_statement_needs_no_list(request: Json) -> None:
    copy: Json = json.loads(json.dumps(request))
    for found in statements(copy):
        if len(listed(found.document["Statement"])) == 1:
            found.document["Statement"] = found.statement
    assert answer(copy) == answer(request)


@checked
@given(REQUESTS, st.sampled_from(["Action", "Resource"]))
def test_a_statement_for_each_entry_is_the_same(request: Json, name: str) -> None:
    def split(statement: Json) -> list[Json]:
        return [{**statement, name: entry} for entry in listed(statement[name])] if name in statement else [statement]

    assert rank(resplit(request, split)) == rank(request)


@checked
@given(REQUESTS)
def test_a_statement_for_each_principal_is_the_same(request: Json) -> None:
    def split(statement: Json) -> list[Json]:
        element = statement.get("Principal")
        if not isinstance(element, dict):
            return [statement]
        names = [(kind, name) for kind, listed_ in element.items() for name in listed(listed_)]
        return [{**statement, "Principal": {kind: name}} for kind, name in names] or [statement]

    assert rank(resplit(request, split)) == rank(request)


@checked
@given(REQUESTS, st.sampled_from(["resourcePolicy", "identityPolicies", "boundary", "session", "scps", "vpce"]))
def test_a_further_allow_takes_nothing(request: Json, kind: str) -> None:
    further = {"Effect": "Allow", **EVERYTHING, **({"Principal": "*"} if kind == "vpce" else {})}
    assert rank(with_further(request, kind, further)) >= rank(request)


@checked
@given(
    REQUESTS,
    st.sampled_from(["resourcePolicy", "identityPolicies", "boundary", "session", "scps", "rcps", "vpce"]),
    st.sampled_from(["*", "kms:*", "kms:Decrypt", "s3:*"]),
)
def test_a_further_deny_gives_nothing(request: Json, kind: str, action: str) -> None:
    further = {"Effect": "Deny", **EVERYTHING, "Action": action}
    if kind in ("rcps", "vpce"):
        further["Principal"] = "*"
    assert rank(with_further(request, kind, further)) <= rank(request)


@checked
@given(REQUESTS)
def test_a_deny_of_everything_to_everybody_wins(request: Json) -> None:
    denied = answer(with_further(request, "resourcePolicy", {"Effect": "Deny", **EVERYTHING}))
    # The policy of a key is asked about requests to a key alone, not about an alias or about none.
    asked = ":key/" in request["resource"]
    unless = not asked or denied.get("reason") in (*IAM_ONLY, "none", "scp-no-allow", "scp-deny") or "error" in denied
    assert denied.get("reason") == "key-policy-deny" or unless, denied


@checked
@given(REQUESTS, st.sampled_from([{"StringEquals": {"aws:x": "y"}}, {"StringNotEquals": {"aws:x": "y"}}]))
def test_a_further_condition_narrows(request: Json, test: Json) -> None:
    def narrow(statement: Json) -> None:
        conditions = statement.setdefault("Condition", {})
        ((operator, pair),) = test.items()
        if operator not in conditions:
            conditions[operator] = pair

    before = rank(request)
    assert rank(changed(request, narrow, ("Allow",))) <= before
    assert rank(changed(request, narrow, ("Deny",))) >= before


def wider(pattern: str) -> str:
    """A pattern that covers more; the name of the service stays, as AWS knows no patterns of those."""
    service, colon, rest = pattern.partition(":")
    return f"{service}{colon}{rest[: len(rest) // 2]}*" if colon else "*"


@checked
@given(REQUESTS, st.sampled_from(["Action", "Resource"]))
def test_a_wider_pattern_of_an_allow_takes_nothing(request: Json, name: str) -> None:
    def widen(statement: Json) -> None:
        if name in statement:
            statement[name] = [wider(entry) for entry in listed(statement[name])]

    assert rank(changed(request, widen, ("Allow",))) >= rank(request)


@checked
@given(REQUESTS)
def test_actions_are_the_same_in_any_case(request: Json) -> None:
    def shout(statement: Json) -> None:
        for name in ("Action", "NotAction"):
            if name in statement:
                statement[name] = [entry.upper() for entry in listed(statement[name])]

    loud = changed(request, shout)
    assert answer(loud) == answer(request)
    assert answer({**request, "action": request["action"].lower()}) == answer(request)


@checked
@given(REQUESTS)
def test_not_action_is_the_complement(request: Json) -> None:
    def complement(statement: Json) -> None:
        if "NotAction" not in statement or "Action" in statement:
            return
        matched = [entry.lower() for entry in listed(statement.pop("NotAction"))]
        kept = [action.name for action in ACTIONS if not any(covers(entry, action.name.lower()) for entry in matched)]
        statement["Action"] = kept or ["s3:None"]

    assert answer(changed(request, complement)) == answer(request)


def covers(pattern: str, text: str) -> bool:
    """A wildcard pattern by its definition."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return covers(pattern[1:], text) or (bool(text) and covers(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and covers(pattern[1:], text[1:])


@checked
@given(REQUESTS)
def test_statements_of_other_services_and_keys_do_not_matter(request: Json) -> None:
    before = answer(request)
    for further in (
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": f"arn:aws:kms:us-east-1:{OWN}:key/ffffffff"},
    ):
        for kind in ("resourcePolicy", "identityPolicies", "scps"):
            after = answer(with_further(request, kind, further))
            assert (after.get("decision"), after.get("reason")) == (before.get("decision"), before.get("reason"))


@checked
@given(REQUESTS)
def test_without_key_policy_and_grants_nothing_on_a_key_is_allowed(request: Json) -> None:
    bare = {name: value for name, value in request.items() if name not in ("resourcePolicy", "grants")}
    answered = answer(bare)
    assert answered.get("decision") != "allowed" or answered["reason"] == "iam-only-action"


@checked
@given(REQUESTS)
def test_accounts_may_be_called_otherwise(request: Json) -> None:
    text = json.dumps(request).replace(OWN, "123412341234").replace(FOREIGN, "567856785678")
    assume(not re.search("[0-9][*?]|[*?][0-9]", text))  # a pattern that covers a part of an id
    assert answer(json.loads(text)) == answer(request)


@pytest.mark.parametrize("kind", ["allowed", "implicitly-denied", "explicitly-denied"])
def test_the_requests_come_to_everything(kind: str) -> None:
    decisions = [answer(random_case(Random(seed)).request).get("decision") for seed in range(300)]
    assert decisions.count(kind) > 30
