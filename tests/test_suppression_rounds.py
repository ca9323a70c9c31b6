"""What `--add-ignore` and `--write-baseline` make of what a run finds; nothing is linted here."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from kmslint import baselining, ignoring, limits
from kmslint.engine.baseline import Comparison, Entry, Known
from kmslint.engine.finding import Finding, Severity, StatementPlace
from kmslint.engine.outcome import Counts, Outcome
from kmslint.engine.registry import all_rules
from kmslint.errors import UsageError
from kmslint.location import Location, Source
from kmslint.settings import Settings
from kmslint.suppression.adding import Added, Refused
from kmslint.suppression.marker import Words

RULES = tuple(module.RULE for module in all_rules())
SOURCE = Source("a.yaml", "abcabd")
OTHER = Source("b.yaml", "abcabd")


def outcome(findings: Sequence[Finding] = (), **more: object) -> Outcome:
    return Outcome(RULES, tuple(findings), (), (), Counts())._replace(**more)  # type: ignore[arg-type]


def finding(start: int = 0, source: Source = SOURCE, rule: str = "KMS201") -> Finding:
    return Finding(rule, Location(source, start, start + 3), "", "A", subject="s")


ONE = finding()
AT = finding(3)
HIGH = next(rule.id for rule in RULES if rule.severity is Severity.HIGH and rule.id > "KMS1")
MEDIUM = next(rule.id for rule in RULES if rule.severity is Severity.MEDIUM and rule.id > "KMS1")


class Rounds:
    """Stands for the runs and for what writes into files."""

    def __init__(self, found: Sequence[Sequence[Finding]]) -> None:
        self.found = found
        self.settings: list[Settings] = []
        self.roots: list[str] = []
        self.wanted: list[list[Finding]] = []

    def lint(self, _: Sequence[str], settings: Settings) -> Outcome:
        self.settings.append(settings)
        return outcome(self.found[min(len(self.settings), len(self.found)) - 1])

    def add(self, root: str, findings: Iterable[Finding], words: Words) -> Added:
        assert words.reason == "known"
        self.roots.append(root)
        self.wanted.append(list(findings))
        paths = frozenset(one.at.path for one in self.wanted[-1])
        return Added(len(self.wanted[-1]), paths, (Refused(self.wanted[-1][0], f"{len(self.wanted)}"),))


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rounds]:
    def start(*found: Sequence[Finding]) -> Rounds:
        stand_in = Rounds(found)
        monkeypatch.setattr(ignoring, "lint", stand_in.lint)
        monkeypatch.setattr(ignoring, "add", stand_in.add)
        return stand_in

    return start


SETTINGS = Settings(root="root", ignores=False)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([[]], []),
        ([[ONE]], [[ONE]]),
        ([[ONE], [ONE, AT], []], [[ONE], [AT]]),
        *(
            ([[ONE], [other]], [[ONE], [other]])
            for other in (
                finding(source=OTHER),
                finding(rule=HIGH),
                ONE._replace(resource="B"),
                ONE._replace(subject="t"),
                ONE._replace(statement=StatementPlace(Location(SOURCE, 1, 3))),
            )
        ),
        ([[ONE], [ONE._replace(message="once more")]], [[ONE]]),
        ([[ONE], [finding(0, Source("a.yaml", "abcxyz"))]], [[ONE]]),
        ([[finding(rule=rule)] for rule in (HIGH, MEDIUM)], [[finding(rule=HIGH)]]),
        ([[finding(rule="KMS000"), finding(rule=HIGH)]], [[finding(rule=HIGH)]]),
        ([[finding(number, Source("a.yaml", "0123456789"))] for number in range(7)], 5),
    ],
)
def test_nothing_is_tried_twice(
    rounds: Callable[..., Rounds], found: list[list[Finding]], wanted: list[list[Finding]] | int
) -> None:
    """A run is repeated as long as it finds what was not tried before, five times at most."""
    stand_in = rounds(*found)
    written = ignoring.add_ignores(["x"], SETTINGS, "known", Severity.HIGH)
    tried = stand_in.wanted
    assert (len(tried) if isinstance(wanted, int) else tried) == wanted
    assert written.findings == sum(map(len, tried))
    assert written.files == len({one.at.path for each in tried for one in each})
    assert [refused.reason for refused in written.refused] == [f"{number + 1}" for number in range(len(tried))]
    assert all(settings == SETTINGS._replace(ignores=True) for settings in stand_in.settings)
    assert set(stand_in.roots) <= {"root"}


def test_files_are_written_below_the_repository(tmp_path: Path, rounds: Callable[..., Rounds]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "x").mkdir()
    stand_in = rounds([ONE])
    ignoring.add_ignores([str(tmp_path / "x")], Settings(), "known", Severity.INFO)
    assert stand_in.roots == [str(tmp_path)]


KNOWN = Known("a.yaml", "A", "KMS201", "s")


class Baselines:
    """Stands for the run."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.settings = Settings()

    def lint(self, _: Sequence[str], settings: Settings) -> Outcome:
        self.settings = settings
        return outcome(baseline=self.comparison)


