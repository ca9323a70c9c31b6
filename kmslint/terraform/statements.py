"""`statement` blocks of `aws_iam_policy_document` as the statements they become.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document#statement
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kmslint import limits
from kmslint.location import Location
from kmslint.syntax.tree import Argument, Node
from kmslint.terraform.block_schemas import STATEMENT, refused
from kmslint.terraform.blocks import Nested, nested
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.scalars import as_text
from kmslint.terraform.scope import Scope, out_of_bounds
from kmslint.terraform.shapes import Absent, choice, spliced
from kmslint.values import Choice, Field, Fields, HoleKind, Items, Null, Part, Text, Unknown, Value, text, unknown
from kmslint.verdict import NO
from kmslint.wildcard import equal

_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_BLOCKS = {"principals": "Principal", "not_principals": "NotPrincipal", "condition": "Condition"}


def read_block(block: Nested, evaluate: Evaluate) -> Value:
    """The statement of one block; located at the block, its members at their arguments."""
    header = block.block.header
    if any(refused(block.block, STATEMENT)):
        return unknown("a statement that Terraform refuses", header, HoleKind.UNREADABLE)
    members: list[Field] = []
    sid = _argument(block, "sid", evaluate)
    if sid is not None:
        members.append(sid)
    members.append(_argument(block, "effect", evaluate) or Field(text("Effect", header), text("Allow", header)))
    for argument in block.body.arguments:
        if argument.name.text in _LISTS:
            members += _list(argument, evaluate, block.scope)
    for kind, name in _BLOCKS.items():
        blocks = list(nested(block.body, kind, evaluate, block.scope))
        if blocks:
            members.append(Field(text(name, blocks[0].block.type.at), _from_blocks(kind, blocks, evaluate)))
    return Fields(tuple(members), block.block.at)


def _argument(block: Nested, name: str, evaluate: Evaluate) -> Field | None:
    argument = next((one for one in block.body.arguments if one.name.text == name), None)
    value = evaluate(argument.value, block.scope) if argument is not None else None
    if argument is None or value is None or isinstance(value, Null) or (isinstance(value, Text) and not value.parts):
        return None
    return Field(text(name.capitalize(), argument.at), value)


def _list(argument: Argument, evaluate: Evaluate, scope: Scope) -> list[Field]:
    """The member for a list of texts; an empty list is left out, as the provider does."""
    value = _nonempty(evaluate(argument.value, scope))
    name = argument.name.text
    if name.endswith("resources"):
        value = _replaced(value)
    return [] if isinstance(value, Null) else [Field(text(_LISTS[name], argument.at), value)]


def _nonempty(value: Value) -> Value:
    if isinstance(value, Choice):
        return value._replace(when_true=_nonempty(value.when_true), when_false=_nonempty(value.when_false))
    return Null(value.at) if isinstance(value, Items) and not value.items else value


def _replaced(value: Value) -> Value:
    """`&{aws:username}` is how the provider wants `${aws:username}` written."""
    if isinstance(value, Text) and any(isinstance(part, str) and "&{" in part for part in value.parts):
        parts = (part.replace("&{", "${") if isinstance(part, str) else part for part in value.parts)
        return Text(tuple(parts), value.at, value.typed)
    if isinstance(value, Items):
        return value._replace(items=tuple(map(_replaced, value.items)))
    if isinstance(value, Choice):
        return value._replace(when_true=_replaced(value.when_true), when_false=_replaced(value.when_false))
    return value


Build = Callable[[Sequence[Nested]], Value]


def _from_blocks(kind: str, blocks: Sequence[Nested], evaluate: Evaluate) -> Value:
    """The member that blocks of one type make together; a choice where some of them may be absent."""
    conditions = dict.fromkeys(guard.condition for block in blocks for guard in block.way.guards)
    build: Build = (
        (lambda present: _condition(present, evaluate))
        if kind == "condition"
        else (lambda present: _principals(present, evaluate))
    )
    if len(conditions) > limits.CHOICES:
        reason = f"{len(conditions)} conditions on {kind} blocks"
        return out_of_bounds(limits.named(reason, "choices"), blocks[0].block.header)
    return _decided(blocks, list(conditions), {}, build, blocks[0].block.header)


def _decided(
    blocks: Sequence[Nested], conditions: list[str], world: dict[str, bool], build: Build, at: Location
) -> Value:
    if conditions:
        condition, *rest = conditions
        first = _decided(blocks, rest, {**world, condition: True}, build, at)
        return choice(condition, first, _decided(blocks, rest, {**world, condition: False}, build, at), at)
    present = [block for block in blocks if all(world[guard.condition] == guard.holds for guard in block.way.guards)]
    return build(present) if present else Absent(at)


def _principals(blocks: Sequence[Nested], evaluate: Evaluate) -> Value:
    types = [(_text(block, "type", evaluate), _values(block, "identifiers", evaluate)) for block in blocks]
    if len(types) == 1:
        type_, identifiers = types[0]
        if type_.literal == "*" and isinstance(identifiers, Items) and _is_star(identifiers):
            return identifiers.items[0]
    return _grouped(types, blocks[0].block.at)


def _is_star(identifiers: Items) -> bool:
    return (
        len(identifiers.items) == 1 and isinstance(identifiers.items[0], Text) and (identifiers.items[0].literal == "*")
    )


def _condition(blocks: Sequence[Nested], evaluate: Evaluate) -> Value:
    """Operators with their keys; what stands for the same key of one operator is put together."""
    tests = [
        (_text(block, "test", evaluate), _text(block, "variable", evaluate), _values(block, "values", evaluate))
        for block in blocks
    ]
    operators: dict[tuple[Part, ...], tuple[Text, list[tuple[Text, Value]]]] = {}
    for index, (operator, key, value) in enumerate(tests):
        more = [_more(other) for other in tests[:index] + tests[index + 1 :] if _may_join((operator, key), other)]
        pairs = operators.setdefault(operator.parts, (operator, []))[1]
        pairs += [(key, value), *((key, unseen) for unseen in more)]
    at = blocks[0].block.at
    return Fields(tuple(Field(name, _grouped(pairs, name.at)) for name, pairs in operators.values()), at)


_Test = tuple[Text, Text, Value]


def _may_join(mine: tuple[Text, Text], other: _Test) -> bool:
    """Whether another condition may turn out to be of the same operator and key, and its values the values here."""
    operator, key, _ = other
    if not (operator.holes or key.holes or mine[0].holes or mine[1].holes) or mine == (operator, key):
        return False
    if mine[0].parts == operator.parts and mine[1].parts == key.parts:
        return False
    return equal(mine[0], operator) is not NO and equal(mine[1], key) is not NO


def _more(other: _Test) -> Unknown:
    operator, key, value = other
    hole = next(iter((*operator.holes, *key.holes)), None)
    label = hole.label if hole is not None else str(key)
    return unknown(f"the values for {label}", value.at, spread=True)


def _grouped(pairs: Sequence[tuple[Text, Value]], at: Location) -> Fields:
    """A map of lists; the lists of one name are joined."""
    groups: dict[tuple[Part, ...], tuple[Text, list[Value]]] = {}
    for name, value in pairs:
        groups.setdefault(name.parts, (name, []))[1].append(value)
    return Fields(tuple(Field(name, _joined(values)) for name, values in groups.values()), at)


def _joined(values: list[Value]) -> Value:
    if len(values) == 1:
        return values[0]
    parts: list[Value] = []
    for value in values:
        elements = spliced(value)
        parts.extend((value,) if elements is None else elements)
    return Items(tuple(parts), values[0].at)


def _text(block: Nested, name: str, evaluate: Evaluate) -> Text:
    found = as_text(evaluate(_required(block, name), block.scope))
    if found is not None:
        return found
    missing = unknown(f"{name} of {block.block.type.text}", block.block.header)
    return Text((missing.hole,), missing.at)


def _values(block: Nested, name: str, evaluate: Evaluate) -> Value:
    return _replaced(evaluate(_required(block, name), block.scope))


def _required(block: Nested, name: str) -> Node:
    node = block.body.get(name)
    assert node is not None  # a block without it is refused
    return node
