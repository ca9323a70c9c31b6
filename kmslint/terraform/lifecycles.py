"""What `lifecycle` says of a resource.

https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
"""

from __future__ import annotations

from kmslint.terraform.resources import Instance
from kmslint.values import Value, unknown

_PREVENT_DESTROY = "prevent_destroy"


def prevent_destroy(instance: Instance) -> Value | None:
    """Whether Terraform refuses to destroy the resource; None if nothing is said of it.

    A plan does not tell, and in a module that somebody else wrote the author of a call has no say.
    """
    beside = instance.body.get("lifecycle")  # JSON writes it like an argument
    if not instance.is_written or instance.at.source.called_at is not None or beside is not None:
        return unknown(_PREVENT_DESTROY, instance.at)
    for block in instance.body.blocks:
        node = block.body.get(_PREVENT_DESTROY) if block.type.text == "lifecycle" else None
        if node is not None:
            return instance.evaluate(node)
    return None
