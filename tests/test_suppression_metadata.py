"""Suppressions where a file has no comments: `Metadata` of templates and `"//"` of Terraform's JSON."""

from __future__ import annotations

import pytest

from kmslint.location import Location, Source
from kmslint.suppression.in_file import read_suppressions
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.sources import parse

KNOWN = KnownRules(frozenset({"KMS501", "KMS201"}), (("rotation-disabled", "KMS501"),))
ITEM = "{id: KMS501, reason: known}"
NO_LIST = "this is not a list of suppressions: it is written Metadata: {kmslint: {ignore: [{id: KMS101, reason: ...}]}}"
NO_ITEM = "this is not a suppression: it is written Metadata: {kmslint: {ignore: [{id: KMS101, reason: ...}]}}"


def written(at: Location | None) -> str:
    return at.source.text[at.start : at.end] if at else ""


def said(path: str, text: str) -> list[str]:
    """Each suppression with what it speaks of, and each fault with the text that it is told of."""
    read = parse(Source(path, text))
    assert read is not None
    file = read_suppressions(read, KNOWN)
    lines = []
    for words, reach in file.suppressions:
        of = "all" if reach.whole_file else file.units.all[reach.unit].name if reach.unit >= 0 else "nothing"
        rules = ",".join(f"{rule.id}" for rule in words.rules if rule.id in written(rule.at))
        options = (words.until, written(words.until_at), words.statement, words.content)
        lines.append(" ".join([rules, *filter(None, options), f"in {of}:", words.reason]))
    return [*lines, *(f"{written(fault.at)}: {fault.reason}" for fault in file.faults)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Metadata: {kmslint: {ignore: [I]}}", ["KMS501 in all: known"]),
        ("Resources: {A: {Metadata: {kmslint: {ignore: [I, I]}}}}", ["KMS501 in A: known"] * 2),
        ("Resources: {A: {}, B: {Metadata: {Owner: us, kmslint: {ignore: [I]}}}}", ["KMS501 in B: known"]),
        ("Resources: {A: 1, B: {Metadata: {kmslint: {ignore: [I]}}}}", ["KMS501 in B: known"]),
        ("Resources: [{Metadata: {kmslint: {ignore: [I]}}}]", []),
        ("- {Metadata: {kmslint: {ignore: [I]}}}\n---\nMetadata: {kmslint: {ignore: [I]}}", ["KMS501 in all: known"]),
        ("Outputs: {A: {Metadata: {kmslint: {ignore: [I]}}}}", []),
        ("Metadata: kmslint\nResources: {A: {Metadata: [kmslint]}}", []),
        ("Metadata: {kmslint: {ignore: []}}", []),
        ("Metadata: {kmslint: ours}", [f"ours: {NO_LIST}"]),
        ("Metadata: {kmslint: {ignore: {a: I}}}", [f"{{ignore: {{a: {ITEM}}}}}: {NO_LIST}"]),
        ("Metadata: {kmslint: {other: [I]}}", [f"{{other: [{ITEM}]}}: {NO_LIST}"]),
        ("Metadata: {kmslint: {ignore: [I], other: 1}}", [f"{{ignore: [{ITEM}], other: 1}}: {NO_LIST}"]),
        ("Resources: {A: {Metadata: {kmslint: {ignore: [x, I]}}}}", ["KMS501 in A: known", f"x: {NO_ITEM}"]),
    ],
)
def test_where_a_template_holds_a_list_of_suppressions(text: str, expected: list[str]) -> None:
    assert (
        said("a.yaml", text.replace("I,", f"{ITEM},").replace("I]", f"{ITEM}]").replace("I}", f"{ITEM}}}")) == expected
    )


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{reason: '  by\n  hand ', id: KMS201}", "KMS201 in A: by hand"),
        ("{id: !!str KMS501, reason: known}", "KMS501 in A: known"),
        ("{id: KMS501, reason: x, until: '2027-03-31'}", "KMS501 2027-03-31 '2027-03-31' in A: x"),
        ("{id: KMS501, reason: x, statement: Look}", "KMS501 Look in A: x"),
        ("{id: KMS501, reason: x, content: 0123456789}", "KMS501 0123456789 in A: x"),
        ("{id: KMS501, reason: x, id: KMS201}", 'id: "id" stands twice'),
        (
            "{id: KMS501, reasons: x}",
            'reasons: "reasons" says nothing here: id, reason, until, statement, content do',
        ),
        ("{id: [KMS501], reason: x}", '[KMS501]: "id" is not a text'),
        ("{id: KMS501, reason: !Ref x}", '!Ref x: "reason" is not a text'),
        ("{reason: x}", "{reason: x}: it names no rule: a suppression is of the rules that it names"),
        ("{id: KMS999, reason: x}", 'KMS999: there is no rule "KMS999"'),
        (
            "{id: rotation-disabled, reason: x}",
            'rotation-disabled: there is no rule "rotation-disabled"; KMS501 is meant',
        ),
        ("{id: KMS501}", "{id: KMS501}: it gives no reason: whoever comes next has to know why"),
        ("{id: KMS501, reason: x, until: soon}", 'soon: "soon" is not a day: until=2027-03-31'),
        ("{id: KMS501, reason: x, statement: ''}", "'': statement= is empty"),
        ("{id: KMS999, reason: '', until: soon}", 'KMS999: there is no rule "KMS999"'),
        ("{id: KMS501, reason: x, statement: '', content: ''}", "'': statement= is empty"),
    ],
)
def test_what_an_item_says(item: str, expected: str) -> None:
    assert said("a.yaml", f"Resources: {{A: {{Metadata: {{kmslint: {{ignore: [{item}]}}}}}}}}") == [expected]


WORDS = "kmslint: ignore[KMS501] known"
FILE = "kmslint: ignore-file[KMS501] known"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{{"//": "{FILE}"}}', ["KMS501 in all: known"]),
        (f'{{"//": "{WORDS}"}}', ["KMS501 in nothing: known"]),
        (f'{{"//": ["by us", 1, {{}}, "{FILE}"], "//": "{FILE}"}}', ["KMS501 in all: known"] * 2),
        (f'{{"#": "{WORDS}", "locals": {{"a": "{WORDS}"}}}}', []),
        (f'{{"locals": {{"//": "{WORDS}"}}}}', ["KMS501 in locals: known"]),
        (f'{{"module": {{"m": {{"a": [{{"//": ["{WORDS}"]}}]}}}}}}', ["KMS501 in module.m: known"]),
        (f'{{"locals": {{"//": "{FILE}"}}}}', [f"{FILE}: ignore-file stands at the top of the file"]),
        (
            '{"locals": {"//": "kmslint: ignore[KMS999] x"}}',
            ['KMS999: there is no rule "KMS999"'],
        ),
        (
            '{"//": "kmslint: ignore[] x"}',
            ["kmslint: ignore[] x: it names no rule: a suppression is of the rules that it names"],
        ),
    ],
)
def test_comment_members(text: str, expected: list[str]) -> None:
    assert said("main.tf.json", text) == expected
    assert said("main.tofu.json", text) == expected
    assert said("main.json", text) == []
