"""The parts of kmslint that are tested with mutants: their modules, the tests that exercise them, and the bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple


class Part(NamedTuple):
    """Some modules and what tests them."""

    modules: Sequence[str]
    """Patterns of paths below `kmslint/`."""
    tests: Sequence[str]
    """Patterns of names: `terraform_*` is tests/test_terraform_*.py. Those that start processes see no mistake."""
    bar: float = 95.0
    """So many of a hundred mutants are to be killed."""

    def paths(self, package: Path) -> list[Path]:
        """Its modules."""
        return _found(package, self.modules)

    def test_files(self, root: Path) -> list[str]:
        """Its tests, as paths below the root."""
        found = _found(root / "tests", (f"test_{name}.py" for name in self.tests))
        return [path.relative_to(root).as_posix() for path in found]


def _found(directory: Path, patterns: Iterator[str] | Sequence[str]) -> list[Path]:
    return list(dict.fromkeys(path for pattern in patterns for path in sorted(directory.glob(pattern))))


PARTS: Final = {
    "evaluator": Part(
        ("access/*.py", "wildcard.py", "verdict.py"),
        (
            *("namesakes", "cancelled_costs"),
            *("data_under_keys", "managers", "names_of_keys", "phrases", "reasons"),
            *("lacking", "matrix", "roles_and_keys", "services_and_keys"),
            *("why_nobody_manages", "wide_grants", "written_statements"),
            *("worlds", "effort", "boundaries", "account_grants", "root_user", "identities", "residual", "caller"),
            *("operators", "context", "variables", "matching", "key_policy", "grants", "other_policies", "situations"),
            *("verdict", "wildcard", "conditions", "condition_phrases", "principals", "resources", "delegation"),
            *("exposure", "lockout", "decide", "requests", "classes", "access", "access_branches", "access_hostile"),
            *(
                "access_formats",
                "advice_of_kms402",
                "can",
                "config",
                "deployer",
                "giving",
                "by_iam",
                "condition_values",
                "hinges",
                "odd_identities",
                "terraform_identities",
            ),
            *(
                "actions",
                "branches",
                "consumers",
                "dead_permissions",
                "once",
                "recorded_reports",
                "one_and_all",
                "proof",
                "rules",
            ),
            *("all_keys", "askers", "attestation", "cancelled", "capabilities", "cluster_grants", "confused_deputy"),
            *("decryption", "denials", "escalation", "full_control", "hanging"),
            *("terraform_identities", "expectations", "differential", "request_properties", "properties", "soundness"),
        ),
    ),
    "values": Part(
        ("values.py", "model/*.py"),
        (
            *("facts", "ways", "settled", "estate", "duplicates", "names_of_things", "policy_text", "read_document"),
            *("read_statement", "entries", "values", "read_policy", "accounts", "policy_choices"),
        ),
    ),
    "suppression": Part(
        ("suppression/*.py", "ignoring.py", "baselining.py"),
        (
            *("suppression", "suppression_*", "baseline", "add_ignore", "fingerprint", "config", "crashes", "cli"),
            *("rules", "recorded_reports"),
        ),
    ),
    "sarif": Part(
        ("report/sarif*.py", "report/sanitise.py", "report/write.py"),
        ("report_*", "suppression", "baseline", "crashes", "cli"),
    ),
    "cloudformation": Part(
        ("cloudformation/*.py",),
        (
            *("cloudformation_*", "nested_stacks", "stack_sets", "cloud_assembly", "given_parameters", "joins"),
            *("policy_choices", "alternatives", "branches", "consumers", "rules", "foreign_formats", "equivalent"),
            *("counterparts", "expectations", "recorded_reports"),
        ),
    ),
    "syntax": Part(
        ("syntax/*.py",),
        (
            *("syntax_*", "cfnlint_decoder", "foreign_formats", "cloudformation_forms", "given_parameters"),
            *("stack_sets", "terraform_files", "terraform_expressions", "cloudformation_template", "expectations"),
            "recorded_reports",
        ),
    ),
    "terraform": Part(
        ("terraform/*.py",),
        (
            *("terraform_*", "module_calls_hostile", "known_modules_oracle", "deployer", "joins", "consumers"),
            *("expectations", "equivalent", "recorded_reports"),
        ),
    ),
}
