"""From paths to candidate files: each is read once, and a byte search rules most of them out unparsed."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.byte_search import is_plan, may_be_template, may_export, may_import, may_nest, traits_of
from kmslint.crashes import Crashes, crash_problem
from kmslint.errors import Problem, UsageError
from kmslint.gitignore import GitIgnore
from kmslint.looking import is_directory, is_file, is_there, real_path
from kmslint.raw import VARIABLES, Module, RawFile
from kmslint.reading import is_inside, over, read_bytes, reason_of

TERRAFORM: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")
TEMPLATES: Final = (".yaml", ".yml", ".json", ".template")
_OWN_VARIABLES: Final = frozenset({"terraform.tfvars", "terraform.tfvars.json"})
_AUTO_VARIABLES: Final = (".auto.tfvars", ".auto.tfvars.json")
_ABOVE_PLANS: Final = 2
"""Levels above a plan in which its configuration is looked for: `plans/dev/plan.json`."""
_SKIPPED: Final = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules"})


class Discovered(NamedTuple):
    """What there is to analyse below the given paths."""

    templates: tuple[RawFile, ...]
    modules: tuple[Module, ...]
    """The root modules, and every directory that is called from them."""
    problems: tuple[Problem, ...]
    """Files that could not be read."""
    roots: tuple[str, ...] = ()
    """The directories of the root modules."""
    root: str = ""
    """The directory that paths are relative to."""
    trees: tuple[str, ...] = ()
    """Where links, and expressions that name files, may lead: real paths; empty if no file may be looked at."""
    nested: frozenset[str] = frozenset()
    """The templates that others may nest."""
    exporters: tuple[RawFile, ...] = ()
    """Templates without anything of concern that export what one of the templates may import, and those that may nest
    them."""
    plans: Mapping[str, str] = MappingProxyType({})
    """For a Terraform plan the directory whose configuration it may have been made of."""
    given: tuple[str, ...] = ()
    """The files and directories that were given, as they are shown."""
    crashes: tuple[str, ...] = ()
    """What failed inside kmslint, in sentences."""


def find_root(path: str) -> str:
    """The directory that paths are shown relative to: the repository around the path, else the working
    directory if the path lies in it, else the path's own directory. Raises UsageError where nobody can tell."""
    try:
        directory = _directory(real_path(path))
        here = real_path(os.getcwd())
        return _repository(directory) or (here if is_inside(directory, here) else directory)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: nobody can tell where it lies: {reason_of(error)}") from None


def _repository(directory: str) -> str | None:
    """The nearest directory, upwards, that holds a `.git`."""
    while not is_there(os.path.join(directory, ".git")):
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above
    return directory


def _directory(real: str) -> str:
    return real if is_directory(real) else os.path.dirname(real)


def discover(paths: Iterable[str], root: str, changed: bool = False) -> Discovered:
    """The candidates among the paths and below them.

    `changed` says that the paths are the files of a change: one that holds nothing for kmslint is then
    left alone, as in a directory. Raises UsageError for a path that does not exist or lies outside the root.
    """
    return _Search(root, changed).run(paths)


