"""`path.module` and `path.root`: where Terraform stands. `path.cwd` and `terraform.workspace` only the run knows.

https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info
"""

from __future__ import annotations

from kmslint.location import Location
from kmslint.terraform.files import Files
from kmslint.values import Text, Unknown, text, unknown


def place(root: str, name: str, files: Files | None, at: Location) -> Text | Unknown:
    """What `path` or `terraform` has under a name."""
    if (root, name) == ("path", "module") and files is not None:
        return text(files.path_of_module, at)
    return text(".", at) if (root, name) == ("path", "root") else unknown(f"{root}.{name}", at)
