"""YAML as PyYAML reads it, all scalars as texts and short forms as maps: another reader than kmslint's."""

from __future__ import annotations

from typing import cast

import yaml

from fuzzing.inputs import Value

_Base = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BRACKETS = 3_000
"""libyaml's stack ends somewhere above 100,000 nested lists."""


class _Loader(_Base):  # type: ignore[misc,valid-type] # the one or the other
    """Takes any tag."""


def _tagged(loader: yaml.BaseLoader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        value: object = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if not suffix or suffix.startswith("tag:"):
        return value
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)
_Loader.add_multi_constructor("", _tagged)


def plain_documents(text: str) -> list[Value] | None:
    """The documents of a text; None where PyYAML does not read it to the end."""
    if text.count("[") + text.count("{") + text.count("- ") + text.count("? ") > _BRACKETS:
        return None
    try:
        return cast(list[Value], list(yaml.load_all(text, _Loader)))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
