"""A grammar of policies: every element, in right shapes and in wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from fuzzing import tokens
from fuzzing.inputs import Value
from fuzzing.values import odd_value, varied

ODD: Final = 0.04
"""How often an element is of a shape that AWS refuses."""
_CONTEXT: Final = ("kms:EncryptionContext:a", "kms:ViaService", "aws:PrincipalArn")


class Policies:
    """Writes policies. The same state of the random numbers gives the same ones."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def document(self) -> Value:
        """A policy document; now and then with changes anywhere in it."""
        random = self.random
        document: dict[str, Value] = {}
        if random.random() < 0.8:
            document["Version"] = random.choice(("2012-10-17",) * 6 + ("2008-10-17", "2012-10-18", 20121017, ""))
        if random.random() < 0.2:
            document["Id"] = random.choice(("key", "", 7, None))
        statements: list[Value] = [self.statement() for _ in range(random.choice((1, 1, 1, 1, 1, 1, 2, 2, 3)))]
        if random.random() < 0.2:
            statements.append(self.of_account())
        document["Statement"] = statements[0] if len(statements) == 1 and random.random() < 0.4 else statements
        if random.random() < 0.01:
            document["Statement"] = [*statements] * random.choice((5, 20, 60))
        if random.random() < 0.25:
            return varied(random, document, random.choice((1, 1, 1, 2, 3)))
        return document

    def of_account(self) -> Value:
        """The statement that nearly every key policy has."""
        principal: Value = {"AWS": f"arn:aws:iam::{tokens.ACCOUNT}:root"}
        return {"Sid": "Root", "Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}

    def statement(self) -> Value:
        random, chance = self.random, self.random.random
        statement: dict[str, Value] = {}
        if chance() < 0.4:
            statement["Sid"] = random.choice(("A", "A", "B", "x y", "", "é", 5, "S" * 200))
        statement["Effect"] = random.choice(("Allow",) * 5 + ("Deny", "Deny", "allow" if chance() < 0.1 else "Allow"))
        if chance() < 0.95:
            name = "NotPrincipal" if chance() < 0.08 else "Principal"
            statement[name] = self._or_odd(self.principal)
        name = "NotAction" if chance() < 0.12 else "Action"
        statement[name] = self._or_odd(lambda: self.some(tokens.ACTIONS))
        if chance() < 0.95:
            name = "NotResource" if chance() < 0.08 else "Resource"
            usual: Callable[[], Value] = lambda: "*" if chance() < 0.7 else self.some(tokens.RESOURCES)  # noqa: E731
            statement[name] = self._or_odd(usual)
        if chance() < 0.45:
            statement["Condition"] = self._or_odd(self.condition)
        if chance() < 0.02:
            statement[random.choice(("Actions", "principal", "Conditions", "effect", "Sid ", ""))] = odd_value(random)
        return statement

    def principal(self) -> Value:
        random = self.random
        if random.random() < 0.12:
            return "*"
        found: dict[str, Value] = {}
        for kind in random.choices(
            ("AWS", "Service", "Federated", "CanonicalUser"), (20, 5, 1, 1), k=random.choice((1, 1, 2))
        ):
            found[kind] = self.some(tokens.SERVICES if kind == "Service" else tokens.PRINCIPALS)
        return found

    def condition(self) -> Value:
        random = self.random
        found: dict[str, Value] = {}
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            tests: dict[str, Value] = {}
            for _ in range(random.choice((1, 1, 2))):
                name = random.choice(_CONTEXT if random.random() < 0.2 else tokens.CONDITION_KEYS)
                tests[name] = self._or_odd(lambda: self.some(tokens.CONDITION_VALUES))
            found[random.choice(tokens.OPERATORS)] = tests
        return found

    def some(self, texts: Sequence[str]) -> Value:
        """One text, alone or in a list, or several. The first ones are the likeliest."""
        random = self.random
        way = random.random()
        if way < 0.55:
            return self._one(texts)
        return [self._one(texts) for _ in range(random.choice((1, 1, 2, 2, 4) if way < 0.995 else (0, 50, 300)))]

    def _one(self, texts: Sequence[str]) -> str:
        last = len(texts)
        return texts[min(self.random.randrange(last), self.random.randrange(last))]

    def _or_odd(self, usual: Callable[[], Value]) -> Value:
        return odd_value(self.random) if self.random.random() < ODD else usual()
