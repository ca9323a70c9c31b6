"""The templates of a run: those that were found, and those that they nest, each read and parsed once."""

import os
import posixpath
from collections.abc import Iterator

from kmslint.byte_search import is_plan
from kmslint.cloudformation.cloud_assembly import MANIFEST, NOT_DEPLOYED, TEMPLATE, Deployment, deployments
from kmslint.cloudformation.exports import Exports
from kmslint.cloudformation.library import Refused
from kmslint.cloudformation.nested import Stack, stack_of
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.stack import read_stacks
from kmslint.cloudformation.template import is_template
from kmslint.discovery import Discovered
from kmslint.errors import InputError, Problem
from kmslint.given_variables import NO_PARAMETERS, GivenParameters
from kmslint.location import Source
from kmslint.looking import is_absence, real_path
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Estate
from kmslint.raw import RawFile
from kmslint.reading import is_inside, read_bytes, reason_of
from kmslint.syntax.bytes import decode
from kmslint.syntax.data import read_data
from kmslint.syntax.tree import DataFile, Node
from kmslint.values import Value

_PRIVATE = ".git"
_EXPORTING = (b"Export", b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
"""What the text of a template holds that exports something, or nests others that may: with what it passes in."""


class TemplateLibrary:
    """What the templates of a run are, and what lies beside them."""

    def __init__(
        self, discovered: Discovered, joined: bool = True, parameters: GivenParameters = NO_PARAMETERS
    ) -> None:
        """`joined` says that the templates of the run are deployed beside each other."""
        self._root = os.path.realpath(discovered.root)
        self._trees = discovered.trees
        self._found = {file.path: file for file in discovered.templates}
        self._parsed: dict[str, DataFile | InputError] = {}
        self._exporters = discovered.exporters
        self._exports: Exports | None = None
        self._joined = joined
        self._assemblies: dict[str, dict[str, Deployment]] = {}
        """For each directory what the CDK says of the templates in it."""
        self._told = {problem.path for problem in discovered.problems}
        self._silent: dict[str, Problem] = {}
        """For each directory why nobody can read what the CDK says there."""
        self._given = parameters
        self._called = discovered.nested
        self._declared: set[str] = set()
        """The parameters of the templates that are not nested in others; filled in if any are given."""
        self._may_declare_more = False
        """One of them brings in parameters that cannot be seen."""
        self.nested: set[str] = set()
        """The files that stacks were nested from."""
        self.failures: dict[str, Problem] = {}
        """The files that are there and that the system did not give."""

    def read(self, file: RawFile) -> Iterator[Estate]:
        """The estates of a file, one for each template in it and for each stack set in that; none if it is something
        else. Raises InputError."""
        data = self._parse(file)
        if isinstance(data, InputError):
            raise data
        templates = [document for document in data.documents if is_template(document)]
        if not templates:
            self._refuse(file, data)
        deployment = self._deployment(file.path)
        for document in templates:
            for estate in read_stacks(document, data.source, self._inputs(document, file), self):
                configured = None if estate.in_other_accounts else deployment.account
                problems = (*estate.problems, *self._unsaid(file.path))
                yield estate._replace(accounts=Accounts(configured=configured), problems=problems)

    def _refuse(self, file: RawFile, data: DataFile) -> None:
        """Raises InputError for a file without templates that was named, or that others make a template of."""
        from kmslint.cloudformation.serverless_framework import framework_problem  # few files are none

        for problem in filter(None, map(framework_problem, data.documents)):
            raise InputError(problem)
        if file.named:
            raise InputError(Problem(file.path, "not a CloudFormation template: no Resources"))

    @property
    def opened(self) -> set[str]:
        """The files that were looked into, whatever they were found to be."""
        return set(self._found)

    def load(self, caller: str, written: str) -> DataFile | Refused:
        """The file that a path leads to which is written in the template of the caller."""
        file = self._beside(caller, written)
        if isinstance(file, Refused):
            return file
        data = self._parse(file)
        if isinstance(data, InputError):
            return Refused(f"cannot be read: {data.problem.reason} in line {data.problem.line}")
        self.nested.add(file.path)
        return data

    def check_given(self) -> None:
        """Raises UsageError for given parameters that no template declares: of a file, if none of them is declared."""
        if not self._given or self._may_declare_more:
            return
        from kmslint.given_parameters import check_declared  # few runs are given any

        check_declared(self._given, self._declared)

    def _inputs(self, document: Node, file: RawFile) -> Inputs:
        """What a stack is made with that is nested in no other."""
        inputs = self._deployment(file.path).inputs
        if not self._given:
            return inputs
        from kmslint.cloudformation.given_inputs import declared_parameters, with_given

        names = declared_parameters(document)
        self._may_declare_more |= names is None
        self._declared |= names or set()
        return with_given(inputs, self._given)

    def _deployment(self, path: str) -> Deployment:
        """What the CDK says of a stack, if it has made the template."""
        directory = os.path.dirname(path)
        if not path.endswith(TEMPLATE):
            return NOT_DEPLOYED
        if directory not in self._assemblies:
            self._assemblies[directory] = self._assembly(path, directory)
        return self._assemblies[directory].get(os.path.basename(path), NOT_DEPLOYED)

    def _assembly(self, path: str, directory: str) -> dict[str, Deployment]:
        """What the CDK says of the templates beside this one."""
        beside = f"{directory}/{MANIFEST}" if directory else MANIFEST
        manifest = self._beside(path, MANIFEST)
        if isinstance(manifest, Refused):
            if beside not in self._told and os.path.lexists(os.path.join(self._root, beside)):
                self._silent[directory] = Problem(beside, manifest.reason)
            return {}
        try:
            return deployments(manifest)
        except InputError as error:
            self._silent[directory] = error.problem
            return {}

    def _unsaid(self, path: str) -> tuple[Problem, ...]:
        """What there is to say of the CDK's words on a stack that nobody can read."""
        problem = self._silent.get(os.path.dirname(path)) if path.endswith(TEMPLATE) else None
        return (problem,) if problem is not None else ()

    def exported(self, name: str, importer: str) -> Value | None:
        """What another template of the run exports; None if that is not known."""
        if not self._joined:
            return None
        if self._exports is None:
            self._exports = Exports(())  # for what is asked while the names of the exports are worked out
            self._exports = Exports(self._exporting())
        return self._exports.value(name, importer)

    def exporters(self) -> tuple[RawFile, ...]:
        """The templates that others import from, and that have nothing to do with keys but for that."""
        used = self._exports.imported_from if self._exports is not None else set()
        return tuple(file for file in self._exporters if file.path in used)

    def _exporting(self) -> Iterator[Stack]:
        for file in (*self._found.values(), *self._exporters):
            may_export = any(word in file.data for word in _EXPORTING) and not is_plan(file.data)
            data = self._parse(file) if may_export else None
            if isinstance(data, DataFile):
                for document in filter(is_template, data.documents):
                    # One that another template nests is made with what that passes in.
                    is_called = file.path in self._called and not file.named
                    inputs = self._deployment(file.path).inputs if is_called else self._inputs(document, file)
                    yield stack_of(document, data.source, inputs, self)

    def _beside(self, caller: str, written: str) -> RawFile | Refused:
        try:
            real = real_path(os.path.join(self._root, os.path.dirname(caller), written))
        except ValueError:
            return Refused("is not a path")
        except OSError as error:
            return self._not_had(posixpath.normpath(posixpath.join(posixpath.dirname(caller), written)), error)
        around = next((tree for tree in self._trees if is_inside(real, tree)), None)
        if around is None or _PRIVATE in real[len(around) :].lower().split(os.sep):
            return Refused("lies outside the repository")
        shown = os.path.relpath(real, self._root).replace(os.sep, "/")
        if shown in self._found:
            return self._found[shown]
        try:
            self._found[shown] = RawFile(shown, read_bytes(real), named=False)
        except (OSError, ValueError) as error:
            return self._not_had(shown, error)
        return self._found[shown]

    def _not_had(self, path: str, error: OSError | ValueError) -> Refused:
        reason = f"cannot be read: {reason_of(error)}"
        if isinstance(error, OSError) and not is_absence(error):
            self.failures[path] = Problem(path, reason)
        return Refused(reason)

    def _parse(self, file: RawFile) -> DataFile | InputError:
        if file.path not in self._parsed:
            try:
                self._parsed[file.path] = _read(decode(file.path, file.data))
            except InputError as error:
                self._parsed[file.path] = error
        return self._parsed[file.path]


def _read(source: Source) -> DataFile:
    """YAML or JSON. Raises InputError, with a reason that says so where another program has to fill the file in."""
    try:
        return read_data(source)
    except InputError as error:
        from kmslint.syntax.template_languages import filled_in_later  # only for what cannot be read

        raise InputError(filled_in_later(source, error.problem)) from None
