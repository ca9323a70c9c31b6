"""The launch templates of a template that name a key for volumes, and the Auto Scaling groups that use them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-launchtemplate-ebs.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.cloudformation.properties import Properties, literal, possible
from kmslint.model.consumers import Consumer, Delivery, Purpose, Sender, name_of

_TEMPLATE: Final = "AWS::EC2::LaunchTemplate"
_GROUP: Final = "AWS::AutoScaling::AutoScalingGroup"
SCALING: Final = frozenset({_TEMPLATE, _GROUP})
"""The resource types that are read."""

_DATA: Final = "LaunchTemplateData"
_VOLUMES: Final = (_DATA, "BlockDeviceMappings", "Ebs", "KmsKeyId")
_USED: Final = (
    ("LaunchTemplate",),
    ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"),
)
_NAMES: Final = ("LaunchTemplateId", "LaunchTemplateName")


def read_launch_templates(properties: Properties) -> Iterator[Consumer]:
    """The launch template that the resource is, for each key of volumes that are certainly encrypted."""
    if properties.resource.type != _TEMPLATE:
        return
    names = (properties.name(), name_of(properties.value_or_none("LaunchTemplateName")))
    for around, guards in properties.around(_VOLUMES):
        if literal(properties.member(around, "Encrypted")) == "true":
            for key, met in possible(properties.member(around, _VOLUMES[-1]), guards):
                key_at = properties.inside(_DATA, key.at)
                named = tuple(name for name in names if name)
                yield Consumer(
                    properties.address, properties.at, Purpose.LAUNCH_TEMPLATE, key, key_at, named, guards=met
                )


def read_groups(properties: Properties) -> Iterator[Delivery]:
    """That the resource has Auto Scaling launch instances, if it is a group without a role of its own."""
    if properties.resource.type != _GROUP or properties.value_or_none("ServiceLinkedRoleARN") is not None:
        return
    for path in _USED:
        for name in _NAMES:
            for to, guards in properties.values((*path, name)):
                yield Delivery(properties.address, properties.at, Sender.SCALING_GROUP, to, guards)
