"""Terraform's functions on blocks of IP addresses.

An address that is not spelt in the common way is left to Terraform, whose readers take more.
https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kmslint.terraform import parameters
from kmslint.terraform.calls import ELEMENTS, Function, Given
from kmslint.terraform.kinds import ListItems
from kmslint.terraform.scalars import integer, is_fraction
from kmslint.terraform.text_functions import known_text
from kmslint.values import Value, text

_BLOCK = re.compile(r"([0-9a-fA-F:]+|[0-9]+(?:\.[0-9]+){3})/(0|[1-9][0-9]{0,2})\Z")
_MAPPED = 2**48
"""Addresses of IPv6 below hold one of IPv4, which Go treats as such."""


class _Block(NamedTuple):
    """A block of addresses."""

    first: int
    prefix: int
    width: int

    @property
    def size(self) -> int:
        return 1 << (self.width - self.prefix)

    def address(self, number: int) -> str:
        from ipaddress import IPv4Address, IPv6Address  # slow to import

        return str(IPv4Address(number)) if self.width == 32 else str(IPv6Address(number))

    def __str__(self) -> str:
        return f"{self.address(self.first)}/{self.prefix}"


def _block(given: Given) -> _Block | None:
    from ipaddress import AddressValueError, IPv4Address, IPv6Address

    match = _BLOCK.match(known_text(given, 0) or "")
    if match is None:
        return None
    width = 128 if ":" in match[1] else 32
    try:
        first = int(IPv6Address(match[1]) if width == 128 else IPv4Address(match[1]))
    except AddressValueError:
        return None
    prefix = int(match[2])
    if prefix > width or (width == 128 and first < _MAPPED):
        return None
    return _Block(first >> (width - prefix) << (width - prefix), prefix, width)


def _wrong_number(given: Given) -> bool:
    return any(is_fraction(value) for value in given.values[1:])


def _cidrhost(given: Given) -> Value:
    block, number = _block(given), given.integer(1)
    if _wrong_number(given):
        return given.failure()
    if block is None or number is None:
        return given.unknown()
    if not -block.size <= number < block.size:
        return given.failure()
    return text(block.address(block.first + number % block.size), given.at)


def _cidrnetmask(given: Given) -> Value:
    block = _block(given)
    if block is None:
        return given.unknown()
    if block.width == 128:
        # Terraform 1.9 and later refuse it.
        return given.unknown()
    return text(block.address(2**32 - block.size), given.at)


def _cidrsubnet(given: Given) -> Value:
    block, bits, number = _block(given), given.integer(1), given.integer(2)
    if _wrong_number(given):
        return given.failure()
    if block is None or bits is None or number is None or bits < 0 or number < 0:
        return given.unknown()
    prefix = block.prefix + bits
    if prefix > block.width or number >= 1 << bits:
        return given.failure()
    first = block.first + (number << (block.width - prefix))
    return text(str(_Block(first, prefix, block.width)), given.at)


def _cidrsubnets(given: Given) -> Value:
    block = _block(given)
    bits = [integer(value) for value in given.values[1:]]
    known = [one for one in bits if one is not None]
    if _wrong_number(given):
        return given.failure()
    if block is None or len(known) < len(bits) or block.first == 0:
        return given.unknown()
    subnets: list[Value] = []
    free = block.first
    for one in known:
        prefix = block.prefix + one
        if one < 1 or prefix > block.width:
            return given.failure()
        size = 1 << (block.width - prefix)
        first = -(-free // size) * size
        free = first + size
        if free > block.first + block.size:
            return given.failure()
        subnets.append(text(str(_Block(first, prefix, block.width)), given.at))
    return ListItems(tuple(subnets), given.at)


_STRING, _NUMBER = parameters.string, parameters.number

ADDRESS_FUNCTIONS: dict[str, Function] = {
    "cidrhost": Function(_cidrhost, (_STRING, _NUMBER)),
    "cidrnetmask": Function(_cidrnetmask, (_STRING,)),
    "cidrsubnet": Function(_cidrsubnet, (_STRING, _NUMBER, _NUMBER)),
    "cidrsubnets": Function(_cidrsubnets, (_STRING,), more=_NUMBER, decide=ELEMENTS),
}
