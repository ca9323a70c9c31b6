"""The report for a terminal, and the one with a line a finding."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmslint.engine.finding import Finding, Related
from kmslint.engine.outcome import SwitchedOff
from kmslint.location import Location, Source
from kmslint.report import FORMATS, render
from kmslint.report.cells import cell_width, wrap
from kmslint.report.options import Options
from reports import (
    APP,
    BLOCK_PROBLEM,
    BROKEN,
    EVERYBODY,
    EVERYTHING,
    KEYS,
    MISCHIEF,
    OPEN,
    PROBLEM,
    PUBLIC,
    TWO_HALVES,
    locate,
    outcome,
)

PLAIN = Options()
QUIET = Options(quiet=True)


def text_of(*findings: Finding, options: Options = QUIET) -> str:
    return render("text", outcome(*findings), options)


def rows_of(finding: Finding, width: int = 100) -> list[str]:
    """What stands right of the gutter: source lines and what is under them."""
    text = text_of(finding, options=Options(quiet=True, width=width))
    return [line.split("| ", 1)[1] for line in text.splitlines() if re.match(r" *\d* \| ", line)]


def test_a_finding_with_two_halves() -> None:
    assert text_of(TWO_HALVES) == (
        "high  KMS301 iam-allow-without-delegation                                       stacks/app.yaml:5:18\n"
        "  role Dev may not use key Key: its IAM policy allows kms:Decrypt, but the key policy does not\n"
        "  delegate\n"
        "\n"
        "   stacks/app.yaml\n"
        "    4 |       - Effect: Allow\n"
        "    5 |         Action: [kms:Decrypt, kms:DescribeKey]\n"
        "      |                  ^^^^^^^^^^^\n"
        "   stacks/keys.yaml\n"
        "    2 | Key: {Principal: !GetAtt Sec.Arn, Sid: 鍵😀 of 'Sec'}\n"
        "      |                  ~~~~~~~~~~~~~~~ Key names only role Sec, here\n"
        "  next: name the role in the key policy, or delegate to the account. `kmslint explain KMS301`\n"
        "\n"
    )


def test_one_file_needs_no_heading_and_advice_wins_over_the_rule() -> None:
    assert text_of(EVERYBODY).splitlines()[1:] == [
        "  everybody may use Key",
        "",
        "    2 | Key: {Principal: !GetAtt Sec.Arn, Sid: 鍵😀 of 'Sec'}",
        "      |                                        ^^^^",
        "  next: name an account. `kmslint explain KMS201`",
        "",
    ]


def test_places_of_one_file_stand_together() -> None:
    related = (
        Related(locate(KEYS, "Sid"), "first"),
        Related(locate(APP, "Dev"), "second"),
        Related(locate(KEYS, "Key"), "third"),
    )
    lines = text_of(TWO_HALVES._replace(related=related)).splitlines()
    assert [line.strip() for line in lines if line.startswith("   stacks")] == ["stacks/app.yaml", "stacks/keys.yaml"]
    assert [line.split("~ ")[-1] for line in lines if "~" in line] == ["second", "first", "third"]


def test_a_finding_without_a_text_shows_no_source() -> None:
    assert text_of(BROKEN).splitlines() == [
        "high  KMS000 not-analysed                                                           bad\\xff.yaml:1:1",
        "  not UTF-8 at byte 7",
        "  next: correct the file. `kmslint explain KMS000`",
        "",
    ]


SUMMARY = [
    pytest.param(outcome(), False, ["no findings in 1 key, 2 identities, 1 estate."], id="nothing"),
    pytest.param(
        outcome(EVERYBODY, OPEN, TWO_HALVES),
        False,
        ["2 findings (1 critical, 1 high) in 1 key, 2 identities, 1 estate. 1 key undecided (-v says why)."],
        id="undecided keys are counted apart",
    ),
    pytest.param(
        outcome(OPEN),
        True,
        ["1 finding (1 info) in 1 key, 2 identities, 1 estate. 1 key undecided."],
        id="verbose shows them",
    ),
    pytest.param(
        outcome(problems=(PROBLEM,)),
        False,
        [
            "no findings in 1 key, 2 identities, 1 estate.",
            "1 file not analysed in full: bad\\xff.yaml:1 (not UTF-8 at byte 7).",
        ],
        id="a file",
    ),
    pytest.param(
        outcome(problems=(PROBLEM,) * 6 + (BLOCK_PROBLEM,)),
        False,
        [
            "no findings in 1 key, 2 identities, 1 estate.",
            "2 files not analysed in full:",
            *["  bad\\xff.yaml:1 (not UTF-8 at byte 7)"] * 5,
            "  and 2 more places (-v names them)",
        ],
        id="many places",
    ),
]


@pytest.mark.parametrize(("result", "verbose", "lines"), SUMMARY)
def test_summary(result: object, verbose: bool, lines: list[str]) -> None:
    assert isinstance(result, type(EVERYTHING))
    assert render("text", result, Options(verbose=verbose)).splitlines()[-len(lines) :] == lines


def test_undecided_keys_are_shown_only_when_asked_for() -> None:
    assert "KMS001" not in text_of(OPEN)
    assert "cannot decide Key" in text_of(OPEN, options=Options(verbose=True))


def test_quiet_leaves_the_summary_out() -> None:
    assert render("text", outcome(), QUIET) == ""


def test_colours_only_when_asked_for() -> None:
    assert "\x1b" not in render("text", EVERYTHING, PLAIN)
    assert "\x1b" not in render("concise", EVERYTHING, PLAIN)
    colored = text_of(EVERYBODY, options=Options(color=True, quiet=True))
    assert "\x1b[1;35mcritical\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == text_of(EVERYBODY)


STATISTICS = [
    "2  critical  KMS201 public-key",
    "1  high      KMS000 not-analysed",
    "1  high      KMS301 iam-allow-without-delegation",
]


def test_statistics_count_what_is_shown_by_rule() -> None:
    counted = Options(quiet=True, statistics=True)
    lines = render("text", EVERYTHING, counted).splitlines()
    assert lines[-6:-1] == ["", *STATISTICS, ""]  # then what a file has switched off
    assert render("text", outcome(), counted) == ""
    lines = render("concise", EVERYTHING, counted).splitlines()
    assert lines[-5:-1] == [*STATISTICS, "1  info      KMS001 policy-not-resolved"]
    colored = render("concise", EVERYTHING, counted._replace(color=True)).splitlines()
    assert colored[-5].startswith("2  \x1b[1;35mcritical\x1b[0m  KMS201")


def test_many_related_places_are_cut_short_unless_verbose() -> None:
    many = TWO_HALVES._replace(related=tuple(Related(locate(KEYS, "Sid"), f"place {n}") for n in range(11)))
    assert "   and 3 more places (-v shows them)" in text_of(many).splitlines()
    assert "place 8" not in text_of(many)
    assert "place 10" in text_of(many, options=Options(verbose=True))


# Where a caret stands: line of the source, what is marked, the line shown, the carets under it.
CARETS = [
    pytest.param("key: value", "value", "key: value", "     ^^^^^", id="plain"),
    pytest.param("鍵: 値 # x", "値", "鍵: 値 # x", "    ^^", id="wide characters"),
    pytest.param("e\u0301 😀: x", "x", "e\u0301 😀: x", "      ^", id="a combining accent and an emoji"),
    pytest.param("\u1112\u1161\u11ab: x", "x", "\u1112\u1161\u11ab: x", "    ^", id="Korean in parts"),
    pytest.param("か\u3099: ば", "ば", "か\u3099: ば", "    ^^", id="Japanese in parts"),
    pytest.param("ｷｰ: x", "x", "ｷｰ: x", "    ^", id="narrow katakana"),
    pytest.param("🇯🇵\t鍵\tx", "x", "🇯🇵  鍵  x", "        ^", id="a flag and tabs between wide characters"),
    pytest.param("\ta\tb", "b", "    a   b", "        ^", id="tabs"),
    pytest.param("a\x1b[0m\u202eb", "b", r"a\x1b[0m\u202eb", "              ^", id="what is escaped grows"),
    pytest.param("a\x1bb", "\x1b", r"a\x1bb", " ^^^^", id="what is escaped is underlined whole"),
    pytest.param("end", "", "end", "^", id="an empty stretch"),
    pytest.param("x: |  \n  a\n", "|  \n  a", "x: |", "   ^", id="several lines: the first"),
    pytest.param("x: [a,\r\nb]", "[a,\r\nb]", "x: [a,", "   ^^^", id="several lines, carriage returns"),
]


@pytest.mark.parametrize(("source", "marked", "line", "carets"), CARETS)
def test_carets_stand_under_what_they_mark(source: str, marked: str, line: str, carets: str) -> None:
    finding = PUBLIC.finding(locate(Source("x.yaml", source), marked), "m", "r")
    assert rows_of(finding) == [line, carets]


LONG = [
    pytest.param("-" * 300 + "HERE" + "-" * 300, "HERE", id="in the middle"),
    pytest.param("HERE" + "-" * 300, "HERE", id="at the start"),
    pytest.param("-" * 300 + "HERE", "HERE", id="at the end"),
    pytest.param("鍵" * 200 + "HERE" + "鍵" * 200, "HERE", id="wide characters"),
    pytest.param("\x1b" * 90 + "HERE" + "\x1b" * 300, "HERE", id="characters that grow"),
    pytest.param("a" * 20 + "H" * 500, "H" * 500, id="longer than the terminal"),
]


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize(("source", "marked"), LONG)
def test_long_lines_are_cut_around_the_caret(source: str, marked: str, width: int) -> None:
    line, carets = rows_of(PUBLIC.finding(locate(Source("x.json", source), marked), "m", "r"), width)
    assert cell_width(line) <= width - 8
    assert cell_width(carets) <= width - 8
    assert "..." in line
    indent = len(carets) - len(carets.lstrip())
    assert at_cell(line, indent).startswith(marked[:4])


def at_cell(text: str, column: int) -> str:
    """What of a text stands at and after a column of the terminal."""
    while column > 0:
        column -= 2 if east_asian_width(text[0]) in "WF" else 1
        text = text[1:]
    return text


def test_a_minified_file_costs_no_more_than_its_lines() -> None:
    source = Source("x.json", "x" * 1_000_000)
    findings = [PUBLIC.finding(Location(source, at, at + 5), "m", "r") for at in range(0, 1_000_000, 2_000)]
    assert max(map(len, text_of(*findings).splitlines())) <= 100


def test_a_long_remark_stands_below_its_mark() -> None:
    remark = " ".join(["word"] * 20)
    lines = text_of(TWO_HALVES._replace(related=(Related(locate(KEYS, "Sid"), remark),))).splitlines()
    mark = next(number for number, line in enumerate(lines) if "~" in line)
    assert lines[mark].endswith("~~~")
    assert " ".join(" ".join(line.strip(" |") for line in lines[mark + 1 : mark + 3]).split()) == remark


MISCHIEF_PLACE = r"weırd dir/a:b\x0a::error::x %41#?.tf:1:15"
MISCHIEF_TEXT = r"role a]\x0a::error::x\x1b[2J ##\x5berror]y [here](1) {0} ${AWS::AccountId} %0A may use the key"
CONCISE = [
    (TWO_HALVES, f"stacks/app.yaml:5:18: high KMS301 {TWO_HALVES.message}"),
    (OPEN, "stacks/keys.yaml:2:1: info KMS001 cannot decide Key: parameter Admin is not set"),
    (MISCHIEF, f"{MISCHIEF_PLACE}: critical KMS201 {MISCHIEF_TEXT}"),
]


@pytest.mark.parametrize(("finding", "line"), CONCISE)
def test_concise(finding: Finding, line: str) -> None:
    assert render("concise", outcome(finding), PLAIN) == f"{line}\n"


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("options", [PLAIN, Options(verbose=True, width=0), Options(quiet=True)])
def test_nothing_in_a_report_acts(format_name: str, options: Options) -> None:
    """No terminal sequence, no line end but ours, no command for a CI runner but those of our own making."""
    report = render(format_name, EVERYTHING, options)
    assert set(re.findall(r"[^ -~鍵😀ı]", report)) <= {"\n"}
    assert "##[" not in report
    commands = [line for line in report.split("\n") if line.lstrip().startswith("::")]
    assert len(commands) == (7 if format_name == "github" else 0)


@given(st.text(alphabet="a:[# 鍵\x1b\r\n\t", max_size=60))
def test_no_message_breaks_out_of_its_line(message: str) -> None:
    finding = EVERYBODY._replace(message=message, related=(Related(locate(APP, "Dev"), message),))
    for line in text_of(finding, options=Options(quiet=True, width=24)).split("\n"):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"[\x00-\x1f]|##\w*\[", line)


@given(st.text(alphabet="ab 鍵😀", max_size=80), st.integers(2, 40))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = list(wrap(text.split(), width))
    assert " ".join(lines).split() == text.split()
    assert all(cell_width(line) <= width or " " not in line for line in lines)


def test_a_command_is_not_broken() -> None:
    for width in range(40, 100):
        assert "`kmslint explain KMS301`" in text_of(TWO_HALVES, options=Options(quiet=True, width=width))


@pytest.mark.parametrize("format_name", ["text", "concise", "github"])
def test_a_file_that_switches_off_is_told_of_whatever_it_is_called(format_name: str) -> None:
    file, option = (
        outcome()._replace(switched_off=(SwitchedOff(("KMS201",), by),)) for by in ("--ignore/a.yaml:3", "--ignore")
    )
    assert "1 rule switched off by --ignore/a.yaml:3: KMS201" in render(format_name, file, Options(quiet=True))
    assert render(format_name, option, Options(quiet=True)) == ""


IMPORTS_OF_A_TEXT_REPORT = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
from reports import EVERYTHING
from kmslint.report import render
from kmslint.report.options import Options
assert render("text", EVERYTHING, Options())
print(*sys.modules.keys() - before)
"""


def test_the_way_of_a_text_report_loads_no_other_format() -> None:
    arguments = [sys.executable, "-c", IMPORTS_OF_A_TEXT_REPORT, str(Path(__file__).parent)]
    loaded = set(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.split())
    assert {f"kmslint.report.{name}" for name in FORMATS} & loaded == {"kmslint.report.text"}
    assert loaded.isdisjoint({"json", "hashlib", "rich", "jsonschema", "tempfile", "textwrap", "dataclasses"})


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError):
        render("write", EVERYTHING, PLAIN)
