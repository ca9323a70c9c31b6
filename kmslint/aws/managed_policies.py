"""AWS's managed policies that say anything of KMS, as data.

Read from the policies themselves, 2026-05; those that are not here allow no KMS action.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

from kmslint import limits
from kmslint.location import Location
from kmslint.model.estate import IdentityPolicy
from kmslint.model.policy import Document
from kmslint.model.read_policy import read_policy
from kmslint.values import Json, from_json

_ARN = re.compile(r"arn:(?:aws|aws-cn|aws-us-gov|\$\{[^}]*\}):iam::aws:policy/(.+)\Z")
_DATA = os.path.join(os.path.dirname(__file__), "managed_policies.json")


def managed_policy(arn: str, at: Location) -> IdentityPolicy | None:
    """AWS's managed policy of that ARN, everything in it located at `at`; None if it is not one of AWS's.

    The partition may be a hole (`arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess`).
    """
    match = _ARN.match(arn)
    if match is None:
        return None
    statements = _statements().get(f"arn:aws:iam::aws:policy/{match.group(1)}", [])
    value = from_json({"Version": "2012-10-17", "Statement": statements}, at)
    with limits.usual():  # it is AWS's
        document = read_policy(value)
    if not isinstance(document, Document):
        raise TypeError(f"{arn} in {_DATA} is not a policy")
    return IdentityPolicy(arn, at, document, managed_by_aws=True)


def managed_policy_named(name: str) -> str:
    """The path and name of the policy of AWS with that name: `job-function/Billing`; empty if none is here."""
    found = [arn for arn in _statements() if arn.rpartition("/")[2] == name]
    return found[0].partition(":policy/")[2] if len(found) == 1 else ""


@lru_cache(maxsize=1)
def _statements() -> dict[str, Json]:
    import json  # 2 ms, and most runs meet no managed policy

    with open(_DATA, encoding="utf-8") as file:
        data: dict[str, Json] = json.load(file)
    return data
