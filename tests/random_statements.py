"""Statements at random that match a request, or that miss it in one known point."""

from __future__ import annotations

from fnmatch import fnmatchcase
from random import Random
from typing import Any, Final, NamedTuple

from random_conditions import OWN, Conditions
from random_principals import EVERYBODY, Entry, principal_element, strangers
from request_parts import Json, caller_of, names_no_key

KEY: Final = f"arn:aws:kms:us-east-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALIAS: Final = f"arn:aws:kms:us-east-1:{OWN}:alias/app"
_OTHER_KEY: Final = f"arn:aws:kms:us-east-1:{OWN}:key/99999999-0000-0000-0000-000000000000"

SHARED_ACTIONS: Final = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey")
"""Principals of other accounts can use them."""
OWN_ACTIONS: Final = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:GetKeyPolicy")
"""Only principals of the key's account can use them."""
ALIAS_ACTIONS: Final = ("kms:CreateAlias", "kms:UpdateAlias")
IAM_ONLY_ACTIONS: Final = ("kms:ListKeys", "kms:CreateKey", "kms:GenerateRandom", "kms:DescribeCustomKeyStores")
ACTIONS: Final = (*SHARED_ACTIONS, *OWN_ACTIONS, *ALIAS_ACTIONS, *IAM_ONLY_ACTIONS)

_PATTERNS: Final = (
    *ACTIONS,
    *("kms:*", "*", "kms:*crypt", "kms:Generate*", "kms:Put*", "kms:D?crypt", "KMS:d*", "kms:*Key*", "kms:List*"),
    *("s3:*", "s3:GetObject", "kms:ReEncrypt*", "kms:ReEncrypt", "kms:*Alias", "kms:CREATE*", "iam:*"),
)
_KEY_PATTERNS: Final = (
    "*",
    KEY,
    f"arn:aws:kms:*:{OWN}:key/*",
    "arn:aws:kms:us-*:*:key/1234abcd-*",
    "arn:*:kms:*:*:key/????abcd-12ab-*",
    f"arn:aws:kms:us-east-1:{OWN}:*",
)
_SHORT_PATTERNS: Final = ("arn:aws:kms:*", "arn:aws:kms:us-east-1:*")
"""Of fewer than six segments, which may stand everywhere but in an RCP. The last star reaches to the end."""
_ALIAS_PATTERNS: Final = ("*", ALIAS, f"arn:aws:kms:*:{OWN}:alias/*", f"arn:aws:kms:us-east-1:{OWN}:*")
_ACCOUNT_PATTERNS: Final = ("*", f"arn:aws:kms:*:{OWN}:*", f"arn:aws:kms:us-east-1:{OWN}:*")
"""Of the actions without a resource."""
_ELSEWHERE: Final = (
    _OTHER_KEY,
    f"arn:aws:kms:eu-west-1:{OWN}:key/*",
    "arn:aws:kms:*:777788889999:key/*",
    f"arn:aws-cn:kms:us-east-1:{OWN}:key/*",
    "arn:aws:s3:::bucket-a/*",
    f"arn:aws:kms:us-east-1:{OWN}:alias/other",
)

KEY_POLICY: Final = "resourcePolicy"
WITH_PRINCIPAL: Final = (KEY_POLICY, "rcps", "vpce")


class Flaw(NamedTuple):
    """In which points a statement misses the request."""

    principal: bool = False
    action: bool = False
    resource: bool = False
    condition: bool = False


SOUND: Final = Flaw()


def some_flaw(random: Random, kind: str) -> Flaw:
    """One point in which a statement of that kind of policy can miss."""
    points = ("action", "condition", "resource", *(("principal", "principal") if kind == KEY_POLICY else ()))
    return Flaw()._replace(**{random.choice(points): True})


