"""A baseline as it is written, and what is no baseline: an error with the line that it is of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.engine.baseline import Baseline, Entry, Known
from kmslint.errors import UsageError
from kmslint.suppression.baseline_file import baseline_document, read_baseline

ENTRY = {"path": "a.yaml", "resource": "Key", "rule": "KMS201", "subject": "s", "reason": "known"}
KNOWN = Known("a.yaml", "Key", "KMS201", "s")
WHOLE = Known("a.yaml", "Key", "KMS201", "s", "about", "x", "0123456789")


def document(*members: object, **more: object) -> str:
    return json.dumps({"version": 1, "findings": list(members), **more}, indent=1)


def read(root: Path, text: str, name: str = "b.json") -> Baseline:
    (root / name).write_text(text, encoding="utf-8")
    return read_baseline(str(root / name), str(root))


def without(name: str) -> dict[str, str]:
    return {member: text for member, text in ENTRY.items() if member != name}


HOSTILE = [
    pytest.param("", "1: expected a value", id="empty"),
    pytest.param("[]", "1: not an object", id="a list"),
    pytest.param("{}", "1: version is missing", id="nothing"),
    pytest.param('{"version": 2, "findings": []}', "1: a baseline of another version than 1", id="another version"),
    pytest.param('{"version": "1", "findings": []}', "1: a baseline of another version", id="version as a text"),
    pytest.param('{"version": [1], "findings": []}', "1: a baseline of another version", id="version as a list"),
    pytest.param('{"version": 1, "findings": {}}', "1: findings is not a list", id="no list"),
    pytest.param('{"version": 1,\n"version": 1, "findings": []}', "2: version stands twice", id="twice"),
    pytest.param(document(plugins=["x"]), '4: unknown member "plugins"; there are version, findings', id="unknown"),
    pytest.param(document(7), "4: not an object", id="an entry that is none"),
    pytest.param(document({**ENTRY, "until": "2027-01-01"}), '10: unknown member "until"', id="unknown in an entry"),
    pytest.param(document({**ENTRY, "path": None}), "5: path is not a text", id="null"),
    pytest.param(document({**ENTRY, "path": ["a"]}), "5: path is not a text", id="a list of texts"),
    pytest.param(document({**ENTRY, "in": 7}), "10: in is not a text", id="a number"),
    pytest.param(document({**ENTRY, "x" * 61: 7}), f'10: unknown member "{"x" * 60}..."', id="a long name"),
    pytest.param(document({**ENTRY, "rule": "x" * 60}), f'7: "{"x" * 60}" is no rule', id="a shorter one"),
    pytest.param(document({**ENTRY, "rule": "KMS999"}), '7: "KMS999" is no rule', id="no rule"),
    pytest.param(document({**ENTRY, "rule": "kms201"}), '7: "kms201" is no rule', id="a rule in small letters"),
    pytest.param(document({**ENTRY, "rule": "KMS000"}), "7: KMS000 tells of the analysis itself", id="KMS000"),
    pytest.param(document({**ENTRY, "rule": "KMS003"}), "7: KMS003 tells of the analysis itself", id="KMS003"),
    pytest.param(document({**ENTRY, "reason": " "}), "9: a reason is required", id="no reason"),
    pytest.param(document({**ENTRY, "reason": "x" * 1001}), "9: a reason of more than 1000", id="a long reason"),
    pytest.param(document({**ENTRY, "reason": "a\nb"}), "9: a reason is one line", id="lines in a reason"),
    pytest.param(document({**ENTRY, "reason": "\x1b[2Ja"}), "9: a reason is one line", id="an escape sequence"),
    pytest.param(document({**ENTRY, "reason": "a\u202eb"}), "9: a reason is one line", id="right to left"),
    pytest.param(document({**ENTRY, "count": 0}), "10: count is not a whole number", id="count 0"),
    pytest.param(document({**ENTRY, "count": 10**30}), "10: count is not a whole number", id="a large count"),
    pytest.param(document({**ENTRY, "count": True}), "10: count is not a whole number", id="count true"),
    pytest.param(document({**ENTRY, "count": [2]}), "10: count is not a whole number", id="count as a list"),
    pytest.param(document({**ENTRY, "count": "2"}), "10: count is not a whole number", id="count as a text"),
    pytest.param(document({**ENTRY, "content": "*"}), "10: content is not ten digits", id="content"),
    pytest.param(document({**ENTRY, "content": ""}), "10: content is not ten digits", id="empty content"),
    pytest.param(document({**ENTRY, "subject": "x" * 2001}), "8: subject has more than 2000", id="a long subject"),
    pytest.param(document(ENTRY, {**ENTRY, "reason": "b"}), "11: the same entry as on line 4", id="an entry twice"),
    pytest.param(document(*[ENTRY] * 10_001), "more than 10000 entries", id="many entries"),
    pytest.param('{"a": ' * 1000, "1: nested deeper than 100 levels", id="deep"),
    pytest.param('{"version": 1, "findings": [' + "[]," * 250_000, "more than 250000 values", id="many values"),
    pytest.param(" " * 5_000_001, "larger than 5000000 bytes", id="large"),
    pytest.param('{"\x1b]0;x\x07": 1}', "a control character in a string", id="a control character"),
    pytest.param(document({**ENTRY, "reason": "\udcff"}), "a lone surrogate", id="half a character"),
    *(pytest.param(document(without(name)), f"4: {name} is missing", id=f"without {name}") for name in ENTRY),
    pytest.param('{"version": 1}', "1: findings is missing", id="no findings"),
    pytest.param('{"findings": []}', "1: version is missing", id="no version"),
    pytest.param(document({**ENTRY, "reason": 7}), "9: reason is not a text", id="a number for a reason"),
    pytest.param(document({**ENTRY, "count": 1.5}), "10: count is not a whole number", id="half a count"),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE)
def test_what_is_no_baseline_is_an_error_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith("--baseline ")
    assert reason in str(caught.value)


def test_a_baseline_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    """In an order of its own, and without what is said anyway."""
    entries = [Entry(WHOLE, "b", 3), Entry(KNOWN, "a"), Entry(KNOWN._replace(subject="", path="0"), "c", 2)]
    written = baseline_document(entries)
    assert written == {
        "version": 1,
        "findings": [
            {**ENTRY, "path": "0", "subject": "", "count": 2, "reason": "c"},
            {**ENTRY, "reason": "a"},
            {**ENTRY, "about": "about", "in": "x", "content": "0123456789", "count": 3, "reason": "b"},
        ],
    }
    listed = read(tmp_path, json.dumps(written, indent=1))
    assert listed.path == "b.json"
    assert [(one.known, one.reason, one.times) for one in listed.entries] == [
        (one.known, one.reason, one.times) for one in (entries[2], entries[1], entries[0])
    ]
    assert [one.at and one.at.line for one in listed.entries] == [4, 12, 19]


def test_no_more_is_written_or_read_than_there_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASELINE_ENTRIES", 2)
    entries = [Entry(KNOWN._replace(resource=f"{number}"), "known") for number in range(3)]
    assert len(read(tmp_path, json.dumps(baseline_document(entries[:2]))).entries) == 2
    with pytest.raises(UsageError, match="8: more than 2 entries"):
        read(tmp_path, document(ENTRY, {**ENTRY, "path": "b"}, {**ENTRY, "path": "c"}).replace("\n   ", ""))
    with pytest.raises(UsageError, match="--write-baseline: more than 2 entries: narrow it with --select"):
        baseline_document(entries)


@pytest.mark.parametrize(
    ("name", "length", "reads"),
    [("reason", 1000, True), ("reason", 1001, False), ("subject", 2000, True), ("subject", 2001, False)],
)
def test_no_text_is_longer_than_it_may_be(tmp_path: Path, name: str, length: int, reads: bool) -> None:
    text = document({**ENTRY, name: "x" * length})
    if reads:
        assert len(read(tmp_path, text).entries) == 1
    else:
        with pytest.raises(UsageError, match=f"more than {length - 1} characters"):
            read(tmp_path, text)


def test_a_reason_stands_without_the_blanks_around_it(tmp_path: Path) -> None:
    assert read(tmp_path, document({**ENTRY, "reason": " by hand  "})).entries[0].reason == "by hand"


def test_only_where_one_is_begun_may_there_be_none(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = tmp_path / "x" / "b.json"
    assert read_baseline(str(path), str(tmp_path), may_lack=True) == Baseline("x/b.json")
    with pytest.raises(UsageError, match="no such file"):
        read_baseline(str(path), str(tmp_path))
    read(tmp_path, document(ENTRY), "x/b.json")
    assert len(read_baseline(str(path), str(tmp_path), may_lack=True).entries) == 1


def test_a_baseline_has_its_own_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASELINE_BYTES", 10)
    with pytest.raises(UsageError, match=r"larger than 10 bytes.*baseline-bytes"):
        read(tmp_path, document(ENTRY))
