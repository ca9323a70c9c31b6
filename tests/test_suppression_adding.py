"""Of which statement or resource a new suppression speaks, and where none is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmslint.engine.finding import Finding, StatementPlace
from kmslint.errors import UsageError
from kmslint.location import Location, Source
from kmslint.suppression import adding
from kmslint.suppression.adding import add, read_reason
from kmslint.suppression.rewriting import read_own

HCL = """\
locals {
  who = "*"
}
resource "t" "a" {
  p = [
    { Effect = "Allow", Who = local.who },
  ]
}
resource "t" "b" {
  p = file("p.txt")
}
"""
YAML = """\
Resources:
  A:
    P:
      - Effect: Allow
        Who: ours
  B: {P: there}
"""
JSON = '{"Resources": {"A": {"P": {"Effect": "Allow", "Who": "ours"}}, "B": {"P": "there"}}}'
JSON_CONFIGURATION = (
    '{"data": {"t": {"a": {"statement": {"Effect": "Allow", "Who": "ours"}}}}, "locals": {"P": "there"}}'
)
FILES = {
    "main.tf": HCL,
    "a.yaml": YAML,
    "a.json": JSON,
    "main.tf.json": JSON_CONFIGURATION,
    "odd.yaml": "Effect: odd\nResources:\n  C: {P: found}\n",
    "p.txt": '{"Effect": "Allow"}',
    "plan.json": '{"format_version": "1.2", "terraform_version": "1.9", "planned_values": {}, "here": 1}',
}


def put(root: Path) -> dict[str, Source]:
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return {name: Source(name, text) for name, text in FILES.items()}


def place(sources: dict[str, Source], words: str) -> Location | None:
    """`main.tf Effect` is where the word stands first; nothing, where there are no words."""
    path, _, word = words.partition(" ")
    if not words:
        return None
    start = sources[path].text.index(word)
    return Location(sources[path], start, start + len(word))


def finding(sources: dict[str, Source], at: str, statement: str = "", declared: str = "", sid: str = "") -> Finding:
    found, of = place(sources, at), place(sources, statement)
    assert found is not None
    within = StatementPlace(of, 0, sid) if of else None
    return Finding("KMS201", found, "", "R", statement=within, declared=place(sources, declared))


@pytest.mark.parametrize(
    ("at", "statement", "declared", "path", "line"),
    [
        ("main.tf who", "main.tf { Effect", 'main.tf resource "t" "b"', "main.tf", 6),
        ("main.tf { Effect", "", "", "main.tf", 4),
        ("main.tf { Effect", "", 'main.tf resource "t" "b"', "main.tf", 9),
        ("main.tf { Effect", 'main.tf "*"', "", "main.tf", 1),
        ("p.txt Allow", "p.txt {", "main.tf file", "main.tf", 9),
        ("main.tf file", "p.txt {", "", "main.tf", 9),
        ("main.tf file", "p.txt {", "a.yaml Resources", "main.tf", 9),
        ("a.yaml Who", "a.yaml Effect", "a.yaml B", "a.yaml", 4),
        ("a.yaml Who", "", "", "a.yaml", 2),
        ("a.yaml there", "", "", "a.yaml", 6),
        ("main.tf who", 'main.tf "*"', 'main.tf resource "t" "b"', "main.tf", 9),
        ("odd.yaml found", "", "", "odd.yaml", 3),
    ],
)
def test_of_what_a_comment_speaks(tmp_path: Path, at: str, statement: str, declared: str, path: str, line: int) -> None:
    """First of the statement, else of the resource whose statement it is, else of the resource around the place."""
    sources = put(tmp_path)
    added = add(str(tmp_path), [finding(sources, at, statement, declared)], read_reason("known"))
    assert (added.findings, added.paths, added.refused) == (1, frozenset({path}), ())
    lines = (tmp_path / path).read_text(encoding="utf-8").splitlines()
    old = FILES[path].splitlines()
    assert lines[: line - 1] + lines[line:] == old
    before, _, words = lines[line - 1].partition("# kmslint: ")
    assert before == old[line - 1][: len(before)]
    assert words.startswith("ignore[KMS201]")
    assert ("content=" in words) == (statement != "")


@pytest.mark.parametrize(
    ("at", "statement", "path", "before"),
    [
        ("a.json ours", 'a.json {"Effect"', "a.json", '}, "Metadata": {"kmslint"'),
        ("a.json there", "", "a.json", '"there", "Metadata": {"kmslint"'),
        ("main.tf.json ours", 'main.tf.json {"Effect"', "main.tf.json", '"ours", "//": "kmslint'),
        ("main.tf.json ours", "", "main.tf.json", '"ours"}, "//": "kmslint'),
        ("main.tf.json there", "", "main.tf.json", '"there", "//": "kmslint'),
    ],
)
def test_of_what_a_member_speaks(tmp_path: Path, at: str, statement: str, path: str, before: str) -> None:
    """No statement of a template in JSON can hold a suppression, one of Terraform's can."""
    sources = put(tmp_path)
    added = add(str(tmp_path), [finding(sources, at, statement)], read_reason("known"))
    assert (added.findings, added.paths, added.refused) == (1, frozenset({path}), ())
    assert before in (tmp_path / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("at", "statement", "declared", "reason"),
    [
        ("a.yaml Resources", "", "", "no comment can stand there"),
        ("a.yaml Resources", "a.yaml Resources", "a.yaml Resources", "no comment can stand there"),
        ("p.txt Effect", "", "", "no comment can stand there"),
        ("plan.json here", "", "", "a plan is made anew each time"),
        ("a.yaml Resources", "", "plan.json here", "a plan is made anew each time"),
    ],
)
def test_where_no_suppression_can_stand(tmp_path: Path, at: str, statement: str, declared: str, reason: str) -> None:
    sources = put(tmp_path)
    one = finding(sources, at, statement, declared)
    assert add(str(tmp_path), [one], read_reason("known")) == (0, frozenset(), ((one, reason, False),))
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in FILES} == FILES


