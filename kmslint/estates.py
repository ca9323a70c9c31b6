"""From candidate files to estates: which reader a file is for, and whose account the keys are in."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from kmslint.accounting import Accounting
from kmslint.byte_search import is_plan
from kmslint.crashes import Crashes, crash_problem
from kmslint.discovery import Discovered
from kmslint.errors import Problem, UsageError
from kmslint.given_variables import NO_PARAMETERS, NO_VARIABLES, GivenParameters, GivenVariables
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts, collect_evidence
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, unreadable
from kmslint.model.policy import Document
from kmslint.raw import RawFile
from kmslint.values import HoleKind, text
from kmslint.watch import Steps, Watch, unwatched


class Read(NamedTuple):
    """The estates of a run, and what became of each candidate file."""

    estates: tuple[Estate, ...]
    accounting: Accounting
    crashes: tuple[str, ...] = ()
    """What failed inside kmslint, in sentences."""

    @property
    def candidates(self) -> int:
        return len(self.accounting.candidates | files_with_problems(self.estates))

    @property
    def excluded(self) -> int:
        return len(self.accounting.excluded)


def read_estates(
    discovered: Discovered,
    account: str | None,
    given: GivenVariables = NO_VARIABLES,
    joined: bool = True,
    deployer: str | None = None,
    parameters: GivenParameters = NO_PARAMETERS,
    watch: Watch = unwatched,
    account_at: Callable[[str], str | None] = lambda path: None,  # noqa: ARG005, most runs know of no path
) -> Read:
    """All estates; whatever cannot be read is a problem of some estate, never nothing. `joined` says that the
    templates are deployed beside each other, and `account_at` which account what lies at a path goes to, if not to
    `account`.

    Raises UsageError for given variables and parameters that nobody declares or that cannot be read, and for a deployer
    of another account than the one that is deployed to.
    """
    if account is not None and deployer is not None and f":{account}:" not in deployer:
        raise UsageError(f"--deployer {deployer} is not of the account {account}, which --account names")
    crashes = Crashes()
    estates = [unreadable(problem) for problem in discovered.problems]
    plans = [file for file in discovered.templates if is_plan(file.data)]
    templates = [file for file in discovered.templates if not is_plan(file.data)]
    named = {*(file.path for file in discovered.templates), *(problem.path for problem in discovered.problems)}
    accounting = Accounting(frozenset(named))
    steps = Steps(watch, "reading", len(discovered.templates) + len(discovered.roots))
    if templates or parameters:
        from kmslint.template_estates import Templates, read_templates  # only where a template survived the byte search

        read_all = partial(read_templates, discovered, templates, joined, parameters, steps, crashes)
        of_templates = crashes.first_of("reading", "the templates", read_all, Templates(_lost(templates), Accounting()))
        estates += of_templates.estates
        accounting |= of_templates.accounting
    undeclared = [name for name, _ in given.texts]
    if discovered.roots or plans:
        from kmslint.terraform_estates import Terraform, read_terraform  # only where Terraform survived the byte search

        none = Terraform(_lost((*plans, *chain(*(module.files for module in discovered.modules)))), Accounting(), [])
        read_modules = partial(read_terraform, discovered, plans, given, steps, crashes)
        of_terraform = crashes.first_of("reading", "the Terraform modules", read_modules, none)
        estates += of_terraform.estates
        accounting |= of_terraform.accounting
        undeclared = of_terraform.undeclared
    if undeclared:
        raise UsageError(f"--var {undeclared[0]}: no module here declares such a variable")
    deployed = partial(_deployed, account_at=account_at, account=account, deployer=deployer)
    read = [crashes.first_of("the search for accounts", one.path, partial(deployed, one), one) for one in estates]
    if joined and len(read) > 1 and templates:
        from kmslint.joins import join  # only where there are several templates

        read = crashes.first_of("joining", discovered.root, lambda: list(join(read)), read)
    return Read(tuple(read), accounting, (*discovered.crashes, *crashes.told))


def _lost(files: Iterable[RawFile]) -> list[Estate]:
    """What becomes of files whose reading has failed as a whole."""
    return [unreadable(crash_problem(file.path)) for file in files]


def _deployed(
    estate: Estate, account_at: Callable[[str], str | None], account: str | None, deployer: str | None
) -> Estate:
    """The estate with its account, or the one named for its path, and with the deployer, if he is of that one."""
    here = account_at(estate.path)
    if here is not None and deployer is not None and f":{here}:" not in deployer:
        deployer = None
    return _with_accounts(_with_deployer(estate, deployer), here or account)


def _with_deployer(estate: Estate, deployer: str | None) -> Estate:
    """The estate with whoever deploys it: in his account, unless the estate says where else."""
    if deployer is None or estate.in_other_accounts:
        return estate
    arn = text(deployer, Location(Source("", ""), 0, 0))
    parts, accounts = parse_arn(arn), estate.accounts
    if accounts.configured is None and parts is not None:
        accounts = accounts._replace(configured=parts.account)
    return estate._replace(deployer=arn, accounts=accounts)


def _with_accounts(estate: Estate, account: str | None) -> Estate:
    """The estate with the evidence on whose account it is, and its unreadable policies as problems."""
    configured = estate.accounts.configured
    if account is not None and not estate.in_other_accounts:
        configured = text(account, Location(Source(estate.path, ""), 0, 0))
    accounts: Accounts = collect_evidence(_documents(estate), configured)
    # Of the accounts that a stack set is deployed to, any id may be one.
    related = accounts.ids if estate.in_other_accounts else estate.accounts.related
    accounts = accounts._replace(related=related, providers=estate.accounts.providers)
    return estate._replace(accounts=accounts, problems=(*estate.problems, *_unreadable_policies(estate)))


def _documents(estate: Estate) -> Iterator[Document]:
    yield from (document for _, document in estate.key_documents())
    yield from (policy.document for policy in estate.policies if policy.document is not None)


def _unreadable_policies(estate: Estate) -> Iterator[Problem]:
    for key in estate.keys:
        document, missing = key.policy.document, key.policy.missing
        unseen = () if document is None else document.unseen
        for one in (*unseen, *(() if missing is None else (missing,))):
            if one.hole.kind in _NOT_READ:
                reason = f"the key policy of {key.address} cannot be read: {one.hole.label}"
                yield Problem(one.at.path, reason, one.at)


_NOT_READ: Final = frozenset({HoleKind.UNREADABLE, HoleKind.OUT_OF_BOUNDS})


def files_with_problems(estates: tuple[Estate, ...]) -> frozenset[str]:
    """The paths that were not, or not wholly, analysed."""
    return frozenset(problem.path for estate in estates for problem in estate.problems)
