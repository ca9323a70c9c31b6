"""HCL that is broken, hostile or unclear: what is not read is reported, and takes nothing else with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hcl_readers import Reader, both, first, problems, read, second, value
from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.syntax import hcl, hcl_first_reader
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_grammar_cache import cache_file
from kmslint.syntax.hcl_template_file import read_template
from kmslint.syntax.tree import Scalar, Sequence, Template


@both
@pytest.mark.parametrize("blanks", ["", " ", "\t  ", " \r"])
def test_a_blank_behind_an_end_marker_swallows_nothing(reader: Reader, blanks: str) -> None:
    text = "".join(
        f'resource "aws_kms_key" "{name}" {{\n  policy = <<POLICY\n{{"Id": "{name}"}}\nPOLICY{blanks}\n}}\n'
        for name in "abc"
    )
    blocks = reader(text).blocks
    assert [block.labels[1].text for block in blocks] == ["a", "b", "c"]
    for block in blocks:
        policy = value(block.body, "policy")
        assert isinstance(policy, Scalar)
        assert policy.text == f'{{"Id": "{block.labels[1].text}"}}\n'


@pytest.mark.parametrize("blank", ["\xa0", "\u3000", "\x85", "\u2003"])
def test_an_end_marker_may_have_any_blank_behind_it(blank: str) -> None:
    file = read(f'a "b" {{\n  x = <<E\nc\nE{blank}\n}}\na "hidden" {{}}\na "d" {{\n  x = <<E\nE\n}}\n')
    assert [block.labels[0].text for block in file.body.blocks] == ["b", "hidden", "d"]
    assert problems(file) == []


@pytest.mark.parametrize("line", ["E,", "E x", "E)", "xE"])
def test_a_line_that_holds_more_than_the_marker_does_not_end_a_heredoc(line: str) -> None:
    scalar = value(read(f"x = <<E\n{line}\nE\n").body)
    assert isinstance(scalar, Scalar)
    assert scalar.text == f"{line}\n"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('a "b" {\n  x = = 1\n}', "cannot be read: not HCL at line 5, column 7"),
        ('a "b" {\n  x = "c\n}', "cannot be read: not HCL at line 4, column 1"),
        ('a "b" {\n  x = [1, 2\n}', "cannot be read: not HCL at line 6, column 1"),
        ('a "b" {\n  x = <<E\n}', "cannot be read: not HCL"),
        ('a "b" {\n  x = 1', "cannot be read: not HCL"),
        ('a "b" {\n  /* x', "cannot be read: not HCL"),
        ('a "b" {\n  x = 1\n}}', "cannot be read: not HCL"),
        ("<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs", "cannot be read: not HCL"),
        ('a "b" {\n  x = 1 \0\n}', "cannot be read: not HCL at line"),
        ('a "b" {\n  x = “c”\n}', "cannot be read: not HCL at line 5, column 7"),
    ],
)
def test_a_broken_block_takes_no_other_with_it(broken: str, reason: str) -> None:
    before = 'k "before" {\n  x = 1\n}\n'
    after = '\nk "after" {\n  x = "${"{"}" # }\n}\n# last\nk "last" {}\n'
    file = read(before + broken + after)
    assert [block.labels[0].text for block in file.body.all("k")] == ["before", "after", "last"]
    assert problems(file)[0][0] == 4
    assert problems(file)[0][1].startswith(reason)
    assert [comment.text for comment in file.comments][-1] == "last"
    assert list(file.problems) == sorted(file.problems, key=lambda problem: problem.line)


def nested_blocks(depth: int) -> str:
    return "a {\n" * depth + "}\n" * depth


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 3_000 + "1" + ")" * 3_000,
        "x = " + "[" * 20_000,
        "x = " + "{a=" * 3_000 + "1" + "}" * 3_000,
        "x = " + "-" * 3_000 + "1",
        "x = " + "1 + " * 3_000 + "1",
        "x = " + "a ? b : " * 3_000 + "c",
        "x = " + "f(" * 3_000 + ")" * 3_000,
        "x = a" + ".b" * 3_000,
        "x = a" + "[0]" * 3_000,
        "x = a[*]" + ".b" * 3_000,
        'x = "' + '${"' * 3_000 + '"}' * 3_000 + '"',
        'x = "' + "%{if a}" * 3_000 + "%{endif}" * 3_000 + '"',
        nested_blocks(3_000),
    ],
    ids=lambda text: text[:12],
)
def test_refuses_depth(text: str) -> None:
    with limits.within({"hcl-seconds": 60}):  # the machine may be busy: how long it takes is not asked here
        file = read(f"{text}\nafter {{}}\n")
    assert [line for line, _ in problems(file)] == [1]
    assert [block.type.text for block in file.body.blocks] == ["after"]


def test_takes_the_depth_that_people_write() -> None:
    depth = limits.DEPTH // 4
    for text in ("(" * depth + "1" + ")" * depth, '"${' * 10 + "a" + '}"' * 10, " + ".join(["a"] * depth)):
        assert problems(read(f"x = {text}\n")) == []
    assert problems(read(nested_blocks(depth))) == []


def test_stops_when_a_file_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HCL_SECONDS", 0)
    file = read("a = = 1\nb {}\nc {}\n")
    assert problems(file) == [
        (1, "not read from here on: the file takes more than 0 seconds; --limit hcl-seconds=N raises this")
    ]


def test_stops_when_a_file_holds_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 4)
    file = read("a = 1\nb = [1, 2, 3]\nc = 3\nd = 4\n")
    assert [argument.name.text for argument in file.body.arguments] == ["a"]
    assert problems(file) == [
        (2, "cannot be read: the file has more than 4 expressions; --limit nodes=N raises this"),
        (3, "not read from here on: the file has more than 4 expressions; --limit nodes=N raises this"),
    ]


def test_reads_a_long_file_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HCL_CHARACTERS", 20)
    file = read("a = 1\nb {\n  c = 1\n}\nd {\n  e = 1234567890\n}\n")
    assert [argument.name.text for argument in file.body.arguments] == ["a"]
    assert [block.type.text for block in file.body.blocks] == ["b", "d"]
    monkeypatch.setattr(limits, "SECOND_READER_CHARACTERS", 10)
    ((line, reason),) = problems(read("a = 1\nd {\n  e = 1234567890\n}\n"))
    assert line == 2
    complaint, other = reason.split(" (the second reader: ")
    assert complaint == "cannot be read: more than 20 characters in one block; --limit hcl-characters=N raises this"
    assert other == "more than 10 characters; --limit second-reader-characters=N raises this)"


def test_a_text_of_so_many_characters_is_read_and_no_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the first reader: a stretch of a file, and a template."""
    text = "aa = 1\nbb = 2\n"
    source = Source("main.tf", text)
    monkeypatch.setattr(limits, "HCL_CHARACTERS", 7)
    body, _ = hcl_first_reader.read_statements(source, text, 7, 14, Budget())
    assert [(one.name.text, one.name.at.start) for one in body.arguments] == [("bb", 7)]
    with pytest.raises(InputError, match="more than 7 characters in one block") as caught:
        hcl_first_reader.read_statements(source, text, 6, 14, Budget())
    at = caught.value.problem.at
    assert at is not None
    assert (at.start, at.end) == (6, 6)
    hcl_first_reader.read_template(Source("a.tpl", "a ${bc}"), "a ${bc}", Budget())
    with pytest.raises(InputError, match="more than 7 characters in one template"):
        hcl_first_reader.read_template(Source("a.tpl", "a ${bcd}"), "a ${bcd}", Budget())