def test_a_finding_in_a_module_of_others_is_suppressed_where_the_module_is_called(tmp_path: Path) -> None:
    sources = put(tmp_path)
    there = Source("fetched/main.tf", 'resource "t" "x" {}\n', called_at=place(sources, 'main.tf resource "t" "b"'))
    one = Finding("KMS501", Location(there, 0, 8), "", "R", declared=Location(there, 0, 8))
    assert add(str(tmp_path), [one], read_reason("known")).findings == 1
    assert (tmp_path / "main.tf").read_text(encoding="utf-8").splitlines()[8:10] == [
        "# kmslint: ignore[KMS501] known",
        'resource "t" "b" {',
    ]


def test_what_is_found_of_one_place_is_suppressed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line for as much as is bound to the same statement; and the file is read once for all of them."""
    read: list[str] = []

    def noted(root: str, path: str) -> bytes:
        read.append(path)
        return read_own(root, path)

    monkeypatch.setattr(adding, "read_own", noted)
    sources = put(tmp_path)
    one = finding(sources, "main.tf who", "main.tf { Effect")
    several = [one, one._replace(rule_id="KMS101"), one, one._replace(statement=None)]
    assert add(str(tmp_path), several, read_reason("until=2999-12-31 known")).findings == 4
    lines = (tmp_path / "main.tf").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# kmslint: ignore[KMS201] until=2999-12-31 known"
    assert lines[6].startswith("    # kmslint: ignore[KMS201,KMS101] until=2999-12-31 content=")
    assert len(lines) == len(HCL.splitlines()) + 2
    assert read == ["main.tf"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Resources:\n  A: {X: a\n    b, P: {Effect: Allow}}\n", 2),
        ("Resources:\n  A: {X: 'a\n    b', P: {Effect: Allow}}\n", 2),
        ("Resources:\n  A: {P: {Effect: Allow}}\n", 2),
    ],
)
def test_no_line_is_put_into_a_text(tmp_path: Path, text: str, line: int) -> None:
    """A statement whose line begins inside of a text is suppressed with its resource, and named there."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    sources = {"a.yaml": Source("a.yaml", text)}
    one = finding(sources, "a.yaml Effect", "a.yaml {Effect", sid="Look")
    assert add(str(tmp_path), [one], read_reason("known")).findings == 1
    lines = (tmp_path / "a.yaml").read_text(encoding="utf-8").splitlines()
    assert [number for number, each in enumerate(lines, 1) if "kmslint" in each] == [line]
    assert ("statement=Look" in lines[line - 1]) == (len(text.splitlines()) == 3)
    assert "content=" in lines[line - 1]


def test_a_file_that_holds_one_long_text_takes_no_comment(tmp_path: Path) -> None:
    """Neither the statement nor the resource begins on a line of its own."""
    text = "{X: 'a\n  b', Resources: {A: {P: {Effect: Allow}}}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    one = finding({"a.yaml": Source("a.yaml", text)}, "a.yaml Effect", "a.yaml {Effect")
    added = add(str(tmp_path), [one], read_reason("known"))
    assert added == (0, frozenset(), ((one, "a.yaml: no comment can stand there", False),))
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == text


def test_what_has_become_unreadable_is_left_alone(tmp_path: Path) -> None:
    sources = put(tmp_path)
    (tmp_path / "a.yaml").write_bytes(b"\xff")
    (refused,) = add(str(tmp_path), [finding(sources, "a.yaml there")], read_reason("known")).refused
    assert "not UTF-8 text" in refused.reason


@pytest.mark.parametrize("character", ["\n", "\x1b", "\u200b", "\u0378", "\ue000", "\ud800", "\u2028", "\u2029"])
def test_a_reason_hides_nothing(character: str) -> None:
    with pytest.raises(UsageError, match="a reason is one line, without characters that nobody sees"):
        read_reason(f"known{character}to us")
    assert read_reason("until=2999-12-31  known \u00e9 \u9375 to us ")[1] == "known \u00e9 \u9375 to us"
