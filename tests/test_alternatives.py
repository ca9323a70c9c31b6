"""Parameters that nobody set: each of a few allowed values is tried, and each row that is looked up by one."""

from __future__ import annotations

import json
import time

import pytest

from kmslint import limits
from kmslint.cloudformation.alternatives import Alternatives, Several, is_few
from kmslint.cloudformation.branches import Decision
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.stack import read_stack
from kmslint.cloudformation.template import Parameter, read_template
from kmslint.lint import lint_text
from kmslint.location import Location, Source
from kmslint.model.ways import IN_ANY_CASE, simplified, when_in
from kmslint.settings import Settings
from kmslint.syntax.yaml import read_yaml
from kmslint.values import (
    ALWAYS,
    Fields,
    Guard,
    Guards,
    Hole,
    HoleKind,
    Items,
    Text,
    Unknown,
    Value,
    branches,
    equality,
    one_of,
)
from kmslint.verdict import Verdict

TEMPLATE = """
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod, test]}
  Twice: {Type: String, AllowedValues: [a, a]}
  Flag: {Type: String, AllowedValues: [yes, no]}
  Days: {Type: Number, AllowedValues: [7, 30]}
  Account: {Type: String, AllowedValues: ["111122223333", "444455556666"]}
  Maybe: {Type: String, AllowedValues: ["", "111122223333"]}
  Partly: {Type: String, AllowedValues: [a, !Ref Open]}
  Open: {Type: String}
  Both: {Type: String, AllowedValues: [dev, prod]}
  Secret: {Type: String, NoEcho: true, AllowedValues: [x, "444455556666"]}
  Set: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Lists: {Type: CommaDelimitedList, AllowedValues: [a, b]}
  Many: {Type: String, AllowedValues: [1, 2, 3, 4, 5, 6, 7, 8, 9]}
  Long: {Type: String, AllowedValues: [%s, b]}
Mappings:
  M:
    dev: {Id: "111122223333", Same: s, Roles: [a, b], Flag: "no"}
    prod: {Id: "444455556666", Same: s, Roles: [c], Flag: "yes"}
    qa: {Id: "777788889999", Same: s, Roles: [d], Flag: "yes"}
  N:
    dev: {one: a, two: "444455556666"}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsUnset: !Equals [!Ref Maybe, ""]
  NotTest: !Not [!Equals [test, !Ref Env]]
  HasFlag: !Equals [!FindInMap [M, !Ref Env, Flag], "yes"]
  HasFlagOpen: !Equals [!FindInMap [M, !Ref Open, Flag], "yes"]
  NeverNone: !Equals [!FindInMap [M, !Ref Both, Flag, {DefaultValue: none}], none]
  FlagFirst: !Equals ["yes", !FindInMap [M, !Ref Env, Flag]]
  FlagIsOpen: !Equals [!FindInMap [M, !Ref Env, Flag], !Ref Open]
  IsDevOpen: !Equals [!Ref Open, dev]
  IsDefault: !Equals [!FindInMap [M, !Ref Open, Flag, {DefaultValue: none}], none]
""" % ("a" * 201)


def evaluator_of(template: str = TEMPLATE) -> Evaluator:
    source = Source("t.yaml", template + "Resources: {Key: {Type: 'AWS::KMS::Key'}}\n")
    return Evaluator(read_template(read_yaml(source).documents[0], source), "t.yaml")


def tried(statement: str, guards: Guards = ALWAYS) -> dict[str, str]:
    """What a statement's element may be, by what it hangs on."""
    evaluator = evaluator_of()
    node = read_yaml(Source("s.yaml", f"{{Effect: Allow, {statement}}}\n")).documents[0]
    value = evaluator.evaluate_under(guards, node)
    assert value is not None
    ways = branches(evaluator.tried(value, guards), 64)
    assert ways is not None
    return {when_in((frozenset(Guard(*one) for one in world.items()),)): spelt(way) for world, way in ways}


