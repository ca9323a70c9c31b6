"""The configuration: what may stand in it, where it is looked for, and what it changes."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from cases import FIXTURES, ROOT
from commands import Run, run
from expectations import differences, read_expectations
from kmslint import limits
from kmslint.config.find import Found, find_config
from kmslint.config.load import load_named
from kmslint.config.schema import schema
from kmslint.engine.outcome import Outcome
from kmslint.errors import ConfigError
from kmslint.lint import lint
from kmslint.report.config_list import render_config_json, render_schema
from kmslint.settings import Configured, settled

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = FIXTURES / "config"
MISTAKE = re.compile(r"# mistake(?P<beyond> \(beyond the schema\))?: (?P<words>.*)$")
TEMPLATE = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n"
"""One finding of low severity: KMS501."""


class Mistake(NamedTuple):
    """A mistake that a fixture announces."""

    line: int
    words: str
    beyond: bool
    """The JSON schema cannot see it."""


def cases(directory: str) -> list[Path]:
    return sorted((CASES / directory).iterdir())


def mistakes(text: str) -> list[Mistake]:
    """The mistakes that are announced at the ends of lines."""
    found = ((number, MISTAKE.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return [Mistake(number, match["words"], bool(match["beyond"])) for number, match in found if match]


def read(case: Path) -> Configured:
    return load_named(Found(str(case), case.name, case.read_bytes()), str(case.parent))


def data_of(case: Path) -> object:
    """What an editor sees."""
    text = case.read_text(encoding="utf-8")
    if case.suffix == ".toml":
        return tomllib.loads(text)["tool"]["kmslint"]
    return yaml.safe_load(text) or {}


def is_valid(data: object) -> bool:
    return not list(jsonschema.Draft7Validator(schema()).iter_errors(data))


@pytest.mark.parametrize("case", cases("good"), ids=lambda case: case.name)
def test_what_a_configuration_gives(case: Path) -> None:
    configured = read(case)
    shown = json.loads(render_config_json(settled({}, configured), configured))["settings"]
    lines = [f"{line['key']} = {line['value']}" for line in shown]
    for announced in re.findall(r"(?m)^# gives: (.*)$", case.read_text(encoding="utf-8")):
        assert announced in lines
    assert is_valid(data_of(case))


@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.name)
def test_every_mistake_is_told_with_its_place(case: Path) -> None:
    announced = mistakes(case.read_text(encoding="utf-8"))
    assert announced
    with pytest.raises(ConfigError) as caught:
        read(case)
    found = sorted(caught.value.problems, key=lambda problem: problem.line)
    assert [problem.line for problem in found] == [mistake.line for mistake in announced]
    for problem, mistake in zip(found, announced, strict=True):
        assert mistake.words in problem.reason


@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.name)
def test_an_editor_sees_the_same_mistakes(case: Path) -> None:
    """But for those that no schema can tell; each of the others by itself."""
    announced = mistakes(case.read_text(encoding="utf-8"))
    if all(mistake.beyond for mistake in announced):
        return
    errors = list(jsonschema.Draft7Validator(schema()).iter_errors(data_of(case)))
    assert len(errors) >= len({mistake.line for mistake in announced if not mistake.beyond}) / 2
    assert not is_valid(data_of(case))


def test_the_schema_is_one_and_is_shipped() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert (ROOT / "kmslint/config/schema.json").read_text(encoding="utf-8") == render_schema(schema())


def test_the_examples_in_the_readme_are_valid() -> None:
    blocks = re.findall(r"```yaml\n# \.kmslint\.yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    tables = re.findall(r"```toml\n(\[tool\.kmslint\].*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert blocks
    assert tables
    for text in blocks:
        assert is_valid(yaml.safe_load(text))
    for text in tables:
        assert is_valid(tomllib.loads(text)["tool"]["kmslint"])


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template at its root and one below, and a configuration above that nobody reads."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "stacks").mkdir()
    for path in (root / "a.yaml", root / "stacks/b.yaml"):
        path.write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / ".kmslint.yaml").write_text("this is: not read\n", encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def lint_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    return run(capsys, "-f", "concise", *arguments)


def write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ({}, ["."], 0),
        ({".kmslint.yaml": "fail-on: low"}, ["."], 1),
        ({".kmslint.yaml": "fail-on: low"}, ["stacks/b.yaml"], 1),
        ({".kmslint.yaml": "fail-on: low"}, ["--no-config", "."], 0),
        ({".kmslint.yaml": "fail-on: low"}, ["--fail-on", "high", "."], 0),
        ({".kmslint.yaml": "fail-on: low\nignore: [KMS501]"}, ["."], 0),
        ({".kmslint.yaml": "fail-on: low\nignore: [KMS501]"}, ["--select", "KMS501", "."], 1),
        ({".kmslint.yaml": "fail-on: low\nignore: [KMS501]"}, ["--ignore", "KMS1", "."], 1),
        ({".kmslint.yaml": "fail-on: low\nignore: [KMS501]"}, ["--extend-ignore", "KMS1", "."], 0),
        ({".kmslint.yaml": "fail-on: low\nextend-ignore: [KMS501]"}, ["--extend-ignore", "KMS1", "."], 0),
        ({".kmslint.yaml": "fail-on: low\nmin-severity: medium"}, ["."], 1),
        ({"pyproject.toml": '[tool.kmslint]\nfail-on = "low"'}, ["."], 1),
        ({"pyproject.toml": '[tool.kmslint]\nfail-on = "low"', ".kmslint.yaml": ""}, ["."], 0),
        ({"pyproject.toml": '[project]\nname = "kmslint-users"'}, ["."], 0),
        ({"pyproject.toml": "not TOML, and nothing of ours"}, ["."], 0),
        ({"pyproject.toml": "kmslint is not TOML"}, ["."], 2),
        ({"pyproject.toml": "kmslint is not TOML", ".kmslint.yaml": "fail-on: low"}, ["."], 1),
        # The nearest one, for all the paths together and in any order.
        ({".kmslint.yaml": "fail-on: high", "stacks/.kmslint.yaml": "fail-on: low"}, ["stacks"], 1),
        ({".kmslint.yaml": "fail-on: high", "stacks/.kmslint.yaml": "fail-on: low"}, ["stacks", "a.yaml"], 0),
        ({".kmslint.yaml": "fail-on: high", "stacks/.kmslint.yaml": "fail-on: low"}, ["a.yaml", "stacks"], 0),
        ({"stacks/pyproject.toml": "[tool.kmslint.nothing]"}, ["."], 0),
        ({".kmslint.yml": "fail-on: low"}, ["."], 2),
        ({"other.yaml": "fail-on: low"}, ["--config", "other.yaml", "."], 1),
        ({"other.toml": '[tool.kmslint]\nfail-on = "low"'}, ["--config", "other.toml", "."], 1),
        ({"other.toml": 'fail-on = "low"'}, ["--config", "other.toml", "."], 2),
        ({".kmslint.yaml": "nonsense", "other.yaml": "fail-on: low"}, ["--config", "other.yaml", "."], 1),
        ({}, ["--config", "gone.yaml", "."], 2),
        ({"other.yaml": ""}, ["--config", "other.yaml", "--no-config", "."], 2),
        ({".kmslint.yaml": "ignore: [KMS501]"}, ["--config", "../.kmslint.yaml", "."], 2),
    ],
)
def test_where_it_is_looked_for_and_what_counts_over_it(
    repository: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], arguments: list[str], code: int
) -> None:
    for path, text in files.items():
        write(str(repository / path), text)
    found = lint_here(capsys, *arguments)
    assert found.code == code, found.err
    assert (code == 2) == found.err.startswith("kmslint: ") or "is not read" in found.err


@pytest.mark.usefixtures("repository")
def test_of_two_the_yaml_counts_and_a_word_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    write("pyproject.toml", '[tool.kmslint]\nfail-on = "low"\n')
    write(".kmslint.yaml", "ignore: [KMS501]\n")
    found = lint_here(capsys, ".")
    assert found.err == "kmslint: [tool.kmslint] in pyproject.toml is not read, because .kmslint.yaml is there\n"
    assert found.out == "# 1 rule switched off by .kmslint.yaml:1: KMS501\n"


def deep_keys() -> str:
    return "[tool.kmslint]\n" + "a." * 100_000 + "b = 1\n"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (".kmslint.yaml", "ignore: [" + "KMS501, " * 1_001 + "]", "more than 1000 entries"),
        (".kmslint.yaml", f"account: {'1' * 2_000!r}", "longer than 1000 characters"),
        (".kmslint.yaml", "#" * (limits.CONFIG_BYTES + 1), "larger than 1000000 bytes"),
        (".kmslint.yaml", "a: " + "[" * 5_000, "nested deeper"),
        (
            ".kmslint.yaml",
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 10}]\n" for n in range(1, 9)),
            "aliases counted each time",
        ),
        (".kmslint.yaml", "ignore: &a [*a]", "an alias inside of what it stands for"),
        (".kmslint.yaml", '"\\e]0;x\\a\\u202e": 1', 'unknown key "\\x1b]0;x\\x07\\u202e"'),
        (".kmslint.yaml", "\x1b[31m: 1", "control character"),
        ("pyproject.toml", deep_keys(), "a name that is too long"),
        ("pyproject.toml", "[tool.kmslint]\na = " + "[" * 100_000, "nested too deep"),
        ("pyproject.toml", "[tool.kmslint]\na = " + '"""\\' * 200_000, "not TOML"),
        ("pyproject.toml", '[tool.kmslint]\n"\\u001b[31m" = 1', 'unknown key "\\x1b[31m"'),
        ("pyproject.toml", "[tool.kmslint]\nfail-on = '" + "x" * 900_000 + "'", "fail-on: longer than 1000 characters"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_hostile_text(capsys: pytest.CaptureFixture[str], name: str, text: str, words: str) -> None:
    write(name, text)
    found = lint_here(capsys, ".")
    assert found.code == 2
    assert words in found.err
    assert "\x1b" not in found.err
    assert len(found.err) < 5_000


def test_only_a_file_of_the_tree_is_read(repository: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: hunter2\n", encoding="utf-8")
    os.symlink(secret, ".kmslint.yaml")
    for arguments in (["."], ["--config", ".kmslint.yaml", "."], ["--config", str(repository / ".kmslint.yaml"), "."]):
        found = lint_here(capsys, *arguments)
        assert (found.code, found.out) == (2, "")
        assert "is a link that leads out of the tree" in found.err
        assert "password" not in found.err
    os.unlink(".kmslint.yaml")
    os.symlink(secret, "pyproject.toml")
    assert lint_here(capsys, ".").code == 0
    os.mkdir(".kmslint.yaml")
    assert "not a regular file" in lint_here(capsys, ".").err
    os.rmdir(".kmslint.yaml")
    os.mkfifo(".kmslint.yaml")
    assert "not a regular file" in lint_here(capsys, ".").err
    os.unlink(".kmslint.yaml")
    os.symlink("gone", ".kmslint.yaml")
    assert "no such file" in lint_here(capsys, ".").err


@pytest.mark.usefixtures("repository")
def test_a_link_within_the_tree_is_followed(capsys: pytest.CaptureFixture[str]) -> None:
    write("stacks/settings", "fail-on: low\n")
    os.symlink("stacks/settings", ".kmslint.yaml")
    assert lint_here(capsys, ".").code == 1


@pytest.mark.usefixtures("repository")
def test_files_that_it_names_stay_in_the_tree(capsys: pytest.CaptureFixture[str]) -> None:
    os.symlink("/etc/passwd", "link.tfvars")
    write(".kmslint.yaml", "variable-files: [link.tfvars]\n")
    assert "leads out of the tree" in lint_here(capsys, ".").err


@pytest.mark.parametrize("case", cases("runs"), ids=lambda case: case.name)
def test_what_a_run_finds_by_its_configuration(case: Path) -> None:
    files = [path for path in sorted(case.rglob("*")) if path.is_file() and path.name != ".kmslint.yaml"]
    outcome = lint_as_configured(case)
    assert not outcome.problems
    assert not outcome.internal_errors
    assert differences(read_expectations(case, files), outcome.findings) == []


def lint_as_configured(case: Path, **more: Any) -> Outcome:
    (found,) = find_config([str(case)], str(case))
    return lint([str(case)], settled(more, load_named(found, str(case)), str(case)))


def test_the_command_line_counts_over_variables_and_parameters() -> None:
    case = CASES / "runs/deployed"
    given: dict[str, Any] = {"variables": ("admin=arn:aws:iam::111122223333:root",)}
    rules = [(finding.rule_id, finding.at.path) for finding in lint_as_configured(case, **given).findings]
    assert ("KMS102", "module/main.tf") not in rules
    assert ("KMS204", "values/partner.tfvars") in rules
    values = case / "values/../values/partner.tfvars"
    given = {"variable_files": (str(values),)}
    outcome = lint_as_configured(case, **given)  # a file of the command line, too
    assert not any("role A" in finding.message for finding in outcome.findings)


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({}, {"KMS501": 2, "KMS506": 2, "KMS204": 1}),
        ({"select": ("KMS501",)}, {"KMS501": 4}),
        ({"ignore": ("KMS5",)}, {"KMS204": 1}),
        ({"extend_ignore": ("KMS506",)}, {"KMS501": 2, "KMS204": 1}),
    ],
)
def test_the_command_line_counts_over_what_is_said_of_paths(given: dict[str, Any], rules: dict[str, int]) -> None:
    found = Counter(finding.rule_id for finding in lint_as_configured(CASES / "runs/paths", **given).findings)
    assert found == rules


