"""What the evaluator found of each key, in the words of the JSON report."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.delegation import delegates, delegates_any
from kmslint.access.effort import EffortError, bounded
from kmslint.access.lockout import Lockout, LockoutClass, assess
from kmslint.access.undecided import undecided
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.engine.outcome import KeyVerdict
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Key
from kmslint.verdict import Verdict


def key_verdicts(estate: Estate, unsaid: list[str]) -> Iterator[KeyVerdict]:
    """The verdict on each key of an estate; on those that take too much to judge, that it is not known.

    Such a verdict is added to what is `unsaid`.
    """
    with bounded():
        for key in (*estate.keys, *estate.switched_off):
            try:
                yield _verdict(key, estate)
            except EffortError:
                unsaid.append("the verdict on its keys")
                yield _unknown(key)


def _unknown(key: Key) -> KeyVerdict:
    unknown = Verdict.UNKNOWN.value
    return KeyVerdict(*_head(key), unknown, unknown, LockoutClass.UNKNOWN.value, (), undecided=True)


def _head(key: Key) -> tuple[str, str, int, str]:
    return key.address, key.at.path, key.at.region.line, key.policy.origin.value


def _verdict(key: Key, estate: Estate) -> KeyVerdict:
    document = key_document(key)
    if document is None:
        return _unknown(key)
    lockout = assess(document, key, estate.accounts_of(key))
    return KeyVerdict(
        *_head(key),
        delegates_any(document, key, estate.accounts_of(key)).value,
        delegates(document, key, estate.accounts_of(key), PUT_KEY_POLICY).value,
        lockout.lockout.value,
        tuple(sorted(administrators(lockout))),
        undecided(document, key, estate.accounts_of(key)) is not None,
    )


def administrators(lockout: Lockout) -> Iterator[str]:
    """Who may certainly change the key policy, as reports for scripts spell it."""
    if lockout.root_user is Verdict.YES:
        yield "<root user>"
    if lockout.account_administrators is Verdict.YES:
        yield "<account administrators>"
    if lockout.anyone is Verdict.YES:
        yield "*"
    for holder in (*lockout.named, *lockout.patterns):
        if holder.may.some is Verdict.YES:
            yield str(holder.principal.value)
