"""Stack sets whose template is written in the template around them: what cannot be read, and what it may cost."""

from __future__ import annotations

from textwrap import indent

import pytest

from kmslint import limits
from kmslint.cloudformation.stack import read_stacks
from kmslint.lint import lint_text
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.settings import Settings
from kmslint.syntax.yaml import read_yaml
from kmslint.values import HoleKind, Text, Unknown
from template_library import InMemory

KEY = "Resources: {Key: {Type: AWS::KMS::Key}}"


def stack_set(body: str, name: str = "Set") -> str:
    return f"  {name}:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: {body}\n"


def estates_of(*sets: str) -> list[Estate]:
    source = Source("template.yaml", "Resources:\n" + "".join(sets))
    return list(read_stacks(read_yaml(source).documents[0], source))


@pytest.mark.parametrize(
    ("body", "reason", "line"),
    [
        (
            f'!Sub "{KEY} # ${{AWS::StackName}}"',
            'the template of "Set" is not read: ${AWS::StackName} is put into it',
            5,
        ),
        (
            '"Resources: {F: {Type: AWS::Serverless::Function, Policies: [KMSDecryptPolicy"',
            'the template of "Set" cannot be read: not YAML',
            5,
        ),
        (
            f'"{KEY[:-1]}"',
            "cannot be read: not YAML: did not find expected ',' or '}', while parsing a flow mapping",
            5,
        ),
        (
            '"{\\"Resources\\": {\\"Key\\": {\\"Type\\": \\"AWS::KMS::Key\\"}}"',
            "expected ',' or '}' in an object",
            5,
        ),
        (
            "|\n        # kms\n        Resources: {Role: {Type: AWS::IAM::Role}}\n        - a",
            "cannot be read: not YAML",
            8,
        ),
    ],
)
def test_what_cannot_be_read_is_a_problem(body: str, reason: str, line: int) -> None:
    (estate,) = estates_of(stack_set(body))
    (problem,) = estate.problems
    assert reason in problem.reason
    assert problem.line == line


@pytest.mark.parametrize(
    "body",
    [
        '!Sub "Resources: {Bucket: {Type: AWS::S3::Bucket} ${AWS::StackName}"',
        "!ImportValue body",
        "!Ref Nothing",
        "!Rain::Embed set.yaml",
        "[a]",
        '"Resources: {Role: {Type: AWS::IAM::Role"',
        '"AWS::KMS::Key"',
        '"Resources: {Bucket: {Type: AWS::S3::Bucket, Key: kms"',
        f"!Other {{{KEY}}}",
        f"!Base64 '{KEY}'",
        '""',
        "",
    ],
)
def test_what_has_nothing_to_do_with_keys_is_left_alone(body: str) -> None:
    (estate,) = estates_of(stack_set(body))
    assert estate.problems == ()


def test_a_stack_set_stands_where_it_is_written() -> None:
    template = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties: {KeyPolicy: !Sub 5}"
    _, elsewhere = estates_of(stack_set("|\n" + indent(template, " " * 8)))
    (key,) = elsewhere.keys
    assert elsewhere.path == "template.yaml"
    assert (key.address, key.at.region.line, key.at.region.column) == ("Set/Key", 7, 11)
    assert (key.policy.at.region.line, key.policy.at.region.column) == (9, 37)
    assert elsewhere.in_other_accounts


def test_what_a_parameter_puts_into_a_stack_set_is_read() -> None:
    body = '!Sub "Resources: {Key: {Type: AWS::KMS::${Kind}}}"'
    source = Source("t.yaml", f"Parameters: {{Kind: {{Type: String, Default: Key}}}}\nResources:\n{stack_set(body)}")
    _, elsewhere = read_stacks(read_yaml(source).documents[0], source)
    (key,) = elsewhere.keys
    assert (key.address, key.at.region.line, key.at.region.column) == ("Set/Key", 6, 39)


def test_stack_sets_are_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STACKS", 3)
    estates = estates_of(*(stack_set(f'"{KEY}"', f"Set{number}") for number in range(5)))
    assert len(estates) == 4
    assert [problem.reason for problem in estates[0].problems] == [
        f'the template of "Set{number}" is not read: there are more than 3; --limit stacks=N raises this'
        for number in (3, 4)
    ]


def test_maps_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STACKS", 3)
    estates = estates_of(stack_set(f"&body {{{KEY}}}"), *(stack_set("*body", f"Set{number}") for number in range(4)))
    assert len(estates) == 4
    assert len(estates[0].problems) == 2


