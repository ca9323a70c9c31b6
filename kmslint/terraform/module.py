"""The files of a module -> its estate.

Each directory is a module of its own here: modules that it calls are not looked into.
"""

from __future__ import annotations

from collections.abc import Sequence

from kmslint.model.accounts import Accounts
from kmslint.model.estate import Estate, Language
from kmslint.syntax.tree import DataFile, HclFile
from kmslint.terraform.declarations import declarations
from kmslint.terraform.identities import Identities
from kmslint.terraform.json_files import as_hcl
from kmslint.terraform.keys import read_aliases, read_grants, read_keys, read_switched_off
from kmslint.terraform.module_calls import read_module_calls
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.written_policies import WrittenPolicies


def read_module(directory: str, files: Sequence[HclFile | DataFile]) -> Estate:
    """The keys, identities and policies of one directory.

    `files` are its `.tf`, `.tofu` and `.tf.json` files with `terraform.tfvars` and `*.auto.tfvars`. Nothing is
    raised: what cannot be read is a problem of the estate, what cannot be known is unknown in its place.
    """
    names = ModuleNames(declarations([as_hcl(file) if isinstance(file, DataFile) else file for file in files]))
    written = WrittenPolicies(names)
    identities = Identities(names, written)
    read = tuple(identities.read())
    keys = (*read_keys(names), *read_module_calls(names))
    aliases, grants = tuple(read_aliases(names)), tuple(read_grants(names))
    account = names.providers.configured_account()
    problems = (*names.declared.problems, *written.problems, *names.budget.problems)
    return Estate(
        path=directory,
        language=Language.TERRAFORM,
        keys=keys,
        switched_off=tuple(read_switched_off(names)),
        identities=read,
        policies=(*written.policies, *identities.inline),
        grants=grants,
        aliases=aliases,
        accounts=Accounts(configured=account, related=frozenset(names.providers.other_accounts())),
        problems=tuple(dict.fromkeys(problems)),
    )
