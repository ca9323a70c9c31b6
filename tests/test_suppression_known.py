"""What a baseline knows of what a run finds: which finding is the one that was written down, and which is new."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from kmslint.discovery import Discovered
from kmslint.engine.baseline import Baseline, Comparison, Entry, Known
from kmslint.engine.finding import Finding, StatementPlace
from kmslint.engine.precedence import Heard
from kmslint.location import Location, Source
from kmslint.model.estate import Estate, Language
from kmslint.suppression.known import KnownFindings
from kmslint.suppression.scene import Scene
from scenes import scene_of

TEXT = "0123456789" * 3
SOURCES = {path: Source(path, TEXT) for path in ("a.yaml", "b.yaml", "m/main.tf", "baseline.json")}
KEY = 'resource "aws_kms_key" "k" {}\n'


def finding(
    start: int = 0, path: str = "a.yaml", resource: str = "A", rule: str = "KMS201", subject: str = "s", size: int = 2
) -> Finding:
    return Finding(rule, Location(SOURCES[path], start, start + size), f"{start}", resource, subject=subject)


def entry(found: Known, line: int = 0, times: int = 1, reason: str = "known") -> Entry:
    return Entry(found, reason, times, Location(SOURCES["baseline.json"], line, line + 1))


def heard(findings: Sequence[Finding], estate: str = "a.yaml") -> Heard:
    return Heard(Estate(estate, Language.CLOUDFORMATION), tuple(findings))


A = Known("a.yaml", "A", "KMS201", "s")


@pytest.mark.parametrize(
    ("found", "estate", "known"),
    [
        (finding(), "a.yaml", A),
        (finding(), "b.yaml", A._replace(seen_from="b.yaml")),
        (finding(path="m/main.tf"), "m", A._replace(path="m/main.tf")),
        (finding(path="m/main.tf"), ".", A._replace(path="m/main.tf", seen_from=".")),
        (finding()._replace(about="K"), "a.yaml", A._replace(about="K")),
        (finding(subject="[number 1] x"), "a.yaml", A._replace(subject="[number 1] x")),
        (finding(resource="\udcff\u9375"), "a.yaml", A._replace(resource="\\udcff\u9375")),
        (finding(resource="x" * 2000), "a.yaml", A._replace(resource="x" * 2000)),
        (
            finding(resource="x" * 2001),
            "a.yaml",
            A._replace(resource="x" * (2000 - 67) + "..." + sha256(b"x" * 2001).hexdigest()),
        ),
    ],
)
def test_by_what_a_finding_is_known(found: Finding, estate: str, known: Known) -> None:
    assert KnownFindings(Baseline("b")).known_by(found, estate) == known


@pytest.mark.parametrize(
    ("sid", "subject"), [("", "[] [number 3]"), ("Look", "[number 3] [number 3]")], ids=["its number", "its name"]
)
def test_a_statement_is_known_by_its_name_or_by_what_it_says(sid: str, subject: str) -> None:
    at = Location(SOURCES["a.yaml"], 0, 10)
    found = finding(subject="[number 3] [number 3]")._replace(statement=StatementPlace(at, 2, sid))
    content = sha256(b"0123456789").hexdigest()[:10]
    assert KnownFindings(Baseline("b")).known_by(found, "a.yaml") == A._replace(subject=subject, content=content)


def sifted(entries: Sequence[Entry], findings: Sequence[Finding], estate: str = "a.yaml") -> tuple[str, str, int]:
    """The findings that are left and those that are known, by the texts of their messages, and how many are new."""
    known = KnownFindings(Baseline("b", tuple(entries)))
    left = known.sift(heard(findings, estate)).findings
    taken = list(known.suppressed())
    assert all(one.external and not one.until for one in taken)
    new = known.comparison((), Scene(Discovered((), (), ()), ()), ()).new
    return " ".join(one.message for one in left), " ".join(one.finding.message for one in taken), len(new)


@pytest.mark.parametrize(
    ("entries", "findings", "expected"),
    [
        ([], [finding(0), finding(3)], ("0 3", "", 2)),
        ([entry(A)], [finding(0), finding(3)], ("3", "0", 1)),
        ([entry(A)], [finding(3), finding(0)], ("3", "0", 1)),
        ([entry(A, times=2)], [finding(0), finding(3), finding(6)], ("6", "0 3", 1)),
        ([entry(A)], [finding(0), finding(0)._replace(message="again")], ("", "0", 0)),
        ([entry(A)], [finding(0, size=1), finding(0, size=3)._replace(message="more")], ("more", "0", 1)),
        ([entry(A)], [finding(0), finding(0, rule="KMS101")], ("0", "0", 1)),
        ([entry(A)], [finding(0), finding(0, resource="B"), finding(0, subject="t")], ("0 0", "0", 2)),
        ([], [finding(0), finding(0, subject="t"), finding(3)], ("0 0 3", "", 3)),
        ([entry(A._replace(rule="KMS001"))], [finding(0, rule="KMS001")], ("0", "", 0)),
        ([entry(A._replace(seen_from="x"))], [finding(0)], ("0", "", 1)),
    ],
)
def test_as_many_are_known_as_were_written_down(
    entries: Sequence[Entry], findings: Sequence[Finding], expected: tuple[str, str, int]
) -> None:
    assert sifted(entries, findings) == expected


def test_what_stands_in_a_module_of_others_is_counted_once_for_each_call_and_place() -> None:
    """All of it is shown where the module is called."""
    root = Source("main.tf", TEXT)
    first, second = (Source("m.tf", TEXT, called_at=Location(root, start, start + 2)) for start in (0, 5))
    places = [Location(first, 0, 2), Location(second, 0, 2), Location(first, 1, 2)]
    found = [Finding("KMS201", at, str(number), "A", subject="s") for number, at in enumerate(places)]
    known = entry(A._replace(path="main.tf", seen_from="x"), times=1)
    assert sifted([known], found, "x")[2] == 2
    assert sifted([known._replace(times=2)], found, "x")[2] == 1
    assert sifted([known._replace(times=3)], found, "x")[2] == 0


def test_each_is_told_with_the_entry_that_knows_it() -> None:
    found = [finding(0), finding(0, path="b.yaml"), finding(0, rule="KMS101"), finding(0, resource="B"), finding(4)]
    found += [finding(6, subject="t")]
    entries = [
        entry(Known(one.at.path, one.resource, one.rule_id, one.subject), line, reason=f"{line}")
        for line, one in enumerate(found)
    ]
    entries[4] = entries[0]._replace(times=2)
    known = KnownFindings(Baseline("b", tuple(entries[1:])))
    for path in ("a.yaml", "b.yaml"):
        known.sift(heard([one for one in found if one.at.path == path], path))
    told = {
        (one.finding.at.path, one.finding.message, one.finding.rule_id, one.finding.resource): one
        for one in known.suppressed()
    }
    assert {key[1:]: (one.reason, one.at.start) for key, one in told.items() if key[0] == "a.yaml"} == {
        ("0", "KMS201", "A"): ("0", 0),
        ("4", "KMS201", "A"): ("0", 0),
        ("0", "KMS101", "A"): ("2", 2),
        ("0", "KMS201", "B"): ("3", 3),
        ("6", "KMS201", "A"): ("5", 5),
    }
    assert [one.at.start for key, one in told.items() if key[0] == "b.yaml"] == [1]


CALLED = Known("m/main.tf", 'module.k["a"].aws_kms_key.m', "KMS201", "s of module.k.x", "module.a.module.b[0].K", "one")
ALONE = finding(0, path="m/main.tf", resource="aws_kms_key.m", subject="s of x")._replace(about="K")


@pytest.mark.parametrize(
    ("known", "is_known"),
    [
        (CALLED, True),
        (CALLED._replace(seen_from=""), False),
        (CALLED._replace(resource="aws_kms_key.m"), False),
        (CALLED._replace(resource="xmodule.k.aws_kms_key.m"), False),
        (CALLED._replace(content="0123456789"), False),
        (CALLED._replace(rule="KMS101"), False),
    ],
)
def test_what_a_module_is_known_for_is_known_of_it_alone(known: Known, is_known: bool) -> None:
    """And is new nevertheless, for whoever writes a baseline of the module alone."""
    left, taken, new = sifted([entry(known)], [ALONE], "m")
    assert (left == "", taken != "", new) == (is_known, is_known, 1)


@pytest.mark.parametrize(("first", "second", "reason"), [(1, 2, "second"), (2, 1, "first"), (1, 1, "first")])
def test_of_two_calls_of_a_module_the_one_with_more_findings_counts(first: int, second: int, reason: str) -> None:
    other = CALLED._replace(resource="module.l.aws_kms_key.m")
    entries = (entry(CALLED, 0, first, "first"), entry(other, 1, second, "second"))
    known = KnownFindings(Baseline("b", entries))
    known.sift(heard([ALONE], "m"))
    assert [one.reason for one in known.suppressed()] == [reason]


@pytest.mark.parametrize(
    ("rules", "in_part", "kept", "outdated"),
    [
        ({"KMS201", "KMS501"}, False, {"A": 1, "B": 2}, 4),
        ({"KMS201"}, False, {"A": 1, "B": 2, "C": 2}, 2),
        ({"KMS501"}, False, {"A": 3, "B": 2}, 2),
        (set(), False, {"A": 3, "B": 2, "C": 2}, 0),
        ({"KMS201", "KMS501"}, True, {"A": 3, "B": 2, "C": 2}, 0),
    ],
)
def test_what_is_left_of_a_baseline(
    tmp_path: Path, rules: set[str], in_part: bool, kept: dict[str, int], outdated: int
) -> None:
    """Of `A` one of three is found, of `C` none; `B` stands in a file that was not looked at."""
    scene = scene_of(tmp_path, {"a.yaml": "Resources: {A: {Type: AWS::KMS::Key}}\n"}, "a.yaml")
    entries = (
        entry(A, times=3),
        entry(A._replace(path="b.yaml", resource="B"), times=2),
        entry(A._replace(resource="C", rule="KMS501"), times=2),
    )
    known = KnownFindings(Baseline("b.json", entries))
    known.sift(heard([finding(0), finding(0, resource="D")]))
    found = known.comparison(rules, scene._replace(in_part=in_part), ())
    new = ((A._replace(resource="D"), finding(0, resource="D")),)
    left = tuple(one._replace(times=kept[one.known.resource]) for one in entries if one.known.resource in kept)
    assert found == Comparison("b.json", left, outdated, new)


def test_what_is_undecided_is_not_gone(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, {"a.yaml": "Resources: {A: {Type: AWS::KMS::Key}}\n"})
    known = KnownFindings(Baseline("b.json", (entry(A),)))
    assert known.comparison({"KMS201"}, scene, {("a.yaml", "A", 1)}).outdated == 0
    assert known.comparison({"KMS201"}, scene, ()).outdated == 1
