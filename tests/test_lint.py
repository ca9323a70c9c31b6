"""The pipeline: what a run finds, in which order, and how it accounts for every file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from findings import at, finding, rule
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Counts, Outcome
from kmslint.engine.rule import Rule, RuleModule, Scope, Silence
from kmslint.lint import lint, lint_text
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.settings import Settings

KEY = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n"
POLICY = """\
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
"""


ROLE = """\
  Dev:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Dev
      Path: !If [C, /team/, /]
      Policies:
        - PolicyName: use
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Key.Arn}
"""


def template(*statements: str, resources: str = "") -> str:
    return KEY + POLICY + "".join(f"          - {statement}\n" for statement in statements) + resources


def rules_of(outcome: Outcome) -> list[str]:
    return [finding.rule_id for finding in outcome.findings]


def lint_files(root: Path, files: dict[str, str], options: Settings | None = None) -> Outcome:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return lint([str(root)], (options or Settings())._replace(root=str(root)))


def assert_accounted(counts: Counts) -> None:
    assert counts.candidates == counts.analysed + counts.not_analysed + counts.excluded
    assert min(counts) >= 0


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({}, Counts()),
        ({"notes.txt": KEY, "other.yaml": "a: 1\n"}, Counts()),
        ({"a.yaml": KEY}, Counts(1, 1, estates=1)),
        ({"a.yaml": KEY, "b.yaml": "# AWS::KMS::Key\n"}, Counts(2, 1, excluded=1, estates=1)),
        ({"a.yaml": KEY, "b.yaml": KEY + "  -"}, Counts(2, 1, not_analysed=1, estates=2)),
        ({"a.yaml": f"{KEY}---\n{KEY}"}, Counts(1, 1, estates=2)),
        ({"m/a.tf": 'resource "aws_kms_key" "k" {}\n', "m/b.tf": ""}, Counts(2, 2, estates=1)),
        ({"m/a.tf": 'resource "aws_kms_key" "k" {}\n', "m/b.tf": "}\n"}, Counts(2, 1, not_analysed=1, estates=1)),
        (
            {"a.yaml": template("{Effect: Allow}") + "  R: {Type: AWS::IAM::Role}\n  U: {Type: AWS::IAM::User}\n"},
            Counts(1, 1, estates=1, identities=2),
        ),
    ],
)
def test_every_candidate_is_accounted_for(tmp_path: Path, files: dict[str, str], counts: Counts) -> None:
    outcome = lint_files(tmp_path, files)
    assert outcome.counts == counts
    assert_accounted(outcome.counts)


def test_several_problems_of_a_file_are_one_file_that_was_not_analysed(tmp_path: Path) -> None:
    outcome = lint_files(tmp_path, {"main.tf": 'resource "aws_kms_key" "k" {\n  a = 1\n  a = 2\n  b = 1\n  b = 2\n}\n'})
    assert [problem.line for problem in outcome.problems] == [3, 5]
    assert outcome.counts.not_analysed == 1
    assert_accounted(outcome.counts)


def test_broken_files_hide_nothing_of_the_others(tmp_path: Path) -> None:
    public = "{Sid: All, Effect: Allow, Principal: '*', Action: kms:*, Resource: '*'}"
    outcome = lint_files(tmp_path, {"a.yaml": "Resources: [AWS::KMS::\n", "b.yaml": template(public)})
    assert [(problem.path, problem.line) for problem in outcome.problems] == [("a.yaml", 2)]
    assert {("a.yaml", "KMS000"), ("b.yaml", "KMS201")} <= {(each.at.path, each.rule_id) for each in outcome.findings}


class Stub(ModuleType):
    """A rule made for one test."""

    RULE: Rule

    def __init__(
        self, rule_id: str, *findings: Finding, crash: str = "", silenced_by: tuple[Silence, ...] = ()
    ) -> None:
        super().__init__(rule_id.lower())
        self.RULE = rule(rule_id, *silenced_by)
        self.findings = findings
        self.crash = crash

    def check(self, estate: Estate) -> Iterator[Finding]:
        yield from self.findings
        if self.crash:
            raise RuntimeError(f"{self.crash} {estate.path}")


def with_rules(monkeypatch: pytest.MonkeyPatch, *modules: Stub) -> None:
    found: tuple[RuleModule, ...] = modules
    monkeypatch.setattr("kmslint.engine.registry.all_rules", lambda: found)


def test_a_rule_that_fails_is_an_internal_error_and_the_others_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = finding("KMS901", at(0))
    with_rules(
        monkeypatch,
        Stub("KMS901", before, crash="broken on"),
        Stub("KMS902", finding("KMS902", at(4))),
        Stub("KMS903", crash="also broken on"),
    )
    outcome = lint_files(tmp_path, {"a.yaml": KEY, "b.yaml": KEY})
    assert rules_of(outcome) == ["KMS901", "KMS902"]
    assert tuple(error.partition(" (kmslint.")[0] for error in outcome.internal_errors) == (
        "rule KMS901 failed on a.yaml: RuntimeError: broken on a.yaml",
        "rule KMS903 failed on a.yaml: RuntimeError: also broken on a.yaml",
        "rule KMS901 failed on b.yaml: RuntimeError: broken on b.yaml",
        "rule KMS903 failed on b.yaml: RuntimeError: also broken on b.yaml",
    )


def test_the_same_key_in_another_estate_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OfOne(Stub):
        def check(self, estate: Estate) -> Iterator[Finding]:
            yield from self.findings if estate.path == self.findings[0].at.path else ()

    quiet, loud = finding("KMS900", at(0)), finding("KMS901", at(0, source=Source("b.yaml", "x")))
    with_rules(monkeypatch, OfOne("KMS900", quiet, silenced_by=(Silence("KMS901", Scope.KEY),)), OfOne("KMS901", loud))
    outcome = lint_files(tmp_path, {"a.yaml": KEY, "b.yaml": KEY})
    assert [found._replace(declared=None) for found in outcome.findings] == [quiet, loud]


def test_a_permission_that_does_nothing_for_two_keys_is_told_of_both(tmp_path: Path) -> None:
    admin = "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:role/Sec'}, Action: kms:*, Resource: '*'}"
    second = KEY.replace("Resources:\n", "").replace("Key:", "Second:", 1) + POLICY + f"          - {admin}\n"
    role = ROLE.replace("      Path: !If [C, /team/, /]\n", "").replace(
        "!GetAtt Key.Arn", "[!GetAtt Key.Arn, !GetAtt Second.Arn]"
    )
    options = Settings(select=("KMS301",), account="111122223333")
    outcome = lint_files(tmp_path, {"a.yaml": template(admin, resources=second + role)}, options)
    said = [each.message for each in outcome.findings] + [
        also.message for each in outcome.findings for also in each.related
    ]
    assert any("Key" in text for text in said)
    assert any("Second" in text for text in said)


def test_a_text_is_linted_under_its_name() -> None:
    outcome = lint_text(
        "sub/dir/x.yaml", template("{Effect: Allow, Principal: '*', Action: kms:*, Resource: '*'}").encode()
    )
    assert {each.at.path for each in outcome.findings} == {"sub/dir/x.yaml"}
    assert "KMS201" in rules_of(outcome)
    assert outcome.counts == Counts(1, 1, estates=1)


def test_verdicts_of_keys_are_in_order_and_in_the_words_of_the_contract(tmp_path: Path) -> None:
    account = "{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: kms:*, Resource: '*'}"
    named = "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:role/Sec'}, Action: kms:*, Resource: '*'}"
    module = 'variable "p" {}\nresource "aws_kms_key" "k" {\n  policy = var.p\n}\n'
    files = {"b.yaml": template(account), "a.yaml": KEY, "c.yaml": template(named), "m/main.tf": module}
    keys = lint_files(tmp_path, files, Settings(account="111122223333")).keys
    assert [(key.path, key.line, key.policy, key.delegates, key.delegates_admin, key.lockout) for key in keys] == [
        ("a.yaml", 2, "default", "yes", "yes", "none"),
        ("b.yaml", 2, "explicit", "yes", "yes", "none"),
        ("c.yaml", 2, "explicit", "no", "no", "deletable-only"),
        ("m/main.tf", 2, "unknown", "unknown", "unknown", "unknown"),
    ]
    assert [key.administrators for key in keys] == [
        ("<account administrators>", "<root user>"),
        ("<account administrators>", "<root user>"),
        ("arn:aws:iam::111122223333:role/Sec",),
        (),
    ]


def test_administrators_are_those_of_every_branch(tmp_path: Path) -> None:
    """Either role is one only where the condition falls its way."""
    branches = ", ".join(
        f"{{Effect: Allow, Principal: {{AWS: 'arn:aws:iam::111122223333:role/{name}'}}, Action: kms:*, Resource: '*'}}"
        for name in "AB"
    )
    statement = f"!If [C, {branches}]"
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"
    (key,) = lint_files(tmp_path, {"a.yaml": head + template(statement)}, Settings(account="111122223333")).keys
    assert key.lockout == "deletable-only"
    assert key.administrators == ()


def test_the_own_account_of_another_provider_is_not_the_keys(tmp_path: Path) -> None:
    """The policy gives the key to the account of a provider with other credentials."""
    module = """\
