"""The mutants of a module: its source with one small mistake each.

Left alone are annotations, docstrings, f-strings, messages, assertions, imports, and what type aliases say.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mutation.edits import Edit, Enums, Place, Source, edits


class Key(NamedTuple):
    """What a mutant is, wherever its lines have moved."""

    module: str
    function: str
    before: str
    after: str
    number: int


class Mutant(NamedTuple):
    """A module with one mistake."""

    module: str
    """The path below the root of the repository."""
    function: str
    """The qualified name of the function or class around the change; empty in the module itself."""
    line: int
    before: str
    after: str
    """The lines that differ, without indentation; empty if none is left."""
    text: str
    lines: frozenset[int]
    """A test that comes to none of these lines does not notice."""
    bodies: frozenset[int]
    """Where the functions begin, decorators included, of which one has to be called before anything is different.
    Empty if importing the module is enough."""
    table: str
    """The private name that gets another value, if the change is not in a function."""
    needs: tuple[str, str] | None
    """The module and the name of an import that the mistake needs and the module lacks; the text has it."""
    number: int = 1
    """Which it is of those that look the same in the function."""

    @property
    def key(self) -> Key:
        """What the mutant is, wherever its lines have moved."""
        return Key(self.module, self.function, self.before, self.after, self.number)


class Spot(NamedTuple):
    """A node, what is around it, and the outermost function in whose body it is."""

    node: ast.AST
    parents: tuple[ast.AST, ...]
    body_of: ast.FunctionDef | None


def enums_below(directory: Path) -> dict[str, list[str]]:
    """The members of every enumeration in the modules below a directory."""
    found = {}
    for path in sorted(directory.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases):
                assigned = (part.targets[0] for part in node.body if isinstance(part, ast.Assign))
                found[node.name] = [name.id for name in assigned if isinstance(name, ast.Name)]
    return found


def mutants_of(module: str, text: str, enums: Enums) -> Iterator[Mutant]:
    """Every mutant of a module, each once."""
    source = Source(text)
    seen = {ast.dump(source.tree)}
    alike: Counter[Key] = Counter()
    for spot in _spots(Spot(source.tree, (), None)):
        if not spot.parents:
            continue
        for edit in edits(spot.node, Place(source, spot.parents, enums)):
            mutant = _mutant(module, source, spot, edit)
            meaning = _meaning(mutant.text)
            if meaning is not None and meaning not in seen:
                seen.add(meaning)
                alike[mutant.key] += 1
                yield mutant._replace(number=alike[mutant.key])


def _meaning(text: str) -> str | None:
    """What the text says, its layout aside; None if it is no Python."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return None