def test_an_account_of_the_command_line_is_that_of_all_paths() -> None:
    outcome = lint_as_configured(CASES / "runs/paths", account="111122223333")
    (finding,) = (finding for finding in outcome.findings if finding.rule_id == "KMS204")
    assert "account 444455556666" in finding.message


@pytest.mark.usefixtures("repository")
def test_what_is_switched_off_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    text = "ignore: [KMS5, KMS101]\noverrides:\n  - {paths: [stacks/], ignore: [KMS204, KMS2]}\n"
    write(".kmslint.yaml", text)
    report = json.loads(run(capsys, "-f", "json", "--extend-ignore", "KMS4", ".").out)
    off = [(one["by"], one["paths"], one["findings"]) for one in report["switched_off"]]
    assert off == [(".kmslint.yaml:1", [], 0), ("--extend-ignore", [], 0), (".kmslint.yaml:3", ["stacks/"], 0)]
    assert "KMS501" in report["switched_off"][0]["rules"]
    assert report["summary"]["hidden"] == 0
    assert "rules switched off in stacks/ by .kmslint.yaml:3" in run(capsys, ".").out
    assert ".kmslint.yaml:3" in run(capsys, "-q", ".").out
    (notice,) = (line for line in run(capsys, "-f", "github", ".").out.splitlines() if "title=kmslint::" in line)
    assert notice.count("rules switched off") == 2
    notes = json.loads(run(capsys, "-f", "sarif", ".").out)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["descriptor"]["id"] for note in notes] == ["rules-switched-off"] * 2


