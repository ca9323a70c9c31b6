"""HCL by two readers: the same located tree from both."""

from __future__ import annotations

import pytest

from hcl_readers import Reader, both, first, problems, read, second, value
from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Excerpt, Source
from kmslint.syntax import hcl_first_reader, hcl_second_reader
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_comments import read_comment
from kmslint.syntax.hcl_template_file import read_template
from kmslint.syntax.hcl_twin import twin
from kmslint.syntax.json import parse_json
from kmslint.syntax.tree import Mapping, Scalar, Style, Template
from located import comparable, misplaced, scalars, spelt, text_at

EXPRESSIONS = [
    ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
    ("a - b - c", "((a - b) - c)"),
    ("a || b && c == d + e", "(a || (b && (c == (d + e))))"),
    ("a < b == c >= d", "((a < b) == (c >= d))"),
    ("!a == b", "((! a) == b)"),
    ("-a.b[0] * 12", "((- a.b[0]) * 12)"),
    ("-12", "(- 12)"),
    ("(a + b) * c", "((a + b) * c)"),
    ("(a).b", "a.b"),
    ("a ? b : c", "(a ? b : c)"),
    ("a ? b : c ? d : e ? f : g", "(a ? b : (c ? d : (e ? f : g)))"),
    ("a == b ? c ? d : e : f", "((a == b) ? (c ? d : e) : f)"),
    ("(a ? b : c) ? d : e", "((a ? b : c) ? d : e)"),
    ("a.b.c[d.e].f", "a.b.c[d.e].f"),
    ("f(!a, -b, (c), a == b, [a], g(a)...)", "f((! a), (- b), c, (a == b), [a], g(a)...)"),
    ("[for a in -b : !a if !c]", "for(a in (- b): (! a) if (! c))"),
    ('a["b"]["c"]', "a['b']['c']"),
    ("a.0.b", "a.0.b"),
    ("a[*].b[0].c", "each(a: *.b[0].c)"),
    ("a.*.b.0", "each(a: *.b.0)"),
    ("a.b[*].c.*.d", "each(each(a.b: *.c): *.d)"),
    ("f()", "f()"),
    ("f(a ? b : c, -d)", "f((a ? b : c), (- d))"),
    ("[for a in b ? c : d : e ? f : g if !h]", "for(a in (b ? c : d): (e ? f : g) if (! h))"),
    ("{if = 1, else = 2, null = 3}", "{if = 1, else = 2, null = 3}"),
    ("f(a, 1, [b],)", "f(a, 1, [b])"),
    ("f(a...)", "f(a...)"),
    ("provider::aws::arn_parse(a)", "provider::aws::arn_parse(a)"),
    ("[1, [], {}]", "[1, [], {}]"),
    ("[\n  1, # one\n  2,\n]", "[1, 2]"),
    ('{a = 1, "b" : 2, (c) = 3, 4 = 5, "d${e}" = 6}', "{a = 1, 'b' = 2, c = 3, 4 = 5, template('d' ${e}) = 6}"),
    ("{\n  a = 1\n  // two\n  b = 2\n}", "{a = 1, b = 2}"),
    ("{true = null, a = false}", "{true = null, a = false}"),
    ("[for a in b : c]", "for(a in b: c)"),
    ("[for a, b in c : d if e]", "for(a, b in c: d if e)"),
    ("{for a in b : c => d... if e}", "for(a in b: c => d... if e)"),
    ('{for a, b in c : "${a}" => b}', "for(a, b in c: template(${a}) => b)"),
    ("é_1-ü", "é_1-ü"),
    ("a\n/* why */", "a"),
    ("(a\n  || b\n)", "(a || b)"),
]


@both
@pytest.mark.parametrize(("text", "wanted"), EXPRESSIONS)
def test_understands_an_expression_as_terraform_does(reader: Reader, text: str, wanted: str) -> None:
    assert spelt(value(reader(f"x = {text}\n"))) == wanted


@pytest.mark.parametrize("text", [text for text, _ in EXPRESSIONS])
def test_both_readers_place_an_expression_alike(text: str) -> None:
    written = f"x = {text}\n"
    assert comparable(first(written).arguments) == comparable(second(written).arguments)