def test_the_characters_of_stack_sets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One long text that many sets share by an alias."""
    monkeypatch.setattr(limits, "NESTED_CHARACTERS", 3 * len(KEY))
    estates = estates_of(stack_set(f'&body "{KEY}"'), *(stack_set("*body", f"Set{number}") for number in range(4)))
    assert len(estates) == 4
    assert len(estates[0].problems) == 2


def test_stack_sets_share_the_steps_of_the_template_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = "{Statement: [" + ", ".join(["{Effect: Allow}"] * 50) + "]}"
    body = f'"Resources: {{Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {policy}}}}}}}"'
    monkeypatch.setattr(limits, "STEPS", 400)
    estates = estates_of(*(stack_set(body, f"Set{number}") for number in range(5)))
    assert [problem.reason for problem in estates[0].problems] == [
        f"more than {limits.STEPS} evaluation steps; --limit steps=N raises this"
    ]


def test_the_given_account_is_not_that_of_a_stack_set() -> None:
    policy = 'Statement: {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "kms:*", Resource: "*"}'
    body = f"|\n        Resources: {{Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{{policy}}}}}}}}}"
    text = f"Resources:\n  Own: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{{policy}}}}}}}\n{stack_set(body)}"
    outcome = lint_text("template.yaml", text.encode(), Settings(account="111122223333"))
    assert {key.address: key.lockout for key in outcome.keys} == {"Own": "none", "Set/Key": "unknown"}


def sids(estate: Estate) -> list[str]:
    document = estate.keys[0].policy.document
    assert document is not None
    return [str(statement.sid) for statement in document.statements]


BEFORE = "Resources: {Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Sid: "
LINES = '"Resources:\\n Key:\\n  Type: AWS::KMS::Key\\n  Properties:\\n   KeyPolicy:\\n    Statement:\\n     Sid: Sid"'
PUT_TOGETHER = {
    "joined": f"!Join ['', ['{BEFORE}', Sid, '}}]}}}}}}}}']]",
    "substituted": f"!Sub '{BEFORE}${{Who}}}}]}}}}}}}}'",
    "given as a whole": "!Ref Whole",
    "given line by line": "!Ref Lines",
    "encoded": """!Join ['', ['{"Resources": ', !ToJsonString {Key: ENCODED}, '}']]""".replace(
        "ENCODED", "{Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: [{Sid: Sid}]}}}"
    ),
    "looked up": "!FindInMap [Templates, one, body]",
    "one of two": "!If [Never, a, !Ref Whole]",
}


@pytest.mark.parametrize("form", PUT_TOGETHER)
def test_a_template_that_is_put_together_is_read(form: str) -> None:
    whole = f'"{BEFORE}Sid}}]}}}}}}}}"'
    parameters = (
        f"Parameters: {{Who: {{Type: String, Default: Sid}}, Whole: {{Type: String, Default: {whole}}}"
        f", Lines: {{Type: String, Default: {LINES}}}}}\n"
        f"Mappings: {{Templates: {{one: {{body: {whole}}}}}}}\nConditions: {{Never: !Equals [a, b]}}\n"
    )
    source = Source("template.yaml", f"{parameters}Resources:\n{stack_set(PUT_TOGETHER[form])}")
    estate, elsewhere = read_stacks(read_yaml(source).documents[0], source)
    assert estate.problems == ()
    assert sids(elsewhere) == ["Sid"]
    assert elsewhere.keys[0].at.line == 8


OVERRIDING = "{{ParameterOverrides: [{{ParameterKey: Who, ParameterValue: {}}}]}}"
WHO = (
    "\n        Parameters: {Who: {Type: String, Default: default}, Two: {Type: String, Default: default}}\n"
    "        Resources: {Key: {Type: AWS::KMS::Key, Properties: {KeySpec: !Ref Who, KeyPolicy: {Statement: "
    "[{Sid: !Ref Who}, {Sid: !Ref Two}]}}}}\n"
)
BOTH_HIDDEN = ("${Set.Parameters.Who}", "${Set.Parameters.Two}")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("", ["default", "default"]),
        ("Parameters: [{ParameterKey: Who, ParameterValue: given}]", ["given", "default"]),
        ("Parameters: [{ParameterKey: Who, ParameterValue: !Ref Open}]", ["${Set.Parameters.Who}", "default"]),
        # Which parameter it is for is not known: it may be any.
        ("Parameters: [{ParameterKey: !Ref Open, ParameterValue: given}]", ["None", "None"]),
        ("Parameters: !Ref Open", ["None", "None"]),
        ("Parameters: [{ParameterKey: Who}, {ParameterKey: Two, ParameterValue: [a]}]", [*BOTH_HIDDEN]),
        ("Parameters: [{ParameterKey: [Who], ParameterValue: given}]", ["None", "None"]),
        (
            "Parameters: !If [Some, [{ParameterKey: Who, ParameterValue: given}], []]",
            ["${Set.Parameters.Who}", "default"],
        ),
        (
            f"StackInstancesGroup: [{OVERRIDING.format('a')}, {OVERRIDING.format('b')}]",
            ["${Set.Parameters.Who}", "default"],
        ),
    ],
)
def test_what_a_stack_set_is_given(parameters: str, found: list[str]) -> None:
    text = (
        "Parameters: {Open: {Type: String}}\nConditions: {Some: !Equals [!Ref Open, a]}\n"
        f"Resources:\n{stack_set(WHO)}      {parameters}\n"
    )
    source = Source("template.yaml", text)
    _, elsewhere = read_stacks(read_yaml(source).documents[0], source)
    assert sids(elsewhere) == found
    spec = elsewhere.keys[0].settings.spec
    assert isinstance(spec, (Text, Unknown))
    holes = spec.holes if isinstance(spec, Text) else (spec.hole,)
    assert [hole.kind for hole in holes] == [HoleKind.EXPRESSION] * (found[0] not in ("given", "default"))


@pytest.mark.parametrize("condition", ["", ", Condition: Open", ", Condition: Never"])
@pytest.mark.parametrize("type_", ["AWS::CloudFormation::StackSet", "Custom::StackSet"])
def test_only_a_stack_set_that_is_made_makes_stacks(condition: str, type_: str) -> None:
    conditions = "Conditions: {Never: !Equals [a, b], Open: !Equals [!Ref AWS::Region, x]}\n"
    body = f"{{Type: {type_}, Properties: {{TemplateBody: {{{KEY}}}}}{condition}}}"
    source = Source("template.yaml", f"{conditions}Resources: {{Set: {body}}}\n")
    _, *made = read_stacks(read_yaml(source).documents[0], source)
    is_made = type_ != "Custom::StackSet" and not condition.endswith("Never")
    assert [key.address for estate in made for key in estate.keys] == ["Set/Key"] * is_made


def test_a_stack_that_is_not_made_makes_no_stack_set() -> None:
    library = InMemory({"a.yaml": f"Resources:\n{stack_set(f'{{{KEY}}}')}"})
    nested = "N: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: a.yaml}}"
    source = Source("t.yaml", f"Conditions: {{Never: !Equals [a, b]}}\nResources: {{{nested}}}\n")
    assert len(list(read_stacks(read_yaml(source).documents[0], source, library=library))) == 1


def test_what_stands_behind_an_alias_in_a_template_is_there_each_time() -> None:
    body = (
        "|\n        Resources: {Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [&s {Sid: One}, *s]}}}}"
    )
    _, elsewhere = estates_of(stack_set(body))
    assert sids(elsewhere) == ["One", "One"]


@pytest.mark.parametrize("body", [KEY, f'"{KEY}"'], ids=["map", "text"])
@pytest.mark.parametrize("is_enough", [True, False])
def test_the_templates_of_stack_sets_are_read_within_bounds(
    monkeypatch: pytest.MonkeyPatch, body: str, is_enough: bool
) -> None:
    written = f"{{{KEY}}}" if body == KEY else body
    monkeypatch.setattr(limits, "NESTED_CHARACTERS", 2 * len(written.strip('"')) - (not is_enough))
    estate, *made = estates_of(stack_set(written, "One"), stack_set(written, "Other"))
    reason = limits.named(
        f"is not read: there are more than {limits.NESTED_CHARACTERS} characters of them", "nested-characters"
    )
    assert [problem.reason for problem in estate.problems] == [f'the template of "Other" {reason}'] * (not is_enough)
    assert [key.address for each in made for key in each.keys] == ["One/Key", "Other/Key"][: 1 + is_enough]
    assert [problem.line for problem in estate.problems] == [9] * (not is_enough)


def test_a_stack_set_includes_no_file() -> None:
    """What `aws cloudformation package` would upload is not beside the template that it is made from."""
    part = "{Name: 'AWS::Include', Parameters: {Location: policy.yaml}}"
    template = f"{{Resources: {{Key: {{Type: AWS::KMS::Key, Properties: {{KeyPolicy: {{Fn::Transform: {part}}}}}}}}}}}"
    _, elsewhere = estates_of(stack_set(template))
    (key,) = elsewhere.keys
    assert key.policy.missing is not None
    assert key.policy.missing.hole.label == "AWS::Include policy.yaml is not read"
