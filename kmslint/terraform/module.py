"""A root module with everything it calls -> its estate."""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.location import Location
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Call, Estate, Key, Language
from kmslint.syntax.tree import DataFile, HclFile
from kmslint.terraform.assigned import NOTHING_ASSIGNED, Assigned
from kmslint.terraform.block_schemas import schema_problems
from kmslint.terraform.consumers import read_uses
from kmslint.terraform.declarations import Declarations, declarations
from kmslint.terraform.files import Tree
from kmslint.terraform.handed_over import with_handed_over
from kmslint.terraform.identities import Identities
from kmslint.terraform.json_files import as_hcl
from kmslint.terraform.key_policies import key_policy_resources
from kmslint.terraform.keys import read_aliases, read_grants, read_keys, read_switched_off
from kmslint.terraform.module_calls import read_module_calls
from kmslint.terraform.modules import Modules
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.resources import Inventory
from kmslint.terraform.root import Library, Root
from kmslint.terraform.sharing import read_sharing
from kmslint.terraform.written_policies import WrittenPolicies


def declared_in(files: Iterable[HclFile | DataFile]) -> Declarations:
    """What the files of one directory declare: `.tf`, `.tofu`, `.tf.json` and the files of variables it reads."""
    return declarations([as_hcl(file) if isinstance(file, DataFile) else file for file in files])


def read_declared(
    directory: str,
    declared: Declarations,
    library: Library | None = None,
    assigned: Assigned = NOTHING_ASSIGNED,
    tree: Tree | None = None,
) -> Estate:
    """The keys, identities and policies of a root module and of the modules that it calls out of the library.

    `assigned` are the values that its variables are given, `tree` what its expressions may read; None if that is
    nothing. What cannot be read is a problem of the estate, what cannot be known is unknown in its place. Raises
    UsageError for an assigned value that is no expression.
    """
    names = ModuleNames(declared, Root(library, assigned, tree), directory=directory)
    modules = Modules(names)
    estate = estate_of(directory, modules)
    # However often a module is called, what is wrong with its files is wrong once.
    read = {id(one): one for one in (declared, *names.root.declared)}.values()
    declared_problems = (problem for one in read for problem in (*one.problems, *schema_problems(one)))
    problems = (*declared_problems, *estate.problems, *names.root.problems, *names.budget.problems)
    oddities = names.budget.oddities
    return estate._replace(
        keys=(*estate.keys, *read_module_calls(modules)),
        identities=tuple(with_handed_over(estate.identities, modules)),
        accounts=_accounts(modules),
        calls=tuple(Call(module.address, module.called.block.header) for module in modules if module.called),
        problems=tuple(dict.fromkeys(problems)),
        duplicates=oddities.duplicates(read),
        lost_zeros=oddities.lost_zeros,
    )


def estate_of(path: str, inventory: Inventory) -> Estate:
    """The keys, identities and policies among resources, with the problems of reading them."""
    written = WrittenPolicies(inventory)
    identities = Identities(inventory, written)
    read = tuple(identities.read())
    separate = tuple(key_policy_resources(inventory))
    keys = tuple(read_keys(inventory, separate))
    uses = read_uses(inventory)
    live = {key.at.shown for key in keys}
    off: dict[Location, Key] = {}
    for key in read_switched_off(inventory, separate):
        if key.at.shown not in live:
            off.setdefault(key.at.shown, key)
    return Estate(
        path=path,
        language=Language.TERRAFORM,
        keys=keys,
        switched_off=tuple(off.values()),
        identities=read,
        policies=(*written.policies, *identities.inline),
        grants=tuple(read_grants(inventory)),
        aliases=tuple(read_aliases(inventory)),
        uses=uses,
        sharing=read_sharing(inventory, uses),
        problems=tuple(written.problems),
    )


def _accounts(modules: Modules) -> Accounts:
    """What the providers say of accounts."""
    others = tuple(other for module in modules for other in module.providers.other_accounts())
    configured = modules.names.providers.configured_account()
    related = frozenset(str(account) for _, account in others) - {str(configured)}
    return Accounts(configured, related=related, providers=others)
