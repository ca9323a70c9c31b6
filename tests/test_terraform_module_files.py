"""Which files of a directory are read as what, and in which order."""

from __future__ import annotations

import pytest

from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.module_files import module_files


@pytest.mark.parametrize(
    ("names", "values", "configuration", "overrides"),
    [
        ("b.tf a.tf c.tf.json", "", "a.tf b.tf c.tf.json", ""),
        (
            "override.tf main.tf x_override.tf override.tf.json",
            "",
            "main.tf",
            "override.tf override.tf.json x_override.tf",
        ),
        ("overrides.tf my_override_x.tf override_it.tf", "", "my_override_x.tf override_it.tf overrides.tf", ""),
        (
            "b.auto.tfvars terraform.tfvars a.auto.tfvars.json",
            "terraform.tfvars a.auto.tfvars.json b.auto.tfvars",
            "",
            "",
        ),
        (
            "a.auto.tfvars terraform.tfvars.json terraform.tfvars",
            "terraform.tfvars terraform.tfvars.json a.auto.tfvars",
            "",
            "",
        ),
        # What OpenTofu has of its own takes the place of what it leaves to Terraform.
        ("a.tf a.tofu b.tf", "", "a.tofu b.tf", ""),
        ("a.tf.json a.tofu.json b.tofu.json", "", "a.tofu.json b.tofu.json", ""),
        ("a.tf a.tofu.json", "", "a.tf a.tofu.json", ""),
        ("a_override.tofu a_override.tf", "", "", "a_override.tofu"),
    ],
)
def test_files_by_what_they_are_for(names: str, values: str, configuration: str, overrides: str) -> None:
    files = [read_hcl(Source(f"dir/{name}", "")) for name in names.split()]
    found = module_files(files)
    told = [" ".join(file.source.path.removeprefix("dir/") for file in group) for group in found]
    assert told == [values, configuration, overrides]
