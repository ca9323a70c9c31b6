"""HCL text read by either reader, or as kmslint reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kmslint.location import Source
from kmslint.syntax import hcl_first_reader, hcl_second_reader
from kmslint.syntax.hcl import read_hcl
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_twin import twin
from kmslint.syntax.tree import Body, HclFile, Node

Reader = Callable[[str], Body]


def read(text: str) -> HclFile:
    return read_hcl(Source("main.tf", text))


def first(text: str) -> Body:
    return hcl_first_reader.read_statements(Source("main.tf", text), twin(text), 0, len(text), Budget())[0]


def second(text: str) -> Body:
    return hcl_second_reader.read_statement(Source("main.tf", text), twin(text), 0, len(text))


def value(body: Body, name: str = "x") -> Node:
    found = body.get(name)
    assert found is not None
    return found


def problems(file: HclFile) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in file.problems]


both = pytest.mark.parametrize("reader", [first, second], ids=["first", "second"])
