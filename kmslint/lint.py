"""The pipeline on one page: paths to candidates, to estates, to findings, to an outcome."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from kmslint.accounting import violations
from kmslint.crashes import Crashes
from kmslint.discovery import Discovered, discover, discover_text, find_root
from kmslint.engine.baseline import Baseline
from kmslint.engine.constructs import with_constructs
from kmslint.engine.declarations import with_declarations
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Counts, KeyVerdict, Outcome
from kmslint.engine.precedence import Heard, hear, order, settle_estates, tell
from kmslint.engine.rule import Rule
from kmslint.estates import Read, files_with_problems
from kmslint.given import read_given
from kmslint.given_limits import within_limits
from kmslint.key_verdicts import key_verdicts
from kmslint.model.estate import Estate
from kmslint.raw import RawFile
from kmslint.selection import Selection, selection
from kmslint.settings import Settings
from kmslint.suppression.scene import Scene
from kmslint.watch import Steps, Watch, unwatched

_DEFAULTS: Final = Settings()


def lint(paths: Sequence[str], settings: Settings = _DEFAULTS, watch: Watch = unwatched) -> Outcome:
    """Lint files and directories. Raises UsageError; whatever else goes wrong is in the outcome."""
    root = settings.root or find_root(paths[0])
    with within_limits(settings.limits):
        return _judge(discover(paths, root, settings.changed), settings, root, watch)


def lint_text(path: str, data: bytes, settings: Settings = _DEFAULTS) -> Outcome:
    """Lint one text under the name of a file, without looking at any file beside it."""
    with within_limits(settings.limits):
        return _judge(discover_text(RawFile(path, data, named=True)), settings, find_root("."), unwatched)


def _judge(discovered: Discovered, settings: Settings, root: str, watch: Watch) -> Outcome:
    chosen = selection(settings)
    baseline = _baseline(settings, root)
    read = read_given(discovered, settings, root, watch)
    crashes = Crashes()
    rules = tuple(module.RULE for module in chosen.modules)
    findings = _run(chosen, read.estates, watch, crashes)
    problems = {problem for estate in read.estates for problem in estate.problems}
    keys = _verdicts(read.estates, crashes)
    outcome = Outcome(
        rules,
        (),
        tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.reason))),
        tuple(sorted(keys, key=lambda key: (key.path, key.line, key.address))),
        _count(read),
        (*read.crashes, *crashes.told),
        read.estates,
        switched_off=chosen.switched_off(),
    )
    scene = Scene(discovered, read.estates, settings.today, in_part=settings.changed or not discovered.trees)
    if settings.ignores and (baseline is not None or scene.may_suppress()):
        from kmslint.suppression.run import suppress  # only where a file names kmslint, or something is known

        usual = selection(settings._replace(select=()))
        run_usual = partial(_run, usual, read.estates, unwatched, Crashes())  # it has crashed already where it does
        sift = partial(suppress, outcome, findings, scene, chosen.hears, usual.modules, run_usual, baseline)
        suppressed, complete = crashes.all_of("the search for suppressions", root, lambda: (sift(),))
        if complete:
            return _balanced(suppressed[0], read)
    as_heard = tuple(sorted((finding for heard in findings for finding in heard.findings), key=order))
    told = crashes.first_of(
        "the choice of findings",
        root,
        lambda: settle_estates(finding for heard in findings for finding in tell(heard)),
        as_heard,
    )
    return _balanced(outcome._replace(findings=told, internal_errors=(*read.crashes, *crashes.told)), read)


def _baseline(settings: Settings, root: str) -> Baseline | None:
    """The baseline that counts. Raises UsageError."""
    if settings.baseline is None or not settings.ignores:
        return None
    from kmslint.suppression.baseline_file import read_baseline  # few runs have one

    return read_baseline(settings.baseline, root, settings.begins_baseline)


def _balanced(outcome: Outcome, read: Read) -> Outcome:
    """The outcome, which says so itself where the books of the run do not balance."""
    findings = (*outcome.findings, *(one.finding for one in outcome.suppressed))
    crashes = Crashes()
    balance = partial(violations, read.accounting, files_with_problems(read.estates), findings)
    wrong = (*crashes.all_of("the accounting", "this run", balance)[0], *crashes.told)
    return outcome._replace(internal_errors=(*outcome.internal_errors, *wrong))


def _run(chosen: Selection, estates: Sequence[Estate], watch: Watch, crashes: Crashes) -> list[Heard]:
    """Every rule on every estate. A rule that fails is an error to be seen; the others still run."""
    findings: list[Heard] = []
    steps = Steps(watch, "judging", len(estates))
    for estate in estates:
        steps.begin(estate.path)
        of_estate: list[Finding] = []
        for module in chosen.modules:
            found, _ = crashes.all_of(f"rule {module.RULE.id}", estate.path, partial(module.check, estate))
            of_estate += filter(chosen.hears, found)
        findings.append(_heard(estate, of_estate, [module.RULE for module in chosen.modules], crashes))
    return findings


def _heard(estate: Estate, found: list[Finding], rules: Sequence[Rule], crashes: Crashes) -> Heard:
    """The findings that no other one says better; where that cannot be told, all of them."""
    place, heard = partial(crashes.first_of, where=estate.path), tuple(found)
    heard = place("the search for declarations", work=lambda: _declared(estate, heard), otherwise=heard)
    heard = place("the choice of findings", work=lambda: tuple(hear(heard, rules)), otherwise=heard)
    return Heard(estate, heard)


def _declared(estate: Estate, found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(with_declarations(with_constructs(found, estate.constructs), estate))


def _verdicts(estates: Iterable[Estate], crashes: Crashes) -> list[KeyVerdict]:
    """The verdict on every key; one that fails leaves the others standing."""
    return [
        verdict
        for estate in estates
        for verdict in crashes.all_of("the verdict", estate.path, partial(key_verdicts, estate))[0]
    ]


def _count(read: Read) -> Counts:
    not_analysed = files_with_problems(read.estates)
    return Counts(
        candidates=read.candidates,
        analysed=len(read.accounting.analysed - not_analysed),
        not_analysed=len(not_analysed),
        excluded=read.excluded,
        estates=len(read.estates),
        identities=sum(not identity.elsewhere for estate in read.estates for identity in estate.identities),
    )