def test_the_second_reader_is_charged_for_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECOND_READER_CHARACTERS", 16)
    assert problems(read("a = 1\nb = 1e3\nc = 1e3\n")) == []
    assert [line for line, _ in problems(read("a = 1\nb = 1e3\nc = 1e3\nd = 1e3\n"))] == [4]


@pytest.mark.parametrize(
    ("text", "shown"), [("a = 1\nb = = {\n}\nc = 1\n", "b = = {"), ("= 1", "= 1"), ("a = 1\nb {", "b {")]
)
def test_of_what_cannot_be_read_the_first_line_is_shown(text: str, shown: str) -> None:
    (problem,) = read(text).problems
    assert problem.at
    assert problem.at.source.text[problem.at.start : problem.at.end] == shown


def test_a_short_text_is_parsed_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "patience", lambda _: -1.0)
    assert len(first("a = 1\n").arguments) == 1
    with pytest.raises(InputError, match="takes tree-sitter more than a share"):
        first(LONG)
    text = f"${{{LONG[4:]}}}"
    with pytest.raises(InputError, match="takes tree-sitter more than a share"):
        hcl_first_reader.read_template(Source("a.tpl", text), text, Budget())


def test_a_long_file_is_rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = hcl_first_reader._parsed
    monkeypatch.setattr(limits, "UNREHEARSED_CHARACTERS", 14)
    monkeypatch.setattr(limits, "HCL_CHARACTERS", 7)
    monkeypatch.setattr(hcl, "rehearse", lambda work: work() or "it crashes")

    def noted(text: str, budget: Budget) -> object:
        parsed.append(text)
        return parse(text, budget)

    monkeypatch.setattr(hcl_first_reader, "_parsed", noted)
    file = read("aa = 1\nbb = 2\ncc = 33\n")
    assert parsed == ["aa = 1\n", "bb = 2\n"]
    assert [(problem.path, problem.reason) for problem in file.problems] == [("main.tf", "it crashes")]
    assert (file.body.arguments, file.body.blocks) == ((), ())
    assert (file.body.at.start, file.body.at.end) == (0, 0)
    assert len(read("aa = 1\nbb = 2\n").body.arguments) == 2
    monkeypatch.setattr(hcl, "rehearse", lambda _: "")
    assert len(read("aa = 1\nbb = 2\nc = 3\n").body.arguments) == 3


