"""A request being written: its caller, its statements by kind of policy, and the paths by which it can be allowed."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from random_conditions import FOREIGN, OWN, Conditions
from random_principals import EVERYBODY, Entry, account_entries, exact_entries, limited_entries, some_caller
from random_statements import (
    ALIAS,
    ALIAS_ACTIONS,
    IAM_ONLY_ACTIONS,
    KEY,
    KEY_POLICY,
    OWN_ACTIONS,
    SHARED_ACTIONS,
    SOUND,
    Flaw,
    Target,
    some_flaw,
)
from request_parts import Caller, Json, caller_of

KEY_ACTIONS: Final = (*SHARED_ACTIONS, *SHARED_ACTIONS, *OWN_ACTIONS, *ALIAS_ACTIONS)
LIMITED: Final = ("role", "role", "session", "session", "user", "user", "federated")
"""The kinds of caller that have identity policies."""
WITH_SESSION_POLICY: Final = ("session", "session", "federated")
"""The kinds of caller that can have a session policy."""


class Draft:
    """A request being written: statements by the kind of policy that will hold them."""

    def __init__(self, random: Random, principal: str, action: str, resource: str = KEY) -> None:
        self.random = random
        self.caller: Caller = caller_of(principal)
        conditions = Conditions(random, principal)
        if principal.endswith(":assumed-role/Writer/job-7") and random.random() < 0.5:
            # The session of a role with a path, which its own ARN does not show.
            conditions.context["aws:PrincipalArn"] = f"arn:aws:iam::{self.caller.account}:role/app/Writer"
        self.target = Target(random, principal, action, resource, conditions)
        self.kinds: dict[str, list[Json]] = {}
        self.scp_levels: list[list[Json]] = []

    def add(self, effect: str, kind: str, entry: Entry = EVERYBODY, flaw: Flaw = SOUND) -> None:
        self.kinds.setdefault(kind, []).append(self.target.statement(effect, kind, entry, flaw))

    def miss(self, kind: str, entry: Entry, flaw: Flaw | None = None) -> None:
        """No Allow of that kind that matches: none at all, or some that nearly do."""
        self.kinds.setdefault(kind, [])
        for _ in range(self.random.choice((0, 1, 1, 2))):
            self.add("Allow", kind, entry, flaw or some_flaw(self.random, kind))

    def limit(self, kind: str, allows: bool) -> None:
        """A boundary, a session policy or an endpoint policy: one that allows, or one that does not."""
        self.kinds.setdefault(kind, [])
        if allows:
            self.add("Allow", kind)
        else:
            self.miss(kind, EVERYBODY)

    def entry(self, *choices: tuple[Entry, ...]) -> Entry:
        """One of the entries, each group as likely as the others."""
        return self.random.choice(self.random.choice([group for group in choices if group]))

    def add_levels(self, sound: bool) -> None:
        """Service control policies: every level allows, or one of them does not."""
        count = self.random.choice((1, 1, 2, 3))
        broken = -1 if sound else self.random.randrange(count)
        for number in range(count):
            policies = [self.target.statement("Allow", "scps")] if number != broken else []
            if number == broken and self.random.random() < 0.6:
                policies = [self.target.statement("Allow", "scps", flaw=some_flaw(self.random, "scps"))]
            self.scp_levels.append(policies)

    def decorate(self) -> None:
        """Policies that make no difference: limits that allow, denials that miss."""
        chance = self.random.random
        if self.caller.kind != "service":
            if "vpce" not in self.kinds and chance() < 0.12:
                self.limit("vpce", allows=True)
            if not self.scp_levels and chance() < 0.15:
                self.add_levels(sound=True)
        if self.caller.limited and "boundary" not in self.kinds and chance() < 0.15:
            self.limit("boundary", allows=True)
        for kind in ("identityPolicies", KEY_POLICY, "rcps", *(("session",) if "session" in self.kinds else ())):
            usable = kind != "identityPolicies" or self.caller.limited
            if usable and chance() < 0.12:
                self.add(
                    "Deny", kind, self.entry((EVERYBODY,), account_entries(self.caller)), some_flaw(self.random, kind)
                )

    def request(self) -> Json:
        self.decorate()
        target = self.target
        request: Json = {"principal": target.principal, "action": target.action, "resource": target.resource}
        request["account"] = OWN
        if target.conditions.context:
            request["context"] = target.conditions.context
        for kind, statements in self.kinds.items():
            self.random.shuffle(statements)
            if kind in (KEY_POLICY, "session"):
                request[kind] = self._document(statements)
            else:
                documents = self._documents(statements)
                request[kind] = [documents] if kind == "rcps" else documents
        if self.scp_levels:
            request["scps"] = [[self._document([one]) for one in level] for level in self.scp_levels]
            denials = self.kinds.pop("scps", [])
            for statement in denials:
                self.random.choice(request["scps"]).append(self._document([statement]))
        return request

    def _documents(self, statements: list[Json]) -> list[Json]:
        if len(statements) < 2 or self.random.random() < 0.6:
            return [self._document(statements)]
        return [self._document(statements[:1]), self._document(statements[1:])]

    def _document(self, statements: list[Json]) -> Json:
        one = len(statements) == 1 and self.random.random() < 0.2
        document: Json = {"Statement": statements[0] if one else statements}
        if "${" in json.dumps(statements) or self.random.random() < 0.9:
            return {"Version": "2012-10-17", **document}
        return {"Version": "2008-10-17", **document} if self.random.random() < 0.5 else document


# The paths that allow. Each takes the draft of a caller that can go it.


def allow_directly(draft: Draft) -> None:
    """The key policy names the caller, or everybody."""
    caller = draft.caller
    if caller.kind == "federated":
        # Without a session policy only these help; beside one, the oracle limits them (E1 #5).
        draft.add("Allow", KEY_POLICY, draft.entry(exact_entries(caller), (EVERYBODY,)))
    else:
        draft.add("Allow", KEY_POLICY, draft.entry(exact_entries(caller), limited_entries(caller), (EVERYBODY,)))
    if draft.random.random() < 0.2:
        draft.add("Allow", "identityPolicies")
    if caller.kind == "session" and draft.random.random() < 0.15:
        draft.limit("session", allows=True)


def allow_by_delegation(draft: Draft) -> None:
    """The key policy names the caller's account, and an identity policy allows."""
    draft.add("Allow", KEY_POLICY, draft.entry(account_entries(draft.caller)))
    draft.add("Allow", "identityPolicies")
    if draft.caller.kind == "federated" or (draft.caller.kind == "session" and draft.random.random() < 0.3):
        draft.limit("session", allows=True)
    if draft.random.random() < 0.1:
        draft.limit("boundary", allows=True)


