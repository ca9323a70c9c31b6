"""Policies in every shape they are written in: what is read, where it stands, and what AWS would refuse.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re

import pytest

from kmslint.limits import POLICY_CHARACTERS
from kmslint.location import Excerpt, Location, Source
from kmslint.model.policy import Document, Effect, PrincipalType, Statement
from kmslint.model.policy import Test as ConditionTest
from kmslint.model.read_policy import read_policy
from kmslint.values import (
    ALWAYS,
    Encoded,
    Field,
    Fields,
    Guard,
    Hole,
    HoleKind,
    Items,
    Part,
    Piece,
    Text,
    Unknown,
    Value,
    join,
    text,
    unknown,
)
from plain_policies import HERE, OWN, Plain, document, value, words

ACCOUNT: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}


def statement(members: Plain) -> Statement:
    return document([members]).statements[0]


def read(spelt: Value) -> Document:
    found = read_policy(spelt)
    assert isinstance(found, Document), found
    return found


def unread(spelt: Value) -> Unknown:
    found = read_policy(spelt)
    assert isinstance(found, Unknown), found
    return found


def embedded(file: str, start: str = "<<<", end: str = ">>>") -> Text:
    """The text between two marks of a file, `${name}` as holes, each character tied to its place."""
    source = Source("main.tf", file)
    first, last = file.index(start) + len(start), file.index(end)
    pieces: list[Piece] = []
    parts: list[Part] = []
    for match in re.finditer(r"\$\{(\w+)\}|(?:(?!\$\{\w+\}).)+", file[first:last], re.DOTALL):
        if match[1]:
            hole = Hole(HoleKind.PARAMETER, match[1])
            pieces.append(hole)
            parts.append(hole)
        else:
            begin = first + match.start()
            pieces.append(Excerpt(source, match[0], range(begin, begin + len(match[0]) + 1)))
            parts.append(match[0])
    return join(parts, Location(source, first, last), tuple(pieces))


def spot(at: Location) -> str:
    """`3:5 "text"`."""
    return f"{at.region.line}:{at.region.column} {at.source.text[at.start : at.end]}"


HEREDOC = """\
policy = <<<{
  "Version": "2012-10-17",
  "Statement": [{
    "Sid": "鍵 \\u006b",
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::${account}:root", "${admin}"]},
    "Action": "kms\\u003a*", "Resource": ${resource},
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}}
  }]
}>>>
"""


def test_json_text_with_holes_keeps_every_place() -> None:
    whole = read(embedded(HEREDOC))
    (found,) = whole.statements
    assert spot(whole.at).startswith("1:13 {")
    assert spot(found.at).startswith("3:17 {")
    assert spot(found.header) == '4:12 "鍵 \\u006b"'
    assert found.sid == "鍵 k"
    account, admin = found.principals or ()
    assert spot(account.at) == '6:27 "arn:aws:iam::${account}:root"'
    assert str(account.value) == "arn:aws:iam::${account}:root"
    assert spot(admin.at) == '6:59 "${admin}"'
    (action,) = found.actions or ()
    assert (str(action), spot(action.at)) == ("kms:*", '7:15 "kms\\u003a*"')
    (resource,) = found.resources or ()
    assert isinstance(resource, Unknown)
    assert resource.hole.label == "resource"
    assert (resource.at.region.line, resource.at.region.column) == (7, 41)
    (test,) = found.conditions
    assert isinstance(test, ConditionTest)
    assert spot(test.at) == '8:28 "aws:MultiFactorAuthPresent": true'
    assert spot(test.values[0].at) == "8:58 true"


@pytest.mark.parametrize(
    ("written", "label", "line", "column"),
    [
        ('x\n<<<{"Statement": [}>>>', "policy text is not JSON: expected a value", 2, 19),
        ("<<<{'Statement': []}>>>", "policy text is not JSON: expected a member name in double quotes", 1, 5),
        ("<<<{}{}>>>", "policy text is not JSON: expected the end of the JSON text", 1, 6),
        ('<<<"arn">>>', "policy text is not a JSON map", 1, 4),
        ("<<<7>>>", "policy text is not a JSON map", 1, 4),
        ("<<<[{}]>>>", "policy is a list, not a map", 1, 4),
        ('<<<{"Statement": "\U00100000"}>>>', "policy text with private-use characters", 1, 4),
        ("<<<{" + '"a":[' * 150 + ">>>", "policy text is not JSON: ", 1, None),
        (f"<<<{'x' * (POLICY_CHARACTERS + 1)}>>>", f"policy text over {POLICY_CHARACTERS} characters", 1, 4),
    ],
)
def test_text_that_is_no_policy_says_why_and_where(written: str, label: str, line: int, column: int | None) -> None:
    found = unread(embedded(written))
    assert found.hole.kind is HoleKind.UNREADABLE
    assert found.hole.label.startswith(label)
    assert found.at.region.line == line
    assert column in (None, found.at.region.column)


def test_broken_text_with_holes_is_unknown_and_not_broken() -> None:
    """What stands in the hole may be what is missing."""
    assert unread(embedded('<<<{"Statement": [${rest}>>>')).hole == Hole(HoleKind.PARAMETER, "rest")


@pytest.mark.parametrize("whole", [words("<Policy>"), unknown("Policy", HERE)])
def test_a_policy_that_is_one_hole(whole: Value) -> None:
    assert unread(whole).hole.label == "Policy"


@pytest.mark.parametrize("plain", ["", " \n", None])
def test_an_empty_policy_is_the_default_one(plain: Plain) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""
    (only,) = read(value(plain)).statements
    assert (only.effect, [str(each) for each in only.actions or ()]) == (Effect.ALLOW, ["kms:*"])
    (principal,) = only.principals or ()
    assert isinstance(principal.value, Text)
    assert principal.value.holes[0].kind is HoleKind.OWN_ACCOUNT


@pytest.mark.parametrize(
    "spelt",
    [
        value({"Version": "2012-10-17", "Statement": [ACCOUNT]}),
        value({"Version": "2012-10-17", "Statement": ACCOUNT}),
        value({"Version": "2012-10-17", "Statement": [[ACCOUNT]]}),
        value({"Version": "2012-10-17", "Statement": [None, ACCOUNT]}),
        value({"Version": "2012-10-17", "Statement": [{name: [member] if isinstance(member, str) and name != "Effect"
                                                       else member for name, member in ACCOUNT.items()}]}),
        Encoded(value({"Version": "2012-10-17", "Statement": [ACCOUNT]}), HERE),
        text(json.dumps({"Version": "2012-10-17", "Statement": [ACCOUNT]}), HERE),
        text(json.dumps({"Version": "2012-10-17", "Statement": ACCOUNT}), HERE),
    ],
)  # fmt: skip
def test_every_spelling_is_the_same_policy(spelt: Value) -> None:
    (only,) = read(spelt).statements
    assert only.effect is Effect.ALLOW
    assert [(each.type, str(each.value)) for each in only.principals or ()] == [(PrincipalType.AWS, OWN)]
    assert [str(each) for each in only.actions or ()] == ["kms:*"]
    assert [str(each) for each in only.resources or ()] == ["*"]
    assert not only.malformed
    assert not only.literal_variables


def test_a_json_value_in_a_text_keeps_what_it_is() -> None:
    """`"${jsonencode(x)}"` beside other text: Terraform's value, not its spelling."""
    inner = Encoded(value({"Statement": [ACCOUNT]}), HERE)
    assert len(read(Text((Hole(HoleKind.EXPRESSION, "jsonencode(...)"),), HERE, pieces=(inner,))).statements) == 1


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"Effect": "allow"}, "Effect is neither Allow nor Deny"),
        ({}, "Effect is neither Allow nor Deny"),
        ({"Effect": ["Allow"]}, "Effect is neither Allow nor Deny"),
        ({"Effect": "Allow", "Principal": "arn:aws:iam::111122223333:root"}, "Principal is a text other than *"),
        ({"Effect": "Allow", "Principal": []}, "Principal is not a map"),
        ({"Effect": "Allow", "NotPrincipal": [OWN]}, "NotPrincipal is not a map"),
        ({"Effect": "Allow", "Principal": {"aws": OWN}}, "Principal has a member aws, which AWS does not know"),
        ({"Effect": "Allow", "Principal": {"AWS": {"a": "b"}}}, "Principal.AWS is neither a text nor a list"),
        ({"Effect": "Allow", "Action": {"a": "b"}}, "Action is neither a text nor a list"),
        ({"Effect": "Allow", "Action": [["kms:*"]]}, "an entry of Action is not a text"),
        ({"Effect": "Allow", "Condition": "x"}, "Condition is not a map"),
        ({"Effect": "Allow", "Condition": {"Bool": "x"}}, "the members of Bool are not condition keys"),
    ],
)
def test_what_is_misshapen_is_noted(members: Plain, what: str) -> None:
    assert [flaw.what for flaw in statement(members).malformed] == [what]


