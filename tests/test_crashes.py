"""A bug of kmslint in any part of a run: it is told of, the run ends with 2, and what the others find is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from commands import Run, run
from hostile_companions import PLAN_TEXT
from hostile_inputs import TEMPLATE, hcl_key
from kmslint.accounting import Accounting, violations
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.model.estate import Estate
from kmslint.settings import Settings
from kmslint.template_library import TemplateLibrary
from kmslint.terraform_library import TerraformLibrary

MARK = "crash-here"
FILES = {
    "a.yaml": TEMPLATE,
    "b.yaml": f"# {MARK}\n{TEMPLATE}",
    "c/main.tf": hcl_key(),
    "d/main.tf": f"# {MARK}\n{hcl_key()}",
    "d/more.tf": "locals {}\n",
    "e/plan.json": PLAN_TEXT,
    "f/plan.json": PLAN_TEXT.replace('"complete"', f'"x": "{MARK}", "complete"'),
}
PUBLIC = "KMS201"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def lint_all(root: Path, files: dict[str, str] | None = None) -> Outcome:
    write(root, FILES if files is None else files)
    return lint([str(root)], Settings(root=str(root)))


def found_in(outcome: Outcome) -> set[str]:
    """The files in which the key is found that everybody may use."""
    return {finding.at.path for finding in outcome.findings if finding.rule_id == PUBLIC}


class Stage(NamedTuple):
    """A function of some stage, and how one sees that it is at work on what is to crash."""

    name: str
    function: str
    spared: set[str]
    """The files in which the key is found all the same."""
    told: set[str]
    """What the internal errors name."""


OF_B, OF_D, OF_F = {"b.yaml"}, {"d"}, {"f/plan.json"}
ALL = {"a.yaml", "b.yaml", "c/main.tf", "d/main.tf", "e/plan.json", "f/plan.json"}
STAGES = (
    Stage("reader of YAML", "kmslint.syntax.yaml.read_yaml", ALL - OF_B, OF_B),
    Stage("resolver of CloudFormation", "kmslint.template_library.read_stacks", ALL - OF_B, OF_B),
    Stage("reader of HCL", "kmslint.syntax.hcl.read_hcl", ALL - {"d/main.tf"}, OF_D),
    Stage("resolver of Terraform", "kmslint.terraform_library.read_declared", ALL - {"d/main.tf"}, OF_D),
    Stage("reader of plans", "kmslint.terraform.plan.read_plan", ALL - OF_F, OF_F),
    Stage("verdicts", "kmslint.judging.key_verdicts", ALL, {"b.yaml", "d", "f/plan.json"}),
    Stage("accounts", "kmslint.estates.collect_evidence", ALL, ALL - {"c/main.tf", "d/main.tf"} | {"c", "d"}),
)


def holds_mark(argument: object) -> bool:
    """Whether what a function was called with has to do with a file that holds the mark."""
    if isinstance(argument, Estate):
        return argument.path in OF_B | OF_D | OF_F
    if isinstance(argument, str):
        return argument == "d"
    return MARK in getattr(argument, "text", "")


def crashing(function: Callable[..., object], always: bool = False) -> Callable[..., object]:
    """The function, which fails where it is called for what holds the mark."""

    def called(*arguments: object, **named: object) -> object:
        if always or any(map(holds_mark, arguments)):
            raise KeyError("\x1b[31mbroken")
        return function(*arguments, **named)

    return called


def break_(monkeypatch: pytest.MonkeyPatch, function: str, always: bool = False) -> None:
    module, _, name = function.rpartition(".")
    imported = __import__(module, fromlist=[name])
    monkeypatch.setattr(function, crashing(getattr(imported, name), always))


@pytest.mark.parametrize("stage", STAGES, ids=[stage.name for stage in STAGES])
def test_a_crash_is_told_of_and_hides_nothing_else(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(monkeypatch, stage.function, always=stage.name == "accounts")
    outcome = lint_all(tmp_path)
    assert found_in(outcome) >= stage.spared
    assert {error.split(" failed on ")[1].split(":")[0] for error in outcome.internal_errors} == stage.told
    assert all("KeyError" in error for error in outcome.internal_errors)
    counts = outcome.counts
    assert counts.candidates == counts.analysed + counts.not_analysed + counts.excluded == 7
    not_found = ALL - found_in(outcome)
    assert not_found <= {problem.path for problem in outcome.problems}


class Shared(NamedTuple):
    """A function that works for the whole run, and how a failure of it is called."""

    function: str
    told: str
    found: set[str]
    """The files in which the key is found all the same."""


TEMPLATES_AND_PLANS = {"a.yaml", "b.yaml", "e/plan.json", "f/plan.json"}
SHARED = (
    Shared("kmslint.discovery.traits_of", "the search for modules failed on ", TEMPLATES_AND_PLANS),
    Shared("kmslint.terraform_estates._Reading", "reading failed on the Terraform modules", {"a.yaml", "b.yaml"}),
    Shared("kmslint.template_estates.TemplateLibrary", "reading failed on the templates", ALL - {"a.yaml", "b.yaml"}),
    Shared("kmslint.joins.join", "joining failed on ", ALL),
    Shared("kmslint.judging.with_constructs", "the search for declarations failed on a.yaml", ALL),
    Shared("kmslint.judging.hear", "the choice of findings failed on a.yaml", ALL),
    Shared("kmslint.lint.settle_estates", "the choice of findings failed on ", ALL),
    Shared("kmslint.lint.violations", "the accounting failed on this run", ALL),
)


@pytest.mark.parametrize("shared", SHARED, ids=[shared.function for shared in SHARED])
def test_what_fails_for_the_whole_run_is_told_of(
    shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(monkeypatch, shared.function, always=True)
    outcome = lint_all(tmp_path)
    assert found_in(outcome) == shared.found
    assert any(shared.told in error for error in outcome.internal_errors), outcome.internal_errors
    lost = {path.partition("/")[0] for path in ALL - shared.found}
    assert lost <= {problem.path.partition("/")[0] for problem in outcome.problems}


VITAL = (
    ("kmslint.config.load.check", ".kmslint.yaml", "fail-on: high\n", ()),
    ("kmslint.terraform_library.assigned_in", "x.tfvars", "a = 1\n", ("--var-file", "{}/x.tfvars")),
    ("kmslint.given_parameters.values_in", "x.json", "{}", ("--parameter-file", "{}/x.json")),
    ("kmslint.suppression.baseline_file.read_json", "b.json", "{}", ("--baseline", "{}/b.json")),
)
"""What all findings hang on: without it there are none."""


@pytest.mark.parametrize(("function", "name", "text", "arguments"), VITAL, ids=[function for function, *_ in VITAL])
def test_without_what_all_hangs_on_nothing_is_reported(
    function: str,
    name: str,
    text: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_(monkeypatch, function, always=True)
    write(tmp_path, {name: text, "a.yaml": TEMPLATE, "c/main.tf": hcl_key()})
    (tmp_path / ".git").mkdir()
    done = run(capsys, "-f", "concise", *(one.format(tmp_path) for one in arguments), str(tmp_path))
    assert done.code == 2
    assert PUBLIC not in done.out or arguments[:1] == ("--var-file",)
    assert "KeyError" in done.err
    assert "Traceback" not in done.err


def test_a_crash_in_the_search_leaves_the_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kmslint import discovery
    from kmslint.byte_search import may_be_template

    def crash(data: bytes) -> bool:
        if MARK.encode() in data:
            raise KeyError(MARK)
        return may_be_template(data)

    monkeypatch.setattr(discovery, "may_be_template", crash)
    outcome = lint_all(tmp_path)
    assert found_in(outcome) == ALL - OF_B - OF_F
    assert {error.split(":")[0] for error in outcome.internal_errors} == {
        "the search failed on b.yaml",
        "the search failed on f/plan.json",
    }
    assert {problem.path for problem in outcome.problems} == OF_B | OF_F


def test_what_a_crashed_template_nests_is_read_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = "  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}\n"
    original = TemplateLibrary.load

    def load(self: TemplateLibrary, caller: str, written: str) -> object:
        original(self, caller, written)
        raise KeyError(written)

    monkeypatch.setattr(TemplateLibrary, "load", load)
    outcome = lint_all(tmp_path, {"p.yaml": f"Resources:\n{stack}", "n.yaml": TEMPLATE})
    assert found_in(outcome) == {"n.yaml"}
    assert [problem.path for problem in outcome.problems] == ["p.yaml"]
    assert len(outcome.internal_errors) == 1


def test_every_directory_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_(monkeypatch, "kmslint.terraform_library.read_declared", always=True)
    outcome = lint_all(tmp_path, {name: text for name, text in FILES.items() if name.endswith(".tf")})
    assert len(outcome.internal_errors) == 2
    assert {problem.path for problem in outcome.problems} == {"c/main.tf", "d/main.tf", "d/more.tf"}


def test_suppressions_that_cannot_be_read_suppress_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_(monkeypatch, "kmslint.suppression.run.suppress", always=True)
    outcome = lint_all(tmp_path, {"a.yaml": f"# kmslint: ignore-file[{PUBLIC}] a reason\n{TEMPLATE}"})
    assert found_in(outcome) == {"a.yaml"}
    assert len(outcome.internal_errors) == 1


def lint_files(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    write(root, FILES)
    return run(capsys, *arguments, str(root))


def test_a_report_that_fails_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(monkeypatch, "kmslint.report.sarif.compose", always=True)
    there = tmp_path / "r.json"
    done = lint_files(tmp_path / "tree", capsys, "-f", f"sarif:{tmp_path / 'r.sarif'}", "-f", f"json:{there}")
    assert done.code == 2
    assert "the report failed on sarif: KeyError" in done.err
    assert not (tmp_path / "r.sarif").exists()
    assert json.loads(there.read_text(encoding="utf-8"))["summary"]["keys"] == 6


def test_the_command_ends_with_2_and_shows_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(monkeypatch, "kmslint.terraform_library.read_declared")
    done = lint_files(tmp_path, capsys, "--exit-zero", "-f", "concise")
    assert done.code == 2
    assert "reading failed on d: KeyError" in done.err
    assert "(kmslint.terraform_library, line " in done.err
    assert "\x1b" not in done.err
    assert done.out.count(PUBLIC) == 5
    assert "d/main.tf" in done.out


@pytest.mark.parametrize("command", [("access",), ("can", "root", "Decrypt", "open")], ids=["access", "can"])
def test_the_other_commands_tell_of_it_too(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {name: FILES[name] for name in ("c/main.tf", "d/main.tf", "d/more.tf")})
    break_(monkeypatch, "kmslint.terraform_library.read_declared")
    done = run(capsys, *command, str(tmp_path))
    assert done.code == 2
    assert "reading failed on " in done.err
    assert "KeyError" in done.err
    assert "\x1b" not in done.err
    assert "open" in done.out


def test_a_key_that_is_lost_by_a_crash_is_not_just_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"d/main.tf": FILES["d/main.tf"]})
    break_(monkeypatch, "kmslint.terraform_library.read_declared")
    done = run(capsys, "can", "root", "Decrypt", "open", str(tmp_path))
    assert done.code == 2
    assert "no key is called 'open'; there is no key here; reading failed on " in done.err


def test_a_directory_that_is_forgotten_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books are kept apart from the work: what the work forgets, they show."""
    monkeypatch.setattr("kmslint.terraform_estates._Reading.read", lambda *_: None)
    monkeypatch.setattr(TerraformLibrary, "others", lambda _: ())
    outcome = lint_all(tmp_path)
    assert any("c/main.tf: it was neither analysed" in error for error in outcome.internal_errors)


FULL = Accounting(frozenset("abc"), frozenset("a"), frozenset("b"), frozenset("z"))


@pytest.mark.parametrize(
    ("books", "not_analysed", "said"),
    [
        (FULL, {"c"}, []),
        (FULL, set(), ["c: it was neither analysed, nor left out, nor told of"]),
        (FULL, {"b", "c"}, ["b: it was left out, and it was not"]),
        (FULL._replace(excluded=frozenset("ab")), {"c"}, ["a: it was left out, and it was not"]),
        (FULL._replace(analysed=frozenset("ax")), {"c"}, ["x: it was no candidate, and it was read"]),
    ],
)
def test_books_that_do_not_balance(books: Accounting, not_analysed: set[str], said: list[str]) -> None:
    assert list(violations(books, not_analysed, ())) == [f"the accounting failed on {one}" for one in said]


def test_a_finding_in_what_nobody_read(tmp_path: Path) -> None:
    findings = lint_all(tmp_path, {"a.yaml": TEMPLATE}).findings
    assert findings
    assert list(violations(FULL, {"c"}, findings)) == [
        "the accounting failed on a.yaml: a finding is in it, and it was not read"
    ]
