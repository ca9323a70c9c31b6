"""`kmslint config show`: every setting with its value, and who said it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.report.json import JsonObject, dumps
from kmslint.report.sanitise import safe_text, valid_unicode, without_commands
from kmslint.settings import OVERRIDE, SETTINGS, Configured, Override, Settings, Shape, key_of

_WIDEST: Final = 40


class _Line(NamedTuple):
    """A setting."""

    key: str
    value: str
    origin: str


def render_config(settings: Settings, configured: Configured) -> str:
    """A line for each setting. Of what is given to variables and parameters the names alone: it may be a secret."""
    lines = list(_lines(settings))
    keys = max(len(line.key) for line in lines)
    values = min(_WIDEST, max(len(line.value) for line in lines))
    shown = [f"configuration: {configured.path or 'none'}", *(f"note: {note}" for note in configured.notes), ""]
    shown += [f"{line.key:<{keys}}  {line.value:<{values}}  {line.origin}" for line in lines]
    return without_commands("".join(f"{safe_text(line)}\n" for line in shown))


def render_schema(schema: JsonObject) -> str:
    """The schema as a file holds it."""
    return dumps(schema)


def render_config_json(settings: Settings, configured: Configured) -> str:
    """The same as one object."""
    lines = [{name: valid_unicode(text) for name, text in line._asdict().items()} for line in _lines(settings)]
    return dumps({"configuration": valid_unicode(configured.path) or None, "settings": lines})


def _lines(settings: Settings) -> Iterator[_Line]:
    for name in SETTINGS:
        value: object = getattr(settings, name)
        if settings.below is not None and SETTINGS[name].beneath:
            of_file: object = getattr(settings.below, name)
            value = (*_each(of_file), *_each(value))
        origin = settings.origins.get(name, "default")
        if name == "overrides" and settings.overrides:
            for override in settings.overrides:
                yield _Line(key_of(name), _override(override), override.origin)
            continue
        yield _Line(key_of(name), _value(name, value, settings.root), origin)


def _each(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _value(name: str, value: object, root: str | None) -> str:
    if value in (None, ()):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, tuple):
        return str(value)
    if SETTINGS[name].kind.shape is Shape.NAMED and SETTINGS[name].beneath:
        return ", ".join(f"{str(one).partition('=')[0]}=..." for one in value)
    before = f"{root}/" if root else ""
    return ", ".join(
        str(one).removeprefix(before) if SETTINGS[name].kind.names == "file" else str(one) for one in value
    )


def _override(override: Override) -> str:
    said = {name: getattr(override, name) for name in OVERRIDE if name != "paths"}
    parts = (f"{key_of(name)} {_value_of(value)}" for name, value in said.items() if value)
    return f"{', '.join(override.paths)}: {'; '.join(parts)}"


def _value_of(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
