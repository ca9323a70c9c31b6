"""Which suppression takes a finding out, and what is said of those that take out nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kmslint.engine.finding import Finding, StatementPlace
from kmslint.engine.registry import all_rules
from kmslint.location import Location, Source
from kmslint.suppression.in_file import InFile, read_suppressions
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.seen import Seen
from kmslint.suppression.sieve import Sieve
from kmslint.suppression.sources import Contents, parse
from kmslint.suppression.verdicts import verdicts
from scenes import scene_of

RULES = {module.RULE.id: module.RULE for module in all_rules()}
KNOWN = KnownRules(frozenset(RULES), ())
TODAY = "2026-06-30"
TEXT = """\
# M0
Resources:
  # M1
  A:
    P:
      # M2
      - Effect: Allow
        Sid: Look
        Who: all # M3
      - {Effect: Deny, Sid: Other}
  B: {P: [{Effect: Deny}]} # M4
# M5
"""


def marked(**words: str) -> str:
    """The text with suppressions in some of its places."""
    text = TEXT
    for place, said in words.items():
        text = text.replace(f"# {place}\n", f"# kmslint: ignore[KMS201] {said}\n" if "[" not in said else f"# {said}\n")
    return text


def read(text: str, path: str = "a.yaml") -> InFile:
    file = parse(Source(path, text))
    assert file is not None
    return read_suppressions(file, KNOWN)


def finding(file: InFile, word: str, statement: str = "", declared: str = "", sid: str = "") -> Finding:
    def place(of: str) -> Location | None:
        start = file.source.text.index(of) if of else 0
        return Location(file.source, start, start + len(of)) if of else None

    at, around = place(word), place(statement)
    assert at is not None
    within = StatementPlace(around, 0, sid) if around else None
    return Finding("KMS201", at, "", "A", statement=within, declared=place(declared))


WHO = ("Who", "Effect: Allow\n        Sid: Look\n        Who: all", "A:", "Look")
CONTENT = Contents().mark(Location(Source("a", WHO[1]), 0, len(WHO[1])))


@pytest.mark.parametrize(
    ("words", "of", "by"),
    [
        ({}, WHO, ""),
        ({"M0": "kmslint: ignore-file[KMS201] file"}, WHO, "file"),
        ({"M1": "above"}, WHO, "above"),
        ({"M2": "statement"}, WHO, "statement"),
        ({"M3": "beside"}, WHO, "beside"),
        ({"M4": "other", "M5": "end"}, WHO, ""),
        ({"M0": "kmslint: ignore-file[KMS201] file", "M1": "a", "M2": "statement"}, WHO, "statement"),
        ({"M0": "kmslint: ignore-file[KMS201] file", "M1": "above"}, WHO, "above"),
        ({"M2": "statement", "M3": "beside"}, WHO, "beside"),
        ({"M1": "kmslint: ignore[KMS101] above"}, WHO, ""),
        ({"M1": "statement=Look named"}, WHO, "named"),
        ({"M1": "statement=Other named"}, WHO, ""),
        ({"M1": f"content={CONTENT} bound"}, WHO, "bound"),
        ({"M1": "content=0123456789 bound"}, WHO, ""),
        ({"M1": f"statement=Look content={CONTENT} both"}, WHO, "both"),
        ({"M1": f"statement=Look content={CONTENT} both"}, ("Who",), ""),
        ({"M1": "above"}, ("Who",), "above"),
        ({"M1": "above", "M3": "inside"}, ("Look", "", "A:"), "inside"),
        ({"M1": "content=0123456789 bound", "M3": "free"}, WHO, "free"),
        ({"M1": "above"}, ("Resources", "", "A:"), "above"),
        ({"M1": "above"}, ("Resources", WHO[1]), "above"),
        ({"M2": "statement"}, ("Resources", WHO[1]), "statement"),
        ({"M2": "statement"}, ("Resources", "", "A:"), ""),
        ({"M4": "beside"}, ("{Effect: Deny}",), "beside"),
        ({"M4": "beside"}, ("Resources", "{Effect: Deny}"), "beside"),
        ({"M1": "until=2026-06-30 today"}, WHO, "today"),
        ({"M1": "until=2026-06-29 over"}, WHO, ""),
    ],
)
def test_which_suppression_takes_a_finding(words: dict[str, str], of: Sequence[str], by: str) -> None:
    """The nearest: of its line, of its statement, of its resource, of the file."""
    file = read(marked(**words))
    found = finding(file, *of)
    sieve = Sieve([file, read("Resources: {}\n", "b.yaml")], TODAY)
    kept, taken = sieve.sift([found])
    assert ([one.by.words.reason for one in taken], len(kept)) == ([by] if by else [], 0 if by else 1)
    assert [one.finding for one in taken] == [found] * (by != "")
    assert sieve.used == {(one.by.at, "KMS201") for one in taken}
    changed = "content=0123456789" in words.get("M1", "") and not by
    assert [now.content for now in sieve.outgrown.values()] == ([CONTENT] if changed else [])


def test_what_stands_in_another_file_is_of_that_file() -> None:
    """A statement and its resource may stand in two files, and a suppression in either takes what is found of it."""
    resource = read("# kmslint: ignore-file[KMS201] resource\nResources: {A: {}}\n")
    statement = read("# kmslint: ignore-file[KMS201] statement\nResources: {B: {Effect: Allow}}\n", "b.yaml")
    silent = read("Resources: {A: {}}\n", "c.yaml")
    at = Location(statement.source, 60, 70)
    declared = Location(resource.source, 53, 54)
    found = Finding("KMS201", Location(silent.source, 0, 1), "", "A", statement=StatementPlace(at), declared=declared)
    for files, reason in (
        ([resource, statement, silent], "statement"),
        ([resource, silent], "resource"),
        ([statement], "statement"),
        ([resource], "resource"),
    ):
        assert [one.by.words.reason for one in Sieve(files, TODAY).sift([found])[1]] == [reason]
    assert Sieve([silent], TODAY).sift([found])[1] == []
    assert Sieve([], TODAY).sift([found])[0] == [found]


def test_of_which_rules_suppressions_are() -> None:
    file = read(marked(M1="kmslint: ignore[KMS201,KMS101] a", M2="b"))
    named = [
        (one.source.path, suppression.words.reason, rule.id)
        for one, suppression, rule in Sieve([file], TODAY).named({"KMS201"})
    ]
    assert named == [("a.yaml", "a", "KMS201"), ("a.yaml", "b", "KMS201")]


KEYS = """\
# M0
Resources:
  A:
    # M1
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          # M2
          - Effect: Allow
            Sid: Look
  # M3
  B: {Type: AWS::KMS::Key}
