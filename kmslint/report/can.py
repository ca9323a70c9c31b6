"""`kmslint can`: one question, one answer, and its proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.matrix import Answer
from kmslint.access.proof import Proof, prove
from kmslint.access.reasons import Reason
from kmslint.aws.actions import Action, Group
from kmslint.key_access import Question
from kmslint.report.access_json import not_analysed, statements
from kmslint.report.access_proofs import ANSWERS, BY_GRANT
from kmslint.report.access_view import statement_views
from kmslint.report.json import dumps
from kmslint.report.sanitise import safe_text, valid_unicode, without_commands

_ALSO: Final = {
    "kms:ReplicateKey": "kms:CreateKey in the Region of the replica, which only IAM can allow",
    "kms:UpdatePrimaryRegion": "kms:UpdatePrimaryRegion on both keys: the primary key, and the replica that follows it",
    "kms:UpdateAlias": "kms:UpdateAlias on the other key, and on the alias, which only IAM can allow",
}
"""https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html
https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html"""


def is_known(question: Question) -> bool:
    """Whether there is an answer."""
    return question.answered is not None and question.answered[1].answer is not Answer.UNKNOWN


def render_text(question: Question) -> str:
    """The answer in a line, and below it what decides, what would change it, and what else AWS asks for."""
    return without_commands("".join(f"{safe_text(line)}\n" for line in _lines(question)))


def _lines(question: Question) -> Iterator[str]:
    proof = _proof(question)
    yield f"{ANSWERS[proof.answer]} {proof.sentence}"
    yield from (f"  {one.place}  {one.what}" for one in statement_views(proof.evidence))
    if proof.next_step:
        yield f"next: {proof.next_step}"
    if proof.by_grant:
        yield BY_GRANT
    also = _also(question.action)
    if also:
        yield f"AWS also asks for {also}."
    yield from (f"not analysed: {problem.path}:{problem.line} ({problem.reason})" for problem in question.problems)


def _proof(question: Question) -> Proof:
    if question.answered is not None:
        asker, reply = question.answered
        return prove(reply, asker, question.key)
    unseen = f"the policy of {question.key.address} cannot be seen: {question.missing}"
    return Proof(Answer.UNKNOWN, Reason.UNKNOWN, unseen, (), "", by_grant=False)


def _also(action: Action) -> str:
    """What AWS asks for beside the permission on the key; empty if nothing."""
    if action.group is Group.ALIAS and action.name not in _ALSO:
        return f"{action.name} on the alias, which only IAM can allow"
    return _ALSO.get(action.name, "")


def render_json(question: Question) -> str:
    """The same in one object."""
    proof = _proof(question)
    return dumps(
        {
            "principal": valid_unicode(question.principal),
            "action": question.action.name,
            "key": valid_unicode(question.key.address),
            "answer": proof.answer.value,
            "reason": proof.reason.value,
            "conditions": valid_unicode(question.answered[1].conditions) if question.answered is not None else "",
            "why": valid_unicode(proof.sentence),
            "statements": statements(statement_views(proof.evidence)),
            "next": valid_unicode(proof.next_step),
            "by_grant": proof.by_grant,
            "also": _also(question.action),
            "not_analysed": not_analysed(question.problems),
        }
    )
