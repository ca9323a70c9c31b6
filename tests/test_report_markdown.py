"""The job summary, read back by a parser of Markdown; by GitHub's own where it is at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hostile_texts import PIECES, outcomes
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.report import markdown, render
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text
from mermaid_texts import read
from reports import EVERYBODY, EVERYTHING, OPEN, PROBLEM, TWO_HALVES, outcome

ORDERS = str(Path(__file__).parent.parent / "fixtures/templates/orders.yaml")
QUIET = Options(quiet=True)
OURS = {
    "h2",
    "h3",
    "h4",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "pre",
    "em",
    "strong",
    "br",
    "ul",
    "li",
}
OURS |= {"blockquote"}


def tokens_of(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def pictures(text: str) -> list[str]:
    return [token.content for token in tokens_of(text) if token.type == "fence" and token.info == "mermaid"]


def test_a_finding_is_a_row_with_both_halves_and_the_next_step() -> None:
    assert render("markdown", outcome(TWO_HALVES), QUIET) == (
        "## kmslint\n\n"
        "| severity | rule | place | finding |\n"
        "| --- | --- | --- | --- |\n"
        "| high | KMS301 iam-allow-without-delegation | `stacks/app.yaml:5` | role Dev may not use key Key: its IAM "
        "policy allows kms:Decrypt, but the key policy does not delegate"
        "<br>`stacks/keys.yaml:2` Key names only role Sec, here"
        "<br>*next:* name the role in the key policy, or delegate to the account |\n\n"
    )


def test_the_worst_come_first_and_undecided_keys_are_counted() -> None:
    text = render("markdown", outcome(OPEN, TWO_HALVES, EVERYBODY, problems=(PROBLEM,)), Options())
    assert re.findall(r"^\| (\w+) \| KMS", text, re.MULTILINE) == ["critical", "high"]
    assert "1 key undecided (-v says why)." in text
    assert "1 file not analysed in full: bad\\\\xff.yaml:1 (not UTF-8 at byte 7)." in text
    assert "KMS001" in render("markdown", outcome(OPEN), Options(verbose=True))


def test_nothing_found_needs_no_table() -> None:
    assert render("markdown", outcome(), Options()) == "## kmslint\n\nno findings in 1 key, 2 identities, 1 estate.\n\n"


def test_each_key_has_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    text = render("markdown", lint([ORDERS]), Options())
    headings = [token.content for token in tokens_of(text) if token.type == "inline" and token.level == 1]
    assert "`OrderKey`" in headings
    (picture,) = pictures(text)
    nodes, edges = read(picture)
    assert {node.split("\n")[0] for node in nodes} >= {"role ReportRole", 'Allow "ReadOrders"', "OrderKey"}
    assert "decrypt" in edges
    assert capsys.readouterr() == ("", "")


def many_keys(tmp_path: Path, number: int) -> Outcome:
    keys = {
        f"Key{each}": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}} for each in range(number)
    }
    keys[f"Key{number - 1}"]["Properties"] = {}  # not rotated: a finding
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"Resources": keys}), encoding="utf-8")
    return lint([str(file)])


def test_of_many_keys_those_with_findings_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    text = render("markdown", many_keys(tmp_path, 30), Options())
    shown = re.findall(r"^#### `(\w+)`", text, re.MULTILINE)
    assert shown[:2] == ["Key29", "Key0"]
    assert len(shown) == len(pictures(text)) == 25
    assert "> **Not all is shown:** 5 of 30 keys are left out." in text


def test_what_does_not_fit_is_left_out_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = TWO_HALVES._replace(message="鍵" * 2000)
    text = render("markdown", outcome(*[long] * 1000), Options())
    rows = text.count("| high | KMS301")
    assert len(text.encode()) < markdown.MOST_BYTES < 2**20
    assert 0 < rows < 1000
    assert f"> **Not all is shown:** {1000 - rows} of 1000 findings are left out." in text
    monkeypatch.setattr(markdown, "MOST_BYTES", 5000)
    text = render("markdown", many_keys(tmp_path, 10), Options())
    shown = len(pictures(text))
    assert 0 < shown < 10
    assert len(text.encode()) <= 5000
    assert f"> **Not all is shown:** {10 - shown} of 10 keys are left out." in text


def test_what_would_take_too_long_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    result = lint([ORDERS])
    monkeypatch.setattr("kmslint.limits.PICTURE_EFFORT", 10)
    text = render("markdown", result, Options())
    assert pictures(text) == []
    assert "with so many principals and statements a picture would take too long" in text
    assert "- managed by: root user, account administrators" in text


def check(text: str, rows: int) -> None:
    """There is no markup but ours, and the table has its rows."""
    tokens = list(tokens_of(text))
    kinds = [token.type for token in tokens]
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<br>", "<!-- -->"}
    assert not {"html_block", "link_open", "image", "s_open", "code_block", "hr"} & set(kinds)
    assert kinds.count("td_open") == 4 * rows
    assert not [line for line in text.split("\n") if line.lstrip().startswith("::")]
    assert "##[" not in text
    written = " ".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|#\d|://|www\.", written)
    for picture in pictures(text):
        read(picture)


@given(outcomes())
def test_a_hostile_text_stays_a_text(result: Outcome) -> None:
    text = render("markdown", result, Options(verbose=True))
    check(text, len(result.findings))
    cells = [plain(token) for token in tokens_of(text) if token.type == "inline" and token.map and token.level == 4]
    messages = [" ".join(safe_text(finding.message).split()) for finding in result.findings]
    assert all(any(" ".join(cell.split()).startswith(message) for cell in cells) for message in messages)


def plain(token: Token) -> str:
    """The text of a cell."""
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert attrs in ([], [("lang", "mermaid")], [("class", "language-mermaid")])


@settings(max_examples=50)
@given(outcomes())
def test_github_makes_no_markup_of_a_hostile_text(result: Outcome) -> None:
    cmarkgfm = pytest.importorskip("cmarkgfm", reason="cmarkgfm is not installed")
    tags = Tags()
    tags.feed(cmarkgfm.github_flavored_markdown_to_html(render("markdown", result, Options(verbose=True))))
    assert set(tags.names) <= OURS
    assert tags.names.count("td") == 4 * len(result.findings)


@pytest.mark.parametrize("number", range(0, len(PIECES), 8))
def test_hostile_names_in_a_template(tmp_path: Path, number: int) -> None:
    """Every name of a template is a hostile one, and its picture is drawn of them."""
    nasty = "".join(PIECES[number : number + 8]).encode("utf-8", "replace").decode()
    statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Sid": nasty}
    named = {**statement, "Principal": {"AWS": {"Fn::GetAtt": [f"r{nasty}", "Arn"]}}}
    tested = {**named, "Condition": {"StringEquals": {f"kms:EncryptionContext:{nasty}": nasty}}}
    policies = [{"PolicyName": nasty, "PolicyDocument": {"Statement": [statement]}}]
    resources = {
        f"k{nasty}": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [named, tested]}}},
        f"r{nasty}": {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}},
    }
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    result = lint([str(file)])
    text = render("markdown", result, Options(verbose=True))
    check(text, len(result.findings))
    assert pictures(text)


def test_everything_is_readable() -> None:
    check(render("markdown", EVERYTHING, Options(verbose=True)), len(EVERYTHING.findings))
