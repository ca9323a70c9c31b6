"""The words of a suppression, one by one: what is taken for one, and what is wrong with it."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.location import Location, Source
from kmslint.suppression.marker import Fault, KnownRules, hides_characters, is_date, read_words
from kmslint.syntax.excerpts import excerpt_between

MANY = [f"KMS{number}" for number in range(600, 601 + limits.IGNORED_RULES)]
KNOWN = KnownRules(
    frozenset({"KMS000", "KMS001", "KMS002", "KMS003", "KMS004", "KMS101", "KMS501", *MANY}),
    (("lockout", "KMS101"), ("rotation-disabled", "KMS501")),
)
FORM = "it is written `kmslint: ignore[KMS101] reason`"
NO_REASON = "it gives no reason: whoever comes next has to know why"


def written(at: Location | None) -> str:
    return at.source.text[at.start : at.end] if at else ""


def said(text: str) -> list[str]:
    """What is read of a comment: the rules, the options and the reason, or what is wrong and with what."""
    source = Source("a", text)
    lines = []
    for words in read_words(excerpt_between(source, 0, len(text)), KNOWN):
        if isinstance(words, Fault):
            lines.append(f"{words.reason} | {written(words.at)}")
            continue
        assert [rule.id for rule in words.rules] == [written(rule.at) for rule in words.rules]
        assert written(words.until_at).strip('"') == words.until
        rules = ",".join(rule.id for rule in words.rules) + " of the file" * words.whole_file
        lines.append(f"{rules} <{words.until}|{words.statement}|{words.content}> {words.reason} | {written(words.at)}")
    return lines


WORDS = "kmslint: ignore[KMS501] known"
READ = f"KMS501 <||> known | {WORDS}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"# {WORDS}", [READ]),
        (f"#{WORDS}  ", [READ]),
        (f"/* {WORDS} */", [READ]),
        (f"/*\n * {WORDS}\n */", [READ]),
        (f"//! {WORDS}", [READ]),
        (f"# old # {WORDS}", [READ]),
        (f"# old // {WORDS}", [READ]),
        (f"# {WORDS} # {WORDS}", [READ, READ]),
        (f"# {WORDS} /// {WORDS}\n# {WORDS}", [READ, READ, READ]),
        (f"# see {WORDS}", []),
        (f"# old#{WORDS}", []),
        ("# kmslint is of use", []),
        ("# kmslinter: ignore[KMS501] x", []),
        ("# kmslint ignored it", []),
        (
            "# kmslint:ignore [ KMS501 ,KMS101 ]: - known",
            ["KMS501,KMS101 <||> known | kmslint:ignore [ KMS501 ,KMS101 ]: - known"],
        ),
        (
            "# kmslint: ignore-file[KMS501] known",
            ["KMS501 of the file <||> known | kmslint: ignore-file[KMS501] known"],
        ),
        *(
            (f"# {text}", [f'"{text}" is not a suppression: {FORM} | {text}'])
            for text in (
                *("kmslint: known", "kmslint ignore[KMS501] known", "KMSLINT: ignore[KMS501] x", "kmslint-ignore x"),
                *(
                    "kmslint_ignore: KMS501",
                    "kmslint: ignore",
                    "kmslint: ignore-all[KMS501] x",
                    "kmslint: Ignore[KMS501]",
                ),
            )
        ),
        (
            f"# kmslint: {'x' * 50}",
            [f'"kmslint: {"x" * 31}..." is not a suppression: {FORM} | kmslint: {"x" * 50}'],
        ),
        (f"# kmslint: {'x' * 31}", [f'"kmslint: {"x" * 31}" is not a suppression: {FORM} | kmslint: {"x" * 31}']),
    ],
)
def test_what_is_taken_for_a_suppression(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("ids", "fault"),
    [
        (" ", "it names no rule: a suppression is of the rules that it names | ALL"),
        ("KMS501,KMS501", "KMS501 stands twice | KMS501"),
        *(
            (f"KMS501, {rule}", f"{rule} cannot be ignored: what it names has to be mended | {rule}")
            for rule in ("KMS000", "KMS002", "KMS003", "KMS004")
        ),
        ("KMS999", 'there is no rule "KMS999" | KMS999'),
        ("kms501", 'there is no rule "kms501"; KMS501 is meant | kms501'),
        ("Rotation-Disabled", 'there is no rule "Rotation-Disabled"; KMS501 is meant | Rotation-Disabled'),
        ("KMS501 KMS101", 'there is no rule "KMS501 KMS101" | KMS501 KMS101'),
        (",".join(MANY), "it names more than 100 rules | ALL"),
        (",".join(MANY[:-1]), ""),
        ("KMS001", ""),
    ],
)
def test_which_rules_it_may_name(ids: str, fault: str) -> None:
    text = f"kmslint: ignore[{ids}] known"
    (told,) = said(f"# {text}")
    if fault:
        assert told == fault.replace("ALL", text)
    else:
        assert told == f"{ids} <||> known | {text}"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("until=2027-03-31 known", "<2027-03-31||> known"),
        ('until="2027-03-31" known', "<2027-03-31||> known"),
        ('statement="Read it" content=0123456789   by hand', "<|Read it|0123456789> by hand"),
        ("statement=A until=2027-03-31 known", "<2027-03-31|A|> known"),
        ("until=2027-03-31 statement=A known", "<2027-03-31|A|> known"),
        ("known #", "<||> known #"),
        ("known = good", "<||> known = good"),
        ("x=1 known", '"x=" says nothing here: until=, statement= and content= do | 1'),
        ("until=2027-02-29 known", '"2027-02-29" is not a day: until=2027-03-31 | 2027-02-29'),
        ("until=2027-3-1 known", '"2027-3-1" is not a day: until=2027-03-31 | 2027-3-1'),
        ("statement= known", "statement= is empty | "),
        ('content="" known', 'content= is empty | ""'),
        ("statement=A statement=B known", "statement= stands twice | B"),
        ("until=2027-03-31 until=2028-03-31 known", "until= stands twice | 2028-03-31"),
        (
            "known until=2027-03-31",
            "until= stands behind the reason, where it does nothing: it belongs before it | ALL",
        ),
        ("by content=1", "content= stands behind the reason, where it does nothing: it belongs before it | ALL"),
        ("", f"{NO_REASON} | ALL"),
        ("--", f"{NO_REASON} | ALL"),
        ("until=2027-03-31", f"{NO_REASON} | ALL"),
        ("x" * 1000, f"<||> {'x' * 1000}"),
        ("x" * 1001, "its reason is longer than 1000 characters | ALL"),
    ],
)
def test_what_stands_behind_the_rules(rest: str, expected: str) -> None:
    text = f"kmslint: ignore[KMS501] {rest}".rstrip()
    told = f"KMS501 {expected} | {text}" if expected.startswith("<") else expected.replace("ALL", text)
    assert said(f"# {text}") == [told]


def test_each_part_is_found_where_it_stands() -> None:
    """On the second line of a comment, behind another suppression."""
    text = "/* ours\n   kmslint: ignore[KMS101] a # kmslint: ignore[KMS501] until=2027-03-31 b */"
    first, second = read_words(excerpt_between(Source("a", text), 0, len(text)), KNOWN)
    assert [one.at.region[:2] for one in (first, second)] == [(2, 4), (2, 32)]
    assert not isinstance(second, Fault)
    assert second.until_at is not None
    assert (second.rules[0].at.region[:2], second.until_at.region[:2]) == ((2, 48), (2, 62))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2028-02-29", True), ("2027-02-29", False), ("20270331", False), ("2027-03-31\n", False), ("", False)],
)
def test_what_is_a_day(text: str, expected: bool) -> None:
    assert is_date(text) is expected


@pytest.mark.parametrize("character", ["\n", "\x1b", "\u200b", "\u0378", "\ue000", "\ud800", "\u2028", "\u2029"])
def test_what_nobody_sees(character: str) -> None:
    assert hides_characters(f"a{character}b")
    assert not hides_characters("a \u00e9 \u9375")
