"""From candidate files to estates: which reader a file is for, and what becomes of what no reader takes."""

from __future__ import annotations

import pytest

from kmslint.discovery import Discovered
from kmslint.errors import Problem
from kmslint.estates import Read, files_with_problems, read_estates
from kmslint.model.accounts import Ownership
from kmslint.model.estate import Language
from kmslint.raw import Module, RawFile
from plain_policies import words

TEMPLATE = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n"
POLICY = (
    '"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "*", "Resource": "*"}]'
)
WITH_POLICY = '{"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {' + POLICY + "}}}}}"


def file(text: str | bytes, path: str = "a.yaml", named: bool = False) -> RawFile:
    return RawFile(path, text.encode() if isinstance(text, str) else text, named)


def read(*files: RawFile, account: str | None = None) -> Read:
    return read_estates(Discovered(files, (), ()), account)


def read_modules(*modules: Module) -> Read:
    return read_estates(Discovered((), modules, (), tuple(one.directory for one in modules)), None)


def problems(found: Read) -> list[tuple[str, int, str]]:
    return [(problem.path, problem.line, problem.reason) for estate in found.estates for problem in estate.problems]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (TEMPLATE, "a.yaml"),
        ('{"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}', "a.json"),
        ('{"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}', "a.yaml"),
        ("{Resources: {Key: {Type: AWS::KMS::Key}}}", "a.yaml"),
        ("{Resources: {Key: {Type: AWS::KMS::Key}}}", "a.json"),
        (TEMPLATE, "a.json"),
        (b"\xef\xbb\xbf" + TEMPLATE.encode(), "a.yaml"),
        (b"\xff\xfe" + TEMPLATE.encode("utf-16-le"), "a.yaml"),
        (TEMPLATE.replace("\n", "\r\n"), "a.template"),
    ],
)
def test_what_the_text_is_decides_the_reader(text: str | bytes, path: str) -> None:
    found = read(file(text, path))
    (estate,) = found.estates
    assert (estate.path, estate.language) == (path, Language.CLOUDFORMATION)
    assert [key.address for key in estate.keys] == ["Key"]
    assert problems(found) == []


def test_every_template_of_a_file_is_an_estate() -> None:
    found = read(file(f"{TEMPLATE}---\nkind: Deployment\n---\n{TEMPLATE.replace('Key:', 'Other:')}"))
    assert [[key.address for key in estate.keys] for estate in found.estates] == [["Key"], ["Other"]]
    assert (found.candidates, found.excluded) == (1, 0)


@pytest.mark.parametrize("text", ["a: 1\n", "", "# AWS::KMS::Key\n", "- AWS::KMS::Key\n", "Resources:\n"])
def test_what_is_no_template_is_excluded_unless_it_was_named(text: str) -> None:
    found = read(file(text))
    assert (found.candidates, found.excluded, problems(found)) == (1, 1, [])
    named = read(file(text, named=True))
    assert (named.candidates, named.excluded) == (1, 0)
    assert problems(named) == [("a.yaml", 1, "not a CloudFormation template: no Resources")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Resources:\n  Key: [\n", 3, ""),
        ('{"Resources": {"Key": ]}}', 1, "expected a value"),
        (b"Resources:\n  Key: \xff\n", 1, "not UTF-8 text: byte 18 does not belong there"),
        ("Resources:\n  Key: \0\n", 2, "a NUL character in the text"),
        ("[" * 500, 1, "nested deeper than"),
    ],
)
def test_what_cannot_be_read_is_a_problem_where_it_stands(text: str | bytes, line: int, reason: str) -> None:
    found = read(file(text))
    ((path, at, why),) = problems(found)
    assert (path, at) == ("a.yaml", line)
    assert why.startswith(reason)
    assert [estate.language for estate in found.estates] == [Language.UNKNOWN]
    assert (found.candidates, found.excluded) == (1, 0)