def spelt(statement: Value) -> str:
    assert isinstance(statement, Fields)
    principal = statement.get("Principal")
    return " ".join(map(str, principal.items)) if isinstance(principal, Items) else str(principal)


@pytest.mark.parametrize(
    ("principal", "ways"),
    [
        ("!Ref Env", {' when Env is "dev"': "dev", ' when Env is "prod"': "prod", ' when Env is "test"': "test"}),
        ("!Ref Twice", {"": "a"}),
        ("!Ref Flag", {' when Flag is "false"': "false", ' when Flag is "true"': "true"}),
        ("!Ref Days", {' when Days is "30"': "30", ' when Days is "7"': "7"}),
        ("!Ref Open", {"": "${Open}"}),
        ("!Ref Secret", {"": "${Secret}"}),
        ("!Ref Set", {"": "dev"}),
        ("!Ref Many", {"": "${Many}"}),
        ("!Ref Lists", {"": "${Lists}"}),  # several of them at once, too
        ("!Ref Maybe", {' when Maybe is ""': "", ' when Maybe is "111122223333"': "111122223333"}),
        (
            "!If [IsUnset, nobody, !Ref Maybe]",
            {' when Maybe is ""': "nobody", ' when Maybe is "111122223333"': "111122223333"},
        ),
        ("!Ref Long", {"": "${Long}"}),
        ("!Sub 'role/${Env}-app'", {"": "role/${Env}-app"}),
        (
            "!Sub 'arn:aws:iam::${Account}:role/${Env}-app'",
            {
                ' when Account is "111122223333"': "arn:aws:iam::111122223333:role/${Env}-app",
                ' when Account is "444455556666"': "arn:aws:iam::444455556666:role/${Env}-app",
            },
        ),
        ("!FindInMap [M, !Ref Env, Same]", {"": "s"}),
        (
            "!FindInMap [M, !Ref Env, Roles]",
            {
                ' when Env is "dev"': "a b",
                ' when Env is "prod"': "c",
                # No such row: CloudFormation makes no such stack.
                ' when Env is "test"': "${Fn::FindInMap M.test.Roles}",
            },
        ),
        (
            "!FindInMap [M, !Ref Open, Id]",
            {
                " when IsDevOpen is true": "111122223333",
                ' when IsDevOpen is false and Open is "prod"': "444455556666",
                ' when IsDevOpen is false and Open is "qa"': "777788889999",
                ' when IsDevOpen is false, Open is not "prod" and Open is not "qa"': "${Fn::FindInMap M.${Open}.Id}",
            },
        ),
        (
            "!FindInMap [N, dev, !Ref Open]",
            {
                ' when Open is "one"': "a",
                ' when Open is "two"': "444455556666",
                ' when Open is not "one" and Open is not "two"': "${Fn::FindInMap N.dev.${Open}}",
            },
        ),
        (
            "!FindInMap [N, dev, !Ref Open, {DefaultValue: '999988887777'}]",
            {
                ' when Open is "one"': "a",
                ' when Open is "two"': "444455556666",
                ' when Open is not "one" and Open is not "two"': "999988887777",
            },
        ),
        ("!FindInMap [M, !Ref Many, Id]", {"": "${Fn::FindInMap M.${Many}.Id}"}),
        ("!Ref Partly", {"": "${Partly}"}),
        (
            "!FindInMap [!Ref AWS::Region, !Ref Open, Id]",
            {"": "${Fn::FindInMap ${AWS::Region}.${Open}.Id}"},
        ),
        ("!FindInMap [M, !Ref Secret, Id]", {"": "${Fn::FindInMap M.${Secret}.Id}"}),
    ],
)
def test_a_principal_may_be(principal: str, ways: dict[str, str]) -> None:
    assert tried(f"Principal: {principal}") == ways


WHOLE = {
    **dict.fromkeys(("Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"), 2),
    **dict.fromkeys(("Sid", "Condition"), 1),
}