@pytest.fixture
def baselines(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Baselines]:
    def start(entries: Sequence[Entry] = (), new: Sequence[tuple[Known, Finding]] = ()) -> Baselines:
        stand_in = Baselines(Comparison("shown.json", tuple(entries), 7, tuple(new)))
        monkeypatch.setattr(baselining, "lint", stand_in.lint)
        return stand_in

    return start


def written(path: Path) -> list[tuple[str, str, int]]:
    listed = json.loads(path.read_text(encoding="utf-8"))["findings"]
    return [(one["resource"], one["reason"], one.get("count", 1)) for one in listed]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("", ".kmslint-baseline.json"),
        ("b.json", "b.json"),
        ("x/b.json", "x/b.json"),
        ("./x/../x/b.json", "x/b.json"),
    ],
)
def test_where_a_baseline_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baselines: Callable[..., Baselines], given: str, place: str
) -> None:
    """A path is relative to the working directory; without one it is at the top of the repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "x").mkdir()
    stand_in = baselines(new=[(KNOWN, ONE)])
    monkeypatch.chdir(tmp_path)
    told = baselining.write_baseline([str(tmp_path / "x")], Settings(baseline=given or None), Severity.INFO)
    full = str(tmp_path / place)
    assert told == ("shown.json", full, 1, 1, 7)
    assert stand_in.settings == Settings(root=str(tmp_path), baseline=full, begins_baseline=True)
    ((resource, reason, _),) = written(tmp_path / place)
    assert resource == "A"
    assert re.fullmatch(r"in the baseline of \d{4}-\d\d-\d\d", reason)
    assert abs(time.time() - time.mktime(time.strptime(reason[-10:], "%Y-%m-%d"))) < 3 * 86_400


def test_a_given_root_is_where_a_baseline_is_written(tmp_path: Path, baselines: Callable[..., Baselines]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "x").mkdir()
    baselines()
    told = baselining.write_baseline([str(tmp_path)], Settings(root=str(tmp_path / "x")), Severity.INFO)
    assert told.full == str(tmp_path / "x" / ".kmslint-baseline.json")


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.INFO, [("A", "ours", 3), ("B", "in the baseline of 2026-06-30", 1), ("C", "ours", 2)]),
        (Severity.HIGH, [("A", "ours", 3), ("C", "ours", 2)]),
        (Severity.CRITICAL, [("A", "ours", 1), ("C", "ours", 2)]),
    ],
)
def test_what_is_new_is_added_to_what_was_known(
    tmp_path: Path, baselines: Callable[..., Baselines], severity: Severity, expected: list[tuple[str, str, int]]
) -> None:
    medium = (KNOWN._replace(resource="B", rule=MEDIUM), finding(rule=MEDIUM))
    high = KNOWN._replace(rule=HIGH)
    entries = (Entry(KNOWN._replace(resource="C"), "ours", 2), Entry(high, "ours"))
    baselines(entries, [(high, finding(rule=HIGH)), (high, finding(3, rule=HIGH)), medium])
    settings = Settings(root=str(tmp_path), today="2026-06-30")
    told = baselining.write_baseline([str(tmp_path)], settings, severity)
    assert written(tmp_path / ".kmslint-baseline.json") == expected
    assert (told.entries, told.added) == (
        len(expected),
        sum(now != 1 for _, _, now in expected[:1]) + len(expected) - 2,
    )


def test_no_more_is_written_than_may_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baselines: Callable[..., Baselines]
) -> None:
    baselines(new=[(KNOWN, ONE)])
    settings = Settings(root=str(tmp_path), today="2026-06-30")
    baselining.write_baseline([str(tmp_path)], settings, Severity.INFO)
    path = tmp_path / ".kmslint-baseline.json"
    size = path.stat().st_size
    path.unlink()
    monkeypatch.setattr(limits, "BASELINE_BYTES", size - 1)
    with pytest.raises(UsageError, match=f"more than {size - 1} bytes"):
        baselining.write_baseline([str(tmp_path)], settings, Severity.INFO)
    assert not path.exists()
    monkeypatch.setattr(limits, "BASELINE_BYTES", size)
    baselining.write_baseline([str(tmp_path)], settings, Severity.INFO)
    assert path.stat().st_size == size


@pytest.mark.parametrize(
    ("path", "reason"),
    [("../b.json", "it lies outside of the repository"), ("a\0b", "embedded null"), ("a\0/b", "embedded null")],
)
def test_no_baseline_is_written_where_none_may_be(
    tmp_path: Path, baselines: Callable[..., Baselines], path: str, reason: str
) -> None:
    baselines()
    (tmp_path / "x").mkdir()
    settings = Settings(root=str(tmp_path / "x"), baseline=str(tmp_path / "x" / path))
    with pytest.raises(UsageError, match=reason):
        baselining.write_baseline([str(tmp_path / "x")], settings, Severity.INFO)
    assert not (tmp_path / "b.json").exists()


def test_where_a_rule_failed_no_baseline_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselining, "lint", lambda *_: outcome(internal_errors=("it broke",)))
    with pytest.raises(UsageError, match="a rule failed, so nothing was written: it broke"):
        baselining.write_baseline([str(tmp_path)], Settings(root=str(tmp_path)), Severity.INFO)
