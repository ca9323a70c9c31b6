"""The questions of fixtures/decisions: a key policy, who asks for what, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import yaml

from cases import FIXTURES
from kmslint.access.decide import Decision, decide
from kmslint.access.other_policies import NOTHING, policies_of
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, KeySettings
from kmslint.model.policy import Document
from kmslint.verdict import Truth, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, caller_of, document, identity_with, key_with, value

Data = dict[str, Any]

_EVERYTHING: Final[list[Plain]] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
_KNOWN: Final = {
    "case": {"name", "page", "policy", "condition", "version", "settings", "account", "ask"},
    "question": {"caller", "action", "iam", "boundary", "allowed", "reason", "sids"},
}


class Question(NamedTuple):
    """One question, and the answer that is right."""

    name: str
    page: str
    """Where AWS says so."""
    document: Document
    situation: Situation
    identity: Identity | None
    """None: the caller has no IAM policy."""
    allowed: Truth
    reason: str | None
    sids: tuple[str, ...] | None
    """The deciding statements of the key policy."""

    def __str__(self) -> str:
        return self.name

    def decision(self) -> Decision:
        """What the evaluator says."""
        iam = NOTHING if self.identity is None else policies_of(self.identity, self.situation)
        return decide(self.document, self.situation, iam)


def questions() -> Iterator[Question]:
    """Every question of every file."""
    for path in sorted((FIXTURES / "decisions").glob("*.yaml")):
        yield from _in_file(path)


def _in_file(path: Path) -> Iterator[Question]:
    data = cast(Data, yaml.safe_load(path.read_text(encoding="utf-8")))
    for case in data["cases"]:
        _check(case, "case")
        for asked in case["ask"]:
            _check(asked, "question")
            action = asked.get("action", "kms:Decrypt")
            with_iam = " with IAM" if "iam" in asked else ""
            name = f"{path.stem}: {case['name']}: {asked['caller']}, {action}{with_iam}"
            yield _question(name, data["pages"][case["page"]], case, asked)


def _check(data: Data, what: str) -> None:
    """A misspelt member would otherwise ask nothing."""
    assert set(data) <= _KNOWN[what], f"a {what} has no {set(data) - _KNOWN[what]}"


def _question(name: str, page: str, case: Data, asked: Data) -> Question:
    policy = document(_statements(case), case.get("version", "2012-10-17"))
    configured = OWN if case.get("account", OWN) == OWN else None
    key = key_with(KeySettings(**{part: value(plain) for part, plain in case.get("settings", {}).items()}))
    situation = Situation(
        caller_of(asked["caller"]),
        action_of(asked.get("action", "kms:Decrypt")),
        key if "settings" in case else KEY,
        accounts_of(policy, configured=configured),
    )
    sids = tuple(asked["sids"]) if "sids" in asked else None
    return Question(name, page, policy, situation, _identity(asked), truth(asked["allowed"]), asked.get("reason"), sids)


def _statements(case: Data) -> Any:
    if "condition" not in case:
        return case["policy"]
    return [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": case["condition"]}]


def _identity(asked: Data) -> Identity | None:
    if "iam" not in asked:
        return None
    statements: list[Plain] = _EVERYTHING if asked["iam"] == "all" else asked["iam"]
    return identity_with(statements, asked.get("boundary"))


def truth(written: str) -> Truth:
    """`yes/no`: in some request, in every request."""
    some, every = map(Verdict, written.split("/"))
    return Truth(some, every)
