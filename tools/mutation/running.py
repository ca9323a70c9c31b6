"""Run the tests on mutants, each in a process of its own.

Most mistakes are put into the modules as they are, in a process in which pytest has collected the tests: that takes
milliseconds. It can be done in the body of a function that nobody has called before the first test, and in a table
that only such functions read: nothing can have come of what they were without the mistake. For any other, the package
is imported anew, from the mutant's text.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import importlib.machinery
import importlib.util
import math
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Final, NamedTuple

import pytest

from mutation.notes import Line, Notes
from mutation.scouting import Scouted, scout
from mutation.sessions import Children, Fate, Outcome, Session, put_result
from mutation.sources import Mutant, private_name

_CONTROL: Final = Mutant("", "", 0, "", "", "", frozenset(), frozenset(), "", None)
"""No mistake at all: it has to survive the tests in another order."""


class Subject(NamedTuple):
    """What is tested by what."""

    root: Path
    package: str
    tests: Sequence[str]
    """Files, below the root."""
    slowest: float = math.inf
    """Tests that take more CPU seconds are left out: what survives may be killed by one of them."""
    effort: float = math.inf
    """No more tests are run on a mutant than take so many CPU seconds: what survives may be killed by the others."""
    notes: Path | None = None
    """Where to keep what was found out."""

    def name_of(self, mutant: Mutant) -> str:
        """The name by which the mutant's module is imported."""
        parts = mutant.module.removesuffix(".py").removesuffix("/__init__").split("/")
        return ".".join(parts if parts[0] == self.package else [self.package, *parts])


def run(subject: Subject, mutants: Sequence[Mutant], jobs: int, report: Callable[[Outcome], None]) -> None:
    """Run the tests on every mutant, and report what became of it."""
    os.chdir(subject.root)
    sys.path.insert(0, str(subject.root))
    with tempfile.TemporaryDirectory(prefix="mutants-") as directory:
        scratch = Path(directory)
        modules = {mutant.module for mutant in mutants}
        notes = Notes(subject.notes, subject.root)
        scouted = scout(subject.root, subject.package, subject.tests, modules, scratch, notes)
        _check(scouted)
        for name in scouted.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        inside, anew, unreached = _sorted(mutants, scouted)
        for mutant in unreached:
            report(Outcome(mutant, Fate.UNREACHED, ""))
        children = Children(scratch, jobs)
        order = Order(scouted, subject, notes)

        for outcome in _run_anew(subject, anew, children, order):
            report(outcome)
        if inside:
            controls = [] if notes.controlled(subject.tests, modules) else [_CONTROL]
            _run_inside(subject, [*controls, *inside], children, order, report)
            notes.add_control(subject.tests, modules)


def _check(scouted: Scouted) -> None:
    if scouted.failed:
        sys.exit(f"fails without any mistake: {scouted.failed}")
    if scouted.foreign:
        sys.exit(f"run this with a Python in which this tree is installed, not {scouted.foreign[0]}")


def _sorted(mutants: Iterable[Mutant], scouted: Scouted) -> tuple[list[Mutant], list[Mutant], list[Mutant]]:
    """Those whose mistake can be put inside later, those to be imported anew, and those that no test reaches."""
    inside, anew, unreached = [], [], []
    for mutant in mutants:
        if scouted.changes_early(mutant):
            anew.append(mutant)
        elif scouted.reaching(mutant):
            inside.append(mutant)
        else:
            unreached.append(mutant)
    return inside, anew, unreached


