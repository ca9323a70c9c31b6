"""A configuration file, from its bytes to its settings."""

from __future__ import annotations

import os
from collections.abc import Iterable

from kmslint.config.check import check, is_null
from kmslint.config.find import PROJECT_FILE, Found
from kmslint.errors import ConfigError, InputError, Problem
from kmslint.location import Location, Source
from kmslint.reading import is_inside
from kmslint.settings import NOT_CONFIGURED, Configured
from kmslint.syntax.bytes import decode
from kmslint.syntax.tree import Mapping, Node, Scalar

_TABLE = ("tool", "kmslint")


def load(found: Iterable[Found], root: str) -> Configured:
    """The settings of the first of the files that is a configuration. Raises ConfigError for what is wrong in it."""
    files = iter(found)
    for file in files:
        tree = _tree(file)
        if tree is not None:
            configured = _checked(tree, file, root)
            other = next(files, None)
            if other is None or os.path.dirname(other.path) != os.path.dirname(file.path) or not _is_meant(other):
                return configured
            note = f"[tool.kmslint] in {other.shown} is not read, because {file.shown} is there"
            return configured._replace(notes=(note,))
    return NOT_CONFIGURED


def load_named(file: Found, root: str) -> Configured:
    """The settings of the file that `--config` names. Raises ConfigError for what is wrong in it."""
    tree = _tree(file)
    if tree is None:
        raise ConfigError((Problem(file.shown, "has no table [tool.kmslint]"),))
    return _checked(tree, file, root)


def _checked(tree: Node, file: Found, root: str) -> Configured:
    """Paths start where the file lies; if that is outside of the root, at the root."""
    directory = os.path.dirname(file.path)
    checked = check(tree, directory if is_inside(directory, root) else root, root)
    return Configured(checked.values, checked.origins, file.shown)


def _is_meant(file: Found) -> bool:
    """Whether a file that is not read holds a configuration."""
    try:
        return _tree(file) is not None
    except ConfigError:
        return False


def _tree(file: Found) -> Node | None:
    """What the file says; None for a file of TOML without the table. An empty file of YAML says nothing."""
    try:
        source = decode(file.shown, file.data)
        return _table(source) if file.shown.endswith((PROJECT_FILE, ".toml")) else _document(source)
    except InputError as error:
        raise ConfigError((error.problem,)) from None


def _document(source: Source) -> Node:
    from kmslint.syntax.yaml import read_yaml  # or TOML

    documents = read_yaml(source).documents
    if len(documents) > 1:
        raise InputError(Problem(source.path, "more than one document", documents[1].at))
    empty = not documents or (isinstance(documents[0], Scalar) and is_null(documents[0]))
    return Mapping((), Location(source, 0, 0)) if empty else documents[0]


def _table(source: Source) -> Node | None:
    from kmslint.syntax.toml import read_toml  # or YAML

    node: Node | None = read_toml(source)
    for name in _TABLE:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node
