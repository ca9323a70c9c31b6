"""The findings that a fixture announces, and whether they are the findings that came.

In a file with comments, `# expect: KMS101 "words"` at the end of a line announces a finding that begins on
that line; on a line of its own it speaks of the next line that is not such a comment, and several may
stand above one another. The words, if given, must occur in the message. A file without comments, or with
text in which a comment would be content (a heredoc), has a neighbour `NAME.expect` with lines
`7: KMS101 "words"`, or `7:21: KMS101 "words"` to pin the column as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kmslint.engine.finding import Finding

SIDECAR = ".expect"

_MENTION = re.compile(r"#\s*expect\b")
_WHAT = r'(?P<rule_id>KMS\d{3})(?:\s+"(?P<words>[^"]+)")?\s*'
_COMMENT = re.compile(rf"#\s*expect:\s+{_WHAT}")
_SIDECAR_LINE = re.compile(rf"(?P<line>\d+):(?:(?P<column>\d+):)?\s+{_WHAT}")


class Expectation(NamedTuple):
    """A finding that a fixture announces."""

    path: str
    line: int
    rule_id: str
    words: str = ""
    """Must occur in the message."""
    column: int | None = None

    def meets(self, finding: Finding) -> bool:
        region = finding.at.region
        return (
            (self.path, self.line, self.rule_id) == (finding.at.path, region.line, finding.rule_id)
            and self.words in finding.message
            and self.column in (None, region.column)
        )

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" + (f":{self.column}" if self.column else "")
        return f"{place}: no {self.rule_id}" + (f' "{self.words}"' if self.words else "")


class AnnotationError(Exception):
    """An annotation that cannot be read, which would otherwise expect nothing."""

    def __init__(self, path: str, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: not an annotation: {text.strip()}")


def read_expectations(root: Path, files: Iterable[Path]) -> list[Expectation]:
    """What the files announce, paths relative to the root. Raises AnnotationError."""
    found: list[Expectation] = []
    for file in files:
        path = file.relative_to(root).as_posix()
        # As bytes, so that a fixture may hold any encoding and any line ends.
        text = file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
        if file.name.endswith(SIDECAR):
            found += _from_sidecar(path, text)
        else:
            found += _from_comments(path, re.split(r"\r\n?|\n", text))
    return found


def _from_comments(path: str, lines: Sequence[str]) -> Iterator[Expectation]:
    waiting: list[re.Match[str]] = []
    for number, line in enumerate(lines, 1):
        before, comments = _split(path, number, line)
        if comments and not before.strip():
            waiting += comments
            continue
        for comment in (*waiting, *comments):
            yield Expectation(path, number, comment["rule_id"], comment["words"] or "")
        waiting = []
    if waiting:
        raise AnnotationError(path, len(lines), "nothing follows it")


def _split(path: str, number: int, line: str) -> tuple[str, list[re.Match[str]]]:
    """What stands before the annotations of a line, and the annotations."""
    mention = _MENTION.search(line)
    if mention is None:
        return line, []
    comments = []
    position = mention.start()
    while position < len(line):
        comment = _COMMENT.match(line, position)
        if comment is None:
            raise AnnotationError(path, number, line)
        comments.append(comment)
        position = comment.end()
    return line[: mention.start()], comments


def _from_sidecar(path: str, text: str) -> Iterator[Expectation]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = _SIDECAR_LINE.fullmatch(line)
        if read is None:
            raise AnnotationError(path, number, line)
        column = int(read["column"]) if read["column"] else None
        host = path.removesuffix(SIDECAR)
        yield Expectation(host, int(read["line"]), read["rule_id"], read["words"] or "", column)


def differences(expected: Iterable[Expectation], found: Iterable[Finding]) -> list[str]:
    """Every announced finding that did not come, and every finding that was not announced."""
    unannounced = list(found)
    missing = []
    # The most exact first, so that one without words does not take the finding of one with words.
    for expectation in sorted(expected, key=lambda each: (each.column is None, not each.words, each.line)):
        met = next((finding for finding in unannounced if expectation.meets(finding)), None)
        if met is None:
            missing.append(str(expectation))
        else:
            unannounced.remove(met)
    return [*(_unexpected(finding) for finding in unannounced), *missing]


def _unexpected(finding: Finding) -> str:
    region = finding.at.region
    return f"{finding.at.path}:{region.line}:{region.column}: unexpected {finding.rule_id} {finding.message}"
