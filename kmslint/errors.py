"""What can go wrong, and where."""

from typing import NamedTuple

from kmslint.location import Location


class Problem(NamedTuple):
    """A part of the input that could not be analysed: it becomes KMS000 and exit code 3."""

    path: str
    reason: str
    """Lower case, without a full stop: `duplicate argument "policy"`."""
    at: Location | None = None
    """None where there is no text to point at: an unreadable file."""

    @property
    def line(self) -> int:
        return self.at.line if self.at else 1


class KmslintError(Exception):
    """The base of everything kmslint raises on purpose."""


class InputError(KmslintError):
    """An input could not be read; carries the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.path}:{problem.line}: {problem.reason}")
        self.problem = problem


class UsageError(KmslintError):
    """The call cannot be carried out as given: exit code 2."""


class ConfigError(KmslintError):
    """A configuration that cannot be followed: exit code 2. Every problem with its place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{problem.path}:{problem.line}: {problem.reason}" for problem in problems))
        self.problems = problems
