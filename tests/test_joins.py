"""Templates of one run that have to do with each other: exports, and names that one of them alone gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kmslint import limits
from kmslint.cli import lint_command
from kmslint.engine.outcome import Outcome
from kmslint.key_access import access
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

OWN = "arn:aws:iam::${AWS::AccountId}"
TRUST = (
    "      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n"
    "        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]\n"
)


def key(principal: str, name: str = "Key") -> str:
    return (
        f"  {name}:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: true\n      KeyPolicy:\n"
        "        Version: '2012-10-17'\n        Statement:\n"
        f"          - {{Effect: Allow, Principal: {{AWS: {principal}}}, Action: 'kms:*', Resource: '*'}}\n"
    )


def role(name: str, resource: str = "", more: str = "", address: str = "Role") -> str:
    policies = (
        "      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: '2012-10-17'\n"
        f"            Statement: [{{Effect: Allow, Action: 'kms:Decrypt', Resource: {resource}}}]\n"
    )
    named = f"      RoleName: {name}\n" if name else ""
    return (
        f"  {address}:\n    Type: AWS::IAM::Role\n    Properties:\n{named}{TRUST}{policies if resource else ''}{more}"
    )


def export(name: str, value: str, more: str = "") -> str:
    return f"Outputs:\n  Out: {{Value: {value}, Export: {{Name: {name}}}{more}}}\n"


def linted(root: Path, joined: bool = True) -> Outcome:
    return lint([str(root)], Settings(root=str(root), joined=joined))


def administrators(outcome: Outcome) -> dict[str, tuple[str, ...]]:
    return {found.path: found.administrators for found in outcome.keys}


def rules(outcome: Outcome) -> set[str]:
    return {finding.rule_id for finding in outcome.findings}


@pytest.mark.parametrize(
    ("exported", "known"),
    [
        pytest.param(export("a", "!GetAtt Role.Arn"), True, id="literal"),
        pytest.param(export("!Join ['', [a]]", "!GetAtt Role.Arn"), True, id="worked out"),
        pytest.param(export("!Sub '${AWS::StackName}-a'", "!GetAtt Role.Arn"), False, id="name not known"),
        pytest.param(export("b", "!GetAtt Role.Arn"), False, id="another name"),
        pytest.param(
            "Conditions: {Never: !Equals [a, b]}\n" + export("a", "!GetAtt Role.Arn", ", Condition: Never"),
            False,
            id="not made",
        ),
        pytest.param(export("[a]", "!GetAtt Role.Arn"), False, id="name is a list"),
        pytest.param(export("a", "!Ref AWS::NoValue"), False, id="no value"),
        pytest.param("Outputs: [a]\n", False, id="no outputs"),
        pytest.param("Outputs: {Out: [a], Two: {Value: x, Export: y}, Three: {Export: {Name: a}}}\n", False, id="odd"),
    ],
)
def test_an_import_is_what_another_template_exports(tmp_path: Path, exported: str, known: bool) -> None:
    """The template that exports has nothing to do with keys."""
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("admin") + exported)
    assert administrators(linted(tmp_path)) == {
        "keys.yaml": ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/admin",) if known else ()
    }


@pytest.mark.parametrize(("made", "who"), [("a", ()), ("b", ("arn:aws:iam::111122223333:role/default",))])
def test_what_a_nested_stack_is_given_counts_for_what_it_exports(
    tmp_path: Path, made: str, who: tuple[str, ...]
) -> None:
    """Where it is nested, its defaults say nothing of that; where that never happens, it can only be by itself."""
    parameter = "Parameters: {Who: {Type: String, Default: 'arn:aws:iam::111122223333:role/default'}}\n"
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "inner.yaml", text=parameter + "Resources:\n" + role("r") + export("a", "!Ref Who"))
    text = (
        f"Conditions: {{Wanted: !Equals [a, {made}]}}\nResources:\n  N:\n    Type: AWS::CloudFormation::Stack\n"
        "    Condition: Wanted\n    Properties:\n      TemplateURL: inner.yaml\n"
        "      Parameters: {Who: 'arn:aws:iam::111122223333:role/given'}\n"
    )
    write(tmp_path, "all.yaml", text=text)
    assert administrators(linted(tmp_path))["keys.yaml"] == who


def test_conditions_of_the_template_that_exports_are_its_own(tmp_path: Path) -> None:
    """Both templates have a condition of the same name, and what the two come to may differ."""
    conditions = "Conditions: {IsProd: !Equals [!Ref 'AWS::Region', x]}\n"
    choice = f"!If [IsProd, !Sub '{OWN}:root', !Sub '{OWN}:role/b']"
    write(tmp_path, "out.yaml", text=conditions + "Resources:\n" + role("b") + export("a", choice))
    principal = f"!If [IsProd, !ImportValue a, !Sub '{OWN}:root']"
    write(tmp_path, "keys.yaml", text=conditions + "Resources:\n" + key(principal))
    (found,) = linted(tmp_path).keys
    # Would they be one condition, the account would be named in both branches.
    assert found.lockout == "unknown"


def test_what_is_the_same_everywhere_is_not_renamed(tmp_path: Path) -> None:
    exported = "!Sub 'arn:${AWS::Partition}:iam::111122223333:role/${AWS::Region}-${AWS::URLSuffix}'"
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("r") + export("a", exported))
    same = "Resources:\n" + key(exported)
    write(tmp_path, "same.yaml", text=same)
    found = administrators(linted(tmp_path))
    assert found["keys.yaml"] == found["same.yaml"]


def test_a_name_exported_twice_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    for name in ("x.yaml", "y.yaml"):
        write(tmp_path, name, text="Resources:\n" + role("admin") + export("a", "!GetAtt Role.Arn"))
    assert administrators(linted(tmp_path)) == {"keys.yaml": ()}


def test_templates_that_import_from_each_other(tmp_path: Path) -> None:
    """CloudFormation could make neither first."""
    for name, one, other in (("x.yaml", "a", "b"), ("y.yaml", "b", "a")):
        text = "Resources:\n" + key(f"!ImportValue {other}") + export(one, f"!ImportValue {other}")
        write(tmp_path, name, text=text)
    assert set(administrators(linted(tmp_path)).values()) == {()}


def test_a_long_chain_of_imports_ends(tmp_path: Path) -> None:
    """Python could not follow it to the end."""
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a0"))
    for number in range(300):
        text = "Resources:\n" + role("r") + export(f"a{number}", f"!ImportValue a{number + 1}")
        write(tmp_path, f"{number}.yaml", text=text)
    write(tmp_path, "300.yaml", text="Resources:\n" + role("admin") + export("a300", "!GetAtt Role.Arn"))
    assert administrators(linted(tmp_path)) == {"keys.yaml": ()}


@pytest.mark.parametrize(("bound", "is_known"), [(2, False), (3, True)])
def test_imports_are_followed_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: int, is_known: bool
) -> None:
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "a.yaml", text="Resources:\n" + role("r") + export("a", "!ImportValue b"))
    write(tmp_path, "b.yaml", text="Resources:\n" + role("r") + export("b", "!ImportValue c"))
    write(tmp_path, "c.yaml", text="Resources:\n" + role("admin") + export("c", "!GetAtt Role.Arn"))
    monkeypatch.setattr(limits, "STACK_DEPTH", bound)
    admin = ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/admin",) if is_known else ()
    assert administrators(linted(tmp_path)) == {"keys.yaml": admin}


def test_a_template_does_not_import_from_itself(tmp_path: Path) -> None:
    write(
        tmp_path,
        "x.yaml",
        text="Resources:\n" + key("!ImportValue a") + role("admin") + export("a", "!GetAtt Role.Arn"),
    )
    assert administrators(linted(tmp_path)) == {"x.yaml": ()}


def test_a_nested_stack_exports(tmp_path: Path) -> None:
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("admin") + export("a", "!GetAtt Role.Arn"))
    nested = "Resources:\n  Nested: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: roles.yaml}}\n"
    write(tmp_path, "all.yaml", text=nested + export("b", "!GetAtt Nested.Outputs.Out"))
    # Deployed by itself and within another: two stacks would export the name, and AWS refuses that.
    assert administrators(linted(tmp_path))["keys.yaml"] == ()


@pytest.mark.parametrize("joined", [True, False])
def test_a_permission_on_the_key_of_another_template(tmp_path: Path, joined: bool) -> None:
    text = "Resources:\n" + key(f"!Sub '{OWN}:role/somebody'", "Key") + export("k", "!GetAtt Key.Arn")
    write(tmp_path, "keys.yaml", text=text)
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("", "!ImportValue k", address="Key"))
    found = [finding for finding in linted(tmp_path, joined).findings if finding.rule_id == "KMS301"]
    assert [(one.at.path, one.resource, one.about) for one in found] == (
        [("roles.yaml", "Key", "Key")] if joined else []
    )
    names = {
        row.asker.label
        for each in access([str(tmp_path)], Settings(joined=joined), None, None).keys
        for row in each.rows
    }
    assert ("role roles.yaml:Key" in names) is joined


def test_the_command_line_turns_joining_off(tmp_path: Path) -> None:
    text = "Resources:\n" + key(f"!Sub '{OWN}:role/somebody'") + export("k", "!GetAtt Key.Arn")
    write(tmp_path, "keys.yaml", text=text)
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("", "!ImportValue k"))

    def output(*options: str) -> str:
        result = CliRunner().invoke(lint_command, [str(tmp_path), *options], standalone_mode=False)
        return result.output

    assert "KMS301" in output()
    assert "KMS301" not in output("--no-join")


@pytest.mark.parametrize(
    ("files", "known"),
    [
        pytest.param({"roles.yaml": role("worker")}, True, id="one template gives the name"),
        pytest.param({"x.yaml": role("worker"), "y.yaml": role("worker")}, False, id="two do"),
        pytest.param({"roles.yaml": role("!Sub 'worker${AWS::Region}'")}, False, id="another name"),
        pytest.param({"roles.yaml": role("")}, False, id="a name that AWS makes up"),
    ],
)
def test_a_role_is_known_by_its_name(tmp_path: Path, files: dict[str, str], known: bool) -> None:
    """KMS203 is about software; of a role that nobody makes here KMS220 is told."""
    write(tmp_path, "keys.yaml", text="Resources:\n" + key(f"!Sub '{OWN}:role/worker'"))
    for name, text in files.items():
        # It has something to do with keys, or it would not be looked at.
        write(tmp_path, name, text="Resources:\n" + text + "Metadata: {a: kms}\n")
    assert ("KMS203" if known else "KMS220") in rules(linted(tmp_path))


def test_a_role_of_the_same_template_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "keys.yaml", text="Resources:\n" + key(f"!Sub '{OWN}:role/worker'") + role("worker"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("worker") + "Metadata: {a: kms}\n")
    (found,) = [finding for finding in linted(tmp_path).findings if finding.rule_id == "KMS203"]
    assert "role Role," in found.message


def test_a_literal_account_that_may_be_another_is_not_joined(tmp_path: Path) -> None:
    own = f"!Sub '{OWN}:root'"
    write(tmp_path, "keys.yaml", text="Resources:\n" + key(f"[{own}, 'arn:aws:iam::111122223333:role/worker']"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("worker") + "Metadata: {a: kms}\n")
    assert "KMS203" not in rules(linted(tmp_path))


MANAGED = (
    "  Policy:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: use\n"
    "      PolicyDocument:\n        Version: '2012-10-17'\n"
    "        Statement: [{Effect: Deny, Action: 'kms:Decrypt', Resource: '*'}]\n"
)


@pytest.mark.parametrize("arn", [f"!Sub '{OWN}:policy/use'", "!ImportValue p"])
@pytest.mark.parametrize("joined", [True, False])
def test_a_managed_policy_of_another_template(tmp_path: Path, arn: str, joined: bool) -> None:
    """It denies what the key policy leaves to IAM; if it is not seen, nobody can say."""
    attached = role("worker", "'*'", more=f"      ManagedPolicyArns: [{arn}]\n")
    write(tmp_path, "keys.yaml", text="Resources:\n" + key(f"!Sub '{OWN}:root'") + attached)
    write(tmp_path, "policies.yaml", text="Resources:\n" + MANAGED + export("p", "!Ref Policy"))
    (found,) = access([str(tmp_path)], Settings(joined=joined), None, "role/Role").keys
    (row,) = found.rows
    decrypt = {str(reply.action.name): reply.answer.value for cell in row.cells for reply in cell.replies}[
        "kms:Decrypt"
    ]
    assert decrypt == ("no" if joined else "unknown")


def test_what_is_spelt_alike_in_two_templates_is_not_the_same(tmp_path: Path) -> None:
    """Both have a parameter `Who`; the imported one is not that of the importer."""
    parameter = "Parameters: {Who: {Type: String}}\n"
    statement = "          - {Effect: Deny, NotPrincipal: {AWS: !Ref Who}, Action: 'kms:*', Resource: '*'}\n"
    write(tmp_path, "keys.yaml", text=parameter + "Resources:\n" + key("!ImportValue w") + statement)
    write(tmp_path, "who.yaml", text=parameter + "Resources:\n" + role("r") + export("w", "!Ref Who"))
    (found,) = linted(tmp_path).keys
    assert found.lockout == "unknown"


SAM = """\
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties: {Policies: [KMSDecryptPolicy: {KeyId: !ImportValue key}]}
"""


def test_the_role_that_sam_makes_is_exported(tmp_path: Path) -> None:
    keys = "Resources:\n" + key("!ImportValue worker") + export("key", "!Ref Key")
    write(tmp_path, "keys.yaml", text=keys)
    write(tmp_path, "worker.yaml", text=SAM + export("worker", "!GetAtt WorkerRole.Arn"))
    assert "KMS203" in rules(linted(tmp_path))
    assert "KMS203" not in rules(linted(tmp_path, joined=False))


STACK_SET = """\
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: |
        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              KeyPolicy:
                Statement:
                  - Effect: Allow
                    Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/a"}
                    Action: kms:*
                    Resource: "*"
"""


def test_a_stack_set_is_not_joined_and_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """Its stacks are in other accounts; the template around it is in this one."""
    around = key("!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'", "Around")
    write(tmp_path, "keys.yaml", text="Resources:\n" + around + STACK_SET)
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("a", "'arn:aws:kms:eu-west-1:111122223333:key/1'"))
    outcome = linted(tmp_path)
    workloads = [finding.resource for finding in outcome.findings if finding.rule_id == "KMS203"]
    assert workloads == ["Around"]


def test_a_neighbour_whose_policy_is_put_together(tmp_path: Path) -> None:
    """The places of computed texts are lists, which Python cannot tell apart by their hash."""
    policy = """!Join ['', ['{"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}']]"""
    more = (
        "      ManagedPolicyArns: [!Ref Policy]\n  Policy:\n    Type: AWS::IAM::ManagedPolicy\n"
        f"    Properties: {{PolicyDocument: {policy}}}\n"
    )
    write(tmp_path, "keys.yaml", text="Resources:\n" + key("!ImportValue a"))
    write(tmp_path, "roles.yaml", text="Resources:\n" + role("", "", more) + export("a", "!GetAtt Role.Arn"))
    assert "KMS203" in rules(linted(tmp_path))
