"""`Fn::ForEach`: written out as AWS does, every value in its place, and nothing made up where a list is not known."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from commands import run
from kmslint import limits
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.estate import Estate, Key
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Guard, Unknown
from measured import in_its_own_time
from plain_templates import resolved, written_out
from random_loops import LoopGenerator

HEADER = "Transform: AWS::LanguageExtensions\n"
RANDOM_TEMPLATES = 60


def read(text: str) -> Estate:
    source = Source("t.yaml", text)
    return read_stack(read_yaml(source).documents[0], source)


def resources(loop: str, more: str = "") -> tuple[Any, list[str]]:
    """The resources that loops make, and the problems."""
    document, problems = written_out(f"{HEADER}{more}\nResources:\n{loop}")
    return document["Resources"], [f"{problem.line} {problem.reason}" for problem in problems]


def expanded(loop: str, more: str = "") -> Any:
    made, problems = resources(loop, more)
    assert problems == []
    return made


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("!Sub '${N}-x'", {"Fn::Sub": "A-x"}),
        ("{'Fn::Sub': '${N}-${AWS::Region}'}", {"Fn::Sub": "A-${AWS::Region}"}),
        ("!Sub ['${N}${M}', {M: !Ref N}]", {"Fn::Sub": ["A${M}", {"M": "A"}]}),
        ("!Sub '${!N}'", {"Fn::Sub": "${!N}"}),
        ("!Ref N", "A"),
        ("{Ref: N}", "A"),
        ("!Ref Other", {"Ref": "Other"}),
        ("!Base64 N", {"Fn::Base64": "N"}),
        ("!Ref 'Key${N}'", {"Ref": "KeyA"}),
        ("!GetAtt 'Key${N}.Arn'", {"Fn::GetAtt": "KeyA.Arn"}),
        ("!GetAtt ['Key${N}', Arn]", {"Fn::GetAtt": ["KeyA", "Arn"]}),
        ("!GetAtt [!Sub 'Key${N}', !Ref N]", {"Fn::GetAtt": [{"Fn::Sub": "KeyA"}, "A"]}),
        ("!If ['Is${N}', a, b]", {"Fn::If": ["IsA", "a", "b"]}),
        ("'${N}'", "A"),
        ("'&{N}-${M}'", "A-${M}"),
        ("'${n} ${N } $N'", "${n} ${N } $N"),
        ("{'${N}': {'x${N}': 1}}", {"A": {"xA": "1"}}),
        ("5", "5"),
    ],
)
def test_the_identifier_is_replaced(written: str, becomes: Any) -> None:
    made = expanded(f"  Fn::ForEach::L: [N, [A], {{'Key${{N}}': {{Value: {written}}}}}]")
    assert made == {"KeyA": {"Value": becomes}}


@pytest.mark.parametrize(
    ("collection", "names"),
    [
        ("[A, B]", ["A", "B"]),
        ("[1, true]", ["1", "true"]),
        ("[]", []),
        ("!Ref List", ["X", "Y"]),
        ("!Ref Empty", []),
        ("[!Ref One, B]", ["Z", "B"]),
        ("[!Ref AWS::NoValue, B]", ["B"]),
        ("!FindInMap [Map, Row, Column]", ["M", "N"]),
        ("!FindInMap [Map, Missing, Column, {DefaultValue: [D]}]", ["D"]),
        ("!FindInMap [Map, !Ref One, Column]", ["Q"]),
        ("!If [IsSet, [I], [J]]", ["I"]),
        ("!Split [',', 'S,T']", ["S", "T"]),
        ("[A, ~, B]", ["A", "B"]),
    ],
)
def test_a_list_that_is_known(collection: str, names: list[str]) -> None:
    around = (
        "Parameters:\n  List: {Type: CommaDelimitedList, Default: 'X, Y'}\n"
        "  Empty: {Type: CommaDelimitedList, Default: ''}\n  One: {Type: String, Default: Z}\n"
        "Mappings: {Map: {Row: {Column: [M, N]}, Z: {Column: [Q]}}}\nConditions: {IsSet: !Equals [!Ref One, Z]}"
    )
    made = expanded(f"  Fn::ForEach::L: [V, {collection}, {{'K${{V}}': {{Type: 'AWS::KMS::Key'}}}}]", around)
    assert list(made) == [f"K{name}" for name in names]


@pytest.mark.parametrize(
    ("collection", "names", "reason"),
    [
        ("!Ref Open", [], "${Open} is not known"),
        ("[A, !Ref Text, B]", ["KA", "KB"], "${Text} is not known"),
        ("!Ref Stored", [], "${Stored} is not known"),
        ("!Ref Secret", [], "${Secret} is not known"),
        (
            "!FindInMap [Map, !Ref 'AWS::Region', Column]",
            [],
            "${Fn::FindInMap Map.${AWS::Region}.Column} is not known",
        ),
        ("!FindInMap [Nowhere, Row, Column]", [], "${Fn::FindInMap Nowhere.Row.Column} is not known"),
        ("!If [IsOpen, [A], [B]]", [], "its list hangs on the condition IsOpen"),
        ("text", [], "its list is none of texts"),
        ("[A, !If [IsOpen, B, C]]", ["KA"], "its list hangs on the condition IsOpen"),
        ("[{a: b}, C]", ["KC"], "its list is none of texts"),
        ("[!Ref Text, {a: b}, C]", ["KC"], "${Text} is not known"),
        ("[A, !GetAtt X.Y]", ["KA"], "${X.Y} is not known"),
        ("{a: b}", [], "its list is none of texts"),
    ],
)
def test_a_list_that_is_not_known_is_said_so(collection: str, names: list[str], reason: str) -> None:
    around = (
        "Parameters: {Open: {Type: CommaDelimitedList}, Text: {Type: String},"
        " Stored: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x},"
        " Secret: {Type: CommaDelimitedList, Default: 'A', NoEcho: true}}\n"
        "Mappings: {Map: {eu-west-1: {Column: [M]}, us-east-1: {Column: [N]}}}\n"
        "Conditions: {IsOpen: !Equals [!Ref Text, x]}"
    )
    loop = f"  Fn::ForEach::L: [V, {collection}, {{'K${{V}}': {{Type: 'AWS::KMS::Key'}}}}]"
    made, problems = resources(loop, around)
    assert list(made) == names
    assert problems == [f"6 Fn::ForEach::L is not expanded: {reason}"]


@pytest.mark.parametrize(
    ("type_", "is_said"),
    [
        ("AWS::KMS::Key", True),
        ("AWS::IAM::Role", True),
        ("AWS::Serverless::Function", True),
        ("AWS::CloudFormation::Stack", True),
        ("AWS::${V}", True),
        ("Custom::AWS::KMS::", False),
        ("AWS::SNS::Topic", False),
    ],
)
def test_only_loops_that_may_hide_keys_or_permissions_are_missed(type_: str, is_said: bool) -> None:
    loop = f"  Fn::ForEach::L: [V, !Ref Open, {{'K${{V}}': {{Type: '{type_}'}}}}]"
    nested = f"  Fn::ForEach::L: [V, !Ref Open, {{'Fn::ForEach::M': [W, [A], {{'K${{V}}': {{Type: '{type_}'}}}}]}}]"
    for text in (loop, nested):
        made, problems = resources(text, "Parameters: {Open: {Type: CommaDelimitedList}}")
        assert (made, bool(problems)) == ({}, is_said)


@pytest.mark.parametrize(
    ("loop", "reason"),
    [
        ("text", "is not a list of an identifier, a list and a map"),
        ("[N, [A]]", "is not a list of an identifier, a list and a map"),
        ("[N, [A], text]", "is not a list of an identifier, a list and a map"),
        ("[[N], [A], {}]", "is not a list of an identifier, a list and a map"),
        ("!Ref X", "is not a list of an identifier, a list and a map"),
        ("!Sub [N, [A], {}]", "is not a list of an identifier, a list and a map"),
        ("[!Ref N, [A], {}]", "is not a list of an identifier, a list and a map"),
        ("[N, [A], !Sub {a: b}]", "is not a list of an identifier, a list and a map"),
        ("[N, [A], {a: b}, c]", "is not a list of an identifier, a list and a map"),
        ("[P, [A], {'K${P}': {Type: 'AWS::KMS::Key'}}]", 'has an identifier "P" that is a parameter'),
    ],
)
def test_a_loop_that_aws_refuses(loop: str, reason: str) -> None:
    made, problems = resources(f"  Fn::ForEach::L: {loop}\n  K: {{Type: 'AWS::KMS::Key'}}", "Parameters: {P: {}}")
    assert made == {"K": {"Type": "AWS::KMS::Key"}}
    assert problems == [f"4 Fn::ForEach::L {reason}"]


def test_loops_need_a_transform() -> None:
    estate = read("Resources:\n  Fn::ForEach::L: [N, [A], {'K${N}': {Type: 'AWS::KMS::Key'}}]")
    assert [key.address for key in estate.keys] == ["KA"]
    assert [(problem.line, problem.reason) for problem in estate.problems] == [
        (2, "Fn::ForEach::L without the transform AWS::LanguageExtensions")
    ]


@pytest.mark.parametrize(
    "transform", ["Transform: Other", "Transform: [Other, [a]]", "Transform: {Name: Other}", "a: b"]
)
@pytest.mark.parametrize("section", ["Conditions", "Resources", "Outputs"])
def test_a_loop_anywhere_needs_the_transform(transform: str, section: str) -> None:
    sections = dict.fromkeys(("Conditions", "Resources", "Outputs"), "{a: {Type: Custom::A}}")
    sections[section] = "{a: {Type: Custom::A}, 'Fn::ForEach::L': [N, [A], {'K${N}': {Type: Custom::B}}]}"
    estate = read(transform + "".join(f"\n{name}: {inner}" for name, inner in sections.items()))
    line = 2 + list(sections).index(section)
    assert [(problem.line, problem.reason) for problem in estate.problems] == [
        (line, "Fn::ForEach::L without the transform AWS::LanguageExtensions")
    ]


@pytest.mark.parametrize(
    "place",
    [
        "Conditions: {@}\nResources: {T: {Type: AWS::SNS::Topic}}",
        "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {@}",
        "Resources: {T: {Type: AWS::SNS::Topic, Properties: {@}}}",
    ],
)
def test_a_loop_that_makes_no_resources_is_left_without_a_word(place: str) -> None:
    loop = "'Fn::ForEach::L': [N, !Ref Open, {'K${N}': {Type: 'AWS::KMS::Key'}}]"
    text = f"{HEADER}Parameters: {{Open: {{Type: CommaDelimitedList}}}}\n{place.replace('@', loop)}"
    assert read(text).problems == ()


def test_a_template_may_use_several_transforms() -> None:
    estate = read(
        "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n"
        "Resources:\n  Fn::ForEach::L: [N, [A], {'K${N}': {Type: 'AWS::KMS::Key'}}]"
    )
    assert ([key.address for key in estate.keys], estate.problems) == (["KA"], ())


@pytest.mark.parametrize("parameters", ["text", "[a]", "~"])
def test_loops_beside_parameters_of_the_wrong_shape_are_written_out(parameters: str) -> None:
    loop = "Fn::ForEach::L: [N, [A], {'K${N}': {Type: 'AWS::KMS::Key'}}]"
    estate = read(f"{HEADER}Parameters: {parameters}\nResources:\n  {loop}")
    assert [key.address for key in estate.keys] == ["KA"]
    assert [problem.reason for problem in estate.problems] == ["Parameters is not a map"]


def test_loops_make_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps, lists, names and texts; long texts count for more."""
    loop = f"  Fn::ForEach::L: [N, [A], {{'K${{N}}': {{Value: [x, !Ref N, {'y' * 64}]}}}}]"
    monkeypatch.setattr(limits, "LOOP_NODES", 9)
    assert list(expanded(loop)) == ["KA"]
    monkeypatch.setattr(limits, "LOOP_NODES", 8)
    assert resources(loop) == ({}, ["4 loops that make more than 8 values; --limit loop-nodes=N raises this"])