@pytest.mark.usefixtures("repository")
def test_what_is_hidden_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    write(".kmslint.yaml", "min-severity: high\n")
    assert "2 less severe findings not shown" in run(capsys, ".").out
    assert json.loads(run(capsys, "-f", "json", ".").out)["summary"]["hidden"] == 2


@pytest.mark.usefixtures("repository")
def test_show_tells_who_said_it(capsys: pytest.CaptureFixture[str]) -> None:
    write(".kmslint.yaml", "\nfail-on: low\nextend-ignore: [KMS501]\nparameters: {Secret: hunter2}\n")
    arguments = ("--extend-ignore", "KMS502", "--parameter", "Other=hunter3", "--profile", "strict")
    shown = json.loads(run(capsys, "config", "show", "-f", "json", *arguments).out)
    lines = {line["key"]: (line["value"], line["origin"]) for line in shown["settings"]}
    assert shown["configuration"] == ".kmslint.yaml"
    assert lines["fail-on"] == ("low", ".kmslint.yaml:2")
    assert lines["extend-ignore"] == ("KMS501, KMS502", ".kmslint.yaml:3, --extend-ignore")
    assert lines["parameters"] == ("Secret=..., Other=...", ".kmslint.yaml:4, --parameter")
    assert lines["profile"] == ("strict", "--profile")
    assert lines["min-severity"] == ("info", "default")
    assert "hunter" not in run(capsys, "config", "show", *arguments).out


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, "config", "schema").out) == schema()


@pytest.mark.usefixtures("repository")
def test_access_and_can_heed_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    write(".kmslint.yaml", "fail-on: nonsense\n")
    for arguments in (["access", "."], ["can", "root", "kms:Decrypt", "Key", "a.yaml"]):
        assert run(capsys, *arguments).code == 2
        assert run(capsys, *arguments, "--no-config").code == 0


def test_what_is_said_of_paths_holds_beside_suppressions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suppressed = TEMPLATE.replace("  Key:", "  # kmslint: ignore[KMS204] no longer of use\n  Key:")
    (repository / "stacks/b.yaml").write_text(suppressed, encoding="utf-8")
    write(".kmslint.yaml", "overrides:\n  - {paths: [a.yaml], ignore: [KMS5]}\n")
    assert "KMS002" in lint_here(capsys, ".").out
    assert "KMS501" in lint_here(capsys, ".").out
    write(".kmslint.yaml", "overrides:\n  - {paths: [stacks/], ignore: [KMS002, KMS5]}\n")
    found = lint_here(capsys, ".").out
    assert "KMS002 " not in found
    assert "a.yaml:2:3: low KMS501" in found
