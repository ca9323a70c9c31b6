"""Values of variables: defaults, files that Terraform reads by itself, and what the command line gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmslint.cli import main
from kmslint.errors import UsageError
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

POLICY = """resource "aws_kms_key" "k" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for who in %s : { Effect = "Allow", Principal = { AWS = who }, Action = "kms:*", Resource = "*" }]
  })
}
"""


def administrators(root: Path, variables: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> list[str]:
    """Whom the key policy of the module lets change it."""
    paths = tuple(str(root / file) for file in files)
    outcome = lint([str(root)], Settings(root=str(root), variables=variables, variable_files=paths))
    assert not outcome.problems
    (key,) = outcome.keys
    return [name for name in key.administrators if name.startswith("arn:")] or [key.lockout]


def arn(name: str) -> str:
    return f"arn:aws:iam::111122223333:user/{name}"


def module(root: Path, type_: str = "list(string)", default: str = "", files: tuple[str, ...] = ()) -> None:
    variable = f'variable "who" {{\n  type = {type_}\n{default}\n}}\n'
    write(root, "main.tf", text=variable + POLICY % ("var.who" if "(" in type_ else "[var.who]"))
    for file in files:
        write(root, file, text=f'who = ["{arn(file)}"]\n')


def test_a_variable_that_nobody_set_is_unknown(tmp_path: Path) -> None:
    module(tmp_path)
    assert administrators(tmp_path) == ["unknown"]


@pytest.mark.parametrize(
    "files",
    [
        ("terraform.tfvars",),
        ("terraform.tfvars", "a.auto.tfvars"),
        ("terraform.tfvars", "a.auto.tfvars", "b.auto.tfvars"),
    ],
)
def test_files_that_terraform_reads_by_itself(tmp_path: Path, files: tuple[str, ...]) -> None:
    """The last one wins, and all of them over the default."""
    module(tmp_path, default=f'  default = ["{arn("default")}"]', files=(*files, "other.tfvars"))
    assert administrators(tmp_path) == [arn(files[-1])]


def test_the_command_line_wins_over_files(tmp_path: Path) -> None:
    module(tmp_path, files=("terraform.tfvars", "a.auto.tfvars", "one.tfvars", "two.tfvars"))
    assert administrators(tmp_path, files=("one.tfvars", "two.tfvars")) == [arn("two.tfvars")]
    given = (f'who=["{arn("first")}"]', f'who=["{arn("second")}"]')
    assert administrators(tmp_path, given, ("one.tfvars",)) == [arn("second")]


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("string", arn("a"), arn("a")),
        ("any", f'"{arn("a")}"', arn("a")),
        ("set(string)", f'["{arn("a")}"]', arn("a")),
        ("map(string)", f'{{ a = "{arn("a")}" }}', arn("a")),
    ],
)
def test_a_text_is_read_as_the_type_wants_it(tmp_path: Path, type_: str, value: str, expected: str) -> None:
    module(tmp_path, type_)
    assert administrators(tmp_path, (f"who={value}",)) == [expected]


def test_files_of_the_command_line_are_read_in_its_order(tmp_path: Path) -> None:
    module(tmp_path, files=("a.tfvars", "b.tfvars", "x/terraform.tfvars", "z.hcl"))
    write(tmp_path, "j.json", text=f'{{"who": ["{arn("j.json")}"]}}')
    for files in (("b.tfvars", "a.tfvars"), ("a.tfvars", "b.tfvars"), ("b.tfvars", "x/terraform.tfvars")):
        assert administrators(tmp_path, files=files) == [arn(files[-1])]
    for file in ("z.hcl", "j.json"):
        assert administrators(tmp_path, files=("a.tfvars", file)) == [arn(file)]


def test_only_two_files_are_read_before_all_others(tmp_path: Path) -> None:
    module(tmp_path, files=("terraform.tfvars", "a.auto.tfvars", "terraform.tfvars.auto.tfvars"))
    assert administrators(tmp_path) == [arn("terraform.tfvars.auto.tfvars")]


CONSTANT = """
a = { b = -1, "c" = null, (("d")) = true ? 1 : 2, e = { f = [1, "x${1 + 1}"] } }
b = [for one in ["x"] : one]
c = <<END
text
END
d = { for key, value in { a = 1 } : key => value }
e = ["a"][0]
f = { a = 1 }.a
"""


def test_constants_are_no_problem(tmp_path: Path) -> None:
    module(tmp_path, files=("terraform.tfvars",))
    write(tmp_path, "a.auto.tfvars", text=CONSTANT)
    assert administrators(tmp_path, files=("a.auto.tfvars",)) == [arn("terraform.tfvars")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("who = local.x\n", "who: a value of a variable that is no constant"),
        ('who = [lower("A")]\n', "who: a value of a variable that is no constant"),
        ("who {\n}\n", "who: a block among the values of variables"),
        ("who = 1\nwho = 2\n", 'duplicate argument "who"'),
    ],
)
def test_values_that_terraform_refuses(text: str, reason: str, tmp_path: Path) -> None:
    module(tmp_path)
    write(tmp_path, "terraform.tfvars", "x/v.hcl", text=text)
    outcome = lint([str(tmp_path)], Settings(root=str(tmp_path)))
    assert [problem.reason for problem in outcome.problems] == [reason]
    with pytest.raises(UsageError, match="--var-file x/v"):
        administrators(tmp_path, files=("x/v.hcl",))


def test_a_called_module_has_its_values_from_the_call_alone(tmp_path: Path) -> None:
    module(tmp_path / "m", files=("terraform.tfvars",))
    call = f'variable "who" {{}}\nmodule "m" {{\n  source = "./m"\n  who    = ["{arn("call")}", var.who]\n}}\n'
    write(tmp_path, "main.tf", text=call)
    write(tmp_path, "terraform.tfvars", text=f'who = "{arn("root")}"\n')
    outcome = lint([str(tmp_path / "main.tf")], Settings(root=str(tmp_path)))
    (key,) = outcome.keys
    assert list(key.administrators) == [arn("call"), arn("root")]


def test_a_finding_in_a_value_from_the_command_line_stands_at_the_variable(tmp_path: Path) -> None:
    module(tmp_path)
    options = Settings(("KMS102",), root=str(tmp_path), variables=(f'who=["{arn("a")}"]',))
    (finding,) = lint([str(tmp_path)], options).findings
    assert (finding.at.path, finding.at.line) == ("main.tf", 1)


@pytest.mark.parametrize(
    ("variables", "files", "words"),
    [
        (("who",), (), "--var who: not NAME=VALUE"),
        (("=x",), (), "--var =x: not NAME=VALUE"),
        (("other=x",), (), "--var other: no module here declares such a variable"),
        (("who=[",), (), "--var who=[: not a constant expression, which the type of the variable wants"),
        (('who=1\nresource "x" "y" {}',), (), "not a constant expression"),
        (('who=[upper("*")]',), (), "not a constant expression"),
        ((), ("missing.tfvars",), "missing.tfvars cannot be read: no such file or directory"),
        ((), ("../outside.tfvars",), "lies outside"),
        ((), ("broken.tfvars.json",), "--var-file broken.tfvars.json:1:"),
    ],
)
def test_what_cannot_be_used_is_said(
    tmp_path: Path, variables: tuple[str, ...], files: tuple[str, ...], words: str
) -> None:
    module(tmp_path / "m")
    write(tmp_path, "outside.tfvars", "m/broken.tfvars.json", text="{")
    with pytest.raises(UsageError) as raised:
        administrators(tmp_path / "m", variables, files)
    assert words in str(raised.value)


def test_the_other_commands_take_values_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module(tmp_path)
    monkeypatch.chdir(tmp_path)
    value = f'who=["{arn("a")}"]'
    for arguments, expected in (
        (["access", "--var", value, "main.tf"], "managed by: user a"),
        (["can", "user/a", "kms:Decrypt", "k", "main.tf", "--var", value], "yes."),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        assert expected in capsys.readouterr().out
