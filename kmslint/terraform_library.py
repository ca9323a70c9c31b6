"""The Terraform modules of a run: each directory is parsed once, however often it is called."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from kmslint.discovery import Discovered
from kmslint.errors import InputError, Problem
from kmslint.given_variables import NO_VARIABLES, GivenVariables
from kmslint.location import Location, Source
from kmslint.model.estate import Estate
from kmslint.raw import Module, RawFile
from kmslint.syntax.bytes import decode
from kmslint.syntax.tree import DataFile, HclFile, Node
from kmslint.terraform.assigned import Assigned
from kmslint.terraform.called_files import called_from
from kmslint.terraform.declarations import Declarations, assigned_in
from kmslint.terraform.files import Tree
from kmslint.terraform.module import declared_in, read_declared
from kmslint.terraform.sources import ReadPlan, Sources


class TerraformLibrary:
    """The directories with Terraform files by their path relative to the root."""

    def __init__(self, discovered: Discovered, given: GivenVariables = NO_VARIABLES) -> None:
        """Raises InputError for a given file of variables that cannot be read."""
        self._modules: Final = {module.directory: module for module in discovered.modules}
        self._root: Final = discovered.root
        self._trees: Final = discovered.trees
        self._fetched: Final = {place for module in discovered.modules for place in module.installed.values()}
        """They are not the user's: only who calls them has them read."""
        self._roots: Final[list[str]] = []
        self._opened: Final[list[Tree]] = []
        self._parsed: Final[dict[str, _Files]] = {}
        self._declared: Final[dict[str, Declarations]] = {}
        self._asked: Final = [name for name, _ in given.texts]
        self._assigned: Final = _assigned(given)

    @property
    def files(self) -> set[str]:
        """The files that were parsed, or could not be."""
        return {file.path for directory in self._parsed for file in self._modules[directory].files}

    @property
    def opened(self) -> set[str]:
        """The files that expressions have read."""
        return {path for tree in self._opened for path in tree.opened}

    @property
    def failures(self) -> dict[str, Problem]:
        """The files that expressions read, that are there, and that the system did not give."""
        return {path: problem for tree in self._opened for path, problem in tree.failures.items()}

    def own_files(self, directory: str) -> set[str]:
        """The files of one directory, parsed or not."""
        return {file.path for file in self._modules[directory].files}

    def read_estate(self, directory: str) -> Estate:
        """The estate of a root module. Raises KeyError for a directory that is not here."""
        self._roots.append(directory)
        tree = Tree(self._root, self._trees, directory) if self._trees else None
        self._opened.extend([] if tree is None else [tree])
        return read_declared(directory, self._load(directory), self, self._assigned, tree)

    def others(self) -> Iterator[str]:
        """The directories that hold keys and that no root module has led to; each has to be read before the next.

        The search that says who is called takes a source in a comment for a call, and no estate is bottomless.
        """
        while others := [one for one in self._modules.values() if one.holds_keys and self._is_left(one)]:
            called = {callee for one in others for callee in one.calls.values() if callee != one.directory}
            for one in [one for one in others if one.directory not in called] or others:
                if self._is_left(one):
                    yield one.directory

    def _is_left(self, module: Module) -> bool:
        return module.directory not in {*self._parsed, *self._roots, *self._fetched}

    def undeclared(self) -> list[str]:
        """The variables among the given texts that no root module declares, of those that were read."""
        if not self._assigned.texts:
            return []
        known = {name for directory in self._roots for name in self._load(directory).variables}
        return [name for name in self._asked if name not in known]

    def read_plan(self, source: Source, directory: str) -> ReadPlan:
        """The estate of a plan, which may have been made of the configuration in a directory."""
        from kmslint.terraform.plan import read_plan  # 10 ms: only where there is a plan

        declared = self.load(directory)
        if declared is not None:
            self._roots.append(directory)
        return read_plan(source, None if declared is None else Sources(directory, declared, self))

    def load(self, directory: str, called_at: Location | None = None) -> Declarations | None:
        """What a directory declares; None if it holds no Terraform files.

        With the place of a call, everything in it is shown there: it is another module for each call.
        """
        module = self._modules.get(directory)
        if module is None or not module.files:
            return None
        return self._load(directory) if called_at is None else _declared(self._files(directory).called_from(called_at))

    def installed(self, root: str, names: str) -> str | None:
        """The directory of a module that `terraform init` has fetched for a root module, by the names of its calls."""
        module = self._modules.get(root)
        return None if module is None else module.installed.get(names)

    def characters(self, directory: str) -> int:
        """The length of the files of a directory."""
        return sum(len(file.source.text) for file in self._files(directory).files) if directory in self._modules else 0

    def _load(self, directory: str) -> Declarations:
        if directory not in self._declared:
            self._declared[directory] = _declared(self._files(directory))
        return self._declared[directory]

    def _files(self, directory: str) -> _Files:
        if directory not in self._parsed:
            self._parsed[directory] = _files(self._modules[directory])
        return self._parsed[directory]

    def directory(self, caller: str, source: str) -> str:
        """The directory that a local source leads to from the directory of its caller."""
        module = self._modules.get(caller)
        known = None if module is None else module.calls.get(source)
        return posixpath.normpath(posixpath.join(caller, source)) if known is None else known

    def is_concerned(self, directory: str) -> bool:
        """Whether the directory, or a module it calls, has anything to do with keys, permissions or identities."""
        module = self._modules.get(directory)
        return module is None or module.concerned


