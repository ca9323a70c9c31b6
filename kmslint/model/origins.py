"""The buckets that CloudFront reads with signed requests: origins of distributions with an origin access control.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.arn import split_text
from kmslint.model.consumers import Delivery, Name, Sender
from kmslint.values import Guards, Text, Value

_WEBSITE = "website"


class Origin(NamedTuple):
    """An origin of a distribution that is on."""

    address: str
    at: Location
    """The name of the distribution."""
    domain: Value
    control: Name
    """How it names its origin access control."""
    guards: Guards


def readers(origins: Iterable[Origin], signing: frozenset[Name]) -> Iterator[Delivery]:
    """What CloudFront reads in its own name: the origins whose control is among those that certainly sign."""
    for origin in origins:
        if origin.control in signing:
            to = bucket_of(origin.domain)
            yield Delivery(origin.address, origin.at, Sender.DISTRIBUTION, to, origin.guards)


def bucket_of(domain: Value) -> Value:
    """The name of a bucket by its domain name; that itself if it is not spelt out. An endpoint for websites is none."""
    if isinstance(domain, Text):
        for separator in (".s3.", ".s3-"):
            bucket, *rest = split_text(domain, separator, 1)
            if rest and not str(rest[0]).startswith(_WEBSITE):
                return bucket
    return domain