provider "aws" {}
provider "aws" {
  alias   = "audit"
  profile = "audit"
}
data "aws_caller_identity" "audit" {
  provider = aws.audit
}
resource "aws_kms_key" "k" {
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.audit.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
"""
    (key,) = lint_files(tmp_path, {"main.tf": module}).keys
    assert key.lockout != "none"


@pytest.mark.parametrize("character", ["\U000f0000", "\U000f0005", "\uf8ff", "\U00100000"])
def test_strange_characters_are_no_trouble(tmp_path: Path, character: str) -> None:
    """Two of them stood for holes inside, and were taken for holes that are not there."""
    account = "arn:aws:iam::111122223333"
    statements = (
        f"{{Effect: Allow, Principal: {{AWS: '{account}:role/{character}'}}, Action: kms:*, Resource: '*'}}",
        f"{{Effect: Allow, Principal: {{AWS: !Sub '{account}:role/${{Name}}'}}, Action: kms:*, Resource: '*'}}",
    )
    head = "Parameters: {Name: {Type: String}}\n"
    outcome = lint_files(tmp_path, {"a.yaml": head + template(*statements)})
    assert outcome.counts.candidates == 1
    assert outcome.internal_errors == ()


def test_a_verdict_that_fails_leaves_the_others_standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report with one verdict less is more than a traceback."""

    def fail(*_: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr("kmslint.key_verdicts.assess", fail)
    outcome = lint_files(tmp_path, {"a.yaml": KEY})
    assert outcome.internal_errors


@pytest.mark.parametrize("holds", [True, False])
def test_a_key_and_its_statement_under_one_condition(tmp_path: Path, holds: bool) -> None:
    """A world in which there is no key says nothing of the key."""
    statement = "{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: kms:*, Resource: '*'}"
    branches = f"[C, {statement}, !Ref AWS::NoValue]" if holds else f"[C, !Ref AWS::NoValue, {statement}]"
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x], D: !Not [Condition: C]}\n"
    text = template(f"!If {branches}").replace(
        "    Properties:", f"    Condition: {'C' if holds else 'D'}\n    Properties:"
    )
    (key,) = lint_files(tmp_path, {"a.yaml": head + text}).keys
    assert key.lockout == "none"