def _mutant(module: str, source: Source, spot: Spot, edit: Edit) -> Mutant:
    changed = (source.data[: edit.start] + edit.text.encode() + source.data[edit.end :]).decode()
    line, before, after = _difference(source.data.decode(), changed)
    around = (*spot.parents, spot.node)
    name = ".".join(node.name for node in around if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    needs, text = _with_import(source, edit, changed) if isinstance(spot.node, ast.Name) else (None, changed)
    if spot.body_of is None:
        table = private_name(around[1])
        lines, bodies = _readers(source.tree, table)
    else:
        table, lines, bodies = "", _lines(source, around, edit), frozenset(_beginning(spot.body_of))
    return Mutant(module, name, line, before, after, text, lines, bodies, table, needs)


def _difference(old: str, new: str) -> tuple[int, str, str]:
    """The first line that differs, and those that differ in either text."""
    before, after = old.splitlines(), new.splitlines()
    first = next(at for at, (one, other) in enumerate(zip([*before, ""], [*after, ""], strict=False)) if one != other)
    while before and after and before[-1] == after[-1] and min(len(before), len(after)) > first:
        before.pop()
        after.pop()
    one, other = (" ".join(each.strip() for each in lines[first:]).strip() for lines in (before, after))
    return first + 1, one, other


def _lines(source: Source, around: tuple[ast.AST, ...], edit: Edit) -> frozenset[int]:
    """The lines of the whole expression in which the edit is, and those where the functions inside others begin.

    Such a function is made when the one around it is called. Where that was before the first test, as for the functions
    that make Terraform's out of others, a mistake that is put inside later would never come about.
    """
    outermost = max(at for at, node in enumerate(around) if isinstance(node, ast.stmt)) + 1
    start, end = edit.start, edit.end
    if outermost < len(around) and isinstance(around[outermost], ast.expr):
        start, end = source.start(around[outermost]), source.end(around[outermost])
    _, *inner = (node.lineno for node in around if isinstance(node, ast.FunctionDef))
    return frozenset((*range(source.line(start), source.line(end) + 1), *inner))


def private_name(statement: ast.AST) -> str:
    """The name that a statement gives a value, if the name is one for the module alone."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    target = targets[0]
    return target.id if isinstance(target, ast.Name) and target.id.startswith("_") else ""


def _readers(tree: ast.Module, name: str) -> tuple[frozenset[int], frozenset[int]]:
    """The lines that may read a name, and the functions that they are in; nothing if anything else may."""
    members = [member for node in tree.body for member in (node.body if isinstance(node, ast.ClassDef) else [node])]
    functions = [member for member in members if isinstance(member, ast.FunctionDef)]
    reading = [(part, function) for function in functions for part in function.body if _mentions(part, name)]
    if not name or _mentions(tree, name) != 1 + sum(_mentions(part, name) for part, _ in reading):
        return frozenset(), frozenset()
    lines = (line for part, _ in reading for line in range(part.lineno, (part.end_lineno or part.lineno) + 1))
    return frozenset(lines), frozenset(line for _, function in reading for line in _beginning(function))


def _mentions(node: ast.AST, name: str) -> int:
    return sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _with_import(source: Source, edit: Edit, changed: str) -> tuple[tuple[str, str] | None, str]:
    """The import of the name that the edit writes instead of an imported one, and the text with it."""
    old = source.data[edit.start : edit.end].decode()
    imports = [node for node in source.tree.body if isinstance(node, ast.ImportFrom)]
    bound = {name.asname or name.name for node in imports for name in node.names}
    if old not in bound or edit.text in bound or not edit.text.isidentifier():
        return None, changed
    origin = next(node for node in imports if any(old == (name.asname or name.name) for name in node.names))
    module = str(origin.module)
    lines = changed.splitlines(keepends=True)
    last = (origin.end_lineno or origin.lineno) - 1
    lines[last] = lines[last].rstrip("\n") + f"; from {module} import {edit.text}\n"
    return (module, edit.text), "".join(lines)


def _beginning(function: ast.FunctionDef) -> list[int]:
    """The line in which its code begins; none if other code cannot be put into it, for it needs its class."""
    if _mentions(function, "super"):
        return []
    return [min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])]


def _spots(spot: Spot) -> Iterator[Spot]:
    """The nodes in which a mistake may be made: the spot's and those below."""
    yield spot
    node, parents = spot.node, (*spot.parents, spot.node)
    if isinstance(node, ast.FunctionDef):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from _spots(Spot(default, parents, spot.body_of))
        for statement in node.body:
            yield from _spots(Spot(statement, parents, spot.body_of or node))
    else:
        for child in _children(node, parents):
            yield from _spots(Spot(child, parents, spot.body_of))


_ALONE: Final = (ast.Assert, ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr)
_VALUE: Final = re.compile(r"_*[A-Z][A-Z0-9_]+")


def _children(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[ast.AST]:
    """What is below a node that is no function, except what is no behaviour."""
    if isinstance(node, _ALONE) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    if isinstance(node, ast.ClassDef):
        yield from node.body
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        alias = len(parents) == 2 and _is_type(node.value)
        if node.value is not None and not alias and names.isdisjoint({"__slots__", "__all__"}):
            yield node.value
    elif isinstance(node, ast.Call):
        type_first = isinstance(node.func, ast.Name) and node.func.id in {"cast", "TypeVar", "NewType"}
        yield node.func
        yield from node.args[1:] if type_first else node.args
        yield from node.keywords
    elif isinstance(node, ast.Lambda):
        yield node.body
    else:
        yield from ast.iter_child_nodes(node)


def _is_type(value: ast.expr | None) -> bool:
    """Whether the value of an assignment in a module looks like a type: a subscript, or names joined with `|`."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return not any(isinstance(node, ast.Name) and _VALUE.fullmatch(node.id) for node in ast.walk(value))
    return isinstance(value, ast.Subscript)
