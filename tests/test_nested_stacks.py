"""Nested stacks: what each call makes of a template, under which address, and where a finding then stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import FIXTURES, ROOT, announced_keys, cases_in, files_of, keys_of, lint_alone
from expectations import differences, read_expectations
from kmslint import limits
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

CASES = list(cases_in(FIXTURES / "stacks"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_case(case: Path, tmp_path: Path) -> None:
    """The keys of every stack with their verdicts, and the findings at their lines."""
    outcome = lint_alone(case, tmp_path, Settings())
    assert not outcome.internal_errors
    assert keys_of(outcome) == announced_keys(case)
    assert not (found := differences(read_expectations(ROOT, files_of(case)), outcome.findings)), "\n".join(found)


def linted(root: Path, *paths: str) -> Outcome:
    return lint([str(root / path) for path in paths or (".",)], Settings(root=str(root)))


def problems(outcome: Outcome) -> list[tuple[str, int, str]]:
    return [(problem.path, problem.line, problem.reason) for problem in outcome.problems]


def nesting(*templates: str, type_: str = "AWS::CloudFormation::Stack", name: str = "TemplateURL") -> str:
    """A template that nests others."""
    made = (
        f"  Stack{number}:\n    Type: {type_}\n    Properties:\n      {name}: {template}\n"
        for number, template in enumerate(templates)
    )
    return "Resources:\n" + "".join(made)


SHUT = """Parameters:
  Who: {Type: String, Default: "arn:aws:iam::111122223333:role/a"}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: logs.amazonaws.com}, Action: "kms:*", Resource: "*"}]
"""


def test_what_a_template_made_twice_says_is_told_once_with_both_callers(tmp_path: Path) -> None:
    write(tmp_path, "key.yaml", text=SHUT)
    write(tmp_path, "all.yaml", text=nesting("key.yaml", "./key.yaml"))
    outcome = linted(tmp_path)
    assert [key.address for key in outcome.keys] == ["Stack0/Key", "Stack1/Key"]
    (lockout,) = [finding for finding in outcome.findings if finding.rule_id == "KMS101"]
    assert (lockout.at.path, lockout.at.line, lockout.resource) == ("key.yaml", 4, "Stack0/Key")
    related = {(one.at.path, one.at.line, one.message) for one in lockout.related}
    assert {
        ("all.yaml", 2, "Stack0 is called here"),
        ("all.yaml", 6, "Stack1 is called here"),
        ("key.yaml", 4, "the same holds for Stack1/Key"),
    } <= related


@pytest.mark.parametrize(
    ("type_", "name"),
    [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")],
)
def test_a_template_is_read_for_what_it_nests(tmp_path: Path, type_: str, name: str) -> None:
    """Nothing in it speaks of keys, and what lies between is read too."""
    write(tmp_path, "parts/deep/key.yaml", text=SHUT)
    write(tmp_path, "parts/middle.yaml", text=nesting("deep/key.yaml", type_=type_, name=name))
    write(tmp_path, "top.yaml", text=nesting("parts/middle.yaml", type_=type_, name=name))
    write(tmp_path, "other.yaml", text=nesting("nothing.yaml", type_=type_, name=name))
    outcome = linted(tmp_path)
    assert [key.address for key in outcome.keys] == ["Stack0/Stack0/Key"]
    assert (outcome.counts.candidates, outcome.counts.analysed, outcome.counts.estates) == (3, 3, 1)


def test_a_template_given_by_name_is_judged_by_itself_too(tmp_path: Path) -> None:
    write(tmp_path, "key.yaml", text=SHUT)
    write(tmp_path, "all.yaml", text=nesting("key.yaml"))
    assert [key.address for key in linted(tmp_path, "all.yaml", "key.yaml").keys] == ["Key", "Stack0/Key"]
    assert [key.address for key in linted(tmp_path, "key.yaml").keys] == ["Key"]
    assert [key.address for key in linted(tmp_path, "all.yaml").keys] == ["Stack0/Key"]


def test_a_template_beside_the_given_directory_is_nested(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "parts/key.yaml", text=SHUT)
    write(tmp_path, "stacks/all.yaml", text=nesting("../parts/key.yaml"))
    assert [key.address for key in linted(tmp_path, "stacks").keys] == ["Stack0/Key"]


def test_templates_that_nest_each_other_are_named_and_read(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", text=nesting("b.yaml") + SHUT.partition("Resources:\n")[2])
    write(tmp_path, "b.yaml", text=nesting("a.yaml"))
    outcome = linted(tmp_path)
    assert [key.address for key in outcome.keys] == ["Key"]
    assert problems(outcome) == [("b.yaml", 2, 'the template of "Stack0/Stack0", a.yaml, makes itself')]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("gone.yaml", "cannot be read: no such file or directory"),
        ("list.yaml", "is no template"),
        (
            "broken.yaml",
            "cannot be read: not YAML: did not find expected node content, while parsing a flow node in line 2",
        ),
        ("../../etc/passwd", "lies outside the repository"),
        ("/etc/passwd", "lies outside the repository"),
        (".git/config.yaml", "lies outside the repository"),
        ('"\\0"', "is not a path"),
    ],
)
def test_a_template_that_cannot_be_had(tmp_path: Path, written: str, reason: str) -> None:
    write(tmp_path, "list.yaml", text="- a\n")
    write(tmp_path, "broken.yaml", text="a: [\n")
    write(tmp_path, ".git/config.yaml", text=SHUT)
    write(tmp_path, "all.yaml", text=nesting(written) + SHUT.partition("Resources:\n")[2])
    outcome = linted(tmp_path)
    assert [(problem.path, problem.line) for problem in outcome.problems] == [("all.yaml", 2)]
    assert reason in outcome.problems[0].reason
    assert [key.address for key in outcome.keys] == ["Key"]


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "secret/key.yaml", text=SHUT)
    (tmp_path / "repository/.git").mkdir(parents=True)
    (tmp_path / "repository/key.yaml").symlink_to(tmp_path / "secret/key.yaml")
    write(tmp_path, "repository/all.yaml", text=nesting("key.yaml"))
    outcome = linted(tmp_path / "repository")
    assert not outcome.keys
    assert outcome.problems


def test_stacks_are_made_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten templates that each nest the next one ten times would be ten thousand million stacks."""
    monkeypatch.setattr(limits, "STACKS", 30)
    for number in range(10):
        write(tmp_path, f"{number}.yaml", text=nesting(*[f"{number + 1}.yaml"] * 10))
    write(tmp_path, "10.yaml", text=SHUT)
    outcome = linted(tmp_path)
    assert any("more than 30 nested stacks" in problem.reason for problem in outcome.problems)
    assert len(outcome.keys) < 30


