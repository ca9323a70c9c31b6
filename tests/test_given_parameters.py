"""`--parameter` and `--parameter-file`: what a parameter comes to that is given a value."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from commands import run
from kmslint.errors import UsageError
from kmslint.given_parameters import given_parameters
from kmslint.lint import lint
from kmslint.settings import Settings
from measured import unmeasured

TEMPLATE = """
Parameters:
  Account: {Type: String}
  Env: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Name: {Type: String, AllowedPattern: "^[a-z-]+$", Default: app}
  Greedy: {Type: String, AllowedPattern: "(a+)+$", Default: a}
  Java: {Type: String, AllowedPattern: '^\\p{Alpha}$', Default: a}
  Broken: {Type: String, AllowedPattern: "[a", Default: a}
  Both: {Type: String, AllowedPattern: "^[a-z&&[^x]]$", Default: a}
  Union: {Type: String, AllowedPattern: "^[a[b]]$", Default: a}
  Pair: {Type: String, AllowedValues: ["a,b"], Default: "a,b"}
  NoneAllowed: {Type: String, AllowedValues: [], Default: a}
  Several: {Type: CommaDelimitedList, AllowedValues: [dev, prod], Default: dev}
  Letters: {Type: CommaDelimitedList, AllowedPattern: "^[a-z]$", Default: a}
  Short: {Type: String, AllowedPattern: "^a?b?c$", Default: c}
  Huge: {Type: String, AllowedPattern: "a{99999999999}", Default: a}
  Repeating: {Type: String, AllowedPattern: "^a*b*c*$", Default: a}
  LongPattern: {Type: String, AllowedPattern: "%s", Default: a}
  Admins: {Type: CommaDelimitedList, Default: ""}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /keys/admin, AllowedValues: [/keys/admin]}
  Password: {Type: String, NoEcho: true, AllowedValues: [swordfish]}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      Description: !Ref Password
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref Admins}, Action: "kms:*", Resource: "*"}
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${Account}:role/${Env}-app"}
            Action: "kms:*"
            Resource: "*"
          - {Effect: Allow, Principal: {AWS: !Ref Stored}, Action: "kms:Decrypt", Resource: "*"}
          - {Effect: Allow, Principal: {AWS: !Ref Password}, Action: "kms:Decrypt", Resource: "*"}
