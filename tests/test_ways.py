"""Under which open conditions something holds: in the fewest words, and as messages say it."""

from __future__ import annotations

import pytest

from kmslint.model.facts import UNRELATED, AllOf, Equals, Facts
from kmslint.model.ways import enumerate_names, fewest, simplified, together, when_in, within
from kmslint.values import Doubt, Guard, Guards, one_of

PROD_OR_DEV = Facts({"Prod": Equals("Env", "prod"), "Dev": Equals("Env", "dev"), "Both": AllOf(frozenset())})
EMPTY_HANDED = Facts(steps=0)
"""What is not seen at a glance is not seen."""


def way(spelt: str) -> Guards:
    """`A -B`: A holds, and B does not. `?A` is a doubt, `Env=a/b` one text of those it may be, `Name:a` one of any."""
    return frozenset(map(guard, spelt.split()))


def guard(spelt: str) -> Guard:
    holds, name = not spelt.startswith("-"), spelt.removeprefix("-")
    if "=" in name:
        parameter, _, texts = name.partition("=")
        return Guard(one_of(parameter, texts.split("/")[0], texts.split("/")), holds)
    if ":" in name:
        return Guard('{} is "{}"'.format(*name.split(":")), holds)
    return Guard(Doubt(name) if name.startswith("?") else name, holds)


def ways(spelt: str) -> tuple[Guards, ...]:
    """`A | -B C`; `always` is no condition at all, and nothing no way."""
    return tuple(way(each.replace("always", "")) for each in spelt.split("|")) if spelt else ()


@pytest.mark.parametrize(
    ("spelt", "least"),
    [
        ("", ""),
        ("A", "A"),
        ("A | A", "A"),
        ("A | -A", "always"),
        ("always | A", "always"),
        ("A B | A -B", "A"),
        ("A B | A C", "A B | A C"),
        ("A B | A -B | -A B", "A | -A B"),
        ("-A B | A B | A -B", "B | A -B"),
        ("A B | A -B | -A B | -A -B", "always"),
        ("A | A B", "A"),
        ("A | A B | -A B", "A | B"),
        ("A B C | A B -C | A -B", "A"),
        ("C | B A", "C | A B"),
        ("C | B | A", "A | B | C"),
        ("A B C | D", "D | A B C"),
        ("Env=a/b A | Env=b/a A | -A", "A Env=a/b | A Env=b/a | -A"),
        ("Env=a/b | Env=b/a", "always"),
    ],
)
def test_in_fewer_words(spelt: str, least: str) -> None:
    assert simplified(ways(spelt)) == tuple(sorted(ways(least), key=lambda one: (len(one), sorted(one))))


def test_together_with_other_conditions() -> None:
    assert together(ways("A | B -C"), way("C")) == ways("A C | B C -C")
    assert together(ways("A | B"), way("A")) == ways("A")
    assert together((), way("A")) == ()


@pytest.mark.parametrize(
    ("some", "others", "expected"),
    [
        ("A", "A", True),
        ("A B", "A", True),
        ("A", "A B", False),
        ("A B | C", "A | C", True),
        ("A B | C", "A", False),
        ("A", "B | A", True),
        ("", "", True),
        ("A", "", False),
        ("A", "always", True),
    ],
)
def test_what_holds_in_these_ways_holds_in_those(some: str, others: str, expected: bool) -> None:
    assert within(ways(some), ways(others)) is expected