def test_stacks_are_nested_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STACK_DEPTH", 3)
    for number in range(4):
        write(tmp_path, f"{number}.yaml", text=nesting(f"{number + 1}.yaml"))
    write(tmp_path, "4.yaml", text=SHUT)
    (problem,) = linted(tmp_path).problems
    assert "stacks nested more than 3 deep" in problem.reason


def test_the_text_of_nested_templates_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NESTED_CHARACTERS", 2 * len(SHUT))
    write(tmp_path, "key.yaml", text=SHUT)
    write(tmp_path, "all.yaml", text=nesting(*["key.yaml"] * 3))
    outcome = linted(tmp_path)
    assert len(outcome.keys) == 2
    assert "nested templates of more than" in outcome.problems[0].reason


PASSING = """Parameters:
  Unset: {Type: String}
Conditions:
  Wanted: !Equals [!Ref Unset, "yes"]
Resources:
  Stack:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: key.yaml
      Parameters:
        Who: WHO
"""
GIVEN = SHUT.replace("{Service: logs.amazonaws.com}", "{AWS: !Ref Who}")
OWN = '!Sub "arn:aws:iam::${AWS::AccountId}:root"'


@pytest.mark.parametrize(
    ("who", "lockout"),
    [
        (OWN, "none"),
        ("arn:aws:iam::111122223333:role/admin", "deletable-only"),
        ("!Ref Unset", "unknown"),
        ("!Ref AWS::NoValue", "deletable-only"),
        (f"!If [Wanted, {OWN}, {OWN}]", "none"),
        ("!If [Wanted, 'arn:aws:iam::111122223333:role/b', 'arn:aws:iam::111122223333:role/c']", "deletable-only"),
    ],
)
def test_what_is_passed_in(tmp_path: Path, who: str, lockout: str) -> None:
    write(tmp_path, "key.yaml", text=GIVEN)
    write(tmp_path, "all.yaml", text=PASSING.replace("WHO", who))
    (key,) = linted(tmp_path).keys
    assert key.lockout == lockout


def test_parameters_that_cannot_be_seen_are_no_defaults(tmp_path: Path) -> None:
    write(tmp_path, "key.yaml", text=GIVEN)
    write(tmp_path, "all.yaml", text=PASSING.partition("      Parameters:")[0] + "      Parameters: !Ref Unset\n")
    (key,) = linted(tmp_path).keys
    assert key.lockout == "unknown"