class Order:
    """In which order to run the tests: first those that have killed others of the function, then the cheap ones."""

    def __init__(self, scouted: Scouted, subject: Subject, notes: Notes) -> None:
        self.seconds: Mapping[str, float] = scouted.seconds
        self.slow = {test for test, seconds in scouted.seconds.items() if seconds > subject.slowest}
        self._effort = subject.effort
        self._notes = notes
        self._killers = notes.killers()
        self._reaching = scouted.reaching
        self._kills: dict[tuple[str, str], Counter[str]] = {}

    def killer(self, mutant: Mutant) -> str:
        """The test that killed it in an earlier run; empty if none did."""
        return self._killers.get(mutant.key, "")

    def of(self, mutant: Mutant, files: Collection[str] | None = None) -> list[str]:
        """The tests to run on a mutant: those of the files, or else those that come to a mistake inside of a function,
        for no others see it."""
        every = (test for test in self.seconds if files and test.partition("::")[0] in files)
        tests = {*(every if files else self._reaching(mutant))} - self.slow
        here, near = (self._kills.get(place, Counter()) for place in _places(mutant))
        killer = self.killer(mutant)
        ordered = sorted(tests, key=lambda test: (test != killer, -here[test], -near[test], self.seconds[test]))
        spent = accumulate(self.seconds[test] for test in ordered)
        return [test for test, so_far in zip(ordered, spent, strict=True) if so_far <= self._effort] or ordered[:1]

    def learning(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """The same outcomes; later mutants profit from them."""
        for outcome in outcomes:
            if outcome.fate is Fate.KILLED:
                if outcome.detail != self.killer(outcome.mutant):
                    self._notes.add_killer(outcome.mutant.key, outcome.detail)
                for place in _places(outcome.mutant):
                    self._kills.setdefault(place, Counter())[outcome.detail] += 1
            yield outcome


def _places(mutant: Mutant) -> tuple[tuple[str, str], tuple[str, str]]:
    return (mutant.module, mutant.function or "<module>"), (mutant.module, "")


class _Finder(importlib.machinery.SourceFileLoader):
    """Finds one module of the package, and loads the mutant's text for it."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._code = compile(text, path, "exec", dont_inherit=True)
        self.used = False

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, _name: str) -> CodeType:
        self.used = True
        return self._code


def _run_anew(subject: Subject, mutants: Sequence[Mutant], children: Children, order: Order) -> Iterator[Outcome]:
    """Import the package anew for each. To collect the tests of one file costs a tenth of what all of them cost, so
    the file in which an earlier run found the killer comes first, or the one that has the name of the module."""

    def work(files: Mapping[Mutant, Sequence[str]], mutant: Mutant, place: Path) -> None:
        _import_anew(mutant, place, subject._replace(tests=files.get(mutant, subject.tests)), order)

    files = {one: order.killer(one).partition("::")[0] or f"tests/test_{Path(one.module).stem}.py" for one in mutants}
    known = {mutant: (file,) for mutant, file in files.items() if file in subject.tests}
    dead: set[Mutant] = set()
    for outcome in order.learning(children.run(known, partial(work, known))):
        if outcome.fate in (Fate.KILLED, Fate.TIMED_OUT):
            dead.add(outcome.mutant)
            yield outcome
    rest = [mutant for mutant in mutants if mutant not in dead]
    yield from order.learning(children.run(rest, partial(work, {})))


def _import_anew(mutant: Mutant, directory: Path, subject: Subject, order: Order) -> None:
    assert subject.package not in sys.modules
    name = subject.name_of(mutant)
    finder = _Finder(name, str(subject.root / mutant.module), mutant.text)

    def body(session: Session, items: Sequence[pytest.Item]) -> None:
        killer = "the collection of the tests"
        if not session.failed:
            by_name = {item.nodeid: item for item in items}
            chosen = [by_name[test] for test in order.of(mutant, subject.tests) if test in by_name]
            killer = session.first_failure(chosen, order.seconds)
        assert finder.used, f"no test imports {name}"
        put_result(directory, killer)

    sys.meta_path.insert(0, finder)
    Session(body).start(subject.tests)


def _run_inside(
    subject: Subject, mutants: Sequence[Mutant], children: Children, order: Order, report: Callable[[Outcome], None]
) -> None:
    """Collect the tests once, and run them on each mutant in a copy of this process."""

    def body(session: Session, items: Sequence[pytest.Item]) -> None:
        by_name = {item.nodeid: item for item in items}
        for name in sorted({subject.name_of(mutant) for mutant in mutants if mutant is not _CONTROL}):
            importlib.import_module(name)  # some are imported where they are used, in a test
        functions = _functions_below(subject.root)
        gc.freeze()  # what is never collected is not copied either

        def work(mutant: Mutant, directory: Path) -> None:
            if mutant is _CONTROL:
                chosen = [item for item in reversed(items) if item.nodeid not in order.slow]
            else:
                failure = _put_inside(mutant, sys.modules[subject.name_of(mutant)], functions)
                if failure:
                    put_result(directory, failure)
                    return
                chosen = [by_name[test] for test in order.of(mutant)]
            put_result(directory, session.first_failure(chosen, order.seconds))

        for outcome in order.learning(children.run(mutants, work)):
            if outcome.mutant is not _CONTROL:
                report(outcome)
            elif outcome.fate is not Fate.SURVIVED:
                sys.exit(f"fails without any mistake, in another order: {outcome.detail}")

    Session(body).start(subject.tests)


def _functions_below(root: Path) -> dict[Line, list[FunctionType]]:
    """Every function of the tree that is there now, by where it begins: decorators hide some from their modules."""
    found: dict[Line, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(f"{root}{os.sep}"):
            path = Path(each.__code__.co_filename).relative_to(root).as_posix()
            found.setdefault((path, each.__code__.co_firstlineno), []).append(each)
    return found


def _put_inside(mutant: Mutant, module: ModuleType, functions: Mapping[Line, Sequence[FunctionType]]) -> str:
    """Make the mistake in the module as it is. Says how importing it would fail; empty if it would not."""
    if mutant.needs is not None:
        origin, name = mutant.needs
        setattr(module, name, getattr(importlib.import_module(origin), name))
    path, tree = str(module.__file__), ast.parse(mutant.text)
    if mutant.table:
        old = vars(module)[mutant.table]
        others = [other for other in sys.modules.values() if other is not module]
        assert not any(getattr(other, "__dict__", {}).get(mutant.table) is old for other in others)
        tree.body = [node for node in tree.body if private_name(node) == mutant.table]
        try:
            exec(compile(tree, path, "exec", dont_inherit=True), vars(module))  # noqa: S102
        except Exception as error:  # noqa: BLE001 - a mistake may raise anything
            return f"importing it: {error!r}"
        return ""
    whole = compile(tree, path, "exec", dont_inherit=True)
    codes = {(code.co_firstlineno, code.co_name): code for code in _codes(whole)}
    for line in mutant.bodies:
        for function in functions[mutant.module, line]:
            function.__code__ = codes[line, function.__code__.co_name]
    return ""


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