def test_a_mapping_takes_no_loop() -> None:
    estate = read(
        f"{HEADER}Mappings:\n  Fn::ForEach::L: [N, [A], {{'${{N}}': {{a: {{b: c}}}}}}]\n"
        "Resources: {K: {Type: 'AWS::KMS::Key', Properties: {Description: !FindInMap [A, a, b]}}}"
    )
    assert [(problem.line, problem.reason) for problem in estate.problems] == [(3, "Fn::ForEach is not expanded")]


TWO_KEYS = f"""{HEADER}
Parameters: {{Open: {{Type: String}}, Names: {{Type: CommaDelimitedList, Default: "One,Two"}}}}
Conditions:
  Fn::ForEach::C: [N, !Ref Names, {{"Is${{N}}": !Equals [!Ref Open, !Ref N]}}]
  Fn::ForEach::D: [N, !Ref Names, {{"Odd${{N}}": [a]}}]
Resources:
  Fn::ForEach::Keys:
    - N
    - !Ref Names
    - Key${{N}}:
        Type: AWS::KMS::Key
        Condition: Odd${{N}}
        Properties:
          KeyPolicy:
            Statement:
              - Sid: !Sub "For${{N}}"
                Effect: Allow
                Principal: {{AWS: !Sub "arn:aws:iam::111122223333:role/${{N}}"}}
                Action: kms:Decrypt
              - Fn::If:
                - Is${{N}}
                - Effect: Allow
                  Principal: {{AWS: !Select [1, !Split ["-", !Sub "${{N}}-${{Open}}"]]}}
                  Action: !Select [1, !Split ["-", !Sub "x-${{Open}}"]]
                - !Ref AWS::NoValue
"""