@pytest.mark.parametrize(
    ("given", "lockout"),
    [
        (OWN, "unknown"),
        ("!Join [',', [arn:aws:iam::111122223333:role/a, !Sub 'arn:aws:iam::${AWS::AccountId}:root']]", "unknown"),
        (f"['arn:aws:iam::111122223333:role/a', {OWN}]", "none"),
        ("!Ref Unset", "unknown"),
        ("!Sub '${Unset},arn:aws:iam::111122223333:role/a'", "unknown"),
        ("arn:aws:iam::111122223333:role/a", "deletable-only"),
    ],
)
def test_a_list_is_passed_in_as_a_text_or_a_list(tmp_path: Path, given: str, lockout: str) -> None:
    write(tmp_path, "key.yaml", text=GIVEN.replace("Who: {Type: String", "Who: {Type: CommaDelimitedList"))
    write(tmp_path, "all.yaml", text=PASSING.replace("WHO", given))
    (key,) = linted(tmp_path).keys
    assert key.lockout == lockout


@pytest.mark.parametrize("outputs", ["{Out: text}", "{Out: [a]}", "{Out: {}}", "{Other: {Value: a}}", "text"])
def test_an_output_of_the_wrong_shape_is_not_known(tmp_path: Path, outputs: str) -> None:
    write(tmp_path, "key.yaml", text=GIVEN + f"Outputs: {outputs}\n")
    text = "".join(
        f"  {one}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: key.yaml\n"
        f"      Parameters: {{Who: {who}}}\n"
        for one, who in (("A", OWN), ("B", "!GetAtt A.Outputs.Out"))
    )
    write(tmp_path, "all.yaml", text=f"Resources:\n{text}")
    assert [key.lockout for key in linted(tmp_path).keys] == ["none", "unknown"]


def test_nested_stacks_share_the_steps_of_the_template_around_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = ", ".join(["{Key: a, Value: b}"] * 50)
    write(tmp_path, "key.yaml", text=f"{SHUT}      Tags: [{tags}]\n")
    write(tmp_path, "all.yaml", text=nesting(*["key.yaml"] * 4))
    monkeypatch.setattr(limits, "STEPS", 600)
    assert {reason for _, _, reason in problems(linted(tmp_path, "all.yaml"))} == {
        "more than 600 evaluation steps; --limit steps=N raises this"
    }


def test_a_nested_stack_includes_files_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        "part.yaml",
        text="Sid: Included\nEffect: Allow\nPrincipal: {AWS: '*'}\nAction: kms:*\nResource: '*'\n",
    )
    include = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}"
    text = (
        f"Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties: {{KeyPolicy: {{Statement: [{{{include}}}]}}}}\n"
    )
    write(tmp_path, "key.yaml", text=text)
    write(tmp_path, "all.yaml", text=nesting("key.yaml"))
    found = [finding for finding in linted(tmp_path).findings if finding.rule_id == "KMS201"]
    assert [(one.at.path, one.at.line, one.resource) for one in found] == [("part.yaml", 3, "Stack0/Key")]


def test_stacks_that_hang_on_each_other_are_unknown(tmp_path: Path) -> None:
    """CloudFormation refuses the circle; whatever was asked first is not known."""
    write(tmp_path, "key.yaml", text=GIVEN + "Outputs: {Out: {Value: !Ref Who}}\n")
    text = "Resources:\n" + "".join(
        f"  {one}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: key.yaml\n"
        f"      Parameters: {{Who: !GetAtt {other}.Outputs.Out}}\n"
        for one, other in (("A", "B"), ("B", "A"))
    )
    write(tmp_path, "all.yaml", text=text)
    assert {key.lockout for key in linted(tmp_path).keys} == {"unknown"}


def test_conditions_of_the_same_name_in_two_stacks_are_two(tmp_path: Path) -> None:
    """Both stacks have a condition `Wanted`, on parameters of their own."""
    child = GIVEN.replace("Parameters:\n", "Parameters:\n  Other: {Type: String}\n", 1).replace(
        "Resources:\n", 'Conditions:\n  Wanted: !Equals [!Ref Other, "yes"]\nResources:\n', 1
    )
    child = child.replace("!Ref Who", f"!If [Wanted, !Ref Who, {OWN}]")
    write(tmp_path, "key.yaml", text=child)
    role = "'arn:aws:iam::111122223333:role/b'"
    text = PASSING.replace("WHO", f"!If [Wanted, {OWN}, {role}]").replace(
        "Parameters:\n        Who", "Parameters:\n        Other: !Ref Other\n        Who"
    )
    write(
        tmp_path,
        "all.yaml",
        text=text.replace("  Unset: {Type: String}\n", "  Unset: {Type: String}\n  Other: {Type: String}\n"),
    )
    (key,) = linted(tmp_path).keys
    assert key.lockout == "unknown"  # if they were one condition, the account would be named in both branches