@pytest.mark.parametrize(
    ("text", "in_first", "in_second"),
    [
        ("x = 1\n", 2, 2),
        ("x = (1)\n", 3, 3),
        ("x = [1]\n", 3, 4),
        ("x = {a = 1}\n", 3, 4),
        ("x = f(1)\n", 3, 4),
        ("x = a.b\n", 3, 4),
        ("x = a[b]\n", 4, 5),
        ("x = a[*].b\n", 4, 5),
        ("x = a + b\n", 3, 3),
        ("x = a ? b : c ? d : e\n", 5, 4),
        ('x = "${a}"\n', 4, 6),
        ("a {\n  x = 1\n}\n", 3, 3),
    ],
)
def test_reads_so_deep_and_no_deeper(text: str, in_first: int, in_second: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for reader, depth in ((first, in_first), (second, in_second)):
        monkeypatch.setattr(limits, "DEPTH", depth)
        reader(text)
        monkeypatch.setattr(limits, "DEPTH", depth - 1)
        with pytest.raises(InputError, match=f"nested deeper than {depth - 1} levels"):
            reader(text)


@both
def test_what_stands_side_by_side_is_not_deep(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", 12)
    every = 'a ? b : c, -d, (e), f(g), [h], {i = j}, k.l[m].n, o[*].p, "${q}", [for r in s : t if u], v + w'
    body = reader(f"x = [{', '.join([every] * 12)}]\n" + "y {\n  z = 1\n}\n" * 20)
    assert len(body.blocks) == 20
    assert body.at.source.path == "main.tf"
    assert (body.at.start, body.at.end) == (0, len(body.at.source.text))


def test_counts_what_the_first_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 3)
    first("x = 1\n")
    monkeypatch.setattr(limits, "NODES", 2)
    with pytest.raises(InputError, match="more than 2 expressions"):
        first("x = 1\n")


@pytest.mark.parametrize(
    ("reader", "text", "reason", "start", "end"),
    [
        (first, "x = = 1", "not HCL at line 1, column 1", 0, 7),
        (first, "y = 1\nx = (1\n", "not HCL at line 3, column 1", 13, 13),
        (first, "x = {\n a = \n}\n", "not HCL at line 2, column 2", 7, 10),
        (second, 'x = "b" + "a\n', "something here does not close", 10, 13),
        (second, "x = = 1\n", "not HCL", 0, 8),
    ],
)
def test_a_reader_shows_what_it_does_not_take(reader: Reader, text: str, reason: str, start: int, end: int) -> None:
    with pytest.raises(InputError) as caught:
        reader(text)
    problem = caught.value.problem
    assert problem.at
    assert (problem.path, problem.reason, problem.at.start, problem.at.end) == ("main.tf", reason, start, end)


def test_a_parser_that_takes_too_long_is_given_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []

    class Parser:
        root_node = None

        def parse(self, piece: Callable[[int, object], bytes]) -> Parser:
            given.extend((piece(0, None), piece(5_990, None)))
            return self

    assert len(first(LONG).arguments) == 1
    monkeypatch.setattr(hcl_first_reader, "_PARSER", Parser())
    hcl_first_reader.pass_over("a = 1\n" * 1_000, Budget())
    assert given[0].startswith(b"a = 1\n" * 50)
    assert given[1] == b" = 1\na = 1\n"[-10:]
    monkeypatch.setattr(Budget, "patience", lambda _: -1.0)
    hcl_first_reader.pass_over("a = 1\n" * 1_000, Budget())
    assert given[2:] == [b"", b""]


@pytest.mark.parametrize(
    ("text", "lines", "read_all_the_same"),
    [("{}", [1], []), ("# a\n{\n  a = 1\n}\n", [2], []), ("a = 1\n{\n  b = 1\n}\nc = 1\n{}\n", [2, 6], ["a", "c"])],
)
def test_an_object_is_no_statement(text: str, lines: list[int], read_all_the_same: list[str]) -> None:
    """To tree-sitter a file may be one."""
    file = read(text)
    reason = "cannot be read: arguments and blocks are expected here, not an object"
    assert problems(file) == [(line, reason) for line in lines]
    assert [argument.name.text for argument in file.body.arguments] == read_all_the_same


def test_counts_the_blocks_that_cannot_be_read() -> None:
    found = problems(read("= 1\n" * 10_000))
    assert len(found) == limits.UNREADABLE_BLOCKS + 1
    reason = f"not read from here on: {limits.UNREADABLE_BLOCKS} blocks of the file cannot be read"
    assert found[-1] == (101, limits.named(reason, "unreadable-blocks"))


def test_keeps_the_grammar_where_only_the_user_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    assert Path(cache_file()).parent == home / "kmslint"
    monkeypatch.setenv("XDG_CACHE_HOME", str(work / "cache"))
    assert not Path(cache_file()).is_relative_to(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="file modes of POSIX")
def test_does_not_trust_a_cache_that_others_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home" / "kmslint").mkdir(parents=True, mode=0o700)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert Path(cache_file()).is_relative_to(tmp_path)
    (tmp_path / "home" / "kmslint").chmod(0o770)
    assert not Path(cache_file()).is_relative_to(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="the home of POSIX")
def test_keeps_the_grammar_in_the_cache_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert Path(cache_file()).parent == tmp_path / "home" / ".cache" / "kmslint"


@pytest.mark.parametrize("written", ['"%{ foo }"', '"%{}"', '"%{ for a }"'])
def test_what_is_no_directive_is_refused(written: str) -> None:
    file = read(f"x = {written}\ny = 1\n")
    assert [argument.name.text for argument in file.body.arguments] == ["y"]
    (problem,) = file.problems
    assert problem.line in (1, 2)
    with pytest.raises(InputError, match=r"not a template directive|expected"):
        second(f"x = {written}\n")


def test_keeps_its_cache_nowhere_where_there_can_be_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert not Path(cache_file()).is_relative_to(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_does_not_trust_a_link_in_the_place_of_its_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("home", "others", "elsewhere"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "home" / "kmslint").symlink_to(tmp_path / "others")
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert not Path(cache_file()).is_relative_to(tmp_path)


def test_comments_beyond_the_bound_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 50)
    file = read("# a\n" * 60 + "x = 1\nbroken = =\n")
    assert len(file.comments) == 50
    assert isinstance(value(file.body), Scalar)


def test_templates_share_what_their_module_may_cost() -> None:
    budget = Budget()
    assert isinstance(read_template(Source("a.tpl", "${a}"), budget), Template)
    budget.nodes = 0
    with pytest.raises(InputError, match="the templates before it took too long to read"):
        read_template(Source("b.tpl", "${a}"), budget)


@pytest.mark.parametrize("number", ["1e3", "1.5e-3", "1E3"])
def test_a_number_that_tree_sitter_does_not_know_is_read_all_the_same(number: str) -> None:
    for written in (number, f"[{number}, 1]", f"{number} == 1 ? a : b"):
        file = read(f"x = {written}\n")
        at = value(file.body).at
        assert problems(file) == []
        assert file.source.text[at.start : at.end] == written


@pytest.mark.parametrize("number", ["1e3", "1E3"])
def test_the_end_of_such_a_number_is_not_the_type_of_the_next_block(number: str) -> None:
    """To tree-sitter ends of lines are nothing, and `e3` may be the type of a block with the label `b`."""
    file = read(f"a {{\n  x = {number}\n  b {{\n  }}\n}}\n")
    (block,) = file.body.blocks
    (argument,) = block.body.arguments
    assert problems(file) == []
    assert isinstance(argument.value, Scalar)
    assert argument.value.text == number
    assert [(one.type.text, one.labels) for one in block.body.blocks] == [("b", ())]


LONG = "x = [\n" + "  1,\n" * 1_500 + "]\n"


def test_what_takes_tree_sitter_too_long_is_left_to_the_second_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "patience", lambda _: -1.0)
    file = read(LONG)
    assert problems(file) == []
    found = value(file.body)
    assert isinstance(found, Sequence)
    assert len(found.items) == 1_500
    monkeypatch.setattr(limits, "SECOND_READER_CHARACTERS", 10)
    ((line, reason),) = problems(read(LONG))
    share = f"takes tree-sitter more than a share of {limits.HCL_SECONDS} seconds"
    assert line == 1
    assert reason == (
        f"cannot be read: {share}; --limit hcl-seconds=N raises this (the second reader: "
        "more than 10 characters; --limit second-reader-characters=N raises this)"
    )


