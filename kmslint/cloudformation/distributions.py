"""The distributions of a template that read buckets with an origin access control.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-origin.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-originaccesscontrol-originaccesscontrolconfig.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.cloudformation.properties import Properties, is_on, literal, possible
from kmslint.model.consumers import Name, name_of
from kmslint.model.origins import Origin

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_CONTROL: Final = "AWS::CloudFront::OriginAccessControl"
DISTRIBUTING: Final = frozenset({_DISTRIBUTION, _CONTROL})
"""The resource types that are read."""

_CONFIG: Final = "DistributionConfig"
_SIGNING: Final = ("OriginAccessControlConfig", "SigningBehavior")


def read_origins(properties: Properties) -> Iterator[Origin]:
    """The origins with an origin access control, if the resource is a distribution that is not switched off."""
    if properties.resource.type != _DISTRIBUTION:
        return
    if not all(is_on(properties.member(one, "Enabled")) for one, _ in properties.around((_CONFIG, "Enabled"))):
        return
    for around, guards in properties.around((_CONFIG, "Origins", "DomainName")):
        control = name_of(properties.member(around, "OriginAccessControlId"))
        for domain, met in possible(properties.member(around, "DomainName"), guards) if control else ():
            yield Origin(properties.address, properties.at, domain, control, met)


def read_signers(properties: Properties) -> Iterator[Name]:
    """How others name the resource, if it is an origin access control that certainly signs every request."""
    if properties.resource.type == _CONTROL:
        found = [properties.member(one, _SIGNING[-1]) for one, _ in properties.around(_SIGNING)]
        if found and all(literal(one) == "always" for one in found):
            yield properties.name()
            yield properties.attribute_name("Id")
