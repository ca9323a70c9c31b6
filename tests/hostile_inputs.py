"""Inputs that are made to break kmslint, to cost it dear or to get past it, each with what has to come of it.

Every one holds a key that everybody may use: a run that says nothing of it, and not that something could not be
analysed either, was deceived. The inputs are data; `test_hostile_inputs.py` runs them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from kmslint.values import Json

SECRET: Final = "a-secret-of-nobody-4711"
"""Stands in files that no run may look into; no report may hold it."""
BEHAVED: Final = "KMS201"
"""What is found of the key, unless the input says something else."""


class Want(Enum):
    """What has to come of an input."""

    FIND = "the finding"
    ERROR = "it is said that something could not be analysed"
    EITHER = "one of the two"


Make = Callable[[Path], None]
"""Writes into a directory what no text can be: links, pipes."""


class Hostile(NamedTuple):
    """An input."""

    name: str
    threat: str
    """What would go wrong in a program that takes no care."""
    want: Want
    files: Mapping[str, str | bytes]
    """By their paths below the directory of the input."""
    arguments: tuple[str, ...] = (".",)
    make: Make | None = None
    rule: str = BEHAVED
    forbidden: tuple[str, ...] = (SECRET,)
    """What no output may hold."""

    def write(self, directory: Path) -> Path:
        """Make the input in a directory of its own; returns where kmslint is to be called."""
        inside = directory / "tree"
        inside.mkdir(parents=True)
        for name, content in self.files.items():
            path = inside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)
        (directory / "beside.txt").write_text(SECRET, encoding="utf-8")
        (directory / "beside.tf").write_text(
            f'locals {{\n  s = "{SECRET}"\n}}\n{hcl_key(sid=SECRET)}', encoding="utf-8"
        )
        (directory / "beside.yaml").write_text(f"Description: {SECRET}\n{TEMPLATE}", encoding="utf-8")
        (directory / "beside.json").write_text(json.dumps(document(sid=SECRET)), encoding="utf-8")
        if self.make is not None:
            self.make(inside)
        return inside


ROOT: Final[Json] = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
"""A statement that nobody minds."""
ANYBODY: Final[dict[str, Json]] = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}


def document(*more: Json, sid: str = "Anybody") -> Json:
    """A key policy with the statement that everybody gains by, and others."""
    return {"Version": "2012-10-17", "Statement": [{"Sid": sid, **ANYBODY}, *more]}


POLICY: Final = json.dumps(document())

KEY: Final = """\
  Open:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Sid: Anybody, Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*"}
"""
TEMPLATE: Final = f"Resources:\n{KEY}"


def template(statement: str = "", resources: str = "", sections: str = "") -> str:
    """The template with more in its key policy, beside the key, and before the resources."""
    more = f"          - {statement}\n" if statement else ""
    return f"{sections}Resources:\n{KEY}{more}{resources}"


def json_template(policy: Json = None, **sections: Json) -> dict[str, Json]:
    """The template in JSON, for texts in which something is then put in the place of something else."""
    properties: Json = {"EnableKeyRotation": True, "KeyPolicy": document() if policy is None else policy}
    return {**sections, "Resources": {"Open": {"Type": "AWS::KMS::Key", "Properties": properties}}}


def hcl_key(policy: str = "", sid: str = "Anybody", more: str = "", name: str = "open") -> str:
    """A key of Terraform with an expression for its policy."""
    statement = f'[{{ Sid = "{sid}", Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }}]'
    written = policy or f'jsonencode({{ Version = "2012-10-17", Statement = {statement} }})'
    return f'resource "aws_kms_key" "{name}" {{\n  enable_key_rotation = true\n  policy = {written}\n{more}}}\n'


def heredoc(text: str) -> str:
    """A key of Terraform whose policy is that text."""
    return hcl_key(f"<<-POLICY\n{text}\nPOLICY")
