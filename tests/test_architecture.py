"""The shape of the code: imports point one way, names say something, and pieces stay small."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

ROOMS = (
    "location",
    "limits",
    "errors",
    "crashes",
    "looking",
    "reading",
    "rehearsal",
    "whole_files",
    "values",
    "verdict",
    "watch",
    "wildcard",
    "gitignore",
    "raw",
    "byte_search",
    "installed_modules",
    "module_graph",
    "template_graph",
    "given_variables",
    "discovery",
    "syntax",
    "model",
    "aws",
    "engine",
    "settings",
    "given_limits",
    "path_settings",
    "selection",
    "config",
    "access",
    "cloudformation",
    "terraform",
    "given_parameters",
    "accounting",
    "template_library",
    "template_estates",
    "terraform_library",
    "terraform_estates",
    "joins",
    "estates",
    "given",
    "suppression",
    "key_verdicts",
    "judging",
    "key_access",
    "lint",
    "ignoring",
    "request_line",
    "simulate",
    "report",
    "baselining",
    "cfnlint",
    "console",
    "grouped_help",
    "completion",
    "setting_options",
    "commands",
    "cli",
    "__main__",
)
"""A module imports from its own room and from rooms further up this list."""

OPEN_TO_RULES = frozenset({"location", "values", "verdict", "model", "aws", "engine", "access"})

LAZY_ROOMS = frozenset(
    {
        "config",
        "path_settings",
        "installed_modules",
        "module_graph",
        "template_graph",
        "syntax",
        "cloudformation",
        "given_parameters",
        "template_library",
        "template_estates",
        "joins",
        "terraform",
        "terraform_library",
        "terraform_estates",
        "report",
        "key_access",
        "suppression",
        "ignoring",
        "baselining",
        "simulate",
        "completion",
        "cli",
    }
)
"""Of the readers, the reporters and the commands a run needs one or two; the others are not loaded."""

LAZY_LIBRARIES = frozenset(
    {
        "base64",
        "cfnlint",
        "datetime",
        "difflib",
        "hashlib",
        "hcl2",
        "ipaddress",
        "jinja2",
        "json",
        "jsonschema",
        "lark",
        "pathlib",
        "pathspec",
        "resource",
        "rich",
        "signal",
        "traceback",
        "tree_sitter",
        "urllib",
        "uuid",
    }
)

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "misc"})


class Import(NamedTuple):
    """An import statement: who, what, and where it stands."""

    importer: str
    target: str
    line: int
    in_function: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


@cache
def modules() -> dict[str, Path]:
    """Every module of the distribution by its dotted name."""
    found = {}
    for directory, package in (("kmslint", "kmslint"), ("rules", "kmslint.rules")):
        for path in sorted((ROOT / directory).rglob("*.py")):
            parts = path.relative_to(ROOT / directory).with_suffix("").parts
            found[".".join((package, *parts)).removesuffix(".__init__")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def statements(node: ast.AST, in_function: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Every statement below a node, with whether it stands inside a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child, in_function
        inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from statements(child, inside)


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the distribution; `from kmslint.model import arn` names kmslint.model.arn."""
    found = []
    for importer in modules():
        for statement, in_function in statements(tree(importer)):
            if isinstance(statement, ast.Import):
                names = [alias.name for alias in statement.names]
            elif isinstance(statement, ast.ImportFrom):
                names = [imported_name(statement.module or "", alias.name) for alias in statement.names]
            else:
                continue
            found += [Import(importer, name, statement.lineno, in_function) for name in dict.fromkeys(names)]
    return tuple(found)


def imported_name(package: str, name: str) -> str:
    return f"{package}.{name}" if f"{package}.{name}" in modules() else package


def room(module: str) -> str:
    """`model` for kmslint.model.arn; nothing for the package itself."""
    return module.removeprefix("kmslint").removeprefix(".").partition(".")[0]


def top_level(module: str) -> str:
    return module.partition(".")[0]


def own_imports() -> Iterator[Import]:
    """The imports that stay within kmslint."""
    return (each for each in imports() if top_level(each.target) == "kmslint")


def expect_none(offences: Iterable[object]) -> None:
    """Fail with one offence a line."""
    found = "\n".join(map(str, offences))
    assert not found, f"\n{found}"


def points_up(each: Import) -> bool:
    """Does it import from a room further down the list? A module without a room has a test of its own."""
    importer, target = room(each.importer), room(each.target)
    if {importer, target} <= set(ROOMS):
        return ROOMS.index(target) > ROOMS.index(importer)
    return importer == "" and target != ""


def may_be_lazy(module: str) -> bool:
    return room(module) in LAZY_ROOMS if top_level(module) == "kmslint" else top_level(module) in LAZY_LIBRARIES


def too_long() -> Iterator[str]:
    for module, path in modules().items():
        name = path.relative_to(ROOT).as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            yield f"{name}: {lines} lines"
        for statement, _ in statements(tree(module)):
            if isinstance(statement, ast.FunctionDef):
                length = (statement.end_lineno or 0) - statement.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{name}:{statement.lineno}: {statement.name} has {length} lines"


def test_every_module_has_its_room() -> None:
    expect_none(name for name in modules() if room(name) not in {"", "rules", *ROOMS})


def test_imports_point_one_way() -> None:
    expect_none(each for each in own_imports() if points_up(each))


def test_a_rule_leans_on_a_few_rooms_only() -> None:
    of_rules = (each for each in own_imports() if room(each.importer) == "rules")
    expect_none(each for each in of_rules if room(each.target) not in OPEN_TO_RULES)


def test_nothing_names_a_rule() -> None:
    """Rules are found by looking into their package, so adding one touches no other file."""
    expect_none(each for each in own_imports() if room(each.target) == "rules")


def inner(edges: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The imports that may lie on a circle: somebody imports the importer, and the target imports something."""
    importers, targets = ({edge[end] for edge in edges} for end in (0, 1))
    return frozenset(edge for edge in edges if edge[0] in targets and edge[1] in importers)


def test_there_is_no_circle() -> None:
    edges = frozenset((each.importer, each.target) for each in own_imports())
    while inner(edges) != edges:
        edges = inner(edges)
    expect_none(f"{importer} imports {target}" for importer, target in sorted(edges))


def test_an_import_in_a_function_saves_time() -> None:
    in_functions = (each for each in imports() if each.in_function)
    expect_none(each for each in in_functions if not may_be_lazy(each.target))


def test_no_import_is_for_types_only() -> None:
    """An import of our own behind `TYPE_CHECKING` hides a circle instead of undoing it."""
    expect_none(
        f"{name}:{one.lineno}"
        for name, path in modules().items()
        for block in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for one in ast.walk(block)
        if (isinstance(one, ast.ImportFrom) and (one.module or "").startswith("kmslint"))
        or (isinstance(one, ast.Import) and any(each.name.startswith("kmslint") for each in one.names))
    )


def test_names_say_what_is_inside() -> None:
    expect_none(name for name in modules() if EMPTY_NAMES & set(re.split(r"[._]", name)))


def test_files_and_functions_stay_small() -> None:
    expect_none(too_long())
