"""What the rules say of other catalogues: ids in the form of each, and the ones that people come with."""

from __future__ import annotations

import re

import pytest

from kmslint.engine.counterpart import Catalogue
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Rule

RULES = {module.RULE.id: module.RULE for module in all_rules()}

FORMS = {
    Catalogue.SECURITY_HUB: r"(KMS|IAM)\.\d+",
    Catalogue.CONFIG: r"[a-z]+(-[a-z]+)+",
    Catalogue.CONTROL_TOWER: r"CT\.(KMS|IAM)\.P[RV]\.\d+",
    Catalogue.CIS: r"v\d\.\d\.\d/\d+\.\d+",
    Catalogue.CWE: r"CWE-\d+",
    Catalogue.CHECKOV: r"CKV2?_AWS_\d+",
    Catalogue.TRIVY: r"AVD-AWS-\d{4}",
    Catalogue.KICS: r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    Catalogue.CFN_NAG: r"[FW]\d+",
    Catalogue.CFN_LINT: r"[EWI]\d{4}",
    Catalogue.PROWLER: r"(kms|iam)(_[a-z]+)+",
}

KNOWN = [
    # Security Hub: all that it has on KMS, but KMS.3, which is about a key that somebody has scheduled for deletion.
    (Catalogue.SECURITY_HUB, "KMS.1", {"KMS207", "KMS208"}),
    (Catalogue.SECURITY_HUB, "KMS.2", {"KMS207", "KMS208"}),
    (Catalogue.SECURITY_HUB, "KMS.4", {"KMS501"}),
    (Catalogue.SECURITY_HUB, "KMS.5", {"KMS201", "KMS202"}),
    (Catalogue.CONTROL_TOWER, "CT.KMS.PR.1", {"KMS501"}),
    (Catalogue.CONTROL_TOWER, "CT.KMS.PR.3", {"KMS210"}),
    (Catalogue.CIS, "v5.0.0/3.6", {"KMS501"}),
    (Catalogue.CHECKOV, "CKV_AWS_7", {"KMS501"}),
    (Catalogue.CHECKOV, "CKV_AWS_33", {"KMS201", "KMS202"}),
    (Catalogue.CHECKOV, "CKV_AWS_227", {"KMS503"}),
    (Catalogue.CHECKOV, "CKV2_AWS_64", {"KMS506"}),
    (Catalogue.TRIVY, "AVD-AWS-0065", {"KMS501"}),
    (Catalogue.CFN_NAG, "F19", {"KMS501"}),
    (Catalogue.CFN_NAG, "F76", {"KMS201", "KMS202"}),
]

WEAKNESS = {rule for rule in RULES if rule.startswith("KMS2")} - {"KMS213", "KMS214", "KMS217"}
"""Rules on access that somebody should not have. The others of KMS2xx say what a policy means, or that it fails."""


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.id))
def test_forms(rule: Rule) -> None:
    catalogues = [counterpart.catalogue for counterpart in rule.counterparts]
    assert catalogues == [catalogue for catalogue in Catalogue if catalogue in catalogues], "one order, each once"
    for catalogue, ids in rule.counterparts:
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(FORMS[catalogue], name) for name in ids), ids


@pytest.mark.parametrize(("catalogue", "name", "rules"), KNOWN)
def test_known(catalogue: Catalogue, name: str, rules: set[str]) -> None:
    assert {rule.id for rule in RULES.values() if (catalogue, name) in pairs(rule)} == rules


def test_weaknesses() -> None:
    with_weakness = {
        rule.id for rule in RULES.values() for each in rule.counterparts if each.catalogue is Catalogue.CWE
    }
    assert with_weakness == WEAKNESS


def pairs(rule: Rule) -> set[tuple[Catalogue, str]]:
    return {(catalogue, name) for catalogue, ids in rule.counterparts for name in ids}
