"""A file cut off anywhere: something is said, or nothing of a key is left in it. Never silence about half a key.

`KMSLINT_CUTS=all` cuts every fixture at every byte, which takes an hour, `KMSLINT_CUTS=2/8` the second eighth of that;
otherwise a sample is drawn, by KMSLINT_SEED.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from cases import FIXTURES
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint, lint_text
from kmslint.settings import Settings

CUTS = os.environ.get("KMSLINT_CUTS", "250")
SEED = os.environ.get("KMSLINT_SEED", "1")
ENDINGS = (".yaml", ".yml", ".json", ".tf", ".tf.json")
MODULES = (".tf", ".tf.json")
TYPES = (
    b"AWS::KMS::Key",
    b"AWS::KMS::ReplicaKey",
    b'"aws_kms_key"',
    b'"aws_kms_replica_key"',
    b'"aws_kms_external_key"',
)
"""What makes keys. A type that is cut in two makes none."""
MAKING = (b"Type: AWS::KMS::Key", b"Type: AWS::KMS::ReplicaKey", b'resource "aws_kms_key"', b'"Type": "AWS::KMS::Key"')
"""How lines begin that make them."""
LARGEST = 30_000
QUICK = Settings(select=("KMS000",), limits=("decisions=1",))
"""Enough to see keys and problems, whatever the verdict on a key would be: most cuts leave one or the other."""


def valid() -> list[Path]:
    """The fixtures in which keys are made and nothing is wrong."""
    files = [path for path in sorted(FIXTURES.rglob("*")) if path.is_file() and path.name.endswith(ENDINGS)]
    texts = ((path, path.read_bytes()) for path in files)
    return [
        path for path, text in texts if len(text) < LARGEST and any(map(text.__contains__, TYPES)) and is_whole(path)
    ]


def is_whole(path: Path) -> bool:
    outcome = lint_text(path.name, path.read_bytes())
    return bool(outcome.keys) and not outcome.problems


def said(outcome: Outcome) -> bool:
    """Whether a reader of the report learns of a key, or that something could not be analysed."""
    return bool(outcome.keys or outcome.problems or outcome.findings)


def silent(root: Path, name: str, part: bytes) -> bool:
    """Whether a run over a directory with the file says nothing, though a whole line of it makes a key."""
    if not any(line.strip().startswith(MAKING) for line in part.split(b"\n")[:-1]):
        return False
    if not name.endswith(MODULES) and b"Resources" not in part:
        return False  # an anchor for a key, which nothing uses yet
    (root / name).write_bytes(part)
    try:
        return not any(said(lint([str(root)], settings._replace(root=str(root)))) for settings in (QUICK, Settings()))
    finally:
        (root / name).unlink()


def cuts() -> list[tuple[Path, int]]:
    everything = [(path, cut) for path in valid() for cut in range(path.stat().st_size)]
    part, _, parts = CUTS.partition("/")
    if parts:
        return everything[int(part) - 1 :: int(parts)]
    return everything if CUTS == "all" else random.Random(SEED).sample(everything, int(CUTS))


def test_nothing_is_silent_of_half_a_key(tmp_path: Path) -> None:
    drawn = cuts()
    wrong = [(path.name, cut) for path, cut in drawn if silent(tmp_path, path.name, path.read_bytes()[:cut])]
    assert wrong == []


def test_silence_is_noticed(tmp_path: Path) -> None:
    text = b"Description: |\n  Type: AWS::KMS::Key\nResources: {A: {Type: AWS::SNS::Topic}}\n"
    assert silent(tmp_path, "a.yaml", text.replace(b"Resources:", b"Resources of others:"))
    assert not silent(tmp_path, "a.yaml", text[:20])
    assert not silent(tmp_path, "a.tf", b'resource "aws_kms_key" "k" {\n')
