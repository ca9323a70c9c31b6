"""What one template knows, as another one sees it."""

from __future__ import annotations

import pytest

from kmslint.cloudformation.elsewhere import at_home, elsewhere, names_in
from kmslint.location import Excerpt, Location, Source
from kmslint.model.estate import Call
from kmslint.values import Choice, Field, Fields, Guard, Hole, HoleKind, Items, Text, Unknown, Value, text

SOURCE = Source("own.yaml", "text")
AT = Location(SOURCE, 1, 3)


def hole(kind: HoleKind, label: str, scope: str = "", resource: str = "") -> Hole:
    return Hole(kind, label, scope, resource)


@pytest.mark.parametrize(
    ("known", "seen"),
    [
        (
            hole(HoleKind.RESOURCE, "Key.Arn", resource="Key"),
            hole(HoleKind.RESOURCE, "out.yaml:Key.Arn", resource="out.yaml:Key"),
        ),
        (
            hole(HoleKind.RESOURCE, "third.yaml:Key", resource="third.yaml:Key"),
            hole(HoleKind.RESOURCE, "third.yaml:Key", resource="third.yaml:Key"),
        ),
        (hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId"), hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId")),
        (
            hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId", resource="Role"),
            hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId", resource="out.yaml:Role"),
        ),
        (hole(HoleKind.PARTITION, "AWS::Partition"), hole(HoleKind.PARTITION, "AWS::Partition")),
        (hole(HoleKind.REGION, "AWS::Region"), hole(HoleKind.REGION, "AWS::Region")),
        (hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix"), hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix")),
        (hole(HoleKind.PARAMETER, "Env"), hole(HoleKind.PARAMETER, "Env", "out.yaml:")),
        (hole(HoleKind.PARAMETER, "Env", "N/"), hole(HoleKind.PARAMETER, "Env", "out.yaml:N/")),
        (hole(HoleKind.EXPRESSION, "Fn::ImportValue e"), hole(HoleKind.EXPRESSION, "Fn::ImportValue e")),
        (
            hole(HoleKind.EXPRESSION, "Fn::ImportValue ${X}", "a"),
            hole(HoleKind.EXPRESSION, "Fn::ImportValue ${X}", "out.yaml:a"),
        ),
        (hole(HoleKind.EXPRESSION, "Fn::Other"), hole(HoleKind.EXPRESSION, "Fn::Other", "out.yaml:")),
    ],
)
def test_a_hole_is_that_of_the_other_template(known: Hole, seen: Hole) -> None:
    assert elsewhere(known, "out.yaml") == seen
    assert elsewhere(Text((known, "x"), AT), "out.yaml") == Text((seen, "x"), AT)
    assert elsewhere(frozenset({known}), "out.yaml") == frozenset({seen})


def test_all_of_a_value_is_seen_from_there() -> None:
    own, seen = hole(HoleKind.PARAMETER, "P"), hole(HoleKind.PARAMETER, "P", "out.yaml:")

    def value(inner: Hole, prefix: str) -> Value:
        excerpt = Excerpt(SOURCE, "te", (0, 1, 2))
        choice = Choice(f"{prefix}C", Text((inner,), AT, pieces=(excerpt,)), Unknown(inner, AT), AT)
        return Fields((Field(text("a", AT), Items((choice,), AT)),), AT)

    found = elsewhere(value(own, ""), "out.yaml")
    assert found == value(seen, "out.yaml:")
    assert isinstance(found, Fields)
    assert found.at is AT
    assert elsewhere((Guard("C", True), None, 5), "out.yaml") == (Guard("out.yaml:C", True), None, 5)
    assert elsewhere(Call("N", AT), "out.yaml") == Call("N", AT)


def test_what_comes_home_has_its_own_names_again() -> None:
    known = (
        hole(HoleKind.RESOURCE, "home.yaml:Key", resource="home.yaml:Key"),
        hole(HoleKind.RESOURCE, "Key", resource="Key"),
        hole(HoleKind.RESOURCE, "Key:home.yaml:", resource="Key:home.yaml:"),
        hole(HoleKind.PARAMETER, "P", "home.yaml:N/"),
        hole(HoleKind.PARAMETER, "P", "N/"),
        hole(HoleKind.PARAMETER, "P", "N/home.yaml:"),
        Guard("home.yaml:C", True),
        Guard("C", True),
    )
    assert at_home(known, "home.yaml", "out.yaml") == (
        hole(HoleKind.RESOURCE, "Key", resource="Key"),
        hole(HoleKind.RESOURCE, "out.yaml:Key", resource="out.yaml:Key"),
        hole(HoleKind.RESOURCE, "Key:home.yaml:", resource="Key:home.yaml:"),
        hole(HoleKind.PARAMETER, "P", "N/"),
        hole(HoleKind.PARAMETER, "P", "out.yaml:N/"),
        hole(HoleKind.PARAMETER, "P", "out.yaml:N/home.yaml:"),
        Guard("C", True),
        Guard("out.yaml:C", True),
    )
    # Nowhere is nobody's home.
    assert at_home(Guard(":C", True), "", "out.yaml") == Guard("out.yaml::C", True)
    colon = hole(HoleKind.RESOURCE, ":Key", resource=":Key")
    assert at_home(colon, "", "out.yaml") == colon


def test_the_names_in_what_is_known() -> None:
    own = hole(HoleKind.RESOURCE, "Key", resource="Key")
    assert names_in(Text((own, "x", hole(HoleKind.PARAMETER, "P")), AT)) == {"Key", ""}
    assert names_in((frozenset({own}), "text", None)) == {"Key"}
    assert names_in(frozenset({(own,)})) == {"Key"}
    assert names_in(AT) == set()
    assert names_in("Key") == set()
