"""Conditions at random that hold, or that fail, in a context that is made up along with them.

Type-directed: a key has a type, the type has operators, and the value that a policy lists is made to match the
request's value or to miss it. So the truth of every condition is known by how it was made.
"""

from __future__ import annotations

import operator as comparison
from collections.abc import Callable
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from itertools import chain
from random import Random
from typing import Any, Final, NamedTuple

from request_parts import Json, derived_context, listed

OWN: Final = "111122223333"
FOREIGN: Final = "444455556666"


class Key(NamedTuple):
    """A condition key: its type, and what requests carry."""

    name: str
    family: str
    values: tuple[Any, ...]
    multi: bool = False
    iam_only: bool = False
    """KMS does not support it in key policies."""


_WORDS: Final = ("blue", "Green", "blue*", "b-7")
_SINGLE: Final = (
    Key("kms:ViaService", "String", ("s3.us-east-1.amazonaws.com", "ebs.us-east-1.amazonaws.com")),
    Key("kms:EncryptionContext:tenant", "String", _WORDS),
    Key("aws:PrincipalTag/team", "String", _WORDS),
    Key("aws:PrincipalOrgID", "String", ("o-a1b2c3d4e5", "o-zzzzzzzzzz")),
    Key("aws:SourceAccount", "String", (OWN, FOREIGN)),
    Key("aws:SourceVpce", "String", ("vpce-1a2b3c4d", "vpce-0f0f0f0f")),
    Key("aws:ResourceTag/env", "String", ("prod", "test"), iam_only=True),
    Key("aws:SourceArn", "Arn", ("arn:aws:s3:::bucket-a", f"arn:aws:logs:us-east-1:{OWN}:log-group:app:stream")),
    Key("kms:RotationPeriodInDays", "Numeric", (90, "365", "7.5")),
    Key("aws:MultiFactorAuthAge", "Numeric", ("300", 7200)),
    Key("aws:CurrentTime", "Date", ("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")),
    Key("aws:EpochTime", "Epoch", ("1767225600", 1782864000)),
    Key("aws:SecureTransport", "Bool", ("true", "false", True)),
    Key("aws:MultiFactorAuthPresent", "Bool", ("true", False)),
    Key("kms:GrantIsForAWSResource", "Bool", (True, "false")),
    Key("aws:SourceIp", "IpAddress", ("10.1.2.3", "192.0.2.7", "2001:db8::1")),
    Key("kms:EncryptionContext:seal", "Binary", ("YmluYXJ5", "ymluYXJ5", "b3RoZXI=")),
)
_DERIVED: Final = (
    Key("aws:PrincipalArn", "Arn", (f"arn:aws:iam::{OWN}:role/Dev", f"arn:aws:iam::{OWN}:user/Ann")),
    Key("aws:PrincipalAccount", "String", (OWN, FOREIGN)),
    Key("kms:CallerAccount", "String", (OWN, FOREIGN)),
    Key("aws:PrincipalType", "String", ("Account", "User", "AssumedRole", "FederatedUser")),
    Key("aws:username", "String", ("Ann", "Bob")),
    Key("aws:PrincipalIsAWSService", "Bool", ("true", "false")),
)
_MULTI: Final = (
    Key("kms:GrantOperations", "Strings", ("Decrypt", "Encrypt", "Sign"), multi=True),
    Key("kms:EncryptionContextKeys", "Strings", ("tenant", "Tenant", "seal"), multi=True),
    Key("aws:TagKeys", "Strings", ("team", "cost-centre"), multi=True),
    Key("aws:CalledVia", "Strings", ("athena.amazonaws.com", "glue.amazonaws.com"), multi=True),
    Key("kms:ResourceAliases", "Strings", ("alias/app", "alias/logs"), multi=True, iam_only=True),
)
KEYS: Final = (*_SINGLE, *_DERIVED, *_DERIVED, *_MULTI, *_MULTI)
"""Those that follow from the caller and those with several values twice: they meet more rules."""

