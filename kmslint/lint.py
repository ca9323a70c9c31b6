"""The pipeline on one page: paths to candidates, to estates, to findings, to an outcome."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from kmslint.accounting import violations
from kmslint.crashes import Crashes
from kmslint.discovery import Discovered, discover, discover_text, find_root
from kmslint.engine.baseline import Baseline
from kmslint.engine.outcome import Counts, Outcome
from kmslint.engine.precedence import Heard, order, settle_estates, tell
from kmslint.estates import Read, files_with_problems
from kmslint.given import read_given
from kmslint.given_limits import within_limits
from kmslint.judging import judge
from kmslint.model.estate import Estate
from kmslint.raw import RawFile
from kmslint.selection import Selection, selection
from kmslint.settings import Settings
from kmslint.suppression.scene import Scene
from kmslint.watch import Watch, unwatched

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
    findings, keys = judge(chosen, read.estates, watch, crashes)
    read = read._replace(estates=tuple(heard.estate for heard in findings))
    problems = {problem for estate in read.estates for problem in estate.problems}
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
        run_usual = partial(_judge_unwatched, usual, read.estates)
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


def _judge_unwatched(chosen: Selection, estates: Sequence[Estate]) -> list[Heard]:
    """What other rules find on estates that are judged already: what crashes here has crashed before, and is told."""
    return judge(chosen, estates, unwatched, Crashes()).heard


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
