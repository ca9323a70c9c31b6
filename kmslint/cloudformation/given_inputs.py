"""Values that are given on the command line, as what a stack is made with."""

from __future__ import annotations

from kmslint.cloudformation.calls import is_function
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.template import members
from kmslint.given_variables import GivenParameters
from kmslint.location import Location, Source
from kmslint.syntax.tree import Mapping, Node
from kmslint.values import text


def declared_parameters(document: Node) -> set[str] | None:
    """The parameters of a template; None if it brings in more of them that cannot be seen."""
    assert isinstance(document, Mapping)
    section = document.get("Parameters")
    names = {name for name, _ in members(section)} if isinstance(section, Mapping) else set()
    sections = {name for name, _ in members(document)}
    return None if any(map(is_function, names | sections)) else names


def with_given(inputs: Inputs, given: GivenParameters) -> Inputs:
    """The inputs of a stack with the values given: these count over all others."""
    nowhere = Location(Source("", ""), 0, 0)
    return inputs._replace(values={**inputs.values, **{each.name: text(each.value, nowhere) for each in given.values}})
