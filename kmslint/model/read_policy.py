"""Any value that stands for a policy, read as a Document: the only place that knows how a policy is spelt.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kmslint import limits
from kmslint.location import Location
from kmslint.model.default_policy import default_document
from kmslint.model.duplicates import both_readings
from kmslint.model.entries import entry_by_entry
from kmslint.model.policy import Document, Malformed, Statement, Unseen
from kmslint.model.policy_text import decode_json
from kmslint.model.read_statement import read_statement
from kmslint.values import (
    ALWAYS,
    Choice,
    Encoded,
    Fields,
    Guard,
    Guards,
    Hole,
    HoleKind,
    Items,
    Null,
    Text,
    Unknown,
    Value,
    branches,
    conditions_of,
    specialise,
    unknown,
)

_WITHOUT_VARIABLES = "2008-10-17"
"""The version of a document that says none.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

Missing = Callable[[Location], Document]
"""What stands in the place of a document that is not written: null, or a blank text."""


def no_statements(at: Location) -> Document:
    """What an identity has where none of its policies is written."""
    return Document((), (), None, at)


def read_policy(value: Value, missing: Missing = default_document) -> Document | Unknown:
    """The document a value stands for; Unknown if it cannot be resolved or is no policy at all.

    A choice between documents becomes one document whose statements carry guards. What null means inside a choice
    the caller says, AWS's default key policy unless it does; what it means on its own the caller decides before.
    """
    return _read(value, ALWAYS, missing)


def _read(value: Value, guards: Guards, missing: Missing) -> Document | Unknown:
    if isinstance(value, Encoded):
        return _read(value.value, guards, missing)
    if isinstance(value, Text):
        if not str(value).strip():
            return _guarded(missing(value.at), guards)
        return _whole(value) or _read_decoded(decode_json(value), guards, missing)
    if isinstance(value, Null):
        return _guarded(missing(value.at), guards)
    if isinstance(value, Choice):
        return _read_choice(value, guards, missing)
    if isinstance(value, Fields):
        return _read_fields(value, guards, missing)
    if isinstance(value, Items):
        return Unknown(Hole(HoleKind.UNREADABLE, "policy is a list, not a map"), value.at)
    return value


def _read_fields(fields: Fields, guards: Guards, missing: Missing) -> Document | Unknown:
    if _is_too_long(fields):
        reason = f"policy over {limits.POLICY_CHARACTERS} characters"
        return unknown(limits.named(reason, "policy-characters"), fields.at, HoleKind.UNREADABLE)
    version = fields.get("Version")
    if isinstance(version, Choice) and len(set(conditions_of(version))) <= limits.CHOICES:
        return _read_choice(_by_version(fields, version), guards, missing)
    return _Reader(fields, guards).document()


def _is_too_long(policy: Fields) -> bool:
    """Whether it would be longer, as a text, than any that is read: all branches count."""
    room = limits.POLICY_CHARACTERS
    pending: list[Value] = [policy]
    while pending and room >= 0:
        value = pending.pop()
        room -= 2  # quotation marks, brackets
        if isinstance(value, Text):
            room -= sum(len(part) for part in value.parts if isinstance(part, str))
        elif isinstance(value, Items):
            pending += value.items
        elif isinstance(value, Fields):
            pending += (one for field in value.fields for one in field)
        elif isinstance(value, Choice):
            pending += (value.when_true, value.when_false)
        elif isinstance(value, Encoded):
            pending.append(value.value)
    return room < 0


def _read_decoded(value: Value, guards: Guards, missing: Missing) -> Document | Unknown:
    if isinstance(value, Text):
        return Unknown(Hole(HoleKind.UNREADABLE, "policy text is not a JSON map"), value.at)
    reading = both_readings(value)
    document = _read(reading.value, guards, missing)
    return document._replace(duplicates=reading.duplicates) if isinstance(document, Document) else document


def _by_version(fields: Fields, version: Choice) -> Choice:
    """A document in each version that it may have: what its texts mean hangs on it."""
    when_true, when_false = (specialise(fields, {version.condition: holds}) for holds in (True, False))
    return Choice(version.condition, when_true, when_false, fields.at)


def _whole(text: Text) -> Unknown | None:
    """A text that is one hole: the policy as a whole comes from elsewhere."""
    if len(text.parts) != 1 or not isinstance(text.parts[0], Hole):
        return None
    is_hole = all(isinstance(piece, Hole) for piece in text.pieces)
    return Unknown(text.parts[0], text.at) if is_hole else None


def _read_choice(choice: Choice, guards: Guards, missing: Missing) -> Document | Unknown:
    known = {guard.condition: guard.holds for guard in guards}
    if choice.condition in known:
        return _read(choice.when_true if known[choice.condition] else choice.when_false, guards, missing)
    ways = guards | {Guard(choice.condition, True)}, guards | {Guard(choice.condition, False)}
    read = (_read(choice.when_true, ways[0], missing), _read(choice.when_false, ways[1], missing))
    unseen = [one for one in read if isinstance(one, Unknown)]
    unreadable = [one for one in unseen if one.hole.kind is HoleKind.UNREADABLE]
    if unreadable or len(unseen) == len(read):
        return (unreadable or unseen)[0]
    first, second = map(_unseen, read, ways)
    return first._replace(
        statements=first.statements + second.statements,
        unseen=first.unseen + second.unseen,
        malformed=first.malformed + second.malformed,
        duplicates=first.duplicates + second.duplicates,
        at=choice.at,
    )


