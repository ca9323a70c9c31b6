"""The options of the command line that are settings, and the settings that a call comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import click

from kmslint.config.find import find_config, named_config
from kmslint.console import complain
from kmslint.discovery import find_root
from kmslint.errors import UsageError
from kmslint.given_limits import within_limits
from kmslint.settings import NOT_CONFIGURED, SETTINGS, Configured, Kind, Setting, Settings, Shape, Value, settled

Command = TypeVar("Command", bound=Callable[..., object])
CONFIG_HELP: Final = "Read the settings in this file, and in no other."
NO_CONFIG_HELP: Final = "Read no file of settings: .kmslint.yaml, or [tool.kmslint] in pyproject.toml."


class Call(NamedTuple):
    """What a call of a command comes to."""

    settings: Settings
    configured: Configured


def setting_options(of_deployment: bool = False) -> Callable[[Command], Command]:
    """The options of all settings, or of those that tell of the deployment, and those on the configuration itself.

    The command is given them by the fields of `Settings`, and `config_file` and `no_config`.
    """

    def decorated(command: Command) -> Command:
        command = click.option("--no-config", is_flag=True, help=NO_CONFIG_HELP)(command)
        command = click.option("--config", "config_file", metavar="FILE", help=CONFIG_HELP)(command)
        for name, setting in reversed(SETTINGS.items()):
            if setting.option and (setting.of_deployment or not of_deployment):
                command = _option(name, setting)(command)
        return command

    return decorated


def _option(name: str, setting: Setting) -> Callable[[Command], Command]:
    kind, default = setting.kind, Settings._field_defaults[name]
    if kind.shape is Shape.SWITCH:
        return click.option(setting.option, name, is_flag=True, help=setting.help)
    if kind.choices:
        # Not click's own default: it would pass for something that was said.
        told = f"{setting.help}  [default: {default}]"
        return click.option(setting.option, name, type=click.Choice(kind.choices), help=told)
    many = kind.shape is not Shape.TEXT
    read = _prefixes if kind.names == "rule" else None if many else _matching(kind)
    return click.option(setting.option, name, multiple=many, callback=read, metavar=kind.metavar, help=setting.help)


def _prefixes(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """`KMS1,KMS203` and repeated options, as one tuple."""
    return tuple(prefix.strip() for value in values for prefix in value.split(",") if prefix.strip())


def _matching(kind: Kind) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Refuses a text that is none of the kind, as a file does."""

    def read(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        if value is not None and re.fullmatch(kind.pattern, value) is None:
            raise click.BadParameter(f"{value!r} is not {kind.what}")
        return value

    return read


def settled_call(paths: Sequence[str], options: Mapping[str, object]) -> Call:
    """The settings of a call by its options, of which some are no settings. What is not read is said."""
    root = find_root(paths[0] if paths[0] != "-" else ".")
    given = _given(options)
    with within_limits(settled(given).limits):
        configured = _configured(paths, root, options.get("config_file"), bool(options.get("no_config")))
    for note in configured.notes:
        complain(note)
    return Call(settled(given, configured, root), configured)


def _configured(paths: Sequence[str], root: str, file: object, none: bool) -> Configured:
    if file is not None and none:
        raise UsageError("--config and --no-config: one of them")
    if none:
        return NOT_CONFIGURED
    if isinstance(file, str):
        from kmslint.config.load import load_named  # only where there is a file

        return load_named(named_config(file, root), root)
    found = find_config(paths, root)
    first = next(found, None)
    if first is None:
        return NOT_CONFIGURED
    from kmslint.config.load import load  # only where there is a file

    return load((first, *found), root)


def _given(options: Mapping[str, object]) -> dict[str, Value]:
    """The settings among the options, as far as they were given."""
    given: dict[str, Value] = {}
    for name, setting in SETTINGS.items():
        value = options.get(name)
        if setting.kind.shape is Shape.SWITCH and value:
            given[name] = not Settings._field_defaults[name]
        elif isinstance(value, str) or (isinstance(value, tuple) and value):
            given[name] = value
    return given
