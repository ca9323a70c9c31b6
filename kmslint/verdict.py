"""Yes, no, and unknown: three-valued logic after Kleene, and the answer over all requests.

Unknown means that the template does not say. It is neither a pass nor a fail, and negating it
leaves it unknown.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @staticmethod
    def of(answer: bool) -> "Verdict":
        return Verdict.YES if answer else Verdict.NO


YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


def negate(verdict: Verdict) -> Verdict:
    if verdict is UNKNOWN:
        return UNKNOWN
    return NO if verdict is YES else YES


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """NO if one is NO, else UNKNOWN if one is UNKNOWN, else YES."""
    result = YES
    for verdict in verdicts:
        if verdict is NO:
            return NO
        if verdict is UNKNOWN:
            result = UNKNOWN
    return result


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """YES if one is YES, else UNKNOWN if one is UNKNOWN, else NO."""
    result = NO
    for verdict in verdicts:
        if verdict is YES:
            return YES
        if verdict is UNKNOWN:
            result = UNKNOWN
    return result


def agreed(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict, if all are the same."""
    distinct = set(verdicts)
    return distinct.pop() if len(distinct) == 1 else UNKNOWN


class Truth(NamedTuple):
    """Whether something holds over all the requests one caller can make.

    A condition on MFA holds in some requests and not in every one; a condition on the caller's own
    account holds in every one. `every` is YES only where `some` is.
    """

    some: Verdict
    """There is a request in which it holds."""
    every: Verdict
    """It holds in every request."""


ALWAYS = Truth(YES, YES)
NEVER = Truth(NO, NO)
SOMETIMES = Truth(YES, NO)
"""It depends on the request."""
UNDECIDED = Truth(UNKNOWN, UNKNOWN)


def constant(verdict: Verdict) -> Truth:
    """The truth of what does not depend on the request."""
    if verdict is UNKNOWN:
        return UNDECIDED
    return ALWAYS if verdict is YES else NEVER


def both(truths: Iterable[Truth]) -> Truth:
    """All of them at once, taking it that what depends on the request can be met together."""
    some = every = YES
    for one in truths:
        if one.some is NO:
            return NEVER
        if one.some is UNKNOWN:
            some = UNKNOWN
        if one.every is NO or every is YES:
            every = one.every
    return Truth(some, every)


def either(truths: Iterable[Truth]) -> Truth:
    """At least one of them."""
    some = every = NO
    for one in truths:
        if one.every is YES:
            return ALWAYS
        if one.every is UNKNOWN:
            every = UNKNOWN
        if one.some is YES or some is NO:
            some = one.some
    return Truth(some, every)


def opposite(truth: Truth) -> Truth:
    return Truth(negate(truth.every), negate(truth.some))
