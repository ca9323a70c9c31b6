"""The engine: which rules take part, and which of their findings are shown, in which order."""

from __future__ import annotations

import pytest

from findings import at, finding, rule
from kmslint.engine.finding import Finding, Related, Severity, StatementPlace
from kmslint.engine.precedence import settle
from kmslint.engine.registry import all_rules, find_rule, rules_about, select_rules
from kmslint.engine.rule import Scope, Silence
from kmslint.errors import UsageError
from kmslint.location import Source
from kmslint.model.ways import when_in
from kmslint.settings import Settings
from kmslint.values import Guard


def test_findings_are_in_order_of_path_line_column_and_rule() -> None:
    other = Source("b.yaml", "x\n")
    ordered = [
        finding("KMS901", at(0)),
        finding("KMS902", at(0)),
        finding("KMS901", at(5)),
        finding("KMS901", at(8)),
        finding("KMS900", at(0, source=other)),
    ]
    rules = [rule("KMS900"), rule("KMS901"), rule("KMS902")]
    assert list(settle(ordered[::-1], rules)) == ordered
    assert list(settle([*ordered, *ordered], rules)) == ordered


ELSEWHERE = at(8, 13)
STATEMENT = StatementPlace(at(4, 7), 1)


@pytest.mark.parametrize(
    ("scope", "loud", "heard"),
    [
        (Scope.KEY, finding("KMS901", ELSEWHERE), False),
        (Scope.KEY, finding("KMS901", ELSEWHERE, resource="Other"), True),
        (Scope.KEY, finding("KMS902", ELSEWHERE), True),
        (Scope.STATEMENT, finding("KMS901", ELSEWHERE, statement=STATEMENT), False),
        (Scope.STATEMENT, finding("KMS901", STATEMENT.at, statement=STATEMENT._replace(at=ELSEWHERE)), True),
        (Scope.STATEMENT, finding("KMS901", STATEMENT.at), True),
        # Others that stand at the same place: of the same block, of another key.
        (Scope.STATEMENT, finding("KMS901", ELSEWHERE, statement=STATEMENT._replace(position=0)), True),
        (Scope.STATEMENT, finding("KMS901", ELSEWHERE, resource="Other", statement=STATEMENT), True),
        (Scope.STATEMENT, finding("KMS901", ELSEWHERE, statement=STATEMENT)._replace(about="Other"), True),
    ],
)
def test_the_more_precise_rule_silences_the_other(scope: Scope, loud: Finding, heard: bool) -> None:
    quiet = finding("KMS900", at(5), statement=STATEMENT)
    rules = [rule("KMS900", Silence("KMS901", scope)), rule("KMS901"), rule("KMS902")]
    assert (quiet in settle([quiet, loud], rules)) is heard
    assert loud in settle([quiet, loud], rules)


def test_a_finding_that_is_not_heard_silences_nobody() -> None:
    best, better, good = (finding(id_, at(5), statement=STATEMENT) for id_ in ("KMS903", "KMS902", "KMS901"))
    rules = [
        rule("KMS901", Silence("KMS902", Scope.STATEMENT)),
        rule("KMS902", Silence("KMS903", Scope.STATEMENT)),
        rule("KMS903"),
    ]
    assert set(settle([best, better, good], rules)) == {best, good}
    assert settle([better, good], rules) == (better,)


def test_keys_that_share_a_policy_are_told_as_one() -> None:
    findings = [finding("KMS901", at(0), f"{key} is open", key) for key in ("A", "B", "C")]
    (merged,) = settle(findings, [rule("KMS901")])
    assert merged == findings[0]._replace(
        related=(Related(at(0), "the same holds for B"), Related(at(0), "the same holds for C"))
    )


def test_two_things_to_say_of_one_place_are_both_said() -> None:
    findings = [finding("KMS901", at(0), f"role Dev may not use {key}", "Dev")._replace(subject=key) for key in "AB"]
    assert list(settle(findings, [rule("KMS901")])) == findings


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Settings(select=("KMS1",)), {"1"}),
        (Settings(select=("kms1", "KMS501")), {"1", "5"}),
        (Settings(select=("KMS1",), extend_select=("KMS201",)), {"1", "2"}),
        (Settings(select=("KMS1", "KMS2"), ignore=("KMS2",)), {"1"}),
        (Settings(select=("KMS1",), extend_select=("KMS2",), ignore=("KMS2",)), {"1"}),
    ],
)
def test_selection(options: Settings, expected: set[str]) -> None:
    modules = select_rules(options.profile, options.select, options.extend_select, options.ignore)
    assert {module.RULE.id[3] for module in modules} == expected


def test_strict_has_all_of_the_default() -> None:
    default, strict = (
        {module.RULE.id for module in select_rules(profile, (), (), ())} for profile in ("default", "strict")
    )
    assert default <= strict
    assert {module.RULE.id for module in select_rules("default", ("KMS",), (), ())} >= strict


def test_a_prefix_that_no_rule_has() -> None:
    for arguments in ((("KMS9",), (), ()), ((), ("XYZ",), ()), ((), (), ("KMS1011",))):
        with pytest.raises(UsageError, match="no rule has an id that begins with"):
            select_rules("default", *arguments)


@pytest.mark.parametrize("wanted", ["KMS101", "kms101", "nobody-manages-key"])
def test_a_rule_is_found_by_id_and_name(wanted: str) -> None:
    found = find_rule(wanted)
    assert found is not None
    assert found.id == "KMS101"


def test_rules_are_found_by_the_id_of_another_tool() -> None:
    assert rules_about("ckv_aws_33") == ("KMS201", "KMS202")
    assert rules_about("CKV_AWS_9999") == ()


def test_rules_are_in_order_and_worth_their_severity() -> None:
    ids = [module.RULE.id for module in all_rules()]
    assert ids == sorted(set(ids))
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3, 4]


def when_true(found: Finding, condition: str, holds: bool = True) -> Finding:
    """The finding, only in one branch; its message says so."""
    ways = (frozenset({Guard(condition, holds)}),)
    return found._replace(message=f"it is so{when_in(ways)}, sadly", ways=ways)


@pytest.mark.parametrize(
    ("loud", "heard"),
    [
        (finding("KMS901", ELSEWHERE), False),
        (when_true(finding("KMS901", ELSEWHERE), "A"), False),
        (when_true(finding("KMS901", ELSEWHERE), "A", holds=False), True),
        (when_true(finding("KMS901", ELSEWHERE), "B"), True),
    ],
)
def test_a_rule_is_silenced_only_in_the_branches_of_the_other(loud: Finding, heard: bool) -> None:
    quiet = when_true(finding("KMS900", at(5)), "A")
    rules = [rule("KMS900", Silence("KMS901", Scope.KEY)), rule("KMS901")]
    assert (quiet in settle([quiet, loud], rules)) is heard


def test_what_holds_in_both_branches_is_said_once_and_without_a_branch() -> None:
    whole = finding("KMS900", at(5))
    both = [when_true(whole, "A"), when_true(whole, "A", holds=False)]
    assert settle(both, [rule("KMS900")]) == (whole._replace(message="it is so, sadly"),)
    some = [when_true(whole, "A"), when_true(whole, "B")]
    ((message, ways),) = [(one.message, one.ways) for one in settle(some, [rule("KMS900")])]
    assert (message, len(ways)) == ("it is so when A is true or B is true, sadly", 2)