def allow_across_accounts(draft: Draft) -> None:
    """The key policy names the foreign caller or its account, and an identity policy of its own allows."""
    caller = draft.caller
    groups = (account_entries(caller), exact_entries(caller), limited_entries(caller), (EVERYBODY,))
    draft.add("Allow", KEY_POLICY, draft.entry(*groups))
    if caller.limited:
        draft.add("Allow", "identityPolicies")
    if caller.kind == "federated" or (caller.kind == "session" and draft.random.random() < 0.3):
        draft.limit("session", allows=True)


def allow_root(draft: Draft) -> None:
    draft.add("Allow", KEY_POLICY, draft.entry(account_entries(draft.caller)))


def allow_service(draft: Draft) -> None:
    draft.add("Allow", KEY_POLICY, draft.entry(exact_entries(draft.caller), exact_entries(draft.caller), (EVERYBODY,)))


def own(random: Random, *kinds: str) -> Draft:
    return Draft(random, some_caller(random, OWN, *kinds), random.choice(KEY_ACTIONS))


def foreign(random: Random, *kinds: str) -> Draft:
    return Draft(random, some_caller(random, FOREIGN, *kinds), random.choice(SHARED_ACTIONS))


def iam_only(random: Random, principal: str) -> Draft:
    """An action that only IAM policies allow, or one on an alias; what a key policy says of it counts for nothing."""
    action, resource = random.choice(IAM_ONLY_ACTIONS), "*"
    if random.random() < 0.4:
        action, resource = random.choice(ALIAS_ACTIONS), ALIAS
    draft = Draft(random, principal, action, resource)
    if random.random() < 0.5:
        draft.add(random.choice(("Allow", "Deny")), KEY_POLICY)
    return draft


def allowed_somehow(random: Random, *kinds: str) -> Draft:
    """A request that is allowed, by any path that such a caller can go."""
    if random.random() < 0.25:
        draft = foreign(random, *kinds)
        allow_across_accounts(draft)
        return draft
    draft = own(random, *kinds)
    if draft.caller.kind == "root":
        allow_root(draft)
    else:
        draft.random.choice((allow_directly, allow_by_delegation, allow_by_delegation))(draft)
    return draft