@pytest.mark.parametrize(
    ("plain", "what"),
    [({"Version": "2012-10-17"}, "no Statement"), ({"Statement": ["x"]}, "a statement is a text, not a map")],
)
def test_what_is_misshapen_in_the_document(plain: Plain, what: str) -> None:
    assert [flaw.what for flaw in read(value(plain)).malformed] == [what]


def test_a_statement_that_is_null_is_none() -> None:
    """AWS refuses `"Statement": null`."""
    assert read(value({"Statement": None})).malformed


@pytest.mark.parametrize(
    ("members", "elements"),
    [
        ({"Action": ["kms:Decrypt", "<<More>>", "kms:<Verb>", None]}, ["kms:Decrypt", "${More}", "kms:${Verb}"]),
        ({"Action": "<<Actions>>"}, ["${Actions}"]),
        ({"Action": []}, []),
        ({"Action": None}, None),
        ({}, None),
        ({"Action": 5}, ["5"]),
    ],
)
def test_elements(members: Plain, elements: list[str] | None) -> None:
    found = statement(members).actions
    assert (None if found is None else [str(element) for element in found]) == elements


def test_an_unknown_list_may_be_any_number_of_elements() -> None:
    (only,) = statement({"Action": "<<Actions>>"}).actions or ()
    assert isinstance(only, Unknown)
    assert only.spread


