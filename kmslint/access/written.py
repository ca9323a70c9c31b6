"""The statements of an estate that say something of keys, in key policies and in IAM policies, as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Effect, Statement, Test
from kmslint.wildcard import fold


class Written(NamedTuple):
    """A statement and where it stands."""

    statement: Statement
    resource: str
    """The key, or the resource that the IAM policy is written in."""
    key: Key | None = None
    """Whose policy it is; None for an IAM policy."""

    @property
    def name(self) -> str:
        """How messages begin: `statement "Use" of the key policy of Data`."""
        policy = "IAM" if self.key is None else "key"
        return f"statement {self.statement.label} of the {policy} policy of {self.resource}"

    @property
    def verb(self) -> str:
        """What the statement does: `allows`, `denies`."""
        return "denies" if self.statement.effect is Effect.DENY else "allows"


def written_statements(estate: Estate) -> Iterator[Written]:
    """Every statement of every key policy, and those of IAM policies that name an action of KMS."""
    yield from key_statements(estate)
    for policy in estate.policies:
        for statement in policy.document.statements if policy.document is not None else ():
            if any(is_of_kms(action) for action in (*(statement.actions or ()), *(statement.not_actions or ()))):
                yield Written(statement, policy.address)


def key_statements(estate: Estate) -> Iterator[Written]:
    """Every statement of every key policy."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            yield Written(statement, key.address, key)


def is_of_kms(action: object) -> bool:
    """Whether an entry of Action begins with KMS's prefix."""
    return fold(str(action)).startswith("kms:")


def key_of(test: Test) -> str:
    """The condition key of a test; their case does not matter, so in lower case."""
    return fold(str(test.key))
