"""Policy variables, and what stands in their place.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import pytest

from kmslint.access.situation import RequestContext, Situation
from kmslint.access.variables import has_variables, leftovers, policy_variables, substitute
from kmslint.values import Hole, HoleKind, text
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from kmslint.wildcard import covers
from plain_policies import HERE, KEY, accounts_of, action_of, caller_of, words


def situation(caller: str = "role/Dev") -> Situation:
    return Situation(caller_of(caller), action_of("kms:Decrypt"), KEY, accounts_of())


def request_with(**carried: str) -> Situation:
    """A request by the user Ann; several values of a key stand one to a word."""
    values = {f"aws:{name}": tuple(text(one, HERE) for one in given.split()) for name, given in carried.items()}
    return situation("user/Ann")._replace(context=RequestContext(values))


@pytest.mark.parametrize(
    ("plain", "answer"),
    [
        ("${aws:username}", True),
        ("home/${*}", True),
        ("<own>", False),
        ("<own>/x/<region>", False),
        ("<own>/${aws:username}", True),
        ("${aws:username}/<own>", True),
        ("x", False),
        ("$x{y}", False),
        ("", False),
    ],
)
def test_where_there_are_variables(plain: str, answer: bool) -> None:
    assert has_variables(words(plain)) is answer


@pytest.mark.parametrize(
    ("plain", "variables", "left"),
    [
        ("${aws:username}", ["${aws:username}"], []),
        ("${aws:PrincipalTag/a, 'none'}", ["${aws:PrincipalTag/a, 'none'}"], []),
        ("a${*}b${?}${$}", ["${*}", "${?}", "${$}"], []),
        # CloudFormation's and Terraform's, that nobody has put a value for.
        ("${AWS::AccountId}", [], ["${AWS::AccountId}"]),
        ("${Name}/${aws:username}/${var.name}", ["${aws:username}"], ["${Name}", "${var.name}"]),
        ("${Name, 'a:b'}", [], ["${Name, 'a:b'}"]),
        ("<own>/${aws:username}/<region>/${Name}", ["${aws:username}"], ["${Name}"]),
        ("a:b", [], []),
    ],
)
def test_whose_variables_they_are(plain: str, variables: list[str], left: list[str]) -> None:
    assert list(policy_variables(words(plain))) == variables
    assert list(leftovers(words(plain))) == left


@pytest.mark.parametrize(
    ("plain", "replaced"),
    [
        ("home/${aws:username}/x", "home/Ann/x"),
        ("${AWS:UserName}", "Ann"),
        ("${aws:username}${aws:PrincipalType}", "AnnUser"),
        ("${aws:PrincipalTag/team, 'none'}", "none"),
        ("${aws:username, 'none'}", "Ann"),
        ("${ aws:PrincipalTag/team , 'no team' }/x", "no team/x"),
        ("${aws:PrincipalTag/team, ''}x", "x"),
        ("${$}{x}", "${x}"),
        ("${aws:PrincipalTag/team}", None),
        ("home/${aws:PrincipalTag/team}/${aws:username}", None),
        ("plain", "plain"),
    ],
)
def test_what_comes_in_the_place_of_a_variable(plain: str, replaced: str | None) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-default-values"""
    found = substitute(words(plain), request_with())
    assert (None if found is None else found.literal) == replaced


@pytest.mark.parametrize(
    ("pattern", "team", "asked", "verdict"),
    [
        ("${aws:PrincipalTag/team}", "*", "x", NO),
        ("${aws:PrincipalTag/team}", "*", "*", YES),
        ("a${aws:PrincipalTag/team}c", "?", "abc", NO),
        ("a${aws:PrincipalTag/team}*", "b", "abc", YES),
        ("${*}", "b", "x", NO),
        ("${*}", "b", "*", YES),
        ("${?}", "b", "?", YES),
        ("${?}", "b", "b", NO),
        ("${aws:PrincipalTag/other, '*'}", "b", "x", NO),
        ("${aws:PrincipalTag/other, '*'}", "b", "*", YES),
    ],
)
def test_a_value_is_no_pattern(pattern: str, team: str, asked: str, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars"""
    found = substitute(words(pattern), request_with(**{"principaltag/team": team}))
    assert found is not None
    assert covers(found, words(asked)) is verdict


@pytest.mark.parametrize(
    ("caller", "plain", "replaced"),
    [
        ("user/Ann", "<own>/${aws:username}/<region>", "<own>/Ann/<region>"),
        ("user/a<Suffix>", "x/${aws:username}", "x/a<Suffix>"),
        ("user/<Name>", "x/${aws:username}", "x/<Name>"),
        ("role/Dev", "${aws:PrincipalType}-<region>", "AssumedRole-<region>"),
        ("444455556666 role/Dev", "<own>${aws:PrincipalAccount}", "<own>444455556666"),
    ],
)
def test_what_a_template_leaves_open_stays_open(caller: str, plain: str, replaced: str) -> None:
    assert substitute(words(plain), situation(caller)) == words(replaced)


@pytest.mark.parametrize(
    ("caller", "variable"),
    [
        ("role/Dev", "aws:SourceVpce"),
        ("role/Dev", "aws:userid"),
        ("some user", "aws:username"),
        ("anybody", "aws:PrincipalOrgID"),
        ("<deployer>", "aws:PrincipalArn"),
    ],
)
def test_what_the_request_decides_is_not_known(caller: str, variable: str) -> None:
    """It is the same wherever it stands in the policy, and not what a template calls by that name."""
    found = substitute(words(f"x/${{{variable}}}"), situation(caller))
    again = substitute(words(f"x/${{{variable}}}"), situation(caller))
    assert found is not None
    assert again is not None
    assert found.parts == ("x/", Hole(HoleKind.EXPRESSION, variable, scope="request"))
    assert covers(found, again) is YES
    assert covers(found, words("x/y")) is UNKNOWN
    assert covers(found, words("z")) is NO


def test_a_key_of_several_values_is_no_variable() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse"""
    found = substitute(words("${aws:TagKeys}"), request_with(tagkeys="a b"))
    assert found is not None
    assert found.parts == (Hole(HoleKind.EXPRESSION, "aws:TagKeys", scope="request"),)
    one = substitute(words("${aws:TagKeys}"), request_with(tagkeys="a"))
    assert one is not None
    assert one.literal == "a"