class _Search:
    """One walk over the given paths."""

    def __init__(self, root: str, changed: bool) -> None:
        self.root = root
        self.changed = changed
        self.trusted: set[str] = set()
        """The trees that links may lead into: the repository, or without one the given directories."""
        self.templates: dict[str, RawFile] = {}
        self.callers: dict[str, RawFile] = {}
        """Templates without anything of concern that may nest one that has it."""
        self.exporters: dict[str, RawFile] = {}
        """Templates without anything of concern that export something."""
        self.directories: dict[str, bool] = {}
        """Directories with Terraform files, and whether one of them was named."""
        self.given: set[str] = set()
        """The directories that were given: module or not, they are analysed by themselves."""
        self.given_paths: list[str] = []
        self.problems: dict[str, Problem] = {}
        self.plans: dict[str, str] = {}
        """For a plan the nearest directory with Terraform files."""
        self.crashes = Crashes()
        self.looked_at = 0

    def run(self, paths: Iterable[str]) -> Discovered:
        for path in paths:
            try:
                self._begin(path)
            except (OSError, ValueError) as error:
                raise UsageError(f"{path} cannot be read: {reason_of(error)}") from None
        # What is called beside the given directories is read for its blocks; no expression may read files there.
        trees = tuple(sorted(self.trusted))
        if self.changed and self.directories:
            self.crashes.all_of("the search for callers", self.root, self._add_callers)
        modules, roots = self._modules_if_possible()
        alone = tuple(self.templates[path] for path in sorted(self.templates)), frozenset[str]()
        templates, nested = self.crashes.first_of("the search for templates", self.root, self._templates, alone)
        none: tuple[RawFile, ...] = ()
        exporting = self.crashes.first_of("the search for exports", self.root, self._exporting, none)
        problems = tuple(self.problems[path] for path in sorted(self.problems))
        return Discovered(
            templates,
            modules,
            problems,
            roots,
            self.root,
            trees,
            nested,
            exporting,
            self._shown_plans(),
            tuple(self.given_paths),
            tuple(self.crashes.told),
        )

    def _begin(self, path: str) -> None:
        """Look at one of the given paths, and below it."""
        real = real_path(path)
        if not is_there(path):
            if self.changed:
                return  # deleted by the change
            raise UsageError(f"{path}: no such file or directory")
        if not is_inside(real, self.root):
            raise UsageError(f"{path} lies outside {self.root}, to which all reported paths are relative")
        self.given_paths.append(self._shown(real))
        self.trusted.add(_repository(_directory(real)) or _directory(real))
        if is_directory(real):
            self.given.add(real)
            self._walk(real)
        else:
            self._named(real)

    def _named(self, real: str) -> None:
        named = not self.changed
        if named and real.endswith(VARIABLES) and not _belongs_to_module(os.path.basename(real)):
            self._problem(real, "Terraform does not read this file of variables by itself")
        elif real.endswith(TERRAFORM + VARIABLES):
            directory = os.path.dirname(real)
            self.directories[directory] = self.directories.get(directory, False) or named
        elif named or real.endswith(TEMPLATES):
            self._template(real, named)

    def _walk(self, top: str, kinds: tuple[str, ...] = TERRAFORM + TEMPLATES) -> None:
        ignored = GitIgnore(self.root, top)
        pending = [top]
        while pending:
            for entry in self._entries(pending.pop()):
                self.looked_at += 1
                if self.looked_at > limits.FILES:
                    reason = f"more than {limits.FILES} files: lint its directories one by one"
                    self._problem(top, limits.named(reason, "files"))
                    return
                look = partial(self._look, entry, kinds, ignored)
                below, complete = self.crashes.all_of("the search", self._shown(entry.path), look)
                pending += below
                if not complete:
                    self._crashed(entry.path)
        if ignored.excess:
            self._problem(top, ignored.excess)

    def _look(self, entry: os.DirEntry[str], kinds: tuple[str, ...], ignored: GitIgnore) -> tuple[str, ...]:
        """Take an entry for what it is; if that is a directory to be searched, returns it."""
        if self._is_directory(entry):
            if entry.name not in _SKIPPED and not ignored.leaves_out(entry.path, directory=True):
                return (entry.path,)
        elif entry.name.endswith(kinds) and not ignored.leaves_out(entry.path):
            self._found(entry)
        return ()

    def _found(self, entry: os.DirEntry[str]) -> None:
        if entry.name.endswith(TERRAFORM):
            self.directories.setdefault(os.path.dirname(entry.path), False)
        elif not entry.name.endswith(VARIABLES):
            self._template(entry.path, named=False)

    def _add_callers(self) -> frozenset[str]:
        """Add the modules that call the changed ones: what a change comes to shows there. Returns both.

        What cannot be read of a file beside the change is no matter of it; a directory where nobody could look is.
        """
        from kmslint.module_graph import Graph  # only where Terraform changed

        others = _Search(self.root, changed=True)
        others.trusted = set(self.trusted)
        for tree in sorted(self.trusted):
            others._walk(tree, TERRAFORM)
        self.problems.update(others.problems)
        graph = Graph(others._files, self.root, others._called, lambda _: {})
        graph.add(others.directories)
        changed_and_calling = graph.calling(self.directories)
        for directory in changed_and_calling:
            self.directories.setdefault(directory, False)
        return changed_and_calling

    def _entries(self, directory: str) -> list[os.DirEntry[str]]:
        """What a directory holds, by name; a directory that cannot be opened is a problem, not nothing."""
        try:
            with os.scandir(directory) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._problem(directory, f"cannot be read: {reason_of(error)}")
            return []

    def _is_directory(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry is a directory; some file systems have to be asked, and may fail."""
        return self._answer(entry.path, lambda _: entry.is_dir(follow_symlinks=False))

    def _answer(self, path: str, ask: Callable[[str], bool]) -> bool:
        """What the file system says of a path; where it fails, that is a problem, and the answer no."""
        try:
            return ask(path)
        except OSError as error:
            self._problem(path, f"cannot be read: {reason_of(error)}")
            return False

    def _template(self, path: str, named: bool) -> None:
        file = self._read(path, named, "plan-bytes" if path.endswith(".json") else "file-bytes")
        if file is None:
            return
        excess = _excess(file.data)
        if excess:
            self._problem(path, f"cannot be read: {excess}")
            return
        if not named and not may_be_template(file.data):
            if may_nest(file.data):
                self.callers[file.path] = file
            if may_export(file.data):
                self.exporters[file.path] = file
            return
        if is_plan(file.data):
            self._plan(path, file.path)
        earlier = self.templates.get(file.path)
        self.templates[file.path] = file._replace(named=named or (earlier is not None and earlier.named))

    def _templates(self) -> tuple[tuple[RawFile, ...], frozenset[str]]:
        """The templates that concern keys or permissions on keys, or nest one that does; which of them are nested."""
        if not self.callers and not any(may_nest(file.data) for file in self.templates.values()):
            return tuple(self.templates[path] for path in sorted(self.templates)), frozenset()
        from kmslint.template_graph import with_callers  # only where a template nests others

        def is_concerned(path: str) -> bool:
            real = os.path.join(self.root, path)
            file = self._read(real, named=False) if self._answer(real, is_file) else None
            return file is not None and may_be_template(file.data)

        return with_callers(self.templates, self.callers, is_concerned)

    def _exporting(self) -> tuple[RawFile, ...]:
        if not any(may_import(file.data) for file in (*self.templates.values(), *self.callers.values())):
            return ()
        # One that is nested exports what it comes to with what is passed in.
        files = {**self.callers, **self.exporters} if self.exporters else {}
        return tuple(files[path] for path in sorted(files.keys() - self.templates.keys()))

    def _plan(self, path: str, shown: str) -> None:
        directory = os.path.dirname(os.path.realpath(path))
        for _ in range(1 + _ABOVE_PLANS):
            if not self._is_trusted(directory):
                return
            if any(entry.name.endswith(TERRAFORM) for entry in self._entries(directory)):
                self.plans[shown] = directory
                return
            directory = os.path.dirname(directory)

    def _shown_plans(self) -> Mapping[str, str]:
        return {plan: self._shown(directory) for plan, directory in self.plans.items()}

    def _modules_if_possible(self) -> tuple[tuple[Module, ...], tuple[str, ...]]:
        """The modules, as `_modules` finds them."""
        found, complete = self.crashes.all_of("the search for modules", self.root, lambda: (self._modules(),))
        if complete:
            return found[0]
        for directory in self.directories:
            self._crashed(directory)
        return (), ()

    def _modules(self) -> tuple[tuple[Module, ...], tuple[str, ...]]:
        """The directories that concern keys or permissions on keys, and which of them are root modules."""
        if not self.directories and not self.plans:
            return (), ()
        from kmslint.module_graph import Graph  # only where there is Terraform

        graph = Graph(self._files, self.root, self._called, self._installed)
        graph.add(self.directories)
        graph.add(self.plans.values())
        traits = {directory: traits_of(graph.files(directory)) for directory in graph.directories()}
        keys = graph.calling(directory for directory, found in traits.items() if found.keys)
        identities = graph.calling(directory for directory, found in traits.items() if found.identities)
        # A module may give actions on keys to one that makes the policies.
        speaking = graph.calling(directory for directory, found in traits.items() if found.kms)
        holds, concerned = keys | (identities & speaking), keys | identities
        given = {directory for directory in self.given if directory in holds}
        roots = graph.roots(self.directories, lambda one: self.directories[one] or one in given, holds)
        needed = graph.reachable((*roots, *self.plans.values()))
        modules = tuple(graph.module(directory, holds, concerned) for directory in sorted(needed))
        return modules, tuple(map(self._shown, roots))

    def _files(self, directory: str) -> tuple[RawFile, ...]:
        """What Terraform reads in a directory, which may be one that is called from the given ones."""
        if not self._is_trusted(directory):
            self.trusted.add(directory)
        files = []
        for entry in self._entries(directory):
            if _belongs_to_module(entry.name) and not self._is_directory(entry):
                file = self._read(entry.path, named=False)
                if file is not None:
                    files.append(file)
        return tuple(files)

    def _installed(self, directory: str) -> dict[str, str]:
        """The modules that `terraform init` has fetched for a directory: `.terraform` itself is never walked."""
        from kmslint.installed_modules import MANIFEST, MODULES, installed_modules  # only where there is Terraform

        path = os.path.join(directory, MANIFEST)
        file = self._read(path, named=False) if self._answer(path, is_there) else None
        if file is None:
            return {}
        try:
            found = installed_modules(file.data, directory)
            inside = is_inside(real_path(os.path.join(directory, MODULES)), self.root)
        except OSError as error:
            self._problem(path, f"cannot be followed: {reason_of(error)}")
            return {}
        if found is None:
            self._problem(path, "is not the list of modules that `terraform init` writes")
        elif not inside:
            self._problem(path, "is a link that leads out of the tree")
            return {}
        return found or {}

    def _called(self, path: str) -> str | None:
        """The directory that the path of a call leads to; None if there is none, or it lies outside the root."""
        try:
            real = real_path(path)
            return real if is_inside(real, self.root) and is_directory(real) else None
        except (OSError, ValueError) as error:
            self._problem(path, f"cannot be read: {reason_of(error)}")
            return None

    def _read(self, path: str, named: bool, limit: str = "file-bytes") -> RawFile | None:
        try:
            real = real_path(path)
            if not self._is_trusted(real):
                self._problem(path, "is a link that leads out of the tree")
                return None
            return RawFile(self._shown(path), read_bytes(real, limit), named)
        except (OSError, ValueError) as error:
            self._problem(path, f"cannot be read: {reason_of(error)}")
            return None

    def _is_trusted(self, real: str) -> bool:
        return any(is_inside(real, tree) for tree in self.trusted)

    def _crashed(self, path: str) -> None:
        shown = self._shown(path)
        self.problems[shown] = crash_problem(shown)

    def _problem(self, path: str, reason: str) -> None:
        shown = self._shown(path)
        self.problems[shown] = Problem(shown, reason)

    def _shown(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def _belongs_to_module(name: str) -> bool:
    """What Terraform itself reads in a directory, but for variable files that have to be named."""
    return name in _OWN_VARIABLES or name.endswith(TERRAFORM + _AUTO_VARIABLES)


def _excess(data: bytes) -> str:
    """The bound that a file breaks; empty if it breaks none."""
    if len(data) <= limits.FILE_BYTES:
        return ""
    limit = "plan-bytes" if is_plan(data) else "file-bytes"
    return over(limit) if len(data) > limits.value_of(limit) else ""


def discover_text(file: RawFile) -> Discovered:
    """The candidate that one text is, by the name it goes under."""
    excess = _excess(file.data)
    if excess:
        return Discovered((), (), (Problem(file.path, excess),))
    if file.path.endswith(TERRAFORM):
        directory = os.path.dirname(file.path) or "."
        return Discovered((), (Module(directory, (file,)),), (), (directory,))
    return Discovered((file,), (), ())