@pytest.mark.parametrize(
    ("spelt", "said"),
    [
        ("", ""),
        ("always", ""),
        ("A | always", ""),
        ("A", " when A is true"),
        ("-A", " when A is false"),
        ("B A", " when A is true and B is true"),
        ("A | B", " when A is true or B is true"),
        ("A | B | C", " when A is true, B is true or C is true"),
        ("A | B | C | D", " when A is true, B is true or in 2 more cases"),
        ("A B | C D", " when A is true and B is true, or C is true and D is true"),
        ("D | A B", " when D is true, or A is true and B is true"),
        ("A B | D", " when D is true, or A is true and B is true"),
        ("A B | C D | E F | G H", " when A is true and B is true, or C is true and D is true, or in 2 more cases"),
        # A parameter that is one text is no other.
        ("Env=a/b/c -Env=b/a/c", ' when Env is "a"'),
        ("Env:a -Env:b", ' when Env is "a"'),
        ("Env:a -Other:b", ' when Env is "a" and Other is not "b"'),
        ("Env:a -B A", ' when A is true, B is false and Env is "a"'),
        ("-Env:a -Env:b", ' when Env is not "a" and Env is not "b"'),
        # It is one of those it may be.
        ("-Env=a/b", ' when Env is "b"'),
        ("-Env=a/b/c A", ' when A is true and Env is not "a"'),
        ("-Env=a/b/c -Env=b/a/c A -B", ' when A is true, B is false and Env is "c"'),
        ("Env=a/b", ' when Env is "a"'),
        ("Env=a/b | Env=b/a", ""),
        ("Env=a/b A | Env=b/a A", " when A is true"),
        ("Env=a/b A | Env=b/a A | Env=b/a A B | C", " when A is true or C is true"),
        ("Env=a/b A | Env=b/a B", ' when A is true and Env is "a", or B is true and Env is "b"'),
        ("Env=a/b/c A | Env=b/a/c A", ' when A is true and Env is "a", or A is true and Env is "b"'),
        ("Env=a/b Size=s/t | Env=a/b Size=t/s | Env=b/a", ""),
        ("Z -Env=a/b | Env:x -Env:y", ' when Env is "x", or Env is "b" and Z is true'),
    ],
)
def test_when(spelt: str, said: str) -> None:
    assert when_in(ways(spelt)) == said


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", ""),
        ("a", "a"),
        ("a b", "a and b"),
        ("a b c", "a, b and c"),
        ("a b c d", "a, b, c and d"),
        ("a b c d e", "a, b, c and 2 more"),
        ("a b a", "a and b"),
    ],
)
def test_names_in_words(names: str, told: str) -> None:
    assert enumerate_names(names.split()) == told
    assert enumerate_names(names.split(), "or") == told.replace(" and ", " or ")


EIGHT, NINE = (" ".join("ABCDEFGHI"[:number]) for number in (8, 9))


@pytest.mark.parametrize(
    ("outcomes", "others", "facts", "found", "untold"),
    [
        ("A", "", UNRELATED, "always", ""),
        ("A B | A -B", "-A B | -A -B", UNRELATED, "A", ""),
        ("A B", "-A -B", UNRELATED, "A", ""),
        ("A B", "-A B | A -B", UNRELATED, "A B", ""),
        ("A B C", "-A B C | A -B C | A B -C", UNRELATED, "A B C", ""),
        # What holds is named before what does not.
        ("-A B", "A -B", UNRELATED, "B", ""),
        ("-B -A", "A B", UNRELATED, "-A", ""),
        # The shortest outcome is looked at first, and what it covers is not looked at again; the order is no matter.
        ("A B | B", "-A -B", UNRELATED, "B", ""),
        ("B C | A B", "-A -B -C", UNRELATED, "A | B", ""),
        ("A B | B C", "-A -B -C", UNRELATED, "A | B", ""),
        # Nothing is told by a doubt; what nothing else tells is handed back.
        ("?A", "-?A", UNRELATED, "", "?A"),
        ("?A B", "-?A B", UNRELATED, "", "?A B"),
        ("?A B", "-?A -B", UNRELATED, "B", ""),
        ("?A | B -?A", "-B -?A", UNRELATED, "B", "?A"),
        # What cannot be at once.
        ("Prod A", "Dev A", PROD_OR_DEV, "Prod", ""),
        ("Prod A", "Dev A", UNRELATED, "", "Prod A"),
        ("Prod A", "Dev A", EMPTY_HANDED, "", "Prod A"),
        ("A", "-A", EMPTY_HANDED, "A", ""),
        ("A B", "-B", EMPTY_HANDED, "B", ""),
        # Two are the fewest, and the last of those that are tried; of nine, and of three, each is left out in turn.
        (EIGHT, "-G A B C D E F H | -H A B C D E F G", UNRELATED, "G H", ""),
        ("A B C D E", "-A -D | -A -E | -B -D | -B -C", UNRELATED, "A B", ""),
        ("A B C D", "-A -C | -A -D | -B -C | -B -D", UNRELATED, "A B", ""),
        (EIGHT, "-A -G | -B -G | -C -H", UNRELATED, "C G", ""),
        (NINE, "-A -G | -B -G | -C -H", UNRELATED, "A B C", ""),
        (NINE, "-A -C | -A -D | -B -C | -B -D | -E", UNRELATED, "A B E", ""),
        # F, G and H would do: three are not looked for.
        (EIGHT, "-A -G | -B -G | -C -H | -D -H | -F", UNRELATED, "A B C D F", ""),
    ],
)
def test_the_fewest_conditions_that_tell(outcomes: str, others: str, facts: Facts, found: str, untold: str) -> None:
    assert fewest(ways(outcomes), ways(others), facts) == (ways(found), ways(untold))
