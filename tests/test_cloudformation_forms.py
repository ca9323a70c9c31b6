"""One template in every form of YAML and JSON: the same findings, each where it belongs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from kmslint.lint import lint
from kmslint.location import Source
from kmslint.settings import Settings
from kmslint.syntax.yaml import read_yaml
from template_forms import (
    Data,
    Spelling,
    data,
    folded,
    literal,
    plain,
    single_quoted,
    with_lists,
    with_policies_as_texts,
    with_single_elements,
    written,
)

TEMPLATE = Path(__file__).resolve().parent.parent / "fixtures" / "templates" / "shop.yaml"
TEXT = re.sub(r" *# expect:.*", "", TEMPLATE.read_text(encoding="utf-8"))


@cache
def template() -> Data:
    return data(read_yaml(Source("shop.yaml", TEXT)).documents[0])


SPELLING = re.compile(r"""!\w+|\b(?:Fn::\w+|Ref)\b["']?\s*:|[^\w*/]+""")
"""What differs between the forms of one text: tags, functions, quotes, brackets."""


class Told(NamedTuple):
    """A finding, and what stands at its place."""

    rule_id: str
    resource: str
    message: str
    what: str


def told(tmp_path: Path, content: bytes, name: str = "shop.yaml") -> list[Told]:
    file = tmp_path / name
    file.write_bytes(content)
    outcome = lint([str(file)], Settings(root=str(tmp_path)))
    assert [problem.reason for problem in outcome.problems] == []
    found = []
    for each in outcome.findings:
        at = each.at
        what = SPELLING.sub("", at.source.text[at.start : at.end])
        found.append(Told(each.rule_id, each.resource, each.message, what))
    return sorted(found)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    found = told(tmp_path_factory.mktemp("base"), TEXT.encode())
    assert len({each.rule_id for each in found}) == 6
    return found


BYTES: dict[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "no end of the last line": lambda text: text.rstrip().encode(),
    "blanks at the ends of lines": lambda text: re.sub(r"(?<=\S)\n", " \t\n", text).encode(),
    "tabs behind colons": lambda text: re.sub(r"(?m)^( *\w+): (\w)", r"\1:\t\2", text).encode(),
}


@pytest.mark.parametrize("form", BYTES)
def test_other_bytes(form: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, BYTES[form](TEXT)) == expected


@pytest.mark.parametrize("form", ["a byte order mark", "CRLF", "CR", "UTF-16"])
def test_lines_and_columns_stay_what_they_are(form: str, tmp_path: Path) -> None:
    regions = []
    for content in (TEXT.encode(), BYTES[form](TEXT)):
        (tmp_path / "shop.yaml").write_bytes(content)
        outcome = lint([str(tmp_path / "shop.yaml")], Settings(root=str(tmp_path)))
        regions.append([each.at.region for each in outcome.findings])
    assert regions[0] == regions[1]


@pytest.mark.parametrize("name", ["shop.yml", "shop.json", "shop.template", "shop"])
def test_any_name(name: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, TEXT.encode(), name) == expected


OTHER = "apiVersion: v1\nkind: ConfigMap\ndata: {key: AWS::KMS::Key}\n"
AROUND = {
    "markers": "---\n{}...\n",
    "a directive": "%YAML 1.1\n---\n{}",
    "comments": "# first\n{}# last\n",
    "a document before": OTHER + "---\n{}",
    "documents around": f"---\n{OTHER}---\n{{}}---\n{OTHER}",
    "an empty document": "---\n---\n{}---\n",
}


@pytest.mark.parametrize("form", AROUND)
def test_what_may_stand_around_a_template(form: str, tmp_path: Path, expected: list[Told]) -> None:
    before, after = AROUND[form].split("{}")
    assert told(tmp_path, (before + TEXT + after).encode()) == expected


def test_two_templates_in_one_file(tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, f"{TEXT}---\n{TEXT}".encode()) == sorted(2 * expected)


JSON: dict[str, Callable[[Data], bytes]] = {
    "indented": lambda value: json.dumps(value, indent=2).encode(),
    "tabs": lambda value: json.dumps(value, indent="\t").encode(),
    "one long line": lambda value: json.dumps(value, separators=(",", ":")).encode(),
    "a byte order mark": lambda value: b"\xef\xbb\xbf" + json.dumps(value).encode(),
    "CRLF": lambda value: json.dumps(value, indent=1).replace("\n", "\r\n").encode(),
    "CR": lambda value: json.dumps(value, indent=1).replace("\n", "\r").encode(),
    "in flow style": lambda value: b"# no JSON\n" + json.dumps(value, indent=2).encode(),
    "with a comment": lambda value: json.dumps(value, indent=2).replace("{", "{ # no JSON", 1).encode(),
    "a comma too many": lambda value: json.dumps(value, indent=2).replace('"\n', '",\n').encode(),
}


@pytest.mark.parametrize("form", JSON)
@pytest.mark.parametrize("name", ["shop.json", "shop.yaml", "shop.template"])
def test_json(form: str, name: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, JSON[form](template()), name) == expected


YAML = {
    "long forms": Spelling(),
    "short forms": Spelling(short=lambda _: True),
    "mixed forms": Spelling(short=lambda depth: depth % 2 == 0),
    "the other mixed forms": Spelling(short=lambda depth: depth % 2 == 1),
    "no quotes": Spelling(key=plain, scalar=plain, short=lambda _: True),
    "single quotes": Spelling(key=single_quoted, scalar=single_quoted),
    "folded texts": Spelling(scalar=folded),
    "literal texts": Spelling(scalar=literal),
    "keys with a question mark": Spelling(key=plain, scalar=plain, complex=True),
    "yes and no": Spelling(boolean=lambda value: "yes" if value else "no"),
    "on and off": Spelling(boolean=lambda value: "ON" if value else "Off"),
    "booleans in quotes": Spelling(boolean=lambda value: '"true"' if value else '"false"'),
}


@pytest.mark.parametrize("form", YAML)
def test_yaml(form: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, written(template(), YAML[form]).encode()) == expected


SHAPES: dict[str, Callable[[Data], Data]] = {
    "single elements": with_single_elements,
    "lists": with_lists,
    "policies as texts": lambda value: with_policies_as_texts(value, 2),
    "policies as one long line": lambda value: with_policies_as_texts(value, None),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", ["long forms", "short forms", "single quotes", "literal texts"])
def test_shapes(shape: str, form: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, written(SHAPES[shape](template()), YAML[form]).encode()) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_in_json(shape: str, tmp_path: Path, expected: list[Told]) -> None:
    assert told(tmp_path, json.dumps(SHAPES[shape](template()), indent="\t").encode(), "shop.json") == expected
