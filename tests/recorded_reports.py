"""What kmslint says of every fixture and of every rule's examples, word for word, as it was read when it was recorded.

The annotations at the lines of the fixtures say what has to be found; the recordings hold all the rest: columns, words,
related places, verdicts, fingerprints, and who may do what. A change of them is to be read in the diff:

    python tests/recorded_reports.py
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from cases import FIXTURES, cases_in, copy_alone
from kmslint.engine.registry import all_rules
from kmslint.errors import KmslintError
from kmslint.key_access import access
from kmslint.lint import lint
from kmslint.report import access_text
from kmslint.report import json as json_report
from kmslint.report.options import Options
from kmslint.settings import Settings

RECORDED: Final = FIXTURES / "recorded"
_EXAMPLES: Final = "examples"
_TITLE: Final = "== "
_LISTS: Final = ("findings", "not_analysed", "suppressed", "keys")
_SETTINGS: Final = Settings(profile="strict", today="2026-11-22")
_NOT_SHOWN: Final = ("KMS407/length",)
"""Cases of whose keys too much is to be said; their findings are recorded all the same."""


class Case(NamedTuple):
    """Some files, and under which name the report on them is recorded."""

    name: str
    path: Path | None
    """A file or directory; None: the text of an example."""
    text: str = ""

    @property
    def recording(self) -> Path:
        return RECORDED / f"{self.name.partition('/')[0]}.txt"

    def __str__(self) -> str:
        return self.name


def cases() -> Iterator[Case]:
    """All of them, those of one recording behind each other."""
    for directory in sorted(FIXTURES.iterdir()):
        for path in cases_in(directory) if directory != RECORDED else ():
            if not path.name.startswith("recorded"):  # values, and no templates
                yield Case(path.relative_to(FIXTURES).as_posix(), path)
    for module in all_rules():
        for name, pair in (("template.yaml", module.RULE.cloudformation), ("main.tf", module.RULE.terraform)):
            if pair is not None:
                yield Case(f"{_EXAMPLES}/{module.RULE.id}/bad/{name}", None, pair.bad)
                yield Case(f"{_EXAMPLES}/{module.RULE.id}/good/{name}", None, pair.good)


def report_on(case: Case, root: Path) -> str:
    """The report on a copy of the case below `root`: a line for each finding, problem and key, then who may do what."""
    if case.path is None:
        copy = root / case.name
        copy.parent.mkdir(parents=True)
        copy.write_text(case.text, encoding="utf-8")
    else:
        copy = copy_alone(case.path, root)
    settings = _SETTINGS._replace(root=str(root))
    try:
        return "\n".join([*_linted(copy, settings), *_who_may(case, copy, settings)]).rstrip()
    except KmslintError as error:
        return str(error)


def _linted(copy: Path, settings: Settings) -> Iterator[str]:
    outcome = lint([str(copy)], settings)
    report = json.loads(json_report.render(outcome, Options()))
    yield json.dumps(report["summary"])
    yield from outcome.internal_errors  # a rule that crashes finds nothing, which is all that some fixtures ask of it
    for name in _LISTS:
        yield from (f"{name}: {json.dumps(one, ensure_ascii=False)}" for one in report[name])


def _who_may(case: Case, copy: Path, settings: Settings) -> Iterator[str]:
    if case.name not in _NOT_SHOWN:
        said = access_text.render(access([str(copy)], settings, None, None), Options(), everybody=False, proven=False)
        yield from (line.rstrip() for line in said.splitlines())


def recorded(case: Case) -> str:
    """The report on a case as it was recorded; empty if none was."""
    text = case.recording.read_text(encoding="utf-8") if case.recording.exists() else ""
    return text.partition(f"{_TITLE}{case.name}\n")[2].partition(f"\n{_TITLE}")[0].rstrip()


def titles() -> list[str]:
    """The names under which reports were recorded, in order."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(RECORDED.glob("*.txt")))
    return [line.removeprefix(_TITLE) for text in texts for line in text.splitlines() if line.startswith(_TITLE)]


def record() -> None:
    """Record all reports anew."""
    for path in RECORDED.glob("*.txt"):
        path.unlink()
    for recording, among in groupby(cases(), key=lambda case: case.recording):
        with recording.open("w", encoding="utf-8", newline="\n") as file:
            for case in among:
                with tempfile.TemporaryDirectory() as directory:
                    file.write(f"{_TITLE}{case.name}\n{report_on(case, Path(directory))}\n\n")


if __name__ == "__main__":
    record()
