"""The distributions of a module that read buckets with an origin access control.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_origin_access_control
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.consumers import Delivery, name_of
from kmslint.model.origins import Origin, readers
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.around import arguments_of, is_on, literal, within
from kmslint.terraform.resources import Inventory

_DISTRIBUTION = "aws_cloudfront_distribution"
_CONTROL = "aws_cloudfront_origin_access_control"


def read_readers(inventory: Inventory) -> Iterator[Delivery]:
    """What CloudFront certainly reads in its own name."""
    signing = frozenset(
        name_of(control.attribute("id", control.at))
        for control in inventory.of_type(_CONTROL)
        if literal(control.argument("signing_behavior")) == "always"
    )
    return readers(_origins(inventory), signing) if signing else iter(())


def _origins(inventory: Inventory) -> Iterator[Origin]:
    """The origins with an origin access control, of distributions that are not switched off."""
    for instance in inventory.of_type(_DISTRIBUTION):
        for around in within(arguments_of(instance), ("origin",)) if is_on(instance.argument("enabled")) else ():
            control = name_of(around.get("origin_access_control_id"))
            for domain, guards in alternatives(around.get("domain_name"), around.guards) if control else ():
                yield Origin(instance.address, instance.at, domain, control, guards)
