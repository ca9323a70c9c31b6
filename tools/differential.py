"""Compare the decisions of `kmslint simulate` with those of an independent policy simulator, on random requests.

    python tools/differential.py --oracle DIR [--requests 50000] [--seed 1] [--jobs 1]
    python tools/differential.py --oracle DIR --record FILE --count 1200

DIR holds oracle.mjs and its node_modules: a program of its own that reads requests and writes decisions. Exit 1 if
kmslint decides otherwise on a request that can be compared (tests/incomparable.py), or if it does not come to the
decision and the reason that a request was built for (tests/random_requests.py): the latter is checked of every
request that was not changed after it was built, also of those that the oracle cannot judge.

--record writes requests that can be compared, with the oracle's decisions, for the test that runs without it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from incomparable import CLASSES, excluded  # noqa: E402
from oracle import Oracle  # noqa: E402
from random_requests import GOALS, Case, Goal, random_cases  # noqa: E402
from request_parts import Json  # noqa: E402
from smaller_requests import smallest  # noqa: E402

BATCH: Final = 4000
SHOWN: Final = 5
"""How many disagreements are printed."""
LONGEST_RECORD: Final = 780
"""In characters: a recording is to be read by people and kept in the repository."""


class Wrong(NamedTuple):
    """A request on which kmslint decides otherwise."""

    expected: Json
    answer: Json
    request: Json


class Findings(NamedTuple):
    """What came of some requests."""

    decisions: Counter[str]
    """Of the oracle, on the requests that were compared."""
    reasons: Counter[str]
    """Of kmslint, on the same ones."""
    goals: Counter[str]
    """What all the requests were made for."""
    excluded: Counter[str]
    wrong: Counter[str]
    """How many were not as the oracle decides, and how many not as they were built."""
    shown: list[Wrong]

    def add(self, other: Findings) -> None:
        for mine, theirs in zip(self[:-1], other[:-1], strict=True):
            assert isinstance(mine, Counter)
            assert isinstance(theirs, Counter)
            mine.update(theirs)
        self.shown.extend(other.shown[: SHOWN - len(self.shown)])


def nothing_found() -> Findings:
    return Findings(Counter(), Counter(), Counter(), Counter(), Counter(), [])


def answer(request: Json) -> Json:
    """What kmslint answers."""
    from kmslint.simulate import answer_line  # not needed to record

    answered: Json = json.loads(answer_line(json.dumps(request)))
    return answered


def batches(requests: int, seed: str) -> Iterator[tuple[str, int]]:
    """The seed and the size of every batch."""
    for number, start in enumerate(range(0, requests, BATCH)):
        yield f"{seed}.{number}", min(BATCH, requests - start)


def compare(directory: Path, batch: tuple[str, int]) -> Findings:
    """One batch of requests, put to both."""
    findings = nothing_found()
    cases = [(case, excluded(case.request)) for case in random_cases(*batch)]
    comparable = [case for case, why in cases if why is None]
    with Oracle(directory) as oracle:
        decisions = dict(zip(map(id, comparable), oracle.decide([case.request for case in comparable]), strict=True))
        for case, why in cases:
            answered = answer(case.request)
            findings.goals[case.goal.reason] += 1
            if why is None:
                decision = decisions[id(case)]
                findings.decisions[decision] += 1
                findings.reasons[str(answered.get("reason"))] += 1
                if answered.get("decision") != decision:
                    findings.wrong["not as the oracle decides"] += 1
                    if len(findings.shown) < SHOWN:
                        findings.shown.append(minimised(oracle, case.request))
            else:
                findings.excluded[why] += 1
            if not as_built(case, answered):
                findings.wrong["not as built"] += 1
                if len(findings.shown) < SHOWN:
                    findings.shown.append(Wrong(built_for(case), answered, case.request))
    return findings


def as_built(case: Case, answered: Json) -> bool:
    return case.disturbed or built_for(case).items() <= answered.items()


def built_for(case: Case) -> Json:
    return {"decision": case.goal.decision, "reason": case.goal.reason}


def minimised(oracle: Oracle, request: Json) -> Wrong:
    """The disagreement in as few words as possible."""
    readable = "error" not in answer(request)

    def disagree(smaller: Json) -> bool:
        answered = answer(smaller)
        if excluded(smaller) is not None or (readable and "error" in answered):
            return False
        return bool(answered.get("decision") != oracle.decide([smaller])[0])

    least = smallest(request, disagree)
    return Wrong({"decision": oracle.decide([least])[0]}, answer(least), least)


def record(directory: Path, file: Path, count: int, seed: str) -> None:
    """Write as many requests for each goal, short ones that can be compared, with the oracle's decisions."""
    each = count // len(GOALS)
    chosen: Counter[Goal] = Counter()
    cases: list[Case] = []
    for batch in batches(sys.maxsize, seed):
        for case in random_cases(*batch):
            short = len(compact(case.request)) < LONGEST_RECORD
            if short and chosen[case.goal] < each and excluded(case.request) is None:
                chosen[case.goal] += 1
                cases.append(case)
        if len(cases) == each * len(GOALS):
            break
    with Oracle(directory) as oracle:
        decisions = oracle.decide([case.request for case in cases])
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for case, decision in zip(cases, decisions, strict=True):
            reason = {} if case.disturbed else {"reason": case.goal.reason}
            lines.write(compact({"decision": decision, **reason, "request": case.request}) + "\n")
    print(f"{len(cases)} requests recorded")


def compact(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def table(title: str, counts: Counter[str]) -> None:
    total = sum(counts.values())
    print(f"\n{title}: {total}")
    for name, number in counts.most_common():
        print(f"{number:10}  {number / max(total, 1):6.1%}  {name}")


def report(findings: Findings) -> None:
    requests = sum(findings.goals.values())
    print(f"requests: {requests}, of which compared: {sum(findings.decisions.values())}")
    table("decisions of the oracle", findings.decisions)
    table("reasons of kmslint", findings.reasons)
    table("not compared", Counter({name: findings.excluded[name] for name in CLASSES}))
    print()
    for name in ("not as the oracle decides", "not as built"):
        print(f"{name}: {findings.wrong[name]}")
    for wrong in findings.shown:
        print(f"\nexpected {json.dumps(wrong.expected)}\nkmslint  {json.dumps(wrong.answer)}")
        print(json.dumps(wrong.request, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare kmslint's decisions with an independent simulator's.")
    parser.add_argument("--oracle", type=Path, required=True, help="the directory of oracle.mjs")
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--record", type=Path, help="write requests with the oracle's decisions, and compare nothing")
    parser.add_argument("--count", type=int, default=1200, help="how many to record")
    arguments = parser.parse_args()
    if arguments.record:
        record(arguments.oracle, arguments.record, arguments.count, arguments.seed)
        return
    findings = nothing_found()
    with multiprocessing.Pool(arguments.jobs) as pool:
        each = pool.imap(partial(compare, arguments.oracle), batches(arguments.requests, arguments.seed))
        for number, of_batch in enumerate(each, 1):
            findings.add(of_batch)
            print(f"{min(number * BATCH, arguments.requests)} of {arguments.requests}", end="\r", file=sys.stderr)
    report(findings)
    sys.exit(1 if findings.wrong.total() else 0)


if __name__ == "__main__":
    main()
