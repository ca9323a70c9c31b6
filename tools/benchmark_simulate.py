"""How many requests `kmslint simulate` answers in a second of CPU time, in one process.

    python tools/benchmark_simulate.py [--requests 20000]

Two streams: many questions of few policies, as a script asks that goes through principals and actions; and requests
that each bring policies of their own, at random (tests/random_requests.py), about 1 kB each. Reading and writing JSON
is counted. Not a test: a machine's speed is no property of the code.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from kmslint.aws.actions import KEY_ACTIONS  # noqa: E402
from kmslint.simulate import answer_lines  # noqa: E402
from random_requests import random_cases  # noqa: E402

KEY: Final = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ACCOUNT: Final = "arn:aws:iam::111122223333"


def few_policies() -> Iterator[str]:
    """Each of 40 roles and each action, over and over."""
    key_policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": f"{ACCOUNT}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "Users",
                "Effect": "Allow",
                "Principal": {"AWS": [f"{ACCOUNT}:role/R{number}" for number in range(0, 40, 4)]},
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                "Resource": "*",
                "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
            },
        ],
    }
    identity_policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Describe*"], "Resource": "arn:aws:kms:*:*:key/*"}
        ],
    }
    while True:
        for number, action in product(range(40), KEY_ACTIONS):
            yield json.dumps(
                {
                    "id": number,
                    "principal": f"{ACCOUNT}:role/R{number}",
                    "action": action.name,
                    "resource": KEY,
                    "account": "111122223333",
                    "context": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                    "resourcePolicy": key_policy,
                    "identityPolicies": [identity_policy],
                }
            )


def own_policies(count: int) -> Iterator[str]:
    """Requests of which each has policies that no other has."""
    return (json.dumps(case.request) for case in random_cases("benchmark", count))


def measure(name: str, lines: list[str]) -> None:
    """Print what a stream comes to."""
    stream = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
    start = time.process_time()
    answered = sum(1 for _ in answer_lines(stream))
    seconds = time.process_time() - start
    size = sum(map(len, lines)) // len(lines)
    print(f"{name:34} {answered:7} requests of {size:5} bytes  {answered / seconds:7.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description="How many requests kmslint simulate answers in a second.")
    parser.add_argument("--requests", type=int, default=20000)
    count = parser.parse_args().requests
    measure("many questions of few policies", list(islice(few_policies(), count)))
    measure("policies of its own in each request", list(own_policies(count)))


if __name__ == "__main__":
    main()
