"""Every bound on what one input may cost, in one place, each declared once.

The input is a stranger's: whatever grows with it stops at a bound, and the bound is named in what is
reported. The numbers leave room above anything AWS or Terraform accept. `--limit NAME=N` sets one for a run:
the name of `MERGED_PAIRS` is `merged-pairs`.

A bound is read where it counts, as `limits.NODES`, and never kept: another run may have another one.
"""

from __future__ import annotations  # they are data, and looked at where somebody asks for them: every run loads this

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Annotated, Final, NamedTuple, get_type_hints

_MOST: Final[int] = 1_000_000_000


class Limit(NamedTuple):
    """What is said of a bound, beside its name and its default."""

    counts: str
    """What there may be so many of, or what is done beyond it."""
    ceiling: int = _MOST
    """It cannot be raised further."""
    default: int = 0


FILE_BYTES: Annotated[int, Limit("Bytes of a file that is read (AWS takes templates of 1 MB).")] = 4_000_000

PLAN_BYTES: Annotated[
    int, Limit("Bytes of a Terraform plan that is read: plans repeat every resource, and most of one is passed over.")
] = 50_000_000

DEPTH: Annotated[int, Limit("Nesting of lists, maps, blocks, expressions and intrinsic functions.", ceiling=250)] = 100

NODES: Annotated[int, Limit("Nodes of one document, aliases counted each time they are used.")] = 250_000

MERGED_PAIRS: Annotated[int, Limit("Pairs that YAML merge keys may add to one map.")] = 10_000

DOCUMENTS: Annotated[int, Limit("Documents in one YAML file.")] = 100

UNREADABLE_BLOCKS: Annotated[
    int, Limit("Blocks of one HCL file that nobody can read; the rest of the file is then not read either.")
] = 100

REFUSALS: Annotated[
    int, Limit("Declarations of one module that are named as ones Terraform refuses: twins, overrides of nothing.")
] = 100

HCL_CHARACTERS: Annotated[
    int,
    Limit(
        "Characters of HCL that the first reader takes at once. A longer file is read block by block, a longer block"
        " by the second, slower reader.",
    ),
] = 60_000

HCL_SECONDS: Annotated[int, Limit("CPU seconds after which no further block of an HCL file is read.")] = 3

SECOND_READER_CHARACTERS: Annotated[int, Limit("Characters of one HCL file that are handed to the second reader.")] = (
    100_000
)

UNREHEARSED_CHARACTERS: Annotated[
    int, Limit("Characters of a file that is read at once; of a longer one it is tried first, in a process of its own.")
] = 300_000

REHEARSAL_SECONDS: Annotated[int, Limit("CPU seconds that such a trial may take.", ceiling=3_600)] = 2

REHEARSAL_MEGABYTES: Annotated[int, Limit("Megabytes of memory that such a trial may take.", ceiling=100_000)] = 256

CONFIG_BYTES: Annotated[int, Limit("Bytes of a configuration file that is read.")] = 1_000_000

CONFIG_ENTRIES: Annotated[int, Limit("Entries of one list or map in a configuration.")] = 1_000

CONFIG_CHARACTERS: Annotated[int, Limit("Characters of one value in a configuration.")] = 1_000

FILES: Annotated[int, Limit("Files looked at below a given path.")] = 50_000

GITIGNORE_STEPS: Annotated[
    int,
    Limit("Steps to see what .gitignore leaves out below a path, one for a pattern and a name; beyond, nothing more."),
] = 15_000_000

READ_FILE_BYTES: Annotated[int, Limit("Bytes of a file that an expression reads (`file`, `templatefile`).")] = 1_000_000

READ_FILES: Annotated[
    int, Limit("Files that the expressions of one module may read, or that one template may include.")
] = 200

LOOP_NODES: Annotated[
    int, Limit("Nodes that all loops (`Fn::ForEach`) of one template may make, long texts counted as several.")
] = 250_000

INCLUDED_CHARACTERS: Annotated[
    int,
    Limit("Characters of the files that one template includes, each time counted (AWS: 1 MB with the template)."),
] = 2_000_000

PARAMETER_FILE_BYTES: Annotated[
    int, Limit("Bytes of a file of parameters that is read (AWS takes 200 parameters).")
] = 250_000

STEPS: Annotated[int, Limit("Evaluation steps of one template or module.")] = 200_000

EXPRESSION_STEPS: Annotated[
    int,
    Limit(
        "How many of them one argument or name of Terraform may take: what stands beside it is evaluated all the same."
    ),
] = 50_000

TEXT: Annotated[int, Limit("Characters of a text that an expression may build.")] = 1_000_000

ELEMENTS: Annotated[int, Limit("Elements of a list or map that an expression may build.")] = 10_000

POLICY_CHARACTERS: Annotated[
    int,
    Limit(
        "Length of a policy document, as a text or as the values that make one (AWS: 32,768 bytes for a key policy)."
    ),
] = 131_072

SIDS: Annotated[int, Limit("Pairs of Sids in merged policy documents of which it is asked whether they are one.")] = (
    50_000
)

TRIED: Annotated[
    int,
    Limit(
        "Statements, each counted for every way, in which the allowed values of parameters that nobody set are tried in"
        " a template and those nested in it."
    ),
] = 1_000

CHOICES: Annotated[
    int,
    Limit("Open conditions combined in one statement or value; beyond it the value is unknown.", ceiling=12),
] = 6

PARTS: Annotated[
    int, Limit("Statements that one with more open conditions is read as, an entry of its lists each.")
] = 1_000