def test_a_role_whose_path_hangs_on_a_condition_may_be_the_one_that_is_named(tmp_path: Path) -> None:
    """A path is written by somebody, and not made up by AWS as the rest of a name may be."""
    dev = "!Sub 'arn:aws:iam::${AWS::AccountId}:role/team/Dev'"
    named = f"{{Effect: Allow, Principal: {{AWS: {dev}}}, Action: kms:*, Resource: '*'}}"
    head = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"
    outcome = lint_files(tmp_path, {"a.yaml": head + template(named, resources=ROLE)}, Settings(select=("KMS301",)))
    assert rules_of(outcome) == []


def test_the_output_of_a_nested_stack_may_be_any_principal(tmp_path: Path) -> None:
    """What a resource gives is not always the ARN of a role: it may be the account's."""
    nested = (
        "  Iam:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: https://example.com/iam.yaml}\n"
    )
    statement = "{Effect: Allow, Principal: {AWS: !GetAtt Iam.Outputs.Administrators}, Action: kms:*, Resource: '*'}"
    (key,) = lint_files(tmp_path, {"a.yaml": template(statement, resources=nested)}).keys
    assert key.lockout == "unknown"


def test_a_principal_without_a_name_is_called_an_empty_text(tmp_path: Path) -> None:
    statement = '{Effect: Allow, Principal: {AWS: ""}, Action: "kms:*", Resource: "*"}'
    outcome = lint_files(tmp_path, {"a.yaml": template(statement)}, Settings(select=("KMS101",)))
    told = [related.message for finding in outcome.findings for related in finding.related]
    assert "statement number 1 reaches only an empty text (a principal that AWS does not accept)" in told