@pytest.mark.parametrize("written", ["!Ref Short", "[!Ref Short]", "{a: !Ref Short}", "!If [IsDevOpen, !Ref Short, x]"])
def test_a_name_as_a_whole_is_tried_where_it_says_something(written: str) -> None:
    evaluator = evaluator_of(TEMPLATE.replace("  Open:", "  Short: {Type: String, AllowedValues: [one, two]}\n  Open:"))
    found = {}
    for element in WHOLE:
        statement = f"{{Effect: Allow, {element}: {written}}}" if element != "Effect" else f"{{Effect: {written}}}"
        value = evaluator.evaluate_under(ALWAYS, read_yaml(Source("s.yaml", statement)).documents[0])
        assert value is not None
        found[element] = len(branches(evaluator.tried(value, ALWAYS), 64) or ()) - ("If" in written)
    assert found == WHOLE


@pytest.mark.parametrize(
    ("template", "ways"),
    [
        ("{Statement: [{Effect: Allow, Principal: !Ref Env}]}", 3),
        ("!If [IsDevOpen, [{Effect: Allow, Principal: !Ref Env}], []]", 4),
        ("!ToJsonString {Effect: Allow, Principal: !Ref Env}", 3),
        ("{Tags: [!Ref Account]}", 1),
        ("{Effect: Allow, Principal: !Sub 'r/${Account}'}", 2),
        ("{Effect: Allow, Principal: !Sub 'r/${Days}-${Account}-${Days}'}", 2),
        ("{Effect: Allow, Principal: !Sub ['r/${R}', {R: !FindInMap [M, !Ref Env, Roles]}]}", 1),
        ("{Effect: Allow, Principal: [!Ref Env, !Ref Account]}", 6),
    ],
)
def test_statements_are_tried_wherever_they_stand(template: str, ways: int) -> None:
    evaluator = evaluator_of()
    value = evaluator.evaluate_under(ALWAYS, read_yaml(Source("s.yaml", template)).documents[0])
    assert value is not None
    found = branches(evaluator.tried(value, ALWAYS), 64)
    assert found is not None
    assert len(found) == ways


@pytest.mark.parametrize(
    ("principal", "bound", "ways"),
    [
        ("!Ref Env", 1, 1),
        ("!Ref Env", 2, 3),
        ("[!Ref Env]", 1, 1),
        ("[!Ref Env]", 2, 3),
        # Entry by entry, where all at once would be too many.
        ("[!Ref Env, !Ref Account]", 1, 6),
        ("[!Ref Env, !Ref Account], Action: !Ref Days, Resource: !Ref Flag", 1, 1),
        ("[!Ref Env, !Ref Account]", 2, 6),
    ],
)
def test_a_statement_is_tried_in_so_many_ways(
    monkeypatch: pytest.MonkeyPatch, principal: str, bound: int, ways: int
) -> None:
    monkeypatch.setattr(limits, "CHOICES", bound)
    assert len(tried(f"Principal: {principal}")) == ways


def test_where_the_parameter_is_settled_nothing_else_is_tried() -> None:
    evaluator = evaluator_of()
    evaluator.decide("IsDevOpen")
    node = read_yaml(Source("s.yaml", "{Effect: Allow, Principal: !FindInMap [M, !Ref Open, Id]}")).documents[0]
    value = evaluator.evaluate_under(ALWAYS, node)
    assert value is not None
    found = evaluator.tried(value, frozenset({Guard("IsDevOpen", True)}))
    assert [spelt(way) for _, way in branches(found, 8) or ()] == ["111122223333"]


def test_a_condition_may_say_that_the_parameter_is_another_text() -> None:
    evaluator = evaluator_of(
        TEMPLATE.replace("  IsDevOpen: ", "  NotDev: !Not [!Equals [!Ref Open, dev]]\n  IsDevOpen: ")
    )
    node = read_yaml(Source("s.yaml", "{Effect: Allow, Principal: !FindInMap [M, !Ref Open, Id]}")).documents[0]
    value = evaluator.evaluate_under(ALWAYS, node)
    assert value is not None
    found = evaluator.tried(value, frozenset({Guard("NotDev", False)}))
    assert [spelt(way) for _, way in branches(found, 8) or ()] == ["111122223333"]
    ways = branches(evaluator.tried(value, ALWAYS), 8) or ()
    assert [spelt(way) for world, way in ways if not world["NotDev"]] == ["111122223333"]
    assert len(ways) == 4