def _unseen(document: Document | Unknown, guards: Guards) -> Document:
    """The document; one that cannot be resolved has statements that cannot be seen."""
    if isinstance(document, Unknown):
        return Document((), (Unseen(document.hole, document.at, guards),), None, document.at)
    return document


def _guarded(document: Document, guards: Guards) -> Document:
    return document._replace(statements=tuple(statement._replace(guards=guards) for statement in document.statements))


class _Reader:
    """One document being read."""

    def __init__(self, fields: Fields, guards: Guards) -> None:
        self.fields = fields
        self.guards = guards
        version = fields.get("Version")
        self.version = version if isinstance(version, Text) else None
        self.literal_variables = self.version is None or self.version.literal == _WITHOUT_VARIABLES
        self.statements: list[Statement] = []
        self.unseen: list[Unseen] = []
        self.malformed: list[Malformed] = []
        self._hide(fields.spread, guards)
        self.position = 0

    def document(self) -> Document:
        value = self.fields.get("Statement")
        if value is not None:
            self._statements(value, self.guards)
        elif not self.fields.spread:
            self._misshapen("no Statement", self.fields.at, self.guards)
        for field in self.fields.fields:
            if field.name.literal is not None and field.name.literal not in ("Version", "Id", "Statement"):
                self._misshapen(f"a policy has no member {field.name}", field.name.at, self.guards)
        if self.version and self.version.literal not in (None, "2012-10-17", _WITHOUT_VARIABLES):
            what = f"there is no policy language of version {self.version}"
            self._misshapen(what, self.version.at, self.guards, 'write Version: "2012-10-17"')
        return Document(tuple(self.statements), tuple(self.unseen), self.version, self.fields.at, tuple(self.malformed))

    def _hide(self, values: Iterable[Unknown], guards: Guards) -> None:
        """Note what stands in the place of statements and cannot be seen."""
        self.unseen.extend(Unseen(value.hole, value.at, guards) for value in values)

    def _misshapen(self, what: str, at: Location, guards: Guards, mend: str = "") -> None:
        self.malformed.append(Malformed(what, at, guards, mend))

    def _statements(self, value: Value, guards: Guards) -> None:
        if isinstance(value, Items):
            for item in value.items:
                self._one(item, guards)
        else:
            self._one(value, guards)

    def _one(self, value: Value, guards: Guards) -> None:
        if isinstance(value, Choice):
            self._choice(value, guards)
        elif isinstance(value, Unknown):
            self._hide((value,), guards)
            self.position += 1
        elif isinstance(value, Fields):
            self._variants(value, guards, limits.PARTS)
            self.position += 1
        elif isinstance(value, Items):
            # A list where one statement may stand: the branch of an `Fn::If`, a nested `concat`.
            self._statements(value, guards)
        elif isinstance(value, Text) and value.holes:
            self._hide((Unknown(value.holes[0], value.at),), guards)
        elif isinstance(value, Text | Encoded):
            self._misshapen("a statement is a text, not a map", value.at, guards)
        elif value is self.fields.get("Statement"):
            self._misshapen("Statement is null", value.at, guards)

    def _choice(self, choice: Choice, guards: Guards) -> None:
        known = {guard.condition: guard.holds for guard in guards}
        start, end = self.position, self.position
        for holds, branch in ((True, choice.when_true), (False, choice.when_false)):
            if known.get(choice.condition, holds) == holds:
                self.position = start
                self._one(branch, guards | {Guard(choice.condition, holds)})
                end = max(end, self.position)
        self.position = end

    def _variants(self, fields: Fields, guards: Guards, room: int) -> None:
        """One statement for each way its inner conditions can come out; few have any."""
        conditions = set(conditions_of(fields))
        decided = specialise(fields, {guard.condition: guard.holds for guard in guards}) if conditions else fields
        assert isinstance(decided, Fields)  # as what it comes of
        unnamed = [Unknown(field.name.holes[0], field.name.at) for field in decided.fields if field.name.holes]
        if decided.spread or unnamed:
            # Any member may come from there.
            self._hide((*decided.spread, *unnamed), guards)
            return
        if not conditions:
            self.statements.append(read_statement(decided, self.position, guards, self.literal_variables))
            return
        variants = branches(decided, 2**limits.CHOICES)
        if variants is None:
            self._apart(decided, len(set(conditions_of(decided))), guards, room)
            return
        for outcome, variant in variants:
            assert isinstance(variant, Fields)  # as what it is a variant of
            inner = frozenset(Guard(condition, holds) for condition, holds in outcome.items())
            self.statements.append(read_statement(variant, self.position, guards | inner, self.literal_variables))

    def _apart(self, fields: Fields, conditions: int, guards: Guards, room: int) -> None:
        """A statement with too many conditions inside to try them together, entry by entry if that is possible."""
        parts = entry_by_entry(fields)
        if not parts or len(parts) > room:
            label = limits.named(
                f"{conditions} conditions in one statement", *(("choices", "parts") if parts else ("choices",))
            )
            self._hide((Unknown(Hole(HoleKind.EXPRESSION, label), fields.at),), guards)
            return
        for part, inner in parts:
            self._variants(part, guards | inner, room // len(parts))