DUPLICATES = {
    "Effect": ('"Deny"', '"Allow"'),
    "Condition": ('{"Bool": {"aws:MultiFactorAuthPresent": "true"}}', "{}"),
    "Action": ('"kms:*"', '"kms:Decrypt"'),
    "Principal": ('"*"', '{"AWS": "444455556666"}'),
    "Sid": ('"A"', '"B"'),
}


def of_one_statement(*members: str) -> Document:
    return read(text(f'{{"Statement": {{{", ".join(members)}}}}}', HERE))


def told(one: Statement) -> object:
    """A statement without its places."""
    return one.sid, one.effect, list(map(str, one.actions or ())), len(one.principals or ()), len(one.conditions)


@pytest.mark.parametrize("name", DUPLICATES)
def test_of_two_members_of_one_name_either_may_count(name: str) -> None:
    """Readers of JSON would take the last one, and nothing would be said of the first."""
    members = [f'"{name}": {value}' for value in DUPLICATES[name]]
    found = of_one_statement(*members)
    alone = [of_one_statement(member).statements[0] for member in members]
    assert list(map(told, found.statements)) == list(map(told, alone))
    condition = f'the first "{name}" (line 1) counts'
    assert [one.guards for one in found.statements] == [{Guard(condition, True)}, {Guard(condition, False)}]
    assert [(one.name, one.path) for one in found.duplicates] == [(name, "Statement")]


def test_of_three_members_of_one_name_the_first_or_the_last_counts() -> None:
    found = of_one_statement('"Action": "a:A"', '"Action": "b:B"', '"Action": "c:C"')
    assert [str(action) for one in found.statements for action in one.actions or ()] == ["a:A", "c:C"]
    assert len(found.duplicates) == 2


def test_members_that_say_the_same_twice_are_no_question() -> None:
    found = of_one_statement('"Effect": "Allow"', '"Action": ["a:A"]', '"Effect": "Allow"', '"Action": ["a:A"]')
    (only,) = found.statements
    assert only.guards == ALWAYS
    assert [one.name for one in found.duplicates] == ["Effect", "Action"]


def test_what_a_text_means_hangs_on_the_version_that_counts() -> None:
    found = read(text('{"Version": "2008-10-17", "Version": "2012-10-17", "Statement": {"Effect": "Deny"}}', HERE))
    assert [one.literal_variables for one in found.statements] == [True, False]