@pytest.mark.parametrize(("text", "wanted"), [("!!a", "(! (! a))"), ("- -1", "(- (- 1))")])
def test_only_the_first_reader_takes(text: str, wanted: str) -> None:
    assert spelt(value(first(f"x = {text}\n"))) == wanted
    with pytest.raises(InputError):
        second(f"x = {text}\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("5e+2", "5e+2"),
        ('"$$${a}"', "'$${a}'"),
        ('"${ 5e+2 }"', "template(${5e+2})"),
        ("[<<A\n${ [for a in <<B\nb\n  B\n : 5e+2 ] }\nA  \n]", "[template(${for(a in 'b\\n': 5e+2)} '\\n')]"),
    ],
)
def test_only_the_second_reader_takes(text: str, wanted: str) -> None:
    with pytest.raises(InputError):
        first(f"x = {text}\n")
    assert spelt(value(second(f"x = {text}\n"))) == wanted
    assert problems(read(f"x = {text}\n")) == []


# What Terraform makes of each, checked with HashiCorp's parser.
TEMPLATES = [
    ('""', "''"),
    ('"a"', "'a'"),
    (r'"\"\\\n\t\u00e9\U0001f600"', repr('"\\\n\té😀')),
    (r'"a\rb\ud7ff\ue000\U0010ffff"', repr("a\rb\ud7ff\ue000\U0010ffff")),
    ('"$${a} %%{b} $ % $a {}"', "'${a} %{b} $ % $a {}'"),
    ('"${a}"', "template(${a})"),
    ('" ${ a.b } c "', "template(' ' ${a.b} ' c ')"),
    ('"${a}${"b${c}"}"', "template(${a} ${template('b' ${c})})"),
    ('"a ${~ b ~} c"', "template('a' ${b} 'c')"),
    ('"a ${~ b} c"', "template('a' ${b} ' c')"),
    ("<<E\na  \n  ${~ b}\nE", r"template('a  \n' ${b} '\n')"),
    (r'"${a ~}\n  b"', "template(${a} 'b')"),
    ('"%{ if a }b%{ endif }"', "template(if(a: 'b' | ))"),
    ('"%{ if a ~} b %{~ else ~} c %{ endif }d"', "template(if(a: 'b' | 'c ') 'd')"),
    ('"%{ for a in b }${a},%{ endfor }"', "template(for(a in b: ${a} ','))"),
    ('"%{ for a, b in c }%{ if a }b%{ endif }%{ endfor }"', "template(for(a, b in c: if(a: 'b' | )))"),
    ("<<E\nE", "''"),
    ("<<E\na\n  b\nE", r"'a\n  b\n'"),
    ("<<E\na\n  E", r"'a\n'"),
    ("<<E\n  a\n   b\nE", r"'  a\n   b\n'"),
    ("<<E\r\na\r\nE", r"'a\r\n'"),
    ('<<E\n\\n " $${a}\nE', r"""'\\n " ${a}\n'"""),
    ("<<E\n${a}E\nE", r"template(${a} 'E\n')"),
    ("<<E\n  a ${b ~}\n   c\n  ${~ d}\nE", r"template('  a ' ${b} '   c\n' ${d} '\n')"),
    ("<<E\n%{ if a ~}\nb\n%{ endif ~}\nE", r"template(if(a: 'b\n' | ))"),
    ("<<-E\n    a\n\n      b\n  \n  E", r"'a\n\n  b\n  \n'"),
    ("<<-E\n\ta\n\t  b\n  c\nE", r"'a\n  b\n c\n'"),
    ("<<-E\n  a ${\n b} c\n    d\n E", r"template('a ' ${b} ' c\n  d\n')"),
    ("<<-E\n  ${a}\n    b\n  E", r"template(${a} '\n  b\n')"),
    ("<<-E\n${a}\n    b\n  E", r"template(${a} '\n    b\n')"),
]


@both
@pytest.mark.parametrize(("text", "wanted"), TEMPLATES)
def test_resolves_a_template_as_terraform_does(reader: Reader, text: str, wanted: str) -> None:
    body = reader(f"x = {text}\n")
    assert spelt(value(body)) == wanted
    assert not list(misplaced(body.arguments))


@pytest.mark.parametrize("text", [text for text, _ in TEMPLATES])
def test_both_readers_place_a_template_alike(text: str) -> None:
    written = f"x = {text}\n"
    assert comparable(first(written).arguments) == comparable(second(written).arguments)


