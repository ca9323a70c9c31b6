"""The pipeline on one page: paths to candidates, to estates, to findings, to an outcome."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from kmslint.discovery import Discovered, discover, discover_text, find_root
from kmslint.engine.constructs import with_constructs
from kmslint.engine.declarations import with_declarations
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Counts, KeyVerdict, Outcome
from kmslint.engine.precedence import Heard, hear, settle_estates, tell
from kmslint.engine.registry import select_rules
from kmslint.engine.rule import RuleModule
from kmslint.errors import RuleError
from kmslint.estates import Read, files_with_problems, read_estates
from kmslint.given_variables import NO_PARAMETERS, GivenParameters, given_variables
from kmslint.key_verdicts import key_verdicts
from kmslint.model.estate import Estate
from kmslint.raw import RawFile
from kmslint.suppression.scene import Scene
from kmslint.watch import Steps, Watch, unwatched


class LintOptions(NamedTuple):
    """What a run is to look at and to judge."""

    select: tuple[str, ...] = ()
    """Only the rules whose ids begin so."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str = "default"
    account: str | None = None
    """The account id that the estates are deployed to, if it is known."""
    root: str | None = None
    """The directory that reported paths are relative to; None: the repository around the first path."""
    changed: bool = False
    """The paths are the files of a change, not all of them meant for kmslint."""
    variables: tuple[str, ...] = ()
    """Values for variables of Terraform's root modules: `name=value`."""
    variable_files: tuple[str, ...] = ()
    """Files with such values, in the form of `.tfvars`."""
    joined: bool = True
    """The templates of the run are deployed beside each other: exports and fixed names lead from one to another."""
    deployer: str | None = None
    """The ARN of the role, user or root user that runs the deployment, if it is known."""
    parameters: tuple[str, ...] = ()
    """Values for parameters of the templates: `name=value`."""
    parameter_files: tuple[str, ...] = ()
    """Files with such values."""
    ignores: bool = True
    """Suppressions in the files count."""
    today: str = ""
    """The day of the run, `2027-03-31`; empty: today, in UTC."""


_DEFAULTS: Final = LintOptions()


def lint(paths: Sequence[str], options: LintOptions = _DEFAULTS, watch: Watch = unwatched) -> Outcome:
    """Lint files and directories. Raises UsageError; whatever else goes wrong is in the outcome."""
    root = options.root or find_root(paths[0])
    return _judge(discover(paths, root, options.changed), options, root, watch)


def lint_text(path: str, data: bytes, options: LintOptions = _DEFAULTS) -> Outcome:
    """Lint one text under the name of a file, without looking at any file beside it."""
    return _judge(discover_text(RawFile(path, data, named=True)), options, find_root("."), unwatched)


def _judge(discovered: Discovered, options: LintOptions, root: str, watch: Watch) -> Outcome:
    given = given_variables(options.variables, options.variable_files, root)
    parameters = _parameters(options, root)
    modules = select_rules(options.profile, options.select, options.extend_select, options.ignore)
    read = read_estates(discovered, options.account, given, options.joined, options.deployer, parameters, watch)
    rules = tuple(module.RULE for module in modules)
    findings, errors = _run(modules, read.estates, watch)
    problems = {problem for estate in read.estates for problem in estate.problems}
    keys, more_errors = _verdicts(read.estates)
    outcome = Outcome(
        rules,
        (),
        tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.reason))),
        tuple(sorted(keys, key=lambda key: (key.path, key.line, key.address))),
        _count(read),
        errors + more_errors,
        read.estates,
    )
    scene = Scene(discovered, read.estates, options.today, in_part=options.changed or not discovered.trees)
    if options.ignores and scene.may_suppress():
        from kmslint.suppression.run import suppress  # only where a file names kmslint

        usual = select_rules(options.profile, (), options.extend_select, options.ignore)
        return suppress(outcome, findings, scene, usual, lambda: _run(usual, read.estates, unwatched)[0])
    return outcome._replace(findings=settle_estates(finding for heard in findings for finding in tell(heard)))


def _parameters(options: LintOptions, root: str) -> GivenParameters:
    if not options.parameters and not options.parameter_files:
        return NO_PARAMETERS
    from kmslint.given_parameters import given_parameters  # few runs are given any

    return given_parameters(options.parameters, options.parameter_files, root)


def _run(modules: Sequence[RuleModule], estates: Sequence[Estate], watch: Watch) -> tuple[list[Heard], tuple[str, ...]]:
    """Every rule on every estate. A rule that fails is an error to be seen; the others still run."""
    findings: list[Heard] = []
    errors: list[str] = []
    steps = Steps(watch, "judging", len(estates))
    for estate in estates:
        steps.begin(estate.path)
        of_estate: list[Finding] = []
        for module in modules:
            try:
                of_estate.extend(module.check(estate))
            except Exception as error:  # noqa: BLE001 - a bug in one rule must neither hide nor stop the others
                errors.append(str(RuleError(module.RULE.id, estate.path, error)))
        named = with_declarations(with_constructs(of_estate, estate.constructs), estate)
        findings.append(Heard(estate, tuple(hear(named, (module.RULE for module in modules)))))
    return findings, tuple(errors)


def _verdicts(estates: Iterable[Estate]) -> tuple[list[KeyVerdict], tuple[str, ...]]:
    """The verdict on every key; one that fails leaves the others standing."""
    verdicts: list[KeyVerdict] = []
    errors: list[str] = []
    for estate in estates:
        try:
            verdicts.extend(key_verdicts(estate))
        except Exception as error:  # noqa: BLE001 - as for the rules
            errors.append(str(RuleError("verdict", estate.path, error)))
    return verdicts, tuple(errors)


def _count(read: Read) -> Counts:
    not_analysed = len(files_with_problems(read.estates))
    return Counts(
        candidates=read.candidates,
        analysed=read.candidates - not_analysed - read.excluded,
        not_analysed=not_analysed,
        excluded=read.excluded,
        estates=len(read.estates),
        identities=sum(not identity.elsewhere for estate in read.estates for identity in estate.identities),
    )
