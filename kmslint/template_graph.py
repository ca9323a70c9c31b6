"""Which templates nest which, by a byte search: a template that others nest is judged as they make it.

https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kmslint.raw import RawFile

_LOCAL: Final = re.compile(
    rb"""\b(?:TemplateURL|Location|aws:asset:path)["']?\s{0,100}:\s{0,100}["']?([\w./@+-][^\s"'#,{}\[\]:]{0,400})["'\s,}]"""
)
"""A path in the place of a nested stack's template; a URL has a colon."""


class Nesting(NamedTuple):
    """The templates that there are to read, and those among them that others nest."""

    templates: tuple[RawFile, ...]
    nested: frozenset[str]


def with_callers(
    templates: dict[str, RawFile], others: dict[str, RawFile], is_concerned: Callable[[str], bool]
) -> Nesting:
    """The templates with those of the others that nest one of them, however deep.

    `is_concerned` says of a path that was not searched whether the file there has to do with keys.
    """
    files = templates | others
    called = {path: frozenset(_called(file)) for path, file in files.items()}
    callers: defaultdict[str, list[str]] = defaultdict(list)
    for path, callees in called.items():
        for callee in callees:
            callers[callee].append(path)
    waiting = [*templates, *(callee for callee in callers if callee not in files and is_concerned(callee))]
    concerned = set(templates)
    while waiting:
        for caller in callers.get(waiting.pop(), ()):
            if caller not in concerned:
                concerned.add(caller)
                waiting.append(caller)
    nested = {callee for path in concerned for callee in called[path] if callee != path}
    return Nesting(tuple(files[path] for path in sorted(concerned)), frozenset(nested & concerned))


def _called(file: RawFile) -> Iterator[str]:
    """The paths of the templates that a file may nest, relative to the root."""
    directory = os.path.dirname(file.path)
    for written in set(_LOCAL.findall(file.data)):
        path = os.path.normpath(os.path.join(directory, written.decode("utf-8", "replace")))
        if not path.startswith(("..", "/")):
            yield path.replace(os.sep, "/")
