"""The JSON schema of a configuration file, for editors: made of the same declaration as everything else.

https://json-schema.org/draft-07
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kmslint import limits
from kmslint.settings import IN_FILES, OVERRIDE, Kind, Override, Setting, Settings, Shape, key_of

Schema = dict[str, object]
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def schema() -> Schema:
    """The schema of `.kmslint.yaml`, and of `[tool.kmslint]` in pyproject.toml."""
    return {
        "$schema": _DRAFT,
        "title": "Configuration of kmslint",
        "description": ".kmslint.yaml, or [tool.kmslint] in pyproject.toml.",
        **_table(IN_FILES, Settings._field_defaults),
    }


def _table(declared: Mapping[str, Setting], defaults: Mapping[str, object]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key_of(name): _property(name, setting, defaults) for name, setting in declared.items()},
    }


def _property(name: str, setting: Setting, defaults: Mapping[str, object]) -> Schema:
    default = defaults.get(name)
    said: Schema = {"description": setting.said, **_value(setting.kind)}
    if isinstance(default, (str, bool)):
        said["default"] = default
    return said


def _value(kind: Kind) -> Schema:
    if kind.shape is Shape.SWITCH:
        return {"type": "boolean"}
    if kind.shape is Shape.NAMED:
        scalar = {"type": ["string", "number", "boolean"], "maxLength": limits.CONFIG_CHARACTERS}
        names = {"pattern": _whole(kind)}
        return {"type": "object", "propertyNames": names, "additionalProperties": scalar, **_few("Properties")}
    if kind.shape is Shape.TABLES:
        item = {**_table(OVERRIDE, Override._field_defaults), "required": ["paths"], "minProperties": 2}
        return {"type": "array", "items": item, **_few("Items")}
    if kind.shape is Shape.TEXTS:
        return {"type": "array", "items": _text(kind), **_few("Items")}
    return _text(kind)


def _text(kind: Kind) -> Schema:
    if kind.choices:
        return {"enum": list(kind.choices)}
    return {"type": "string", "pattern": _whole(kind), "maxLength": limits.CONFIG_CHARACTERS}


def _few(what: str) -> Schema:
    return {f"max{what}": limits.CONFIG_ENTRIES}


def _whole(kind: Kind) -> str:
    return f"^(?:{kind.pattern})$"