_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "Equals": comparison.eq,
    "NotEquals": comparison.ne,
    "LessThan": comparison.lt,
    "LessThanEquals": comparison.le,
    "GreaterThan": comparison.gt,
    "GreaterThanEquals": comparison.ge,
}
_STRINGS: Final = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
OPERATORS: Final = {
    "String": (*_STRINGS, "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    "Strings": (*_STRINGS, "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    "Arn": ("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringEquals", "StringLike", "StringNotLike"),
    "Numeric": tuple(f"Numeric{name}" for name in _ORDER),
    "Date": tuple(f"Date{name}" for name in _ORDER),
    "Epoch": (*(f"Date{name}" for name in _ORDER), "NumericLessThan", "NumericGreaterThanEquals"),
    "Bool": ("Bool",),
    "IpAddress": ("IpAddress", "NotIpAddress"),
    "Binary": ("BinaryEquals",),
}
"""The operators of each type. An ARN is compared as text, too."""

_DATES: Final = {
    "2020-02-29": -1,
    "2025-06-30T12:00:00Z": 0,
    "2026-01-01": 1,
    "2026-01-01T00:00:00Z": 1,
    "2026-01-01T01:00:00+01:00": 1,
    "2026-03-01T08:30:00.250Z": 2,
    "2026-07-01T00:00:00Z": 3,
    "2030-12-31T23:59Z": 4,
    "2031-01-01T00:00:00-05:00": 5,
}
"""Dates in several notations, and which of them is later. (The oracle takes seconds for milliseconds: dates meet
dates here, and seconds meet seconds.)"""
_NUMBERS: Final = ("90", 90, "90.0", "365", "7.5", "-1", "300", "7200", "2.5", 0, 100000)
_SECONDS: Final = ("1767225600", "1782864000", 1782864000, "1500000000", "1900000000")
_NETWORKS: Final = ("10.0.0.0/8", "10.1.2.3/32", "192.0.2.0/24", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/1")
_POOLS: Final = {"Numeric": _NUMBERS, "Date": tuple(_DATES), "Epoch": _SECONDS, "IpAddress": _NETWORKS}
"""What policies list, for the types whose values are not compared as text."""


class Conditions:
    """The conditions of one request, and the context that makes them true or false."""

    def __init__(self, random: Random, principal: str) -> None:
        self.random = random
        self.principal = principal
        self.context: Json = {}
        self.derived = {key.lower(): value for key, value in derived_context(principal).items()}
        self.absent: set[str] = set()
        """The keys, in lower case, that a condition relies on being absent."""

    def carried(self, key: str) -> Any:
        """What the request carries of a key; None if nothing."""
        given = (value for name, value in self.context.items() if name.lower() == key.lower())
        return next(given, self.derived.get(key.lower()))

    def carry(self, key: str, value: Any) -> bool:
        """Let the request carry a value, unless it carries another or a condition relies on none."""
        if self.carried(key) is None and key.lower() not in self.absent:
            self.context[key] = value
        return bool(self.carried(key) == value)

    def element(self, truth: bool, in_key_policy: bool, count: int) -> Json:
        """A Condition element of some tests: all true, or one of them false."""
        element: Json = {}
        for number in range(count):
            operator, key, values = self._test(truth or number > 0, in_key_policy)
            if key.lower() not in {used.lower() for tests in element.values() for used in tests}:
                element.setdefault(operator, {})[key] = values
        return element

    def _test(self, truth: bool, in_key_policy: bool) -> tuple[str, str, Any]:
        key = self._key(in_key_policy)
        if self.carried(key.name) is None and key not in _DERIVED and self.random.random() < 0.7:
            self.carry(key.name, self._value_of(key))
        value = self.carried(key.name)
        if value is None:
            self.absent.add(key.name.lower())
            operator, values = self._of_absent(key, truth)
        elif isinstance(value, list) and not key.multi:
            operator, values = "Null", ["false" if truth else "true"]
        elif key.multi:
            operator, values = self._of_several(key, listed(value), truth)
        else:
            operator, values = self._of_one(key, value, truth)
        name = key.name if self.random.random() < 0.95 else key.name.lower()
        return operator, name, values[0] if len(values) == 1 and self.random.random() < 0.7 else values

    def _key(self, in_key_policy: bool) -> Key:
        while True:
            key = self.random.choice(KEYS)
            service = ":" not in self.principal
            if not (key.iam_only and in_key_policy) and not (key.name == "aws:PrincipalType" and service):
                return key

    def _value_of(self, key: Key) -> Any:
        if not key.multi:
            return self.random.choice(key.values)
        some = self.random.sample(key.values, self.random.randint(1, len(key.values)))
        return some[0] if len(some) == 1 and self.random.random() < 0.4 else some

    def _of_absent(self, key: Key, truth: bool) -> tuple[str, list[Any]]:
        """The missing-key table."""
        base = self.random.choice(OPERATORS[key.family])
        values = [self._policy_value(base, key, self.random.choice(key.values))]
        ways = [f"{base}IfExists"] if truth else [f"ForAnyValue:{base}", f"ForAnyValue:{base}IfExists"]
        if ("Not" in base) == truth:
            ways.append(base)
        if truth and takes_for_all_values(key):
            ways.append(f"ForAllValues:{base}")
        if self.random.random() < 0.2:
            return "Null", [self.random.choice(("true", True) if truth else ("false", False))]
        return self.random.choice(ways), values

    def _of_one(self, key: Key, value: Any, truth: bool) -> tuple[str, list[Any]]:
        if self.random.random() < 0.06:
            return "Null", [self.random.choice(("false", False) if truth else ("true", True))]
        base = self.random.choice(OPERATORS[key.family])
        misses = [self._miss(base, key, value) for _ in range(self.random.choice((0, 1, 1, 2)))]
        hits = [self._hit(base, key, value)] if truth is ("Not" not in base) else []
        values = [one for one in (*misses, *hits) if one is not None]
        if not values:
            return "Null", ["false" if truth else "true"]
        self.random.shuffle(values)
        way = self.random.random()
        if way < 0.05:
            return f"ForAnyValue:{base}", values
        if way < 0.1 and takes_for_all_values(key):
            return f"ForAllValues:{base}", values
        return f"{base}IfExists" if way > 0.85 else base, values

    def _of_several(self, key: Key, carried: list[str], truth: bool) -> tuple[str, list[Any]]:
        """Sets: draw operators and values until their truth is the one wanted."""
        for _ in range(20):
            base = self.random.choice(OPERATORS[key.family])
            quantifier = self.random.choice(("ForAnyValue", "ForAllValues"))
            some = self.random.sample(key.values, self.random.randint(1, len(key.values)))
            values = [self._policy_value(base, key, one) for one in some]
            each = [any(matches(base, wanted, one) for wanted in values) is ("Not" not in base) for one in carried]
            if (any(each) if quantifier == "ForAnyValue" else all(each)) is truth:
                return f"{quantifier}:{base}{'IfExists' if self.random.random() < 0.1 else ''}", values
        return "Null", ["false" if truth else "true"]

    def _hit(self, base: str, key: Key, value: Any) -> Any:
        """A value for the policy that matches the request's."""
        if base.startswith(("String", "Arn")) and self.random.random() < 0.2:
            variable = self._variable(base, str(value))
            if variable is not None:
                return variable
        drawn = (self._policy_value(base, key, value) for _ in range(8))
        return next((one for one in chain(drawn, _POOLS.get(key.family, ())) if matches(base, one, value)), value)

    def _miss(self, base: str, key: Key, value: Any) -> Any:
        """A value for the policy that does not match the request's; None if none was found."""
        # A variable without a value; under a negated operator that is a class of its own (W1).
        if base.startswith("String") and self.random.random() < (0.01 if "Not" in base else 0.06):
            self.absent.add("aws:principaltag/unknown")
            return "${aws:PrincipalTag/unknown}"
        for _ in range(8):
            wanted = self._policy_value(base, key, self.random.choice((*key.values, value)))
            if not matches(base, wanted, value):
                return wanted
        return None

    def _variable(self, base: str, value: str) -> str | None:
        """A text with a policy variable that comes to the request's value: in an ARN, behind its last slash."""
        head, slash, name = value.rpartition("/")
        if base.startswith("Arn") and not slash:
            return None
        if self.carry("aws:PrincipalTag/self", name):
            return f"{head}{slash}${{aws:PrincipalTag/self}}"
        if self.carried("aws:PrincipalTag/none") is None:
            self.absent.add("aws:principaltag/none")
            return f"{head}{slash}${{aws:PrincipalTag/none, '{name}'}}"
        return None

    def _policy_value(self, base: str, key: Key, value: Any) -> Any:
        """A value for the policy, of the type of the operator; perhaps a pattern of the value given."""
        always = key.family in ("Epoch", "IpAddress")
        if key.family in _POOLS and (always or self.random.random() < 0.7):
            return self.random.choice(_POOLS[key.family])
        if key.family == "Bool":
            return self.random.choice((value, str(value).lower(), str(value).upper(), str(value).title()))
        if base.endswith("IgnoreCase") and self.random.random() < 0.5:
            return str(value).swapcase()
        if base.startswith("Arn"):
            return self._arn_pattern(value)
        return self._pattern(value) if base.endswith("Like") and self.random.random() < 0.7 else value

    def _pattern(self, value: str) -> str:
        """A wildcard pattern of a text; its own stars are quoted."""
        middle = len(value) // 2
        patterns = (value[:middle] + "*", "*" + value[middle:], value[:1] + "?" + value[2:], "*", value)
        chosen = self.random.choice(patterns)
        return value.replace("*", "${*}") if "*" in value else chosen

    def _arn_pattern(self, arn: str) -> str:
        """A pattern of an ARN, segment by segment."""
        prefix, *middle, resource = arn.split(":", 5)
        middle = [part if self.random.random() < 0.75 else "*" for part in middle]
        if self.random.random() < 0.15:
            # Its end alone, which a star does not complete; or in another case.
            resource = resource.rpartition(":")[2] if ":" in resource else resource.swapcase()
        return ":".join((prefix, *middle, resource if self.random.random() < 0.5 else self._pattern(resource)))


def takes_for_all_values(key: Key) -> bool:
    """KMS refuses a policy with ForAllValues on an encryption context."""
    return not key.name.startswith("kms:EncryptionContext:")


def matches(base: str, wanted: Any, value: Any) -> bool:
    """Whether the operator, without its negation, holds of a policy's value and a request's: for values made here."""
    return _text_matches(base, str(wanted).replace("${*}", "[*]"), str(value))


def _text_matches(base: str, wanted: str, value: str) -> bool:
    if base.startswith("Numeric"):
        return _ORDER[base.removeprefix("Numeric").replace("Not", "")](float(value), float(wanted))
    if base.startswith("Date"):
        at = {name: float(place) for name, place in _DATES.items()}
        compare = _ORDER[base.removeprefix("Date").replace("Not", "")]
        return compare(at[value] if value in at else float(value), at[wanted] if wanted in at else float(wanted))
    if base.endswith("IpAddress"):
        return ip_address(value) in ip_network(wanted)
    if base.startswith("Arn"):
        return all(map(fnmatchcase, value.split(":", 5), wanted.split(":", 5)))
    if base.endswith("Like"):
        return fnmatchcase(value, wanted)
    if base.endswith("IgnoreCase") or base == "Bool":
        return value.lower() == wanted.lower()
    return value == wanted
