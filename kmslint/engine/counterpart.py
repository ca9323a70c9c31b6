"""What other catalogues and tools have of the matter of a rule: for whoever comes from one, or reports by one."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Catalogue(Enum):
    """A list of checks, controls or weaknesses, with the page or the sources its ids were read in."""

    SECURITY_HUB = "AWS Security Hub"
    """https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html and iam-controls.html"""
    CONFIG = "AWS Config"
    """https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html"""
    CONTROL_TOWER = "AWS Control Tower"
    """https://docs.aws.amazon.com/controltower/latest/controlreference/kms-rules.html and iam-rules.html"""
    CIS = "CIS AWS Foundations Benchmark"
    """An id is a version and a recommendation of it, as Security Hub's pages name them."""
    CWE = "CWE"
    """https://cwe.mitre.org/data/definitions/732.html and its like"""
    CHECKOV = "checkov"
    """Its sources, 3.3.30"""
    TRIVY = "Trivy"
    """https://avd.aquasec.com/misconfig/aws/kms/avd-aws-0065/"""
    KICS = "KICS"
    """https://docs.kics.io/latest/queries/all-queries/: Terraform's query and CloudFormation's have an id each."""
    CFN_NAG = "cfn_nag"
    """Its sources"""
    CFN_LINT = "cfn-lint"
    """Its sources, 1.58.0"""
    PROWLER = "Prowler"
    """Its sources"""


class Counterpart(NamedTuple):
    """What one catalogue has of the matter of a rule. It need not judge alike: few of them evaluate a policy."""

    catalogue: Catalogue
    ids: tuple[str, ...]