def test_what_would_take_the_second_reader_too_long_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "_SECONDS_A_CHARACTER", 10.0)
    ((_, reason),) = problems(read("x = 1e3\n"))
    assert reason.endswith(
        f" (the second reader: the file would take more than {limits.HCL_SECONDS} seconds; "
        "--limit hcl-seconds=N raises this)"
    )


def test_what_a_file_may_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight seconds, of which a parse may have a fourth, and the second reader no more than are left."""
    monkeypatch.setattr(limits, "HCL_SECONDS", 8)
    monkeypatch.setattr(limits, "NODES", 3)
    monkeypatch.setattr(limits, "SECOND_READER_CHARACTERS", 20)
    monkeypatch.setattr(Budget, "_SECONDS_A_CHARACTER", 1.0)
    now = 100.0
    monkeypatch.setattr("kmslint.syntax.hcl_budget.time.process_time", lambda: now)
    budget = Budget()
    assert (budget.deadline, budget.nodes, budget.second_reader) == (108.0, 3, 20)
    assert (budget.patience(), budget.late(), budget.spent(), budget.second_may(8)) == (102.0, False, "", "")
    assert "would take more than 8 seconds" in budget.second_may(9)
    now = 107.0
    assert (budget.patience(), budget.late(), budget.spent(), budget.second_may(1)) == (108.0, False, "", "")
    assert "would take more than 8 seconds" in budget.second_may(2)
    assert budget.second_may(0) == ""
    assert "more than 20 characters" in budget.second_may(1)
    now = 108.0
    assert budget.late()
    assert budget.second_may(0) == budget.spent() != ""
    now, budget.nodes = 100.0, 1
    assert budget.spent() == ""
    budget.nodes = 0
    assert "more than 3 expressions" in budget.spent()


def test_what_stops_both_readers_of_a_template_is_told_once() -> None:
    budget = Budget()
    budget.nodes = 1
    with pytest.raises(InputError) as raised:
        read_template(Source("a.tpl", "${a + b}"), budget)
    assert raised.value.problem.reason == limits.named(f"the file has more than {limits.NODES} expressions", "nodes")
