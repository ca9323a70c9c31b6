"""Files that another program has to work on first: named with the reason, and left alone if they only mention KMS."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kmslint.errors import Problem
from kmslint.lint import lint, lint_text
from kmslint.location import Location, Source
from kmslint.settings import Settings
from kmslint.syntax.template_languages import filled_in_later
from trees import write

FRAMEWORK = "a file of the Serverless Framework is no template yet"
FILLED_IN = "another program fills this file in first"
KEY = "    Type: AWS::KMS::Key\n"


def reasons(name: str, text: str) -> list[str]:
    return [problem.reason for problem in lint_text(name, text.encode()).problems]


@pytest.mark.parametrize(
    "text",
    [
        "service: a\nprovider: aws\nresources: {Resources: {Key: {Type: AWS::KMS::Key}}}\n",
        "provider: {name: aws}\nservice: {name: a}\n",
        'service: a\nprovider: "${file(provider.yml)}"\n',
        "service: a\nprovider: {runtime: nodejs22.x}\n",
        '{"service": "a", "provider": {"name": "aws"}}',
    ],
)
def test_a_file_of_the_serverless_framework(text: str) -> None:
    (reason,) = reasons("serverless.yml", text)
    assert reason.startswith(FRAMEWORK)


@pytest.mark.parametrize(
    "text",
    [
        "service: a\nprovider: {name: google}\n",
        "service: a\n",
        "provider: aws\n",
        "services: [a]\nprovider: aws\n",
        "- service: a\n  provider: aws\n",
        "a\n",
    ],
)
def test_what_is_not_of_the_serverless_framework(text: str) -> None:
    assert reasons("a.yml", text) == ["not a CloudFormation template: no Resources"]


def test_a_template_of_its_own_that_the_framework_includes_is_analysed() -> None:
    policy = 'Statement: {Effect: Allow, Principal: {AWS: "${self:custom.role}"}, Action: "kms:*", Resource: "*"}'
    text = f"Resources:\n  Key:\n{KEY}    Properties: {{KeyPolicy: {{{policy}}}}}\n"
    outcome = lint_text("kms.yml", text.encode())
    assert not outcome.problems
    assert [(key.address, key.lockout) for key in outcome.keys] == [("Key", "unknown")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("serverless.yml", "service: a\nprovider: {name: aws, kmsKeyArn: 'arn:aws:kms:eu-west-1:1:key/a'}\n"),
        ("deployment.yaml", "apiVersion: kms.services.k8s.aws/v1alpha1\nkind: Key\nspec: {enableKeyRotation: true}\n"),
        ("values.yaml", "service: {port: 80}\nkms: {provider: aws}\n"),
        ("chart/templates/role.yaml", "{{- if .Values.kms }}\nkind: Role\nprovider: a\n{{- end }}\n"),
        (
            "playbook.yaml",
            "- hosts: all\n  tasks:\n    - community.aws.kms_key: {alias: '{{ alias }}', policy: kms:*}\n",
        ),
    ],
)
def test_what_only_mentions_kms_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, name, text=text)
    outcome = lint([str(tmp_path)], Settings(root=str(tmp_path)))
    assert (outcome.counts.candidates, outcome.problems) == (0, ())


def test_roles_of_the_serverless_framework_are_told_of(tmp_path: Path) -> None:
    role = "provider:\n  name: aws\n  iam: {role: {statements: [{Effect: Allow, Action: 'kms:*', Resource: '*'}]}}\n"
    write(tmp_path, "serverless.yml", text=f"service: a\n{role}")
    (problem,) = lint([str(tmp_path)], Settings(root=str(tmp_path))).problems
    assert (problem.path, problem.line) == ("serverless.yml", 1)
    assert problem.reason.startswith(FRAMEWORK)


@pytest.mark.parametrize(
    ("text", "spelt", "line"),
    [
        ("Resources:\n{% if a %}\n  Key:\n" + KEY + "{% endif %}\n", "{% if a %}", 2),
        ("{%- set a = 1 -%}\nResources:\n  Key:\n" + KEY, "{%- set a = 1 -%}", 1),
        ("Resources:\n  Key:\n" + KEY + "    Properties: {{ properties }}\n", "{{ properties }}", 4),
        ("Resources:\n  {{range .Keys}}\n  {{.}}:\n" + KEY + "  {{end}}\n", "{{range .Keys}}", 2),
        ("Resources:\n  <% keys.each do |k| %>\n  <%= k %>:\n" + KEY, "<% keys.each do |k| %>", 2),
        (
            "{{ include " + '"' + "a" * 80 + '"' + " }}\nResources:\n  Key:\n" + KEY,
            "{{ include " + '"' + "a" * 48 + "...",
            1,
        ),
        ('{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {{ a }} }}}', "{{ a }}", 1),
    ],
)
def test_a_file_in_a_template_language(text: str, spelt: str, line: int) -> None:
    (problem,) = lint_text("a.yaml", text.encode()).problems
    assert (problem.reason, problem.line) == (f"{FILLED_IN} ({spelt}): lint what it makes of it", line)


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  Key:\n" + KEY + '    Description: "{{ a }}"\n  Other: {a\n',
        "Resources:\n  Key:\n" + KEY + "    Description: '{{ a }}'\n  Other: {a\n",
        "Resources:\n  Key:\n" + KEY + "    Description: 'a {{ a }}'\n  Other: {a\n",
        "Resources:\n  Key:\n" + KEY + '    Description: ["a", "b {{ a }}"]\n  Other: {a\n',
        "Resources:\n  Key:\n" + KEY + "    Description: '{{resolve:ssm:a}}'\n  Other: {a\n",
        "Resources:\n  # {{ a }}\n  A: 1\n  B: 2\n  C: 3\n  Key:\n" + KEY + "  Other: {a\n",
    ],
)
def test_other_faults_keep_their_reason(text: str) -> None:
    (reason,) = reasons("a.yaml", text)
    assert reason.startswith("not YAML")


def test_values_that_are_filled_in_are_unknown() -> None:
    """Neither a malformed principal nor a foreign account."""
    principals = '"arn:aws:iam::{{ account }}:root", !Sub "arn:aws:iam::<%= other_account %>:role/${AWS::StackName}"'
    policy = f'Statement: {{Effect: Allow, Principal: {{AWS: [{principals}]}}, Action: "kms:*", Resource: "*"}}'
    text = f"Resources:\n  Key:\n{KEY}    Properties: {{EnableKeyRotation: '{{{{ on }}}}', KeyPolicy: {{{policy}}}}}\n"
    outcome = lint_text("a.yaml", text.encode())
    (finding,) = outcome.findings
    assert finding.rule_id == "KMS001"
    assert "${account}" in finding.message


@pytest.mark.parametrize("piece", ["{{", "{%", "<%", "<%=", "{{a}}", '"{{a}}', "{% ", "<%\n", "{{if "])
def test_long_files_take_their_time_and_no_more(piece: str) -> None:
    source = Source("a.yaml", piece * 200_000)
    started = time.process_time()
    filled_in_later(source, Problem("a.yaml", "not YAML", Location(source, 0, 1)))
    assert time.process_time() - started < 2
