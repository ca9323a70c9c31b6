"""Which Terraform directories call which, by a byte search: root modules are those that nobody calls.

https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from kmslint.raw import VARIABLES, Module, RawFile

_LOCAL_SOURCE: Final = re.compile(rb"""\bsource"?\s{0,100}[=:]\s{0,100}"(\.\.?(?:/[^"\n\0]{0,400})?)\"""")


class Graph:
    """The directories with Terraform files, and those that they call."""

    def __init__(
        self,
        read: Callable[[str], tuple[RawFile, ...]],
        root: str,
        called: Callable[[str], str | None],
        fetched: Callable[[str], Mapping[str, str]],
    ) -> None:
        """`read` gives the files of a directory, `called` the real directory that a path leads to, if one below the
        root is there, and `fetched` what `terraform init` has fetched for a directory."""
        self._read = read
        self._root = root
        self._called = called
        self._fetched = fetched
        self._files: dict[str, tuple[RawFile, ...]] = {}
        self._calls: dict[str, dict[str, str]] = {}
        """The directories that the local sources of a directory lead to."""
        self._installed: dict[str, dict[str, str]] = {}
        """The directories that were fetched for a root module, by the names of the calls."""
        self._callees: defaultdict[str, list[str]] = defaultdict(list)
        """Both, by the directory of the caller."""

    def add(self, directories: Iterable[str]) -> None:
        """Read directories and everything that is called from them."""
        waiting = list(directories)
        while waiting:
            directory = waiting.pop()
            if directory not in self._files:
                self._files[directory] = self._read(directory)
                self._calls[directory] = dict(self._called_by(directory))
                self._callees[directory] += self._calls[directory].values()
                waiting += self._calls[directory].values()
                self._installed[directory] = dict(self._fetched(directory))
                for names, callee in self._installed[directory].items():
                    if callee:
                        caller = self._installed[directory].get(names.rpartition(".")[0]) or directory
                        self._callees[caller].append(callee)
                        waiting.append(callee)

    def files(self, directory: str) -> tuple[RawFile, ...]:
        return self._files[directory]

    def roots(self, directories: Iterable[str], always: Callable[[str], bool], holds: frozenset[str]) -> list[str]:
        """The directories that are analysed by themselves: those that hold keys and that no other one calls.

        `always` says which are in any case. Those that call each other in a circle are not passed over.
        """
        known = sorted(directories)
        called = {callee for caller in known for callee in self._calls[caller].values() if callee != caller}
        found = [
            directory
            for directory in known
            if always(directory)
            or (directory in holds and (directory not in called or _has_variables(self._files[directory])))
        ]
        reached = self.reachable(found)
        for directory in known:
            if directory in holds and directory not in reached:
                found.append(directory)
                reached |= self.reachable([directory])
        return found

    def reachable(self, directories: Iterable[str]) -> set[str]:
        """The directories with everything that is called from them."""
        waiting, found = list(directories), set[str]()
        while waiting:
            directory = waiting.pop()
            if directory not in found:
                found.add(directory)
                waiting += self._callees[directory]
        return found

    def directories(self) -> Iterable[str]:
        """All that were read."""
        return self._files.keys()

    def calling(self, directories: Iterable[str]) -> frozenset[str]:
        """The directories, and all that call one of them."""
        callers: dict[str, list[str]] = {}
        for caller, callees in self._callees.items():
            for callee in callees:
                callers.setdefault(callee, []).append(caller)
        waiting = list(directories)
        found = set[str]()
        while waiting:
            directory = waiting.pop()
            if directory not in found:
                found.add(directory)
                waiting += callers.get(directory, [])
        return frozenset(found)

    def module(self, directory: str, holds: frozenset[str], concerned: frozenset[str]) -> Module:
        calls = {source: self._shown(callee) for source, callee in self._calls[directory].items()}
        installed = {names: callee and self._shown(callee) for names, callee in self._installed[directory].items()}
        return Module(
            self._shown(directory), self._files[directory], calls, directory in holds, directory in concerned, installed
        )

    def _called_by(self, directory: str) -> Iterator[tuple[str, str]]:
        for file in self._files[directory]:
            for source in set(_LOCAL_SOURCE.findall(file.data)):
                path = source.decode("utf-8", "replace")
                callee = self._called(os.path.join(directory, path))
                if callee is not None:
                    yield path, callee

    def _shown(self, directory: str) -> str:
        return os.path.relpath(directory, self._root).replace(os.sep, "/")


def _has_variables(files: tuple[RawFile, ...]) -> bool:
    """Whether the directory has values for its own variables, which only a root module reads."""
    return any(file.path.endswith(VARIABLES) for file in files)
