"""Conditions: decided by defaults, open under one name, and never tried out in combinations."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kmslint import limits
from kmslint.cloudformation.branches import Decision
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.template import read_template
from kmslint.location import Source
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Guard
from kmslint.verdict import NO
from test_cloudformation_intrinsics import spelt

PARAMETERS = """
Parameters:
  Few: {Type: String, AllowedValues: [a, b]}
  Set: {Type: String, Default: on}
  Open: {Type: String}
  Other: {Type: String}
  Secret: {Type: String, Default: on, NoEcho: true}
  List: {Type: CommaDelimitedList}
  Letters: {Type: CommaDelimitedList, AllowedValues: [a, b]}
  Twofold: {Type: String, AllowedValues: [a]}
  Twofold: {Type: String, AllowedValues: [b]}
"""
CONDITIONS = {
    "Equal": "!Equals [!Ref Set, on]",
    "Unequal": "!Equals [!Ref Set, off]",
    "EqualNumbers": '!Equals [true, "true"]',
    "SameParameter": "!Equals [!Ref Open, !Ref Open]",
    "Secret": "!Equals [!Ref Secret, on]",
    "Region": "!Equals [!Ref AWS::Region, eu-west-1]",
    "A": "!Equals [!Ref Open, a]",
    "B": "!Equals [!Ref Other, b]",
    "NotA": "!Not [!Condition A]",
    "NotNotA": "!Not [{Condition: NotA}]",
    "AlsoA": "{'Fn::Equals': [a, {Ref: Open}]}",
    "Alias": "!Condition A",
    "Both": "!And [!Condition A, !Condition B]",
    "BothAgain": "!And [!Condition B, !Condition AlsoA]",
    "Neither": "!Not [!Or [!Condition A, !Condition B]]",
    "NotEither": "!And [!Not [!Condition A], !Not [!Condition B]]",
    "AndTrue": "!And [!Condition Equal, !Condition A]",
    "AndFalse": "!And [!Condition Unequal, !Condition A]",
    "OrTrue": "!Or [!Condition Equal, !Condition A]",
    "OrFalse": "!Or [!Condition Unequal, !Condition A]",
    "Contradiction": "!And [!Condition A, !Condition NotA]",
    "Tautology": "!Or [!Condition A, !Condition NotA]",
    "Undeclared": "!Condition Nowhere",
    "Shapeless": "[a, b]",
    "OneOperand": "!Equals [a]",
    "Literal": "true",
    "Lists": "!Equals [[a], [a]]",
    "FewA": "!Equals [!Ref Few, a]",
    "FewB": "!Equals [b, !Ref Few]",
    "FewC": "!Equals [!Ref Few, c]",
    "OpenB": "!Equals [!Ref Open, b]",
    "EitherOpen": "!Or [!Condition A, !Condition OpenB]",
    "Foreign": "!Nor ['true']",
    "ForeignOfName": "!Nor A",
    "NotOfName": "!Not A",
    "NoOperands": "!And []",
    "TwoNegated": "!Not [!Condition Equal, !Condition Equal]",
    "OrOfNothingKnown": "!Or [!Condition Unequal, [a]]",
    "LiteralFalse": "FALSE",
    "ListFirst": "!Equals [!Ref List, a]",
    "ListLast": "!Equals [a, !Ref List]",
    "LetterC": "!Equals [!Ref Letters, c]",
    "TwofoldC": "!Equals [!Ref Twofold, c]",
    "TextAndList": "!Equals [!Ref Open, [a]]",
    "ListAndText": "!Equals [[a], !Ref Open]",
    "TwoUnknown": "!Equals [!Ref List, !Ref Letters]",
    "Started": "!Equals [!Sub '${Open}-x', b]",
    "FilledIn": "!Equals ['{{ Open }}', b]",
    "TwoParameters": "!Equals [!Ref Open, !Ref Other]",
    "NotTwoParameters": "!Not [!Equals [!Ref Other, !Ref Open]]",
    "AbsentFirst": "!Equals [!Ref AWS::NoValue, a]",
    "AbsentLast": "!Equals [a, !Ref AWS::NoValue]",
    "EqualsOfThree": "!Equals [a, a, a]",
    "OrOfOne": "!Or [!Condition A]",
    "OrOfName": "!Or A",
    "ConditionOfList": "!Condition [A]",
    "BothOfFew": "!And [!Condition FewA, !Condition FewB]",
}


def evaluator_of(text: str) -> Evaluator:
    source = Source("t.yaml", text + "\nResources: {Key: {Type: 'AWS::KMS::Key'}}\n")
    return Evaluator(read_template(read_yaml(source).documents[0], source), "t.yaml")


def conditions(entries: dict[str, str]) -> str:
    return "Conditions:\n" + "\n".join(f"  {name}: {node}" for name, node in entries.items())


DECISIONS: dict[str, Decision] = {
    "Equal": True,
    "Unequal": False,
    "EqualNumbers": True,
    "SameParameter": True,
    "Secret": Guard("Secret", True),
    "Region": Guard("Region", True),
    "A": Guard("A", True),
    "NotA": Guard("A", False),
    "NotNotA": Guard("A", True),
    "AlsoA": Guard("A", True),
    "Alias": Guard("A", True),
    "Both": Guard("Both", True),
    "BothAgain": Guard("Both", True),
    "Neither": Guard("Neither", True),
    "NotEither": Guard("Neither", True),
    "AndTrue": Guard("A", True),
    "AndFalse": False,
    "OrTrue": True,
    "OrFalse": Guard("A", True),
    "Contradiction": False,
    "Tautology": True,
    "Undeclared": Guard("Undeclared", True),
    "Shapeless": Guard("Shapeless", True),
    "OneOperand": Guard("OneOperand", True),
    "Literal": True,
    "Lists": Guard("Lists", True),
    "FewA": Guard('Few is "a"', True),
    "FewB": Guard('Few is "b"', True),
    "FewC": False,
    "Foreign": Guard("Foreign", True),
    "ForeignOfName": Guard("ForeignOfName", True),
    "NotOfName": Guard("NotOfName", True),
    "NoOperands": Guard("NoOperands", True),
    "TwoNegated": Guard("TwoNegated", True),
    "OrOfNothingKnown": Guard("OrOfNothingKnown", True),
    "LiteralFalse": False,
    "ListFirst": Guard("ListFirst", True),
    "ListLast": Guard("ListFirst", True),
    "LetterC": Guard("LetterC", True),
    "TwofoldC": Guard("TwofoldC", True),
    "TextAndList": Guard("TextAndList", True),
    "ListAndText": Guard("ListAndText", True),
    "TwoUnknown": Guard("TwoUnknown", True),
    "Started": Guard("Started", True),
    "FilledIn": Guard("FilledIn", True),
    "TwoParameters": Guard("TwoParameters", True),
    "NotTwoParameters": Guard("TwoParameters", False),
    "AbsentFirst": Guard("AbsentFirst", True),
    "AbsentLast": Guard("AbsentLast", True),
    "EqualsOfThree": Guard("EqualsOfThree", True),
    "OrOfOne": Guard("A", True),
    "OrOfName": Guard("OrOfName", True),
    "ConditionOfList": Guard("ConditionOfList", True),
    "BothOfFew": Guard("BothOfFew", True),  # that it never holds the facts say
}


def test_a_condition_comes_to() -> None:
    evaluator = evaluator_of(PARAMETERS + conditions(CONDITIONS))
    assert {name: evaluator.decide(name) for name in DECISIONS} == DECISIONS


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"A": "!Equals [!Ref Open, a]", "B": "!Equals [a, !Ref Open]"}, "B"),
        ({"A": "!Equals [!Ref Open, a]", "B": "!Condition A", "C": "!Condition B"}, "B and 1 more"),
        ({"A": "!Equals [!Ref Open, a]", "B": "!Not [!Condition A]"}, None),
        ({"A": "!Not [!Equals [!Ref Open, a]]", "B": "!Equals [!Ref Open, a]", "C": "!Not [!Condition B]"}, "C"),
        ({"A": "!Equals [!Ref Few, a]", "B": "!Equals [a, !Ref Few]"}, None),
    ],
)
def test_what_else_a_condition_is_called(entries: dict[str, str], told: str | None) -> None:
    evaluator = evaluator_of(PARAMETERS + conditions(entries))
    for _ in range(2):
        decision = evaluator.decide("A")
        assert isinstance(decision, Guard)
        assert getattr(decision.condition, "told", None) == told


def test_the_first_name_in_the_template_stands_for_the_others() -> None:
    entries = {"NotA": "!Not [!Equals [!Ref Open, a]]", "A": "!Equals [!Ref Open, a]"}
    evaluator = evaluator_of(PARAMETERS + conditions(entries))
    assert evaluator.decide("A") == Guard("NotA", False)
    assert evaluator.decide("NotA") == Guard("NotA", True)


def test_a_condition_that_another_one_is_made_of_goes_by_its_own_name() -> None:
    entries = {"NotA": "!Not [!Condition A]", "A": "!Equals [!Ref Open, a]", "AlsoA": "!Equals [a, !Ref Open]"}
    evaluator = evaluator_of(PARAMETERS + conditions(entries))
    assert [evaluator.decide(name) for name in entries] == [Guard("A", False), Guard("A", True), Guard("A", True)]


POSSIBLE = {
    "A OpenB": False,
    "!A !OpenB": True,
    "FewA FewB": False,
    "!FewA !FewB": False,
    "!FewA FewB": True,
    "Both B": True,
    "Both !B": False,
    "Neither A": False,
    "!Neither !A !B": False,
    "EitherOpen !A !OpenB": False,
    "EitherOpen !A": True,
    "EitherOpen !A Both": False,
    "Secret Region": True,
    "BothOfFew": False,
    "A Started": True,
    "A FilledIn": True,
    "A B TwoParameters": True,
}


def test_conditions_that_cannot_come_out_so_at_once() -> None:
    evaluator = evaluator_of(PARAMETERS + conditions(CONDITIONS))

    def guards(words: str) -> Iterator[Guard]:
        for word in words.split():
            decision = evaluator.decide(word.removeprefix("!"))
            assert isinstance(decision, Guard)
            yield decision if word[0] != "!" else decision._replace(holds=not decision.holds)

    assert {words: evaluator.facts.possible(tuple(guards(words))) is not NO for words in POSSIBLE} == POSSIBLE


@pytest.mark.parametrize(
    ("outer", "inner", "becomes"),
    [
        ("A", "OpenB", "(A ? n : z)"),
        ("OpenB", "A", "(OpenB ? n : z)"),
        ("Both", "A", "(Both ? y : z)"),
        ("Neither", "A", "(Neither ? n : z)"),
        ("Neither", "NotA", "(Neither ? y : z)"),
        ("FewA", "FewB", '(Few is "a" ? n : z)'),
        ("A", "B", "(A ? (B ? y : n) : z)"),
        ("NotA", "A", "(A ? z : n)"),
        ("A", "Equal", "(A ? y : z)"),
    ],
)
def test_in_a_branch_a_condition_is_what_it_must_be(outer: str, inner: str, becomes: str) -> None:
    evaluator = evaluator_of(PARAMETERS + conditions(CONDITIONS))
    node = read_yaml(Source("n.yaml", f"!If [{outer}, !If [{inner}, y, n], z]")).documents[0]
    assert spelt(evaluator.evaluate_anywhere(node)) == becomes


@pytest.mark.parametrize(
    ("first", "last", "decision"),
    [
        ("!Equals [a, a]", "!Equals [b, b]", True),
        ("!Equals [a, a]", "!Equals [a, b]", Guard("Twice", True)),
        ("!Equals [a, b]", "!Equals [!Ref Open, a]", Guard("Twice", True)),
    ],
)
def test_a_condition_that_stands_twice_is_open_unless_both_come_to_the_same(
    first: str, last: str, decision: Decision
) -> None:
    text = f"Conditions:\n  Twice: {first}\n  Twice: !Equals [a, c]\n  Twice: {last}\n"
    assert evaluator_of(PARAMETERS + text).decide("Twice") == decision


def test_a_condition_that_refers_to_itself_is_open_and_a_problem() -> None:
    evaluator = evaluator_of(conditions({"A": "!Not [!Condition B]", "B": "!Not [!Condition A]"}))
    assert isinstance(evaluator.decide("A"), Guard)
    assert [(problem.line, problem.reason) for problem in evaluator.problems] == [(2, 'condition "A" refers to itself')]


def test_a_condition_on_a_choice_by_another_condition_is_no_circle() -> None:
    entries = {"A": "!Equals [!If [B, x, y], x]", "B": "!Equals [!Ref Set, on]"}
    evaluator = evaluator_of(PARAMETERS + conditions(entries))
    assert evaluator.decide("A") is True
    assert evaluator.problems == []


def test_a_chain_that_is_too_long_is_open_and_a_problem() -> None:
    entries = {f"C{number}": f"!Not [!Condition C{number + 1}]" for number in range(500)}
    evaluator = evaluator_of(conditions({**entries, "C500": "!Equals [a, a]"}))
    assert isinstance(evaluator.decide("C0"), Guard)
    assert [problem.reason for problem in evaluator.problems] == [
        f"nested more than {limits.DEPTH} deep; --limit depth=N raises this"
    ]


def test_conditions_built_on_conditions_cost_no_more_than_they_are_long() -> None:
    """Each doubles the one before, so spelling them out would take 2^30 steps."""
    doubled = {
        f"C{number + 1}": f"!And [!Condition C{number}, !Or [!Condition C{number}, !Equals [!Ref Open, x{number}]]]"
        for number in range(30)
    }
    evaluator = evaluator_of(PARAMETERS + conditions({"C0": "!Equals [!Ref Open, x]", **doubled}))
    started = time.process_time()
    assert evaluator.decide("C30") == Guard("C30", True)
    assert time.process_time() - started < 1