def test_a_broken_brace_is_told_as_json_has_it() -> None:
    """YAML's complaint of the same text would point elsewhere."""
    ((_, line, reason),) = problems(read(file('{\n  "Resources": {\n    "Key" {}\n  }\n}\n', "a.json")))
    assert (line, reason) == (3, "expected ':' after a member name")


def test_what_discovery_could_not_read_is_an_estate_with_a_problem() -> None:
    found = read_estates(Discovered((), (), (Problem("a.yaml", "cannot be read: no"),)), None)
    assert problems(found) == [("a.yaml", 1, "cannot be read: no")]
    assert found.estates[0].problems[0].at is not None
    assert (found.candidates, found.excluded) == (1, 0)


def test_of_a_module_the_files_that_can_be_read_are() -> None:
    broken = file(b"\xff", "m/b.tf")
    found = read_modules(Module("m", (file('resource "aws_kms_key" "k" {}\n', "m/a.tf"), broken)))
    (estate,) = found.estates
    assert (estate.path, estate.language) == ("m", Language.TERRAFORM)
    assert [key.address for key in estate.keys] == ["aws_kms_key.k"]
    assert problems(found) == [("m/b.tf", 1, "not UTF-8 text: byte 0 does not belong there")]
    assert found.candidates == 2


def test_a_key_policy_that_is_no_policy_is_a_problem() -> None:
    text = f"{TEMPLATE}    Properties:\n      KeyPolicy: '{{\"Statement\": '\n"
    ((path, line, reason),) = problems(read(file(text)))
    assert (path, line) == ("a.yaml", 5)
    assert reason.startswith("the key policy of Key cannot be read: policy text is not JSON: ")


def test_an_iam_policy_that_is_no_policy_is_a_problem() -> None:
    policy = '  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyDocument: "{kms"\n'
    ((path, line, _),) = problems(read(file(f"{TEMPLATE}{policy}")))
    assert (path, line) == ("a.yaml", 7)


def test_a_terraform_policy_that_is_no_policy_is_a_problem() -> None:
    policy = 'resource "aws_iam_policy" "p" {\n  policy = "{kms"\n}\nresource "aws_kms_key" "k" {\n  policy = "[]"\n}\n'
    found = problems(read_modules(Module(".", (file(policy, "main.tf"),))))
    assert [(path, line) for path, line, _ in sorted(found)] == [("main.tf", 2), ("main.tf", 5)]


@pytest.mark.parametrize(
    ("account", "own", "ownership"),
    [
        (None, "111122223333", Ownership.PRESUMED_OWN),
        ("111122223333", "111122223333", Ownership.OWN),
        ("444455556666", "111122223333", Ownership.FOREIGN),
    ],
)
def test_the_account_that_is_given_counts_most(account: str | None, own: str, ownership: Ownership) -> None:
    (estate,) = read(file(WITH_POLICY % own), account=account).estates
    assert estate.accounts.ownership(words("111122223333")) is ownership


def test_the_account_that_is_given_counts_more_than_the_provider() -> None:
    module = 'provider "aws" {\n  allowed_account_ids = ["444455556666"]\n}\nresource "aws_kms_key" "k" {}\n'
    discovered = Discovered((), (Module(".", (file(module, "main.tf"),)),), (), (".",))
    for account, ownership in ((None, Ownership.FOREIGN), ("111122223333", Ownership.OWN)):
        (estate,) = read_estates(discovered, account).estates
        assert estate.accounts.ownership(words("111122223333")) is ownership


def test_each_estate_has_evidence_of_its_own() -> None:
    found = read(file(WITH_POLICY % "111122223333", "a.json"), file(WITH_POLICY % "444455556666", "b.json"))
    assert [sorted(estate.accounts.ids) for estate in found.estates] == [["111122223333"], ["444455556666"]]


def test_files_with_problems() -> None:
    found = read(file("{", "a.json"), file("{", "b.json"), file(TEMPLATE, "c.yaml"))
    assert files_with_problems(found.estates) == {"a.json", "b.json"}
