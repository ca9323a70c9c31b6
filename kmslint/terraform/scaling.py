"""The launch templates of a module that name a key for volumes, and the Auto Scaling groups that use them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_template
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.consumers import Consumer, Delivery, Purpose, Sender, name_of
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.around import arguments_of, literal, within
from kmslint.terraform.resources import Inventory
from kmslint.values import Null

_TEMPLATE = "aws_launch_template"
_GROUP = "aws_autoscaling_group"
_USED = (
    (("launch_template",), ("id", "name")),
    (
        ("mixed_instances_policy", "launch_template", "launch_template_specification"),
        ("launch_template_id", "launch_template_name"),
    ),
)


def read_launch_templates(inventory: Inventory) -> Iterator[Consumer]:
    """The launch templates, for each key of volumes that are certainly encrypted."""
    for instance in inventory.of_type(_TEMPLATE):
        found = (name_of(instance.attribute(name, instance.at)) for name in ("id", "name"))
        names = tuple(dict.fromkeys(name for name in found if name))
        for around in within(arguments_of(instance), ("block_device_mappings", "ebs")):
            if literal(around.get("encrypted")) == "true":
                for key, guards in alternatives(around.get("kms_key_id"), around.guards):
                    provider = instance.resource.provider
                    yield Consumer(
                        instance.address, instance.at, Purpose.LAUNCH_TEMPLATE, key, key.at, names, provider, guards
                    )


def read_groups(inventory: Inventory) -> Iterator[Delivery]:
    """That groups without a role of their own have Auto Scaling launch instances."""
    for instance in inventory.of_type(_GROUP):
        role = instance.argument("service_linked_role_arn")
        for blocks, names in _USED if role is None or isinstance(role, Null) else ():
            for around in within(arguments_of(instance), blocks):
                for name in names:
                    for to, guards in alternatives(around.get(name), around.guards):
                        yield Delivery(instance.address, instance.at, Sender.SCALING_GROUP, to, guards)