DECISIONS: Annotated[
    int,
    Limit(
        "Decisions that the judging of one template or module may take: statements held against requests, with their"
        " principals and conditions; what rules have not found by then stays unsaid."
    ),
] = 100_000

BRANCHES: Annotated[
    int,
    Limit(
        "Ways in which a key policy is looked at, as far as its open conditions make a difference; the rest is unknown."
    ),
] = 64

FACT_STEPS: Annotated[int, Limit("Steps on the way to see whether open conditions can come out so at once.")] = 10_000

FACT_STEPS_IN_ALL: Annotated[int, Limit("Such steps for one template and those nested in it.")] = 5_000_000

MODULES: Annotated[int, Limit("Calls of modules below one root module.")] = 500

MODULE_DEPTH: Annotated[int, Limit("Modules that call modules.", ceiling=50)] = 20

CALLED_CHARACTERS: Annotated[
    int, Limit("Characters of fetched modules below one root module, counted for each call.")
] = 5_000_000

STACKS: Annotated[int, Limit("Nested stacks below one template.")] = 200

STACK_DEPTH: Annotated[
    int, Limit("Stacks nested in nested stacks, and exports that are made of imports.", ceiling=50)
] = 20

NESTED_CHARACTERS: Annotated[
    int, Limit("Characters of nested templates below one template, counted for each stack.")
] = 5_000_000

INSTANCES: Annotated[
    int,
    Limit("Instances that all `count` and `for_each` of one root module and of those it calls are told apart by."),
] = 2_000

INSTANCES_OF_ONE: Annotated[
    int,
    Limit(
        "Instances of one `count` or `for_each` that are told apart; more are looked at as one, whose `each` is open."
    ),
] = 64

REPEATED_RESOURCES: Annotated[
    int, Limit("Resources of keys and permissions in modules that one root module calls more than once.")
] = 3_000

IGNORES: Annotated[int, Limit("Suppressions in one file; those behind it are not heeded.")] = 10_000

BASELINE_BYTES: Annotated[int, Limit("Bytes of a baseline that is read or written.")] = 5_000_000

BASELINE_ENTRIES: Annotated[
    int,
    Limit("Entries of a baseline. An old repository has some hundred findings; more want a narrower look."),
] = 10_000

# What follows is part of how something is written or shown: nothing is unknown or unread for it.

CONFIG_PROBLEMS: Final[int] = 20
"""Mistakes in a configuration that are named at once."""

LOOP_DEPTH: Final[int] = 5
"""Loops inside each other: AWS refuses more."""

ALLOWED_VALUES: Final[int] = 8
"""Values of a parameter that nobody set which are tried one by one: two such parameters in one statement come to
`BRANCHES` ways. A parameter with more of them is a list to pick from (regions, types of instances), not a branch."""

ALLOWED_CHARACTERS: Final[int] = 200
"""Characters of such a value: findings spell it out."""

IGNORED_RULES: Final[int] = 100
"""Rules that one suppression names."""

REASON: Final[int] = 1_000
"""Length of the reason of a suppression."""

BASELINE_TEXT: Final[int] = 2_000
"""Characters of a path, a name or a subject in a baseline; of longer ones a mark tells the rest."""

PICTURE_EFFORT: Final[int] = 15_000
"""What the pictures of one report may cost (some seconds): principals, times statements that are asked for each."""


@cache
def declared() -> Mapping[str, Limit]:
    """All of them by the names that they go by on the command line."""
    hints = get_type_hints(_HERE, include_extras=True)
    found = {variable: hint.__metadata__[0] for variable, hint in hints.items() if hasattr(hint, "__metadata__")}
    return {_name(variable): limit._replace(default=_DEFAULTS[variable]) for variable, limit in found.items()}


def value_of(name: str) -> int:
    """What holds for this run."""
    value: int = getattr(_HERE, _variable(name))
    return value


def named(reason: str, *names: str) -> str:
    """The words for what stopped at a bound: the reason, and what raises it. Of several, any may have been it."""
    raised = [f"{name}=N" for name in names if value_of(name) < declared()[name].ceiling]
    if raised:
        return f"{reason}; --limit {' or '.join(raised)} raises this"
    return f"{reason}; the limit {' or '.join(names)} is as high as it can be"


@contextmanager
def within(given: Mapping[str, int]) -> Iterator[None]:
    """Other bounds, by name, as long as it lasts. They are those of the whole process."""
    before = {_variable(name): value_of(name) for name in given}
    recursion = sys.getrecursionlimit()
    try:
        for name, value in given.items():
            setattr(_HERE, _variable(name), value)
        deeper = given.get("depth", 0) - _USUAL_DEPTH
        if deeper > 0:
            sys.setrecursionlimit(max(recursion, _USUAL_RECURSION + _FRAMES_A_LEVEL * deeper))
        yield
    finally:
        sys.setrecursionlimit(recursion)
        for variable, value in before.items():
            setattr(_HERE, variable, value)


def usual() -> AbstractContextManager[None]:
    """The defaults, for what is no stranger's and is kept for other runs."""
    return within(
        {_name(variable): value for variable, value in _DEFAULTS.items() if getattr(_HERE, variable) != value}
    )


def _name(variable: str) -> str:
    return variable.lower().replace("_", "-")


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


_FRAMES_A_LEVEL: Final[int] = 12
"""Functions inside each other that one more level may take."""
_USUAL_RECURSION: Final[int] = 1_000
_USUAL_DEPTH: Final[int] = DEPTH
_HERE = sys.modules[__name__]
_DEFAULTS = {variable: value for variable, value in vars().items() if isinstance(value, int)}
