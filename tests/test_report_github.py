"""Annotations by GitHub's workflow commands."""

from __future__ import annotations

import pytest

from kmslint.location import Location, Source
from kmslint.report import render
from kmslint.report.options import Options
from reports import BROKEN, EVERYBODY, MISCHIEF, OPEN, PUBLIC, TWO_HALVES, outcome


def commands(*findings: object, errors: tuple[str, ...] = ()) -> list[str]:
    return render("github", outcome(*findings, errors=errors), Options()).splitlines()  # type: ignore[arg-type]


COMMANDS = [
    pytest.param(
        TWO_HALVES,
        "::error file=stacks/app.yaml,line=5,endLine=5,col=18,endColumn=29,"
        "title=KMS301 iam-allow-without-delegation::role Dev may not use key Key: its IAM policy allows "
        "kms:Decrypt, but the key policy does not delegate%0Astacks/keys.yaml:2: Key names only role Sec, here",
        id="a related place is a line of the message",
    ),
    pytest.param(
        OPEN,
        "::notice file=stacks/keys.yaml,line=2,endLine=2,col=1,endColumn=4,title=KMS001 policy-not-resolved::"
        "cannot decide Key: parameter Admin is not set",
        id="an undecided key is a notice",
    ),
    pytest.param(
        PUBLIC.finding(Location(Source("a,b:c%.tf", "one\ntwo\n"), 0, 7), "m", "r"),
        "::error file=a%2Cb%3Ac%25.tf,line=1,endLine=2,title=KMS201 public-key::m",
        id="no columns over several lines, and a path with everything that ends a property",
    ),
    pytest.param(
        MISCHIEF,
        "::error file=weırd dir/a%3Ab%0A%3A%3Aerror%3A%3Ax %2541#?.tf,line=1,endLine=1,col=15,endColumn=17,"
        "title=KMS201 public-key::role a]\\x0a::error::x\\x1b[2J ##\\x5berror]y [here](1) {0} ${AWS::AccountId} "
        "%250A may use the key%0Aweırd dir/a:b\\x0a::error::x %2541#?.tf:3: a [link](javascript:1) \\ \\u2028 "
        "::error::x%0A../gone.tf:1: not here",
        id="mischief, and a path with a line end in it",
    ),
]


@pytest.mark.parametrize(("finding", "command"), COMMANDS)
def test_command(finding: object, command: str) -> None:
    assert commands(finding) == [command]


def test_the_worst_come_first_and_none_is_left_out() -> None:
    lines = commands(OPEN, TWO_HALVES, BROKEN, EVERYBODY, errors=("rule KMS9 failed\n::x",))
    assert lines[0] == "::error title=kmslint::rule KMS9 failed\\x0a::x"
    assert [line.split("title=")[1][:6] for line in lines[1:]] == ["KMS201", "KMS301", "KMS000", "KMS001"]
