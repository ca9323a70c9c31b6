"""Policies and identities as they are where something is known of the conditions on which they hang."""

from __future__ import annotations

import pytest

from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.model.facts import Equals, Facts
from kmslint.model.policy import Document, Malformed, Unseen, texts
from kmslint.values import ALWAYS, Guard, Guards, Hole, HoleKind, unknown
from plain_policies import HERE, OWN, Plain, document, words

PROD, DEV, FREE = Guard("Prod", True), Guard("Dev", True), Guard("Free", True)
FACTS = Facts({"Prod": Equals("Env", "prod"), "Dev": Equals("Env", "dev")})
UNSEEN = Hole(HoleKind.PARAMETER, "x")


def guarded(sid: str, condition: str) -> Plain:
    statement: Plain = {"Sid": sid, "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    return {"if": condition, "then": statement, "else": None}


def with_parts(*conditions: str) -> Document:
    """A document of which a statement, something unseen and a flaw hang on each of these."""
    whole = document([guarded(one, one) for one in conditions])
    each = [frozenset({Guard(one, True)}) for one in conditions]
    return whole._replace(
        unseen=tuple(Unseen(UNSEEN, HERE, guards) for guards in each),
        malformed=tuple(Malformed("flaw", HERE, guards) for guards in each),
    )


def parts(found: Document | None) -> list[str]:
    """On what each kind of part hangs, if all of them hang on the same."""
    assert found is not None
    kinds = (found.statements, found.unseen, found.malformed)
    (told,) = {tuple(" ".join(sorted(map(str, one.guards))) or "always" for one in kind) for kind in kinds}
    return list(told)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ((), ["Prod is true", "Dev is true", "Free is true"]),
        ((PROD,), ["always", "Free is true"]),
        ((Guard("Prod", False),), ["Dev is true", "Free is true"]),
        ((FREE, DEV), ["always", "always"]),
    ],
)
def test_where_conditions_have_come_out(given: tuple[Guard, ...], left: list[str]) -> None:
    """What is known of them rules out the others too."""
    whole = with_parts("Prod", "Dev", "Free")
    assert parts(whole.settled(FACTS.under(frozenset(given)))) == left


def test_only_what_was_asked_comes_out_if_nothing_is_known_of_the_others() -> None:
    whole = with_parts("Prod", "Dev")
    under = whole.under(frozenset({PROD, FREE}))
    assert parts(under) == ["always", "Dev is true"]
    assert under.facts.given == {PROD, FREE}
    assert parts(whole.under(frozenset({Guard("Prod", False)}))) == ["Dev is true"]


def test_what_is_never_there_is_left_out_with_what_is_known() -> None:
    whole = with_parts("Prod", "Dev", "Free").with_facts(FACTS.under(frozenset({PROD})))
    assert parts(whole) == ["Prod is true", "Free is true"]
    assert whole.facts.given == {PROD}


def test_a_part_of_which_it_takes_too_long_to_see_is_left_in() -> None:
    assert parts(with_parts("Prod").with_facts(Facts(steps=0))) == ["Prod is true"]


def test_a_part_that_hangs_on_nothing_is_in_it() -> None:
    """Whatever is known: of what cannot be at once, too."""
    none = document([{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}])
    impossible = FACTS.under(frozenset({PROD, DEV}))
    assert len(none.with_facts(impossible).statements) == 1
    assert none.settled(impossible) is none
    assert none.under(ALWAYS) is none
    assert none.with_facts(impossible).statements[0] is none.statements[0]


def test_the_entries_that_are_text() -> None:
    assert list(texts((words("a"), unknown("b", HERE), words("<c>")))) == [words("a"), words("<c>")]
    assert list(texts(None)) == []


def policy(guards: Guards = ALWAYS, text: Document | None = None) -> IdentityPolicy:
    return IdentityPolicy("Policy", HERE, text, guards=guards)


def test_an_identity_has_the_policies_that_are_there() -> None:
    boundary = policy(text=with_parts("Dev", "Free"))
    each = (policy(frozenset({PROD, FREE}), with_parts("Dev", "Free")), policy(frozenset({DEV})), policy())
    arn = words(f"arn:aws:iam::{OWN}:role/Dev")
    found = Identity("Dev", IdentityKind.ROLE, HERE, arn, each, boundary=boundary).settled(
        FACTS.under(frozenset({PROD}))
    )
    assert [(one.guards, one.document and parts(one.document)) for one in found.policies] == [
        ({FREE}, ["Free is true"]),
        (ALWAYS, None),
    ]
    assert parts(found.boundary and found.boundary.document) == ["Free is true"]
    assert found._replace(boundary=None).settled(FACTS).boundary is None
