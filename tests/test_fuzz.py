"""Inputs at random, a few hundred of each kind; `KMSLINT_FUZZ=10000` runs that many in all instead.

What is found so becomes a fixture, made small, with what has to be said of it, before it is mended.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import cache, partial
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("NO RANDOM INPUT WAS TRIED: they are run in forked processes", allow_module_level=True)

from fuzzing import judging, running
from fuzzing.inputs import File, Input, Value
from fuzzing.making import KINDS, made
from fuzzing.plain_yaml import plain_documents
from fuzzing.running import Result, Tally, Task, results
from fuzzing.sources import Pool, pool

from kmslint.engine.outcome import Outcome
from kmslint.lint import lint_text
from kmslint.location import Location, Source
from kmslint.report import FORMATS, render
from kmslint.report.options import Options

FUZZ = os.environ.get("KMSLINT_FUZZ", "")
SEED = os.environ.get("KMSLINT_SEED", "1")
EACH = 150
"""Inputs of each kind in every run."""
TREES = 50
"""Of those that are trees: they take the longest."""
KEY = b"Resources: {K: {Type: AWS::KMS::Key}}\n"


@cache
def sources() -> Pool:
    """Where mutants come from. What the processes need is loaded along with it, once for all."""
    for name, data in (("a.yaml", KEY), ("a.tf", b'resource "aws_kms_key" "k" {\n  policy = jsonencode({})\n}\n')):
        outcome = lint_text(name, data)
        for name_of_format in FORMATS:
            render(name_of_format, outcome, Options())
    return pool()


def run(numbers: range, kind: str | None) -> Tally:
    tally = Tally()
    for result in results(Task(numbers, partial(made, sources(), SEED, kind=kind))):
        tally.add(result)
    return tally


@pytest.mark.skipif(bool(FUZZ), reason="KMSLINT_FUZZ asks for more inputs, of all kinds")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks_it(kind: str) -> None:
    tally = run(range(TREES if kind == "tree" else EACH), kind)
    assert told(tally.wrong) == []
    assert tally.inputs >= TREES
    assert tally.ruled_out < {"config": 0.8, "tree": 0.3}.get(kind, 0.15), tally.became


@pytest.mark.skipif(not FUZZ, reason="NOT MANY RANDOM INPUTS: set KMSLINT_FUZZ to how many to try")
def test_nothing_of_many_breaks_it() -> None:
    tally = run(range(int(FUZZ or 0)), None)
    assert told(tally.wrong) == []
    assert tally.within(0.99) < 1
    assert tally.ruled_out < 0.2, tally.became


def told(wrong: list[Result]) -> list[str]:
    return [f"--seed {SEED} --only {one.number} ({one.kind}): {one.wrong}" for one in wrong]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_and_number_give_the_same_input(kind: str) -> None:
    inputs = [made(sources(), "7", number, kind) for number in range(20)]
    assert [made(sources(), "7", number, kind) for number in reversed(range(20))] == inputs[::-1]
    assert len({one.files for one in inputs}) > 15
    assert made(sources(), "8", 0, kind) != inputs[0]


def _of(what: str) -> Input:
    """Inputs that do something to whoever runs them."""
    return Input(what, "", (File("a.yaml", what.encode() + KEY),))


def _misbehave(one: Input, number: int, directory: Path | None = None) -> judging.Judged:
    """In place of kmslint."""
    del number, directory
    data = one.text.data
    if data.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGSEGV)
    while data.startswith(b"hang"):
        pass
    if data.startswith(b"eat"):
        return judging.Judged(judging.Became.KEYS, len(bytes(running.ADDRESS_SPACE)))
    if data.startswith(b"raise"):
        raise KeyError(data)
    return judging.Judged(judging.Became.KEYS)


def test_what_breaks_a_process_is_told_of_and_the_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = ("fine", "die", "fine", "hang", "raise", "eat", "fine")
    monkeypatch.setattr(running, "judged", _misbehave)
    monkeypatch.setattr(running, "CPU_SECONDS", 0.2)
    tally = Tally()
    for result in results(Task(range(len(ways)), lambda number: _of(ways[number]))):
        tally.add(result)
    assert tally.inputs == len(ways)
    assert [one.number for one in tally.wrong] == [1, 3, 4, 5]
    assert [one.wrong[0].split(":")[0] for one in tally.wrong] == [
        "the process ended with SIGSEGV",
        "the process ended with SIGPROF",
        "raised KeyError",
        "raised MemoryError",
    ]


def _judge(monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, outcome: Outcome) -> tuple[str, ...]:
    """What is said of an outcome that kmslint did not come to."""
    monkeypatch.setattr(judging, "lint_text", lambda *_: outcome)
    return judging.judged(Input("x", "", (File(name, data),)), 3).wrong


def test_what_does_not_hold_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An oracle that finds nothing wrong with anything would prove nothing."""
    whole = lint_text("a.yaml", KEY)
    empty = lint_text("a.yaml", b"Resources: {K: {Type: AWS::SNS::Topic}}\n")
    module = b'resource "aws_kms_key" "k" {\n}\n'
    (first, *_) = whole.findings
    outside = first._replace(at=Location(Source("a.yaml", "abc"), 2, 9))
    elsewhere = first._replace(at=Location(Source("b.yaml", "abc"), 2, 3))
    of_nothing = whole._replace(counts=whole.counts._replace(candidates=0))
    assert _judge(monkeypatch, "a.yaml", KEY, whole) == ()
    assert "the key K is not shown" in str(_judge(monkeypatch, "a.yaml", KEY, empty))
    assert "a resource that makes a key" in str(_judge(monkeypatch, "a.tf", module, empty))
    assert "outside its file" in str(_judge(monkeypatch, "a.yaml", KEY, whole._replace(findings=(outside,))))
    assert "in another file" in str(_judge(monkeypatch, "a.yaml", KEY, whole._replace(findings=(elsewhere,))))
    assert "is no candidate" in str(_judge(monkeypatch, "a.yaml", KEY, of_nothing))
    assert _judge(monkeypatch, "a.yaml", KEY, whole._replace(internal_errors=("x failed",))) == ("x failed",)


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("a: !Ref B\nb: !GetAtt C.D\n", [{"a": {"Ref": "B"}, "b": {"Fn::GetAtt": ["C", "D"]}}]),
        ("a: !Odd [1, yes]\n--- x\n", [{"a": {"Fn::Odd": ["1", "yes"]}}, "x"]),
        ("a: !!int x\n", [{"a": "x"}]),
        ("a: [\n", None),
        ("[" * 4000, None),
    ],
)
def test_another_reader_of_yaml(text: str, documents: list[Value] | None) -> None:
    assert plain_documents(text) == documents
