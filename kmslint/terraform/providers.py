"""What `provider "aws"` blocks say of accounts: which is the own one, and which aliases share it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmslint.model.arn import ACCOUNT_ID, parse_arn
from kmslint.syntax.tree import Attribute, Block, Mapping, Node, Scalar, Variable
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.scalars import as_text
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import may_be_absent
from kmslint.values import Items, Null, Text, Value

ASSUMING = ("assume_role", "assume_role_with_web_identity")
DECIDING = frozenset(
    {
        "access_key",
        "allowed_account_ids",
        "forbidden_account_ids",
        "profile",
        "secret_key",
        "shared_config_files",
        "shared_credentials_file",
        "shared_credentials_files",
        "token",
    }
)


_PROXY = frozenset({"alias", "version"})
"""Arguments of a block that configures nothing: it only says that the caller hands the provider over."""

_ROOT = Scope()


class Handed(NamedTuple):
    """The providers that a module has from its caller."""

    callers: Providers
    providers: Mapping
    """`providers` of the call, or an empty map: the default provider is handed over by itself."""

    def alias(self, own: str) -> str | None:
        """What the caller calls the provider that goes by that alias in the module; None if it hands over none."""
        # A call may hand over providers of other kinds as well, under the same aliases; of AWS's two, `aws` decides.
        names = {
            _alias_of(entry.key): _alias_of(entry.value)
            for kind in ("awscc", "aws")
            for entry in self.providers.entries
            if _name_of(entry.key).partition(".")[0] == kind
        }
        return names.get(own, "" if own == "" else None)


class Providers:
    """The `provider "aws"` blocks of a module, and what its caller hands over."""

    def __init__(
        self, blocks: Sequence[Block], evaluate: Evaluate, scope: Scope = _ROOT, handed: Handed | None = None
    ) -> None:
        self._evaluate = evaluate
        self._scope = scope
        self._handed = handed
        self._blocks = {self._alias(block): block for block in blocks}

    def configured_account(self) -> Text | None:
        """The account the default provider is bound to, if it is bound to a single one."""
        block = self._blocks.get("")
        return None if block is None else self._allowed(block) or self._assumed(block)

    def other_accounts(self) -> Iterator[tuple[str, Text]]:
        """The accounts that other providers of the module are bound to, by the scope of the own account there."""
        for alias, block in self._blocks.items():
            account = self._allowed(block) or self._assumed(block) if alias or self._handed else None
            if account is not None:
                yield self.account_scope(alias), account

    def account_scope(self, alias: str) -> str:
        """The scope of the own account under that alias; empty if it is that of the root module's default provider."""
        configured, name = self._configuring(alias)
        root = self
        while root._handed is not None:
            root = root._handed.callers
        is_roots = configured is root and name == ""
        return "" if is_roots or configured._shares_credentials(name, root) else configured._full(name)

    def region_scope(self, alias: str) -> str:
        """The scope of the region under that alias: empty for the root module's default provider."""
        configured, name = self._configuring(alias)
        return configured._full(name)

    def assumed_role(self, alias: str) -> Text | None:
        """The ARN of the role that the provider takes on under that alias; None if it takes on none, or several."""
        configured, name = self._configuring(alias)
        block = configured._blocks.get(name)
        assumed = () if block is None else tuple(one for one in block.body.blocks if _kind(one) in ASSUMING)
        by_role = tuple(one for one in assumed if _kind(one) == ASSUMING[0]) or assumed  # the other is for getting it
        if len(by_role) != 1 or by_role[0].type.text == "dynamic":
            return None
        role = configured._value(by_role[0].body.get("role_arn"))
        return role if isinstance(role, Text) and parse_arn(role) is not None else None

    def _configuring(self, alias: str) -> tuple[Providers, str]:
        """The module that configures the provider, and what it is called there."""
        block = self._blocks.get(alias)
        is_own = block is not None and any(argument.name.text not in _PROXY for argument in block.body.arguments)
        if self._handed is None or is_own:
            return self, alias
        theirs = self._handed.alias(alias)
        return (self, alias) if theirs is None else self._handed.callers._configuring(theirs)

    def _full(self, alias: str) -> str:
        return f"{self._scope.module} aws.{alias}".rstrip(".") if self._scope.module else alias

    def _shares_credentials(self, alias: str, root: Providers) -> bool:
        block = self._blocks.get(alias)
        if block is None:
            # Handed over by somebody who is not here.
            return False
        default = root._blocks.get("")
        roots = () if default is None else _credentials(default)
        # In another module the same spelling may mean something else.
        return _credentials(block) == roots and (self is root or not roots)

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
        for assumed in (inner for kind in ASSUMING for inner in block.body.all(kind)):
            role = self._value(assumed.body.get("role_arn"))
            arn = parse_arn(role) if isinstance(role, Text) else None
            if arn is not None:
                return _account(arn.account)
        return None

    def _value(self, node: Node | None) -> Value | None:
        value = None if node is None else self._evaluate(node, self._scope)
        return None if isinstance(value, Null) else value


def _account(account: Text) -> Text | None:
    literal = account.literal
    return account if literal is None or ACCOUNT_ID.match(literal) else None


def _credentials(block: Block) -> tuple[tuple[str, str], ...]:
    """Whatever decides in which account a provider works, as it is spelt."""
    arguments = ((argument.name.text, argument.value.at) for argument in block.body.arguments)
    assumed = ((_kind(inner), inner.body.at) for inner in block.body.blocks)
    deciding = (*(one for one in arguments if one[0] in DECIDING), *(one for one in assumed if one[0] in ASSUMING))
    return tuple(sorted((name, at.source.text[at.start : at.end].strip()) for name, at in deciding))


def _kind(block: Block) -> str:
    """The type of a nested block, or of those that a dynamic one makes."""
    return block.labels[0].text if block.type.text == "dynamic" and block.labels else block.type.text


def _alias_of(node: Node) -> str:
    """The alias in `aws.alias`, which may stand in quotes; empty for the default provider."""
    return _name_of(node).partition(".")[2]


def _name_of(node: Node) -> str:
    """`aws` or `aws.alias`, which may stand in quotes; empty for anything else."""
    if isinstance(node, Attribute):
        return f"{_name_of(node.of)}.{node.name}"
    return node.text if isinstance(node, Scalar) else node.name if isinstance(node, Variable) else ""
