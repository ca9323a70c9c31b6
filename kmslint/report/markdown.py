"""The summary of a GitHub job: what was found, and a picture of each key.

kmslint --format markdown:summary.md . ; cat summary.md >> "$GITHUB_STEP_SUMMARY"

GitHub refuses a summary of more than 1 MiB whole, so a longer one is cut, and says so:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, product
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.key_access import key_access
from kmslint.location import Source
from kmslint.model.estate import Estate, Key
from kmslint.report.access_view import head
from kmslint.report.advice import next_step
from kmslint.report.mermaid import draw
from kmslint.report.options import Options
from kmslint.report.picture import ways
from kmslint.report.sanitise import markdown_code, markdown_text, without_commands
from kmslint.report.summary import UNDECIDED, said_of_run

MOST_BYTES: Final = 1_000_000
"""Of the whole; a little is left for what a workflow writes beside it."""
_BYTES_OF_TABLE: Final = 500_000
_PICTURES: Final = 25
"""More would keep a browser busy."""
_RELATED: Final = 4
_EFFORT_OF_ANY: Final = 10
"""What a principal costs besides statements, in statements."""
_NOTHING: Final = 99
"""The rank of no finding."""
_LEGEND: Final = (
    "From principals through statements to the key. Solid: allowed. Dashed: not known. A cross: refused. "
    "A red border: something was found there."
)
_NOBODY: Final = "No policy that is seen here allows anybody anything on it."
_TOO_MUCH: Final = (
    "> **Not all is shown:** with so many principals and statements a picture would take too long. "
    "`kmslint access` shows who can do what."
)
_UNSEEN: Final = "Its policy cannot be seen, so there is no picture."


class _OfKey(NamedTuple):
    """A key to be drawn."""

    key: Key
    estate: Estate
    worst: int
    """The rank of the worst severity that was found of it."""


def render(outcome: Outcome, options: Options) -> str:
    """The summary, the table of findings, and the keys: those with findings first."""
    rules = {rule.id: rule for rule in outcome.rules}
    said = ["## kmslint", "", *_said(outcome, options)]
    table = "".join(f"{line}\n" for line in (*said, *_table(outcome, rules, options)))
    return without_commands(table + _keys(outcome, rules, MOST_BYTES - _bytes(table)))


def _said(outcome: Outcome, options: Options) -> Iterator[str]:
    """What went wrong within kmslint, and the sentences of the summary: paragraphs, and lists of places."""
    for error in outcome.internal_errors:
        yield from (f"**Internal error:** {markdown_text(error)}", "")
    lines = said_of_run(outcome, options.quiet, options.verbose)
    for is_place, group in groupby(lines, key=lambda line: line.startswith(" ")):
        for line in group:
            text = markdown_text(line.strip())
            yield from (f"- {text}",) if is_place else (text, "")
        yield from ("",) if is_place else ()


def _table(outcome: Outcome, rules: dict[str, Rule], options: Options) -> Iterator[str]:
    """The findings, the worst first, as far as there is room."""
    findings = [each for each in outcome.findings if options.verbose or each.rule_id != UNDECIDED]
    if not findings:
        return
    yield "| severity | rule | place | finding |"
    yield "| --- | --- | --- | --- |"
    room = _BYTES_OF_TABLE
    worst_first = sorted(findings, key=lambda each: rules[each.rule_id].severity.rank)
    for number, finding in enumerate(worst_first):
        row = _row(finding, rules[finding.rule_id])
        room -= _bytes(row) + 1
        if room < 0:
            yield ""
            yield (
                _cut(f"{len(worst_first) - number} of {len(worst_first)} findings")
                + " The formats `json` and `sarif` hold all."
            )
            break
        yield row
    yield ""


def _row(finding: Finding, rule: Rule) -> str:
    said = [markdown_text(finding.message)]
    said += [
        f"{_code(f'{other.at.path}:{other.at.line}')} {markdown_text(other.message)}"
        for other in finding.related[:_RELATED]
    ]
    if len(finding.related) > _RELATED:
        said.append(f"and {len(finding.related) - _RELATED} more places")
    said.append(f"*next:* {markdown_text(next_step(finding, rule))}")
    place = _code(f"{finding.at.path}:{finding.at.line}")
    return f"| {rule.severity.value} | {rule.id} {rule.name} | {place} | {'<br>'.join(said)} |"


def _code(text: str) -> str:
    """Code within a table, where a bar ends the cell even so; the backslash before it does not show."""
    return markdown_code(text).replace("|", "\\|")


def _cut(what: str) -> str:
    return f"> **Not all is shown:** {what} are left out."


def _keys(outcome: Outcome, rules: dict[str, Rule], room: int) -> str:
    """The keys, as far as there is room."""
    keys = sorted(_of_keys(outcome, rules), key=lambda each: each.worst)
    if not keys:
        return ""
    written = [f"### Keys\n\n{_LEGEND}\n\n"]
    room -= _bytes(written[0]) + 500  # for the notice
    effort = limits.PICTURE_EFFORT
    for number, each in enumerate(keys):
        needed = _effort(each)
        affordable = needed <= effort
        effort -= needed if affordable else 0
        drawn = _key(each, outcome.findings, affordable) if number < _PICTURES else ()
        section = "".join(f"{line}\n" for line in drawn)
        room -= _bytes(section)
        if not section or room < 0:
            rest = f"{len(keys) - number} of {len(keys)} keys"
            written.append(f"{_cut(rest)} `kmslint access` shows who can do what with each key.\n")
            break
        written.append(section)
    return "".join(written)


def _of_keys(outcome: Outcome, rules: dict[str, Rule]) -> Iterator[_OfKey]:
    worst: dict[tuple[Source, str], int] = {}
    for finding in outcome.findings:
        rank = _NOTHING if finding.rule_id == UNDECIDED else rules[finding.rule_id].severity.rank
        for source, address in product(_touched(finding), (finding.resource, finding.about)):
            worst[source, address] = min(rank, worst.get((source, address), _NOTHING))
    for estate in outcome.estates:
        sources = _sources(estate)
        for key in estate.keys:
            yield _OfKey(key, estate, min(worst.get((source, key.address), _NOTHING) for source in sources))


def _sources(estate: Estate) -> frozenset[Source]:
    """The files of an estate. A key's address alone does not tell whether a finding is on it: another estate may
    have one of that address."""
    places = (each.at for kind in (estate.keys, estate.identities, estate.policies) for each in kind)
    return frozenset(at.source for at in places)


def _touched(finding: Finding) -> set[Source]:
    """The files that a finding shows."""
    statement = (finding.statement,) if finding.statement is not None else ()
    return {one.at.source for one in (finding, *statement, *finding.related)}


def _effort(each: _OfKey) -> int:
    """What it costs to ask for everybody, before it is done."""
    statements = each.key.policy.document.statements if each.key.policy.document is not None else ()
    principals = sum(len(statement.principals or ()) for statement in statements) + len(each.estate.identities)
    own = sum(len(policy.document.statements) for policy in each.estate.policies if policy.document is not None)
    return principals * (len(statements) + _EFFORT_OF_ANY) + own


def _key(each: _OfKey, findings: Sequence[Finding], affordable: bool) -> Iterator[str]:
    one = key_access(each.key, each.estate, None if affordable else ())
    said = head(one)
    yield f"#### {markdown_code(said.address)}"
    yield ""
    yield f"- {markdown_code(str(said.place))}"
    yield from (f"- {markdown_text(remark)}" for remark in said.remarks)
    yield from (f"- {name}: {markdown_text(fact)}" for name, fact in said.facts)
    yield ""
    if not affordable:
        yield from (_TOO_MUCH, "")
        return
    sources = _sources(each.estate)
    of_estate = [found for found in findings if found.rule_id != UNDECIDED and sources & _touched(found)]
    drawn = draw(ways(one, of_estate))
    if drawn.text:
        yield from ("```mermaid", drawn.text.rstrip("\n"), "```", "")
    elif not drawn.left_out:
        yield from (_NOBODY if one.document is not None else _UNSEEN, "")
    if drawn.left_out:
        yield from (_cut(f"{drawn.left_out} principals"), "")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
