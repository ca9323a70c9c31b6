"""What is put into a file for new suppressions, letter by letter, and where."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kmslint.location import Source
from kmslint.suppression.insertions import New, insertions, is_json
from kmslint.suppression.rewriting import UnwritableError, inserted
from kmslint.suppression.sources import parse
from kmslint.suppression.units import units_of

KMS = ("KMS201",)


def after(
    path: str, text: str, *new: tuple[int, Sequence[str], str] | tuple[int, Sequence[str], str, str, str, str]
) -> str:
    """The text with suppressions: the unit by its place, rules, reason, and until, statement and content."""
    source = Source(path, text)
    file = parse(source)
    assert file is not None
    units = units_of(file)
    listed = [New(units.all[unit], tuple(rules), *rest) for unit, rules, *rest in new]
    return inserted(text.encode(), text, insertions(file, listed)).decode()


ALL = (("KMS201", "KMS101"), "by hand \u9375", "2027-03-31", "Look", "0123456789")
WORDS = "kmslint: ignore[KMS201,KMS101] until=2027-03-31 statement=Look content=0123456789 by hand \u9375"


@pytest.mark.parametrize(
    ("path", "text", "new", "expected"),
    [
        ("a.tf", 'module "m" {}\n', [(0, KMS, "x")], '# kmslint: ignore[KMS201] x\nmodule "m" {}\n'),
        ("a.tf", 'module "m" {}', [(0, KMS, "x")], '# kmslint: ignore[KMS201] x\nmodule "m" {}'),
        (
            "a.tf",
            'locals {}\r\n\tmodule "m" {}',
            [(1, KMS, "x")],
            'locals {}\r\n\t# kmslint: ignore[KMS201] x\r\n\tmodule "m" {}',
        ),
        (
            "a.tf",
            "locals {}\n\n  locals {}\r\n",
            [(1, KMS, "x")],
            "locals {}\n\n  # kmslint: ignore[KMS201] x\r\n  locals {}\r\n",
        ),
        ("a.tf", "locals {}\n", [(0, *ALL)], f"# {WORDS}\nlocals {{}}\n"),
        ("a.tf", "locals {}\n", [(0, KMS, "x", "", "Read it", "")], "# kmslint: ignore[KMS201] x\nlocals {}\n"),
        ("a.tf", "locals {}\n", [(0, KMS, "x"), (0, KMS, "x")], "# kmslint: ignore[KMS201] x\nlocals {}\n"),
        (
            "a.tf",
            "locals {}\nlocals {}\n",
            [(1, KMS, "x"), (0, KMS, "y"), (1, KMS, "z")],
            "# M y\nlocals {}\n# M x\n# M z\nlocals {}\n".replace("M", "kmslint: ignore[KMS201]"),
        ),
        ("a.yaml", "Resources:\n  A: {}\n", [(0, KMS, "x")], "Resources:\n  # kmslint: ignore[KMS201] x\n  A: {}\n"),
        ("a.json", "Resources:\n  A: {}\n", [(0, KMS, "x")], "Resources:\n  # kmslint: ignore[KMS201] x\n  A: {}\n"),
    ],
)
def test_comments(path: str, text: str, new: list[tuple[int, Sequence[str], str]], expected: str) -> None:
    assert after(path, text, *new) == expected


ITEM = '{"id": "KMS201", "reason": "x"}'
LIST = f'{{"kmslint": {{"ignore": [{ITEM}]}}}}'
WHOLE = "".join(
    f'{{"id": "{rule}", "reason": "by hand \u9375", "until": "2027-03-31", '
    '"statement": "Look", "content": "0123456789"}'
    for rule in ("KMS201", "KMS101")
).replace("}{", "}, {")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{}", f'{{"Metadata": {LIST}}}'),
        ('{"a": 1}', f'{{"a": 1, "Metadata": {LIST}}}'),
        ('{"a": {"b": [2]}}', f'{{"a": {{"b": [2]}}, "Metadata": {LIST}}}'),
        ('{"Metadata": {}}', '{"Metadata": {"kmslint": {"ignore": [' + ITEM + "]}}}"),
        ('{"Metadata": {"a": 1}, "b": 2}', '{"Metadata": {"a": 1, "kmslint": {"ignore": [' + ITEM + ']}}, "b": 2}'),
        ('{"Metadata": {"kmslint": {}}}', '{"Metadata": {"kmslint": {"ignore": [' + ITEM + "]}}}"),
        ('{"Metadata": {"kmslint": {"ignore": []}}}', '{"Metadata": {"kmslint": {"ignore": [' + ITEM + "]}}}"),
        (
            '{"Metadata": {"kmslint": {"ignore": [1, 2]}}}',
            '{"Metadata": {"kmslint": {"ignore": [1, 2, ' + ITEM + "]}}}",
        ),
        ('{\n  "a": 1\n}', f'{{\n  "a": 1,\n  "Metadata": {LIST}\n}}'),
        ('{\n  "a": 1, "b": 2\n}', f'{{\n  "a": 1, "b": 2, "Metadata": {LIST}\n}}'),
        ('{ "a": 1,\r\n\t"b": 2 }', f'{{ "a": 1,\r\n\t"b": 2,\r\n\t"Metadata": {LIST} }}'),
        (
            '{"Metadata": {"kmslint": {"ignore": [\n 1,\n 2]}}}',
            '{"Metadata": {"kmslint": {"ignore": [\n 1,\n 2,\n ' + ITEM + "]}}}",
        ),
    ],
)
def test_metadata_of_json(body: str, expected: str) -> None:
    before = '{"Resources": {"O": 1, "N": {"A": {}}, "A": '
    assert after("a.json", f"{before}{body}}}}}", (2, KMS, "x")) == f"{before}{expected}}}}}"


def test_an_object_for_each_rule() -> None:
    old, new = (
        '{"Resources": {"A": {}}}',
        '{"Resources": {"A": {"Metadata": {"kmslint": {"ignore": [' + WHOLE + "]}}}}}",
    )
    assert after("a.json", old, (0, *ALL)) == new
    assert after("a.json", old, (0, *ALL), (0, *ALL)) == new


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("1", "Metadata"),
        ("[]", "Metadata"),
        ('{"kmslint": []}', "kmslint"),
        ('{"kmslint": {"ignore": {}}}', "ignore"),
        ('{"kmslint": {"ignore": {"ignore": []}}}', "ignore"),
    ],
)
def test_what_holds_something_else_is_no_place(metadata: str, name: str) -> None:
    with pytest.raises(UnwritableError, match=f"^what its {name} holds is no place for a suppression$"):
        after("a.json", f'{{"Resources": {{"A": {{"Metadata": {metadata}}}}}}}', (0, KMS, "x"))


NOTE = '"//": "kmslint: ignore[KMS201] x"'


@pytest.mark.parametrize("path", ["a.tf.json", "a.tofu.json"])
@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ('{"locals": {}}', [(0, KMS, "x")], f'{{"locals": {{{NOTE}}}}}'),
        ('{"module": {"m": {"a": {}}}}', [(0, KMS, "x")], f'{{"module": {{"m": {{"a": {{}}, {NOTE}}}}}}}'),
        ('{"module": {"m": [{"a": {}}]}}', [(0, KMS, "x")], f'{{"module": {{"m": [{{"a": {{}}, {NOTE}}}]}}}}'),
        (
            '{"module": {"m": [{"a": 1}, {"b": 1}]}}',
            [(0, KMS, "x")],
            f'{{"module": {{"m": [{{"a": 1}}, {{"b": 1, {NOTE}}}]}}}}',
        ),
        ('{"locals": {"statement": {"a": 1}}}', [(1, KMS, "x")], f'{{"locals": {{"statement": {{"a": 1, {NOTE}}}}}}}'),
        (
            '{"locals": {"//": 1}}',
            [(0, KMS, "x"), (0, KMS, "y"), (0, KMS, "x")],
            '{"locals": {"//": 1, "//": ["kmslint: ignore[KMS201] x", "kmslint: ignore[KMS201] y"]}}',
        ),
        ('{"locals": {}}', [(0, *ALL)], f'{{"locals": {{"//": "{WORDS}"}}}}'),
        (
            '{"locals": {}, "module": {"m": {"a": 1}}}',
            [(1, KMS, "x"), (0, KMS, "x")],
            f'{{"locals": {{{NOTE}}}, "module": {{"m": {{"a": 1, {NOTE}}}}}}}',
        ),
    ],
)
def test_comment_members(path: str, text: str, new: list[tuple[int, Sequence[str], str]], expected: str) -> None:
    assert after(path, text, *new) == expected


@pytest.mark.parametrize(("text", "expected"), [("{}", True), ('{"a": [1]}', True), ("{a: 1}", False), ("", False)])
def test_what_is_json(text: str, expected: bool) -> None:
    assert is_json(Source("a.json", text)) is expected
