"""Which files of a run hold suppressions: a file that does not name kmslint costs a search for seven bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.byte_search import is_plan
from kmslint.discovery import Discovered
from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.suppression.in_file import InFile, read_suppressions
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.scene import MARK, Scene, may_suppress
from kmslint.suppression.sources import parse
from kmslint.syntax.bytes import decode


def suppressions_in(scene: Scene, known: KnownRules) -> Iterator[InFile]:
    """The files of a run that hold suppressions, each once."""
    sources = {source.path: source for source in (*_discovered(scene.discovered, scene.estates), *_nested(scene))}
    for path in sorted(sources):
        read = parse(sources[path])
        if read is not None:
            found = read_suppressions(read, known)
            if found.suppressions or found.faults:
                yield found


def _discovered(discovered: Discovered, estates: Iterable[Estate]) -> Iterator[Source]:
    fetched = {place for module in discovered.modules for place in module.installed.values()}
    judged = {estate.path for estate in estates}
    files = [file for file in discovered.templates if file.path in judged and not is_plan(file.data)]
    files += [file for module in discovered.modules if module.directory not in fetched for file in module.files]
    for file in files:
        if may_suppress(file.data):
            try:
                yield decode(file.path, file.data)
            except InputError:
                continue  # KMS000 says so


def _nested(scene: Scene) -> Iterator[Source]:
    """The templates that others nest, wherever they lie."""
    for source in scene.nested():
        if MARK in source.text:
            yield Source(source.path, source.text)
