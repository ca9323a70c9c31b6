"""What `provider "aws"` blocks say of accounts: which is the own one, and which aliases share it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmslint.model.arn import ACCOUNT_ID, parse_arn
from kmslint.syntax.tree import Block, Node
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.scalars import as_text
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import may_be_absent
from kmslint.values import Items, Null, Text, Value

_ASSUMING = ("assume_role", "assume_role_with_web_identity")
_ARGUMENTS = frozenset(
    {
        "access_key",
        "allowed_account_ids",
        "forbidden_account_ids",
        "profile",
        "secret_key",
        "shared_credentials_file",
        "shared_credentials_files",
        "token",
    }
)


class Providers:
    """The `provider "aws"` blocks of a module."""

    def __init__(self, blocks: Sequence[Block], evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._blocks = {self._alias(block): block for block in blocks}

    def configured_account(self) -> Text | None:
        """The account the default provider is bound to, if it is bound to a single one."""
        block = self._blocks.get("")
        return None if block is None else self._allowed(block) or self._assumed(block)

    def other_accounts(self) -> Iterator[str]:
        """The accounts that other providers of the module are bound to."""
        for alias, block in self._blocks.items():
            account = self._allowed(block) or self._assumed(block) if alias else None
            if account is not None:
                yield str(account)

    def account_scope(self, alias: str) -> str:
        """The scope of the own account under that alias; empty if it is that of the default provider."""
        return "" if alias == "" or self._shares_credentials(alias) else alias

    def _shares_credentials(self, alias: str) -> bool:
        block = self._blocks.get(alias)
        if block is None:
            # Handed over by whoever calls the module.
            return False
        default = self._blocks.get("")
        return _credentials(block) == (() if default is None else _credentials(default))

    def _alias(self, block: Block) -> str:
        value = self._value(block.body.get("alias"))
        return str(value) if isinstance(value, Text) else ""

    def _allowed(self, block: Block) -> Text | None:
        value = self._value(block.body.get("allowed_account_ids"))
        if not isinstance(value, Items) or len(value.items) != 1 or may_be_absent(value.items[0]):
            return None
        only = as_text(value.items[0])
        return None if only is None else _account(only)

    def _assumed(self, block: Block) -> Text | None:
        for assumed in (inner for kind in _ASSUMING for inner in block.body.all(kind)):
            role = self._value(assumed.body.get("role_arn"))
            arn = parse_arn(role) if isinstance(role, Text) else None
            if arn is not None:
                return _account(arn.account)
        return None

    def _value(self, node: Node | None) -> Value | None:
        value = None if node is None else self._evaluate(node, Scope())
        return None if isinstance(value, Null) else value


def _account(account: Text) -> Text | None:
    literal = account.literal
    return account if literal is None or ACCOUNT_ID.match(literal) else None


def _credentials(block: Block) -> tuple[tuple[str, str], ...]:
    """Whatever decides in which account a provider works, as it is spelt."""
    arguments = ((argument.name.text, argument.value.at) for argument in block.body.arguments)
    assumed = ((inner.type.text, inner.body.at) for inner in block.body.blocks)
    deciding = (*(one for one in arguments if one[0] in _ARGUMENTS), *(one for one in assumed if one[0] in _ASSUMING))
    return tuple(sorted((name, at.source.text[at.start : at.end].strip()) for name, at in deciding))
