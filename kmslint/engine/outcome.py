"""What a run came to: everything the reporters may show."""

from typing import NamedTuple

from kmslint.engine.baseline import Comparison
from kmslint.engine.finding import Finding
from kmslint.engine.rule import Rule
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.model.estate import Estate


class KeyVerdict(NamedTuple):
    """What the evaluator found of one key; the words are those of the JSON report."""

    address: str
    path: str
    line: int
    policy: str
    """explicit, default or unknown."""
    delegates: str
    """yes, no or unknown: may IAM policies of the account give anything on this key?"""
    delegates_admin: str
    lockout: str
    """none, root-only, deletable-only, nobody or unknown."""
    administrators: tuple[str, ...]
    undecided: bool = False
    """Something of it hangs on what cannot be seen. What is not the same in all branches is decided."""


class Suppressed(NamedTuple):
    """A finding that somebody has looked at and left as it is."""

    finding: Finding
    reason: str
    until: str
    """The last day on which it is left so, `2027-03-31`; empty: no end is set."""
    at: Location
    """Where that is said."""
    external: bool = False
    """It is said in a baseline, rather than beside the finding."""


class SwitchedOff(NamedTuple):
    """Rules that would have taken part, had nobody said otherwise."""

    rules: tuple[str, ...]
    """Their ids."""
    by: str
    """Who said it: `--ignore`, `.kmslint.yaml:3`."""
    paths: tuple[str, ...] = ()
    """Where they are off, as patterns; empty if everywhere."""
    findings: int = 0
    """Findings that they had in these paths."""


class Counts(NamedTuple):
    """The accounting of a run: `candidates` is always the sum of the next three."""

    candidates: int = 0
    analysed: int = 0
    not_analysed: int = 0
    excluded: int = 0
    estates: int = 0
    identities: int = 0


class Outcome(NamedTuple):
    """The result of one run, before it is written in some format."""

    rules: tuple[Rule, ...]
    """Every rule that took part, in id order; every finding's rule is among them."""
    findings: tuple[Finding, ...]
    """In order of path, line, column, rule id. KMS000 findings are among them."""
    problems: tuple[Problem, ...]
    """What was not analysed, in order of path and line."""
    keys: tuple[KeyVerdict, ...]
    """In order of path, line, address."""
    counts: Counts
    internal_errors: tuple[str, ...] = ()
    """Rules that failed, in words."""
    estates: tuple[Estate, ...] = ()
    """What was read, for the reports that show who can do what."""
    suppressed: tuple[Suppressed, ...] = ()
    """What would be findings without the suppressions in the files, and without the baseline; in their order."""
    baseline: Comparison | None = None
    """What the run came to beside a baseline; None without one."""
    switched_off: tuple[SwitchedOff, ...] = ()
    """What was not looked for, as far as somebody said so."""
    hidden: int = 0
    """Findings less severe than those that are shown."""

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id, which must have taken part."""
        return next(rule for rule in self.rules if rule.id == rule_id)
