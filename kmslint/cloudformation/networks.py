"""`Fn::Cidr`: a network cut into smaller ones.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
"""

from __future__ import annotations

from itertools import islice

from kmslint.cloudformation.assembly import unresolved
from kmslint.location import Location
from kmslint.values import Items, Text, Value, text

_MOST = 256
"""As many as AWS makes of one network."""


def networks(arguments: tuple[Value, ...], at: Location) -> Value:
    """So many networks of an address block, with so many bits left for their hosts.

    An unknown list where one of the three is not known, or the block does not hold as many.
    """
    block, *numbers = ((argument.literal or "") if isinstance(argument, Text) else "" for argument in arguments)
    if len(numbers) != 2 or not all(number.isdecimal() and len(number) <= len(str(_MOST)) for number in numbers):
        return unresolved("Fn::Cidr", at)
    from ipaddress import ip_network  # few templates with keys have networks

    count, bits = map(int, numbers)
    try:
        whole = ip_network(block)
        parts = whole.subnets(new_prefix=whole.max_prefixlen - bits)
        found = tuple(text(str(part), at) for part in islice(parts, min(count, _MOST + 1)))
    except ValueError:
        return unresolved("Fn::Cidr", at)
    return Items(found, at) if 0 < count == len(found) <= _MOST else unresolved("Fn::Cidr", at)
