"""From a located tree to the values of settings. Strict: what is not understood is a mistake, never passed over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.engine.registry import all_rules, find_rule, is_meant
from kmslint.errors import ConfigError, Problem
from kmslint.gitignore import is_pattern
from kmslint.location import Location
from kmslint.looking import is_file, real_path
from kmslint.reading import is_inside, reason_of
from kmslint.settings import IN_FILES, OVERRIDE, SETTINGS, Kind, Override, Setting, Shape, Value, Values, key_of
from kmslint.syntax.tree import Entry, Node, Scalar, Sequence, Style
from kmslint.syntax.tree import Mapping as Table

_NULL: Final = re.compile("|~|null|Null|NULL")
_NO_TEXT: Final = re.compile(
    r"(?i:true|false|yes|no|on|off|[-+]?\.inf|\.nan)|0x[0-9A-Fa-f_]+|0o?[0-7_]+|[-+]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)"
    r"([eE][-+]?\d+)?|\d{4}-\d\d?-\d\d?([Tt ].*)?|[-+]?\d+(:\d+)+(\.\d*)?"
)
"""What YAML 1.1 or 1.2 reads as something else than a text."""
_SHOWN: Final = 60
_OF_CALLERS: Final = {
    key: setting.option
    for name, setting in SETTINGS.items()
    if setting.of_caller
    for key in (key_of(name), setting.option.removeprefix("--"))
}


class Checked(NamedTuple):
    """The values of a file, and where each stands."""

    values: Values
    origins: Mapping[str, str]


def check(tree: Node, directory: str, root: str) -> Checked:
    """The settings in a tree. `directory` is the one that paths start from. Raises ConfigError with all mistakes."""
    reader = _Reader(directory, root)
    values = reader.table(tree, IN_FILES)
    if reader.problems:
        raise ConfigError(tuple(reader.problems[: limits.CONFIG_PROBLEMS]))
    return Checked({name: value for name, (value, _) in values.items()}, {n: at for n, (_, at) in values.items()})


class _Reader:
    """One walk over a configuration, and the mistakes in it."""

    def __init__(self, directory: str, root: str) -> None:
        self._directory = directory
        self._root = root
        self.problems: list[Problem] = []

    def _wrong(self, at: Location, reason: str) -> None:
        self.problems.append(Problem(at.path, reason, at))

    def table(self, node: Node, declared: Mapping[str, Setting]) -> dict[str, tuple[Value, str]]:
        """The values of a map by the fields that they are for, with their places."""
        found: dict[str, tuple[Value, str]] = {}
        names = {key_of(name): name for name in declared}
        for key, value in self._entries(node, "a map of settings"):
            name = names.get(key.text)
            if name is None:
                only = _OF_CALLERS.get(key.text)
                said = (
                    f"only the command line says {only}: what comes with a change may not decide what it may cost"
                    if only
                    else f"unknown key {_shown(key.text)}{_suggestion(key.text, names)}"
                )
                self._wrong(key.at, said)
                continue
            read = self._value(value, declared[name].kind, key)
            if read is not None:
                found[name] = read, f"{key.at.path}:{key.at.line}"
        return found

    def _entries(self, node: Node, what: str) -> Iterator[tuple[Scalar, Node]]:
        """The members of a map, each once."""
        if not isinstance(node, Table) or node.tag:
            self._wrong(node.at, f"must be {what}, not {_kind_of(node)}")
            return
        seen: dict[str, Scalar] = {}
        for entry in self._few(node.entries, node):
            key = entry.key
            if not isinstance(key, Scalar) or key.tag:
                self._wrong(key.at, "a key must be a plain text")
            elif key.text in seen:
                self._wrong(key.at, f"{_shown(key.text)} stands here twice, first in line {seen[key.text].at.line}")
            else:
                seen[key.text] = key
                yield key, entry.value

    def _few(self, entries: tuple[Entry, ...], node: Table) -> tuple[Entry, ...]:
        if len(entries) > limits.CONFIG_ENTRIES:
            self._wrong(node.at, limits.named(f"more than {limits.CONFIG_ENTRIES} entries", "config-entries"))
        return entries[: limits.CONFIG_ENTRIES]

    def _value(self, node: Node, kind: Kind, key: Scalar) -> Value | None:
        if kind.shape is Shape.TABLES:
            return self._overrides(node, key)
        if kind.shape is Shape.SWITCH:
            return self._switch(node, key)
        if kind.shape is Shape.NAMED:
            return self._named(node, kind, key)
        if kind.shape is Shape.TEXTS:
            return self._all([self._text(one, kind, key) for one in self._items(node, kind, key)])
        return self._text(node, kind, key)

    def _all(self, texts: Iterable[str | None]) -> tuple[str, ...]:
        return tuple(one for one in texts if one is not None)

    def _items(self, node: Node, kind: Kind, key: Scalar) -> tuple[Node, ...]:
        if not isinstance(node, Sequence) or node.tag:
            one = node.text[:_SHOWN] if isinstance(node, Scalar) and not is_null(node) else ""
            example = f", as in {key.text}: [{one}]" if one else ""
            self._wrong(node.at, f"{key.text} must be a list{example}, not {_kind_of(node)}; each entry is {kind.what}")
            return ()
        if len(node.items) > limits.CONFIG_ENTRIES:
            reason = f"{key.text}: more than {limits.CONFIG_ENTRIES} entries"
            self._wrong(node.at, limits.named(reason, "config-entries"))
        return node.items[: limits.CONFIG_ENTRIES]

    def _switch(self, node: Node, key: Scalar) -> bool | None:
        if isinstance(node, Scalar) and node.style is Style.PLAIN and not node.tag and node.text in ("true", "false"):
            return node.text == "true"
        self._wrong(node.at, f"{key.text} must be true or false, not {_kind_of(node)}")
        return None

    def _named(self, node: Node, kind: Kind, key: Scalar) -> tuple[str, ...]:
        found = []
        for name, value in self._entries(node, f"a map for {key.text}, of names to values"):
            if re.fullmatch(kind.pattern, name.text) is None:
                self._wrong(name.at, f"{_shown(name.text)} is not {kind.what}")
            elif not isinstance(value, Scalar) or value.tag or is_null(value):
                self._wrong(value.at, f"{_shown(name.text)} must be a text, not {_kind_of(value)}")
            elif len(value.text) > limits.CONFIG_CHARACTERS:
                self._wrong(value.at, _too_long(f"{_shown(name.text)} is"))
            else:
                found.append(f"{name.text}={value.text}")
        return tuple(found)

    def _text(self, node: Node, kind: Kind, key: Scalar) -> str | None:
        if not isinstance(node, Scalar) or node.tag:
            self._wrong(node.at, f"{key.text} must be {kind.what}, not {_kind_of(node)}")
        elif node.style is Style.PLAIN and (is_null(node) or _NO_TEXT.fullmatch(node.text)):
            quotes = f': write "{node.text[:_SHOWN]}"' if node.text else ""
            self._wrong(node.at, f"{key.text} must be {kind.what}, not {_kind_of(node)}{quotes}")
        elif len(node.text) > limits.CONFIG_CHARACTERS:
            self._wrong(node.at, _too_long(f"{key.text}:"))
        elif kind.choices and node.text not in kind.choices:
            offer = _suggestion(node.text, kind.choices) or f": {', '.join(kind.choices)}"
            self._wrong(node.at, f"{key.text} must be {kind.what}, not {_shown(node.text)}{offer}")
        elif re.fullmatch(kind.pattern, node.text) is None:
            rule = find_rule(node.text) if kind.names == "rule" else None
            offer = "" if rule is None else f'; did you mean "{rule.id}"?'
            self._wrong(node.at, f"{key.text}: {_shown(node.text)} is not {kind.what}{offer}")
        else:
            return self._there(node, kind, key)
        return None

    def _there(self, node: Scalar, kind: Kind, key: Scalar) -> str | None:
        """The text, if what it names is there: a rule, a file, a pattern that can be used."""
        if kind.names == "rule" and not any(is_meant(module.RULE, (node.text,)) for module in all_rules()):
            self._wrong(
                node.at,
                f"{key.text}: no rule has an id that begins with {_shown(node.text)}; `kmslint rules` lists them",
            )
            return None
        if kind.names == "pattern" and not is_pattern(node.text):
            self._wrong(node.at, f"{key.text}: {_shown(node.text)} is no pattern, or has too many stars")
            return None
        return self._file(node, key) if kind.names == "file" else node.text

    def _file(self, node: Scalar, key: Scalar) -> str | None:
        try:
            real = real_path(os.path.join(self._directory, node.text))
            if not is_inside(real, real_path(self._root)):
                self._wrong(node.at, f"{key.text}: {_shown(node.text)} leads out of the tree")
            elif not is_file(real):
                self._wrong(node.at, f"{key.text}: {_shown(node.text)} is no file that is there")
            else:
                return real
        except (OSError, ValueError) as error:
            self._wrong(node.at, f"{key.text}: {_shown(node.text)} cannot be read: {reason_of(error)}")
        return None

    def _overrides(self, node: Node, key: Scalar) -> tuple[Override, ...]:
        kind = SETTINGS["overrides"].kind
        found = []
        for item in self._items(node, kind, key):
            before = len(self.problems)
            values = {name: value for name, (value, _) in self.table(item, OVERRIDE).items()}
            if len(self.problems) > before:
                continue
            if not values.get("paths") or len(values) < 2:
                self._wrong(item.at, "an override needs paths, and something that holds there")
                continue
            values["origin"] = f"{item.at.path}:{item.at.line}"
            found.append(
                Override._make(values.get(name, Override._field_defaults.get(name)) for name in Override._fields)
            )
        return tuple(found)


def _too_long(what: str) -> str:
    return limits.named(f"{what} longer than {limits.CONFIG_CHARACTERS} characters", "config-characters")


def is_null(node: Scalar) -> bool:
    """Whether it is YAML's nothing."""
    return node.style is Style.PLAIN and _NULL.fullmatch(node.text) is not None


def _kind_of(node: Node) -> str:
    """What a node is, for somebody who expected something else."""
    if isinstance(node, (Table, Sequence)) and not node.tag:
        return "a map" if isinstance(node, Table) else "a list"
    if not isinstance(node, Scalar) or node.tag:
        return f"something with the tag {_shown(getattr(node, 'tag', ''))}"
    if is_null(node):
        return "nothing"
    if node.style is Style.PLAIN and _NO_TEXT.fullmatch(node.text):
        return f"{'the number' if any(one.isdigit() for one in node.text) else 'the word'} {node.text[:_SHOWN]}"
    return _shown(node.text)


def _shown(text: str) -> str:
    return f'"{text[:_SHOWN]}..."' if len(text) > _SHOWN else f'"{text}"'


def _suggestion(text: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # only where something is wrong

    wanted = text[:_SHOWN]
    close = get_close_matches(wanted.lower().replace("_", "-"), list(known), 1)
    return f'; did you mean "{close[0]}"?' if close else ""
