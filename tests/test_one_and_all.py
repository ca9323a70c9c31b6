"""What is said of all requests at once holds of each: the answers on templates rest on the same evaluator as those on
single requests, which are held against an independent simulator.

`KMSLINT_REQUESTS=200000` looks at that many requests.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Final

from kmslint.access.context import Status, look_up
from kmslint.access.request import request
from kmslint.access.situation import Situation
from kmslint.model.policy import Document
from kmslint.model.policy import Test as ConditionTest
from kmslint.request_line import Request, read_request
from kmslint.simulate import decision_in
from kmslint.verdict import NO, UNKNOWN, YES
from kmslint.wildcard import fold
from random_requests import random_cases

COUNT: Final = int(os.environ.get("KMSLINT_REQUESTS", "4000"))
_TIMES: Final = ("aws:currenttime", "aws:epochtime")
"""A random request may be of a day that is gone; those of templates are all to come."""


def documents(asked: Request) -> Iterator[Document]:
    yield asked.key_policy
    levels = (*asked.scps, *asked.rcps)
    policies = (*asked.identity, *asked.boundary, *asked.endpoint, *(one for level in levels for one in level))
    yield from (policy.document for policy in policies if policy.document is not None)
    if asked.session is not None and asked.session.document is not None:
        yield asked.session.document


def names_of_keys(asked: Request) -> set[str]:
    """The condition keys that the request carries or some policy asks for."""
    tests = (test for one in documents(asked) for statement in one.statements for test in statement.conditions)
    return {*map(fold, asked.context), *(fold(str(test.key)) for test in tests if isinstance(test, ConditionTest))}


def possible(asked: Request, everything: Situation) -> Request:
    """The request with just such a context as requests of this caller for this action can have."""
    context = {fold(name): values for name, values in asked.context.items()}
    for name in names_of_keys(asked):
        status, values = look_up(name, everything._replace(in_key_policy=False))
        if status is Status.ABSENT:
            context.pop(name, None)
        elif status is Status.KNOWN:
            context[name] = tuple(asked.account if value.holes else str(value) for value in values)
    return asked._replace(context=context)


def test_what_is_said_of_all_requests_holds_of_each() -> None:
    seen: Counter[tuple[object, object]] = Counter()
    for case in random_cases(seed=17, count=COUNT):
        asked = read_request(case.request)
        situation = request(asked.principal, asked.action, asked.resource, asked.account, asked.context)
        if situation is None or names_of_keys(asked) & set(_TIMES):
            continue
        everything = situation._replace(context=None)
        asked = possible(asked, everything)
        one = request(asked.principal, asked.action, asked.resource, asked.account, asked.context)
        assert one is not None
        allowed = decision_in(asked, one).allowed.some
        of_all = decision_in(asked, everything).allowed
        assert not (allowed is YES and of_all.some is NO), case.request
        assert not (allowed is NO and of_all.every is YES), case.request
        seen[of_all.some, of_all.every] += 1
    assert seen[YES, YES] > COUNT / 20
    assert seen[YES, NO] > COUNT / 20
    assert seen[NO, NO] > COUNT / 20
    assert seen[UNKNOWN, UNKNOWN] < COUNT / 4
