"""The footnotes of a cell: what `if` and `?` hang on, what a yes leaves out, and which half is missing for a no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing
from kmslint.access.matrix import Answer, Cell, Reply
from kmslint.access.naming import enumerate_names
from kmslint.access.proof import evidence, in_short
from kmslint.access.reasons import Reason, reason_of
from kmslint.model.estate import Key
from kmslint.report.access_view import Place, places
from kmslint.verdict import NO, YES

_SOMEBODY: Final = "this principal"
"""What footnotes call whoever asks, where that lets rows share them."""
_FEW: Final = 3
_LIMITED: Final = frozenset({Reason.BOUNDARY, Reason.BOUNDARY_LIMITS_ROLE})


class Note(NamedTuple):
    """A footnote."""

    text: str
    places: tuple[Place, ...] = ()


def notes_of(cell: Cell, asker: Asker, key: Key) -> tuple[Note, ...]:
    """The footnotes of a cell, in the order in which they are read."""
    if cell.answer is Answer.NO:
        note = _missing_half(cell, asker, key)
        return () if note is None else (note,)
    return tuple(_of_given(cell, asker, key))


def _of_given(cell: Cell, asker: Asker, key: Key) -> Iterator[Note]:
    """What restricts an answer that is no plain no."""
    which = which_actions(cell)
    if which:
        yield Note(which)
    where = places(evidence(cell.best, asker, key))
    if cell.answer is Answer.UNKNOWN:
        yield Note(in_short(cell.best, asker, key, _SOMEBODY), where)
        return
    if cell.answer is Answer.CONDITIONAL:
        yield Note(_conditions(cell), where)
    reason = reason_of(cell.best.decision)
    if reason is Reason.CROSS_ACCOUNT:
        yield Note("needs an IAM policy in its own account as well", where)
    if reason is Reason.GRANT:
        yield Note(f"by {enumerate_names(f'grant {grant.name}' for grant in cell.best.decision.granted.by)}", where)


def which_actions(cell: Cell) -> str:
    """For which actions of the column the answer stands; empty if for all."""
    given = [action.name for action in cell.of_that_answer]
    rest = [reply for reply in cell.replies if reply.answer is not cell.answer]
    if not rest:
        return ""
    if len(given) <= _FEW:
        return f"only {enumerate_names(given)}{_less(rest)}"
    if len(rest) <= _FEW:
        return f"all but {enumerate_names(reply.action.name for reply in rest)}{_less(rest)}"
    return f"{len(given)} of {len(cell.replies)} actions{_less(rest)}"


def _less(rest: list[Reply]) -> str:
    """What comes of the other actions, if it is not a no for all of them."""
    answers = {reply.answer for reply in rest}
    if answers == {Answer.NO}:
        return ""
    some = "the others" if Answer.NO not in answers else "others"
    how = {Answer.CONDITIONAL: "under conditions", Answer.UNKNOWN: "not known", Answer.YES: "yes"}
    return f"; {some} {' or '.join(how[answer] for answer in Answer if answer in answers and answer is not Answer.NO)}"


def _conditions(cell: Cell) -> str:
    """When the actions of a conditional cell are allowed; with their names, where they differ in that."""
    ways: dict[str, list[str]] = {}
    for reply in cell.replies:
        if reply.answer is Answer.CONDITIONAL:
            ways.setdefault(reply.conditions, []).append(reply.action.name)
    if len(ways) == 1:
        return cell.best.conditions
    return "; ".join(f"{enumerate_names(names)} {conditions}" for conditions, names in ways.items())


def _missing_half(cell: Cell, asker: Asker, key: Key) -> Note | None:
    """What keeps a principal from what was meant for it; None if nothing was."""
    for reply in cell.replies:
        note = in_the_way(reply, asker, key)
        if note is not None:
            return note
    if asker.identity is None or reason_of(cell.best.decision) is not Reason.DELEGATED_BUT_NO_IAM_ALLOW:
        return None
    text = "the key policy hands it to the account's IAM policies, and none of this principal allows it"
    return Note(text, places(evidence(cell.best, asker, key)))


def in_the_way(reply: Reply, asker: Asker, key: Key) -> Note | None:
    """What stands against one half that is there: a Deny, a boundary, a key policy without the other half."""
    reason = reason_of(reply.decision)
    where = evidence(reply, asker, key)
    if reason.is_deny and _allowed_otherwise(reply, asker):
        what = enumerate_names(one.what.removesuffix(f" of {key.address}") for one in where)
        return Note(f"denied by {what}", places(where))
    if reason is Reason.NOT_CROSS_ACCOUNT and asker.standing is Standing.FOREIGN and _named(reply):
        return Note("does not work on a key of another account, whatever the policies say")
    ineffective = reason is Reason.IAM_ALLOW_INEFFECTIVE and reply.decision.others.identity.allowed.some is YES
    if asker.identity is not None and (ineffective or reason in _LIMITED):
        return Note(in_short(reply, asker, key, asker.label), places(where))
    return None


def _named(reply: Reply) -> bool:
    """Whether an Allow of the key policy reaches the caller."""
    return bool(reply.decision.key_policy.allowing)


def _allowed_otherwise(reply: Reply, asker: Asker) -> bool:
    """Whether it would be allowed but for a Deny."""
    says, iam = reply.decision.key_policy, reply.decision.others.identity
    if asker.standing is Standing.ROOT_USER:
        return _named(reply)
    if asker.standing is Standing.FOREIGN:
        return _named(reply) and reply.action.cross_account
    by_name = any(truth.some is not NO for truth in (says.directly, says.as_role))
    return by_name or ((bool(iam.allowing) or iam.allowed.some is YES) and says.by_account.some is not NO)
