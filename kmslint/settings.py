"""What kmslint can be told, each thing declared once.

The options of the command line, the keys of a configuration file, its JSON schema and `kmslint config show` are all
made of the annotations of `Settings` and `Override`: a new setting is a line there.
"""

# No `from __future__ import annotations`: the annotations are data here.

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple, cast, get_type_hints

from kmslint.engine.finding import Severity

Value = str | bool | tuple[str, ...] | tuple["Override", ...]
Values = Mapping[str, Value]
"""Values by the fields of `Settings`: those that somebody gave."""

CONFIG_FILE: Final = ".kmslint.yaml"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Shape(Enum):
    """How a value is written in a file."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    NAMED = "a map of names to values"
    """In `Settings` a tuple of `name=value`, as on the command line."""
    SWITCH = "true or false"
    TABLES = "a list of maps"


class Kind(NamedTuple):
    """What values a setting takes. A text matches the whole pattern, which means the same in Python and ECMAScript."""

    shape: Shape
    what: str
    """What one text is: `an account id of 12 digits`."""
    pattern: str = "[^\\x00-\\x1f]+"
    choices: tuple[str, ...] = ()
    metavar: str = ""
    """How the command line calls a value."""
    names: str = ""
    """What the text names: `rule`, `account`, `pattern` or `file`."""


class Setting(NamedTuple):
    """What is said of a setting, beside its name, its type and its default."""

    kind: Kind
    help: str
    """What it does, in a sentence."""
    option: str = ""
    """The option of the command line: `--fail-on`; none if only a file can say it."""
    adds: bool = False
    """A list on the command line stands behind that of the file; else it takes its place."""
    beneath: bool = False
    """What a file gives is there for whoever asks for it, and the command line counts over it."""
    of_deployment: bool = False
    """It tells of the deployment, so `kmslint access` and `kmslint can` heed it too."""
    of_caller: bool = False
    """Only the command line says it: a file may have come with the pull request."""
    in_file: str = ""
    """What a file says by it, where that is something else than the option."""

    @property
    def said(self) -> str:
        """What it does, as a file says it."""
        return self.in_file or self.help


_SEVERITIES: Final = tuple(severity.value for severity in Severity)
_RULES: Final = Kind(
    Shape.TEXTS, "the id of a rule, or the beginning of one: KMS501, KMS5", "KMS[0-9]{0,3}", (), "IDS", "rule"
)
_PROFILE: Final = Kind(Shape.TEXT, "the name of a profile", choices=("default", "strict"))
_SEVERITY: Final = Kind(Shape.TEXT, "a severity", choices=_SEVERITIES)
_LIMIT: Final = Kind(Shape.TEXT, "a severity, or never", choices=(*_SEVERITIES, "never"))
_ACCOUNT: Final = Kind(Shape.TEXT, "an account id of 12 digits", "[0-9]{12}", (), "ID", "account")
_ACCOUNTS: Final = _ACCOUNT._replace(shape=Shape.TEXTS)
_DEPLOYER: Final = Kind(
    Shape.TEXT,
    "the ARN of a role, a user or a root user; of a session give its role",
    "arn:aws(-[a-z]+)*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)",
    (),
    "ARN",
)
_ORGANIZATIONS: Final = Kind(Shape.TEXTS, "the id of an organization, as o-a1b2c3d4e5", "o-[a-z0-9]{10,32}")
_ADMINISTRATORS: Final = Kind(
    Shape.TEXTS,
    "role/NAME, user/NAME, or the ARN of one; * stands for any text",
    "(arn:aws[a-z-]*:iam::([0-9]{12}|\\*):)?(role|user)/[A-Za-z0-9_+=,.@/*-]+",
)
_VARIABLES: Final = Kind(Shape.NAMED, "a variable's name", "[A-Za-z_][A-Za-z0-9_-]*", (), "NAME=VALUE")
_PARAMETERS: Final = Kind(Shape.NAMED, "a parameter's name", "[A-Za-z0-9]+", (), "NAME=VALUE")
_LIMITS: Final = Kind(Shape.NAMED, "the name of a limit", "[a-z-]+", (), "NAME=N")
_FILES: Final = Kind(Shape.TEXTS, "the path of a file, from the configuration file on", metavar="FILE", names="file")
_PATHS: Final = Kind(
    Shape.TEXTS, "a path as in .gitignore: legacy/, stacks/*.yaml", "[^!#\\x00-\\x1f][^\\x00-\\x1f]*", names="pattern"
)
_SWITCH: Final = Kind(Shape.SWITCH, "true or false")
_TABLES: Final = Kind(Shape.TABLES, "a map with paths")

_Texts = tuple[str, ...]


class Override(NamedTuple):
    """Other settings for some paths. The findings in them are judged by the last override that speaks of their rule."""

    paths: Annotated[_Texts, Setting(_PATHS, "Where it holds: patterns as in .gitignore.")]
    ignore: Annotated[_Texts, Setting(_RULES, "No rules whose ids begin so.")] = ()
    extend_select: Annotated[_Texts, Setting(_RULES, "These rules as well.")] = ()
    account: Annotated[str | None, Setting(_ACCOUNT, "The account that what lies there is deployed to.")] = None
    origin: str = ""
    """Where it is written: `.kmslint.yaml:7`."""


class Settings(NamedTuple):
    """What a run is told, by whomever."""

    select: Annotated[_Texts, Setting(_RULES, "Only rules whose ids begin so.", "--select")] = ()
    ignore: Annotated[_Texts, Setting(_RULES, "No rules whose ids begin so.", "--ignore")] = ()
    extend_select: Annotated[_Texts, Setting(_RULES, "These rules as well.", "--extend-select", adds=True)] = ()
    extend_ignore: Annotated[_Texts, Setting(_RULES, "These rules neither.", "--extend-ignore", adds=True)] = ()
    profile: Annotated[str, Setting(_PROFILE, "Which rules take part if none are selected.", "--profile")] = "default"
    min_severity: Annotated[str, Setting(_SEVERITY, "Show nothing below it.", "--min-severity")] = "info"
    fail_on: Annotated[str, Setting(_LIMIT, "Exit with 1 for findings of this severity or worse.", "--fail-on")] = (
        "medium"
    )
    overrides: Annotated[tuple[Override, ...], Setting(_TABLES, "Other settings for some paths.")] = ()
    account: Annotated[
        str | None,
        Setting(_ACCOUNT, "The account that the templates are deployed to.", "--account", of_deployment=True),
    ] = None
    deployer: Annotated[
        str | None,
        Setting(_DEPLOYER, "Who runs the deployment: a role, a user or a root user.", "--deployer", of_deployment=True),
    ] = None
    trusted_accounts: Annotated[
        _Texts,
        Setting(_ACCOUNTS, "Accounts of others that may be given anything: no KMS204 or KMS305 on them."),
    ] = ()
    organizations: Annotated[
        _Texts, Setting(_ORGANIZATIONS, "Organizations whose accounts may be given keys: no KMS222 on them.")
    ] = ()
    durable_administrators: Annotated[
        _Texts,
        Setting(_ADMINISTRATORS, "Roles and users that nobody deletes: a key that one of them manages is not lost."),
    ] = ()
    variables: Annotated[
        _Texts,
        Setting(
            _VARIABLES,
            "A value for a variable of Terraform's root modules.",
            "--var",
            beneath=True,
            of_deployment=True,
            in_file="Values for variables of Terraform's root modules, as texts; where none declares one it is idle.",
        ),
    ] = ()
    variable_files: Annotated[
        _Texts,
        Setting(
            _FILES,
            "A file with such values, in the form of .tfvars.",
            "--var-file",
            beneath=True,
            of_deployment=True,
            in_file="Files with values for variables, in the form of .tfvars.",
        ),
    ] = ()
    parameters: Annotated[
        _Texts,
        Setting(
            _PARAMETERS,
            "A value for a parameter of the CloudFormation templates.",
            "--parameter",
            beneath=True,
            of_deployment=True,
            in_file="Values for parameters of the CloudFormation templates; where none declares one it is idle.",
        ),
    ] = ()
    parameter_files: Annotated[
        _Texts,
        Setting(
            _FILES,
            "A file of such values: of the AWS CLI, of CodePipeline, samconfig, or NAME: VALUE.",
            "--parameter-file",
            beneath=True,
            of_deployment=True,
            in_file="Files with values for parameters: of the AWS CLI, of CodePipeline, samconfig, or NAME: VALUE.",
        ),
    ] = ()
    joined: Annotated[
        bool,
        Setting(
            _SWITCH,
            "Follow no exports, and no names, from one CloudFormation template to another.",
            "--no-join",
            of_deployment=True,
            in_file="Whether exports, and names, are followed from one CloudFormation template to another.",
        ),
    ] = True
    limits: Annotated[
        _Texts,
        Setting(
            _LIMITS,
            "Another bound on what an input may cost: `kmslint config limits` lists them.",
            "--limit",
            of_deployment=True,
            of_caller=True,
        ),
    ] = ()

    root: str | None = None
    """The directory that reported paths are relative to; None: the repository around the first path."""
    changed: bool = False
    """The paths are the files of a change, not all of them meant for kmslint."""
    ignores: bool = True
    """Suppressions in the files count."""
    baseline: str | None = None
    """A file of findings that are known: only others count."""
    begins_baseline: bool = False
    """That file may not be there yet."""
    today: str = ""
    """The day of the run, `2027-03-31`; empty: today, in UTC."""
    refused: tuple[str, ...] = ()
    """Rules that the command line ignores: no override brings them back."""
    origins: Mapping[str, str] = _NOTHING
    """Who said it, by the field: `--fail-on`, `.kmslint.yaml:3`; nobody where the default holds."""
    below: "Settings | None" = None
    """What a configuration file says of variables and parameters."""


def _declared(of: type) -> dict[str, Setting]:
    """The settings of a class by their fields."""
    hints = get_type_hints(of, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


SETTINGS: Final = _declared(Settings)
OVERRIDE: Final = _declared(Override)
IN_FILES: Final = {name: setting for name, setting in SETTINGS.items() if not setting.of_caller}
"""Those that a configuration file may say."""
_SELECTION: Final = ("select", "ignore", "extend_select", "extend_ignore")


def key_of(name: str) -> str:
    """The key of a field in a file: `fail-on`."""
    return {"joined": "join"}.get(name, name.replace("_", "-"))


class Configured(NamedTuple):
    """What a configuration file says."""

    values: Values = MappingProxyType({})
    origins: Mapping[str, str] = _NOTHING
    """Where, by the field: `.kmslint.yaml:3`."""
    path: str = ""
    """The file, relative to the root; empty if there is none."""
    notes: tuple[str, ...] = ()
    """What else there was, and was not read."""


NOT_CONFIGURED: Final = Configured()


def settled(given: Values, configured: Configured = NOT_CONFIGURED, root: str | None = None) -> Settings:
    """What holds: the command line over the file over the defaults.

    `--select` makes a choice of its own: nothing of what the file selects or leaves out is added to it.
    """
    values: dict[str, object] = {"root": root, "refused": _refused(given)}
    below: dict[str, object] = {"root": root}
    origins: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        of_file = None if "select" in given and name in _SELECTION else configured.values.get(name)
        if of_file is not None:
            (below if setting.beneath else values)[name] = _unselected(of_file) if "select" in given else of_file
            origins[name] = configured.origins[name]
        if name in given:
            added = isinstance(of_file, tuple) and setting.adds
            values[name] = (*_texts(of_file), *_texts(given[name])) if added else given[name]
            origins[name] = f"{origins[name]}, {setting.option}" if added or name in below else setting.option
    values["origins"] = origins
    values["below"] = _made(below) if len(below) > 1 else None
    return _made(values)


def _refused(given: Values) -> tuple[object, ...]:
    return tuple(prefix for name in ("ignore", "extend_ignore") for prefix in _texts(given.get(name)))


def _unselected(value: Value) -> Value:
    """The value; of overrides only what they say beside the selection of rules."""
    if not isinstance(value, tuple):
        return value
    kept = (one._replace(ignore=(), extend_select=()) if isinstance(one, Override) else one for one in value)
    return cast(Value, tuple(kept))


def _made(values: Mapping[str, object]) -> Settings:
    return Settings._make(values.get(name, Settings._field_defaults[name]) for name in Settings._fields)


def _texts(value: Value | None) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