def test_the_statements_of_a_key_are_tried() -> None:
    statement = "{Effect: Allow, Principal: {AWS: !Ref Account}, Action: 'kms:*', Resource: '*'}"
    key = f"Resources: {{K: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{Statement: [{statement}]}}}}}}}}\n"
    source = Source("t.yaml", TEMPLATE + key)
    (found,) = read_stack(read_yaml(source).documents[0], source).keys
    assert found.policy.document is not None
    assert len(found.policy.document.statements) == 2


def test_so_many_statements_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TRIED", 6)
    statement = "{Effect: Allow, Principal: !Ref Env}"
    node = read_yaml(Source("s.yaml", f"[{statement}, {{Effect: Allow}}, {statement}, {statement}]")).documents[0]
    evaluator = evaluator_of()
    value = evaluator.evaluate_under(ALWAYS, node)
    assert value is not None
    found = evaluator.tried(value, ALWAYS)
    assert isinstance(found, Items)
    assert [len(branches(each, 64) or ()) for each in found.items] == [3, 1, 3, 1]


def test_more_ways_than_can_be_counted_are_not_tried() -> None:
    """Twenty parameters with three values each in one text."""
    names = [f"P{number}" for number in range(20)]
    declared = "".join(f"  {name}: {{Type: String, AllowedValues: ['111122223333', b, c]}}\n" for name in names)
    evaluator = evaluator_of(TEMPLATE.replace("  Open:", f"{declared}  Open:"))
    text = "".join(f"${{{name}}}" for name in names)
    node = read_yaml(Source("s.yaml", f"{{Effect: Allow, Principal: !Sub '{text}'}}")).documents[0]
    value = evaluator.evaluate_under(ALWAYS, node)
    assert value is not None
    assert evaluator.tried(value, ALWAYS) == value


def test_a_branch_settles_the_parameter() -> None:
    assert tried("Principal: !Ref Env", frozenset({Guard('Env is "prod"', True)})) == {"": "prod"}
    others = tried("Principal: !Ref Env", frozenset({Guard('Env is "prod"', False)}))
    assert set(others.values()) == {"dev", "test"}
    impossible = frozenset({Guard('Env is "prod"', True), Guard('Env is "dev"', True)})
    assert tried("Principal: !Ref Env", impossible) == {"": "${Env}"}
    inside = tried("Principal: !If [IsProd, !Ref Env, !FindInMap [M, !Ref Env, Id]]")
    assert sorted(inside.values()) == ["${Fn::FindInMap M.test.Id}", "111122223333", "prod"]


@pytest.mark.parametrize(
    ("name", "decision"),
    [
        ("IsProd", Guard('Env is "prod"', True)),
        ("NotTest", Guard('Env is "test"', False)),
        ("HasFlagOpen", Guard("HasFlagOpen", True)),
        ("IsDevOpen", Guard("IsDevOpen", True)),
        ("FlagIsOpen", Guard("FlagIsOpen", True)),
        ("FlagFirst", Guard("HasFlag", True)),
        ("NeverNone", False),
    ],
)
def test_a_condition_on_it_is_the_same_condition(name: str, decision: Decision) -> None:
    assert evaluator_of().decide(name) == decision