@both
def test_ties_decoded_characters_to_the_source(reader: Reader) -> None:
    text = r'x = "é\u006b$${\"z"' + "\n"
    scalar = value(reader(text))
    assert isinstance(scalar, Scalar)
    assert (scalar.text, scalar.style) == ('ék${"z', Style.QUOTED)
    assert list(scalar.excerpt.offsets) == [5, 6, 12, 14, 15, 17, 18]


@both
def test_ties_the_lines_of_an_indented_heredoc_to_the_source(reader: Reader) -> None:
    body = reader("x = <<-E\n    a\n      b${c}\n    E\n")
    template = value(body)
    assert isinstance(template, Template)
    assert template.style is Style.BLOCK
    literal = template.parts[0]
    assert isinstance(literal, Excerpt)
    assert list(literal.offsets) == [13, 14, 19, 20, 21, 22]
    assert text_at(literal.locate(4, 5)) == "b"
    assert text_at(template.at) == "<<-E\n    a\n      b${c}\n    E"


@pytest.mark.parametrize(
    "text",
    [
        '"a\\q"',
        '"\\ud800"',
        '"\\udfff"',
        '"\\U00110000"',
        '"%{ if a }"',
        '"%{ endif }"',
        '"%{ else }"',
        '"%{ for a in b }%{ endif }"',
    ],
)
def test_refuses_a_template_that_terraform_refuses(text: str) -> None:
    assert [line for line, _ in problems(read(f"y = 1\nx = {text}\n"))] == [2]


@pytest.mark.parametrize(
    ("text", "refused"),
    [("a %{ endif } b", "%{ endif }"), ("a %{ if b }c", "a %{ if b }c"), ("%{ if a }%{ endfor }b", "%{ endfor }")],
)
def test_a_directive_that_pairs_with_no_other_is_shown(text: str, refused: str) -> None:
    """By the second reader; the first one sees no template."""
    with pytest.raises(InputError) as caught:
        hcl_second_reader.read_template(Source("t.tpl", text), text)
    problem = caught.value.problem
    assert problem.at is not None
    assert (problem.reason, text_at(problem.at)) == ("a template directive that pairs with no other", refused)


KEY = """\
# about the key
resource "aws_kms_key" "a" {
  count = 1 # one
  lifecycle {
    prevent_destroy = true
  }
  policy = jsonencode({ "Statement" = [] })
}

/* no
   block */
locals {}
output a "é" { value = local.é }
"""


@both
def test_places_blocks_and_arguments(reader: Reader) -> None:
    key, locals_, output = reader(KEY).blocks
    assert [(label.text, label.style, repr(label.at)) for label in (key.type, *key.labels)] == [
        ("resource", Style.PLAIN, "main.tf:2:1-2:9"),
        ("aws_kms_key", Style.QUOTED, "main.tf:2:10-2:23"),
        ("a", Style.QUOTED, "main.tf:2:24-2:27"),
    ]
    assert (repr(key.at), text_at(key.header)) == ("main.tf:2:1-8:2", 'resource "aws_kms_key" "a"')
    assert [(argument.name.text, repr(argument.at)) for argument in key.body.arguments] == [
        ("count", "main.tf:3:3-3:8"),
        ("policy", "main.tf:7:3-7:9"),
    ]
    (lifecycle,) = key.body.all("lifecycle")
    assert (repr(lifecycle.at), spelt(value(lifecycle.body, "prevent_destroy"))) == ("main.tf:4:3-6:4", "true")
    assert (locals_.labels, locals_.body.arguments, text_at(locals_.body.at)) == ((), (), "")
    assert [(label.text, label.style) for label in output.labels] == [("a", Style.PLAIN), ("é", Style.QUOTED)]
    assert spelt(value(output.body, "value")) == "local.é"


def test_both_readers_agree_on_blocks() -> None:
    assert comparable(first(KEY)._replace(at=None)) == comparable(second(KEY)._replace(at=None))  # type: ignore[arg-type]


def test_finds_comments() -> None:
    wanted = [("about the key", "1:1-1:16", True), ("one", "3:13-3:18", False), ("no\n   block", "10:1-11:12", True)]
    for text in (KEY, KEY + "}\n"):
        found = [(c.text, repr(c.at).removeprefix("main.tf:"), c.alone) for c in read(text).comments]
        assert found == wanted


def test_finds_comments_of_every_kind_everywhere() -> None:
    text = 'x = [ // a\n  1, # b\n  f(/* c */ 2), "# d ${e /* f */}"\n] /* g */ # h\n## i\n'
    found = [(comment.text, comment.alone) for comment in read(text).comments]
    assert found == [("a", False), ("b", False), ("c", False), ("f", False), ("g", False), ("h", False), ("# i", True)]


