"""`kmslint simulate`: one request in JSON a line, one decision in JSON a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from kmslint import limits
from kmslint.access.decide import Decision, decide
from kmslint.access.other_policies import (
    NamedPolicy,
    OtherPolicies,
    Says,
    identity_policies_say,
    resource_policies_say,
)
from kmslint.access.reasons import Reason, reason_of, statements_of
from kmslint.access.request import request
from kmslint.access.situation import Situation
from kmslint.request_line import Request, RequestError, parse, read_request
from kmslint.values import Json
from kmslint.verdict import UNKNOWN, YES

_GRANTS: Final = frozenset({Reason.GRANT, Reason.RETIRE_GRANT})


def answer_lines(stream: BinaryIO) -> Iterator[str]:
    """The answer to each line of a stream that is not blank, without a newline at its end."""
    return (answer_line(line) for line in _lines(stream) if line.strip())


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is longer than any request no more than shows that it is."""
    longest = limits.FILE_BYTES + 1
    while line := stream.readline(longest):
        yield line
        while len(line) == longest and not line.endswith(b"\n"):
            line = stream.readline(longest)


def answer_line(line: str | bytes) -> str:
    """The answer to one line: `{id, decision, reason, statements}`, or `{id, error}` with what is wrong with it."""
    id_: Json = None
    try:
        given = parse(line)
        id_ = given.get("id")
        decision = decision_on(read_request(given))
    except RequestError as error:
        return json.dumps({"id": id_, "error": str(error)})
    if decision is None:
        return _spelt(id_, "implicitly-denied", Reason.NONE, [])
    reason = reason_of(decision)
    return _spelt(id_, _word(decision, reason), reason, _statements(decision, reason))


def _spelt(id_: Json, decision: str, reason: Reason, statements: list[Json]) -> str:
    return json.dumps({"id": id_, "decision": decision, "reason": reason.value, "statements": statements})


def decision_on(asked: Request) -> Decision | None:
    """The decision on a request; None for one by a principal, or for an action, that AWS does not know."""
    situation = request(asked.principal, asked.action, asked.resource, asked.account, asked.context)
    return None if situation is None else decision_in(asked, situation)


def decision_in(asked: Request, situation: Situation) -> Decision:
    """The decision by the request's policies and grants on a situation: the request itself, or what surrounds it."""
    if asked.boundary:
        situation = situation._replace(caller=situation.caller._replace(bounded=True))
    rcps = tuple(policy for level in asked.rcps for policy in level)
    others = OtherPolicies(
        identity_policies_say(asked.identity, situation),
        _identity_says(asked.boundary, situation),
        _identity_says(() if asked.session is None else (asked.session,), situation),
        tuple(identity_policies_say(level, situation) for level in asked.scps),
        resource_policies_say(rcps, situation) if rcps else None,
        resource_policies_say(asked.endpoint, situation) if asked.endpoint else None,
    )
    return decide(asked.key_policy, situation, others, asked.grants)


def _identity_says(policies: tuple[NamedPolicy, ...], situation: Situation) -> Says | None:
    return identity_policies_say(policies, situation) if policies else None


def _word(decision: Decision, reason: Reason) -> str:
    if reason.is_deny:
        return "explicitly-denied"
    if decision.allowed.some is UNKNOWN:
        return "unknown"
    return "allowed" if decision.allowed.some is YES else "implicitly-denied"


def _statements(decision: Decision, reason: Reason) -> list[Json]:
    """What decided: statements, by their policy and their place in it from 0; a grant counts as one."""
    deciding = [(one.policy, one.statement.position, one.statement.sid) for one in statements_of(decision)]
    if reason in _GRANTS:
        deciding += [(grant.name, 0, None) for grant in decision.granted.by]
    return [{"policy": policy, "index": index, "sid": sid} for policy, index, sid in deciding]