# M4
"""
ALL = ("KMS002", "KMS003", "KMS004")
LEFT = "nothing that KMS201 finds is left to ignore"
OUTSIDE = "KMS201 is ignored outside of every resource, where nothing is found"
MOVE = "put it into the resource, or write ignore-file[KMS201] at the top for the whole file"
CHANGED = "KMS201 is ignored for a statement that has changed since, and so is reported again"
OVER = "KMS201 is no longer ignored here: the last day of that was 2026-06-29"
LOOK = "look at the statement again; if it is meant so, write content="


@pytest.mark.parametrize(
    ("place", "said", "rules", "expected"),
    [
        ("M0", "ignore-file[KMS201] x", ALL, ("KMS002", "KMS201", "a.yaml", f"{LEFT} in this file", "")),
        ("M1", "ignore[KMS201] x", ALL, ("KMS002", "KMS201", "A", f"{LEFT} in A", "")),
        ("M2", "ignore[KMS201] x", ALL, ("KMS002", "KMS201", "A", f"{LEFT} in this statement", "")),
        ("M3", "ignore[KMS201] x", ALL, ("KMS002", "KMS201", "B", f"{LEFT} in B", "")),
        ("M4", "ignore[KMS201] x", ALL, ("KMS002", "KMS201", "a.yaml", OUTSIDE, MOVE)),
        ("M1", "ignore[KMS201] x", ("KMS003", "KMS004"), None),
        ("M1", "ignore[KMS101] x", ALL, None),
        ("M1", "ignore[KMS201] until=2026-06-29 x", ALL, ("KMS003", "2026-06-29", "A", OVER, "")),
        ("M1", "ignore[KMS201] until=2026-06-29 x", ("KMS002",), None),
        ("M1", "ignore[] x", ALL, ("KMS004", "kmslint: ignore[] x", "A", "nothing is ignored by this: it names", "")),
        ("M4", "ignore[] x", ALL, ("KMS004", "kmslint: ignore[] x", "a.yaml", "nothing is ignored by this: it", "")),
        ("M1", "ignore[] x", ("KMS002", "KMS003"), None),
        ("M2", "ignore[KMS201] content=0123456789 x", ALL, ("KMS002", "KMS201", "A", CHANGED, LOOK)),
        ("M2", "ignore[KMS201] content=0123456789 x", ("KMS003",), None),
    ],
)
def test_what_is_said_of_a_suppression(
    tmp_path: Path, place: str, said: str, rules: Sequence[str], expected: tuple[str, ...] | None
) -> None:
    text = KEYS.replace(f"# {place}\n", f"# kmslint: {said}\n")
    scene = scene_of(tmp_path, {"a.yaml": text})
    sieve = Sieve([read(text)], TODAY)
    if "content=" in said:
        sieve.sift([finding(read(text), "Sid: Look", "Effect: Allow\n            Sid: Look")])
    seen = Seen(scene.discovered, scene.estates, ())
    told = list(verdicts(sieve, {rule: RULES[rule] for rule in rules}, {"KMS201"}, seen))
    if expected is None:
        assert told == []
        return
    ((rule, at, resource, message, advice),) = [expected]
    (one,) = told
    assert (one.rule_id, text[one.at.start : one.at.end], one.resource) == (rule, at, resource)
    assert one.message.startswith(message)
    assert one.advice.startswith(advice)
    assert bool(one.advice) == bool(advice)
    assert one.subject == ("ignore[KMS201]" if rule != "KMS004" else one.message.partition(": ")[2])


@pytest.mark.parametrize(
    ("rule", "is_seen", "unused"),
    [("KMS201", True, False), ("KMS201", False, False), ("KMS001", True, True), ("KMS001", False, False)],
)
def test_that_something_is_undecided_is_known_even_where_something_is(
    tmp_path: Path, rule: str, is_seen: bool, unused: bool
) -> None:
    """`A` is undecided, and nothing says so where it is said that this is left as it is."""
    text = KEYS.replace("# M1", f"# kmslint: ignore[{rule}] x")
    scene = scene_of(tmp_path, {"a.yaml": text})
    seen = Seen(scene.discovered, scene.estates, {("a.yaml", "A", 3)}) if is_seen else None
    told = list(verdicts(Sieve([read(text)], TODAY), {"KMS002": RULES["KMS002"]}, {"KMS201", "KMS001"}, seen))
    assert [one.rule_id for one in told] == ["KMS002"] * unused


def test_what_is_used_is_not_unused(tmp_path: Path) -> None:
    """For the rule that it took something out for; of the others that it names it is said."""
    text = KEYS.replace("# M1", "# kmslint: ignore[KMS201,KMS101] x")
    scene, sieve = scene_of(tmp_path, {"a.yaml": text}), Sieve([read(text)], TODAY)
    sieve.sift([finding(read(text), "Sid: Look")])
    seen = Seen(scene.discovered, scene.estates, ())
    told = verdicts(sieve, {"KMS002": RULES["KMS002"]}, {"KMS201", "KMS101"}, seen)
    assert [text[one.at.start : one.at.end] for one in told] == ["KMS101"]