class _Files(NamedTuple):
    """The files of a directory, and what is wrong with those that could not be read."""

    files: tuple[HclFile | DataFile, ...]
    problems: tuple[Problem, ...]

    def called_from(self, at: Location) -> _Files:
        """The same, as a call of a module that is not the user's has them."""
        problems = (Problem(at.path, f"{one.path}:{one.line}: {one.reason}", at) for one in self.problems)
        return _Files(tuple(called_from(file, at) for file in self.files), tuple(problems))


def _files(module: Module) -> _Files:
    files: list[HclFile | DataFile] = []
    problems = []
    for file in module.files:
        try:
            files.append(_read(file))
        except InputError as error:
            at = error.problem.at or Location(Source(file.path, ""), 0, 0)
            problems.append(error.problem._replace(at=at))
    return _Files(tuple(files), tuple(problems))


def _declared(read: _Files) -> Declarations:
    declared = declared_in(read.files)
    declared.problems[:0] = read.problems
    return declared


def _assigned(given: GivenVariables) -> Assigned:
    """The values of all layers. A text counts over the files of its layer, and a layer over those below."""
    if given.below is None:
        texts: dict[str, str] = {}
        values: dict[str, Node] = {}
    else:
        lower = _assigned(given.below)
        texts, values = dict(lower.texts), dict(lower.nodes)
    for file in given.files:
        of_file = _values(file)
        values.update(of_file)
        texts = {name: text for name, text in texts.items() if name not in of_file}
    return Assigned({**texts, **dict(given.texts)}, values)


def _values(file: RawFile) -> Mapping[str, Node]:
    """The values in a given file, which may have any name. Raises InputError for what Terraform refuses in it."""
    from kmslint.terraform.json_files import values_as_hcl  # few runs are given any

    read = _read(file)
    given = assigned_in(values_as_hcl(read) if isinstance(read, DataFile) else read)
    for problem in given.problems:
        raise InputError(problem)
    return given.values


def _read(file: RawFile) -> HclFile | DataFile:
    source = decode(file.path, file.data)
    if file.path.endswith(".json"):
        from kmslint.syntax.json import read_json

        return read_json(source)
    from kmslint.syntax.hcl import read_hcl  # 20 ms: only where there is HCL

    return read_hcl(source)
