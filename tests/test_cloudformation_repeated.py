"""Places in the body of a loop, and files of the Serverless Framework."""

from __future__ import annotations

import pytest

from kmslint.cloudformation.repeated import Repeated, as_written, which_time
from kmslint.cloudformation.serverless_framework import framework_problem
from kmslint.location import Location, Source
from kmslint.syntax.yaml import read_yaml

FILE = Source("t.yaml", "one\ntwo\n", stack="N/")


def test_a_place_in_a_loop_in_a_loop() -> None:
    outer = Repeated(FILE, "A", "x")
    inner = Repeated(outer, "B", "y")
    for source, values in ((outer, (("A", "x"),)), (inner, (("A", "x"), ("B", "y")))):
        assert (source.path, source.text, source.stack, source.values) == ("t.yaml", "one\ntwo\n", "N/", values)
        at = Location(source, 4, 7)
        assert (at.line, as_written(at).source is FILE, as_written(at).start) == (2, True, 4)
        assert source.shown(4, 7) == "two"
    assert as_written(Location(FILE, 4, 7)) == Location(FILE, 4, 7)
    FILE.hide(4, 7)
    assert "two" not in inner.shown(4, 7)


def test_what_tells_one_time_from_another() -> None:
    at = Location(Repeated(Repeated(FILE, "A", "x"), "B", "y"), 0, 3)
    assert which_time(at) == "A = x, B = y"
    assert which_time(at, "${B}") == "B = y"
    assert which_time(at, "c") == ""
    assert which_time(Location(FILE, 0, 3), "A") == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("service: s\nprovider: {name: aws}\n", 1),
        ("provider: {name: aws}\nservice: s\n", 2),
        ("service: s\nprovider: aws\n", 1),
        ("service: s\nprovider: {name: '${opt:p}'}\n", 1),
        ("service: s\nprovider: '${file(p.yaml)}'\n", 1),
        ("service: s\nprovider: {stage: dev}\n", 1),
        ("service: s\nprovider: {name: google}\n", None),
        ("service: s\nprovider: google\n", None),
        ("service: s\n", None),
        ("provider: aws\n", None),
        ("- service\n- provider\n", None),
    ],
)
def test_a_file_of_the_serverless_framework(text: str, line: int | None) -> None:
    problem = framework_problem(read_yaml(Source("serverless.yml", text)).documents[0])
    assert (problem and problem.line) == line
    if problem is not None:
        assert problem.path == "serverless.yml"
        assert problem.reason.startswith("a file of the Serverless Framework is no template yet")
