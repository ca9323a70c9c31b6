"""What becomes of an Allow in the ways in which the Deny statements around it can come out."""

from __future__ import annotations

import pytest

from kmslint.access.denials import actions_of_allow, ways_of_allow, without_open_denials
from kmslint.aws.actions import Action
from kmslint.model.policy import Document, Effect
from kmslint.values import Guard, Guards
from plain_estates import deny, to, when
from plain_policies import Plain, action_of, document

ALLOW = to("Dev")
DENY = deny(ALLOW)
PERHAPS: dict[str, Plain] = {**ALLOW, "Effect": "<Effect>"}


def if_all(conditions: str) -> Guards:
    """`A not B` are two conditions."""
    names = conditions.replace("not ", "!").split()
    return frozenset(Guard(name.removeprefix("!"), not name.startswith("!")) for name in names)


def is_spared(world: Document) -> bool:
    """Whether nothing is denied, not even perhaps."""
    return not world.unseen and all(one.effect is Effect.ALLOW for one in world.statements)


@pytest.mark.parametrize(
    ("allow", "others", "spared", "denied"),
    [
        (ALLOW, [], [""], None),
        (ALLOW, [DENY], None, [""]),
        (ALLOW, ["<<Statement>>"], None, [""]),
        (ALLOW, [when("A", DENY)], ["not A"], ["A"]),
        (ALLOW, [when("A", PERHAPS)], ["not A"], ["A"]),
        (ALLOW, [when("A", "<<Statement>>")], ["not A"], ["A"]),
        (ALLOW, [when("A", when("B", DENY))], ["not A", "not B"], ["A B"]),
        (ALLOW, [when("A", DENY), when("B", DENY)], ["not A not B"], ["A", "B"]),
        (when("B", ALLOW), [when("A", DENY)], ["B not A"], ["A B"]),
        (when("A", ALLOW), [when("A", DENY)], None, ["A"]),
        (when("A", ALLOW), [{"if": "A", "then": None, "else": DENY}], ["A"], None),
        # It makes no difference what else is allowed, nor whether what is denied is denied twice.
        (ALLOW, [when("A", ALLOW)], [""], None),
        (ALLOW, [DENY, when("A", DENY)], None, [""]),
    ],
)
def test_when_it_is_left(allow: Plain, others: list[Plain], spared: list[str] | None, denied: list[str] | None) -> None:
    read = document([allow, *others])
    expected = {answer: set(map(if_all, ways)) for answer, ways in ((True, spared), (False, denied)) if ways}
    found = ways_of_allow(read.statements[0], read, is_spared)
    assert {answer: set(ways) for answer, ways in found.items()} == expected


def test_a_deny_that_is_there_anyway_is_not_what_it_hangs_on() -> None:
    read = document([ALLOW, deny(to("Other")), when("A", DENY)])
    found = ways_of_allow(read.statements[0], read, lambda world: len(world.statements))
    assert found == {3: (if_all("A"),), 2: (if_all("not A"),)}


def test_denies_that_change_nothing_are_not_gone_through() -> None:
    asked = []

    def ask(world: Document) -> str:
        asked.append(world)
        return "the same"

    read = document([ALLOW, *(when(f"C{number}", DENY) for number in range(30))])
    assert ways_of_allow(read.statements[0], read, ask) == {"the same": (if_all(""),)}
    assert len(asked) == 2


ENCRYPT, DECRYPT = action_of("kms:Encrypt"), action_of("kms:Decrypt")


@pytest.mark.parametrize(
    ("spared", "denied", "expected"),
    [
        ((ENCRYPT, DECRYPT), (ENCRYPT, DECRYPT), {(DECRYPT, ENCRYPT): [""]}),
        # What is left in any case is told alone.
        ((ENCRYPT, DECRYPT), (ENCRYPT,), {(ENCRYPT,): [""]}),
        ((ENCRYPT, DECRYPT), (), {(DECRYPT, ENCRYPT): ["not A"]}),
        ((ENCRYPT,), (DECRYPT,), {(ENCRYPT,): ["not A"], (DECRYPT,): ["A"]}),
        ((), (), {}),
    ],
)
def test_which_actions_are_left(
    spared: tuple[Action, ...], denied: tuple[Action, ...], expected: dict[tuple[Action, ...], list[str]]
) -> None:
    read = document([ALLOW, when("A", DENY)])
    found = actions_of_allow(read.statements[0], read, lambda world: spared if is_spared(world) else denied)
    assert {actions: list(ways) for actions, ways in found.items()} == {
        actions: list(map(if_all, ways)) for actions, ways in expected.items()
    }


def test_what_is_left_out_where_nothing_open_denies() -> None:
    kept = document([when("A", ALLOW), when("A", DENY), DENY, when("A", PERHAPS), "<<One>>", when("A", "<<Other>>")])
    left = without_open_denials(kept)
    assert [one.position for one in left.statements] == [0, 2]
    assert [str(part.hole) for part in left.unseen] == ["${One}"]
