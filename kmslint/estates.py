"""From candidate files to estates: which reader a file is for, and whose account the keys are in."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.discovery import Discovered, is_plan
from kmslint.errors import InputError, Problem, UsageError
from kmslint.given_variables import NO_PARAMETERS, NO_VARIABLES, GivenParameters, GivenVariables
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts, collect_evidence
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Language
from kmslint.model.policy import Document
from kmslint.raw import RawFile
from kmslint.syntax.bytes import decode
from kmslint.values import HoleKind, text
from kmslint.watch import Steps, Watch, unwatched


class Read(NamedTuple):
    """The estates of a run, and what became of each candidate file."""

    estates: tuple[Estate, ...]
    candidates: int
    excluded: int
    """Files that mention keys or permissions and are nothing that kmslint judges."""


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
    estates, excluded = [], 0
    for problem in discovered.problems:
        estates.append(_broken(problem))
    plans = [file for file in discovered.templates if is_plan(file.data)]
    templates = [file for file in discovered.templates if not is_plan(file.data)]
    candidates = {file.path for file in discovered.templates} | {problem.path for problem in discovered.problems}
    steps = Steps(watch, "reading", len(discovered.templates) + len(discovered.roots))
    if templates or parameters:
        of_templates = _read_templates(discovered, templates, joined, parameters, steps)
        estates += of_templates.estates
        excluded = of_templates.excluded
        candidates |= of_templates.beside
    undeclared = [name for name, _ in given.texts]
    if discovered.roots or plans:
        of_terraform = _read_terraform(discovered, plans, given, steps)
        estates += of_terraform.estates
        candidates |= of_terraform.files
        undeclared = of_terraform.undeclared
    if undeclared:
        raise UsageError(f"--var {undeclared[0]}: no module here declares such a variable")
    read = tuple(_deployed(estate, account_at(estate.path), account, deployer) for estate in estates)
    if joined and len(read) > 1 and templates:
        from kmslint.joins import join  # only where there are several templates

        read = join(read)
    return Read(read, len(candidates | files_with_problems(read)), excluded)


def _broken(problem: Problem) -> Estate:
    at = problem.at or Location(Source(problem.path, ""), 0, 0)
    return Estate(problem.path, Language.UNKNOWN, problems=(problem._replace(at=at),))


class _Templates(NamedTuple):
    """The estates of templates."""

    estates: list[Estate]
    beside: set[str]
    """The files of the stacks that are nested in them, and of those that they import from."""
    excluded: int
    """Files that are nothing that kmslint judges."""


class _Terraform(NamedTuple):
    """The estates of plans and of root modules."""

    estates: list[Estate]
    files: set[str]
    """The files of the modules."""
    undeclared: list[str]
    """Given variables that no root module declares."""


def _read_terraform(
    discovered: Discovered, plans: Sequence[RawFile], given: GivenVariables, steps: Steps
) -> _Terraform:
    """The estates of plans and of root modules.

    A module whose plan is here is left out if the plan tells all that it does, and nothing else.
    """
    from kmslint.terraform_library import TerraformLibrary  # only where Terraform survived the byte search

    try:
        library = TerraformLibrary(discovered, given)
    except InputError as error:
        raise UsageError(f"--var-file {error}") from None
    estates = {}
    for directory in discovered.roots:
        steps.begin(directory)
        estates[directory] = library.read_estate(directory)
    found = []
    for file in plans:
        steps.begin(file.path)
        directory = discovered.plans.get(file.path, "")
        try:
            plan = library.read_plan(decode(file.path, file.data), directory)
        except InputError as error:
            found.append(_broken(error.problem))
            continue
        estate = plan.estate
        if plan.tells_all and directory in estates and not estates[directory].problems:
            # What Terraform takes without a word shows in no plan.
            configured = estates.pop(directory)
            estate = estate._replace(duplicates=configured.duplicates, lost_zeros=configured.lost_zeros)
        found.append(estate)
    found += [*estates.values(), *library.read_others()]
    return _Terraform(found, library.files, library.undeclared())


def _read_templates(
    discovered: Discovered, files: Sequence[RawFile], joined: bool, parameters: GivenParameters, steps: Steps
) -> _Templates:
    """The estates of templates. One that others nest is read as they make it, and by itself only if it is named or
    if nobody made it after all."""
    from kmslint.template_library import TemplateLibrary  # only where a template survived the byte search

    library = TemplateLibrary(discovered, joined, parameters)
    found: list[Estate] = []
    excluded = 0
    called = [file for file in files if file.path in discovered.nested and not file.named]
    for file in (*(file for file in files if file not in called), *called):
        steps.begin(file.path)
        if file in called and file.path in library.nested:
            continue
        try:
            of_file = list(library.read(file))
        except InputError as error:
            of_file = [_broken(error.problem)]
        excluded += not of_file
        found += of_file
    for file in library.exporters():
        found += library.read(file)
    library.check_given()
    return _Templates(found, library.nested | {file.path for file in library.exporters()}, excluded)


def _deployed(estate: Estate, here: str | None, account: str | None, deployer: str | None) -> Estate:
    """The estate with its account, `here` if one is named for its path, and with the deployer, if he is of that one."""
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