@pytest.mark.parametrize(
    ("guards", "possible"),
    [
        ({("HasFlag", True), ('Env is "dev"', True)}, False),
        ({("HasFlag", False), ('Env is "prod"', True)}, False),
        ({("HasFlag", True), ('Env is "prod"', True)}, True),
        ({("HasFlagOpen", True), ("IsDevOpen", True)}, False),
        ({("HasFlagOpen", True), ("IsDevOpen", False)}, True),
        # What is not in the mapping has the default.
        ({("IsDefault", True), ("IsDevOpen", True)}, False),
        ({("IsDefault", True), ("IsDevOpen", False)}, True),
        ({('Env is "dev"', False), ('Env is "prod"', False), ('Env is "test"', False)}, False),
    ],
)
def test_what_is_looked_up_goes_with_it(guards: set[tuple[str, bool]], possible: bool) -> None:
    evaluator = evaluator_of()
    evaluator.decide("IsProd")  # and all others with it
    decided = []
    for name, holds in sorted(guards):
        decision = evaluator.decide(name) if " " not in name else Guard(name, True)
        assert isinstance(decision, Guard)
        decided.append(decision._replace(holds=decision.holds == holds))
    assert evaluator.facts.possible(decided) is Verdict.of(possible)


def test_what_is_looked_up_in_vain_is_not_known() -> None:
    """The deployment fails, or there are more rows than are here."""
    names = {f"Open{row}": row for row in ("dev", "prod", "qa")}
    each = "".join(f"  {name}: !Equals [!Ref Open, {row}]\n" for name, row in names.items())
    evaluator = evaluator_of(TEMPLATE.replace("  IsDevOpen: !Equals [!Ref Open, dev]\n", each))
    none_of_them = [Guard(name, False) for name in names]
    for holds in (True, False):
        decision = evaluator.decide("HasFlagOpen")
        assert isinstance(decision, Guard)
        assert evaluator.facts.possible([*none_of_them, decision._replace(holds=holds)]) is Verdict.YES


def test_what_is_no_text_is_compared_with_one_text_and_with_another() -> None:
    each = "  Isa: !Equals [&roles !FindInMap [M, !Ref Env, Roles], a]\n  Isb: !Equals [*roles, b]\n"
    other = "  Other: !Equals [!FindInMap [M, !Ref Open, Roles], a]\n"
    evaluator = evaluator_of(TEMPLATE + each + other)
    assert len({evaluator.decide(name) for name in ("Isa", "Isb", "Other")}) == 3


def test_all_that_it_may_be_is_any_case() -> None:
    def guard(literal: str, holds: bool) -> Guard:
        return Guard(one_of("Env", literal, ("a", "b", "c")), holds)

    other = Guard("Other", True)
    each = [frozenset({guard(literal, True)}) for literal in "abc"]
    assert simplified(each) == IN_ANY_CASE
    assert simplified(each[:2]) != IN_ANY_CASE
    assert when_in(tuple(way | {other} for way in each)) == " when Other is true"
    assert when_in((frozenset({guard("a", False), guard("c", False)}),)) == ' when Env is "b"'
    assert when_in((frozenset({guard("a", False)}),)) == ' when Env is not "a"'
    assert when_in((frozenset({guard("a", False), guard("b", True)}),)) == ' when Env is "b"'


def test_it_costs_no_more_than_there_is() -> None:
    ids = [f"{number:012d}" for number in range(8)]
    parameters = {f"P{number}": {"Type": "String", "AllowedValues": ids} for number in range(20)}
    own = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
    texts = [{"Fn::Sub": f"arn:aws:iam::${{P{number}}}:root"} for number in range(20)]
    every = {"Fn::Sub": "".join(f"${{P{number}}}" for number in range(20))}

    def statement(principal: object, action: str = "kms:Decrypt") -> dict[str, object]:
        return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}

    for statements in (
        [statement(text) for text in texts],
        [statement(texts)],
        [statement(every)],
        [statement(texts[0]) for _ in range(60)],
    ):
        policy = {"Statement": [statement(own, "kms:*"), *statements]}
        resources = {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}}
        template = json.dumps({"Parameters": parameters, "Resources": resources})
        start = time.process_time()
        outcome = lint_text("t.json", template.encode(), Settings(profile="strict"))
        assert not outcome.problems
        assert time.process_time() - start < 4


