"""The pipeline on one page: paths to candidates, to estates, to findings, to an outcome."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from kmslint.discovery import Discovered, discover, discover_text, find_root
from kmslint.engine.baseline import Baseline
from kmslint.engine.constructs import with_constructs
from kmslint.engine.declarations import with_declarations
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Counts, KeyVerdict, Outcome
from kmslint.engine.precedence import Heard, hear, settle_estates, tell
from kmslint.errors import RuleError
from kmslint.estates import Read, files_with_problems
from kmslint.given import read_given
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
    return _judge(discover(paths, root, settings.changed), settings, root, watch)


def lint_text(path: str, data: bytes, settings: Settings = _DEFAULTS) -> Outcome:
    """Lint one text under the name of a file, without looking at any file beside it."""
    return _judge(discover_text(RawFile(path, data, named=True)), settings, find_root("."), unwatched)


def _judge(discovered: Discovered, settings: Settings, root: str, watch: Watch) -> Outcome:
    chosen = selection(settings)
    baseline = _baseline(settings, root)
    read = read_given(discovered, settings, root, watch)
    rules = tuple(module.RULE for module in chosen.modules)
    findings, errors = _run(chosen, read.estates, watch)
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
        switched_off=chosen.switched_off(),
    )
    scene = Scene(discovered, read.estates, settings.today, in_part=settings.changed or not discovered.trees)
    if settings.ignores and (baseline is not None or scene.may_suppress()):
        from kmslint.suppression.run import suppress  # only where a file names kmslint, or something is known

        usual = selection(settings._replace(select=()))
        run_usual = partial(_run, usual, read.estates, unwatched)
        return suppress(outcome, findings, scene, chosen.hears, usual.modules, lambda: run_usual()[0], baseline)
    return outcome._replace(findings=settle_estates(finding for heard in findings for finding in tell(heard)))


def _baseline(settings: Settings, root: str) -> Baseline | None:
    """The baseline that counts. Raises UsageError."""
    if settings.baseline is None or not settings.ignores:
        return None
    from kmslint.suppression.baseline_file import read_baseline  # few runs have one

    return read_baseline(settings.baseline, root, settings.begins_baseline)


def _run(chosen: Selection, estates: Sequence[Estate], watch: Watch) -> tuple[list[Heard], tuple[str, ...]]:
    """Every rule on every estate. A rule that fails is an error to be seen; the others still run."""
    findings: list[Heard] = []
    errors: list[str] = []
    steps = Steps(watch, "judging", len(estates))
    for estate in estates:
        steps.begin(estate.path)
        of_estate: list[Finding] = []
        for module in chosen.modules:
            try:
                of_estate.extend(filter(chosen.hears, module.check(estate)))
            except Exception as error:  # noqa: BLE001 - a bug in one rule must neither hide nor stop the others
                errors.append(str(RuleError(module.RULE.id, estate.path, error)))
        named = with_declarations(with_constructs(of_estate, estate.constructs), estate)
        findings.append(Heard(estate, tuple(hear(named, (module.RULE for module in chosen.modules)))))
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