def test_reads_arguments_of_a_variables_file() -> None:
    file = read('a = 1\nb = ["c"]\n')
    assert [(argument.name.text, spelt(argument.value)) for argument in file.body.arguments] == [
        ("a", "1"),
        ("b", "['c']"),
    ]


def test_reports_an_argument_that_stands_twice_and_keeps_both() -> None:
    file = read('a "b" {\n  x = 1\n  y {\n    z = 1\n    z = 2\n  }\n  x = 2\n}\n')
    assert problems(file) == [(5, 'duplicate argument "z"'), (7, 'duplicate argument "x"')]
    assert [spelt(argument.value) for argument in file.body.blocks[0].body.arguments] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "line", "reason", "shown"),
    [
        ('a {\n  b "c"\n  {\n  }\n}\n', 2, 'the "{" of a block must stand behind its header', 'b "c"'),
        ("a {\n  b /* c\n  */ {}\n  b\n  {}\n}\n", 4, 'the "{" of a block must stand behind its header', "b"),
        (
            'a "b" {\n  c {\n    resource "d" "e" {}\n  }\n}\n',
            3,
            'a resource stands inside the block "c": is a "}" missing above it?',
            'resource "d" "e"',
        ),
        (
            'a "b" {\n  c {}\n  module "d" {}\n}\n',
            3,
            'a module stands inside the block "a": is a "}" missing above it?',
            'module "d"',
        ),
        ("a {\n  b = 1\n  c = 2\n  b = 1\n}\n", 4, 'duplicate argument "b"', "b"),
    ],
)
def test_reports_what_terraform_would_refuse(text: str, line: int, reason: str, shown: str) -> None:
    """In the file as in what is left of one with something broken in it."""
    for written in (text, f"{text}z = = 1\n"):
        file = read(written)
        assert problems(file)[0] == (line, reason)
        assert file.problems[0].path == "main.tf"
        assert file.problems[0].at
        assert text_at(file.problems[0].at) == shown


@pytest.mark.parametrize(
    "text", ['a {\n  resource "b" {}\n}\n', 'a {\n  module "b" "c" {}\n}\n', "a {\n  module {}\n  data {}\n}\n"]
)
def test_a_block_of_a_provider_may_be_called_as_one_of_terraform_is(text: str) -> None:
    assert problems(read(text)) == []


def test_reports_so_many_things_that_terraform_refuses_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNREADABLE_BLOCKS", 2)
    text = "a {\n  b = 1\n  b = 1\n  b = 1\n  b = 1\n}\nc = 1\n"
    assert [line for line, _ in problems(read(text))] == [3, 4]


def test_keeps_keys_that_stand_twice_in_an_object() -> None:
    tree = value(read('x = {a = 1, "a" = 2}\n').body)
    assert isinstance(tree, Mapping)
    assert [repr(key.at) for key in tree.duplicates()] == ["main.tf:1:13-1:16"]


def test_places_json_inside_a_heredoc() -> None:
    policy = value(read('x = <<-E\n    {\n      "Action": "kms:*"\n    }\n  E\n').body)
    assert isinstance(policy, Scalar)
    tree = parse_json(policy.excerpt)
    assert [repr(scalar.at) for scalar in scalars(tree)] == ["main.tf:3:7-3:15", "main.tf:3:17-3:24"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a", "'a'"),
        ("a ${b} c\n", "template('a ' ${b} ' c\\n')"),
        ("${b}", "template(${b})"),
        ("%{ if a }${b}%{ else }TT%{ endif }", "template(if(a: ${b} | 'TT'))"),
        ("<<T\nT\nTT\n${b}\n", "template('<<T\\nT\\nTT\\n' ${b} '\\n')"),
        ("é ${b}", "template('é ' ${b})"),
    ],
)
def test_a_file_may_be_a_template_as_a_whole(text: str, wanted: str) -> None:
    """Both readers take it alike, each thing where it stands in the file."""
    source = Source("t.tpl", text)
    found = read_template(source, Budget())
    assert spelt(found) == wanted
    assert (found.at.start, found.at.end, found.style) == (0, len(text), Style.BLOCK)
    assert not list(misplaced(found))
    for each in (
        hcl_first_reader.read_template(source, twin(text), Budget()),
        hcl_second_reader.read_template(source, twin(text)),
    ):
        assert comparable(each) == comparable(found)