def test_not_more_is_tried_than_is_affordable() -> None:
    alternatives = Alternatives()
    assert alternatives.affords(limits.TRIED)
    assert not alternatives.affords(2)


def test_what_is_affordable_is_added_up() -> None:
    alternatives = Alternatives()
    assert alternatives.affords(limits.TRIED - 1)
    assert alternatives.affords(1)
    assert not alternatives.affords(1)


@pytest.mark.parametrize(
    ("texts", "are_few"),
    [
        ([], True),
        (["a"] * (limits.ALLOWED_VALUES + 1), True),
        ([str(number) for number in range(limits.ALLOWED_VALUES)], True),
        ([str(number) for number in range(limits.ALLOWED_VALUES + 1)], False),
        (["a" * limits.ALLOWED_CHARACTERS], True),
        (["a", "a" * (limits.ALLOWED_CHARACTERS + 1)], False),
    ],
)
def test_a_few_short_texts_are_tried(texts: list[str], are_few: bool) -> None:
    assert is_few(texts) is are_few


def test_only_parameters_are_tried_and_no_secrets() -> None:
    """What is spelt `{{ Env }}` is filled in by another program, and no parameter."""
    at = Location(Source("t.yaml", ""), 0, 0)
    alternatives = Alternatives()
    assert not alternatives
    declared = {"Env": ("a", "b", "a"), "Open": None, "Many": tuple("0123456789")}
    for name, allowed in declared.items():
        alternatives.add(Parameter(name, at, "String", None, secret=False, allowed=allowed), "N/")
    for name in ("Secret", "Odd-Name"):
        alternatives.add(Parameter(name, at, "String", None, secret=name == "Secret", allowed=("a", "b")), "N/")

    def texts(name: str, kind: HoleKind = HoleKind.PARAMETER) -> tuple[str, ...] | None:
        hole = Hole(kind, f"N/{name}")
        several = alternatives.of(hole, at)
        found = None if several is None else tuple(literal for literal, _ in several.values)
        key = alternatives.texts(Text((hole,), at))
        assert found == (key or None)
        return key

    assert alternatives
    assert [texts(name) for name in ("Env", "Open", "Many", "Secret", "Odd-Name", "Other")] == [
        ("a", "b"),
        (),
        None,
        None,
        None,
        None,
    ]
    assert texts("Env", HoleKind.EXPRESSION) is None
    assert texts("Open", HoleKind.EXPRESSION) is None
    assert alternatives.texts(Text((Hole(HoleKind.PARAMETER, "N/Env"), "x"), at)) is None
    assert alternatives.texts(Text(("a",), at)) is None
    assert alternatives.condition("N/Env", "a") == 'N/Env is "a"'
    assert alternatives.condition("N/Open", "a") is None


def test_what_is_looked_up_makes_alternatives() -> None:
    at = Location(Source("t.yaml", ""), 0, 0)
    alternatives = Alternatives()
    looked_up, parameter = Hole(HoleKind.EXPRESSION, "Fn::FindInMap"), Hole(HoleKind.PARAMETER, "P")
    several = Several(parameter, (("a", Text(("x",), at)),), at)
    alternatives.look_up(looked_up, several)
    assert alternatives
    assert several.are_all
    assert alternatives.of(looked_up, at) is several
    for value, found in ((Unknown(looked_up, at), several), (Text((looked_up,), at), several)):
        assert alternatives.of_look_up(value) is found
    for other in (Text((looked_up, "x"), at), Text(("x",), at), Text((), at), Items((), at), Unknown(parameter, at)):
        assert alternatives.of_look_up(other) is None


def test_names_of_conditions() -> None:
    assert str(Guard(equality("Net/Env", "prod"), True)) == 'Net/Env is "prod"'
    assert str(Guard(equality("Net/Env", "prod"), False)) == 'Net/Env is not "prod"'
    assert str(Guard('var.x == "a is "', False)) == 'var.x == "a is " is false'