class Target(NamedTuple):
    """What the statements of one request are about."""

    random: Random
    principal: str
    action: str
    resource: str
    conditions: Conditions

    def statement(self, effect: str, kind: str, entry: Entry = EVERYBODY, flaw: Flaw = SOUND) -> Json:
        """A statement of a kind of policy (a member of the request) that matches but for its flaw.

        The entry is the one that reaches the caller, in a key policy; others are put beside it.
        """
        statement: Json = {"Effect": effect}
        if self.random.random() < 0.3:
            statement["Sid"] = self.random.choice(("A", "Sid1", "x9"))
        if kind in WITH_PRINCIPAL:
            statement["Principal"] = self._principal(kind, entry, flaw.principal)
        self._add_action(statement, flaw.action)
        self._add_resource(statement, kind, flaw.resource)
        in_key_policy = kind == KEY_POLICY
        if flaw.condition:
            statement["Condition"] = self.conditions.element(False, in_key_policy, self.random.choice((1, 1, 2)))
        elif self.random.random() < 0.35:
            statement["Condition"] = self.conditions.element(True, in_key_policy, self.random.choice((1, 1, 1, 2)))
        return statement

    def _principal(self, kind: str, entry: Entry, elsewhere: bool) -> Any:
        if kind != KEY_POLICY:
            return self.random.choice(("*", {"AWS": "*"}))
        caller = caller_of(self.principal)
        if elsewhere:
            return principal_element(self.random, strangers(self.random, caller, self.random.choice((1, 1, 2))))
        others = strangers(self.random, caller, self.random.choice((0, 0, 0, 1, 2)))
        return principal_element(self.random, [entry, *others])

    def _add_action(self, statement: Json, elsewhere: bool) -> None:
        matching = [one for one in _PATTERNS if action_matches(one, self.action)]
        others = [one for one in _PATTERNS if one not in matching]
        if self.random.random() < 0.12:
            listed = [self.random.choice(others)] if not elsewhere else [self.random.choice(matching)]
            statement["NotAction"] = self._one_or_list(listed, others)
        elif elsewhere:
            statement["Action"] = self._one_or_list([self.random.choice(others)], others)
        else:
            statement["Action"] = self._one_or_list([self.random.choice(matching)], others)

    def _add_resource(self, statement: Json, kind: str, elsewhere: bool) -> None:
        matching = self._matching_resources(kind)
        others = self._other_resources()
        if self.random.random() < 0.08:
            resolved = [one for one in others if "${" not in one]
            listed = [self.random.choice(resolved)] if not elsewhere else [self.random.choice(matching)]
            statement["NotResource"] = self._one_or_list(listed, resolved)
        elif elsewhere:
            statement["Resource"] = self._one_or_list([self.random.choice(others)], others)
        else:
            everything = kind == KEY_POLICY and self.random.random() < 0.7
            chosen = "*" if everything else self.random.choice(matching)
            statement["Resource"] = self._one_or_list([chosen], others)

    def _matching_resources(self, kind: str) -> tuple[str, ...]:
        short = () if kind == "rcps" else _SHORT_PATTERNS
        if self.resource == "*":
            return _ACCOUNT_PATTERNS
        if names_no_key({"resource": self.resource}):
            return (*_ALIAS_PATTERNS, *short)
        if self.random.random() < 0.1 and self.conditions.carry("aws:PrincipalTag/key", KEY.rpartition("/")[2]):
            return (f"arn:aws:kms:*:{OWN}:key/${{aws:PrincipalTag/key}}",)
        return (*_KEY_PATTERNS, *short)

    def _other_resources(self) -> tuple[str, ...]:
        """Patterns that do not cover the resource asked for."""
        if self.resource == KEY:
            # A variable that has no value: nobody carries that tag.
            nowhere = f"arn:aws:kms:*:{OWN}:key/${{aws:PrincipalTag/missing}}"
            return (*_ELSEWHERE, ALIAS, *((nowhere,) if self.random.random() < 0.3 else ()))
        return (*_ELSEWHERE, KEY, f"arn:aws:kms:*:{OWN}:key/*")

    def _one_or_list(self, chosen: list[str], others: Any) -> Any:
        """The chosen ones alone or among others, as a text or a list."""
        way = self.random.random()
        if way < 0.6:
            return chosen[0]
        values = [*chosen, *(self.random.choice(others) for _ in range(self.random.choice((0, 1, 2))))]
        self.random.shuffle(values)
        return values


def action_matches(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())