def two_keys() -> tuple[Key, Key]:
    first, second = read(TWO_KEYS).keys
    return first, second


def line(text: str) -> int:
    return next(number for number, one in enumerate(TWO_KEYS.splitlines(), 1) if text in one)


def test_every_repetition_stands_where_it_is_written() -> None:
    for key, name in zip(two_keys(), ("One", "Two"), strict=True):
        assert (key.address, key.at.line) == (f"Key{name}", line("- Key$"))
        assert key.policy.document is not None
        statement, _ = key.policy.document.statements
        assert (statement.sid, statement.header.line) == (f"For{name}", line("- Sid"))
        (principal,) = statement.principals or ()
        assert str(principal.value).endswith(f"role/{name}")
        assert principal.at.line == line("role/")
        (action,) = statement.actions or ()
        assert action.at.source is statement.at.source


def test_what_is_not_known_differs_from_one_time_to_the_next() -> None:
    """They are written in the same place, and are not the same."""
    unknown = []
    for key in two_keys():
        assert key.policy.document is not None
        statement = key.policy.document.statements[1]
        (principal,), (action,) = statement.principals or (), statement.actions or ()
        assert isinstance(principal.value, Unknown)
        assert isinstance(action, Unknown)
        unknown.append((principal.value.hole, action.hole))
    (first, same), (second, also) = unknown
    assert not first.same(second)
    assert same.same(also), "what does not hang on the identifier is the same each time"