@pytest.mark.parametrize(
    "spelt",
    [
        {"<Name>": "Deny", **ACCOUNT},
        {"Effect": "Allow", "<Name>": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"},
        {**ACCOUNT, "Condition": {"StringEquals": "<<Tests>>"}},
    ],
)
def test_a_member_with_an_unknown_name_may_be_anything(spelt: Plain) -> None:
    """The Condition, or the Principal."""
    found = document([spelt])
    assert found.unseen or any(isinstance(test, Unknown) for each in found.statements for test in each.conditions)


def test_an_operator_with_an_unknown_name_is_unknown_and_not_misshapen() -> None:
    """Nothing is wrong with a policy whose operator is a variable."""
    found = statement({**ACCOUNT, "Condition": {"<Operator>": {"aws:PrincipalType": "User"}}})
    assert [isinstance(test, Unknown) for test in found.conditions] == [True]
    assert not found.malformed


def test_json_text_in_the_place_of_an_element_is_a_text() -> None:
    """`Resource = jsonencode("*")` is not a Resource that is absent."""
    fields = Fields((Field(words("Effect"), words("Allow")), Field(words("Resource"), Encoded(words("*"), HERE))), HERE)
    (only,) = read(Fields((Field(words("Statement"), fields),), HERE)).statements
    assert only.resources or only.malformed


@pytest.mark.parametrize("as_list", [True, False])
def test_json_text_in_the_place_of_a_statement_is_a_text(as_list: bool) -> None:
    """`Statement = [jsonencode({...})]` is a text in a text, which AWS refuses."""
    encoded: Value = Encoded(value(ACCOUNT), HERE)
    spelt = Items((encoded,), HERE) if as_list else encoded
    found = read(Fields((Field(words("Statement"), spelt),), HERE))
    assert found.statements == ()
    assert [each.what for each in found.malformed] == ["a statement is a text, not a map"]


def test_a_principal_from_a_map_that_is_not_seen_may_be_anybody() -> None:
    """`merge({AWS = "..."}, var.more)`."""
    whom = Fields((Field(words("AWS"), words(OWN)),), HERE, spread=(unknown("var.more", HERE),))
    fields = Fields((Field(words("Effect"), words("Allow")), Field(words("Principal"), whom)), HERE)
    (only,) = read(Fields((Field(words("Statement"), fields),), HERE)).statements
    assert [each.type for each in only.principals or ()] == [PrincipalType.UNKNOWN, PrincipalType.AWS]


@pytest.mark.parametrize(
    ("spelt", "effect"),
    [("<Effect>", Effect.UNKNOWN), ("<<Effect>>", Effect.UNKNOWN), ("Deny", Effect.DENY), ("DENY", Effect.INVALID)],
)
def test_effect(spelt: str, effect: Effect) -> None:
    assert statement({"Effect": spelt}).effect is effect


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("StringEquals", "StringEquals aws:x v"),
        ("stringequalsignorecase", "StringEqualsIgnoreCase aws:x v"),
        ("ForAnyValue:stringlike", "ForAnyValue:StringLike aws:x v"),
        ("forallvalues:ArnEqualsIfExists", "ForAllValues:ArnEqualsIfExists aws:x v"),
        ("BoolIFEXISTS", "BoolIfExists aws:x v"),
        ("StringIs", "StringIs aws:x v"),
        ("ForSome:StringEquals", "ForSome:StringEquals aws:x v"),
        # The Kelvin sign is no k.
        ("StringLi\u212ae", "StringLi\u212ae aws:x v"),
    ],
)
def test_operators(written: str, read_as: str) -> None:
    (test,) = statement({"Condition": {written: {"aws:x": "v"}}}).conditions
    assert str(test) == read_as


def test_values_that_are_numbers_and_booleans() -> None:
    (test,) = statement({"Condition": {"Bool": {"aws:x": [True, 7]}}}).conditions
    assert isinstance(test, ConditionTest)
    assert [str(each) for each in test.values] == ["true", "7"]


@pytest.mark.parametrize(
    ("version", "literal"),
    [("2012-10-17", False), ("2008-10-17", True), (None, True), ("<Version>", False)],
)
def test_which_versions_have_variables(version: str | None, literal: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    whole: dict[str, Plain] = {"Statement": [ACCOUNT]}
    if version is not None:
        whole["Version"] = version
    assert [each.literal_variables for each in document(whole).statements] == [literal]


def test_an_empty_condition_is_none() -> None:
    empty: tuple[Plain, ...] = ({}, [], None)
    for plain in empty:
        assert statement({**ACCOUNT, "Condition": plain}).conditions == ()


def test_a_null_among_conditions_is_absent() -> None:
    """`AWS::NoValue` takes the operator away."""
    assert statement({**ACCOUNT, "Condition": {"Bool": None}}).conditions == ()


def test_the_header_without_sid_is_the_first_member() -> None:
    found = read(embedded('<<<{"Statement": {"Effect": "Allow"}}>>>')).statements[0]
    assert spot(found.header) == '1:19 "Effect"'
    assert found.label == "number 1"
    assert statement({"Sid": "Root", **ACCOUNT}).label == '"Root"'
