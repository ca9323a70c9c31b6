"""The pictures of keys: what is in them, what is not, and that no text in them acts."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_texts import PIECES, TEXTS
from kmslint.access.matrix import Answer
from kmslint.engine.outcome import Outcome
from kmslint.key_access import key_access
from kmslint.lint import lint
from kmslint.report.mermaid import MOST_CHARACTERS, MOST_LINES, Drawn, draw
from kmslint.report.picture import Line, Point, Shape, Way, ways
from kmslint.report.sanitise import mermaid_text, safe_text
from mermaid_texts import MERMAID, drawn_by_mermaid, read

KEY = Point(Shape.KEY, ("Key",))


def ways_of(*texts: str) -> tuple[Way, ...]:
    """A way with such texts in all its places."""
    points = [Point(shape, texts) for shape in (Shape.PRINCIPAL, Shape.ALLOW, Shape.KEY)]
    deny = Point(Shape.DENY, texts, ("KMS201",))
    lines = [Line(points[0], points[1], Answer.UNKNOWN, texts[0]), Line(points[1], points[2], Answer.NO, "")]
    return (Way(texts, (*lines, Line(points[0], deny, Answer.CONDITIONAL, texts[-1]))),)


def pictures_of(tmp_path: Path, statements: list[object], **roles: object) -> tuple[str, Outcome]:
    """The picture of a key with such statements beside such roles."""
    resources: dict[str, object] = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": statements}}},
        **{name: {"Type": "AWS::IAM::Role", "Properties": role} for name, role in roles.items()},
    }
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"Resources": resources}, indent=1), encoding="utf-8")
    outcome = lint([str(file)])
    (estate,) = outcome.estates
    return draw(ways(key_access(estate.keys[0], estate), outcome.findings)).text, outcome


def allow(sid: str, action: str, principal: object = None, **rest: object) -> dict[str, object]:
    who = {} if principal is None else {"Principal": principal}
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*", **who, **rest}


def role(*statements: object) -> dict[str, object]:
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    return {"Policies": policies}


ACCOUNT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}


def arn(name: str) -> object:
    return {"AWS": {"Fn::GetAtt": [name, "Arn"]}}


def test_a_delegated_permission_goes_through_both_policies(tmp_path: Path) -> None:
    text, _ = pictures_of(tmp_path, [allow("Iam", "kms:*", ACCOUNT)], Dev=role(allow("Use", "kms:Decrypt")))
    nodes, edges = read(text)
    numbers = {node.split("\n")[0]: f"n{number}" for number, node in enumerate(nodes, 1)}
    assert set(numbers) == {"root user", "role Dev", 'Allow "Iam"', 'Allow "Use"', "Key"}
    own, of_key = numbers['Allow "Use"'], numbers['Allow "Iam"']
    for line in (
        f'{numbers["role Dev"]} -->|"kms:Decrypt"| {own}',
        f"{own} --> {of_key}",
        f"{of_key} --> {numbers['Key']}",
    ):
        assert f"  {line}\n" in text
    assert sorted(edges) == ["everything", "kms:Decrypt"]
    assert [node for node in nodes if "key policy" in node] == ['Allow "Iam"\nkey policy\nline 9']


def test_a_permission_without_effect_ends_before_the_key(tmp_path: Path) -> None:
    use = {**allow("Use", "kms:Decrypt"), "Resource": {"Fn::GetAtt": ["Key", "Arn"]}}
    text, outcome = pictures_of(tmp_path, [allow("Only", "kms:*", arn("Admin"))], Admin=role(), Dev=role(use))
    assert "KMS301" in {finding.rule_id for finding in outcome.findings}
    (node,) = [node for node in read(text).nodes if node.startswith('Allow "Use"')]
    assert node.endswith("\nKMS301")
    number = read(text).nodes.index(node) + 1
    assert f"  n{number} --x n" in text
    assert re.search(rf"class (n\d+,)*n{number}(,n\d+)* found\n", text)


def test_a_deny_ends_the_way(tmp_path: Path) -> None:
    deny = {**allow("No", "kms:Decrypt", arn("Dev")), "Effect": "Deny"}
    text, _ = pictures_of(
        tmp_path, [allow("Iam", "kms:*", ACCOUNT), allow("Use", "kms:Decrypt", arn("Dev")), deny], Dev=role()
    )
    (number,) = [number for number, node in enumerate(read(text).nodes, 1) if node.startswith('Deny "No"')]
    assert f'--x|"decrypt"| n{number}\n' in text
    assert f"  n{number} -" not in text
    assert f"class n{number} deny" in text


def test_conditions_are_named(tmp_path: Path) -> None:
    test = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    text, _ = pictures_of(tmp_path, [allow("S3", "kms:Decrypt", arn("Dev"), Condition=test)], Dev=role())
    assert read(text).edges == ["kms:Decrypt only through Amazon S3 in us-east-1"]
    assert "-.->" not in text


def test_what_is_not_known_is_dashed(tmp_path: Path) -> None:
    unknown = {"AWS": {"Fn::ImportValue": "x"}}
    text, _ = pictures_of(tmp_path, [allow("Some", "kms:Encrypt", unknown)], Dev=role())
    assert "  n2 -.-> n3\n" in text
    assert "-->" not in text


def test_principals_with_the_same_ways_stand_together(tmp_path: Path) -> None:
    roles = {f"Role{number}": role() for number in range(9)}
    named = {"AWS": [{"Fn::GetAtt": [name, "Arn"]} for name in roles]}
    text, _ = pictures_of(tmp_path, [allow("All", "kms:Decrypt", named)], **roles)
    first = read(text).nodes[0].split("\n")
    assert first == [*(f"role Role{number}" for number in range(6)), "and 3 more"]


def many_ways(number: int, text: str = "") -> tuple[Way, ...]:
    starts = [Point(Shape.PRINCIPAL, (f"role {each}{text}",)) for each in range(number)]
    return tuple(Way((start.lines[0],), (Line(start, KEY, Answer.YES, "decrypt"),)) for start in starts)


def test_a_picture_has_at_most_so_many_lines() -> None:
    drawn = draw(many_ways(MOST_LINES + 7))
    assert len(read(drawn.text).edges) == MOST_LINES
    assert drawn.left_out == 7


def test_a_picture_has_at_most_so_many_characters() -> None:
    drawn = draw(many_ways(MOST_LINES, "鍵" * 1000))
    assert len(drawn.text) <= MOST_CHARACTERS
    assert drawn.left_out + len(read(drawn.text).edges) == MOST_LINES


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw(()) == Drawn("", 0)


def test_ways_with_findings_have_the_room_first(tmp_path: Path) -> None:
    roles = {f"R{number}": role() for number in range(3)}
    roles["Late"] = role({**allow("Use", "kms:Decrypt"), "Resource": {"Fn::GetAtt": ["Key", "Arn"]}})
    statements = [allow("K0", "kms:*", arn("R0")), *(allow(f"K{n}", "kms:Encrypt", arn(f"R{n}")) for n in (1, 2))]
    _, outcome = pictures_of(tmp_path, [*statements], **roles)
    (estate,) = outcome.estates
    all_ways = ways(key_access(estate.keys[0], estate), outcome.findings)
    order = [name for way in all_ways for name in way.principals]
    assert [way.found for way in all_ways] == sorted((way.found for way in all_ways), reverse=True)
    assert order.index("role Late") < order.index("role R1") < order.index("role R2")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("role Dev, arn:aws:iam::111122223333:role/a-b", "role Dev, arn:aws:iam::111122223333:role/a-b"),
        ('a"b`c`_d_*e*', "a#34;b#96;c#96;#95;d#95;#42;e#42;"),
        ("#quot; #35; %%{init} $$$x", "#35;quot#59; #35;35#59; #37;#37;#123;init#125; #36; #36; #36;x"),
        ("- a", "#45; a"),
        (" a", "#32;a"),
        ("1. a 1.2", "1#46; a 1.2"),
        ("https://a www.a fa:fa-a", "https#58;//a www#46;a fa: fa-a"),
        ("<b>\n鍵\u202e", "#60;b#62;#92;x0a鍵#92;u202e"),
    ],
)
def test_mermaid_text(text: str, written: str) -> None:
    assert mermaid_text(text) == written


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_a_hostile_text_stays_a_text(texts: list[str]) -> None:
    nodes, edges = read(draw(ways_of(*texts)).text)
    written = "\n".join(map(shown, texts))
    assert nodes == [written, written, written, f"{written}\nKMS201"]
    assert edges == [shown(text) for text in (texts[0], texts[-1]) if text]


def shown(text: str) -> str:
    """A text as it stands in a picture: blanks part what would be a formula or an icon."""
    return re.sub(r"\$(?=\$)", "$ ", safe_text(text)).replace(":fa-", ": fa-")


@pytest.mark.skipif(not MERMAID, reason="KMSLINT_MERMAID does not name a directory with mermaid and jsdom")
def test_mermaid_draws_hostile_texts_as_they_are(tmp_path: Path) -> None:
    chance = random.Random(7)
    texts = [*PIECES, *("".join(chance.choices(PIECES, k=4)) for _ in range(60))]
    pictures = [draw(ways_of(f"a {text} z")).text for text in texts]
    for picture, drawn in zip(pictures, drawn_by_mermaid(pictures, tmp_path), strict=True):
        assert drawn == read(picture)
