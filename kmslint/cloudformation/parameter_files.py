"""Files with values for the parameters of a template, in the forms in which people keep them.

- A list for the AWS CLI, of `ParameterKey` and `ParameterValue` or of texts `NAME=VALUE`.
  https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html
  https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
- The template configuration of CodePipeline, with `Parameters`, `Tags` and `StackPolicy`.
  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
- The `parameter_overrides` in the configuration file of SAM, of which the environment `default` counts.
  https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
- A plain map of names to values.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Iterator

from kmslint.cloudformation.calls import is_null
from kmslint.cloudformation.plain_scalars import as_read, lost_zero
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.raw import RawFile
from kmslint.syntax.bytes import decode
from kmslint.syntax.data import read_data
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence
from kmslint.values import Json, json_scalar

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - Python 3.10 has none of its own
    import tomli as tomllib

_FORMS = "the list of the AWS CLI, CodePipeline's Parameters, SAM's parameter_overrides, or a map of names to values"
_ENVIRONMENT = "default"
_COMMANDS = ("global", "deploy")
"""The commands whose settings hold for a deployment; a later one wins."""
_LONG_NAME = re.compile(r"""(?:(?:(?<!\\)"(?:\\.|[^"\\\n])*"|'[^'\n]*'|(?<![\w-])[\w-]+)[ \t]*\.[ \t]*){64}""")
"""A name of TOML with more than 64 parts: Python's reader takes a time that is quadratic in them.

A part is looked for where it begins, and neither behind an escape nor amid a word: that would be quadratic too."""

_Pair = tuple[str, str]


def values_in(file: RawFile) -> list[_Pair]:
    """The names and values of a file, in its order; names that keep a value they have already are left out.

    Raises InputError for a file in none of the forms.
    """
    source = decode(file.path, file.data)
    data = _toml(source) if file.path.endswith(".toml") else _tree(source)
    try:
        return list(_values(data))
    except _FormError as error:
        raise InputError(Problem(file.path, str(error))) from None


class _FormError(Exception):
    """Why a file is in none of the forms."""


def _tree(source: Source) -> Json:
    """What YAML or JSON holds."""
    documents = read_data(source).documents
    if len(documents) != 1:
        raise InputError(Problem(source.path, "not one document"))
    return _plain(documents[0])


def _toml(source: Source) -> Json:
    match = _LONG_NAME.search(source.text)
    if match is not None:
        raise InputError(Problem(source.path, "a name of too many parts", Location(source, *match.span())))
    try:
        found: Json = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        # The reader's own words may quote what stands there.
        place = re.search(r"\(at (line \d+, column \d+)\)", str(error))
        raise InputError(Problem(source.path, f"not TOML{f' in {place[1]}' if place else ''}")) from None
    except RecursionError:
        raise InputError(Problem(source.path, "nested too deep")) from None
    return found


def _plain(node: Node) -> Json:
    if isinstance(node, Mapping) and not node.tag:
        return {_name(key): _plain(value) for key, value in node.entries}
    if isinstance(node, Sequence) and not node.tag:
        return [_plain(item) for item in node.items]
    if not isinstance(node, Scalar) or node.tag:
        raise InputError(Problem(node.at.path, "a function or a tag, not a value", node.at))
    zero = lost_zero(node)
    if zero is not None:
        raise InputError(Problem(node.at.path, f"{zero.how}: put it in quotes", node.at))
    return None if is_null(node) else as_read(node)


def _name(key: Node) -> str:
    assert isinstance(key, Scalar)
    if key.tag:
        raise InputError(Problem(key.at.path, "a name is not a text", key.at))
    return key.text


def _values(data: Json) -> Iterator[_Pair]:
    if isinstance(data, dict) and "Parameters" in data:
        data = data["Parameters"]
    elif isinstance(data, dict) and any(map(_is_environment, data.values())):
        yield from _of_sam(data)
        return
    if isinstance(data, list):
        yield from _of_list(data)
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name, _text(name, value)
    else:
        raise _FormError(f"no file of parameters: {_FORMS}")


def _of_list(data: Iterable[Json]) -> Iterator[_Pair]:
    """The form of the AWS CLI."""
    for each in data:
        if isinstance(each, str):
            yield _pair(each)
            continue
        name = each.get("ParameterKey") if isinstance(each, dict) else None
        if not isinstance(each, dict) or not isinstance(name, str):
            raise _FormError(f"an element without a ParameterKey; wanted is {_FORMS}")
        keeps_its_value = str(each.get("UsePreviousValue")).lower() == "true"
        if not keeps_its_value:
            if "ParameterValue" not in each:
                raise _FormError(f"{name} has no ParameterValue")
            yield name, _text(name, each["ParameterValue"])


def _is_environment(data: Json) -> bool:
    """Whether a member of a file is an environment of SAM: commands, each with its parameters."""
    commands = data.values() if isinstance(data, dict) else ()
    return any(isinstance(command, dict) and isinstance(command.get("parameters"), dict) for command in commands)


def _of_sam(data: dict[str, Json]) -> Iterator[_Pair]:
    environment = data.get(_ENVIRONMENT)
    if not isinstance(environment, dict):
        raise _FormError(f'there is no environment "{_ENVIRONMENT}"')
    for name in _COMMANDS:
        command = environment.get(name)
        parameters = command.get("parameters") if isinstance(command, dict) else None
        overrides = parameters.get("parameter_overrides") if isinstance(parameters, dict) else None
        if isinstance(overrides, str):
            yield from map(_pair, _words(overrides))
        elif isinstance(overrides, list):
            # An element may hold several, as the text does.
            yield from (_pair(word) for each in overrides for word in _words_of_element(each))
        elif isinstance(overrides, dict):
            yield from ((key, _text(key, value)) for key, value in overrides.items())
        elif overrides is not None:
            raise _FormError("parameter_overrides is neither a text, a list nor a map")


def _words_of_element(data: Json) -> list[str]:
    if not isinstance(data, str):
        raise _FormError("an element of parameter_overrides is not a text")
    return _words(data) if '"' in data or "'" in data else [data]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise _FormError("a quote in parameter_overrides is not closed") from None


def _pair(text: str) -> _Pair:
    """`NAME=VALUE`, also as `ParameterKey=NAME,ParameterValue=VALUE`."""
    if text.startswith("ParameterKey="):
        name, comma, value = text.removeprefix("ParameterKey=").partition(",ParameterValue=")
    else:
        name, comma, value = text.partition("=")
    if not comma or not name:
        raise _FormError(f"{name} is not NAME=VALUE")
    return name, value


def _text(name: str, data: Json) -> str:
    """A value as CloudFormation takes it: the elements of a list are separated by commas."""
    if isinstance(data, list):
        return ",".join(_text(name, each) for each in data)
    if data is None or isinstance(data, dict):
        raise _FormError(f"the value of {name} is neither a text nor a list of texts; wanted is {_FORMS}")
    if isinstance(data, (str, bool, int, float)):
        return json_scalar(data) if not isinstance(data, str) else data
    raise _FormError(f"the value of {name} is a date: put it in quotes")  # only TOML has those