def test_what_a_value_makes_of_a_text_is_a_text() -> None:
    """Written out, `on` would be true."""
    (key,) = read(
        f"{HEADER}Resources:\n  Fn::ForEach::L:\n  - N\n  - [n]\n  - 'K${{N}}':\n      Type: AWS::KMS::Key\n"
        "      Properties:\n        KeySpec: o${N}\n        KeyUsage: on\n"
    ).keys
    assert (str(key.settings.spec), str(key.settings.usage)) == ("on", "true")


def test_a_long_function_that_is_not_known_differs_too() -> None:
    """It is told apart by its place, and by the time."""
    blanks = " " * 200
    estate = read(
        f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [A, B], {{'K${{N}}': {{Type: 'AWS::KMS::Key', Properties: "
        f"{{KeySpec: !GetAZs {{Ref: {blanks} 'AWS::Region'}}}}}}}}]"
    )
    first, second = (key.settings.spec for key in estate.keys)
    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert not first.hole.same(second.hole)


def test_conditions_that_loops_make_are_told_apart() -> None:
    first, second = two_keys()
    assert first.guards == {Guard("OddOne", True)}
    assert second.guards == {Guard("OddTwo", True)}
    assert first.policy.document is not None
    assert second.policy.document is not None
    assert first.policy.document.statements[1].guards == {Guard("IsOne", True)}
    assert second.policy.document.statements[1].guards == {Guard("IsTwo", True)}


def test_a_name_that_comes_out_twice_is_a_duplicate() -> None:
    estate = read(f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [a-b, ab], {{'K&{{N}}': {{Type: 'AWS::KMS::Key'}}}}]")
    assert [duplicate.name for duplicate in estate.duplicates] == ["Kab"]


def test_a_property_that_a_loop_may_add_is_unknown() -> None:
    loop = "Fn::ForEach::L: [N, !Ref Open, {'${N}': x}]"
    estate = read(
        f"{HEADER}Parameters: {{Open: {{Type: CommaDelimitedList}}}}\nResources:\n"
        f"  K: {{Type: 'AWS::KMS::Key', Properties: {{Enabled: true, {loop}}}}}\n"
        f"  R: {{Type: 'AWS::IAM::Role', Properties: {{{loop}}}}}\n"
    )
    (key,), (role,) = estate.keys, estate.identities
    assert key.policy.missing is not None
    assert key.policy.missing.hole.label == "Fn::ForEach::L"
    assert role.arn.holes[-1].kind.value == "expression", "its name may be given"
    assert estate.problems == ()


def test_a_problem_in_the_body_is_said_once() -> None:
    estate = read(f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [A, B], {{'K${{N}}': {{Type: [x]}}, 'L${{N}}': x}}]")
    assert [problem.reason for problem in estate.problems] == [
        'resource "KA" has no type',
        'resource "LA" is not a map',
        'resource "KB" has no type',
        'resource "LB" is not a map',
    ]
    estate = read(
        f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [A, B], {{'K${{N}}':"
        " {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: !Nothing x}}}]"
    )
    assert [problem.reason for problem in estate.problems] == ["Fn::Nothing is no function of CloudFormation"]


def test_a_finding_in_a_loop_shows_what_is_written_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "{Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}]}"
    (tmp_path / "t.yaml").write_text(
        f"{HEADER}Resources:\n  Fn::ForEach::L:\n  - N\n  - [A, B]\n  - Key${{N}}:\n      Type: AWS::KMS::Key\n"
        f"      Properties:\n        KeyPolicy: {body}\n",
        encoding="utf-8",
    )
    said = run(capsys, str(tmp_path), "--select", "KMS201").out
    assert "    9 |         KeyPolicy: {Statement: [{Effect: Allow, Principal: '*'," in said
    assert "on KeyA: " in said
    assert "the same holds for KeyB" in said


# --- bounds ----------------------------------------------------------------------------------------------


def nested(depth: int, elements: int) -> str:
    names = ", ".join(f"a{number}" for number in range(elements))
    key = "".join(f"${{V{number}}}" for number in range(depth))
    text = f"{{'K{key}': {{Type: 'AWS::KMS::Key'}}}}"
    for number in reversed(range(depth)):
        text = f"{{'Fn::ForEach::L{number}': [V{number}, [{names}], {text}]}}"
    return f"{HEADER}Resources: {text}"


def test_loops_inside_each_other_end_at_the_bound() -> None:
    assert len(read(nested(limits.LOOP_DEPTH, 2)).keys) == 2**limits.LOOP_DEPTH
    estate = read(nested(limits.LOOP_DEPTH + 1, 1))
    assert estate.keys == ()
    assert [problem.reason for problem in estate.problems] == ["Fn::ForEach::L5 is inside of 5 others"]


@in_its_own_time
def test_loops_that_multiply_end_at_the_bound() -> None:
    started = time.process_time()
    estate = read(nested(5, 40))
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"loops that make more than {limits.LOOP_NODES} values; --limit loop-nodes=N raises this"
    ]


@pytest.mark.parametrize("body", ["!Sub '%s'", "'%s'"])
def test_long_texts_that_multiply_end_at_the_bound(body: str) -> None:
    value, text = "x" * 20_000, "${N}" * 1_000
    started = time.process_time()
    estate = read(
        f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [{value}], {{K: {{Type: 'AWS::KMS::Key',"
        f" Properties: {{Description: {body % text}}}}}}}]"
    )
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"loops that make more than {limits.LOOP_NODES} values; --limit loop-nodes=N raises this"
    ]


def test_a_long_body_for_many_elements_ends_at_the_bound() -> None:
    names = ", ".join(f"a{number}" for number in range(5_000))
    started = time.process_time()
    estate = read(
        f"{HEADER}Resources:\n  Fn::ForEach::L: [N, [{names}], {{'K${{N}}': {{Type: 'AWS::KMS::Key',"
        f" Properties: {{Description: '{'{' * 100_000}'}}}}}}]"
    )
    assert time.process_time() - started < 5
    assert [problem.reason for problem in estate.problems] == [
        f"loops that make more than {limits.LOOP_NODES} values; --limit loop-nodes=N raises this"
    ]


# --- cfn-lint ----------------------------------------------------------------------------------------------


def by_cfn_lint(text: str) -> Any:
    from cfnlint.decode.cfn_yaml import loads
    from cfnlint.template import Template
    from cfnlint.template.transforms._language_extensions import language_extension

    matches, template = language_extension(Template("t.yaml", loads(text), ["us-east-1"]))
    assert matches == []
    return json.loads(json.dumps(template))


@pytest.mark.parametrize("seed", range(RANDOM_TEMPLATES))
def test_loops_are_written_out_as_cfn_lint_does(seed: int) -> None:
    template = LoopGenerator(seed).template()
    text = json.dumps(template)
    ours, problems = written_out(text)
    assert [problem.reason for problem in problems] == []
    mappings = template["Mappings"]
    theirs = by_cfn_lint(text)
    for section in ("Conditions", "Resources", "Outputs"):
        assert resolved(ours[section], mappings) == resolved(theirs[section], mappings)