@pytest.mark.parametrize(
    ("text", "start", "end"), [("a\rb", 1, 2), ("${a}\x1c", 4, 5), ("a $ \n${~ b}", 2, 8), ("a %\n%{~ if b }", 2, 7)]
)
def test_blanks_that_hcl_reads_in_a_way_of_its_own_are_refused(text: str, start: int, end: int) -> None:
    with pytest.raises(InputError, match="a blank or line end here that HCL reads in a way of its own") as caught:
        read_template(Source("t.tpl", text), Budget())
    at = caught.value.problem.at
    assert at is not None
    assert (at.start, at.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "shown"), [("a\r\n", "a\r\n"), ("é1\u0301", "x1x"), ("“\0”", "@@@"), ("a\0", "a@"), ("\u2003\xa0", "  ")]
)
def test_parsers_are_shown_a_text_as_long_in_ascii(text: str, shown: str) -> None:
    assert twin(text) == shown


def test_an_empty_file_is_an_empty_text() -> None:
    found = read_template(Source("t.tpl", ""), Budget())
    assert isinstance(found, Scalar)
    assert (found.text, found.at.start, found.at.end, found.style) == ("", 0, 0, Style.BLOCK)
    assert list(found.excerpt.offsets) == [0]


@pytest.mark.parametrize("text", ["${ab", "${", "${}", "%{ if a }b", "%{ else }", "%{ x }", "a ${b c}", '${"a}'])
def test_a_file_that_is_no_template_is_refused(text: str) -> None:
    for budget in (Budget(), spent := Budget()):
        with pytest.raises(InputError) as caught:
            read_template(Source("t.tpl", text), budget)
        assert "reader" not in caught.value.problem.reason
    assert spent.second_reader == limits.SECOND_READER_CHARACTERS - len(text)


def test_a_template_is_not_read_again_without_a_budget_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECOND_READER_CHARACTERS", 3)
    with pytest.raises(InputError) as caught:
        read_template(Source("t.tpl", "${ab"), Budget())
    reason = limits.named("more than 3 characters", "second-reader-characters")
    assert caught.value.problem.reason == f"not a template (the second reader: {reason})"


@pytest.mark.parametrize("text", ["%{ if a }" * 6 + "%{ endif }" * 6, "%{ for a in b }" * 6 + "%{ endfor }" * 6])
def test_directives_in_each_other_are_as_deep_as_they_are_nested(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source, beside = (
        Source("t.tpl", text),
        Source("t.tpl", "%{ if a }b%{ else }c%{ endif }${d}%{ for a in b }${a}%{ endfor }" * 20),
    )
    monkeypatch.setattr(limits, "DEPTH", 6)
    hcl_first_reader.read_template(beside, beside.text, Budget())
    hcl_second_reader.read_template(beside, beside.text)
    with pytest.raises(InputError, match="nested deeper than 6 levels"):
        hcl_first_reader.read_template(source, text, Budget())
    with pytest.raises(InputError, match="nested deeper than 6 levels"):
        hcl_second_reader.read_template(source, text)


@pytest.mark.parametrize(
    ("text", "inner", "alone"),
    [
        ("# a", "a", True),
        ("x = 1\n \t# a \n", "a", True),
        ("x = 1 // a\n", "a", False),
        ("/* a */ x = 1", "a", False),
        ("  /* a */ \t\n", "a", True),
        ("x /* a */", "a", False),
        ("\r  // a\r\n", "a", True),
        ("//a\nx = 1 ", "a", True),
        ("x = 1 #a*/\n", "a*/", False),
        ("/*a*/", "a", True),
    ],
)
def test_a_comment_is_alone_if_nothing_else_stands_on_its_lines(text: str, inner: str, alone: bool) -> None:
    start = min(text.index(mark) for mark in ("#", "//", "/*") if mark in text)
    end = text.index("*/") + 2 if "/*" in text else f"{text}\n".index("\n", start) + 1
    found = read_comment(Source("main.tf", text), start, end)
    assert (found.text, found.alone) == (inner, alone)
    assert text_at(found.at) == text[start:end].rstrip("\r\n")


@pytest.mark.parametrize("text", ["a = 1\nb {}\n", "a = 1\n= 2\n"])
def test_the_body_of_a_file_is_all_of_it(text: str) -> None:
    at = read(text).body.at
    assert (at.start, at.end) == (0, len(text))
