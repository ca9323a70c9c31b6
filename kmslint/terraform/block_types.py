"""The blocks that stand at the top of Terraform's files, and how many labels each has.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "action": 2,
    "check": 1,
    "data": 2,
    "ephemeral": 2,
    "import": 0,
    "locals": 0,
    "module": 1,
    "moved": 0,
    "output": 1,
    "provider": 1,
    "removed": 0,
    "resource": 2,
    "terraform": 0,
    "variable": 1,
}
"""What `import`, `moved`, `removed` and `terraform` say changes nothing about the keys that are declared."""

_LABELLED: Final = ("no labels", "a name", "a type and a name")


def refused_header(kind: str, labels: int | None) -> str:
    """What is wrong with a block that has not so many labels, or whose type there is not (None)."""
    return f'Terraform has no "{kind}" blocks' if labels is None else f"{kind} needs {_LABELLED[labels]}"
