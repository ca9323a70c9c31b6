"""What the stacks of a run export under a name, for others to import.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kmslint import limits
from kmslint.cloudformation.assembly import out_of_bounds
from kmslint.cloudformation.elsewhere import elsewhere
from kmslint.cloudformation.nested import Stack
from kmslint.cloudformation.template import members
from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node, Scalar
from kmslint.values import Text, Value


class Exports:
    """The exports of stacks that are deployed beside each other: to one account and region, as imports have it."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        """`stacks` are those around all others; what is nested in them exports too."""
        self._found: defaultdict[str, list[tuple[str, Stack, str]]] = defaultdict(list)
        for around in stacks:
            for stack in around.all():
                for name, output in _exported(stack):
                    self._found[name].append((around.source.path, stack, output))
        self._pending: set[str] = set()
        self.imported_from: set[str] = set()
        """The templates that something was imported from."""

    def value(self, name: str, importer: str) -> Value | None:
        """What is exported under the name, for a template; None unless exactly one other template exports it."""
        found = self._found.get(name, ())
        if len(found) != 1 or found[0][0] == importer:
            return None
        if name in self._pending:
            return None
        path, stack, output = found[0]
        if len(self._pending) >= limits.STACK_DEPTH:
            reason = f"exports made of imports more than {limits.STACK_DEPTH} times"
            return out_of_bounds(limits.named(reason, "stack-depth"), Location(stack.source, 0, 0))
        self._pending.add(name)  # stacks that import from each other
        value = stack.output(output)
        self._pending.remove(name)
        if value is None:
            return None
        self.imported_from.add(path)
        return elsewhere(value, path)


def _exported(stack: Stack) -> Iterator[tuple[str, str]]:
    """The names under which a stack exports, each with that of the output."""
    if not stack.live:
        return
    for output, entry in members(stack.template.outputs):
        body = entry.value
        export = body.get("Export") if isinstance(body, Mapping) else None
        node = export.get("Name") if isinstance(export, Mapping) else None
        name = stack.evaluator.evaluate_anywhere(node) if node is not None and _is_made(stack, body) else None
        if isinstance(name, Text) and name.literal:
            yield name.literal, output


def _is_made(stack: Stack, output: Node) -> bool:
    condition = output.get("Condition") if isinstance(output, Mapping) else None
    return not isinstance(condition, Scalar) or stack.evaluator.decide(condition.text) is not False