def test_an_output_by_the_condition_of_where_it_is_used_is_settled_there(tmp_path: Path) -> None:
    """The nested stack gives back what it was given: in the branch that uses it, that is one of two names alone."""
    write(
        tmp_path,
        "child.yaml",
        text="# of kms\nParameters: {A: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}\n"
        "Outputs: {A: {Value: !Ref A}}\n",
    )
    own, shared = "!If [Wanted, !GetAtt Stack.Outputs.A, !GetAtt Key.Arn]", "arn:aws:iam::444455556666:root"
    policy = f'{{Statement: {{Effect: Allow, Principal: {{AWS: "{shared}"}}, Action: "*", Resource: "*"}}}}'
    uses = (
        f"  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{KmsKeyId: {own}}}}}\n"
        f"  Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{KmsKeyId: {own}}}}}\n"
        "  Shared:\n    Type: AWS::SecretsManager::ResourcePolicy\n"
        f"    Properties: {{SecretId: !Ref Secret, ResourcePolicy: {policy}}}\n"
    )
    text = PASSING.replace("key.yaml", "child.yaml").replace(
        "Who: WHO", "A: !If [Wanted, alias/aws/secretsmanager, alias/aws/never]"
    )
    write(tmp_path, "all.yaml", text=text + "  Key: {Type: AWS::KMS::Key}\n" + uses)
    outcome = lint([str(tmp_path)], Settings(root=str(tmp_path), account="111122223333"))
    found = {one.rule_id: one.message.partition(" when Wanted is ")[2][:5] for one in outcome.findings}
    assert {rule_id: way for rule_id, way in found.items() if way} == {
        "KMS303": "false",  # the log group under the key,
        "KMS307": "true,",  # the secret under AWS's key,
        "KMS418": "true,",  # and the log group with an alias
    }


def test_a_key_under_the_condition_of_its_stack(tmp_path: Path) -> None:
    """What the stack is made under is settled for everything in it."""
    text = PASSING.replace("  Stack:\n", "  Stack:\n    Condition: Wanted\n").replace(
        "WHO", f"!If [Wanted, {OWN}, 'arn:aws:iam::111122223333:role/b']"
    )
    write(tmp_path, "key.yaml", text=GIVEN)
    write(tmp_path, "all.yaml", text=text)
    (key,) = linted(tmp_path).keys
    assert key.lockout == "none"


def test_standard_input_looks_at_no_template_beside_it(tmp_path: Path) -> None:
    from kmslint.lint import lint_text

    write(tmp_path, "key.yaml", text=SHUT)
    outcome = lint_text("all.yaml", nesting("key.yaml").encode(), Settings())
    assert not outcome.keys


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ("{aws:asset:path: key.yaml, aws:asset:property: TemplateURL}", True),
        ("{aws:asset:path: key.yaml, aws:asset:property: Location}", False),
        ("{aws:asset:path: [key.yaml], aws:asset:property: TemplateURL}", False),
        ("{aws:asset:path: key.yaml}", False),
        ("key.yaml", False),
    ],
)
def test_where_the_cdk_has_staged_the_template_of_a_nested_stack(tmp_path: Path, metadata: str, found: bool) -> None:
    write(tmp_path, "key.yaml", text=SHUT)
    text = nesting("https://s3.eu-west-1.amazonaws.com/cdk/0123.json").rstrip() + f"\n    Metadata: {metadata}\n"
    write(tmp_path, "all.yaml", text=text)
    assert [key.address for key in linted(tmp_path, "all.yaml").keys] == (["Stack0/Key"] if found else [])


def test_a_policy_that_is_a_text_is_of_its_stack(tmp_path: Path) -> None:
    """What stands in the text has the addresses of the stack."""
    policy = """'{"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": "*"}]}'"""
    key = f"Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {policy}\n"
    write(tmp_path, "key.yaml", text=key)
    write(tmp_path, "all.yaml", text=nesting("key.yaml", "key.yaml"))
    (public,) = [finding for finding in linted(tmp_path).findings if finding.rule_id == "KMS201"]
    assert (public.at.path, public.at.line, public.resource) == ("key.yaml", 5, "Stack0/Key")
    assert {one.message for one in public.related} == {
        "Stack0 is called here",
        "Stack1 is called here",
        "the same holds for Stack1/Key",
    }


@pytest.mark.parametrize(
    ("documents", "reason"),
    [(("a: b\n", SHUT), ""), ((SHUT, "[a]\n"), ""), (("a: b\n",), "is no template"), ((SHUT, SHUT), "is no template")],
)
def test_one_document_of_a_file_is_the_template(tmp_path: Path, documents: tuple[str, ...], reason: str) -> None:
    write(tmp_path, "key.yaml", text="---\n".join(documents))
    write(tmp_path, "all.yaml", text=nesting("key.yaml"))
    outcome = linted(tmp_path, "all.yaml")
    assert [key.address for key in outcome.keys] == ([] if reason else ["Stack0/Key"])
    assert [each for _, _, each in problems(outcome)] == [
        f'the template of "Stack0", key.yaml, {reason}' for _ in range(bool(reason))
    ]
