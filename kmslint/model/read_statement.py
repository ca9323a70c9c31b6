"""One statement of a policy: its elements, whatever shape they were given."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.policy import Effect, Element, Malformed, Principal, PrincipalType, Statement, Test
from kmslint.values import Field, Fields, Guards, Hole, HoleKind, Items, Null, Text, Unknown, Value
from kmslint.wildcard import fold

_OPERATORS = {
    fold(operator): operator
    for operator in (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    )
}
_MEMBERS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_QUANTIFIERS = {"forallvalues": "ForAllValues", "foranyvalue": "ForAnyValue"}
_TYPES: dict[str | None, PrincipalType] = {
    "AWS": PrincipalType.AWS,
    "Service": PrincipalType.SERVICE,
    "Federated": PrincipalType.FEDERATED,
    "CanonicalUser": PrincipalType.CANONICAL_USER,
}


def read_statement(fields: Fields, position: int, guards: Guards, literal_variables: bool) -> Statement:
    """The statement a map stands for. Nothing in it is a Choice any more."""
    reader = _StatementReader(fields)
    reader.unknown_members()
    sid = reader.members.get("Sid")
    return Statement(
        position=position,
        sid=str(sid) if isinstance(sid, Text) and sid.parts else None,
        effect=reader.effect(),
        principals=reader.principals("Principal"),
        not_principals=reader.principals("NotPrincipal"),
        actions=reader.elements("Action"),
        not_actions=reader.elements("NotAction"),
        resources=reader.elements("Resource"),
        not_resources=reader.elements("NotResource"),
        conditions=tuple(reader.conditions()),
        at=fields.at,
        header=sid.at if sid is not None else fields.fields[0].name.at if fields.fields else fields.at,
        malformed=tuple(reader.malformed),
        guards=guards,
        literal_variables=literal_variables,
    )


class _StatementReader:
    """The elements of one statement; what is misshapen is noted on the way."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.malformed: list[Malformed] = []
        self.members = {field.name.literal: field.value for field in fields.fields}

    def get(self, name: str) -> Value | None:
        """The value of the member of that name; None if it is null."""
        value = self.members.get(name)
        return None if isinstance(value, Null) else value

    def unknown_members(self) -> None:
        """Note the members that no statement has: a misspelt Condition is none."""
        for field in self.fields.fields:
            if field.name.literal is not None and field.name.literal not in _MEMBERS:
                self.malformed.append(Malformed(f"a statement has no member {field.name}", field.name.at))

    def effect(self) -> Effect:
        value = self.members.get("Effect")
        if isinstance(value, Text) and value.literal in ("Allow", "Deny"):
            return Effect(value.literal)
        if isinstance(value, Unknown) or (isinstance(value, Text) and value.holes):
            return Effect.UNKNOWN
        at = value.at if value is not None else self.fields.at
        self.malformed.append(Malformed("Effect is neither Allow nor Deny", at))
        return Effect.INVALID

    def elements(self, name: str) -> tuple[Element, ...] | None:
        """The entries of a list element; None if it is absent."""
        value = self.get(name)
        return None if value is None else tuple(self._entries(value, name))

    def principals(self, name: str) -> tuple[Principal, ...] | None:
        value = self.get(name)
        if value is None:
            return None
        before = len(self.malformed)
        found = tuple(self._principals(value, name))
        if not found and len(self.malformed) == before:
            self.malformed.append(Malformed(f"{name} names nobody", value.at))
        return found

    def conditions(self) -> Iterator[Test | Unknown]:
        value = self.get("Condition")
        if value is None:
            return
        if isinstance(value, Unknown):
            yield value
        elif isinstance(value, Fields):
            yield from value.spread
            for field in value.fields:
                yield from self._tests(field)
        elif isinstance(value, Items) and not value.items:
            return
        else:
            yield self._misshapen("Condition is not a map", value)

    def _principals(self, value: Value, name: str) -> Iterator[Principal]:
        if isinstance(value, Unknown):
            yield Principal(PrincipalType.UNKNOWN, value)
        elif isinstance(value, Text):
            if value.literal == "*":
                yield Principal(PrincipalType.AWS, value)
            elif len(value.parts) == 1 and value.holes:
                yield Principal(PrincipalType.UNKNOWN, value)
            else:
                self._misshapen(f"{name} is a text other than *", value)
        elif isinstance(value, Fields):
            for unseen in value.spread:
                yield Principal(PrincipalType.UNKNOWN, unseen)
            for field in value.fields:
                yield from self._members(field, name)
        else:
            self._misshapen(f"{name} is not a map", value)

    def _members(self, field: Field, name: str) -> Iterator[Principal]:
        type_ = PrincipalType.UNKNOWN if field.name.holes else _TYPES.get(field.name.literal)
        if type_ is None:
            self.malformed.append(
                Malformed(f"{name} has a member {field.name}, which AWS does not know", field.name.at)
            )
            return
        for element in self._entries(field.value, f"{name}.{field.name}"):
            yield Principal(type_, element)

    def _tests(self, field: Field) -> Iterator[Test | Unknown]:
        if isinstance(field.value, Null):
            return
        if isinstance(field.value, Unknown):
            yield field.value
            return
        if field.name.holes:
            yield Unknown(field.name.holes[0], field.name.at)
            return
        if not isinstance(field.value, Fields):
            yield self._misshapen(f"the members of {field.name} are not condition keys", field.value)
            return
        yield from field.value.spread
        quantifier, operator, if_exists = _operator(str(field.name))
        for member in field.value.fields:
            values = tuple(self._entries(member.value, str(member.name)))
            at = member.name.at
            if member.value.at.source is at.source and member.value.at.end > at.start:
                at = at._replace(end=member.value.at.end)
            yield Test(operator, member.name, values, at, if_exists, quantifier)

    def _entries(self, value: Value, name: str) -> Iterator[Element]:
        if isinstance(value, Unknown):
            yield value._replace(spread=True)
        elif isinstance(value, Text):
            yield value
        elif isinstance(value, Items):
            for item in value.items:
                if isinstance(item, (Text, Unknown)):
                    yield item
                elif not isinstance(item, Null):
                    self._misshapen(f"an entry of {name} is not a text", item)
        elif not isinstance(value, Null):
            self._misshapen(f"{name} is neither a text nor a list", value)

    def _misshapen(self, what: str, value: Value) -> Unknown:
        """Note it; the Unknown stands for a part whose effect AWS would refuse to decide."""
        self.malformed.append(Malformed(what, value.at))
        return Unknown(Hole(HoleKind.EXPRESSION, what), value.at)


def _operator(name: str) -> tuple[str, str, bool]:
    """Quantifier, operator in AWS's spelling, and whether `IfExists` stands behind it."""
    quantifier = ""
    head, colon, rest = name.partition(":")
    if colon and fold(head) in _QUANTIFIERS:
        quantifier, name = _QUANTIFIERS[fold(head)], rest
    if_exists = fold(name).endswith("ifexists")
    if if_exists:
        name = name[: -len("IfExists")]
    return quantifier, _OPERATORS.get(fold(name), name), if_exists