""" % ("a" * 201)
FORMS = {
    "list.json": '[{"ParameterKey": "Env", "ParameterValue": "prod"},'
    ' {"ParameterKey": "Name", "UsePreviousValue": true}]',
    "texts.json": '["Env=prod"]',
    "pipeline.json": '{"Parameters": {"Env": "prod"}, "Tags": {"a": "b"}, "StackPolicy": {"Statement": []}}',
    "skeleton.yaml": "StackName: a\nParameters:\n- ParameterKey: Env\n  ParameterValue: prod\n",
    "plain.json": '{"Env": "prod"}',
    "plain.yaml": "# the values\nEnv: prod\n",
    "samconfig.toml": 'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "Env=prod"\n',
    "words.toml": '[default.global.parameters]\nparameter_overrides = ["Env=dev"]\n'
    '[default.deploy.parameters]\nparameter_overrides = ["Env=\\"prod\\""]\n',
    "quotes.toml": "[default.deploy.parameters]\nparameter_overrides = [\"Env='prod'\"]\n",
    "keys.toml": '[default.deploy.parameters]\nparameter_overrides = "ParameterKey=Env,ParameterValue=prod"\n',
    "table.toml": "[default.deploy.parameters.parameter_overrides]\nEnv = 'prod'\n[dev.deploy.parameters]\n",
    "samconfig.yaml": "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      parameter_overrides: [Env=prod]\n",
    "samconfig.yml": "version: 0.1\ndefault: {deploy: {parameters: {parameter_overrides: 'Env=prod'}}}\n",
}


def values(path: Path) -> dict[str, str]:
    given = given_parameters((), [str(path)], str(path.parent))
    return {each.name: each.value for each in given.values}


@pytest.mark.parametrize("name", FORMS)
def test_a_file_in_any_form_that_people_keep(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    assert values(tmp_path / name) == {"Env": "prod"}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "a.json",
            '{"A": ["x", "y"], "B": 8, "C": true, "D": 1.5, "E": ""}',
            {"A": "x,y", "B": "8", "C": "true", "D": "1.5", "E": ""},
        ),
        ("a.yaml", "A: [x, 2]\nB: no\nC: '012345678901'\n", {"A": "x,2", "B": "false", "C": "012345678901"}),
        ("a.json", '[{"ParameterKey": "A", "ParameterValue": ["x", "y"]}]', {"A": "x,y"}),
        ("a.json", '["A=b=c", "B="]', {"A": "b=c", "B": ""}),
        ("a.json", '["ParameterKey=A,ParameterValue=b,c=d"]', {"A": "b,c=d"}),
        ("a.json", '[{"ParameterKey": "A", "ParameterValue": "b", "UsePreviousValue": false}]', {"A": "b"}),
        ("a.yaml", '- {ParameterKey: A, UsePreviousValue: "True"}\n- B=c\n', {"B": "c"}),
        ("a.json", '{"Parameters": ["A=b"]}', {"A": "b"}),
        ("a.json", '{"Parameters": {}, "A": "b"}', {}),
        ("a.json", "[]", {}),
        ("a.json", '{"A": {"parameters": "text"}, "Parameters": {"B": "c"}}', {"B": "c"}),
        ("a.toml", "[default.global.parameters]\nparameter_overrides = 'A=b'\n", {"A": "b"}),
        (
            "a.toml",
            (
                "[default.global.parameters]\nparameter_overrides = 'A=a B=b'\n"
                "[default.deploy.parameters]\nparameter_overrides = {A = 'c', C = [1, 2.0]}\n"
            ),
            {"A": "c", "B": "b", "C": "1,2"},
        ),
        (
            "a.toml",
            "[default.deploy.parameters]\nparameter_overrides = ['A=\"b c\"', \"B='d'\", 'C=e f']\n",
            {"A": "b c", "B": "d", "C": "e f"},
        ),
        ("a.toml", "[default.deploy]\nparameters = 7\n[default.build.parameters]\n", {}),
        ("a.toml", "[default]\ndeploy = 7\n[default.build.parameters]\n", {}),
        (
            "a.toml",
            '[default.deploy.parameters]\nparameter_overrides = "A=b C=\\"d e\\" F=\'g h\' I=j,k"\n',
            {"A": "b", "C": "d e", "F": "g h", "I": "j,k"},
        ),
        ("a.toml", "[default.deploy.parameters]\nparameter_overrides = ['A=d e']\n", {"A": "d e"}),
        ("a.toml", "[default.build.parameters]\ncached = true\n[default.deploy.parameters]\n", {}),
        ("a.toml", "A = 1\nB = true\nC = ['x']\n", {"A": "1", "B": "true", "C": "x"}),
    ],
)
def test_values_are_texts_as_cloudformation_takes_them(
    tmp_path: Path, name: str, text: str, found: dict[str, str]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert values(tmp_path / name) == found


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "--parameter-file a.json:1:"),
        ("a.json", "7", "no file of parameters: the list of the AWS CLI, CodePipeline's Parameters"),
        ("a.json", '[{"Key": "A"}]', "an element without a ParameterKey"),
        ("a.json", '[{"ParameterKey": "A"}]', "A has no ParameterValue"),
        ("a.json", '{"A": {"b": "c"}}', "the value of A is neither a text nor a list of texts"),
        ("a.json", '{"A": {"b": {"c": "d"}}}', "the value of A is neither a text nor a list of texts"),
        ("a.json", '{"A": null}', "the value of A is neither"),
        ("a.json", '["=b"]', " is not NAME=VALUE"),
        ("a.json", '["ParameterKey=A"]', "A is not NAME=VALUE"),
        ("a.json", '["ParameterKey=A=b"]', "A=b is not NAME=VALUE"),
        ("a.json", "[[]]", "an element without a ParameterKey"),
        ("a.json", '{"Parameters": 7}', "no file of parameters"),
        ("a.json", '{"A": [["b"], null]}', "the value of A is neither"),
        ("a.yaml", "A: !!set {}\n", "a.yaml:1: a function or a tag, not a value"),
        ("a.yaml", "A: !Split [b]\n", "a.yaml:1: a function or a tag, not a value"),
        ("a.toml", "default = 7\n[a.deploy.parameters]\n", 'there is no environment "default"'),
        ("a.toml", "a = " + "[" * 2000 + "\n", ": nested too deep"),
        ("a.yaml", "A: !Ref B\n", "a.yaml:1: a function or a tag, not a value"),
        ("a.yaml", "A: b\nB: 012345678901\n", "a.yaml:2: YAML reads it as a floating point number: put it in quotes"),
        ("a.yaml", "A: b\n---\nA: c\n", "not one document"),
        ("a.yaml", "!Sub A: b\n", "a.yaml:1: a name is not a text"),
        ("a.toml", "[default.deploy.parameters]\nparameter_overrides = [7]\n", "parameter_overrides is not a text"),
        ("a.toml", "A = \n", "not TOML in line 1, column 5"),
        ("a.toml", "A = 2026-01-01\n", "the value of A is a date: put it in quotes"),
        ("a.toml", "[prod.deploy.parameters]\nparameter_overrides = 'A=b'\n", 'there is no environment "default"'),
        ("a.toml", "[default.deploy.parameters]\nparameter_overrides = 'A=\"b'\n", "is not closed"),
        ("a.toml", "[default.deploy.parameters]\nparameter_overrides = 'hidden'\n", "is not NAME=VALUE"),
        ("a.toml", "[default.deploy.parameters]\nparameter_overrides = 7\n", "neither a text, a list nor a map"),
        ("a.json", " " * 250_001, "larger than 250000 bytes"),
        ("missing/b.json", None, "cannot be read"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, name: str, text: str | None, reason: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        values(tmp_path / name)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["a." * 100_000 + "a = 1\n", "a = " + "[" * 200_000 + "\n", "a = " + "{a=" * 50_000 + "\n"],
    ids=["parts", "lists", "tables"],
)
def test_a_file_of_toml_that_takes_long(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(UsageError):
        values(tmp_path / "a.toml")
    assert time.process_time() - start < 2


def test_a_file_outside_of_the_root_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="lies outside"):
        given_parameters((), [str(tmp_path / "a.json")], str(tmp_path / "root"))


def test_a_text_counts_over_files_and_a_later_one_over_earlier_ones(tmp_path: Path) -> None:
    for name, value in (("a.json", "a"), ("b.json", "b")):
        (tmp_path / name).write_text(json.dumps({"X": value, "Y": value}), encoding="utf-8")
    given = given_parameters(("Y=c", "Y=d"), [str(tmp_path / "b.json"), str(tmp_path / "a.json")], str(tmp_path))
    assert {each.name: each.value for each in given.values} == {"X": "a", "Y": "d"}


class Linted:
    """The template, linted with some parameters."""

    def __init__(self, directory: Path, *parameters: str, template: str = TEMPLATE) -> None:
        (directory / "t.yaml").write_text(template, encoding="utf-8")
        options = Settings(profile="strict", root=str(directory), parameters=parameters)
        outcome = lint([str(directory / "t.yaml")], options)
        self.problems = [problem.reason for problem in outcome.problems]
        self.messages = "\n".join(finding.message for finding in outcome.findings)


def test_a_value_takes_the_place_of_the_default_and_of_what_is_missing(tmp_path: Path) -> None:
    linted = Linted(tmp_path, "Account=999999999999", "Env=prod")
    assert not linted.problems
    assert "role prod-app of account 999999999999" in linted.messages
    assert "dev-app" not in linted.messages


def test_a_list_is_a_text_with_commas(tmp_path: Path) -> None:
    names = ("arn:aws:iam::999999999999:role/a", "arn:aws:iam::999999999999:role/b")
    messages = Linted(tmp_path, f"Admins={names[0]}, {names[1]}").messages
    assert "role a of account" in messages
    assert "role b of account" in messages


def test_the_name_of_a_stored_value_is_not_the_value(tmp_path: Path) -> None:
    assert "999999999999" not in Linted(tmp_path, "Stored=arn:aws:iam::999999999999:root").messages


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        ("Env=stage", 'a value is given for "Env" that its AllowedValues leave out: CloudFormation refuses it'),
        ("Name=App 1", 'a value is given for "Name" that its AllowedPattern leaves out: CloudFormation refuses it'),
        ("Env=dev,prod", 'a value is given for "Env" that its AllowedValues leave out: CloudFormation refuses it'),
        ("Name=other-app", ""),
        ("Pair=a,b", ""),  # no list
        ("Several=dev, prod", ""),
        ("NoneAllowed=x", ""),
        (
            "Several=dev,stage",
            'a value is given for "Several" that its AllowedValues leave out: CloudFormation refuses it',
        ),
        ("Letters=a,b", ""),
        ("Short=ab", 'a value is given for "Short" that its AllowedPattern leaves out: CloudFormation refuses it'),
        ("Stored=other", ""),
        (
            "Password=canary",
            'a value is given for "Password" that its AllowedValues leave out: CloudFormation refuses it',
        ),
        ("Greedy=" + "a" * 60 + "!", ""),  # not tried: it would take for ever
        # Nor what Python does not read as Java does, or not at all, and what is too long.
        ("Java=2", ""),
        ("Broken=2", ""),
        ("Both=2", ""),
        ("Union=b", ""),
        ("Huge=2", ""),
        ("LongPattern=2", ""),
        ("Repeating=2", ""),
        ("Name=" + "A" * 4_097, ""),
        (
            "Name=" + "A" * 4_096,
            'a value is given for "Name" that its AllowedPattern leaves out: CloudFormation refuses it',
        ),
    ],
)
def test_a_value_that_cloudformation_refuses_is_a_problem_and_does_not_count(
    tmp_path: Path, parameter: str, reason: str
) -> None:
    linted = Linted(tmp_path, "Account=999999999999", parameter)
    assert linted.problems == ([reason] if reason else [])
    assert "role dev-app of account 999999999999" in linted.messages


def test_a_value_is_not_refused_for_what_one_of_two_declarations_leaves_out(tmp_path: Path) -> None:
    twice = TEMPLATE.replace("  Name: {", "  Env: {Type: String, Default: dev}\n  Name: {", 1)
    assert Linted(tmp_path, "Account=999999999999", "Env=stage", template=twice).problems == []


def test_a_nested_stack_gets_its_values_from_the_one_around_it(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "outer.yaml").write_text(
        "Parameters: {Env: {Type: String}}\nResources:\n  S:\n    Type: AWS::CloudFormation::Stack\n"
        "    Properties: {TemplateURL: t.yaml, Parameters: {Account: '999999999999', Env: !Ref Env}}\n",
        encoding="utf-8",
    )
    options = Settings(profile="strict", root=str(tmp_path), parameters=("Env=prod",))
    messages = "\n".join(finding.message for finding in lint([str(tmp_path)], options).findings)
    assert "role prod-app of account 999999999999" in messages
    with pytest.raises(
        UsageError, match="--parameter Account: no template here declares such a parameter; there are Env"
    ):
        lint([str(tmp_path)], options._replace(parameters=("Account=111122223333",)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--parameter", "Envv=hidden"),
            "--parameter Envv: no template here declares such a parameter; there are Account, A",
        ),
        (("--parameter", "=hidden"), "not NAME=VALUE"),
        (("--parameter", "Env"), "--parameter Env: not NAME=VALUE"),
        (
            ("--parameter-file", "other.json"),
            "--parameter-file other.json: no template here declares any of its parameters",
        ),
        (("--parameter-file", "none.json"), "--parameter-file none.json cannot be read"),
    ],
)
def test_what_nobody_declares_is_wrong_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "other.json").write_text('{"Envv": "hidden"}', encoding="utf-8")
    for command in ((), ("access",), ("can", "root", "kms:Decrypt", "Key")):
        found = run(capsys, *command, *arguments, "t.yaml")
        assert found.code == 2
        assert said in found.err
        assert "hidden" not in found.err


def test_without_a_template_nobody_declares_it(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_kms_key" "k" {}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="there is no template with parameters"):
        lint([str(tmp_path)], Settings(parameters=("Env=prod",)))


def test_parameters_that_are_brought_in_may_be_declared(tmp_path: Path) -> None:
    template = TEMPLATE + "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://bucket/more.yaml}}\n"
    assert "dev-app" in Linted(tmp_path, "Account=999999999999", "More=x", template=template).messages


@pytest.mark.parametrize(
    ("command", "said"),
    [(("access",), "role prod-app of account"), (("can", "role/prod-app", "kms:Decrypt", "Key"), "role prod-app")],
)
def test_the_other_commands_take_them_too(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "p.json").write_text('{"Env": "prod", "NotHere": "x"}', encoding="utf-8")
    given = ("--parameter", "Account=999999999999", "--parameter-file", "p.json")
    assert said in run(capsys, *command, *given, "t.yaml").out


REPORTS = [
    *(
        ("--profile", "strict", "-v", "--exit-zero", "-f", name)
        for name in ("text", "concise", "json", "sarif", "github")
    ),
    *(("access", "-f", name) for name in ("text", "json", "markdown", "csv")),
    ("can", "root", "kms:Decrypt", "Key"),
]


@pytest.mark.parametrize("command", REPORTS, ids=" ".join)
@pytest.mark.parametrize("value", ["swordfish", "canary"], ids=["taken", "refused"])
def test_no_report_shows_the_value_of_a_secret(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    value: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "p.json").write_text(json.dumps({"Password": value}), encoding="utf-8")
    for given in (("--parameter", f"Password={value}"), ("--parameter-file", "p.json")):
        found = run(capsys, *command, *given, "t.yaml")
        assert value not in found.out + found.err
        assert "t.yaml" in found.out


def test_a_run_without_them_loads_nothing_of_them(tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    code = (
        "import sys\nfrom kmslint.lint import lint\n"
        f"lint([{str(tmp_path / 't.yaml')!r}])\n"
        "names = 'given_parameters', 'given_inputs', 'refused_values', 'parameter_files', 'toml', 'shlex'\n"
        "print([module for module in sys.modules if any(name in module for name in names)])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured())
    assert done.stdout.strip() == "[]"
