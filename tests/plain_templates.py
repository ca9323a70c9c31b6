"""Templates as plain data, the same whether functions are written long or short: for comparing expansions."""

from __future__ import annotations

from typing import Any

from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.calls import is_null, read_call
from kmslint.cloudformation.expansion import expanded
from kmslint.cloudformation.growth import Growth
from kmslint.cloudformation.parameters import NO_INPUTS
from kmslint.errors import Problem
from kmslint.location import Source
from kmslint.syntax.data import read_data
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence


def written_out(text: str) -> tuple[Any, list[Problem]]:
    """A template with its loops written out, and what could not be."""
    source = Source("t.yaml", text)
    problems: list[Problem] = []
    budget = Budget(lambda reason, at: problems.append(Problem(at.path, reason, at)))
    done = expanded(read_data(source).documents[0], source, NO_INPUTS, None, Growth(budget))
    return plain(done.document), [*done.problems, *problems]


def plain(node: Node) -> Any:
    """A node as lists and dictionaries of texts."""
    call = read_call(node)
    if call is not None:
        return {call.name: plain(call.argument)}
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries if isinstance(entry.key, Scalar)}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar), node
    return None if is_null(node) else node.text


def resolved(data: Any, mappings: Any) -> Any:
    """The data as cfn-lint leaves it: what needs nothing but the loops is worked out."""
    if isinstance(data, list):
        return [resolved(item, mappings) for item in data]
    if not isinstance(data, dict):
        return str(data).lower() if isinstance(data, bool) else None if data is None else str(data)
    done = {str(name): resolved(value, mappings) for name, value in data.items()}
    if isinstance(done.get("Fn::Equals"), list):
        # cfn-lint puts the two in an order of its own.
        return {"Fn::Equals": sorted(done["Fn::Equals"], key=str)}
    text = done.get("Fn::Sub")
    if isinstance(text, str) and "${" not in text:
        return text
    attribute = done.get("Fn::GetAtt")
    if isinstance(attribute, str):
        return {"Fn::GetAtt": attribute.split(".", 1)}
    keys = done.get("Fn::FindInMap")
    if isinstance(keys, list) and all(isinstance(key, str) for key in keys[:3]):
        found = mappings.get(keys[0], {}).get(keys[1], {}).get(keys[2])
        return done if found is None else resolved(found, mappings)
    return done
